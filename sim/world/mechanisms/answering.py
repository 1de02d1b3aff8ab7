"""Answering: peers and the host reply, and authors who get no reply are disappointed.

Claim
    A question is answered by those who come by, know enough, feel like it and have the time. They reply less readily
    where there are replies already, and give less where less is asked. A host helps, but it also takes something away:
    where it answers much, members leave the answering to it.
Rule
    A visitor first returns the last reply to them, perhaps (`conversation`). Then they open new threads, newest first,
    as far as their minutes go (`exposure`), and take from each what it tells them (`worth`). They reply with p = 1 -
    exp(-answer contribution (0.5 + B) one_reply^replies appeal match (1 + bond s) boost wanted (1 - crowding host
    share) / effort), where for questions wanted = open / (open + demand), with the questions open in the place. The
    host goes over the open questions at the end of the day. It lets peers go first for `host_waits`, then sets out to
    answer a share of the questions, oldest first, while its hours last. After that it joins a share of all threads of
    the day (`joins_in`), in what hours remain: each takes as long as any reply. Nobody replies twice to a thread. After
    seven days without a reply the asker is disappointed.
Source
    One draw for each thread and person: with a new draw at each view, 93-99 % of questions were answered in prototypes,
    against 60-77 % in the sources (Burke et al. 2007, abstract; en-net, computed). Crowding: Homburg, Ehm & Artz 2015
    (abstract) found an interior optimum of firm engagement for functional threads. The model assumes that engagement
    has some cost; where the optimum lies emerges. For social threads they found no relation, so crowding applies to
    questions alone. That helpers give less where less is asked has no causal source; counties seeded with complete maps
    got fewer contributions (Nagaraj 2021, abstract), and need must be seen (Gorbatai 2014, abstract). Off: `answer`,
    `crowding`, `demand` at 0, each alone.
Deviations
    A thread is opened once, on the first visit after it was begun; what others add later reaches its author alone.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import about, stream, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.asking import Parameters as Asking
from sim.world.mechanisms.asking import sociality, speaks
from sim.world.mechanisms.bonding import Parameters as Bonding
from sim.world.mechanisms.bonding import strength_of, strongest
from sim.world.mechanisms.conversation import Parameters as Conversation
from sim.world.mechanisms.conversation import p_return
from sim.world.mechanisms.exposure import MOST_THREADS, passes_over, spend, write
from sim.world.mechanisms.exposure import Parameters as Exposure
from sim.world.mechanisms.hosting import leave_undone
from sim.world.mechanisms.incentives import Parameters as Incentives
from sim.world.mechanisms.incentives import note_gift
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import refresh
from sim.world.mechanisms.quality import Parameters as Quality
from sim.world.mechanisms.quality import is_clear, posts_of, quality_of
from sim.world.mechanisms.recognition import Parameters as Recognition
from sim.world.mechanisms.recognition import motivation
from sim.world.mechanisms.visit import ROUNDING
from sim.world.mechanisms.worth import (
    COMPANY_OF_MEMBERS,
    HELP_GIVEN,
    MAKERS,
    NEWS_BY_HOST,
    NEWS_BY_MEMBERS,
    reading,
    reading_host,
)
from sim.world.mechanisms.worth import Parameters as Worth
from sim.world.parameters import param
from sim.world.state import HOST, MEMBER, NOBODY, QUESTION, SEED, TALK, Column, Rows, grown

JOINING_IN = 64  # slot of the host's second draw about a thread, after the slots of the venues
MOST_ANSWERS = 5  # on one visit
SKIMMING, CARE, LUCK = 128, 192, 256  # slots of a visitor's further draws about a thread
PATIENCE = 7  # days after which an author gives up hope of a reply


class Parameters(NamedTuple):
    """What makes people reply."""

    answer: float = param(0.05, "per thread met", 0, 2, "calibrated", "replies of a member with full belonging")
    talk_back: float = param(0.38, "share", 0, 5, "calibrated", "talk and the host's posts, relative to questions")
    one_reply: float = param(0.85, "share", 0, 1, "calibrated", "willingness that remains for each reply already there")
    bond: float = param(1.0, "share per strength", 0, 10, "assumed", "friends are answered first")
    demand: float = param(1, "open questions", 0, 100, "assumed", "at which giving is half of what it can be; may be 0")
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
def match_to(kind: int, knows: float, goodwill: float, belonging: float, p: Parameters) -> float:
    """Return how well a thread suits a member: by knowledge and goodwill, or for talk by belonging. Mean about 1."""
    if kind == QUESTION:
        return 2.0 * knows * (0.5 + 4.0 * goodwill)
    return p.talk_back * (0.5 + 3.0 * belonging)


@rule
def leaves_to_host(kind: int, host_share: float, p: Parameters) -> float:
    """Return what is left of a peer's willingness where the host gives this share of the replies."""
    return 1.0 - p.crowding * host_share if kind == QUESTION else 1.0


@rule
def wanted(kind: int, open_questions: int, p: Parameters) -> float:
    """Return how much help is called for in the place, against a place where much is asked. Talk needs no call."""
    if kind != QUESTION or p.demand <= 0.0:
        return 1.0
    return open_questions / (open_questions + p.demand)


@rule
def is_held_back(thread: Rows, day: int) -> bool:
    """Tell whether nobody may reply to a thread: it was turned away, or an experimenter mutes it for now."""
    return bool(thread.rejected) or (bool(thread.muted) and thread.time > day - PATIENCE)


@rule
def first_answer(
    thread: Rows, by: int, time: float, helps: bool, archive: Column, counts: Column, p_ticket: float
) -> None:
    """Record what a first reply changes: the thread, the archive, and the ticket that is avoided if it `helps`.

    After seven days the author has gone to the support desk or given up (`grow_old`), so a reply avoids no ticket. An
    unclear one avoids none either.
    """
    thread.answered = time
    thread.answerer = by
    if thread.kind == QUESTION:
        archive[thread.facet] += 1.0
        counts[tally.TICKETS_AVOIDED] += p_ticket if helps and not thread.induced else 0.0


@rule
def is_open(thread: Rows) -> bool:
    """Tell whether a question still waits for its first reply."""
    return bool(thread.kind == QUESTION and thread.answered < 0.0 and not thread.superseded)


@rule
def open_in(threads: Rows, first: int, end: int) -> int:
    """Return how many questions of the last days are open."""
    number = 0
    for at in range(first, end):
        number += is_open(threads[at])
    return number


@rule
def awaits_host(thread: Rows, now: Rows, venue: int, day: int, key: np.uint64) -> bool:
    """Tell whether a question is open, and in the share that the host sets out to answer (the same on every day)."""
    willing = uniform(about(key, thread.key), HOST, venue) < now.reply_share
    return bool(is_open(thread) and willing and not is_held_back(thread, day))


@rule
def enter_reply(
    memberships: Rows, threads: Rows, answers: Rows, now: Rows, archive: Column, counts: Column, at: int, by: int,
    time: float, worth: float, clear: bool, p_ticket: float,
) -> None:  # fmt: skip
    """Append a reply by a member or by the host, of quality `worth`, which the author finds on their next visit."""
    thread = threads[at]
    if thread.answered < 0.0:
        in_time = at >= now[0].aged and not thread.superseded
        first_answer(thread, by, time, in_time and clear, archive, counts, p_ticket)
    thread.replies += 1
    thread.quality = max(thread.quality, worth)
    write_to(memberships, answers, now, at, by, int(thread.author), time, worth)


@rule
def write_to(memberships: Rows, answers: Rows, now: Rows, at: int, by: int, to: int, time: float, worth: float) -> None:
    """Append a reply to somebody, who finds it on their next visit and may return it if a member wrote it."""
    row = answers[now[0].answers]
    row.time, row.thread, row.person, row.to, row.quality = time, at, by, to, worth
    if to >= 0:
        memberships[to].replies += 1
        if by == HOST:
            memberships[to].waiting_host += 1
        else:
            memberships[to].waiting += 1
            memberships[to].addressed = now[0].answers
    now[0].answers += 1


@rule
def host_replies(
    memberships: Rows, threads: Rows, answers: Rows, now: Rows, archive: Column, counts: Column, log: Rows, at: int,
    time: float, venue: int, day: int, hours_per_reply: float, p_ticket: float,
) -> None:  # fmt: skip
    """Append a reply by the host, of middling quality, out of the hours that are left today."""
    enter_reply(memberships, threads, answers, now, archive, counts, at, HOST, time, 1.0, True, p_ticket)
    now[0].hours_left -= hours_per_reply
    now[0].hours_used += hours_per_reply
    counts[tally.HOST_ANSWERS] += 1
    events.note(log, day, events.HOST_ANSWERED, HOST, threads[at].author, venue, at, events.BY_HOST)


@rule
def known_of(person: Rows, thread: Rows, worth: Worth) -> float:
    """Return what a member knows of a thread's kind of use, 0 to 1."""
    return float((1.0 if thread.facet == person.facet else worth.other_facet) * person.expertise)


@rule
def chance_to_reply(
    person: Rows, membership: Rows, thread: Rows, knows: float, host_share: float, bond: float, boost: float,
    open_questions: int, p: Parameters,
) -> float:  # fmt: skip
    """Return the probability that this member replies to this thread."""
    match = match_to(thread.kind, knows, person.goodwill, person.belonging, p)
    match *= leaves_to_host(thread.kind, host_share, p) * wanted(thread.kind, open_questions, p)
    return p_answer(person.contribution, membership.belonging, thread.replies, thread.appeal, match, bond, boost, p)


@rule
def most_to_reply(
    person: Rows, membership: Rows, thread: Rows, knows: float, closest: float, boost: float, p: Parameters
) -> float:  # fmt: skip
    """Return an upper bound of `chance_to_reply`, without exponentials, for somebody whose closest bond is known."""
    match = match_to(thread.kind, knows, person.goodwill, person.belonging, p) * (1.0 + p.bond * closest) * ROUNDING
    return float(p.answer * person.contribution * (0.5 + membership.belonging) * boost * thread.appeal * match)


@rule
def take_in_thread(thread: Rows, same_facet: bool, tone: float, plate: Column, worth: Worth) -> None:
    """Put on a reader's plate what a thread gives: news, by those who wrote it, and talk that they overhear."""
    if thread.kind == SEED:
        plate[NEWS_BY_HOST] += reading_host(same_facet, tone, worth)
        return
    by_host = thread.kind == QUESTION and thread.answerer == HOST
    tells = reading(thread.kind == QUESTION and thread.answered >= 0.0, same_facet, thread.quality, worth)
    plate[NEWS_BY_HOST if by_host else NEWS_BY_MEMBERS] += tells
    if thread.kind == TALK:
        plate[COMPANY_OF_MEMBERS] += worth.heard
    if by_host:
        plate[MAKERS] += worth.met_host * tone


@rule
def converse(
    person: Rows, membership: Rows, plate: Column, memberships: Rows, threads: Rows, answers: Rows, now: Rows,
    counts: Column, log: Rows, i: int, venue: int, day: int, u: float, quality: float, conversation: Conversation,
    exposure: Exposure, incentives: Incentives, worth: Worth,
) -> None:  # fmt: skip
    """Let a visitor return the last reply to them, or not: the chance comes once."""
    row, membership.addressed = membership.addressed, NOBODY
    at, other = answers[row].thread, answers[row].person
    if memberships[other].status != MEMBER or threads[at].rejected or u >= p_return(threads[at].kind, conversation):
        return
    write(person, now[0].effort, counts, exposure)
    write_to(memberships, answers, now, at, i, other, membership.hour, quality)
    plate[COMPANY_OF_MEMBERS] += worth.spoken
    membership.talks += 1
    note_gift(membership, day, incentives)
    counts[tally.ANSWERS] += 1
    counts[tally.CONVERSED] += 1
    events.note(log, day, events.ANSWERED, i, other, venue, at, events.REPLY)


@kernel
def answer(
    people: Rows, memberships: Rows, plates: Column, bonds: Rows, threads: Rows, answers: Rows, now: Rows,
    archive: Column, visitors: Column, counts: Column, log: Rows, venue: int, day: int, key: np.uint64,
    conversation_key: np.uint64, p: Parameters, asking: Asking, recognition: Recognition, incentives: Incentives,
    exposure: Exposure, conversation: Conversation, quality: Quality, worth: Worth, p_ticket: float, bond_life: float,
) -> None:  # fmt: skip
    """Let visitors converse, read what is new to them and reply to it, in the order of their hours."""
    place, today = now[0], stream(conversation_key, day)
    open_questions = open_in(threads, place.aged, place.threads)
    for k in range(len(visitors)):
        i = visitors[k]
        person, membership, plate = people[i], memberships[i], plates[k]
        social = sociality(person.belonging, person.goodwill, person.validation, person.cause)
        allowed = speaks(person.hurdle, social, membership.drawn, membership.silent, asking) and place.hushed == 0.0
        posts = posts_of(membership)
        if allowed and membership.addressed >= 0 and person.minutes_left > 0.0:
            u, v, w = uniform(today, i, venue * 8), uniform(today, i, venue * 8 + 1), uniform(today, i, venue * 8 + 2)
            converse(
                person, membership, plate, memberships, threads, answers, now, counts, log, i, venue, day, u,
                quality_of(v, w, 0.0 + person.expertise, posts, quality), conversation, exposure, incentives, worth,
            )  # fmt: skip
        boost = motivation(person, membership, place, recognition, incentives) / place.effort if allowed else 0.0
        closest = strongest(bonds, i) if allowed else 0.0
        given = 0
        membership.seen = 0
        at = place.threads
        while at > 0 and membership.seen < MOST_THREADS and person.minutes_left >= exposure.minutes_per_thread:
            at -= 1
            thread = threads[at]
            if thread.time <= membership.last_visit:
                break
            if thread.time >= membership.hour or thread.author == i:
                continue
            meeting = about(key, thread.key)
            same_facet = thread.facet == person.facet
            if passes_over(uniform(meeting, i, SKIMMING + venue), same_facet, exposure):
                if strength_of(bonds, i, thread.author, day, bond_life) <= 0.0:
                    continue
            membership.seen += 1
            spend(person, exposure.minutes_per_thread, counts)
            take_in_thread(thread, same_facet, place.tone, plate, worth)
            closed = place.talk < 1.0 and uniform(meeting, -1, venue) >= place.talk
            if not allowed or given == MOST_ANSWERS or thread.answerer == i or closed or is_held_back(thread, day):
                continue  # a reader, or already answered by them (in a trial), or not open to members
            knows, u = known_of(person, thread, worth), uniform(meeting, i, venue)
            if u >= most_to_reply(person, membership, thread, knows, closest, boost, p):
                continue  # whoever wrote it, and whoever replied before
            bond = strength_of(bonds, i, thread.author, day, bond_life)
            chance = chance_to_reply(
                person, membership, thread, knows, place.host_share, bond, boost, open_questions, p
            )  # fmt: skip
            if u >= chance:
                continue
            first = is_open(thread)
            good = quality_of(
                uniform(meeting, i, CARE + venue), uniform(meeting, i, LUCK + venue), knows, posts, quality
            )
            write(person, place.effort, counts, exposure)
            enter_reply(
                memberships, threads, answers, now, archive, counts, at, i, membership.hour, good,
                is_clear(good, quality), p_ticket,
            )  # fmt: skip
            given += 1
            open_questions -= first and at >= place.aged  # older ones were not counted
            if thread.kind == QUESTION:
                plate[HELP_GIVEN] += worth.helped * good
            membership.answers += 1
            membership.helping += 1.0
            membership.beyond += not same_facet
            note_gift(membership, day, incentives)
            counts[tally.ANSWERS] += 1
            counts[tally.ANSWERS_CORE] += bond > 0.0
            events.note(log, day, events.ANSWERED, i, thread.author, venue, at, events.NEED)
        counts[tally.MET] += membership.seen


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
    people: Rows, memberships: Rows, plates: Column, bonds: Rows, threads: Rows, answers: Rows, now: Rows,
    archive: Column, visitors: Column, counts: Column, log: Rows, venue: int, day: int, key: np.uint64,
    conversation_key: np.uint64, p: Parameters, asking: Asking, recognition: Recognition, incentives: Incentives,
    exposure: Exposure, conversation: Conversation, quality: Quality, worth: Worth, memory: Memory, bonding: Bonding,
    p_ticket: float, hours_per_reply: float,
) -> None:  # fmt: skip
    """Let peers reply, then the host, then settle what has grown old."""
    answer(
        people, memberships, plates, bonds, threads, answers, now, archive, visitors, counts, log, venue, day, key,
        conversation_key, p, asking, recognition, incentives, exposure, conversation, quality, worth, p_ticket,
        bonding.life,
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
        venue.answers = grown(venue.answers, int(now.answers) + len(venue.visitors) * (MOST_ANSWERS + 1) + by_host)
        reply(
            world.people, venue.memberships, venue.plates, venue.bonds, venue.threads, venue.answers, venue.table,
            venue.archive, venue.visitors, venue.tally, world.log, venue.index, world.day, world.keys["answering"],
            world.keys["conversation"], numbers["answering"], numbers["asking"], numbers["recognition"],
            numbers["incentives"], numbers["exposure"], numbers["conversation"], numbers["quality"], numbers["worth"],
            numbers["memory"], numbers["bonding"], numbers["visit"].p_ticket, numbers["hosting"].hours_per_reply,
        )  # fmt: skip
