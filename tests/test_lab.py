"""Replicates, pairs and the result folder: what has to be the same is the same, and what was finished stays."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml

from sim.cli import compose
from sim.lab.runs import execute, jobs, pools, progress, result_folder, tables
from sim.lab.runs import parallel as replicates
from sim.lab.runs.jobs import Job
from sim.lab.runs.replicate import BASE, Replicate, Task, run_replicate, seed_of
from sim.lab.settings import config, plugins, presets, scenarios
from sim.lab.settings.errors import SettingsError, WorkError
from sim.world import census
from sim.world.levers import Host, Setup, Venue
from sim.world.measures import HEADLINE, OUTCOMES
from sim.world.mechanisms import hosting
from sim.world.parameters import values
from sim.world.world import Settings

SMALL = ("people=120", "days=80", "replicates=3", "workers=1", "venue.launch=2")


def job_of(results: Path, *arguments: str) -> Job:
    compares = any(argument.startswith("alt.") for argument in arguments)
    return jobs.job(compose.request([*SMALL, f"results={results}", *arguments], compares), "barnraise")


def run(results: Path, *arguments: str) -> Path:
    return execute.perform(job_of(results, *arguments), (), shows_progress=False).folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def hashes(path: Path) -> dict[str, str]:
    return dict(json.loads((path / "manifest.json").read_text())["outputs"])


@pytest.fixture(scope="module")
def plain_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("results"), "log=true", "venue.ad_load=2")


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("results"), "alt.same=", "alt.silent=host.hours=0", "change_day=30")


def small_world(**host: float) -> Settings:
    return Settings(people=400, days=80, setups=(Setup("main", values(Venue, launch=2), values(Host, **host)),))


# Seeds


@pytest.mark.parametrize(("every", "lines"), [(0.0, ["1 of 2", "2 of 2"]), (progress.EVERY, [])])
def test_where_stderr_is_no_terminal_long_work_prints_a_line_now_and_then(
    every: float, lines: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "EVERY", every)
    with progress.bar(total=2, desc="forum", unit="run") as bar:
        bar.update()
        bar.update()
    said = capsys.readouterr().err.splitlines()
    assert [line.split(" done")[0] for line in said] == [f"barnraise: forum: {line}" for line in lines]


def test_a_replicates_seed_depends_on_its_number_alone() -> None:
    seeds = [seed_of(1, replicate) for replicate in range(1000)]
    assert len(set(seeds)) == 1000
    assert seed_of(1, 7) == seeds[7]
    assert max(seeds) < 2**53
    assert set(seeds).isdisjoint(seed_of(2, replicate) for replicate in range(1000))


def test_all_arms_of_a_replicate_live_on_one_seed(tmp_path: Path) -> None:
    tasks = job_of(tmp_path, "alt.ads=venue.ad_load=6").tasks
    assert [task.seed for task in tasks] == [seed_of(1, replicate) for replicate in range(3)]
    assert all([arm.name for arm in task.arms] == [BASE, "ads"] for task in tasks)


# One replicate


def test_there_is_no_share_of_nothing() -> None:
    assert np.isnan(census.ratio(0.0, 0.0))
    assert census.ratio(1.0, 2.0) == 0.5


# Comparing


def test_an_alternative_without_a_change_differs_by_exactly_nothing(comparison: Path) -> None:
    same = [row for row in rows_of(comparison / "outcomes.csv") if row["arm"] == "same"]
    assert {row["outcome"] for row in same} == set(OUTCOMES)
    compared = [row for row in same if row["pairs"] != "0"]
    assert len(compared) > 20
    for row in compared:
        assert (row["difference"], row["verdict"]) == ("0.0", "no difference")
        assert (row["low"], row["high"]) == ("0.0", "0.0") or row["pairs"] == "1"


def test_arms_part_on_the_day_of_the_change_and_not_before(comparison: Path) -> None:
    series = pq.read_table(comparison / "series.parquet").to_pandas().query("world == 'as_it_was'")
    arms = series.groupby("arm", observed=True)
    by_arm = {arm: rows.drop(columns="arm").reset_index(drop=True) for arm, rows in arms}
    before = {arm: rows[rows.day <= 30] for arm, rows in by_arm.items()}
    assert before[BASE].equals(before["silent"])
    assert not by_arm[BASE].equals(by_arm["silent"])
    assert by_arm[BASE].equals(by_arm["same"])


def test_the_headline_stands_first_and_each_family_of_looks_has_its_own_allowance(comparison: Path) -> None:
    rows = [row for row in rows_of(comparison / "outcomes.csv") if row["arm"] == "silent"]
    assert [row["outcome"] for row in rows[: len(HEADLINE)]] == list(HEADLINE)
    for row in rows:
        assert row["headline"] == str(row["outcome"] in HEADLINE)
        assert row["p"] == "" or float(row["p"]) <= float(row["p_adjusted"])


def test_outcomes_csv_begins_with_the_columns_that_are_promised(comparison: Path) -> None:
    header = (comparison / "outcomes.csv").read_text().splitlines()[0]
    assert header.startswith("outcome,arm,difference,low,high,share_better,detectable,verdict")
    assert (comparison / "summary.csv").read_text().startswith("arm,metric,mean,low,high,replicates")


# The folder


def test_the_folder_holds_what_is_promised(plain_run: Path) -> None:
    assert {path.name for path in plain_run.iterdir()} == {
        "config.yaml", "manifest.json", "scenario.json", "series.parquet", "outcomes.parquet", "people.parquet",
        "bonds.parquet", "events.parquet", "ledger.csv", "summary.csv", "parameters.csv", "vectors.csv",
    }  # fmt: skip
    assert not list(plain_run.parent.glob(".*"))


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("series", ["arm", "world", "replicate", "day", "venue", "metric", "value"]),
        ("outcomes", ["arm", "replicate", "outcome", "value"]),
        ("people", ["arm", "replicate", "person", "venue", "role"]),
        ("bonds", ["arm", "replicate", "world", "venue", "person", "partner", "strength"]),
        ("events", ["arm", "replicate", "day", "kind", "cause", "venue", "actor", "target", "thread"]),
    ],
)
def test_a_table_is_tidy(plain_run: Path, name: str, columns: list[str]) -> None:
    table = pq.read_table(plain_run / f"{name}.parquet")
    assert table.column_names[: len(columns)] == columns
    assert table.num_rows > 0 or name == "bonds"  # so few people may have none


def test_events_are_told_in_words(plain_run: Path) -> None:
    events = pq.read_table(plain_run / "events.parquet").to_pandas()
    assert {"join", "visit", "ask"} <= set(events.kind)
    assert set(events.venue) <= {"main", ""}


def test_the_summary_is_the_mean_over_replicates(plain_run: Path) -> None:
    outcomes = pq.read_table(plain_run / "outcomes.parquet").to_pandas()
    rows = {row["metric"]: row for row in rows_of(plain_run / "summary.csv")}
    assert (plain_run / "summary.csv").read_text().startswith("metric,mean,low,high,replicates")
    assert set(rows) == set(OUTCOMES)
    assert float(rows["size"]["mean"]) == pytest.approx(outcomes[outcomes.outcome == "size"].value.mean())
    assert rows["size"]["replicates"] == "3"


def test_the_manifest_has_the_hashes_of_the_tables_as_they_are(plain_run: Path) -> None:
    for name, digest in hashes(plain_run).items():
        assert hashlib.sha256((plain_run / name).read_bytes()).hexdigest() == digest
    assert not {"manifest.json", "scenario.json", "config.yaml"} & set(hashes(plain_run))


def test_a_changed_number_is_marked_among_the_parameters(plain_run: Path) -> None:
    rows = rows_of(plain_run / "parameters.csv")
    changed = {(row["group"], row["name"]) for row in rows if row["changed"] == "True"}
    host = presets.read("host", scenarios.chosen(scenarios.default())["host"]).levers["host"]
    from_preset = {("host", name) for name, value in host.items() if value != Host._field_defaults[name]}
    assert {("venue", "ad_load"), ("venue", "launch")} <= changed
    assert {(group, name) for group, name in changed if group == "host"} == from_preset
    assert all(row["unit"] and row["grade"] and row["why"] for row in rows)


def test_one_configuration_and_seed_give_the_same_tables_to_the_byte(plain_run: Path, tmp_path: Path) -> None:
    tree = yaml.safe_load((plain_run / "config.yaml").read_text()) | {"results": str(tmp_path)}
    made = config.experiment(tree)
    again = jobs.job(jobs.Request(made, {}, {}, None, []), "again")
    assert hashes(execute.perform(again, (), shows_progress=False).folder) == hashes(plain_run)


def test_another_seed_gives_other_tables(plain_run: Path, tmp_path: Path) -> None:
    other = run(tmp_path, "log=true", "venue.ad_load=2", "seed=2")
    assert hashes(other)["series.parquet"] != hashes(plain_run)["series.parquet"]
    assert hashes(other)["parameters.csv"] == hashes(plain_run)["parameters.csv"]


def test_several_processes_give_what_one_gives(plain_run: Path, tmp_path: Path) -> None:
    parallel = run(tmp_path, "log=true", "venue.ad_load=2", "workers=2")
    assert hashes(parallel) == hashes(plain_run)


def test_a_policy_from_outside_reaches_the_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "from sim.world.mechanisms.hosting import Scheduled\n"
        "class Idle(Scheduled):\n"
        "    def effort(self, dashboard):\n"
        "        return super().effort(dashboard)._replace(hours=0.0)\n"
    )
    (tmp_path / "idle_policy.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(hosting.POLICIES, "idle_policy:Idle", hosting.Scheduled)  # which is taken away again at the end
    plugins.load(["idle_policy:Idle"])
    settings = ["host.policy='idle_policy:Idle'", *SMALL, "workers=2", f"results={tmp_path}"]
    job = jobs.job(compose.request(settings, compares=False), "barnraise")
    done = execute.perform(job, ("idle_policy:Idle",), shows_progress=False)
    assert tables.values_of(done.finish.finished, BASE, "host_hours") == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("arguments", "label"),
    [
        ([], "people=120-days=80-replicates=3-workers=1-and-2-more"),
        (["alt.silent=host.replies=0", f"alt.{'long' * 12}=host.replies=1"], "compare-silent-and-1-more"),
    ],
)
def test_a_folders_name_leaves_out_whole_settings_and_says_so(tmp_path: Path, arguments: list[str], label: str) -> None:
    assert job_of(tmp_path, *arguments).label == label


def test_two_runs_of_one_second_get_two_folders(tmp_path: Path) -> None:
    made = job_of(tmp_path).experiment
    first, second = result_folder.reserve(made, "twice"), result_folder.reserve(made, "twice")
    assert first != second
    assert result_folder.public(first) != result_folder.public(second)


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot be written to"):
        run(tmp_path / "file")


def test_an_interrupted_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(result_folder, "write_csv", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    assert list((tmp_path / "support_forum").iterdir()) == []


# Interruptions


def interrupted_after(count: int) -> object:
    """Return a stand-in for `run_replicate` that Ctrl-C stops after some replicates."""

    def stopping(task: Task) -> Replicate:
        if task.replicate == count:
            raise KeyboardInterrupt
        return run_replicate(task)

    return stopping


def test_what_was_finished_before_an_interruption_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicates, "run_replicate", interrupted_after(2))
    manifest = json.loads((run(tmp_path) / "manifest.json").read_text())
    assert manifest["partial"] is True
    assert manifest["replicates"] == {"asked": 3, "finished": 2}
    assert [row["replicate"] for row in manifest["replicate_seeds"]] == [0, 1]


def test_an_interruption_before_anything_was_finished_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicates, "run_replicate", interrupted_after(0))
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    assert list((tmp_path / "support_forum").iterdir()) == []


def dying_pools(deaths: int) -> object:
    """Return a stand-in for a pool: it finishes one replicate and dies, so many times."""
    left = deaths

    def pool(work: object, tasks: Mapping[int, Task], *_: object) -> Iterator[tuple[int, Replicate]]:
        nonlocal left
        left -= 1
        for number, task in tasks.items():
            yield number, run_replicate(task)
            if left >= 0:
                raise BrokenProcessPool

    return pool


def test_a_killed_worker_costs_time_and_no_replicate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "in_pool", dying_pools(2))
    manifest = json.loads((run(tmp_path, "workers=2") / "manifest.json").read_text())
    assert manifest["replicates"] == {"asked": 3, "finished": 3}
    assert manifest["partial"] is False


def test_workers_that_go_on_dying_end_the_run_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_: object) -> Iterator[Replicate]:
        raise BrokenProcessPool

    monkeypatch.setattr(pools, "in_pool", dead)
    with pytest.raises(WorkError, match="before any replicate was finished"):
        run(tmp_path, "workers=2")


def test_what_an_arm_sets_without_effect_is_said_of_that_arm(tmp_path: Path) -> None:
    asked = ["host.hours=0", "host.replies=0.5", "venue.ad_load=0", "venue.annoyance=2"]
    job = job_of(tmp_path, *asked, "alt.late=host.hours=1", "alt.loud=venue.launch=2 host.seeding=1", "change_day=9")
    assert job.notes == [
        "venue.annoyance has no effect: there are no ads (venue.ad_load=0)",  # host.replies has one in an arm
        "alt.loud: venue.launch has no effect: the venue opened on day 0, before change_day=9",
        "alt.loud: host.seeding has no effect: the host has no hours (host.hours=0)",
    ]
