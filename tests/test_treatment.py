"""What an experimenter does to one person reaches that person, and both worlds take it alike."""

import numpy as np
import pytest

from sim.plain import PlainWorld
from sim.world import events, tally, treatment
from sim.world.state import HOST, LEFT, MEMBER, OUTSIDE
from sim.world.world import World
from tests.test_plain import unlike_people, unlike_threads
from tests.worlds import settings, small_world


def experiment(world: World | PlainWorld, status: np.ndarray) -> None:
    """Do everything to somebody: awards, replies, silence, invitations, ads, mail, points, a toll, a removal."""
    members, outside = np.flatnonzero(status == MEMBER), np.flatnonzero(status == OUTSIDE)
    treatment.award(world, 0, int(members[0]), public=False)
    treatment.award(world, 0, int(members[1]), by=int(members[0]))
    treatment.thank(world, 0, int(members[2]), by=int(members[0]))
    treatment.reply(world, 0, 0, HOST)
    treatment.reply(world, 0, 1, int(members[3]))
    treatment.like(world, 0, 0, by=int(members[0]))
    treatment.like(world, 0, 1, sign=-1)
    treatment.mute(world, 0, 2)
    treatment.remove(world, 0, int(members[4]))
    for i in outside[:40]:
        treatment.invite(world, 0, int(i))
    for i in members[5:30]:
        membership = world.membership(0, int(i))
        membership.ads_own, membership.mail_own, membership.points_own, membership.toll = 3.0, 0.5, 1.0, 0.2
        membership.told, membership.pay = 2.0, 1.0
        world.person(int(i)).elsewhere = 0.9


def test_both_worlds_take_every_treatment_alike() -> None:
    """Treated on the same day, they agree on everything half a year later."""
    made = settings(people=220, days=160, log=True, **{"venue.ad_load": 2.0, "host.broadcasts": 4.0})
    world, plain = World(made, 4), PlainWorld(made, 4)
    for day in range(160):
        if day == 50:
            status = world.memberships[0]["status"].copy()
            experiment(world, status)
            experiment(plain, status)
        world.step()
        plain.step()
    assert unlike_people(world, plain) + unlike_threads(world, plain) == []
    assert world.venues[0].tally[tally.EXITS_REMOVED] == 1


def treated(world: World, day: int) -> tuple[World, World, np.ndarray]:
    """Return a world, its twin, and who is a member, on a day."""
    world.run(until=day)
    return world, world.fork(), np.flatnonzero(world.memberships[0]["status"] == MEMBER)


def test_an_award_that_nobody_hears_of_is_worth_less() -> None:
    """The same member, honoured in private and before all."""
    world, twin, members = treated(small_world(until=0), 60)
    treatment.award(world, 0, int(members[0]))
    treatment.award(twin, 0, int(members[0]), public=False)
    stocks = [w.membership(0, int(members[0])).recognition for w in (world, twin)]
    assert stocks[0] > stocks[1] > 0


def test_nobody_replies_to_a_muted_thread_for_a_week() -> None:
    """Mute what was asked the day before, day by day: what is answered within the week, was before it was muted."""
    world, twin, _ = treated(small_world(until=0, **{"host.replies": 1.0}), 60)
    venue, start = world.venues[0], int(world.venues[0].now.threads)
    hidden: list[int] = []
    for _ in range(30):
        before = int(venue.now.threads)
        world.step()
        open_still = np.flatnonzero(venue.threads["answered"][before : int(venue.now.threads)] < 0) + before
        for at in open_still:
            treatment.mute(world, 0, int(at))
        hidden += open_still.tolist()
    twin.run(until=90)
    waited = (venue.threads["answered"] - venue.threads["time"])[hidden]
    assert ((venue.threads["answered"][hidden] < 0) | (waited >= 6)).all()
    assert (twin.venues[0].threads["answered"][start : int(twin.venues[0].now.threads)] > 0).sum() > 5


def test_an_invitation_is_noticed_and_brings_some_in() -> None:
    """Of those outside, more join within a fortnight when all are invited."""
    world, twin, _ = treated(small_world(until=0, people=800), 60)
    for i in np.flatnonzero(world.memberships[0]["status"] == OUTSIDE):
        treatment.invite(world, 0, int(i))
    joins = []
    for w in (world, twin):
        w.run(until=75)
        joins.append(int((w.memberships[0]["joined"] >= 60).sum() - (w.memberships[0]["joined"] > 1000).sum()))
    assert joins[0] > joins[1]
    assert (world.memberships[0]["join_cause"] == events.INVITED).sum() > 0


@pytest.mark.parametrize(("column", "value"), [("ads_own", 8.0), ("toll", 1.0)])
def test_what_makes_a_visit_worse_drives_some_out(column: str, value: float) -> None:
    """The same members with more ads, or with a toll on each visit: fewer are left than in the twin."""
    world, twin, members = treated(small_world(until=0, people=600, days=300, **{"venue.ad_load": 2.0}), 60)
    world.memberships[0][column][members] = value
    for w in (world, twin):
        w.run(until=300)
    stay = [int((w.memberships[0]["status"][members] != LEFT).sum()) for w in (world, twin)]
    assert stay[0] < stay[1]


@pytest.mark.parametrize(("column", "value", "sense"), [("told", 50.0, 1), ("told", 0.0, -1), ("pay", 2.0, 1)])
def test_what_people_are_told_and_paid_moves_what_they_give(column: str, value: float, sense: int) -> None:
    """The same members over two months: more under a high median or pay, less under a median of nothing."""
    world, twin, members = treated(small_world(until=0, people=600, numbers={"asking.talk": 0.1}), 60)
    world.memberships[0][column][members] = value
    given = []
    for w in (world, twin):
        before = {name: w.memberships[0][name][members].sum() for name in ("talks", "answers")}
        w.run(until=120)
        given.append(sum(int(w.memberships[0][name][members].sum() - was) for name, was in before.items()))
    assert (given[0] - given[1]) * sense > 0


def test_a_dislike_reaches_its_author_and_stings() -> None:
    """A like is praise from peers, and a dislike takes some away."""
    world, twin, _ = treated(small_world(until=0), 60)
    answers = world.venues[0].answers[: int(world.venues[0].now.answers)]
    at = int(np.flatnonzero(answers["person"] >= 0)[-1])
    by, score = int(answers["person"][at]), int(answers["score"][at])
    before = twin.membership(0, by).praise_peers
    treatment.like(world, 0, at, sign=-1)
    assert world.reply(0, at).score == score - 1
    assert world.membership(0, by).praise_peers < before
    world.membership(0, by).praise_peers = 0.0
    treatment.like(world, 0, at)
    assert world.reply(0, at).score == score
    assert world.membership(0, by).praise_peers > 0.0
