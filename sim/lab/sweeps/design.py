"""A sweep's design: a table of points, times replicates. The points come from `samplers`.

Every point is run on the same replicate seeds (common random numbers), so differences between points are paired. If
`seed` is a factor, that holds for the points of each of its levels.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.lab.runs.replicate import seed_of
from sim.lab.settings.keys import Tree
from sim.lab.sweeps.point_run import Row
from sim.world.measures import FORKED, OUTCOMES

Base = Mapping[tuple[str, ...], Tree]  # a checked tree for each combination of choices, in the order of `Design.groups`
Ids = NDArray[np.int64]

SEED = "seed"
ASKED = ("precision", "vectors")  # options of a design that stand outside `design.`
# Settings that change no number in a run, or that are part of the design itself.
ASIDE = ("results", "workers", "replicates", "seed", "title", "story", "question", "claim", "log", "presets")


class Factor(NamedTuple):
    """What a sweep varies: a setting, by its dotted name, or a group of the configuration (`scenario`)."""

    name: str
    low: float | None = None  # a range, for samplers
    high: float | None = None
    values: tuple[Any, ...] = ()  # or levels
    group: bool = False  # a choice among files, each with a tree in the base
    whole: bool = False  # a range of whole numbers, though the setting takes others
    log: bool = False  # a range that samplers fill evenly on the log scale


@dataclass(frozen=True, eq=False)
class Design:
    """Points times replicates. Run `run_id` is replicate `run_id % replicates` of point `run_id // replicates`."""

    kind: str  # grid, lhs, sobol, saltelli, morris, one_at_a_time or csv
    factors: tuple[Factor, ...]
    points: pd.DataFrame  # a row for each point and a column for each factor, as `points_of` makes them
    replicates: int
    seed: int  # of the runs, unless it is a factor: replicate r has `seed_of(seed, r)` at every point
    options: dict[str, Any] = field(default_factory=dict)  # of the sampler, for an analysis of the results

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the factors, which are the columns of `points`."""
        return tuple(factor.name for factor in self.factors)

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the factors that choose among files. A choice for each makes a key of the base."""
        return tuple(factor.name for factor in self.factors if factor.group)

    @cached_property
    def columns(self) -> dict[str, NDArray[Any]]:
        """The points as arrays, one for each factor."""
        return {name: self.points[name].to_numpy() for name in self.names}

    @cached_property
    def strata(self) -> Ids:
        """The set of points with common seeds that each point belongs to: 0, or the place of its level of `seed`."""
        if SEED not in self.names:
            return np.zeros(len(self.points), np.int64)
        return np.unique(self.columns[SEED], return_inverse=True)[1].astype(np.int64)

    @cached_property
    def seeds(self) -> Ids:
        """The seed of each replicate, shape `(strata, replicates)`."""
        levels = np.unique(self.columns[SEED]).tolist() if SEED in self.names else [self.seed]
        each = [[seed_of(int(level), replicate) for replicate in range(self.replicates)] for level in levels]
        return np.array(each, np.int64)

    def rows(self) -> int:
        """Return the number of runs."""
        return len(self.points) * self.replicates

    def take(self, run_ids: Ids) -> list[Row]:
        """Return some runs as rows of plain values."""
        points, replicates = np.divmod(run_ids, self.replicates)
        columns = [column[points].tolist() for column in self.columns.values()]
        values = zip(*columns, strict=True) if columns else [()] * len(run_ids)
        numbers = (run_ids, points, replicates, self.seeds[self.strata[points], replicates])
        return [Row(*row) for row in zip(*(column.tolist() for column in numbers), values, strict=True)]

    @property
    def forks(self) -> bool:
        """Whether an outcome that is asked for (all if none is) needs the worlds that part on the host-off day."""
        asked = [*self.options.get("metrics", ()), self.options.get("precision", {}).get("metric")]
        return not self.options.get("metrics") or any(name in FORKED for name in asked)

    def hash(self, base: Base) -> str:
        """Return twelve hex digits that identify everything the runs' numbers depend on, except the code."""
        digest = hashlib.sha256()
        trees = [[list(choices), {name: value for name, value in tree.items() if name not in ASIDE}]
                 for choices, tree in sorted(base.items())]  # fmt: skip
        facts = [self.names, self.groups, len(self.points), self.replicates, self.seed, list(OUTCOMES), trees]
        facts += [self.options[name] for name in ASKED if name in self.options]  # which runs there are hangs on these
        facts += [] if self.forks else ["no fork"]
        digest.update(canonical(facts))
        for column in self.columns.values():
            digest.update(column.astype("<f8").tobytes() if column.dtype.kind in "if" else canonical(column.tolist()))
        return digest.hexdigest()[:12]

    def tree(self) -> Tree:
        """Return everything but the points as plain values."""
        factors = [factor._asdict() | {"values": list(factor.values)} for factor in self.factors]
        return {"kind": self.kind, "factors": factors, "replicates": self.replicates, "seed": self.seed,
                "options": dict(self.options)}  # fmt: skip

    @classmethod
    def of_tree(cls, tree: Tree, points: pd.DataFrame) -> "Design":
        """Return the design that `tree` was made of."""
        factors = tuple(
            Factor(**factor | {end: None if factor[end] is None else float(factor[end]) for end in ("low", "high")}
                   | {"values": tuple(factor["values"])})
            for factor in tree["factors"]
        )  # fmt: skip
        return cls(tree["kind"], factors, points, tree["replicates"], tree["seed"], dict(tree["options"]))


def points_of(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Return points as a table. Numbers stay numbers, words stay words, and a mixed column keeps both."""
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if names and rows else dict.fromkeys(names, ())
    return pd.DataFrame({name: series_of(column) for name, column in columns.items()}, index=range(len(rows)))


def series_of(column: Sequence[Any]) -> pd.Series:
    """Return a column of whole numbers, of numbers, or of arbitrary values."""
    kinds = {type(value) for value in column}
    dtype = "int64" if kinds == {int} else "float64" if kinds and kinds <= {int, float} else "object"
    try:
        return pd.Series(list(column), dtype=dtype)
    except OverflowError:  # more digits than a column holds; the check of rows refuses them
        return pd.Series(list(column), dtype="object")


def canonical(content: Any) -> bytes:
    """Return plain values as bytes, the same for equal values."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), default=list).encode()
