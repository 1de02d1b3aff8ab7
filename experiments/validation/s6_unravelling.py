"""S6: when taking part costs more than it gives, a community falls apart from its edge inwards.

Finding: in Friendster and other networks users whose contacts had become too few for the cost of staying left, and took
others with them: the k-core unravels once cost against benefit passes a threshold. Source: Garcia, Mavrodiev &
Schweitzer 2013; an abstract or summary was read; a description with a model. Experiment: from a grown community on,
the trouble of each visit rises by a step every eight weeks; beside it the same world without. The loss of active
members against that twin is compared between steps, and leaving with how deep each person stood in the network.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from sim.lab.validation import Bench, Row, Target
from sim.world import census
from sim.world.levers import Setup
from sim.world.world import World

ROW = Row(
    id="S6", title="Beyond a cost, the network comes apart from the edge inwards",
    source="Garcia, Mavrodiev & Schweitzer 2013, COSN", read="abstract or summary", evidence="curve", tier=2,
    profile="social",
    targets=(
        Target("threshold", None, low=0.0, unit="excess of the steepest step over an even fall"),
        Target("edge_first", None, low=0.0, unit="rank correlation"),
    ),
    stated="nothing", pooling="seeds",
    ablate={"leaving.hold_contacts": 0.0, "worth.company": 0.0, "visit.peers": 0.0, "leaving.hold_belonging": 0.0},
    note="No threshold shows: loss follows the cost step by step, as company only adds to what a visit gives, where "
    "the finding needs a least number of active contacts. Shells are those of bonds on the day before the cost rises. "
    "An even fall would lose the same share at each step; the steepest step has to lose twice that. That the edge goes "
    "first has to do with who is deep inside as much as with the hold of contacts.",
)  # fmt: skip
BEGIN, WAIT, STEPS, STEP = 240, 56, 6, 0.3


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how uneven the fall is, and the correlation of depth in the network with staying."""
    settings = bench.settings(ROW.profile, people=3000, days=BEGIN + WAIT * STEPS)
    world = bench.world(settings, seed).run(until=BEGIN)
    depth = shells(world)
    twin, left = world.fork(), [1.0]
    for step in range(1, STEPS + 1):
        setup = world.settings.setups[0]
        dearer = setup.venue._replace(cost=STEP * step)
        world.change(world.settings._replace(setups=(Setup(setup.name, dearer, setup.host),)))
        for one in (world, twin):
            one.run(until=BEGIN + WAIT * step)
        left.append(len(visitors(world)) / max(1, len(visitors(twin))))
    fall = -np.diff(np.array(left))
    inside = np.flatnonzero(depth >= 0)
    stayed = np.array([last_visit(world)[i] for i in inside])
    return {
        "threshold": float(fall.max() - 2.0 * (left[0] - left[-1]) / STEPS),
        "edge_first": float(spearmanr(depth[inside], stayed).statistic),
    }


def shells(world: World) -> NDArray[np.int64]:
    """Return the k of each active member's innermost core of bonds, -1 of everybody else, shape `(n_people,)`."""
    depth = np.full(len(world.people), -1)
    depth[visitors(world)] = 0
    person, partner, _ = census.bond_pairs(world, world.venues[0])
    pairs = np.unique(np.sort(np.stack([person, partner], axis=1), axis=1), axis=0)
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    k = 1
    while len(ends):
        ids, degree = np.unique(ends[:, 0], return_counts=True)
        weak = ids[degree < k]
        if len(weak) == 0:
            depth[ids] = k
            k += 1
            continue
        ends = ends[~np.isin(ends, weak).any(axis=1)]
    return depth


def visitors(world: World) -> NDArray[np.int64]:
    """Return who visited in the last four weeks."""
    return np.flatnonzero(last_visit(world) >= world.day - 28)


def last_visit(world: World) -> NDArray[np.int64]:
    """Return the day of everybody's last visit, negative of who never came, shape `(n_people,)`."""
    m = world.venues[0].memberships
    return np.where(m["visits"] > 0, m["last_visit"], -1.0).astype(np.int64)
