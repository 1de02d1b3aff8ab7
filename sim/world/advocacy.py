"""Advocacy: members bring others, to the product and to the venue.

Claim
    Who belongs and trusts speaks well of both to those whom she knows. That is rarer than an advertisement and counts
    for more. Strangers also find the product by themselves, and the faster the more people use it.
Rule
    On a visit, p_refer = refer B T exp(-grievance). The one she speaks to is one of her latent ties: a stranger
    becomes a customer with `convince`; a customer outside the venue is invited (see `join`). Other strangers adopt at
    a Bass hazard, p + q F a year, with F the share of people who are customers.
Source
    Bass coefficients: Sultan, Farley & Lehmann 1990 (second-hand, a meta-analysis). Personal invitations convert
    better: Aral & Walker 2011 (abstract, experiment), a sign here, not its size.
Deviations
    Champions are read off (who helps much and belongs), they have no special rule. No crisis yet, so no defence.
"""

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import stream, uniform
from sim.world.parameters import param
from sim.world.state import CUSTOMER, LEFT, NOBODY, OUTSIDE, STRANGER, Column, Rows

if TYPE_CHECKING:
    from sim.world.world import World

WEEK = 7


class Parameters(NamedTuple):
    """Word of mouth."""

    refer: float = param(0.05, "per visit", 0, 1, "assumed", "a word to somebody, at full belonging and trust")
    convince: float = param(0.1, "probability", 0, 1, "assumed", "one recommendation in ten makes a customer")
    innovation: float = param(0.03, "per year", 0, 0.5, "association", "Bass p, mean of a meta-analysis")
    imitation: float = param(0.38, "per year", 0, 2, "association", "Bass q, mean of a meta-analysis")


@rule
def p_refer(belonging: float, trust: float, grievance: float, p: Parameters) -> float:
    """Return the probability of a good word on a visit: nobody with a grudge recommends much."""
    return p.refer * belonging * trust * math.exp(-grievance)


@rule
def p_adopt(share: float, days: float, p: Parameters) -> float:
    """Return the probability that a stranger adopts the product by herself in `days` days (Bass)."""
    return 1.0 - math.exp(-(p.innovation + p.imitation * share) * days / 365.0)


@rule
def become_customer(person: Rows, day: int, recruiter: int) -> None:
    """Begin to use the product."""
    person.customer, person.adopted, person.recruiter = CUSTOMER, day, recruiter


@kernel
def recommend(
    people: Rows, memberships: Rows, ties_start: Column, ties_partner: Column, visitors: Column, counts: Column,
    log: Rows, venue: int, day: int, key: np.uint64, p: Parameters,
) -> int:  # fmt: skip
    """Let visitors speak to those whom they know. Returns the number of new customers."""
    today = stream(key, day)
    new = 0
    for i in visitors:
        slot = venue * 8
        known = ties_start[i + 1] - ties_start[i]
        if known == 0 or uniform(today, i, slot) >= p_refer(
            memberships[i].belonging, people[i].trust, people[i].grievance, p
        ):
            continue
        friend = ties_partner[ties_start[i] + int(uniform(today, i, slot + 1) * known)]
        if people[friend].customer == STRANGER and uniform(today, i, slot + 2) < p.convince:
            become_customer(people[friend], day, i)
            new += 1
            counts[tally.REFERRALS] += 1
            counts[tally.ADOPTIONS] += 1
            events.note(log, day, events.REFER, i, friend, venue, -1, events.PEERS)
        elif people[friend].customer == CUSTOMER and (
            memberships[friend].status == OUTSIDE or memberships[friend].status == LEFT
        ):
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


def step(world: "World") -> None:
    """Let members recommend, and strangers adopt."""
    key, p, product = world.keys["advocacy"], world.parameters["advocacy"], world.product
    for venue in world.venues:
        product.customers += recommend(
            world.people, venue.memberships, world.ties_start, world.ties_partner, venue.visitors, venue.tally,
            world.log, venue.index, world.day, key, p,
        )  # fmt: skip
    share = product.customers / len(world.people)
    product.customers += adopt(world.people, world.venues[0].tally, world.log, share, world.day, key, p)
