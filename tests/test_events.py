"""The event log says who did what to whom, where and why, and agrees with the counters and the tables."""

from typing import Any

import numpy as np
import pytest
from worlds import flow, logged, settings, setup, small_world

from sim.world import events, tally
from sim.world.state import HOST, NOBODY
from sim.world.world import World

BUSY = {"host.exec_visits": 3, "host.onboarding": 0.7, "host.promises": 2, "host.broadcasts": 20, "host.hours": 12,
        "host.awards": 20, "host.seeding": 2, "venue.ad_load": 5, "venue.ad_free_price": 1,
        "population.need_rate": 0.1, "venue.rejection": 0.2}  # fmt: skip
QUICK = {"join.life_rate": 0.01, "visit.sleep_after": 7, "visit.wake_rate": 0.1, "bonding.p_close": 1,
         "join.second_chance": 1, "leaving.churn": 0.003, "advocacy.refer": 1, "exposure.upgrade": 0.005}  # fmt: skip
COUNTED = {
    "join": ("joins_market", "joins_friends", "joins_search", "joins_invite"), "return": ("returns",),
    "visit": ("visits",), "ask": ("questions",), "talk": ("talks",), "seed": ("seeds",), "ask_again": ("asked_again",),
    "answer": ("answers",), "host_answer": ("host_answers",), "award": ("awards",), "bond": ("bonds", "triangles"),
    "greet": ("greetings",), "ticket": ("tickets",), "release": ("releases",), "refer": ("referrals",),
    "silence": ("silenced",), "churn": ("churned",), "broadcast": ("broadcasts",), "exec_visit": ("exec_visits",),
    "disappoint": ("disappointments",), "upgrade": ("upgrades",),
    "reject": ("rejected",), "praise": ("praises",), "criticise": ("criticisms",), "take_up": ("taken_up",),
    "exit": tuple(name for name in tally.NAMES if name.startswith("exits_")),
}  # fmt: skip
NOT_COUNTED = {"thank", "like", "invite", "adopt", "dormant", "give_up"}
OF_SOME_WORLDS = {"defend": "defences", "delete": "deleted", "disclose": "disclosures", "graduate": "graduated"}


@pytest.fixture(scope="module", params=[1, 2])
def world(request: pytest.FixtureRequest) -> World:
    return small_world(request.param, days=200, log=True, numbers=QUICK, **BUSY)


@pytest.mark.parametrize("kind", COUNTED)
def test_there_is_one_event_for_each_that_was_counted(world: World, kind: str) -> None:
    assert len(logged(world, kind)) == sum(flow(world, name) for name in COUNTED[kind]) > 0


def test_every_kind_is_either_counted_or_known_not_to_be() -> None:
    assert set(COUNTED) | NOT_COUNTED | set(OF_SOME_WORLDS) | {"hand_over"} == set(events.KINDS)
    counted = {name for names in COUNTED.values() for name in names}
    assert counted <= set(tally.NAMES)


def test_what_only_some_worlds_have_is_counted_there() -> None:
    world = small_world(
        log=True, days=200,
        numbers={"storms.defends": 1, "population.initial_trust": 0.9, "bonding.replied": 0.3, "voicing.voice": 0.5,
                 "struggle.opens": 1, "struggle.peers": 0.1},
        **{"product.fault_day": 60, "product.fault": 0.5, "host.deletes": 0.5, "population.troubled": 0.4,
           "host.handover": 0.8, "venue.launch": 2},
    )  # fmt: skip
    for kind, name in OF_SOME_WORLDS.items():
        assert len(logged(world, kind)) == flow(world, name) > 0, kind
    assert len(logged(world, "hand_over")) > 0


def test_thanks_and_likes_are_counted_as_one() -> None:
    world = small_world(log=True)
    assert len(logged(world, "thank")) + len(logged(world, "like")) == flow(world, "thanks") > 0


def test_who_became_a_customer_was_referred_or_came_by_themselves(world: World) -> None:
    assert len(logged(world, "refer")) + len(logged(world, "adopt")) == flow(world, "adoptions") > 0
    recruited = world.people["recruiter"] >= 0
    assert recruited.sum() == flow(world, "referrals")


@pytest.mark.parametrize(("kind", "prefix"), [("join", "joins_"), ("exit", "exits_")])
def test_every_joining_and_every_exit_has_a_cause_and_each_cause_its_count(
    world: World, kind: str, prefix: str
) -> None:
    causes = np.array(events.CAUSES)[logged(world, kind)["cause"]]
    for name in (name for name in tally.NAMES if name.startswith(prefix)):
        assert (causes == name.removeprefix(prefix)).sum() == flow(world, name), name
    assert "none" not in causes


@pytest.mark.parametrize(
    ("flow_of", "cause"), [("visits_need", "need"), ("visits_peers", "peers"), ("visits_host", "host")]
)
def test_visits_are_counted_by_their_cause(world: World, flow_of: str, cause: str) -> None:
    found = (logged(world, "visit")["cause"] == events.CAUSES.index(cause)).sum()
    assert found == flow(world, flow_of) > 0


def lives(world: World) -> dict[int, list[Any]]:
    """Return the events of coming in and going out, in their order, by person."""
    log = world.events()
    kinds = [events.JOIN, events.SLEEP, events.RETURN, events.EXIT]
    found: dict[int, list[Any]] = {}
    for event in log[np.isin(log["kind"], kinds)]:
        found.setdefault(int(event["actor"]), []).append(event)
    return found


def test_nobody_leaves_who_is_not_in_or_joins_who_is_or_comes_back_who_was_not_away(world: World) -> None:
    """Those who left stay out unless the log says that they joined again, after three months at the earliest."""
    follows = {events.JOIN: {None, events.EXIT}, events.SLEEP: {events.JOIN, events.RETURN},
               events.RETURN: {events.SLEEP}, events.EXIT: {events.JOIN, events.RETURN, events.SLEEP}}  # fmt: skip
    again = 0
    for life in lives(world).values():
        before = None
        for event in life:
            assert (None if before is None else before["kind"]) in follows[event["kind"]]
            if event["kind"] == events.JOIN and before is not None:
                assert event["day"] - before["day"] >= 90
                again += 1
            before = event
    assert again > 0, "nobody came back in this world, so nothing was tested"


def test_the_last_event_of_a_life_is_the_state_that_the_table_shows(world: World) -> None:
    m = world.venues[0].memberships
    state = {events.JOIN: 1, events.RETURN: 1, events.SLEEP: 2, events.EXIT: 3}
    last = {person: life[-1] for person, life in lives(world).items()}
    assert all(m["status"][person] == state[event["kind"]] for person, event in last.items())
    assert (m["status"] == 0).sum() == len(m) - len(last)
    exits = {person: event for person, event in last.items() if event["kind"] == events.EXIT}
    assert all((m["left"][i], m["left_cause"][i]) == (event["day"], event["cause"]) for i, event in exits.items())


def test_only_who_is_in_does_anything_in_the_venue(world: World) -> None:
    """Every visit, question, post and answer lies between a joining and an exit."""
    inside = {person: [(e["day"], e["kind"]) for e in life if e["kind"] in (events.JOIN, events.EXIT)]
              for person, life in lives(world).items()}  # fmt: skip
    for kind in ("visit", "ask", "talk", "answer", "ask_again"):
        for event in logged(world, kind):
            joined = [day for day, what in inside[int(event["actor"])] if what == events.JOIN and day <= event["day"]]
            left = [day for day, what in inside[int(event["actor"])] if what == events.EXIT and day < event["day"]]
            assert len(joined) == len(left) + 1


def test_a_visit_comes_before_all_that_is_done_on_it_and_there_is_one_a_day(world: World) -> None:
    visits = {(int(e["day"]), int(e["actor"])) for e in logged(world, "visit")}
    assert len(visits) == len(logged(world, "visit"))
    for kind in ("ask", "talk", "answer", "thank", "like", "silence", "refer", "invite"):
        assert {(int(e["day"]), int(e["actor"])) for e in logged(world, kind)} <= visits, kind


def test_a_greeting_is_for_somebody_who_joined_on_that_day(world: World) -> None:
    joined = {(int(e["day"]), int(e["actor"])) for e in logged(world, "join")}
    greeted = [(int(e["day"]), int(e["target"])) for e in logged(world, "greet")]
    assert len(set(greeted)) == len(greeted) > 0
    assert set(greeted) <= joined


def test_answers_in_the_log_are_the_table_of_answers(world: World) -> None:
    venue, log = world.venues[0], world.events()
    answers = venue.answers[: int(venue.now.answers)]
    found = log[np.isin(log["kind"], [events.ANSWERED, events.HOST_ANSWERED])]
    assert np.array_equal(found["actor"], np.where(answers["person"] < 0, HOST, answers["person"]))
    assert np.array_equal(found["thread"], answers["thread"])
    assert np.array_equal(found["day"], answers["time"].astype(int))
    assert np.array_equal(found["target"], answers["to"])


def test_what_a_host_does_has_the_host_for_actor_and_cause(world: World) -> None:
    for kind in ("seed", "host_answer", "award", "greet", "release", "broadcast", "exec_visit"):
        found = logged(world, kind)
        assert (found["actor"] == HOST).all(), kind
        assert (found["cause"] == events.BY_HOST).all(), kind


def test_days_run_forwards_and_names_are_those_of_people_venues_and_threads(world: World) -> None:
    log, n = world.events(), len(world.people)
    assert (np.diff(log["day"]) >= 0).all()
    assert log["day"].max() < world.day
    for name, low, high in (("actor", HOST, n), ("target", HOST, n), ("venue", NOBODY, 1),
                            ("thread", NOBODY, int(world.venues[0].now.threads))):  # fmt: skip
        assert (log[name] >= low).all(), name
        assert (log[name] < high).all(), name


def test_a_log_of_a_very_busy_host_loses_nothing() -> None:
    """There is room for each mechanism's events, even where a host writes more than all people together."""
    busy = settings(people=20, days=30, setups=(setup("main", **{
        "host.seeding": 200, "host.hours": 200, "host.capacity": 200, "host.awards": 300}),), log=True)  # fmt: skip
    world = World(busy, 1).run()
    assert len(logged(world, "seed")) == flow(world, "seeds") == 200 * 30
    assert (world.events()["kind"] != events.JOIN).sum() + len(logged(world, "join")) == len(world.events())
