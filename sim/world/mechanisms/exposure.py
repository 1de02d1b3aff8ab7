"""Exposure: what a visitor's minutes go to, which threads they open, and what ads take from them.

Claim
    An ad costs twice. It annoys, and it takes attention that would have gone to other people. Annoyance is felt at once
    and builds up slowly. Lost attention shows as threads not met, answers not given and ties not made. Members whom ads
    annoy may pay for an ad-free venue, where that is on sale. Writing takes minutes as reading does, so where it takes
    many, nobody can give without limit. Visitors do not all meet the same list: they open what concerns them.
Rule
    What a feed (`circles`) and the host's asks (`dealings`) leave of a day's minutes goes to ads (load x minutes per
    ad), to what a visitor writes (`minutes_per_post` x the venue's effort), and to threads, newest first, until none
    are left or thirty were opened. A thread on another kind of use than one's own is passed over with `passes_over`,
    unless a contact wrote it. The slow stock of ads grows by load x weight, with weight = sensitivity x (more for
    newcomers) x the annoyance of the ads. It fades (`memory`), and `worth` says what it costs. An ad earns its price x
    exp(-blindness x stock), because members who have met many ads overlook the next. Hazard of paying for an ad-free
    venue, per visit: upgrade load weight exp(-price_effect price).
Source
    The total load matters, linearly, and its packaging does not: Huang, Reiley & Riabov 2018; Goli et al. 2025
    (summaries). Newcomers feel it more: Yan, Miller & Skiera 2022 (abstract; adopters chose themselves). Displacement:
    essay 001, assumed. More ads bring subscribers as well as exits: Huang, Reiley & Riabov 2018. Annoying ads drive out
    more people at equal load: Goldstein et al. 2014 (abstract), a sign. Users learn to overlook ads: Hohnhold, O'Brien
    & Tang 2015 (abstract); there it is about bad ads, here about many. Off: the levers
    at 0; `passes_over`, `minutes_per_post` and `minutes_per_ad` at 0.
Deviations
    Browsing shows people what else there is to ask (`asking.induced`). Everybody writes at the same speed. A visitor
    whose minutes are used up still finishes the post that they have begun.
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
NEWCOMER_DAYS = 30  # a definition: who joined within a month is new to the ads of a place


class Parameters(NamedTuple):
    """What attention buys."""

    minutes_per_thread: float = param(1.5, "minutes", 0.1, 30, "calibrated", "to skim a thread and its replies")
    minutes_per_post: float = param(5, "minutes", 0, 240, "assumed", "to write a reply or a post, at an effort of 1")
    passes_over: float = param(0.5, "probability", 0, 1, "assumed", "skips what is about another kind of use")
    minutes_per_ad: float = param(0.2, "minutes", 0, 10, "assumed", "a glance at a banner, a spot half watched")
    newcomer: float = param(0.5, "share", 0, 5, "assumed", "extra weight for newcomers; sign: Yan et al. 2022")
    blindness: float = param(
        0.012, "log per ad", 0, 0.1, "assumed", "ads met often are overlooked and earn less; size by hand; A6"
    )
    upgrade: float = param(
        0.0006, "per visit and ad", 0, 0.01, "assumed", "linear in load, as exits by ads are; size by hand; A3"
    )
    price_effect: float = param(0.1, "log per money a month", 0, 5, "assumed", "fewer people buy at a higher price")


@rule
def spend(person: Rows, minutes: float, counts: Column) -> None:
    """Take minutes from a person's attention of the day, as far as there are any left."""
    spent = min(minutes, person.minutes_left)
    person.minutes_left -= spent
    counts[tally.MINUTES] += spent


@rule
def write(person: Rows, effort: float, counts: Column, p: Parameters) -> None:
    """Take the minutes that a post or a reply takes."""
    spend(person, p.minutes_per_post * effort, counts)


@rule
def passes_over(u: float, same_facet: bool, p: Parameters) -> bool:
    """Tell whether a visitor passes over a thread that they come upon, unless a contact wrote it. `u`: their draw."""
    return not same_facet and u < p.passes_over


@rule
def ad_weight(ad_sensitivity: float, tenure: float, annoyance: float, p: Parameters) -> float:
    """Return how much one ad weighs on this member. Newcomers feel it more."""
    return ad_sensitivity * (1.0 + (p.newcomer if tenure < NEWCOMER_DAYS else 0.0)) * annoyance


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


@kernel
def expose(
    people: Rows, memberships: Rows, now: Rows, visitors: Column, counts: Column, log: Rows, venue: int, day: int,
    key: np.uint64, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Show each visitor ads."""
    today = stream(key, day)
    place = now[0]
    for i in visitors:
        person, membership = people[i], memberships[i]
        refresh(membership, day, memory)
        load = ads_met(place.ad_load, membership.ads_own, membership.subscriber)
        weight = ad_weight(person.ad_sensitivity, float(day - membership.joined), place.annoyance, p)
        membership.ads += load * weight
        spend(person, load * p.minutes_per_ad, counts)
        counts[tally.ADS] += load
        counts[tally.AD_REVENUE] += load * place.ad_price * noticed(membership.ads, p)
        if happens(uniform(today, i, venue * 8), hazard_of_upgrade(load, weight, place.ad_free_price, p)):
            membership.subscriber = True
            counts[tally.UPGRADES] += 1
            events.note(log, day, events.UPGRADE, i, NOBODY, venue, -1, events.BY_ADS)


def step(world: CompiledWorld) -> None:
    """Show visitors the ads that they meet before all else."""
    for venue in world.venues:
        expose(
            world.people, venue.memberships, venue.table, venue.visitors, venue.tally, world.log, venue.index,
            world.day, world.keys["exposure"], world.parameters["exposure"], world.parameters["memory"],
        )  # fmt: skip
