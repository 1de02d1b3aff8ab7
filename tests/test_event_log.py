"""Statistics of an event log, on logs short enough to count by hand and on samples of known distributions."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from worlds import flow, small_world

from sim.lab.observe import event_log
from sim.lab.validation import row_files
from sim.world import events, tally
from sim.world.state import EVENT, NEVER, THREAD


def of_row(row: str, name: str) -> Any:
    """Return a statistic that one row of the evidence has for itself."""
    return row_files.load(row_files.files()[row]).measure.__globals__[name]


def world_of(*noted: tuple[int, int, int, int], people: int = 6, day: int = 70) -> Any:
    """Return what a log is read from, with (day, kind, actor, target) in it."""
    log = np.zeros(len(noted), EVENT)
    for name, column in zip(("day", "kind", "actor", "target"), zip(*noted, strict=True), strict=True):
        log[name] = column
    venue = SimpleNamespace(threads=np.zeros(1, THREAD))
    return SimpleNamespace(events=lambda: log, people=np.zeros(people), day=day, venues=[venue])


def test_posts_are_counted_in_their_authors_order() -> None:
    world = world_of(
        (1, events.ASK, 2, -1), (1, events.ANSWERED, 0, 2), (4, events.TALKED, 2, -1), (9, events.ASK_AGAIN, 2, -1),
        (9, events.THANK, 2, 0),
    )  # fmt: skip
    posts = event_log.posts(world)
    assert posts.counts(4).tolist() == [1, 0, 3, 0]
    assert posts.number().tolist() == [1, 1, 2, 3]
    assert posts.until_next().tolist() == [NEVER, 3, 5, NEVER]
    assert [column.tolist() for column in posts.spans()] == [[0, 2], [1, 1], [1, 9]]


def test_a_return_counts_within_its_time_and_only_of_posts_followed_for_so_long() -> None:
    world = world_of((1, events.ASK, 0, -1), (5, events.ASK, 0, -1), (1, events.ASK, 1, -1), (65, events.ASK, 2, -1))
    found = event_log.returns(event_log.posts(world), np.array([1, 2, 3]), within=10, end=70)
    assert found.followed.tolist() == [2, 1, 0]
    assert found.share[:2].tolist() == [0.5, 0.0]
    assert np.isnan(found.share[2])


def test_survival_allows_for_people_who_still_go_on() -> None:
    survival = of_row("N9", "kaplan_meier")(
        np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, False]), np.arange(5.0)
    )
    np.testing.assert_allclose(survival, [1.0, 0.75, 0.75, 0.375, 0.375])


def test_the_shape_of_a_weibull_distribution_is_found_again_through_censoring() -> None:
    days = 38.0 * np.random.default_rng(1).weibull(0.43, 20_000)
    seen = np.minimum(days, 100.0)
    shape, scale = of_row("N9", "weibull")(seen, days < 100.0)
    assert shape == pytest.approx(0.43, abs=0.01)
    assert scale == pytest.approx(38.0, rel=0.05)


def test_a_bow_tie_has_a_core_and_what_leads_in_and_out() -> None:
    asker, answerer = np.array([0, 1, 2, 3, 4, 0]), np.array([1, 2, 0, 0, 3, 5])
    assert of_row("S1", "bow_tie")(asker, answerer) == (
        3 / 6,
        2 / 6,
        1 / 6,
    )  # 0 1 2 in a ring, 4 and 3 lead in, 5 only answers


def test_an_exit_is_a_week_that_four_silent_ones_follow() -> None:
    world = world_of(
        (0, events.ASK, 0, -1), (1, events.ANSWERED, 1, 0),  # contacts from week 0 on, both active
        (8, events.ASK, 1, -1),  # week 1: the contact is not there, and nothing comes after
        (9, events.ASK, 2, -1), (40, events.ASK, 2, -1),  # week 1, week 5 comes within 28 days, and is the last
    )  # fmt: skip
    found = of_row("S5", "exits_by_contacts")(world, most=2)
    assert found.weeks.tolist() == [3, 2, 0]
    assert found.exits.tolist() == [2, 1, 0]


def test_the_log_agrees_with_the_worlds_own_counts() -> None:
    world = small_world(days=90, log=True)
    posts = event_log.posts(world).counts(len(world.people))
    m = world.venues[0].memberships
    assert posts.tolist() == (m["questions"] + m["talks"] + m["answers"]).tolist()
    visits = event_log.visits(world)
    assert len(visits.person) == flow(world, tally.NAMES[tally.VISITS])
    active, posting = event_log.active_shares(world, event_log.ever_members(world), 0, 12)
    assert (active >= posting).all()
