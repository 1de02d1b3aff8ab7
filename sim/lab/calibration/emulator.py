"""An emulator of the world: one Gaussian process per target, learned from the evaluations made so far.

A process predicts the distance from the published figure in half-bands (or, for a sign, the figure itself). Its kernel
has a linear part, a non-linear part and the seeds' noise. Most targets depend on few parameters. A lasso on each
parameter and its square finds these first, and the process scales each parameter by its importance there.

A target is emulated only where the process predicts more than `TRUSTED` of the variance between vectors that it was not
conditioned on (leave one out), beyond the measured noise between seeds. For all others the world itself decides. One
more process predicts their loss in sum, so that proposals keep away from where most worlds are deserted.
"""

import math
import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve

from sim.lab.calibration.losses import FARTHEST, WRONG, Aim, chance, distance, of_distance

Floats = NDArray[np.float64]
LEAST = 0.1  # scale of a parameter that does not seem to matter, relative to the most important one
TRUSTED = 0.6  # leave-one-out share of the variance from which on a process is used
FEWEST = 12  # evaluations with a figure that a process needs


class Learned(NamedTuple):
    """The learned part of a process: the importance of parameters, and its scales."""

    stretch: Floats
    kernel: Any


class Fitted(NamedTuple):
    """A process conditioned on evaluations, in standardised values that `mean` and `scale` convert back."""

    aim: Aim | None  # None: of a loss
    learned: Learned
    process: Any
    mean: float
    scale: float


def seen(aim: Aim, figure: float) -> float:
    """Return the value of a target for a process: the distance in half-bands, or the figure itself for a sign."""
    if aim.is_sign or not math.isfinite(figure):
        return figure
    return float(np.clip(distance(aim.target, figure), -FARTHEST, FARTHEST))


def clipped(aim: Aim | None, values: Floats) -> Floats:
    """Return values without extremes: figures in half-bands have none, others stay within five interquartile ranges."""
    if aim is not None and not aim.is_sign:
        return values
    low, middle, high = np.nanquantile(values, (0.25, 0.5, 0.75))
    reach = 5.0 * (high - low)
    return np.clip(values, middle - reach, middle + reach) if reach > 0.0 else values


def learn(aim: Aim | None, points: Floats, values: Floats) -> Learned | None:
    """Return the importance of parameters and the scales of a process, or None with too little to learn from."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, Matern, WhiteKernel

    known = np.isfinite(values)
    if known.sum() < FEWEST or np.ptp(values[known]) == 0.0:
        return None
    values = clipped(aim, values[known])
    stretch = stretches(points[known], values)
    kernel = (
        ConstantKernel(0.5, (1e-4, 1e2)) * DotProduct(1.0, "fixed")
        + ConstantKernel(0.5, (1e-4, 1e2)) * Matern(1.0, (0.2, 20.0), nu=2.5)
        + WhiteKernel(0.1, (1e-6, 2.0))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a flat target has a scale at its bound
        process = GaussianProcessRegressor(kernel).fit(centred(points[known]) * stretch, standard(values))
    return Learned(stretch, process.kernel_)


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


def condition(aim: Aim | None, learned: Learned, points: Floats, values: Floats) -> Fitted:
    """Return a process conditioned on some evaluations."""
    from sklearn.gaussian_process import GaussianProcessRegressor

    known = np.isfinite(values)
    values = clipped(aim, values[known])  # not all the same: some was learned of them
    process = GaussianProcessRegressor(learned.kernel, optimizer=None)
    process.fit(centred(points[known]) * learned.stretch, standard(values))
    return Fitted(aim, learned, process, float(values.mean()), float(values.std()))


def expected(fitted: Fitted, points: Floats) -> tuple[Floats, Floats]:
    """Return the predicted values at points and their standard deviations, without the seeds' noise."""
    mean, doubt = fitted.process.predict(centred(points) * fitted.learned.stretch, return_std=True)
    of_truth = np.sqrt(np.maximum(doubt**2 - fitted.learned.kernel.k2.noise_level, 0.0))
    return fitted.mean + fitted.scale * mean, fitted.scale * of_truth


def loss_of(aim: Aim, values: Floats, doubt: Floats, spread: float) -> Floats:
    """Return the losses to be expected of a target's predicted values, each in doubt by a standard deviation.

    `spread` is the noise between seeds, which signs are held to.
    """
    if not aim.is_sign:
        return of_distance(np.hypot(values, doubt))
    return np.array([
        WRONG * (1.0 - chance(aim.target, one, math.hypot(spread, unsure)))
        for one, unsure in zip(values, doubt, strict=True)
    ])  # fmt: skip


def skill(fitted: Fitted, noise: float) -> float:
    """Return the leave-one-out R squared: the predicted share of the variance between vectors, beyond seeds' `noise`.

    NaN if the evaluations differ no more than seeds do.
    """
    process = fitted.process
    inverse = cho_solve((process.L_, True), np.eye(len(process.alpha_)))
    errors = np.ravel(process.alpha_) / np.diag(inverse)
    chance = (noise / fitted.scale) ** 2  # values are standardised: their variance is 1
    return float(1.0 - max(float(np.mean(errors**2)) - chance, 0.0) / (1.0 - chance)) if chance < 1.0 else math.nan
