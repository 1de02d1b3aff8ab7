"""Five folds of the rows: what a vector predicts of rows that it was not fitted to.

The table is settled before any fit and kept with the rows. A row that it does not know yet goes where fewest are.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.lab.settings import experiments
from sim.lab.validation.row import Row
from sim.lab.validation.row_files import in_order

NAME = "folds.csv"


def deal(rows: Sequence[Row], folds: int) -> dict[str, int]:
    """Return each row's fold, from 1: rows of one group and tier are dealt out one after another, like cards."""
    ordered = sorted(rows, key=lambda row: (row.group, row.tier, in_order(row.id)))
    return {row.id: 1 + place % folds for place, row in enumerate(ordered)}


def split(rows: Sequence[Row], folds: int, table: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return each row's fold, as the table says where it does and was made for as many folds.

    There are never more folds than rows; with fewer than two rows there are none.
    """
    folds = min(folds, len(rows))
    if folds < 2:
        return {}
    table = table or {}
    if max(table.values(), default=0) != folds:
        return deal(rows, folds)
    found = {row.id: table[row.id] for row in rows if row.id in table}
    if len(set(found.values())) < folds:  # some of the rows alone
        return deal(rows, folds)
    filled = Counter(dict.fromkeys(range(1, folds + 1), 0))
    filled.update(found.values())
    for row in sorted((row for row in rows if row.id not in table), key=lambda row: in_order(row.id)):
        found[row.id] = min(filled, key=lambda fold: (filled[fold], fold))
        filled[found[row.id]] += 1
    return found


def kept() -> dict[str, int]:
    """Return the table that is kept with the rows, empty if there is none."""
    for folder in experiments.folders():
        path = folder / "validation" / NAME
        if path.is_file():
            with path.open(newline="", encoding="utf-8") as file:
                return {line["row"]: int(line["fold"]) for line in csv.DictReader(file)}
    return {}


def write(path: Path, table: Mapping[str, int]) -> None:
    """Write a table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("row", "fold"))
        writer.writerows((row, table[row]) for row in sorted(table, key=in_order))
