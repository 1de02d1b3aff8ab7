"""One session of a sweep: open its folder, run what is missing, add replicates until there are enough.

With `replicates=auto` a design has room for as many replicates as the cap allows, and each point gets only as many as
it needs. The steps depend on the runs alone and start from the beginning each time, so an interrupted sweep ends with
the same runs as an uninterrupted one.
"""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.lab.runs import demands
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.sweep_options import EngineOptions, Precision
from sim.lab.sweeps import engine as sweep
from sim.lab.sweeps import executors, store, sweep_folder
from sim.lab.sweeps.by_point import enough
from sim.lab.sweeps.design import Base, Design
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
    plugins: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder of its runs."""
        return Path(self.results) / self.name / self.design.hash(self.base)


def run(asked: Sweep, command: str) -> Outcome:
    """Run a sweep, or its missing runs."""
    engine = asked.engine  # refused before a folder is made
    executor = executors.executor(engine.kind, engine.workers or asked.workers, engine.address)
    opened = store.create(asked.folder.parent, asked.base, asked.design, asked.plugins, engine.series)
    return go_on(opened, executor, None if engine.shard is None else Shard.read(engine.shard), command)


def resume(folder: Path, engine: EngineOptions, command: str, retries: bool = False) -> Outcome:
    """Run the missing runs of a sweep that was started before and, with `retries`, repeat those that failed."""
    opened = sweep.open_folder(folder)
    executor = executors.executor(engine.kind, engine.workers or "auto", engine.address)
    return go_on(opened, executor, None if engine.shard is None else Shard.read(engine.shard), command, retries)


def go_on(opened: Store, executor: Executor, shard: Shard | None, command: str, retries: bool = False) -> Outcome:
    """Run the missing runs of an open folder and, with `retries`, repeat those that failed."""
    refuse_too_large(opened, executor)
    asked = opened.design.options.get("precision")
    if asked is None:
        return sweep.run_design(opened.base, opened.design, executor, opened, shard, None, command, retries)
    if shard is not None:
        raise SettingsError(
            "replicates=auto needs all runs of a point: leave out engine.shard, or give a number of replicates"
        )
    outcome: Outcome | None = None
    if retries and len(failed := opened.failed()):
        outcome = sweep.run_design(opened.base, opened.design, executor, opened, None, failed, command, retries)
    return until_enough(opened, executor, Precision(**asked), command, outcome)


def refuse_too_large(opened: Store, executor: Executor) -> None:
    """Refuse runs that this machine has no memory for; a cluster has its own."""
    points = opened.design.points.drop(columns=list(opened.design.groups))
    for tree in opened.base.values() if executor.name != "dask" else ():
        people, days = (int(points[name].max() if name in points else tree[name]) for name in ("people", "days"))
        worlds = 1 if tree["host_off"] is None else 2
        demands.refuse_too_large(demands.Demand(people, days, 1 + len(tree["venues"]), worlds, executor.workers))


def until_enough(
    opened: Store, executor: Executor, precision: Precision, command: str, outcome: Outcome | None
) -> Outcome:
    """Add replicates at each point until its interval is narrow enough, or the cap is reached."""
    design = opened.design
    counts = np.full(len(design.points), min(precision.batch, precision.cap))
    while outcome is None or not outcome.interrupted:
        first = np.flatnonzero(np.arange(design.replicates) < counts[:, None])  # runs of each point
        latest = sweep.run_design(opened.base, design, executor, opened, None, first, command)
        outcome = latest if outcome is None else together(outcome, latest)
        if outcome.interrupted:
            break
        runs = sweep_folder.Sweep(opened.folder).frame([precision.metric])
        runs = runs[runs["replicate"].to_numpy() < counts[runs["point"].to_numpy()]]
        more = enough(runs, precision.metric, precision.half_width, precision.cap, precision.batch)
        if not more:
            break
        for point, count in more.items():
            counts[point] += count
    return outcome


def together(first: Outcome, then: Outcome) -> Outcome:
    """Return the outcome of two steps together."""
    reasons = dict(Counter(first.reasons) + Counter(then.reasons))
    return then._replace(
        before=first.before, finished=first.finished + then.finished, failed=first.failed + then.failed,
        reasons=reasons, lost=first.lost + then.lost,
    )  # fmt: skip
