"""Statistics of an event log and a venue's tables after a run: who posted when, who answered whom, who stayed.

Several findings are stated in these statistics. They read a world and change nothing. Days are whole, as in the log. A
post is a question, a question asked again, a social post or a reply by a member.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from sim.world import events
from sim.world.state import HOST, NEVER, QUESTION, SEED
from sim.world.world import World

Column = NDArray[Any]
Floats = NDArray[np.float64]

POSTS = (events.ASK, events.ASK_AGAIN, events.TALKED, events.ANSWERED)
BY_HOST = (events.SEEDED, events.HOST_ANSWERED)
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


def host_share(world: World, venue: int = 0) -> float:
    """Return the host's share of all posts. The host's own threads and replies count."""
    by_host = len(of_kinds(world, BY_HOST, venue))
    everybody = by_host + len(of_kinds(world, POSTS, venue))
    return by_host / everybody if everybody else float("nan")


def first_answers_by_host(found: Threads) -> float:
    """Return the host's share of first replies."""
    return share(found.answerer[np.isfinite(found.answered)] == HOST)


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


def kaplan_meier(days: Floats, ended: Column, at: Floats) -> Floats:
    """Return the share that lasts longer than each of `at`. Some are still going on (`ended` is false)."""
    survival = stats.ecdf(stats.CensoredData(uncensored=days[ended], right=days[~ended])).sf
    return np.asarray(survival.evaluate(at))


def weibull(days: Floats, ended: Column) -> tuple[float, float]:
    """Return the shape and scale of a Weibull distribution by maximum likelihood with censoring. NaN without any end.

    The hazard falls over time if the shape is below 1. SciPy's general fit gives six of these digits, 100 times slower.
    """
    ends = int(ended.sum())
    if ends < 2 or len(np.unique(days)) < 2:
        return float("nan"), float("nan")
    logs = np.log(days)

    def slope(shape: float) -> float:
        weights = np.exp(shape * (logs - logs.max()))
        return float((weights * logs).sum() / weights.sum() - 1.0 / shape - logs[ended].mean())

    if slope(0.02) > 0.0 or slope(20.0) < 0.0:
        return float("nan"), float("nan")
    shape = float(brentq(slope, 0.02, 20.0))
    return shape, float((np.exp(shape * logs).sum() / ends) ** (1.0 / shape))


def help_edges(world: World, venue: int = 0) -> tuple[Column, Column]:
    """Return the author and the answerer of each answer by a member to another member's question."""
    log = of_kinds(world, (events.ANSWERED,), venue)
    kind = world.venues[venue].threads["kind"][log["thread"]]
    log = log[(kind == QUESTION) & (log["target"] >= 0) & (log["target"] != log["actor"])]
    return log["target"].astype(np.int64), log["actor"].astype(np.int64)


class BowTie(NamedTuple):
    """Shares of the people in a help network that are in its core, lead into it, or are reached from it."""

    core: float
    leads_in: float
    leads_out: float


def bow_tie(author: Column, replier: Column) -> BowTie:
    """Return the bow tie of the edges from author to replier: the largest strong component and the parts tied to it."""
    people, ends = np.unique(np.concatenate([author, replier]), return_inverse=True)
    if len(people) == 0:
        return BowTie(*(float("nan"),) * 3)
    n, half = len(people), len(author)
    graph = coo_array((np.ones(half), (ends[:half], ends[half:])), (n, n)).tocsr()
    _, part = connected_components(graph, directed=True, connection="strong")
    core = part == np.bincount(part).argmax()
    inside = int(np.flatnonzero(core)[0])
    downstream, upstream = np.zeros(n, bool), np.zeros(n, bool)
    downstream[breadth_first_order(graph, inside, return_predecessors=False)] = True
    upstream[breadth_first_order(graph.T.tocsr(), inside, return_predecessors=False)] = True
    return BowTie(float(core.mean()), share(upstream & ~core), share(downstream & ~core))


class Exits(NamedTuple):
    """Weeks with a post, by the number of the person's contacts who also posted: all of them, and the last ones."""

    contacts: Column
    weeks: Column
    exits: Column


def exits_by_contacts(world: World, most: int = 5, silent: int = 28, venue: int = 0) -> Exits:
    """Return how many person-weeks were a person's last, by the number of contacts who posted in that week.

    A contact is somebody with whom a reply went either way by then. People with more than `most` contacts are left out.
    A week is the last if no post follows for `silent` days. Shape `(most + 1,)`.
    """
    found, n = posts(world, venue), len(world.people)
    end = (world.day - silent) // 7  # only weeks with enough time after them
    weeks = int(world.day // 7)
    active = np.zeros((weeks + 1, n), bool)
    active[found.day // 7, found.person] = True
    log = of_kinds(world, (events.ANSWERED,), venue)
    log = log[log["target"] >= 0]
    pairs = np.stack([log["target"], log["actor"]]).astype(np.int64)
    one, other = pairs.ravel(), pairs[::-1].ravel()
    week = np.tile(log["day"].astype(np.int64) // 7, 2)
    edge, first = np.unique(one * n + other, return_index=True)  # the log is in order, but both halves start anew
    begun = np.full(len(edge), weeks + 1)
    np.minimum.at(begun, np.searchsorted(edge, one * n + other), week)
    one, other = one[first], other[first]
    counts, lasts = np.zeros(most + 1, int), np.zeros(most + 1, int)
    for at in range(end):
        known = begun <= at
        degree = np.bincount(one[known], minlength=n)
        present = np.bincount(one[known], weights=active[at][other[known]], minlength=n).astype(int)
        later: Column = np.asarray(active[at + 1 : at + 1 + silent // 7].any(axis=0))
        who = active[at] & (degree <= most)
        counts += np.bincount(np.minimum(present[who], most), minlength=most + 1)
        lasts += np.bincount(np.minimum(present[who & ~later], most), minlength=most + 1)
    return Exits(np.arange(most + 1), counts, lasts)


def correlation(one: Floats, other: Floats) -> float:
    """Return Pearson's correlation. NaN if one of the two does not vary."""
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def power_law(x: Floats, y: Floats, weights: Floats) -> tuple[float, float]:
    """Return factor and exponent of y = factor x**exponent by weighted least squares of logs. NaN below two points."""
    kept = (y > 0) & (weights > 0)
    if kept.sum() < 2:
        return float("nan"), float("nan")
    slope, level = np.polyfit(np.log(x[kept]), np.log(y[kept]), 1, w=np.sqrt(weights[kept]))
    return float(np.exp(level)), float(slope)
