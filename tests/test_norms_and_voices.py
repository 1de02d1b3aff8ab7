"""Norms and voices: what newcomers write may be turned away, and what is said of the product may be heard."""

import numpy as np
import pytest
from worlds import differences, flow, logged, settings, small_world

from sim.world.mechanisms import bonding
from sim.world.parameters import values
from sim.world.state import HOST, QUESTION
from sim.world.world import World

ACTING = {"host.listening": 1, "product.release_days": 7, "product.fixes": 4}
TALKATIVE = {"voicing.voice": 0.3}


def twins(*choices: dict, until: int = 120) -> list[World]:
    """Return a world for each choice of settings, all under one seed."""
    return [World(settings(people=500, days=until, **chosen), 1).run() for chosen in choices]


def test_where_nobody_judges_the_numbers_behind_norms_are_of_no_account() -> None:
    usual, other = twins({}, {"numbers": {"norms.precedents": 9, "norms.hurt": 5, "norms.discouraged": 1}})
    assert differences(usual, other) == []
    assert flow(usual, "rejected") == 0


def test_what_is_turned_away_gets_no_reply() -> None:
    world = small_world(people=500, log=True, **{"venue.rejection": 0.5, "host.replies": 1.0})
    threads = world.venues[0].threads[: world.venues[0].now.threads]
    assert threads["rejected"].sum() == flow(world, "rejected") > 0
    assert (threads["replies"][threads["rejected"]] == 0).all()
    assert (threads["replies"][~threads["rejected"]] > 0).any()


def test_established_members_are_not_judged() -> None:
    """With everybody an apprentice, far more is turned away than with nobody but first-timers."""
    wide, narrow = twins(*({"venue.rejection": 0.3, "numbers": {"norms.apprentice": k}} for k in (500, 1)))
    assert flow(wide, "rejected") > flow(narrow, "rejected") > 0


def test_norms_grow_with_age() -> None:
    """The same share at the start; with precedents the last judgements are stricter than without."""
    grown, fixed = twins(*({"venue.rejection": 0.2, "numbers": {"norms.precedents": k, "norms.half": 20,
                                                                "norms.strain": 0}} for k in (3, 0)))  # fmt: skip
    shares = [flow(w, "rejected") / w.venues[0].now.judged for w in (grown, fixed)]
    assert shares[0] > 1.5 * shares[1]
    assert shares[1] == pytest.approx(0.2, abs=0.08)


@pytest.mark.parametrize(("heeds", "sign"), [(0.5, -1), (0.0, 0), (-0.5, 1)])
def test_rules_that_are_shown_can_prevent_rejections_do_nothing_or_backfire(heeds: float, sign: int) -> None:
    hidden, shown = twins(*({"venue.rejection": 0.3, "venue.rules_shown": on, "numbers": {"norms.heeds": heeds}}
                            for on in (0, 1)))  # fmt: skip
    shares = [flow(world, "rejected") / world.venues[0].now.judged for world in (hidden, shown)]
    assert np.sign(shares[1] - shares[0]) == sign
    assert (differences(hidden, shown) == ["0.now.rules_shown"]) == (heeds == 0.0)


def test_newcomers_who_are_turned_away_stay_less() -> None:
    """Fact, Halfaker et al. 2013: of those who ever posted, fewer come to post again."""
    open_, closed = twins({}, {"venue.rejection": 0.8})
    again = []
    for world in (open_, closed):
        m = world.venues[0].memberships
        posts = m["questions"] + m["talks"] + m["answers"]
        again.append((posts > 1).sum() / (posts > 0).sum())
    assert again[1] < again[0]


def test_an_entrance_fee_on_each_visit_drives_some_out() -> None:
    cheap, dear = twins({}, {"venue.cost": 1.0})
    assert dear.outcomes()["size"] < cheap.outcomes()["size"]


def test_who_has_no_voice_changes_nothing_and_who_has_one_is_heard() -> None:
    """Without feedback nothing is said; with it a team that listens has heard more."""
    mute, outspoken = twins({"numbers": {"voicing.voice": 0}, "host.listening": 1},
                            {"numbers": TALKATIVE, "host.listening": 1}, until=25)  # fmt: skip
    assert flow(mute, "praises") + flow(mute, "criticisms") == 0
    assert sum(outspoken.product.heard) > sum(mute.product.heard)


def test_a_product_that_fits_is_praised_more() -> None:
    poor, good = twins(*({"product.fit": fit, "numbers": TALKATIVE} for fit in (0.2, 0.8)), until=60)
    shares = [flow(w, "praises") / (flow(w, "praises") + flow(w, "criticisms")) for w in (poor, good)]
    assert shares[0] + 0.2 < shares[1]


def test_whose_idea_was_carried_out_proposes_it_again() -> None:
    """With full fixation all later criticisms by that person name that facet. Without any, not all do."""
    same = []
    for fixation in (1.0, 0.0):
        numbers = {"voicing.voice": 2, "voicing.fixation": fixation, "voicing.wide": 500, "voicing.own_facet": 0}
        world = small_world(people=800, log=True, numbers=numbers, **ACTING)
        voices = world.venues[0].voices[: world.venues[0].now.voices]
        first = {int(event["target"]): int(event["day"]) for event in logged(world, "take_up")[::-1]}
        later = [v for v in voices if not v["good"] and first.get(int(v["person"]), 10_000) < v["day"]]
        assert len(later) > 10
        taken = {int(p): int(world.people["taken_up"][p]) for p in first}
        same.append(np.mean([v["facet"] == taken[int(v["person"])] for v in later]))
    assert same[0] > same[1] + 0.2


def test_a_host_that_joins_in_takes_part_in_threads_that_have_replies_already() -> None:
    shy, present = twins({}, {"host.joins_in": 1.0, "host.hours": 50})
    assert present.venues[0].now.host_share > shy.venues[0].now.host_share
    threads = present.venues[0].threads[: present.venues[0].now.threads]
    by_members = threads["author"] >= 0
    assert (threads["replies"][by_members & (threads["time"] < 119)] > 0).all()


def test_a_host_that_gives_all_replies_costs_its_askers_belonging_where_autonomy_counts() -> None:
    ours, theirs = twins(*({"venue.talk": 0.0, "host.replies": 1.0, "host.hours": 50,
                            "numbers": {"bonding.autonomy": a}} for a in (0.5, 0.0)))  # fmt: skip
    belonging = [w.venues[0].memberships["belonging"][w.venues[0].memberships["questions"] > 0].mean()
                 for w in (ours, theirs)]  # fmt: skip
    assert belonging[0] < belonging[1]


def test_a_host_that_joins_in_replies_once_to_a_thread_and_never_before_it_was_written() -> None:
    """It answers questions and joins in on one evening round, shortly before the day ends."""
    for seed in range(1, 6):
        world = small_world(seed, **{"host.joins_in": 1.0, "host.replies": 1.0, "host.hours": 50, "product.fit": 0.0,
                                     "numbers": {"evening.host_waits": 0.0, "visit.relies": 0.0}})  # fmt: skip
        venue = world.venues[0]
        answers = venue.answers[: venue.now.answers]
        threads = answers["thread"][answers["person"] == HOST]
        assert len(threads) > 200
        assert len(np.unique(threads)) == len(threads)
        assert (answers["time"] > venue.threads["time"][answers["thread"]]).all()


def test_belonging_is_never_more_than_all_of_it() -> None:
    """A reply to a first post that brings 1 + 0.2 of what is missing brings all that is missing."""
    p = values(bonding.Parameters, replied=1.0)
    gain = bonding.gain_by_reply(False, True, QUESTION, 1.0, 0.0, p)
    assert gain > 1
    assert bonding.moved(0.3, gain) == 1.0
