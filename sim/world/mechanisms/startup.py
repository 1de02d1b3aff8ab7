"""Startup: a young company lives on its money and its morale, asks its customers, and may be gone one day.

Claim
    A young company dies when its money is spent, or when those who work for it lose heart because nothing moves. What
    it hears decides what it improves: customers whom it asks are a fair sample, and polite. When the product is gone, a
    group may be left that came for each other.
Rule
    Cash = runway + margin + ads, subscriptions, fees and data - tickets - cost of the community - burn x days. Morale
    begins at 1; each day it gains t / heals and loses (1 - t) / lasts, where the traction t is the growth of customers
    a month (net, over about a quarter) / enough growth, from 0 to 1, and 1 where fit reaches `fits`. With a runway, the
    company is gone when cash or morale is spent. On a day each customer is asked with p = survey / 30 / customers, and
    reports a problem of their kind of use with (1 - polite)(1 - fit).
    A product off the market gives no needs, margin or releases, nobody adopts or leaves it, the company's hosts stop,
    and nobody pays for its places, shows ads there, or takes money or data. Those who had it keep it, so members stay
    if they like.
Source
    That two years without traction end a company is a claim of essay 001, and its own number is put in as `lasts`. That
    people who are asked in person are kinder is recalled from work on social desirability; the size is assumed. How
    founders' morale moves was not looked up. Off: no runway, no survey, and a product that never ends.
Deviations
    Nobody invests more money, and a company that dies leaves no successor. Morale does not slow the work. A survey has
    no cost. Members may recruit others who have the product, and go on as a group; they found no place of their own.
"""

from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import stream, uniform
from sim.world.interfaces import AnyVenue, AnyWorld, CompiledWorld
from sim.world.levers import COMPANY, NO_DAY
from sim.world.mechanisms.spending import DAYS_PER_MONTH
from sim.world.parameters import param
from sim.world.state import CUSTOMER, FACETS, HOST, NEVER, Column, Rows

EARNED = (tally.MARGIN, tally.AD_REVENUE, tally.SUBSCRIPTIONS, tally.FEES, tally.DATA_REVENUE)
SPENT = (tally.HOST_COST, tally.VENUE_COST, tally.MARKETING_COST, tally.VOUCHING_COST)
OF_THE_COMPANY = (  # what a place has of the company: what it pays for, and what it takes
    "marketing", "launch", "monthly_cost", "opening_cost", "ad_load", "raised_ads", "ad_free_price", "price",
    "recording",
)  # fmt: skip


class Parameters(NamedTuple):
    """What keeps a team going, and how politely customers answer."""

    lasts: float = param(550, "days", 30, 3650, "assumed", "morale without traction; essay 001: one to two years")
    heals: float = param(180, "days", 7, 3650, "assumed", "success is taken up faster than failure; half a year")
    growth: float = param(0.03, "share per month", 0.001, 1, "assumed", "net growth that a team takes for traction")
    fits: float = param(0.7, "share", 0, 1, "assumed", "fit at which nobody doubts; as in days_to_fit")
    memory: float = param(90, "days", 1, 365, "assumed", "over which a team judges its growth: a quarter")
    polite: float = param(0.5, "share", 0, 1, "assumed", "problems that customers keep to themselves when asked")


@rule
def traction(growth: float, fit: float, p: Parameters) -> float:
    """Return how far the company seems to get somewhere, 0 to 1. `growth` is a share of customers per month."""
    return 1.0 if fit >= p.fits else min(1.0, max(0.0, growth / p.growth))


@rule
def morale_after(morale: float, moving: float, p: Parameters) -> float:
    """Return morale after a day with so much traction, 1 at most; at 0 the team is done."""
    return min(1.0, morale + moving / p.heals - (1.0 - moving) / p.lasts)


@rule
def p_tells(fit: float, p: Parameters) -> float:
    """Return the probability that a customer who is asked reports a problem."""
    return (1.0 - p.polite) * (1.0 - fit)


@kernel
def ask(
    people: Rows, fit: Column, share: float, counts: Column, told: Column, day: int, key: np.uint64, p: Parameters
) -> None:
    """Ask a share of customers, and count in `told` the problems that they report, by facet."""
    today = stream(key, day)
    for i in range(len(people)):
        if people[i].customer == CUSTOMER and uniform(today, i, 0) < share:
            counts[tally.SURVEYED] += 1
            told[people[i].facet] += uniform(today, i, 1) < p_tells(fit[people[i].facet], p)


def cash(world: AnyWorld) -> float:
    """Return the money that the company has left."""
    product = world.settings.product
    money = float(product.runway - world.product.burnt)
    for venue in world.venues:
        money += float(sum(venue.tally[flow] for flow in EARNED) - sum(venue.tally[flow] for flow in SPENT))
        money -= float(product.ticket_cost * venue.tally[tally.TICKETS])
    return money


def judge(world: AnyWorld, p: Parameters) -> None:
    """Move morale by how customers have grown, and let a company die whose money or morale is spent."""
    product = world.product
    grown = DAYS_PER_MONTH * (product.customers / max(1, product.customers_before) - 1.0)
    product.customers_before = product.customers
    product.growth += (grown - product.growth) / p.memory
    product.morale = morale_after(product.morale, traction(product.growth, product.mean_fit, p), p)
    product.burnt += world.settings.product.burn
    product.broke, product.demoralised = cash(world) <= 0.0, product.morale <= 0.0


def close(venue: AnyVenue) -> None:
    """Let a company's place go on without the company: no host, signposts or bills, and nobody takes anything."""
    venue.host.silent = True
    for name in OF_THE_COMPANY:
        setattr(venue.now, name, 0.0)


def live_on(world: AnyWorld, p: Parameters) -> bool:
    """Let the company live one more day. Return whether its product went off the market today."""
    product, levers, was_on = world.product, world.settings.product, world.product.on_market
    if was_on and levers.runway > 0.0:
        judge(world, p)
    ends = levers.ends < NO_DAY and world.day >= levers.ends
    product.on_market = was_on and not (ends or product.broke or product.demoralised)
    for venue in () if product.on_market else world.venues:
        if venue.levers.owner == COMPANY:
            close(venue)
            if was_on:
                world.note(events.GIVE_UP, HOST, venue=venue.index, cause=events.CLOSURE)
    return bool(was_on and not product.on_market)


def is_on(world: AnyWorld) -> bool:
    """Tell whether the company has anything to live on, to ask or to end."""
    levers = world.settings.product
    ends = levers.ends < NO_DAY and world.day >= levers.ends
    return bool(ends or levers.runway or levers.survey or not world.product.on_market)


def share_asked(world: AnyWorld) -> float:
    """Return the probability that a customer is asked today."""
    product = world.product
    asked = world.settings.product.survey / DAYS_PER_MONTH if product.on_market else 0.0
    return float(min(1.0, asked / max(1, product.customers)))


def heed(world: AnyWorld, told: Column) -> None:
    """Pass on what customers reported."""
    for facet, number in enumerate(told.tolist()):
        world.product.heard[facet] += number


def step(world: CompiledWorld) -> None:
    """Let the company live on, and ask its customers."""
    if not is_on(world):
        return
    p, product = world.parameters["startup"], world.product
    if live_on(world, p):
        world.need_day[:] = NEVER
    if share := share_asked(world):
        told = np.zeros(FACETS)
        ask(world.people, product.fit, share, world.venues[0].tally, told, world.day, world.keys["startup"], p)
        heed(world, told)
