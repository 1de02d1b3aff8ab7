"""Read a CSV file of design points: a header of settings, and a row a point."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.settings.errors import SettingsError, refuse_if_any, said_of
from sim.lab.settings.messages import shown
from sim.lab.settings.read_yaml import read_csv
from sim.lab.sweeps.check import not_a_factor
from sim.lab.sweeps.design import points_of

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
SHOWN = 10  # lines about one file
LARGEST = 1 << 28  # bytes of a file
Read = Callable[[str], Any]  # returns the value that a cell stands for


def read_points(file: str, read: Read) -> pd.DataFrame:
    """Return the points that a file lists. `read` turns a cell's text into a value, or raises a `SettingsError`."""
    with said_of(f"design.file={file}"):
        header, *rows = [row for row in read_csv(Path(file), LARGEST) if any(cell.strip() for cell in row)] or [[]]
        names = [name.strip() for name in header]
        refuse(header_faults(names))
        if not rows:
            raise SettingsError("the file holds no points")
        refuse(row_faults(names, rows))
        return points_of(names, list(zip(*values(names, rows, read), strict=True)))


def refuse(faults: Iterator[str]) -> None:
    """Raise what is wrong, ten lines at most."""
    found = list(faults)
    refuse_if_any([*found[:SHOWN], *([f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else [])])


def header_faults(names: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the header, and how to mend it."""
    used = [word for sign, word in SEPARATORS.items() if any(sign in name for name in names)]
    if used:
        yield f"its columns are separated by {used[0]}; save it with commas"
        return
    if names and not names[0]:
        yield "its first column has no name, as a column of row numbers has: delete it (in pandas, to_csv(index=False))"
    yield from (f"column {place + 1} has no name: delete it" for place, name in enumerate(names) if place and not name)
    for name in dict.fromkeys(filter(None, names)):
        if names.count(name) > 1:
            yield f"{shown(name)} names two columns: delete one"
        if line := not_a_factor(name):
            yield f"{line}; delete the column if it holds no setting"


def row_faults(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a line for each row with too few or too many cells, and for each empty cell."""
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            yield f"row {number}: cells missing or too many: {len(row)} instead of {len(names)}"
        yield from (f"row {number} has no {name}" for name, cell in zip(names, row, strict=False) if not cell.strip())


def values(names: Sequence[str], rows: Sequence[Sequence[str]], read: Read) -> Iterator[list[Any]]:
    """Yield the values of each column."""
    known: dict[str, Any] = {}
    for place, name in enumerate(names):
        texts = [row[place].strip() for row in rows]
        for text in dict.fromkeys(texts):
            with said_of(f"row {texts.index(text) + 1}, {name}"):
                known[text] = known[text] if text in known else read(text)
        yield [known[text] for text in texts]
