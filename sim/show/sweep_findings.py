"""What a sweep shows, in words computed from its runs. Nothing is called an effect that chance could have made."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from sim.lab.statistics import CONFIDENCE, Floats, contrast, holm
from sim.show.results import measure
from sim.show.sweep_results import Course, SweepResults, level_word, value_word
from sim.show.words import CANT_TELL, MOST_CLAUSES, amount, listed

ALPHA = 1 - CONFIDENCE
ONE_RUN = "one run a point, so chance can't be told from effect"
TWO = "can't tell the two apart"


def courses(metric: str, by_factor: Mapping[str, Course]) -> list[str]:
    """Say for each factor how the metric goes from its first level to its last, and where it turns.

    All comparisons together are one family (Holm): each level with the first, and with the last.
    """
    p_values = {
        (factor, end, place): contrast(course.values[end], course.values[place], "neither").p
        for factor, course in by_factor.items()
        for end in (0, -1)
        for place in range(len(course.levels))
        if place != end % len(course.levels) and (end == 0 or place > 0)
    }
    adjusted = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    told = {key for key, p in adjusted.items() if p <= ALPHA}
    return [_course(metric, factor, course, told) for factor, course in by_factor.items()]


def _course(metric: str, factor: str, course: Course, told: set[tuple[str, int, int]]) -> str:
    means, last = course.values.mean(axis=1) if course.left_out else nanmeans(course.values), len(course.levels) - 1
    if not np.isfinite(means).any():
        return f"no value by {factor}"
    first, end = (value_word(metric, means[i]) for i in (0, last))
    way = f"{factor} goes from {level_word(course.levels[0])} to {level_word(course.levels[-1])}"
    if (factor, 0, last) in told:
        said = f"{'rises' if means[last] > means[0] else 'falls'} from {first} to {end} as {way}"
    else:
        seen = contrast(course.values[0], course.values[-1], "neither").detectable
        could = f", could have seen {amount(seen, measure(metric).unit, True).lstrip('+')}" if np.isfinite(seen) else ""
        said = f"{CANT_TELL} whether it changes as {way} ({first} and {end}{could})"
    return said + _turn(metric, factor, course, means, told)


def _turn(metric: str, factor: str, course: Course, means: Floats, told: set[tuple[str, int, int]]) -> str:
    """Name a level between the ends that stands out from both."""
    for word, place in (("highest", int(np.nanargmax(means))), ("lowest", int(np.nanargmin(means)))):
        if (factor, 0, place) in told and (factor, -1, place) in told:
            return f", {word} at {level_word(course.levels[place])} ({value_word(metric, means[place])})"
    return ""


def interaction(metric: str, first: str, second: str, corners: Floats) -> str:
    """Say whether the first factor's effect depends on the second; `corners` is (2, 2, replicates), ends by ends."""
    low, high = corners[1, 0] - corners[0, 0], corners[1, 1] - corners[0, 1]
    result = contrast(low, high, "neither")
    if not result.p <= ALPHA:
        return ""
    unit = measure(metric).unit
    effects = [amount(float(np.nanmean(effect)), unit, True) for effect in (low, high)]
    return f"{first} moves it by {effects[0]} at the lowest {second} and by {effects[1]} at the highest"


def trends(results: SweepResults, metric: str, factors: Sequence[str]) -> str:
    """Say with which factors the metric rises or falls over points that fill the space (rank correlation, Holm)."""
    independent = apart(results)
    means = results.means(metric)[independent]
    known = np.isfinite(means)
    found = [spearmanr(results.points[factor].to_numpy(float)[independent][known], means[known]) for factor in factors]
    sure = holm([result.pvalue for result in found]) <= ALPHA
    ranked = sorted(range(len(factors)), key=lambda i: -abs(found[i].statistic) if sure[i] else 0.0)
    told = [f"{'rises' if found[i].statistic > 0 else 'falls'} with {factors[i]}" for i in ranked if sure[i]]
    rest = [factors[i] for i in ranked if not sure[i]]
    clauses = told[:MOST_CLAUSES] + ([f"and {len(told) - MOST_CLAUSES} more"] if len(told) > MOST_CLAUSES else [])
    if rest:
        clauses.append(f"{CANT_TELL} on {listed(rest, 'or') if len(rest) <= 2 else f'{len(rest)} factors'}")
    return ", ".join(clauses)


def apart(results: SweepResults) -> NDArray[np.bool_]:
    """Return which points were drawn independently: of a saltelli design the first and last of each block."""
    count, factors = len(results.points), len(results.sweep.factors)
    second = bool(results.sweep.design.options.get("second_order"))
    step = (2 * factors if second else factors) + 2
    if results.sweep.kind != "saltelli" or count % step:
        return np.ones(count, bool)
    return np.isin(np.arange(count) % step, (0, step - 1))


def extremes(results: SweepResults, metric: str) -> str:
    """Name the points with the highest and the lowest mean, and whether they can be told apart."""
    means, values = results.means(metric), results.values(metric)
    if not np.isfinite(means).any():
        return "no value"
    high, low = int(np.nanargmax(means)), int(np.nanargmin(means))
    pairs = len(means) * (len(means) - 1) / 2  # the two were picked out of all
    sure = contrast(values[low], values[high], "neither").p * pairs <= ALPHA
    said = [f"{word} at {where(results, i)} ({value_word(metric, means[i])})"
            for word, i in (("highest", high), ("lowest", low))]  # fmt: skip
    return ", ".join(said) + ("" if sure else f"; {ONE_RUN if results.runs < 2 else TWO}")


def where(results: SweepResults, point: int) -> str:
    """Return a point's settings in words."""
    return ", ".join(f"{factor}={level_word(results.points[factor].iloc[point])}" for factor in results.factors)


def nanmeans(values: Floats) -> Floats:
    """Return the mean of each row over what is known."""
    known = np.sum(~np.isnan(values), axis=1)
    return np.asarray(np.nansum(values, axis=1) / np.where(known > 0, known, np.nan))
