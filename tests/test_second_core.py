"""The second core: an empty room, who caused a visit, what mail does, what is booked, and nulls that touch nothing."""

from typing import Any

import numpy as np
import pytest
from books import JOINS, check_books, check_levels
from worlds import differences, flow, logged, settings, small_world, total

from sim.world import tally
from sim.world.mechanisms.worth import ARCHIVE, CREDIT, MISSION, SUPPLIERS
from sim.world.state import MEMBER
from sim.world.world import World

NOBODY_SPEAKS = {"answering.answer": 0, "asking.talk": 0, "asking.introductions": 0}
NO_HOST = {"host.hours": 0}
SEEDS = range(6)


# -- Nulls: where there is nothing to act on, a mechanism changes nothing; where there is, it does ---------------------

NULLS: list[tuple[str, float, float, dict[str, Any], dict[str, float]]] = [
    ("conversation.returns", 0, 1, NO_HOST, NOBODY_SPEAKS),
    ("quality.spread", 0, 1, NO_HOST, NOBODY_SPEAKS),
    ("quality.newcomer", 0, 1, NO_HOST, NOBODY_SPEAKS),
    ("quality.unclear", 0, 1, NO_HOST, NOBODY_SPEAKS),
    ("answering.demand", 0, 2, {}, {"answering.answer": 0}),
    ("exposure.minutes_per_post", 0, 30, {"venue.posting": 0}, {"answering.answer": 0}),
    ("exposure.passes_over", 0, 1, NO_HOST, NOBODY_SPEAKS | {"asking.p_ask": 0}),
    ("asking.drawn_out", 0, 2, {}, {"advocacy.invite": 0}),
    ("bonding.identify", 0, 0.5, {"venue.mission": 0}, {}),
    ("worth.nuisance", 0, 5, {"host.broadcasts": 0}, {}),
    ("recognition.dilution", 0, 200, {"host.awards": 0}, {}),
    ("recognition.gratitude", 0, 3, {"venue.earning": 0}, {}),
    ("incentives.readers", 0, 2, NO_HOST | {"venue.posting": 0}, NOBODY_SPEAKS),
    ("population.restless_spread", 0, 1, {}, {"join.life_rate": 0}),
    ("join.p_pause", 0, 1, {}, {"join.life_rate": 0}),
    ("join.contagion", 0, 20, {"population.latent_ties": 0}, {}),
]
OWN = {"population.restless_spread": ("people.restless",)}  # the trait itself
PRESENT = {"host.onboarding": 1, "host.broadcasts": 20, "host.awards": 20, "host.hours": 12}


@pytest.mark.parametrize(("number", "off", "on", "levers", "without"), NULLS)
def test_a_mechanism_with_nothing_to_act_on_changes_nothing_to_the_last_bit(
    number: str, off: float, on: float, levers: dict, without: dict
) -> None:
    pair = [small_world(days=60, numbers=without | {number: level}, **levers) for level in (off, on)]
    assert differences(*pair, but=OWN.get(number, ())) == []
    assert flow(pair[0], "visits") > 50


@pytest.mark.parametrize(("number", "off", "on"), [row[:3] for row in NULLS])
def test_where_there_is_something_to_act_on_it_moves_people_and_no_draw_of_the_first_morning(
    number: str, off: float, on: float
) -> None:
    """The same are born and join on the first day; later something differs."""
    numbers = {"join.life_rate": 0.01, number: off}
    pair = [small_world(days=90, log=True, numbers=numbers | {number: level}, **PRESENT) for level in (off, on)]
    for kind in ("join", "visit"):
        first = [logged(world, kind)[logged(world, kind)["day"] == 0] for world in pair]
        assert len(first[0]) > 50
        if number == "join.contagion":  # it acts on the first day: who joined without it joins with it
            assert set(first[0]["actor"]) <= set(first[1]["actor"])
        else:
            assert np.array_equal(*first)
    born = {name for name in differences(*[World(world.settings, 1) for world in pair]) if name.startswith("people.")}
    assert born <= set(OWN.get(number, ()))
    assert differences(*pair, but=OWN.get(number, ())) != []


# -- An empty room, and who caused a visit ---------------------------------------------------------------------------


def test_where_nobody_speaks_and_nobody_hosts_only_the_archive_and_the_cause_give() -> None:
    world = small_world(numbers=NOBODY_SPEAKS | {"asking.p_ask": 0, "advocacy.invite": 0}, **NO_HOST)
    m = world.venues[0].memberships
    given = m["held"][m["visits"] > 0][:, :CREDIT].sum(axis=0)
    assert all(amount == 0 for cell, amount in enumerate(given) if cell not in (ARCHIVE, MISSION))
    assert given[MISSION] > 0


@pytest.mark.claims
def test_an_empty_room_keeps_under_a_fifth_of_its_members() -> None:
    """Of those who joined in the first quarter, who comes a year later, where nobody answers, talks or hosts.

    Newcomers do not count: needs and signposts go on bringing people to a room that keeps none of them.
    """

    def kept(seed: int, **choices: Any) -> int:
        m = small_world(seed, people=600, days=365, **choices).venues[0].memberships
        return int(((m["status"] == MEMBER) & (m["joined"] < 90) & (m["last_visit"] > 335)).sum())

    usual = [kept(seed) for seed in SEEDS]
    empty = [kept(seed, numbers=NOBODY_SPEAKS, **NO_HOST) for seed in SEEDS]
    assert np.mean(empty) < 0.2 * np.mean(usual), (empty, usual)


def test_no_visit_is_caused_by_members_where_no_member_ever_writes_to_another() -> None:
    """A host that joins every thread brings people back: these visits are the host's."""
    world = small_world(
        days=200,
        numbers={"answering.answer": 0, "advocacy.invite": 0, "conversation.returns": 0, "bonding.p_close": 0},
        **{"host.joins_in": 1, "host.replies": 1, "host.hours": 200, "host.capacity": 200, "population.belonging": 1},
    )  # fmt: skip
    assert flow(world, "answers") == 0 < flow(world, "host_answers")
    assert flow(world, "visits_peers") == 0 < flow(world, "visits_host")


def test_who_gets_no_more_mail_is_rested_while_others_are_not() -> None:
    world = World(settings(days=200, **{"host.broadcasts": 20, "host.hours": 12}), 1).run(60)
    members = np.flatnonzero(world.memberships[0]["status"] == MEMBER)
    rested, others = members[::2], members[1::2]
    before = world.memberships[0]["fatigue"][members].mean()
    for i in rested:
        world.membership(0, int(i)).mail_own = 0.0
    world.run(200)
    m = world.memberships[0]
    stayed = (m["status"] == MEMBER) & (m["joined"] < 60)
    assert m["fatigue"][rested][stayed[rested]].max() < 0.05 * before
    assert m["fatigue"][others][stayed[others]].min() > 0.5 * before


# -- What is booked adds up ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_booked_adds_up(seed: int) -> None:
    """Givers and costs make experience, shares make one, and the causes of leaving make all exits."""
    world = small_world(seed, days=200)
    check_levels(world)
    check_books(world)
    now, found = dict(zip(world.series()["metric"], world.series()["value"], strict=True)), world.outcomes()
    m = world.venues[0].memberships
    held = m["held"][m["status"] == MEMBER]
    assert (held[:, CREDIT + 1 :] <= 0).all()
    given = sum(now[f"given_by_{by}"] for by in SUPPLIERS)
    assert given >= now["experience"], "costs are taken off"
    assert sum(found[f"booked_{by}"] for by in SUPPLIERS) == pytest.approx(1.0)
    causes = [name for name in tally.NAMES if name.startswith("exits_")]
    assert sum(flow(world, name) for name in causes) == found["exits"] > 0
    assert sum(found[name] for name in causes) == pytest.approx(1.0)
    assert found["exits"] == total(world, *JOINS) - world.venues[0].now.members


# -- Conversation, launches, promises and hours ----------------------------------------------------------------------


def test_authors_reply_in_their_own_threads_and_ties_are_returned() -> None:
    """Six seeds against none who converse, and no explosion where everybody does: a turn comes once a visit."""
    returned: dict[float, list[float]] = {level: [] for level in (0.0, 0.5, 1.0)}
    for level, found in returned.items():
        for seed in SEEDS:
            world = small_world(seed, numbers={"conversation.returns": level})
            found.append(world.outcomes()["reciprocity"])
            answers = world.venues[0].answers[: int(world.venues[0].now.answers)]
            own = answers["person"] == world.venues[0].threads["author"][answers["thread"]]
            assert bool(own.any()) is (level > 0)
            assert flow(world, "conversed") <= flow(world, "visits")
    gained = np.array(returned[0.5]) - np.array(returned[0.0])
    assert gained.mean() > 3 * gained.std(ddof=1) / np.sqrt(len(gained))


@pytest.mark.claims
def test_broken_promises_cost_active_members() -> None:
    """Eight pairs: a host that announces ten improvements a month and listens to nobody."""
    levers = {"host.listening": 0, "host.hours": 12}
    sizes = [
        [small_world(seed, people=600, days=365, **levers, **{"host.promises": promises}).outcomes()["size"]
         for promises in (0, 10)] for seed in range(8)
    ]  # fmt: skip
    lost = -np.diff(sizes)[:, 0]
    assert lost.mean() > 2 * lost.std(ddof=1) / np.sqrt(len(lost)), sizes


@pytest.mark.claims
def test_half_the_hours_cost_something_where_they_are_needed_and_nothing_where_they_are_idle() -> None:
    def replies(seed: int, hours: float) -> float:
        levers = {"host.seeding": 1, "host.replies": 1, "population.need_rate": 0.2, "host.hours": hours}
        return flow(small_world(seed, people=600, **levers, numbers={"answering.answer": 0}), "host_answers")

    lost = np.array([replies(seed, 2) - replies(seed, 1) for seed in SEEDS])
    assert lost.mean() > 4 * lost.std(ddof=1) / np.sqrt(len(lost))
    idle = [small_world(**{"host.hours": hours}) for hours in (20, 10)]
    paid = ("0.tally.host_cost", "0.tally.hours_paid", "0.now.hours_left", "0.tally.host_hours", "0.now.hours_used")
    assert differences(*idle, but=paid) == []
    assert flow(idle[0], "host_hours") == pytest.approx(flow(idle[1], "host_hours"))  # but for rounding
