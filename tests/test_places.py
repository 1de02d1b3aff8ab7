"""Several places: owners, landlords, a company's stance, closing and moving, and what people find again."""

import numpy as np
import pytest
from worlds import differences, flow, settings, setup

from sim.lab.settings import config, keys
from sim.lab.settings.errors import SettingsError
from sim.world import draws, events, tally
from sim.world.levers import NO_DAY
from sim.world.mechanisms import places, visit
from sim.world.mechanisms.bonding import strength_of, strengthen_both
from sim.world.parameters import values
from sim.world.state import BOND, BOND_SLOTS, DORMANT, MEMBER, MEMBERSHIP, rows
from sim.world.world import World

SHUTS = 80


def lived(*setups: object, **choices: object) -> World:
    """Return a small world with these places, at its end."""
    return World(settings(setups=setups, days=150, **choices), 1).run()  # type: ignore[arg-type]


def members(world: World, venue: int) -> int:
    status = world.memberships["status"][venue]
    return int(((status == MEMBER) | (status == DORMANT)).sum())


def moving(**levers: float) -> World:
    """Return a world whose first place has shut, and whose second one opened on the same day."""
    old = setup("old", **({"venue.closes": SHUTS, "venue.moves_to": "new", "venue.launch": 2} | levers))
    return lived(old, setup("new", **{"venue.opens": SHUTS - 10, "venue.launch": 0, "venue.marketing": 0}))


def test_nobody_comes_or_joins_after_a_place_has_shut_and_everybody_leaves_for_that_reason() -> None:
    world = World(settings(setups=(setup("one", **{"venue.closes": SHUTS, "venue.launch": 2}),), days=150, log=True), 1)
    world.run(until=SHUTS)
    before = members(world, 0)
    world.run()
    assert before > 20
    assert members(world, 0) == 0
    assert flow(world, "exits_shut") > 0.9 * before
    log = world.events()
    assert not np.isin(log["kind"][log["day"] > SHUTS], (events.VISIT, events.JOIN)).any()


def test_a_place_that_never_shuts_or_turns_is_the_world_as_it_was() -> None:
    """Null: a landlord who does nothing, and a list that nobody needs, change no number."""
    one = lived(setup("one"))
    rented = lived(setup("one", **{"venue.owner": "landlord", "venue.portable": 1, "venue.turned_ads": 9}))
    assert differences(one, rented, but=("0.now.portable", "0.now.turned_ads")) == []


def test_those_who_can_be_told_come_to_the_new_place() -> None:
    """Direction: a list of all members brings more of them along than none."""
    told, untold = moving(**{"venue.call": 1}), moving()
    assert flow(told, "called") > 20
    assert flow(untold, "called") == 0
    within_ten_days = [int((world.memberships["joined"][1] <= SHUTS + 10).sum()) for world in (told, untold)]
    assert within_ten_days[0] > within_ten_days[1] + 5


def test_ties_are_found_again_as_far_as_people_could_find_each_other_anyway() -> None:
    none, some, all_of_them = (
        flow(moving(**{"venue.call": 1, "venue.portable": share}), "reunited", 1) for share in (0, 0.5, 1)
    )
    assert none == 0
    assert 0 < some < all_of_them


def test_a_tie_is_found_again_once_though_both_come_on_one_day() -> None:
    there, here = rows((2, BOND_SLOTS), BOND), rows((2, BOND_SLOTS), BOND)
    members, counts = rows(2, MEMBERSHIP), np.zeros(len(tally.NAMES))
    members["status"], members["joined"] = MEMBER, 40
    strengthen_both(there, 0, 1, 0.5, 40, 150.0)
    places.reunite(here, members, there, counts, 40, 1.0, 150.0, draws.keys(1)["places"])
    assert strength_of(here, 0, 1, 40, 150.0) == strength_of(here, 1, 0, 40, 150.0) == pytest.approx(0.5)
    assert counts[tally.REUNITED] == 1


def test_a_landlord_who_lets_little_through_costs_visits() -> None:
    loud = {"host.broadcasts": 30, "host.hours": 8, "venue.owner": "landlord"}
    quiet = lived(setup("one", **loud, **{"venue.turns": 20, "venue.turned_reach": 0, "venue.turned_ads": 0}))
    as_before = lived(setup("one", **loud))
    assert flow(quiet, "visits_host") < 0.7 * flow(as_before, "visits_host")


@pytest.mark.parametrize("reach", [0.0, 0.3, 1.0])
def test_messages_wake_members_as_far_as_they_get_through(reach: float) -> None:
    members, alarm = rows(4000, MEMBERSHIP), np.full(4000, 99, np.int16)
    members["status"], members["mail_own"] = DORMANT, 1.0
    p = values(visit.Parameters)._replace(wake_reminder=0.5)
    visit.wake(members, alarm, reach, 40, 0, draws.keys(1)["visit"], p)
    assert (alarm == 40).mean() == pytest.approx(0.5 * reach, abs=0.03)


def test_the_landlord_adds_ads_from_the_day_of_the_change_on() -> None:
    world = World(settings(setups=(setup("one", **{"venue.owner": "landlord", "venue.turns": 30}),)), 1)
    world.run(until=30)
    assert world.venues[0].now.ad_load == 1
    world.run(until=31)
    assert world.venues[0].now.ad_load == 3


@pytest.mark.parametrize(("stance", "marketing"), [(-1, 0.0), (-0.5, 0.5), (0, 1.0), (0.5, 2.0), (1, 3.0)])
def test_a_stance_moves_the_signposts_of_a_place_that_members_own(stance: float, marketing: float) -> None:
    assert places.signposts(1.0, stance, values(places.Parameters)) == pytest.approx(marketing)


def test_a_fight_costs_trust_and_support_wins_some() -> None:
    fans = setup("fans", **{"venue.owner": "members", "venue.launch": 2, "host.hours": 0})

    def trust(stance: float) -> float:
        world = lived(setup("own", **{"host.stance": stance}), fans, numbers={"places.trust_stance": 0.1})
        return float(world.people["trust"][world.memberships["status"][1] == MEMBER].mean())

    assert trust(-1) < trust(0) < trust(1)


def test_a_host_without_paid_hours_or_of_somebody_else_takes_no_stance() -> None:
    fans = setup("fans", **{"venue.owner": "members", "venue.launch": 2, "host.hours": 0})
    for levers in ({"host.hours": 0}, {"venue.owner": "landlord"}):
        none, friend = (lived(setup("own", **levers, **{"host.stance": stance}), fans) for stance in (0, 1))
        assert differences(none, friend) == []


def test_a_stance_without_the_hours_for_it_is_work_left_undone() -> None:
    fans = setup("fans", **{"venue.owner": "members", "venue.launch": 2, "host.hours": 0})
    none, friend = (lived(setup("own", **{"host.stance": stance, "host.hours": 0.1}), fans) for stance in (0, 1))
    missing = flow(friend, "hours_undone") - flow(none, "hours_undone")
    spent = flow(friend, "host_hours") - flow(none, "host_hours")
    assert missing + spent == pytest.approx(values(places.Parameters).hours_of_stance * friend.day, rel=0.1)


def test_answers_in_a_place_of_members_can_be_found_where_the_host_aggregates_them() -> None:
    fans = setup("fans", **{"venue.owner": "members", "venue.launch": 2})
    alone, joined = (lived(setup("own", **{"host.aggregates": share}), fans) for share in (0, 1))
    assert flow(joined, "needs_archive") > flow(alone, "needs_archive")


def test_habit_in_one_place_is_whole_and_in_several_a_share_that_competition_decides() -> None:
    """Limit: without competition each place gets all; with a fixed number of visits the shares add up to one."""
    world = lived(setup("one", **{"venue.launch": 2}), setup("two", **{"venue.launch": 2}))
    both = np.flatnonzero((world.memberships["status"] == MEMBER).all(axis=0))
    assert len(both)
    memory, p = world.parameters["memory"], world.parameters["visit"]
    for person in both[:20].tolist():
        for competes, total in ((0.0, 2.0), (1.0, 1.0)):
            shares = [visit.divided(world.memberships, person, venue, world.day, p._replace(competes=competes), memory)
                      for venue in (0, 1)]  # fmt: skip
            assert sum(shares) == pytest.approx(total)
    assert visit.divided(world.memberships[:1], int(both[0]), 0, world.day, p, memory) == 1.0


@pytest.mark.parametrize(("wrong", "says"), [
    ({"venue.turns": 100}, "venue.turns needs a landlord"),
    ({"venue.owner": "nobody"}, "owner=nobody does not exist"),
    ({"venue.moves_to": "elsewhere"}, "venue.moves_to=elsewhere is no other venue"),
    ({"venue.call": 0.5}, "venue.call needs a venue to go to"),
    ({"venue.closes": 10, "venue.opens": 20}, "venue.closes=10 is not after its opening"),
    ({"venue.segment": "lurkers"}, "segment=lurkers does not exist"),
])  # fmt: skip
def test_a_place_that_cannot_be_is_refused_in_one_line(wrong: dict[str, object], says: str) -> None:
    tree = keys.defaults() | {
        "scenario": "x", "people": 100, "days": 60, "replicates": 1, "seed": 1, "host_off": 30, "record_every": 7,
        "log": False, "workers": 1, "results": "x", "venue_name": "main",
    }  # fmt: skip
    for name, value in wrong.items():
        keys.put(tree, name, value)
    with pytest.raises(SettingsError) as refused:
        config.experiment(tree)
    (line,) = refused.value.lines
    assert says in line


def test_a_place_that_never_opens_may_also_never_close() -> None:
    assert setup("x").venue.closes == NO_DAY
