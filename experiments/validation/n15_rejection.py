"""N15: if posts by newcomers are rejected, fewer newcomers stay. Communities rise and fall.

Finding: newcomers to Wikipedia whose work was rejected stayed less, as norms grew and were guarded; the same signs and
sizes in hundreds of other wikis, whose active editors rise and then fall. Source: Halfaker et al. 2013; TeBlunthuis,
Shaw & Hill 2018; abstracts or summaries were read; associations. Experiment: a place that turns away none, or 30 % at
first, of what newcomers write; the share of those who ever posted in the first year that post again after 60 days. And
six years of the place that judges: active members a month rise by a tenth or more and fall by as much.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target, pooled
from sim.world import events
from sim.world.world import World

ROW = Row(
    id="N15", title="Rejection costs newcomers, and communities rise and fall",
    source="Halfaker et al. 2013; TeBlunthuis, Shaw & Hill 2018, CHI", read="abstract or summary",
    evidence="association", tier=2, profile="peer_production",
    targets=(
        Target("retention_lost", None, low=0.0, unit="share"),
        Target("rise_and_fall", None, low=0.5, unit="share of long runs"),
    ),
    stated="in part", pooling="together",
    ablate={"norms.hurt": 0.0, "norms.estranged": 0.0, "norms.discouraged": 0.0, "norms.precedents": 0.0,
            "norms.strain": 0.0},
    note="Part of the loss of retention is stated by the rule (who is turned away may stop posting). What is turned "
    "away gets no reply either, which the ablation leaves. Rise and fall come without norms too: the people of a world "
    "are limited. All seeds together, as the finding is about most runs, not nearly all.",
)  # fmt: skip
WORLDS, YEAR = 3, 365
STRICT = 0.3


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the loss of retention by rejection, and the share of long runs that rise and fall."""
    stay = {0.0: 0.0, STRICT: 0.0}
    shaped = 0.0
    for k in range(WORLDS):
        for rejection in stay:
            long = 6 * YEAR if rejection > 0.0 else YEAR + 120
            settings = bench.settings(ROW.profile, people=1000, days=long, levers={"venue.rejection": rejection})
            world = bench.world(settings, seed * WORLDS + k).run()
            stay[rejection] += retention(world) / WORLDS
            shaped += rises_and_falls(active(world)) / WORLDS if rejection > 0.0 else 0.0
    return {"retention_lost": stay[0.0] - stay[STRICT], "rise_and_fall": shaped}


def combine(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the means over all seeds."""
    return {name: pooled(samples, lambda some, name=name: np.mean([s[name] for s in some])) for name in samples[0]}


def retention(world: World) -> float:
    """Return the share of those who first posted in the first year that posted again 30 to 120 days later."""
    posts = event_log.posts(world)
    person, first, _ = posts.spans()
    person, first = person[first < YEAR], first[first < YEAR]
    start = np.full(len(world.people), 2 * world.day)
    start[person] = first
    later = posts.day - start[posts.person]
    again = np.unique(posts.person[(later >= 30) & (later < 120)])
    return len(again) / max(1, len(person))


def active(world: World) -> NDArray[np.float64]:
    """Return how many members visited in each quarter."""
    log = event_log.of_kinds(world, (events.VISIT,))
    quarter = log["day"].astype(np.int64) // 91
    pairs = np.unique(quarter * len(world.people) + log["actor"])
    return np.bincount(pairs // len(world.people), minlength=world.day // 91)[: world.day // 91].astype(np.float64)


def rises_and_falls(number: NDArray[np.float64]) -> bool:
    """Tell whether the number rises by a tenth or more, and then falls by as much."""
    top = int(np.argmax(number))
    return bool(number[0] < 0.9 * number[top] and number[-1] < 0.9 * number[top])
