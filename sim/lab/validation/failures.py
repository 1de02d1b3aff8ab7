"""The published findings that this world gets wrong, and the levers that they concern.

`failures.csv` holds the rows that the scoreboard does not reproduce. `make validate` writes it anew (docs/failures.py).
"""

import csv
from collections.abc import Iterable
from importlib import resources
from typing import NamedTuple

ANY = "any"  # in place of levers: the finding is about communities in general


class Failure(NamedTuple):
    """A published finding that the world does not reproduce."""

    row: str
    verdict: str
    finding: str  # a sentence
    here: str  # a sentence on what the world gives instead
    levers: tuple[str, ...]


def concerning(levers: Iterable[str]) -> dict[str, tuple[list[str], list[Failure]]]:
    """Return the levers of each group that failures concern, with these failures; the general ones last, as `any`."""
    asked = list(dict.fromkeys([*levers, ANY]))
    found: dict[str, tuple[list[str], list[Failure]]] = {}
    for line in lines_of("failures.csv"):
        failure = Failure(**line | {"levers": tuple(line["levers"].split())})  # type: ignore[arg-type]
        its = [lever for lever in asked if lever in failure.levers]
        if its:
            group = its[0].partition(".")[0]
            named, failures = found.setdefault(group, ([], []))
            named += [lever for lever in its if lever.startswith(group) and lever not in named]
            failures.append(failure)
    return dict(sorted(found.items(), key=lambda item: item[0] == ANY))


def lines_of(name: str) -> list[dict[str, str]]:
    """Return the lines of a packaged table."""
    text = resources.files("sim.lab.validation").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
