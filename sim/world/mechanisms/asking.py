"""Asking: needs become questions, belonging becomes talk, and first posts by newcomers are marked.

Claim
    Most people never speak in public, and how many do depends on what they came for. Among those who speak, the ones
    who give more by nature and belong more talk more. Some needs never become a question, because the archive already
    has the answer.
Rule
    Hurdle: a person speaks if their hurdle exceeds p_reserved = [help (1 - social) + bond social] exp(-drawn_out d),
    where d counts how often somebody wrote to them directly (a greeting by the host, a friend who brought them). A
    need: found in the archive with p = find (1 - exp(-answers on the facet / scale)); else asked with p_ask; else taken
    to the support desk with p_ticket. Talk: p = 1 - exp(-(chat + introduction) small_talk / effort), with chat = talk
    contribution (1 + 2 B) social boost, and an introduction by those who came for company, which fades with tenure and
    takes the same boost: both are written for readers (`incentives`), and few speak to an empty room. A question that
    stayed open is asked again with p_again. A clear answer that was found waiting meets the need; an unclear one sends
    the asker to the support desk with p_ticket. What was found, and who supplied it, goes on the visitor's plate
    (`worth`).
Source
    The hurdle: Nonnecke & Preece 2000 (abstract; an association): 46 % against 82 % who never post. Prototypes met the
    reply rows with p_ask and p_again. The burst of introductions: counts of one closed cohort (R4DS). Personal
    invitations draw people out: Harper et al. 2007 (abstract; an experiment); few take them up. Off: each number at 0.
Deviations
    A person's hurdle is the same in all venues.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import about, normal, stream, thread_key, uniform
from sim.world.interfaces import AnyVenue, AnyWorld, CompiledWorld
from sim.world.levers import MEMBERS
from sim.world.mechanisms.exposure import Parameters as Exposure
from sim.world.mechanisms.exposure import write
from sim.world.mechanisms.incentives import Parameters as Incentives
from sim.world.mechanisms.incentives import at_stake, note_gift, note_post
from sim.world.mechanisms.quality import Parameters as Quality
from sim.world.mechanisms.quality import is_clear, posts_of
from sim.world.mechanisms.recognition import Parameters as Recognition
from sim.world.mechanisms.recognition import motivation
from sim.world.mechanisms.worth import (
    ARCHIVE,
    COMPANY_OF_HOST,
    COMPANY_OF_MEMBERS,
    NEWS_BY_HOST,
    NEWS_BY_MEMBERS,
    filled_archive,
)
from sim.world.mechanisms.worth import Parameters as Worth
from sim.world.parameters import param
from sim.world.state import FACETS, HOST, NOBODY, QUESTION, TALK, Column, Rows, grown

AGAIN_AFTER = 2.0  # days of silence after which an asker may ask again; how many do is `p_again`


class Parameters(NamedTuple):
    """What makes people speak."""

    p_ask: float = param(0.74, "probability", 0, 1, "assumed", "prototypes met the question counts with 0.74")
    p_silent_help: float = param(0.86, "probability", 0, 1, "assumed", "came for help only, and never speaks (P2)")
    p_silent_bond: float = param(0.24, "probability", 0, 1, "calibrated", "came for company, and never speaks (P2)")
    drawn_out: float = param(0.22, "log per greeting", -1, 3, "assumed", "being written to directly lowers the hurdle")
    talk: float = param(0.0058, "per visit", 0, 2, "calibrated", "social posts at mean contribution, without belonging")
    introductions: float = param(1.5, "per visit", 0, 3, "calibrated", "newcomers introduce themselves in a burst (H9)")
    introduction_days: float = param(3.3, "days", 1, 90, "assumed", "introductions fade within a week or two (H9)")
    p_again: float = param(0.14, "probability", 0, 1, "assumed", "an author without a reply asks again")
    find: float = param(0.6, "probability", 0, 1, "assumed", "an existing answer is found and fits")
    archive_scale: float = param(60, "answers per facet", 1, 10_000, "assumed", "answers until most needs find one")
    induced: float = param(0.002, "needs per thread met", 0, 0.1, "calibrated", "browsing shows what else to ask (H7)")
    appeal_spread: float = param(1.9, "log sd", 0, 3, "calibrated", "threads differ in appeal; prototypes: lognormal")


@rule
def sociality(belonging: float, goodwill: float, validation: float, cause: float) -> float:
    """Return the share of a person's motives that is about people: 0 if they came for help only, 1 for company only."""
    return 0.0 + belonging + goodwill + validation + cause  # adding 0.0 makes it 64 bits, as elsewhere


@rule
def p_reserved(social: float, drawn: float, p: Parameters) -> float:
    """Return the share of such people who do not speak. `social` is how much they came for people."""
    reserved = p.p_silent_help * (1.0 - social) + p.p_silent_bond * social
    return min(1.0, reserved * math.exp(-p.drawn_out * drawn)) if drawn > 0.0 else reserved


@rule
def speaks(hurdle: float, social: float, drawn: float, silent: bool, p: Parameters) -> bool:
    """Tell whether a member speaks here, having been `drawn` out so often."""
    return not silent and hurdle >= p_reserved(social, drawn, p)


@rule
def p_found(answers_on_facet: float, p: Parameters) -> float:
    """Return the probability that the archive has an answer and that the member finds it."""
    return p.find * filled_archive(answers_on_facet, p.archive_scale)


@rule
def p_talk(
    contribution: float, belonging: float, social: float, company: float, boost: float, tenure: float,
    small_talk: float, effort: float, p: Parameters,
) -> float:  # fmt: skip
    """Return the probability of a social post on a visit. `company` is the motive to be among people."""
    chat = p.talk * contribution * (1.0 + 2.0 * belonging) * social
    introduction = p.introductions * company * math.exp(-tenure / p.introduction_days)
    return 1.0 - math.exp(-(chat + introduction) * boost * small_talk / effort)


@rule
def appeal(u: float, v: float, spread: float) -> float:
    """Return how strongly a thread draws answers, relative to others (lognormal, median 1)."""
    return math.exp(spread * normal(u, v))


@rule
def slot_in(venue: int, slot: int) -> int:
    """Return a separate slot for each venue and each of the posts that a person can write there in a day."""
    return 1024 * venue + slot


@rule
def open_thread(
    threads: Rows, now: Rows, author: int, kind: int, facet: int, time: float, first: bool, venue: int, slot: int,
    key: np.uint64, spread: float,
) -> int:  # fmt: skip
    """Append a thread and return its row. Its appeal depends on its permanent key, not on its row."""
    place = now[0]
    at = place.threads
    thread = threads[at]
    thread.key = thread_key(author, int(time), slot_in(venue, slot))
    own = about(key, thread.key)
    thread.appeal = appeal(uniform(own, 0, 0), uniform(own, 0, 1), spread)
    thread.time, thread.author, thread.kind, thread.facet = time, author, kind, facet
    thread.answered, thread.answerer, thread.first_post, thread.quality = -1.0, NOBODY, first, 0.0
    place.threads = at + 1
    return int(at)


@rule
def has_posted(membership: Rows) -> bool:
    """Tell whether a member ever posted in this venue."""
    return bool(posts_of(membership) > 0.0)


def findable(world: AnyWorld, venue: AnyVenue) -> Any:
    """Return the answers per facet that can be found from a venue: its own, and those of others that it aggregates."""
    share = venue.host.levers.aggregates if venue.now.host_on else 0.0
    if share <= 0.0:
        return venue.archive
    others = [one.archive for one in world.venues if one.levers.owner == MEMBERS and not one.now.shut]
    return np.array([venue.archive[k] + share * sum(float(other[k]) for other in others) for k in range(FACETS)])


@kernel
def ask(
    people: Rows, memberships: Rows, plates: Column, threads: Rows, now: Rows, archive: Column, visitors: Column,
    counts: Column, log: Rows, venue: int, day: int, key: np.uint64, p: Parameters, recognition: Recognition,
    incentives: Incentives, exposure: Exposure, worth: Worth, quality: Quality, p_ticket: float,
) -> None:  # fmt: skip
    """Let visitors bring their needs and say what they have to say, in the order of their hours."""
    today = stream(key, day)
    place = now[0]
    for k in range(len(visitors)):
        i = visitors[k]
        person, membership, plate = people[i], memberships[i], plates[k]
        slot = venue * 16
        social = sociality(person.belonging, person.goodwill, person.validation, person.cause)
        allowed = speaks(person.hurdle, social, membership.drawn, membership.silent, p)
        allowed = allowed and (place.posting >= 1.0 or uniform(today, i, slot) < place.posting)
        membership.need_met = False
        collect(membership, plate, place.tone, worth)
        if membership.open_thread >= 0:
            learn_or_repeat(
                person, membership, plate, threads, now, counts, log, allowed, i, venue, day, today, key, p, exposure,
                worth, quality, p_ticket,
            )  # fmt: skip
        induced = not membership.need_open and uniform(today, i, slot + 1) < p.induced * membership.seen
        if membership.need_open or induced:
            bring_up(
                person, membership, plate, threads, now, archive, counts, log, allowed, induced, i, venue, day, today,
                key, p, exposure, worth, p_ticket,
            )  # fmt: skip
        if not allowed or place.hushed or person.minutes_left <= 0.0:
            continue
        boost = motivation(person, membership, place, recognition, incentives)
        boost *= at_stake(membership, place.streaks, person.competitive, day, incentives)
        tenure = float(day - membership.joined)
        chance = p_talk(
            person.contribution, membership.belonging, social, person.belonging, boost, tenure, place.small_talk,
            place.effort, p,
        )  # fmt: skip
        if uniform(today, i, slot + 6) < chance:
            write(person, place.effort, counts, exposure)
            first = not has_posted(membership)
            at = open_thread(
                threads, now, i, TALK, int(person.facet), membership.hour, first, venue, 1, key, p.appeal_spread
            )
            membership.talks += 1
            note_gift(membership, day, incentives)
            counts[tally.TALKS] += 1
            counts[tally.FIRST_POSTS] += first
            events.note(log, day, events.TALKED, i, NOBODY, venue, at, events.HABIT)


@rule
def collect(membership: Rows, plate: Column, tone: float, worth: Worth) -> None:
    """Let a visitor find the replies that have waited for them: somebody spoke to them."""
    membership.collected_host = membership.waiting_host
    membership.collected = membership.waiting + membership.waiting_host
    plate[COMPANY_OF_MEMBERS] += worth.spoken * membership.waiting
    plate[COMPANY_OF_HOST] += worth.spoken * worth.by_host * tone * membership.waiting_host
    membership.waiting, membership.waiting_host = 0, 0


@rule
def write_ticket(
    counts: Column, log: Rows, person: int, venue: int, day: int, at: int, induced: bool, cause: int
) -> None:  # fmt: skip
    """Take a need to the support desk, where the venue did not meet it."""
    counts[tally.TICKETS] += 1
    counts[tally.TICKETS_INDUCED] += induced
    events.note(log, day, events.TICKET, person, NOBODY, venue, at, cause)


@rule
def bring_up(
    person: Rows, membership: Rows, plate: Column, threads: Rows, now: Rows, archive: Column, counts: Column,
    log: Rows, allowed: bool, induced: bool, i: int, venue: int, day: int, today: np.uint64, key: np.uint64,
    p: Parameters, exposure: Exposure, worth: Worth, p_ticket: float,
) -> None:  # fmt: skip
    """Look for an answer in the archive. If there is none, ask, or turn to the support desk."""
    slot, facet = venue * 16, int(person.facet)
    if induced:
        counts[tally.NEEDS_INDUCED] += 1
        facet = int(uniform(today, i, slot + 2) * FACETS)
    membership.need_open = False
    if uniform(today, i, slot + 3) < p_found(archive[facet], p):
        membership.need_met = True
        plate[ARCHIVE] += worth.need
        counts[tally.NEEDS_ARCHIVE] += 1
        counts[tally.TICKETS_AVOIDED] += 0.0 if induced else p_ticket
    elif allowed and uniform(today, i, slot + 4) < p.p_ask:
        write(person, now[0].effort, counts, exposure)
        first = not has_posted(membership)
        at = open_thread(threads, now, i, QUESTION, facet, membership.hour, first, venue, 0, key, p.appeal_spread)
        threads[at].induced = induced
        membership.open_thread = at
        membership.questions += 1
        membership.asking += 1.0
        note_post(membership, day)
        counts[tally.QUESTIONS] += 1
        counts[tally.FIRST_POSTS] += first
        events.note(log, day, events.ASK, i, NOBODY, venue, at, events.NEED)
    elif uniform(today, i, slot + 5) < p_ticket:
        write_ticket(counts, log, i, venue, day, -1, induced, events.NEED)


@rule
def learn(thread: Rows, membership: Rows, plate: Column, worth: Worth, quality: Quality) -> bool:
    """Let an asker read the answer to their question. Return whether it was clear."""
    membership.need_met = is_clear(thread.quality, quality)
    if membership.need_met:
        plate[NEWS_BY_HOST if thread.answerer == HOST else NEWS_BY_MEMBERS] += worth.need * thread.quality
    return bool(membership.need_met)


@rule
def learn_or_repeat(
    person: Rows, membership: Rows, plate: Column, threads: Rows, now: Rows, counts: Column, log: Rows, allowed: bool,
    i: int, venue: int, day: int, today: np.uint64, key: np.uint64, p: Parameters, exposure: Exposure, worth: Worth,
    quality: Quality, p_ticket: float,
) -> None:  # fmt: skip
    """Check what became of a member's last question: read the answer, or ask again if there is none."""
    at = membership.open_thread
    thread = threads[at]
    if thread.answered >= 0.0:
        if membership.collected == 0 or learn(thread, membership, plate, worth, quality):
            return
        if uniform(today, i, venue * 16 + 7) < p_ticket:  # the answer was of no use
            write_ticket(counts, log, i, venue, day, at, thread.induced, events.UNMET)
    elif not thread.considered and membership.hour - thread.time >= AGAIN_AFTER:
        thread.considered = True
        if allowed and uniform(today, i, venue * 16 + 8) < p.p_again:
            thread.superseded = True
            write(person, now[0].effort, counts, exposure)
            again = open_thread(
                threads, now, i, QUESTION, thread.facet, membership.hour, thread.first_post, venue, 2, key,
                p.appeal_spread,
            )  # fmt: skip
            threads[again].considered, threads[again].induced = True, thread.induced
            membership.open_thread = again
            membership.questions += 1
            note_post(membership, day)
            counts[tally.ASKED_AGAIN] += 1
            events.note(log, day, events.ASK_AGAIN, i, NOBODY, venue, again, events.NEED)


def wanting(world: AnyWorld) -> Parameters:
    """Return the numbers of asking: browsing raises no needs of a product that is off the market."""
    p: Parameters = world.parameters["asking"]
    return p if world.product.on_market else p._replace(induced=0.0)


def step(world: CompiledWorld) -> None:
    """Let visitors ask and talk."""
    numbers, p = world.parameters, wanting(world)
    for venue in world.venues:
        venue.threads = grown(venue.threads, int(venue.now.threads) + 3 * len(venue.visitors))
        ask(
            world.people, venue.memberships, venue.plates, venue.threads, venue.table, findable(world, venue),
            venue.visitors,
            venue.tally, world.log, venue.index, world.day, world.keys["asking"], p,
            numbers["recognition"], numbers["incentives"], numbers["exposure"], numbers["worth"], numbers["quality"],
            numbers["visit"].p_ticket,
        )  # fmt: skip
