"""N12: heavy contributors contribute much from the first week.

Finding: those who became power editors of Wikipedia, and loyal users of Reddit, differed from others on their first
days. Sources: Panciera et al. 2009, GROUP; Hamilton et al. 2017, ICWSM; abstracts or summaries were read. An
association. Experiment: an undisturbed run; over all whose first post came half a year before the end or earlier, the
correlation of the logarithms of posts in the week from that post on and of posts after it.
"""

import numpy as np

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target

ROW = Row(
    id="N12", title="Heavy contributors contribute much from the first week",
    source="Panciera et al. 2009, GROUP; Hamilton et al. 2017, ICWSM", read="abstract or summary",
    evidence="association", tier=2, profile="peer_production",
    targets=(Target("correlation", None, low=0.2, unit="correlation of logs"),),
    stated="in part", pooling="seeds",
    ablate={
        "population.contribution_tail": 3.0, "population.contribution_cap": 10.0, "population.tempo_spread": 0.0,
        "population.need_spread": 0.0,
    },
    note="The mechanism is that people differ for good, which is assumed at birth.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the correlation of early with later activity."""
    world = bench.baseline(ROW.profile, seed)
    posts = event_log.posts(world)
    person, first, _ = posts.spans()
    begun = np.full(len(world.people), world.day)
    begun[person] = first
    early = np.bincount(posts.person[posts.day < begun[posts.person] + 7], minlength=len(begun))
    later = posts.counts(len(begun)) - early
    who = begun <= world.day - 180
    return {"correlation": correlation(np.log1p(early[who]), np.log1p(later[who]))}


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return Pearson's correlation. NaN if one of the two does not vary."""
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])
