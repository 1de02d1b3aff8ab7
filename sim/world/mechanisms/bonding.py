"""Bonding: ties strengthen with use and fade without it, and two attachments and trust move.

Claim
    A reply is more than help. It can begin a bond between two people, and bonds close triangles. People attach to
    people (belonging) and to the place as a group (identity), and either can grow without the other. Belonging grows
    with replies received, most of all with the first one, and with being greeted or met in person; identity with a
    clear mission, with much going on, with one's own part in it, and against a rival. Trust in the host follows what
    the host does, not what it says.
Rule
    A reply between members adds gain x comfort x comfort to the bond on both sides. In talk it adds gain_in_talk times
    that. With p_close the author also meets the helper's closest contact, which is worth `gain`, however at ease both
    are. A bond fades with its own life, and a person keeps their `BOND_SLOTS` strongest bonds. Belonging: B += gain (1
    - B) with a gain of at most 1, for the author (more on a first post), for the helper, and from the host in
    proportion to its tone. A host's reply to a question takes autonomy x the host's share of all replies from that
    gain; a loss is B -= loss B. A host's reply to talk is worth `host_in_talk` of one to a question. Identity, on each
    visit: I += identify mission lively (1 + rival)(1/2 + own part / 2)(1 - I), with lively = posts a day / (posts a day
    + 3) and own part = posts / (posts + 10). Trust: T += gain (1 - T) or -= loss T. Trust also falls with each
    announcement that no release has kept so far. A day with a post reminds the author's contacts, who are then likelier
    to come.
Source
    First reply and return: Joyce & Kraut 2006 (abstract). Active contacts and exit: computed from the UC Irvine
    community. Two layers, help and bonds: Zhang, Ackerman & Adamic 2007 (recalled). Closure and everything about trust
    are assumed. Much engagement by a firm does harm in the end where people seek help: Homburg, Ehm & Artz 2015
    (abstract, association). Autonomy is our reading of the reason; no source measured it. Two kinds of attachment:
    Prentice, Miller & Lightdale 1994; Ren, Kraut & Kiesler 2007; in an experiment, features for a group identity raised
    visits more than features for bonds: Ren et al. 2012 (abstracts and summaries). What makes trust: content, and more
    so a say and access to staff (Porter & Donthu 2008, abstract; a survey). Off: each gain or loss at 0.
Deviations
    Help edges are the rows of the table of answers, and they do not fade. What trust does stands where it does it: in
    `worth` (what a host supplies, ads, disappointments), `visit` (messages), `voicing` and `advocacy`.
"""

from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.exposure import ads_met
from sim.world.mechanisms.hosting import leave_undone, take_hours
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import faded, refresh
from sim.world.mechanisms.quality import posts_of
from sim.world.mechanisms.worth import own_part
from sim.world.parameters import param
from sim.world.state import HOST, MEMBER, NOBODY, QUESTION, Column, Rows

PAIRS = 64  # draws about two people: the slot is the other's id, after the slots for one person


class Parameters(NamedTuple):
    """How ties, belonging and trust move."""

    gain: float = param(0.25, "strength per reply", 0, 2, "assumed", "four make a tie that is missed, at half comfort")
    gain_in_talk: float = param(1.5, "times", 0, 10, "assumed", "talk builds bonds faster than help does")
    life: float = param(120, "days", 10, 2000, "assumed", "unused bonds fade over months")
    p_close: float = param(0.1, "probability", 0, 1, "assumed", "a reply introduces to the other's closest contact")
    replied: float = param(0.053, "share per reply", 0, 1, "assumed", "belonging gained by a reply received")
    first_reply: float = param(0.21, "share", 0, 1, "assumed", "belonging by a reply to a first post; sign measured")
    helping: float = param(0.02, "share per reply", 0, 1, "assumed", "belonging by helping: less than by being helped")
    host_reply: float = param(
        0.05, "share per reply", 0, 1, "assumed", "by a host's reply, greeting or visit, at peer tone"
    )
    host_in_talk: float = param(
        0.15, "share", 0, 2, "assumed", "part of it for a reply to talk: no relation was found (H1); size by hand"
    )
    autonomy: float = param(
        0.2, "share per host's share", 0, 1, "assumed", "belonging lost by a host's reply; the sign is assumed (H1)"
    )
    identify: float = param(0.03, "share per visit", 0, 1, "assumed", "at a clear mission, in a lively place; may be 0")
    trust_gain: float = param(
        0.04, "share", 0, 1, "assumed", "a host's reply, an executive's visit, a release in response"
    )
    trust_broken: float = param(0.002, "share per visit and promise", 0, 1, "assumed", "lost by promises not kept")
    trust_ads: float = param(0.0005, "share per ad", 0, 1, "assumed", "lost by being advertised to")
    trust_silence: float = param(0.05, "share", 0, 1, "assumed", "trust lost by a question that nobody answered")


@rule
def grown_towards_one(level: float, gain: float) -> float:
    """Return a level in [0, 1], raised by a share of what is missing and by no more than all of it."""
    return level + min(1.0, gain) * (1.0 - level)


@rule
def moved(level: float, gain: float) -> float:
    """Return a level in [0, 1], raised by a share of what is missing or lowered by a share of what is there."""
    return grown_towards_one(level, gain) if gain >= 0.0 else level * (1.0 + gain)


@rule
def gain_by_reply(by_host: bool, first: bool, kind: int, tone: float, host_share: float, p: Parameters) -> float:
    """Return the belonging that a reply brings the thread's author: more on a first post, from a host by its tone.

    A host's reply to a question costs more autonomy where more of all replies are the host's. The sum may be a loss.
    """
    gain = (p.host_reply if by_host else p.replied) + (p.first_reply if first else 0.0)
    if not by_host:
        return gain
    if kind != QUESTION:
        return gain * tone * p.host_in_talk
    return max(-1.0, gain * tone - p.autonomy * host_share)


@rule
def identified(identity: float, mission: float, posts_a_day: float, rival: float, posts: float, p: Parameters) -> float:
    """Return a member's identity with the group after a visit."""
    lively = posts_a_day / (posts_a_day + 3.0)
    return grown_towards_one(identity, p.identify * mission * lively * (1.0 + rival) * own_part(posts))


@rule
def tie_by_reply(comfort: float, other_comfort: float, kind: int, p: Parameters) -> float:
    """Return what a reply adds to the bond of two people."""
    return p.gain * comfort * other_comfort * (1.0 if kind == QUESTION else p.gain_in_talk)


@rule
def strength_of(bonds: Rows, person: int, other: int, day: int, life: float) -> float:
    """Return today's strength of a bond, 0 where there is none."""
    for slot in range(bonds.shape[1]):
        bond = bonds[person, slot]
        if bond.strength > 0.0 and bond.partner == other:
            return faded(bond.strength, float(day - bond.stamp), life)
    return 0.0


@rule
def strongest(bonds: Rows, person: int) -> float:
    """Return an upper bound of the strength of a person's bonds: the strongest, as if none had faded."""
    most = 0.0
    for slot in range(bonds.shape[1]):
        most = max(most, bonds[person, slot].strength)
    return most


@rule
def strengthen(bonds: Rows, person: int, other: int, gain: float, day: int, life: float) -> bool:
    """Add to a bond in its own slot, an empty one, or the slot of the weakest. Return whether it is new."""
    if gain <= 0.0:
        return False
    weakest, least = -1, 1e300
    for slot in range(bonds.shape[1]):
        bond = bonds[person, slot]
        now = faded(bond.strength, float(day - bond.stamp), life) if bond.strength > 0.0 else 0.0
        if now > 0.0 and bond.partner == other:
            bond.strength, bond.stamp = now + gain, day
            return False
        if now < least:
            weakest, least = slot, now
    if gain < least:
        return False
    bond = bonds[person, weakest]
    bond.strength, bond.partner, bond.stamp = gain, other, day
    return True


@rule
def strengthen_both(bonds: Rows, one: int, other: int, gain: float, day: int, life: float) -> bool:
    """Add to a bond on both sides. Return whether it is new to the first person."""
    new = strengthen(bonds, one, other, gain, day, life)
    strengthen(bonds, other, one, gain, day, life)
    return new


@rule
def closest(bonds: Rows, person: int, but: int, day: int, life: float) -> int:
    """Return today's strongest contact of a person other than `but`, or `NOBODY`."""
    best, most = NOBODY, 0.0
    for slot in range(bonds.shape[1]):
        bond = bonds[person, slot]
        strength = faded(bond.strength, float(day - bond.stamp), life) if bond.partner != but else 0.0
        if strength > most:
            best, most = bond.partner, strength
    return best


@rule
def stir(memberships: Rows, bonds: Rows, person: int, day: int, life: float, memory: Memory) -> None:
    """Let a member's contacts notice that the member was active."""
    for slot in range(bonds.shape[1]):
        bond = bonds[person, slot]
        if bond.strength <= 0.0:
            continue
        contact = memberships[bond.partner]
        if contact.status == MEMBER:
            refresh(contact, day, memory)
            contact.contacts += min(1.0, faded(bond.strength, float(day - bond.stamp), life))


@kernel
def bond_by_replies(
    people: Rows, memberships: Rows, bonds: Rows, threads: Rows, answers: Rows, now: Rows, counts: Column, log: Rows,
    venue: int, day: int, key: np.uint64, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Let each of today's replies change its author and its helper."""
    place = now[0]
    today = stream(key, day)
    for row in range(place.answers_before, place.answers):
        helper, thread = answers[row].person, threads[answers[row].thread]
        author = answers[row].to
        if author < 0:
            if helper >= 0:
                memberships[helper].belonging = grown_towards_one(memberships[helper].belonging, p.helping)
            continue
        refresh(memberships[author], day, memory)
        is_first = thread.first_post and author == thread.author and answers[row].time == thread.answered
        gain = gain_by_reply(helper == HOST, is_first, thread.kind, place.tone, place.host_share, p)
        memberships[author].belonging = moved(memberships[author].belonging, gain)
        if helper == HOST:
            people[author].trust = grown_towards_one(people[author].trust, p.trust_gain * place.tone)
            continue
        memberships[helper].belonging = grown_towards_one(memberships[helper].belonging, p.helping)
        tie = tie_by_reply(people[author].comfort, people[helper].comfort, thread.kind, p)
        if strengthen_both(bonds, author, helper, tie, day, p.life):
            counts[tally.BONDS] += 1
            events.note(log, day, events.BONDED, author, helper, venue, answers[row].thread, events.REPLY)
        introduced = uniform(today, author, PAIRS + helper) < p.p_close
        third = closest(bonds, helper, author, day, p.life) if introduced else NOBODY
        if third < 0 or memberships[third].status != MEMBER:
            continue
        if strengthen_both(bonds, author, third, p.gain, day, p.life):
            counts[tally.TRIANGLES] += 1
            events.note(log, day, events.BONDED, author, third, venue, answers[row].thread, events.CLOSURE)
    place.answers_before = place.answers


@rule
def greet(
    membership: Rows, place: Rows, counts: Column, log: Rows, person: int, venue: int, day: int, hours: float,
    p: Parameters,
) -> None:  # fmt: skip
    """Greet a newcomer in person, if the host's hours allow."""
    if place.hours_left < hours:
        leave_undone(counts, tally.UNDONE_GREETINGS, hours)
        return
    take_hours(place, hours)
    membership.drawn += 1.0
    membership.belonging = grown_towards_one(membership.belonging, p.host_reply * place.tone)
    counts[tally.GREETINGS] += 1
    events.note(log, day, events.GREET, HOST, person, venue, -1, events.BY_HOST)


@kernel
def meet_host(
    people: Rows, memberships: Rows, bonds: Rows, now: Rows, visitors: Column, counts: Column, log: Rows, venue: int,
    day: int, promised: float, rival: float, key: np.uint64, p: Parameters, memory: Memory, hours_per_greeting: float,
) -> None:  # fmt: skip
    """Let visitors feel what the host does and fails to do, and let contacts notice those who posted."""
    place = now[0]
    today = stream(key, day)
    rare = 1.0 / (1.0 + place.exec_stock)
    for i in visitors:
        person, membership = people[i], memberships[i]
        posts = posts_of(membership)
        membership.identity = identified(membership.identity, place.mission, place.pulse, rival, posts, p)
        if place.executive > 0:
            membership.belonging = grown_towards_one(membership.belonging, p.host_reply * rare * place.tone)
            person.trust = grown_towards_one(person.trust, p.trust_gain * rare * place.tone)
        if place.response > 0:
            person.trust = grown_towards_one(person.trust, p.trust_gain * place.response)
        load = ads_met(place.ad_load, membership.ads_own, membership.subscriber)
        loss = p.trust_broken * promised + p.trust_ads * load
        person.trust = person.trust * max(0.0, 1.0 - loss)
        if membership.joined == day and uniform(today, i, venue * 8 + 1) < place.onboarding:
            greet(membership, place, counts, log, i, venue, day, hours_per_greeting, p)
        if membership.last_post == day:
            stir(memberships, bonds, i, day, p.life, memory)


@kernel
def bond(
    people: Rows, memberships: Rows, bonds: Rows, threads: Rows, answers: Rows, now: Rows, visitors: Column,
    counts: Column, log: Rows, venue: int, day: int, promised: float, rival: float, key: np.uint64, p: Parameters,
    memory: Memory, hours_per_greeting: float,
) -> None:  # fmt: skip
    """Let today's replies, then today's meetings with the host, change people."""
    bond_by_replies(people, memberships, bonds, threads, answers, now, counts, log, venue, day, key, p, memory)
    meet_host(
        people, memberships, bonds, now, visitors, counts, log, venue, day, promised, rival, key, p, memory,
        hours_per_greeting,
    )  # fmt: skip


def step(world: CompiledWorld) -> None:
    """Let today's replies and meetings with the host change people."""
    p, memory, desk = world.parameters["bonding"], world.parameters["memory"], world.parameters["hosting"]
    for venue in world.venues:
        bond(
            world.people, venue.memberships, venue.bonds, venue.threads, venue.answers, venue.table, venue.visitors,
            venue.tally, world.log, venue.index, world.day, float(venue.host.promised), world.settings.outside.rival,
            world.keys["bonding"], p, memory, desk.hours_per_greeting,
        )  # fmt: skip
