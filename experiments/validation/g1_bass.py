"""G1: products spread along Bass's curve, with a little innovation and much imitation.

Finding: over many products the mean coefficients of Bass's model are about 0.03 a year for innovation and 0.38 for
imitation. Source: Sultan, Farley & Lehmann 1990, a meta-analysis, second-hand. A description. Experiment: a product
with few customers and many who could become customers, for five years; of each quarter, those who take it up among
those who have not yet, a year, regressed on the share that uses it.
"""

import numpy as np
from scipy.optimize import nnls

from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.nulls import BASS_P, BASS_Q
from sim.world import events

QUARTER = 91
FIRST = 500  # customers at the start
LEAST = 0.004  # innovation a year: below it the ratio says no more

ROW = Row(
    id="G1", title="Products spread by imitation more than by innovation", source="Sultan, Farley & Lehmann 1990",
    read="second-hand", evidence="curve", tier=1, profile="firm",
    targets=(Target("ratio", 12.7, low=5.0, high=40.0, unit="q / p", null=1.0),),
    stated="nearly", pooling="together",
    ablate={"advocacy.imitation": 0.0, "advocacy.refer": 0.0},
    note="nearly stated by the rule: strangers adopt at Bass's hazard with these very means; members' referrals add to "
    "it, and customers who leave the product again take from it",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return innovation and imitation a year, from one world's adoptions."""
    levers = {"population.strangers": 5.0, "venue.launch": 0.05, "venue.marketing": 0.0005}
    world = bench.world(bench.settings(ROW.profile, people=FIRST, days=20 * QUARTER, levers=levers), seed).run()
    log, everybody = world.events(), len(world.people)
    taken_up = np.isin(log["kind"], (events.ADOPT, events.REFER))
    new = np.bincount(log["day"][taken_up] // QUARTER, minlength=20)[:20]
    lost = np.bincount(log["day"][log["kind"] == events.CHURN] // QUARTER, minlength=20)[:20]
    users = FIRST + np.cumsum(new - lost) - (new - lost) / 2
    left = everybody - FIRST - np.cumsum(new) + new / 2
    hazard, weight = new / left * 365 / QUARTER, np.sqrt(left)
    (innovation, imitation), _ = nnls(np.column_stack([weight, weight * users / everybody]), weight * hazard)
    return {"innovation": float(innovation), "imitation": float(imitation)}


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the ratio of mean imitation to mean innovation, with its error by resampling seeds."""
    p, q = (np.array([sample[name] for sample in samples]) for name in ("innovation", "imitation"))
    again = np.random.default_rng(0).integers(len(samples), size=(500, len(samples)))
    ratios = q[again].mean(1) / np.maximum(p[again].mean(1), LEAST)
    return {"ratio": (float(q.mean() / max(p.mean(), LEAST)), float(ratios.std()))}


def nulls() -> dict[str, dict[str, float]]:
    """Return what Bass's curve gives: the published ratio, by definition."""
    return {"Bass": {"ratio": BASS_Q / BASS_P}}
