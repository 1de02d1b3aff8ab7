"""Taking stock: after a visit people know what it gave, who supplied it, and what it cost.

During the day others put things on a visitor's plate. What the place as a whole gives is added here. The sum moves the
visitor's interest, and stays in their experience, which decides on leaving.
"""

from sim.plain.state import Person, State, Venue, rules


def visitors_take_stock(world: State) -> None:
    """Let today's visitors weigh their visit."""
    for venue, person in world.visits():
        take_stock(world, venue, person)


def take_stock(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor weigh what the visit gave against what it cost, and remember both."""
    m, p, scale = venue.membership_of(person), world.parameters["worth"], world.parameters["visit"].fatigue_scale
    be_given_the_rest(world, venue, person)
    load, weight = world.ads_for(venue, person)
    costs = rules.worth.costs_of(m, venue.now, load, weight, person.trust, scale, p)
    rules.worth.weigh(m.plate, person, m, costs, p)
    m.last_visit = m.hour


def be_given_the_rest(world: State, venue: Venue, person: Person) -> None:
    """Put on a visitor's plate what the place as a whole gives: archive, contacts, thanks, cause, makers and offers."""
    m, now, p = venue.membership_of(person), venue.now, world.parameters["worth"]
    filled = rules.worth.filled_archive(venue.archive[person.facet], world.parameters["asking"].archive_scale)
    rules.worth.fill_plate(m.plate, m, now, filled, p)
