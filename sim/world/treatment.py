"""Treatment: what an experimenter can do to one person, between two days.

Each function is an act on one person, thread or reply, done before the day begins. The world then reacts to it as it
reacts to what people and hosts do. The functions use views of rows, so they work on both the compiled and the plain
world.

Lasting treatments are columns that the day's rules read: `membership.ads_own` (factor on the venue's ad load),
`mail_own` (share of the messages to all that reach the member), `toll` (reward taken from each visit), `points_own`,
`told`, `pay`, and `person.elsewhere`. To set one, assign to it: `world.membership(0, i).ads_own = 2.0`.
"""

from typing import Any, Protocol

from sim.world import events, tally
from sim.world.compiled import plainly
from sim.world.interfaces import AnyWorld
from sim.world.mechanisms import incentives, memory, recognition
from sim.world.state import HOST, NOBODY

honouring, fading, giving = plainly(recognition), plainly(memory), plainly(incentives)


class OpenWorld(AnyWorld, Protocol):
    """A world that an experimenter can act on, through views of its rows."""

    def person(self, person: int) -> Any:
        """Return a view of a person."""

    def membership(self, venue: int, person: int) -> Any:
        """Return a view of a person's membership in a venue."""

    def thread(self, venue: int, at: int) -> Any:
        """Return a view of a thread."""

    def reply(self, venue: int, at: int) -> Any:
        """Return a view of a reply."""

    def put_reply(self, venue: int, at: int, by: int, time: float) -> None:
        """Append a reply to a thread, which its author finds on their next visit."""

    def expel(self, venue: int, person: int) -> None:
        """End a membership from outside."""


def award(world: OpenWorld, venue: int, person: int, by: int = HOST, public: bool = True) -> None:
    """Give a member an award, by the host or by a peer, in public or in private."""
    who, m, place, p = world.person(person), world.membership(venue, person), world.venues[venue], world.parameters
    honouring.honour(who, m, place.now, by == HOST, public, world.day, p["recognition"], p["memory"])
    place.tally[tally.AWARDS if by == HOST else tally.PEER_AWARDS] += 1
    world.note(events.AWARD, by, person, venue, cause=events.BY_HOST if by == HOST else events.PEERS)


def thank(world: OpenWorld, venue: int, person: int, by: int = NOBODY) -> None:
    """Thank a member."""
    who, m, p = world.person(person), world.membership(venue, person), world.parameters
    honouring.be_thanked(who, m, world.day, p["recognition"], p["memory"])
    world.venues[venue].tally[tally.THANKS] += 1
    world.note(events.THANK, by, person, venue, cause=events.PEERS)


def like(world: OpenWorld, venue: int, at: int, by: int = NOBODY, sign: int = 1) -> None:
    """Like the reply in a row of the venue's answers, or dislike it (`sign` -1). Its author learns of it."""
    liked, p = world.reply(venue, at), world.parameters
    liked.score += sign
    if liked.person < 0:
        return
    author = world.membership(venue, int(liked.person))
    honouring.be_rated(author, sign, world.day, p["recognition"], p["memory"])
    if sign > 0:
        world.venues[venue].tally[tally.THANKS] += 1
        world.note(events.LIKE, by, int(liked.person), venue, cause=events.PEERS)


def reply(world: OpenWorld, venue: int, at: int, by: int) -> None:
    """Reply to a thread of an earlier day, by a member or by the host."""
    thread = world.thread(venue, at)
    world.put_reply(venue, at, by, float(world.day))
    if by == HOST:
        world.venues[venue].tally[tally.HOST_ANSWERS] += 1
        world.note(events.HOST_ANSWERED, HOST, int(thread.author), venue, at, events.BY_HOST)
        return
    helper = world.membership(venue, by)
    fading.refresh(helper, world.day, world.parameters["memory"])
    helper.answers += 1
    helper.helping += 1.0
    giving.note_gift(helper, world.day, world.parameters["incentives"])
    world.venues[venue].tally[tally.ANSWERS] += 1
    world.note(events.ANSWERED, by, int(thread.author), venue, at, events.PEERS)


def mute(world: OpenWorld, venue: int, at: int) -> None:
    """Keep everybody from replying to a thread until it is `answering.PATIENCE` days old."""
    world.thread(venue, at).muted = True


def invite(world: OpenWorld, venue: int, person: int, by: int = HOST) -> None:
    """Invite a customer into a venue. They consider it on their next turn, within a week."""
    membership = world.membership(venue, person)
    membership.invited, membership.referrer = world.day, by if by >= 0 else NOBODY
    world.note(events.INVITE, by, person, venue, cause=events.BY_HOST if by == HOST else events.PEERS)


def remove(world: OpenWorld, venue: int, person: int) -> None:
    """Remove a member from a venue. They may return like anybody else who left (see `join`)."""
    world.expel(venue, person)
