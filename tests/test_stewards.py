"""Stewards: what a host hands over is done by those who help and belong, as far as their time goes."""

from typing import Any

import numpy as np
import pytest
from worlds import differences, flow, logged, settings, setup, small_world

from sim.world import tally
from sim.world.mechanisms import stewards
from sim.world.state import MEMBER
from sim.world.world import World

BUSY = {"host.replies": 0.9, "host.onboarding": 0.9, "host.hours": 8, "population.attention": 60}
HANDED = BUSY | {"host.handover": 0.8, "host.handover_from": 30, "host.handover_days": 30}
HELPFUL = {"answering.answer": 0.2, "stewards.belongs": 0.05, "stewards.helps": 1}


def world_of(numbers: dict[str, float] | None = None, **levers: Any) -> World:
    return small_world(people=300, log=True, numbers=HELPFUL | (numbers or {}), **levers)


def test_where_nothing_is_handed_over_the_numbers_behind_it_are_of_no_account() -> None:
    """Null."""
    usual, other = (world_of(numbers, **BUSY) for numbers in ({}, {"stewards.owning": 1, "stewards.burden": 1}))
    assert differences(usual, other) == []
    assert (usual.venues[0].now.handed, usual.venues[0].standings["steward"].sum(), flow(usual, "duties")) == (0, 0, 0)
    assert np.isnan(usual.outcomes()["duties_done"])


@pytest.mark.parametrize(("day", "share"), [(29, 0.0), (30, 0.1), (39, 1.0), (500, 1.0)])
def test_keys_are_handed_over_in_equal_steps(day: int, share: float) -> None:
    """Limit."""
    levers = setup(**{"host.handover": 0.6, "host.handover_from": 30, "host.handover_days": 10}).host
    assert stewards.handed_by(levers, day) == pytest.approx(0.6 * share)


def test_each_act_is_the_hosts_or_the_members_and_never_both() -> None:
    """Limit: of all draws below the host's share, K are the members'."""
    share, handed = 0.8, 0.3
    draws = (np.arange(10_000) + 0.5) / 10_000
    theirs = np.array([stewards.is_handed(u, share, handed) for u in draws])
    assert theirs.mean() == pytest.approx(share * handed, abs=1e-3)
    assert not (theirs & (draws < share * (1 - handed))).any()


def test_stewards_do_what_the_host_did() -> None:
    """Direction: the host replies and greets less, and members hold keys and do the rest."""
    kept, handed = world_of(**BUSY), world_of(**HANDED)
    by_host = [flow(world, "host_answers") + flow(world, "greetings") for world in (handed, kept)]
    assert by_host[0] < by_host[1]
    assert 0 < flow(handed, "duties_done") <= flow(handed, "duties")
    greeted = logged(handed, "greet")
    assert (greeted["actor"] >= 0).sum() + flow(handed, "greetings") == len(greeted)
    assert handed.outcomes()["stewards"] > 0
    assert len(logged(handed, "hand_over")) >= handed.outcomes()["stewards"]


def test_only_those_who_help_and_belong_hold_keys() -> None:
    world = world_of(**HANDED)
    m, holds = world.venues[0].memberships, world.venues[0].standings["steward"]
    assert (m["answers"][holds] > 0).all()
    assert not holds[m["answers"] == 0].any()
    none = world_of({"stewards.helps": 100}, **HANDED)
    assert (none.outcomes()["stewards"], flow(none, "duties_done")) == (0.0, 0.0)


def test_where_nobody_helps_a_handover_leaves_questions_open() -> None:
    """It can fail: with no helpers there is nobody to hand anything to."""
    kept, handed = (small_world(people=300, **{"venue.talk": 0.0}, **levers) for levers in (BUSY, HANDED))
    assert flow(handed, "duties_done") == 0
    assert flow(handed, "disappointments") > flow(kept, "disappointments")
    assert handed.outcomes()["answered"] < kept.outcomes()["answered"]


def test_without_minutes_left_duties_stay_undone_and_strain_those_who_hold_keys() -> None:
    """Direction: more than they can carry is left undone, and disappoints them."""
    worn, spared = (world_of({"stewards.minutes_per_greeting": 60, "exposure.minutes_per_post": 60,
                              "stewards.burden": burden}, **HANDED | {"population.attention": 10})
                    for burden in (0.5, 0.0))  # fmt: skip
    assert worn.venues[0].now.strain > 0
    assert flow(worn, "duties_done") < flow(worn, "duties")
    hurt = [world.venues[0].memberships["disappointment"][world.venues[0].standings["steward"]].mean()
            for world in (worn, spared)]  # fmt: skip
    assert hurt[0] > hurt[1]


def test_owning_a_share_makes_members_part_of_it_only_where_somebody_holds_keys() -> None:
    owned, idle = (world_of({"stewards.owning": 0.2} | numbers, **HANDED) for numbers in ({}, {"stewards.helps": 100}))
    usual = world_of({"stewards.owning": 0.0}, **HANDED)
    identity = [world.outcomes()["identity"] for world in (owned, usual, idle)]
    assert identity[0] > identity[1]
    assert identity[0] > identity[2]


def test_what_was_handed_over_stays_with_members_when_the_host_falls_silent_and_ends_when_it_is_taken_back() -> None:
    world = World(settings(people=300, days=160, numbers=HELPFUL, **HANDED), 1).run(until=90)
    silent, taken = world.fork(), world.fork()
    silent.silence_hosts()
    before = float(world.venues[0].tally[tally.DUTIES_DONE])
    silent.run()
    assert silent.venues[0].now.handed == world.venues[0].now.handed == pytest.approx(0.8)
    assert silent.venues[0].tally[tally.DUTIES_DONE] > before
    levers = taken.settings.setups[0]
    taken.change(taken.settings._replace(setups=(levers._replace(host=levers.host._replace(handover=0.0)),)))
    taken.step()
    assert (taken.venues[0].now.handed, taken.venues[0].standings["steward"].sum()) == (0.0, 0)


def test_silenced_stewards_do_nothing() -> None:
    world = World(settings(people=300, days=120, numbers=HELPFUL, **HANDED), 1).run(until=90)
    before = float(world.venues[0].tally[tally.DUTIES_DONE])
    world.silence_members()
    assert float(world.run().venues[0].tally[tally.DUTIES_DONE]) == before > 0


def test_those_who_left_or_sleep_are_no_stewards() -> None:
    world = world_of(**HANDED)
    m, holds = world.venues[0].memberships, world.venues[0].standings["steward"]
    assert world.outcomes()["stewards"] == (holds & (m["status"] == MEMBER)).sum()
