"""When each row was frozen, and what was changed after a look at its figures (`experiments/validation/frozen.csv`).

A row's first line has the hash of its file before its first full run. Each change adds a line (`docs/freeze.py`).
"""

import csv
import hashlib
from pathlib import Path
from typing import NamedTuple

from sim.lab.settings import experiments
from sim.lab.validation import drawing

NAME = "frozen.csv"


class Line(NamedTuple):
    """A row's file as it was on a day. `changed` is what was changed after a look, and empty where there was none."""

    row: str
    file: str
    sha256: str
    date: str
    changed: str
    why: str


def read() -> dict[str, list[Line]]:
    """Return the lines of each row, the oldest first, from the first folder of experiments that has the table."""
    found: dict[str, list[Line]] = {}
    paths = (folder / "validation" / NAME for folder in experiments.all_folders())
    if path := next(filter(Path.is_file, paths), None):
        for cells in csv.DictReader(path.read_text(encoding="utf-8", errors="replace").splitlines()):
            line = Line(*(cells.get(name) or "" for name in Line._fields))  # a damaged table is no reason to stop
            found.setdefault(line.row, []).append(line)
    return found


def digest(path: Path) -> str:
    """Return the hash of a row's file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def shut_away() -> frozenset[str]:
    """Return the rows that are shut away. One of the drawn that was changed after a look counts as fitted."""
    return drawing.shut_away() - {row for row, lines in read().items() if any(line.changed for line in lines)}


def changes(row: str, path: Path) -> str:
    """Return what was changed in a row after a look, and why. A file that is not frozen as it is says so."""
    lines = read().get(row, [])
    if not lines or lines[-1].sha256 != digest(path):
        return "not the file that was frozen" if lines else "not frozen"
    return "; ".join(f"{line.date}: {line.changed} ({line.why})" for line in lines if line.changed)
