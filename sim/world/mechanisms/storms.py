"""Storms: a fault in the product, the criticism that follows, and what a host does with it.

Claim
    A breach of trust is remembered, so trust does not simply return when the noise is over. Criticism that can be read
    feeds a storm and also tells what is wrong. A host that deletes it sees less of the storm, loses what it would have
    learnt, and pays where the deletion is noticed. One that answers eases those who complained. Bystanders are spared
    where others stand up for the company, whom they may believe more than the host.
Rule
    On `fault_day` the share `fault` of customers is hit: grievance += hurts x fault, they lose breach x fault of their
    trust, and the fit of all facets falls by spoils x fault. The storm S in each open place jumps by `fault`. Each day
    S = min(1, S kept(1, calms) + feeds (c - usual (1 - S))+), with c = criticism to be read / (visitors + 10). A
    visitor loses the share breach S (1 - shield) (1 - buffer B) of their trust T. What is lost adds to their scar,
    which fades over scar_life; on each visit T is lowered by holds x scar. Somebody who was not hit defends with p =
    defends S B T, if they speak. With d of them and the share a of criticism answered, shield = 1 - (1 - peers d / (d +
    few)) (1 - host a tone).
    A criticism is deleted with p = deletes: nobody hears it, nor does it feed the storm. With p = traces this is
    noticed. Then the critic loses the share gagged of T, each visitor witnessed n / (n + few) for n such deletions, and
    the critic goes on elsewhere with p = goes_on or has a grievance more (wronged). A reason lowers all of that by the
    share `explained`, and takes as many hours as a reply. Else it is answered with p = answers_critics, while hours
    last: grievance -= eased, T += respected tone (1 - T). Answers, and deletions that are noticed, change how visibly
    the host listens (`voicing`), where anger acts, too. When a facet is improved for what a venue said (`listening`),
    its critics are eased whom the fault hit or who remember a breach. A critic makes a proposal with p = suggests (B +
    T) / 2.
Source
    Firestorms dent 58 % of brands at once and 40 % in the long run: Hansen, Kupfer & Hennig-Thurau 2018 (abstract;
    curves). Noticed deletion backfires, and reasons help: Liao et al. 2024, Stevens et al. 2022 (abstracts;
    experiments). Defenders spare bystanders, and so do accommodating replies that are believed: Weitzl & Hutzinger 2017
    (abstract; experiments). Voice or exit: Hirschman 1970 (recalled). Forms and sizes are assumed. Off: no fault, and
    no host that answers or deletes.
Deviations
    A proposal tells the product team no more than any criticism does: the share of critics who make one is a sign, and
    no cause. A fault is in all facets alike and heals by ordinary releases. Ratings are not told from comments.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import stream, uniform
from sim.world.interfaces import AnyVenue, AnyWorld, CompiledVenue, CompiledWorld
from sim.world.levers import COMPANY
from sim.world.mechanisms.asking import Parameters as Asking
from sim.world.mechanisms.asking import sociality, speaks
from sim.world.mechanisms.bonding import moved
from sim.world.mechanisms.hosting import leave_undone, take_hours, takes
from sim.world.mechanisms.join import is_open
from sim.world.mechanisms.memory import faded
from sim.world.mechanisms.voicing import NOTICED, is_stormy
from sim.world.parameters import param
from sim.world.state import CUSTOMER, HOST, MEMBER, NOBODY, Column, Rows, grown

WEEK = 7
CALM = 0.001  # a storm below this level is over
ALONE = 10.0  # added to the visitors of a day: one critic among few makes no storm
SUGGESTED, DELETED, ANSWERED, EXPLAINED, SEEN, MOVED, DEFENDED = range(7)  # slots of the draws in a venue
HIT = 100  # and of the draw on the day of the fault


class Parameters(NamedTuple):
    """What a fault does, how storms go, and what deletion and answers do to those who see them."""

    hurts: float = param(2.0, "grievances", 0, 20, "assumed", "two unanswered questions' worth, by the worst fault")
    spoils: float = param(0.3, "share", 0, 1, "assumed", "fit that the worst fault takes away")
    breach: float = param(0.15, "share", 0, 1, "assumed", "trust lost by being hit, and on a visit at full storm")
    buffer: float = param(0.3, "share", -1, 1, "assumed", "less for those who belong; below 0: they feel betrayed")
    holds: float = param(0.1, "share per visit", 0, 1, "assumed", "trust lost again, per unit that is remembered")
    scar_life: float = param(300, "days", 10, 5000, "assumed", "a breach is remembered for about a year (C3)")
    calms: float = param(10, "days", 1, 200, "assumed", "most storms are over within weeks")
    feeds: float = param(1.0, "times", 0, 20, "assumed", "storm by a criticism to be read, per visitor")
    usual: float = param(0.15, "per visitor", 0, 1, "assumed", "criticism that nobody minds while there is no storm")
    defends: float = param(0.5, "probability", 0, 1, "assumed", "at full storm, belonging and trust")
    peers: float = param(0.6, "share", -1, 1, "assumed", "harm that many defenders avert; below 0: they fan it")
    few: float = param(3.0, "people", 0.1, 100, "assumed", "defenders, or deletions noticed, with half the effect")
    host: float = param(0.3, "share", -1, 1, "assumed", "harm averted by answers in a peer's tone; less believed (C6)")
    eased: float = param(0.5, "grievances", -2, 5, "assumed", "taken from a critic by an answer; below 0: it angers")
    respected: float = param(0.02, "share", -1, 1, "assumed", "trust won from a critic by an answer in a peer's tone")
    relieved: float = param(1.0, "grievances", 0, 10, "assumed", "taken from critics whose point was acted on")
    wronged: float = param(1.0, "grievances", 0, 10, "assumed", "by a deletion, where one has nowhere else to go on")
    gagged: float = param(0.15, "share", 0, 1, "assumed", "trust that a critic loses by a deletion that they notice")
    witnessed: float = param(0.02, "share", 0, 1, "assumed", "trust that visitors lose on a day with many of them")
    explained: float = param(0.4, "share", -1, 1, "assumed", "harm of a deletion that a specific reason averts (C7)")
    goes_on: float = param(0.5, "probability", 0, 1, "assumed", "a critic says it in another place that they are in")
    suggests: float = param(0.6, "probability", 0, 1, "assumed", "proposes something, at full belonging and trust")


@rule
def share_lost(storm: float, shielded: float, belonging: float, p: Parameters) -> float:
    """Return the share of their trust that a visitor loses in a storm."""
    return min(1.0, p.breach * storm * (1.0 - shielded) * (1.0 - p.buffer * belonging))


@rule
def break_trust(person: Rows, life: Rows, share: float) -> None:
    """Let somebody lose a share of their trust, and remember it."""
    lost = person.trust * share
    person.trust -= lost
    life.scar += lost


@rule
def held_down(trust: float, scar: float, p: Parameters) -> float:
    """Return the trust of a visitor who remembers a breach."""
    return trust * (1.0 - min(1.0, p.holds * scar))


@rule
def swollen(storm: float, criticisms: float, visitors: float, p: Parameters) -> float:
    """Return today's storm: yesterday's has calmed, and what can be read today feeds it."""
    fed = p.feeds * max(0.0, criticisms / (visitors + ALONE) - p.usual * (1.0 - storm))
    level = min(1.0, faded(storm, 1.0, p.calms) + fed)
    return level if level >= CALM else 0.0


@rule
def p_defend(storm: float, belonging: float, trust: float, p: Parameters) -> float:
    """Return the probability that a visitor stands up for the company."""
    return p.defends * storm * belonging * trust


@rule
def defends(person: Rows, membership: Rows, u: float, storm: float, p: Parameters, asking: Asking) -> bool:
    """Tell whether a visitor who was not hit stands up for the company, and speaks in public at all."""
    if u >= p_defend(storm, membership.belonging, person.trust, p):
        return False
    social = sociality(person.belonging, person.goodwill, person.validation, person.cause)
    return bool(speaks(person.hurdle, social, membership.drawn, membership.silent, asking))


@rule
def shield(defenders: float, answered: float, tone: float, p: Parameters) -> float:
    """Return the share of a storm's harm that defenders, and the host's answers, keep from visitors."""
    return 1.0 - (1.0 - p.peers * defenders / (defenders + p.few)) * (1.0 - p.host * answered * tone)


@rule
def p_suggest(belonging: float, trust: float, p: Parameters) -> float:
    """Return the probability that a criticism comes with a proposal."""
    return p.suggests * (belonging + trust) / 2.0


@rule
def harm_of_deletion(is_explained: bool, p: Parameters) -> float:
    """Return how much a deletion harms, relative to one without a reason."""
    return 1.0 - p.explained if is_explained else 1.0


@rule
def outlet(memberships: Rows, elsewhere: Column, person: int) -> int:
    """Return another place in which a person can say what was deleted, or `NOBODY`."""
    for venue in range(len(elsewhere)):
        if elsewhere[venue] and memberships[venue, person].status == MEMBER:
            return int(venue)
    return NOBODY


@rule
def resent(person: Rows, life: Rows, to: int, u: float, worse: float, p: Parameters) -> int:
    """Let a critic notice that they were deleted. Return where they say it again: in the place `to`, or nowhere."""
    break_trust(person, life, min(1.0, p.gagged * worse))
    if to >= 0 and u < p.goes_on * worse:
        return to
    person.grievance += p.wronged * worse
    return NOBODY


@rule
def readable(voices: Rows, first: int, end: int) -> float:
    """Return the number of criticisms among some voices that were not deleted."""
    count = 0.0
    for at in range(first, end):
        count += not (voices[at].good or voices[at].deleted)
    return count


@rule
def explains(now: Rows, counts: Column, u: float, reasons: float, hours: float) -> bool:
    """Give a reason for a deletion, if the host does so and its hours allow. Return whether it did."""
    return bool(u < reasons and takes(now, counts, hours))


@rule
def answer(person: Rows, now: Rows, counts: Column, hours: float, p: Parameters) -> None:
    """Answer a critic in public, if the host's hours allow."""
    if now.hours_left < hours:
        leave_undone(counts, tally.UNDONE_REPLIES, hours)
        return
    take_hours(now, hours)
    person.grievance = max(0.0, person.grievance - p.eased)
    person.trust = moved(person.trust, p.respected * now.tone)
    counts[tally.CRITICS_ANSWERED] += 1


@rule
def is_champion(membership: Rows, answers: float, belonging: float) -> bool:
    """Tell whether somebody who is here today counts as a champion, by the definition of `census`."""
    return bool(membership.helping >= answers and membership.belonging >= belonging)


@rule
def known_for(heeding: float, critics: float, answered: float, noticed: float) -> float:
    """Return how visibly a host listens, after a day on which it answered some critics and was seen deleting others."""
    if critics == 0.0:
        return heeding
    return heeding + (answered / critics * (1.0 - heeding) - noticed / critics * heeding) / NOTICED


@kernel
def strike(people: Rows, lives: Rows, fault: float, day: int, key: np.uint64, p: Parameters) -> None:
    """Let the fault hit some of the customers."""
    today = stream(key, day)
    for i in range(len(people)):
        if people[i].customer == CUSTOMER and uniform(today, i, HIT) < fault:
            lives[i].hit = True
            people[i].grievance += p.hurts * fault
            break_trust(people[i], lives[i], p.breach * fault)


@kernel
def forget(lives: Rows, day: int, life: float) -> None:
    """Let a seventh of all people forget a week's part of what they remember."""
    for i in range((-day) % WEEK, len(lives), WEEK):
        lives[i].scar = faded(lives[i].scar, float(WEEK), life)


@kernel
def treat_critics(
    people: Rows, lives: Rows, memberships: Rows, standings: Rows, voices: Rows, now: Rows, elsewhere: Column,
    goes_to: Column, visitors: Column, counts: Column, log: Rows, venue: int, day: int, deletes: float, answers: float,
    reasons: float, hours: float, champion_answers: float, champion_belonging: float, key: np.uint64, p: Parameters,
) -> None:  # fmt: skip
    """Let the host delete or answer today's criticism. Where each critic goes on stands in `goes_to`."""
    today, place, slot = stream(key, day), now[0], venue * 8
    critics, noticed, harm, answered = 0.0, 0.0, 0.0, counts[tally.CRITICS_ANSWERED]
    for at in range(place.voices_before, place.voices):
        voice, i = voices[at], voices[at].person
        if voice.good:
            continue
        critics += 1.0
        person, membership = people[i], memberships[venue, i]
        loves = is_champion(membership, champion_answers, champion_belonging)
        standings[i].was_critic = standings[i].was_critic or not loves
        proposes = uniform(today, i, slot + SUGGESTED) < p_suggest(membership.belonging, person.trust, p)
        counts[tally.SUGGESTIONS] += proposes
        if uniform(today, i, slot + DELETED) >= deletes:
            if uniform(today, i, slot + ANSWERED) < answers:
                answer(person, place, counts, hours, p)
            continue
        voice.deleted = True
        counts[tally.DELETED] += 1
        events.note(log, day, events.DELETE, HOST, i, venue, -1, events.BY_HOST)
        u = uniform(today, i, slot + EXPLAINED)
        worse = harm_of_deletion(explains(place, counts, u, reasons, hours), p)
        if uniform(today, i, slot + SEEN) >= place.traces:
            continue
        noticed, harm = noticed + 1.0, harm + worse
        to = resent(person, lives[i], outlet(memberships, elsewhere, i), uniform(today, i, slot + MOVED), worse, p)
        goes_to[at - place.voices_before] = to
        counts[tally.ELSEWHERE] += to >= 0
    place.heeding = known_for(place.heeding, critics, counts[tally.CRITICS_ANSWERED] - answered, noticed)
    if harm > 0.0:
        for i in visitors:
            break_trust(people[i], lives[i], p.witnessed * harm / (harm + p.few))


@kernel
def weather(
    people: Rows, lives: Rows, memberships: Rows, standings: Rows, voices: Rows, now: Rows, visitors: Column,
    counts: Column, log: Rows, venue: int, day: int, answered: float, champion_answers: float,
    champion_belonging: float, key: np.uint64, p: Parameters, asking: Asking,
) -> None:  # fmt: skip
    """Let visitors defend the company, and lose trust as far as nobody does; count the critics who were won over."""
    today, place = stream(key, day), now[0]
    visible, defenders = readable(voices, place.voices_before, place.voices), 0.0
    place.storm = swollen(place.storm, visible, float(len(visitors)), p)
    for i in visitors:
        if place.storm > 0.0 and not lives[i].hit:
            u = uniform(today, i, venue * 8 + DEFENDED)
            if defends(people[i], memberships[i], u, place.storm, p, asking):
                defenders += 1.0
                counts[tally.DEFENCES] += 1
                events.note(log, day, events.DEFEND, i, NOBODY, venue, -1, events.PEERS)
    place.shielded = shield(defenders, answered / max(1.0, visible), place.tone, p)
    for i in visitors:
        person, life, standing = people[i], lives[i], standings[i]
        if place.storm > 0.0:
            break_trust(person, life, share_lost(place.storm, place.shielded, memberships[i].belonging, p))
        if life.scar > 0.0:
            person.trust = held_down(person.trust, life.scar, p)
        if standing.was_critic and not standing.won:
            standing.won = is_champion(memberships[i], champion_answers, champion_belonging)
            counts[tally.WON_OVER] += standing.won


def strikes_today(world: AnyWorld) -> bool:
    """Tell whether the fault comes to light today."""
    return bool(world.day == math.ceil(world.settings.product.fault_day) and world.settings.product.fault > 0.0)


def break_out(world: AnyWorld, p: Parameters) -> None:
    """Let a fault spoil the product, and let a storm break out in each open place."""
    fault = world.settings.product.fault
    world.product.fit *= 1.0 - p.spoils * fault
    for venue in world.venues:
        if is_open(venue.now, world.day):
            venue.now.storm = min(1.0, venue.now.storm + fault)


def policy(venue: AnyVenue, day: int) -> tuple[float, float, float]:
    """Return the shares that a host deletes, answers and explains today: nothing while it is not at work."""
    host = venue.host.levers
    at_work = venue.host.is_at_work(day) and venue.now.host_on
    return (host.deletes, host.answers_critics, host.reasons) if at_work else (0.0, 0.0, 0.0)


def elsewhere_than(world: AnyWorld, venue: AnyVenue) -> list[bool]:
    """Return for each place whether the critics of a venue can go on there: it is open, and not the company's."""
    return [
        other.index != venue.index and other.levers.owner != COMPANY and is_open(other.now, world.day)
        for other in world.venues
    ]


def ease(world: AnyWorld, venue: AnyVenue, facet: int) -> None:
    """Ease those who criticised what has been improved, as far as a fault or a deletion is what they resent."""
    for number in venue.critics_of(facet) if is_stormy(world) else ():
        person, life = world.person(number), world.life(number)
        if life.hit or life.scar > 0.0:
            person.grievance = max(0.0, person.grievance - world.parameters["storms"].relieved)


def say_again(world: CompiledWorld, venue: CompiledVenue, there: CompiledVenue, at: int) -> None:
    """Let a critic say in another place what was deleted here."""
    there.voices = grown(there.voices, int(there.now.voices) + 1)
    there.voices[int(there.now.voices)] = venue.voices[at]
    there.voices["deleted"][int(there.now.voices)] = False
    there.now.voices += 1
    there.tally[tally.CRITICISMS] += 1
    person = int(venue.voices["person"][at])
    world.note(events.CRITICISE, person, venue=there.index, cause=events.TURNED_AWAY)


def step(world: CompiledWorld) -> None:
    """Let a fault come to light, hosts treat their critics, and storms rage and calm."""
    if not is_stormy(world):
        return
    p, key, day, product = world.parameters["storms"], world.keys["storms"], world.day, world.settings.product
    census, hours = world.parameters["census"], world.parameters["hosting"].hours_per_reply
    if strikes_today(world):
        strike(world.people, world.lives, product.fault, day, key, p)
        break_out(world, p)
    forget(world.lives, day, p.scar_life)
    moving = []
    for venue in world.venues:
        goes_to = np.full(int(venue.now.voices - venue.now.voices_before), NOBODY, np.int32)
        treat_critics(
            world.people, world.lives, world.memberships, venue.standings, venue.voices, venue.table,
            np.array(elsewhere_than(world, venue)), goes_to, venue.visitors, venue.tally, world.log, venue.index, day,
            *policy(venue, day), hours, census.champion_answers, census.champion_belonging, key, p,
        )  # fmt: skip
        moving += [(venue, world.venues[goes_to[k]], int(venue.now.voices_before) + int(k))
                   for k in np.flatnonzero(goes_to >= 0)]  # fmt: skip
    for here, there, at in moving:
        say_again(world, here, there, at)
    for venue in world.venues:
        weather(
            world.people, world.lives, venue.memberships, venue.standings, venue.voices, venue.table, venue.visitors,
            venue.tally, world.log, venue.index, day, venue.flows_today(tally.CRITICS_ANSWERED),
            census.champion_answers, census.champion_belonging, key, p, world.parameters["asking"],
        )  # fmt: skip
