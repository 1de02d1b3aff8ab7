"""Evening: the host replies, and those whose question stayed open are disappointed.

Claim
    A host that lets members go first leaves room for their help. It answers what is left, as far as its hours go. Who
    got no reply for a week stops waiting, and holds it against the place and its makers.
Rule
    The host goes over the open questions at the end of the day. It lets peers go first for `host_waits`, then sets out
    to answer a share of the questions, oldest first, while its hours last. After that it joins a share of all threads
    of the day (`joins_in`), in what hours remain: each takes as long as any reply. Nobody replies twice to a thread.
    After seven days without a reply the asker is disappointed, trusts the host less, and may go to the support desk.
Source
    The order of the host's work and its waiting are assumed. An unanswered first question lowers the chance of a second
    post: Joyce & Kraut 2006 (abstract, association).
Deviations
    Each reply by the host is of middling quality and clear. It is never late at night: all are written at day's end.
"""

from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import about, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.answering import PATIENCE, enter_reply, is_held_back, is_open
from sim.world.mechanisms.asking import write_ticket
from sim.world.mechanisms.hosting import leave_undone, take_hours
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import refresh
from sim.world.parameters import param
from sim.world.state import HOST, NOBODY, SEED, TALK, Column, Rows, grown

JOINING_IN = 64  # slot of the host's second draw about a thread, after the slots of the venues


class Parameters(NamedTuple):
    """When the host steps in."""

    host_waits: float = param(0.75, "days", 0, 7, "assumed", "how long the host lets peers go first")


@rule
def awaits_host(thread: Rows, now: Rows, venue: int, day: int, key: np.uint64) -> bool:
    """Tell whether a question is open, and in the share that the host sets out to answer (the same on every day)."""
    willing = uniform(about(key, thread.key), HOST, venue) < now.reply_share
    return bool(is_open(thread) and willing and not is_held_back(thread, day))


@rule
def host_replies(
    memberships: Rows, threads: Rows, answers: Rows, now: Rows, archive: Column, counts: Column, log: Rows, at: int,
    time: float, venue: int, day: int, hours_per_reply: float, p_ticket: float,
) -> None:  # fmt: skip
    """Append a reply by the host, of middling quality, out of the hours that are left today."""
    enter_reply(memberships, threads, answers, now, archive, counts, at, HOST, time, 1.0, True, p_ticket)
    take_hours(now[0], hours_per_reply)
    counts[tally.HOST_ANSWERS] += 1
    events.note(log, day, events.HOST_ANSWERED, HOST, threads[at].author, venue, at, events.BY_HOST)


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
            write_ticket(counts, log, thread.author, venue, day, at, thread.induced, events.UNMET)


@kernel
def settle(
    people: Rows, memberships: Rows, threads: Rows, answers: Rows, now: Rows, archive: Column, counts: Column,
    log: Rows, venue: int, day: int, key: np.uint64, p: Parameters, memory: Memory, p_ticket: float, trust_lost: float,
    hours_per_reply: float,
) -> None:  # fmt: skip
    """Let the host reply, then settle what has grown old."""
    host_answer(
        memberships, threads, answers, now, archive, counts, log, venue, day, key, p, hours_per_reply, p_ticket
    )  # fmt: skip
    if now[0].joins_in > 0.0:
        host_joins_in(
            memberships, threads, answers, now, archive, counts, log, venue, day, key, hours_per_reply, p_ticket
        )  # fmt: skip
    grow_old(
        people, memberships, threads, now, counts, log, venue, day, key, p_ticket, trust_lost, memory, hours_per_reply
    )  # fmt: skip


def step(world: CompiledWorld) -> None:
    """Let hosts reply, and let questions grow old."""
    numbers = world.parameters
    for venue in world.venues:
        now = venue.now
        venue.answers = grown(venue.answers, int(now.answers + 2 * now.threads - now.aged - now.threads_before))
        settle(
            world.people, venue.memberships, venue.threads, venue.answers, venue.table, venue.archive, venue.tally,
            world.log, venue.index, world.day, world.keys["answering"], numbers["evening"], numbers["memory"],
            numbers["visit"].p_ticket, numbers["bonding"].trust_silence, numbers["hosting"].hours_per_reply,
        )  # fmt: skip
