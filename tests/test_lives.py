"""Unequal lives and pauses, what is carried from venue to venue, launches that spread, and closed circles."""

from typing import Any

import numpy as np
import pytest
from worlds import differences, flow, key_of, logged, setup, small_world

from sim.world import events
from sim.world.mechanisms import join, population
from sim.world.parameters import values
from sim.world.state import DORMANT, LEFT, MEMBER, MEMBERSHIP, rows
from sim.world.world import World

QUIET_EXITS = {"leaving.dull": 0, "leaving.churn": 0}  # life alone takes members
ALONE = {"join.search": 0, "advocacy.invite": 0}  # no other way to hear of it than friends and the launch
CONNECTED = {"population.latent_ties": 12, "population.strangers": 0, "venue.launch": 0.3, "venue.marketing": 0}


def test_alike_lives_leave_everything_else_alone() -> None:
    """Null: at a spread of 0 everybody is as restless as the mean; where life never interrupts, no spread matters."""
    alike = small_world(until=1, numbers={"population.restless_spread": 0})
    assert (alike.people["restless"] == 1).all()
    still = [small_world(numbers={"join.life_rate": 0, "population.restless_spread": spread}) for spread in (0, 1.5)]
    assert differences(*still) == ["people.restless"]


def test_those_who_stay_for_years_are_the_settled_ones() -> None:
    """The hazard of life falls with tenure, though nobody's own hazard does."""
    numbers = QUIET_EXITS | {"join.life_rate": 0.004, "join.p_pause": 0, "visit.sleep_after": 365}
    for spread, settled in ((0.0, False), (1.0, True)):
        world = small_world(people=800, days=700, numbers=numbers | {"population.restless_spread": spread})
        m = world.memberships[0]
        early = (m["joined"] < 200) & (m["visits"] > 0)
        stayed, left = early & (m["status"] == MEMBER), early & (m["status"] == LEFT)
        restless = world.people["restless"]
        assert stayed.sum() > 20 < left.sum()
        assert bool(restless[stayed].mean() < 0.7 * restless[left].mean()) is settled


def test_without_pauses_an_interruption_is_for_good() -> None:
    """Null: at p_pause = 0 nobody pauses, and how long a pause would last changes nothing."""
    short, long = (small_world(log=True, numbers={"join.p_pause": 0, "join.pause": days}) for days in (5, 500))
    assert differences(short, long) == []
    assert events.LIFE not in logged(short, "dormant")["cause"]


def test_an_interruption_can_be_a_pause_from_which_members_return() -> None:
    numbers = QUIET_EXITS | {"join.life_rate": 0.01, "join.p_pause": 1, "join.pause": 20}
    world = small_world(people=400, days=300, log=True, numbers=numbers)
    paused = logged(world, "dormant")
    assert flow(world, "exits_life") == 0
    assert (paused["cause"] == events.LIFE).sum() > 50
    assert flow(world, "returns") > 0.5 * (paused["cause"] == events.LIFE).sum()


def test_a_pause_ends_after_its_length_and_does_not_wake_those_who_sleep() -> None:
    p = values(join.Parameters)._replace(pause=40.0)
    membership = rows(1, MEMBERSHIP).view(np.recarray)[0]
    draws = (np.arange(2000) + 0.5) / 2000
    ends = [join.pause(membership, 0, 100, 1.0, u, 0.5, p) for u in draws]
    assert np.mean(ends) == pytest.approx(140.5, abs=0.3)
    assert membership.status == DORMANT
    assert membership.life_day > max(100, ends[-1])
    assert join.pause(membership, 900, 100, 1.0, 0.5, 0.5, p) == 900


def two_venues(carry: float, **others: Any) -> World:
    """Return a world whose second venue opens when the first is established, and their first common members."""
    venues = (setup("first", **{"venue.launch": 2.0}), setup("second", **{"venue.opens": 100, "venue.launch": 3.0}))
    return small_world(days=101, setups=venues, numbers={"join.carry": carry, "join.head_start": 0}, **others)


def test_belonging_in_one_venue_counts_in_the_next_or_stands_in_its_way_or_does_nothing() -> None:
    """The same people join on the opening day: what they bring differs by `carry` alone."""
    found = {carry: two_venues(carry) for carry in (-0.5, 0.0, 0.5)}
    newcomers = np.flatnonzero(found[0.0].memberships[1]["joined"] == 100)
    home = found[0.0].memberships[0]["status"][newcomers] == MEMBER
    assert home.sum() > 10
    belonging = {carry: world.memberships[1]["belonging"][newcomers] for carry, world in found.items()}
    assert belonging[0.5][home].mean() > belonging[0.0][home].mean() >= belonging[-0.5][home].mean()
    assert (belonging[0.5][~home] == belonging[0.0][~home]).all()


def test_where_there_is_one_venue_there_is_nothing_to_carry() -> None:
    assert differences(*(small_world(numbers={"join.carry": carry}) for carry in (-1, 1))) == []


@pytest.mark.parametrize(("carry", "expected"), [(0.0, (0.2, 1.0)), (0.5, (0.6, 3.0)), (-1.0, (0.0, 0.0))])
def test_what_is_carried_over_stays_within_its_bounds(carry: float, expected: tuple[float, float]) -> None:
    membership = rows(1, MEMBERSHIP).view(np.recarray)[0]
    membership.belonging, membership.recognition = 0.2, 1.0
    join.carry_over(membership, 0.8, 4.0, values(join.Parameters)._replace(carry=carry))
    assert (membership.belonging, membership.recognition) == pytest.approx(expected)


def test_a_launch_that_is_no_news_is_the_same_however_long_news_would_last() -> None:
    """Null: at a contagion of 0, what is heard of joinings moves nothing but its own record."""
    short, long = (small_world(numbers={"join.contagion": 0, "join.novelty": days}) for days in (2, 200))
    assert differences(short, long, but=("0.members.news",)) == []


def test_an_opening_into_a_well_connected_population_runs_through_it_in_weeks() -> None:
    """And does not where joining is no news, or where few are convinced."""

    def reached(contagion: float, reserve: float = -3.0) -> float:
        numbers = ALONE | {"join.contagion": contagion, "join.reserve": reserve}
        world = small_world(people=600, days=60, numbers=numbers, **CONNECTED)
        return float((world.memberships[0]["visits"] > 0).mean())

    assert reached(3.0) > 0.6
    assert reached(0.0) < 0.1
    assert reached(3.0, reserve=-6.0) < 0.05


def ends(cliques: float, ties: float = 4, people: int = 972) -> list[set[int]]:
    """Return whom each of some people knows."""
    facet = np.arange(people) % 4
    known: list[set[int]] = [set() for _ in facet]
    for one, other in zip(*population.tie_ends(facet, ties, cliques, key_of("birth")), strict=True):
        known[one].add(int(other))
        known[other].add(int(one))
    return known


def clustering(known: list[set[int]]) -> float:
    """Return the share of pairs of a person's acquaintances who know each other."""
    pairs = [(a, b) for one in known for a in one for b in one if a < b]
    return sum(b in known[a] for a, b in pairs) / len(pairs)


def test_closed_circles_know_nobody_else_and_random_ties_know_no_circles() -> None:
    closed = ends(1.0)
    for person in range(0, 972, 50):
        reached, new = {person}, {person}
        while new := {friend for one in new for friend in closed[one]} - reached:
            reached |= new
        assert len(reached) == 9  # twice as many others as somebody has ties
        assert all(one % 4 == person % 4 for one in reached)  # within a kind of use, which nine divides here
    assert clustering(closed) == pytest.approx(0.5, abs=0.02)  # as in a ring with four neighbours
    assert clustering(ends(0.0)) < 0.02
    assert 0.2 < clustering(ends(0.8)) < 0.32  # a ring with a fifth of its ties rewired: 0.5 x 0.8^3


def test_a_closed_clique_exhausts_its_fringe() -> None:
    """Six seeds: word of mouth reaches fewer, and yet fewer acquaintances outside are left for each who is in."""
    numbers = ALONE | {"join.contagion": 5, "join.reserve": -3}
    fringe, reached = {}, {}
    for cliques in (0.0, 1.0):
        levers = CONNECTED | {"population.cliques": cliques, "population.latent_ties": 4, "venue.launch": 0.1}
        inside, outside = 0, 0
        for seed in range(6):
            world = small_world(seed, people=900, days=60, numbers=numbers, **levers)
            joined = world.memberships[0]["visits"] > 0
            owner = np.repeat(np.arange(len(joined)), np.diff(world.ties_start))
            inside += joined.sum()
            outside += (joined[owner] & ~joined[world.ties_partner]).sum()
        fringe[cliques], reached[cliques] = outside / inside, inside
    assert reached[1.0] < 0.7 * reached[0.0]
    assert fringe[1.0] < 0.9 * fringe[0.0]
