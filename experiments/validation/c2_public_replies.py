"""C2: public replies to feedback bring more feedback, of the same tone.

Finding: hotels that began to reply in public got more reviews, and no better ones. Source: Chen, Gu, Ye & Zhu 2019; the
abstract was read; differences in differences. It is at odds with H5, which finds kinder reviews as well. Experiment:
the host answers all criticism, or none, from the same day on; the same seeds; feedback of the following year.
"""

import math

from sim.lab.validation import Bench, Row, Target
from sim.world import tally
from sim.world.levers import Setup

ROW = Row(
    id="C2", title="Public replies bring more feedback of the same tone",
    source="Chen, Gu, Ye & Zhu 2019, Information Systems Research", read="abstract or summary",
    evidence="quasi-experiment", tier=2, profile="firm",
    targets=(
        Target("volume", None, low=0.0, unit="share"),
        Target("valence", None, low=-0.1, high=0.1, unit="standard deviations"),
    ),
    stated="in part", pooling="seeds",
    ablate={"voicing.encourage": 0.0, "voicing.scrutiny": 0.0},
    note="That a host who is seen to answer is spoken to more is put in (`voicing`), as for H5, with the same two "
    "numbers. Here it answers critics and need not act on what they say.",
)  # fmt: skip
BEFORE, DAYS, WORLDS = 120, 485, 3


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the change in volume and in the mean rating, in a good or bad rating's standard deviations."""
    mute, answered = ([0.0, 0.0], [0.0, 0.0])
    for k in range(WORLDS):
        burnt = bench.world(bench.settings(ROW.profile, days=DAYS), seed * WORLDS + k).run(until=BEFORE)
        for answers, counts in ((0.0, mute), (1.0, answered)):
            world = burnt.fork()
            setup = world.settings.setups[0]
            setups = (Setup(setup.name, setup.venue, setup.host._replace(answers_critics=answers)),)
            world.change(world.settings._replace(setups=setups))
            before = world.venues[0].tally.copy()
            world.run()
            for at, kind in enumerate((tally.PRAISES, tally.CRITICISMS)):
                counts[at] += float(world.venues[0].tally[kind] - before[kind])
    shares = [good / (good + bad) for good, bad in (mute, answered)]
    return {
        "volume": sum(answered) / sum(mute) - 1.0,
        "valence": (shares[1] - shares[0]) / math.sqrt(shares[0] * (1.0 - shares[0])),
    }
