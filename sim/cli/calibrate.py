"""The command `calibrate`: fit the parameters graded *calibrated* to the rows of the evidence."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.rows_and_options import split
from sim.lab.settings.errors import STOPPED, SettingsError

if TYPE_CHECKING:
    from sim.lab.calibration.results import Calibration
    from sim.lab.calibration.run import Options

RANGES = {"budget": (2, 100_000), "seeds": (1, 1000), "check": (1, 1000), "folds": (0, 20)}


def run(arguments: Sequence[str]) -> int:
    """Calibrate, write tables and figures, and print the results. The folder is printed last."""
    from sim.lab.calibration import results
    from sim.lab.calibration import run as calibration
    from sim.show.calibration import figures as pictures

    asked = read(arguments)
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


def read(arguments: Sequence[str]) -> "Options":
    """Read rows and options off a command line."""
    from sim.lab.calibration.run import Options, split_words

    rows, given = split("calibrate", arguments, Options._fields[1:], RANGES)
    for name, reading in {"minutes": minutes, "only": split_words}.items():
        if name in given:
            given[name] = reading(given[name])
    return Options(rows, **given)


def minutes(text: str) -> float:
    """Read a length of time."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not found > 0.0:
        raise SettingsError(f"minutes={text} is out of range: more than 0")
    return found
