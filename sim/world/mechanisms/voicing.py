"""Voicing: members praise the product, criticise it, and propose the same thing again once it was taken up.

Claim
    Whether somebody says what she thinks of the product depends on what she thinks, and on whether saying it leads to
    anything. Where answers to feedback are visible, more people speak, and a complaint made lightly is kept back, as
    it will be looked into. Who once saw her idea carried out goes on proposing its like, unless she sees widely.
Rule
    On a visit a member who speaks has something good to say with g = logistic(mood + by_fit (fit - 1/2) + by_trust
    (trust - 1/2)), else something bad. She voices it with p = 1 - exp(-voice contribution^0.5 (1 + encourage h)),
    times (1 - scrutiny h) if it is bad; h, how visibly the host listens, is a running mean of what it does. Criticism
    names a facet: the last of hers that was taken up, with p = fixation / (1 + answers elsewhere / wide); else her own
    or any.
    At a release, whoever first criticised a facet that is then improved sees her idea carried out.
Source
    Visible responses raise volume and ratings, with fewer but longer negatives: Proserpio & Zervas 2017
    (quasi-experiment, abstract). Ideas become less diverse after the first success, less so for those who comment
    widely: Bayus 2013 (abstract, association). Scrutiny and fixation are those authors' own explanations, put in here.
Deviations
    Feedback is apart from threads: nobody reads it but the host, and it is no post. A facet is all that an idea says.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.asking import Parameters as Asking
from sim.world.mechanisms.asking import sociality, speaks
from sim.world.parameters import param
from sim.world.state import FACETS, NOBODY, Column, Rows, grown


class Parameters(NamedTuple):
    """What makes people say what they think of the product."""

    voice: float = param(0.05, "per visit", 0, 2, "assumed", "feedback of an average member whom nobody encourages")
    mood: float = param(0.5, "logit", -5, 5, "assumed", "ratings are mostly good, everywhere")
    by_fit: float = param(3.0, "logit per share", 0, 20, "assumed", "a product that fits is praised")
    by_trust: float = param(1.0, "logit per share", 0, 20, "assumed", "a host that is trusted is forgiven")
    encourage: float = param(
        0.25, "share", -1, 5, "calibrated", "volume rises where answers are visible (H5); may be 0 or less"
    )
    scrutiny: float = param(
        0.3, "share", 0, 1, "calibrated", "bad words that are kept back as they will be looked into (H5); may be 0"
    )
    noticed: float = param(30, "days", 1, 365, "assumed", "until a host that begins to answer is known for it")
    own_facet: float = param(0.5, "share", 0, 1, "assumed", "people propose for their own use first")
    fixation: float = param(0.6, "probability", 0, 1, "calibrated", "proposes what was taken up again (V5); may be 0")
    wide: float = param(5.0, "answers", 0.1, 500, "calibrated", "comments beyond one's own use that halve it (V5)")
    weight: float = param(0.5, "questions", 0, 10, "assumed", "what a criticism tells a team that listens")


@rule
def p_good(fit: float, trust: float, p: Parameters) -> float:
    """Return the share of what she might say of the product that is good."""
    logit = p.mood + p.by_fit * (fit - 0.5) + p.by_trust * (trust - 0.5)
    return 1.0 / (1.0 + math.exp(-logit))


@rule
def p_voiced(contribution: float, heeding: float, good: bool, p: Parameters) -> float:
    """Return the probability that she says it, good or bad, on this visit."""
    rate = p.voice * math.sqrt(float(contribution)) * max(0.0, 1.0 + p.encourage * heeding)
    return (1.0 - math.exp(-rate)) * (1.0 if good else max(0.0, 1.0 - p.scrutiny * heeding))


@rule
def p_fixed(beyond: float, p: Parameters) -> float:
    """Return the probability that somebody proposes again what was taken up. `beyond`: her answers on other facets."""
    return p.fixation / (1.0 + beyond / p.wide)


@rule
def topic(u: float, v: float, own: int, taken_up: int, beyond: float, p: Parameters) -> int:
    """Return the facet of a proposal."""
    if taken_up >= 0 and u < p_fixed(beyond, p):
        return taken_up
    return own if v < p.own_facet else int((v - p.own_facet) / (1.0 - p.own_facet) * FACETS)


@kernel
def speak_up(
    people: Rows, memberships: Rows, voices: Rows, now: Rows, fit: Column, visitors: Column, counts: Column, log: Rows,
    venue: int, day: int, key: np.uint64, p: Parameters, asking: Asking,
) -> None:  # fmt: skip
    """Let visitors say what they think of the product."""
    today = stream(key, day)
    place = now[0]
    place.heeding += (place.listening - place.heeding) / p.noticed
    for i in visitors:
        person, membership = people[i], memberships[i]
        slot = venue * 8
        u = uniform(today, i, slot)
        if u >= p_voiced(person.contribution, place.heeding, True, p):
            continue
        good = uniform(today, i, slot + 1) < p_good(fit[person.facet], person.trust, p)
        if u >= p_voiced(person.contribution, place.heeding, good, p):
            continue
        social = sociality(person.belonging, person.goodwill, person.validation, person.cause)
        if not speaks(person.hurdle, social, membership.greeted, membership.silent, asking):
            continue
        voice = voices[place.voices]
        voice.day, voice.person, voice.good = day, i, good
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
            world.people, venue.memberships, venue.voices, venue.table, world.product.fit, venue.visitors, venue.tally,
            world.log, venue.index, world.day, world.keys["voicing"], world.parameters["voicing"],
            world.parameters["asking"],
        )  # fmt: skip
