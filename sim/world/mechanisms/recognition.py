"""Recognition: earning, display and points are three different things.

Claim
    What moves people is that somebody acknowledges them (earning). Showing it to others (display) makes it reach
    further, and may also discourage those who are passed over. Counting (points) is a third thing, and may or may not
    matter.
Rule
    Earning: an award adds worth / (1 + saturation K) to the stock R, with K earlier awards. A thank or a like adds
    worth (1 - R / plenty), and nothing beyond plenty, because people get used to what comes every day. R fades.
    Recognition raises belonging, and more so for those who came for company.
    Drive: what a member gives is multiplied by
    exp[pull n / (n + experience) R (1 - vanity + vanity validation') (1 + audience display validation')
    + (example V - envy (1 - r)) display], with n answers so far, V how common awards are here, r = R / (1 + R), and
    validation' relative to its mean. It is also multiplied by the factors of `incentives`.
    Authors who find a reply thank its author. The host gives awards to those who helped most lately. A reader meets one
    of the newest replies, and likes it with p = 1 - exp(-p_like earning seen herd), herd = 1 + herding log2(1 + score),
    or 1 + correction log2(1 - score) below 0. Where the venue lets peers honour each other, the reader honours its
    author with p = 1 - exp(-p_honour peer_awards seen (1 + fame display log2(1 + honours))).
Source
    An award to top contributors: +60 %, and six times likelier to be awarded again: Restivo & van de Rijt 2012. To
    newcomers: +20 % retention: Gallus 2017. Success breeds success with diminishing returns: van de Rijt et al. 2014. A
    first like brings more likes, and a first dislike is corrected: Muchnik, Aral & Taylor 2013 (abstracts, all
    experiments). The form with n / (n + 30) comes from a prototype. Three things are assumed and may be set to 0: that
    display spreads recognition, that it discourages others, and that awards leave some people unmoved.
Deviations
    Thanks and likes never add up to an award: where they did, the core's activity ran away. Readers do not dislike, so
    only an experimenter can bring a score below 0. Nobody remembers whom they liked or honoured before.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.incentives import Parameters as Incentives
from sim.world.mechanisms.incentives import felt, points_for, pull_of_goal, pull_of_median, pull_of_pay, pull_of_points
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import faded, refresh
from sim.world.parameters import param
from sim.world.state import HOST, MEMBER, NOBODY, Column, Rows

# Mean shares of two motives in the default population, to which the rules below are relative.
MEAN_VALIDATION, MEAN_BELONGING = 0.1, 0.18
NEWEST, DAYS_READ, FRESH = 20, 3, 14  # a reader meets one of the last 20 replies or 3 days, none older than 14 days


class Parameters(NamedTuple):
    """What acknowledgement does."""

    pull: float = param(
        1, "log rate per award", 0, 3, "calibrated", "sign: an experiment (Restivo & van de Rijt 2012); size by hand"
    )
    experience: float = param(30, "answers", 1, 500, "calibrated", "recognition moves those who gave much (prototypes)")
    saturation: float = param(0.7, "share", 0, 10, "calibrated", "diminishing returns: van de Rijt 2014; prototypes")
    most: float = param(3.0, "awards' worth", 0.1, 20, "assumed", "recognition beyond this has no further effect")
    vanity: float = param(0.5, "share", 0, 1, "assumed", "part of an award's pull that needs a wish to be seen")
    company: float = param(0.5, "share", 0, 1, "assumed", "part of the belonging that needs a wish for company")
    audience: float = param(0.3, "share", 0, 5, "assumed", "display lets an acknowledgement reach many")
    example: float = param(0.3, "log rate", -2, 2, "assumed", "others see that helping is honoured; may be 0 or less")
    envy: float = param(0.05, "log rate", 0, 2, "assumed", "discourages those passed over, where honours are displayed")
    p_thank: float = param(0.35, "probability", 0, 1, "assumed", "an author who finds a reply says thanks")
    p_like: float = param(0.015, "per thread met", 0, 1, "assumed", "a reader likes a reply")
    herding: float = param(
        0.46, "share per doubling", -1, 3, "calibrated", "sign: an experiment (Muchnik et al. 2013); size: a prototype"
    )
    correction: float = param(
        0.3, "share per doubling", -1, 5, "calibrated", "others correct a dislike (Muchnik et al. 2013); size by hand"
    )
    p_honour: float = param(
        0.00001, "per thread met", 0, 0.1, "calibrated", "where peers can honour: some of the best are, each quarter"
    )
    fame: float = param(3.0, "share per doubling", -1, 10, "calibrated", "sign: Restivo & van de Rijt 2012 and 2014")
    thank: float = param(0.10, "awards' worth", 0, 2, "assumed", "a thank is worth a tenth of an award")
    like: float = param(0.02, "awards' worth", 0, 2, "assumed", "a like is worth a fifth of a thank")
    plenty: float = param(0.5, "awards' worth", 0.01, 20, "assumed", "limit to what daily thanks and likes add up to")
    private: float = param(0.7, "awards' worth", 0, 2, "assumed", "worth of an award that nobody else hears of")
    belonging: float = param(0.5, "share per award's worth", 0, 2, "calibrated", "awarded newcomers stay (Gallus 2017)")


@rule
def drive(
    recognition: float, answers: int, validation: float, display: float, award_rate: float, p: Parameters
) -> float:
    """Return the factor by which recognition, of oneself and of others, moves what a member gives."""
    experience = answers / (answers + p.experience)
    wish = validation / MEAN_VALIDATION
    felt = min(recognition, p.most) * (1.0 - p.vanity + p.vanity * wish) * (1.0 + p.audience * display * wish)
    passed_over = 1.0 - recognition / (1.0 + recognition)
    seen = (p.example * award_rate - p.envy * experience * passed_over) * display
    return math.exp(p.pull * experience * felt + seen)


@rule
def motivation(person: Rows, membership: Rows, place: Rows, p: Parameters, incentives: Incentives) -> float:
    """Return the factor by which all that a venue offers for giving moves a visitor with up-to-date levels."""
    boost = drive(membership.recognition, membership.answers, person.validation, place.display, place.award_rate, p)
    if membership.told >= 0.0:
        boost *= felt(pull_of_median(membership.told, membership.lately, incentives), person.competitive)
    if place.goals > 0.0:
        boost *= felt(pull_of_goal(float(membership.answers), place.goals, incentives), person.competitive)
    points = points_for(membership, place.points)
    if points > 0.0:
        boost *= felt(pull_of_points(points, incentives), person.competitive)
    if membership.pay != 0.0 or membership.crowded != 0.0:
        boost *= pull_of_pay(membership.pay, membership.crowded, incentives)
    return boost


@rule
def doublings(number: int) -> float:
    """Return log2(1 + number)."""
    return math.log(1.0 + number) / math.log(2.0)


@rule
def herd(score: int, p: Parameters) -> float:
    """Return how strongly a score attracts further likes: others follow it above 0 and correct it below."""
    if score >= 0:
        return max(0.0, 1.0 + p.herding * doublings(score))
    return max(0.0, 1.0 + p.correction * doublings(-score))


@rule
def p_likes(seen: int, earning: float, score: int, p: Parameters) -> float:
    """Return the probability that a reader likes the reply that they meet on a visit."""
    return 1.0 - math.exp(-p.p_like * earning * seen * herd(score, p))


@rule
def p_honours(seen: int, ease: float, honours: int, display: float, p: Parameters) -> float:
    """Return the probability that a reader honours the author of the reply that they meet on a visit."""
    known = max(0.0, 1.0 + p.fame * display * doublings(honours))
    return 1.0 - math.exp(-p.p_honour * ease * seen * known)


@rule
def worth(kind: float, awards_before: int, p: Parameters) -> float:
    """Return what an award adds: less after earlier awards."""
    return kind / (1.0 + p.saturation * awards_before)


@rule
def worth_of_word(kind: float, recognition: float, p: Parameters) -> float:
    """Return what a thank or a like adds: less where there is much recognition already, and nothing beyond plenty."""
    return kind * max(0.0, 1.0 - recognition / p.plenty)


@rule
def warmth(company: float, p: Parameters) -> float:
    """Return how much belonging a member draws from an acknowledgement, by their motive to be among people."""
    return 1.0 - p.company + p.company * company / MEAN_BELONGING


@rule
def take_in(person: Rows, membership: Rows, added: float, p: Parameters) -> None:
    """Raise a member's stock of recognition, and their belonging."""
    membership.recognition += added
    gain = min(1.0, p.belonging * added * warmth(float(person.belonging), p))
    membership.belonging += gain * (1.0 - membership.belonging)


@rule
def acknowledge(person: Rows, membership: Rows, kind: float, day: int, p: Parameters, memory: Memory) -> None:
    """Thank or like a member."""
    refresh(membership, day, memory)
    take_in(person, membership, worth_of_word(kind, membership.recognition, p), p)


@rule
def honour(person: Rows, membership: Rows, public: bool, day: int, p: Parameters, memory: Memory) -> None:
    """Give a member an award, in public or in private."""
    refresh(membership, day, memory)
    take_in(person, membership, worth(1.0 if public else p.private, membership.awards, p), p)
    membership.awards += 1
    membership.honours += public


@rule
def newest(u: float, written: int, pulse: float) -> int:
    """Return the row of the reply that a reader meets: one of the last few days, at `pulse` posts a day."""
    return written - 1 - int(u * min(written, max(NEWEST, int(DAYS_READ * pulse))))


@kernel
def thank(
    people: Rows, memberships: Rows, threads: Rows, answers: Rows, now: Rows, visitors: Column, counts: Column,
    log: Rows, venue: int, day: int, key: np.uint64, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Let authors thank those who replied first, and readers like what they read."""
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
                acknowledge(people[helper], memberships[helper], p.thank, day, p, memory)
                counts[tally.THANKS] += 1
                events.note(log, day, events.THANK, i, helper, venue, at, events.REPLY)
        if place.answers == 0 or membership.seen == 0:
            continue
        liked = answers[newest(uniform(today, i, slot + 2), place.answers, place.pulse)]
        if liked.time < day - FRESH:
            continue
        chance = p_likes(membership.seen, place.earning, liked.score, p)
        if liked.person >= 0 and liked.person != i and uniform(today, i, slot + 1) < chance:
            liked.score += 1
            acknowledge(people[liked.person], memberships[liked.person], p.like, day, p, memory)
            counts[tally.THANKS] += 1
            events.note(log, day, events.LIKE, i, liked.person, venue, liked.thread, events.HABIT)


@kernel
def award_each_other(
    people: Rows, memberships: Rows, answers: Rows, now: Rows, visitors: Column, counts: Column, log: Rows, venue: int,
    day: int, key: np.uint64, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Let readers honour the author of the reply that they meet, more likely one who was honoured in public before."""
    today = stream(key, day)
    place = now[0]
    for i in visitors:
        if place.answers == 0 or memberships[i].seen == 0:
            continue
        slot = venue * 8
        met = answers[newest(uniform(today, i, slot + 3), place.answers, place.pulse)]
        by = met.person
        if met.time < day - FRESH or by < 0 or by == i or memberships[by].status != MEMBER:
            continue
        chance = p_honours(memberships[i].seen, place.peer_awards, memberships[by].honours, place.display, p)
        if uniform(today, i, slot + 4) < chance:
            honour(people[by], memberships[by], True, day, p, memory)
            counts[tally.PEER_AWARDS] += 1
            events.note(log, day, events.AWARD, i, by, venue, -1, events.PEERS)


@kernel
def award(
    people: Rows, memberships: Rows, answers: Rows, now: Rows, counts: Column, log: Rows, venue: int, day: int,
    p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Let the host honour the member who helped most in the last four weeks. Earlier awards lower a member's merit."""
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
    honour(people[best], memberships[best], True, day, p, memory)
    counts[tally.AWARDS] += 1
    events.note(log, day, events.AWARD, HOST, best, venue, -1, events.BY_HOST)


@kernel
def recognise(
    people: Rows, memberships: Rows, threads: Rows, answers: Rows, now: Rows, visitors: Column, counts: Column,
    log: Rows, venue: int, day: int, key: np.uint64, p: Parameters, memory: Memory,
) -> None:  # fmt: skip
    """Let people thank, like and honour each other, and let the host give awards."""
    thank(people, memberships, threads, answers, now, visitors, counts, log, venue, day, key, p, memory)
    if now[0].peer_awards > 0.0:
        award_each_other(people, memberships, answers, now, visitors, counts, log, venue, day, key, p, memory)
    for _ in range(int(now[0].awards_due)):
        award(people, memberships, answers, now, counts, log, venue, day, p, memory)


def step(world: CompiledWorld) -> None:
    """Let people and hosts acknowledge each other."""
    p, memory = world.parameters["recognition"], world.parameters["memory"]
    for venue in world.venues:
        recognise(
            world.people, venue.memberships, venue.threads, venue.answers, venue.table, venue.visitors, venue.tally,
            world.log, venue.index, world.day, world.keys["recognition"], p, memory,
        )  # fmt: skip
