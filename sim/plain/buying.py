"""Buying: customers spend, more if they belong; and some pay a venue for meeting no ads."""

from sim.plain.state import Person, State, Venue, rules
from sim.world import tally
from sim.world.mechanisms.spending import DAYS_PER_MONTH, WEEK
from sim.world.state import CUSTOMER, MEMBER


def customers_buy(world: State) -> None:
    """Let a seventh of the people pay for their week."""
    paying = world.every(WEEK)
    for person in paying:
        if person.customer == CUSTOMER and world.product.on_market:
            pay(world, person)
    for venue in world.venues:
        if venue.now.ad_free_price > 0.0:
            for person in paying:
                pay_for_no_ads(venue, person)


def pay(world: State, person: Person) -> None:
    """Let a customer buy what a week brings."""
    visited = any(m.status == MEMBER and m.hour >= world.day + 1 - WEEK for m in person.memberships)
    belonging = person.most_belonging(world.day, world.parameters["memory"].belonging)
    money = rules.spending.purchase(
        world.settings.product.margin, rules.spending.days_to_pay(world.day, person.adopted), person.passion,
        belonging, visited, world.parameters["spending"],
    )  # fmt: skip
    person.spent += money
    world.venues[0].count(tally.MARGIN, money)


def pay_for_no_ads(venue: Venue, person: Person) -> None:
    """Let a subscriber pay for a week of meeting no ads."""
    m = venue.membership_of(person)
    if m.inside and m.subscriber:
        venue.count(tally.SUBSCRIPTIONS, venue.now.ad_free_price * WEEK / DAYS_PER_MONTH)
