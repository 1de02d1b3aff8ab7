"""The plain world is the compiled one, to the last bit: two programs written apart that say the same."""

from typing import Any

import numpy as np
import pytest
from worlds import settings, setup

from sim.cli import compose
from sim.lab.settings import scenarios
from sim.plain.day import PlainWorld
from sim.plain.state import rules
from sim.world import tally
from sim.world.levers import NO_DAY
from sim.world.mechanisms import recognition
from sim.world.mechanisms.worth import MESSAGES
from sim.world.state import ANSWER, LIFE, MEMBER, MEMBERSHIP, PERSON, QUESTION, STANDING, THREAD, VOICE
from sim.world.world import Settings, World

LIVELY = {"host.exec_visits": 3, "host.onboarding": 0.7, "host.promises": 2, "host.broadcasts": 8, "host.hours": 6}
SCENARIOS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "many ads": {"venue.ad_load": 12, "venue.annoyance": 2, "venue.ad_free_price": 2, "product.drift": 0.004},
    "nobody may answer": {"venue.talk": 0, "host.replies": 1},
    "counting and showing": {"venue.points": 1, "venue.streaks": 1, "venue.display": 1, "host.awards": 20},
    "ranks and peers who honour each other": {
        "venue.goals": 1, "venue.peer_awards": 1, "host.awards": 0, "venue.display": 1,
        "numbers": {"recognition.p_honour": 0.05, "recognition.p_like": 0.3},
    },
    "half the posts, half the thanks": {"venue.posting": 0.5, "venue.earning": 0.5, "host.replies": 0},
    "a hurdle too high": {"host.hurdle": 50, "host.patience": 1, "host.schedule": "taper"},
    "a host that steps back": {"host.policy": "responsive", "host.hours": 8, "host.replies": 1},
    "nothing is shown, much is said": {
        "venue.notices": 0, "venue.invites": 3,
        "numbers": {"advocacy.invite": 0.5, "advocacy.chooses": 0.9, "join.persuades": 3},
    },
    "newcomers are judged, and everybody speaks": {
        "venue.rejection": 0.4, "venue.rules_shown": 1, "venue.cost": 0.1, "host.listening": 1,
        "product.release_days": 7,
        "numbers": {"voicing.voice": 0.3, "voicing.own_facet": 0.3, "norms.half": 20, "norms.discouraged": 0.8,
                    "advocacy.refer": 1, "advocacy.convince": 1},
    },
    "a host that joins in everywhere": {"host.joins_in": 0.6, "host.hours": 1.5, "venue.rejection": 0.1},
    "a host with more to do than its hours allow": {
        "host.hours": 2, "host.overhead": 0.4, "host.seeding": 4, "host.replies": 0.8, "host.joins_in": 0.5,
        "host.onboarding": 1, "host.awards": 60, "host.broadcasts": 60, "host.promises": 40, "host.exec_visits": 10,
        "host.budget": 8000, "venue.exposure_price": 0.5, "venue.opening_cost": 900, "venue.monthly_cost": 100,
    },
    "bonds cannot grow": {"numbers": {"bonding.gain": 0, "bonding.p_close": 1}},
    "quick lives": {
        "numbers": {"join.life_rate": 0.02, "visit.sleep_after": 7, "visit.wake_rate": 0.1, "join.second_chance": 1,
                    "visit.wake_reminder": 0.5, "bonding.p_close": 1, "advocacy.refer": 1},
        "host.broadcasts": 45,
    },
    "everybody converses": {
        "population.attention": 90, "venue.launch": 2, "venue.effort": 0.3,
        "numbers": {"conversation.returns": 1, "conversation.in_help": 2, "answering.answer": 0.2,
                    "answering.demand": 0.5, "exposure.passes_over": 0.1, "asking.talk": 0.1},
    },
    "answers that nobody understands": {
        "venue.small_talk": 0.1, "venue.mission": 1, "host.replies": 0.2,
        "numbers": {"quality.spread": 1.2, "quality.newcomer": 0.9, "quality.unclear": 0.9, "visit.p_ticket": 0.9,
                    "answering.answer": 0.2, "asking.induced": 0.05, "asking.drawn_out": 1},
    },
    "a host that nobody believes any more": {
        "venue.ad_load": 4, "venue.cost": 0.2, "outside.rival": 1, **LIVELY, "host.broadcasts": 25, "host.promises": 20,
        "numbers": {"population.initial_trust": 0.3, "worth.heed": 2, "visit.fatigue_scale": 4, "worth.nuisance": 2,
                    "bonding.trust_broken": 0.05, "bonding.identify": 0.5},
    },
    "nobody knew each other": {"population.latent_ties": 0, "population.strangers": 0, "outside.rival": 5},
    "two hosts": {
        "setups": (
            setup("open", **LIVELY, **{"host.schedule": "burst", "venue.launch": 1}),
            setup("late", **{"venue.opens": 40, "venue.launch": 2, "host.starts": 70, "host.schedule": "list",
                             "host.schedule_list": (0.0, 2.0, 1.0), "host.seeding": 12, "host.hours": 20}),
        ),
    },
    "readers get letters and no ads": {
        "venue.segment": "readers", "venue.segment_ads": 0, "venue.segment_mail": 0.3, "host.letters": 3,
        "host.hours": 6, "host.broadcasts": 10,
    },
    "places of three owners": {
        "setups": (
            setup("own", **{"host.stance": -0.7, "host.aggregates": 0.8, "venue.opens": 20}),
            setup("rented", **{"venue.owner": "landlord", "venue.turns": 30, "venue.turned_reach": 0.2,
                               "venue.closes": 90, "venue.moves_to": "own", "venue.call": 0.6, "venue.portable": 0.5,
                               "host.broadcasts": 20, "venue.launch": 2}),
            setup("fans", **{"venue.owner": "members", "host.hours": 0, "venue.launch": 1, "venue.portable": 0.9}),
        ),
        "numbers": {"places.trust_stance": 0.1, "visit.competes": 1},
    },
    "places that take and feeds that call": {
        "setups": (
            setup("dear", **{"venue.price": 3, "venue.recording": 0.6, "venue.launch": 2, "venue.ad_load": 3,
                             "host.agenda": 1.5, "host.disclosed": 0.4, "host.necessity": 0.3, "host.hours": 8}),
            setup("ads", **{"venue.owner": "landlord", "venue.turns": 140, "venue.launch": 2, "venue.ad_load": 4,
                            "host.ratchet": 1, "host.agenda": 0.5, "host.disclosed": 1}),
        ),
        "outside.decline": 0.5, "outside.feed": 90, "days": 300,
        "numbers": {"visit.wake_rate": 0.05, "visit.sleep_after": 14, "visit.base": 0.1, "leaving.dull": 0.2,
                    "dealings.fair": 0.1, "dealings.detects": 0.4},
    },
    "keys for members, and people with names": {
        "host.handover": 0.8, "host.handover_from": 20, "host.handover_days": 40, "host.replies": 0.8,
        "host.onboarding": 0.8, "host.hours": 8, "host.named": 0.9, "host.turnover": 100, "host.exec_visits": 6,
        "host.scripted": 0.4, "host.experts": 8, "host.beta": 0.5, "host.escalation": 0.4, "host.vouching": 0.5,
        "population.attention": 12,
        "numbers": {"stewards.helps": 2.5, "stewards.belongs": 0.05, "guests.passes": 0.5, "answering.answer": 0.1,
                    "guests.knows": 5},
    },
    "a fault, and hosts who delete and answer": {
        "product.fault_day": 40, "product.fault": 0.5, "product.release_days": 7,
        "setups": (
            setup("own", **{"host.deletes": 0.4, "host.answers_critics": 0.6, "host.reasons": 0.5, "venue.traces": 0.7,
                            "host.hours": 2, "host.listening": 1, "venue.launch": 2}),
            setup("fans", **{"venue.owner": "members", "venue.launch": 2, "host.hours": 0}),
        ),
        "numbers": {"voicing.voice": 0.5, "storms.defends": 1, "storms.goes_on": 0.9, "census.champion_answers": 1,
                    "population.initial_trust": 0.9, "bonding.replied": 0.3,
                    "census.champion_belonging": 0.05},
    },
    "people who live with trouble, and some who are hostile": {
        "population.troubled": 0.5, "venue.hostility": 0.1, "venue.safety": 0.4, "venue.launch": 2,
        "numbers": {"struggle.peers": 0.1, "struggle.opens": 1, "struggle.moves_on": 1, "asking.talk": 0.1,
                    "answering.answer": 0.2},
    },
    "a young company that loses heart beside its rival": {
        "product.runway": 400_000, "product.burn": 200, "product.survey": 300, "product.different": 0.7,
        "product.network": 0.6, "outside.copies": 12.5, "outside.better": 0.6, "population.strangers": 2,
        "numbers": {"leaving.churn": 0.008, "startup.lasts": 110, "startup.growth": 0.5, "startup.fits": 0.9},
    },
    "a young company whose money is spent": {
        "product.runway": 9000, "product.burn": 160, "venue.ad_free_price": 2, "venue.opening_cost": 1000,
        "setups": (
            setup("own", **{"host.hours": 1, "venue.ad_load": 3, "venue.ad_free_price": 2, "venue.opening_cost": 1000}),
            setup("fans", **{"venue.owner": "members", "venue.launch": 1, "venue.ad_load": 2}),
        ),
    },
    "a product that ends, and one that was copied": {
        "product.ends": 70, "product.survey": 100, "outside.copies": 5, "outside.better": 1, "venue.launch": 2,
        "numbers": {"asking.induced": 0.05, "advocacy.refer": 1, "advocacy.convince": 1, "rivals.pull": 5},
    },
}  # fmt: skip


def pair(scenario: str, seed: int, **others: Any) -> tuple[World, PlainWorld]:
    """Return the same world twice: compiled and plain."""
    chosen: Settings = settings(**({"people": 220, "days": 150} | SCENARIOS[scenario] | others))
    return World(chosen, seed), PlainWorld(chosen, seed)


def unlike(name: str, ours: Any, theirs: Any) -> list[str]:
    """Return the name where two columns differ in length or in any value."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    return [] if ours.shape == theirs.shape and np.array_equal(ours, theirs, equal_nan=True) else [name]


def unlike_days(world: World, plain: PlainWorld) -> list[str]:
    """Return what differs at the end of a day, the cheap part: counters, product, walls, hosts."""
    found = unlike("fit", world.product.fit, plain.product.fit) + unlike(
        "heard", world.product.heard, plain.product.heard
    )
    ours, theirs = vars(world.product), vars(plain.product)
    found += [name for name in ours if name != "past" and unlike(name, ours[name], theirs[name])]
    for ours, theirs in zip(world.venues, plain.venues, strict=True):
        found += [name for k, name in enumerate(tally.NAMES) if float(ours.tally[k]) != float(theirs.tally[k])]
        walls = set(ours.now.table.dtype.names) - {"threads", "answers"}
        found += [name for name in sorted(walls) if float(getattr(ours.now, name)) != float(getattr(theirs.now, name))]
        found += unlike("visitors", ours.visitors, [person.index for person in theirs.visitors])
        found += unlike("archive", ours.archive, theirs.archive)
        host, other = vars(ours.host), vars(theirs.host)
        found += [name for name in host if name not in ("policy", "marks") and host[name] != other[name]]
        found += unlike("marks", ours.host.marks, theirs.host.marks)
    return found


def unlike_people(world: World, plain: PlainWorld) -> list[str]:
    """Return the columns of people, memberships and bonds that differ."""
    found = unlike("need_day", world.need_day, [person.need_day for person in plain.people])
    for name in PERSON.names:
        found += unlike(name, world.people[name], [getattr(person, name) for person in plain.people])
    for name in LIFE.names:
        found += unlike(name, world.lives[name], [getattr(person, name) for person in plain.people])
    for k, venue in enumerate(world.venues):
        theirs = [person.memberships[k] for person in plain.people]
        found += unlike("alarm", venue.alarm, [m.alarm for m in theirs])
        for name in MEMBERSHIP.names:
            found += unlike(name, venue.memberships[name], [getattr(m, name) for m in theirs])
        for name in STANDING.names:
            found += unlike(name, venue.standings[name], [getattr(m, name) for m in theirs])
        for i, m in enumerate(theirs):
            ours = [(b["partner"], b["strength"], b["stamp"]) for b in venue.bonds[i] if b["strength"] > 0.0]
            found += unlike(f"bonds of {i}", ours, [(b.partner, b.strength, b.stamp) for b in m.bonds])
    return found


def unlike_threads(world: World, plain: PlainWorld) -> list[str]:
    """Return the columns of threads, answers and the event log that differ."""
    found = []
    for ours, theirs in zip(world.venues, plain.venues, strict=True):
        for name in set(THREAD.names):
            column = ours.threads[name][: int(ours.now.threads)]
            found += unlike(name, column, np.array([getattr(t, name) for t in theirs.threads], THREAD[name]))
        rows = [(a.time, a.quality, a.thread.at, a.person, a.to, a.score) for a in theirs.answers]
        found += unlike("answers", ours.answers[: int(ours.now.answers)].tolist(), np.array(rows, ANSWER).tolist())
        said = [(v.person, v.day, v.facet, v.good, v.deleted) for v in theirs.voices]
        found += unlike("voices", ours.voices[: int(ours.now.voices)].tolist(), np.array(said, VOICE).tolist())
    log = world.events()
    columns = ("day", "kind", "cause", "venue", "actor", "target", "thread")
    return found + unlike("log", [tuple(event[name] for name in columns) for event in log], plain.log)


def live_and_compare(world: World, plain: PlainWorld) -> None:
    """Live both worlds to their end, and assert that they agree each evening, and in the end on everything."""
    for _ in range(world.settings.days):
        world.step()
        plain.step()
        assert unlike_days(world, plain) == [], f"on day {world.day}"
    assert unlike_people(world, plain) + unlike_threads(world, plain) == []


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_both_worlds_agree_on_every_day_and_in_the_end_on_everything(scenario: str, seed: int) -> None:
    """Tallies, walls, visitors and product are compared daily; people, bonds, threads and the log at the end."""
    live_and_compare(*pair(scenario, seed, log=seed == 1))


DAYS = 60
IN_TIME = ("opens", "closes", "turns", "starts", "turnover", "handover_from", "handover_days", "fault_day", "ends")


def sooner(levers: Any) -> Any:
    """Return levers whose days come within a run of sixty days, as they do in one of two years."""
    days = {name: getattr(levers, name) for name in IN_TIME if name in levers._fields}
    return levers._replace(**{name: float(round(day * DAYS / 730)) for name, day in days.items() if 0 < day < NO_DAY})


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("scenario", scenarios.names())
def test_both_worlds_agree_on_every_scenario(scenario: str, seed: int) -> None:
    """A few people are enough, and days that would come later come in time."""
    made = compose.request([f"scenario={scenario}", "vectors=declared", "people=120", f"days={DAYS}"], False).experiment
    asked = made.settings()
    setups = tuple(one._replace(venue=sooner(one.venue), host=sooner(one.host)) for one in asked.setups)
    asked = asked._replace(setups=setups, product=sooner(asked.product), log=True)
    live_and_compare(World(asked, seed), PlainWorld(asked, seed))


def test_people_agree_on_every_single_day() -> None:
    """What a day's counters do not show would show in somebody's columns the same evening."""
    world, plain = pair("two hosts", 3, people=100, days=60)
    for _ in range(60):
        world.step()
        plain.step()
        assert unlike_people(world, plain) == [], f"on day {world.day}"


def test_people_are_moved_to_give_by_the_same_factor() -> None:
    """It stands in no column, and a last bit of it hardly ever changes what somebody does."""
    world, plain = pair("many ads", 1, days=40)
    for _ in range(40):
        world.step()
        plain.step()
    venue, numbers = world.venues[0], (world.parameters["recognition"], world.parameters["incentives"])
    for person, row, membership in zip(plain.people, world.people, venue.memberships, strict=True):
        ours = recognition.motivation(row, membership, venue.now.table[0], *numbers)
        assert ours == rules.recognition.motivation(person, person.memberships[0], plain.venues[0].now, *numbers)


def test_they_agree_on_a_place_whose_members_fall_silent() -> None:
    """From the day on which they are silenced nobody but the host replies or talks, in both worlds."""
    world, plain = pair("everybody converses", 1, days=80)
    for either in (world, plain):
        for _ in range(40):
            either.step()
        said = [float(either.venues[0].tally[flow]) for flow in (tally.ANSWERS, tally.TALKS)]
        either.silence_members()
        for _ in range(40):
            either.step()
        assert [float(either.venues[0].tally[flow]) for flow in (tally.ANSWERS, tally.TALKS)] == said
    assert unlike_days(world, plain) + unlike_people(world, plain) + unlike_threads(world, plain) == []


def test_conversation_unclear_answers_and_distrust_are_reached() -> None:
    """Replies are returned and returned again; answers are of no use; messages tire those who distrust the host."""
    talk, puzzle, doubt = (
        pair(name, 1)[0].run()
        for name in (
            "everybody converses", "answers that nobody understands", "a host that nobody believes any more",
        )
    )  # fmt: skip
    answers = talk.venues[0].answers[: int(talk.venues[0].now.answers)]
    turns = answers[answers["to"] != talk.venues[0].threads["author"][answers["thread"]]]
    assert len(turns) > 0
    assert talk.venues[0].tally[tally.CONVERSED] > len(turns)
    threads = puzzle.venues[0].threads[: int(puzzle.venues[0].now.threads)]
    unclear = (threads["answered"] >= 0) & (threads["quality"] < 0.9) & (threads["kind"] == QUESTION)
    assert unclear.sum() > 0
    members = doubt.venues[0].memberships
    assert (doubt.people["trust"][members["status"] == MEMBER] < 0.5).mean() > 0.5
    assert members["held"][:, MESSAGES].min() < -1.0


def test_the_scenarios_reach_what_they_are_for() -> None:
    """Agreement about nothing proves nothing: each way of the rules is taken somewhere in the scenarios."""
    total = np.zeros(len(tally.NAMES))
    for scenario in SCENARIOS:
        total += sum(venue.tally for venue in pair(scenario, 1)[0].run().venues)
    missing = [name for name, count in zip(tally.NAMES, total, strict=True) if count == 0]
    assert missing == ["exits_removed"]  # an experimenter's alone: see test_treatment.py
    assert World(settings(people=220, days=150, **SCENARIOS["a hurdle too high"]), 1).run().venues[0].host.gave_up < 150
