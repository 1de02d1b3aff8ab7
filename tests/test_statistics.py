"""Intervals, differences, verdicts: against closed forms, and against what they promise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit
from statsmodels.stats.power import TTestPower

from sim.lab.runs.statistics import (
    Contrast,
    contrast,
    detectable,
    estimate,
    holm,
    margin,
    share_interval,
    t_interval,
    verdict,
)

finite = st.floats(-1e6, 1e6)


def paired(differences: list[float], better: str = "more") -> Contrast:
    base = np.zeros(len(differences))
    return contrast(base, base + np.asarray(differences), better)  # type: ignore[arg-type]


def test_an_interval_is_that_of_the_textbook() -> None:
    # 1..5 has mean 3 and sd sqrt(5/2); t(0.975, 4) = 2.776445, so the half width is 2.776445 sqrt(5/2) / sqrt(5).
    found = estimate([1, 2, 3, 4, 5])
    assert (found.mean, found.runs) == (3.0, 5)
    assert found.high - found.mean == pytest.approx(2.776445 * math.sqrt(0.5), rel=1e-6)
    assert found.mean - found.low == pytest.approx(found.high - found.mean)


def test_a_run_without_the_outcome_is_left_out_and_counted_out() -> None:
    assert estimate([1.0, float("nan"), 3.0]).runs == 2
    assert estimate([1.0, float("nan"), 3.0]).mean == 2.0
    assert estimate([float("nan")]).runs == 0
    assert math.isnan(estimate([float("nan")]).mean)


def test_one_run_has_a_mean_and_no_interval() -> None:
    found = estimate([7.0])
    assert found.mean == 7.0
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_what_never_happened_in_24_runs_may_still_be_possible() -> None:
    # Wilson's upper end for 0 of n is z^2 / (n + z^2).
    found = estimate(np.zeros(24), yes_or_no=True)
    assert found.low == pytest.approx(0.0, abs=1e-12)
    assert found.high == pytest.approx(1.959964**2 / (24 + 1.959964**2), rel=1e-6)


@given(st.integers(1, 500), st.floats(0.0, 1.0))
def test_the_interval_of_a_share_is_wilsons_closed_form(n: int, share: float) -> None:
    z = 1.959963984540054
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    assert np.ravel(share_interval(share, n)) == pytest.approx([middle - half, middle + half], abs=1e-12)


def test_shares_of_many_points_at_once_are_those_of_each_and_what_is_undefined_stays_so() -> None:
    low, high = share_interval([0.0, 0.5, float("nan")], [24, 8, 1])
    assert (low[1], high[1]) == pytest.approx([float(end) for end in share_interval(0.5, 8)])
    assert math.isnan(low[2])


def test_half_an_interval_is_students_quantile_times_the_error_and_undefined_for_one_run() -> None:
    assert margin([1.0, 2.0, 3.0], [5, 24, 1]) == pytest.approx(
        [stdtrit(4, 0.975), 2.0 * stdtrit(23, 0.975), math.nan], nan_ok=True
    )


def test_an_interval_ends_where_the_outcome_does() -> None:
    found = estimate([0.1, 0.9], bounds=(0.0, 1.0))
    assert (found.low, found.high) == (0.0, 1.0)
    assert estimate([0.1, 0.9]).low < 0.0


@pytest.mark.parametrize("pairs", [4, 8, 24])
@pytest.mark.parametrize(
    ("shape", "worst"),
    [
        ("normal", 0.95),
        # Base and alternative are both log-normal: each is skewed, their difference is symmetric with heavy tails.
        ("lognormal", 0.95),
        # All of the skewness is the difference's own: this is the case that t does worst.
        ("exponential", 0.88),
    ],
)
def test_the_interval_covers_the_true_difference_as_often_as_it_says(pairs: int, shape: str, worst: float) -> None:
    trials = 4000
    draw = np.random.default_rng(5)
    samples = {
        "normal": lambda: draw.normal(size=(trials, pairs)),
        "lognormal": lambda: draw.lognormal(size=(trials, pairs)) - draw.lognormal(size=(trials, pairs)),
        "exponential": lambda: draw.exponential(size=(trials, pairs)) - 1.0,
    }[shape]()
    covered = np.mean([low <= 0.0 <= high for low, high in map(t_interval, samples)])
    four_standard_errors = 4 * math.sqrt(0.05 * 0.95 / trials)
    assert covered >= worst - four_standard_errors


@pytest.mark.parametrize("pairs", [4, 8, 24])
def test_a_difference_of_the_detectable_size_is_seen_in_four_of_five_comparisons(pairs: int) -> None:
    trials = 4000
    size = detectable(1.0 / math.sqrt(pairs), pairs)
    samples = np.random.default_rng(6).normal(loc=size, size=(trials, pairs))
    seen = np.mean([low > 0.0 or high < 0.0 for low, high in map(t_interval, samples)])
    assert seen == pytest.approx(0.8, abs=4 * math.sqrt(0.8 * 0.2 / trials))


@pytest.mark.parametrize("pairs", [2, 4, 8, 24, 1000])
def test_the_detectable_difference_is_the_one_that_statsmodels_solves_for(pairs: int) -> None:
    # SciPy inverts the noncentral t distribution; statsmodels searches for the root, to about six digits.
    size = TTestPower().solve_power(nobs=pairs, alpha=0.05, power=0.8, alternative="two-sided")
    assert detectable(1.0 / math.sqrt(pairs), pairs) == pytest.approx(size, rel=1e-4)


def test_with_many_pairs_the_detectable_difference_is_that_of_the_normal_distribution() -> None:
    # z(0.975) + z(0.8) = 1.959964 + 0.841621
    assert detectable(1.0, 100_000) == pytest.approx(2.801585, rel=1e-4)


def test_no_difference_at_all_is_exactly_zero_and_said_so() -> None:
    same = paired([0.0] * 4)
    assert same[:3] == (0.0, 0.0, 0.0)
    assert (same.share_better, same.detectable, same.p) == (0.5, 0.0, 1.0)
    assert verdict(same, 1.0, "more") == "no difference"


def test_a_difference_of_rounding_alone_is_none() -> None:
    base = [18_788.3, 0.1, float("nan")]
    same = contrast(base, [18_788.3 + 1e-11, 0.1 + 0.2 - 0.2, 1.0], "more")
    assert (same.difference, same.pairs, same.identical) == (0.0, 2, True)
    assert not contrast(base, [18_788.3 + 1e-4, 0.1, 1.0], "more").identical


def test_a_pair_without_the_outcome_is_left_out() -> None:
    found = contrast([1.0, float("nan"), 1.0], [2.0, 5.0, 4.0], "more")
    assert (found.pairs, found.difference) == (2, 2.0)


def test_one_pair_tells_nothing() -> None:
    assert verdict(paired([3.0]), float("nan"), "more") == "can't tell"


def test_the_same_difference_in_every_pair_is_certain() -> None:
    found = paired([-2.0, -2.0, -2.0])
    assert (found.low, found.high, found.p) == (-2.0, -2.0, 0.0)
    assert verdict(found, found.p, "less") == "better"


@pytest.mark.parametrize(("better", "share"), [("more", 0.625), ("less", 0.375)])
def test_a_tie_counts_as_half_a_win(better: str, share: float) -> None:
    assert paired([1.0, 2.0, -1.0, 0.0], better).share_better == share


def test_without_a_better_direction_there_is_no_share_of_better_pairs() -> None:
    assert math.isnan(paired([1.0, 2.0], "neither").share_better)


@pytest.mark.parametrize(
    ("shift", "better", "word"),
    [
        (5.0, "more", "better"),
        (-5.0, "more", "worse"),
        (5.0, "less", "worse"),
        (-5.0, "less", "better"),
        (5.0, "neither", "higher"),
        (-5.0, "neither", "lower"),
        (0.01, "more", "can't tell"),
    ],
)
def test_a_verdict_says_which_way_and_for_whom(shift: float, better: str, word: str) -> None:
    found = paired([shift - 1.0, shift + 1.0, shift - 0.5, shift + 0.5], better)
    assert verdict(found, found.p, better) == word  # type: ignore[arg-type]


def test_holm_multiplies_the_smallest_p_by_the_number_of_comparisons_and_keeps_the_order() -> None:
    # By hand: 0.01 x 4, 0.02 x 3, max(0.06, 0.03 x 2), max(0.06, 0.05 x 1).
    assert holm([0.02, 0.01, 0.05, 0.03]) == pytest.approx([0.06, 0.04, 0.06, 0.06])


@given(st.lists(st.floats(0.0, 1.0), max_size=20))
def test_holms_correction_is_its_definition(p_values: list[float]) -> None:
    p = np.sort(p_values)
    stepped = np.minimum(1.0, np.maximum.accumulate(p * np.arange(p.size, 0, -1)) if p.size else p)
    assert np.sort(holm(p_values)) == pytest.approx(stepped)


def test_what_could_not_be_tested_does_not_count_as_a_comparison() -> None:
    adjusted = holm([0.01, float("nan"), 0.02])
    assert adjusted[[0, 2]] == pytest.approx([0.02, 0.02])
    assert math.isnan(adjusted[1])


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20))
def test_correcting_for_many_comparisons_never_lowers_a_p(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert (adjusted >= np.asarray(p_values)).all()
    assert (adjusted <= 1.0).all()


@given(st.lists(st.tuples(finite, finite), min_size=2, max_size=12))
def test_turning_a_comparison_round_turns_its_sign(pairs: list[tuple[float, float]]) -> None:
    base, alternative = np.asarray(pairs).T
    one, other = contrast(base, alternative, "more"), contrast(alternative, base, "more")
    assert one.difference == -other.difference
    assert (one.low, one.high) == (-other.high, -other.low)
    assert one.share_better == pytest.approx(1.0 - other.share_better)
