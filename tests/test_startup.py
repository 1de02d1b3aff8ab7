"""The young company, as claims: what keeps it alive, what it hears, and what is left when its product is gone."""

import math

import numpy as np
import pytest
from worlds import differences, flow, small_world

from sim.world import census
from sim.world.mechanisms import startup
from sim.world.parameters import values
from sim.world.state import CUSTOMER, MEMBER, NEVER

P = values(startup.Parameters)
YOUNG = {"product.runway": 1e6}
LOST = {"leaving.churn": 0.01}  # a product that customers leave


def fate(**choices: object) -> tuple[float, float, float]:
    """Return whether the company is alive, out of money, and out of morale on the last day."""
    found = small_world(**choices).outcomes()
    return found["alive"], found["broke"], found["demoralised"]


def days_until_dead(moving: float) -> float:
    """Return after how many days of so much traction morale is spent, infinite if it never is."""
    morale, day = 1.0, 0
    while morale > 0.0 and day < 10_000:
        morale, day = startup.morale_after(morale, moving, P), day + 1
    return day if morale <= 0.0 else math.inf


def test_a_company_that_needs_no_money_has_no_fate_and_its_numbers_change_nothing() -> None:
    usual = small_world(days=60)
    assert not differences(small_world(days=60, **{"product.burn": 500, "numbers": {"startup.lasts": 30}}), usual)
    assert all(math.isnan(usual.outcomes()[name]) for name in ("alive", "broke", "demoralised"))


def test_a_runway_that_never_ends_changes_nobody() -> None:
    """Null: money and morale act only when they are spent."""
    assert not differences(small_world(days=60, **YOUNG, **{"product.burn": 500}), small_world(days=60))


def test_morale_without_traction_lasts_as_long_as_it_says_and_any_fit_that_suffices_keeps_it() -> None:
    assert days_until_dead(0.0) == pytest.approx(P.lasts, abs=1)
    assert days_until_dead(startup.traction(-1.0, P.fits, P)) == math.inf
    assert 365 <= P.lasts <= 730  # essay 001: one to two years


def test_morale_is_kept_from_a_traction_on_that_follows_from_its_two_times() -> None:
    """Limit: t / heals = (1 - t) / lasts."""
    balance = P.heals / (P.heals + P.lasts)
    assert days_until_dead(balance + 0.01) == math.inf > days_until_dead(balance - 0.05) > P.lasts


def test_a_company_dies_of_money_or_of_morale_and_lives_with_enough_of_both() -> None:
    assert fate(**YOUNG) == (1.0, 0.0, 0.0)
    assert fate(**{"product.runway": 3000, "product.burn": 500}) == (0.0, 1.0, 0.0)
    assert fate(**YOUNG, numbers={"startup.lasts": 60, **LOST}) == (0.0, 0.0, 1.0)


def test_cash_is_the_runway_and_what_came_in_less_what_went_out() -> None:
    world = small_world(days=50, **YOUNG, **{"product.burn": 30, "venue.monthly_cost": 90})
    found = world.outcomes()
    assert startup.cash(world) == pytest.approx(1e6 - 50 * 30 + found["profit"])


def test_a_product_off_the_market_gives_no_needs_no_money_and_no_releases_and_its_members_may_stay() -> None:
    world = small_world(until=60, **{"product.ends": 60})
    before = {name: flow(world, name) for name in ("needs", "margin", "adoptions", "churned", "seeds", "releases")}
    there = (world.venues[0].memberships["status"] == MEMBER).sum()
    world.run()
    names = [name for name in before if flow(world, name) > before[name]]
    assert names == []
    assert (world.need_day == NEVER).all()
    assert there > 0
    assert census.active(world) > 0
    assert flow(world, "host_cost") == 60 * 3 * 40  # nobody is paid any more


def test_the_place_of_a_company_that_is_gone_takes_nothing_from_anybody() -> None:
    """Also not what a host had raised before: ads beyond the plan, a price, data."""
    world = small_world(until=60, **{"product.ends": 60, "venue.price": 1, "venue.recording": 1, "venue.ad_load": 2})
    world.venues[0].now.raised_ads = 3.0
    taken = ("ad_revenue", "fees", "data_revenue", "priced_out")
    before = {name: flow(world, name) for name in taken}
    assert before["data_revenue"] > 0
    assert {name: flow(world.run(), name) for name in taken} == before
    assert world.venues[0].now.ad_load == 0


def test_grievances_fade_also_where_there_is_no_product_left() -> None:
    world = small_world(until=60, people=300, **{"product.ends": 60})
    customers = world.people["customer"] == CUSTOMER
    world.people["grievance"][customers] = 8.0
    world.run()
    assert 0 < world.people["grievance"][customers].mean() < 8.0


def test_a_fork_before_the_end_does_not_end_the_other_world() -> None:
    trunk = small_world(until=30, **{"product.ends": 40})
    other = trunk.fork()
    trunk.run(until=50)
    assert not trunk.product.on_market
    assert other.product.on_market
    assert other.product.acted_on is not trunk.product.acted_on


def test_as_many_answers_as_the_survey_asks_for_and_half_of_the_problems_in_them() -> None:
    """Limit: 300 answers a month of customers at a fit of one half, who keep half of their problems to themselves."""
    world = small_world(people=1500, days=60, **{"product.survey": 300, "product.drift": 0, "host.listening": 0,
                                                 "product.fixes": 0}, numbers={"listening.desk": 0})  # fmt: skip
    asked = flow(world, "surveyed")
    assert asked == pytest.approx(600, abs=4 * math.sqrt(600))
    assert sum(world.product.heard) == pytest.approx(asked * 0.5 * (1 - P.polite), abs=4 * math.sqrt(asked * 0.19))


def test_more_answers_are_nearer_to_what_customers_lack() -> None:
    def far(answers: int, **more: float) -> float:
        silent = {"product.survey": answers, "host.listening": 0, "numbers": {"listening.desk": 0.0} | more}
        return float(np.mean([small_world(seed, people=800, **silent).outcomes()["misheard"] for seed in range(4)]))

    assert far(2000) < far(40)
    assert far(2000) < 0.06


def test_politeness_thins_out_what_is_heard_and_does_not_bend_it() -> None:
    """The claim that surveys mislead is not put in: with many answers they are polite, and right."""
    silent = {"product.survey": 10_000, "host.listening": 0}
    open_, shy = (
        small_world(people=800, **silent, numbers={"listening.desk": 0, "startup.polite": polite})
        for polite in (0.0, 0.8)
    )
    assert sum(shy.product.acted_on) < 0.5 * sum(open_.product.acted_on)
    assert shy.outcomes()["misheard"] < 0.05


def test_nothing_heard_is_not_misheard() -> None:
    silent = {"host.listening": 0, "host.hours": 0}
    assert math.isnan(small_world(days=30, **silent, numbers={"listening.desk": 0}).outcomes()["misheard"])
