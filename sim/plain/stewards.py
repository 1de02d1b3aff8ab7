"""Stewards: members who help and belong hold keys, and do what the host handed over, as far as their minutes go."""

from sim.plain.replying import give_reply
from sim.plain.state import Person, State, Thread, Venue, rules, uniform
from sim.world import events, tally
from sim.world.mechanisms import stewards
from sim.world.mechanisms.memory import ROLE
from sim.world.mechanisms.worth import MISSION
from sim.world.state import HOST, MEMBER


def keys_are_handed_over(world: State) -> None:
    """Hand keys to members, and let them do what is handed over."""
    p = world.parameters["stewards"]
    for venue in world.venues:
        if not stewards.hand_over(venue, world.day):
            continue
        number = look_for_stewards(world, venue)
        if not venue.now.hushed:
            stewards.strain(venue.now, do_duties(world, venue), number, p)
        if number > 0:
            for person in venue.visitors:
                own(world, venue, person)


def look_for_stewards(world: State, venue: Venue) -> int:
    """Let those whose turn it is take keys or lay them down. Return how many members hold keys."""
    p, memory, fade = world.parameters["stewards"], world.parameters["memory"], rules.memory.faded
    for person in world.every(stewards.WEEK) if venue.now.handed > 0.0 else world.people:
        m, had = venue.membership_of(person), venue.membership_of(person).steward
        age = float(world.day - m.stamp)
        can = m.status == MEMBER and not m.silent and venue.now.handed > 0.0
        m.steward = can and rules.stewards.holds_keys(
            fade(m.helping, age, ROLE), fade(m.belonging, age, memory.belonging), p
        )
        if m.steward and not had:
            world.note(events.HAND_OVER, HOST, person.index, venue.index, cause=events.BY_HOST)
    members = [venue.membership_of(person) for person in world.people]
    return sum(m.steward and m.status == MEMBER for m in members)


def do_duties(world: State, venue: Venue) -> float:
    """Let stewards who visit greet and answer. Return how much stays undone."""
    new = [person for person in venue.visitors if is_to_be_welcomed(world, venue, person)]
    earlier = venue.threads[venue.now.aged : venue.now.threads_before]
    asked = [thread for thread in earlier if is_due(world, venue, thread)]
    venue.count(tally.DUTIES, len(new) + sum(thread.time >= world.day - 1 for thread in asked))
    undone = float(len(new) + len(asked))
    for person in venue.visitors:
        m = venue.membership_of(person)
        if m.steward and m.joined != world.day:
            undone -= welcome(world, venue, person, new)
            undone -= answer(world, venue, person, asked)
    return undone


def is_to_be_welcomed(world: State, venue: Venue, person: Person) -> bool:
    """Tell whether somebody is a newcomer whom members are to greet."""
    u = world.draws("bonding", person, venue)(1)
    is_new = venue.membership_of(person).joined == world.day
    return is_new and bool(rules.stewards.is_handed(u, venue.host.levers.onboarding, venue.now.handed))


def is_due(world: State, venue: Venue, thread: Thread) -> bool:
    """Tell whether a question is open, and for members to answer."""
    u = uniform(world.about("answering", thread), HOST, venue.index)
    waits = rules.answering.is_open(thread) and not rules.answering.is_held_back(thread, world.day)
    return bool(waits and rules.stewards.is_handed(u, venue.host.levers.replies, venue.now.handed))


def welcome(world: State, venue: Venue, person: Person, new: list[Person]) -> int:
    """Let a steward greet newcomers who have not been greeted yet. Return how many."""
    p, greeted = world.parameters["stewards"], 0
    while new and person.minutes_left >= p.minutes_per_greeting:
        newcomer = new.pop(0)
        rules.exposure.spend(person, p.minutes_per_greeting, venue.tally)
        rules.stewards.be_welcomed(venue.membership_of(newcomer), world.parameters["bonding"].host_reply)
        world.happened(venue, tally.DUTIES_DONE, events.GREET, events.PEERS, person.index, newcomer.index)
        greeted += 1
    return greeted


def answer(world: State, venue: Venue, person: Person, asked: list[Thread]) -> int:
    """Let a steward answer open questions by others, oldest first. Return how many."""
    exposure, given = world.parameters["exposure"], 0
    effort = exposure.minutes_per_thread + exposure.minutes_per_post * venue.now.effort
    for thread in asked:
        if person.minutes_left >= effort and thread.author != person.index and rules.answering.is_open(thread):
            rules.exposure.spend(person, exposure.minutes_per_thread, venue.tally)
            give_reply(world, venue, person, thread, rules.quality.posts_of(venue.membership_of(person)))
            venue.count(tally.DUTIES_DONE)
            given += 1
    return given


def own(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor feel that they own a share of the place, and let strain wear stewards out."""
    m, handed, p = venue.membership_of(person), venue.now.handed, world.parameters["stewards"]
    posts = rules.quality.posts_of(m)
    m.identity = rules.bonding.grown_towards_one(m.identity, rules.stewards.by_owning(handed, posts, p))
    m.plate[MISSION] += rules.stewards.from_owning(handed, posts, p)
    if m.steward:
        m.disappointment += rules.stewards.burdened(venue.now.strain, p)
