"""Recognition and incentives in whole worlds: who is moved, by how much at most, and what leaves all else alone."""

import pytest
from worlds import differences, flow, small_world

from sim.world import treatment
from sim.world.state import MEMBER


def test_a_minority_is_competitive_and_the_mean_is_one() -> None:
    trait = small_world(people=20_000, days=1).people["competitive"]
    assert trait.mean() == pytest.approx(1.0, abs=0.1)
    assert 0.05 < (trait > 2.0).mean() < 0.3


def test_how_competitive_people_are_matters_only_where_there_is_something_to_compete_for() -> None:
    alike, apart = ({"population.competitive_spread": spread} for spread in (0.0, 1.5))
    trait, nothing = ("people.competitive",), {"host.awards": 0.0}
    assert differences(small_world(numbers=alike, **nothing), small_world(numbers=apart, **nothing), but=trait) == []
    for lever, level in (("venue.points", 1.0), ("venue.goals", 1.0), ("host.awards", 30.0)):
        here = nothing | {lever: level}
        assert differences(small_world(numbers=alike, **here), small_world(numbers=apart, **here), but=trait) != []


def help_at(awards: float) -> float:
    """Return the answers that members give in some worlds where the host has time for so many awards a month."""
    worlds = (small_world(seed, **{"host.awards": awards, "host.hours": 12}) for seed in range(1, 7))
    return sum(flow(world, "answers") for world in worlds)


def test_no_number_of_awards_multiplies_help_and_very_many_do_less_than_some() -> None:
    none, some, many = (help_at(awards) for awards in (0, 20, 300))
    assert none < some < 2.2 * none
    assert many < some


def test_praise_waits_for_its_reader_by_who_gave_it_and_for_what() -> None:
    """The host's word counts by its tone, and neither counts for somebody who posted nothing lately."""
    world = small_world(days=30, **{"host.awards": 0, "host.tone": 0.5, "venue.earning": 0})
    rows = [int(i) for i in (world.memberships[0]["status"] == MEMBER).nonzero()[0][:3]]
    members = [world.membership(0, i) for i in rows]
    for member, lately in zip(members, (1.0, 1.0, 0.0), strict=True):
        member.lately, member.stamp, member.awards = lately, world.day, 0
    treatment.award(world, 0, rows[0])
    treatment.award(world, 0, rows[1], by=rows[0])
    treatment.award(world, 0, rows[2], by=rows[0])
    assert members[0].praise_host == 0.5 * members[1].praise_peers > 0.0
    assert members[0].praise_peers == members[1].praise_host == members[2].praise_peers == 0.0
