"""H5: visible answers to feedback bring more feedback, and kinder feedback.

Finding: hotels that began to answer reviews got 12 % more of them, and ratings better by 0.12 stars; negative ones were
fewer, and longer. Source: Proserpio & Zervas 2017; an abstract or summary was read; differences in differences between
two sites. Experiment: the host listens to nothing, or to everything that members say of the product; the same seeds,
from the same day on; feedback of the following year. A rating is good or bad here, and its standard deviation that of
the world without listening.
"""

import math

from sim.lab.validation import Bench, Row, Target
from sim.world import tally
from sim.world.levers import Setup

ROW = Row(
    id="H5", title="Visible responses raise feedback and its tone", source="Proserpio & Zervas 2017, Marketing Science",
    read="abstract or summary", evidence="quasi-experiment", tier=1, profile="firm",
    targets=(
        Target("volume", 0.12, low=0.05, high=0.20, unit="share"),
        Target("sentiment", 0.12, low=0.05, high=0.25, unit="standard deviations"),
        Target("fewer_negatives", None, low=0.0, unit="share"),
    ),
    stated="nearly", pooling="seeds",
    ablate={"voicing.encourage": 0.0, "voicing.scrutiny": 0.0},
    note="Close to its own rule: that a visible host encourages feedback and holds complaints back is put in, with "
    "sizes by hand. What emerges is the part by trust and by a product that gets better, which the ablation leaves. "
    "The finding is 0.12 stars; a star is taken for about one standard deviation.",
)  # fmt: skip
BEFORE, DAYS = 120, 485
WORLDS = 3


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the change in volume, in the mean rating and in negative feedback (downwards)."""
    mute, heard = ([0.0, 0.0], [0.0, 0.0])
    for k in range(WORLDS):
        burnt = bench.world(bench.settings(ROW.profile, days=DAYS, levers={"host.listening": 0.0}), seed * WORLDS + k)
        burnt.run(until=BEFORE)
        for listening, counts in ((0.0, mute), (1.0, heard)):
            world = burnt.fork()
            setup = world.settings.setups[0]
            host = setup.host._replace(listening=listening)
            world.change(world.settings._replace(setups=(Setup(setup.name, setup.venue, host),)))
            before = world.venues[0].tally.copy()
            world.run()
            for flow, kind in enumerate((tally.PRAISES, tally.CRITICISMS)):
                counts[flow] += float(world.venues[0].tally[kind] - before[kind])
    shares = [good / (good + bad) for good, bad in (mute, heard)]
    return {
        "volume": sum(heard) / sum(mute) - 1.0,
        "sentiment": (shares[1] - shares[0]) / math.sqrt(shares[0] * (1.0 - shares[0])),
        "fewer_negatives": 1.0 - heard[1] / mute[1],
    }
