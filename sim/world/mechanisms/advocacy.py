"""Advocacy: members bring others, to the product and to the venue.

Claim
    Who belongs and trusts speaks well of the product to those whom she knows; asking a friend along to the venue takes
    less. Both are rarer than an advertisement and count for more, as people choose whom they ask. Strangers also
    find the product by themselves, and the faster the more people use it.
Rule
    On a visit a member may think of somebody among her latent ties; with `chooses` she thinks of two, and of the two
    of the one whom the venue suits better. To a stranger she recommends the product with p_refer = refer B T
    exp(-grievance), which makes her a customer with convince exp(match s), s how well the product suits her; a customer
    outside is invited into the venue with p_invite = invite x invites (1/2 + B) exp(-grievance) (see `join`). Other
    strangers adopt at a Bass hazard, p + q F a year, with F the share of people who are customers.
Source
    Bass coefficients: Sultan, Farley & Lehmann 1990 (second-hand, a meta-analysis). Personal invitations convert
    better: Aral & Walker 2011 (abstract, experiment); that friends choose whom to ask is their reading of it.
Deviations
    Nobody remembers whom she has asked already: what a second invitation does is what a first one does.
    Champions are read off (who helps much and belongs), they have no special rule. No crisis yet, so no defence.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import normal, stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.join import is_outside
from sim.world.parameters import param
from sim.world.state import CUSTOMER, NOBODY, STRANGER, Column, Rows

WEEK = 7


class Parameters(NamedTuple):
    """Word of mouth."""

    refer: float = param(0.5, "per visit", 0, 1, "assumed", "a word to somebody, at full belonging and trust")
    invite: float = param(0.25, "per visit", 0, 1, "calibrated", "at half belonging; a friend or so a year")
    chooses: float = param(0.5, "share", 0, 1, "assumed", "invitations for which two friends were weighed")
    convince: float = param(0.1, "probability", 0, 1, "assumed", "one recommendation in ten makes a customer")
    match: float = param(0.4, "log per sd", -2, 2, "calibrated", "people recommend to whom it suits; 0: to anybody; V3")
    innovation: float = param(0.03, "per year", 0, 0.5, "association", "Bass p, mean of a meta-analysis")
    imitation: float = param(0.38, "per year", 0, 2, "association", "Bass q, mean of a meta-analysis")


@rule
def p_refer(belonging: float, trust: float, grievance: float, p: Parameters) -> float:
    """Return the probability of a good word on a visit: nobody with a grudge recommends much."""
    return p.refer * belonging * trust * math.exp(-grievance)


@rule
def p_invite(belonging: float, grievance: float, invites: float, p: Parameters) -> float:
    """Return the probability that a member asks a friend along on a visit, as easily as the venue makes it."""
    return min(1.0, p.invite * invites * (0.5 + belonging) * math.exp(-grievance))


@rule
def p_convince(suited: float, p: Parameters) -> float:
    """Return the probability that a word makes a stranger a customer: the likelier, the better the product suits."""
    return min(1.0, p.convince * math.exp(p.match * suited))


@rule
def p_adopt(share: float, days: float, p: Parameters) -> float:
    """Return the probability that a stranger adopts the product by herself in `days` days (Bass)."""
    return 1.0 - math.exp(-(p.innovation + p.imitation * share) * days / 365.0)


@rule
def become_customer(person: Rows, day: int, recruiter: int) -> None:
    """Begin to use the product."""
    person.customer, person.adopted, person.recruiter = CUSTOMER, day, recruiter


@rule
def whom(
    person: int, ties_start: Column, ties_partner: Column, venue: int, today: np.uint64, always: np.uint64,
    p: Parameters,
) -> int:  # fmt: skip
    """Return of whom among those whom she knows she thinks: of anybody, or of the better suited of two."""
    slot, known = venue * 8, ties_start[person + 1] - ties_start[person]
    one = ties_partner[ties_start[person] + int(uniform(today, person, slot + 1) * known)]
    if uniform(today, person, slot + 3) >= p.chooses:
        return int(one)
    other = ties_partner[ties_start[person] + int(uniform(today, person, slot + 4) * known)]
    of_one = normal(uniform(always, one, slot + 2), uniform(always, one, slot + 3))
    of_other = normal(uniform(always, other, slot + 2), uniform(always, other, slot + 3))
    return int(other if of_other > of_one else one)  # the same draws as when they think about joining


@kernel
def recommend(
    people: Rows, memberships: Rows, ties_start: Column, ties_partner: Column, visitors: Column, now: Rows,
    counts: Column, log: Rows, venue: int, day: int, key: np.uint64, join_key: np.uint64, p: Parameters,
) -> int:  # fmt: skip
    """Let visitors speak to those whom they know. Returns the number of new customers."""
    today, always = stream(key, day), stream(join_key, -1)
    new = 0
    for i in visitors:
        slot = venue * 8
        belonging, grievance = memberships[i].belonging, people[i].grievance
        refers = p_refer(belonging, people[i].trust, grievance, p)
        invites = p_invite(belonging, grievance, now[0].invites, p)
        u = uniform(today, i, slot)
        if u >= max(refers, invites) or ties_start[i + 1] == ties_start[i]:
            continue
        friend = whom(i, ties_start, ties_partner, venue, today, always, p)
        chance = p_convince(people[friend].suited, p)
        if people[friend].customer == STRANGER and u < refers and uniform(today, i, slot + 2) < chance:
            become_customer(people[friend], day, i)
            new += 1
            counts[tally.REFERRALS] += 1
            counts[tally.ADOPTIONS] += 1
            events.note(log, day, events.REFER, i, friend, venue, -1, events.PEERS)
        elif u < invites and people[friend].customer == CUSTOMER and is_outside(memberships[friend]):
            memberships[friend].invited, memberships[friend].referrer = day, i
            events.note(log, day, events.INVITE, i, friend, venue, -1, events.PEERS)
    return new


@kernel
def adopt(people: Rows, counts: Column, log: Rows, share: float, day: int, key: np.uint64, p: Parameters) -> int:
    """Let strangers, once a week each, find the product by themselves. Returns how many do."""
    today = stream(key, day)
    chance = p_adopt(share, float(WEEK), p)
    new = 0
    for i in range((-day) % WEEK, len(people), WEEK):
        if people[i].customer == STRANGER and uniform(today, i, 100) < chance:
            become_customer(people[i], day, NOBODY)
            new += 1
            counts[tally.ADOPTIONS] += 1
            events.note(log, day, events.ADOPT, i, NOBODY, -1, -1, events.MARKET)
    return new


def step(world: CompiledWorld) -> None:
    """Let members recommend, and strangers adopt."""
    key, p, product = world.keys["advocacy"], world.parameters["advocacy"], world.product
    for venue in world.venues:
        product.customers += recommend(
            world.people, venue.memberships, world.ties_start, world.ties_partner, venue.visitors, venue.table,
            venue.tally, world.log, venue.index, world.day, key, world.keys["join"], p,
        )  # fmt: skip
    share = product.customers / len(world.people)
    product.customers += adopt(world.people, world.venues[0].tally, world.log, share, world.day, key, p)
