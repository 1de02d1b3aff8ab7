"""One session of a sweep: open its folder, run what is missing, add replicates until there are enough.

With `replicates=auto` a design has room for as many replicates as the cap allows, and each point gets only as many as
it needs. The steps depend on the runs alone and start from the beginning each time, so an interrupted sweep ends with
the same runs as an uninterrupted one.
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

    name: str  # of the parent folder: the experiment or the scenario
    results: str
    base: Base
    design: Design
    engine: EngineOptions
    workers: int | str  # if the engine names none
    policy: str | None = None

    @property
    def folder(self) -> Path:
        """The folder of its runs."""
        return self.parent / self.design.hash(self.base)

    @property
    def parent(self) -> Path:
        """The parent folder."""
        return Path(self.results) / self.name


def run(asked: Sweep, command: str) -> Outcome:
    """Run a sweep, or its missing runs.

    Raises
    ------
    SettingsError
        If its folder cannot be written, or the engine is not installed.
    WorkError
        If something outside the program stops it. Finished runs are kept.
    """
    executor = executor_of(asked.engine, asked.workers)
    opened = store.create(asked.parent, asked.base, asked.design, asked.policy, asked.engine.series)
    return go_on(opened, executor, shard_of(asked.engine), command)


def resume(folder: Path, engine: EngineOptions, command: str, retries: bool = False) -> Outcome:
    """Run the missing runs of a sweep that was started before and, with `retries`, repeat those that failed.

    Raises
    ------
    SettingsError
        If there is no such sweep, or its files were changed.
    WorkError
        If something outside the program stops it. Finished runs are kept.
    """
    opened = sweep.open_folder(folder)
    return go_on(opened, executor_of(engine, "auto"), shard_of(engine), command, retries)


def executor_of(engine: EngineOptions, workers: int | str) -> Executor:
    """Return the executor that was asked for."""
    return executors.executor(engine.kind, engine.workers or workers, engine.address)


def shard_of(engine: EngineOptions) -> Shard | None:
    """Return the shard that was asked for, or nothing for the whole sweep."""
    return None if engine.shard is None else Shard.read(engine.shard)


def go_on(
    opened: Store, executor: Executor, shard: Shard | None, command: str, retries: bool = False
) -> Outcome:  # fmt: skip
    """Run the missing runs of an open folder and, with `retries`, repeat those that failed."""
    refuse_too_large(opened, executor)
    asked = opened.design.options.get("precision")
    if asked is None:
        return step(opened, executor, shard, None, command, retries)
    if shard is not None:
        raise SettingsError(
            "replicates=auto needs all runs of a point: leave out engine.shard, or give a number of replicates"
        )
    failed = opened.failed() if retries else np.array([], np.int64)
    again = step(opened, executor, None, failed, command, retries) if len(failed) else None
    if again is not None and again.interrupted:
        return again
    outcome = until_enough(opened, executor, Precision(**asked), command)
    return outcome if again is None else together(again, outcome)


def refuse_too_large(opened: Store, executor: Executor) -> None:
    """Refuse runs that this machine has no memory for; a cluster has its own."""
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
    """Run some rows, or all, with a progress bar."""
    wanted = np.arange(opened.design.rows()) if run_ids is None else run_ids
    wanted = wanted if shard is None else wanted[shard.owns(wanted)]
    missing = int((~opened.done(not retries)[wanted]).sum())
    with sweep.bar(missing, opened.folder.parent.name) as progress:
        return sweep.run_design(
            opened.base, opened.design, executor, opened, progress, shard, run_ids, command, retries
        )


def until_enough(opened: Store, executor: Executor, precision: Precision, command: str) -> Outcome:
    """Add replicates at each point until its interval is narrow enough, or the cap is reached."""
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
    """Return the runs of the first `counts` replicates of each point."""
    replicates = np.arange(design.replicates)
    chosen = replicates[None, :] < counts[:, None]
    return np.flatnonzero(chosen.ravel())


def together(first: Outcome, then: Outcome) -> Outcome:
    """Return the outcome of two steps together."""
    reasons = dict(first.reasons)
    for why, count in then.reasons.items():
        reasons[why] = reasons.get(why, 0) + count
    return then._replace(
        before=first.before, finished=first.finished + then.finished, failed=first.failed + then.failed,
        reasons=reasons, lost=first.lost + then.lost,
    )  # fmt: skip
