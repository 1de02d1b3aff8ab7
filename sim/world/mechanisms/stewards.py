"""Stewards: a host hands keys to members in steps, and they take over a part of its duties.

Claim
    A place can be handed to those who live in it. Those who take over are members who help and belong. Their time is
    limited, so what is handed to few people faster than they can carry it is left undone and wears them out. Members
    who own a share of a place feel more part of it. Where nobody helps there is nobody to hand anything to.
Rule
    The share handed over, K, rises from `handover_from` on to `handover` within `handover_days`, while the host is
    paid, and stays where it is when the host stops. Of the questions that the host would answer and the newcomers whom
    it would greet, the share K is the members' affair, and the host does the rest. Once a week everybody is looked at:
    a member holds keys with `helps` recent answers and a belonging of `belongs`, and else lays them down. Stewards who
    visit do what is due before all else, as far as their minutes go: newcomers of the day, then questions of earlier
    days, oldest first. A greeting draws a newcomer out as one by the host does, and is worth as much belonging as one
    by a host in a peer's tone. Strain S is a running mean of duties left undone per steward. It disappoints each
    steward who visits by burden S / (1 + S). Where somebody holds keys, a visit raises identity by owning K (1/2 + own
    part / 2) with the own part of `bonding`, and the cause by shared K posts / (posts + 10).
Source
    To hand stewardship to members as far as possible: a comment on essay 003; shared ownership marks communities: essay
    000. Members who feel that a place is theirs do more for it: studies of psychological ownership (recalled; surveys,
    so associations). That moderators burn out is reported (recalled; interviews). All sizes are assumed. Off:
    `handover` at 0.
Deviations
    Nobody is asked, votes, or declines. Stewards answer questions and greet; they judge nobody and spend no money. An
    author who came earlier on the day finds a steward's reply all the same. What nobody takes on waits until its
    author gives up, and the host does not step in.
"""

from typing import Any, NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import about, stream, uniform
from sim.world.interfaces import AnyVenue, CompiledVenue, CompiledWorld
from sim.world.mechanisms.accounts import running
from sim.world.mechanisms.answering import CARE, LUCK, give_reply, is_held_back, is_open, known_of
from sim.world.mechanisms.bonding import grown_towards_one, strength_of
from sim.world.mechanisms.exposure import Parameters as Exposure
from sim.world.mechanisms.exposure import spend
from sim.world.mechanisms.incentives import Parameters as Incentives
from sim.world.mechanisms.memory import ROLE, faded
from sim.world.mechanisms.quality import Parameters as Quality
from sim.world.mechanisms.quality import is_clear, posts_of, quality_of
from sim.world.mechanisms.worth import MISSION, own_part
from sim.world.mechanisms.worth import Parameters as Worth
from sim.world.parameters import param
from sim.world.state import HOST, MEMBER, Column, Rows, grown

WEEK = 7


class Parameters(NamedTuple):
    """Who holds keys, what duties take, and what they do to those who do them."""

    helps: float = param(2.0, "recent answers", 0, 100, "assumed", "who holds keys has helped lately")
    belongs: float = param(0.2, "share", 0, 1, "assumed", "and belongs; few newcomers do")
    minutes_per_greeting: float = param(3.0, "minutes", 0, 60, "assumed", "a short welcome; a host takes six")
    burden: float = param(0.05, "share per visit", 0, 1, "assumed", "of an unanswered question's hurt, at full strain")
    impression: float = param(14, "days", 1, 365, "assumed", "strain follows what stays undone, as impressions do")
    owning: float = param(0.003, "share per visit", 0, 1, "assumed", "identity by owning; a tenth of a clear mission's")
    shared: float = param(0.3, "met", 0, 5, "assumed", "a fifth of a clear mission, for those who did their part")


@rule
def holds_keys(helping: float, belonging: float, p: Parameters) -> bool:
    """Tell whether a member who helped so much lately, and belongs so much, holds keys."""
    return helping >= p.helps and belonging >= p.belongs


@rule
def is_handed(u: float, share: float, handed: float) -> bool:
    """Tell whether an act is in the part of the host's `share` that members were given. `u`: the host's draw."""
    return share * (1.0 - handed) <= u < share


@rule
def burdened(strain: float, p: Parameters) -> float:
    """Return the disappointment that a visit brings a steward, by the duties that stay undone for each of them."""
    return p.burden * strain / (1.0 + strain)


@rule
def by_owning(handed: float, posts: float, p: Parameters) -> float:
    """Return the identity that a visit brings to those who own a share of the place, by their part in it."""
    return p.owning * handed * own_part(posts)


@rule
def from_owning(handed: float, posts: float, p: Parameters) -> float:
    """Return what owning a share adds to the cause: nothing to those who never did their part."""
    return p.shared * handed * (2.0 * own_part(posts) - 1.0)


@rule
def be_welcomed(membership: Rows, gain: float) -> None:
    """Let a newcomer be greeted by a member."""
    membership.drawn += 1.0
    membership.belonging = grown_towards_one(membership.belonging, gain)


def handed_by(levers: Any, day: int) -> float:
    """Return the share of the host's duties that is handed over by a day."""
    progress = (day - levers.handover_from + 1.0) / levers.handover_days
    return float(levers.handover * min(1.0, max(0.0, progress)))


def hand_over(venue: AnyVenue, day: int) -> bool:
    """Hand over today's share of the host's duties. Return whether anybody may hold keys, or has to lay them down."""
    now = venue.now
    before = now.handed
    if now.host_on > 0.0:  # a host without paid hours hands nothing over, and takes nothing back
        now.handed = handed_by(venue.host.levers, day)
    now.reply_share *= 1.0 - now.handed
    now.onboarding *= 1.0 - now.handed
    return bool(now.handed > 0.0 or before > 0.0)


def strain(now: Any, undone: float, stewards: int, p: Parameters) -> None:
    """Update the strain on stewards by what stays undone today."""
    now.strain = running(now.strain, undone / max(1, stewards), p.impression)


@kernel
def look_for_stewards(
    memberships: Rows, standings: Rows, now: Rows, log: Rows, venue: int, day: int, life: float, p: Parameters
) -> int:  # fmt: skip
    """Let those whose turn it is take keys or lay them down. Return how many members hold keys."""
    number, next_turn = 0, (-day) % WEEK
    for i in range(len(memberships)):
        membership, standing = memberships[i], standings[i]
        turn = i == next_turn
        next_turn += WEEK if turn else 0
        if turn or now[0].handed <= 0.0:
            age, had = float(day - membership.stamp), standing.steward
            can = membership.status == MEMBER and not membership.silent and now[0].handed > 0.0
            helping, belonging = faded(membership.helping, age, ROLE), faded(membership.belonging, age, life)
            standing.steward = can and holds_keys(helping, belonging, p)
            if standing.steward and not had:
                events.note(log, day, events.HAND_OVER, HOST, i, venue, -1, events.BY_HOST)
        number += standing.steward and membership.status == MEMBER
    return number


@kernel
def newcomers_handed(
    memberships: Rows, visitors: Column, handed: float, onboarding: float, venue: int, day: int, key: np.uint64,
    found: Column,
) -> int:  # fmt: skip
    """Put today's newcomers whose greeting is handed over into `found`, and return how many they are."""
    number, today = 0, stream(key, day)
    for i in visitors:
        if memberships[i].joined == day and is_handed(uniform(today, i, venue * 8 + 1), onboarding, handed):
            found[number] = i
            number += 1
    return number


@kernel
def questions_handed(
    threads: Rows, now: Rows, counts: Column, replies: float, venue: int, day: int, key: np.uint64, found: Column
) -> int:  # fmt: skip
    """Put open questions whose answer is handed over into `found`, count those of yesterday, and return how many."""
    number, place = 0, now[0]
    for at in range(place.aged, place.threads_before):
        thread = threads[at]
        if not is_open(thread) or is_held_back(thread, day):
            continue
        if is_handed(uniform(about(key, thread.key), HOST, venue), replies, place.handed):
            found[number] = at
            number += 1
            counts[tally.DUTIES] += thread.time >= day - 1
    return number


@kernel
def do_duties(
    people: Rows, memberships: Rows, standings: Rows, plates: Column, bonds: Rows, threads: Rows, answers: Rows,
    now: Rows, archive: Column, visitors: Column, counts: Column, log: Rows, venue: int, day: int, replies: float,
    onboarding: float, key: np.uint64, greeting_key: np.uint64, p: Parameters, exposure: Exposure,
    incentives: Incentives, quality: Quality, worth: Worth, p_ticket: float, bond_life: float, warmth: float,
) -> float:  # fmt: skip
    """Let stewards who visit greet and answer, as far as their minutes go. Return how much stays undone."""
    place, welcomed = now[0], 0
    new, asked = np.empty(len(visitors), np.int64), np.empty(place.threads_before - place.aged, np.int64)
    newcomers = newcomers_handed(memberships, visitors, place.handed, onboarding, venue, day, greeting_key, new)
    counts[tally.DUTIES] += newcomers
    questions = questions_handed(threads, now, counts, replies, venue, day, key, asked)
    undone = float(newcomers + questions)
    effort = exposure.minutes_per_thread + exposure.minutes_per_post * place.effort
    for k in range(len(visitors)):
        i = visitors[k]
        person, membership = people[i], memberships[i]
        if not standings[i].steward or membership.joined == day:
            continue
        while welcomed < newcomers and person.minutes_left >= p.minutes_per_greeting:
            spend(person, p.minutes_per_greeting, counts)
            be_welcomed(memberships[new[welcomed]], warmth)
            events.note(log, day, events.GREET, i, new[welcomed], venue, -1, events.PEERS)
            counts[tally.DUTIES_DONE] += 1
            welcomed += 1
            undone -= 1.0
        for at in asked[:questions]:
            thread = threads[at]
            if person.minutes_left < effort or thread.author == i or not is_open(thread):
                continue
            spend(person, exposure.minutes_per_thread, counts)
            meeting, knows = about(key, thread.key), known_of(person, thread, worth)
            good = quality_of(
                uniform(meeting, i, CARE + venue), uniform(meeting, i, LUCK + venue), knows, posts_of(membership),
                quality,
            )  # fmt: skip
            give_reply(
                person, membership, plates[k], memberships, threads, answers, now, archive, counts, log, at, i, venue,
                day, good, is_clear(good, quality), thread.facet == person.facet,
                strength_of(bonds, i, thread.author, day, bond_life), exposure, incentives, worth, p_ticket,
            )  # fmt: skip
            counts[tally.DUTIES_DONE] += 1
            undone -= 1.0
    return undone


@kernel
def own(memberships: Rows, standings: Rows, plates: Column, now: Rows, visitors: Column, p: Parameters) -> None:
    """Let visitors feel that they own a share of the place, and let strain wear stewards out."""
    place = now[0]
    for k in range(len(visitors)):
        membership = memberships[visitors[k]]
        posts = posts_of(membership)
        membership.identity = grown_towards_one(membership.identity, by_owning(place.handed, posts, p))
        plates[k, MISSION] += from_owning(place.handed, posts, p)
        if standings[visitors[k]].steward:
            membership.disappointment += burdened(place.strain, p)


def serve(world: CompiledWorld, venue: CompiledVenue) -> float:
    """Let the stewards of a venue do today's duties. Return how much stays undone."""
    numbers, levers = world.parameters, venue.host.levers
    venue.answers = grown(venue.answers, int(venue.now.answers + venue.now.threads_before - venue.now.aged))
    return do_duties(
        world.people, venue.memberships, venue.standings, venue.plates, venue.bonds, venue.threads, venue.answers,
        venue.table, venue.archive, venue.visitors, venue.tally, world.log, venue.index, world.day, levers.replies,
        levers.onboarding, world.keys["answering"], world.keys["bonding"], numbers["stewards"], numbers["exposure"],
        numbers["incentives"], numbers["quality"], numbers["worth"], numbers["visit"].p_ticket, numbers["bonding"].life,
        numbers["bonding"].host_reply,
    )  # fmt: skip


def step(world: CompiledWorld) -> None:
    """Hand keys to members, and let them do what is handed over."""
    p = world.parameters["stewards"]
    for venue in world.venues:
        if not hand_over(venue, world.day):
            continue
        stewards = look_for_stewards(
            venue.memberships, venue.standings, venue.table, world.log, venue.index, world.day,
            world.parameters["memory"].belonging, p,
        )  # fmt: skip
        if not venue.now.hushed:
            strain(venue.now, serve(world, venue), stewards, p)
        if stewards > 0:
            own(venue.memberships, venue.standings, venue.plates, venue.table, venue.visitors, p)
