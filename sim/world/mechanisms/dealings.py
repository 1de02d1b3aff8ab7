"""Dealings: what a place takes of its members (money, data, minutes, ads), and whether they find it fair.

Claim
    A business community has an agenda, and so a balance. Members accept a price for what is worth it, and go elsewhere
    if they can. They mind being asked for the owner's ends, less so if the reason is that the place would not live
    otherwise, and most if they find out by themselves. A place that takes more than it gives loses trust. Growth that
    is demanded of ads, whatever the members do, is met with more ads.
Rule
    Price: once a month a member pays if a draw that stays the same for life is below p = 1 / (1 + (price / w)^steep),
    with w = value E passion^cares (1 - outside s), E the experience of `worth` (for those who consider joining, the
    hope of a beginner) and s the share of needs met elsewhere. Those who do not pay are barred until the next month.
    Those who pay want it to be worth it: their interest rises by `commits` of what it lacks to `committed`, each visit.
    Data: each visit earns data_price x recording, and loses trust_data x recording x expertise of trust: experts
    notice. Agenda: each ask takes minutes. Of a asks, the share disclosed is made in the open. Trust lost = trust_asked
    x a x disclosed (1 - forgives x necessity), and trust_hidden if found out, with a hazard of detects x a (1 -
    disclosed). Fairness: what is taken on a visit has a slow mean, `grasped`: asks made in the open as far as their
    reason does not excuse them, hidden ones as far as they are found out, data and raised ads; a price is not felt as
    taken. Beyond fair x E, the excess x takes trust_unfair x / (1 + x) of trust. Ratchet: after each quarter from the
    third on in which ads brought less than (1 + ratchet) times the quarter before, the load rises by what was missing,
    as a share, at most by `most_raised`.
Source
    A wall halved the visits to local news, more among the young (Chiou & Tucker 2013, abstract; a field test). Payers
    used the content of a music service much more (Bapna, Ramaprasad & Umyarov 2018, abstract; matched). Necessity as a
    reason raised support for a paywall and profit lowered it (Cook & Attari 2012, abstract; an experiment). The order
    of the three numbers of trust in an agenda was chosen with that finding known. All sizes are assumed. Off: price,
    recording, agenda and ratchet at 0.
Deviations
    How often somebody comes does not move what they would pay. Age is no trait here: outside options are the setting's
    `substitute`, or the person's `elsewhere`. Ads count as taken only as far as the ratchet raised them. Payers feel no
    right to be asked less. Whether somebody pays is settled after the visit of that day. Nobody cancels a subscription
    against ads.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import tally
from sim.world.compiled import kernel, rule
from sim.world.draws import happens, stream, uniform
from sim.world.interfaces import AnyVenue, CompiledWorld
from sim.world.mechanisms.bonding import moved
from sim.world.mechanisms.exposure import ads_met, spend
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import is_inside, refresh
from sim.world.mechanisms.spending import QUARTER
from sim.world.mechanisms.worth import experience
from sim.world.parameters import param
from sim.world.state import Column, Rows

MONTH = 30  # days that a fee pays for
MOST_ADS = 20.0  # a visit: the end of the lever's range
WOULD_PAY, FOUND_OUT = 0, 1  # slots of draws


class Parameters(NamedTuple):
    """What a place is worth in money, and how members take being taken from."""

    value: float = param(4.0, "money a month per reward", 0, 100, "assumed", "what people pay for; size by hand, T3")
    steep: float = param(1.5, "exponent", 0, 10, "assumed", "how much people differ in what they would pay")
    cares: float = param(0.5, "exponent", -2, 2, "assumed", "those who care for the product pay more readily; may be 0")
    outside: float = param(0.7, "share", 0, 1, "assumed", "worth lost on those who find all of it elsewhere; sign: T3")
    commits: float = param(0.1, "share per visit", 0, 1, "assumed", "paid for, so used; sign: T1; 0: no commitment")
    committed: float = param(6.0, "reward", 0, 20, "assumed", "interest that paying can bring; as the best visit gives")
    data_price: float = param(0.005, "money per visit", 0, 10, "assumed", "fully recorded; half of what an ad brings")
    trust_data: float = param(0.004, "share per visit", 0, 1, "assumed", "lost by experts, who notice the recording")
    minutes_per_ask: float = param(0.5, "minutes", 0, 30, "assumed", "a question in a form, a call to share something")
    trust_asked: float = param(0.01, "share per ask", 0, 0.2, "assumed", "lost by an ask for profit, made in the open")
    forgives: float = param(1.0, "share", 0, 2, "assumed", "of it that need as the reason takes away; above 1: a gain")
    detects: float = param(0.1, "per ask", 0, 5, "assumed", "a hidden agenda is found out at one ask in ten")
    trust_hidden: float = param(0.05, "share", 0, 1, "assumed", "lost by finding out: more than by hearing it openly")
    slow: float = param(0.1, "share per visit", 0, 1, "assumed", "weight of the last visit in what is felt as taken")
    of_data: float = param(1.0, "asks per visit", 0, 10, "assumed", "what being fully recorded is felt as")
    of_ads: float = param(0.2, "asks per ad", 0, 10, "assumed", "what an ad more than there used to be is felt as")
    fair: float = param(0.5, "asks per reward", 0, 10, "assumed", "what is given back gladly for what one gets")
    trust_unfair: float = param(0.02, "share per visit", 0, 1, "assumed", "lost where far too much is taken; may be 0")
    most_raised: float = param(0.5, "share per quarter", 0, 5, "assumed", "the largest rise of the ad load at once")


@rule
def p_pays(gives: float, passion: float, outside: float, price: float, p: Parameters) -> float:
    """Return the share of such people who would pay a price, for a place whose visits give so much."""
    worth = p.value * gives * (1.0 - p.outside * outside)
    if worth <= 0.0:
        return 0.0
    beyond = p.steep * (math.log(price) - math.log(worth) - p.cares * math.log(passion))
    return 1.0 / (1.0 + math.exp(min(300.0, beyond)))


@rule
def would_pay(u: float, gives: float, person: Rows, substitute: float, price: float, p: Parameters) -> bool:
    """Tell whether somebody would pay. `u`: their draw for life."""
    outside = substitute if person.elsewhere < 0.0 else person.elsewhere
    return bool(u < p_pays(gives, float(person.passion), float(outside), price, p))


@rule
def is_barred(price: float, standing: Rows, joined: int, day: int) -> bool:
    """Tell whether the price keeps a member out today. Newcomers have paid."""
    return bool(price > 0.0 and standing.barred and joined != day)


@rule
def committed(interest: float, p: Parameters) -> float:
    """Return the interest of somebody who has paid for a visit, before it."""
    return interest + p.commits * max(0.0, p.committed - interest)


@rule
def lost_openly(agenda: float, disclosed: float, necessity: float, p: Parameters) -> float:
    """Return the share of trust lost by the asks that are made in the open; less than 0 where the reason wins some."""
    return p.trust_asked * agenda * disclosed * (1.0 - p.forgives * necessity)


@rule
def felt(agenda: float, disclosed: float, necessity: float, recording: float, more_ads: float, p: Parameters) -> float:
    """Return what a visit is felt to take, in asks."""
    asked = disclosed * max(0.0, 1.0 - p.forgives * necessity) + (1.0 - disclosed) * min(1.0, p.detects)
    return agenda * asked + p.of_data * recording + p.of_ads * more_ads


@rule
def lost_unfairly(grasped: float, gives: float, p: Parameters) -> float:
    """Return the share of trust lost on a visit because too much is taken for what is given."""
    excess = max(0.0, grasped - p.fair * max(0.0, gives))
    return p.trust_unfair * excess / (1.0 + excess)


@rule
def raised(load: float, revenue: float, before: float, growth: float, p: Parameters) -> float:
    """Return the ads that are added to a load after a quarter, so that the next one meets its target."""
    target = (1.0 + growth) * before
    if revenue >= target:
        return 0.0
    missing = target / revenue - 1.0 if revenue > 0.0 else p.most_raised
    return min(MOST_ADS - min(MOST_ADS, load), load * min(p.most_raised, missing))


def demand_growth(venue: AnyVenue, day: int, p: Parameters) -> None:
    """Once a quarter, let the host compare what ads brought with its target, and raise the load."""
    host, now = venue.host, venue.now
    since = day - int(now.opens)
    if host.levers.ratchet > 0.0 and now.host_on and since > 0 and since % QUARTER == 0:
        total = float(venue.tally[tally.AD_REVENUE])
        if not host.takings:
            host.takings = [total]  # what came before is no quarter
        else:
            revenue = total - host.takings[0]
            if len(host.takings) > 1:
                now.raised_ads += raised(float(now.ad_load), revenue, host.takings[1], host.levers.ratchet, p)
            host.takings = [total, revenue]
    if now.raised_ads > 0.0 and day < venue.levers.turns:  # later, `places` adds them to the landlord's
        now.ad_load = venue.levers.ad_load + now.raised_ads


def asks(venue: AnyVenue) -> float:
    """Return how much the host asks of each visitor today, for its own ends."""
    return float(venue.host.levers.agenda) if venue.now.host_on else 0.0


def takes(venue: AnyVenue, agenda: float) -> bool:
    """Tell whether a place takes anything today beside what all places take."""
    now = venue.now
    return bool(agenda > 0.0 or now.price > 0.0 or now.recording > 0.0 or now.raised_ads > 0.0)


@rule
def deal(
    person: Rows, membership: Rows, standing: Rows, place: Rows, counts: Column, agenda: float, disclosed: float,
    necessity: float, u: float, day: int, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Take from a visitor what the place takes, and let them judge it. `u`: their draw of finding out."""
    if place.price > 0.0 and standing.pays:
        refresh(membership, day, memory)
        membership.interest = committed(membership.interest, p)
    spend(person, p.minutes_per_ask * agenda, counts)
    counts[tally.ASKS] += agenda
    counts[tally.DATA_REVENUE] += p.data_price * place.recording
    more_ads = ads_met(place.raised_ads, membership.ads_own, membership.subscriber)
    standing.grasped += p.slow * (felt(agenda, disclosed, necessity, place.recording, more_ads, p) - standing.grasped)
    loss = lost_openly(agenda, disclosed, necessity, p) + p.trust_data * place.recording * person.expertise
    loss += p.trust_hidden if happens(u, p.detects * agenda * (1.0 - disclosed)) else 0.0
    loss += lost_unfairly(standing.grasped, experience(membership.held), p)
    person.trust = moved(person.trust, -min(1.0, loss))


@rule
def bill(
    person: Rows, membership: Rows, standing: Rows, counts: Column, u: float, day: int, substitute: float, price: float,
    p: Parameters,
) -> None:  # fmt: skip
    """Let somebody pay for the month that begins today, or be barred. Those who join today have decided to pay."""
    if not is_inside(membership):
        standing.pays, standing.barred = False, False
    elif (day - membership.joined) % MONTH == 0:
        gives = experience(membership.held)
        standing.pays = membership.joined == day or would_pay(u, gives, person, substitute, price, p)
        standing.barred = not standing.pays
        counts[tally.FEES] += price if standing.pays else 0.0


@kernel
def charge(
    people: Rows, memberships: Rows, standings: Rows, counts: Column, venue: int, day: int, substitute: float,
    price: float, key: np.uint64, p: Parameters,
) -> None:  # fmt: skip
    """Let all members whose month ends pay, or be barred."""
    always = stream(key, -1)
    for i in range(len(memberships)):
        u = uniform(always, i, venue * 8 + WOULD_PAY)
        bill(people[i], memberships[i], standings[i], counts, u, day, substitute, price, p)


@kernel
def take(
    people: Rows, memberships: Rows, standings: Rows, now: Rows, visitors: Column, counts: Column, venue: int, day: int,
    agenda: float, disclosed: float, necessity: float, key: np.uint64, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Take from each visitor what the place takes."""
    today = stream(key, day)
    for i in visitors:
        u = uniform(today, i, venue * 8 + FOUND_OUT)
        deal(people[i], memberships[i], standings[i], now[0], counts, agenda, disclosed, necessity, u, day, p, memory)


def step(world: CompiledWorld) -> None:
    """Let places take what they take, before anything else happens on a visit."""
    p, key, day = world.parameters["dealings"], world.keys["dealings"], world.day
    for venue in world.venues:
        demand_growth(venue, day, p)
        agenda, levers = asks(venue), venue.host.levers
        if not takes(venue, agenda):
            continue
        if venue.now.price > 0.0:
            charge(
                world.people, venue.memberships, venue.standings, venue.tally, venue.index, day,
                world.settings.outside.substitute, venue.now.price, key, p,
            )  # fmt: skip
        take(
            world.people, venue.memberships, venue.standings, venue.table, venue.visitors, venue.tally, venue.index,
            day, agenda, levers.disclosed, levers.necessity, key, p, world.parameters["memory"],
        )  # fmt: skip
