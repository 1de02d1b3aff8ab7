"""The engine of sweeps: what is missing is run, once, whatever ended the session before."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sweep_tasks

from sim.lab.runs.replicate import BASE, Arm, run_replicate
from sim.lab.runs.replicate import Task as Replicate
from sim.lab.settings import config, keys
from sim.lab.settings.errors import SettingsError
from sim.lab.sweeps import engine, parts, point_run, store
from sim.lab.sweeps.design import Design, Factor, points_of
from sim.lab.sweeps.engine import Outcome
from sim.lab.sweeps.executors import Loky, Serial
from sim.lab.sweeps.point_run import SERIES_COLUMNS, Plan, Result, Row
from sim.lab.sweeps.store import Shard
from sim.lab.sweeps.verify import verify
from sim.world.measures import FLOW_SERIES, OUTCOMES, SERIES

DESIGN = sweep_tasks.design_of()
SCRIPT = """
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path
import sweep_tasks
from sim.lab.sweeps import engine, store
from sim.lab.sweeps.executors import Loky

if __name__ == "__main__":
    store.FLUSH_SECONDS = 0.1
    folder = Path(sys.argv[1])
    base, design = sweep_tasks.tiny(), sweep_tasks.design_of(points=30)
    opened = store.create(folder / "results", base, design)
    print(opened.folder, flush=True)
    outcome = engine.run_design(base, design, Loky(2, partial(sweep_tasks.telling, folder)), opened)
    print(*outcome.lines(), sep="\\n", flush=True)
    sys.exit(outcome.code())
"""


def swept(parent: Path, task: point_run.Task = sweep_tasks.quick, design: Design = DESIGN) -> Outcome:
    base = sweep_tasks.tiny()
    return engine.run_design(base, design, Serial(task), store.create(parent, base, design))


def table(folder: Path) -> pd.DataFrame:
    return sweep_tasks.runs_of(folder).drop(columns="seconds")


# What a row is


@pytest.mark.parametrize("host_off", ["off", "20"])
def test_a_row_holds_what_a_run_of_its_settings_and_seed_holds(tmp_path: Path, host_off: str) -> None:
    base = sweep_tasks.tiny("days=40", "venue.launch=2", f"host_off={host_off}")
    opened = store.create(tmp_path, base, sweep_tasks.design_of(2, 2))
    engine.run_design(base, opened.design, Serial(), opened)
    for row in table(opened.folder).to_dict("records"):
        tree = base[()] | {"host": base[()]["host"] | {"replies": row["host.replies"]}}
        tree |= {"venue": tree["venue"] | {"ad_load": row["venue.ad_load"]}}
        made = config.experiment(tree)
        arm = run_replicate(Replicate(1, row["seed"], (Arm(BASE, made.settings()),), made.host_off_day)).arms[BASE]
        np.testing.assert_array_equal([row[name] for name in OUTCOMES], list(arm.outcomes.values()))


def test_every_declared_number_reaches_the_world_as_it_does_through_the_checks() -> None:
    tree = sweep_tasks.tiny("venues.chat.venue.ad_load=2")[()]
    plan_origin = engine.origin(tree)
    names = [*keys.declarations(), "venues.chat.venue.talk", "venues.chat.host.replies"]
    names.remove("venue.call")  # it needs a venue to go to
    for name in names:
        value = keys.declarations()[keys.within_place(name)].high
        quickly = point_run.put_number(plan_origin.settings, name, value)
        assert quickly == point_run.checked_again(tree, [(name, value)])[0], name


def test_what_is_no_declared_number_reaches_the_world_too(tmp_path: Path) -> None:
    names = ("scenario", "people", "days", "host.schedule")
    points = points_of(names, [("a", 20, 10, "flat"), ("b", 30, 20, "taper")])
    factors = (Factor("scenario", group=True), *(Factor(name) for name in names[1:]))
    design = Design("grid", factors, points, replicates=1, seed=1)
    base = {(name,): sweep_tasks.tiny(f"venue.ad_load={load}")[()] for name, load in (("a", 0), ("b", 5))}
    plan = engine.plan_for(base, design, store.create(tmp_path, base, design))
    first, second = (point_run.experiment_of(plan, row) for row in design.take(np.arange(2)))
    assert (first[0].people, first[0].days, first[0].setups[0].venue.ad_load) == (20, 10, 0.0)
    assert (second[0].people, second[0].days, second[0].setups[0].venue.ad_load) == (30, 20, 5.0)
    assert second[0].setups[0].host.schedule == "taper"
    assert (first[1], second[1]) == (8, 15)  # auto: three quarters of the days


def test_series_are_kept_where_they_are_asked_for(tmp_path: Path) -> None:
    base = sweep_tasks.tiny("host_off=off")
    opened = store.create(tmp_path, base, sweep_tasks.design_of(2, 1), series=True)
    engine.run_design(base, opened.design, Serial(), opened)
    written = parts.parts_of(opened.folder, "series")  # one, unless the machine was slow
    series = pd.concat([parts.read_part(part, parts.SERIES_SCHEMA, 2).to_pandas() for part in written])
    assert list(series.columns) == ["run_id", *SERIES_COLUMNS]
    assert set(series.run_id) == {0, 1}
    last = series[series.run_id == 1].iloc[-1]
    assert last["active"] == table(opened.folder).loc[1, "size"]
    assert len(SERIES) + len(FLOW_SERIES) + 3 == len(series.columns)


# The same, however


def test_shards_together_make_the_whole(tmp_path: Path) -> None:
    whole = table(swept(tmp_path / "whole").folder)
    base = sweep_tasks.tiny()
    for number in (3, 1, 2):
        opened = store.create(tmp_path / "shards", base, DESIGN)
        outcome = engine.run_design(base, DESIGN, Serial(sweep_tasks.quick), opened, shard=Shard(number, 3))
        assert (outcome.finished, outcome.missing) == (8, 0)
    pd.testing.assert_frame_equal(table(opened.folder), whole)


def test_a_sweep_that_is_complete_runs_nothing(tmp_path: Path) -> None:
    def never(plan: Plan, row: Row) -> Result:
        raise KeyboardInterrupt

    swept(tmp_path)
    again = swept(tmp_path, never)
    assert (again.before, again.finished, again.missing, again.interrupted) == (24, 0, 0, False)


def test_a_run_that_raises_is_a_row_and_the_summary_says_how_many_and_why(tmp_path: Path) -> None:
    outcome = swept(tmp_path, sweep_tasks.raising)
    runs = table(outcome.folder)
    failed = runs[runs.error.notna()]
    assert failed.run_id.tolist() == [3, 10, 17]
    assert failed[list(OUTCOMES)].isna().all(axis=None)
    assert outcome.lines() == [
        "24 runs finished, 0 missing, 3 failed",
        "  1 x ValueError: no luck with 3",
        "  1 x ValueError: no luck with 10",
        "  1 x ValueError: no luck with 17",
    ]
    assert outcome.code() == 1


def test_progress_is_told_of_every_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(engine, "bar", lambda *_: nullcontext(lambda results: told.append(len(results))))
    swept(tmp_path)
    assert sum(told) == 24


# Interruptions


def interrupted_at(run_id: int) -> point_run.Task:
    def task(plan: Plan, row: Row) -> Result:
        if row.run_id == run_id:
            raise KeyboardInterrupt
        return sweep_tasks.quick(plan, row)

    return task


def test_after_ctrl_c_what_was_finished_stays_and_resuming_runs_the_rest_once(tmp_path: Path) -> None:
    outcome = swept(tmp_path / "stopped", interrupted_at(7))
    assert outcome.interrupted
    assert outcome.code() == 130
    assert outcome.lines()[-1] == f"stopped; go on with: barnraise resume {outcome.folder}"
    assert outcome.finished + outcome.missing == 24
    again = sweep_tasks.resumed(outcome.folder, Serial(sweep_tasks.quick))
    assert (again.before, again.finished) == (outcome.finished, outcome.missing)
    pd.testing.assert_frame_equal(table(outcome.folder), table(swept(tmp_path / "whole").folder))


def started(folder: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a sweep in another process, and return when it has written some parts."""
    (folder / "script.py").write_text(SCRIPT)
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    process = subprocess.Popen(
        [sys.executable, str(folder / "script.py"), str(folder)], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": path}, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    results = Path(process.stdout.readline().strip())
    while len(parts.parts_of(results, "runs")) < 2 and process.poll() is None:
        time.sleep(0.05)
    assert process.poll() is None, "it was over before it could be stopped"
    return process, results


def goes(pid: int) -> bool:
    """Tell whether a process is gone within some seconds."""
    for _ in range(100):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or ") Z " in state.read_text():
            return True
        time.sleep(0.1)
    return False


def completed(results: Path, folder: Path) -> tuple[int, int]:
    """Resume, and return how many runs were there before and how many were run now."""
    kept = set(sweep_tasks.runs_of(results).run_id)
    for note in folder.glob("run-*"):
        note.unlink()
    outcome = sweep_tasks.resumed(results, Serial(partial(sweep_tasks.noting, folder)))
    assert {int(note.name.removeprefix("run-")) for note in folder.glob("run-*")} == set(range(120)) - kept
    assert all(note.read_text() == "x" for note in folder.glob("run-*"))
    return outcome.before, outcome.finished


def test_after_kill_9_of_the_main_process_exactly_what_is_missing_is_run(tmp_path: Path) -> None:
    process, results = started(tmp_path)
    process.kill()
    process.communicate()
    workers = [int(note.name.removeprefix("process-")) for note in tmp_path.glob("process-*")]
    assert workers
    assert all(goes(worker) for worker in workers)
    before, now = completed(results, tmp_path)
    assert before > 0 < now
    sessions = json.loads((results / "provenance.json").read_text())["sessions"]
    assert [session["state"] for session in sessions] == ["killed", "finished"]
    whole = swept(tmp_path / "whole", design=sweep_tasks.design_of(points=30)).folder
    pd.testing.assert_frame_equal(table(results), table(whole))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_when_stopped_by_the_terminal_or_a_cluster_it_keeps_everything_and_says_how_to_go_on(
    tmp_path: Path, how: signal.Signals
) -> None:
    process, results = started(tmp_path)
    os.killpg(process.pid, how)  # all processes at once
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"stopped; go on with: barnraise resume {results}" in said
    before, now = completed(results, tmp_path)
    assert before + now == 120


def test_a_pool_whose_worker_was_killed_fills_the_same_folder(tmp_path: Path) -> None:
    base = sweep_tasks.tiny()
    opened = store.create(tmp_path / "killed", base, DESIGN)
    task = partial(sweep_tasks.killing_once, tmp_path / "marker")
    outcome = engine.run_design(base, DESIGN, Loky(2, task), opened)
    assert outcome.lost > 0
    assert outcome.failed == 0
    pd.testing.assert_frame_equal(table(outcome.folder), table(swept(tmp_path / "whole").folder))


# Verifying


def test_a_sample_run_again_is_the_same(tmp_path: Path) -> None:
    folder = swept(tmp_path, point_run.run_row, sweep_tasks.design_of(2, 3)).folder
    assert verify(folder, sample=4).lines() == ["4 of 6 runs repeated: all the same"]


def test_a_number_that_was_changed_is_found(tmp_path: Path) -> None:
    folder = swept(tmp_path, point_run.run_row, sweep_tasks.design_of(2, 1)).folder
    part = parts.parts_of(folder, "runs")[0]
    changed = parts.read_part(part, parts.run_schema(sweep_tasks.design_of(2, 1)), 2)
    place = changed.schema.get_field_index("customers")
    customers = changed["customers"].to_numpy() + np.array([0.0, 1.0])
    content = parts.packed(changed.set_column(place, changed.schema.field(place), [customers]))
    part.unlink()
    (part.parent / parts.part_name("changed", 0, content)).write_bytes(content)  # by somebody who knows about checksums
    verified = verify(folder)
    assert [(found.run_id, found.metric) for found in verified.differences] == [(1, "customers")]
    assert verified.lines()[0] == "2 of 2 runs repeated: 1 differ"


def test_of_runs_that_all_failed_there_is_none_to_verify(tmp_path: Path) -> None:
    def failing(plan: Plan, row: Row) -> Result:
        raise ValueError("no luck")

    with pytest.raises(SettingsError, match=r"there is no run to verify \(24 failed\)$"):
        verify(swept(tmp_path, failing).folder)


def test_verifying_says_what_has_changed_since(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = swept(tmp_path).folder
    monkeypatch.setitem(
        point_run.CODE, "world", "another"
    )  # in place: what workers compare it with is the same dictionary
    (line,) = [line for line in verify(folder, sample=1).lines() if line.startswith("changed since")]
    assert line.endswith("-> another")
