"""Sets of vectors: replicates take turns with them, arms of a replicate share one, and what is set by name counts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.__main__ import main
from sim.cli import compose
from sim.lab.calibration import space
from sim.lab.runs import jobs
from sim.lab.runs.jobs import Job
from sim.lab.runs.replicate import BASE, run_replicate
from sim.lab.settings import vectors
from sim.lab.sweeps import engine, point_run, store

SMALL = ["people=150", "days=20", "host_off=off", "record_every=20", "workers=1"]
SET = "vector,bonding.replied,visit.base\n0,0.05,0.04\n1,0.10,0.09\n2,,0.15\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "set.csv").write_text(SET)
    return tmp_path


def job(*arguments: str, compares: bool = False) -> Job:
    return jobs.job(compose.request([*SMALL, *arguments], compares), "test")


def number(made: Job, replicate: int, name: str, arm: str = BASE) -> float:
    settings = {one.name: one.settings for one in made.tasks[replicate].arms}[arm]
    block, _, leaf = name.partition(".")
    return float(getattr(settings.parameters[block], leaf))


def test_replicates_take_turns_with_the_vectors() -> None:
    made = job("vectors=set.csv", "replicates=5")
    assert [number(made, one, "visit.base") for one in range(5)] == [0.04, 0.09, 0.15, 0.04, 0.09]
    declared = job("replicates=1")
    assert number(made, 2, "bonding.replied") == number(declared, 0, "bonding.replied")  # an empty cell


def test_all_arms_of_a_replicate_share_its_vector() -> None:
    made = job("vectors=set.csv", "replicates=3", "alt.less=host.replies=0", compares=True)
    for one in range(3):
        assert number(made, one, "visit.base") == number(made, one, "visit.base", "less")


def test_an_alternative_that_changes_nothing_differs_by_exactly_nothing() -> None:
    made = job("vectors=set.csv", "replicates=3", "alt.same=", compares=True)
    sizes = []
    for task in made.tasks:
        arms = run_replicate(task).arms
        for name, column in arms[BASE].series["as_it_was"].items():
            np.testing.assert_array_equal(column, arms["same"].series["as_it_was"][name], name)
        sizes.append(arms[BASE].outcomes["size"])
    assert len(set(sizes)) > 1  # the vectors are at work


def test_a_parameter_that_is_set_by_name_counts_more_than_the_vector() -> None:
    made = job("vectors=set.csv", "replicates=2", "params.visit.base=0.07", compares=False)
    assert [number(made, one, "visit.base") for one in range(2)] == [0.07, 0.07]
    assert number(made, 1, "bonding.replied") == 0.10
    declared = number(job("replicates=1"), 0, "visit.base")
    other = job("vectors=set.csv", "replicates=2", f"alt.x=params.visit.base={declared}", compares=True)
    assert number(other, 1, "visit.base", "x") == declared  # even at its default
    assert number(other, 1, "visit.base") == 0.09


def test_a_run_and_a_comparison_draw_from_the_same_vectors() -> None:
    made = job("replicates=1", "alt.same=", compares=True)
    assert made.vectors.name == job("replicates=1").vectors.name == vectors.PLAUSIBLE
    assert made.experiment.vectors == vectors.PLAUSIBLE  # what is written down is what was run


def test_all_points_of_a_sweep_share_their_replicates_vectors(folder: Path) -> None:
    for factors in ("host.replies=0,0.1", "params.visit.base=0.01,0.02"):
        assert main(["-m", *SMALL, "vectors=set.csv", factors, "replicates=4", "design.metrics=[size]"]) == 0
    for path in (folder / "results").rglob("design.parquet"):
        opened = store.reopen(path.parent)
        plan = engine.plan_for(opened.base, opened.design, opened)
        drawn = [point_run.experiment_of(plan, row)[0] for row in opened.design.take(np.arange(8))]
        assert [one.parameters["bonding"].replied for one in drawn[:2]] == [0.05, 0.10]
        named = "params.visit.base" in opened.design.names
        bases = [0.01] * 4 + [0.02] * 4 if named else [0.04, 0.09, 0.15, 0.04] * 2
        assert [one.parameters["visit"].base for one in drawn] == bases  # a factor overrides the vector


def test_a_sweep_over_other_vectors_is_another_sweep(capsys: pytest.CaptureFixture[str]) -> None:
    folders_of = []
    for set_of in ("declared", "set.csv", "plausible", "auto"):
        assert main(["-m", *SMALL, f"vectors={set_of}", "host.replies=0,0.1", "replicates=2", "--dry-run"]) == 0
        out = capsys.readouterr().out
        assert ("2 vectors of behaviour in turn" in out) == (set_of != "declared")
        folders_of += [line for line in out.splitlines() if line.startswith("Folder")]
    assert len(set(folders_of[:3])) == 3
    assert folders_of[2] == folders_of[3]


def test_the_plausible_set_says_something_about_each_calibrated_number_and_about_no_other() -> None:
    plausible = vectors.load(vectors.PLAUSIBLE).vectors
    assert len(plausible) > 1
    for vector in plausible:
        assert set(vector) == set(space.fitted())


def test_a_result_says_which_vectors_were_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "alt.same=", "vectors=set.csv", "replicates=4", *SMALL]) == 0
    out = capsys.readouterr().out
    assert "what the evidence leaves open about the fitted parameters (3 vectors, set.csv)" in out
    written = pd.read_csv(Path(out.splitlines()[-1]) / "vectors.csv")
    assert list(written["vector"]) == [0, 1, 2, 0]
    assert list(written["visit.base"]) == [0.04, 0.09, 0.15, 0.04]
    assert "(3 plausible parameter vectors in turn)" in (Path(out.splitlines()[-1]) / "report.html").read_text()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("vector,visit.bass\n0,0.1\n", "visit.bass is not a parameter of behaviour"),
        ("vector,visit.base\n0,99\n", "visit.base=99 is out of range"),
        ("vector,visit.base\n0,often\n", "visit.base=often is not a number"),
        ("vector,visit.base\n", "holds no vector"),
    ],
)
def test_a_set_that_is_wrong_is_refused_in_one_line(
    content: str, words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "set.csv").write_text(content)
    assert main(["vectors=set.csv", *SMALL]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["vectors=nothing"], "neither such a set (declared, plausible) nor such a file"),
        (["-m", "vectors=declared,plausible"], "vectors is the same in all runs of a sweep"),
        (["trial", "trial=reply_to_newcomers", "vectors=set.csv"], "a trial runs on the declared defaults"),
    ],
)
def test_a_set_where_there_is_none_is_refused_in_one_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line
