"""Replying: members reply to what is new to them, then the host does. A question that stays open disappoints."""

from sim.plain.bonding import strength_of
from sim.plain.speaking import dares_to_speak, motivation
from sim.plain.state import Answer, Person, State, Thread, Venue, rules, uniform
from sim.world import events, tally
from sim.world.mechanisms.answering import JOINING_IN, MOST_ANSWERS, PATIENCE
from sim.world.state import HOST, NOBODY, QUESTION, SEED

END_OF_DAY = 0.999


def members_and_hosts_reply(world: State) -> None:
    """Let members reply, then the host, and let time pass over what is still open."""
    for venue in world.venues:
        for person in venue.visitors:
            reply_to_what_is_new(world, venue, person)
        host_replies(world, venue)
        host_joins_in(world, venue)
        threads_grow_old(world, venue)


def reply_to_what_is_new(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor reply to what is new to them, if they know enough and feel like it."""
    m, now, p = venue.membership_of(person), venue.now, world.parameters["answering"]
    new = venue.new_threads(m, m.met)  # those opened earlier today, too
    m.seen = len(new)
    venue.count(tally.MET, m.seen)
    if now.hushed or not dares_to_speak(world, person, m):
        return
    given, boost = 0, motivation(world, venue, person) / now.effort
    for thread in new:
        if given == MOST_ANSWERS:
            break
        meeting = world.about("answering", thread)
        closed = uniform(meeting, -1, venue.index) >= now.talk or rules.answering.is_held_back(thread, world.day)
        if person.index in (thread.author, thread.answerer) or closed:
            continue  # their own, already answered by them (in a trial), or not open to members
        bond = strength_of(world, m, thread.author)
        chance = rules.answering.chance_to_reply(person, m, thread, now.host_share, bond, boost, p)
        if uniform(meeting, person.index, venue.index) < chance:
            given += 1
            give_reply(world, venue, person, thread, bond)


def give_reply(world: State, venue: Venue, person: Person, thread: Thread, bond: float) -> None:
    """Let a member reply to a thread."""
    m = venue.membership_of(person)
    enter_reply(world, venue, thread, person.index, m.hour)
    m.answers += 1
    m.helping += 1.0
    m.beyond += thread.facet != person.facet
    rules.incentives.note_gift(m, world.day, world.parameters["incentives"])
    venue.count(tally.ANSWERS_CORE, bond > 0.0)
    world.happened(venue, tally.ANSWERS, events.ANSWERED, events.NEED, person.index, thread.author, thread.at)


def enter_reply(world: State, venue: Venue, thread: Thread, by: int, time: float) -> None:
    """Append a reply by a member or by the host, and let the author find it."""
    if thread.answered < 0.0:
        is_open, p_ticket = thread.at >= venue.now.aged and not thread.superseded, world.parameters["visit"].p_ticket
        rules.answering.first_answer(thread, by, time, is_open, venue.archive, venue.tally, p_ticket)
    thread.replies += 1
    if thread.author >= 0:
        m = world.membership(venue.index, thread.author)
        m.waiting += 1
        m.replies += 1
    venue.answers.append(Answer(time, thread, by))


def host_replies(world: State, venue: Venue) -> None:
    """Let the host reply to its share of the open questions, oldest first, while its hours last."""
    now, hours, time = venue.now, world.parameters["hosting"].hours_per_reply, world.day + END_OF_DAY
    for thread in venue.threads[now.aged :]:
        if now.hours_left < hours or thread.time > time - world.parameters["answering"].host_waits:
            break
        if awaits_host(world, venue, thread):
            give_host_reply(world, venue, thread)


def awaits_host(world: State, venue: Venue, thread: Thread) -> bool:
    """Return whether a question is open, and in the share that the host sets out to answer."""
    is_open = thread.kind == QUESTION and thread.answered < 0.0 and not thread.superseded
    willing = uniform(world.about("answering", thread), HOST, venue.index) < venue.now.reply_share
    return is_open and willing and not rules.answering.is_held_back(thread, world.day)


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
    enter_reply(world, venue, thread, HOST, world.day + END_OF_DAY)
    now.hours_left -= hours
    now.hours_used += hours
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
