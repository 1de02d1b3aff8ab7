"""Selectors: who is enrolled. Each returns the people who qualify on a morning, by what happened until yesterday.

To add a selector, write a function with options as keyword arguments and mark it `@selector`. A trial can then use the
function's name.
"""

import numpy as np

from sim.lab.trials.registry import selector
from sim.lab.trials.snapshot import POSTS, Floats, Ints, Scene
from sim.world import events
from sim.world.state import CUSTOMER, NEVER, OUTSIDE


@selector
def everyone(scene: Scene) -> Ints:
    """Return all customers, members or not."""
    return np.flatnonzero(scene.people["customer"] == CUSTOMER)


@selector
def members(scene: Scene) -> Ints:
    """Return all members, active or dormant."""
    return np.flatnonzero(scene.is_member())


@selector
def customers_outside(scene: Scene) -> Ints:
    """Return the customers who have never been members."""
    outside = scene.memberships["status"] == OUTSIDE
    return np.flatnonzero(outside & (scene.people["customer"] == CUSTOMER))


@selector
def members_with_posts(scene: Scene, *, at_least: int = 1) -> Ints:
    """Return the members who have written at least `at_least` posts."""
    return np.flatnonzero(scene.is_member() & (scene.posts() >= at_least))


@selector
def never_awarded(scene: Scene) -> Ints:
    """Return the members who have not received an award yet."""
    return np.flatnonzero(scene.is_member() & (scene.memberships["awards"] == 0))


@selector
def answerers(scene: Scene, *, at_least: int = 1, window: int = 90) -> Ints:
    """Return the members who gave at least `at_least` answers in the last `window` days."""
    return np.flatnonzero(scene.is_member() & (scene.count((events.ANSWERED,), window) >= at_least))


@selector
def tenure(scene: Scene, *, low: float = 0, high: float = NEVER) -> Ints:
    """Return the members who joined at least `low` and less than `high` days ago."""
    days = scene.day - scene.memberships["joined"].astype(np.int64)
    return np.flatnonzero(scene.is_member() & (days >= low) & (days < high))


@selector
def top_contributors(scene: Scene, *, share: float = 0.01, window: int = 30, skip: float = 0.0) -> Ints:
    """Return the top `share` of the members who posted in the last `window` days, without the busiest `skip`."""
    return _ranked(scene, scene.count(POSTS, window), skip, skip + share)


@selector
def activity_quantile(scene: Scene, *, low: float, high: float, window: int = 90) -> Ints:
    """Return the members between two quantiles of activity (0 the least, 1 the most) in the last `window` days.

    Activity is the number of posts, with ties broken by visits. People who did not visit are left out.
    """
    visits = scene.count((events.VISIT,), window)
    activity = scene.count(POSTS, window) + visits / (visits.max(initial=0) + 1.0)
    return _ranked(scene, activity, 1.0 - high, 1.0 - low)


@selector
def newcomers(scene: Scene, *, days: int = 7) -> Ints:
    """Return the members whose first post is at most `days` days old."""
    lately = scene.count(POSTS, days)
    return np.flatnonzero(scene.is_member() & (lately > 0) & (scene.posts() == lately))


@selector
def first_posters(scene: Scene, *, unanswered: bool = False) -> tuple[Ints, Ints]:
    """Return members whose first post was a thread opened yesterday, and that thread, or only unanswered ones."""
    rows = scene.threads_of_yesterday()
    threads = scene.venue.threads[rows]
    first = threads["first_post"] & (threads["author"] >= 0) & ~threads["superseded"]
    first &= (threads["answered"] < 0.0) | (not unanswered)
    return threads["author"][first].astype(np.int64), rows[first]


@selector
def new_threads(scene: Scene) -> tuple[Ints, Ints]:
    """Return the members who opened a thread yesterday, and the last thread of each."""
    return _last_of_each(scene.venue.threads["author"], scene.threads_of_yesterday())


@selector
def new_replies(scene: Scene) -> tuple[Ints, Ints]:
    """Return the members who gave an answer yesterday, and the last answer of each."""
    return _last_of_each(scene.venue.answers["person"], scene.answers_of_yesterday())


def _last_of_each(authors: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Return each person who wrote some of the rows once, with the person's last row."""
    rows = rows[authors[rows] >= 0][::-1]
    found, at = np.unique(authors[rows].astype(np.int64), return_index=True)
    return found, rows[at]


def _ranked(scene: Scene, activity: Floats | Ints, low: float, high: float) -> Ints:
    """Return the active members from rank `low` to `high` (shares, the busiest at 0), at least one person."""
    active = np.flatnonzero(scene.is_member() & (activity > 0))
    order = active[np.lexsort((scene.draws(active, slot=1), -activity[active]))]
    first = round(low * len(order))
    return np.sort(order[first : max(first + 1, round(high * len(order)))])
