"""What a place takes of its members, and how they take it: a price, data, an agenda, and ads that have to grow."""

from typing import Any

import numpy as np
import pytest
from books import check_books, check_levels
from worlds import differences, flow, settings, setup, small_world

from sim.world import tally
from sim.world.mechanisms import dealings
from sim.world.mechanisms.accounts import QUARTER
from sim.world.parameters import values
from sim.world.state import DORMANT, MEMBER
from sim.world.world import World

P = values(dealings.Parameters)
STAY = {"leaving.dull": 0.2, "visit.base": 0.1}  # many visits by people who stay
NOTHING_FELT = {"dealings.minutes_per_ask": 0, "dealings.trust_unfair": 0}
ALL = {"venue.price": 3, "venue.recording": 0.6, "host.agenda": 1.5, "host.disclosed": 0.5, "host.necessity": 0.4,
       "host.ratchet": 0.8, "venue.ad_load": 3}  # fmt: skip


def lived(days: int = 120, numbers: dict[str, float] | None = None, **levers: Any) -> World:
    return small_world(days=days, numbers=STAY | (numbers or {}), **levers)


def payers(world: World) -> np.ndarray:
    return np.asarray(world.standings["pays"][0])


# -- Null ------------------------------------------------------------------------------------------------------------


def test_where_nothing_is_taken_no_number_of_it_matters() -> None:
    numbers = {f"dealings.{name}": dealings.Parameters._field_defaults[name].high for name in P._fields}
    pair = lived(60), lived(60, numbers, **{"host.disclosed": 0.7, "host.necessity": 0.7})
    assert differences(*pair) == []
    assert flow(pair[0], "visits") > 100


@pytest.mark.parametrize(("levers", "numbers"), [
    ({"host.disclosed": 1, "host.necessity": 1}, {"dealings.forgives": 1}),  # a reason that all accept
    ({"host.disclosed": 0}, {"dealings.detects": 0}),  # an agenda that nobody finds out
])  # fmt: skip
def test_asks_that_nobody_holds_against_the_host_change_nothing_but_their_number(
    levers: dict[str, Any], numbers: dict[str, float]
) -> None:
    pair = lived(60), lived(60, NOTHING_FELT | numbers, **{"host.agenda": 2}, **levers)
    assert differences(*pair, but=("0.tally.asks", "0.standings.grasped")) == []
    assert flow(pair[1], "asks") == 2 * flow(pair[1], "visits")


def test_data_that_nobody_minds_bring_money_by_the_visit_and_change_nothing_else() -> None:
    free, sold = lived(60), lived(60, {"dealings.trust_data": 0, "dealings.of_data": 0}, **{"venue.recording": 0.5})
    assert differences(free, sold, but=("0.tally.data_revenue", "0.now.recording")) == []
    assert flow(sold, "data_revenue") == pytest.approx(flow(sold, "visits") * 0.5 * P.data_price)


# -- Price -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gives", [0.5, 2.0, 6.0])
def test_half_of_the_people_pay_what_a_place_is_worth_to_them(gives: float) -> None:
    """Limit: the log-logistic curve at its median, for an average passion and no outside option."""
    assert dealings.p_pays(gives, 1.0, 0.0, P.value * gives, P) == pytest.approx(0.5)


def test_nobody_pays_for_what_gives_nothing_and_everybody_for_what_costs_next_to_nothing() -> None:
    assert dealings.p_pays(0.0, 1.0, 0.0, 1e-6, P) == 0.0 == dealings.p_pays(-2.0, 1.0, 0.0, 1e-6, P)
    assert dealings.p_pays(2.0, 1.0, 0.0, 1e-9, P) == pytest.approx(1.0)


def test_a_place_that_nobody_would_pay_for_stays_empty() -> None:
    world = lived(60, {"dealings.value": 0}, **{"venue.price": 5})
    assert world.venues[0].now.members == 0 == flow(world, "visits")


def test_who_does_not_pay_is_kept_out_and_comes_again_once_it_is_free() -> None:
    chosen = settings(days=150, numbers=STAY)
    world = World(chosen, 1).run(until=60)
    world.change(chosen._replace(setups=(setup(**{"venue.launch": 1.0, "venue.marketing": 0.02, "venue.price": 6}),)))
    barred_visits = 0
    for _ in range(60):
        barred = world.standings["barred"][0].copy()
        world.step()
        came = np.zeros(len(barred), bool)
        came[world.venues[0].visitors] = True
        newcomers = world.memberships["joined"][0] == world.day - 1
        barred_visits += int((came & barred & ~newcomers).sum())
    inside = np.isin(world.memberships["status"][0], (MEMBER, DORMANT))
    assert barred_visits == 0 < flow(world, "priced_out")
    assert (payers(world) ^ world.standings["barred"][0])[inside].all(), "everybody has had a first bill"
    left_before = ~inside & (world.memberships["left"][0] != world.day - 1)
    assert not payers(world)[left_before].any()
    out = np.flatnonzero(inside & world.standings["barred"][0])
    before = world.memberships["visits"][0][out].sum()
    world.change(chosen)
    world.run()
    assert world.memberships["visits"][0][out].sum() > before
    check_levels(world)
    check_books(world)


def test_fees_are_the_price_times_the_months_paid_and_count_as_profit() -> None:
    world = lived(100, **{"venue.price": 3, "venue.recording": 1})
    months = flow(world, "fees") / 3.0
    assert months == int(months) > payers(world).sum() > 0
    found = world.outcomes()
    others = flow(world, "fees") + flow(world, "data_revenue")
    assert found["other_revenue"] == pytest.approx(others)
    spent = found["tickets"] * world.settings.product.ticket_cost + found["community_cost"]
    assert found["profit"] == pytest.approx(found["margin"] + found["ad_revenue"] + others - spent)
    in_sheet = {row["event"]: row["money_in"] for row in world.ledger()}
    assert in_sheet["fees for being inside"] == flow(world, "fees")


def test_a_higher_price_is_paid_by_fewer_and_so_are_better_options_outside() -> None:
    cheap, dear = (lived(**{"venue.price": price}) for price in (1, 12))
    assert payers(cheap).sum() > payers(dear).sum()
    world = World(settings(days=120, numbers=STAY | {"dealings.outside": 1}, **{"venue.price": 3}), 1)
    half = np.arange(len(world.people)) % 2 == 0
    world.people["elsewhere"] = np.where(half, 0.9, 0.0)
    world.run()
    assert payers(world)[half].sum() < 0.5 * payers(world)[~half].sum()


def test_those_who_pay_come_more_often_for_it_and_not_where_paying_commits_to_nothing() -> None:
    none, some = (lived(numbers={"dealings.commits": level}, **{"venue.price": 2}) for level in (0.0, 0.3))
    assert flow(some, "visits") > 1.1 * flow(none, "visits")


# -- Agenda and fairness ---------------------------------------------------------------------------------------------


def test_whether_hiding_an_agenda_costs_more_trust_than_telling_it_depends_on_being_found_out() -> None:
    told = lived(**{"host.agenda": 2, "host.disclosed": 1}).people["trust"].mean()
    hidden, found = (lived(numbers={"dealings.detects": level}, **{"host.agenda": 2}).people["trust"].mean()
                     for level in (0.0, 2.0))  # fmt: skip
    assert found < told < hidden


def test_a_reason_that_wins_trust_can_make_asking_pay() -> None:
    """Beyond full forgiveness the sign turns: the rule can do both."""
    quiet = lived().people["trust"].mean()
    asked = lived(numbers={"dealings.forgives": 2, "dealings.trust_unfair": 0},
                  **{"host.agenda": 1, "host.disclosed": 1, "host.necessity": 1}).people["trust"].mean()  # fmt: skip
    assert asked > quiet


def test_asks_take_minutes() -> None:
    quiet, asked = lived(60), lived(60, {"dealings.trust_asked": 0}, **{"host.agenda": 5, "host.disclosed": 1})
    assert flow(asked, "met") < flow(quiet, "met")


def test_a_fair_share_is_given_gladly_and_more_costs_trust() -> None:
    assert dealings.lost_unfairly(1.0, 1.0 / P.fair, P) == 0.0 < dealings.lost_unfairly(1.0, 0.0, P)
    takes = {"venue.recording": 1, "host.agenda": 2, "host.disclosed": 1}
    quiet = {"dealings.trust_asked": 0, "dealings.trust_data": 0}
    fair, unfair = (lived(numbers=quiet | {"dealings.fair": level}, **takes) for level in (10.0, 0.0))
    assert unfair.people["trust"].mean() < fair.people["trust"].mean()
    grasped = unfair.standings["grasped"][0]
    assert 0 < grasped.max() <= 3.0, "never more than a visit takes: two asks, and one for the data"


# -- Ratchet ---------------------------------------------------------------------------------------------------------


def test_a_target_that_is_met_raises_nothing_and_one_that_is_missed_by_a_tenth_raises_a_tenth() -> None:
    """Limit: a revenue in proportion to the load would meet the target with what is added."""
    assert dealings.raised(4.0, 110.1, 100.0, 0.1, P) == 0.0
    assert dealings.raised(4.0, 100.0, 100.0, 0.1, P) == pytest.approx(0.4)
    assert dealings.raised(4.0, 0.0, 100.0, 0.1, P) == 4.0 * P.most_raised
    assert dealings.raised(19.9, 1.0, 100.0, 0.1, P) == pytest.approx(0.1)


def test_ads_rise_by_the_quarter_from_the_third_on_and_never_where_there_are_none() -> None:
    levers = {"host.ratchet": 1, "venue.ad_load": 2}
    world = World(settings(days=4 * QUARTER + 2, numbers=STAY, **levers), 1)
    loads = []
    while world.day < world.settings.days:
        world.step()
        loads.append(float(world.venues[0].now.ad_load))
    assert set(loads[: 2 * QUARTER]) == {2.0}
    steps = np.flatnonzero(np.diff(loads) > 0) + 1
    assert len(steps) >= 1
    assert (steps % QUARTER == 0).all()
    assert np.diff(loads).min() >= 0
    none = small_world(days=4 * QUARTER, **{"host.ratchet": 1, "venue.ad_load": 0})
    off = small_world(days=4 * QUARTER, **{"venue.ad_load": 2})
    assert none.venues[0].now.raised_ads == 0.0 == off.venues[0].now.raised_ads


def test_raised_ads_outlast_a_change_of_other_levers_and_the_host_itself() -> None:
    chosen = settings(days=4 * QUARTER, numbers=STAY, **{"host.ratchet": 1, "venue.ad_load": 2})
    world = World(chosen, 1).run(until=3 * QUARTER + 1)
    raised = float(world.venues[0].now.raised_ads)
    world.change(chosen)
    world.silence_hosts()
    world.run()
    assert world.venues[0].now.ad_load == 2.0 + raised > 2.0


# -- Ranges ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", P._fields)
def test_every_number_in_its_range_keeps_the_world_valid(name: str) -> None:
    number = dealings.Parameters._field_defaults[name]
    for level in (number.low, number.high):
        world = small_world(people=120, days=100, numbers=STAY | {f"dealings.{name}": level}, **ALL)
        check_levels(world)
        assert np.isfinite(world.standings["grasped"]).all()
        assert np.isfinite(world.venues[0].tally[[tally.FEES, tally.DATA_REVENUE, tally.ASKS]]).all()
