"""Places: several of them, whose owners differ, and what becomes of people when one of them shuts.

Claim
    People have more places than one and a single day. A place that somebody else owns is quick to fill, but its owner
    sets the rules and can shut it. Which people move, and which ties survive, depends on who can be told and on who
    could find each other anyway. A company may fight places that its customers run, or help them.
Rule
    Habit is divided: a place gets the share (interest here / interest everywhere)^competes of what it would get alone
    (see `visit`). From `turns` on the landlord's rules hold: `turned_reach` and `turned_ads`. Reach scales messages,
    notices and the news of a reply. On the day `closes` all members leave; the share `call` of them is invited to
    `moves_to`. Whoever joins a place finds a tie from another one again with p = portable, if the other is there; if
    not, the other hears of it as of a friend who joined (`join`: news, which soon fades).
    On days with paid hours, stance s of a company's host towards places that members own: their marketing x (1 + sends
    s) if s > 0, else x (1 + s); their visitors' trust in the company moves by trust_stance x s; it takes |s| x
    hours_of_stance a day. With `aggregates`, answers there can be found from here.
Source
    Leaving spreads from person to person, and a move is news for weeks: Quelle et al. 2025 (second-hand). Ties move in
    part: 15 % of the contacts of those who left Twitter in 2022 came to the same server (arXiv 2302.14294, quoted).
    Groups that share members grow less: Wang, Butler & Ren 2013 (abstract; an association). That third parties are
    friends is a claim of essay 003; the opposite can pay where they are substitutes (Danaher & Smith 2014, abstract;
    a natural experiment). Sizes are assumed. Off: one place, which never turns or closes.
Deviations
    Nobody opens a place of their own accord. People in several places visit them in a fixed order, and the first takes
    their minutes first. A stance holds also where the hours for it are short, and those are left undone. What a place
    that has shut had in its archive is lost.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel
from sim.world.draws import stream, uniform
from sim.world.interfaces import AnyVenue, AnyWorld, CompiledVenue, CompiledWorld
from sim.world.levers import COMPANY, MEMBERS
from sim.world.mechanisms.bonding import PAIRS, moved, strength_of, strengthen_both
from sim.world.mechanisms.hosting import take_at_most
from sim.world.mechanisms.join import is_outside
from sim.world.mechanisms.leaving import leave
from sim.world.mechanisms.memory import faded, is_inside
from sim.world.parameters import param
from sim.world.state import BOND_SLOTS, MEMBER, NOBODY, Column, Rows


class Parameters(NamedTuple):
    """What a company's stance does."""

    sends: float = param(2.0, "times", 0, 20, "assumed", "signposts that full support adds to those of a place")
    trust_stance: float = param(0.01, "share per visit", 0, 1, "assumed", "trust won by support, lost by a fight")
    hours_of_stance: float = param(0.25, "hours per day", 0, 8, "assumed", "to write to them, or to their landlord")


def stance_to(venue: AnyVenue, venues: Any) -> float:
    """Return the stance of the company's hosts at work today to a place that members own, 0 to all others."""
    if venue.levers.owner != MEMBERS:
        return 0.0
    return float(sum(other.host.levers.stance for other in venues
                     if other.levers.owner == COMPANY and other.now.host_on))  # fmt: skip


def signposts(marketing: float, stance: float, p: Parameters) -> float:
    """Return how often people see a signpost to a place, given the company's stance to it."""
    return marketing * (1.0 + p.sends * stance if stance > 0.0 else max(0.0, 1.0 + stance))


def set_rules_of_landlord(venue: AnyVenue, day: int) -> None:
    """Let the landlord's new rules hold from their day on."""
    if day >= venue.levers.turns:
        venue.now.reach = venue.levers.turned_reach
        venue.now.ad_load = venue.levers.ad_load + venue.levers.turned_ads + venue.now.raised_ads


def take_stance(world: AnyWorld, venue: AnyVenue, p: Parameters) -> float:
    """Let the company's stance act on the signposts of a place that members own. Return what it adds to trust."""
    stance = stance_to(venue, world.venues)
    if venue.levers.owner == MEMBERS:
        venue.now.marketing = signposts(venue.levers.marketing, stance, p)
    return p.trust_stance * stance


def spend_on_others(world: AnyWorld, venue: AnyVenue, p: Parameters) -> None:
    """Take the hours that a stance costs the company's host, and count those that it lacks: the stance still holds."""
    others = any(other.levers.owner == MEMBERS for other in world.venues)
    if venue.levers.owner == COMPANY and venue.now.host_on and venue.host.levers.stance != 0.0 and others:
        missing = take_at_most(venue.now, p.hours_of_stance * abs(venue.host.levers.stance))
        venue.tally[tally.HOURS_UNDONE] += missing


def somebody_joined(venue: AnyVenue) -> bool:
    """Tell whether a venue has newcomers today."""
    return any(venue.flows_today(flow) for flow in range(tally.JOINS_MARKET, tally.JOINS_INVITE + 1))


def destination(world: AnyWorld, venue: AnyVenue) -> int:
    """Return the index of the venue to which members are called, or -1."""
    return next((other.index for other in world.venues if other.name == venue.levers.moves_to), -1)


@kernel
def judge(people: Rows, visitors: Column, gain: float) -> None:
    """Let those who visited a place of members yesterday hear how the company treats it."""
    for i in visitors:
        people[i].trust = moved(people[i].trust, gain)


@kernel
def shut(
    memberships: Rows, alarm: Column, there: Rows, has_other: bool, ties_start: Column, ties_partner: Column,
    now: Rows, counts: Column, log: Rows, venue: int, day: int, call: float, key: np.uint64,
) -> None:  # fmt: skip
    """Let all members leave a place that shuts, and call some of them to another one (`there`)."""
    today = stream(key, day)
    for i in range(len(memberships)):
        if not is_inside(memberships[i]):
            continue
        leave(memberships, alarm, ties_start, ties_partner, now, counts, log, i, venue, day, events.SHUT)
        if has_other and uniform(today, i, venue * 8) < call and is_outside(there[i]):
            there[i].invited, there[i].referrer = day, NOBODY
            counts[tally.CALLED] += 1


@kernel
def reunite(
    bonds: Rows, memberships: Rows, bonds_there: Rows, counts: Column, day: int, portable: float, life: float,
    key: np.uint64,
) -> None:  # fmt: skip
    """Let today's newcomers find again those with whom they have a tie from elsewhere, and tell those outside."""
    always = stream(key, -1)
    for i in range(len(memberships)):
        if memberships[i].joined != day or memberships[i].status != MEMBER:
            continue
        for slot in range(BOND_SLOTS):
            bond = bonds_there[i, slot]
            one, other = min(i, bond.partner), max(i, bond.partner)
            if bond.strength <= 0.0 or uniform(always, one, PAIRS + other) >= portable:
                continue
            friend = memberships[bond.partner]
            if is_inside(friend):
                came_first = friend.joined == day and bond.partner < i  # then the tie was found from the other side
                if came_first and strength_of(bonds_there, bond.partner, i, day, life) > 0.0:
                    continue
                strength = faded(bond.strength, float(day - bond.stamp), life)
                strengthen_both(bonds, i, bond.partner, strength, day, life)
                counts[tally.REUNITED] += 1
            else:
                friend.news += 1.0


def close(world: CompiledWorld, venue: CompiledVenue) -> None:
    """Shut a venue for good: its members leave, and its host has no work there."""
    to = destination(world, venue)
    shut(
        venue.memberships, venue.alarm, world.memberships[max(0, to)], to >= 0, world.ties_start, world.ties_partner,
        venue.table, venue.tally, world.log, venue.index, world.day, venue.levers.call, world.keys["places"],
    )  # fmt: skip
    venue.host.silent, venue.now.shut = True, 1.0


def step(world: CompiledWorld) -> None:
    """Let landlords and companies act on places, and let people find each other again."""
    p, life = world.parameters["places"], world.parameters["bonding"].life
    for venue in world.venues:
        set_rules_of_landlord(venue, world.day)
        if world.day == math.ceil(venue.now.closes):
            close(world, venue)
        if len(world.venues) == 1:
            return
        spend_on_others(world, venue, p)
        gain = take_stance(world, venue, p)
        if gain != 0.0:
            judge(world.people, venue.visitors, gain)
        if somebody_joined(venue):
            for other in world.venues:
                if other is not venue:
                    reunite(
                        venue.bonds, venue.memberships, other.bonds, venue.tally, world.day, other.levers.portable,
                        life, world.keys["places"],
                    )  # fmt: skip
