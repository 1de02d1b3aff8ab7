"""Replying: members converse, read what is new and reply to it, then the host does. Open questions disappoint."""

from sim.plain.bonding import strength_of
from sim.plain.speaking import dares_to_speak, motivation, write
from sim.plain.state import Answer, Person, State, Thread, Venue, rules, uniform
from sim.world import events, tally
from sim.world.mechanisms.answering import CARE, LUCK, MOST_ANSWERS, PATIENCE, SKIMMING
from sim.world.mechanisms.evening import JOINING_IN
from sim.world.mechanisms.exposure import MOST_THREADS
from sim.world.mechanisms.worth import COMPANY_OF_MEMBERS, HELP_GIVEN
from sim.world.state import HOST, MEMBER, NOBODY, QUESTION, SEED

MIDDLING = 1.0  # quality of a reply by the host
END_OF_DAY = 0.999


def members_reply(world: State) -> None:
    """Let members converse, read and reply."""
    for venue in world.venues:
        venue.open_questions = sum(rules.answering.is_open(thread) for thread in venue.threads[venue.now.aged :])
        for person in venue.visitors:
            converse_and_read(world, venue, person)


def hosts_reply(world: State) -> None:
    """Let hosts reply in the evening, and let time pass over what is still open."""
    for venue in world.venues:
        host_replies(world, venue)
        host_joins_in(world, venue)
        threads_grow_old(world, venue)


def converse_and_read(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor return a reply, then read what is new to them while they have time, and reply to some of it."""
    m = venue.membership_of(person)
    posts = rules.quality.posts_of(m)
    speaks = dares_to_speak(world, person, m) and not venue.now.hushed
    if speaks and m.addressed >= 0 and person.minutes_left > 0.0:
        maybe_return_reply(world, venue, person, posts)
    boost = motivation(world, venue, person) / venue.now.effort if speaks else 0.0
    m.seen, given = 0, 0
    for thread in venue.new_threads(m):
        if m.seen == MOST_THREADS or person.minutes_left < world.parameters["exposure"].minutes_per_thread:
            break
        if thread.author == person.index or passes_over(world, venue, person, thread):
            continue
        read(world, venue, person, thread)
        if speaks and given < MOST_ANSWERS and wants_to_reply(world, venue, person, thread, boost):
            given += 1
            give_reply(world, venue, person, thread, posts)
    venue.count(tally.MET, m.seen)


def maybe_return_reply(world: State, venue: Venue, person: Person, posts: float) -> None:
    """Let a visitor return the last reply to them, or not: the chance comes once."""
    m, draw, p = venue.membership_of(person), world.draws("conversation", person, venue), world.parameters
    reply, m.addressed = venue.answers[m.addressed], NOBODY
    thread, is_there = reply.thread, world.membership(venue.index, reply.person).status == MEMBER
    if not is_there or thread.rejected or draw(0) >= rules.conversation.p_return(thread.kind, p["conversation"]):
        return
    quality = rules.quality.quality_of(draw(1), draw(2), person.expertise, posts, p["quality"])
    write(world, venue, person)
    write_to(world, venue, Answer(m.hour, quality, thread, person.index, reply.person))
    m.plate[COMPANY_OF_MEMBERS] += p["worth"].spoken
    m.talks += 1
    rules.incentives.note_gift(m, world.day, p["incentives"])
    venue.count(tally.CONVERSED)
    world.happened(venue, tally.ANSWERS, events.ANSWERED, events.REPLY, person.index, reply.person, thread.at)


def passes_over(world: State, venue: Venue, person: Person, thread: Thread) -> bool:
    """Tell whether a visitor leaves a thread unopened: some about another kind of use, unless a contact wrote it."""
    u = uniform(world.about("answering", thread), person.index, SKIMMING + venue.index)
    skips = rules.exposure.passes_over(u, thread.facet == person.facet, world.parameters["exposure"])
    return bool(skips and strength_of(world, venue.membership_of(person), thread.author) <= 0.0)


def read(world: State, venue: Venue, person: Person, thread: Thread) -> None:
    """Let a visitor read a thread, which takes time and tells them something."""
    m, same_facet = venue.membership_of(person), thread.facet == person.facet
    m.seen += 1
    rules.exposure.spend(person, world.parameters["exposure"].minutes_per_thread, venue.tally)
    rules.answering.take_in_thread(thread, same_facet, venue.now.tone, m.plate, world.parameters["worth"])


def wants_to_reply(world: State, venue: Venue, person: Person, thread: Thread, boost: float) -> bool:
    """Tell whether a reader replies to a thread: if it is open to them, they know enough, and they feel like it."""
    m, now, meeting = venue.membership_of(person), venue.now, world.about("answering", thread)
    is_closed = uniform(meeting, -1, venue.index) >= now.talk or rules.answering.is_held_back(thread, world.day)
    if is_closed or thread.answerer == person.index:  # they answered it before, in a trial
        return False
    bond, knows = strength_of(world, m, thread.author), known_of(world, person, thread)
    chance = rules.answering.chance_to_reply(
        person, m, thread, knows, now.host_share, bond, boost, venue.open_questions, world.parameters["answering"]
    )
    return bool(uniform(meeting, person.index, venue.index) < chance)


def known_of(world: State, person: Person, thread: Thread) -> float:
    """Return what somebody knows of a thread's kind of use, 0 to 1."""
    return float(rules.answering.known_of(person, thread, world.parameters["worth"]))


def give_reply(world: State, venue: Venue, person: Person, thread: Thread, posts: float) -> None:
    """Let a member reply to a thread, which takes time and is worth something to them if it helps somebody."""
    m, worth, is_first = venue.membership_of(person), world.parameters["worth"], rules.answering.is_open(thread)
    quality = quality_of_reply(world, venue, person, thread, posts)
    write(world, venue, person)
    enter_reply(world, venue, thread, person.index, m.hour, quality)
    venue.open_questions -= is_first and thread.at >= venue.now.aged
    if thread.kind == QUESTION:
        m.plate[HELP_GIVEN] += worth.helped * quality
    m.answers += 1
    m.helping += 1.0
    m.beyond += thread.facet != person.facet
    rules.incentives.note_gift(m, world.day, world.parameters["incentives"])
    venue.count(tally.ANSWERS_CORE, strength_of(world, m, thread.author) > 0.0)
    world.happened(venue, tally.ANSWERS, events.ANSWERED, events.NEED, person.index, thread.author, thread.at)


def quality_of_reply(world: State, venue: Venue, person: Person, thread: Thread, posts: float) -> float:
    """Return how good somebody's reply is, by what they know, how long they have been around, and care."""
    meeting, knows = world.about("answering", thread), known_of(world, person, thread)
    care, luck = (uniform(meeting, person.index, slot + venue.index) for slot in (CARE, LUCK))
    return float(rules.quality.quality_of(care, luck, knows, posts, world.parameters["quality"]))


def enter_reply(world: State, venue: Venue, thread: Thread, by: int, time: float, quality: float) -> None:
    """Append a reply by a member or by the host to a thread, and let the author find it."""
    if thread.answered < 0.0:
        in_time, p_ticket = thread.at >= venue.now.aged and not thread.superseded, world.parameters["visit"].p_ticket
        helps = in_time and rules.quality.is_clear(quality, world.parameters["quality"])
        rules.answering.first_answer(thread, by, time, helps, venue.archive, venue.tally, p_ticket)
    thread.replies += 1
    thread.quality = max(thread.quality, quality)
    write_to(world, venue, Answer(time, quality, thread, by, thread.author))


def write_to(world: State, venue: Venue, reply: Answer) -> None:
    """Append a reply. Whom it is written to finds it on their next visit, and may return it if a member wrote it."""
    if reply.to >= 0:
        m = world.membership(venue.index, reply.to)
        m.replies += 1
        if reply.person == HOST:
            m.waiting_host += 1
        else:
            m.waiting += 1
            m.addressed = len(venue.answers)
    venue.answers.append(reply)


def host_replies(world: State, venue: Venue) -> None:
    """Let the host reply to its share of the open questions, oldest first, while its hours last."""
    now, hours, time = venue.now, world.parameters["hosting"].hours_per_reply, world.day + END_OF_DAY
    for thread in venue.threads[now.aged :]:
        if now.hours_left < hours or thread.time > time - world.parameters["evening"].host_waits:
            break
        if awaits_host(world, venue, thread):
            give_host_reply(world, venue, thread)


def awaits_host(world: State, venue: Venue, thread: Thread) -> bool:
    """Return whether a question is open, and in the share that the host sets out to answer."""
    willing = uniform(world.about("answering", thread), HOST, venue.index) < venue.now.reply_share
    return rules.answering.is_open(thread) and willing and not rules.answering.is_held_back(thread, world.day)


def host_joins_in(world: State, venue: Venue) -> None:
    """Let the host take part in its share of the members' threads of the day, answered or not."""
    now, hours = venue.now, world.parameters["hosting"].hours_per_reply
    for thread in venue.threads[now.threads_before :]:
        if thread.time >= world.day + END_OF_DAY:
            break  # what is written after the evening round is not seen on it
        willing = uniform(world.about("answering", thread), HOST, JOINING_IN + venue.index) < now.joins_in
        is_new_to_it = thread.author >= 0 and thread.answerer != HOST  # nobody replies twice to a thread
        if not is_new_to_it or not willing or rules.answering.is_held_back(thread, world.day):
            continue
        if now.hours_left >= hours:
            give_host_reply(world, venue, thread)
        elif not awaits_host(world, venue, thread):  # or it may get its reply tomorrow
            rules.hosting.leave_undone(venue.tally, tally.UNDONE_REPLIES, hours)


def give_host_reply(world: State, venue: Venue, thread: Thread) -> None:
    """Let the host reply to a thread, at the end of the day."""
    now, hours = venue.now, world.parameters["hosting"].hours_per_reply
    enter_reply(world, venue, thread, HOST, world.day + END_OF_DAY, MIDDLING)
    rules.hosting.take_hours(now, hours)
    world.happened(venue, tally.HOST_ANSWERS, events.HOST_ANSWERED, events.BY_HOST, HOST, thread.author, thread.at)


def threads_grow_old(world: State, venue: Venue) -> None:
    """Close the books on threads that turn seven days old."""
    now = venue.now
    while now.aged < len(venue.threads) and venue.threads[now.aged].time < world.day + 1 - PATIENCE:
        thread = venue.threads[now.aged]
        now.aged += 1
        if thread.kind == SEED or thread.superseded:
            continue
        venue.count(tally.FIRST_POSTS_DUE, thread.first_post)
        venue.count(tally.FIRST_POSTS_REPLIED, thread.first_post and thread.answered >= 0.0)
        if thread.kind == QUESTION:
            close_question(world, venue, thread)


def close_question(world: State, venue: Venue, thread: Thread) -> None:
    """Count whether a question was answered in time, and let its author be disappointed if not."""
    venue.count(tally.QUESTIONS_DUE)
    if thread.answered >= 0.0:
        venue.count(tally.QUESTIONS_ANSWERED)
        venue.count(tally.HOURS_TO_ANSWER, 24.0 * (thread.answered - thread.time))
        return
    hours = world.parameters["hosting"].hours_per_reply
    if venue.now.hours_left < hours and awaits_host(world, venue, thread):
        rules.hosting.leave_undone(venue.tally, tally.UNDONE_REPLIES, hours)
    author = world.people[thread.author]
    m = venue.membership_of(author)
    world.refresh(m)
    m.disappointment += 1.0
    author.trust *= 1.0 - world.parameters["bonding"].trust_silence
    author.grievance += 1.0
    if m.open_thread == thread.at:
        m.open_thread = NOBODY
    world.happened(venue, tally.DISAPPOINTMENTS, events.DISAPPOINT, events.UNMET, author.index, thread=thread.at)
    if uniform(world.about("answering", thread), author.index, 7) < world.parameters["visit"].p_ticket:
        venue.count(tally.TICKETS_INDUCED, thread.induced)
        world.happened(venue, tally.TICKETS, events.TICKET, events.UNMET, author.index, thread=thread.at)
