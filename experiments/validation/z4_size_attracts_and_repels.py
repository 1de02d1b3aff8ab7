"""Z4: size attracts and repels: larger groups gain and lose more members, and much traffic drives people out.

Finding: in a random sample of mailing lists, larger ones and those with more messages gained and lost more members.
Source: Butler 2001; an abstract was read; an association. Experiment: ten communities of all kinds for each seed; joins
and exits in the last half year on size and on the number of posts at its beginning, as logarithms.
"""

import numpy as np
from numpy.typing import NDArray

from sim.lab.observe import communities
from sim.lab.validation import Bench, Row, Target, pooled
from sim.world import tally
from sim.world.world import World

ROW = Row(
    id="Z4", title="Size attracts and repels", source="Butler 2001, Information Systems Research",
    read="abstract or summary", evidence="association", tier=2, profile="social",
    targets=(
        Target("joins", None, low=0.0, unit="log joins per log member"),
        Target("exits", None, low=0.0, unit="log exits per log member"),
        Target("volume", None, low=0.0, unit="exit rate per log post a member, size held equal"),
    ),
    stated="nothing", pooling="together", ablate={"join.supply": 0.0, "join.friends": 0.0, "join.contagion": 0.0},
    note="Messages by other members cost nothing here but the minutes of reading, so that volume repels is unlikely.",
)  # fmt: skip
WORLDS, DAYS, HALF = 10, 360, 180


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return size, posts, joins and exits of each community."""
    found = {}
    for k in range(WORLDS):
        levers = communities.of_all_kinds(seed * WORLDS + k)
        settings = bench.settings(ROW.profile, people=500, days=DAYS, levers=levers)._replace(log=False)
        world = bench.world(settings, seed * WORLDS + k).run(until=HALF)
        before, members = counts(world), float(world.venues[0].now.members)
        posts, _, _ = before
        after = [now - then for now, then in zip(counts(world.run()), before, strict=True)]
        for name, number in zip(("members", "posts", "joins", "exits"), (members, posts, *after[1:]), strict=True):
            found[f"{name}_{k}"] = number
    return found


def counts(world: World) -> list[float]:
    """Return posts, joins and exits so far."""
    flows = world.venues[0].tally
    return [float(flows[tally.QUESTIONS] + flows[tally.TALKS] + flows[tally.ANSWERS]),
            float(flows[tally.JOINS_MARKET : tally.JOINS_INVITE + 1].sum()),
            float(flows[tally.EXITS_LIFE : tally.EXITS_PRODUCT + 1].sum())]  # fmt: skip


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the slopes over all communities of all seeds."""

    def column(some: list[dict[str, float]], name: str) -> NDArray[np.float64]:
        return np.array([sample[f"{name}_{k}"] for sample in some for k in range(WORLDS)])

    def slope(some: list[dict[str, float]], what: str) -> float:
        size = np.log1p(column(some, "members"))
        volume = np.log1p(column(some, "posts") / np.maximum(1.0, column(some, "members")))
        if what == "volume":
            rate = column(some, "exits") / np.maximum(1.0, column(some, "members"))
            terms = np.stack([np.ones(len(size)), size, volume], axis=1)
            return float(np.linalg.lstsq(terms, rate, rcond=None)[0][2])
        terms = np.stack([np.ones(len(size)), size], axis=1)
        return float(np.linalg.lstsq(terms, np.log1p(column(some, what)), rcond=None)[0][1])

    return {what: pooled(samples, lambda some, what=what: slope(some, what)) for what in ("joins", "exits", "volume")}
