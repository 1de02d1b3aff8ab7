"""E5: those who leave a rented place by choice scatter, and find few of their contacts where they land.

Finding: of the people whom somebody who moved from Twitter to Mastodon in 2022 followed, and who moved as well, 14.7 %
landed on the same server on average; the largest quarter of servers took 96 % of users; users of small servers were
more active. Source: arXiv 2302.14294 (2023); quotes of it were read (second-hand); a description. Experiment: a rented
place turns (more ads, less reach); twenty places of members open on the same day, some announced more widely; nobody
coordinates. Eight weeks later: of the contacts of those who are in a new place, and who are in one themselves, the
share in the same place; posts a member in the smaller half of the places against the larger half.
"""

import math

import numpy as np

from sim.lab.validation import Bench, Row, Target, pooled
from sim.world import tally
from sim.world.levers import Setup
from sim.world.state import MEMBER
from sim.world.world import World

ROW = Row(
    id="E5", title="Those who leave by choice find few contacts where they land", source="arXiv 2302.14294 (2023)",
    read="second-hand", evidence="curve", tier=1, profile="social",
    targets=(
        Target("same_place", 0.1472, low=0.08, high=0.25, unit="share of the contacts who moved as well"),
        Target("small_more_active", None, low=1.0, unit="posts a member, small places over large ones", null=1.0),
    ),
    stated="in part", pooling="together",
    ablate={"join.friends": 0.0, "join.contagion": 0.0, "advocacy.invite": 0.0},
    note="Twenty places stand for thousands of servers, so chance alone brings a twentieth of the contacts together. "
    "That a move is news to contacts is put in; how many follow, and to the same place, emerges.",
)  # fmt: skip
PLACES, TURNS, WEEKS = 20, 300, 8
REACH = np.geomspace(0.1, 3.0, PLACES)  # exposures per customer when a place opens: few places are widely announced


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return shares of contacts and movers, summed, and posts and members of small and of large places."""
    settings = bench.settings(ROW.profile, people=2000, days=TURNS + 7 * WEEKS)
    old = settings.setups[0]
    rented = old.venue._replace(owner="landlord", turns=float(TURNS), turned_reach=0.3, turned_ads=6.0)
    fans = old.venue._replace(owner="members", opens=float(TURNS), marketing=0.0, ad_load=0.0)
    nobody = old.host._replace(hours=0.0)
    setups = [Setup("old", rented, old.host)]
    setups += [Setup(f"new_{k}", fans._replace(launch=float(reach)), nobody) for k, reach in enumerate(REACH)]
    world = bench.world(settings._replace(setups=tuple(setups), log=False), seed)
    world.run(until=TURNS)
    contacts = world.venues[0].bonds.copy()
    world.run()
    return together(world, contacts) | activity(world)


def together(world: World, contacts: np.ndarray) -> dict[str, float]:
    """Return, over those in a new place, the shares of their contacts in any new place who are in theirs."""
    there = world.memberships["status"][1:] == MEMBER
    shares = []
    for person in np.flatnonzero(there.any(axis=0)):
        bonds = contacts[person]
        known = bonds["partner"][bonds["strength"] > 0.0]
        moved = known[there[:, known].any(axis=0)]
        if len(moved):
            shares.append(float(there[:, moved][there[:, person]].any(axis=0).mean()))
    return {"shares": sum(shares), "movers": float(len(shares))}


def activity(world: World) -> dict[str, float]:
    """Return the posts and the members of the smaller half of the new places, and of the larger half."""
    members = np.array([float(venue.now.members) for venue in world.venues[1:]])
    posts = np.array([venue.tally[tally.TALKS] + venue.tally[tally.ANSWERS] + venue.tally[tally.QUESTIONS]
                      for venue in world.venues[1:]])  # fmt: skip
    order = np.argsort(members, kind="stable")
    halves = {"small": order[: PLACES // 2], "large": order[PLACES // 2 :]}
    return {f"{what}_{half}": float(of[places].sum()) for half, places in halves.items()
            for what, of in (("posts", posts), ("members", members))}  # fmt: skip


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the mean share, and the ratio of posts a member, all seeds together."""

    def ratio(some: list[dict[str, float]], part: str, whole: str) -> float:
        below = sum(sample[whole] for sample in some)
        return sum(sample[part] for sample in some) / below if below else math.nan

    def activities(some: list[dict[str, float]]) -> float:
        large = ratio(some, "posts_large", "members_large")
        return ratio(some, "posts_small", "members_small") / large if large else math.nan

    return {
        "same_place": pooled(samples, lambda some: ratio(some, "shares", "movers")),
        "small_more_active": pooled(samples, activities),
    }
