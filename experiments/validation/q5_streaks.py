"""Q5: when a counter of days in a row is taken away, long streaks and minimal contributions become rarer.

Finding: in May 2016 GitHub took the counters of streaks off its members' pages, unannounced. Long streaks were
abandoned and became less common, as did work on weekends and days with a single contribution; friends kept streaks
together less often. Source: Moldon, Strohmaier & Wachs 2021; an abstract was read; a natural experiment. Experiment: a
place that has shown such a counter for a year takes it away or does not; the half year after. How many of the days on
which somebody contributes lie in streaks of twenty days or more; on how many there is one contribution; and all
contributions, which change little.
"""

from collections.abc import Sequence

import numpy as np

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target, pooling
from sim.world.levers import Setup
from sim.world.world import World

ROW = Row(
    id="Q5", title="Without a counter, long streaks and minimal acts become rarer",
    source="Moldon, Strohmaier & Wachs 2021, ICSE (arXiv 2006.02371)", read="abstract or summary",
    evidence="quasi-experiment", tier=2, profile="peer_production",
    targets=(
        Target("long_streaks", None, low=-1.0, high=0.0, unit="change of their share of days with contributions"),
        Target("single_days", None, low=-1.0, high=0.0, unit="change of the number of days with one contribution"),
        Target("output", None, low=-0.10, high=0.10, unit="change of contributions"),
    ),
    stated="nearly", pooling="together", ablate={"incentives.streak": 0.0},
    note="That a streak at stake makes people come, and give once, is put in; how many long streaks hang on it and how "
    "little output does are not. That output changes by less than a tenth is our reading: the abstract does not say. "
    "Contributions are counted, not weighed. There are no weekends here, and nobody copies the streaks of friends.",
)  # fmt: skip
START, DAYS, LONG, WORLDS = 365, 180, 20, 2


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return days with contributions, those in long streaks, those with a single one, and contributions, by world."""
    found: dict[str, float] = {}
    for k in range(WORLDS):
        settings = bench.settings(ROW.profile, days=START + DAYS, levers={"venue.streaks": 1.0})
        shown = bench.world(settings, seed * WORLDS + k).run(until=START)
        hidden = shown.fork()
        setup = hidden.settings.setups[0]
        plain = setup.venue._replace(streaks=0.0)
        hidden.change(hidden.settings._replace(setups=(Setup(setup.name, plain, setup.host),)))
        for name, world in (("shown", shown), ("hidden", hidden)):
            for what, number in contributions(world.run()).items():
                found[f"{name}_{what}"] = found.get(f"{name}_{what}", 0.0) + number
    return found


def contributions(world: World) -> dict[str, float]:
    """Return the numbers of days with contributions since the change, of two kinds of them, and of contributions."""
    posts = event_log.posts(world)
    later = posts.day >= START
    days, counts = np.unique(posts.person[later] * world.day + posts.day[later], return_counts=True)
    person, day = np.divmod(days, world.day)
    broken = (np.diff(person, prepend=-1) != 0) | (np.diff(day, prepend=-1) != 1)
    length = np.bincount(np.cumsum(broken) - 1)
    return {
        "days": float(len(days)), "long": float(length[length >= LONG].sum()), "single": float(np.sum(counts == 1)),
        "posts": float(counts.sum()),
    }  # fmt: skip


def combine(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the changes by taking the counter away, over all seeds together."""

    def change(some: Sequence[dict[str, float]], what: str, per: str = "") -> float:
        sums = {name: sum(one[name] for one in some) for name in some[0]}
        if not sums[f"shown_{what}"]:
            return float("nan")
        ratio = sums[f"hidden_{what}"] / sums[f"shown_{what}"]
        return (ratio * sums[f"shown_{per}"] / sums[f"hidden_{per}"] if per else ratio) - 1.0

    return {
        "long_streaks": pooling.pooled(samples, lambda some: change(some, "long", "days")),
        "single_days": pooling.pooled(samples, lambda some: change(some, "single")),
        "output": pooling.pooled(samples, lambda some: change(some, "posts")),
    }
