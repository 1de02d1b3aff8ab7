"""Uncertainty: intervals over runs, paired differences, the smallest detectable effect, and a verdict.

All intervals cover chance between runs only: another seed would give another mean. They do not cover how wrong the
assumed parameters may be, or what the model leaves out.

Why Student's t and not a bootstrap? A comparison has 4 to 24 pairs. With so few values, a bootstrap (percentile or BCa)
does not know the tails, and its intervals are too narrow. A 95 % rank interval does not exist below 6 pairs. Two runs
that share people and draws are skewed alike, so their difference is nearly symmetric, as t requires.
`tests/test_statistics.py` checks the coverage, also for skewed differences.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import nctdtrinc, stdtr, stdtrit

Better = Literal["more", "less", "neither"]
Floats = NDArray[np.float64]

CONFIDENCE = 0.95
POWER = 0.80
NOISE = 1e-9  # of a value: smaller differences are rounding


class Estimate(NamedTuple):
    """A mean over runs with its interval. Runs in which the outcome does not exist are left out of `runs`."""

    mean: float
    low: float
    high: float
    runs: int
    sd: float
    p10: float
    p90: float


class Contrast(NamedTuple):
    """Alternative minus base, over pairs of runs that share people and draws."""

    difference: float
    low: float
    high: float
    pairs: int
    share_better: float
    detectable: float
    p: float
    identical: bool


def estimate(values: ArrayLike, yes_or_no: bool = False, bounds: tuple[float, float] = (-np.inf, np.inf)) -> Estimate:
    """Return mean, interval and spread of an outcome over runs (NaN where a run has none).

    The interval is Student's, cut to what the outcome can be; Wilson's for what a run has (1) or has not (0).
    """
    known = _known(np.asarray(values, np.float64))
    nan = float("nan")
    if known.size == 0:
        return Estimate(nan, nan, nan, 0, nan, nan, nan)
    mean = float(known.mean())
    low, high = map(float, share_interval(mean, known.size) if yes_or_no else np.clip(t_interval(known), *bounds))
    sd = float(known.std(ddof=1)) if known.size > 1 else nan
    p10, p90 = (float(q) for q in np.quantile(known, (0.1, 0.9)))
    return Estimate(mean, low, high, known.size, sd, p10, p90)


def t_interval(values: Floats) -> tuple[float, float]:
    """Return the 95 % confidence interval of a mean by Student's t; NaN below two values."""
    if values.size < 2:
        return float("nan"), float("nan")
    mean, half = float(values.mean()), float(margin(standard_error(values), values.size))
    return mean - half, mean + half


def margin(error: ArrayLike, runs: ArrayLike) -> Floats:
    """Return half the 95 % confidence interval of means with these standard errors by Student's t; NaN for one run."""
    degrees = np.asarray(runs, np.float64) - 1.0
    return np.asarray(stdtrit(np.where(degrees > 0.0, degrees, np.nan), 0.5 + CONFIDENCE / 2) * np.asarray(error))


def share_interval(share: ArrayLike, runs: ArrayLike) -> tuple[Floats, Floats]:
    """Return the 95 % confidence intervals of shares of runs (Wilson 1927).

    If something never happened in 24 runs, it may still be possible: Student's t would say 0 to 0, this says 0 to 0.14.
    """
    from statsmodels.stats.proportion import proportion_confint  # takes a second to import, and a worker needs it never

    count = np.asarray(share, np.float64) * np.asarray(runs, np.float64)
    low, high = proportion_confint(count, runs, alpha=1.0 - CONFIDENCE, method="wilson")
    return np.asarray(low), np.asarray(high)


def standard_error(values: Floats) -> float:
    """Return the standard error of a mean: exactly 0 where all values are the same."""
    if np.ptp(values) == 0.0:
        return 0.0
    return float(values.std(ddof=1) / np.sqrt(values.size))


def contrast(base: ArrayLike, alternative: ArrayLike, better: Better) -> Contrast:
    """Compare an outcome of two arms, replicate by replicate. A pair with a NaN is left out."""
    nan = float("nan")
    start, end = np.asarray(base, np.float64), np.asarray(alternative, np.float64)
    same = np.abs(end - start) < NOISE * np.maximum(np.abs(start), 1.0)  # but for the order of additions
    differences = _known(np.where(same, 0.0, end - start))
    n = differences.size
    if n == 0:
        return Contrast(nan, nan, nan, 0, nan, nan, nan, identical=False)
    low, high = t_interval(differences)
    error = standard_error(differences)
    return Contrast(
        difference=float(differences.mean()), low=low, high=high, pairs=n,
        share_better=share_better(differences, better),
        detectable=detectable(error, n), p=p_value(float(differences.mean()), error, n),
        identical=not differences.any(),
    )  # fmt: skip


def share_better(differences: Floats, better: Better) -> float:
    """Return the share of pairs in which the alternative is better, a tie counted as half."""
    if better == "neither":
        return float("nan")
    wins = differences > 0.0 if better == "more" else differences < 0.0
    return float(np.mean(wins + 0.5 * (differences == 0.0)))


def p_value(mean: float, error: float, pairs: float) -> float:
    """Return the two-sided p of a paired t test against a difference of 0; NaN for a single pair."""
    if pairs < 2:
        return float("nan")
    if error == 0.0:
        return 1.0 if mean == 0.0 else 0.0
    return float(2.0 * stdtr(pairs - 1, -abs(mean) / error))


def detectable(error: float, pairs: float) -> float:
    """Return the smallest true difference that a two-sided paired t test at 5 % detects with 80 % power.

    It takes the observed spread and the noncentral t distribution, and leaves out the chance of a difference in the
    wrong direction (below 1e-6).
    """
    if pairs < 2:
        return float("nan")
    critical = stdtrit(pairs - 1, 0.5 + CONFIDENCE / 2)
    return float(nctdtrinc(pairs - 1, 1.0 - POWER, critical)) * error


def holm(p_values: ArrayLike) -> Floats:
    """Return p values corrected for the number of comparisons (Holm 1979): any false alarm has a chance of 5 % at most.

    NaN stays NaN and does not count as a comparison.
    """
    adjusted = np.array(p_values, np.float64)
    order = np.argsort(adjusted)[: np.count_nonzero(~np.isnan(adjusted))]  # NaN comes last
    times = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(adjusted[order] * times))
    return adjusted


def verdict(result: Contrast, p_adjusted: float, better: Better) -> str:
    """Return the verdict of a comparison at 5 %, corrected for the number of comparisons."""
    if result.identical:
        return "no difference"
    if not p_adjusted <= 1.0 - CONFIDENCE:  # NaN is not evidence either
        return "can't tell"
    rises = result.difference > 0.0
    if better == "neither":
        return "higher" if rises else "lower"
    return "better" if rises == (better == "more") else "worse"


def _known(values: Floats) -> Floats:
    return values[~np.isnan(values)]
