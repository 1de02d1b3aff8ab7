"""A1: more ads mean less listening, in a straight line, and the effect grows over months.

Finding: some 35 million listeners of a free radio, assigned to loads from about half to twice the usual for 21 months.
In the last month each further ad an hour had cost 2 % of hours and 1.9 % of days; the effect was linear over the range
and hung on the total load, not on its packaging. Source: Huang, Reiley & Riabov 2018; Goli et al. 2025 (summaries
read). An experiment. Experiment here: worlds with one past get five loads, half to twice the usual, and visits are
counted in month 21. Two designs: between worlds, where a load holds for everybody and strangers see it too, and within
them, where a fifth of the people have each load and all share a venue, as the listeners did.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import linregress

from sim.lab.validation import Bench, Row, Target, pooling
from sim.lab.validation.dose_response import MONTH, burnt_in, course
from sim.world import tally

USUAL, START, MONTHS = 5.0, 90, 21
LOADS = np.array([2.5, 3.75, 5.0, 7.5, 10.0])
ROW = Row(
    id="A1", title="Activity falls with ad load, in a line", source="Huang, Reiley & Riabov 2018; Goli et al. 2025",
    read="abstract or summary", evidence="experiment", tier=1, profile="media_ads",
    targets=(
        Target("elasticity", -0.10, low=-0.20, high=-0.05, unit="elasticity of visits to ad load, month 21"),
        Target("own", -0.10, low=-0.20, high=-0.05, unit="the same, loads assigned to people"),
        Target("r2", 0.97, low=0.9, high=1.0, unit="R2 of the line through five loads"),
    ),
    stated="in part", pooling="together",
    ablate={"worth.annoy": 0.0, "worth.annoy_slow": 0.0},
    note="a line follows from terms that are linear in load as long as the effect is small; its slope and how it "
    "builds up do not. The published figure is about hours, ours about days with a visit",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return visits in the last month by load, in both designs."""
    worlds = [course(bench, ROW.profile, seed, START, MONTHS, {"venue.ad_load": load}) for load in LOADS]
    between = np.array([found.month(MONTHS, tally.VISITS) for found in worlds])
    return pooling.counts("between", between) | pooling.counts("own", _own(bench, seed))


def _own(bench: Bench, seed: int) -> NDArray[np.float64]:
    """Return visits in the last month by the load that a fifth of the people each have for themselves."""
    world = burnt_in(bench, ROW.profile, seed, START)
    arm = np.random.default_rng(seed).permutation(len(world.people)) % len(LOADS)
    world.memberships["ads_own"][0] = LOADS[arm] / USUAL
    world.run(until=START + (MONTHS - 1) * MONTH)
    before = world.memberships["visits"][0].astype(np.int64)
    world.run(until=START + MONTHS * MONTH)
    visits = world.memberships["visits"][0].astype(np.int64) - before
    return np.bincount(arm, weights=visits, minlength=len(LOADS))


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return elasticities at the usual load and the fit of the line, all seeds together."""

    def elasticity(design: str) -> pooling.Statistic:
        def at_usual(some: Sequence[dict[str, float]]) -> float:
            line = linregress(LOADS, pooling.total(some, design))
            return float(line.slope * USUAL / (line.intercept + line.slope * USUAL))

        return at_usual

    def r2(some: Sequence[dict[str, float]]) -> float:
        visits = pooling.total(some, "between")
        return float(linregress(LOADS, visits).rvalue) ** 2 if np.ptp(visits) > 0 else float("nan")

    return {
        "elasticity": pooling.pooled(samples, elasticity("between")),
        "own": pooling.pooled(samples, elasticity("own")),
        "r2": pooling.pooled(samples, r2),
    }
