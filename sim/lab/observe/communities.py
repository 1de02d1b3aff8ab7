"""Many communities: settings drawn at random, several venues in one world, and the flows of each venue.

Findings about communities, rather than about people, need many of them. `of_all_kinds` draws the circumstances of one
at random. `side_by_side` puts several into one world, where the same people can join all of them.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.world import tally
from sim.world.levers import Setup
from sim.world.measures import ACTIVE_DAYS
from sim.world.state import MEMBER
from sim.world.world import Settings, World

Floats = NDArray[np.float64]

# Circumstances that differ between communities, each with the range of its uniform distribution.
RANGES = {
    "venue.launch": (0.05, 1.5), "venue.marketing": (0.0, 0.01), "venue.ad_load": (0.0, 8.0),
    "venue.mission": (0.0, 1.0), "venue.talk": (0.4, 1.0), "host.seeding": (0.0, 2.0), "host.replies": (0.0, 0.8),
    "host.broadcasts": (0.0, 8.0), "host.onboarding": (0.0, 1.0), "host.tone": (0.0, 1.0),
    "outside.substitute": (0.0, 0.8), "population.information": (0.0, 0.8), "population.belonging": (0.0, 0.8),
    "population.goodwill": (0.0, 0.3), "population.cause": (0.0, 0.4), "population.need_rate": (0.001, 0.04),
    "population.latent_ties": (1.0, 8.0),
}  # fmt: skip


def of_all_kinds(number: int) -> dict[str, float]:
    """Return the levers of a community drawn at random. The same number gives the same levers."""
    draws = np.random.default_rng(number).random(len(RANGES))
    return {name: low + (high - low) * float(u) for (name, (low, high)), u in zip(RANGES.items(), draws, strict=True)}


def side_by_side(settings: Settings, venues: int, **levers: Any) -> Settings:
    """Return settings with several copies of the main venue in one population, with some levers changed."""
    main = settings.setups[0]
    venue = main.venue._replace(**levers)
    return settings._replace(setups=tuple(Setup(f"venue_{k}", venue, main.host) for k in range(venues)))


def active(world: World) -> Floats:
    """Return each venue's number of active members today, shape `(venues,)`."""
    last = world.memberships["last_visit"]
    inside = (world.memberships["status"] == MEMBER) & (last > world.day - ACTIVE_DAYS)
    return np.asarray(inside.sum(axis=1), dtype=np.float64)


def flows_by_step(world: World, step: int, flow: str) -> Floats:
    """Run a world for all whole periods of `step` days and return each venue's flow in each, `(periods, venues)`."""
    at = tally.NAMES.index(flow)
    sums = [[venue.tally[at] for venue in world.venues]]
    while world.day + step <= world.settings.days:
        world.run(world.day + step)
        sums.append([venue.tally[at] for venue in world.venues])
    return np.diff(np.array(sums), axis=0)
