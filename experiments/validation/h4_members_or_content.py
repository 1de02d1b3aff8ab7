"""H4: early members are worth more than early content.

Finding: of over 1,000 projects of Wikipedia those that gathered people early became more active than those that
gathered content early; diverse people and small contributions helped too. Source: Solomon & Wash 2014; an abstract or
summary was read; an association. Experiment: a cold start to which the host adds, in the first month, either so many
posts of its own or as many members, invited until they are in; members' posts from the fourth month to the twelfth. A
member is taken to cost what a post costs.
"""

from collections.abc import Sequence

import numpy as np

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target, pooled
from sim.world import treatment
from sim.world.state import CUSTOMER, OUTSIDE
from sim.world.world import World

ROW = Row(
    id="H4", title="Early members beat early content", source="Solomon & Wash 2014, ICWSM", read="abstract or summary",
    evidence="association", tier=2, profile="peer_production",
    targets=(Target("members_over_content", None, low=0.0, unit="posts by members"),),
    stated="nothing", pooling="together",
    ablate={"join.friends": 0.0, "visit.peers": 0.0, "bonding.gain": 0.0, "bonding.replied": 0.0,
            "bonding.first_reply": 0.0, "worth.spoken": 0.0},
    note="Members write, and the host's posts do not: so the sign may hold with every tie between people ablated, and "
    "then there is no credit. All seeds together. Diversity and the size of contributions are not tested.",
)  # fmt: skip
WORLDS, ADDED, MONTH = 3, 60, 30
COLD = {"venue.launch": 0.05, "host.awards": 0.0, "host.replies": 0.0, "host.capacity": 200.0}


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return what members write more after early members than after early content."""
    gain = 0.0
    for k in range(WORLDS):
        number = seed * WORLDS + k
        rich = COLD | {"host.seeding": ADDED / MONTH, "host.hours": 50.0, "host.schedule": "list",
                       "host.schedule_list": (1.0, *(0.0,) * 11)}  # fmt: skip
        content = bench.world(bench.settings(ROW.profile, people=1000, days=360, levers=rich), number).run()
        plain = bench.settings(ROW.profile, people=1000, days=360, levers=COLD | {"host.hours": 0.0})
        members = gathered(bench.world(plain, number), bench.world(plain, number)).run()
        gain += (later_posts(members) - later_posts(content)) / WORLDS
    return {"members_over_content": gain}


def combine(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the mean over all seeds: single worlds differ by more than the two ways to begin."""
    return {"members_over_content": pooled(samples, lambda some: np.mean([s["members_over_content"] for s in some]))}


def gathered(world: World, alone: World) -> World:
    """Invite customers by the week, until `ADDED` more have joined within the month than without."""
    draw = np.random.default_rng(world.seed)
    for day in range(MONTH):
        missing = ADDED - (ever(world) - ever(alone))
        outside = np.flatnonzero((world.memberships[0]["status"] == OUTSIDE) & (world.people["customer"] == CUSTOMER))
        if day % 7 == 0 and missing > 0:
            for person in draw.permutation(outside)[: 4 * missing]:
                treatment.invite(world, 0, int(person))
        for one in (world, alone):
            one.step()
    return world


def ever(world: World) -> int:
    """Return how many have joined so far."""
    return int((world.memberships[0]["status"] != OUTSIDE).sum())


def later_posts(world: World) -> float:
    """Return the members' posts after the third month."""
    return float((event_log.posts(world).day >= 90).sum())
