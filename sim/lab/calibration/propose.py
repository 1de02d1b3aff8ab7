"""Proposals: the least loss that the emulator predicts near the best vector so far, found by CMA-ES.

The first proposal of a batch uses the emulator's mean, and each other one a draw of its errors. So a batch clusters
only where the emulator is certain. The region grows after a round that found a better vector, and shrinks otherwise.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from sim.lab.calibration.emulator import Fitted, Floats, predicted_loss

Loss = Callable[[Floats], Floats]
GENERATIONS = 40
CANDIDATES = 400
STRIDES = (0.05, 0.1, 0.2, 0.4)  # standard deviations of a candidate's moves, as shares of an axis
RADIUS, LEAST, MOST = 0.25, 0.04, 0.5  # half-width of the region: 0.5 spans an axis
GROWS, SHRINKS = 1.5, 0.75


def radius(best: Sequence[float]) -> float:
    """Return the region's half-width after rounds that ended with these least losses, from the start on."""
    size = RADIUS
    for before, after in pairwise(best):
        size = min(MOST, size * GROWS) if after < before else max(LEAST, size * SHRINKS)
    return size


def beliefs(count: int, targets: int, draw: np.random.Generator) -> Floats:
    """Return the assumed errors of a batch's predictions, in standard deviations. The first proposal assumes none."""
    drawn = draw.standard_normal((count, targets))
    drawn[0] = 0.0
    return drawn


def loss_at(fitted: Sequence[Fitted], weights: Floats, belief: Floats, points: Floats) -> Floats:
    """Return the weighted loss that the emulator predicts at points, under assumed errors."""
    total = np.zeros(len(points))
    for one, weight, shift in zip(fitted, weights, belief, strict=True):
        if weight > 0.0:
            total += weight * predicted_loss(one, points, float(shift))
    return total


def far_but_plausible(at: Loss, bases: Floats, limit: float, draw: np.random.Generator) -> Floats:
    """Return a point that the emulator does not rule out, as far as possible from the plausible points so far.

    Without it the plausible set would be as narrow as the search for the best vector. Candidates differ from a
    plausible vector in some parameters, by small or large moves.
    """
    count, axes = CANDIDATES, bases.shape[1]
    moves = draw.standard_normal((count, axes)) * draw.choice(STRIDES, size=(count, 1))
    moves *= draw.random((count, axes)) < draw.uniform(0.1, 1.0, size=(count, 1))
    points = np.clip(bases[draw.integers(len(bases), size=count)] + moves, 0.0, 1.0)
    losses = at(points)
    if not (losses <= limit).any():
        return np.asarray(points[int(np.argmin(losses))])
    points = points[losses <= limit]
    gaps = np.linalg.norm(points[:, None] - bases[None], axis=2).min(axis=1)
    return np.asarray(points[int(np.argmax(gaps))])


def minimise(at: Loss, middle: Floats, half: float, seed: int) -> Floats:
    """Return the point of least loss in a box around `middle`, within the unit cube, but never `middle` itself."""
    from cmaes import CMA

    bounds = np.column_stack([np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)])
    if len(middle) == 1:  # CMA-ES needs two dimensions
        line = np.linspace(bounds[0, 0], bounds[0, 1], 101)[:, None]
        return np.asarray(line[int(np.argmin(at(line)))])
    search = CMA(mean=middle, sigma=half / 3.0, bounds=bounds, seed=seed, n_max_resampling=10)
    best, least = middle, np.inf
    for _ in range(GENERATIONS):
        points = np.array([search.ask() for _ in range(search.population_size)])
        losses = at(points)
        search.tell(list(zip(points, map(float, losses), strict=True)))
        if losses.min() < least:
            best, least = points[int(np.argmin(losses))], float(losses.min())
        if search.should_stop():
            break
    return np.asarray(best)
