"""N9: the longer people have posted, the less likely they are to stop.

Finding: of 1,350 senders in an online community of students at Irvine, followed from the first message to the last,
with 28 days of silence counted as the end, the time follows a Weibull distribution of shape 0.43 and scale 38 days
(better than lognormal, log-logistic and exponential ones); after 1, 7, 30, 60, 90 and 120 days 81, 71, 48, 32, 24 and
17 % were still there. Source: computed from the public data (R package tnet; Panzarasa, Opsahl & Carley 2009). A
description, not an effect. Experiment: the same statistic of an undisturbed run.
"""

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target
from sim.lab.validation import nulls as simpler

DAYS = np.array([1.0, 7.0, 30.0, 60.0, 90.0, 120.0])
SURVIVAL = np.array([0.81, 0.71, 0.48, 0.32, 0.24, 0.17])
SILENT = 28  # days
SHORTEST = 0.5  # days: the log has whole ones

ROW = Row(
    id="N9", title="People who have posted for longer are less likely to stop",
    source="UC Irvine community data (R package tnet; Panzarasa, Opsahl & Carley 2009)", read="computed",
    evidence="curve", tier=1, profile="social",
    targets=(
        Target("shape", 0.43, low=0.35, high=0.60, unit="Weibull shape"),
        Target("rmse", 0.0, low=0.0, high=0.08, unit="share still there"),
    ),
    stated="nothing", pooling="seeds",
    ablate={"worth.learning": 0.0, "leaving.dull": 0.0},
    note="A span within one day counts as half a day. Unlike people alone make the observed hazard fall, so a shape "
    "below 1 is no surprise; the curve is.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the Weibull shape of the times from first to last post, and how far their survival is from the curve."""
    world = bench.baseline(ROW.profile, seed)
    _, first, last = event_log.posts(world).spans()
    spans, ended = np.maximum(last - first, SHORTEST), last <= world.day - SILENT
    survival = kaplan_meier(spans, ended, DAYS)
    return {"shape": weibull(spans, ended)[0], "rmse": rmse(survival)}


def kaplan_meier(days: np.ndarray, ended: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the share that lasts longer than each of `at`. Some are still going on (`ended` is false)."""
    survival = stats.ecdf(stats.CensoredData(uncensored=days[ended], right=days[~ended])).sf
    return np.asarray(survival.evaluate(at))


def weibull(days: np.ndarray, ended: np.ndarray) -> tuple[float, float]:
    """Return the shape and scale of a Weibull distribution by maximum likelihood with censoring. NaN without any end.

    The hazard falls over time if the shape is below 1. SciPy's general fit gives six of these digits, 100 times slower.
    """
    ends = int(ended.sum())
    if ends < 2 or len(np.unique(days)) < 2:
        return float("nan"), float("nan")
    logs = np.log(days)

    def slope(shape: float) -> float:
        weights = np.exp(shape * (logs - logs.max()))
        return float((weights * logs).sum() / weights.sum() - 1.0 / shape - logs[ended].mean())

    if slope(0.02) > 0.0 or slope(20.0) < 0.0:
        return float("nan"), float("nan")
    shape = float(brentq(slope, 0.02, 20.0))
    return shape, float((np.exp(shape * logs).sum() / ends) ** (1.0 / shape))


def rmse(survival: np.ndarray) -> float:
    """Return how far a survival curve is from the published one."""
    return float(np.sqrt(np.mean((survival - SURVIVAL) ** 2)))


def nulls() -> dict[str, dict[str, float]]:
    """Return what random churn gives at its best: with the two rates that come closest to the curve."""
    stays, rate = simpler.best(lambda x: rmse(simpler.churn_survival(x[0], abs(x[1]), DAYS)), (0.8, 0.02))
    spans = np.maximum(simpler.churn_spans(stays, abs(rate)), SHORTEST)
    return {"random churn": {
        "shape": weibull(spans, np.ones(len(spans), bool))[0],
        "rmse": rmse(simpler.churn_survival(stays, abs(rate), DAYS)),
    }}  # fmt: skip
