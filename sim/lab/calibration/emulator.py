"""An emulator of the world: one Gaussian process per target, learned from the evaluations made so far.

A process predicts the distance from the published figure in half-bands (or, for a sign, the figure itself). Its kernel
has a linear part, a non-linear part and the seeds' noise. Most targets depend on few parameters. A lasso on each
parameter and its square finds these first, and the process scales each parameter by its importance there. Importance
and scales are learned rarely. The process is conditioned on all new evaluations.

Its accuracy is measured in two ways: by leave-one-out errors, which are optimistic because the scales were learned with
the evaluation left out, and by predictions for proposals made before their evaluation, which are not.
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
CLIP = 5.0  # half-bands: the largest distance that a process is given
LEAST = 0.1  # scale of a parameter that does not seem to matter, relative to the most important one
FEWEST = 6  # evaluations with a figure that a process needs


@dataclass(frozen=True)
class Learned:
    """The learned part of a process: the importance of parameters, its scales, and the spread between seeds."""

    stretch: Floats
    kernel: Any
    spread: float


class Fitted(NamedTuple):
    """A process conditioned on evaluations. With too little to learn from, it predicts `mean` everywhere.

    It works with standardised figures, which `mean` and `scale` convert back. `missing` are the coefficients of the
    probability that there is no figure at all.
    """

    aim: Aim
    learned: Learned | None
    process: Any
    mean: float
    scale: float
    missing: Floats | None


def seen(aim: Aim, found: Simulated) -> float:
    """Return the value of a target for a process: the distance in half-bands, or the figure itself for a sign."""
    if not math.isfinite(found.mean):
        return math.nan
    return found.mean if aim.is_sign else float(np.clip(distance(aim.target, found.mean), -CLIP, CLIP))


def spread_of(aim: Aim, found: Sequence[Simulated], seeds: int) -> float:
    """Return the spread of a sign's figure between seeds, or the error of a statistic across seeds."""
    errors = np.array([one.se for one in found if math.isfinite(one.se)])
    middle = float(np.median(errors)) if errors.size else 0.0
    return middle if aim.entry.combine is not None else middle * math.sqrt(seeds)


def winsorised(values: Floats) -> Floats:
    """Return figures clipped to five interquartile ranges from the median."""
    low, middle, high = np.nanquantile(values, (0.25, 0.5, 0.75))
    reach = 5.0 * (high - low)
    return np.clip(values, middle - reach, middle + reach) if reach > 0.0 else values


def learn(aim: Aim, points: Floats, values: Floats, spread: float) -> Learned | None:
    """Return the importance of parameters and the scales of a process, or None with too little to learn from."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, Matern, WhiteKernel

    known = np.isfinite(values)
    if known.sum() < FEWEST or np.ptp(values[known]) == 0.0:
        return None
    values = winsorised(values[known]) if aim.is_sign else values[known]
    stretch = stretches(points[known], values)
    kernel = (
        ConstantKernel(0.5, (1e-4, 1e2)) * DotProduct(1.0, "fixed")
        + ConstantKernel(0.5, (1e-4, 1e2)) * Matern(1.0, (0.2, 20.0), nu=2.5)
        + WhiteKernel(0.1, (1e-6, 2.0))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a flat target has a scale at its bound
        process = GaussianProcessRegressor(kernel).fit(centred(points[known]) * stretch, standard(values))
    return Learned(stretch, process.kernel_, spread)


def standard(values: Floats) -> Floats:
    """Return figures with a mean of 0 and a variance of 1."""
    return np.asarray((values - values.mean()) / values.std())


def centred(points: Floats) -> Floats:
    """Return coordinates from -1 to 1."""
    return 2.0 * points - 1.0


def features(points: Floats) -> Floats:
    """Return each coordinate and its square, both with a mean of zero over the cube."""
    places = centred(points)
    return np.hstack([places, places**2 - 1.0 / 3.0])


def stretches(points: Floats, values: Floats) -> Floats:
    """Return the importance of each parameter, 1 for the most important one."""
    from sklearn.linear_model import LassoCV

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = LassoCV(alphas=20, cv=min(5, len(values)), max_iter=2000).fit(features(points), standard(values))
    straight, curved = np.split(found.coef_, 2)
    size = np.hypot(straight, curved)
    return np.maximum(size / size.max(), LEAST) if size.max() > 0.0 else np.full(size.size, LEAST * 3.0)


def condition(aim: Aim, learned: Learned | None, points: Floats, values: Floats) -> Fitted:
    """Return a process conditioned on some evaluations."""
    from sklearn.gaussian_process import GaussianProcessRegressor

    known = np.isfinite(values)
    missing = None if known.all() else chance_of_nothing(points, ~known)
    if learned is None:
        return Fitted(aim, None, None, float(values[known].mean()) if known.any() else math.nan, 0.0, missing)
    values = winsorised(values[known]) if aim.is_sign else values[known]  # not all the same: some was learned of them
    process = GaussianProcessRegressor(learned.kernel, optimizer=None)
    process.fit(centred(points[known]) * learned.stretch, standard(values))
    return Fitted(aim, learned, process, float(values.mean()), float(values.std()), missing)


def chance_of_nothing(points: Floats, is_missing: NDArray[np.bool_]) -> Floats:
    """Return the coefficients of a ridge regression of a missing figure, the constant first."""
    design = np.hstack([np.ones((len(points), 1)), features(points)])
    penalty = np.diag([1e-9, *np.full(design.shape[1] - 1, 1.0)])
    return np.asarray(np.linalg.solve(design.T @ design + penalty, design.T @ is_missing.astype(float)))


def predicted_loss(fitted: Fitted, points: Floats, belief: float = 0.0) -> Floats:
    """Return the loss that a process predicts at points, if it errs by `belief` of its own standard deviations."""
    if not math.isfinite(fitted.mean):
        return np.full(len(points), WORST)
    mean, doubt = expected(fitted, points, unsure=belief != 0.0 or fitted.aim.is_sign)
    found = loss_of(fitted, mean + belief * doubt, doubt)
    if fitted.missing is None:
        return found
    lacking = np.clip(np.hstack([np.ones((len(points), 1)), features(points)]) @ fitted.missing, 0.0, 1.0)
    return (1.0 - lacking) * found + lacking * WORST


def expected(fitted: Fitted, points: Floats, unsure: bool = True) -> tuple[Floats, Floats]:
    """Return the prediction and, if requested, its standard deviation without the seeds' noise."""
    if fitted.learned is None:
        return np.full(len(points), fitted.mean), np.zeros(len(points))
    places = centred(points) * fitted.learned.stretch
    if not unsure:
        return fitted.mean + fitted.scale * fitted.process.predict(places), np.zeros(len(points))
    mean, doubt = fitted.process.predict(places, return_std=True)
    of_truth = np.sqrt(np.maximum(doubt**2 - fitted.learned.kernel.k2.noise_level, 0.0))
    return fitted.mean + fitted.scale * mean, fitted.scale * of_truth


def loss_of(fitted: Fitted, mean: Floats, doubt: Floats) -> Floats:
    """Return the losses of predicted figures."""
    if not fitted.aim.is_sign:
        return np.asarray(np.minimum(np.abs(mean), FARTHEST) ** 2)
    spread = fitted.learned.spread if fitted.learned is not None else 0.0
    return np.array([
        WORST * (1.0 - chance(fitted.aim.target, one, math.hypot(spread, unsure)))
        for one, unsure in zip(mean, doubt, strict=True)
    ])  # fmt: skip


def skill(fitted: Fitted) -> float:
    """Return the leave-one-out share of the variance between evaluations that is predicted. NaN if nothing is."""
    if fitted.learned is None:
        return math.nan
    process = fitted.process
    inverse = cho_solve((process.L_, True), np.eye(len(process.alpha_)))
    errors = np.ravel(process.alpha_) / np.diag(inverse)
    return float(1.0 - np.mean(errors**2))  # figures are standardised: their variance is 1
