"""Leaving: members stop posting, leave the venue or leave the product, each for a cause.

Claim
    Members leave a place whose visits give less than they hoped for. It is experience that counts, not the last visit.
    Many first fall silent and go on reading. Belonging, identity and active contacts hold people whom poor visits would
    lose. Why somebody leaves is what was missing, or what was too much: they came for something that nobody supplied,
    or it cost too much to come. Life takes some whatever the venue does, and those who leave the product leave its
    venues.
Rule
    Hazard per visit: dull engaged (aspiration - E)+ exp(-b B - i I - c ln(1 + contacts)), with the experience E of
    `worth`, and less than full engagement on a glance. The cause is drawn in proportion to what is missing of each
    motive, and to each cost. Of those who would leave, the share `silent_first` fall silent instead. Product churn is
    reviewed every 28 days: base exp(-fit_effect (f - 1/2) - suits s - recruiter [the recruiter is still a customer] -
    belonging_effect B) (1 + rival + grudge G), where G are the grievances so far, faded.
Source
    The form is that of a prototype that met the survival rows. On the worth of the last visit, chance became exit; on
    interest, newcomers were never lost. The hazard falls with active contacts: computed from UC Irvine (an
    association). That belonging holds customers is assumed, as there is no causal estimate. Referred customers churn
    less: Schmitt, Skiera & Van den Bulte 2011; Armelini 2015 (abstracts; associations). The literature names two
    reasons and does not separate them: better matching, and a tie to the recruiter. Off: `dull` and `churn` at 0; each
    hold by its own number at 0.
Deviations
    Life, dormancy and churn are checked weekly and monthly, so that people who do nothing cost no computing time. A
    member who no longer comes leaves only by life or with the product, so too many messages drive out visitors. Readers
    who never wrote fall silent, too: it changes nothing but that their next reason to leave is final.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import happens, stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.measures import ACTIVE_DAYS
from sim.world.mechanisms.join import Parameters as Lives
from sim.world.mechanisms.join import pause, tell_friends
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import faded, is_inside
from sim.world.mechanisms.visit import days_until
from sim.world.mechanisms.worth import TROUBLE, engaged, experience, missing
from sim.world.mechanisms.worth import Parameters as Worth
from sim.world.parameters import param
from sim.world.state import CUSTOMER, DORMANT, GONE, LEFT, MEMBER, MOTIVES, NEVER, NOBODY, PARTS, Column, Rows

WEEK, MONTH = 7, 28
MOTIVE_COUNT = len(MOTIVES)


class Parameters(NamedTuple):
    """What makes people leave, and what holds them."""

    dull: float = param(
        0.95, "per visit", 0, 5, "calibrated", "hazard per unit of experience below the hope; prototype"
    )
    silent_first: float = param(0.5, "share", 0, 1, "assumed", "readers outlast posters (H9)")
    hold_belonging: float = param(1.8, "log per share", 0, 10, "calibrated", "belonging lowers the hazard of leaving")
    hold_identity: float = param(1.0, "log per share", 0, 10, "assumed", "so does identity with the group")
    hold_contacts: float = param(
        0.58, "log per log contact", 0, 5, "assumed", "exit falls from 46 % to 27 % between 1 and 5 contacts (S5)"
    )
    churn: float = param(0.0006, "per day", 0, 0.1, "assumed", "a fifth of all customers a year at a fit of one half")
    fit_effect: float = param(2.0, "log per share", 0, 10, "assumed", "a product that fits keeps people")
    grudge: float = param(0.3, "share per grievance", 0, 5, "assumed", "unanswered questions are held against makers")
    suits: float = param(0.5, "log per sd", 0, 3, "assumed", "those whom the product suits stay (V3)")
    recruiter: float = param(0.05, "log", -2, 2, "assumed", "a tie to the recruiter holds a customer (V3); may be 0")
    belonging_effect: float = param(0.7, "log per share", -5, 5, "assumed", "those who belong stay; may be 0 or less")


@rule
def hold(belonging: float, identity: float, contacts: float, p: Parameters) -> float:
    """Return the factor by which attachments and contacts weaken every reason to leave."""
    return math.exp(
        -p.hold_belonging * belonging - p.hold_identity * identity - p.hold_contacts * math.log(1.0 + contacts)
    )


@rule
def hazard_of_leaving(person: Rows, membership: Rows, p: Parameters, worth: Worth) -> float:
    """Return the hazard of leaving, or of falling silent, on a visit."""
    lacking = worth.aspiration - experience(membership.held)
    if lacking <= 0.0:
        return 0.0
    lacking *= engaged(person, worth)
    return p.dull * lacking * hold(membership.belonging, membership.identity, membership.contacts, p)


@rule
def cause_of_going(u: float, person: Rows, membership: Rows, worth: Worth) -> int:
    """Return the cause, drawn in proportion to what a member missed of each motive, and to each cost."""
    total = 0.0
    for motive in range(MOTIVE_COUNT):
        total += missing(person, membership, motive, worth)
    for cost in range(TROUBLE, PARTS):
        total -= membership.held[cost]
    x = u * total
    for motive in range(MOTIVE_COUNT):
        x -= missing(person, membership, motive, worth)
        if x < 0.0:
            return events.NO_INFORMATION + motive
    for cost in range(TROUBLE, PARTS - 1):
        x += membership.held[cost]
        if x < 0.0:
            return events.BY_TROUBLE + cost - TROUBLE
    return events.BY_BROADCAST


@rule
def p_churn(
    fit: float, suited: float, referred: bool, belonging: float, rival: float, grievance: float, days: float,
    p: Parameters,
) -> float:  # fmt: skip
    """Return the probability of leaving the product within `days` days. `referred`: the recruiter still uses it."""
    held = p.fit_effect * (fit - 0.5) + p.suits * suited + (p.recruiter if referred else 0.0)
    held += p.belonging_effect * belonging
    hazard = p.churn * math.exp(-held) * (1.0 + rival + p.grudge * grievance)
    return 1.0 - math.exp(-hazard * days)


@rule
def is_learning(adopted: int, day: int, learning: float) -> bool:
    """Tell whether somebody is new to the product. Those who had it from the start know it."""
    return bool(adopted > 0 and day - adopted < learning)


@rule
def p_lost(copy: float, rival: float, grievance: float, p: Parameters) -> float:
    """Return the share of those leaving the product who go to the rival's copy, by its part of what drives them.

    `rival` is what else draws or drives them away (see `p_churn`).
    """
    return copy / (1.0 + rival + copy + p.grudge * grievance)


@rule
def flow_of_exit(cause: int) -> int:
    """Return the counter of a cause of leaving."""
    return tally.EXITS_LIFE + cause - events.LIFE


@rule
def leave(
    memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows, counts: Column, log: Rows,
    person: int, venue: int, day: int, cause: int,
) -> None:  # fmt: skip
    """End a membership and record why."""
    membership = memberships[person]
    membership.status, membership.left, membership.left_cause = LEFT, day, cause
    membership.subscriber = False
    alarm[person] = NEVER
    now[0].members -= 1
    tell_friends(person, -1, memberships, ties_start, ties_partner)
    counts[flow_of_exit(cause)] += 1
    events.note(log, day, events.EXIT, person, NOBODY, venue, -1, cause)


@kernel
def after_visits(
    people: Rows, memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows,
    visitors: Column, counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters, worth: Worth,
) -> None:  # fmt: skip
    """Let some of today's visitors fall silent or leave."""
    today = stream(key, day)
    for i in visitors:
        membership = memberships[i]
        slot = venue * 8
        if not happens(uniform(today, i, slot), hazard_of_leaving(people[i], membership, p, worth)):
            continue
        cause = cause_of_going(uniform(today, i, slot + 1), people[i], membership, worth)
        if not membership.silent and uniform(today, i, slot + 2) < p.silent_first:
            membership.silent = True
            counts[tally.SILENCED] += 1
            events.note(log, day, events.SILENCE, i, NOBODY, venue, -1, cause)
            continue
        leave(memberships, alarm, ties_start, ties_partner, now, counts, log, i, venue, day, cause)


@kernel
def weekly(
    people: Rows, memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows,
    counts: Column, log: Rows, venue: int, day: int, sleep_after: float, wake_rate: float, key: np.uint64, lives: Lives,
) -> None:  # fmt: skip
    """Check every member once a week: whether life interrupts, for a while or for good, and whether they are active."""
    today = stream(key, day)
    for i in range((-day) % WEEK, len(memberships), WEEK):
        membership = memberships[i]
        if not is_inside(membership):
            continue
        slot = venue * 8
        if membership.life_day <= day and uniform(today, i, slot + 5) < lives.p_pause:
            if membership.status == MEMBER:
                events.note(log, day, events.SLEEP, i, NOBODY, venue, -1, events.LIFE)
            u, v = uniform(today, i, slot + 6), uniform(today, i, slot + 7)
            alarm[i] = pause(membership, alarm[i], day, people[i].restless, u, v, lives)
        elif membership.life_day <= day:
            leave(memberships, alarm, ties_start, ties_partner, now, counts, log, i, venue, day, events.LIFE)
        elif membership.status == MEMBER and day - membership.last_visit > sleep_after:
            membership.status = DORMANT
            alarm[i] = min(NEVER - 1, day + days_until(uniform(today, i, slot + 3), wake_rate))
            events.note(log, day, events.SLEEP, i, NOBODY, venue, -1, events.NO_CAUSE)
        elif membership.status == MEMBER and day - membership.last_visit <= ACTIVE_DAYS:
            counts[tally.DAYS_ACTIVE] += WEEK if membership.joined < day else 0.5 * WEEK  # last weeks end halfway


@kernel
def leave_product(
    people: Rows, memberships: Rows, fit: Column, rival: float, copy: Column, unfamiliar: float, learning: float,
    counts: Column, log: Rows, gone: Column, day: int, key: np.uint64, p: Parameters, memory: Memory,
) -> int:  # fmt: skip
    """Review one in 28 customers. Return how many leave the product; their ids stand in `gone`."""
    today = stream(key, day)
    n = 0
    for i in range((-day) % MONTH, len(people), MONTH):
        person = people[i]
        if person.customer != CUSTOMER:
            continue
        most = 0.0
        person.grievance = faded(person.grievance, float(MONTH), memory.lasting)
        for venue in range(len(memberships)):
            membership = memberships[venue, i]
            if membership.status == MEMBER:
                most = max(most, faded(membership.belonging, float(day - membership.stamp), memory.belonging))
        referred = person.recruiter >= 0 and people[person.recruiter].customer == CUSTOMER
        rest = rival + (unfamiliar if is_learning(person.adopted, day, learning) else 0.0)
        pull = rest + copy[person.facet]
        chance = p_churn(fit[person.facet], person.suited, referred, most, pull, person.grievance, float(MONTH), p)
        if uniform(today, i, 100) < chance:
            share, cause = p_lost(copy[person.facet], rest, person.grievance, p), events.PRODUCT
            if share > 0.0 and uniform(today, i, 101) < share:
                cause = events.RIVAL
                counts[tally.LOST_TO_RIVAL] += 1
            person.customer, person.gone, person.gone_cause = GONE, day, cause
            gone[n] = i
            n += 1
            counts[tally.CHURNED] += 1
            events.note(log, day, events.CHURN, i, NOBODY, -1, -1, cause)
    return n


@kernel
def calm(people: Rows, day: int, memory: Memory) -> None:
    """Let the grievances of one in 28 customers fade, where there is no product left to review."""
    for i in range((-day) % MONTH, len(people), MONTH):
        if people[i].customer == CUSTOMER:
            people[i].grievance = faded(people[i].grievance, float(MONTH), memory.lasting)


@kernel
def follow_product(
    memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows, counts: Column, log: Rows,
    venue: int, day: int, gone: Column,
) -> None:  # fmt: skip
    """Let those who left the product leave the venue."""
    for i in gone:
        if is_inside(memberships[i]):
            leave(memberships, alarm, ties_start, ties_partner, now, counts, log, i, venue, day, events.PRODUCT)


@kernel
def leave_venue(
    people: Rows, memberships: Rows, alarm: Column, ties_start: Column, ties_partner: Column, now: Rows,
    visitors: Column, counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters, worth: Worth,
    sleep_after: float, wake_rate: float, lives: Lives,
) -> None:  # fmt: skip
    """Let people leave after a visit, and when life moves on."""
    after_visits(
        people, memberships, alarm, ties_start, ties_partner, now, visitors, counts, log, venue, day, key, p, worth
    )  # fmt: skip
    weekly(
        people, memberships, alarm, ties_start, ties_partner, now, counts, log, venue, day, sleep_after, wake_rate, key,
        lives,
    )  # fmt: skip


def step(world: CompiledWorld) -> None:
    """Let people leave venues and the product."""
    p, memory, key, day = world.parameters["leaving"], world.parameters["memory"], world.keys["leaving"], world.day
    visit = world.parameters["visit"]
    for venue in world.venues:
        leave_venue(
            world.people, venue.memberships, venue.alarm, world.ties_start, world.ties_partner, venue.table,
            venue.visitors, venue.tally, world.log, venue.index, day, key, p, world.parameters["worth"],
            visit.sleep_after, visit.wake_rate, world.parameters["join"],
        )  # fmt: skip
    product, lost = world.product, world.venues[0].tally[tally.LOST_TO_RIVAL]
    if not product.on_market:
        calm(world.people, day, memory)
        return
    gone = leave_product(
        world.people, world.memberships, product.fit, world.settings.outside.rival, product.copy, product.unfamiliar,
        world.parameters["rivals"].learning, world.venues[0].tally, world.log, world.everybody, day, key, p, memory,
    )  # fmt: skip
    product.customers -= gone
    product.at_rival += int(world.venues[0].tally[tally.LOST_TO_RIVAL] - lost)
    for venue in world.venues if gone else ():
        follow_product(
            venue.memberships, venue.alarm, world.ties_start, world.ties_partner, venue.table, venue.tally, world.log,
            venue.index, day, world.everybody[:gone],
        )  # fmt: skip
