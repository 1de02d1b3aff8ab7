"""Recognition: earning, display and points are three different things.

Claim
    Being noticed keeps people. It does not make them give more. A formal award may do that, for those who wish to be
    seen and who gave much lately, and the less, the more awards there are. Display makes an award reach further, and
    lets those passed over see it, whom that may spur or discourage. Those who were thanked thank others.
Rule
    Weight of what is acknowledged: e = l / (l + deserved), with l the posts of the last month. How common awards are
    here: c = dilution x awards per visit. An award is worth w = (private + (1 - private) display) / (1 + saturation K),
    with K earlier awards; one that nobody else hears of, private / (1 + saturation K).
    Stock: an award adds w to R, which fades. Drive: what a member gives is multiplied by
    max(0, 1 + validation' (g - 1)), g = exp[pull h / (h + experience) (1 - exp(-R)) / (1 + c)], with h recent answers
    and validation' relative to its mean, and by max(0, 1 + competitive (x - 1)), x = exp[example display exp(-R)
    4 c / (1 + c)^2]: an example is seen where honours are neither unheard of nor common. It is also multiplied by the
    factors of `incentives`.
    Belonging: a thank is worth `thank`, a like a fifth of it (a dislike as much below 0), an award w / (1 + c);
    belonging grows by that times e and by the motive to be among people. Praise, which waits for the next visit
    (`worth`): the same from peers, from a host times its tone, from a like times e. Authors of questions who find a
    reply thank whoever replied first with p = p_thank earning G, G = 1 + gratitude, fading with the days since they
    were last thanked themselves. The host gives awards to those who helped most lately, less readily to those who had
    some (1 / (1 + awards)). A reader meets one of the newest replies, and likes it with p = 1 - exp(-p_like earning
    seen herd quality G), herd = 1 + herding log2(1 + score), or 1 + correction log2(1 - score) below 0. Where the venue
    lets peers honour each other, the reader honours its author with p = 1 - exp(-p_honour peer_awards m (1 + fame
    display log2(1 + honours))), m = h / (h + experience).
Source
    An award to top contributors: +60 %, and six times likelier to be awarded again: Restivo & van de Rijt 2012. To
    newcomers: +20 % retention: Gallus 2017. Success breeds success with diminishing returns: van de Rijt et al. 2014. A
    first like brings more likes, and a first dislike is corrected: Muchnik, Aral & Taylor 2013. Praise for the best
    alone does more than praise for many, and most of the gain comes from those passed over: Bradler, Dur, Neckermann &
    Non 2016. People thanked stay a little longer (+2 points in two weeks), thank more (+43 %) and give no more time:
    Matias et al. 2020 (a summary; the others, all experiments, as abstracts). Liked authors do not write more; those
    who get no feedback are the likeliest to leave: Cheng, Danescu-Niculescu-Mizil & Leskovec 2014 (abstract, observed).
    That awards lose worth as they multiply is argued by Frey 2007 (abstract); no study gives the curve.
Deviations
    Disliked authors wrote more, and worse, in Cheng et al. 2014; here a dislike takes praise away and no more. Readers
    do not dislike, so only an experimenter can. A peer's word weighs the same whoever the peer is. Nobody remembers
    whom they liked or honoured before. A question counts as settled once its author found any reply on a day on which
    somebody answered it, also if that answer came later on the day.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.incentives import Parameters as Incentives
from sim.world.mechanisms.incentives import (
    felt,
    points_for,
    pull_of_goal,
    pull_of_median,
    pull_of_pay,
    pull_of_points,
    pull_of_readers,
)
from sim.world.mechanisms.memory import MONTH, ROLE, faded, refresh
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.parameters import param
from sim.world.state import HOST, MEMBER, NOBODY, Column, Rows

# Mean shares of two motives in the default population, to which the rules below are relative.
MEAN_VALIDATION, MEAN_BELONGING = 0.1, 0.18
NEWEST, DAYS_READ, FRESH = 20, 3, 14  # a reader meets one of the last 20 replies or 3 days, none older than 14 days
A_LIKE = 0.2  # of a thank; a dislike takes as much away. The size makes no difference that shows


class Parameters(NamedTuple):
    """What acknowledgement does."""

    pull: float = param(
        1.4, "log rate", 0, 3, "assumed", "sign: an experiment (Restivo & van de Rijt 2012); size by hand"
    )
    experience: float = param(10, "recent answers", 0.1, 500, "assumed", "an award moves those who gave much lately")
    saturation: float = param(0.7, "share", 0, 10, "assumed", "diminishing returns: van de Rijt 2014; prototypes")
    dilution: float = param(50, "visits per award", 0, 1000, "assumed", "an award in 50 visits makes each worth half")
    example: float = param(0.3, "log rate", -2, 2, "assumed", "sign: Bradler et al. 2016; below 0 it is envy")
    deserved: float = param(1.0, "posts a month", 0, 50, "assumed", "praise for nothing is worth nothing; 0: it is")
    p_thank: float = param(0.35, "probability", 0, 1, "assumed", "an author who finds a reply says thanks")
    gratitude: float = param(0.43, "share", -1, 5, "experiment", "who was thanked thanks more: Matias et al. 2020")
    p_like: float = param(0.015, "per thread met", 0, 1, "assumed", "a reader likes a reply")
    herding: float = param(
        0.46, "share per doubling", -1, 3, "assumed", "sign: an experiment (Muchnik et al. 2013); size: a prototype"
    )
    correction: float = param(
        0.3, "share per doubling", -1, 5, "assumed", "others correct a dislike (Muchnik et al. 2013); size by hand"
    )
    p_honour: float = param(
        0.0003, "per visit", 0, 1, "assumed", "where peers can honour: some of the best are, each quarter"
    )
    fame: float = param(3.0, "share per doubling", -1, 10, "assumed", "sign: Restivo & van de Rijt 2012 and 2014")
    thank: float = param(0.10, "awards' worth", 0, 2, "assumed", "a thank is worth a tenth of an award")
    private: float = param(0.7, "awards' worth", 0, 2, "assumed", "worth of an award that nobody else hears of")
    belonging: float = param(0.4, "share per award's worth", 0, 2, "assumed", "awarded newcomers stay (Gallus 2017)")


@rule
def common(award_rate: float, p: Parameters) -> float:
    """Return how common awards are, from their number per visit: 1 where each is worth half."""
    return p.dilution * award_rate


@rule
def merit(helping: float, p: Parameters) -> float:
    """Return how much a member gave lately, from 0 to 1: 0.5 at `experience` recent answers."""
    return helping / (helping + p.experience)


@rule
def drive(recognition: float, helping: float, award_rate: float, p: Parameters) -> float:
    """Return the factor by which the awards that a member holds move what they give, if they wish to be seen."""
    return math.exp(p.pull * merit(helping, p) * (1.0 - math.exp(-recognition)) / (1.0 + common(award_rate, p)))


@rule
def pull_of_example(recognition: float, display: float, award_rate: float, p: Parameters) -> float:
    """Return the factor by which seeing others honoured moves a member who holds little recognition."""
    known = common(award_rate, p)
    return math.exp(p.example * display * math.exp(-recognition) * 4.0 * known / ((1.0 + known) * (1.0 + known)))


@rule
def motivation(person: Rows, membership: Rows, place: Rows, p: Parameters, incentives: Incentives) -> float:
    """Return the factor by which all that a venue offers for giving moves a visitor with up-to-date levels."""
    wish = person.validation / MEAN_VALIDATION
    boost = 1.0
    if membership.recognition > 0.0:
        boost = felt(drive(membership.recognition, membership.helping, place.award_rate, p), wish)
    if place.award_rate > 0.0:
        example = pull_of_example(membership.recognition, place.display, place.award_rate, p)
        boost *= felt(example, person.competitive)
    shown = (0.0 + person.validation + person.belonging) / (MEAN_VALIDATION + MEAN_BELONGING)
    boost *= pull_of_readers(place.visitors_pulse, shown, incentives)
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
def grateful(since: float, life: float, p: Parameters) -> float:
    """Return the factor on thanking and liking for somebody who was thanked `since` days ago."""
    return 1.0 + faded(p.gratitude, since, life)


@rule
def p_likes(seen: int, earning: float, score: int, mood: float, p: Parameters) -> float:
    """Return the probability that a reader likes the reply that they meet on a visit."""
    return 1.0 - math.exp(-p.p_like * earning * seen * herd(score, p) * mood)


@rule
def p_honours(ease: float, helping: float, honours: int, display: float, p: Parameters) -> float:
    """Return the probability that a reader honours the author of the reply that they meet on a visit."""
    known = max(0.0, 1.0 + p.fame * display * doublings(honours))
    return 1.0 - math.exp(-p.p_honour * ease * merit(helping, p) * known)


@rule
def worth(display: float, awards_before: int, p: Parameters) -> float:
    """Return what an award is worth: less if fewer people see it, and less after earlier awards."""
    return (p.private + (1.0 - p.private) * display) / (1.0 + p.saturation * awards_before)


@rule
def earned(lately: float, p: Parameters) -> float:
    """Return the weight of an acknowledgement, by how much the member posted in the last month."""
    return lately / (lately + p.deserved) if p.deserved > 0.0 else 1.0


@rule
def warm(person: Rows, membership: Rows, value: float, p: Parameters) -> None:
    """Raise a member's belonging by an acknowledgement, and more so if they came to be among people."""
    gain = min(1.0, p.belonging * value * person.belonging / MEAN_BELONGING)
    membership.belonging += gain * (1.0 - membership.belonging)


@rule
def be_thanked(person: Rows, membership: Rows, day: int, p: Parameters, memory: Memory) -> None:
    """Thank a member: they are noticed, belong a little more, and are readier to thank others."""
    refresh(membership, day, memory)
    value = p.thank * earned(membership.lately, p)
    membership.praise_peers += value
    membership.thanks += 1
    membership.thanked = day
    warm(person, membership, value, p)


@rule
def be_rated(membership: Rows, sign: int, day: int, p: Parameters, memory: Memory) -> None:
    """Let a member learn that their reply was liked (`sign` 1) or disliked (-1). One click warms nobody."""
    refresh(membership, day, memory)
    membership.praise_peers += sign * A_LIKE * p.thank * earned(membership.lately, p)


@rule
def honour(
    person: Rows, membership: Rows, place: Rows, by_host: bool, public: bool, day: int, p: Parameters, memory: Memory
) -> None:
    """Give a member an award, by the host or by a peer, in public or in private."""
    refresh(membership, day, memory)
    value = worth(place.display if public else 0.0, membership.awards, p)
    membership.recognition += value
    value *= earned(membership.lately, p) / (1.0 + common(place.award_rate, p))
    if by_host:
        membership.praise_host += value * place.tone
    else:
        membership.praise_peers += value
    membership.awards += 1
    membership.honours += public
    warm(person, membership, value, p)


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
        mood = grateful(float(day - membership.thanked), MONTH, p)
        at = membership.open_thread
        if at >= 0 and membership.collected and threads[at].answered >= 0.0:
            membership.open_thread = NOBODY
            helper = threads[at].answerer
            if helper >= 0 and uniform(today, i, slot) < p.p_thank * place.earning * mood:
                be_thanked(people[helper], memberships[helper], day, p, memory)
                counts[tally.THANKS] += 1
                events.note(log, day, events.THANK, i, helper, venue, at, events.REPLY)
        if place.answers == 0 or membership.seen == 0:
            continue
        liked = answers[newest(uniform(today, i, slot + 2), place.answers, place.pulse)]
        if liked.time < day - FRESH:
            continue
        chance = p_likes(membership.seen, place.earning, liked.score, mood * liked.quality, p)
        if liked.person >= 0 and liked.person != i and uniform(today, i, slot + 1) < chance:
            liked.score += 1
            be_rated(memberships[liked.person], 1, day, p, memory)
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
        lately = faded(memberships[by].helping, float(day - memberships[by].stamp), ROLE)
        chance = p_honours(place.peer_awards, lately, memberships[by].honours, place.display, p)
        if uniform(today, i, slot + 4) < chance:
            honour(people[by], memberships[by], place, False, True, day, p, memory)
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
        lately = faded(memberships[i].helping, float(day - memberships[i].stamp), ROLE)
        merit = lately / (1.0 + memberships[i].awards)
        if merit > most or (merit == most and i < best):
            best, most = i, merit
    if best == NOBODY:
        return
    honour(people[best], memberships[best], place, True, True, day, p, memory)
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
