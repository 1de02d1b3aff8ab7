"""Conduct a sweep: open its folder, run what is missing, add replicates until they are enough.

With `replicates=auto` a design has room for as many replicates as the cap allows, and only as many of them are run at
each point as it takes. The steps depend on the runs alone and are gone through from the beginning each time, so that an
interrupted sweep ends with the same runs as one that was not.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.lab.runs import demands
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.sweep_options import EngineOptions, Precision
from sim.lab.sweeps import engine as sweep
from sim.lab.sweeps import executors, store
from sim.lab.sweeps.by_point import enough
from sim.lab.sweeps.design import Base, Design, Ids
from sim.lab.sweeps.engine import Outcome
from sim.lab.sweeps.executors import Executor
from sim.lab.sweeps.store import Shard, Store


class Sweep(NamedTuple):
    """A sweep that can be run."""

    name: str  # of the folder above: the experiment, or the scenario
    results: str
    base: Base
    design: Design
    engine: EngineOptions
    workers: int | str  # where the engine says nothing
    policy: str | None = None

    @property
    def folder(self) -> Path:
        """Where its runs go."""
        return self.parent / self.design.hash(self.base)

    @property
    def parent(self) -> Path:
        """The folder above."""
        return Path(self.results) / self.name


def run(asked: Sweep, command: str) -> Outcome:
    """Run a sweep, or what is missing of it.

    Raises
    ------
    SettingsError
        If its folder cannot be written, or the engine is not there.
    WorkError
        If something outside the program breaks it. What was finished is kept.
    """
    executor = executor_of(asked.engine, asked.workers)
    opened = store.create(asked.parent, asked.base, asked.design, asked.policy, asked.engine.series)
    return go_on(opened, executor, shard_of(asked.engine), command)


def resume(folder: Path, engine: EngineOptions, command: str, retries: bool = False) -> Outcome:
    """Run what is missing of a sweep that was begun before and, with `retries`, what failed.

    Raises
    ------
    SettingsError
        If there is no such sweep, or it was changed since.
    WorkError
        If something outside the program breaks it. What was finished is kept.
    """
    opened = sweep.open_folder(folder)
    return go_on(opened, executor_of(engine, "auto"), shard_of(engine), command, retries)


def executor_of(engine: EngineOptions, workers: int | str) -> Executor:
    """Return the executor that was asked for."""
    return executors.executor(engine.kind, engine.workers or workers, engine.address)


def shard_of(engine: EngineOptions) -> Shard | None:
    """Return the part of the sweep that was asked for, or nothing for the whole."""
    return None if engine.shard is None else Shard.read(engine.shard)


def go_on(
    opened: Store, executor: Executor, shard: Shard | None, command: str, retries: bool = False
) -> Outcome:  # fmt: skip
    """Run what is missing from an open folder and, with `retries`, what failed."""
    refuse_too_large(opened, executor)
    asked = opened.design.options.get("precision")
    if asked is None:
        return step(opened, executor, shard, None, command, retries)
    if shard is not None:
        raise SettingsError("replicates=auto looks at all runs of a point: leave out engine.shard, or say how many")
    failed = opened.failed() if retries else np.array([], np.int64)
    again = step(opened, executor, None, failed, command, retries) if len(failed) else None
    if again is not None and again.interrupted:
        return again
    outcome = until_enough(opened, executor, Precision(**asked), command)
    return outcome if again is None else together(again, outcome)


def refuse_too_large(opened: Store, executor: Executor) -> None:
    """Refuse runs that this machine has no memory for; a cluster has its own.

    Raises
    ------
    SettingsError
        If they cannot fit.
    """
    if executor.name != "dask":
        points = opened.design.points
        largest = {name: int(points[name].max()) for name in ("people", "days") if name in points}
        for tree in opened.base.values():
            size = {name: largest.get(name, int(tree[name])) for name in ("people", "days")}
            worlds = 1 if tree["host_off"] is None else 2
            demands.refuse_too_large(
                demands.Demand(**size, venues=1 + len(tree["venues"]), worlds=worlds, workers=executor.workers)
            )


def step(
    opened: Store, executor: Executor, shard: Shard | None, run_ids: Ids | None, command: str, retries: bool = False
) -> Outcome:
    """Run some rows, or all, under a bar of those that are missing."""
    wanted = np.arange(opened.design.rows()) if run_ids is None else run_ids
    wanted = wanted if shard is None else wanted[shard.owns(wanted)]
    missing = int((~opened.done(not retries)[wanted]).sum())
    with sweep.bar(missing, opened.folder.parent.name) as progress:
        return sweep.run_design(
            opened.base, opened.design, executor, opened, progress, shard, run_ids, command, retries
        )


def until_enough(opened: Store, executor: Executor, precision: Precision, command: str) -> Outcome:
    """Add replicates at each point until the interval there is as narrow as asked, or the cap is reached."""
    counts = np.full(len(opened.design.points), min(precision.batch, precision.cap))
    outcome: Outcome | None = None
    while True:
        latest = step(opened, executor, None, first_replicates(opened.design, counts), command)
        outcome = latest if outcome is None else together(outcome, latest)
        if outcome.interrupted:
            return outcome
        runs = store.runs(opened.folder)
        runs = runs[runs["replicate"].to_numpy() < counts[runs["point"].to_numpy()]]
        more = enough(runs, precision.metric, precision.half_width, precision.cap, precision.batch)
        if not more:
            return outcome
        for point, count in more.items():
            counts[point] += count


def first_replicates(design: Design, counts: Ids) -> Ids:
    """Return the runs of the first replicates of each point, so many as `counts` says."""
    replicates = np.arange(design.replicates)
    chosen = replicates[None, :] < counts[:, None]
    return np.flatnonzero(chosen.ravel())


def together(first: Outcome, then: Outcome) -> Outcome:
    """Return two steps as one."""
    reasons = dict(first.reasons)
    for why, count in then.reasons.items():
        reasons[why] = reasons.get(why, 0) + count
    return then._replace(
        before=first.before, finished=first.finished + then.finished, failed=first.failed + then.failed,
        reasons=reasons, lost=first.lost + then.lost,
    )  # fmt: skip
