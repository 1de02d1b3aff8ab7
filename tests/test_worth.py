"""Worth: the sum of what a visit gave and cost, who supplied it, and why somebody goes who got too little."""

import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.world import events
from sim.world.compiled import plainly
from sim.world.mechanisms import leaving
from sim.world.mechanisms import worth as worth_file
from sim.world.mechanisms.worth import CELLS, COSTS, CREDIT, FIRST_CELL, HOSTS_CELLS, TROUBLE, Parameters
from sim.world.state import MOTIVES, PARTS

worth, going = plainly(worth_file), plainly(leaving)
P = Parameters()
ALL_AT_ONCE = P._replace(weight=1.0)  # experience is the last visit of a whole day, so that bookings can be read

AMOUNTS = st.floats(0, 5)
PLATES = st.lists(AMOUNTS, min_size=len(CELLS), max_size=len(CELLS))
PRICES = st.tuples(*[st.floats(0, 2)] * len(COSTS))
WEIGHTS = st.lists(st.floats(0.01, 1), min_size=len(MOTIVES), max_size=len(MOTIVES))
FITS = st.floats(0.05, 5)


def somebody(weights: list[float], trust: float = 0.5) -> Any:
    """Return a person whose motives are shares in proportion to `weights`, at the end of the day's attention."""
    motives = {motive: weight / sum(weights) for motive, weight in zip(MOTIVES, weights, strict=True)}
    return SimpleNamespace(**motives, trust=trust, attention=20.0, minutes_left=0.0)


def member(fit: float = 1.0, p: Parameters = P) -> Any:
    """Return a member who has just joined and has been nowhere yet."""
    held = [math.nan] * PARTS
    worth.begin(held, p)
    nothing = dict.fromkeys(("questions", "talks", "answers", "visits", "contacts", "praise_peers", "praise_host",
                             "lately", "fatigue"), 0.0)  # fmt: skip
    return SimpleNamespace(held=held, fit=fit, interest=0.0, **nothing)


def cells_of(motive: int) -> range:
    """Return the places on the plate that feed a motive."""
    return range(FIRST_CELL[motive], FIRST_CELL[motive + 1])


def satisfied(plate: list[float], person: Any, fit: float, motive: int) -> float:
    """Return what a motive brings by the equation in the file's docstring."""
    met = sum(plate[cell] for cell in cells_of(motive))
    return P.worth * fit * getattr(person, MOTIVES[motive]) * (1.0 - math.exp(-2.0 * met))


@given(PLATES, PRICES, WEIGHTS, FITS)
def test_the_worth_of_a_visit_is_the_sum_of_the_docstring(
    plate: list[float], costs: tuple[float, ...], weights: list[float], fit: float
) -> None:
    person = somebody(weights)
    expected = sum(satisfied(plate, person, fit, m) for m in range(len(MOTIVES))) - sum(costs)
    assert worth.weigh(list(plate), person, member(fit), costs, P) == pytest.approx(expected, abs=1e-9)


@given(PLATES, PRICES, WEIGHTS, FITS)
def test_what_a_motive_brings_is_booked_to_its_suppliers_in_proportion(
    plate: list[float], costs: tuple[float, ...], weights: list[float], fit: float
) -> None:
    person, someone = somebody(weights), member(fit)
    total = worth.weigh(list(plate), person, someone, costs, ALL_AT_ONCE)
    for motive in range(len(MOTIVES)):
        booked = [someone.held[cell] for cell in cells_of(motive)]
        assert sum(booked) == pytest.approx(satisfied(plate, person, fit, motive), abs=1e-9)
        for one in cells_of(motive):
            for other in cells_of(motive):
                shares = someone.held[one] * plate[other], someone.held[other] * plate[one]
                assert shares[0] == pytest.approx(shares[1], abs=1e-9)
    assert someone.held[TROUBLE:] == pytest.approx([-cost for cost in costs])
    assert worth.experience(someone.held) == pytest.approx(total, abs=1e-9)


@given(st.lists(st.tuples(PLATES, PRICES), max_size=8), WEIGHTS, FITS)
def test_experience_is_a_mean_over_visits_that_begins_with_the_hope(
    visits: list[tuple[list[float], tuple[float, ...]]], weights: list[float], fit: float
) -> None:
    person, someone, mean = somebody(weights), member(fit), P.aspiration
    assert worth.experience(someone.held) == someone.held[CREDIT] == P.aspiration
    for plate, costs in visits:
        mean += P.weight * (worth.weigh(list(plate), person, someone, costs, P) - mean)
        assert worth.experience(someone.held) == pytest.approx(mean, abs=1e-9)
    assert someone.held[CREDIT] == pytest.approx(P.aspiration * (1 - P.weight) ** len(visits))


@given(PLATES, PRICES, WEIGHTS, st.floats(0, 20))
def test_a_glance_weighs_less_than_a_visit_that_took_the_whole_attention(
    plate: list[float], costs: tuple[float, ...], weights: list[float], left: float
) -> None:
    person, someone = somebody(weights), member()
    person.minutes_left = left
    gain = worth.weigh(plate, person, someone, costs, P) - P.aspiration
    counts = P.glance + (1 - P.glance) * (1 - left / 20)
    assert worth.experience(someone.held) == pytest.approx(P.aspiration + P.weight * counts * gain, abs=1e-9)


@given(PRICES, WEIGHTS, FITS, st.floats(0, 1))
def test_an_empty_room_gives_nothing_and_costs_what_it_costs(
    costs: tuple[float, ...], weights: list[float], fit: float, trust: float
) -> None:
    """Nobody is there, nobody is at work, nothing was answered: however well it would suit its visitor."""
    deserted = SimpleNamespace(mission=1.0, visitors_pulse=0.0, exec_stock=1.0, executive=0.0, tone=1.0, response=1.0,
                               promo=1.0, host_on=0.0)  # fmt: skip
    plate, person, someone = [0.0] * len(CELLS), somebody(weights, trust), member(fit)
    worth.fill_plate(plate, someone, deserted, 0.0, P)
    assert plate == [0.0] * len(CELLS)
    assert worth.weigh(plate, person, someone, costs, P) == pytest.approx(-sum(costs), abs=1e-12)
    assert all(someone.held[cell] == 0.0 for cell in range(len(CELLS)))


@given(st.floats(0, 1), st.floats(0, 3))
def test_a_host_is_believed_where_it_is_trusted_or_where_trust_has_no_effect(trust: float, heed: float) -> None:
    p = P._replace(heed=heed)
    if trust >= 0.5 or heed == 0.0:
        assert worth.credence(trust, p) == 1.0
    else:
        assert worth.credence(trust, p) == pytest.approx(max(1e-9, 2.0 * trust) ** heed)


@given(PLATES, WEIGHTS, st.floats(0.01, 0.49))
def test_distrust_takes_from_what_the_host_supplies_and_from_nothing_else(
    plate: list[float], weights: list[float], trust: float
) -> None:
    doubted = [amount * worth.credence(trust, P) if k in HOSTS_CELLS else amount for k, amount in enumerate(plate)]
    free = (0.0,) * len(COSTS)
    sceptic, other = member(), member()
    given_less = worth.weigh(list(plate), somebody(weights, trust), sceptic, free, P)
    assert given_less == worth.weigh(doubted, somebody(weights), other, free, P)
    assert sceptic.held == other.held


SURELY = st.floats(0, 0.999999)


@pytest.mark.parametrize("motive", range(len(MOTIVES)))
@given(SURELY, WEIGHTS, FITS)
def test_who_goes_goes_for_the_only_thing_that_was_missing(
    motive: int, u: float, weights: list[float], fit: float
) -> None:
    person, someone = somebody(weights), member(fit)
    for other in range(len(MOTIVES)):
        full = P.worth * fit * getattr(person, MOTIVES[other])
        for cell in cells_of(other):
            someone.held[cell] = 0.0 if other == motive else full
    assert going.cause_of_going(u, person, someone, P) == events.CAUSES.index(MOTIVES[motive])


@pytest.mark.parametrize("cost", range(len(COSTS)))
@given(SURELY, WEIGHTS, st.floats(0.001, 2))
def test_who_lacks_nothing_goes_for_the_only_thing_that_was_too_much(
    cost: int, u: float, weights: list[float], price: float
) -> None:
    person, someone = somebody(weights), member()
    someone.held[:CREDIT] = [P.worth] * CREDIT
    someone.held[TROUBLE + cost] = -price
    assert events.CAUSES[going.cause_of_going(u, person, someone, P)] == ("trouble", "ads", "unmet", "broadcast")[cost]


def test_nobody_leaves_whose_visits_give_what_they_hoped_for() -> None:
    p, person, someone = leaving.Parameters(), somebody([1.0] * len(MOTIVES)), member()
    someone.belonging = someone.identity = 0.0
    assert going.hazard_of_leaving(person, someone, p, P) == 0.0
    someone.held[CREDIT] -= 0.5
    assert going.hazard_of_leaving(person, someone, p, P) == pytest.approx(p.dull * 0.5)
