"""V1: members spend more after joining. Part of their higher spending existed before.

Finding: 19 % of what customers of a multichannel retailer spent after they joined its community was due to joining, by
a difference in differences with matched customers; posters more than readers, people with more ties more than others,
and no sign that information was the cause. Source: Manchanda, Packard & Pattabhiramaiah 2015 (abstract read). An
association, matched. Experiment here: a community opens after half a year. Joiners of its first two months are compared
with customers outside who spent as much before, all of whom stay customers; and with themselves in the world where it
never opens, which no company has.
"""

import numpy as np
from numpy.typing import NDArray

from sim.lab.validation import Bench, Row, Target, pooling
from sim.world.world import World

OPENS, JOINED_BY, END = 180, 240, 600
NEVER_OPENS = 3650.0
SOCIETY = {"venue.opens": float(OPENS), "venue.launch": 1.5}
ROW = Row(
    id="V1", title="Members spend more after joining", source="Manchanda, Packard & Pattabhiramaiah 2015",
    read="abstract or summary", evidence="association", tier=1, profile="firm",
    targets=(
        Target("matched", 0.19, low=0.05, high=0.25, unit="share of spending after joining, matched comparison"),
        Target("posters_more", None, low=0.0, unit="share due to joining, posters less readers (twin)"),
    ),
    stated="in part", pooling="together",
    ablate={"spending.lift": 0.0, "spending.reminder": 0.0},
    note="`twin` is the effect itself, `before` what joiners spent more before anything opened (selection); neither is "
    "published. No rule lets information raise spending: that is stated, not a result",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return sums of spending from which the shares are made."""
    world, twin = (
        bench.world(
            bench.settings(ROW.profile, days=END, levers=SOCIETY | {"venue.opens": opens})._replace(log=False), seed
        )
        for opens in (float(OPENS), NEVER_OPENS)
    )
    paid = np.array([_spent(lived, day) for lived in (world, twin) for day in (OPENS, JOINED_BY, END)])
    m, people = world.memberships[0], world.people
    loyal = (people["adopted"] == 0) & (people["gone"] > END)  # who churns early can't join: a bias
    joined = np.flatnonzero(loyal & (m["visits"] > 0) & (m["joined"] < JOINED_BY))
    outside = np.flatnonzero(loyal & (m["visits"] == 0))
    before, after, without = paid[0], paid[2] - paid[1], paid[5] - paid[4]
    like = outside[nearest(before[outside], before[joined])]
    posts = (m["questions"] + m["talks"] + m["answers"])[joined] > 0
    weeks = (END - JOINED_BY) / OPENS  # lengths of the two periods
    did = (after[joined] - before[joined] * weeks) - (after[like] - before[like] * weeks)
    caused = after[joined] - without[joined]
    found = {"did": did.sum(), "after": after[joined].sum(), "caused": caused.sum()}
    found |= {"before": before[joined].mean(), "before_outside": before[outside].mean()}
    for name, who in (("posters", posts), ("readers", ~posts)):
        found |= {f"caused_{name}": caused[who].sum(), f"after_{name}": after[joined][who].sum()}
    return {name: float(value) for name, value in found.items()}


def _spent(world: World, day: int) -> NDArray[np.float64]:
    return np.asarray(world.run(until=day).people["spent"].copy())


def nearest(known: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the position in `known` of the value nearest to each of `wanted`."""
    order = np.argsort(known, kind="stable")
    right = np.clip(np.searchsorted(known[order], wanted), 1, len(known) - 1)
    nearer_left = wanted - known[order][right - 1] < known[order][right] - wanted
    return np.asarray(order[right - nearer_left])


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return shares of what joiners spent after joining, all seeds together."""

    def share(over: str, under: str) -> pooling.Statistic:
        return lambda some: sum(s[over] for s in some) / max(sum(s[under] for s in some), 1e-9)

    posters, readers = share("caused_posters", "after_posters"), share("caused_readers", "after_readers")
    return {
        "matched": pooling.pooled(samples, share("did", "after")),
        "twin": pooling.pooled(samples, share("caused", "after")),
        "before": pooling.pooled(samples, lambda some: share("before", "before_outside")(some) - 1.0),
        "posters_more": pooling.pooled(samples, lambda some: posters(some) - readers(some)),
    }
