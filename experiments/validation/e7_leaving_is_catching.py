"""E7: moving to a new place spreads from contact to contact, at once and not for long.

Finding: among 276,431 scholars on Twitter, the chance of moving to Bluesky rose with the number of contacts who had
moved, with a simple dose-response (one contact is enough) and an influence that was short-lived. Source: Quelle et al.
2025; quotes of the paper were read (second-hand); panel data with an external shock. Experiment: a rented place turns,
and one new place opens; each week for those still outside: who joins, by the contacts (bonds in the old place) who
joined the new one in the last four weeks and by those who joined eight weeks ago or more.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target, pooled
from sim.world.levers import Setup
from sim.world.world import World

ROW = Row(
    id="E7", title="Moving spreads from contact to contact, for a short time", source="Quelle et al. 2025",
    read="second-hand", evidence="quasi-experiment", tier=2, profile="social",
    targets=(
        Target("first", None, low=0.0, unit="chance a week, one recent contact less none"),
        Target("second", None, low=0.0, unit="chance a week, two or more less one"),
        Target("old_over_recent", None, low=-1.0, high=0.5, unit="effect of a contact who moved long ago"),
    ),
    stated="in part", pooling="together", ablate={"join.friends": 0.0, "join.contagion": 0.0},
    note="That a move is news to contacts, and that news fades, are rules; dose and duration emerge from them and from "
    "who is left. The rules know contacts by portable ties alone.",
)  # fmt: skip
TURNS, WEEKS = 240, 16


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return person-weeks and joins by recent contacts (none, one, more), and by old contacts alone."""
    settings = bench.settings(ROW.profile, people=4000, days=TURNS + 7 * WEEKS)
    old = settings.setups[0]
    rented = old.venue._replace(owner="landlord", turns=float(TURNS), turned_reach=0.3, turned_ads=6.0, portable=0.8)
    fans = old.venue._replace(owner="members", opens=float(TURNS), launch=2.0, marketing=0.002, ad_load=0.0)
    setups = (Setup("old", rented, old.host), Setup("new", fans, old.host))
    world = bench.world(settings._replace(setups=setups, log=False), seed)
    world.run(until=TURNS)
    return follow(world)


def follow(world: World) -> dict[str, float]:
    """Count, week by week, those outside the new place by their contacts inside, and how many of them join."""
    bonds = world.venues[0].bonds
    linked, partner = bonds["strength"] > 0.0, bonds["partner"].copy()
    here = world.memberships["status"][0] == 1
    found = dict.fromkeys((f"{what}_{who}" for what in ("n", "joins") for who in ("none", "one", "more", "old")), 0.0)
    while world.day + 7 <= world.settings.days:
        joined = world.memberships["joined"][1].astype(np.int64).copy()
        age = np.where(linked, world.day - joined[partner], -1)
        recent, old = ((age >= 0) & (age < 28)).sum(axis=1), ((age >= 56) & (age < 10_000)).sum(axis=1)
        outside = here & (joined > world.day) & linked.any(axis=1)
        world.run(world.day + 7)
        joins = outside & (world.memberships["joined"][1] <= world.day)
        groups = {"none": (recent == 0) & (old == 0), "one": (recent == 1) & (old == 0),
                  "more": (recent > 1) & (old == 0), "old": (recent == 0) & (old > 0)}  # fmt: skip
        for who, group in groups.items():
            found[f"n_{who}"] += float((outside & group).sum())
            found[f"joins_{who}"] += float((joins & group).sum())
    return found


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the differences of chances, all seeds together."""

    def chance(some: list[dict[str, float]], who: str) -> float:
        n = sum(sample[f"n_{who}"] for sample in some)
        return sum(sample[f"joins_{who}"] for sample in some) / n if n else float("nan")

    def old_effect(some: list[dict[str, float]]) -> float:
        recent = chance(some, "one") - chance(some, "none")
        return (chance(some, "old") - chance(some, "none")) / recent if recent > 0.0 else float("nan")

    return {
        "first": pooled(samples, lambda some: chance(some, "one") - chance(some, "none")),
        "second": pooled(samples, lambda some: chance(some, "more") - chance(some, "one")),
        "old_over_recent": pooled(samples, old_effect),
    }
