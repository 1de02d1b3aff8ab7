"""Executors: the same numbers wherever they are made, and workers that may die."""

import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import sweep_tasks

from sim.lab.settings.errors import SettingsError, WorkError
from sim.lab.sweeps import executors
from sim.lab.sweeps.engine import origin
from sim.lab.sweeps.executors import Executor, Loky, Queue, Serial
from sim.lab.sweeps.point_run import Origin, Plan, Result, Task
from sim.world.world import Settings

DESIGN = sweep_tasks.design_of(points=20, replicates=5)
PLAN = Plan(DESIGN.names, (), {(): Origin(Settings(), None, {})})


def results_of(executor: Executor, plan: Plan = PLAN, runs: int = 100) -> list[Result]:
    queue = Queue(DESIGN, np.arange(runs), executor.workers)
    return sorted(result for results in executor.results(plan, queue) for result in results)


def numbers(results: list[Result]) -> list[object]:
    return [(result.run_id, repr(result.outcomes), result.error) for result in results]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_pool_gives_what_one_process_gives_to_the_bit(workers: int) -> None:
    plan = Plan(DESIGN.names, (), {(): origin(sweep_tasks.tiny()[()])})
    assert numbers(results_of(Loky(workers), plan, 12)) == numbers(results_of(Serial(), plan, 12))


def test_a_dask_cluster_gives_what_one_process_gives_to_the_bit() -> None:
    pytest.importorskip("distributed")
    plan = Plan(DESIGN.names, (), {(): origin(sweep_tasks.tiny()[()])})
    assert numbers(results_of(executors.executor("dask", 1), plan, 12)) == numbers(results_of(Serial(), plan, 12))


def test_every_row_comes_back_once_however_chunks_are_cut() -> None:
    results = results_of(Serial(sweep_tasks.quick))
    assert [result.run_id for result in results] == list(range(100))


def test_chunks_grow_while_runs_are_short_and_are_one_run_where_runs_are_long() -> None:
    queue = Queue(DESIGN, np.arange(100), 1)
    sizes = []
    for _ in range(3):
        rows = queue.take()
        sizes.append(len(rows))
        queue.learn([Result(row.run_id, None, None, 0.001) for row in rows])
    assert sizes == [1, 4, 16]
    queue.learn([Result(0, None, None, 60.0)])
    assert len(queue.take()) == 1


def test_the_last_rows_are_shared_among_the_workers() -> None:
    queue = Queue(DESIGN, np.arange(100), 2)
    queue.size = 1000
    assert len(queue.take()) == 25


def test_a_worker_that_is_killed_costs_time_and_no_run(tmp_path: Path) -> None:
    task = partial(sweep_tasks.killing_once, tmp_path / "marker")
    assert numbers(results_of(Loky(2, task))) == numbers(results_of(Serial(sweep_tasks.quick)))
    assert (tmp_path / "marker").exists()


@pytest.mark.parametrize("name", ["loky", "dask"])
def test_a_run_that_kills_its_worker_every_time_is_found_and_fails_alone(name: str) -> None:
    if name == "dask":
        pytest.importorskip("distributed")
    results = results_of(executors.executor(name, 1, task=sweep_tasks.killing), runs=24)
    failed = results.pop(4)
    assert failed.outcomes is None
    assert failed.error == f"killed its worker [venue.ad_load=0.0 host.replies=1.0 run_seed={DESIGN.seeds[0, 4]}]"
    sound = numbers(results_of(Serial(sweep_tasks.quick), runs=24))
    assert numbers(results) == sound[:4] + sound[5:]


def test_workers_that_die_before_anything_is_finished_end_the_sweep_in_one_line() -> None:
    with pytest.raises(WorkError, match="die as soon as they start a run"):
        results_of(Loky(1, sweep_tasks.killing_always), runs=4)


@pytest.mark.parametrize("executor", [Serial(sweep_tasks.raising), Loky(1, sweep_tasks.raising)])
def test_a_run_that_raises_is_a_result_with_its_settings(executor: Executor) -> None:
    failed = [result for result in results_of(executor, runs=21) if result.error]
    assert [result.run_id for result in failed] == [3, 10, 17]
    assert (
        failed[0].error
        == f"ValueError: no luck with 3 [venue.ad_load=0.0 host.replies=1.0 run_seed={DESIGN.seeds[0, 3]}]"
    )


@pytest.mark.parametrize("executor", [Serial(), Loky(1)])
def test_a_worker_that_has_loaded_other_code_ends_the_sweep_in_one_line(executor: Executor) -> None:
    with pytest.raises(WorkError, match="a worker has loaded other code"):
        results_of(executor, PLAN._replace(code={"world": "another"}), runs=4)


def test_a_worker_loads_no_more_than_a_run_needs() -> None:
    (result,) = results_of(Loky(1, sweep_tasks.revealing), runs=1)
    assert result.error is not None
    assert result.error.startswith("ValueError: numba [")


def test_dask_without_its_extra_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingsError, match=r"pip install 'barnraise\[cluster\]'"):
        executors.executor("dask", 1)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(SettingsError, match="engine=ray is not an engine: loky, serial, dask"):
        executors.executor("ray")


def test_a_dask_address_where_nobody_answers_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "PATIENCE_DASK", 0.5)
    with pytest.raises(WorkError, match="no Dask scheduler answers"):
        results_of(executors.executor("dask", 1, "tcp://127.0.0.1:9"))


def test_a_stand_in_for_a_run_is_a_parameter_and_the_run_itself_the_default() -> None:
    default: Task = Serial().task
    assert default is executors.run_row
