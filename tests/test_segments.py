"""Segments: one kind of members is treated in their own way."""

import numpy as np
import pytest
from worlds import differences, flow, settings, setup

from sim.world.mechanisms import segments
from sim.world.parameters import values
from sim.world.state import DORMANT, MEMBER
from sim.world.world import World

P = values(segments.Parameters)
BUSY = {"venue.launch": 2, "host.hours": 6, "host.broadcasts": 8}


def lived(**levers: object) -> World:
    return World(settings(setups=(setup("one", **BUSY | levers),), days=100), 1).run()


def test_a_segment_that_is_treated_like_all_others_is_no_segment() -> None:
    """Null: no letters, and ads and messages as for everybody."""
    assert differences(lived(), lived(**{"venue.segment": "readers"})) == []


def test_nobody_apart_means_that_its_levers_do_nothing() -> None:
    levers = {"venue.segment_ads": 0, "venue.segment_mail": 0, "host.letters": 4}
    assert differences(lived(), lived(**levers), but=("0.now.segment",)) == []


@pytest.mark.parametrize(("segment", "expertise", "tenure", "posts", "is_in"), [
    (segments.NEWCOMERS, 0.5, 29.0, 3.0, True), (segments.NEWCOMERS, 0.5, 30.0, 3.0, False),
    (segments.READERS, 0.9, 90.0, 0.2, True), (segments.READERS, 0.9, 90.0, 0.3, False),
    (segments.WRITERS, 0.1, 90.0, 0.3, True), (segments.WRITERS, 0.1, 90.0, 0.2, False),
    (segments.EXPERTS, 0.8, 9.0, 0.0, True), (segments.EXPERTS, 0.7, 9.0, 9.0, False),
])  # fmt: skip
def test_who_is_in_a_segment(segment: int, expertise: float, tenure: float, posts: float, is_in: bool) -> None:
    assert segments.belongs(segment, expertise, tenure, posts, P) == is_in


def test_readers_and_writers_are_all_members_and_nobody_is_both() -> None:
    for posts in np.linspace(0, 2, 21):
        assert segments.belongs(segments.READERS, 0.5, 50.0, posts, P) != segments.belongs(
            segments.WRITERS, 0.5, 50.0, posts, P
        )


def test_only_the_segment_is_spared_its_ads() -> None:
    world = lived(**{"venue.segment": "experts", "venue.segment_ads": 0})
    inside = np.isin(world.memberships["status"][0], (MEMBER, DORMANT)) & (world.memberships["joined"][0] < 90)
    experts = world.people["expertise"] >= P.expert
    assert (world.memberships["ads_own"][0][inside & experts] == 0).all()
    assert (world.memberships["ads_own"][0][inside & ~experts] == 1).all()
    assert (inside & experts).any()


def test_letters_take_hours_and_bring_visits_by_the_host() -> None:
    with_letters, without = lived(**{"venue.segment": "readers", "host.letters": 4}), lived()
    assert flow(with_letters, "host_hours") > flow(without, "host_hours")
    assert flow(with_letters, "visits_host") > flow(without, "visits_host")


def test_a_letter_tires_like_a_message_also_where_there_are_no_messages_to_all() -> None:
    letters, none = (lived(**{"venue.segment": "readers", "venue.segment_mail": 0, "host.letters": letters,
                              "host.broadcasts": 0}) for letters in (4, 0))  # fmt: skip
    assert letters.venues[0].memberships["fatigue"].max() >= 1.0
    assert none.venues[0].memberships["fatigue"].max() == 0.0


def test_a_letter_without_the_hours_for_it_is_work_left_undone() -> None:
    none, four = (lived(**{"host.hours": 0.02, "venue.segment": "readers", "host.letters": k}) for k in (0, 4))
    assert flow(four, "hours_undone") > flow(none, "hours_undone")
    assert differences(none, four, but=("0.tally.hours_undone",)) == []
