"""Exposure: what a visitor meets, and what ads take from it.

Claim
    An ad costs twice: it annoys, and it takes attention that would have gone to other people. The first is felt at once
    and in a slow stock; the second shows as threads not met, answers not given, ties not made.
Rule
    minutes for reading = attention left - ad load x minutes per ad; threads met = minutes / minutes per thread, capped.
    The slow stock of ads grows by load x sensitivity x (more for newcomers), and fades in `memory`.
Source
    Total load matters, linearly, not its packaging: Huang, Reiley & Riabov 2018; Goli et al. 2025 (summaries).
    Newcomers feel it more: Yan, Miller & Skiera 2022 (abstract, adopters chose themselves). Displacement: essay 001,
    assumed.
Deviations
    Browsing shows people what else there is to ask (induced demand); its rate is assumed. Writing takes no attention,
    and threads opened earlier on the same day cost none; so at the defaults displacement is small.
"""

from typing import TYPE_CHECKING, NamedTuple

from sim.world import tally
from sim.world.compiled import kernel, rule
from sim.world.memory import Parameters as Memory
from sim.world.memory import refresh
from sim.world.parameters import param
from sim.world.state import Column, Rows

if TYPE_CHECKING:
    from sim.world.world import World

MOST_THREADS = 30  # nobody reads more in a day


class Parameters(NamedTuple):
    """What attention buys."""

    minutes_per_thread: float = param(1.5, "minutes", 0.1, 30, "assumed", "to skim a thread and its replies")
    minutes_per_ad: float = param(0.2, "minutes", 0, 10, "assumed", "a banner glanced at, a spot half watched")
    newcomer_days: float = param(30, "days", 1, 365, "assumed", "until ads are taken as part of the place")
    newcomer: float = param(0.5, "share", 0, 5, "assumed", "sign: Yan et al. 2022; the size is not known")


@rule
def threads_met(minutes: float, ad_load: float, p: Parameters) -> int:
    """Return how many threads the attention is enough for, once the ads have had their part."""
    reading = max(0.0, minutes - ad_load * p.minutes_per_ad)
    return min(MOST_THREADS, int(reading / p.minutes_per_thread))


@rule
def ad_weight(ad_sensitivity: float, tenure: float, p: Parameters) -> float:
    """Return how much one ad weighs on this member: newcomers feel it more."""
    return ad_sensitivity * (1.0 + (p.newcomer if tenure < p.newcomer_days else 0.0))


@rule
def count_new(threads: Rows, last: int, since: float, until: float, most: int) -> int:
    """Return how many threads, of the newest, were opened between two moments; at most `most`."""
    seen = 0
    while last > 0 and seen < most and threads[last - 1].time > since:
        last -= 1
        if threads[last].time < until:
            seen += 1
    return seen


@kernel
def expose(
    people: Rows, memberships: Rows, threads: Rows, now: Rows, visitors: Column, counts: Column,
    day: int, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Show each visitor ads and threads."""
    place = now[0]
    for i in visitors:
        person, membership = people[i], memberships[i]
        refresh(membership, day, memory)
        load = place.ad_load * membership.ads_own
        membership.met = threads_met(person.minutes_left, load, p)
        membership.seen = count_new(threads, place.threads, membership.last_visit, membership.hour, membership.met)
        membership.ads += load * ad_weight(person.ad_sensitivity, float(day - membership.joined), p)
        spent = membership.seen * p.minutes_per_thread + load * p.minutes_per_ad
        spent = min(spent, person.minutes_left)
        person.minutes_left -= spent
        counts[tally.MINUTES] += spent
        counts[tally.ADS] += load
        counts[tally.AD_REVENUE] += load * place.ad_price


def step(world: "World") -> None:
    """Let visitors look around."""
    for venue in world.venues:
        expose(
            world.people, venue.memberships, venue.threads, venue.table, venue.visitors, venue.tally, world.day,
            world.parameters["exposure"], world.parameters["memory"],
        )  # fmt: skip
