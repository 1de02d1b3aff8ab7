"""A6: in the long run fewer ads earn more than in the short run.

Finding: Google learned to estimate what today's ads do to tomorrow's attention, and halved the load of ads on mobile
search on the strength of it. Source: Hohnhold, O'Brien & Tang 2015 (abstract read). A decision based on experiments; no
curve was read. Experiment here: worlds with one past get loads from a fifth of the usual to twelve times it; the load
that earns most in the half year up to month 21 is compared with the one that earns most in month 1.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.dose_response import course
from sim.world import tally

START, MONTHS, HALF_YEAR = 90, 21, 6
LARGEST = 20.0  # what the lever takes; beyond it everybody's own factor does
LOADS = (1.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0)
ROW = Row(
    id="A6", title="The load that earns most is lower in the long run", source="Hohnhold, O'Brien & Tang 2015",
    read="abstract or summary", evidence="experiment", tier=2, profile="media_ads",
    targets=(Target("lower_by", None, low=0.0, unit="ads: best load in month 1 less the best up to month 21"),),
    stated="nearly", pooling="seeds",
    ablate={"exposure.blindness": 0.0},
    note="ablated is that ads met often are overlooked; that they drive visitors away stays. That blindness builds up "
    "with ads met is put in, and its size is by hand, so a lower optimum in the long run is close to its definition",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return by how much the best load falls from the first month to the last."""
    worlds = [
        course(bench, ROW.profile, seed, START, MONTHS, {"venue.ad_load": min(load, LARGEST)},
               own={"ads_own": max(1.0, load / LARGEST)})
        for load in LOADS
    ]  # fmt: skip
    revenue = np.array([found.flows[:, tally.AD_REVENUE] for found in worlds])
    first, last = (LOADS[int(np.argmax(some))] for some in (revenue[:, 0], revenue[:, -HALF_YEAR:].sum(axis=1)))
    return {"lower_by": first - last}
