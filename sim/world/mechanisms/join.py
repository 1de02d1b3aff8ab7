"""Join: people hear of a venue, and join where exposure meets expected benefit.

Claim
    Both are needed: people cannot join what they have not heard of, and hearing of it is not enough. Word of mouth
    grows with the number of friends inside, ever more slowly, and faster where those friends know each other. A
    personal invitation is rarer and more convincing, and those who follow one know somebody inside.
Rule
    p = 1 - exp(-(exposure x benefit + invite x benefit by word)). Here benefit = logistic(what the venue offers), which
    includes the person's own fit to it, and benefit by word is the same with its odds times e^persuades. Exposure =
    marketing + launch + notices friends ln(1 + k)(1 + closure c) + search [need today]. An invitation counts for a
    week, and convinces by word only if it came from a friend. A customer considers joining once a week, or when a need
    arises. The cause is drawn in proportion to what each exposure was worth. Joining on a friend's invitation makes a
    bond of strength `escort` with that friend.
Source
    Exposure and benefit: Foote et al. 2022 (abstract). Friends: Backstrom et al. 2006 (abstract), a sign and a shape.
    Prototypes met that shape with a rate of word of mouth of 0.015 a day. Notices and invitations: Aral & Walker 2011
    (abstract, experiment): per message, invitations convert and retain better. The two numbers that express this here,
    `persuades` and `escort`, are fitted or assumed; they do not come from that study.
Deviations
    Offers, access to the makers and a cause affect joining alone: those who joined for them stay for the same reasons
    as everybody. Those who left may join again with `second_chance` of the exposure, after three months at the
    earliest.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import happens, normal, stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.bonding import Parameters as Bonding
from sim.world.mechanisms.bonding import strengthen_both
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import refresh
from sim.world.parameters import param
from sim.world.state import CUSTOMER, LEFT, MEMBER, NEVER, NOBODY, OUTSIDE, Column, Rows

WEEK = 7


class Parameters(NamedTuple):
    """What makes people join."""

    friends: float = param(0.015, "per day", 0, 0.2, "calibrated", "prototypes met Backstrom's shape with 0.015")
    closure: float = param(1.0, "share", 0, 5, "assumed", "sign: Backstrom et al. 2006; the size is not known")
    search: float = param(0.5, "exposures per need", 0, 5, "assumed", "about half of all needs lead to a search engine")
    invite: float = param(1.0, "exposures per invitation", 0, 10, "assumed", "every personal invitation is noticed")
    persuades: float = param(2.0, "log odds", -3, 5, "calibrated", "a personal invitation convinces more than a notice")
    escort: float = param(0.5, "strength", 0, 2, "assumed", "bond with the friend who invited; worth two replies")
    second_chance: float = param(0.3, "share", 0, 1, "assumed", "exposure that counts for those who left")
    reserve: float = param(-3.8, "logit", -10, 5, "assumed", "most customers only use the product (essay 003)")
    fits: float = param(1.5, "logit per log fit", 0, 5, "assumed", "people can tell whether a place suits them")
    content: float = param(1.0, "logit per log post", 0, 5, "assumed", "benefit for those who seek information")
    company: float = param(1.0, "logit per log visitor", 0, 5, "assumed", "benefit for those who seek company")
    offers: float = param(3.0, "logit", 0, 10, "assumed", "benefit of pure promotion for those who seek deals")
    makers: float = param(2.0, "logit", 0, 10, "assumed", "benefit of a host who is a peer for those who seek access")
    mission: float = param(3.0, "logit", 0, 10, "assumed", "benefit of a clear mission for those who seek a cause")
    ads: float = param(0.02, "logit per ad", 0, 2, "assumed", "visible ads deter people from joining")
    passion: float = param(
        0.3, "logit per log passion", -3, 3, "assumed", "those who care for the product join sooner; 0: no selection"
    )
    fit_spread: float = param(0.67, "log sd", 0, 2, "calibrated", "prototypes needed a strongly right-skewed fit")
    life_rate: float = param(0.0014, "per day", 0, 0.02, "calibrated", "life takes members away; prototypes: 0.002")
    curiosity: float = param(
        11, "times", 0.1, 20, "calibrated", "interest on joining, relative to a visit's reward; it wears off (H9)"
    )
    head_start: float = param(0.1, "share", 0, 1, "assumed", "initial belonging per friend inside")


@rule
def by_friends(friends: int, closed: float, days: float, notices: float, p: Parameters) -> float:
    """Return how often a person notices in `days` days what friends inside do, as far as the venue shows it."""
    return notices * p.friends * days * math.log(1.0 + friends) * (1.0 + p.closure * closed)


@rule
def most_by_friends(friends: int, days: float, notices: float, p: Parameters) -> float:
    """Return an upper bound of `by_friends` that needs no logarithm and no look at the friends: ln(1 + k) < 0.7 k."""
    return notices * p.friends * days * (0.7 * friends) * (1.0 + (p.closure if friends > 1 else 0.0))


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
    information: float, belonging: float, cause: float, access: float, deals: float, ad_sensitivity: float,
    passion: float, log_fit: float, posts: float, visitors: float, promo: float, peer: float, mission: float,
    ad_load: float, p: Parameters,
) -> float:  # fmt: skip
    """Return the share of exposures that convince, from what each motive can expect, on a logistic scale."""
    logit = p.reserve + p.fits * log_fit + information * p.content * math.log(1.0 + posts)
    logit += belonging * p.company * math.log(1.0 + visitors)
    logit += deals * p.offers * promo + access * p.makers * peer + cause * p.mission * mission
    logit += p.passion * math.log(passion) - p.ads * ad_load * ad_sensitivity
    return 1.0 / (1.0 + math.exp(-logit))


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
    """Count one friend inside more (+1) or fewer (-1) for everybody who knows this person."""
    for a in range(ties_start[person], ties_start[person + 1]):
        memberships[ties_partner[a]].friends += change


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
def become_member(membership: Rows, day: int, cause: int, u: float, log_fit: float, p: Parameters) -> None:
    """Begin a membership: full of curiosity, with last week's threads to read."""
    membership.status = MEMBER
    membership.joined = day
    membership.join_cause = cause
    membership.life_day = min(NEVER - 1, day + days_of_life(u, p.life_rate))
    membership.fit = math.exp(log_fit)
    membership.interest = p.curiosity
    membership.waiting, membership.open_thread, membership.greeted = 0, NOBODY, False
    membership.belonging = min(1.0, max(membership.belonging, p.head_start * min(membership.friends, 3)))
    membership.silent = False
    membership.stamp = day
    membership.last_visit = day - 7.0


@kernel
def join(
    people: Rows, need_day: Column, memberships: Rows, bonds: Rows, alarm: Column, ties_start: Column,
    ties_partner: Column, now: Rows, counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters,
    bonding: Bonding, memory: Memory,
) -> None:  # fmt: skip
    """Let everybody whose turn it is consider joining."""
    today, always = stream(key, day), stream(key, -1)
    place = now[0]
    opening = day == int(place.opens)
    peer = place.host_on * place.tone
    next_weekly, slot = (-day) % WEEK, venue * 8
    for i in range(len(people)):
        weekly, searches = i == next_weekly, need_day[i] == day
        next_weekly += WEEK if weekly else 0
        if not (weekly or opening or searches) or alarm[i] != NEVER:
            continue  # not their turn, or a member: people outside have no alarm
        person, membership = people[i], memberships[i]
        days = float(WEEK) if weekly else 0.0
        market = place.marketing * days + (place.launch if opening else 0.0)
        invited = weekly and day - membership.invited <= WEEK
        search, asked = p.search if searches else 0.0, p.invite if invited else 0.0
        chance = uniform(today, i, slot)
        if chance >= market + most_by_friends(membership.friends, days, place.notices, p) + search + asked:
            continue  # whoever their friends are, and whether or not it would convince them
        if person.customer != CUSTOMER or not may_join(membership, day):
            continue
        closed = share_closed(i, memberships, ties_start, ties_partner) if membership.friends > 1 and weekly else 0.0
        friends = by_friends(membership.friends, closed, days, place.notices, p)
        again = p.second_chance if membership.status == LEFT else 1.0
        if chance >= (market + friends + search + asked) * again:
            continue  # not even if every exposure convinced
        suits = log_fit(uniform(always, i, slot + 2), uniform(always, i, slot + 3), p)
        benefit = benefit_of(
            person.information, person.belonging, person.cause, person.access, person.deals, person.ad_sensitivity,
            person.passion, suits, place.pulse, place.visitors_pulse, place.promo * place.host_on, peer,
            place.mission, place.ad_load, p,
        )  # fmt: skip
        by_friend = invited and membership.referrer >= 0
        convinced = asked * (by_word(benefit, p) if by_friend else benefit)
        if not happens(chance, ((market + friends + search) * benefit + convinced) * again):
            continue
        cause = cause_of_joining(
            uniform(today, i, slot + 1), market * benefit, friends * benefit, search * benefit, convinced
        )
        refresh(membership, day, memory)
        become_member(membership, day, cause, uniform(today, i, slot + 4), suits, p)
        alarm[i] = 0
        if cause == events.INVITED and by_friend:
            strengthen_both(bonds, i, membership.referrer, p.escort, day, bonding.life)
        tell_friends(i, 1, memberships, ties_start, ties_partner)
        place.members += 1
        counts[tally.JOINS_MARKET + cause - events.MARKET] += 1
        events.note(
            log, day, events.JOIN, i, membership.referrer if cause == events.INVITED else NOBODY, venue, -1, cause
        )


def step(world: CompiledWorld) -> None:
    """Let customers consider joining each venue that is open."""
    for venue in world.venues:
        if world.day >= venue.now.opens:
            join(
                world.people, world.need_day, venue.memberships, venue.bonds, venue.alarm, world.ties_start,
                world.ties_partner, venue.table, venue.tally, world.log, venue.index, world.day, world.keys["join"],
                world.parameters["join"], world.parameters["bonding"], world.parameters["memory"],
            )  # fmt: skip
