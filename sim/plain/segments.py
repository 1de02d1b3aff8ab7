"""Segments: one kind of members is treated differently from the others."""

from sim.plain.state import Person, State, Venue, rules
from sim.world.levers import SEGMENTS
from sim.world.mechanisms.memory import MONTH
from sim.world.mechanisms.segments import NOBODY_APART, WEEK


def segments_are_treated(world: State) -> None:
    """Treat a segment of each venue that has one in its own way."""
    for venue in world.venues:
        if venue.levers.segment != SEGMENTS[NOBODY_APART]:
            for person in world.every(WEEK):
                if venue.membership_of(person).inside:
                    treat(world, venue, person)


def treat(world: State, venue: Venue, person: Person) -> None:
    """Treat a member by the segment that they are in today."""
    m, now, levers, p = venue.membership_of(person), venue.now, venue.levers, world.parameters["segments"]
    posts = rules.memory.faded(m.lately, float(world.day - m.stamp), MONTH)
    segment, tenure = SEGMENTS.index(levers.segment), float(world.day - m.joined)
    is_in = rules.segments.belongs(segment, person.expertise, tenure, posts, p)
    m.ads_own, m.mail_own = (levers.segment_ads, levers.segment_mail) if is_in else (1.0, 1.0)
    letters = venue.host.levers.letters if now.host_on else 0.0
    chance = world.draws("segments", person, venue)(0)
    if is_in and chance < letters * WEEK / 30.0:
        rules.segments.write_letter(m, now, venue.tally, world.day, p, world.parameters["visit"])
