"""Worlds that part on the host-off day, and what they say about who holds a community together.

On that day a run splits into worlds that share their past and every later draw: as it was, host silent, members silent
(nobody answers or talks), both silent. Two more are asked for by `fork=six`: the top helpers gone, and the product's
reasons gone. Sizes are those of the main venue at the end, counted in three ways (`Count`).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.world import census, tally, treatment
from sim.world.census import ratio
from sim.world.measures import FORKED, OUTCOMES, TWIN
from sim.world.state import DORMANT, MEMBER, NEVER
from sim.world.world import World

AS_IT_WAS, HELPERS_GONE, PRODUCT_GONE = "as_it_was", "helpers_gone", "product_gone"
LATELY = 90  # days before the fork in which a top helper gave
COUNTED = ("", "_stayers", "_replies")  # endings of the outcomes' names, in the order of `Count`
Changes = Mapping[str, Sequence[Callable[[World], None]]]  # by world, how it differs from the one as it was


class Count(NamedTuple):
    """The size of a world at its end, counted in three ways."""

    active: float  # members
    stayers: float  # of these, those who were active when the worlds parted, so that newcomers do not count
    replies: float  # by members to members since the worlds parted


class Lived(NamedTuple):
    """A world at its end. Of it and of those that parted from it, the counts, and what was kept of each."""

    world: World
    counts: dict[str, Count]
    kept: dict[str, Any]
    helpers: float  # how many are the top helpers, NaN if nobody asked

    def outcomes(self) -> dict[str, float]:
        """Return all outcomes in their order; NaN where a world was not lived."""
        found = dict.fromkeys((*FORKED, *TWIN), math.nan) | self.world.outcomes() | {"top_helpers": self.helpers}
        for way, sizes in zip(COUNTED, zip(*self.counts.values(), strict=True), strict=True):
            parts = shares(*sizes[:4]) if len(sizes) > 1 else {}
            found |= {name + way: share for name, share in parts.items()}
        on = self.counts[AS_IT_WAS].active
        for name, gone in (("helpers_loss", HELPERS_GONE), ("product_loss", PRODUCT_GONE)):
            if gone in self.counts:
                found[name] = ratio(on - self.counts[gone].active, on)
        return {name: float(found[name]) for name in OUTCOMES}


def shares(on: float, host_silent: float, members_silent: float, both_silent: float) -> dict[str, float]:
    """Return what each voice holds, as shares of the size as it was (`on`); NaN where that is 0.

    `host_loss` and `member_loss` are what goes when one of them falls silent. `held_by_host` and `held_by_members` are
    their Shapley values: the mean of what a voice adds when the other speaks and when it does not. These two and
    `floor`, what is left in silence, add up to 1. `interplay` is the sum of the two losses minus the loss when both
    fall silent: above 0 there are members whom only both together hold, below 0 one can stand in for the other.
    """
    apart = members_silent - host_silent
    parts = {
        "host_loss": on - host_silent, "member_loss": on - members_silent,
        "held_by_host": (on + apart - both_silent) / 2, "held_by_members": (on - apart - both_silent) / 2,
        "floor": both_silent, "interplay": on - host_silent - members_silent + both_silent,
    }  # fmt: skip
    return {name: ratio(part, on) for name, part in parts.items()}


def top_helpers(world: World) -> NDArray[np.int64]:
    """Return the fewest members of the main venue who gave half of what its members answered in the last 90 days."""
    venue = world.venues[0]
    answers = venue.answers[: int(venue.now.answers)]
    given = answers["person"][(answers["person"] >= 0) & (answers["time"] >= world.day - LATELY)]
    inside = np.isin(venue.memberships["status"], (MEMBER, DORMANT))
    people, counts = np.unique(given[inside[given]], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    return np.asarray(people[order][before < counts.sum() / 2], np.int64)


def remove_helpers(world: World) -> None:
    """Take the top helpers out of the main venue for good."""
    for person in top_helpers(world).tolist():
        treatment.remove(world, 0, person)
        world.membership(0, person).left = NEVER  # those who have just left may not join (see `join.may_join`)


FOUR: Changes = {
    "host_silent": (World.silence_hosts,), "members_silent": (World.silence_members,),
    "both_silent": (World.silence_hosts, World.silence_members),
}  # fmt: skip
SIX: Changes = {**FOUR, HELPERS_GONE: (remove_helpers,), PRODUCT_GONE: (World.silence_product,)}
FORKS = {"four": FOUR, "six": SIX}  # by the setting `fork`


def live(
    world: World, fork_day: int | None, changes: Changes = FOUR, keep: Callable[[str, World], Any] = lambda *_: None
) -> Lived:
    """Run a world to its end, and before that, from the day of the fork, each of those that part from it.

    `keep` is given each world's name and the world at its end. No more than two worlds are in memory at a time.
    """
    if fork_day is not None:
        world.run(until=fork_day)
    there, said, helpers = active(world), world.venues[0].tally[tally.ANSWERS], math.nan
    if fork_day is not None and HELPERS_GONE in changes:
        helpers = float(len(top_helpers(world)))
    counts, kept = {}, {}
    for name in (*(changes if fork_day is not None else ()), AS_IT_WAS):
        one = world if name == AS_IT_WAS else world.fork()
        for change in changes.get(name, ()):
            change(one)
        now, answers = active(one.run()), one.venues[0].tally[tally.ANSWERS]
        counts[name] = Count(float(now.sum()), float((now & there).sum()), float(answers - said))
        kept[name] = keep(name, one)
    order = (AS_IT_WAS, *list(counts)[:-1])
    return Lived(world, {name: counts[name] for name in order}, {name: kept[name] for name in order}, helpers)


def active(world: World) -> NDArray[np.bool_]:
    """Return who is active in the main venue today, shape `(n_people,)`."""
    p = world.parameters
    role = census.roles(world.venues[0].memberships, world.day, p["memory"], p["census"])
    return np.asarray((role >= census.LURKER) & (role <= census.CHAMPION))
