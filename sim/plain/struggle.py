"""Struggle: the troubled tell of it, meet company, silence or hostility, and leave or stay when they are well."""

from sim.plain.bonding import strengthen_both
from sim.plain.leaving import leave
from sim.plain.state import Person, State, Venue, happens, rules
from sim.world import events, tally
from sim.world.mechanisms import struggle
from sim.world.mechanisms.struggle import ATTACKED, BEGUN, MOVED_ON, OPENED, SILENCED, TROUBLED, WEEK
from sim.world.mechanisms.worth import COMPANY_OF_MEMBERS
from sim.world.state import MEMBER


def people_struggle(world: State) -> None:
    """Let the troubled tell, meet company or hostility, and become well."""
    if not struggle.is_on(world):
        return
    p = world.parameters["struggle"]
    for person in world.people if world.day == 0 else ():
        begin(world, person)
    for person in world.every(WEEK):
        if person.troubled:
            rules.struggle.progress(person, WEEK * rules.struggle.by_oneself(used_fit(world, person), p))
    for venue in world.venues:
        struggle.be_careful(venue, p)
        present = [person for person in venue.visitors if venue.membership_of(person).status == MEMBER]
        for person in present:
            meet_others(world, venue, person)
        grow_closer(world, venue)
        for person in present:
            graduate(world, venue, person)


def begin(world: State, person: Person) -> None:
    """Draw whether somebody is troubled, and how far they are on their way."""
    draw = world.draws("struggle", person, lasting=True)
    if draw(TROUBLED) < world.settings.population.troubled:
        person.troubled, person.progress = True, world.parameters["struggle"].head_start * draw(BEGUN)


def used_fit(world: State, person: Person) -> float:
    """Return the product's fit for a person, 0 for those who do not use it."""
    return float(rules.struggle.used_fit(person, world.product.fit))


def meet_others(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor learn how they were met, or tell; and let them meet hostility and company."""
    m, now, p = venue.membership_of(person), venue.now, world.parameters["struggle"]
    draw, hostile = world.draws("struggle", person, venue), rules.struggle.hostility_met(now.hostility, now.safety)
    if m.opened_up > 0.0:
        rules.struggle.hear_back(m, m, person, p)
    elif person.troubled and rules.struggle.discloses(m, m, now, world.day, hostile, draw(OPENED), p):
        world.happened(venue, tally.DISCLOSURES, events.DISCLOSE, events.HABIT, person.index)
    if draw(ATTACKED) < hostile:
        venue.count(tally.HOSTILE)
        if rules.struggle.be_attacked(m, m, person, draw(SILENCED), p, world.parameters["norms"]):
            world.happened(venue, tally.SILENCED, events.SILENCE, events.TURNED_AWAY, person.index)
    if person.troubled:
        company = m.plate[COMPANY_OF_MEMBERS]
        rules.struggle.progress(person, rules.struggle.with_others(company, used_fit(world, person), p))


def grow_closer(world: State, venue: Venue) -> None:
    """Let those who replied today to somebody who had told of their trouble come closer to them."""
    for answer in reversed(venue.answers):
        if answer.time < world.day:
            return
        if answer.to >= 0 and answer.person >= 0 and world.membership(venue.index, answer.to).opened_up > 0.0:
            one, other = world.people[answer.to], world.people[answer.person]
            strengthen_both(world, venue, one, other, world.parameters["struggle"].closer)


def graduate(world: State, venue: Venue, person: Person) -> None:
    """Let somebody who has become well know it, and perhaps leave on a later visit."""
    m, p = venue.membership_of(person), world.parameters["struggle"]
    if person.progress < 1.0:
        return
    if person.troubled:
        person.troubled, person.well = False, True
        world.happened(venue, tally.GRADUATED, events.GRADUATE, events.WELL, person.index)
        return
    hazard = rules.struggle.hazard_of_moving_on(m, p, world.parameters["leaving"])
    if happens(world.draws("struggle", person, venue)(MOVED_ON), hazard):
        leave(world, venue, person, events.WELL)
