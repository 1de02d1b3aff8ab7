"""A sweep's folder as its pictures need it: metrics by point and replicate, and means by a factor's levels."""

from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.lab.runs.statistics import Floats
from sim.lab.sweeps.design import SEED
from sim.lab.sweeps.sweep_folder import Sweep
from sim.show.results import measure
from sim.show.words import amount, plural

MOST_LEVELS = 24  # a factor with more values than this counts as continuous


class Course(NamedTuple):
    """A metric by one factor's levels, shape (levels, replicates), the mean over combinations of the other factors."""

    levels: list[Any]
    values: Floats
    combinations: int  # of the other factors, over which the mean is
    left_out: int  # combinations that lack a run somewhere


class SweepResults:
    """A sweep's folder, read column by column at first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sweep = Sweep(folder)
        self.points = self.sweep.points  # a row a point, a column a factor
        self._values: dict[str, Floats] = {}

    @property
    def runs(self) -> int:
        """How many runs a point's mean is over."""
        return self.sweep.common

    @cached_property
    def footer(self) -> str:
        """How many runs, of what."""
        errors = self.sweep.frame(["error"])["error"]
        failed, missing = int(errors.notna().sum()), self.sweep.rows - len(errors)
        lacks = [f"{count:,} {word}" for count, word in ((failed, "failed"), (missing, "missing")) if count]
        lacks += [f"the first {self.runs} replicates of each point"] if self.sweep.precision else []
        each = "auto" if self.sweep.precision else str(self.runs)
        of = f"{plural(len(self.points), 'point')} x {each}" + (f" ({', '.join(lacks)})" if lacks else "")
        sweep = f"{self.sweep.kind} design · {self.sweep.name} · {self.sweep.hash}"
        return f"{plural(len(errors), 'run')} of {of} · {sweep}"

    @cached_property
    def metrics(self) -> list[str]:
        """What to draw: the metrics that the design names, else size and what members hold."""
        asked = self.sweep.design.options.get("metrics") or ("size", "held_by_members")
        return [metric for metric in asked if metric in self.sweep.metrics] or self.sweep.metrics[:2]

    @cached_property
    def factors(self) -> list[str]:
        """The factors that really vary."""
        return [name for name in self.sweep.factors if self.points[name].map(str).nunique() > 1]

    def values(self, metric: str) -> Floats:
        """Return a metric by point and replicate, NaN where there is none."""
        if metric not in self._values:
            self._values[metric] = self.sweep.matrix(metric)
        return self._values[metric]

    def means(self, metric: str) -> Floats:
        """Return a metric's mean at each point."""
        return known_means(self.values(metric))

    def numeric(self, factor: str) -> bool:
        """Whether a factor is a number that has an order. A seed has none."""
        return factor != SEED and self.points[factor].dtype.kind in "if"

    def on_log_scale(self, factor: str) -> bool:
        """Whether a factor's range was sampled on the log scale, so that its axis has one."""
        return any(one.name == factor and one.log for one in self.sweep.design.factors)

    def levels(self, factor: str) -> list[Any]:
        """Return a factor's values in order: numbers by size, words as the design has them."""
        if self.numeric(factor):
            return sorted(set(self.points[factor].tolist()))
        return list({str(value): value for value in self.points[factor]}.values())

    def codes(self, factor: str) -> Any:
        """Return the place of each point's value among the levels."""
        places = {str(level): place for place, level in enumerate(self.levels(factor))}
        return np.array([places[str(value)] for value in self.points[factor]])

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """How many levels each varying factor has."""
        return tuple(len(self.levels(factor)) for factor in self.factors)

    @cached_property
    def is_grid(self) -> bool:
        """Whether every combination of levels is a point, once."""
        if not self.factors or np.prod(self.shape, dtype=float) != len(self.points):
            return False
        places = np.ravel_multi_index([self.codes(factor) for factor in self.factors], self.shape)
        return len(np.unique(places)) == len(self.points)

    def lattice(self, metric: str) -> Floats:
        """Return a metric on the grid: an axis a varying factor, and replicates last."""
        grid = np.full((*self.shape, self.runs), np.nan)
        grid[tuple(self.codes(factor) for factor in self.factors)] = self.values(metric)
        return grid

    def course(self, metric: str, factor: str) -> Course:
        """Return a metric by a factor's levels on the grid.

        Where a run is missing somewhere, its combination of the other factors is left out at all levels: each level's
        mean is then over the same combinations.
        """
        axis = self.factors.index(factor)
        table = np.moveaxis(self.lattice(metric), axis, -2)
        others = table.reshape(-1, *table.shape[-2:])
        whole = others[~np.isnan(others).any(axis=(1, 2))] if len(others) > 1 else others
        used = whole if len(whole) else others[:0]
        values = used.mean(axis=0) if len(used) else np.full(others.shape[1:], np.nan)
        return Course(self.levels(factor), values, len(others), len(others) - len(used))


def known_means(values: Floats) -> Floats:
    """Return the mean over replicates (the last axis) of what is known, NaN where nothing is."""
    known = np.sum(~np.isnan(values), axis=-1)
    return np.asarray(np.nansum(values, axis=-1) / np.where(known > 0, known, np.nan))


def comparable(values: Floats) -> Floats:
    """Return runs (replicates on the last axis) without what their seed does to all points alike (Morey 2008).

    Their spread is what a comparison of points on common seeds meets, and the interval of a mean of them says how sure
    its place among the others is. Means stay as they are.
    """
    points = values.reshape(-1, values.shape[-1])
    whole = points[~np.isnan(points).any(axis=1)]
    if len(whole) < 2:
        return values
    seed = (whole - whole.mean(axis=1, keepdims=True)).mean(axis=0)
    means = known_means(points)[:, None]
    return np.asarray((means + (points - means - seed) * np.sqrt(len(whole) / (len(whole) - 1))).reshape(values.shape))


def value_word(metric: str, value: float) -> str:
    """Return a metric's value as a reader wants it."""
    return amount(value, measure(metric).unit)


def level_word(level: Any) -> str:
    """Return a factor's level as a user types it."""
    return f"{level:.3g}" if isinstance(level, float) else str(level)
