"""Dealings: places take money, data and minutes of their members, who judge whether that is fair."""

from sim.plain.state import State, Venue, rules
from sim.world.mechanisms import dealings


def places_take(world: State) -> None:
    """Let places take what they take, before anything else happens on a visit."""
    for venue in world.venues:
        dealings.demand_growth(venue, world.day, world.parameters["dealings"])
        agenda = dealings.asks(venue)
        if dealings.takes(venue, agenda):
            if venue.now.price > 0.0:
                charge(world, venue)
            take(world, venue, agenda)


def charge(world: State, venue: Venue) -> None:
    """Let members whose month ends pay for the next one, or be barred from the place."""
    for person in world.people:
        m, u = venue.membership_of(person), world.draws("dealings", person, venue, lasting=True)(dealings.WOULD_PAY)
        rules.dealings.bill(
            person, m, m, venue.tally, u, world.day, world.settings.outside.substitute, venue.now.price,
            world.parameters["dealings"],
        )  # fmt: skip


def take(world: State, venue: Venue, agenda: float) -> None:
    """Take from each visitor what the place takes."""
    levers, p, memory = venue.host.levers, world.parameters["dealings"], world.parameters["memory"]
    for person in venue.visitors:
        m, u = venue.membership_of(person), world.draws("dealings", person, venue)(dealings.FOUND_OUT)
        rules.dealings.deal(
            person, m, m, venue.now, venue.tally, agenda, levers.disclosed, levers.necessity, u, world.day, p, memory
        )
