"""L1: after its whole core has left, a minority of well-known projects survives, because others take over.

Finding: of 1,932 popular projects on GitHub 315 lost every developer on whom half of the files depended; 128 of these
(41 %) survived, because newcomers to the core took the work over. Most of these had known of the risk, and what moved
them was that they used the product themselves; lack of time and of rights to write were in their way. Source: Avelino,
Constantinou, Valente & Serebrenik 2019; an abstract was read; a description. Experiment: projects of two years with
many readers lose for good the fewest people who made half of the last year's contributions. A project survives if in
the next year it has a quarter or more of the contributions of the year before, and if somebody new is among the fewest
people who made half of those of both years.
"""

import numpy as np
from numpy.typing import NDArray

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target
from sim.world import treatment
from sim.world.state import DORMANT, MEMBER, NEVER
from sim.world.world import World

ROW = Row(
    id="L1", title="Some projects outlive the loss of their core",
    source="Avelino, Constantinou, Valente & Serebrenik 2019, ESEM (arXiv 1906.08058)", read="abstract or summary",
    evidence="curve", tier=1, profile="peer_production",
    targets=(Target("survival", 0.41, low=0.25, high=0.60, unit="share of projects"),),
    stated="nothing", pooling="seeds",
    ablate={"answering.demand": 0.0, "answering.one_reply": 1.0},
    note="Nobody here sees that the core has gone and takes over on purpose, no right to write is needed, and nobody "
    "uses what was made. What can carry a succession is that questions stay open and that fewer replies stand "
    "already, which both make others reply more; that is ablated. Published is a loss that comes about by itself, "
    "perhaps because a project does badly; here it strikes all. A core is half of the contributions, not of the files, "
    "so that somebody new is in it is close to following from the quarter.",
)  # fmt: skip
SIZES = (700, 1000, 1400, 2000)  # readers: well known, against the 200 of an ordinary project (L2)
LOSS, YEAR, ALIVE = 730, 365, 0.25


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the share of projects that survive."""
    survived = 0
    for k, size in enumerate(SIZES):
        settings = bench.settings(ROW.profile, people=size, days=LOSS + YEAR)
        world = bench.world(settings, seed * len(SIZES) + k).run(until=LOSS)
        before = contributions(world, LOSS - YEAR, LOSS)
        lost = core(before)
        remove(world, lost)
        after = contributions(world.run(), LOSS, LOSS + YEAR)
        survived += after.sum() >= ALIVE * before.sum() > 0 and not set(core(before + after)) <= set(lost)
    return {"survival": survived / len(SIZES)}


def contributions(world: World, start: int, end: int) -> NDArray[np.int64]:
    """Return everybody's number of posts from day `start` to the day before `end`."""
    posts = event_log.posts(world)
    within = (posts.day >= start) & (posts.day < end)
    return np.bincount(posts.person[within], minlength=len(world.people))


def core(counts: NDArray[np.int64]) -> list[int]:
    """Return the fewest people who made half of the contributions."""
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    return [int(person) for person in order[before < counts.sum() / 2]]


def remove(world: World, people: list[int]) -> None:
    """Take people out of the venue for good, also those who have left it already."""
    for person in people:
        membership = world.membership(0, person)
        if membership.status in (MEMBER, DORMANT):
            treatment.remove(world, 0, person)
        membership.left = NEVER  # those who have just left may not join (see `join.may_join`)
