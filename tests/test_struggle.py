"""Struggle: people who live with trouble, who meet company, silence or hostility, and become well."""

from typing import Any

import numpy as np
import pytest
from worlds import differences, flow, logged, settings, small_world, total

from sim.world import events
from sim.world.mechanisms import struggle
from sim.world.mechanisms.spending import DAYS_PER_MONTH
from sim.world.parameters import values
from sim.world.state import LIFE, MEMBER, MEMBERSHIP, STANDING, rows
from sim.world.world import World

P = values(struggle.Parameters)
OPEN = {"struggle.opens": 1.0, "asking.talk": 0.1, "answering.answer": 0.2}
TROUBLED = {"population.troubled": 0.5, "venue.launch": 2.0, "population.belonging": 0.6}


def lived(until: int = 150, people: int = 500, seed: int = 1, **chosen: Any) -> World:
    chosen = TROUBLED | {"numbers": OPEN} | chosen
    return World(settings(people=people, days=until, **chosen), seed).run()


def row(kind: np.dtype, **levels: float) -> Any:
    one = rows(1, kind).view(np.recarray)[0]
    for name, level in levels.items():
        setattr(one, name, level)
    return one


def test_where_nobody_is_troubled_or_hostile_nothing_changes() -> None:
    numbers = {"struggle.peers": 1, "struggle.care": 5, "struggle.alone": 0.1, "struggle.unheard": 9}
    usual, other = (small_world(**{"venue.safety": safety, "numbers": some})
                    for safety, some in ((0.0, {}), (1.0, numbers)))  # fmt: skip
    assert differences(usual, other, but=("0.now.safety",)) == []
    assert total(other, "disclosures", "hostile", "graduated", "exits_well") == 0
    assert not other.lives["progress"].any()


def test_the_troubled_are_the_share_that_is_set_and_begin_at_many_points() -> None:
    world = lived(until=1, people=3000)
    assert world.lives["troubled"].mean() == pytest.approx(0.5, abs=0.03)
    progress = world.lives["progress"][world.lives["troubled"]]
    assert 0 <= progress.min() < 0.05
    assert 0.95 < progress.max() < 1.001
    assert not world.lives["progress"][~(world.lives["troubled"] | world.lives["well"])].any()


def test_hostility_meets_its_share_of_visits_and_safety_keeps_its_part_out() -> None:
    """Limit: where all of it is kept out there is none."""
    chosen = {"population.troubled": 0.0, "venue.hostility": 0.2}
    for safety in (0.0, 0.5, 1.0):
        world = lived(**chosen, **{"venue.safety": safety})
        left = (1 - safety) * 0.2
        assert flow(world, "hostile") / flow(world, "visits") == pytest.approx(left, abs=0.02)


def test_hostility_drives_people_out_and_safety_makes_posting_dearer() -> None:
    """Fact, Smirnov et al. 2023, in sign: fewer stay and post where people are hostile."""
    kind, hostile = (lived(**{"venue.hostility": h}) for h in (0.0, 0.1))
    assert hostile.outcomes()["size"] < kind.outcomes()["size"]
    assert flow(hostile, "silenced") > flow(kind, "silenced")
    free, careful = (lived(**{"venue.hostility": 0.0, "venue.safety": s}) for s in (0.0, 1.0))
    assert careful.venues[0].now.effort == pytest.approx(free.venues[0].now.effort * (1 + P.care))
    assert flow(careful, "talks") < flow(free, "talks")


def test_people_tell_less_where_they_are_not_safe() -> None:
    open_, wary = (lived(until=60, numbers=OPEN | {"struggle.wary": w}, **{"venue.hostility": 0.02}) for w in (0, 100))
    assert flow(wary, "disclosures") < flow(open_, "disclosures")


def test_only_troubled_members_who_write_disclose() -> None:
    world = lived(log=True)
    who = logged(world, "disclose")
    assert len(who) == flow(world, "disclosures") > 0
    assert (world.lives["troubled"] | world.lives["well"])[who["actor"]].all()
    assert total(lived(**{"population.troubled": 0.0, "venue.hostility": 0.01}), "disclosures") == 0


@pytest.mark.parametrize("replies", [0, 3])
def test_a_disclosure_that_is_met_ties_and_one_into_silence_hurts(replies: int) -> None:
    """Limit: silence costs all of `unheard`; three replies nearly none, and bring belonging."""
    membership = row(MEMBERSHIP, belonging=0.2, collected=replies, collected_host=0, contacts=0.0)
    standing, life = row(STANDING, opened_up=1.0), row(LIFE, troubled=True, progress=0.5)
    struggle.hear_back(membership, standing, life, P)
    met = 1 - np.exp(-replies)
    assert standing.opened_up == 0.0
    assert membership.belonging == pytest.approx(0.2 + P.supported * met * 0.8)
    assert membership.disappointment == pytest.approx(P.unheard * (1 - met))
    assert life.progress == pytest.approx(0.5 - P.setback * (1 - met))


def test_a_reply_by_the_host_alone_does_not_meet_it() -> None:
    membership = row(MEMBERSHIP, collected=2, collected_host=2)
    struggle.hear_back(membership, row(STANDING, opened_up=1.0), row(LIFE), P)
    assert membership.disappointment == P.unheard


def test_an_advertisement_beside_a_disclosure_hurts_up_to_a_point() -> None:
    assert struggle.jarring(0.0, P) == 0.0
    assert struggle.jarring(99.0, P) == pytest.approx(P.jarred)


def test_those_who_reply_to_a_disclosure_come_closer() -> None:
    near, far = (lived(until=60, numbers=OPEN | {"struggle.closer": c}) for c in (1.0, 0.0))
    assert near.venues[0].bonds["strength"].sum() > 1.05 * far.venues[0].bonds["strength"].sum()


def test_company_and_the_product_help_side_by_side_or_only_together() -> None:
    """Limit: at joint = 0 the parts add up, at 1 neither helps without the other."""
    apart, together = P._replace(joint=0.0, alone=0.0), P._replace(joint=1.0, alone=0.0)
    assert struggle.by_oneself(1.0, apart) == P.product
    assert struggle.by_oneself(1.0, together) == 0.0 == struggle.with_others(3.0, 0.0, together)
    assert struggle.with_others(3.0, 0.0, apart) == struggle.with_others(3.0, 1.0, apart) > 0.0
    assert struggle.with_others(3.0, 0.5, apart) == struggle.with_others(3.0, 0.5, together)
    assert struggle.with_others(0.0, 1.0, P) == 0.0


def test_more_become_well_where_there_is_company() -> None:
    """In sign as Graham et al. 2015 have it: members attain more than others, those who only read among them."""
    world = lived(until=150, numbers=OPEN | {"struggle.peers": 0.05})
    began = world.lives["troubled"] | world.lives["well"] | (world.lives["progress"] > 0)
    m = world.venues[0].memberships
    posts = m["questions"] + m["talks"] + m["answers"]
    done = world.lives["progress"] >= 1.0
    none, lurks, speaks = (done[began & group].mean() for group in (
        m["visits"] == 0, (m["visits"] > 3) & (posts == 0), (m["visits"] > 3) & (posts > 0)))  # fmt: skip
    assert none < lurks
    assert none < speaks


def test_those_who_are_well_leave_unless_something_holds_them_and_that_is_no_churn() -> None:
    numbers = OPEN | {"struggle.peers": 0.2, "struggle.moves_on": 5.0, "leaving.hold_belonging": 10.0}
    world = lived(until=200, numbers=numbers, log=True)
    left = logged(world, "exit")
    gone = left["actor"][left["cause"] == events.WELL]
    assert len(gone) == flow(world, "exits_well") > 0
    assert world.lives["well"][gone].all()
    assert flow(world, "graduated") == world.lives["well"].sum() >= world.outcomes()["mentors"]
    exits = sum(flow(world, name) for name in ("exits_life", "exits_product"))
    assert world.outcomes()["exits"] >= exits + flow(world, "exits_well")
    rate = 100 * DAYS_PER_MONTH * (world.outcomes()["exits"] - flow(world, "exits_well")) / flow(world, "days_active")
    assert world.outcomes()["exit_rate"] == pytest.approx(rate, rel=0.01)
    stay = lived(until=200, numbers=numbers | {"struggle.moves_on": 0.0})
    assert flow(stay, "exits_well") == 0
    assert stay.outcomes()["mentors"] > world.outcomes()["mentors"]


def test_belonging_identity_and_contacts_hold_those_who_are_well() -> None:
    leaving = World(settings(), 1).parameters["leaving"]
    alone, held = (struggle.hazard_of_moving_on(row(MEMBERSHIP, belonging=b, identity=b, contacts=b), P, leaving)
                   for b in (0.0, 1.0))  # fmt: skip
    assert alone == P.moves_on > held


def test_progress_stays_between_nothing_and_all_of_it() -> None:
    world = lived(numbers=OPEN | {"struggle.peers": 1.0, "struggle.setback": 1.0}, **{"venue.hostility": 0.3})
    assert world.lives["progress"].min() >= 0.0
    assert world.lives["progress"].max() <= 1.0
    assert (world.venues[0].memberships["status"] == MEMBER).any()
