"""Statistics of an event log and a venue's tables after a run: who posted when, who answered whom, who stayed.

Several findings are stated in these statistics. They read a world and change nothing. Days are whole, as in the log. A
post is a question, a question asked again, a social post or a reply by a member.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.world import events
from sim.world.state import NEVER, SEED
from sim.world.world import World

Column = NDArray[Any]
Floats = NDArray[np.float64]

POSTS = (events.ASK, events.ASK_AGAIN, events.TALKED, events.ANSWERED)
SILENCE = 7  # days after which a thread without a reply counts as unanswered


class Posts(NamedTuple):
    """Members' posts, grouped by person and in order of time: columns of equal length."""

    person: Column
    day: Column

    def counts(self, people: int) -> Column:
        """Return each person's number of posts, shape `(people,)`."""
        return np.bincount(self.person, minlength=people)

    def number(self) -> Column:
        """Return the number of each post among its author's posts, from 1."""
        first = np.searchsorted(self.person, self.person)
        return np.arange(len(self.person)) - first + 1

    def until_next(self) -> Column:
        """Return the days until the same person's next post; `NEVER` after the last one."""
        days = np.full(len(self.person), NEVER)
        same = self.person[1:] == self.person[:-1]
        days[:-1][same] = np.diff(self.day.astype(np.int64))[same]
        return days

    def spans(self) -> tuple[Column, Column, Column]:
        """Return everybody who ever posted, with the days of their first and last posts."""
        person, first = np.unique(self.person, return_index=True)
        last = np.append(first[1:], len(self.person)) - 1 if len(person) else first
        return person, self.day[first].astype(np.int64), self.day[last].astype(np.int64)


def of_kinds(world: World, kinds: tuple[int, ...], venue: int = 0) -> Any:
    """Return the events of some kinds in a venue, in order of time."""
    log = world.events()
    return log[np.isin(log["kind"], kinds) & (log["venue"] == venue)]


def posts(world: World, venue: int = 0, kinds: tuple[int, ...] = POSTS) -> Posts:
    """Return members' posts in a venue."""
    log = of_kinds(world, kinds, venue)
    order = np.argsort(log["actor"], kind="stable")
    return Posts(log["actor"][order].astype(np.int64), log["day"][order].astype(np.int64))


def visits(world: World, venue: int = 0) -> Posts:
    """Return members' visits to a venue, grouped by person and in order of time."""
    return posts(world, venue, (events.VISIT,))


def joined(world: World, venue: int = 0) -> Column:
    """Return the day on which each person first joined a venue, or `NEVER`, shape `(n_people,)`."""
    days = np.full(len(world.people), NEVER)
    log = of_kinds(world, (events.JOIN, events.RETURN), venue)
    np.minimum.at(days, log["actor"], log["day"].astype(np.int64))
    return days


def ever_members(world: World, venue: int = 0) -> Column:
    """Return everybody who has ever been a member, as positions in the table of people."""
    return np.flatnonzero(joined(world, venue) < NEVER)


class Threads(NamedTuple):
    """Threads by members that are old enough to be judged: columns of equal length. Times are days with fractions."""

    author: Column
    kind: Column
    time: Floats
    answered: Floats  # the first reply by somebody else, NaN if there is none
    answerer: Column
    first_post: Column

    @property
    def replied_share(self) -> float:
        """The share with a reply by somebody else. NaN without threads."""
        return share(np.isfinite(self.answered))

    def hours(self) -> Floats:
        """Return the hours until the first reply, for the threads that have one."""
        waited = 24.0 * (self.answered - self.time)
        return waited[np.isfinite(waited)]


def threads(world: World, venue: int = 0, old: float = SILENCE) -> Threads:
    """Return the threads that members opened at least `old` days ago. A question asked again is one thread."""
    place = world.venues[venue]
    table = place.threads[: int(place.now.threads)]
    kept = table[(table["kind"] != SEED) & ~table["superseded"] & (table["time"] < world.day - old)]
    answered = np.where(kept["answered"] >= 0.0, kept["answered"], np.nan)
    return Threads(
        kept["author"], kept["kind"], kept["time"], answered, kept["answerer"], kept["first_post"].astype(bool)
    )


def first_posts(world: World, venue: int = 0, old: float = SILENCE) -> Threads:
    """Return the threads that were their author's first post."""
    found = threads(world, venue, old)
    return Threads(*(column[found.first_post] for column in found))


def share(yes: Column) -> float:
    """Return the share that is true. NaN if the column is empty."""
    return float(np.mean(yes)) if len(yes) else float("nan")


def active_shares(world: World, who: Column, start: int, weeks: int, venue: int = 0) -> tuple[Floats, Floats]:
    """Return the shares of `who` that visited and that posted, week by week from day `start`, shape `(weeks,)`."""

    def weekly(found: Posts) -> Floats:
        week = (found.day - start) // 7
        kept = (found.day >= start) & (week < weeks)
        came = np.zeros((weeks, len(world.people)), bool)
        came[week[kept], found.person[kept]] = True
        return came[:, who].mean(axis=1) if len(who) else np.full(weeks, np.nan)

    return weekly(visits(world, venue)), weekly(posts(world, venue))


class Returns(NamedTuple):
    """Returns after the k-th post: how many people were followed for long enough, and how many of them posted again."""

    number: Column
    followed: Column
    returned: Column

    @property
    def share(self) -> Floats:
        """The share that posted again. NaN if nobody was followed."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.returned / np.where(self.followed > 0, self.followed, np.nan), np.float64)


def returns(found: Posts, numbers: Column, within: int, end: int) -> Returns:
    """Return how many posted again within `within` days of the k-th post, of those followed for that long."""
    k, gap = found.number(), found.until_next()
    followed = found.day <= end - within
    back = followed & (gap <= within)
    most = int(np.max(numbers)) + 1
    counted = (np.bincount(np.minimum(k[mask], most), minlength=most + 1)[numbers] for mask in (followed, back))
    return Returns(np.asarray(numbers), *counted)
