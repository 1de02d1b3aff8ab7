"""Guests: people with a name. Whom they know, what they bring, and what a host can offer that nobody else can.

Claim
    A company is known through people. Those who have a name and talk with members come to know some of them, never all;
    when they leave, what was between them is lost. Executives and experts can give what nobody else has: news, and
    people with the power to change the product. What somebody else wrote for them gives less, and travels less. Early
    looks, answers that solve a case, and vouching for advice are worth something to some and cost the host.
Rule
    Known: for each reply of the host that a member finds, and for a greeting, k += meets named room (1 - k), with room
    = 1 - (sum of k) / (knows x hours paid today), at least 0; k fades. Its company is worth `company` k named tone on a
    visit. On the day of `turnover` all k end, and trust loses the share breaks x k x named.
    Experts come `experts` times a month and are remembered as executives are: with x = their faded visits, news by the
    host: taught x / (1 + x), and the makers: `meet` of what an executive gives. An early look: first x beta x passion /
    (passion + 1), while releases bring anything new. A scripted executive gives less by hollow x scripted, and each
    visitor loses seen_through x scripted of their trust. Visitors pass on what was said with p = 1 - exp(-passes named
    trust w), w = experts + fame executives (1 - hollow scripted); friends outside then hear `heard` of the news that a
    friend's joining is (`join`). Escalated: the answer has quality `solves`. Vouched: whoever asked trusts the host
    more if the answer is clear; else they lose `let_down` of their trust, and the host pays `damage`.
Source
    Occasional executives, offers that only a host has, knowing members by name: essays 003 and 004. That words spread
    more if they are one's own: Alatas, Chandrasekhar, Mobius, Olken & Paladines 2024 (abstract; an experiment): posts
    by the famous were liked or passed on 72 % more often, two thirds of it because they wrote them, and 27 % less
    often with a source. People know about 150 others: Dunbar 1992 (recalled, contested; an association); here by paid
    hours. All other sizes are assumed. Off: `named`, `experts`, `beta`, `escalation`, `vouching`, `scripted` at 0.
Deviations
    All who have a name share what they know of a member, and all leave on one day. These acts get the hours that are
    left in the evening, in the order experts, early looks, answers. Vouching takes no hours, only money. Whoever reads
    a vouched answer to somebody else neither gains nor loses, and whoever asked does so on the evening of the answer.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import tally
from sim.world.compiled import kernel, rule
from sim.world.draws import about, stream, uniform
from sim.world.interfaces import AnyVenue, AnyWorld, CompiledVenue, CompiledWorld
from sim.world.mechanisms.bonding import grown_towards_one, moved
from sim.world.mechanisms.hosting import affordable, due, take_at_most, takes
from sim.world.mechanisms.join import is_outside
from sim.world.mechanisms.memory import MONTH, faded, is_inside, kept
from sim.world.mechanisms.quality import Parameters as Quality
from sim.world.mechanisms.quality import is_clear
from sim.world.mechanisms.worth import COMPANY_OF_HOST, MAKERS, NEWS_BY_HOST, from_makers
from sim.world.mechanisms.worth import Parameters as Worth
from sim.world.parameters import param
from sim.world.state import HOST, QUESTION, Column, Rows


class Parameters(NamedTuple):
    """What names, guests and offers do, and what they cost."""

    meets: float = param(0.15, "share per contact", 0, 1, "assumed", "known well after half a dozen exchanges")
    knows: float = param(20, "people per paid hour a day", 0, 1000, "assumed", "150 by somebody who works full time")
    forgets: float = param(180, "days", 10, 2000, "assumed", "acquaintances fade as belonging does, about")
    company: float = param(0.3, "met", 0, 5, "assumed", "to be known here; about what a host's reply is as company")
    breaks: float = param(0.2, "share", 0, 1, "assumed", "of trust, when those who knew a member well are gone")
    hours_per_expert: float = param(2.0, "hours per visit", 0, 40, "assumed", "an expert's hour, and to prepare it")
    taught: float = param(0.2, "met", 0, 5, "assumed", "experts who come often: as one more answered question read")
    meet: float = param(0.5, "share", 0, 2, "assumed", "an expert gives access as well, with less power to change")
    hours_of_beta: float = param(0.5, "hours per day", 0, 8, "assumed", "to show all that is new, and to hear testers")
    first: float = param(0.5, "met", 0, 5, "assumed", "to see what is new before others do, for those with a passion")
    hollow: float = param(0.3, "share", 0, 1, "experiment", "what others' words lack; a source took 0.27 (Alatas)")
    seen_through: float = param(0.01, "share per visit", 0, 1, "assumed", "trust lost by a script; a visit gains 0.02")
    fame: float = param(1.7, "times", 0, 10, "experiment", "an executive's words, against others': Alatas et al.")
    passes: float = param(0.03, "per visit", 0, 2, "assumed", "few pass on what they heard")
    heard: float = param(0.1, "of a joining", 0, 2, "assumed", "news for friends outside, weaker than a friend's step")
    hours_per_escalation: float = param(1.0, "hours per answer", 0, 40, "assumed", "four times an ordinary reply")
    solves: float = param(1.6, "quality", 1, 2, "assumed", "an answer by somebody who can solve it; 1 is middling")
    vouched: float = param(0.04, "share", 0, 1, "assumed", "trust gained by a clear answer; as by a host's own reply")
    let_down: float = param(0.2, "share", 0, 1, "assumed", "trust lost by advice that proved wrong; four silences")
    damage: float = param(40, "money per answer", 0, 10_000, "assumed", "to make good for wrong advice; five tickets")


class Today(NamedTuple):
    """What those with a name offer today, after what the host's hours allow."""

    named: float
    room: float  # for more people to be known, as a share
    beta: float
    scripted: float
    words: float  # weight of what is said in person today
    greeted: float  # newcomers greeted today
    onboarding: float  # share of newcomers whom the host sets out to greet


@rule
def room_for(known: float, hours: float, p: Parameters) -> float:
    """Return the room for more acquaintances as a share, given those there are and the hours paid today."""
    capacity = p.knows * hours
    return max(0.0, 1.0 - known / capacity) if capacity > 0.0 else 0.0


@rule
def from_names(known: float, named: float, tone: float, p: Parameters) -> float:
    """Return the company that somebody gets who is known by those with a name."""
    return p.company * known * named * tone


@rule
def from_experts(visits: float, p: Parameters) -> float:
    """Return what experts tell who came so often of late."""
    return p.taught * visits / (1.0 + visits)


@rule
def from_beta(beta: float, passion: float, p: Parameters) -> float:
    """Return what an early look gives, by the passion for the product."""
    return p.first * beta * passion / (passion + 1.0)


@rule
def weight_of_words(experts: float, executives: float, scripted: float, p: Parameters) -> float:
    """Return the weight of what guests say in person today: an executive's is greater, but less so if scripted."""
    return experts + p.fame * executives * (1.0 - p.hollow * scripted)


@rule
def p_passes_on(words: float, named: float, trust: float, p: Parameters) -> float:
    """Return the probability that a visitor passes on what was said."""
    return 1.0 - math.exp(-p.passes * words * named * trust)


def offers(world: AnyWorld, venue: AnyVenue, known: float, p: Parameters) -> Today:
    """Spend the evening's hours on experts and early looks, and return what there is today."""
    levers, now, counts = venue.host.levers, venue.now, venue.tally
    wanted = due(levers.experts, venue.host.days_of_work - 1) if now.host_on and levers.experts else 0
    come = affordable(wanted, p.hours_per_expert, float(now.hours_left))
    counts[tally.EXPERT_VISITS] += come
    counts[tally.HOURS_UNDONE] += (wanted - come) * p.hours_per_expert
    take_at_most(now, come * p.hours_per_expert)  # all there, but for a rounding error
    now.expert_stock = faded(now.expert_stock, 1.0, MONTH) + come
    beta = levers.beta if now.host_on and world.settings.product.fixes > 0.0 else 0.0
    if missing := take_at_most(now, beta * p.hours_of_beta):
        counts[tally.HOURS_UNDONE] += missing
        beta -= missing / p.hours_of_beta
    words = weight_of_words(float(come), float(now.executive), levers.scripted, p)
    room = room_for(known, venue.flows_today(tally.HOURS_PAID), p)
    return Today(
        levers.named, room, beta, levers.scripted, words, venue.flows_today(tally.GREETINGS), float(now.onboarding)
    )


def is_idle(venue: AnyVenue) -> bool:
    """Tell whether nobody has a name here and nothing of all this is on offer."""
    host = venue.host.levers
    return not (host.named or host.experts or host.beta or host.scripted or host.escalation or host.vouching
                or venue.now.expert_stock)  # fmt: skip


def they_leave(venue: AnyVenue, day: int) -> bool:
    """Tell whether those with a name leave today."""
    return bool(day == math.ceil(venue.host.levers.turnover))


@kernel
def forget(
    people: Rows, memberships: Rows, standings: Rows, left: float, named: float, turnover: bool, p: Parameters
) -> float:  # fmt: skip
    """Let acquaintances fade, or end with those who leave. Return how many members are known, by how well."""
    known = 0.0
    for i in range(len(standings)):
        standing = standings[i]
        if standing.known <= 0.0:
            continue
        if turnover:
            people[i].trust = moved(people[i].trust, -p.breaks * standing.known * named)
        standing.known = 0.0 if turnover or not is_inside(memberships[i]) else standing.known * left
        known += standing.known
    return known


@kernel
def receive(
    people: Rows, memberships: Rows, standings: Rows, plates: Column, now: Rows, visitors: Column,
    counts: Column, ties_start: Column, ties_partner: Column, venue: int, day: int, key: np.uint64,
    greeting_key: np.uint64, offer: Today, p: Parameters, worth: Worth,
) -> None:  # fmt: skip
    """Let visitors get what those with a name give, become known to them, and pass on what they said."""
    place, today, greetings, greeted = now[0], stream(key, day), stream(greeting_key, day), 0.0
    experts = p.meet * from_makers(place.expert_stock, place.tone, 0.0, worth)
    lacking = p.hollow * offer.scripted * from_makers(place.exec_stock + place.executive, place.tone, 0.0, worth)
    for k in range(len(visitors)):
        i = visitors[k]
        person, membership, standing, plate = people[i], memberships[i], standings[i], plates[k]
        contacts = 0.0 + membership.collected_host
        if membership.joined == day and uniform(greetings, i, venue * 8 + 1) < offer.onboarding:
            contacts += greeted < offer.greeted  # the first of them were greeted, until hours ran out
            greeted += 1.0
        standing.known = grown_towards_one(standing.known, p.meets * offer.named * offer.room * contacts)
        plate[COMPANY_OF_HOST] += from_names(standing.known, offer.named, place.tone, p) * place.host_on
        plate[NEWS_BY_HOST] += from_experts(place.expert_stock, p) * place.host_on
        plate[MAKERS] += (experts - lacking) * place.host_on + from_beta(offer.beta, person.passion, p)
        if place.executive > 0.0:
            person.trust = moved(person.trust, -p.seen_through * offer.scripted)
        if uniform(today, i, venue * 8) >= p_passes_on(offer.words, offer.named, person.trust, p):
            continue
        counts[tally.PASSED_ON] += 1
        for a in range(ties_start[i], ties_start[i + 1]):
            if is_outside(memberships[ties_partner[a]]):
                memberships[ties_partner[a]].news += p.heard


@kernel
def stand_for_answers(
    people: Rows, threads: Rows, answers: Rows, now: Rows, counts: Column, venue: int, day: int, key: np.uint64,
    escalation: float, vouching: float, p: Parameters, quality: Quality,
) -> None:  # fmt: skip
    """Let some of today's first answers by the host come from somebody who can solve it, and vouch for others."""
    place = now[0]
    first = place.answers
    while first > 0 and answers[first - 1].time >= day:
        first -= 1
    for row in range(first, place.answers):
        answer, thread = answers[row], threads[answers[row].thread]
        if thread.kind != QUESTION or thread.answerer != answer.person or thread.answered != answer.time:
            continue  # not the first
        u = uniform(about(key, thread.key), int(answer.person), venue)
        if answer.person == HOST and u < escalation:
            if not takes(place, counts, p.hours_per_escalation):
                continue
            answer.quality = p.solves
            thread.quality = max(thread.quality, p.solves)
            counts[tally.ESCALATED] += 1
        elif answer.person >= 0 and u < vouching:
            asker, clear = people[thread.author], is_clear(answer.quality, quality)
            asker.trust = moved(asker.trust, p.vouched if clear else -p.let_down)
            counts[tally.VOUCHED] += 1
            counts[tally.VOUCHING_COST] += 0.0 if clear else p.damage


def be_there(world: CompiledWorld, venue: CompiledVenue, p: Parameters) -> None:
    """Let those with a name act in a venue."""
    levers, numbers = venue.host.levers, world.parameters
    known = forget(
        world.people, venue.memberships, venue.standings, kept(1.0, p.forgets), levers.named,
        they_leave(venue, world.day), p,
    )  # fmt: skip
    receive(
        world.people, venue.memberships, venue.standings, venue.plates, venue.table, venue.visitors, venue.tally,
        world.ties_start, world.ties_partner, venue.index, world.day, world.keys["guests"],
        world.keys["bonding"], offers(world, venue, known, p), p, numbers["worth"],
    )  # fmt: skip
    if venue.now.host_on:
        stand_for_answers(
            world.people, venue.threads, venue.answers, venue.table, venue.tally, venue.index, world.day,
            world.keys["guests"], levers.escalation, levers.vouching, p, numbers["quality"],
        )  # fmt: skip


def step(world: CompiledWorld) -> None:
    """Let people with names be there for members."""
    for venue in world.venues:
        if not is_idle(venue):
            be_there(world, venue, world.parameters["guests"])
