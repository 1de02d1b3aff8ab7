"""Join: people hear of a venue, and join where exposure meets expected benefit.

Claim
    Both are needed: people cannot join what they have not heard of, and hearing of it is not enough. Word of mouth
    grows with the number of friends inside, ever more slowly, and faster where those friends know each other. That a
    friend has just joined is news, so an opening runs through a well-connected population in weeks, stops at the edge
    of closed circles, and dies out where few are convinced. A personal invitation is rarer and more convincing, and
    those who follow one know somebody inside. What people are in one venue of a company counts for something in its
    next. Lives differ: life interrupts the restless more often than the settled, so those who are left after years are
    the settled ones, and some interruptions are pauses.
Rule
    p = 1 - exp(-(exposure x benefit + [invited] x benefit by word)). Here benefit = logistic(what the venue offers),
    which includes the person's own fit to it, and benefit by word is the same with its odds times e^persuades. Exposure
    = marketing + launch + notices (friends ln(1 + k)(1 + closure c) + contagion / novelty ln(1 + news)) + search [need
    today], where news = the friends who joined, each faded by exp(-days ago / novelty). An invitation counts in the
    week after it, and convinces by word only if it came from a friend. A customer considers joining once a week, or
    when a need arises. Where being inside has a price, those join who would pay it (`dealings`). The cause is drawn in
    proportion to what each exposure was worth. Joining on a friend's invitation makes a bond with that friend, worth
    two replies. Belonging begins at head_start x friends inside (at most 3), plus carry x belonging elsewhere;
    recognition likewise. Life interrupts at life_rate x restless (see `population`). With `p_pause` the member is then
    dormant for `pause` days on average, and the next interruption is drawn from their return; else they leave.
Source
    Exposure and benefit: Foote et al. 2022 (abstract). Friends: Backstrom et al. 2006 (abstract), a sign and a shape.
    Prototypes met that shape with a rate of word of mouth of 0.015 a day. Notices and invitations: Aral & Walker 2011
    (abstract, experiment): per message, invitations convert and retain better. The number that expresses this here,
    `persuades`, is fitted; it does not come from that study. News: the influence of a
    neighbour's step fades exponentially, in leaving a service as in adopting one (Nitzan & Libai 2011, abstract). The
    size is assumed: three quarters of Harvard's undergraduates joined Facebook in its first month (press). Carry-over:
    young communities gain by members who are central in others (Zhu, Kraut & Kittur 2014, abstract), and groups that
    share members grow less (Wang, Butler & Ren 2013, abstract). Both are associations, so the sign is left open.
    Pauses: Calefato et al. 2022 (abstract): all core developers of 18 organisations took breaks.
Deviations
    Offers, access to the makers and a cause affect joining alone: those who joined for them stay for the same reasons
    as everybody. Ads deter nobody from joining. Those who left may join again with `second_chance` of the exposure,
    after three months at the earliest. Who owns a venue does not change how people join it. News fades
    in steps of a week. A need or a message may end a pause early.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import happens, normal, stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.bonding import Parameters as Bonding
from sim.world.mechanisms.bonding import strengthen_both
from sim.world.mechanisms.dealings import WOULD_PAY, would_pay
from sim.world.mechanisms.dealings import Parameters as Dealings
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import faded, is_inside, refresh
from sim.world.mechanisms.worth import Parameters as Worth
from sim.world.mechanisms.worth import begin
from sim.world.parameters import param
from sim.world.state import CUSTOMER, DORMANT, LEFT, MEMBER, NEVER, NOBODY, OUTSIDE, Column, Rows

WEEK = 7


class Parameters(NamedTuple):
    """What makes people join."""

    friends: float = param(0.015, "per day", 0, 0.2, "assumed", "prototypes met Backstrom's shape with 0.015")
    closure: float = param(1.0, "share", 0, 5, "assumed", "sign: Backstrom et al. 2006; the size is not known")
    contagion: float = param(
        1.0, "exposures", 0, 50, "calibrated", "of one friend's joining, about; as an invitation; 0: none"
    )
    novelty: float = param(10, "days", 1, 365, "calibrated", "how long it is news; influence is strongest at first")
    search: float = param(
        0.5, "exposures per need", 0, 5, "calibrated", "about half of all needs lead to a search engine"
    )
    persuades: float = param(2.0, "log odds", -3, 5, "assumed", "a personal invitation convinces more than a notice")
    second_chance: float = param(0.3, "share", 0, 1, "assumed", "exposure that counts for those who left")
    reserve: float = param(-4.2, "logit", -10, 5, "calibrated", "most customers only use the product (essay 003)")
    fits: float = param(1.5, "logit per log fit", 0, 5, "calibrated", "people can tell whether a place suits them")
    supply: float = param(1.0, "logit per log", 0, 5, "calibrated", "posts for the curious, visitors for the sociable")
    offers: float = param(3.0, "logit", 0, 10, "calibrated", "deals, makers who are peers, or a mission, if sought")
    passion: float = param(
        0.3, "logit per log", -3, 3, "calibrated", "those who care for the product join sooner; 0: no"
    )
    fit_spread: float = param(0.67, "log sd", 0, 2, "calibrated", "prototypes needed a strongly right-skewed fit")
    life_rate: float = param(0.002, "per day", 0, 0.02, "assumed", "life interrupts, at the mean; prototypes: 0.002")
    p_pause: float = param(0.4, "probability", 0, 1, "association", "35 to 55 % of breaks end (Calefato); 0: none do")
    pause: float = param(90, "days", 1, 1000, "assumed", "mean; those away for a year rarely come back (Calefato)")
    curiosity: float = param(
        9, "times", 0.1, 20, "calibrated", "interest on joining, relative to a visit's reward; it wears off (H9)"
    )
    head_start: float = param(0.1, "share", 0, 1, "calibrated", "initial belonging per friend inside")
    carry: float = param(0.2, "share", -1, 1, "assumed", "standing in a sister venue counts here; may be 0 or less")


@rule
def week_of_news(p: Parameters) -> float:
    """Return the share of a friend's news that is left after a week."""
    return math.exp(-WEEK / p.novelty)


@rule
def by_friends(friends: int, closed: float, news: float, days: float, notices: float, p: Parameters) -> float:
    """Return how often a person hears in `days` days of friends inside, of whom `news` joined of late, if it shows."""
    talk = p.contagion * math.log(1.0 + news) * (1.0 - week_of_news(p)) / WEEK
    return notices * days * (p.friends * math.log(1.0 + friends) * (1.0 + p.closure * closed) + talk)


@rule
def most_by_friends(friends: int, news: float, days: float, notices: float, p: Parameters) -> float:
    """Return an upper bound of `by_friends` that needs no logarithm and no look at the friends: ln(1 + k) < 0.7 k."""
    known = p.friends * (0.7 * friends) * (1.0 + (p.closure if friends > 1 else 0.0))
    return notices * days * (known + p.contagion * news / p.novelty)


@rule
def by_word(benefit: float, p: Parameters) -> float:
    """Return the share of personal invitations that convince, where `benefit` is the share for other exposures."""
    odds = benefit * math.exp(p.persuades)
    return odds / (1.0 - benefit + odds)


@rule
def log_fit(u: float, v: float, p: Parameters) -> float:
    """Return how well a venue suits a person, from two draws that stay the same for the whole run."""
    return p.fit_spread * normal(u, v)


@rule
def benefit_of(
    information: float, belonging: float, cause: float, access: float, deals: float, passion: float, log_fit: float,
    posts: float, visitors: float, promo: float, peer: float, mission: float, p: Parameters,
) -> float:  # fmt: skip
    """Return the share of exposures that convince, from what each motive can expect, on a logistic scale."""
    logit = p.reserve + p.fits * log_fit + p.passion * math.log(passion)
    logit += p.supply * (information * math.log(1.0 + posts) + belonging * math.log(1.0 + visitors))
    logit += p.offers * (deals * promo + access * peer + cause * mission)
    return 1.0 / (1.0 + math.exp(-logit))


def is_open(now: Any, day: int) -> bool:
    """Tell whether people can join and visit a venue today, given its current state."""
    return bool(now.opens <= day < math.ceil(now.closes))


@rule
def is_outside(membership: Rows) -> bool:
    """Tell whether a person never joined, or has left."""
    return bool(membership.status == OUTSIDE or membership.status == LEFT)


@rule
def may_join(membership: Rows, day: int) -> bool:
    """Tell whether a person is outside and did not leave within the last three months."""
    return bool(is_outside(membership) and not (membership.status == LEFT and day - membership.left < 90))


@rule
def days_of_life(u: float, life_rate: float) -> int:
    """Return after how many days life takes a member elsewhere (exponential)."""
    if life_rate <= 0.0:
        return 20_000
    return int(min(20_000.0, 1.0 - math.log(1.0 - u) / life_rate))


@rule
def pause(membership: Rows, alarm: int, day: int, restless: float, u: float, v: float, p: Parameters) -> int:
    """Begin a pause, and return the day on which it ends. Those who sleep already sleep on, if that is longer."""
    back = max(int(alarm), min(NEVER - 1, day + days_of_life(u, 1.0 / p.pause)))
    membership.status = DORMANT
    membership.life_day = min(NEVER - 1, back + days_of_life(v, p.life_rate * restless))
    return back


@rule
def carry_over(membership: Rows, belonging: float, recognition: float, p: Parameters) -> None:
    """Let a part of what somebody has in another venue of the company count in this one, or stand in its way."""
    membership.belonging = min(1.0, max(0.0, membership.belonging + p.carry * belonging))
    membership.recognition = max(0.0, membership.recognition + p.carry * recognition)


@rule
def share_closed(person: int, memberships: Rows, ties_start: Column, ties_partner: Column) -> float:
    """Return the share of pairs of friends inside who know each other, 0 to 1."""
    pairs, closed = 0, 0
    for a in range(ties_start[person], ties_start[person + 1]):
        one = ties_partner[a]
        if memberships[one].status != MEMBER:
            continue
        for b in range(a + 1, ties_start[person + 1]):
            other = ties_partner[b]
            if memberships[other].status != MEMBER:
                continue
            pairs += 1
            for c in range(ties_start[one], ties_start[one + 1]):
                if ties_partner[c] == other:
                    closed += 1
                    break
    return closed / pairs if pairs > 0 else 0.0


@rule
def tell_friends(person: int, change: int, memberships: Rows, ties_start: Column, ties_partner: Column) -> None:
    """Count one friend inside more (+1) or fewer (-1) for everybody who knows this person. A joining is news."""
    for a in range(ties_start[person], ties_start[person + 1]):
        memberships[ties_partner[a]].friends += change
        memberships[ties_partner[a]].news += max(0, change)


@rule
def cause_of_joining(u: float, marketing: float, friends: float, search: float, invite: float) -> int:
    """Return the cause, drawn in proportion to what each exposure was worth."""
    x = u * (marketing + friends + search + invite)
    if x < marketing:
        return events.MARKET
    if x < marketing + friends:
        return events.FRIENDS
    return events.SEARCH if x < marketing + friends + search else events.INVITED


@rule
def become_member(
    membership: Rows, day: int, cause: int, u: float, log_fit: float, restless: float, p: Parameters, worth: Worth
) -> None:
    """Begin a membership: full of curiosity, with last week's threads to read."""
    membership.status = MEMBER
    membership.joined = day
    membership.join_cause = cause
    membership.life_day = min(NEVER - 1, day + days_of_life(u, p.life_rate * restless))
    membership.fit = math.exp(log_fit)
    membership.interest = p.curiosity
    membership.waiting, membership.waiting_host, membership.open_thread, membership.addressed = 0, 0, NOBODY, NOBODY
    membership.praise_peers, membership.praise_host = 0.0, 0.0
    begin(membership.held, worth)
    membership.belonging = min(1.0, max(membership.belonging, p.head_start * min(membership.friends, 3)))
    membership.silent = False
    membership.stamp = day
    membership.last_visit = day - 7.0


@rule
def most_elsewhere(everywhere: Rows, person: int, venue: int, day: int, memory: Memory) -> tuple[float, float]:
    """Return a person's strongest belonging and recognition today in the other venues that they are in."""
    belonging, recognition = 0.0, 0.0
    for other in range(len(everywhere)):
        there = everywhere[other, person]
        if other != venue and is_inside(there):
            age = float(day - there.stamp)
            belonging = max(belonging, faded(there.belonging, age, memory.belonging))
            recognition = max(recognition, faded(there.recognition, age, memory.lasting))
    return belonging, recognition


@kernel
def join(
    people: Rows, need_day: Column, everywhere: Rows, bonds: Rows, alarm: Column, ties_start: Column,
    ties_partner: Column, now: Rows, counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters,
    bonding: Bonding, memory: Memory, worth: Worth, substitute: float, paying: np.uint64, dealings: Dealings,
) -> None:  # fmt: skip
    """Let everybody whose turn it is consider joining."""
    today, always = stream(key, day), stream(key, -1)
    place, memberships = now[0], everywhere[venue]
    opening = day == int(place.opens)
    peer = place.host_on * place.tone
    left_of_news = week_of_news(p)
    next_weekly, slot = (-day) % WEEK, venue * 8
    for i in range(len(people)):
        weekly, searches = i == next_weekly, need_day[i] == day
        next_weekly += WEEK if weekly else 0
        if not (weekly or opening or searches) or alarm[i] != NEVER:
            continue  # not their turn, or a member: people outside have no alarm
        person, membership = people[i], memberships[i]
        days, news = float(WEEK) if weekly else 0.0, membership.news
        membership.news *= left_of_news if weekly else 1.0
        market = place.marketing * days + (place.launch if opening else 0.0)
        invited = weekly and day - membership.invited <= WEEK
        search, asked = p.search if searches else 0.0, 1.0 if invited else 0.0
        chance = uniform(today, i, slot)
        if chance >= market + most_by_friends(membership.friends, news, days, place.notices, p) + search + asked:
            continue  # whoever their friends are, and whether or not it would convince them
        if person.customer != CUSTOMER or not may_join(membership, day):
            continue
        closed = share_closed(i, memberships, ties_start, ties_partner) if membership.friends > 1 and weekly else 0.0
        friends = by_friends(membership.friends, closed, news, days, place.notices * place.reach, p)
        again = p.second_chance if membership.status == LEFT else 1.0
        if chance >= (market + friends + search + asked) * again:
            continue  # not even if every exposure convinced
        suits = log_fit(uniform(always, i, slot + 2), uniform(always, i, slot + 3), p)
        benefit = benefit_of(
            person.information, person.belonging, person.cause, person.access, person.deals, person.passion, suits,
            place.pulse, place.visitors_pulse, place.promo * place.host_on, peer, place.mission, p,
        )  # fmt: skip
        by_friend = invited and membership.referrer >= 0
        convinced = asked * (by_word(benefit, p) if by_friend else benefit)
        u = uniform(stream(paying, -1), i, slot + WOULD_PAY) if place.price > 0.0 else 0.0
        pays = place.price <= 0.0 or would_pay(u, worth.aspiration, person, substitute, place.price, dealings)
        if not pays or not happens(chance, ((market + friends + search) * benefit + convinced) * again):
            continue
        cause = cause_of_joining(
            uniform(today, i, slot + 1), market * benefit, friends * benefit, search * benefit, convinced
        )
        refresh(membership, day, memory)
        become_member(membership, day, cause, uniform(today, i, slot + 4), suits, person.restless, p, worth)
        belonging, recognition = most_elsewhere(everywhere, i, venue, day, memory)
        carry_over(membership, belonging, recognition, p)
        alarm[i] = 0
        if cause == events.INVITED and by_friend:
            strengthen_both(bonds, i, membership.referrer, 2.0 * bonding.gain, day, bonding.life)
            membership.drawn += 1.0  # the friend talks to them
        tell_friends(i, 1, memberships, ties_start, ties_partner)
        place.members += 1
        counts[tally.JOINS_MARKET + cause - events.MARKET] += 1
        events.note(
            log, day, events.JOIN, i, membership.referrer if cause == events.INVITED else NOBODY, venue, -1, cause
        )


def step(world: CompiledWorld) -> None:
    """Let customers consider joining each venue that is open."""
    for venue in world.venues:
        if is_open(venue.now, world.day):
            join(
                world.people, world.need_day, world.memberships, venue.bonds, venue.alarm, world.ties_start,
                world.ties_partner, venue.table, venue.tally, world.log, venue.index, world.day, world.keys["join"],
                world.parameters["join"], world.parameters["bonding"], world.parameters["memory"],
                world.parameters["worth"], world.settings.outside.substitute, world.keys["dealings"],
                world.parameters["dealings"],
            )  # fmt: skip
