"""Places: landlords change rules, places shut, and people who move find some of their ties again."""

from math import ceil

from sim.plain.bonding import strengthen_both
from sim.plain.leaving import leave
from sim.plain.state import Person, State, Venue, rules, uniform
from sim.world import draws, events, tally
from sim.world.mechanisms import places
from sim.world.mechanisms.bonding import PAIRS
from sim.world.state import MEMBER, NOBODY


def places_change(world: State) -> None:
    """Let landlords and companies act on places, and let people find each other again."""
    p = world.parameters["places"]
    for venue in world.venues:
        places.set_rules_of_landlord(venue, world.day)
        if world.day == ceil(venue.now.closes):
            close(world, venue)
        if len(world.venues) == 1:
            return
        places.spend_on_others(world, venue, p)
        gain = places.take_stance(world, venue, p)
        if gain != 0.0:
            for person in venue.visitors:  # of yesterday
                person.trust = rules.bonding.moved(person.trust, gain)
        others = [other for other in world.venues if other is not venue]
        for other in others if places.somebody_joined(venue) else ():
            reunite(world, venue, other)


def close(world: State, venue: Venue) -> None:
    """Shut a venue for good, and call some of its members to another one."""
    to = places.destination(world, venue)
    for person in world.people:
        if not venue.membership_of(person).inside:
            continue
        leave(world, venue, person, events.SHUT)
        there = person.memberships[to]
        called = to >= 0 and world.draws("places", person, venue)(0) < venue.levers.call
        if called and rules.join.is_outside(there):
            there.invited, there.referrer = world.day, NOBODY
            venue.count(tally.CALLED)
    venue.host.silent, venue.now.shut = True, 1.0


def reunite(world: State, venue: Venue, other: Venue) -> None:
    """Let today's newcomers find again those with whom they have a tie from elsewhere, and tell those outside."""
    life = world.parameters["bonding"].life
    for person in world.people:
        m = venue.membership_of(person)
        if m.joined != world.day or m.status != MEMBER:
            continue
        for bond in list(other.membership_of(person).bonds):
            friend = world.people[bond.partner]
            if not is_portable(world, person, friend, other):
                continue
            theirs = venue.membership_of(friend)
            if theirs.inside:
                knows = any(known.partner == person.index for known in other.membership_of(friend).bonds)
                if theirs.joined == world.day and friend.index < person.index and knows:
                    continue  # the tie was found from the other side
                strength = rules.memory.faded(bond.strength, float(world.day - bond.stamp), life)
                strengthen_both(world, venue, person, friend, strength)
                venue.count(tally.REUNITED)
            else:
                theirs.news += 1.0


def is_portable(world: State, one: Person, other: Person, venue: Venue) -> bool:
    """Tell whether two people could find each other without the place in which they met."""
    always = draws.stream(world.keys["places"], -1)
    first, second = sorted((one.index, other.index))
    return bool(uniform(always, first, PAIRS + second) < venue.levers.portable)
