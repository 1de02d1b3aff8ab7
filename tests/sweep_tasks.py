"""Small designs, and stand-ins for a run that are quick, slow, raise or kill: workers import this module."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sim.lab.sweeps.point_run import Plan, Result, Row
from sim.world.measures import OUTCOMES

if TYPE_CHECKING:  # a worker has no need of these
    import pandas as pd

    from sim.lab.sweeps.design import Base, Design
    from sim.lab.sweeps.engine import Outcome
    from sim.lab.sweeps.executors import Executor
    from sim.lab.sweeps.store import Shard


def tiny(*settings: str) -> "Base":
    from sim.cli import compose

    return {(): compose.composed(["people=20", "days=12", "vectors=declared", *settings])}


def design_of(points: int = 6, replicates: int = 4) -> "Design":
    from sim.lab.sweeps.design import Design, Factor, points_of

    names = ("venue.ad_load", "host.replies")
    rows = [(float(point), 1 / (1 + point)) for point in range(points)]
    return Design("grid", tuple(Factor(name) for name in names), points_of(names, rows), replicates, seed=1)


def resumed(folder: Path, executor: "Executor", shard: "Shard | None" = None) -> "Outcome":
    from sim.lab.sweeps import engine

    opened = engine.open_folder(folder)
    return engine.run_design(opened.base, opened.design, executor, opened, shard=shard)


def runs_of(folder: Path) -> "pd.DataFrame":
    from sim.lab.sweeps.sweep_folder import Sweep

    sweep = Sweep(folder)
    names = sweep.schema.names
    table: pd.DataFrame = sweep.frame(names)[names]
    return table


def quick(plan: Plan, row: Row) -> Result:
    """Return numbers that depend on the row alone, among them one that only an exact copy keeps."""
    return Result(row.run_id, tuple(row.seed / (3.0 + k) + row.values[0] for k in range(len(OUTCOMES))), None, 0.001)


def raising(plan: Plan, row: Row) -> Result:
    if row.run_id % 7 == 3:
        raise ValueError(f"no luck\nwith {row.run_id}")
    return quick(plan, row)


def killing(plan: Plan, row: Row) -> Result:
    if row.run_id == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return quick(plan, row)


def killing_always(plan: Plan, row: Row) -> Result:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def killing_once(marker: Path, plan: Plan, row: Row) -> Result:
    """Kill the worker at run 13, unless that happened before."""
    if row.run_id == 13 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return quick(plan, row)


def noting(folder: Path, plan: Plan, row: Row) -> Result:
    """Leave a note of the process and of each run."""
    (folder / f"process-{os.getpid()}").touch()
    with (folder / f"run-{row.run_id}").open("a") as file:
        file.write("x")
    return quick(plan, row)


def telling(folder: Path, plan: Plan, row: Row) -> Result:
    """Leave a note, and take some time."""
    time.sleep(0.05)
    return noting(folder, plan, row)._replace(seconds=0.05)


def revealing(plan: Plan, row: Row) -> Result:
    """Raise with what the process has loaded."""
    heavy = {"hydra", "matplotlib", "mesa", "numba", "pandas", "pyarrow", "pydantic", "distributed"}
    raise ValueError(*sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
