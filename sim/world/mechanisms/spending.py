"""Spending: what customers buy, and what the community has to do with it.

Claim
    Customers differ in how much they care for what is sold, and who cares more both buys more and joins more readily.
    So members outspend others even where the community does nothing. Whether it does something besides (who belongs
    buys more, who was there this week is reminded, who read something learns what else there is to buy) is another
    question, and each of these may be 0, or below.
Rule
    Once a week: margin x days x passion x (1 + lift B + reminder [visited this week] + informed [and read something
    new]), not below 0; B is her strongest belonging today. Members who pay for meeting no ads are billed by the week.
Source
    Members spend more after joining than customers like them, posters more than readers, with no sign of information
    as the cause: Manchanda, Packard & Pattabhiramaiah 2015 (abstract; difference in differences). That belonging is
    the way is assumed; that a visit is one too, is what pays for messages (Zhang, Kumar & Cosguner 2017, abstract).
Deviations
    A week's purchases have no chance of their own, and nobody buys now instead of later. Weeks are paid afterwards, so
    who leaves the product owes some days. The product's fit moves who stays, not what she spends.
"""

from typing import NamedTuple

from sim.world import tally
from sim.world.compiled import kernel, rule
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import faded
from sim.world.parameters import param
from sim.world.state import CUSTOMER, DORMANT, MEMBER, Column, Rows

WEEK = 7
DAYS_PER_MONTH = 30.0


class Parameters(NamedTuple):
    """What moves purchases, as shares of what she would buy anyway."""

    lift: float = param(4.0, "share per belonging", -1, 20, "calibrated", "who belongs buys more; V1; may be 0 or less")
    reminder: float = param(0.4, "share", -1, 5, "calibrated", "to have been there this week; A7; may be 0 or less")
    informed: float = param(0.0, "share", -1, 5, "association", "to have read something new: a null, Manchanda et al.")


@rule
def purchase(
    margin: float, days: float, passion: float, belonging: float, visited: bool, informed: bool, p: Parameters
) -> float:
    """Return what a customer spends in `days` days."""
    moved = 1.0 + p.lift * belonging + (p.reminder if visited else 0.0) + (p.informed if informed else 0.0)
    return margin * days * passion * max(0.0, moved)


@rule
def days_to_pay(day: int, adopted: int) -> float:
    """Return the days since last week's bill, or since she became a customer."""
    return float(min(WEEK, day + 1 - adopted))


@kernel
def buy(
    people: Rows, memberships: Rows, margin: float, counts: Column, day: int, p: Parameters, memory: Memory
) -> None:
    """Let a seventh of the customers pay for their week."""
    for i in range((-day) % WEEK, len(people), WEEK):
        person = people[i]
        if person.customer != CUSTOMER:
            continue
        belonging, visited, informed = 0.0, False, False
        for venue in range(len(memberships)):
            membership = memberships[venue, i]
            if membership.status == MEMBER:
                belonging = max(belonging, faded(membership.belonging, float(day - membership.stamp), memory.belonging))
                if membership.hour >= day + 1 - WEEK:
                    visited, informed = True, informed or membership.seen > 0
        days = days_to_pay(day, person.adopted)
        money = purchase(margin, days, person.passion, belonging, visited, informed, p)
        person.spent += money
        counts[tally.MARGIN] += money


@kernel
def bill(memberships: Rows, price: float, counts: Column, day: int) -> None:
    """Let a seventh of those who meet no ads pay for it."""
    for i in range((-day) % WEEK, len(memberships), WEEK):
        inside = memberships[i].status == MEMBER or memberships[i].status == DORMANT
        if inside and memberships[i].subscriber:
            counts[tally.SUBSCRIPTIONS] += price * WEEK / DAYS_PER_MONTH


def step(world: CompiledWorld) -> None:
    """Let customers pay."""
    buy(
        world.people, world.memberships, world.settings.product.margin, world.venues[0].tally, world.day,
        world.parameters["spending"], world.parameters["memory"],
    )  # fmt: skip
    for venue in world.venues:
        if venue.now.ad_free_price > 0.0:
            bill(venue.memberships, venue.now.ad_free_price, venue.tally, world.day)
