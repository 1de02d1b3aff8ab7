"""The screen: which of all free parameters move what the findings are about.

Morris's method in its radial form (Campolongo, Saltelli & Cariboni 2011): from a base point one parameter at a time is
moved, and the *elementary effect* is the change of a figure per whole prior range. mu* is the mean of its size over
base points, sigma its standard deviation: large beside mu* where the effect depends on the other parameters. The first
base is the declared values, the others lie in the middle half of each prior, because most worlds in the corners of two
hundred axes are deserted. All points of a base share their seed.

Figures are in half-bands, signs in standard deviations between seeds, both measured at the declared values. A
parameter's *influence* is the root mean square over the fitted rows of its mean mu* on the figures of the row, each
capped, beyond what chance alone gives.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.lab.calibration.evaluate import FIRST, Progress, VectorStore, Wanted
from sim.lab.calibration.losses import Aim
from sim.lab.calibration.space import Floats, Space, Vector
from sim.lab.calibration.waves import Problem

SEED = 11
BASES = 2
CAP = 3.0  # half-bands, or standard deviations: beyond that a row says no more
LEAST_STEP, MEAN_STEP = 0.25, 0.375  # of an axis: a shorter step is mostly noise


class Screened(NamedTuple):
    """Elementary effects, shape (bases, axes, targets), and the noise between seeds of each target."""

    space: Space
    aims: list[Aim]
    effects: Floats
    noise: Floats

    @property
    def mu_star(self) -> Floats:
        """The mean size of the elementary effects, shape (axes, targets)."""
        return _over(np.nanmean, np.abs(self.effects))

    @property
    def influence(self) -> Floats:
        """Each axis's influence over all rows, shape `(axes,)`."""
        chance = 2.0 / np.sqrt(np.pi) * self.noise / MEAN_STEP  # the mean size of the difference of two seeds
        beyond = np.clip(np.nan_to_num(self.mu_star) - chance, 0.0, CAP)
        rows = [aim.row.id for aim in self.aims]
        by_row = np.array([
            beyond[:, [of == row for of in rows]].mean(1) for row in dict.fromkeys(rows)
        ])  # fmt: skip
        return np.asarray(np.sqrt((by_row**2).mean(0)))

    def table(self) -> pd.DataFrame:
        """Return a line per parameter, the most influential first: influence, its three main targets, mu* and sigma."""
        order, names = np.argsort(-self.influence, kind="stable"), [aim.name for aim in self.aims]
        sizes, spread = np.nan_to_num(self.mu_star), np.nan_to_num(_over(np.nanstd, self.effects))
        return pd.DataFrame([
            {"parameter": self.space.names[axis], "influence": self.influence[axis],
             **{f"target_{k + 1}": f"{names[top]} {sizes[axis, top]:.2f} (sigma {spread[axis, top]:.2f})"
                for k, top in enumerate(np.argsort(-sizes[axis])[:3])}}
            for axis in order
        ])  # fmt: skip


def points(space: Space, bases: int = BASES) -> tuple[Floats, Floats]:
    """Return the base points, shape (bases, axes), and where each axis is moved to from there."""
    draw = np.random.default_rng(SEED)
    middle = space.point({})
    found = np.clip(middle + 0.5 * (draw.random((bases, middle.size)) - 0.5), 0.0, 1.0)
    found[0] = middle
    away = LEAST_STEP + (0.5 - LEAST_STEP) * draw.random(found.shape)
    up = np.where(draw.random(found.shape) < 0.5, 1.0, -1.0)
    up = np.where((found + up * away > 1.0) | (found + up * away < 0.0), -up, up)
    return found, np.clip(found + up * away, 0.0, 1.0)


def wanted(space: Space, rows: Sequence[str], bases: int = BASES) -> list[list[Wanted]]:
    """Return what each base needs: its own vector, then one per axis."""
    base, moved = points(space, bases)
    plan = []
    for number, (at, to) in enumerate(zip(base, moved, strict=True)):
        vectors = [space.vector(at), *(_with(space, at, axis, to[axis]) for axis in range(at.size))]
        plan.append([Wanted(vector, rows, [FIRST + number]) for vector in vectors])
    return plan


def _with(space: Space, at: Floats, axis: int, place: float) -> Vector:
    there = at.copy()
    there[axis] = place
    return space.vector(there)


def screen(problem: Problem, store: VectorStore, report: Progress, bases: int = BASES) -> Screened:
    """Measure all points of the screen (what was measured before is kept), and return the elementary effects."""
    plan, (base, moved) = wanted(problem.space, problem.rows, bases), points(problem.space, bases)
    store.measure([problem.of_noise, *(one for base in plan for one in base)], report)
    noise = _over(np.nanstd, problem.values(problem.by_seed(store)))
    noise = np.where(noise > 0.0, noise, 1.0)
    scale = np.where([aim.is_sign for aim in problem.aims], noise, 1.0)
    values = [problem.values(np.array([problem.figures(store, one) for one in each])) for each in plan]
    steps = (moved - base)[:, :, None]
    effects = np.array([(each[1:] - each[0]) / scale for each in values]) / steps
    return Screened(problem.space, problem.aims, effects, noise / scale)


def _over(statistic: Callable[..., Any], values: Floats) -> Floats:
    """Return a statistic along the first axis without undefined figures; NaN where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(statistic(values, axis=0))
