"""Answering: peers and the host reply, and authors who get no reply are disappointed.

Claim
    A question is answered by those who come by, know enough and feel like it. They reply less readily where there are
    replies already. A host helps, but it also takes something away: where it answers much, members leave the answering
    to it.
Rule
    Each visitor meets each new thread once, newest first, as far as their time allows. They reply with p = 1 -
    exp(-answer contribution (0.5 + B) one_reply^replies appeal match (1 + bond s) boost (1 - crowding host share) /
    effort). The host goes over the open questions at the end of the day. It lets peers go first for `host_waits`, then
    sets out to answer a share of the questions, oldest first, while its hours last. After that it joins a share of all
    threads of the day (`joins_in`), in what hours remain: each takes as long as any reply. Nobody replies twice to a
    thread. After seven days without a reply the asker is disappointed.
Source
    One draw for each thread and person: with a new draw at each view, 93-99 % of questions were answered in prototypes,
    against 60-77 % in the sources (Burke et al. 2007, abstract; en-net, computed). Crowding: Homburg, Ehm & Artz 2015
    (abstract) found an interior optimum of firm engagement for functional threads. The model assumes that engagement
    has some cost; where the optimum lies emerges. For social threads they found no relation, so crowding applies to
    questions alone.
Deviations
    Every answer is right. Its quality is not modelled.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import about, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.asking import Parameters as Asking
from sim.world.mechanisms.asking import sociality, speaks
from sim.world.mechanisms.bonding import Parameters as Bonding
from sim.world.mechanisms.bonding import strength_of
from sim.world.mechanisms.exposure import count_new
from sim.world.mechanisms.hosting import leave_undone
from sim.world.mechanisms.incentives import Parameters as Incentives
from sim.world.mechanisms.incentives import note_gift
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import refresh
from sim.world.mechanisms.recognition import Parameters as Recognition
from sim.world.mechanisms.recognition import motivation
from sim.world.parameters import param
from sim.world.state import HOST, NOBODY, QUESTION, SEED, TALK, Column, Rows, grown

JOINING_IN = 64  # slot of the host's second draw about a thread, after the slots of the venues
MOST_ANSWERS = 5  # on one visit
PATIENCE = 7  # days after which an author gives up hope of a reply


class Parameters(NamedTuple):
    """What makes people reply."""

    answer: float = param(0.018, "per thread met", 0, 2, "calibrated", "replies of a member with full belonging")
    talk_back: float = param(0.38, "share", 0, 5, "calibrated", "talk and the host's posts, relative to questions")
    one_reply: float = param(0.85, "share", 0, 1, "calibrated", "willingness that remains for each reply already there")
    bond: float = param(1.0, "share per strength", 0, 10, "assumed", "friends are answered first")
    other_facet: float = param(0.4, "share", 0, 1, "assumed", "expertise on another kind of use than one's own")
    crowding: float = param(0.5, "share", 0, 1, "assumed", "a host that answers all halves peers' replies; may be 0")
    host_waits: float = param(0.75, "days", 0, 7, "assumed", "how long the host lets peers go first")


@rule
def p_answer(
    contribution: float, belonging: float, replies: int, appeal: float, match: float, bond: float, boost: float,
    p: Parameters,
) -> float:  # fmt: skip
    """Return the probability that a visitor replies to a thread when they meet it."""
    willing = p.answer * contribution * (0.5 + belonging) * boost
    crowd = math.exp(replies * math.log(max(p.one_reply, 1e-9))) if replies > 0 else 1.0
    return 1.0 - math.exp(-willing * crowd * appeal * match * (1.0 + p.bond * bond))


@rule
def match_to(kind: int, same_facet: bool, expertise: float, goodwill: float, belonging: float, p: Parameters) -> float:
    """Return how well a thread suits a member: by knowledge and goodwill, or for talk by belonging. Mean about 1."""
    if kind == QUESTION:
        return (1.0 if same_facet else p.other_facet) * 2.0 * expertise * (0.5 + 4.0 * goodwill)
    return p.talk_back * (0.5 + 3.0 * belonging)


@rule
def leaves_to_host(kind: int, host_share: float, p: Parameters) -> float:
    """Return what is left of a peer's willingness where the host gives this share of the replies."""
    return 1.0 - p.crowding * host_share if kind == QUESTION else 1.0


@rule
def is_held_back(thread: Rows, day: int) -> bool:
    """Tell whether nobody may reply to a thread: it was turned away, or an experimenter mutes it for now."""
    return bool(thread.rejected) or (bool(thread.muted) and thread.time > day - PATIENCE)


@rule
def first_answer(
    thread: Rows, by: int, time: float, is_open: bool, archive: Column, counts: Column, p_ticket: float
) -> None:
    """Record what a first reply changes: the thread, the archive, and the ticket that is avoided.

    After seven days the author has gone to the support desk or given up (`grow_old`), so a reply avoids no ticket.
    """
    thread.answered = time
    thread.answerer = by
    if thread.kind == QUESTION:
        archive[thread.facet] += 1.0
        counts[tally.TICKETS_AVOIDED] += p_ticket if is_open and not thread.induced else 0.0


@rule
def awaits_host(thread: Rows, now: Rows, venue: int, day: int, key: np.uint64) -> bool:
    """Tell whether a question is open, and in the share that the host sets out to answer (the same on every day)."""
    is_open = thread.kind == QUESTION and thread.answered < 0.0 and not thread.superseded
    return bool(
        is_open and uniform(about(key, thread.key), HOST, venue) < now.reply_share and not is_held_back(thread, day)
    )


@rule
def enter_reply(
    memberships: Rows, threads: Rows, answers: Rows, now: Rows, archive: Column, counts: Column, at: int, by: int,
    time: float, p_ticket: float,
) -> None:  # fmt: skip
    """Append a reply by a member or by the host, which the author finds on their next visit."""
    thread = threads[at]
    if thread.answered < 0.0:
        is_open = at >= now[0].aged and not thread.superseded
        first_answer(thread, by, time, is_open, archive, counts, p_ticket)
    thread.replies += 1
    if thread.author >= 0:
        memberships[thread.author].waiting += 1
        memberships[thread.author].replies += 1
    row = answers[now[0].answers]
    row.time, row.thread, row.person = time, at, by
    now[0].answers += 1


@rule
def host_replies(
    memberships: Rows, threads: Rows, answers: Rows, now: Rows, archive: Column, counts: Column, log: Rows, at: int,
    time: float, venue: int, day: int, hours_per_reply: float, p_ticket: float,
) -> None:  # fmt: skip
    """Append a reply by the host, out of the hours that are left today."""
    enter_reply(memberships, threads, answers, now, archive, counts, at, HOST, time, p_ticket)
    now[0].hours_left -= hours_per_reply
    now[0].hours_used += hours_per_reply
    counts[tally.HOST_ANSWERS] += 1
    events.note(log, day, events.HOST_ANSWERED, HOST, threads[at].author, venue, at, events.BY_HOST)


@rule
def chance_to_reply(
    person: Rows, membership: Rows, thread: Rows, host_share: float, bond: float, boost: float, p: Parameters
) -> float:
    """Return the probability that this member replies to this thread."""
    match = match_to(thread.kind, thread.facet == person.facet, person.expertise, person.goodwill, person.belonging, p)
    match *= leaves_to_host(thread.kind, host_share, p)
    return p_answer(person.contribution, membership.belonging, thread.replies, thread.appeal, match, bond, boost, p)


@kernel
def answer(
    people: Rows, memberships: Rows, bonds: Rows, threads: Rows, answers: Rows, now: Rows, archive: Column,
    visitors: Column, counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters,
    asking: Asking, recognition: Recognition, incentives: Incentives, p_ticket: float, bond_life: float,
) -> None:  # fmt: skip
    """Let visitors reply to threads that are new to them, in the order of their hours."""
    place = now[0]
    for i in visitors:
        person, membership = people[i], memberships[i]
        # Threads opened earlier today came after `exposure`: look once more.
        membership.seen = count_new(threads, place.threads, membership.last_visit, membership.hour, membership.met)
        counts[tally.MET] += membership.seen
        social = sociality(person.belonging, person.goodwill, person.validation, person.cause)
        if place.hushed or not speaks(person.hurdle, social, membership.greeted, membership.silent, asking):
            continue
        boost = motivation(person, membership, place, recognition, incentives) / place.effort
        left, given = membership.seen, 0
        at = place.threads
        while left > 0 and given < MOST_ANSWERS and at > 0:
            at -= 1
            thread = threads[at]
            if thread.time >= membership.hour:
                continue
            left -= 1
            meeting = about(key, thread.key)
            closed = place.talk < 1.0 and uniform(meeting, -1, venue) >= place.talk
            if thread.author == i or thread.answerer == i or closed or is_held_back(thread, day):
                continue  # their own, already answered by them (in a trial), or not open to members
            bond = strength_of(bonds, i, thread.author, day, bond_life)
            chance = chance_to_reply(person, membership, thread, place.host_share, bond, boost, p)
            if uniform(meeting, i, venue) >= chance:
                continue
            enter_reply(memberships, threads, answers, now, archive, counts, at, i, membership.hour, p_ticket)
            given += 1
            membership.answers += 1
            membership.helping += 1.0
            membership.beyond += thread.facet != person.facet
            note_gift(membership, day, incentives)
            counts[tally.ANSWERS] += 1
            counts[tally.ANSWERS_CORE] += bond > 0.0
            events.note(log, day, events.ANSWERED, i, thread.author, venue, at, events.NEED)


@kernel
def host_answer(
    memberships: Rows, threads: Rows, answers: Rows, now: Rows, archive: Column, counts: Column, log: Rows,
    venue: int, day: int, key: np.uint64, p: Parameters, hours_per_reply: float, p_ticket: float,
) -> None:  # fmt: skip
    """Let the host reply to its share of the open questions, oldest first, while its hours last."""
    place = now[0]
    time = day + 0.999
    for at in range(place.aged, place.threads):
        thread = threads[at]
        if place.hours_left < hours_per_reply or thread.time > time - p.host_waits:
            break
        if awaits_host(thread, place, venue, day, key):
            host_replies(
                memberships, threads, answers, now, archive, counts, log, at, time, venue, day, hours_per_reply,
                p_ticket,
            )  # fmt: skip


@kernel
def host_joins_in(
    memberships: Rows, threads: Rows, answers: Rows, now: Rows, archive: Column, counts: Column, log: Rows,
    venue: int, day: int, key: np.uint64, hours_per_reply: float, p_ticket: float,
) -> None:  # fmt: skip
    """Let the host join its share of the members' threads of the day, answered or not, while its hours last."""
    place = now[0]
    time = day + 0.999
    for at in range(place.threads_before, place.threads):
        thread = threads[at]
        if thread.time >= time:
            break  # what is written after the evening round is not seen on it
        if thread.author < 0 or uniform(about(key, thread.key), HOST, JOINING_IN + venue) >= place.joins_in:
            continue
        if thread.answerer == HOST or is_held_back(thread, day):
            continue  # the host answered a moment ago, and nobody replies twice to a thread
        if place.hours_left >= hours_per_reply:
            host_replies(
                memberships, threads, answers, now, archive, counts, log, at, time, venue, day, hours_per_reply,
                p_ticket,
            )  # fmt: skip
        elif not awaits_host(thread, place, venue, day, key):  # or it may get its reply tomorrow
            leave_undone(counts, tally.UNDONE_REPLIES, hours_per_reply)


@kernel
def grow_old(
    people: Rows, memberships: Rows, threads: Rows, now: Rows, counts: Column, log: Rows, venue: int, day: int,
    key: np.uint64, p_ticket: float, trust_lost: float, memory: Memory, hours_per_reply: float,
) -> None:  # fmt: skip
    """Settle threads that turn seven days old: whether they were answered, and how soon."""
    place = now[0]
    while place.aged < place.threads and threads[place.aged].time < day + 1 - PATIENCE:
        at = place.aged
        place.aged += 1
        thread = threads[at]
        if thread.kind == SEED or thread.superseded:
            continue
        in_time = thread.answered >= 0.0
        counts[tally.FIRST_POSTS_DUE] += thread.first_post
        counts[tally.FIRST_POSTS_REPLIED] += thread.first_post and in_time
        if thread.kind == TALK:
            continue
        counts[tally.QUESTIONS_DUE] += 1
        if in_time:
            counts[tally.QUESTIONS_ANSWERED] += 1
            counts[tally.HOURS_TO_ANSWER] += 24.0 * (thread.answered - thread.time)
            continue
        if place.hours_left < hours_per_reply and awaits_host(thread, place, venue, day, key):
            leave_undone(counts, tally.UNDONE_REPLIES, hours_per_reply)
        membership = memberships[thread.author]
        refresh(membership, day, memory)
        membership.disappointment += 1.0
        people[thread.author].trust *= 1.0 - trust_lost
        people[thread.author].grievance += 1.0
        if membership.open_thread == at:
            membership.open_thread = NOBODY
        counts[tally.DISAPPOINTMENTS] += 1
        events.note(log, day, events.DISAPPOINT, thread.author, NOBODY, venue, at, events.UNMET)
        if uniform(about(key, thread.key), thread.author, 7) < p_ticket:
            counts[tally.TICKETS] += 1
            counts[tally.TICKETS_INDUCED] += thread.induced
            events.note(log, day, events.TICKET, thread.author, NOBODY, venue, at, events.UNMET)


@kernel
def reply(
    people: Rows, memberships: Rows, bonds: Rows, threads: Rows, answers: Rows, now: Rows, archive: Column,
    visitors: Column, counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters, asking: Asking,
    recognition: Recognition, incentives: Incentives, memory: Memory, bonding: Bonding, p_ticket: float,
    hours_per_reply: float,
) -> None:  # fmt: skip
    """Let peers reply, then the host, then settle what has grown old."""
    answer(
        people, memberships, bonds, threads, answers, now, archive, visitors, counts, log, venue, day, key, p, asking,
        recognition, incentives, p_ticket, bonding.life,
    )  # fmt: skip
    host_answer(
        memberships, threads, answers, now, archive, counts, log, venue, day, key, p, hours_per_reply, p_ticket
    )  # fmt: skip
    if now[0].joins_in > 0.0:
        host_joins_in(
            memberships, threads, answers, now, archive, counts, log, venue, day, key, hours_per_reply, p_ticket
        )  # fmt: skip
    grow_old(
        people, memberships, threads, now, counts, log, venue, day, key, p_ticket, bonding.trust_silence, memory,
        hours_per_reply,
    )  # fmt: skip


def step(world: CompiledWorld) -> None:
    """Let members and hosts reply to today's threads."""
    numbers = world.parameters
    for venue in world.venues:
        now = venue.now
        by_host = int(2 * now.threads - now.aged - now.threads_before)
        venue.answers = grown(venue.answers, int(now.answers) + len(venue.visitors) * MOST_ANSWERS + by_host)
        reply(
            world.people, venue.memberships, venue.bonds, venue.threads, venue.answers, venue.table, venue.archive,
            venue.visitors, venue.tally, world.log, venue.index, world.day, world.keys["answering"],
            numbers["answering"], numbers["asking"], numbers["recognition"], numbers["incentives"], numbers["memory"],
            numbers["bonding"], numbers["visit"].p_ticket, numbers["hosting"].hours_per_reply,
        )  # fmt: skip
