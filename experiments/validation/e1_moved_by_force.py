"""E1: a community that is moved after a ban lives on, smaller, and hardly anybody new finds it.

Finding: after two communities were banned from Reddit and moved to sites of their own, posts, active users and
newcomers fell in both. Source: Horta Ribeiro et al. 2021; an abstract was read, no sizes; an interrupted time series.
Experiment: a rented place is shut in week 78; those in charge call all members to a new home, which its landlord does
not recommend. Twelve weeks from then on against the twelve before: active members, posts and joins.
"""

import numpy as np

from sim.lab.observe import communities
from sim.lab.validation import Bench, Row, Target
from sim.world import tally
from sim.world.levers import Setup
from sim.world.world import World

ROW = Row(
    id="E1", title="A community that is moved by force lives on, smaller", source="Horta Ribeiro et al. 2021, CSCW",
    read="abstract or summary", evidence="quasi-experiment", tier=2, profile="social",
    targets=(
        Target("active", None, low=-1.0, high=0.0, unit="change, as a share"),
        Target("posts", None, low=-1.0, high=0.0, unit="change, as a share"),
        Target("joins", None, low=-1.01, high=0.0, unit="change, as a share; members who were there before left out"),
        Target("alive", None, low=0.0, unit="active members after twelve weeks less ten"),
    ),
    stated="in part", pooling="seeds", ablate={"join.persuades": 0.0, "join.reserve": -1.0},
    note="That a place that shuts loses all its members is the event itself; how many follow the call, and what they "
    "do there, emerges. Ablated is the reluctance to join: with it gone everybody follows.",
)  # fmt: skip
WEEK, SHUTS, SPAN = 7, 546, 84


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the changes of active members, posts and newcomers."""
    settings = bench.settings(ROW.profile, people=2000, days=SHUTS + SPAN)
    old = settings.setups[0]
    rented = old.venue._replace(owner="landlord", closes=float(SHUTS), moves_to="new", call=1.0)
    home = old.venue._replace(opens=float(SHUTS), launch=0.0, marketing=0.0, notices=0.5)
    setups = (Setup("old", rented, old.host), Setup("new", home, old.host._replace(starts=float(SHUTS))))
    world = bench.world(settings._replace(setups=setups, log=False), seed)
    world.run(until=SHUTS - SPAN)
    earlier = counts(world)
    world.run(until=SHUTS)
    at_the_end, active = counts(world), communities.active(world)[0]
    ever = world.memberships["joined"][0] < SHUTS
    after = communities.active(world.run())[1]
    newcomers = (world.memberships["joined"][1] < SHUTS + SPAN) & ~ever
    before, later = at_the_end - earlier, counts(world) - at_the_end
    return {
        "active": after / active - 1.0, "posts": later[0] / before[0] - 1.0,
        "joins": float(newcomers.sum()) / max(1.0, before[1]) - 1.0, "alive": after - 10.0,
    }  # fmt: skip


def counts(world: World) -> np.ndarray:
    """Return posts and joins so far, over both places."""
    total = np.sum([venue.tally for venue in world.venues], axis=0)
    joins = total[tally.JOINS_MARKET : tally.JOINS_INVITE + 1].sum()
    return np.array([total[tally.TALKS] + total[tally.ANSWERS] + total[tally.QUESTIONS], joins])
