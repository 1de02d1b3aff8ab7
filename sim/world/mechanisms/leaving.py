"""Leaving: out of posting, out of the venue, out of the product; and why.

Claim
    A visit that gives less than one hopes for lets interest fade; most first fall silent and go on reading. Belonging
    and active contacts hold people where a dull visit would lose them, and who came to help is held by helping. Where
    hardly anybody else comes there is little to come for: below a critical mass a place empties itself, above it it
    does not. Ads, unanswered questions and too many messages each drive out some. Life takes some whatever the venue
    does, and who leaves the product leaves its venues.
Rule
    Reward r = fit + content (1 - exp(-seen / 5))(3/2 - s) + ties ln(1 + contacts)(1/2 + s) + met [need met]
    + glow goodwill ln(1 + answers given lately) - cost - annoy load w - annoy_slow (slow stock)
    - void / (1 + (visitors a day / crowd)^4), with s the share of her motives that is people (see `asking`) and
    visitors a running mean.
    Interest moves a tenth of the way to r. Hazards per visit, each its own cause, all times exp(-b B - c ln(1 +
    contacts)): dull (aspiration - r)+, unmet D, ads (now load w + slow stock). Of dull ones `silent_first` fall
    silent instead. On a message day every member may leave with `message` F^2 / 100. Product churn is reviewed every
    28 days: base exp(-fit_effect (f - 1/2) - suits s - recruiter [who brought her is still there] - belonging_effect B)
    (1 + rival + grudge G), with G the grievances carried along.
Source
    The form is a prototype's that met the survival rows; hazard falling with active contacts: computed from UC Irvine
    (an association). Ads linear in load, now and slowly: Huang, Reiley & Riabov 2018 (summary, experiment). That
    belonging holds customers has no causal estimate: assumed. Referred customers churn less, for two reasons that the
    literature names and does not tell apart, better matching and a tie to who brought them: Schmitt, Skiera & Van den
    Bulte 2011; Armelini 2015 (abstracts; associations). Critical mass: Oliver & Marwell 1985 (recalled); the steepness
    of the fourth power is put in, which side a place ends on is not.
Deviations
    Life, sleep and churn are looked at weekly and monthly, so that people who do nothing cost nothing.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import happens, stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.asking import sociality
from sim.world.mechanisms.exposure import Parameters as Exposure
from sim.world.mechanisms.exposure import ad_weight, ads_met
from sim.world.mechanisms.join import tell_friends
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import faded
from sim.world.mechanisms.visit import days_until
from sim.world.parameters import param
from sim.world.state import CUSTOMER, DORMANT, GONE, LEFT, MEMBER, NEVER, NOBODY, Column, Rows

WEEK, MONTH = 7, 28


class Parameters(NamedTuple):
    """What ends things."""

    content: float = param(0.36, "reward", 0, 3, "calibrated", "something new to read")
    ties: float = param(0.63, "reward per log contact", 0, 3, "calibrated", "company; S5")
    glow: float = param(
        1.9, "reward per log answer", 0, 20, "calibrated", "of who came to help alone: that is its own reward; may be 0"
    )
    met: float = param(0.32, "reward", 0, 5, "calibrated", "a need was met")
    cost: float = param(0.36, "reward", 0, 3, "calibrated", "the trouble of coming")
    annoy: float = param(
        0.014, "reward per ad", 0, 1, "calibrated", "linear in load: an experiment (Pandora); the size is by hand"
    )
    annoy_slow: float = param(
        0.00042, "reward per ad", 0, 0.1, "calibrated", "part of the effect builds up over 21 months (Pandora); by hand"
    )
    void: float = param(1.0, "reward", 0, 3, "calibrated", "what an empty place takes from a visit; two fates (G5)")
    crowd: float = param(3, "visits per day", 0.1, 100, "assumed", "at so many a place is half empty: critical mass")
    learning: float = param(0.1, "share per visit", 0, 1, "calibrated", "prototypes: a tenth")
    aspiration: float = param(1.9, "reward", 0, 5, "calibrated", "what one hopes for")
    dull: float = param(0.48, "per visit", 0, 1, "calibrated", "per reward missed")
    silent_first: float = param(0.5, "share", 0, 1, "calibrated", "readers outlast posters (H9)")
    unmet: float = param(0.06, "per visit", 0, 1, "calibrated", "per unanswered question on her mind; N1")
    ads_now: float = param(
        0.00018, "per visit and ad", 0, 0.1, "calibrated", "exit rises with load: an experiment; size by hand"
    )
    ads_slow: float = param(
        0.00001, "per visit and ad", 0, 0.01, "calibrated", "and builds up over months; size by hand"
    )
    message: float = param(0.0002, "per message", 0, 0.5, "calibrated", "unsubscribing at a fatigue of ten")
    hold_belonging: float = param(1.8, "log per share", 0, 10, "calibrated", "belonging holds")
    hold_contacts: float = param(0.58, "log per log contact", 0, 5, "calibrated", "S5: 46 % to 27 % from 1 to 5")
    churn: float = param(0.0006, "per day", 0, 0.1, "assumed", "a fifth of customers a year at a fit of one half")
    fit_effect: float = param(2.0, "log per share", 0, 10, "assumed", "a product that fits keeps people")
    grudge: float = param(
        0.3, "share per grievance", 0, 5, "assumed", "an unanswered question is held against the maker"
    )
    suits: float = param(0.5, "log per sd", 0, 3, "calibrated", "whom the product suits stays; with the next: V3")
    recruiter: float = param(0.05, "log", -2, 2, "calibrated", "a tie to who brought her holds her; may be 0")
    belonging_effect: float = param(0.7, "log per share", 0, 10, "assumed", "who belongs stays a customer; may be 0")


@rule
def reward(
    fit: float, seen: int, contacts: float, need_met: bool, social: float, ad_load: float, weight: float, stock: float,
    toll: float, p: Parameters,
) -> float:  # fmt: skip
    """Return what a visit gave: `social` is how much she came for people (see `asking.sociality`)."""
    reading = p.content * (1.0 - math.exp(-seen / 5.0)) * (1.5 - social)
    given = fit + reading + p.ties * math.log(1.0 + contacts) * (0.5 + social)
    ads = p.annoy * ad_load * weight + p.annoy_slow * stock
    return given + (p.met if need_met else 0.0) - p.cost - ads - toll


@rule
def emptiness(visitors: float, p: Parameters) -> float:
    """Return what it takes from a visit that few others come: all of `void` where nobody does, half at `crowd`."""
    square = visitors * visitors / (p.crowd * p.crowd)
    return p.void / (1.0 + square * square)


@rule
def glow(goodwill: float, helping: float, p: Parameters) -> float:
    """Return what having helped lately gives somebody who came to help."""
    return p.glow * goodwill * math.log(1.0 + helping)


@rule
def hold(belonging: float, contacts: float, p: Parameters) -> float:
    """Return the factor by which belonging and company weaken every reason to go."""
    return math.exp(-p.hold_belonging * belonging - p.hold_contacts * math.log(1.0 + contacts))


@rule
def hazard_of_ads(ad_load: float, weight: float, stock: float, p: Parameters) -> float:
    """Return the hazard by ads on this visit: linear in today's load and in the stock of the past."""
    return p.ads_now * ad_load * weight + p.ads_slow * stock


@rule
def cause_of_going(u: float, dull: float, unmet: float, ads: float) -> int:
    """Return the cause, in proportion to the hazards."""
    x = u * (dull + unmet + ads)
    if x < dull:
        return events.DULL
    return events.UNMET if x < dull + unmet else events.BY_ADS


@rule
def p_unsubscribe(fatigue: float, messages: float, p: Parameters) -> float:
    """Return the probability that a member leaves over today's messages: the more there were, the likelier."""
    return min(1.0, p.message * fatigue * fatigue / 100.0 * messages)


@rule
def p_churn(
    fit: float, suited: float, referred: bool, belonging: float, rival: float, grievance: float, days: float,
    p: Parameters,
) -> float:  # fmt: skip
    """Return the probability to leave the product within `days` days; `referred` by somebody who still uses it."""
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
    """End a membership and write down why."""
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
    """Let each visitor look back on her visit: interest, silence, exit."""
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
    memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows, counts: Column, log: Rows,
    venue: int, day: int, sleep_after: float, wake_rate: float, key: np.uint64,
) -> None:  # fmt: skip
    """Look at every member once a week: whether life has moved on, whether she has been away for long."""
    today = stream(key, day)
    for i in range((-day) % WEEK, len(memberships), WEEK):
        membership = memberships[i]
        if membership.status != MEMBER and membership.status != DORMANT:
            continue
        if membership.life_day <= day:
            leave(memberships, alarm, ties_start, ties_partner, now, counts, log, i, venue, day, events.LIFE)
        elif membership.status == MEMBER and day - membership.last_visit > sleep_after:
            membership.status = DORMANT
            alarm[i] = min(NEVER - 1, day + days_until(uniform(today, i, venue * 8 + 3), wake_rate))
            events.note(log, day, events.SLEEP, i, NOBODY, venue, -1, events.NO_CAUSE)


@kernel
def after_message(
    memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows, counts: Column, log: Rows,
    venue: int, day: int, key: np.uint64, p: Parameters,
) -> None:  # fmt: skip
    """Let every member who gets one message too many unsubscribe."""
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
    """Review a twenty-eighth of the customers. Returns how many leave the product; their ids stand in `gone`."""
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
        chance = p_churn(
            fit[person.facet], person.suited, referred, most, rival, person.grievance, float(MONTH), p
        )  # fmt: skip
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
    """Let those who left the product leave its venue."""
    for i in gone:
        if memberships[i].status == MEMBER or memberships[i].status == DORMANT:
            leave(memberships, alarm, ties_start, ties_partner, now, counts, log, i, venue, day, events.PRODUCT)


@kernel
def leave_venue(
    people: Rows, memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows,
    visitors: Column, counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters,
    exposure: Exposure, sleep_after: float, wake_rate: float,
) -> None:  # fmt: skip
    """Let people go after a visit, when life moves on, and over a message too many."""
    after_visits(
        people, memberships, alarm, ties_start, ties_partner, now, visitors, counts, log, venue, day, key, p, exposure
    )  # fmt: skip
    weekly(
        memberships, alarm, ties_start, ties_partner, now, counts, log, venue, day, sleep_after, wake_rate, key
    )  # fmt: skip
    if now[0].broadcast > 0:
        after_message(memberships, alarm, ties_start, ties_partner, now, counts, log, venue, day, key, p)


def step(world: CompiledWorld) -> None:
    """Let people go."""
    p, memory, key, day = world.parameters["leaving"], world.parameters["memory"], world.keys["leaving"], world.day
    visit = world.parameters["visit"]
    for venue in world.venues:
        leave_venue(
            world.people, venue.memberships, venue.alarm, world.ties_start, world.ties_partner, venue.table,
            venue.visitors, venue.tally, world.log, venue.index, day, key, p, world.parameters["exposure"],
            visit.sleep_after, visit.wake_rate,
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
