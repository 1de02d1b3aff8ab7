"""Storms: a fault, the criticism that follows, and what a host does with it."""

from typing import Any

import numpy as np
import pytest
from worlds import differences, flow, logged, settings, setup, small_world, total

from sim.world import events
from sim.world.mechanisms import hosting, storms, voicing
from sim.world.parameters import values
from sim.world.state import CUSTOMER, LIFE, rows
from sim.world.world import World

P = values(storms.Parameters)
DAY = 60
FAULT = {"product.fault_day": DAY, "product.fault": 0.8, "venue.launch": 2.0}
LOUD = {"voicing.voice": 0.3}
COUNTED = ("0.tally.suggestions", "0.tally.won_over", "0.standings.was_critic", "0.standings.won")
QUIET = LOUD | {"storms.usual": 1.0}  # no storm without a fault


def lived(until: int = 120, people: int = 500, seed: int = 1, **chosen: Any) -> World:
    chosen = FAULT | {"numbers": LOUD} | chosen
    return World(settings(people=people, days=until, **chosen), seed).run()


def trust(world: World) -> float:
    return float(world.people["trust"][world.venues[0].memberships["visits"] > 0].mean())


def test_without_a_fault_and_without_a_host_who_minds_its_critics_nothing_changes() -> None:
    numbers = {"storms.breach": 1, "storms.hurts": 9, "storms.suggests": 1, "voicing.by_anger": 9, "voicing.louder": 9}
    usual, other = (small_world(**{"product.fault": fault, "host.reasons": fault, "venue.traces": fault,
                                   "numbers": LOUD | some})
                    for fault, some in ((0.0, {}), (1.0, numbers)))  # fmt: skip
    assert differences(usual, other, but=("0.now.traces",)) == []
    assert total(other, "suggestions", "defences", "deleted", "won_over") == 0
    assert not other.lives["scar"].any()


def test_a_fault_changes_nobody_before_it_comes_to_light() -> None:
    before, never = (lived(until=DAY, numbers=QUIET, **{"product.fault_day": day}) for day in (DAY, 3650))
    assert differences(before, never, but=COUNTED) == []


def test_a_fault_hits_its_share_of_customers_and_spoils_the_product() -> None:
    world, never = (lived(until=DAY + 1, numbers=QUIET, **{"product.fault_day": day}) for day in (DAY, 3650))
    customers = (world.people["customer"] == CUSTOMER) | (world.people["gone"] == DAY)
    assert world.lives["hit"][customers].mean() == pytest.approx(0.8, abs=0.06)
    assert not world.lives["hit"][~customers].any()
    assert world.product.mean_fit == pytest.approx(never.product.mean_fit * (1 - P.spoils * 0.8), rel=1e-9)
    assert world.people["grievance"].mean() > never.people["grievance"].mean()


def test_a_fault_of_no_size_hits_nobody() -> None:
    assert not lived(**{"product.fault": 0.0}).lives["hit"].any()


def test_a_fault_is_criticised_and_little_is_praised() -> None:
    shares = []
    for chosen in ({}, {"product.fault_day": 3650}):
        world = lived(**chosen)
        shares.append(flow(world, "criticisms") / (flow(world, "criticisms") + flow(world, "praises")))
    assert shares[0] > shares[1] + 0.1


def test_only_those_who_were_hit_or_remember_a_breach_are_angry() -> None:
    life = rows(1, LIFE).view(np.recarray)[0]
    assert voicing.anger(life, 5.0) == 0.0
    life.hit = True
    assert voicing.anger(life, 0.0) == 0.0
    assert voicing.anger(life, 1.0) == pytest.approx(0.5)


def test_a_storm_calms_by_itself_and_one_critic_among_few_makes_none() -> None:
    """Limit: without criticism it is down to 37 % after `calms` days."""
    level = 1.0
    for _ in range(int(P.calms)):
        level = storms.swollen(level, 0.0, 10.0, P)
    assert level == pytest.approx(np.exp(-1))
    assert storms.swollen(0.0, 0.0, 0.0, P) == 0.0 == storms.swollen(0.0, 1.0, 30.0, P)
    assert storms.swollen(1.0, 50.0, 10.0, P._replace(feeds=20.0)) == 1.0


def test_trust_does_not_simply_return() -> None:
    """The same fault: those who remember the breach trust less, half a year later, than those who do not."""
    for_long, soon, never = (
        trust(lived(until=260, **{"host.exec_visits": 6, **chosen}))
        for chosen in ({"numbers": LOUD | {"storms.holds": 0.3, "storms.scar_life": 2000}},
                       {"numbers": LOUD | {"storms.holds": 0.0}}, {"product.fault_day": 3650})
    )  # fmt: skip
    assert for_long + 0.02 < soon < never


def test_to_suppress_can_pay_at_first_and_costs_what_would_have_been_learnt() -> None:
    """The same fault: unnoticed deletion calms the storm, and the product team hears less."""
    chosen = {"host.listening": 1.0, "host.hours": 9, "venue.traces": 0.0, "product.release_days": 400}
    shown, hidden = (lived(until=DAY + 14, **chosen, **{"host.deletes": d}) for d in (0.0, 1.0))
    assert hidden.venues[0].now.storm < shown.venues[0].now.storm
    assert trust(hidden) > trust(shown)
    assert flow(hidden, "deleted") == flow(hidden, "criticisms") > 0
    assert sum(hidden.product.heard) < sum(shown.product.heard)


def test_deletion_that_is_noticed_costs_trust_and_a_reason_can_spare_some_of_it() -> None:
    chosen = {"host.deletes": 1.0, "product.fault_day": 3650, "host.hours": 50}
    unseen, seen, explained, vexed = (
        trust(lived(**chosen, **some)) for some in (
            {"venue.traces": 0.0}, {"venue.traces": 1.0}, {"venue.traces": 1.0, "host.reasons": 1.0},
            {"venue.traces": 1.0, "host.reasons": 1.0, "numbers": LOUD | {"storms.explained": -1.0}},
        )
    )  # fmt: skip
    assert vexed < seen < explained < unseen


def test_a_reason_takes_the_hosts_hours_and_without_them_there_is_none() -> None:
    """A host whose hours are gone gives no reasons: the same as one that never does, but for the work left undone."""
    chosen = {"host.deletes": 1.0, "host.hours": 0.02, "venue.traces": 1.0}
    mute, willing = (lived(**chosen, **{"host.reasons": reasons}) for reasons in (0.0, 1.0))
    assert differences(mute, willing, but=("0.tally.hours_undone",)) == []
    assert flow(willing, "hours_undone") - flow(mute, "hours_undone") == pytest.approx(
        flow(willing, "deleted") * values(hosting.Parameters).hours_per_reply
    )


def test_critics_go_on_where_the_company_does_not_rule() -> None:
    own = setup("own", **{"host.deletes": 1.0, "venue.traces": 1.0, "venue.launch": 2})
    fans, second = (setup("other", **{"venue.owner": owner, "venue.launch": 2, "host.hours": 0})
                    for owner in ("members", "company"))  # fmt: skip
    with_fans, alone = (lived(setups=(own, other), log=True, numbers=LOUD | {"storms.goes_on": 1.0})
                        for other in (fans, second))  # fmt: skip
    assert flow(with_fans, "elsewhere") > 0 == flow(alone, "elsewhere")
    there = with_fans.venues[1].voices[: with_fans.venues[1].now.voices]
    assert not there["deleted"].any()
    moved = logged(with_fans, "criticise")
    assert (moved["cause"] == events.TURNED_AWAY).sum() == flow(with_fans, "elsewhere")


def test_who_cannot_go_on_elsewhere_bears_a_grudge() -> None:
    own = setup("own", **{"host.deletes": 1.0, "venue.traces": 1.0, "venue.launch": 2})
    fans = setup("fans", **{"venue.owner": "members", "venue.launch": 2, "host.hours": 0})
    vented, pent_up = (lived(setups=(own, fans), numbers=LOUD | {"storms.goes_on": p}) for p in (1.0, 0.0))
    assert vented.people["grievance"].sum() < pent_up.people["grievance"].sum()


@pytest.mark.parametrize(("peers", "sign"), [(1.0, 1), (0.0, 0), (-1.0, -1)])
def test_defenders_can_spare_bystanders_do_nothing_or_fan_the_storm(peers: float, sign: int) -> None:
    none, some = (lived(until=DAY + 20, numbers=LOUD | {"storms.defends": d, "storms.peers": peers, "storms.few": 0.1,
                                                        "bonding.replied": 0.5}) for d in (0.0, 1.0))  # fmt: skip
    assert flow(some, "defences") > 0 == flow(none, "defences")
    assert np.sign(trust(some) - trust(none)) == sign


def test_each_further_defender_counts_less() -> None:
    shields = [storms.shield(float(d), 0.0, 0.5, P) for d in range(20)]
    assert shields[0] == 0.0
    assert (np.diff(shields, n=2) < 0).all()
    assert shields[-1] < P.peers


@pytest.mark.parametrize(("eased", "sign"), [(1.0, -1), (0.0, 0), (-1.0, 1)])
def test_an_answer_can_ease_a_critic_do_nothing_or_anger_them(eased: float, sign: int) -> None:
    numbers = LOUD | {"storms.eased": eased, "storms.respected": 0.0, "storms.host": 0.0, "voicing.encourage": 0.0,
                      "voicing.scrutiny": 0.0, "evening.host_waits": 7.0}  # fmt: skip
    mute, answers = (lived(numbers=numbers, until=DAY + 20, **{"host.answers_critics": a, "host.hours": 50})
                     for a in (0.0, 1.0))  # fmt: skip
    assert flow(answers, "critics_answered") == flow(answers, "criticisms") > 0
    assert np.sign(answers.people["grievance"].sum() - mute.people["grievance"].sum()) == sign


def test_answers_take_hours_and_what_does_not_fit_is_left_undone() -> None:
    short = lived(**{"host.answers_critics": 1.0, "host.hours": 0.6, "host.seeding": 0, "host.listening": 0})
    assert 0 < flow(short, "critics_answered") < flow(short, "criticisms")
    assert flow(short, "undone_replies") > 0


def test_critics_are_eased_when_what_they_named_is_improved() -> None:
    chosen = {"host.listening": 1.0, "product.release_days": 7, "product.fixes": 4}
    heard, unheard = (lived(until=DAY + 30, numbers=LOUD | {"storms.relieved": r}, **chosen) for r in (2.0, 0.0))
    assert heard.people["grievance"].sum() < unheard.people["grievance"].sum()


def test_a_critic_is_won_over_once_at_most_and_proposals_are_part_of_criticism() -> None:
    definition = {"census.champion_answers": 1, "census.champion_belonging": 0.1, "answering.answer": 0.2}
    world = lived(until=200, numbers=LOUD | definition)
    won = world.venues[0].standings["won"]
    assert won.sum() == flow(world, "won_over") > 0
    assert world.venues[0].standings["was_critic"][won].all()
    assert 0 < flow(world, "suggestions") < flow(world, "criticisms")
    assert 0 < world.outcomes()["constructive"] < 1


def test_the_host_is_known_for_answers_and_for_deletions_that_are_seen() -> None:
    assert storms.known_for(0.4, 0.0, 0.0, 0.0) == 0.4 == storms.known_for(0.4, 3.0, 0.0, 0.0)
    assert storms.known_for(0.4, 3.0, 3.0, 0.0) > 0.4 > storms.known_for(0.4, 3.0, 0.0, 3.0)


def test_a_fork_goes_on_through_a_storm_as_the_world_does() -> None:
    world = World(settings(days=90, **FAULT), 1).run(until=DAY + 5)
    twin = world.fork()
    assert differences(world.run(), twin.run()) == []
