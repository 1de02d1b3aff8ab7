"""C2: public replies bring more feedback, and do not change its tone.

Finding: hotels whose managers replied in public got more reviews later; their valence did not evidently change (which
the authors trace to the site's disclosure of identity). It conflicts with H5. Source: Chen, Gu, Ye & Zhu 2019; an
abstract was read; differences in differences. Experiment: as in H5, the host listens to nothing or to everything; but
nobody knows of what others have seen answered, so the number and the mean of ratings are taken over a year.
"""

import math

from sim.lab.validation import Bench, Row, Target
from sim.world import tally
from sim.world.levers import Setup

ROW = Row(
    id="C2", title="Public replies bring more feedback, not a better tone",
    source="Chen, Gu, Ye & Zhu 2019, Information Systems Research", read="abstract or summary",
    evidence="quasi-experiment", tier=2, profile="firm",
    targets=(
        Target("volume", None, low=0.0, unit="change, as a share"),
        Target("valence", None, low=-0.1, high=0.1, unit="standard deviations of a rating"),
    ),
    stated="in part", pooling="seeds", ablate={"voicing.encourage": 0.0},
    note="H5 asks for a better tone and this row for none, from the same lever. The world has one kind of site, and can "
    "meet one of the two at most, unless the change of tone is between the two bands.",
)  # fmt: skip
BEFORE, DAYS, WORLDS = 120, 485, 3


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the change in volume and in the mean rating."""
    mute, heard = [0.0, 0.0], [0.0, 0.0]
    for k in range(WORLDS):
        settings = bench.settings(ROW.profile, days=DAYS, levers={"host.listening": 0.0})
        world = bench.world(settings._replace(log=False), seed * WORLDS + k).run(until=BEFORE)
        setup = settings.setups[0]
        other = world.fork()
        listening = setup.host._replace(listening=1.0)
        other.change(other.settings._replace(setups=(Setup(setup.name, setup.venue, listening),)))
        before = world.venues[0].tally.copy()
        for one, counts in ((world, mute), (other, heard)):
            one.run()
            for at, kind in enumerate((tally.PRAISES, tally.CRITICISMS)):
                counts[at] += float(one.venues[0].tally[kind] - before[kind])
    shares = [good / (good + bad) for good, bad in (mute, heard)]
    return {
        "volume": sum(heard) / sum(mute) - 1.0,
        "valence": (shares[1] - shares[0]) / math.sqrt(shares[0] * (1.0 - shares[0])),
    }
