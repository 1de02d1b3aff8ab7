"""Worlds with a common past that differ in a lever from some day on: the response to each dose, month by month.

Several rows use the same doses of advertising, so a process keeps the responses (numbers, not worlds).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.lab.validation.workbench import Bench
from sim.world.state import DORMANT, MEMBER
from sim.world.world import World

MONTH = 30
KEPT = 64  # responses that a process keeps

Levers = Mapping[str, float]
Named = tuple[tuple[str, float], ...]


class Course(NamedTuple):
    """The response to a dose: monthly flows, shape `(months, flows)`, and the members and subscribers at the end."""

    flows: NDArray[np.float64]
    members: int
    subscribers: int

    def month(self, number: int, flow: int) -> float:
        """Return a flow in a month after the change. The first month is 1."""
        return float(self.flows[number - 1, flow])

    def total(self, flow: int) -> float:
        """Return a flow over all months after the change."""
        return float(self.flows[:, flow].sum())


def course(
    bench: Bench, profile: str, seed: int, start: int, months: int, levers: Levers, own: Levers | None = None,
    before: Levers | None = None,
) -> Course:  # fmt: skip
    """Return the response to `levers` set on day `start` in a world that was undisturbed until then.

    `own` are columns of memberships that are set for everybody on that day (`ads_own`). `before` are levers that differ
    from the profile's from the first day on, under every dose.
    """
    named = (tuple(sorted((one or {}).items())) for one in (bench.parameters, levers, own, before))
    return _live(profile, seed, start, months, *named)


def burnt_in(bench: Bench, profile: str, seed: int, start: int, before: Levers | None = None) -> World:
    """Return a world on the morning of day `start`, without an event log."""
    settings = bench.settings(profile, levers=before)._replace(log=False)
    return bench.world(settings, seed).run(until=start)


@lru_cache(KEPT)
def _live(
    profile: str, seed: int, start: int, months: int, parameters: Named, levers: Named, own: Named, before: Named
) -> Course:  # fmt: skip
    bench = Bench(dict(parameters))
    world = burnt_in(bench, profile, seed, start, dict(before))
    world.change(bench.settings(profile, levers=dict(before + levers))._replace(log=False))
    for column, value in own:
        world.memberships[column][:] = value
    marks = [_tally(world)]
    for _ in range(months):
        world.run(until=world.day + MONTH)
        marks.append(_tally(world))
    inside = np.isin(world.memberships["status"], (MEMBER, DORMANT))
    subscribers = int((inside & world.memberships["subscriber"]).sum())
    return Course(np.diff(np.array(marks), axis=0), int(inside.sum()), subscribers)


def _tally(world: World) -> NDArray[np.float64]:
    return np.sum([venue.tally for venue in world.venues], axis=0)  # type: ignore[no-any-return]
