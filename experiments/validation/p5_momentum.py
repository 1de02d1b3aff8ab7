"""P5: the more often people have contributed, the less likely they are to stop.

Finding: in four systems of peer production, with a hundred million contributions, the probability to stop after the
k-th contribution is proportional to 1/k, so that contributions follow a power law whose exponent rises with the effort
that a contribution takes. Source: Wilkinson 2008, EC; an abstract or summary was read. A description, not an effect:
those who go on may be others from the start. Experiment: an undisturbed run; the share who post no more within half a
year of their k-th post, for k from 1 to 20, over all seeds together, and the power law through them.
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import spearmanr

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target, counts, pooled, total

NUMBERS = np.arange(1, 21)
WITHIN = 180  # days

ROW = Row(
    id="P5", title="Frequent contributors are less likely to stop", source="Wilkinson 2008, EC",
    read="abstract or summary", evidence="curve", tier=1, profile="peer_production",
    targets=(
        Target("exponent", 1.0, low=0.4, high=1.1, unit="power of 1/k"),
        Target("falls", 1.0, low=0.9, high=1.0, unit="rank correlation with 1/k"),
    ),
    stated="nothing", pooling="together",
    ablate={
        "population.contribution_tail": 3.0, "population.contribution_cap": 10.0, "population.tempo_spread": 0.0,
        "population.need_spread": 0.0, "join.fit_spread": 0.0,
    },
    note="The band reaches below the published 1, as the exponent depends on the effort. What is switched off is "
    "that people differ for good; without what a person's own past does to them the row was met as well. Monotone is "
    "read as a rank correlation of 0.9 over 20 points.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return for each k how many were followed after it and how many went on."""
    world = bench.baseline(ROW.profile, seed)
    found = event_log.returns(event_log.posts(world), NUMBERS, WITHIN, world.day)
    return counts("followed", found.followed) | counts("returned", found.returned)


def power_law(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return factor and exponent of y = factor x**exponent by weighted least squares of logs. NaN below two points."""
    kept = (y > 0) & (weights > 0)
    if kept.sum() < 2:
        return float("nan"), float("nan")
    slope, level = np.polyfit(np.log(x[kept]), np.log(y[kept]), 1, w=np.sqrt(weights[kept]))
    return float(np.exp(level)), float(slope)


def combine(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return exponent and monotony of the curve over all seeds."""
    return {"exponent": pooled(samples, exponent), "falls": pooled(samples, falls)}


def stops(samples: Sequence[dict[str, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Return for each k the share who stopped, and how many were followed."""
    followed, returned = total(samples, "followed"), total(samples, "returned")
    return 1.0 - returned / np.maximum(followed, 1.0), followed


def exponent(samples: Sequence[dict[str, float]]) -> float:
    """Return b of the curve c k^-b."""
    share, followed = stops(samples)
    return -power_law(NUMBERS.astype(float), share, followed)[1]


def falls(samples: Sequence[dict[str, float]]) -> float:
    """Return how regularly the curve falls: 1 if each step does."""
    share, followed = stops(samples)
    return -float(spearmanr(NUMBERS[followed > 0], share[followed > 0]).statistic)


def nulls() -> dict[str, dict[str, float]]:
    """Return what random churn gives: the chance to stop is the same after each contribution."""
    return {"random churn": {"exponent": 0.0, "falls": 0.0}}
