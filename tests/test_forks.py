"""What if: a twin goes on exactly as its original would, and differs by what was changed, from when it was changed."""

import numpy as np
import pytest
from worlds import differences, flow, same, settings, setup, small_world, state

from sim.world.world import World

MIXED = {"host.exec_visits": 3, "host.onboarding": 0.5, "host.promises": 2, "host.broadcasts": 8, "host.hours": 6,
         "host.awards": 10, "venue.display": 1, "venue.points": 1}  # fmt: skip
TWO = (setup("one", **MIXED, **{"venue.launch": 1}), setup("other", **{"venue.launch": 1, "venue.opens": 20}))


@pytest.fixture(params=[1, 2])
def halfway(request: pytest.FixtureRequest) -> World:
    return World(settings(setups=TWO, log=True), request.param).run(60)


def columns(world: World) -> dict[tuple, float]:
    """Return the recorded series, by day, venue and metric."""
    table = world.series()
    return dict(zip(zip(table["day"], table["venue"], table["metric"], strict=True), table["value"], strict=True))


# -- A twin ---------------------------------------------------------------------------------------------------------


def test_a_twin_is_its_original_and_goes_on_like_it(halfway: World) -> None:
    twin = halfway.fork()
    assert differences(halfway, twin) == []
    for _ in range(60):
        halfway.step()
        twin.step()
        assert differences(halfway, twin) == [], f"on day {twin.day}"
    assert same(twin.events(), halfway.events())
    assert str(twin.outcomes()) == str(halfway.outcomes())
    assert str(twin.series()) == str(halfway.series())


def test_a_twin_of_a_twin_is_one_too(halfway: World) -> None:
    late = halfway.fork().run(90).fork().run()
    assert differences(halfway.run(), late) == []


def test_twins_do_not_disturb_their_original(halfway: World) -> None:
    """Two twins under other policies live between its days, and the original notices nothing."""
    alone = World(halfway.settings, halfway.seed).run()
    silent, changed = halfway.fork(), halfway.fork()
    silent.silence_hosts()
    changed.change(settings(setups=(setup("one", **{"venue.ad_load": 20}), TWO[1])))
    for world in [silent, changed, halfway] * 60:
        world.step()
    assert differences(halfway, silent) != []
    assert differences(halfway, changed) != []
    assert differences(halfway, alone) == []
    assert halfway.settings == alone.settings


def test_twins_share_no_memory_that_moves(halfway: World) -> None:
    mine, theirs = state(halfway), state(halfway.fork())
    moving = [name for name in mine if isinstance(mine[name], np.ndarray) and mine[name].size]
    assert [name for name in moving if np.shares_memory(mine[name], theirs[name])] == []


# -- Without a host -------------------------------------------------------------------------------------------------


def test_a_silenced_host_is_missed_from_its_first_act_on_and_not_before() -> None:
    """The host begins on day 60; its twin was silenced on day 30."""
    world = World(settings(**MIXED, **{"host.starts": 60}), 1).run(30)
    twin = world.fork()
    twin.silence_hosts()
    assert differences(world.run(60), twin.run(60)) == []
    assert differences(world.run(63), twin.run(63)) != []


HOST_FLOWS = ("seeds", "host_answers", "awards", "broadcasts", "greetings", "exec_visits", "host_hours", "host_cost",
              "heard", "releases")  # fmt: skip


def test_after_silence_no_host_does_anything(halfway: World) -> None:
    before = [[flow(halfway, name, k) for name in HOST_FLOWS] for k in range(2)]
    assert all(number > 0 for number in before[0])
    halfway.silence_hosts()
    halfway.run()
    assert [[flow(halfway, name, k) for name in HOST_FLOWS] for k in range(2)] == before
    late = halfway.events()[halfway.events()["day"] >= 60]
    assert len(late) > 100
    assert (late["actor"] != -2).all()


def test_members_go_on_without_a_host(halfway: World) -> None:
    visits = flow(halfway, "visits")
    halfway.silence_hosts()
    assert flow(halfway.run(), "visits") > visits


# -- Under other levers ---------------------------------------------------------------------------------------------


def test_a_change_to_the_same_settings_changes_nothing(halfway: World) -> None:
    twin = halfway.fork()
    twin.change(settings(setups=TWO, log=True))
    assert differences(halfway.run(), twin.run()) == []


def test_a_change_and_its_undoing_on_the_same_morning_change_nothing(halfway: World) -> None:
    twin = halfway.fork()
    twin.change(settings(setups=(setup("one", **{"venue.ad_load": 9}), TWO[1]), log=True))
    twin.change(halfway.settings)
    assert differences(halfway.run(), twin.run()) == []


def test_a_change_holds_from_its_day_on() -> None:
    world = World(settings(), 1).run(50)
    ads = flow(world, "ads")
    world.change(settings(**{"venue.ad_load": 0}))
    assert flow(world.run(), "ads") == ads > 0


@pytest.mark.parametrize(
    "other",
    [{"people": 10}, {"setups": TWO}, {"population.strangers": 1}, {"product.fit": 0.9}],
)
def test_people_and_venues_are_settled_at_birth(other: dict) -> None:
    with pytest.raises(ValueError, match="who is born"):
        World(settings(), 1).change(settings(**other))


def test_the_levers_of_a_venue_that_is_not_open_yet_change_nobody() -> None:
    """Arms that differ in the ads of the other venue share all until it opens, and differ afterwards."""
    later = {"venue.opens": 50, "venue.launch": 2}
    others = [setup("other", **later, **{"venue.ad_load": load}) for load in (0, 15)]
    arms = [World(settings(setups=(setup("one"), other)), 1) for other in others]
    assert differences(*(arm.run(50) for arm in arms)) == ["1.now.ad_load"]
    assert {"1.tally.ads", "people.spent"} <= set(differences(*(arm.run(100) for arm in arms)))


def test_a_venue_that_nobody_can_join_leaves_the_other_one_alone() -> None:
    """A second venue with a silent host that never opens: the first one lives as if it did not exist."""
    nowhere = setup("nowhere", **{"venue.opens": 3000, "host.starts": 3000})
    one, two = (small_world(setups=setups) for setups in ((setup("one"),), (setup("one"), nowhere)))
    mine, theirs = state(one), state(two)
    alarms = ("alarm",)
    assert [name for name in mine if name not in alarms and not same(mine[name], theirs[name])] == []


# -- What a run does not hang on ------------------------------------------------------------------------------------


def test_a_run_in_pieces_is_a_run_in_one() -> None:
    pieces = World(settings(**MIXED), 1)
    for until in (1, 2, 30, 31, 99):
        pieces.run(until)
    assert differences(pieces.run(), small_world(**MIXED)) == []


def test_two_horizons_share_their_days() -> None:
    """With a flat schedule; the others spread their hours over the whole time, as they should."""
    short, long = (World(settings(days=days, **MIXED), 1).run(80) for days in (80, 200))
    assert differences(short, long) == []
    taper = [World(settings(days=days, **MIXED, **{"host.schedule": "taper", "host.seeding": 9}), 1).run(80)
             for days in (80, 200)]  # fmt: skip
    assert differences(*taper) != []


def test_writing_a_log_changes_nothing() -> None:
    with_log, without = (small_world(log=log, **MIXED) for log in (True, False))
    assert differences(with_log, without) == []
    assert len(without.events()) == 0 < len(with_log.events())


@pytest.mark.parametrize("every", [1, 5, 1000])
def test_how_often_is_recorded_changes_nothing_but_the_records(every: int) -> None:
    weekly, other = (small_world(record_every=days, **MIXED) for days in (7, every))
    assert differences(weekly, other) == []
    assert str(weekly.outcomes()) == str(other.outcomes())


def test_one_seed_is_one_run_and_two_seeds_are_two() -> None:
    assert differences(small_world(5), small_world(5)) == []
    assert "0.tally.visits" in differences(small_world(5), small_world(6))


def test_the_people_of_one_seed_are_the_same_people_whatever_the_levers() -> None:
    one = World(settings(), 1)
    other = World(settings(setups=TWO, **{"product.drift": 0.01, "outside.rival": 2}), 1)
    assert differences_of_people(one, other) == []
    assert same(one.ties_partner, other.ties_partner)
    assert same(one.need_day, other.need_day)


def differences_of_people(one: World, other: World) -> list[str]:
    """Return the traits in which the people of two worlds differ."""
    return [name for name in one.people.dtype.names if not same(one.people[name], other.people[name])]


def test_a_larger_town_begins_with_the_same_people() -> None:
    """Traits depend on the person, not on how many others there are. Acquaintances do."""
    small, large = World(settings(people=100), 1), World(settings(people=400), 1)
    traits = set(small.people.dtype.names)
    assert [name for name in sorted(traits) if not same(small.people[name][:100], large.people[name][:100])] == []
