"""The published findings that this world gets wrong, and the levers that they concern.

`levers.csv` is written by hand: for each row of `experiments/validation`, the levers whose effect the finding is about
(`any`: it is about communities in general), and in a sentence each what was found and what this world gives instead.
`failures.csv` holds the rows that the scoreboard does not reproduce. `make validate` writes it anew; by hand:
`python -m sim.lab.validation.failures results/gallery/validation`.
"""

import csv
import sys
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from sim.lab.runs.result_folder import write_csv

ANY = "any"  # in place of levers: the finding is about communities in general
WRONG = ("miss", "wrong sign", "not expressible")  # "no credit" is met, though not by the mechanism in question


class Failure(NamedTuple):
    """A published finding that the world does not reproduce."""

    row: str
    verdict: str
    finding: str  # a sentence
    here: str  # a sentence on what the world gives instead
    levers: tuple[str, ...]


def known() -> list[Failure]:
    """Return the findings that the world gets wrong, as the packaged table has them."""
    return [Failure(**line | {"levers": tuple(line["levers"].split())}) for line in _lines("failures.csv")]  # type: ignore[arg-type]


def concerning(levers: Iterable[str]) -> dict[str, tuple[list[str], list[Failure]]]:
    """Return the levers of each group that failures concern, with these failures; the general ones last, as `any`."""
    asked = list(dict.fromkeys([*levers, ANY]))
    found: dict[str, tuple[list[str], list[Failure]]] = {}
    for failure in known():
        its = [lever for lever in asked if lever in failure.levers]
        if its:
            group = its[0].partition(".")[0]
            named, failures = found.setdefault(group, ([], []))
            named += [lever for lever in its if lever.startswith(group) and lever not in named]
            failures.append(failure)
    return dict(sorted(found.items(), key=lambda item: item[0] == ANY))


def rebuilt(scoreboard: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the lines of `failures.csv` from those of a scoreboard's table of rows."""
    hand = {line["row"]: line for line in _lines("levers.csv")}
    found = []
    for line in scoreboard:
        if line["verdict"] in WRONG:
            own = hand[line["row"]]
            found.append({"row": line["row"], "verdict": line["verdict"], "finding": own["finding"] or line["finding"],
                          "here": own["here"] or "Here it does not come out.", "levers": own["levers"]})  # fmt: skip
    return found


def _lines(name: str) -> list[dict[str, str]]:
    text = resources.files("sim.lab.validation").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def main(folder: Path) -> None:
    """Write `failures.csv` beside this file from the scoreboard of a folder."""
    with (folder / "rows.csv").open(encoding="utf-8", newline="") as file:
        lines = rebuilt(csv.DictReader(file))
    write_csv(Path(__file__).with_name("failures.csv"), lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
