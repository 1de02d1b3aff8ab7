"""The books balance at both ends of the range of every number that can be set: levers, circumstances, parameters.

Nothing is listed here: a number that is declared is tested, from the moment that it is declared.
"""

from typing import Any

import numpy as np
import pytest
from books import (
    check_attention,
    check_bonds,
    check_books,
    check_columns,
    check_hours,
    check_levels,
    check_members,
    check_results,
    check_threads,
    check_undone,
)
from test_plain import unlike_days, unlike_people, unlike_threads
from worlds import flow, settings, setup, total

from sim.lab.settings.keys import declarations
from sim.plain.day import PlainWorld
from sim.world import tally, treatment
from sim.world.parameters import Declared
from sim.world.state import MEMBER
from sim.world.world import World

DAYS = 60
ACTIVE = {  # something of everything happens, so that each number has something to act on
    "host.hours": 8, "host.awards": 10, "host.broadcasts": 8, "host.promises": 3, "host.exec_visits": 3,
    "host.onboarding": 0.5, "host.joins_in": 0.3, "host.replies": 0.5, "venue.ad_free_price": 2, "venue.points": 0.5,
    "venue.goals": 0.5, "venue.streaks": 0.5, "venue.peer_awards": 0.5, "venue.rejection": 0.2, "product.drift": 0.002,
    "product.release_days": 10, "outside.rival": 0.5, "venue.exposure_price": 0.2, "venue.opening_cost": 500,
    "venue.monthly_cost": 50,
    "host.named": 0.5, "host.experts": 4, "host.beta": 0.3, "host.escalation": 0.3, "host.vouching": 0.3,
    "host.handover": 0.4, "host.handover_from": 10, "host.handover_days": 20, "product.fault_day": 20,
    "product.fault": 0.5, "host.deletes": 0.3, "host.answers_critics": 0.4, "host.reasons": 0.5,
    "population.troubled": 0.3, "venue.hostility": 0.05, "venue.recording": 0.3, "host.agenda": 0.3,
    "product.survey": 60, "outside.copies": 5, "product.different": 0.3, "venue.price": 2,
}  # fmt: skip
SHORT = {"host.hours": 0.7, "host.overhead": 0.3, "host.awards": 60, "host.onboarding": 1.0}  # more to do than hours
MORE = {
    "voicing.voice": 0.3, "recognition.p_honour": 0.3, "join.life_rate": 0.01, "visit.sleep_after": 14,
    "exposure.upgrade": 0.005, "advocacy.refer": 1, "advocacy.convince": 1, "worth.annoy": 0.1,
    "worth.nuisance": 4, "asking.induced": 0.05, "bonding.p_close": 0.5, "visit.relies": 0, "answering.answer": 0.3,
    "answering.talk_back": 0.4, "guests.passes": 2, "storms.defends": 1, "storms.goes_on": 1,
    "population.initial_trust": 0.8,
}  # fmt: skip
SECOND = {  # it shuts, and takes more
    "venue.owner": "members", "venue.closes": 50.0, "venue.moves_to": "one", "venue.call": 0.5, "venue.ad_load": 6,
}  # fmt: skip
DECLARED = declarations()


def small(changes: dict[str, float], seed: int = 1) -> World:
    """Return a small and eventful world with some numbers changed, not yet begun: two venues of one host's making."""
    numbers = {name.removeprefix("params."): value for name, value in changes.items() if name.startswith("params.")}
    levers: dict[str, Any] = ACTIVE | {name: value for name, value in changes.items() if "params." not in name}
    short = {"venue.launch": 0.5} | levers | {name: value for name, value in SHORT.items() if name not in changes}
    second = {name: value for name, value in SECOND.items() if name not in changes}
    venues = (setup("one", **({"venue.launch": 1.0} | levers)), setup("two", **(short | second)))
    chosen = settings(
        people=120, days=DAYS, setups=venues, log=True, record_every=20, numbers=MORE | numbers, **levers
    )  # fmt: skip
    return World(chosen, seed)


def check_life(world: World) -> None:
    """Let a world live, and assert daily what must hold daily and now and then what takes longer to look at."""
    for day in range(DAYS):
        minutes, saved = total(world, "minutes"), [venue.host.saved for venue in world.venues]
        hours = [flow(world, "host_hours", venue.index) for venue in world.venues]
        world.step()
        check_attention(world, minutes)
        check_hours(world, saved, hours)
        if day % 20 == 19:
            check_members(world)
            check_levels(world)
            check_columns(world)
            check_books(world)
            check_threads(world)
            check_bonds(world)
    check_results(world)
    check_undone(world)


def ends() -> list[Any]:
    """Return every declared number with its minimum and its maximum, by turns one of them only for `make slow`.

    Below, all numbers of a group stand at one end together, and both ends are tried always.
    """
    return [
        pytest.param(name, value, id=f"{name}={value:g}", marks=[pytest.mark.slow] if (place + end) % 2 else [])
        for place, (name, row) in enumerate(DECLARED.items()) for end, value in enumerate((row.low, row.high))
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), ends())
def test_the_books_balance_at_both_ends_of_every_number(name: str, value: float) -> None:
    check_life(small({name: value}))


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("group", sorted({name.rpartition(".")[0] for name in DECLARED}))
def test_the_books_balance_where_all_numbers_of_a_group_stand_at_one_end(group: str, end: str) -> None:
    def of(row: Declared) -> float:
        return row.low if end == "low" else row.high

    check_life(small({name: of(row) for name, row in DECLARED.items() if name.rpartition(".")[0] == group}))


def test_the_eventful_world_is_eventful() -> None:
    """Or the ends above would hold because nothing happens there."""
    world = small({})
    check_life(world)
    silent = [name for name in tally.NAMES if total(world, name) == 0]
    assert silent == ["exits_removed"]  # only an experimenter takes people out


def test_nobody_replies_again_where_an_experimenter_replied_in_their_name() -> None:
    """They meet the thread on their next visit, as all who have not seen it do."""
    world, given = small({"params.answering.answer": 2.0, "host.replies": 0.0, "host.joins_in": 0.0}), 0
    for _ in range(DAYS):
        for venue in world.venues:
            threads, members = venue.threads[: venue.now.threads], venue.memberships
            for at in np.flatnonzero((threads["answered"] < 0) & (threads["time"] > world.day - 3)).tolist():
                unseen = np.flatnonzero((members["status"] == MEMBER) & (members["last_visit"] < threads["time"][at]))
                if len(unseen):
                    treatment.reply(world, venue.index, at, int(unseen[0]))
                    given += 1
        world.step()
    assert given > 20
    check_threads(world)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), ends())
def test_the_plain_world_agrees_at_both_ends_of_every_number(name: str, value: float) -> None:
    world = small({name: value})
    plain = PlainWorld(world.settings, 1)
    for _ in range(40):
        world.step()
        plain.step()
    assert unlike_days(world, plain) + unlike_people(world, plain) + unlike_threads(world, plain) == []
