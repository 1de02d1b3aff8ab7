"""Losses: how far a world is from the findings. Each target loses 0 if it is met, and 1 at the edge of its band.

The loss of a figure is its distance from the published one in half-bands on its own side, squared. Beyond three
half-bands it grows by one for each, up to 12: a hopeless row must not rule, but should still pull. The loss of a sign
or a shape is 9 times the probability that a seed has it wrong. A missing value loses 12. A row's loss is the mean of
its targets' losses.

Rows weigh by what they can say about causes (`WEIGHTS`): an experiment twice as much as an association or a curve, and
a row that a rule nearly states half as much, because meeting it says little about the rest of the world.

A vector is plausible if the evidence cannot distinguish it from the best one. A band is read as a 95 % interval, so a
row's loss is a chi-square in units of `CRITICAL`. The weighted sum over rows may exceed the best one by the critical
value of one parameter times the dispersion, which allows for rows that even the best vector misses. This is a profile
likelihood with the dispersion of a quasi-likelihood, not a posterior. `plausible` adds what seeds do to losses.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from sim.lab.validation import scoring
from sim.lab.validation.row import Row, Target
from sim.lab.validation.row_files import Entry, Sample
from sim.lab.validation.scoring import NOTHING, Simulated

Floats = NDArray[np.float64]
FAR, FARTHEST = 3.0, 6.0  # half-bands: from where the loss grows in a line, and where it ends
WRONG = FAR**2  # the loss of a sign that is wrong for sure
WORST = WRONG + FARTHEST - FAR
CRITICAL = 3.841  # chi-square of one degree of freedom, 95 %
WEIGHTS = {"experiment": 2.0, "quasi-experiment": 1.5, "association": 1.0, "curve": 1.0}
NEARLY = 0.5
SLIMMEST = 0.1  # of the band: the smallest half-band, for figures at the edge of their bands


class Aim(NamedTuple):
    """One target of one row."""

    entry: Entry
    target: Target

    @property
    def row(self) -> Row:
        """The row of the target."""
        return self.entry.row

    @property
    def is_sign(self) -> bool:
        """Whether it is judged seed by seed."""
        return self.row.by_seeds(self.target)

    @property
    def name(self) -> str:
        """The names of row and target."""
        return f"{self.row.id}.{self.target.name}"


def aims(entries: Sequence[Entry]) -> list[Aim]:
    """Return the targets of all rows that the world can express."""
    return [Aim(entry, target) for entry in entries if not entry.row.missing for target in entry.row.targets]


def weights(what: Sequence[Aim]) -> Floats:
    """Return the targets' weights, with a sum of 1: those of the rows, shared among a row's targets."""
    if not what:
        raise ValueError("there is no row to fit")
    rows = [aim.row.id for aim in what]
    found = np.array([weight_of(aim.row) / rows.count(aim.row.id) for aim in what])
    return np.asarray(found / found.sum())


def weight_of(row: Row) -> float:
    """Return a row's weight, relative to an association that no rule states."""
    return WEIGHTS[row.evidence] * (NEARLY if row.stated == "nearly" else 1.0)


def simulated(what: Sequence[Aim], samples: dict[str, list[Sample]]) -> list[Simulated]:
    """Return the simulated figure of each target from a sample per seed, by row. A failed measurement has none."""
    rows = {aim.row.id: aim.entry for aim in what}
    found = {row: _of_row(entry, samples.get(row, [])) for row, entry in rows.items()}
    return [found[aim.row.id][aim.target.name] for aim in what]


def _of_row(entry: Entry, samples: list[Sample]) -> dict[str, Simulated]:
    good = [sample for sample in samples if sample]
    if good and 2 * len(good) >= len(samples):
        with suppress(Exception):  # `combine` is the row's own code, and there may be few seeds
            return scoring.simulate(entry.row, good, entry.combine)
    return dict.fromkeys((target.name for target in entry.row.targets), NOTHING)


def loss(aim: Aim, figure: float, spread: float) -> float:
    """Return the loss of a target's figure, from 0 to 12. `spread` is the noise between seeds, for signs."""
    if not math.isfinite(figure):
        return WORST
    if aim.is_sign:
        return WRONG * (1.0 - chance(aim.target, figure, spread))
    return float(of_distance(distance(aim.target, figure)))


def of_distance(half_bands: Floats | float) -> Floats:
    """Return the loss of figures that are so far from the published one."""
    size = np.abs(half_bands)
    return np.minimum(size, FAR) ** 2 + np.clip(size - FAR, 0.0, FARTHEST - FAR)


def distance(target: Target, mean: float) -> float:
    """Return the signed distance of a figure from the published one, in half-bands."""
    assert target.target is not None
    side = target.high - target.target if mean > target.target else target.target - target.low
    return (mean - target.target) / max(side, SLIMMEST * (target.high - target.low))


def chance(target: Target, mean: float, spread: float) -> float:
    """Return the probability that a figure with this mean and spread is in its band: 0 or 1 without a spread."""
    if not math.isfinite(mean):
        return math.nan
    if not spread > 0.0:
        return float(target.low < mean < target.high)
    return float(ndtr((target.high - mean) / spread) - ndtr((target.low - mean) / spread))


def losses(what: Sequence[Aim], figures: Floats, noise: Floats) -> Floats:
    """Return each target's loss, shape `(targets,)`, from its figure and the noise between seeds."""
    return np.array([loss(*one) for one in zip(what, figures, noise, strict=True)])


def tolerance(best: float, rows: int) -> float:
    """Return how far a plausible vector's mean loss over rows may exceed the best one."""
    return max(1.0, CRITICAL * best) / rows
