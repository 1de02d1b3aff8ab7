"""Segments: one kind of members is treated differently from the others.

Claim
    Members differ in what they give and get, so a host that treats them differently can give each of them more for the
    same effort. But a letter to those who only read may draw them out, or remind them that they could leave.
Rule
    `venue.segment` names who is meant: newcomers (joined within 30 days), readers (hardly a post in the last month),
    writers (the others), experts (the upper fifth by expertise). Once a week, for each member: ads x `segment_ads` and
    messages to all x `segment_mail` if they belong to it, x 1 if not. With p = letters x 7 / 30 the host writes to one
    of them in person, while its hours last: the letter waits like a reply by the host, counts as a greeting (`asking`:
    it lowers the hurdle to speak), and tires like a message to all, also where those are held back.
Source
    Segments help a host to grow, and should shape what it gives and asks: essay 003. Personal invitations draw out a
    few of those who only read: Harper et al. 2007 (abstract; an experiment). The definitions are ours.
Deviations
    There is one segment at a time. Members do not notice that others are treated differently, so nobody minds. A
    segment sets ads and messages of all members anew each week, over what an experimenter set for some (`treatment`).
"""

from typing import NamedTuple

import numpy as np

from sim.world.compiled import kernel, rule
from sim.world.draws import stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.levers import SEGMENTS
from sim.world.mechanisms.hosting import takes
from sim.world.mechanisms.memory import MONTH, faded, is_inside
from sim.world.mechanisms.visit import Parameters as Visit
from sim.world.mechanisms.visit import be_written_to
from sim.world.parameters import param
from sim.world.state import Column, Rows

WEEK = 7
NOBODY_APART, NEWCOMERS, READERS, WRITERS, EXPERTS = range(len(SEGMENTS))


class Parameters(NamedTuple):
    """Where a segment begins: definitions."""

    newcomer: float = param(30, "days", 1, 365, "setting", "a definition: who joined within a month is new")
    wrote: float = param(0.25, "faded posts", 0, 5, "setting", "a definition: with fewer in a month, a reader")
    expert: float = param(0.8, "share", 0, 1, "setting", "a definition: the upper fifth of people by expertise")
    hours_per_letter: float = param(0.1, "hours per letter", 0, 8, "assumed", "six minutes, as for a greeting")


@rule
def belongs(segment: int, expertise: float, tenure: float, posts: float, p: Parameters) -> bool:
    """Tell whether a member is in a segment, by their tenure in days and their posts of the last month."""
    if segment == NEWCOMERS:
        return tenure < p.newcomer
    if segment == EXPERTS:
        return expertise >= p.expert
    return (posts < p.wrote) == (segment == READERS)


@rule
def write_letter(membership: Rows, place: Rows, counts: Column, day: int, p: Parameters, visit: Visit) -> None:
    """Let the host write to a member in person, if the hours that are left today allow."""
    if not takes(place, counts, p.hours_per_letter):
        return
    membership.waiting_host += 1
    membership.drawn += 1.0
    be_written_to(membership, day, 1.0, visit)


@kernel
def treat(
    people: Rows, memberships: Rows, now: Rows, counts: Column, venue: int, day: int, segment: int, ads: float,
    mail: float, letters: float, key: np.uint64, p: Parameters, visit: Visit,
) -> None:  # fmt: skip
    """Treat one in seven members by the segment that they are in today."""
    today, place = stream(key, day), now[0]
    for i in range((-day) % WEEK, len(memberships), WEEK):
        membership = memberships[i]
        if not is_inside(membership):
            continue
        posts = faded(membership.lately, float(day - membership.stamp), MONTH)
        is_in = belongs(segment, people[i].expertise, float(day - membership.joined), posts, p)
        membership.ads_own, membership.mail_own = (ads, mail) if is_in else (1.0, 1.0)
        if is_in and uniform(today, i, venue * 8) < letters * WEEK / 30.0:
            write_letter(membership, place, counts, day, p, visit)


def step(world: CompiledWorld) -> None:
    """Treat a segment of each venue that has one in its own way."""
    for venue in world.venues:
        levers = venue.levers
        if levers.segment != SEGMENTS[NOBODY_APART]:
            letters = venue.host.levers.letters if venue.now.host_on else 0.0
            treat(
                world.people, venue.memberships, venue.table, venue.tally, venue.index, world.day,
                SEGMENTS.index(levers.segment), levers.segment_ads, levers.segment_mail, letters,
                world.keys["segments"], world.parameters["segments"], world.parameters["visit"],
            )  # fmt: skip
