"""Verdicts from the figures of many seeds: mean and interval against the band, with and without the mechanism.

A row passes if all its targets are met. It earns credit only if it fails once its own mechanism is switched off, by a
figure that is defined. A row that passes without the mechanism says nothing about the mechanism.
"""

import math
import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sim.lab.runs.statistics import standard_error, t_interval
from sim.lab.validation.row import Row, Target
from sim.lab.validation.row_files import Combine, Entry, Sample

TRANSPORT = 1.0 / 3.0  # of the effect: standard error of applying a figure to another population
RIGHT = 0.9  # share of the seeds that must have the right sign
FEWEST = 0.5  # share of the seeds that must give a figure
Z95 = float(ndtri(0.975))
Z90 = float(ndtri(0.9))  # one-sided


class Simulated(NamedTuple):
    """The simulated figure of a target: mean over seeds, its interval and error, and shares of the seeds."""

    mean: float
    low: float
    high: float
    se: float
    right: float  # share in the band
    known: float = 1.0  # share with a figure


class Judged(NamedTuple):
    """One target: the published figure, the simulated one, and the simulated one without the mechanism."""

    target: Target
    simulated: Simulated
    z: float
    passed: bool
    wrong_sign: bool
    ablated: Simulated
    ablated_passed: bool | None  # None if it is not defined


class Scored(NamedTuple):
    """A row with its verdict."""

    row: Row
    judged: tuple[Judged, ...]
    seeds: int
    seconds: float
    error: str = ""

    @property
    def passed(self) -> bool:
        """All targets are met."""
        return bool(self.judged) and not self.error and all(one.passed for one in self.judged)

    @property
    def ablated_passed(self) -> bool | None:
        """All targets are met with the mechanism switched off. None if none is missed, and not all are defined."""
        without = [one.ablated_passed for one in self.judged]
        return False if False in without else None if None in without or not without else True

    @property
    def credit(self) -> bool:
        """It passes, and fails without its mechanism by a figure that is defined."""
        return self.passed and bool(self.row.ablate) and self.ablated_passed is False

    @property
    def wrong_sign(self) -> bool:
        """At least one effect has the wrong sign, beyond chance."""
        return any(one.wrong_sign for one in self.judged)

    @property
    def verdict(self) -> str:
        """The verdict in one or two words."""
        if self.row.missing:
            return "not expressible"
        if self.error or not self.judged:
            return "failed"
        if self.credit:
            return "credit"
        if self.passed:
            return "no credit"
        return "wrong sign" if self.wrong_sign else "miss"


NOTHING = Simulated(math.nan, math.nan, math.nan, math.nan, math.nan, 0.0)


def score(
    entry: Entry, full: Sequence[Sample], ablated: Sequence[Sample], seconds: float = 0.0, error: str = ""
) -> Scored:
    """Score a row by the samples with its mechanism (`full`) and without it (none if the row has no ablation)."""
    row = entry.row
    if row.missing or not full:
        return Scored(row, (), len(full), seconds, error)
    figures = (simulate(row, samples, entry.combine).values() for samples in (full, ablated))
    judged = tuple(
        Judged(target, found, distance(target, found), passes(row, target, found),
               has_wrong_sign(target, found), without, passes_without(row, target, without))
        for target, found, without in zip(row.targets, *figures, strict=True)
    )  # fmt: skip
    return Scored(row, judged, len(full), seconds, error)


def simulate(row: Row, samples: Sequence[Sample], combine: Combine | None) -> dict[str, Simulated]:
    """Return the simulated figure of each target over all seeds."""
    if not samples:
        return {target.name: NOTHING for target in row.targets}
    if combine is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # an undefined figure is NaN, and is reported as such
            combined = combine(list(samples))
        return {target.name: of_all(combined[target.name]) for target in row.targets}
    return {target.name: over_seeds(target, [sample[target.name] for sample in samples]) for target in row.targets}


def over_seeds(target: Target, values: Sequence[float]) -> Simulated:
    """Return the mean, Student's t interval and the share of seeds in the band.

    Seeds without a figure are left out of the mean. If fewer than half of the seeds give a figure, the mean is NaN.
    """
    known = np.array([value for value in values if math.isfinite(value)])
    beyond = [target.low < value and (value < target.high or target.high == math.inf) for value in values]
    right, given = sum(beyond) / len(values), 1.0 - sum(map(math.isnan, values)) / len(values)
    if known.size < max(1.0, FEWEST * len(values)):
        return NOTHING._replace(right=right, known=given)
    se = standard_error(known) if known.size > 1 else math.nan
    return Simulated(float(known.mean()), *t_interval(known), se, right, given)


def of_all(combined: tuple[float, float]) -> Simulated:
    """Return a statistic that exists only across seeds, with the normal interval of its standard error."""
    value, se = combined
    return Simulated(value, value - Z95 * se, value + Z95 * se, se, math.nan)


def passes(row: Row, target: Target, simulated: Simulated) -> bool:
    """Tell whether a target is met: the mean is in its band, or the sign is right in 90 % of the seeds.

    The sign of a statistic across seeds has to be right with a probability of 90 %.
    """
    if not row.by_seeds(target):
        return target.low <= simulated.mean <= target.high
    if row.pooling == "seeds":
        return simulated.right >= RIGHT
    margin = Z90 * simulated.se
    return target.low < simulated.mean - margin and simulated.mean + margin < target.high


def passes_without(row: Row, target: Target, simulated: Simulated) -> bool | None:
    """Tell whether a target is met without the mechanism. What is not defined says neither: None.

    Seeds without a figure do not count against a sign here, as they would with the mechanism.
    """
    if passes(row, target, simulated):
        return True
    if row.by_seeds(target) and row.pooling == "seeds":
        defined = simulated.known >= FEWEST and simulated.right < RIGHT * simulated.known
    else:
        defined = math.isfinite(simulated.mean + (simulated.se if row.by_seeds(target) else 0.0))
    return False if defined else None


def distance(target: Target, simulated: Simulated) -> float:
    """Return z: the distance from the finding, in combined standard errors of both and of transport. NaN for a sign."""
    if target.target is None:
        return math.nan
    transport = TRANSPORT * abs(target.target - target.null)
    variance = np.nan_to_num(simulated.se) ** 2 + target.standard_error**2 + transport**2
    return float((simulated.mean - target.target) / math.sqrt(variance))


def has_wrong_sign(target: Target, simulated: Simulated) -> bool:
    """Tell whether the effect has the wrong sign: its whole interval lies on the other side of no effect."""
    if target.sign > 0:
        return simulated.high < target.null
    return target.sign < 0 and simulated.low > target.null
