"""Circles: the company that people find outside all venues, and the feeds that may take its place or fill its lack.

Claim
    Clubs, churches and neighbours give people company, and decline, while the wish for it stays. Those who use feeds
    of strangers' posts much are lonelier. Two stories fit that: a feed takes the time for company, or the lonely turn
    to it. Both can be true or false here, each by its own number. A survey cannot tell them apart; a cut can.
Rule
    Once a week: target = min(1, institutions (1 - decline)^years x own x exp(-displaces h)), with own = 1 + spread
    (2 u - 1) for life and h hours a day in the feed; company moves (1 - exp(-7 / life)) of the way to it; time for the
    feed = taste x exp(seeks (1/2 - company)), times the setting's minutes. On a day with a visit the feed takes `takes`
    of these minutes from a person's attention before anything else does. Habit of coming to any venue x
    exp(longs x the motive to be among people x (institutions - company)).
Source
    Heavy users of social media are lonelier: Primack et al. 2017 (abstract; a cross-section, so an association that
    states no direction). Ties and membership in institutions decline (press figures in essay 000). All numbers are
    assumed. Off: decline and feed at 0; each direction by `displaces` and `seeks` at 0.
Deviations
    Loneliness moves how often members come, and not whether they join. Company in venues does not count against the
    wish for company elsewhere. Feeds have no content: nobody is made envious or angry by one.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world.compiled import kernel, rule
from sim.world.draws import normal, stream, uniform
from sim.world.interfaces import AnyWorld, CompiledWorld
from sim.world.mechanisms.population import relative
from sim.world.parameters import param
from sim.world.state import Column, Rows

WEEK, YEAR = 7, 365.0
AWAKE = 960.0  # minutes a day that a feed can take at most
OFF = -1.0  # stands for the usual company where nobody's company is followed
OWN, TASTE, TASTE_TOO = range(3)  # slots of draws for life


class Parameters(NamedTuple):
    """How company comes and goes, and what a feed and loneliness do."""

    spread: float = param(0.8, "share", 0, 1, "assumed", "how much people differ in finding company; 0: all alike")
    life: float = param(120, "days", 7, 3650, "assumed", "company follows circumstances within some months")
    displaces: float = param(0.1, "log per hour a day", -1, 3, "assumed", "a feed takes the time for company; may be 0")
    seeks: float = param(1.0, "log per share", -3, 5, "assumed", "the lonely turn to a feed; may be 0 or less")
    taste: float = param(0.8, "log sd", 0, 2, "assumed", "how much people differ in their taste for feeds")
    takes: float = param(0.3, "share", 0, 1, "assumed", "of the time for a feed, what would have gone to venues")
    longs: float = param(3.0, "log per share", -10, 10, "assumed", "those who lack company come more often; may be 0")
    isolated: float = param(0.25, "share", 0, 2, "setting", "a definition: with less company and belonging, isolated")


@rule
def own_draw(u: float, p: Parameters) -> float:
    """Return how easily a person finds company, relative to others."""
    return 1.0 + p.spread * (2.0 * u - 1.0)


@rule
def company_found(institutions: float, own: float, minutes: float, p: Parameters) -> float:
    """Return the company towards which a person's tends, 0 to 1."""
    return min(1.0, institutions * own * math.exp(-p.displaces * minutes / 60.0))


@rule
def time_for_feed(taste: float, company: float, p: Parameters) -> float:
    """Return the time that a person has for a feed, relative to others."""
    return taste * math.exp(p.seeks * (0.5 - company))


@rule
def minutes_in_feed(feed: float, average: float) -> float:
    """Return the minutes a day that a person spends in a feed, given their own time for it and the average's."""
    return min(AWAKE, feed * average)


@rule
def attention_left(attention: float, minutes: float, p: Parameters) -> float:
    """Return the minutes that a feed leaves for venues on a day with a visit."""
    return max(0.0, attention - p.takes * minutes)


@rule
def longing(life: Rows, wish: float, usual: float, p: Parameters) -> float:
    """Return by how much the lack of company raises how often somebody comes. `usual`: what people find on average."""
    if usual < 0.0 or life.feed == 0.0:
        return 1.0  # nobody's company is followed, or not yet
    return math.exp(p.longs * wish * (usual - life.company))


@rule
def begin(life: Rows, institutions: float, u: float, v: float, w: float, p: Parameters) -> None:
    """Begin to follow somebody's company: as they would find it without a feed."""
    life.company = company_found(institutions, own_draw(u, p), 0.0, p)
    life.feed = time_for_feed(relative(normal(v, w), p.taste), life.company, p)


@rule
def live_on(
    life: Rows, institutions: float, average: float, u: float, v: float, w: float, p: Parameters
) -> None:  # fmt: skip
    """Let a person's company, and then their time for a feed, follow a week's circumstances."""
    target = company_found(institutions, own_draw(u, p), minutes_in_feed(life.feed, average), p)
    life.company += (1.0 - math.exp(-WEEK / p.life)) * (target - life.company)
    life.feed = time_for_feed(relative(normal(v, w), p.taste), life.company, p)


def is_on(world: AnyWorld) -> bool:
    """Tell whether people's company outside all venues is followed."""
    return bool(world.settings.outside.decline > 0.0 or world.settings.outside.feed > 0.0)


def usual_company(world: AnyWorld) -> float:
    """Return the company that people found outside on average when the world began, or `OFF`."""
    return float(world.settings.outside.institutions) if is_on(world) else OFF


def institutions_today(world: AnyWorld) -> float:
    """Return what is left today of the company that institutions give."""
    outside = world.settings.outside
    return float(outside.institutions * (1.0 - outside.decline) ** (world.day / YEAR))


@kernel
def follow(lives: Rows, institutions: float, average: float, day: int, key: np.uint64, p: Parameters) -> None:
    """Follow everybody's company, once a week."""
    always, anew = stream(key, -1), lives[0].feed == 0.0
    for i in range(0 if anew else (-day) % WEEK, len(lives), 1 if anew else WEEK):
        u, v, w = uniform(always, i, OWN), uniform(always, i, TASTE), uniform(always, i, TASTE_TOO)
        if anew:
            begin(lives[i], institutions, u, v, w, p)
        else:
            live_on(lives[i], institutions, average, u, v, w, p)


@kernel
def take_minutes(people: Rows, lives: Rows, visitors: Column, average: float, p: Parameters) -> None:
    """Let the feed take its part of each visitor's attention. In a second venue of the day it takes no more."""
    for i in visitors:
        people[i].minutes_left = attention_left(people[i].attention, minutes_in_feed(lives[i].feed, average), p)


def step(world: CompiledWorld) -> None:
    """Let people find company, or a feed, outside."""
    if not is_on(world):
        return
    p, average = world.parameters["circles"], world.settings.outside.feed
    follow(world.lives, institutions_today(world), average, world.day, world.keys["circles"], p)
    if average > 0.0:
        for venue in world.venues:
            take_minutes(world.people, world.lives, venue.visitors, average, p)
