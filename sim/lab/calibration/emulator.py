"""A stand-in for the world: a Gaussian process a target, learned from the evaluations made so far.

What a process is asked for is the distance from the published figure in half-bands (or, for a sign, the figure itself),
as a straight part, a curved part and the seeds' noise. Most targets hang on a few parameters; which ones a lasso on
each parameter and its square finds first, and the process sees a parameter as far stretched as it mattered there.
That choice and the process' scales are learned rarely, conditioning on new evaluations is done always.

How good it is: errors where an evaluation is left out (its scales were learned with it, so they are flattering), and
what was foretold of each proposal before it was evaluated, which is not.
"""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve

from sim.lab.calibration.losses import FARTHEST, WORST, Aim, chance, distance
from sim.lab.validation.scoring import Simulated

Floats = NDArray[np.float64]
CLIP = 5.0  # half-bands: how far off a figure can be for a process; beyond, only that it is far counts
LEAST = 0.1  # stretch of a parameter that did not seem to matter, beside the one that mattered most
FEWEST = 6  # evaluations with a figure, below which nothing can be learned


@dataclass(frozen=True)
class Learned:
    """What a process knows before it is conditioned: which parameters matter, its scales, the spread between seeds."""

    stretch: Floats
    kernel: Any
    spread: float


class Fitted(NamedTuple):
    """A process conditioned on evaluations. Where there was too little to learn from, it expects `mean` everywhere.

    It works in standard figures: `mean` and `scale` lead back. `missing` are coefficients of the chance that there is
    no figure at all.
    """

    aim: Aim
    learned: Learned | None
    process: Any
    mean: float
    scale: float
    missing: Floats | None


def seen(aim: Aim, found: Simulated) -> float:
    """Return what a process is shown of a target: a distance in half-bands, or the figure itself for a sign."""
    if not math.isfinite(found.mean):
        return math.nan
    return found.mean if aim.is_sign else float(np.clip(distance(aim.target, found.mean), -CLIP, CLIP))


def spread_of(aim: Aim, found: Sequence[Simulated], seeds: int) -> float:
    """Return how much a sign's figure differs between seeds; for a statistic across seeds, its error."""
    errors = np.array([one.se for one in found if math.isfinite(one.se)])
    middle = float(np.median(errors)) if errors.size else 0.0
    return middle if aim.entry.combine is not None else middle * math.sqrt(seeds)


def winsorised(values: Floats) -> Floats:
    """Return figures without their wildest: they are pulled in to five quartile distances from the median."""
    low, middle, high = np.nanquantile(values, (0.25, 0.5, 0.75))
    reach = 5.0 * (high - low)
    return np.clip(values, middle - reach, middle + reach) if reach > 0.0 else values


def learn(aim: Aim, points: Floats, values: Floats, spread: float) -> Learned | None:
    """Return which parameters matter and a process' scales, or nothing where there is too little to learn from."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, Matern, WhiteKernel

    known = np.isfinite(values)
    if known.sum() < FEWEST or np.ptp(values[known]) == 0.0:
        return None
    values = winsorised(values[known]) if aim.is_sign else values[known]
    stretch = stretches(points[known], values)
    if np.ptp(values) == 0.0:
        return None
    kernel = (
        ConstantKernel(0.5, (1e-4, 1e2)) * DotProduct(1.0, "fixed")
        + ConstantKernel(0.5, (1e-4, 1e2)) * Matern(1.0, (0.2, 20.0), nu=2.5)
        + WhiteKernel(0.1, (1e-6, 2.0))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a scale at its bound is what a flat target has
        process = GaussianProcessRegressor(kernel).fit(centred(points[known]) * stretch, standard(values))
    return Learned(stretch, process.kernel_, spread)


def standard(values: Floats) -> Floats:
    """Return figures with a mean of 0 and a variance of 1."""
    found: Floats = (values - values.mean()) / values.std()
    return found


def centred(points: Floats) -> Floats:
    """Return places from -1 to 1."""
    return 2.0 * points - 1.0


def features(points: Floats) -> Floats:
    """Return each place and its square, both without a mean over the cube."""
    places = centred(points)
    return np.hstack([places, places**2 - 1.0 / 3.0])


def stretches(points: Floats, values: Floats) -> Floats:
    """Return how much each parameter seems to matter, 1 for the one that matters most."""
    from sklearn.linear_model import LassoCV

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = LassoCV(alphas=20, cv=min(5, len(values)), max_iter=2000).fit(features(points), standard(values))
    straight, curved = np.split(found.coef_, 2)
    size = np.hypot(straight, curved)
    return np.maximum(size / size.max(), LEAST) if size.max() > 0.0 else np.full(size.size, LEAST * 3.0)


def condition(aim: Aim, learned: Learned | None, points: Floats, values: Floats) -> Fitted:
    """Return a process that knows some evaluations."""
    from sklearn.gaussian_process import GaussianProcessRegressor

    known = np.isfinite(values)
    missing = None if known.all() else chance_of_nothing(points, ~known)
    if learned is None:
        return Fitted(aim, None, None, float(values[known].mean()) if known.any() else math.nan, 0.0, missing)
    values = winsorised(values[known]) if aim.is_sign else values[known]
    if np.ptp(values) == 0.0:
        return Fitted(aim, None, None, float(values[0]), 0.0, missing)
    process = GaussianProcessRegressor(learned.kernel, optimizer=None)
    process.fit(centred(points[known]) * learned.stretch, standard(values))
    return Fitted(aim, learned, process, float(values.mean()), float(values.std()), missing)


def chance_of_nothing(points: Floats, is_missing: NDArray[np.bool_]) -> Floats:
    """Return the coefficients of a ridge on whether an evaluation had no figure: a constant first."""
    design = np.hstack([np.ones((len(points), 1)), features(points)])
    penalty = np.diag([1e-9, *np.full(design.shape[1] - 1, 1.0)])
    solved: Floats = np.linalg.solve(design.T @ design + penalty, design.T @ is_missing.astype(float))
    return solved


def foretold(fitted: Fitted, points: Floats, belief: float = 0.0) -> Floats:
    """Return the loss that a process expects at points.

    Parameters
    ----------
    belief
        How many of its own standard deviations the truth is taken to lie above what the process expects: 0, or a draw.
    """
    if not math.isfinite(fitted.mean):
        return np.full(len(points), WORST)
    mean, doubt = expected(fitted, points, unsure=belief != 0.0 or fitted.aim.is_sign)
    found = loss_of(fitted, mean + belief * doubt, doubt)
    if fitted.missing is None:
        return found
    lacking = np.clip(np.hstack([np.ones((len(points), 1)), features(points)]) @ fitted.missing, 0.0, 1.0)
    return (1.0 - lacking) * found + lacking * WORST


def expected(fitted: Fitted, points: Floats, unsure: bool = True) -> tuple[Floats, Floats]:
    """Return what a process expects and, if asked for, its doubt: of the world's mean, the seeds' noise aside."""
    if fitted.learned is None:
        return np.full(len(points), fitted.mean), np.zeros(len(points))
    places = centred(points) * fitted.learned.stretch
    if not unsure:
        return fitted.mean + fitted.scale * fitted.process.predict(places), np.zeros(len(points))
    mean, doubt = fitted.process.predict(places, return_std=True)
    of_truth = np.sqrt(np.maximum(doubt**2 - fitted.learned.kernel.k2.noise_level, 0.0))
    return fitted.mean + fitted.scale * mean, fitted.scale * of_truth


def loss_of(fitted: Fitted, mean: Floats, doubt: Floats) -> Floats:
    """Return the losses of figures."""
    if not fitted.aim.is_sign:
        found: Floats = np.minimum(np.abs(mean), FARTHEST) ** 2
        return found
    spread = fitted.learned.spread if fitted.learned is not None else 0.0
    return np.array([
        WORST * (1.0 - chance(fitted.aim.target, one, math.hypot(spread, unsure)))
        for one, unsure in zip(mean, doubt, strict=True)
    ])  # fmt: skip


def skill(fitted: Fitted) -> float:
    """Return the share of the variance between evaluations that is foretold where each is left out; NaN if none is."""
    if fitted.learned is None:
        return math.nan
    process = fitted.process
    inverse = cho_solve((process.L_, True), np.eye(len(process.alpha_)))
    errors = np.ravel(process.alpha_) / np.diag(inverse)
    return float(1.0 - np.mean(errors**2))  # figures are standard: their variance is 1
