"""What a sweep shows, in words computed from its runs. Nothing that chance could explain is called an effect."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from sim.lab.runs.statistics import CONFIDENCE, Floats, contrast, holm
from sim.show.results import measure
from sim.show.sweeps.results import Course, SweepResults, known_means, level_word, value_word
from sim.show.words import MOST_CLAUSES, amount, listed

ALPHA = 1 - CONFIDENCE
Told = tuple[str, int, int]  # factor, end (0 or -1), level
ONE_RUN = "with one run per point, chance and effects cannot be separated"


def courses(results: SweepResults, metric: str, by_factor: Mapping[str, Course]) -> list[str]:
    """Say for each factor what the metric does along it. What is unclear comes last.

    Of a number, each level is compared with the first and the last; of words, the highest with the lowest. Verdicts
    are corrected for all these comparisons together (Holm).
    """
    told = told_levels(results, by_factor)
    sure = [factor for factor in by_factor if any(key[0] == factor for key in told)]
    rest = [factor for factor in by_factor if factor not in sure]
    make = {factor: along if results.numeric(factor) else among for factor in by_factor}
    said = [make[factor](metric, factor, by_factor[factor], told) for factor in sure]
    if len(by_factor) == 1:
        return said or [unsure(metric, rest[0], by_factor[rest[0]])]
    return [*first_few(said), *effects_unclear(rest)]


def first_few(clauses: Sequence[str]) -> list[str]:
    """Return the first clauses, and how many more there are."""
    rest = len(clauses) - MOST_CLAUSES
    return [*clauses[:MOST_CLAUSES], *([f"and {rest} more"] if rest > 0 else [])]


def effects_unclear(factors: Sequence[str]) -> list[str]:
    """Say that the effects of some factors are unclear, by name where they are few."""
    if len(factors) > 2:
        return [f"the effects of {len(factors)} factors are unclear"]
    s, verb = ("", "is") if len(factors) == 1 else ("s", "are")
    return [f"the effect{s} of {listed(factors)} {verb} unclear"] if factors else []


def told_levels(results: SweepResults, by_factor: Mapping[str, Course]) -> set[Told]:
    """Return which levels clearly differ from the first (0) or the last (-1) level of their factor."""
    p_values = {
        (factor, *pair): contrast(course.values[pair[0]], course.values[pair[1]], "neither").p * looks
        for factor, course in by_factor.items()
        for pair, looks in (against_ends(course) if results.numeric(factor) else picked_out(course))
    }
    adjusted = holm(list(p_values.values()))
    return {key for key, p in zip(p_values, adjusted, strict=True) if p <= ALPHA}


def against_ends(course: Course) -> list[tuple[tuple[int, int], int]]:
    """Return each level paired with the first and with the last; each pair is one comparison."""
    last = len(course.levels) - 1
    pairs = [(end, place) for end in (0, -1) for place in range(last + 1) if place != end % (last + 1)]
    return [(pair, 1) for pair in pairs if pair != (-1, 0)]


def picked_out(course: Course) -> list[tuple[tuple[int, int], int]]:
    """Return the highest and the lowest level, and how many pairs they were picked out of."""
    means, count = known_means(course.values), len(course.levels)
    if not np.isfinite(means).any():
        return []
    return [((int(np.nanargmax(means)), int(np.nanargmin(means))), count * (count - 1) // 2)]


def along(metric: str, factor: str, course: Course, told: set[Told]) -> str:
    """Say how the metric goes from a number's first level to its last, and where it turns."""
    means, last = known_means(course.values), len(course.levels) - 1
    first, end = (value_word(metric, means[i]) for i in (0, last))
    way = f"{factor} goes from {level_word(course.levels[0])} to {level_word(course.levels[-1])}"
    changes = (factor, 0, last) in told
    said = f"{'rises' if means[last] > means[0] else 'falls'} from {first} to {end} as {way}"
    said = said if changes else f"no clear difference between {first} and {end} as {way}"
    for word, place in (("highest", int(np.nanargmax(means))), ("lowest", int(np.nanargmin(means)))):
        if (factor, 0, place) in told and (factor, -1, place) in told:
            return f"{said}, {word} at {level_word(course.levels[place])} ({value_word(metric, means[place])})"
    return said


def among(metric: str, factor: str, course: Course, told: set[Told]) -> str:
    """Name the words with the highest and the lowest mean."""
    means = known_means(course.values)
    ends = (("highest", int(np.nanargmax(means))), ("lowest", int(np.nanargmin(means))))
    return ", ".join(f"{word} with {factor}={course.levels[i]} ({value_word(metric, means[i])})" for word, i in ends)


def unsure(metric: str, factor: str, course: Course) -> str:
    """Say that a factor's effect is unclear, and what could have been detected."""
    means = known_means(course.values)
    if not np.isfinite(means[[0, -1]]).all():
        return f"undefined at an end of {factor}"
    ends, levels = [value_word(metric, means[i]) for i in (0, -1)], [level_word(course.levels[i]) for i in (0, -1)]
    result = contrast(course.values[0], course.values[-1], "neither")
    if result.identical:
        return f"{factor} from {levels[0]} to {levels[1]} makes no difference ({ends[0]} at both ends)"
    least = result.detectable
    seen = amount(least, measure(metric).unit, True).replace("+", "")
    could = f"; detectable with 80 % power: {seen}" if np.isfinite(least) else ""
    return f"the effect of {factor} from {levels[0]} to {levels[1]} is unclear ({ends[0]} and {ends[1]}{could})"


def interaction(metric: str, first: str, second: str, corners: Floats) -> str:
    """Say whether the first factor's effect depends on the second; `corners` is (2, 2, replicates), ends by ends."""
    low, high = corners[1, 0] - corners[0, 0], corners[1, 1] - corners[0, 1]
    result = contrast(low, high, "neither")
    if not result.p <= ALPHA:
        return ""
    unit = measure(metric).unit
    effects = [amount(float(np.nanmean(effect)), unit, True) for effect in (low, high)]
    return f"{first} changes it by {effects[0]} at the lowest {second} and by {effects[1]} at the highest"


def trends(results: SweepResults, metric: str, factors: Sequence[str]) -> str:
    """Say with which factors the metric rises or falls over points that fill the space (rank correlation, Holm)."""
    drawn = independent(results)
    means = results.means(metric)[drawn]
    known = np.isfinite(means)
    if known.any() and np.ptp(means[known]) == 0.0:
        return "the same at every point"
    found = [rank_correlation(results.points[factor].to_numpy(float)[drawn][known], means[known]) for factor in factors]
    sure = holm([p for _, p in found]) <= ALPHA
    ranked = sorted(range(len(factors)), key=lambda i: -abs(found[i][0]) if sure[i] else 0.0)
    told = [f"{'rises' if found[i][0] > 0 else 'falls'} with {factors[i]}" for i in ranked if sure[i]]
    rest = [factors[i] for i in ranked if not sure[i]]
    return listed([*first_few(told), *effects_unclear(rest)])


def rank_correlation(x: Floats, y: Floats) -> tuple[float, float]:
    """Return Spearman's rank correlation and its p value: 0 and 1 where one of the two never changes."""
    if len(y) < 3 or np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        return 0.0, 1.0
    found = spearmanr(x, y)
    return float(found.statistic), float(found.pvalue)


def independent(results: SweepResults) -> NDArray[np.bool_]:
    """Return which points were drawn independently: of a saltelli design the first and last of each block."""
    count, factors = len(results.points), len(results.sweep.factors)
    second = bool(results.sweep.design.options.get("second_order"))
    step = (2 * factors if second else factors) + 2
    if results.sweep.kind != "saltelli" or count % step:
        return np.ones(count, bool)
    return np.isin(np.arange(count) % step, (0, step - 1))


def extremes(results: SweepResults, metric: str) -> str:
    """Name the points with the highest and the lowest mean, and whether chance alone could spread them so far."""
    means = results.means(metric)
    if not np.isfinite(means).any():
        return "undefined"
    if np.nanmax(means) == np.nanmin(means):
        return f"{value_word(metric, float(np.nanmax(means)))} at every point where it is defined"
    ends = (("highest", int(np.nanargmax(means))), ("lowest", int(np.nanargmin(means))))
    said = ", ".join(f"{word} at {where(results, i)} ({value_word(metric, means[i])})" for word, i in ends)
    if results.runs < 2:
        return f"{said}; {ONE_RUN}"
    return said if range_p(results.values(metric)) <= ALPHA else f"{said}; chance alone could explain the gap"


def range_p(values: Floats) -> float:
    """Return how often means of points lie as far apart as here if no factor has an effect (exact permutation test).

    Then a seed's runs differ between points by chance alone, so they are shuffled over the points, seed by seed. The
    test is of the range itself, so it accounts for the choice of the highest and the lowest.
    """
    whole = values[~np.isnan(values).any(axis=1)]
    if len(whole) < 2:
        return 1.0
    times = int(np.clip(5e6 / whole.size, 99, 999))
    chance, found = np.random.default_rng(1), np.ptp(whole.mean(axis=1))
    reached = sum(np.ptp(chance.permuted(whole, axis=0).mean(axis=1)) >= found * (1 - 1e-12) for _ in range(times))
    return float((1 + reached) / (1 + times))


def where(results: SweepResults, point: int) -> str:
    """Return a point's settings in words."""
    return ", ".join(f"{factor}={level_word(results.points[factor].iloc[point])}" for factor in results.factors)
