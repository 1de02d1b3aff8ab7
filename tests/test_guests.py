"""Guests: whom those with a name know, what guests bring and cost, and what is worth nothing to some."""

from typing import Any

import numpy as np
import pytest
from worlds import differences, flow, settings, small_world

from sim.world.mechanisms import guests
from sim.world.mechanisms.worth import ACCESS, COMPANY_OF_HOST, MAKERS, NEWS_BY_HOST, share_of
from sim.world.parameters import values
from sim.world.state import HOST, MEMBER, QUESTION
from sim.world.world import World

P = values(guests.Parameters)
PRESENT = {"host.replies": 1.0, "host.joins_in": 0.5, "host.onboarding": 1.0, "host.hours": 12, "host.tone": 1.0}


def held(world: World, cell: int) -> float:
    """Return what a cell gave members on visits of late, as a mean."""
    m = world.venues[0].memberships
    return float(m["held"][m["status"] == MEMBER, cell].mean())


def known(world: World) -> float:
    return float(world.venues[0].standings["known"].sum())


def test_where_nobody_has_a_name_and_nothing_is_offered_the_numbers_behind_it_are_of_no_account() -> None:
    """Null."""
    odd = {"guests.meets": 1, "guests.passes": 2, "guests.fame": 9, "guests.damage": 1000, "guests.first": 5}
    usual, other = (small_world(numbers=numbers, **PRESENT, **{"host.exec_visits": 8}) for numbers in ({}, odd))
    assert differences(usual, other) == []
    assert known(usual) == flow(usual, "passed_on") == 0.0


def test_those_with_a_name_come_to_know_members_and_a_logo_does_not() -> None:
    logo, person = (small_world(**PRESENT, **{"host.named": named}) for named in (0.0, 1.0))
    assert known(logo) == 0.0 < known(person)
    assert person.outcomes()["known"] == pytest.approx(known(person) / person.outcomes()["members"], rel=0.1)
    assert held(person, COMPANY_OF_HOST) > held(logo, COMPANY_OF_HOST)
    m, standings = person.venues[0].memberships, person.venues[0].standings
    assert not (standings["known"][m["status"] != MEMBER] > 0.9).any()


def test_nobody_can_know_more_people_than_their_time_allows() -> None:
    """Limit: at most `knows` people an hour, and so a smaller share of a larger place."""
    few = {"guests.knows": 2, "guests.meets": 0.5}
    small, large = (small_world(people=people, numbers=few, **PRESENT, **{"host.named": 1.0}) for people in (100, 800))
    assert known(large) <= 2 * 12 + 5
    assert large.outcomes()["known"] < small.outcomes()["known"]
    assert guests.room_for(24.0, 12.0, P._replace(knows=2.0)) == guests.room_for(1.0, 0.0, P) == 0.0
    assert guests.room_for(0.0, 1.0, P) == 1.0


def test_when_they_leave_all_is_forgotten_and_trust_is_lost_by_those_whom_they_knew() -> None:
    levers = PRESENT | {"host.named": 1.0, "host.turnover": 90}
    world = World(settings(people=300, days=120, numbers={"guests.breaks": 0.5}, **levers), 1).run(until=90)
    known_well, unknown = (world.venues[0].standings["known"] > 0.2, world.venues[0].standings["known"] == 0.0)
    stay = world.fork()
    at = stay.settings.setups[0]
    stay.change(stay.settings._replace(setups=(at._replace(host=at.host._replace(turnover=3650.0)),)))
    world.step()
    stay.step()
    assert known_well.any()
    assert (world.people["trust"][known_well] < stay.people["trust"][known_well]).all()
    assert np.array_equal(world.people["trust"][unknown], stay.people["trust"][unknown])
    assert known(world) < 0.5 * known(stay)


def test_experts_cost_hours_and_tell_something() -> None:
    none, some = (small_world(**PRESENT, **{"host.experts": k}) for k in (0, 15))
    assert flow(some, "expert_visits") == pytest.approx(15 * 120 / 30, abs=1)
    spent = some.outcomes()["host_hours"] - none.outcomes()["host_hours"]
    assert spent == pytest.approx(flow(some, "expert_visits") * P.hours_per_expert, rel=0.3)
    assert held(some, NEWS_BY_HOST) > held(none, NEWS_BY_HOST)
    poor = small_world(**PRESENT | {"host.hours": 0.5}, **{"host.experts": 15})
    assert flow(poor, "expert_visits") == 0
    assert poor.outcomes()["hours_undone"] > 0


def test_an_early_look_is_worth_nothing_without_anything_new_or_to_those_who_want_no_access() -> None:
    none, early = (small_world(**PRESENT, **{"host.beta": beta}) for beta in (0.0, 1.0))
    assert held(early, MAKERS) > held(none, MAKERS)
    m, people = early.venues[0].memberships, early.people
    gained = m["held"][:, MAKERS] - none.venues[0].memberships["held"][:, MAKERS]
    seek = np.array([share_of(person, ACCESS) for person in people])
    inside = m["visits"] > 5
    much, little = inside & (seek > np.quantile(seek, 0.8)), inside & (seek < np.median(seek))
    assert gained[much].mean() > 2 * gained[little].mean()
    stale = [small_world(**PRESENT, **{"host.beta": beta, "product.fixes": 0}) for beta in (0.0, 1.0)]
    assert differences(*stale) == []


def test_an_early_look_without_the_hours_for_it_is_work_left_undone() -> None:
    none, early = (small_world(**PRESENT | {"host.hours": 0.5}, **{"host.beta": beta}) for beta in (0.0, 1.0))
    missing = early.outcomes()["hours_undone"] - none.outcomes()["hours_undone"]
    spent = early.outcomes()["host_hours"] - none.outcomes()["host_hours"]
    assert missing > 0
    assert missing + spent == pytest.approx(120 * P.hours_of_beta, rel=0.1)


def test_answers_that_are_escalated_solve_more_and_take_longer() -> None:
    plain, deep = (small_world(**PRESENT, **{"host.escalation": share}) for share in (0.0, 1.0))
    assert flow(deep, "escalated") > 0
    answers = deep.venues[0].answers[: deep.venues[0].now.answers]
    solved = (answers["person"] == HOST) & (answers["quality"] == P.solves)
    assert solved.sum() == flow(deep, "escalated")
    assert (deep.venues[0].threads["kind"][answers["thread"][solved]] == QUESTION).all()
    assert deep.outcomes()["host_hours"] > plain.outcomes()["host_hours"]


def test_vouching_pays_where_advice_is_good_and_costs_trust_and_money_where_it_is_not() -> None:
    """It can backfire."""
    base = {"answering.answer": 0.2, "quality.newcomer": 0.0}
    trust = {}
    for name, unclear in (("good", 0.0), ("bad", 1.0)):
        numbers = base | {"quality.unclear": unclear}
        free, bound = (small_world(numbers=numbers, **PRESENT, **{"host.vouching": v}) for v in (0.0, 1.0))
        assert flow(bound, "vouched") > 0
        trust[name] = bound.outcomes()["trust"] - free.outcomes()["trust"]
        costs = bound.outcomes()["vouching_cost"]
        assert (costs == 0.0) == (name == "good")
        assert costs == P.damage * round(costs / P.damage) <= P.damage * flow(bound, "vouched")
        assert sum(row["money_out"] for row in bound.ledger()) == pytest.approx(bound.outcomes()["community_cost"])
    assert trust["bad"] < 0.0 < trust["good"]


def words(**levers: Any) -> World:
    return small_world(people=500, numbers={"guests.passes": 0.2}, **PRESENT | {"host.named": 1.0}, **levers)


def test_words_of_ones_own_are_passed_on_more_than_scripted_ones_and_a_logo_has_none() -> None:
    """Fact, Alatas et al. 2024: signs alone; sizes are a row of the evidence."""
    own, scripted, expert = (
        words(**levers) for levers in ({"host.exec_visits": 10}, {"host.exec_visits": 10, "host.scripted": 1.0},
                                       {"host.experts": 10})
    )  # fmt: skip
    passed = [flow(world, "passed_on") / flow(world, "visits") for world in (own, scripted, expert)]
    assert passed[0] > passed[1] > passed[2] > 0
    assert flow(small_world(**PRESENT, **{"host.exec_visits": 10}), "passed_on") == 0
    assert own.outcomes()["trust"] > scripted.outcomes()["trust"]
    assert held(own, MAKERS) > held(scripted, MAKERS)


def test_a_script_may_do_more_harm_than_the_visit_does_good() -> None:
    none, seen = (small_world(numbers={"guests.seen_through": 0.3}, **PRESENT, **levers)
                  for levers in ({}, {"host.exec_visits": 10, "host.scripted": 1.0}))  # fmt: skip
    assert seen.outcomes()["trust"] < none.outcomes()["trust"]


def test_what_is_passed_on_is_news_to_friends_outside() -> None:
    loud, mute = (small_world(people=500, numbers={"guests.passes": 2.0, "guests.heard": heard}, **PRESENT,
                              **{"host.named": 1.0, "host.exec_visits": 20}) for heard in (2.0, 0.0))  # fmt: skip
    assert flow(loud, "joins_friends") > flow(mute, "joins_friends")


@pytest.mark.parametrize("offer", ["named", "experts", "beta", "escalation", "vouching"])
def test_a_host_without_hours_offers_nothing(offer: str) -> None:
    none, some = (small_world(**{"host.hours": 0, f"host.{offer}": level}) for level in (0.0, 1.0))
    assert differences(none, some) == []
