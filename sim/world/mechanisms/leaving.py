"""Leaving: members stop posting, leave the venue or leave the product, each for a cause.

Claim
    Interest fades after visits that give less than hoped for. Most members first fall silent and go on reading.
    Belonging and active contacts hold people whom a dull visit would lose, and helping holds those who came to help.
    Where hardly anybody else comes there is little to come for: below a critical mass a place empties itself, above it
    does not. Ads, unanswered questions and too many messages each drive some members out. Life takes some whatever the
    venue does, and those who leave the product leave its venues.
Rule
    Reward r = fit + content (1 - exp(-seen / 5))(3/2 - s) + ties ln(1 + contacts)(1/2 + s) + met [need met]
    + glow goodwill ln(1 + answers given lately) - cost - annoy load w - annoy_slow (slow stock)
    - void / (1 + (visitors a day / crowd)^4), where s is the share of a person's motives that is about people (see
    `asking`) and visitors a day is a running mean.
    Interest moves a tenth of the way to r. Hazards per visit, one for each cause, all times exp(-b B - c ln(1 +
    contacts)): dull (aspiration - r)+, unmet D, ads (now load w + slow stock). Of those who would leave a dull place,
    the share `silent_first` fall silent instead. On a day with a message every member may leave with `message` F^2 /
    100. Product churn is reviewed every 28 days: base exp(-fit_effect (f - 1/2) - suits s - recruiter [the recruiter is
    still a customer] - belonging_effect B) (1 + rival + grudge G), where G are the grievances so far, faded.
Source
    The form is that of a prototype that met the survival rows. The hazard falls with active contacts: computed from UC
    Irvine (an association). Ads act linearly in load, at once and slowly: Huang, Reiley & Riabov 2018 (summary,
    experiment). That belonging holds customers is assumed, as there is no causal estimate. Referred customers churn
    less: Schmitt, Skiera & Van den Bulte 2011; Armelini 2015 (abstracts; associations). The literature names two
    reasons and does not separate them: better matching, and a tie to the recruiter. Critical mass: Oliver & Marwell
    1985 (recalled). The steepness of the fourth power is assumed; on which side a place ends is not.
Deviations
    Life, dormancy and churn are checked weekly and monthly, so that people who do nothing cost no computing time.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import happens, stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.measures import ACTIVE_DAYS
from sim.world.mechanisms.asking import sociality
from sim.world.mechanisms.exposure import Parameters as Exposure
from sim.world.mechanisms.exposure import ad_weight, ads_met
from sim.world.mechanisms.join import Parameters as Lives
from sim.world.mechanisms.join import pause, tell_friends
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import faded
from sim.world.mechanisms.visit import days_until
from sim.world.parameters import param
from sim.world.state import CUSTOMER, DORMANT, GONE, LEFT, MEMBER, NEVER, NOBODY, Column, Rows

WEEK, MONTH = 7, 28


class Parameters(NamedTuple):
    """What a visit gives, and what makes people leave."""

    content: float = param(0.36, "reward", 0, 3, "calibrated", "something new to read")
    ties: float = param(0.63, "reward per log contact", 0, 3, "calibrated", "company; S5")
    glow: float = param(
        1.9, "reward per log answer", 0, 20, "calibrated", "helping rewards those who came to help; may be 0"
    )
    met: float = param(0.32, "reward", 0, 5, "calibrated", "a need was met")
    cost: float = param(0.36, "reward", 0, 3, "calibrated", "the trouble of coming")
    annoy: float = param(
        0.014, "reward per ad", 0, 1, "calibrated", "linear in load: an experiment (Pandora); size by hand"
    )
    annoy_slow: float = param(
        0.00042, "reward per ad", 0, 0.1, "calibrated", "part of the effect builds up over 21 months (Pandora); by hand"
    )
    void: float = param(
        1.0, "reward", 0, 3, "calibrated", "reward lost where nobody else comes; venues live or die (G5)"
    )
    crowd: float = param(
        3, "visits per day", 0.1, 100, "assumed", "critical mass: with so many visits a day a place feels half empty"
    )
    learning: float = param(0.1, "share per visit", 0, 1, "calibrated", "speed at which interest follows; prototypes")
    aspiration: float = param(1.9, "reward", 0, 5, "calibrated", "what members hope for from a visit")
    dull: float = param(0.48, "per visit", 0, 1, "calibrated", "hazard per unit of reward below what was hoped for")
    silent_first: float = param(0.5, "share", 0, 1, "calibrated", "readers outlast posters (H9)")
    unmet: float = param(0.06, "per visit", 0, 1, "calibrated", "per unanswered question that a member still minds; N1")
    ads_now: float = param(
        0.00018, "per visit and ad", 0, 0.1, "calibrated", "exits rise with load: an experiment; size by hand"
    )
    ads_slow: float = param(
        0.00001, "per visit and ad", 0, 0.01, "calibrated", "exits over ads build up over months; size by hand"
    )
    message: float = param(0.0002, "per message", 0, 0.5, "calibrated", "unsubscribing after ten recent messages")
    hold_belonging: float = param(1.8, "log per share", 0, 10, "calibrated", "belonging lowers every hazard of leaving")
    hold_contacts: float = param(
        0.58, "log per log contact", 0, 5, "calibrated", "exit falls from 46 % to 27 % between 1 and 5 contacts (S5)"
    )
    churn: float = param(0.0006, "per day", 0, 0.1, "assumed", "a fifth of all customers a year at a fit of one half")
    fit_effect: float = param(2.0, "log per share", 0, 10, "assumed", "a product that fits keeps people")
    grudge: float = param(0.3, "share per grievance", 0, 5, "assumed", "unanswered questions are held against makers")
    suits: float = param(0.5, "log per sd", 0, 3, "calibrated", "those whom the product suits stay (V3)")
    recruiter: float = param(0.05, "log", -2, 2, "calibrated", "a tie to the recruiter holds a customer (V3); may be 0")
    belonging_effect: float = param(0.7, "log per share", -5, 5, "assumed", "those who belong stay; may be 0 or less")


@rule
def reward(
    fit: float, seen: int, contacts: float, need_met: bool, social: float, ad_load: float, weight: float, stock: float,
    toll: float, p: Parameters,
) -> float:  # fmt: skip
    """Return what a visit gave. `social` is how much the visitor came for people (see `asking.sociality`)."""
    reading = p.content * (1.0 - math.exp(-seen / 5.0)) * (1.5 - social)
    given = fit + reading + p.ties * math.log(1.0 + contacts) * (0.5 + social)
    ads = p.annoy * ad_load * weight + p.annoy_slow * stock
    return given + (p.met if need_met else 0.0) - p.cost - ads - toll


@rule
def emptiness(visitors: float, p: Parameters) -> float:
    """Return what a visit loses where few others come: all of `void` where nobody does, half of it at `crowd`."""
    square = visitors * visitors / (p.crowd * p.crowd)
    return p.void / (1.0 + square * square)


@rule
def glow(goodwill: float, helping: float, p: Parameters) -> float:
    """Return what having helped lately gives to those who came to help."""
    return p.glow * goodwill * math.log(1.0 + helping)


@rule
def hold(belonging: float, contacts: float, p: Parameters) -> float:
    """Return the factor by which belonging and contacts weaken every reason to leave."""
    return math.exp(-p.hold_belonging * belonging - p.hold_contacts * math.log(1.0 + contacts))


@rule
def hazard_of_ads(ad_load: float, weight: float, stock: float, p: Parameters) -> float:
    """Return the hazard of leaving over ads on this visit: linear in today's load and in the stock of past ads."""
    return p.ads_now * ad_load * weight + p.ads_slow * stock


@rule
def cause_of_going(u: float, dull: float, unmet: float, ads: float) -> int:
    """Return the cause, drawn in proportion to the hazards."""
    x = u * (dull + unmet + ads)
    if x < dull:
        return events.DULL
    return events.UNMET if x < dull + unmet else events.BY_ADS


@rule
def p_unsubscribe(fatigue: float, messages: float, p: Parameters) -> float:
    """Return the probability that a member leaves over today's messages. It rises with recent messages."""
    return min(1.0, p.message * fatigue * fatigue / 100.0 * messages)


@rule
def p_churn(
    fit: float, suited: float, referred: bool, belonging: float, rival: float, grievance: float, days: float,
    p: Parameters,
) -> float:  # fmt: skip
    """Return the probability of leaving the product within `days` days. `referred`: the recruiter still uses it."""
    held = p.fit_effect * (fit - 0.5) + p.suits * suited + (p.recruiter if referred else 0.0)
    held += p.belonging_effect * belonging
    hazard = p.churn * math.exp(-held) * (1.0 + rival + p.grudge * grievance)
    return 1.0 - math.exp(-hazard * days)


@rule
def flow_of_exit(cause: int) -> int:
    """Return the counter of a cause of leaving."""
    return tally.EXITS_LIFE + cause - events.LIFE


@rule
def leave(
    memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows, counts: Column, log: Rows,
    person: int, venue: int, day: int, cause: int,
) -> None:  # fmt: skip
    """End a membership and record why."""
    membership = memberships[person]
    membership.status, membership.left, membership.left_cause = LEFT, day, cause
    membership.subscriber = False
    alarm[person] = NEVER
    now[0].members -= 1
    tell_friends(person, -1, memberships, ties_start, ties_partner)
    counts[flow_of_exit(cause)] += 1
    events.note(log, day, events.EXIT, person, NOBODY, venue, -1, cause)


@kernel
def after_visits(
    people: Rows, memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows,
    visitors: Column, counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters,
    exposure: Exposure,
) -> None:  # fmt: skip
    """Let each visitor take stock of the visit: interest moves, and some fall silent or leave."""
    today = stream(key, day)
    place = now[0]
    for i in visitors:
        membership = memberships[i]
        weight = ad_weight(people[i].ad_sensitivity, float(day - membership.joined), place.annoyance, exposure)
        load = ads_met(place.ad_load, membership.ads_own, membership.subscriber)
        contacts, toll = membership.contacts, membership.toll + place.cost
        social = sociality(people[i].belonging, people[i].goodwill, people[i].validation, people[i].cause)
        r = reward(
            membership.fit, membership.seen, contacts, membership.need_met, social, load, weight, membership.ads,
            toll, p,
        )  # fmt: skip
        r += glow(people[i].goodwill, membership.helping, p) - emptiness(place.visitors_pulse, p)
        membership.interest = max(0.0, membership.interest + p.learning * (r - membership.interest))
        membership.last_visit = membership.hour
        held = hold(membership.belonging, contacts, p)
        dull = p.dull * max(0.0, p.aspiration - r) * held
        unmet = p.unmet * membership.disappointment * held
        ads = hazard_of_ads(load, weight, membership.ads, p) * held
        slot = venue * 8
        if not happens(uniform(today, i, slot), dull + unmet + ads):
            continue
        cause = cause_of_going(uniform(today, i, slot + 1), dull, unmet, ads)
        if cause == events.DULL and not membership.silent and uniform(today, i, slot + 2) < p.silent_first:
            membership.silent = True
            counts[tally.SILENCED] += 1
            events.note(log, day, events.SILENCE, i, NOBODY, venue, -1, cause)
            continue
        leave(memberships, alarm, ties_start, ties_partner, now, counts, log, i, venue, day, cause)


@kernel
def weekly(
    people: Rows, memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows,
    counts: Column, log: Rows, venue: int, day: int, sleep_after: float, wake_rate: float, key: np.uint64, lives: Lives,
) -> None:  # fmt: skip
    """Check every member once a week: whether life interrupts, for a while or for good, and whether they are active."""
    today = stream(key, day)
    for i in range((-day) % WEEK, len(memberships), WEEK):
        membership = memberships[i]
        if membership.status != MEMBER and membership.status != DORMANT:
            continue
        slot = venue * 8
        if membership.life_day <= day and uniform(today, i, slot + 5) < lives.p_pause:
            if membership.status == MEMBER:
                events.note(log, day, events.SLEEP, i, NOBODY, venue, -1, events.LIFE)
            u, v = uniform(today, i, slot + 6), uniform(today, i, slot + 7)
            alarm[i] = pause(membership, alarm[i], day, people[i].restless, u, v, lives)
        elif membership.life_day <= day:
            leave(memberships, alarm, ties_start, ties_partner, now, counts, log, i, venue, day, events.LIFE)
        elif membership.status == MEMBER and day - membership.last_visit > sleep_after:
            membership.status = DORMANT
            alarm[i] = min(NEVER - 1, day + days_until(uniform(today, i, slot + 3), wake_rate))
            events.note(log, day, events.SLEEP, i, NOBODY, venue, -1, events.NO_CAUSE)
        elif membership.status == MEMBER and day - membership.last_visit <= ACTIVE_DAYS:
            counts[tally.DAYS_ACTIVE] += WEEK if membership.joined < day else 0.5 * WEEK  # last weeks end halfway


@kernel
def after_message(
    memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows, counts: Column, log: Rows,
    venue: int, day: int, key: np.uint64, p: Parameters,
) -> None:  # fmt: skip
    """Let members unsubscribe when they get one message too many."""
    today = stream(key, day)
    place = now[0]
    chance = p_unsubscribe(place.fatigue, place.broadcast, p)
    for i in range(len(memberships)):
        member = memberships[i].status == MEMBER or memberships[i].status == DORMANT
        if member and uniform(today, i, venue * 8 + 4) < chance * memberships[i].mail_own:
            leave(memberships, alarm, ties_start, ties_partner, now, counts, log, i, venue, day, events.BY_BROADCAST)


@kernel
def leave_product(
    people: Rows, memberships: Rows, fit: Column, rival: float, counts: Column, log: Rows, gone: Column, day: int,
    key: np.uint64, p: Parameters, memory: Memory,
) -> int:  # fmt: skip
    """Review one in 28 customers. Return how many leave the product; their ids stand in `gone`."""
    today = stream(key, day)
    n = 0
    for i in range((-day) % MONTH, len(people), MONTH):
        person = people[i]
        if person.customer != CUSTOMER:
            continue
        most = 0.0
        person.grievance = faded(person.grievance, float(MONTH), memory.grievance)
        for venue in range(len(memberships)):
            membership = memberships[venue, i]
            if membership.status == MEMBER:
                most = max(most, faded(membership.belonging, float(day - membership.stamp), memory.belonging))
        referred = person.recruiter >= 0 and people[person.recruiter].customer == CUSTOMER
        chance = p_churn(fit[person.facet], person.suited, referred, most, rival, person.grievance, float(MONTH), p)
        if uniform(today, i, 100) < chance:
            person.customer, person.gone, person.gone_cause = GONE, day, events.PRODUCT
            gone[n] = i
            n += 1
            counts[tally.CHURNED] += 1
            events.note(log, day, events.CHURN, i, NOBODY, -1, -1, events.PRODUCT)
    return n


@kernel
def follow_product(
    memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows, counts: Column, log: Rows,
    venue: int, day: int, gone: Column,
) -> None:  # fmt: skip
    """Let those who left the product leave the venue."""
    for i in gone:
        if memberships[i].status == MEMBER or memberships[i].status == DORMANT:
            leave(memberships, alarm, ties_start, ties_partner, now, counts, log, i, venue, day, events.PRODUCT)


@kernel
def leave_venue(
    people: Rows, memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows,
    visitors: Column, counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters,
    exposure: Exposure, sleep_after: float, wake_rate: float, lives: Lives,
) -> None:  # fmt: skip
    """Let people leave after a visit, when life moves on, and over one message too many."""
    after_visits(
        people, memberships, alarm, ties_start, ties_partner, now, visitors, counts, log, venue, day, key, p, exposure
    )  # fmt: skip
    weekly(
        people, memberships, alarm, ties_start, ties_partner, now, counts, log, venue, day, sleep_after, wake_rate, key,
        lives,
    )  # fmt: skip
    if now[0].broadcast > 0:
        after_message(memberships, alarm, ties_start, ties_partner, now, counts, log, venue, day, key, p)


def step(world: CompiledWorld) -> None:
    """Let people leave venues and the product."""
    p, memory, key, day = world.parameters["leaving"], world.parameters["memory"], world.keys["leaving"], world.day
    visit = world.parameters["visit"]
    for venue in world.venues:
        leave_venue(
            world.people, venue.memberships, venue.alarm, world.ties_start, world.ties_partner, venue.table,
            venue.visitors, venue.tally, world.log, venue.index, day, key, p, world.parameters["exposure"],
            visit.sleep_after, visit.wake_rate, world.parameters["join"],
        )  # fmt: skip
    gone = leave_product(
        world.people, world.memberships, world.product.fit, world.settings.outside.rival, world.venues[0].tally,
        world.log, world.everybody, day, key, p, memory,
    )  # fmt: skip
    world.product.customers -= gone
    for venue in world.venues if gone else ():
        follow_product(
            venue.memberships, venue.alarm, world.ties_start, world.ties_partner, venue.table, venue.tally, world.log,
            venue.index, day, world.everybody[:gone],
        )  # fmt: skip
