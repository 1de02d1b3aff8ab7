"""Spending: what customers buy, and what the community has to do with it.

Claim
    Customers differ in how much they care for the product. Those who care more both buy more and join more readily
    (`join.passion`: selection), so members outspend others even where the community has no effect. Whether it has one
    is another question, answered by two numbers here: those who belong may buy more (`lift`), and those who visited
    this week are reminded (`reminder`). Either may be 0 or negative; neither was tuned.
Rule
    Once a week: margin x days x passion x (1 + lift B + reminder [visited this week]), not below 0, where B is the
    strongest belonging today. Members who pay for an ad-free venue are billed weekly.
Source
    Two studies disagree. Of what members of a retailer's community spent after joining, 19 % was due to joining, more
    for posters and the well connected, with no sign that information is the cause, so there is no number for it:
    Manchanda, Packard & Pattabhiramaiah 2015 (abstracts; difference in differences). Invited at random, customers of
    eBay who took part spent less and brought no more revenue: Algesheimer, Borle, Dholakia & Singh 2010 (abstract;
    field experiment). Both numbers stand between the two, and their ranges span both. That belonging carries the effect
    is assumed. That a visit moves purchases is suggested by messages that pay (Zhang, Kumar & Cosguner 2017, abstract).
Deviations
    Passion moves joining and buying alone; in a survey it also goes with talk (Albert et al. 2013, abstract). A week's
    purchases are not random, and nobody buys now instead of later. Weeks are paid in arrears, so those who leave the
    product leave some days unpaid. The product's fit decides who stays, not what they spend.
"""

from typing import NamedTuple

from sim.world import tally
from sim.world.compiled import kernel, rule
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import faded, is_inside
from sim.world.parameters import param
from sim.world.state import CUSTOMER, MEMBER, Column, Rows

WEEK = 7
DAYS_PER_MONTH, QUARTER = 30.0, 91


class Parameters(NamedTuple):
    """What moves purchases, as shares of what a customer would buy anyway."""

    lift: float = param(0.5, "share per belonging", -2, 2, "assumed", "eBay: less; Manchanda et al.: a fifth of it all")
    reminder: float = param(0.2, "share", -1, 1, "assumed", "having visited this week; messages pay (A7)")


@rule
def purchase(margin: float, days: float, passion: float, belonging: float, visited: bool, p: Parameters) -> float:
    """Return what a customer spends in `days` days."""
    moved = 1.0 + p.lift * belonging + (p.reminder if visited else 0.0)
    return margin * days * passion * max(0.0, moved)


@rule
def days_to_pay(day: int, adopted: int) -> float:
    """Return the days since last week's bill, or since the person became a customer."""
    return float(min(WEEK, day + 1 - adopted))


@kernel
def buy(
    people: Rows, memberships: Rows, margin: float, counts: Column, day: int, p: Parameters, memory: Memory
) -> None:
    """Let one in seven customers pay for the past week."""
    for i in range((-day) % WEEK, len(people), WEEK):
        person = people[i]
        if person.customer != CUSTOMER:
            continue
        belonging, visited = 0.0, False
        for venue in range(len(memberships)):
            membership = memberships[venue, i]
            if membership.status == MEMBER:
                belonging = max(belonging, faded(membership.belonging, float(day - membership.stamp), memory.belonging))
                visited = visited or membership.hour >= day + 1 - WEEK
        days = days_to_pay(day, person.adopted)
        money = purchase(margin, days, person.passion, belonging, visited, p)
        person.spent += money
        counts[tally.MARGIN] += money


@kernel
def bill(memberships: Rows, price: float, counts: Column, day: int) -> None:
    """Let one in seven members of those who pay for an ad-free venue pay for the past week."""
    for i in range((-day) % WEEK, len(memberships), WEEK):
        if is_inside(memberships[i]) and memberships[i].subscriber:
            counts[tally.SUBSCRIPTIONS] += price * WEEK / DAYS_PER_MONTH


def step(world: CompiledWorld) -> None:
    """Let customers pay."""
    if world.product.on_market:
        buy(
            world.people, world.memberships, world.settings.product.margin, world.venues[0].tally, world.day,
            world.parameters["spending"], world.parameters["memory"],
        )  # fmt: skip
    for venue in world.venues:
        if venue.now.ad_free_price > 0.0:
            bill(venue.memberships, venue.now.ad_free_price, venue.tally, world.day)
