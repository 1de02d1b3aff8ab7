"""N11: the chance of another post rises with the number of posts so far.

Finding: of the posters of en-net, the share who posted again within a year is 46 % after the first post, 57, 66, 69 and
72 % after the second to fifth, 83 % after the tenth and 95 % after the twentieth. Source: computed from the public
archive of the forum (R package ennet). A description, not an effect. Experiment: the same statistic of an undisturbed
run, of posts that are a year old or older.
"""

import numpy as np

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target

CURVE = {1: 0.46, 2: 0.57, 3: 0.66, 4: 0.69, 5: 0.72, 10: 0.83, 20: 0.95}
ROOM = 0.10

ROW = Row(
    id="N11", title="The chance of another post rises with each post", source="en-net archive (R package ennet)",
    read="computed", evidence="curve", tier=1, profile="expert_help",
    targets=tuple(
        Target(f"after_{k}", share, low=share - ROOM, high=min(1.0, share + ROOM), unit="share within a year")
        for k, share in CURVE.items()
    ),
    stated="nothing", pooling="seeds",
    ablate={
        "population.contribution_tail": 3.0, "population.contribution_cap": 10.0, "population.tempo_spread": 0.0,
        "population.need_spread": 0.0, "join.fit_spread": 0.0,
    },
    note="What is switched off is that people differ for good. With that on, and what a person's own past does to them "
    "(belonging, interest) off instead, the row was met as well: it says nothing about habit.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the share who posted again within a year, after each of some numbers of posts."""
    world = bench.baseline(ROW.profile, seed)
    found = event_log.returns(event_log.posts(world), np.array(list(CURVE)), 365, world.day)
    return {f"after_{k}": float(share) for k, share in zip(CURVE, found.share, strict=True)}


def nulls() -> dict[str, dict[str, float]]:
    """Return what random churn gives at its best: one chance for all, in the middle of the curve."""
    same = (min(CURVE.values()) + max(CURVE.values())) / 2.0
    return {"random churn": {f"after_{k}": same for k in CURVE}}
