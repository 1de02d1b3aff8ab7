"""The work of a sweep's worker: take a row of a design, run it, and return its outcomes.

A worker loads this module and the world. Every chunk brings the plan as bytes, and each process unpacks it once, so any
library may start the process. Values of declared numbers go straight into `Settings`. All others go through `config`
again, which takes longer and is rare.
"""

import hashlib
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sim.lab.runs import fork
from sim.lab.runs import replicate as run
from sim.lab.runs.fork import AS_IT_WAS, FORKS, live
from sim.lab.runs.replicate import since
from sim.lab.settings import keys, plugins
from sim.lab.settings.errors import WorkError
from sim.lab.settings.keys import Tree
from sim.world.compiled import source_hash
from sim.world.measures import FLOW_SERIES, SERIES
from sim.world.world import Settings, World

SIGN_OF_LIFE = 1.0  # seconds between checks that the parent is alive
Tag = tuple[str, ...]
SERIES_COLUMNS = ("day", "world", *SERIES, *FLOW_SERIES)


def code() -> dict[str, str]:
    """Return hashes of all code that the runs' numbers depend on: the world, and the lab's way of running it."""
    digest = hashlib.sha256()
    for source in (Path(str(run.__file__)), Path(str(fork.__file__)), Path(__file__)):
        digest.update(source.read_bytes())
    return {"world": source_hash(), "lab": digest.hexdigest()[:12]}


CODE = code()  # as it was loaded: sources may change while a process runs


class Row(NamedTuple):
    """One run of a design. `values` are in the order of the factors."""

    run_id: int
    point: int
    replicate: int
    seed: int
    values: tuple[Any, ...]


class Origin(NamedTuple):
    """The starting point of a combination of group choices, before a row's values are set."""

    settings: Settings
    host_off: int | None
    tree: Tree


class Plan(NamedTuple):
    """What all rows of a sweep share."""

    names: tuple[str, ...]  # of the factors
    groups: tuple[int, ...]  # the factors that choose the origin
    origins: dict[Tag, Origin]
    plugins: Sequence[str] = ()
    series: bool = False
    forks: bool = True  # whether an outcome that is asked for needs the worlds that part on the host-off day
    vectors: Sequence[dict[str, float]] = ({},)  # parameters by dotted name, which replicates take in turn
    code: dict[str, str] = CODE


class Result(NamedTuple):
    """The result of a row: its outcomes in the order of `OUTCOMES`, or its error."""

    run_id: int
    outcomes: tuple[float, ...] | None
    error: str | None
    seconds: float
    series: list[tuple[Any, ...]] | None = None  # in the order of `SERIES_COLUMNS`


Task = Callable[[Plan, Row], Result]


def run_row(plan: Plan, row: Row) -> Result:
    """Run one row."""
    start = time.perf_counter()
    settings, host_off = experiment_of(plan, row)
    worlds = FORKS[next(iter(plan.origins.values())).tree.get("fork", "four")]  # which no sweep varies

    def keep(name: str, world: World) -> list[tuple[Any, ...]]:
        return series_of(name, world, host_off or 0) if plan.series else []

    lived = live(World(settings, row.seed), host_off if plan.forks else None, worlds, keep)
    series = [record for records in lived.kept.values() for record in records] if plan.series else None
    outcomes = tuple(lived.outcomes().values())
    return Result(row.run_id, outcomes, None, time.perf_counter() - start, series)


def experiment_of(plan: Plan, row: Row) -> tuple[Settings, int | None]:
    """Return the settings of a row under its replicate's vector, and the day from which its hosts are silent."""
    origin = plan.origins[tuple(row.values[place] for place in plan.groups)]
    pairs = [*plan.vectors[row.replicate % len(plan.vectors)].items()]  # first, so that a factor overrides them
    for place, (name, value) in enumerate(zip(plan.names, row.values, strict=True)):
        if place not in plan.groups and name != "seed":  # which the row has, by replicate
            pairs.append((name, value))
    declared = keys.declarations()
    if not all(keys.within_place(name) in declared for name, _ in pairs):
        return checked_again(origin.tree, pairs)
    settings = origin.settings
    for name, value in pairs:
        settings = put_number(settings, name, float(value))
    return settings, origin.host_off


def put_number(settings: Settings, name: str, value: float) -> Settings:
    """Return settings with one declared number set."""
    group, _, leaf = name.rpartition(".")
    if group.startswith("params."):
        block = group.removeprefix("params.")
        parameters = settings.parameters | {block: settings.parameters[block]._replace(**{leaf: value})}
        return settings._replace(parameters=parameters)
    if group in ("population", "product", "outside"):
        return settings._replace(**{group: getattr(settings, group)._replace(**{leaf: value})})
    place = 0
    if group.startswith("venues."):
        _, venue, group = group.split(".")
        place = [setup.name for setup in settings.setups].index(venue)
    setup = settings.setups[place]
    changed = setup._replace(**{group: getattr(setup, group)._replace(**{leaf: value})})
    return settings._replace(setups=(*settings.setups[:place], changed, *settings.setups[place + 1 :]))


def checked_again(tree: Tree, pairs: Sequence[tuple[str, Any]]) -> tuple[Settings, int | None]:
    """Return the settings of a changed tree, with all checks."""
    import copy

    from sim.lab.settings import config

    own = copy.deepcopy(tree)
    for name, value in pairs:
        keys.put(own, name, value)
    made = config.experiment(own)
    return made.settings(), made.host_off_day


def series_of(name: str, world: World, fork_day: int) -> list[tuple[Any, ...]]:
    """Return the records of a world's main venue, since the fork unless it is the world as it was."""
    recorded = since(world.series(), 0 if name == AS_IT_WAS else fork_day)
    main = recorded["venue"] == world.venues[0].name
    values = recorded["value"][main].reshape(-1, len(SERIES) + len(FLOW_SERIES))
    days = recorded["day"][main].reshape(len(values), -1)[:, 0]
    return [(float(day), name, *record) for day, record in zip(days.tolist(), values.tolist(), strict=True)]


def start_worker(parent: int) -> None:
    """Prepare a process: it leaves requests to stop to its parent, and ends when the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def end_with_parent() -> None:
        while os.getppid() == parent:
            time.sleep(SIGN_OF_LIFE)
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


@lru_cache(maxsize=2)
def plan_of(packed: bytes) -> Plan:
    """Unpack a plan, once in each process."""
    try:
        plan: Plan = pickle.loads(packed)
    except Exception:  # classes may have changed
        plan = Plan((), (), {}, code={})
    if plan.code != CODE:
        raise WorkError("a worker has loaded other code than the sweep was started with; stop it, then resume")
    plugins.load(plan.plugins)
    return plan


def run_chunk(packed: bytes, rows: Sequence[Row], task: Task = run_row) -> list[Result]:
    """Run some rows, one after another."""
    plan = plan_of(packed)
    return [guarded(plan, row, task) for row in rows]


def guarded(plan: Plan, row: Row, task: Task) -> Result:
    """Run a row. If it raises an error, the error is its result."""
    start = time.perf_counter()
    try:
        return task(plan, row)
    except Exception as error:  # the sweep continues
        return failure(plan, row, reason(error), time.perf_counter() - start)


def reason(error: Exception) -> str:
    """Return an error in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def failure(plan: Plan, row: Row, why: str, seconds: float) -> Result:
    """Return the result of a row that failed, with the settings that reproduce it."""
    settings = [f"{name}={value}" for name, value in zip(plan.names, row.values, strict=True)]
    return Result(row.run_id, None, f"{why[:500]} [{' '.join([*settings, f'run_seed={row.seed}'])}]", seconds)
