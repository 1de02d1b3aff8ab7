"""Visit: who comes to which venue today, and what brought them.

Claim
    People come by habit, because they need something, because somebody whom they know was there or replied to them, or
    because the host called. These are different reasons, and only some of them survive the host.
Rule
    hazard = base x tempo x interest x streak (`incentives`) x longing (`circles`) x (interest here /
    everywhere)^competes + peers ln(1 + contacts) + reply [a reply waits] + reminder x credence exp(-(F / scale)^2)
    [broadcast], less for those who have been in another venue today; p = 1 - exp(-hazard). F counts the messages that
    this member got lately, so messages tire those who get them; credence is what trust in the host leaves of its word
    (`worth`). A need that is not met elsewhere brings a member to the venue that interests them most, with p = interest
    / (interest + relies); of the others, and of people outside, the share `p_ticket` turns to the support desk. The
    cause is drawn in proportion to the parts; a waiting reply counts for those who wrote it. Members who have not come
    for `sleep_after` days are dormant, and return at a rate of their own; each message to all wakes the share
    `wake_reminder` of them, as far as it gets through.
Source
    The additive hazard, with frailty and a pull of waiting replies, is the form that met the survival rows in
    prototypes. Whether people go on using what once served them follows from how useful they found it: Bhattacherjee
    2001 (abstract; an association, in online banking); so a place that gave little gets few questions. The optimal
    number of messages is about seven: Zhang, Kumar & Cosguner 2017 (abstract; a month: recalled). Too few cost more
    there than too many. Off: each pull by its own number at 0; at `relies` 0 every need brings a member.
Deviations
    A member visits a venue at most once a day. Venues come in a fixed order, and minutes spent in one are not available
    in the next. Needs follow a Poisson process whose rate is updated at each need, so people feel a better product only
    from their next need on.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import happens, stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.circles import Parameters as Circles
from sim.world.mechanisms.circles import longing, usual_company
from sim.world.mechanisms.dealings import MONTH, is_barred
from sim.world.mechanisms.incentives import Parameters as Incentives
from sim.world.mechanisms.incentives import at_stake
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import faded, is_inside
from sim.world.mechanisms.worth import Parameters as Worth
from sim.world.mechanisms.worth import credence
from sim.world.parameters import param
from sim.world.state import CELLS, CUSTOMER, DORMANT, MEMBER, NEVER, Column, Rows

ROUNDING = 1.000001  # so that an upper bound holds although both sides are rounded


class Parameters(NamedTuple):
    """What brings people, as hazards per day."""

    base: float = param(0.033, "per day", 0, 2, "assumed", "a median member with interest 1 comes every thirty days")
    peers: float = param(0.28, "per day", 0, 1, "assumed", "per log contact; exit falls with active contacts (S5)")
    reply: float = param(1.0, "per day", 0, 5, "assumed", "a reply is seen within a day or two")
    reminder: float = param(0.25, "per message", 0, 5, "assumed", "brings a fifth of members without message fatigue")
    fatigue_scale: float = param(11, "messages", 1, 60, "assumed", "Zhang et al. 2017: best at about 7 a month")
    fatigue_life: float = param(30, "days", 1, 365, "assumed", "prototypes used 30")
    competes: float = param(
        0.5, "exponent", 0, 1, "assumed", "habit divided among places; 0: each alone; 1: a fixed number of visits"
    )
    second_place: float = param(0.5, "share", 0, 1, "assumed", "pull that remains after a visit elsewhere today")
    relies: float = param(2.0, "reward", 0, 20, "calibrated", "interest at which half of all needs come; 0: all do")
    sleep_after: float = param(60, "days", 7, 365, "setting", "a definition: no visit for two months")
    wake_rate: float = param(0.002, "per day", 0, 0.1, "assumed", "a dormant member comes back once in 500 days")
    wake_reminder: float = param(0.01, "per message", 0, 1, "assumed", "one message in a hundred wakes a dormant one")
    p_ticket: float = param(0.4, "probability", 0, 1, "assumed", "share of open needs that end at the support desk")


@rule
def habit(tempo: float, interest: float, p: Parameters) -> float:
    """Return the hazard by habit: how often a person goes anywhere, times their interest in this place."""
    return p.base * tempo * interest


@rule
def divided(memberships: Rows, person: int, venue: int, day: int, p: Parameters, memory: Memory) -> float:
    """Return the share of a person's habit that a place gets, by their interest in it and in all their places."""
    here, everywhere = 0.0, 0.0
    if len(memberships) == 1:
        return 1.0
    for other in range(len(memberships)):
        there = memberships[other, person]
        if is_inside(there):
            interest = faded(there.interest, float(day - there.stamp), memory.interest)
            everywhere += interest
            here = interest if other == venue else here
    return math.pow(here / everywhere, p.competes) if here < everywhere else 1.0


@rule
def pull_of_peers(contacts: float, p: Parameters) -> float:
    """Return the hazard by contacts who were active lately. Each further contact counts less."""
    return p.peers * math.log(1.0 + contacts) if contacts > 0.0 else 0.0


@rule
def pull_of_message(fatigue: float, p: Parameters) -> float:
    """Return the hazard by a message to all, which falls with the number of messages that this member got lately."""
    f = fatigue / p.fatigue_scale
    return p.reminder * math.exp(-f * f)


@rule
def need_hazard(need_rate: float, fit: float) -> float:
    """Return the needs per day: none with a perfect product, and the person's own rate at a fit of one half."""
    return need_rate * 2.0 * (1.0 - fit)


@rule
def days_until(u: float, rate: float) -> int:
    """Return the whole days until the next event of a Poisson process, at least 1."""
    return int(min(20_000.0, 1.0 - math.log(1.0 - u) / max(rate, 1e-9)))


@rule
def next_need(day: int, u: float, need_rate: float, fit: float) -> int:
    """Return the day of the next need, or `NEVER` where the calendar ends."""
    return min(NEVER, day + days_until(u, need_hazard(need_rate, fit)))


@kernel
def first_needs(people: Rows, need_day: Column, fit: Column, key: np.uint64) -> None:
    """Draw everybody's first need."""
    today = stream(key, 0)
    for i in range(len(people)):
        need_day[i] = next_need(0, uniform(today, i, 0), people[i].need_rate, fit[people[i].facet])


@rule
def p_brought(interest: float, p: Parameters) -> float:
    """Return the probability that a need brings a member to a place: a dead one is of no use to them."""
    return interest / (interest + p.relies) if p.relies > 0.0 else 1.0


@rule
def favourite_of(memberships: Rows, person: int, day: int, life: float) -> tuple[int, float]:
    """Return the venue that interests a person most among those that they are in, or -1, and their interest."""
    favourite, most = -1, -1.0
    for venue in range(len(memberships)):
        membership = memberships[venue, person]
        interest = faded(membership.interest, float(day - membership.stamp), life)
        if is_inside(membership) and interest > most:
            favourite, most = venue, interest
    return favourite, most


@kernel
def bring_needs(
    people: Rows, need_day: Column, memberships: Rows, alarm: Column, fit: Column, substitute: float,
    counts: Column, log: Rows, day: int, key: np.uint64, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Take today's needs to where they may be met: elsewhere, the favourite venue, or the support desk."""
    today = stream(key, day)
    for i in range(len(people)):
        if need_day[i] != day:
            continue
        person = people[i]
        need_day[i] = next_need(day, uniform(today, i, 1), person.need_rate, fit[person.facet])
        if person.customer != CUSTOMER:
            continue
        counts[tally.NEEDS] += 1
        if uniform(today, i, 2) < (substitute if person.elsewhere < 0.0 else person.elsewhere):
            counts[tally.NEEDS_ELSEWHERE] += 1
            continue
        favourite, interest = favourite_of(memberships, i, day, memory.interest)
        if favourite >= 0 and uniform(today, i, 4) < p_brought(interest, p):
            memberships[favourite, i].need_open = True
            alarm[favourite, i] = min(alarm[favourite, i], day)
        elif uniform(today, i, 3) < p.p_ticket:
            counts[tally.TICKETS] += 1
            events.note(log, day, events.TICKET, i, -1, -1, -1, events.NEED)


@rule
def cause_of_visit(u: float, by_habit: float, by_peers: float, by_reply: float, by_host: float) -> int:
    """Return the cause, drawn in proportion to the hazards."""
    x = u * (by_habit + by_peers + by_reply + by_host)
    if x <= by_habit:
        return events.HABIT
    if x < by_habit + by_peers:
        return events.PEERS
    return events.REPLY if x < by_habit + by_peers + by_reply else events.BY_HOST


@rule
def true_cause(membership: Rows, cause: int) -> int:
    """Return the cause to be counted: a need before all else, and for waiting replies, members if any is theirs."""
    if membership.need_open:
        return events.NEED
    if cause == events.REPLY:
        return events.PEERS if membership.waiting > 0 else events.BY_HOST
    return cause


@rule
def recent_messages(membership: Rows, day: int, p: Parameters) -> float:
    """Return how many messages to all a member got lately."""
    return faded(membership.fatigue, float(day - membership.mailed), p.fatigue_life)


@rule
def heeded(person: Rows, membership: Rows, messages: float, day: int, p: Parameters, worth: Worth) -> float:
    """Return the hazard by today's messages, after what recent messages and distrust take from it."""
    if messages <= 0.0 or membership.mail_own <= 0.0:
        return 0.0
    heard = pull_of_message(recent_messages(membership, day, p), p) * credence(person.trust, worth)
    return float(heard * messages * membership.mail_own)


@rule
def take_message(membership: Rows, day: int, messages: float, p: Parameters) -> None:
    """Let today's messages to all reach a member, as far as they do."""
    be_written_to(membership, day, messages * membership.mail_own, p)


@rule
def be_written_to(membership: Rows, day: int, messages: float, p: Parameters) -> None:
    """Count what a member was sent lately."""
    membership.fatigue = recent_messages(membership, day, p) + messages
    membership.mailed = day


@rule
def count_visit(cause: int, counts: Column) -> None:
    """Count a visit under its cause."""
    counts[tally.VISITS] += 1
    counts[tally.VISITS_NEED] += cause == events.NEED
    counts[tally.VISITS_PEERS] += cause == events.PEERS
    counts[tally.VISITS_HOST] += cause == events.BY_HOST


@rule
def awaken(membership: Rows, counts: Column, log: Rows, person: int, venue: int, day: int, cause: int) -> int:
    """Let a dormant member come back, and return their new alarm."""
    membership.status = MEMBER
    counts[tally.RETURNS] += 1
    events.note(log, day, events.RETURN, person, -1, venue, -1, cause)
    return 0


@rule
def awake(alarm: Column, day: int, found: Column) -> int:
    """Put those who may come into `found`, and return how many: an alarm is 0 for those awake, a day for the dormant.

    The loop has no branch, because a processor cannot predict who is a member.
    """
    n = 0
    for i in range(len(alarm)):
        found[n] = i
        n += alarm[i] <= day
    return n


@rule
def turn_back(
    membership: Rows, alarm: int, u: float, counts: Column, log: Rows, person: int, venue: int, day: int, p: Parameters
) -> int:  # fmt: skip
    """Let somebody turn back at the price, with a need to the support desk. Return when they may come again."""
    counts[tally.PRICED_OUT] += 1
    if membership.need_open and u < p.p_ticket:
        counts[tally.TICKETS] += 1
        events.note(log, day, events.TICKET, person, -1, venue, -1, events.NEED)
    membership.need_open = False
    return min(NEVER - 1, day + MONTH) if membership.status == DORMANT else int(alarm)


@kernel
def in_order_of_hours(memberships: Rows, visitors: Column, come: int) -> None:
    """Sort the first `come` of the visitors by the hours of their visits."""
    hours = np.empty(come)
    for at in range(come):
        hours[at] = memberships[visitors[at]].hour
    visitors[:come] = visitors[:come][np.argsort(hours, kind="mergesort")]


@kernel
def visit(
    people: Rows, everywhere: Rows, alarm: Column, now: Rows, visitors: Column, counts: Column, log: Rows,
    venue: int, day: int, key: np.uint64, p: Parameters, incentives: Incentives, memory: Memory, worth: Worth,
    standings: Rows, lives: Rows, usual: float, circles: Circles,
) -> int:  # fmt: skip
    """Decide who comes today. Return how many; their ids stand in `visitors`, in the order of their hours."""
    today = stream(key, day)
    place, memberships = now[0], everywhere[venue]
    message = p.reminder * place.broadcast  # at most: recent messages and distrust take from it
    come = 0
    for at in range(awake(alarm, day, visitors)):
        i = visitors[at]
        person, membership = people[i], memberships[i]
        slot = venue * 8
        chance = uniform(today, i, slot)
        streak = at_stake(membership, place.streaks, person.competitive, day, incentives)
        streak *= longing(lives[i], person.belonging, usual, circles)
        by_habit = habit(person.tempo, membership.interest, p) * streak  # at most: interest fades with absence
        by_reply = p.reply * place.reach if membership.waiting + membership.waiting_host > 0 else 0.0
        by_host = message * membership.mail_own
        surely = membership.need_open or membership.status == DORMANT or membership.joined == day
        if not surely and chance > (by_habit + p.peers * membership.contacts + by_reply + by_host) * ROUNDING:
            continue  # not even if their contacts had posted a minute ago: ln(1 + c) <= c
        away = float(day - membership.stamp)
        by_habit = habit(person.tempo, faded(membership.interest, away, memory.interest), p) * streak
        by_habit *= divided(everywhere, i, venue, day, p, memory)
        by_host = heeded(person, membership, place.broadcast, day, p, worth)
        by_peers = pull_of_peers(faded(membership.contacts, away, memory.contacts), p)
        left = p.second_place if person.minutes_day == day else 1.0
        hazard = (by_habit + by_peers + by_reply + by_host) * left
        if membership.status == DORMANT or membership.joined == day:
            hazard = 40.0  # they come for certain: awake again, or here for the first time
        if not membership.need_open and not happens(chance, hazard):
            continue
        if is_barred(place.price, standings[i], membership.joined, day):
            alarm[i] = turn_back(membership, alarm[i], uniform(today, i, slot + 4), counts, log, i, venue, day, p)
            continue
        cause = cause_of_visit(uniform(today, i, slot + 1), by_habit, by_peers, by_reply, by_host)
        cause = true_cause(membership, cause)
        count_visit(cause, counts)
        if membership.status == DORMANT:
            alarm[i] = awaken(membership, counts, log, i, venue, day, cause)
        if person.minutes_day != day:
            person.minutes_day, person.minutes_left = day, person.attention
        membership.hour = day + uniform(today, i, slot + 2)
        membership.visits += 1
        visitors[come] = i
        come += 1
        events.note(log, day, events.VISIT, i, -1, venue, -1, cause)
    in_order_of_hours(memberships, visitors, come)
    return come


@kernel
def wake(
    memberships: Rows, alarm: Column, messages: float, day: int, venue: int, key: np.uint64, p: Parameters
) -> None:
    """Let today's messages to all wake some dormant members, as far as they get through."""
    today = stream(key, day)
    for i in range(len(memberships)):
        dormant = memberships[i].status == DORMANT and alarm[i] > day
        if dormant and uniform(today, i, venue * 8 + 3) < p.wake_reminder * messages * memberships[i].mail_own:
            alarm[i] = day


@kernel
def take_messages(memberships: Rows, messages: float, day: int, p: Parameters) -> None:
    """Let every member get today's messages, whether or not they came."""
    for i in range(len(memberships)):
        if is_inside(memberships[i]):
            take_message(memberships[i], day, messages, p)


def step(world: CompiledWorld) -> None:
    """Bring people, and their needs, to the venues."""
    p, memory = world.parameters["visit"], world.parameters["memory"]
    bring_needs(
        world.people, world.need_day, world.memberships, world.alarm, world.product.fit,
        world.settings.outside.substitute, world.venues[0].tally, world.log, world.day, world.keys["need"], p, memory,
    )  # fmt: skip
    for venue in world.venues:
        if venue.now.broadcast > 0:
            wake(venue.memberships, venue.alarm, venue.now.broadcast, world.day, venue.index, world.keys["visit"], p)
        come = visit(
            world.people, world.memberships, venue.alarm, venue.table, venue.everybody, venue.tally, world.log,
            venue.index, world.day, world.keys["visit"], p, world.parameters["incentives"], memory,
            world.parameters["worth"], venue.standings, world.lives, usual_company(world),
            world.parameters["circles"],
        )  # fmt: skip
        venue.visitors, venue.plates = venue.everybody[:come], np.zeros((come, CELLS))
        if venue.now.broadcast > 0:
            take_messages(venue.memberships, venue.now.broadcast, world.day, p)
