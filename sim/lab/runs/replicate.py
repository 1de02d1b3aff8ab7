"""One replicate: every arm of an experiment on one seed, each with a twin whose hosts fall silent.

A worker process imports this module and the world below it, and nothing else: no Mesa, no Hydra, no figures.
"""

import signal
import time
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.lab.settings import plugins
from sim.world import census
from sim.world.measures import OUTCOMES
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


class Work(Protocol):
    """A task for one seed that a worker can be given. One that is not a `Task` has a method `run`."""

    @property
    def replicate(self) -> int:
        """The replicate's number."""

    @property
    def seed(self) -> int:
        """The seed of its worlds."""


class ArmRun(NamedTuple):
    """The results of one arm in one replicate. `series` and `bonds` have the host `on` and, if asked for, `off`."""

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
    arms = {name: run_arm(world, task.host_off, keeps_bonds and name == BASE) for name, world in worlds.items()}
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


class Lived(NamedTuple):
    """A world at its end; with a host-off day its silent twin, too, and how many were active on that day."""

    world: World
    silent: World | None
    before: float

    def twins(self) -> dict[str, World]:
        """Return the world with its hosts `on` and, if there is one, its twin with the hosts `off`."""
        return {"on": self.world} | ({"off": self.silent} if self.silent is not None else {})

    def outcomes(self) -> dict[str, float]:
        """Return all outcomes in their order, host-off survival among them."""
        measured = self.world.outcomes()
        after = census.active(self.silent) if self.silent is not None else float("nan")
        measured["survival"] = census.ratio(after, self.before)
        measured["survival_vs_on"] = census.ratio(after, census.active(self.world))
        return {name: float(measured[name]) for name in OUTCOMES}


def run_arm(world: World, host_off: int | None, keeps_bonds: bool) -> ArmRun:
    """Run a world and its twin to their end and return their results."""
    lived = live(world, host_off)
    twins = lived.twins()
    return ArmRun(
        series={host: since(twin.series(), 0 if host == "on" else host_off or 0) for host, twin in twins.items()},
        outcomes=lived.outcomes(),
        people=world.people_table(),
        ledger=world.ledger(),
        events=np.array(world.events()),
        bonds={host: twin.bonds_table() for host, twin in twins.items()} if keeps_bonds else {},
    )


def live(world: World, host_off: int | None) -> Lived:
    """Run a world to its end and, from the host-off day on, a twin of it without its hosts."""
    days = world.settings.days
    silent: World | None = None
    before = float("nan")
    if host_off is not None:
        world.run(until=host_off)
        before = census.active(world)
        silent = world.fork()
        silent.silence_hosts()
        silent.run(until=days)
    world.run(until=days)
    return Lived(world, silent, before)


def since(series: Any, day: int) -> Columns:
    """Return the records from a day on. Until then, a twin's past is that of the run that it was forked from."""
    columns = {name: np.asarray(column) for name, column in series.items()}
    kept = columns["day"] >= day
    return {name: column[kept] for name, column in columns.items()}
