"""The command `calibrate`: screen the free parameters, or fit those graded *calibrated* to the rows of the evidence."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.lab.settings.errors import STOPPED

if TYPE_CHECKING:
    from sim.lab.calibration.run import Options


def run(rows: Sequence[str], options: Mapping[str, Any]) -> int:
    """Calibrate, write tables and figures, and print the results; or screen. The path is printed last."""
    from sim.lab.calibration import results
    from sim.lab.calibration import run as calibration
    from sim.show.calibration import figures as pictures

    is_screen = options["screen"] == "yes"
    given = {name: value for name, value in options.items() if value is not None and name != "screen"}
    asked = calibration.Options(tuple(rows), **given)
    made: Any = attempt(calibration.screened if is_screen else calibration.calibrate, asked)
    if made is None:
        print("barnraise: interrupted; what was evaluated is kept, and the same command goes on", file=sys.stderr)
        return STOPPED
    if is_screen:
        print(made)
        return 0
    found = calibration.write(made, asked)
    folder = calibration.folder_of(asked)
    print(results.text(found), flush=True)
    pictures.draw(folder)
    print(folder)
    return 0


def attempt(what: "Callable[[Options, Callable[[str, int, int], None]], Any]", asked: "Options") -> Any:
    """Do it under a progress bar; return nothing if that was interrupted."""
    from sim.lab.runs import progress

    with progress.bar(desc="calibrate", unit="unit") as bar:

        def tell(step: str, done: int, of: int) -> None:
            bar.set_postfix_str(step, refresh=False)
            bar.total, bar.n = of, done
            bar.refresh()

        try:
            return what(asked, tell)
        except KeyboardInterrupt:
            return None
