"""T3: charging for what was free halves the visits, and those with other options go first.

Finding: where local newspapers put up a paywall, visits fell by 51 %, far more among the young. Source: Chiou & Tucker
2013; the abstract was read; a field test of a publisher. Experiment: half of the people, drawn at random, are the
young, who find most of what they need elsewhere; the others find little of it there. Worlds with one past, of which one
asks for a price from a day on; visits in weeks 5 to 8 after that day.
"""

from collections.abc import Sequence

import numpy as np

from sim.lab.trials.snapshot import draws, key_of
from sim.lab.validation import Bench, Row, Target, pooling
from sim.lab.validation.pooling import Sample
from sim.world import events

ROW = Row(
    id="T3", title="A price halves the visits, and the young go first", source="Chiou & Tucker 2013, IEP",
    read="abstract or summary", evidence="quasi-experiment", tier=1, profile="media_ads",
    targets=(
        Target("visits", -0.51, low=-0.70, high=-0.30, unit="change as a share"),
        Target("young_first", None, low=0.0, unit="share of visits lost by the young less that of the others"),
    ),
    stated="in part", pooling="together",
    ablate={"dealings.outside": 0.0},
    note="That the young have more outside options is put in by the experimenter, as age is no trait of this world; "
    "that outside options lower what people pay is a rule. What emerges is by how much visits fall: from what visits "
    "gave to whom, and how often those who pay come. One parameter, `dealings.value`, sets its level by hand.",
)  # fmt: skip
WALL, PRICE = 180, 8.0  # day; money a month
FIRST, END = WALL + 28, WALL + 56
YOUNG, OLD = 0.55, 0.05  # share of their needs that people can meet elsewhere; the profile's is their mean


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return visits of the young and of the others, in the world that stays free and in the one that does not."""
    world = bench.world(bench.settings(ROW.profile, days=END), seed)
    is_young = draws(key_of("paywall", seed), np.arange(len(world.people)), 0) < 0.5
    world.people["elsewhere"] = np.where(is_young, YOUNG, OLD)
    world.run(until=WALL)
    walled = world.fork()
    walled.change(bench.settings(ROW.profile, days=END, levers={"venue.price": PRICE}))
    sample = {}
    for name, arm in (("free", world), ("walled", walled)):
        log = arm.run().events()
        visitors = log["actor"][(log["kind"] == events.VISIT) & (log["day"] >= FIRST)]
        sample[f"{name}_young"] = float(is_young[visitors].sum())
        sample[f"{name}_old"] = float((~is_young[visitors]).sum())
        sample[name] = float(len(visitors))
    return sample


def combine(samples: list[Sample]) -> dict[str, tuple[float, float]]:
    """Return the change in visits, and how much more of theirs the young give up, all seeds together."""

    def kept(some: Sequence[Sample], who: str) -> float:
        return pooling.ratio(some, f"walled{who}", f"free{who}")[0]

    return {
        "visits": pooling.change(samples, "walled", "free"),
        "young_first": pooling.pooled(samples, lambda some: kept(some, "_old") - kept(some, "_young")),
    }
