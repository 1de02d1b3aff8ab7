"""Places for people in a picture of their network."""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Points = NDArray[np.float64]


def relaxed(
    places: Points, left: Ids, right: Ids, heats: Points, *, spring: float, inward: float | Points, least: float,
    stiffness: float = 1.0, stretch: float = np.inf, pace: float = 1.0,
) -> Points:  # fmt: skip
    """Return places after rounds of springs and repulsion (Fruchterman and Reingold 1991), with a pull to the middle.

    A round moves nobody further than its heat. `least` keeps those at one place from infinite repulsion.
    """
    for heat in heats:
        gap = places[:, None, :] - places[None, :, :]
        force = (gap * (spring**2 / ((gap**2).sum(axis=2) + least))[:, :, None]).sum(axis=1) - inward * places
        along = places[left] - places[right]
        pull = stiffness * along * np.minimum(np.linalg.norm(along, axis=1) / spring, stretch)[:, None]
        np.add.at(force, left, -pull)
        np.add.at(force, right, pull)
        length = np.linalg.norm(force, axis=1, keepdims=True) + 1e-9
        places = places + force / length * np.minimum(pace * length, heat)
    return places
