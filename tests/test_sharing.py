"""What venues make of friendship: notices show members' doings to friends, invitations are made in person."""

from typing import Any

import numpy as np
import pytest
from worlds import flow, small_world, total

from sim.lab.observe import communities
from sim.world import events
from sim.world.state import MEMBER
from sim.world.world import World

TALKATIVE = {"advocacy.invite": 0.5}


def sharing(notices: float = 1.0, invites: float = 1.0, seed: int = 1, **numbers: Any) -> World:
    """Return a small world with some sharing, in which people ask each other along."""
    return small_world(seed, people=400, log=True, numbers=TALKATIVE | numbers,
                       **{"venue.notices": notices, "venue.invites": invites})  # fmt: skip


def test_where_nothing_is_shown_nobody_joins_because_friends_are_inside() -> None:
    assert flow(sharing(notices=0.0), "joins_friends") == 0 < flow(sharing(), "joins_friends")


def test_where_asking_is_made_impossible_nobody_is_asked() -> None:
    assert flow(sharing(invites=0.0), "joins_invite") == 0 < flow(sharing(), "joins_invite")


def test_an_invitation_does_more_than_a_notice() -> None:
    """Joins per message; a visit counts as one notice, however many friends see it."""
    log = sharing().events()
    joins, kinds = log[log["kind"] == events.JOIN], log["kind"]
    a_notice = np.sum(joins["cause"] == events.FRIENDS) / np.sum(kinds == events.VISIT)
    an_invitation = np.sum(joins["cause"] == events.INVITED) / np.sum(kinds == events.INVITE)
    assert an_invitation > 2 * a_notice


def test_those_who_follow_a_friend_have_a_bond_with_them_at_once() -> None:
    world = sharing()
    log = world.events()
    joined = log[(log["kind"] == events.JOIN) & (log["cause"] == events.INVITED) & (log["day"] == world.day - 1)]
    late = joined if len(joined) else log[(log["kind"] == events.JOIN) & (log["cause"] == events.INVITED)][-1:]
    bonds = world.venues[0].bonds[int(late["actor"][0])]
    assert int(late["target"][0]) in bonds["partner"][bonds["strength"] > 0.0]


def test_friends_who_are_chosen_suit_the_place_better() -> None:
    """Fit of those who joined on an invitation, where each was picked from two friends and where from one."""
    fits = [
        np.concatenate([invited_fits(sharing(seed=seed, **{"advocacy.chooses": chooses, "join.persuades": 5.0}))
                        for seed in range(1, 7)]).mean()
        for chooses in (0.0, 1.0)
    ]  # fmt: skip
    assert fits[1] > fits[0]


def invited_fits(world: World) -> np.ndarray:
    """Return the logarithm of the fit of those who are in because a friend asked them."""
    rows = world.venues[0].memberships
    return np.log(rows["fit"][(rows["status"] == MEMBER) & (rows["join_cause"] == events.INVITED)])


@pytest.mark.parametrize("venues", [1, 3])
def test_venues_side_by_side_are_alike_and_counted_apart(venues: int) -> None:
    base = small_world(days=1).settings
    world = World(communities.side_by_side(base._replace(days=28), venues, marketing=0.05), 1)
    visits = communities.flows_by_step(world, 7, "visits")
    assert visits.shape == (4, venues)
    assert visits.sum() == total(world, "visits") > 0
    assert communities.active(world).shape == (venues,)


def test_communities_of_all_kinds_differ_and_can_be_had_again() -> None:
    one, same, other = (communities.of_all_kinds(number) for number in (1, 1, 2))
    assert one == same != other
    assert all(low <= one[name] <= high for name, (low, high) in communities.RANGES.items())
