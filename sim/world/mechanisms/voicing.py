"""Voicing: members praise and criticise the product, and repeat proposals that were taken up.

Claim
    Whether people say what they think of the product depends on what they think, and on whether saying it leads to
    anything. Where responses to feedback are visible, more people speak up, but they hold back careless complaints,
    which will be looked into. Those who saw an idea of theirs carried out propose similar ones, unless they look at
    much beyond their own use.
Rule
    On a visit a member who speaks has something good to say with g = logistic(mood + by_fit (fit - 1/2) + by_trust
    (trust - 1/2) - by_anger A), else something bad. They voice it with p = 1 - exp(-voice contribution^0.5 (1 +
    encourage h)); if it is bad, at 1 + louder A times the rate, and p is multiplied by (1 - scrutiny h). Here h says
    how visibly the host listens: a running mean of what it does. Anger A = G / (1 + G), of all grievances G, is felt
    only by those whom a fault hit or who remember a breach (`storms`). Criticism names a facet: with p = fixation / (1
    + answers elsewhere / wide) the last of theirs that was taken up, else their own or any. At a release, whoever was
    the first since the last one to criticise a facet that is now improved sees their idea carried out.
Source
    Visible responses raise volume and ratings, with fewer but longer negative reviews: Proserpio & Zervas 2017
    (quasi-experiment, abstract). Ideas become less diverse after the first success, less so for those who comment
    widely: Bayus 2013 (abstract, association). Scrutiny and fixation are the explanations of those authors, assumed
    here.
Deviations
    Feedback is not part of any thread: only the host reads it, and it does not count as a post. An idea consists of a
    facet and nothing else.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import stream, uniform
from sim.world.interfaces import AnyWorld, CompiledWorld
from sim.world.levers import NO_DAY
from sim.world.mechanisms.asking import Parameters as Asking
from sim.world.mechanisms.asking import sociality, speaks
from sim.world.parameters import param
from sim.world.state import FACETS, NOBODY, Column, Rows, grown

NOTICED = 30.0  # days until a host that begins to respond is known for it


class Parameters(NamedTuple):
    """What makes people say what they think of the product."""

    voice: float = param(0.05, "per visit", 0, 2, "assumed", "feedback by an average member, without encouragement")
    mood: float = param(0.5, "logit", -5, 5, "assumed", "ratings are mostly good")
    by_fit: float = param(3.0, "logit per share", 0, 20, "assumed", "people praise a product that fits")
    by_trust: float = param(1.0, "logit per share", 0, 20, "assumed", "people forgive a host whom they trust")
    encourage: float = param(0.25, "share", -1, 5, "assumed", "visible responses raise volume (H5); may be negative")
    by_anger: float = param(2.0, "logit", 0, 20, "assumed", "people who were hit or wronged find less to praise")
    louder: float = param(3.0, "times", 0, 50, "assumed", "and criticise more, at full anger; may be 0")
    scrutiny: float = param(0.3, "share", 0, 1, "assumed", "careless criticism held back (H5); may be 0")
    own_facet: float = param(0.5, "share", 0, 1, "assumed", "proposals about one's own kind of use")
    fixation: float = param(0.6, "probability", 0, 1, "assumed", "proposes again what was taken up (V5); may be 0")
    wide: float = param(5.0, "answers", 0.1, 500, "assumed", "answers beyond one's own use that halve fixation (V5)")


def is_stormy(world: AnyWorld) -> bool:
    """Tell whether a fault, or what a host does to its critics, can make people angry here (see `storms`)."""
    acts = any(venue.host.levers.deletes or venue.host.levers.answers_critics for venue in world.venues)
    return bool(acts or world.settings.product.fault_day < NO_DAY)


@rule
def anger(life: Rows, grievance: float) -> float:
    """Return how angry somebody is, 0 to 1: only those whom a fault hit, or who remember a breach of trust."""
    return grievance / (1.0 + grievance) if life.hit or life.scar > 0.0 else 0.0


@rule
def p_good(fit: float, trust: float, angry: float, p: Parameters) -> float:
    """Return the share of what a member might say of the product that is good."""
    logit = p.mood + p.by_fit * (fit - 0.5) + p.by_trust * (trust - 0.5) - p.by_anger * angry
    return 1.0 / (1.0 + math.exp(-logit))


@rule
def p_voiced(contribution: float, heeding: float, angry: float, good: bool, p: Parameters) -> float:
    """Return the probability that a member says it, good or bad, on a visit."""
    rate = p.voice * math.sqrt(float(contribution)) * max(0.0, 1.0 + p.encourage * heeding)
    if not good and angry > 0.0:
        rate *= 1.0 + p.louder * angry
    return (1.0 - math.exp(-rate)) * (1.0 if good else max(0.0, 1.0 - p.scrutiny * heeding))


@rule
def p_fixed(beyond: float, p: Parameters) -> float:
    """Return the probability of proposing again what was taken up. `beyond` counts answers on other facets."""
    return p.fixation / (1.0 + beyond / p.wide)


@rule
def topic(u: float, v: float, own: int, taken_up: int, beyond: float, p: Parameters) -> int:
    """Return the facet of a proposal."""
    if taken_up >= 0 and u < p_fixed(beyond, p):
        return taken_up
    return own if v < p.own_facet else int((v - p.own_facet) / (1.0 - p.own_facet) * FACETS)


@kernel
def speak_up(
    people: Rows, lives: Rows, memberships: Rows, voices: Rows, now: Rows, fit: Column, visitors: Column,
    counts: Column, log: Rows, venue: int, day: int, is_stormy: bool, key: np.uint64, p: Parameters, asking: Asking,
) -> None:  # fmt: skip
    """Let visitors say what they think of the product."""
    today = stream(key, day)
    place = now[0]
    place.heeding += (place.listening - place.heeding) / NOTICED
    for i in visitors:
        person, membership = people[i], memberships[i]
        slot = venue * 8
        u = uniform(today, i, slot)
        angry = anger(lives[i], person.grievance) if is_stormy else 0.0
        if angry == 0.0 and u >= p_voiced(person.contribution, place.heeding, 0.0, True, p):
            continue  # this spares most of them the rest
        good = uniform(today, i, slot + 1) < p_good(fit[person.facet], person.trust, angry, p)
        if u >= p_voiced(person.contribution, place.heeding, angry, good, p):
            continue
        social = sociality(person.belonging, person.goodwill, person.validation, person.cause)
        if not speaks(person.hurdle, social, membership.drawn, membership.silent, asking):
            continue
        voice = voices[place.voices]
        voice.day, voice.person, voice.good, voice.deleted = day, i, good, False
        voice.facet = person.facet
        if not good:
            v, w = uniform(today, i, slot + 2), uniform(today, i, slot + 3)
            voice.facet = topic(v, w, int(person.facet), int(person.taken_up), float(membership.beyond), p)
        place.voices += 1
        counts[tally.PRAISES if good else tally.CRITICISMS] += 1
        kind = events.PRAISE if good else events.CRITICISE
        events.note(log, day, kind, i, NOBODY, venue, -1, events.HABIT)


def step(world: CompiledWorld) -> None:
    """Let visitors say what they think of the product."""
    for venue in world.venues:
        venue.voices = grown(venue.voices, int(venue.now.voices) + len(venue.visitors))
        speak_up(
            world.people, world.lives, venue.memberships, venue.voices, venue.table, world.product.fit, venue.visitors,
            venue.tally, world.log, venue.index, world.day, is_stormy(world), world.keys["voicing"],
            world.parameters["voicing"], world.parameters["asking"],
        )  # fmt: skip
