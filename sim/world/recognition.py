"""Recognition: earning, display and points are three different things.

Claim
    What moves people is that somebody acknowledges them (earning). Showing it to others (display) makes it reach
    further, and may also sour those who are passed over. Counting (points) is a third thing, and may or may not
    matter.
Rule
    Earning: a thank, a like or an award adds worth / (1 + saturation K) to the stock R, with K earlier awards; R fades.
    Drive: what a member gives is multiplied by
    exp[pull n / (n + experience) R (1 + audience display validation') + (example V - envy (1 - r)) display],
    with n answers so far, V how common awards are here, r = R / (1 + R), validation' relative to its mean.
    Thanks come from authors who find a reply, likes from readers, awards from the host to who helped most lately.
Source
    Award to top contributors +60 %: Restivo & van de Rijt 2012; to newcomers +20 % retention: Gallus 2017; success
    breeds success with diminishing returns: van de Rijt et al. 2014 (abstracts, all experiments). The form with n /
    (n + 30) is a prototype's. That display spreads recognition, and that it sours, are both assumed, and both may be
    set to 0.
Deviations
    Likes do not feed the drive beyond their small worth: in prototypes they made the core run away.
"""

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import stream, uniform
from sim.world.memory import Parameters as Memory
from sim.world.memory import faded, refresh
from sim.world.parameters import param
from sim.world.state import HOST, MEMBER, NOBODY, Column, Rows

if TYPE_CHECKING:
    from sim.world.world import World

MEAN_VALIDATION = 0.1  # share of the motive in a mixed population; makes the rules below relative to it


class Parameters(NamedTuple):
    """What acknowledgement does."""

    pull: float = param(
        0.6, "log rate per award", 0, 3, "calibrated", "sign: an experiment (Restivo & van de Rijt 2012); size by hand"
    )
    experience: float = param(30, "answers", 1, 500, "calibrated", "prototypes: recognition moves who has given much")
    saturation: float = param(0.7, "share", 0, 10, "calibrated", "prototypes; diminishing returns: van de Rijt 2014")
    most: float = param(3.0, "awards' worth", 0.1, 20, "assumed", "beyond this, more does not move more")
    audience: float = param(0.3, "share", 0, 5, "assumed", "display makes one acknowledgement reach many")
    example: float = param(0.3, "log rate", -2, 2, "assumed", "seeing that helping is honoured; may be 0 or less")
    envy: float = param(0.05, "log rate", 0, 2, "assumed", "those passed over, where honours are on display")
    p_thank: float = param(0.35, "probability", 0, 1, "assumed", "an author who finds a reply says thanks")
    p_like: float = param(0.02, "per thread met", 0, 1, "assumed", "a reader likes a reply")
    thank: float = param(0.10, "awards' worth", 0, 2, "assumed", "a thank is a tenth of an award")
    like: float = param(0.02, "awards' worth", 0, 2, "assumed", "a like is a fifth of a thank")
    private: float = param(0.7, "awards' worth", 0, 2, "assumed", "an award that nobody else hears of")
    belonging: float = param(0.3, "share per award's worth", 0, 2, "calibrated", "Gallus 2017: newcomers stay")


@rule
def drive(
    recognition: float, answers: int, validation: float, display: float, award_rate: float, p: Parameters
) -> float:
    """Return the factor by which recognition, own and others', moves what a member gives."""
    experience = answers / (answers + p.experience)
    wish = validation / MEAN_VALIDATION
    felt = min(recognition, p.most) * (1.0 + p.audience * display * wish)
    passed_over = 1.0 - recognition / (1.0 + recognition)
    seen = (p.example * award_rate - p.envy * experience * passed_over) * display
    return math.exp(p.pull * experience * felt + seen)


@rule
def p_likes(seen: int, earning: float, p: Parameters) -> float:
    """Return the probability that a reader likes a reply on this visit."""
    return 1.0 - math.exp(-p.p_like * earning * seen)


@rule
def worth(kind: float, awards_before: int, p: Parameters) -> float:
    """Return what an acknowledgement adds: less, the more awards there were before (thanks do not wear out)."""
    return kind / (1.0 + p.saturation * awards_before)


@rule
def acknowledge(membership: Rows, kind: float, day: int, p: Parameters, memory: Memory) -> None:
    """Let a member take an acknowledgement in: her stock of recognition, and her belonging."""
    refresh(membership, day, memory)
    added = worth(kind, membership.awards, p)
    membership.recognition += added
    membership.belonging += p.belonging * added * (1.0 - membership.belonging)


@kernel
def thank(
    memberships: Rows, threads: Rows, answers: Rows, now: Rows, visitors: Column, counts: Column, log: Rows, venue: int,
    day: int, key: np.uint64, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Let authors thank whoever replied first, and readers like what they read."""
    today = stream(key, day)
    place = now[0]
    for i in visitors:
        membership = memberships[i]
        slot = venue * 8
        at = membership.open_thread
        if at >= 0 and membership.collected and threads[at].answered >= 0.0:
            membership.open_thread = NOBODY
            helper = threads[at].answerer
            if helper >= 0 and uniform(today, i, slot) < p.p_thank * place.earning:
                memberships[helper].thanks += 1
                acknowledge(memberships[helper], p.thank, day, p, memory)
                counts[tally.THANKS] += 1
                events.note(log, day, events.THANK, i, helper, venue, at, events.REPLY)
        chance = p_likes(membership.seen, place.earning, p)
        if place.answers > 0 and uniform(today, i, slot + 1) < chance:
            back = int(uniform(today, i, slot + 2) * min(place.answers, 20))
            liked = answers[place.answers - 1 - back]
            if liked.person >= 0 and liked.person != i:
                acknowledge(memberships[liked.person], p.like, day, p, memory)
                counts[tally.THANKS] += 1
                events.note(log, day, events.LIKE, i, liked.person, venue, liked.thread, events.HABIT)


@kernel
def award(
    memberships: Rows, answers: Rows, now: Rows, counts: Column, log: Rows, venue: int, day: int,
    p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Let the host honour who helped most in the last four weeks, those who were honoured before counting less."""
    place = now[0]
    best, most = NOBODY, 0.0
    at = place.answers
    while at > 0 and answers[at - 1].time > day - 28.0:
        at -= 1
        i = answers[at].person
        if i < 0 or memberships[i].status != MEMBER:
            continue
        lately = faded(memberships[i].helping, float(day - memberships[i].stamp), memory.role)
        merit = lately / (1.0 + memberships[i].awards)
        if merit > most or (merit == most and i < best):
            best, most = i, merit
    if best == NOBODY:
        return
    acknowledge(memberships[best], 1.0, day, p, memory)
    memberships[best].awards += 1
    counts[tally.AWARDS] += 1
    events.note(log, day, events.AWARD, HOST, best, venue, -1, events.BY_HOST)


@kernel
def recognise(
    memberships: Rows, threads: Rows, answers: Rows, now: Rows, visitors: Column, counts: Column, log: Rows, venue: int,
    day: int, key: np.uint64, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Let people thank, and the host award."""
    thank(memberships, threads, answers, now, visitors, counts, log, venue, day, key, p, memory)
    for _ in range(int(now[0].awards_due)):
        award(memberships, answers, now, counts, log, venue, day, p, memory)


def step(world: "World") -> None:
    """Let people and hosts acknowledge each other."""
    p, memory = world.parameters["recognition"], world.parameters["memory"]
    for venue in world.venues:
        recognise(
            venue.memberships, venue.threads, venue.answers, venue.table, venue.visitors, venue.tally, world.log,
            venue.index, world.day, world.keys["recognition"], p, memory,
        )  # fmt: skip
