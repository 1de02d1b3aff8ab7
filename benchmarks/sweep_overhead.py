"""Benchmark of a sweep's overhead: `python benchmarks/sweep_overhead.py`, or `make bench-sweep`.

It writes `results/bench/sweep.json` and prints it as a table. The overhead is measured with tiny runs (20 customers, 10
days, a millisecond each). It is the time of `run_design` in one process, from the row to the written part, minus that
of a bare loop that makes worlds and reads their outcomes, for the same settings and seeds. Half of the bare loop runs
before the engine and half after it. Each measurement has its own process, and so its own peak memory. Times are CPU
times of the process, because a hundredth of a millisecond is lost in the other work of a machine. Wall-clock times are
reported too.

Hydra's stock sweeper and Mesa's `batch_run` run the same tiny jobs, also one after the other, and the time of the same
bare loop is subtracted. Their overhead includes what they write or collect, as ours does. `jobs` is the number of jobs
that were run, and `load` the load of the machine. No test asserts any of these times.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from world_speed import conclude, machine, parser_of, peak_gigabytes, say, seconds

from sim.lab.runs.fork import live
from sim.lab.settings import keys
from sim.lab.sweeps import store
from sim.lab.sweeps.design import Base, Design, Factor, points_of
from sim.lab.sweeps.engine import plan_for, run_design
from sim.lab.sweeps.executors import Executor, Loky, Serial
from sim.lab.sweeps.point_run import Plan, experiment_of
from sim.world.world import World

TINY = {"people": 20, "days": 10, "host_off": "off"}
JOB = [*(f"{name}={value}" for name, value in TINY.items()), "venue.ad_load=range(0,10)"]  # on a command line
REAL = {"people": 2000, "days": 730, "host_off": "auto"}
REAL_RUNS = 200
SIZES = (1_000, 100_000)
JOBS = 1_000
KNOWN_SETTINGS = 1_000  # the bare loop reuses this many settings, so that it does not have to make any

HYDRA_APP = """
import sys, time
import hydra
from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf
from sim.lab.settings import config, folders, keys, presets
from sim.lab.runs.fork import live
from sim.world.world import World

ConfigStore.instance().store(name="declared", node=keys.defaults())

@hydra.main(config_path=str(folders.built_in()), config_name="config", version_base="1.3")
def job(values):
    tree = {name: value for name, value in OmegaConf.to_container(values).items() if name in known}
    made = config.experiment(presets.without_words(tree) | {"scenario": "bench", "people": 20})
    return live(World(made.settings(), made.seed), made.host_off_day).outcomes()["size"]

known = {*config.Experiment.model_fields}
start = time.perf_counter()
job()
print("seconds", time.perf_counter() - start)
"""
MESA_APP = """
import sys, time
from inspect import signature
import mesa
from sim.model import CommunityModel

people, days, seeds = int(sys.argv[1]), int(sys.argv[2]), list(range(int(sys.argv[3])))
seeded = "rng" in signature(mesa.batch_run).parameters  # from Mesa 3.5 on
levers = {"people": people, "days": days, "ad_load": [float(load) for load in range(10)]}
if __name__ == "__main__":
    start = time.perf_counter()
    common = dict(max_steps=days, number_processes=1, data_collection_period=-1, display_progress=False)
    if seeded:
        found = mesa.batch_run(CommunityModel, levers, rng=seeds, **common)
    else:
        found = mesa.batch_run(CommunityModel, levers | {"rng": seeds}, **common)
    assert len(found) == 10 * len(seeds)
    print("seconds", time.perf_counter() - start)
"""


def base_of(settings: dict[str, Any]) -> Base:
    """Return the default world with some settings changed."""
    top = {"scenario": "bench", "replicates": 1, "seed": 1, "record_every": 7, "log": False, "workers": 1,
           "results": "results", "venue_name": "main"}  # fmt: skip
    return {(): keys.defaults() | top | settings}


def design_of(points: int, replicates: int = 1) -> Design:
    """Return a design of two factors, with different settings in every row."""
    factors = (Factor("venue.ad_load", 0, 8), Factor("host.replies", 0, 0.5))
    chance = np.random.default_rng(1).random((points, 2)) * (8.0, 0.5)
    return Design("lhs", factors, points_of([f.name for f in factors], chance.tolist()), replicates, seed=1)


def bare_loop(plan: Plan, design: Design, runs: int) -> Callable[[], None]:
    """Return a loop over the kernel with ready-made settings and seeds."""
    rows = design.take(np.arange(min(runs, design.rows(), KNOWN_SETTINGS)))
    known = [(*experiment_of(plan, row), row.seed) for row in rows]

    def loop() -> None:
        for k in range(runs):
            settings, host_off, seed = known[k % len(known)]
            live(World(settings, seed), host_off).outcomes()

    return loop


def overhead(runs: int) -> dict[str, float]:
    """Return the engine's overhead in milliseconds per tiny run, and this process's peak memory."""
    base, design = base_of(TINY), design_of(runs)
    with tempfile.TemporaryDirectory() as folder:
        opened = store.create(Path(folder), base, design)
        plan = plan_for(base, design, opened)
        bare_loop(plan, design, 20)()
        half = bare_loop(plan, design, runs // 2)
        before = seconds(half)
        engine = seconds(lambda: run_design(base, design, Serial(), opened))
        after = seconds(half)
    bare = [(one + other) / (runs // 2 * 2) * 1e3 for one, other in zip(before, after, strict=True)]
    ours = [taken / runs * 1e3 for taken in engine]
    return {
        "runs": runs, "bare_ms": bare[1], "engine_ms": ours[1], "overhead_ms": ours[1] - bare[1],
        "overhead_by_the_clock_ms": ours[0] - bare[0], "peak_mb": 1e3 * peak_gigabytes(),
    }  # fmt: skip


def efficiency(workers: int, runs: int) -> dict[str, float]:
    """Return the parallel efficiency of a sweep of the default world, including its start and end."""
    base, design = base_of(REAL), design_of(runs)

    def sweep_with(executor: Executor) -> float:
        with tempfile.TemporaryDirectory() as folder:
            opened = store.create(Path(folder), base, design)
            return seconds(lambda: run_design(base, design, executor, opened))[0]

    alone, together = sweep_with(Serial()), sweep_with(Loky(workers))
    return {"workers": workers, "runs": runs, "serial_seconds": alone, "parallel_seconds": together,
            "efficiency": alone / together / workers, "load": round(os.getloadavg()[0], 2)}  # fmt: skip


def elsewhere(*arguments: str) -> str:
    """Run Python in a new process and return the last line that it prints."""
    done = subprocess.run([sys.executable, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


def said_by(app: str, folder: str, *arguments: str) -> float:
    """Return the seconds that a script prints, without its imports."""
    path = Path(folder) / "app.py"
    path.write_text(app)
    return float(elsewhere(str(path), *arguments).split()[-1])


def stock_hydra(jobs: int, folder: str) -> float:
    """Return the seconds that Hydra's own sweeper takes for some tiny jobs."""
    values = [f"seed=range(0,{jobs // 10})", "hydra/sweeper=basic", f"hydra.sweep.dir={folder}/out"]
    return said_by(HYDRA_APP, folder, "-m", *JOB[1:], *values)  # to Hydra alone, people=20 would be a preset


def mesa_batch_run(jobs: int, folder: str) -> float:
    """Return the seconds that Mesa's `batch_run` takes for some tiny jobs."""
    return said_by(MESA_APP, folder, str(TINY["people"]), str(TINY["days"]), str(jobs // 10))


def command_line(jobs: int, folder: str) -> float:
    """Return the seconds of a whole `barnraise -m` with tiny jobs, including imports, checks, tables and figures."""
    values = [f"replicates={jobs // 10}", "engine=serial", f"results={folder}"]
    return seconds(lambda: elsewhere("-m", "sim", "-m", *JOB, *values))[0]


def measured(largest: int, jobs: int) -> dict[str, Any]:
    """Return all measurements."""
    found: dict[str, Any] = {"machine": machine(), "load": round(os.getloadavg()[0], 2)}
    tiny = []
    for size in (size for size in SIZES if size <= largest):
        say(f"{size:,} tiny runs")
        tiny.append(json.loads(elsewhere(__file__, "--only", str(size))))
    found |= {"tiny": tiny, "overhead_ms": {str(one["runs"]): one["overhead_ms"] for one in tiny}}
    found["peak_mb"] = {str(one["runs"]): one["peak_mb"] for one in tiny}
    say("efficiency")
    found["parallel"] = efficiency(2, REAL_RUNS)
    found["efficiency"] = found["parallel"]["efficiency"]
    found["others"] = {}
    for name, run in {"hydra": stock_hydra, "mesa": mesa_batch_run, "command": command_line}.items():
        say(f"{jobs:,} jobs: {name}")
        with tempfile.TemporaryDirectory() as folder:
            taken = run(jobs, folder)
        apart = taken / jobs * 1e3 - tiny[0]["bare_ms"]
        found["others"][name] = {"jobs": jobs, "seconds": taken, "overhead_ms": apart}
    for name, tool in {"hydra": "stock_hydra", "mesa": "mesa_batch_run"}.items():
        found[f"ratio_to_{tool}"] = found["others"][name]["overhead_ms"] / tiny[0]["overhead_ms"]
    return found


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table, one per measurement."""
    for one in found["tiny"]:
        yield (f"{one['overhead_ms']:9.3f} ms overhead per run, {one['runs']:,} runs of {one['bare_ms']:.2f} ms in one "
               f"process ({one['overhead_by_the_clock_ms']:.3f} ms wall-clock time)")  # fmt: skip
    for one in found["tiny"]:
        yield f"{one['peak_mb']:9.0f} MB peak memory, {one['runs']:,} runs"
    both = found["parallel"]
    each = both["serial_seconds"] / both["runs"]
    busy = f" (load {both['load']}: the machine was doing other work)" if both["load"] > both["workers"] + 0.5 else ""
    share, runs = 100 * both["efficiency"], f"{both['runs']} runs of {each:.2f} s"
    yield f"{share:9.0f} % parallel efficiency of {both['workers']} workers, {runs}{busy}"
    names = {"hydra": "Hydra's stock sweeper", "mesa": "Mesa's batch_run", "command": "a whole barnraise -m"}
    for name, one in found["others"].items():
        jobs = f"{one['jobs']:,} jobs in {one['seconds']:.1f} s"
        yield f"{one['overhead_ms']:9.2f} ms overhead per run, {names[name]}, {jobs}"
    yield f"{found['ratio_to_stock_hydra']:9.0f} times less overhead than Hydra's stock sweeper"
    yield f"{found['ratio_to_mesa_batch_run']:9.1f} times less overhead than Mesa's batch_run"


def main(arguments: list[str] | None = None) -> int:
    """Measure, write and print."""
    parser = parser_of("sweep_overhead", __doc__)
    parser.add_argument("--largest", type=int, default=max(SIZES), help="tiny runs of the largest sweep")
    parser.add_argument("--jobs", type=int, default=JOBS, help="tiny jobs for the other tools, a multiple of ten")
    parser.add_argument("--only", type=int, help="measure one sweep with this number of tiny runs in this process")
    options = parser.parse_args(arguments)
    if options.only:
        print(json.dumps(overhead(options.only)))
        return 0
    found = measured(options.largest, options.jobs)
    return conclude(found, lines(found), options.results / "bench" / "sweep.json", f", load {found['load']} before")


if __name__ == "__main__":
    sys.exit(main())
