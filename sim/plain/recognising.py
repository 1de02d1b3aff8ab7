"""Recognising: people thank, like and honour each other, and hosts give awards.

Being noticed keeps people. Awards may move them to give more, and are worth less, the more there are. Those who were
thanked thank others.
"""

from sim.plain.state import Answer, Membership, Person, State, Venue, rules
from sim.world import events, tally
from sim.world.mechanisms.memory import MONTH, ROLE
from sim.world.mechanisms.recognition import FRESH
from sim.world.state import HOST, MEMBER, NOBODY

FOUR_WEEKS = 28.0


def people_are_recognised(world: State) -> None:
    """Let visitors thank, like and honour each other, and let hosts give awards."""
    for venue in world.venues:
        for person in venue.visitors:
            thank(world, venue, person)
            like(world, venue, person)
        if venue.now.peer_awards > 0.0:
            for person in venue.visitors:
                honour_somebody(world, venue, person)
        for _ in range(int(venue.now.awards_due)):
            award(world, venue)


def thank(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor who found a reply to their question perhaps thank whoever replied first."""
    m, p = venue.membership_of(person), world.parameters["recognition"]
    if m.open_thread < 0 or not m.collected or venue.threads[m.open_thread].answered < 0.0:
        return
    thread, m.open_thread = venue.threads[m.open_thread], NOBODY
    u, helper = world.draws("recognition", person, venue)(0), thread.answerer
    if helper >= 0 and u < p.p_thank * venue.now.earning * mood_of(world, m):
        who, theirs = world.people[helper], world.membership(venue.index, helper)
        rules.recognition.be_thanked(who, theirs, world.day, p, world.parameters["memory"])
        world.happened(venue, tally.THANKS, events.THANK, events.REPLY, person.index, helper, thread.at)


def mood_of(world: State, m: Membership) -> float:
    """Return how readily somebody thanks and likes: more so after they were thanked themselves."""
    since, life = float(world.day - m.thanked), MONTH
    return float(rules.recognition.grateful(since, life, world.parameters["recognition"]))


def reply_met(world: State, venue: Venue, person: Person, u: float) -> Answer | None:
    """Return the fresh reply by another member, if any, that a visitor happens to read: most likely a new one."""
    if not venue.answers or venue.membership_of(person).seen == 0:
        return None
    met = venue.answers[rules.recognition.newest(u, len(venue.answers), venue.now.pulse)]
    return met if met.time >= world.day - FRESH and met.person >= 0 and met.person != person.index else None


def like(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor perhaps like a reply that they read."""
    m, p, draw = venue.membership_of(person), world.parameters["recognition"], world.draws("recognition", person, venue)
    liked, mood = reply_met(world, venue, person, draw(2)), mood_of(world, m)
    if liked and draw(1) < rules.recognition.p_likes(m.seen, venue.now.earning, liked.score, mood * liked.quality, p):
        liked.score += 1
        author = world.membership(venue.index, liked.person)
        rules.recognition.be_rated(author, 1, world.day, p, world.parameters["memory"])
        world.happened(venue, tally.THANKS, events.LIKE, events.HABIT, person.index, liked.person, liked.thread.at)


def honour_somebody(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor perhaps honour the author of a reply: more likely, if that author was honoured in public before."""
    p, draw = world.parameters["recognition"], world.draws("recognition", person, venue)
    reply, now = reply_met(world, venue, person, draw(3)), venue.now
    author = world.membership(venue.index, reply.person) if reply else None
    if reply is None or author is None or author.status != MEMBER:
        return
    lately = rules.memory.faded(author.helping, float(world.day - author.stamp), ROLE)
    if draw(4) < rules.recognition.p_honours(now.peer_awards, lately, author.honours, now.display, p):
        be_honoured(world, venue, reply.person, by_host=False)
        world.happened(venue, tally.PEER_AWARDS, events.AWARD, events.PEERS, person.index, reply.person)


def award(world: State, venue: Venue) -> None:
    """Let the host honour the member who helped most lately, counting less those who have had awards."""
    since, life = world.day - FOUR_WEEKS, ROLE
    merits = {}
    for i in sorted({answer.person for answer in venue.answers if answer.time > since and answer.person >= 0}):
        m = world.membership(venue.index, i)
        merit = rules.memory.faded(m.helping, float(world.day - m.stamp), life) / (1.0 + m.awards)
        if m.status == MEMBER and merit > 0.0:
            merits[i] = merit
    if not merits:
        return
    best = max(merits, key=lambda i: merits[i])
    be_honoured(world, venue, best, by_host=True)
    world.happened(venue, tally.AWARDS, events.AWARD, events.BY_HOST, HOST, best)


def be_honoured(world: State, venue: Venue, person: int, by_host: bool) -> None:
    """Let somebody get an award in public."""
    who, m, p = world.people[person], world.membership(venue.index, person), world.parameters
    rules.recognition.honour(who, m, venue.now, by_host, True, world.day, p["recognition"], p["memory"])
