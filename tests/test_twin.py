"""The twin without a community: the same people and draws, and no place to go."""

import math

import pytest
from worlds import settings, setup

from sim.lab.runs.replicate import Arm, Task, run_replicate, tickets_without, without_community
from sim.world import tally
from sim.world.world import World

SMALL = settings(days=100)


def task(*arms: Arm, change_day: int | None = None, twin: bool = True) -> Task:
    return Task(0, 1, arms or (Arm("base", SMALL),), None, change_day, "four", twin)


def test_in_the_twin_nobody_comes_and_all_needs_go_elsewhere_or_to_the_desk() -> None:
    world = World(without_community(SMALL), 1).run()
    flow = dict(zip(tally.NAMES, world.venues[0].tally, strict=True))
    assert flow["visits"] == flow["joins_market"] == flow["host_cost"] == flow["marketing_cost"] == 0
    assert flow["needs"] > flow["tickets"] > 0


def test_tickets_saved_are_those_of_the_twin_less_those_of_the_arm() -> None:
    outcomes = run_replicate(task()).arms["base"].outcomes
    assert outcomes["tickets_saved"] == tickets_without(task())["base"] - outcomes["tickets"]


def test_a_company_without_a_community_saves_no_tickets() -> None:
    """Null: it is its own twin, to the last ticket."""
    assert run_replicate(task(Arm("base", without_community(SMALL)))).arms["base"].outcomes["tickets_saved"] == 0.0


def test_without_a_twin_nothing_is_claimed_and_nothing_else_changes() -> None:
    one, other = (run_replicate(task(twin=twin)).arms["base"].outcomes for twin in (False, True))
    assert math.isnan(one.pop("tickets_saved"))
    assert not math.isnan(other.pop("tickets_saved"))
    assert repr(one) == repr(other)


def test_arms_that_differ_in_their_place_alone_share_a_twin() -> None:
    ads = settings(days=100, **{"venue.ad_load": 9, "host.hours": 9})
    quiet = settings(days=100, **{"outside.substitute": 0.9})
    found = tickets_without(task(Arm("base", SMALL), Arm("ads", ads), Arm("quiet", quiet)))
    assert found["ads"] == found["base"] > found["quiet"]


def test_a_twin_changes_on_the_day_on_which_its_arm_does() -> None:
    calm = settings(days=100, **{"outside.substitute": 1.0})
    found = tickets_without(task(Arm("base", SMALL), Arm("calm", calm), change_day=50))
    assert 0 < found["calm"] < found["base"]
    until = World(without_community(SMALL), 1).run(until=50)
    assert found["calm"] == pytest.approx(until.venues[0].tally[tally.TICKETS])


def test_places_of_others_stay_open_in_the_twin() -> None:
    both = settings(days=60, setups=(setup("own"), setup("fans", **{"venue.owner": "members"})))
    own, fans = without_community(both).setups
    assert own.venue.opens == 3650
    assert own.host.hours == 0
    assert fans == both.setups[1]
