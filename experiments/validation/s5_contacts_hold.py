"""S5: people are less likely to leave if more of their contacts are active.

Finding: of person-weeks in an online community of students at Irvine, among people with at most five contacts, 45 to
46 % were the last with none or one active contact, 35 % with two, 30 % with three, 29 % with four, 27 % with five; the
number explains more than the fraction. Source: computed from the public data (R package tnet; Panzarasa, Opsahl &
Carley 2009). An association: contacts stop at the same time for reasons of their own. Experiment: the same statistic of
an undisturbed run, over all seeds together; last is a week with a post that 28 days without one follow.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target, counts, pooled, total
from sim.world import events
from sim.world.world import World

ROW = Row(
    id="S5", title="The more contacts are active, the fewer leave",
    source="UC Irvine community data (R package tnet; Panzarasa, Opsahl & Carley 2009)", read="computed",
    evidence="association", tier=1, profile="social",
    targets=(
        Target("ratio", 0.455 / 0.27, low=1.3, high=2.3, unit="exit with at most 1 : with 5", null=1.0),
        Target("steps_down", 1.0, low=0.75, high=1.0, unit="share of the four steps from 1 to 5"),
    ),
    stated="in part", pooling="together",
    ablate={"leaving.hold_contacts": 0.0, "worth.company": 0.0, "visit.peers": 0.0},
    note="A contact is somebody with whom a reply went either way, where the data have messages. Monotone is read as "
    "three of the four steps or more going down, as few person-weeks have five contacts who are all active.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return person-weeks and last ones by the number of active contacts."""
    found = exits_by_contacts(bench.baseline(ROW.profile, seed))
    return counts("weeks", found.weeks) | counts("exits", found.exits)


class Exits(NamedTuple):
    """Weeks with a post, by the number of the person's contacts who also posted: all of them, and the last ones."""

    contacts: np.ndarray
    weeks: np.ndarray
    exits: np.ndarray


def exits_by_contacts(world: World, most: int = 5, silent: int = 28, venue: int = 0) -> Exits:
    """Return how many person-weeks were a person's last, by the number of contacts who posted in that week.

    A contact is somebody with whom a reply went either way by then. People with more than `most` contacts are left out.
    A week is the last if no post follows for `silent` days. Shape `(most + 1,)`.
    """
    found, n = event_log.posts(world, venue), len(world.people)
    end = (world.day - silent) // 7  # only weeks with enough time after them
    weeks = int(world.day // 7)
    active = np.zeros((weeks + 1, n), bool)
    active[found.day // 7, found.person] = True
    log = event_log.of_kinds(world, (events.ANSWERED,), venue)
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
        later: np.ndarray = np.asarray(active[at + 1 : at + 1 + silent // 7].any(axis=0))
        who = active[at] & (degree <= most)
        counts += np.bincount(np.minimum(present[who], most), minlength=most + 1)
        lasts += np.bincount(np.minimum(present[who & ~later], most), minlength=most + 1)
    return Exits(np.arange(most + 1), counts, lasts)


def combine(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the ratio and the steps over all seeds."""
    return {"ratio": pooled(samples, ratio), "steps_down": pooled(samples, steps_down)}


def hazards(samples: Sequence[dict[str, float]]) -> np.ndarray:
    """Return the share of last weeks with at most 1, with 2, 3, 4 and 5 active contacts."""
    weeks, exits = total(samples, "weeks"), total(samples, "exits")
    weeks, exits = np.append(weeks[:2].sum(), weeks[2:]), np.append(exits[:2].sum(), exits[2:])
    return np.where(weeks > 0, exits / np.maximum(weeks, 1.0), np.nan)


def ratio(samples: Sequence[dict[str, float]]) -> float:
    """Return exit with at most one active contact over exit with five."""
    found = hazards(samples)
    return float(found[0] / found[-1]) if found[-1] > 0.0 else float("nan")


def steps_down(samples: Sequence[dict[str, float]]) -> float:
    """Return the share of steps that go down."""
    return float(np.mean(np.diff(hazards(samples)) < 0.0))


def nulls() -> dict[str, dict[str, float]]:
    """Return what random churn gives: exit does not depend on contacts, and half of the steps go down by chance."""
    return {"random churn": {"ratio": 1.0, "steps_down": 0.5}}
