"""Folds of the rows, for cross-validation: how well a vector predicts rows that it was not fitted to.

The table of folds is fixed before any fit and kept with the rows. A new row goes to the fold with the fewest rows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from sim.lab.settings import experiments
from sim.lab.validation.row import Row
from sim.lab.validation.row_files import in_order

NAME = "folds.csv"


def deal(rows: Sequence[Row], folds: int) -> dict[str, int]:
    """Return each row's fold, from 1. Rows of one group and tier are dealt to the folds in turn."""
    ordered = sorted(rows, key=lambda row: (row.group, row.tier, in_order(row.id)))
    return {row.id: 1 + place % folds for place, row in enumerate(ordered)}


def split(rows: Sequence[Row], folds: int, table: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return each row's fold: the table's, if it has this number of folds. With fewer than two rows there are none."""
    folds = min(folds, len(rows))
    if folds < 2:
        return {}
    table = table or {}
    if max(table.values(), default=0) != folds:
        return deal(rows, folds)
    found = {row.id: table[row.id] for row in rows if row.id in table}
    if len(set(found.values())) < folds:  # only some of the rows were requested
        return deal(rows, folds)
    filled = Counter(dict.fromkeys(range(1, folds + 1), 0))
    filled.update(found.values())
    for row in sorted((row for row in rows if row.id not in table), key=lambda row: in_order(row.id)):
        found[row.id] = min(filled, key=lambda fold: (filled[fold], fold))
        filled[found[row.id]] += 1
    return found


def kept() -> dict[str, int]:
    """Return the table of folds kept with the rows, or an empty one."""
    for folder in experiments.all_folders():
        path = folder / "validation" / NAME
        if path.is_file():
            return {str(row): int(fold) for row, fold in pd.read_csv(path)[["row", "fold"]].itertuples(index=False)}
    return {}
