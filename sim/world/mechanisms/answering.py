"""Answering: visitors converse, read what is new, and reply to some of it.

Claim
    A question is answered by those who come by, know enough, feel like it and have the time. They reply less readily
    where there are replies already, and give less where less is asked. A host helps, but it also takes something away:
    where it answers much, members leave the answering to it.
Rule
    A visitor first returns the last reply to them, perhaps (`conversation`). Then they open new threads, newest first,
    as far as their minutes go (`exposure`), and take from each what it tells them (`worth`). They reply with p = 1 -
    exp(-answer contribution (0.5 + B) one_reply^replies appeal match (1 + bond s) boost wanted (1 - crowding host
    share) / effort), where for questions wanted = open / (open + demand), with the questions open in the place. Nobody
    replies twice to a thread, but for replies that are returned, nor to more than five on a visit. The host replies in
    the evening (`evening`).
Source
    One draw for each thread and person: with a new draw at each view, 93-99 % of questions were answered in prototypes,
    against 60-77 % in the sources (Burke et al. 2007, abstract; en-net, computed). Crowding: Homburg, Ehm & Artz 2015
    (abstract) found an interior optimum of firm engagement for functional threads. The model assumes that engagement
    has some cost; where the optimum lies emerges. For social threads they found no relation, so crowding applies to
    questions alone. That helpers give less where less is asked has no causal source; counties seeded with complete maps
    got fewer contributions (Nagaraj 2021, abstract), and need must be seen (Gorbatai 2014, abstract). Off: `answer`,
    `crowding`, `demand` at 0, each alone.
Deviations
    A thread is opened once, on the first visit after it was begun; what others add later reaches its author alone. An
    unclear answer fills the archive as a clear one does. A question that was asked again can still be answered, and its
    author does not look there any more.
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
from sim.world.mechanisms.bonding import strength_of, strongest
from sim.world.mechanisms.conversation import Parameters as Conversation
from sim.world.mechanisms.conversation import p_return
from sim.world.mechanisms.exposure import MOST_THREADS, passes_over, spend, write
from sim.world.mechanisms.exposure import Parameters as Exposure
from sim.world.mechanisms.incentives import Parameters as Incentives
from sim.world.mechanisms.incentives import note_gift
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
    on_facet,
    reading,
    reading_host,
)
from sim.world.mechanisms.worth import Parameters as Worth
from sim.world.parameters import param
from sim.world.state import HOST, MEMBER, NOBODY, QUESTION, SEED, TALK, Column, Rows, grown

MOST_ANSWERS = 5  # on one visit
SKIMMING, CARE, LUCK = 128, 192, 256  # slots of a visitor's further draws about a thread
PATIENCE = 7  # days after which an author gives up hope of a reply


class Parameters(NamedTuple):
    """What makes people reply."""

    answer: float = param(0.1, "per thread met", 0, 2, "calibrated", "replies of a member with half of full belonging")
    talk_back: float = param(0.1, "share", 0, 5, "calibrated", "talk and the host's posts, relative to questions")
    one_reply: float = param(0.85, "share", 0, 1, "assumed", "willingness that remains for each reply already there")
    bond: float = param(1.0, "share per strength", 0, 10, "assumed", "friends are answered first")
    demand: float = param(1, "open questions", 0, 100, "assumed", "at which giving is half of what it can be; may be 0")
    crowding: float = param(0.5, "share", 0, 1, "assumed", "a host that answers all halves peers' replies; may be 0")


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

    After seven days the author has gone to the support desk or given up (`evening`), so a reply avoids no ticket. An
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
def known_of(person: Rows, thread: Rows, worth: Worth) -> float:
    """Return what a member knows of a thread's kind of use, 0 to 1."""
    return float(on_facet(thread.facet == person.facet, worth) * person.expertise)


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
def wants_to_reply(
    u: float, person: Rows, membership: Rows, thread: Rows, bonds: Rows, i: int, knows: float, host_share: float,
    closest: float, boost: float, open_questions: int, day: int, bond_life: float, p: Parameters,
) -> bool:  # fmt: skip
    """Tell whether a reader replies to a thread. Most are not drawn to it, whoever wrote it or replied before."""
    if u >= most_to_reply(person, membership, thread, knows, closest, boost, p):
        return False
    bond = strength_of(bonds, i, thread.author, day, bond_life)
    return u < chance_to_reply(person, membership, thread, knows, host_share, bond, boost, open_questions, p)


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
    counts: Column, log: Rows, i: int, venue: int, day: int, today: np.uint64, allowed: bool,
    conversation: Conversation, exposure: Exposure, incentives: Incentives, of_quality: Quality, worth: Worth,
) -> None:  # fmt: skip
    """Let a visitor return the last reply to them, or not: the chance comes once."""
    if not allowed or membership.addressed < 0 or person.minutes_left <= 0.0:
        return
    row, membership.addressed = membership.addressed, NOBODY
    at, other, slot = answers[row].thread, answers[row].person, venue * 8
    if memberships[other].status != MEMBER or threads[at].rejected:
        return
    if uniform(today, i, slot) >= p_return(threads[at].kind, conversation):
        return
    v, w = uniform(today, i, slot + 1), uniform(today, i, slot + 2)
    quality = quality_of(v, w, 0.0 + person.expertise, posts_of(membership), of_quality)
    write(person, now[0].effort, counts, exposure)
    write_to(memberships, answers, now, at, i, other, membership.hour, quality)
    plate[COMPANY_OF_MEMBERS] += worth.spoken
    membership.talks += 1
    note_gift(membership, day, incentives)
    counts[tally.ANSWERS] += 1
    counts[tally.CONVERSED] += 1
    events.note(log, day, events.ANSWERED, i, other, venue, at, events.REPLY)


@rule
def give_reply(
    person: Rows, membership: Rows, plate: Column, memberships: Rows, threads: Rows, answers: Rows, now: Rows,
    archive: Column, counts: Column, log: Rows, at: int, i: int, venue: int, day: int, good: float, clear: bool,
    same_facet: bool, bond: float, exposure: Exposure, incentives: Incentives, worth: Worth, p_ticket: float,
) -> None:  # fmt: skip
    """Let a member reply to a thread, which takes time and gives them something if it was a question."""
    write(person, now[0].effort, counts, exposure)
    enter_reply(memberships, threads, answers, now, archive, counts, at, i, membership.hour, good, clear, p_ticket)
    if threads[at].kind == QUESTION:
        plate[HELP_GIVEN] += worth.helped * good
    membership.answers += 1
    membership.helping += 1.0
    membership.beyond += not same_facet
    note_gift(membership, day, incentives)
    counts[tally.ANSWERS] += 1
    counts[tally.ANSWERS_CORE] += bond > 0.0
    events.note(log, day, events.ANSWERED, i, threads[at].author, venue, at, events.NEED)


@rule
def begun_before(time: float, threads: Rows, at: int, end: int) -> int:
    """Return the first row from `at` on that was not begun before a time. Threads stand in the order of their hours."""
    while at < end and threads[at].time < time:
        at += 1
    return at


@rule
def comes_upon(
    thread: Rows, bonds: Rows, person: int, same_facet: bool, u: float, day: int, bond_life: float, exposure: Exposure
) -> bool:  # fmt: skip
    """Tell whether a visitor opens a thread: one on their own kind of use, by a contact, or by chance."""
    if not passes_over(u, same_facet, exposure):
        return True
    return strength_of(bonds, person, thread.author, day, bond_life) > 0.0


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
    newest = place.threads_before
    for k in range(len(visitors)):
        i = visitors[k]
        person, membership, plate = people[i], memberships[i], plates[k]
        social = sociality(person.belonging, person.goodwill, person.validation, person.cause)
        allowed = speaks(person.hurdle, social, membership.drawn, membership.silent, asking) and place.hushed == 0.0
        posts = posts_of(membership)
        converse(
            person, membership, plate, memberships, threads, answers, now, counts, log, i, venue, day, today, allowed,
            conversation, exposure, incentives, quality, worth,
        )  # fmt: skip
        boost = motivation(person, membership, place, recognition, incentives) / place.effort if allowed else 0.0
        closest = strongest(bonds, i) if allowed else 0.0
        given = 0
        membership.seen = 0
        at = newest = begun_before(membership.hour, threads, newest, place.threads)
        while at > 0 and membership.seen < MOST_THREADS and person.minutes_left >= exposure.minutes_per_thread:
            at -= 1
            thread = threads[at]
            if thread.time <= membership.last_visit:
                break
            if thread.author == i:
                continue
            meeting = about(key, thread.key)
            same_facet = thread.facet == person.facet
            skims = 1.0 if same_facet else uniform(meeting, i, SKIMMING + venue)
            if not comes_upon(thread, bonds, i, same_facet, skims, day, bond_life, exposure):
                continue
            membership.seen += 1
            spend(person, exposure.minutes_per_thread, counts)
            take_in_thread(thread, same_facet, place.tone, plate, worth)
            closed = place.talk < 1.0 and uniform(meeting, -1, venue) >= place.talk
            if not allowed or given == MOST_ANSWERS or thread.answerer == i or closed or is_held_back(thread, day):
                continue  # a reader, or already answered by them (in a trial), or not open to members
            knows, u = known_of(person, thread, worth), uniform(meeting, i, venue)
            if not wants_to_reply(
                u, person, membership, thread, bonds, i, knows, place.host_share, closest, boost, open_questions, day,
                bond_life, p,
            ):  # fmt: skip
                continue
            open_questions -= is_open(thread) and at >= place.aged  # older ones were not counted
            good = quality_of(
                uniform(meeting, i, CARE + venue), uniform(meeting, i, LUCK + venue), knows, posts, quality
            )
            give_reply(
                person, membership, plate, memberships, threads, answers, now, archive, counts, log, at, i, venue, day,
                good, is_clear(good, quality), same_facet, strength_of(bonds, i, thread.author, day, bond_life),
                exposure, incentives, worth, p_ticket,
            )  # fmt: skip
            given += 1
        counts[tally.MET] += membership.seen


def step(world: CompiledWorld) -> None:
    """Let members read and reply to what is new to them."""
    numbers = world.parameters
    for venue in world.venues:
        room = int(venue.now.answers) + len(venue.visitors) * (MOST_ANSWERS + 1)
        venue.answers = grown(venue.answers, room)
        answer(
            world.people, venue.memberships, venue.plates, venue.bonds, venue.threads, venue.answers, venue.table,
            venue.archive, venue.visitors, venue.tally, world.log, venue.index, world.day, world.keys["answering"],
            world.keys["conversation"], numbers["answering"], numbers["asking"], numbers["recognition"],
            numbers["incentives"], numbers["exposure"], numbers["conversation"], numbers["quality"], numbers["worth"],
            numbers["visit"].p_ticket, numbers["bonding"].life,
        )  # fmt: skip
