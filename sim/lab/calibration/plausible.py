"""The plausible set: vectors that the evidence does not rule out, and the profile of each parameter.

`losses.tolerance` defines what is plausible. This file thins the set and computes the profiles.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.lab.calibration import propose
from sim.lab.calibration.emulator import Fitted, Floats
from sim.lab.calibration.losses import tolerance
from sim.lab.calibration.search import ALL, SEED, Evaluated

MOST = 32  # vectors in the set. The replicates of a comparison take them in turn
GRID = 11  # grid points of a profile
BASES, DRAWS = 16, 48  # values of the other parameters: from plausible vectors, and from draws around them
AROUND = 0.08  # standard deviation of these draws, as a share of an axis
PINNED = 0.5  # the largest share of its prior that a pinned-down parameter may keep


class Profile(NamedTuple):
    """The least predicted loss along one parameter. `admitted` is 1 where it is within the tolerance."""

    name: str
    places: Floats
    losses: Floats
    admitted: Floats

    @property
    def width(self) -> float:
        """The share of the prior that the evidence does not rule out."""
        return float(self.admitted.mean())


def thinned(evaluated: Evaluated, found: Sequence[int]) -> list[int]:
    """Return at most `MOST` vectors: the best, then always the one farthest from those already chosen."""
    left, chosen = list(found[1:]), list(found[:1])
    while left and len(chosen) < MOST:
        gaps = [min(float(np.linalg.norm(evaluated.points[one] - evaluated.points[other])) for other in chosen)
                for one in left]  # fmt: skip
        chosen.append(left.pop(int(np.argmax(gaps))))
    return chosen


def profiles(evaluated: Evaluated, fitted: Sequence[Fitted], chosen: Sequence[int]) -> list[Profile]:
    """Return each parameter's profile. The other parameters vary over plausible vectors and draws around them."""
    draw = np.random.default_rng(SEED)
    bases = evaluated.points[list(chosen[:BASES])]
    drawn = bases[draw.integers(len(bases), size=DRAWS)]
    drawn = np.clip(drawn + AROUND * draw.standard_normal(drawn.shape), 0.0, 1.0)
    around = np.vstack([bases, drawn])
    places = np.linspace(0.0, 1.0, GRID)
    weights, belief = evaluated.problem.weights(ALL), np.zeros(len(fitted))
    least = [
        _along(axis, places, around, lambda points: propose.loss_at(fitted, weights, belief, points))
        for axis in range(around.shape[1])
    ]
    lowest = min(float(losses.min()) for losses in least)
    limit = lowest + tolerance(lowest, len(evaluated.problem.rows))
    return [
        Profile(name, places, losses, (losses <= limit).astype(float))
        for name, losses in zip(evaluated.problem.space.names, least, strict=True)
    ]


def _along(axis: int, places: Floats, around: Floats, at: propose.Loss) -> Floats:
    """Return the least loss at each grid point of an axis."""
    points = np.repeat(around[None], len(places), axis=0)
    points[:, :, axis] = places[:, None]
    found = at(points.reshape(-1, around.shape[1]))
    return np.asarray(found.reshape(len(places), -1).min(axis=1))
