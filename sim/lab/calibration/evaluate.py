"""Evaluations: all rows under a vector, on a few seeds, in parallel and never twice.

A unit of work is a vector and a seed. Its worker measures all rows, so that rows that use the same undisturbed world
share it. A search runs no ablations. Measurements are kept as `sim.lab.validation.evaluate` keeps them.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sim.lab.validation import evaluate
from sim.lab.validation.evaluate import Item, Measurements, Unit
from sim.lab.validation.row_files import Entry, Sample

FIRST = 1000  # number of the search's first seed. Those of the scoreboard and the check begin at 0
Progress = Callable[[int, int], object]


class Wanted(NamedTuple):
    """A vector, and the rows and seeds on which it is to be measured."""

    vector: Mapping[str, float]
    rows: Sequence[str]
    numbers: Sequence[int]


def key_of(vector: Mapping[str, float]) -> str:
    """Return a short name for a vector."""
    return hashlib.sha256(json.dumps(sorted(vector.items())).encode()).hexdigest()[:16]


class VectorStore:
    """All measurements of vectors, from earlier sessions and this one."""

    def __init__(self, folder: Path, entries: Sequence[Entry], workers: int) -> None:
        self.entries = {entry.row.id: entry for entry in entries if not entry.row.missing}
        self.measurements = Measurements(folder, list(self.entries.values()), {})
        self.workers = workers

    def units(self, wanted: Iterable[Wanted]) -> list[Unit]:
        """Return the missing work, with rows of the same profile together."""
        made = []
        for vector, rows, numbers in wanted:
            key = key_of(vector)
            ordered = sorted(rows, key=lambda row: self.entries[row].row.profile)
            for number in numbers:
                items = [Item(row, key, number) for row in ordered]
                missing = [(item, self.entries[item.row].path) for item in items if item not in self.measurements.taken]
                if missing:
                    made.append(Unit(tuple(sorted(vector.items())), number, tuple(missing)))
        return made

    def measure(self, wanted: Iterable[Wanted], progress: Progress = lambda done, of: None) -> None:
        """Measure what is missing, and call `progress` with the numbers of finished and of all units."""
        units = self.units(wanted)
        progress(0, len(units))
        for done, taken in enumerate(evaluate.measure_units(units, self.workers) if units else (), start=1):
            for one in taken:
                self.measurements.write(one)
            progress(done, len(units))

    def samples(self, wanted: Wanted) -> dict[str, list[Sample]]:
        """Return a vector's samples by row. A sample is empty if its measurement failed."""
        key = key_of(wanted.vector)
        taken = self.measurements.taken
        items = {row: [Item(row, key, number) for number in wanted.numbers] for row in wanted.rows}
        return {row: [taken[one].sample if one in taken else {} for one in ones] for row, ones in items.items()}

    def errors(self) -> dict[str, str]:
        """Return the last error of each row that failed in this session."""
        return {item.row: taken.error for item, taken in self.measurements.taken.items() if taken.error}
