"""Read a sweep's folder: its design, and the runs so far, in blocks of whole points.

A sweep may have a million rows. Readers take blocks or single columns, so memory does not grow with the sweep.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import compute

from sim.lab.runs.statistics import Floats
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.keys import Tree
from sim.lab.sweeps import store
from sim.lab.sweeps.by_point import matrix
from sim.lab.sweeps.parts import parts_of, read_checked, read_columns, reading
from sim.world.measures import HEADLINE

KEYS = ("run_id", "point", "replicate", "seed", "run_seed", "error", "seconds")
BLOCK = 100_000  # rows at a time


class Part(NamedTuple):
    """A file of rows, and its lowest and highest run_id."""

    path: Path
    first: int
    last: int


class Sweep:
    """A sweep's folder: its design, and the runs so far."""

    def __init__(self, folder: Path) -> None:
        self.folder, whole = Path(folder), Path(folder).resolve()
        self.name, self.hash = whole.parent.name, whole.name  # the experiment or the scenario, and the design's hash
        opened = store.reopen(self.folder)
        self.design, self.plugins = opened.design, opened.plugins
        self.kind, self.points, self.factors = self.design.kind, self.design.points, list(self.design.names)
        self.replicates = self.design.replicates  # of a point, at most
        self.precision: Tree | None = self.design.options.get("precision")  # asked for by replicates=auto

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """The number of runs that each point should have. With replicates=auto: the runs started so far."""
        if self.precision is None:
            return np.full(len(self.points), self.replicates)
        counts = np.full(len(self.points), min(int(self.precision["batch"]), self.replicates))
        begun = self.frame([])
        np.maximum.at(counts, begun["point"].to_numpy(), begun["replicate"].to_numpy() + 1)
        return counts

    @property
    def common(self) -> int:
        """The number of replicates that all points have, which paired comparisons use."""
        return int(self.counts.min())

    @property
    def rows(self) -> int:
        """The number of runs of the whole sweep."""
        return int(self.counts.sum())

    @cached_property
    def parts(self) -> list[Part]:
        """The files of rows, checked."""
        runs = self.design.rows()
        read = {path: read_checked(path, ["run_id"], runs)["run_id"] for path in parts_of(self.folder, "runs")}
        ids = {path: column.to_numpy() for path, column in read.items()}
        return [Part(path, int(held.min(initial=runs)), int(held.max(initial=-1))) for path, held in ids.items()]

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns of the parts, which are the same in all of them."""
        if not self.parts:
            raise SettingsError(f"{self.folder} has no runs yet, so there is nothing to aggregate")
        return pa.schema([(field.name, field.type) for field in pq.read_schema(self.parts[0].path)])

    @cached_property
    def metrics(self) -> list[str]:
        """The names of the outcomes."""
        known = {*KEYS, *self.factors}
        return [field.name for field in self.schema if field.name not in known and pa.types.is_floating(field.type)]

    @cached_property
    def headline(self) -> list[str]:
        """The metrics that the design names, or else the headline outcomes."""
        asked = self.design.options.get("metrics") or HEADLINE
        return [metric for metric in asked if metric in self.metrics] or self.metrics

    def blocks(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the rows sorted by run_id, each once, in blocks of many rows that never divide a point."""
        names = self.schema.names if columns is None else list(columns)
        read = list(dict.fromkeys([*names, "run_id", "error", "seconds"]))
        step = max(1, BLOCK // self.replicates) * self.replicates
        for first in range(0, self.design.rows(), step):
            last = first + step - 1
            near = [part for part in self.parts if part.first <= last and first <= part.last]
            tables = [_read(part.path, read, first, last) for part in near]
            if any(table.num_rows for table in tables):
                yield _each_once(pa.concat_tables(tables)).select(names)

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of all rows."""
        names = list(dict.fromkeys(["point", "replicate", *columns]))
        tables = list(self.blocks(names)) if self.parts else []
        return pa.concat_tables(tables).to_pandas() if tables else pd.DataFrame(columns=names, dtype=float)

    def matrix(self, metric: str) -> Floats:
        """Return a metric by point and common replicate, NaN where a run is missing, failed or has no value."""
        return matrix(self.frame([metric]), metric, 0, len(self.points), self.replicates)[:, : self.common]


# Files


def _read(path: Path, names: Sequence[str], first: int, last: int) -> pa.Table:
    """Return some rows of a part."""
    with reading(path):
        table = read_columns(path, names).select(names)
        run_ids = table["run_id"]
        return table.filter(compute.and_(compute.greater_equal(run_ids, first), compute.less_equal(run_ids, last)))


def _each_once(table: pa.Table) -> pa.Table:
    """Return rows sorted by run_id, each run once: a success before a failure, then the faster one."""
    keys = table.select(["run_id", "error", "seconds"]).to_pandas()
    keys = keys.assign(failed=keys["error"].notna()).sort_values(
        ["run_id", "failed", "error", "seconds"], kind="stable"
    )
    return table.take(pa.array(keys.drop_duplicates("run_id").index.to_numpy()))
