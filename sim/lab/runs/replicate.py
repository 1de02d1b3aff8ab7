"""One replicate: every arm of an experiment on one seed, each with the worlds that part from it on the host-off day.

A worker process imports this module and the world below it, and nothing else: no Mesa, no Hydra, no figures.
"""

import math
import signal
import time
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.lab.runs.fork import AS_IT_WAS, FORKS, live
from sim.lab.settings import plugins
from sim.world.levers import COMPANY, NO_DAY, Host, Setup, Venue
from sim.world.parameters import values
from sim.world.tally import TICKETS
from sim.world.world import Settings, World

Columns = dict[str, NDArray[Any]]
BASE = "base"


class Arm(NamedTuple):
    """One way to run the world. All arms of an experiment share people and draws."""

    name: str
    settings: Settings


class Task(NamedTuple):
    """One replicate for a worker. All its arms stay together, so that no pair is ever half finished."""

    replicate: int
    seed: int
    arms: tuple[Arm, ...]
    host_off: int | None
    change_day: int | None = None
    fork: str = "four"
    twin: bool = False  # whether each arm is held beside a world without a community


class Work(Protocol):
    """A task for one seed that a worker can be given. One that is not a `Task` has a method `run`."""

    @property
    def replicate(self) -> int:
        """The replicate's number."""

    @property
    def seed(self) -> int:
        """The seed of its worlds."""


class ArmRun(NamedTuple):
    """The results of one arm in one replicate. `series` and `bonds` are by world (see `fork`)."""

    series: dict[str, Columns]
    outcomes: dict[str, float]
    people: Columns
    ledger: list[Any]
    events: NDArray[Any]
    bonds: dict[str, Columns]


class Replicate(NamedTuple):
    """A finished replicate, by arm."""

    replicate: int
    seconds: float
    arms: dict[str, ArmRun]


def seed_of(seed: int, replicate: int) -> int:
    """Return the seed of a replicate, 53 bits long: the same for every arm, unrelated to all other replicates'."""
    word = np.random.SeedSequence(seed, spawn_key=(replicate,)).generate_state(1, np.uint64)[0]
    return int(word >> np.uint64(11))


def start_worker(names: Sequence[str]) -> None:
    """Prepare a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    plugins.load(names)


def run_replicate(task: Task) -> Replicate:
    """Run all arms of a replicate."""
    start = time.perf_counter()
    worlds = begin(task)
    keeps_bonds = task.replicate == 0
    twins = tickets_without(task) if task.twin else {}
    arms = {
        name: run_arm(world, task, keeps_bonds and name == BASE, twins.get(name, math.nan))
        for name, world in worlds.items()
    }
    return Replicate(task.replicate, time.perf_counter() - start, arms)


def begin(task: Task) -> dict[str, World]:
    """Return each arm's world: new, or forked off the base arm on the day of the change."""
    if task.change_day is None:
        return {arm.name: World(arm.settings, task.seed) for arm in task.arms}
    base, *alternatives = task.arms
    trunk = World(base.settings, task.seed)
    trunk.run(until=task.change_day)
    worlds = {base.name: trunk}
    for arm in alternatives:
        worlds[arm.name] = trunk.fork()
        worlds[arm.name].change(arm.settings)
    return worlds


def without_community(settings: Settings) -> Settings:
    """Return the settings of a twin in which the company's places never open. Places of others are as they are."""
    closed = (
        Setup(one.name, values(Venue)._replace(opens=float(NO_DAY), launch=0.0, marketing=0.0), values(Host, hours=0.0))
        if one.venue.owner == COMPANY else one
        for one in settings.setups
    )  # fmt: skip
    return settings._replace(setups=tuple(closed), log=False, record_every=settings.days)


def tickets_without(task: Task) -> dict[str, float]:
    """Return for each arm the tickets of its twin without a community. Arms that differ in nothing else share it."""
    base, found = without_community(task.arms[0].settings), {}
    known: list[tuple[Settings, float]] = []
    for arm in task.arms:
        settings = without_community(arm.settings)
        if not (same := [tickets for lived, tickets in known if lived == settings]):
            world = World(settings if task.change_day is None else base, task.seed)
            if task.change_day is not None:
                world.run(until=task.change_day).change(settings)
            same = [float(sum(venue.tally[TICKETS] for venue in world.run().venues))]
            known.append((settings, same[0]))
        found[arm.name] = same[0]
    return found


def run_arm(world: World, task: Task, keeps_bonds: bool, tickets: float) -> ArmRun:
    """Run a world, and those that part from it on the host-off day, to their end and return their results.

    `tickets` is the number that its twin without a community has, NaN if there is no twin.
    """

    def keep(name: str, one: World) -> tuple[Columns, Columns]:
        series = since(one.series(), 0 if name == AS_IT_WAS else task.host_off or 0)
        return series, one.bonds_table() if keeps_bonds else {}

    lived = live(world, task.host_off, FORKS[task.fork], keep)
    outcomes = lived.outcomes()
    return ArmRun(
        series={name: series for name, (series, _) in lived.kept.items()},
        outcomes=outcomes | {"tickets_saved": tickets - outcomes["tickets"]},
        people=world.people_table(),
        ledger=world.ledger(),
        events=np.array(world.events()),
        bonds={name: bonds for name, (_, bonds) in lived.kept.items() if keeps_bonds},
    )


def since(series: Any, day: int) -> Columns:
    """Return the records from a day on. Until then, a world's past is that of the run that it parted from."""
    columns = {name: np.asarray(column) for name, column in series.items()}
    kept = columns["day"] >= day
    return {name: column[kept] for name, column in columns.items()}
