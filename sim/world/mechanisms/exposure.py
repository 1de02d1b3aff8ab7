"""Exposure: what a visitor meets, and what ads take from it.

Claim
    An ad costs twice. It annoys, and it takes attention that would have gone to other people. Annoyance is felt at once
    and builds up slowly. Lost attention shows as threads not met, answers not given and ties not made. Members whom ads
    annoy may pay for an ad-free venue, where that is on sale.
Rule
    minutes for reading = attention left - ad load x minutes per ad; threads met = minutes / minutes per thread, capped.
    The slow stock of ads grows by load x weight, with weight = sensitivity x (more for newcomers) x the annoyance of
    the ads. It fades (`memory`), and `leaving` says what it does. An ad earns its price x exp(-blindness x stock),
    because members who have met many ads overlook the next. Hazard of paying for an ad-free venue, per visit: upgrade
    load weight exp(-price_effect price).
Source
    The total load matters, linearly, and its packaging does not: Huang, Reiley & Riabov 2018; Goli et al. 2025
    (summaries). Newcomers feel it more: Yan, Miller & Skiera 2022 (abstract; adopters chose themselves). Displacement:
    essay 001, assumed. More ads bring subscribers as well as exits: Huang, Reiley & Riabov 2018. Annoying ads drive out
    more people at equal load: Goldstein et al. 2014 (abstract), a sign. Users learn to overlook ads: Hohnhold, O'Brien
    & Tang 2015 (abstract); there it is about bad ads, here about many.
Deviations
    Browsing shows people what else there is to ask (induced demand); its rate is assumed. Writing takes no attention,
    and threads opened earlier on the same day cost none, so displacement is small at the defaults.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import happens, stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import refresh
from sim.world.parameters import param
from sim.world.state import NOBODY, Column, Rows

MOST_THREADS = 30  # nobody reads more in a day


class Parameters(NamedTuple):
    """What attention buys."""

    minutes_per_thread: float = param(1.5, "minutes", 0.1, 30, "assumed", "to skim a thread and its replies")
    minutes_per_ad: float = param(0.2, "minutes", 0, 10, "assumed", "a glance at a banner, a spot half watched")
    newcomer_days: float = param(30, "days", 1, 365, "assumed", "until members take ads as part of the place")
    newcomer: float = param(0.5, "share", 0, 5, "assumed", "extra weight for newcomers; sign: Yan et al. 2022")
    blindness: float = param(
        0.012, "log per ad", 0, 0.1, "calibrated", "ads met often are overlooked and earn less; size by hand; A6"
    )
    upgrade: float = param(
        0.0006, "per visit and ad", 0, 0.01, "calibrated", "linear in load, as exits by ads are; size by hand; A3"
    )
    price_effect: float = param(0.1, "log per money a month", 0, 5, "assumed", "fewer people buy at a higher price")


@rule
def threads_met(minutes: float, ad_load: float, p: Parameters) -> int:
    """Return how many threads the attention allows for, after the ads have taken their part."""
    reading = max(0.0, minutes - ad_load * p.minutes_per_ad)
    return min(MOST_THREADS, int(reading / p.minutes_per_thread))


@rule
def ad_weight(ad_sensitivity: float, tenure: float, annoyance: float, p: Parameters) -> float:
    """Return how much one ad weighs on this member. Newcomers feel it more."""
    return ad_sensitivity * (1.0 + (p.newcomer if tenure < p.newcomer_days else 0.0)) * annoyance


@rule
def ads_met(ad_load: float, ads_own: float, subscriber: bool) -> float:
    """Return how many ads a member meets on a visit."""
    return 0.0 if subscriber else ad_load * ads_own


@rule
def noticed(stock: float, p: Parameters) -> float:
    """Return the share of an ad's price that is paid for a viewer with this stock of recent ads."""
    return math.exp(-p.blindness * stock)


@rule
def hazard_of_upgrade(ad_load: float, weight: float, price: float, p: Parameters) -> float:
    """Return the hazard, per visit, of paying for an ad-free venue: linear in load, and 0 where that is not on sale."""
    return p.upgrade * ad_load * weight * math.exp(-p.price_effect * price) if price > 0.0 else 0.0


@rule
def count_new(threads: Rows, last: int, since: float, until: float, most: int) -> int:
    """Return how many of the newest threads were opened between two moments, at most `most`."""
    seen = 0
    while last > 0 and seen < most and threads[last - 1].time > since:
        last -= 1
        if threads[last].time < until:
            seen += 1
    return seen


@kernel
def expose(
    people: Rows, memberships: Rows, threads: Rows, now: Rows, visitors: Column, counts: Column,
    log: Rows, venue: int, day: int, key: np.uint64, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Show each visitor ads and threads."""
    today = stream(key, day)
    place = now[0]
    for i in visitors:
        person, membership = people[i], memberships[i]
        refresh(membership, day, memory)
        load = ads_met(place.ad_load, membership.ads_own, membership.subscriber)
        weight = ad_weight(person.ad_sensitivity, float(day - membership.joined), place.annoyance, p)
        membership.met = threads_met(person.minutes_left, load, p)
        membership.seen = count_new(threads, place.threads, membership.last_visit, membership.hour, membership.met)
        membership.ads += load * weight
        spent = membership.seen * p.minutes_per_thread + load * p.minutes_per_ad
        spent = min(spent, person.minutes_left)
        person.minutes_left -= spent
        counts[tally.MINUTES] += spent
        counts[tally.ADS] += load
        counts[tally.AD_REVENUE] += load * place.ad_price * noticed(membership.ads, p)
        if happens(uniform(today, i, venue * 8), hazard_of_upgrade(load, weight, place.ad_free_price, p)):
            membership.subscriber = True
            counts[tally.UPGRADES] += 1
            events.note(log, day, events.UPGRADE, i, NOBODY, venue, -1, events.BY_ADS)


def step(world: CompiledWorld) -> None:
    """Let visitors look around."""
    for venue in world.venues:
        expose(
            world.people, venue.memberships, venue.threads, venue.table, venue.visitors, venue.tally, world.log,
            venue.index, world.day, world.keys["exposure"], world.parameters["exposure"], world.parameters["memory"],
        )  # fmt: skip
