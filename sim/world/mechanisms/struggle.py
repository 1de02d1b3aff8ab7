"""Struggle: people who live with trouble, what they tell of it, who is hostile, and how they become well.

Claim
    Telling others of one's trouble ties people more than small talk does, if it is met, and hurts if it meets silence,
    hostility or an advertisement. People tell where they belong and feel safe. Company helps them to become well. Then
    the reason to be here is gone: they leave unless the people and the place hold them, as mentors.
Rule
    A share `troubled` of people begins at a progress of head_start x u. Progress rises by (alone + product f (1 -
    joint)) a day and, on a visit, by peers a (1 - joint + 2 joint f): f is the product's fit for a customer, a = 1 -
    exp(-company on the plate of `worth`); joint = 0 adds up what peers and product do, 1 multiplies it. At 1 they are
    well, and leave on each later visit with hazard moves_on x hold(B, I, contacts), with the hold of `leaving`.
    On a day on which they wrote, a troubled member discloses with p = opens (1/4 + 3/4 B) exp(-wary h - D), with the
    hostility h = hostility (1 - safety) and their disappointment D. On their next visit met = 1 - exp(-replies found -
    contacts): B += supported met (1 - B), and D += unheard (1 - met). A member who replies to them until then gains
    `closer` in the bond on both sides. Ads on the visit itself: D += jarred (1 - exp(-ads)).
    A visit meets hostility with p = h: it hurts as being turned away does (`norms`), and those who have just disclosed
    `exposed` more. Silence and hostility set progress back by `setback`. Safety takes some ease: posting takes 1 +
    care x safety as much effort.
Source
    Emotional support seen keeps people: Wang, Kraut & Levine 2012; users of a quit community attain more, readers too:
    Graham et al. 2015, and others found nothing (abstracts; associations). Disclosure and liking: Collins & Miller
    1994 (recalled; experiments and associations). That those who are well leave is a claim of essay 000. Forms and
    sizes are assumed. Off: nobody troubled, and no hostility.
Deviations
    The troubled seek no place of their own accord: they join and visit as others do. What they tell has no depth and is
    no topic. Who is hostile remains unknown. Nobody falls back once they are well.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import happens, stream, uniform
from sim.world.interfaces import AnyVenue, AnyWorld, CompiledWorld
from sim.world.mechanisms.bonding import grown_towards_one, strengthen_both
from sim.world.mechanisms.exposure import ads_met
from sim.world.mechanisms.leaving import Parameters as Leaving
from sim.world.mechanisms.leaving import hold, leave
from sim.world.mechanisms.norms import Parameters as Norms
from sim.world.mechanisms.norms import wound
from sim.world.mechanisms.worth import COMPANY_OF_MEMBERS
from sim.world.parameters import param
from sim.world.state import CUSTOMER, MEMBER, NOBODY, Column, Rows

WEEK = 7
ATTACKED, SILENCED, OPENED, MOVED_ON = range(4)  # slots of the draws in a venue
TROUBLED, BEGUN = range(2)  # of those once in a life


class Parameters(NamedTuple):
    """What telling others gives and costs, and how people become well."""

    opens: float = param(0.3, "probability", 0, 1, "assumed", "a post tells of it, by members who belong and feel safe")
    wary: float = param(5.0, "log per share", 0, 100, "assumed", "hostility on visits keeps people from telling")
    supported: float = param(0.15, "share", 0, 1, "assumed", "belonging by being met: more than by other replies")
    closer: float = param(0.25, "strength per reply", 0, 2, "assumed", "a bond by a reply to it: as much again")
    unheard: float = param(1.5, "disappointment", 0, 10, "assumed", "silence hurts more than on an ordinary question")
    jarred: float = param(0.3, "disappointment", 0, 10, "assumed", "many ads beside it; may be 0")
    exposed: float = param(1.0, "disappointment", 0, 10, "assumed", "hostility hurts more when one has just opened up")
    setback: float = param(0.05, "progress", 0, 1, "assumed", "silence or hostility throws people back; may be 0")
    care: float = param(0.2, "share", 0, 5, "assumed", "effort that full safety adds to a post: words are weighed")
    head_start: float = param(1.0, "progress", 0, 1, "assumed", "people begin anywhere from 0 to this")
    alone: float = param(0.0005, "progress per day", 0, 0.1, "assumed", "whatever others do; one in 22 in three months")
    product: float = param(0.001, "progress per day", 0, 0.1, "assumed", "by the product alone, at a full fit")
    peers: float = param(0.02, "progress per visit", 0, 1, "assumed", "by full company, at a fit of one half")
    joint: float = param(0.3, "share", 0, 1, "assumed", "peers and product work together (1) or side by side (0)")
    moves_on: float = param(0.1, "hazard per visit", 0, 5, "assumed", "of those who are well and whom nothing holds")


@rule
def hostility_met(hostility: float, safety: float) -> float:
    """Return the share of visits on which somebody is hostile, where so much of it is kept out."""
    return hostility * (1.0 - safety)


@rule
def p_disclose(belonging: float, hostile: float, disappointment: float, p: Parameters) -> float:
    """Return the probability that somebody tells of their trouble in what they write."""
    return p.opens * (0.25 + 0.75 * belonging) * math.exp(-p.wary * hostile - disappointment)


@rule
def met_by(replies: float, contacts: float) -> float:
    """Return how far a disclosure was met, 0 to 1, by replies of members and by contacts who are about."""
    return 1.0 - math.exp(-replies - contacts)


@rule
def jarring(ads: float, p: Parameters) -> float:
    """Return the disappointment by ads beside a disclosure."""
    return p.jarred * (1.0 - math.exp(-ads))


@rule
def by_oneself(fit: float, p: Parameters) -> float:
    """Return the progress of a day without others. `fit` is that of the product, 0 for those who do not use it."""
    return p.alone + p.product * fit * (1.0 - p.joint)


@rule
def with_others(company: float, fit: float, p: Parameters) -> float:
    """Return the progress that company on a visit brings."""
    return p.peers * (1.0 - math.exp(-max(0.0, company))) * (1.0 - p.joint + 2.0 * p.joint * fit)


@rule
def used_fit(person: Rows, fit: Column) -> float:
    """Return the product's fit for a person, 0 for those who do not use it."""
    return float(fit[person.facet]) if person.customer == CUSTOMER else 0.0


@rule
def progress(life: Rows, gain: float) -> None:
    """Move somebody on the way to being well; who has arrived stays."""
    if life.progress < 1.0:
        life.progress = min(1.0, max(0.0, life.progress + gain))


@rule
def discloses(
    membership: Rows, standing: Rows, now: Rows, day: int, hostile: float, u: float, p: Parameters
) -> bool:  # fmt: skip
    """Let somebody who wrote today perhaps tell of their trouble, beside what ads there are. Return whether they do."""
    if membership.last_post != day or u >= p_disclose(membership.belonging, hostile, membership.disappointment, p):
        return False
    standing.opened_up = 1.0
    membership.disappointment += jarring(ads_met(now.ad_load, membership.ads_own, membership.subscriber), p)
    return True


@rule
def hear_back(membership: Rows, standing: Rows, life: Rows, p: Parameters) -> None:
    """Let somebody find how what they told was met since."""
    met = met_by(float(membership.collected - membership.collected_host), membership.contacts)
    standing.opened_up = 0.0
    membership.belonging = grown_towards_one(membership.belonging, p.supported * met)
    membership.disappointment += p.unheard * (1.0 - met)
    progress(life, -p.setback * (1.0 - met))


@rule
def be_attacked(membership: Rows, standing: Rows, life: Rows, u: float, p: Parameters, norms: Norms) -> bool:
    """Let a visitor meet hostility. Return whether they fall silent over it."""
    membership.disappointment += p.exposed * standing.opened_up
    if life.troubled:
        progress(life, -p.setback)
    return wound(membership, u, norms)


@kernel
def begin(lives: Rows, troubled: float, key: np.uint64, p: Parameters) -> None:
    """Draw who is troubled, and how far they are on their way."""
    always = stream(key, -1)
    for i in range(len(lives)):
        if uniform(always, i, TROUBLED) < troubled:
            lives[i].troubled, lives[i].progress = True, p.head_start * uniform(always, i, BEGUN)


@kernel
def go_on_alone(people: Rows, lives: Rows, fit: Column, day: int, p: Parameters) -> None:
    """Let a seventh of the troubled make a week's progress by themselves."""
    for i in range((-day) % WEEK, len(people), WEEK):
        if lives[i].troubled:
            progress(lives[i], WEEK * by_oneself(used_fit(people[i], fit), p))


@kernel
def meet_others(
    people: Rows, lives: Rows, memberships: Rows, standings: Rows, plates: Column, now: Rows, fit: Column,
    visitors: Column, counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters, norms: Norms,
) -> None:  # fmt: skip
    """Let visitors meet hostility or company, and tell of their trouble."""
    today, place, slot = stream(key, day), now[0], venue * 8
    hostile = hostility_met(place.hostility, place.safety)
    for k in range(len(visitors)):
        i = visitors[k]
        person, life, membership, standing = people[i], lives[i], memberships[i], standings[i]
        if membership.status != MEMBER:
            continue
        u = uniform(today, i, slot + OPENED)
        if standing.opened_up > 0.0:
            hear_back(membership, standing, life, p)
        elif life.troubled and discloses(membership, standing, place, day, hostile, u, p):
            counts[tally.DISCLOSURES] += 1
            events.note(log, day, events.DISCLOSE, i, NOBODY, venue, -1, events.HABIT)
        if uniform(today, i, slot + ATTACKED) < hostile:
            counts[tally.HOSTILE] += 1
            if be_attacked(membership, standing, life, uniform(today, i, slot + SILENCED), p, norms):
                counts[tally.SILENCED] += 1
                events.note(log, day, events.SILENCE, i, NOBODY, venue, -1, events.TURNED_AWAY)
        if life.troubled:
            progress(life, with_others(plates[k, COMPANY_OF_MEMBERS], used_fit(person, fit), p))


@kernel
def grow_closer(
    bonds: Rows, standings: Rows, answers: Rows, now: Rows, day: int, life: float, p: Parameters
) -> None:  # fmt: skip
    """Let those who replied today to somebody who had told of their trouble come closer to them."""
    for row in range(now[0].answers - 1, -1, -1):
        answer = answers[row]
        if answer.time < day:
            break
        if answer.to >= 0 and answer.person >= 0 and standings[answer.to].opened_up > 0.0:
            strengthen_both(bonds, answer.to, answer.person, p.closer, day, life)


@kernel
def graduate(
    lives: Rows, memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows,
    visitors: Column, counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters, leaving: Leaving,
) -> None:  # fmt: skip
    """Let visitors who have become well leave, unless people or the place hold them."""
    today = stream(key, day)
    for i in visitors:
        membership, life = memberships[i], lives[i]
        if life.progress < 1.0 or membership.status != MEMBER:
            continue
        if life.troubled:
            life.troubled, life.well = False, True
            counts[tally.GRADUATED] += 1
            events.note(log, day, events.GRADUATE, i, NOBODY, venue, -1, events.WELL)
        elif happens(uniform(today, i, venue * 8 + MOVED_ON), hazard_of_moving_on(membership, p, leaving)):
            leave(memberships, alarm, ties_start, ties_partner, now, counts, log, i, venue, day, events.WELL)


@rule
def hazard_of_moving_on(membership: Rows, p: Parameters, leaving: Leaving) -> float:
    """Return the hazard, on a visit, that somebody who is well leaves."""
    return p.moves_on * hold(membership.belonging, membership.identity, membership.contacts, leaving)


def is_on(world: AnyWorld) -> bool:
    """Tell whether anybody is troubled, or hostile."""
    return bool(world.settings.population.troubled or any(venue.now.hostility for venue in world.venues))


def be_careful(venue: AnyVenue, p: Parameters) -> None:
    """Let safety take some of the ease with which people post, from tomorrow on."""
    if venue.levers.safety > 0.0:
        venue.now.effort = venue.levers.effort * (1.0 + p.care * venue.levers.safety)


def step(world: CompiledWorld) -> None:
    """Let the troubled tell, meet company or hostility, and become well."""
    if not is_on(world):
        return
    p, key, day, fit = world.parameters["struggle"], world.keys["struggle"], world.day, world.product.fit
    if day == 0:
        begin(world.lives, world.settings.population.troubled, key, p)
    go_on_alone(world.people, world.lives, fit, day, p)
    for venue in world.venues:
        be_careful(venue, p)
        meet_others(
            world.people, world.lives, venue.memberships, venue.standings, venue.plates, venue.table, fit,
            venue.visitors, venue.tally, world.log, venue.index, day, key, p, world.parameters["norms"],
        )  # fmt: skip
        grow_closer(
            venue.bonds, venue.standings, venue.answers, venue.table, day, world.parameters["bonding"].life, p
        )  # fmt: skip
        graduate(
            world.lives, venue.memberships, venue.alarm, world.ties_start, world.ties_partner, venue.table,
            venue.visitors, venue.tally, world.log, venue.index, day, key, p, world.parameters["leaving"],
        )  # fmt: skip
