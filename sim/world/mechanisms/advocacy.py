"""Advocacy: members bring others, to the product and to the venue.

Claim
    Members who belong and trust speak well of the product to people whom they know. Inviting a friend to the venue
    takes less. Both are rarer than advertisements and count for more, because people choose whom they ask. Strangers
    also find the product by themselves, and faster where more people use it.
Rule
    On a visit a member may think of one of their latent ties. With `chooses` they weigh two, and pick the one whom the
    venue suits better. They recommend the product to a stranger with p_refer = refer B T exp(-grievance). That makes
    the stranger a customer with convince exp(match s), where s says how well the product suits them. A customer outside
    is invited into the venue with p_invite = invite x invites (1/2 + B) exp(-grievance) (see `join`). Other strangers
    adopt at a Bass hazard, p + q F a year, where F is the share of people who are customers.
Source
    Bass coefficients: Sultan, Farley & Lehmann 1990 (second-hand, a meta-analysis). Personal invitations convert
    better: Aral & Walker 2011 (abstract, experiment). They explain it by the choice of whom to ask.
Deviations
    Members do not remember whom they have asked: a second invitation has the effect of a first one. Champions have no
    rule of their own; they are the members who help much and belong. Who
    defends the host stands in `storms`.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import normal, stream, uniform
from sim.world.interfaces import AnyWorld, CompiledWorld
from sim.world.mechanisms.join import is_outside
from sim.world.parameters import param
from sim.world.state import CUSTOMER, GONE, NOBODY, STRANGER, Column, Rows

WEEK = 7


class Parameters(NamedTuple):
    """Word of mouth."""

    refer: float = param(0.5, "per visit", 0, 1, "assumed", "a recommendation, at full belonging and trust")
    invite: float = param(0.25, "per visit", 0, 1, "assumed", "at half belonging; about one friend a year")
    chooses: float = param(0.5, "share", 0, 1, "assumed", "share of invitations for which two friends were weighed")
    convince: float = param(0.1, "probability", 0, 1, "assumed", "one recommendation in ten makes a customer")
    match: float = param(0.4, "log per sd", -2, 2, "assumed", "convinces those whom it suits; 0: anybody; V3")
    innovation: float = param(0.03, "per year", 0, 0.5, "association", "Bass p, mean of a meta-analysis")
    imitation: float = param(0.38, "per year", 0, 2, "association", "Bass q, mean of a meta-analysis")


@rule
def p_refer(belonging: float, trust: float, grievance: float, p: Parameters) -> float:
    """Return the probability of a recommendation on a visit. Members with a grievance recommend less."""
    return p.refer * belonging * trust * math.exp(-grievance)


@rule
def p_invite(belonging: float, grievance: float, invites: float, p: Parameters) -> float:
    """Return the probability that a member invites a friend on a visit, given how easy the venue makes it."""
    return min(1.0, p.invite * invites * (0.5 + belonging) * math.exp(-grievance))


@rule
def p_convince(suited: float, p: Parameters) -> float:
    """Return the probability that a recommendation wins a stranger: higher where the product suits them better."""
    return min(1.0, p.convince * math.exp(p.match * suited))


@rule
def p_adopt(share: float, days: float, p: Parameters) -> float:
    """Return the probability that a stranger adopts the product unprompted within `days` days (Bass)."""
    return 1.0 - math.exp(-(p.innovation + p.imitation * share) * days / 365.0)


@rule
def become_customer(person: Rows, day: int, recruiter: int) -> None:
    """Turn a stranger into a customer."""
    person.customer, person.adopted, person.recruiter = CUSTOMER, day, recruiter


@rule
def whom(
    person: int, ties_start: Column, ties_partner: Column, venue: int, today: np.uint64, always: np.uint64,
    p: Parameters,
) -> int:  # fmt: skip
    """Return which of their latent ties a member thinks of: any, or the one of two whom the venue suits better."""
    slot, known = venue * 8, ties_start[person + 1] - ties_start[person]
    one = ties_partner[ties_start[person] + int(uniform(today, person, slot + 1) * known)]
    if uniform(today, person, slot + 3) >= p.chooses:
        return int(one)
    other = ties_partner[ties_start[person] + int(uniform(today, person, slot + 4) * known)]
    of_one = normal(uniform(always, one, slot + 2), uniform(always, one, slot + 3))
    of_other = normal(uniform(always, other, slot + 2), uniform(always, other, slot + 3))
    return int(other if of_other > of_one else one)  # by the same draws as when they consider joining


@kernel
def recommend(
    people: Rows, memberships: Rows, ties_start: Column, ties_partner: Column, visitors: Column, now: Rows,
    counts: Column, log: Rows, venue: int, day: int, key: np.uint64, join_key: np.uint64, p: Parameters,
) -> int:  # fmt: skip
    """Let visitors recommend and invite. Return the number of new customers."""
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


@rule
def prefers_copy(u: float, copy: float) -> bool:
    """Tell whether a stranger takes the rival's copy: in proportion to its pull, where that of ours is 1."""
    return u * (1.0 + copy) < copy


@rule
def become_rivals(person: Rows, day: int) -> None:
    """Turn somebody into a customer of the rival."""
    person.customer, person.gone, person.gone_cause = GONE, day, events.RIVAL


@kernel
def adopt(
    people: Rows, copy: Column, counts: Column, log: Rows, share: float, days: float, day: int, key: np.uint64,
    p: Parameters,
) -> tuple[int, int]:  # fmt: skip
    """Let strangers find a product by themselves, each once a week. Return how many take ours, and the rival's."""
    today = stream(key, day)
    chance = p_adopt(share, days, p)
    new, lost = 0, 0
    for i in range((-day) % WEEK, len(people), WEEK):
        if people[i].customer == STRANGER and uniform(today, i, 100) < chance:
            if copy[people[i].facet] > 0.0 and prefers_copy(uniform(today, i, 101), copy[people[i].facet]):
                become_rivals(people[i], day)
                lost += 1
                continue
            become_customer(people[i], day, NOBODY)
            new += 1
            counts[tally.ADOPTIONS] += 1
            events.note(log, day, events.ADOPT, i, NOBODY, -1, -1, events.MARKET)
    return new, lost


def sold(world: AnyWorld) -> Parameters:
    """Return the numbers of advocacy: no word convinces of a product that is off the market."""
    p: Parameters = world.parameters["advocacy"]
    return p if world.product.on_market else p._replace(convince=0.0)


def step(world: CompiledWorld) -> None:
    """Let members recommend, and strangers adopt."""
    key, p, product = world.keys["advocacy"], sold(world), world.product
    for venue in world.venues:
        product.customers += recommend(
            world.people, venue.memberships, world.ties_start, world.ties_partner, venue.visitors, venue.table,
            venue.tally, world.log, venue.index, world.day, key, world.keys["join"], p,
        )  # fmt: skip
    if product.on_market:
        share = (product.customers + product.at_rival) / len(world.people)
        new, lost = adopt(
            world.people, product.copy, world.venues[0].tally, world.log, share, WEEK * product.tried, world.day, key, p
        )
        product.customers += new
        product.at_rival += lost
