"""W4: users of a quit community reach the outcome more often, those who only read about as often as those who write.

Finding: of 492 smokers after three months, 4.2 % of those who never used the community were abstinent, 15.1 % of those
who only read and 20.4 % of those who wrote as well; the last two do not differ clearly. Source: Graham, Papandonatos,
Erar & Stanton 2015; the abstract was read; an association, selection weighted away in part. Contrary: visits were not
associated with quitting among 759 smokers. Experiment: half of those who live with trouble and are outside are invited,
weekly for a month, by lot; who is well after three months, by what they did; and the part that the invitation caused.
"""

from collections.abc import Sequence

import numpy as np

from sim.lab.observe import event_log
from sim.lab.trials.snapshot import draws, key_of
from sim.lab.validation import Bench, Row, Target, pooling
from sim.world.state import LEFT, OUTSIDE

ROW = Row(
    id="W4", title="Users of a quit community attain more, readers about as often as writers",
    source="Graham, Papandonatos, Erar & Stanton 2015, Health Psychology", read="abstract or summary",
    evidence="association", tier=1, profile="social",
    targets=(
        Target("lurk_over_none", 3.6, low=1.5, high=6.0, unit="ratio of attainment", null=1.0),
        Target("post_over_lurk", 1.35, low=0.9, high=1.8, unit="ratio of attainment", null=1.0),
        Target("causal_part", None, low=-10.0, high=1.0, unit="share of the naive difference"),
    ),
    stated="in part", pooling="together",
    ablate={"struggle.peers": 0.0},
    note="That company brings people on is put in, at a size by hand; that reading is company, too, is the rule of "
    "`worth`. All who live with trouble want to get over it alike, so those who join are not selected for that. Three "
    "in ten are troubled: a setting.",
)  # fmt: skip
START, DAYS, INVITED = 60, 90, 28
GROUPS = ("none", "lurk", "post")


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return people and those who attained, by what they did; and by the lot, with those who came."""
    settings = bench.settings(ROW.profile, people=6000, days=START + DAYS, levers={"population.troubled": 0.3})
    world = bench.world(settings, seed).run(until=START)
    m = world.venues[0].memberships
    troubled = world.lives["troubled"] & (world.lives["progress"] < 1.0)
    outside = troubled & np.isin(m["status"], (OUTSIDE, LEFT))
    drawn = outside & (draws(key_of("quit", seed), np.arange(len(m)), 0) < 0.5)
    visits = m["visits"].copy()
    while world.day < START + DAYS:
        if world.day < START + INVITED and world.day % 7 == 0:
            m["invited"][drawn & (m["visits"] == visits)] = world.day
        world.step()
    well, came = world.lives["progress"] >= 1.0, m["visits"] > visits
    posts = event_log.posts(world)
    wrote = np.isin(np.arange(len(m)), posts.person[posts.day >= START])
    sample = {}
    for name, group in zip(GROUPS, (~came, came & ~wrote, came & wrote), strict=True):
        sample |= {f"{name}_n": float((troubled & group).sum()), f"{name}_well": float(well[troubled & group].sum())}
    for name, group in (("drawn", drawn), ("left", outside & ~drawn)):
        sample |= {f"{name}_n": float(group.sum()), f"{name}_well": float(well[group].sum()),
                   f"{name}_came": float(came[group].sum())}  # fmt: skip
    return sample


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the ratios, and the effect per person whom the invitation brought over the naive difference."""

    def rate(some: Sequence[dict[str, float]], names: Sequence[str], what: str = "well") -> float:
        people = sum(sample[f"{name}_n"] for sample in some for name in names)
        return sum(sample[f"{name}_{what}"] for sample in some for name in names) / people if people else float("nan")

    def over(some: Sequence[dict[str, float]], one: str, other: str) -> float:
        below = rate(some, [other])
        return rate(some, [one]) / below if below else float("nan")

    def causal(some: Sequence[dict[str, float]]) -> float:
        brought = rate(some, ["drawn"], "came") - rate(some, ["left"], "came")
        naive = rate(some, ["lurk", "post"]) - rate(some, ["none"])
        effect = rate(some, ["drawn"]) - rate(some, ["left"])
        return effect / brought / naive if brought and naive else float("nan")

    return {
        "lurk_over_none": pooling.pooled(samples, lambda some: over(some, "lurk", "none")),
        "post_over_lurk": pooling.pooled(samples, lambda some: over(some, "post", "lurk")),
        "causal_part": pooling.pooled(samples, causal),
    }
