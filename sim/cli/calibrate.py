"""The command `calibrate`: fit the parameters graded *calibrated* to the rows of the evidence."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.lab.settings.errors import STOPPED

if TYPE_CHECKING:
    from sim.lab.calibration.results import Calibration
    from sim.lab.calibration.run import Options


def run(rows: Sequence[str], options: Mapping[str, Any]) -> int:
    """Calibrate, write tables and figures, and print the results. The folder is printed last."""
    from sim.lab.calibration import results
    from sim.lab.calibration import run as calibration
    from sim.show.calibration import figures as pictures

    asked = calibration.Options(tuple(rows), **{name: value for name, value in options.items() if value is not None})
    made = attempt(asked)
    if made is None:
        print("barnraise: interrupted; what was evaluated is kept, and the same command goes on", file=sys.stderr)
        return STOPPED
    found = calibration.write(made, asked)
    folder = calibration.folder_of(asked)
    print(results.text(found), flush=True)
    pictures.draw(folder)
    print(folder)
    return 0


def attempt(asked: "Options") -> "Calibration | None":
    """Calibrate under a progress bar; nothing if that was interrupted."""
    from tqdm import tqdm

    from sim.lab.calibration import run as calibration

    with tqdm(desc="calibrate", unit="unit", disable=not sys.stderr.isatty()) as bar:

        def tell(what: str, done: int, of: int) -> None:
            bar.set_postfix_str(what, refresh=False)
            bar.total, bar.n = of, done
            bar.refresh()

        try:
            return calibration.calibrate(asked, tell)
        except KeyboardInterrupt:
            return None
