"""Sweeps by the command line: what is swept, what is refused before any run, and what is left when all is done."""

import errno
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sweep_tasks
from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper

import sim
from sim import __main__ as command_line
from sim.cli import sweep_folder, sweep_request
from sim.lab.runs.replicate import seed_of
from sim.lab.settings import experiments, keys, scenarios
from sim.lab.settings.errors import SettingsError
from sim.lab.sweeps import check, session, store
from sim.lab.sweeps.design import Design, Factor
from sim.lab.sweeps.engine import run_design
from sim.lab.sweeps.executors import Serial
from sim.lab.sweeps.session import Sweep
from sim.world.mechanisms.hosting import POLICIES, Scheduled

TINY = ["people=60", "days=40", "venue.launch=2", "replicates=2"]
SERIAL = [*TINY, "engine=serial"]
ADS = "venue.ad_load=0,4"
DRAW = sweep_folder.draw


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write results where they disturb nobody, and draw no figures."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sweep_folder, "draw", lambda *_: None)
    monkeypatch.setattr("sim.cli.report.render", lambda folder: None)


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], list[str]]:
    """Return exit code, lines on stdout and lines on stderr."""
    code = command_line.main(list(arguments))
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err.splitlines()


def swept(*arguments: str) -> Sweep:
    """Return the sweep that `barnraise -m` would run."""
    found = sweep_request.multirun(arguments, sweep_request.Sweeper(lambda asked: asked, lambda tree: tree))
    assert isinstance(found, Sweep)
    return found


def runs(folder: str) -> pd.DataFrame:
    """Return all runs of a folder, without what differs from time to time."""
    parts = [pd.read_parquet(path) for path in sorted(Path(folder, "runs").glob("*.parquet"))]
    return pd.concat(parts).sort_values("run_id").drop(columns="seconds").reset_index(drop=True)


# What is swept


def test_levels_make_a_grid_in_one_folder_and_the_folder_is_printed_last(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(capsys, "-m", "host.replies=0,0.1,0.2", ADS, *SERIAL)
    assert (code, err) == (0, [])
    table = runs(out[-1])
    assert len(table) == 12
    assert table["error"].isna().all()
    assert set(zip(table["host.replies"], table["venue.ad_load"], strict=True)) == {
        (replies, ads) for replies in (0.0, 0.1, 0.2) for ads in (0, 4)
    }
    assert Path(out[-1]).parent == Path("results/support_forum")
    assert {path.name for path in Path(out[-1]).iterdir()} >= {
        "design.parquet", "runs", "summary.csv", "failures.csv", "provenance.json", "config.yaml", "runs.parquet",
    }  # fmt: skip


def test_every_point_has_the_same_replicate_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "-m", ADS, *SERIAL)
    table = runs(out[-1])
    assert table.groupby("replicate")["seed"].nunique().tolist() == [1, 1]
    assert table.groupby("point")["seed"].nunique().tolist() == [2, 2]


@pytest.mark.parametrize(
    ("override", "levels"),
    [
        ("venue.ad_load=range(0,4)", [0, 1, 2, 3]),
        ("host.replies=range(0,0.4,0.1)", [0.0, 0.1, 0.2, 0.3]),
        ("host.replies=sort(0.3,0.1)", [0.1, 0.3]),
        ("venue.ad_load=float(choice(1,2))", [1.0, 2.0]),
        ("host.schedule='flat','late'", ["flat", "late"]),
        ("venue.ad_load=int(choice(1.5,2.5))", [1, 2]),
        ("venue.ad_load=sort(range(1,4),reverse=true)", [3, 2, 1]),
        ("host.policy=str(choice(scheduled,'responsive'))", ["scheduled", "responsive"]),
        ("venue.ad_load=1,1,2", [1, 2]),
        ("venue.ad_load=1,1.0,2", [1, 2]),
        ("host.schedule_list=[2,1],[2.0,1.0],[1,2]", [[2, 1], [1, 2]]),
        ("host.schedule_list=[2,1],[1,2]", [[2, 1], [1, 2]]),
    ],
)
def test_levels_are_read_in_hydras_grammar(override: str, levels: list[object]) -> None:
    found = swept(override, "host.schedule=list" if "list" in override else "days=40")
    assert found.design.points.iloc[:, 0].tolist() == levels


def test_an_interval_of_whole_numbers_is_sampled_in_whole_numbers() -> None:
    drawn = swept("venue.ad_load=int(interval(0,3))", "design.n=40").design.points["venue.ad_load"]
    assert drawn.value_counts().to_dict() == {0: 10, 1: 10, 2: 10, 3: 10}


def test_a_factor_without_effect_is_named_before_the_first_run(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["-m", "host.replies=0,1", "host.hours=0", "venue.launch=2", "venue.annoyance=1,2", *SERIAL, "--dry-run"]
    code, _, err = outcome(capsys, *asked)
    assert (code, err) == (0, ["barnraise: host.replies has no effect: the host has no hours (host.hours=0)"])
    assert outcome(capsys, "-m", "host.replies=0,1", "host.hours=0,1", *SERIAL, "--dry-run")[::2] == (0, [])
    assert outcome(capsys, "-m", "host.replies=0,1", "host=none,half_time", *SERIAL, "--dry-run")[::2] == (0, [])


def test_equal_levels_are_run_once_and_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(capsys, "-m", "venue.ad_load=1,1.0,2", *SERIAL, "--dry-run")
    assert code == 0
    assert "4 runs, 2 points x 2 replicates" in out[0]
    assert err == ["barnraise: venue.ad_load: equal levels are run once (1.0 left out)"]


def test_cells_of_a_csv_design_are_read_as_the_command_line_reads_values() -> None:
    Path("points.csv").write_text('host_off,host.schedule,host.schedule_list\noff,list,"[2, 1]"\n30,list,"[1,2.5]"\n'
                                  "auto,flat,[3]\n")  # fmt: skip
    table = sweep_request.single(["design=csv", "design.file=points.csv", "days=60"]).design.points
    assert table.to_dict("list") == {
        "host_off": ["off", 30, "auto"], "host.schedule": ["list", "list", "flat"],
        "host.schedule_list": [[2, 1], [1, 2.5], [3]],
    }  # fmt: skip
    assert table["host_off"].tolist() == swept("host_off=off,30,auto", "days=60").design.points["host_off"].tolist()


@pytest.mark.parametrize("cell", ["30,31", "interval(1,2)", "9" * 5000, "[1", "a=b=c"])
def test_a_cell_that_is_not_one_value_is_refused_with_its_row_or_taken_as_a_word(cell: str) -> None:
    Path("points.csv").write_text(f'days,host_off\n60,30\n60,"{cell}"\n')
    with pytest.raises(SettingsError) as refused:
        sweep_request.single(["design=csv", "design.file=points.csv"])
    (line,) = refused.value.lines
    assert "row 2" in line
    assert len(line) < 250


def test_a_log_scale_is_sampled_recorded_and_known_after_reopening(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "-m", "venue.ad_load=tag(log,int(interval(1,8)))", "design.n=4", *SERIAL)
    (factor,) = store.reopen(Path(out[-1])).design.factors
    assert factor == Factor("venue.ad_load", 1.0, 8.0, whole=True, log=True)
    assert outcome(capsys, "verify", out[-1], "sample=2")[0] == 0


def test_seeds_are_levels_and_runs_are_paired_within_each(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "-m", "seed=1,5", ADS, *SERIAL, "engine.shard=1/2")
    code, _, err = outcome(capsys, "resume", out[-1], "engine=serial")
    assert (code, err) == (0, [])
    table = runs(out[-1])
    wanted = [seed_of(seed, replicate) for seed in (1, 5) for _ in (0, 4) for replicate in range(2)]
    assert table["run_seed"].tolist() == wanted
    assert table["seed"].tolist() == [1] * 4 + [5] * 4
    _, alone, _ = outcome(capsys, "-m", ADS, "seed=5", *SERIAL)
    assert runs(alone[-1])["size"].tolist() == table["size"].tolist()[4:]
    assert outcome(capsys, "verify", out[-1])[1][0] == "8 of 8 runs repeated: all the same"


@pytest.mark.parametrize("design", ["grid", "lhs", "sobol", "one_at_a_time", "csv"])
def test_a_policy_is_a_factor_of_every_design_that_takes_levels(
    capsys: pytest.CaptureFixture[str], design: str
) -> None:
    Path("points.csv").write_text("host.policy,venue.ad_load\nscheduled,1\nresponsive,1\n")
    factors = "design.factors={host.policy: [scheduled, responsive], venue.ad_load: [1, 2, 3]}"
    more = ["design.file=points.csv"] if design == "csv" else [factors, "design.n=4"]
    code, out, err = outcome(capsys, f"design={design}", *more, *SERIAL, "host.hours=1")
    assert (code, err) == (0, [])
    table = runs(out[-1])
    assert table["error"].isna().all()
    assert set(table["host.policy"]) == {"scheduled", "responsive"}
    with pytest.raises(SettingsError, match=r"^row 2 of 2: host.policy=respnsive is not a host policy"):
        swept("host.policy=scheduled,respnsive")


def test_intervals_are_sampled_and_crossed_with_levels() -> None:
    design = swept("venue.ad_load=interval(0,8)", "days=40,60", "design.n=5").design
    assert (design.kind, len(design.points)) == ("lhs", 10)
    assert design.points.groupby("days")["venue.ad_load"].apply(sorted).map(tuple).nunique() == 1
    sobol = swept("venue.ad_load=interval(0,8)", "design=sobol", "design.n=4").design
    assert (sobol.kind, len(sobol.points)) == ("sobol", 4)


def test_each_scenario_is_a_base_of_its_own() -> None:
    found = swept("scenario=ad_ratchet,support_forum", ADS, "people=60")
    assert set(found.base) == {("ad_ratchet",), ("support_forum",)}
    assert found.base["ad_ratchet",]["title"] == "The ad ratchet"
    assert found.base["ad_ratchet",]["people"] == 60
    assert found.design.groups == ("scenario",)
    assert swept("scenario=glob(*)").design.points["scenario"].tolist() == scenarios.names()


def test_a_row_of_a_sweep_gives_what_a_plain_run_of_its_settings_gives(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "-m", "scenario=ad_ratchet,badge_shop", "venue.points=0,1", *SERIAL)
    table = runs(out[-1])
    row = table[(table["scenario"] == "badge_shop") & (table["venue.points"] == 0) & (table["replicate"] == 1)]
    _, out, _ = outcome(capsys, "scenario=badge_shop", "venue.points=0", *TINY, "workers=1")
    alone = pd.read_parquet(Path(out[-1], "outcomes.parquet"))
    size = alone[(alone["replicate"] == 1) & (alone["outcome"] == "size")]["value"]
    assert row["size"].tolist() == size.tolist()


def test_a_venue_can_be_swept_that_nothing_else_mentions(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "-m", "venues.lounge.venue.talk=0,1", *SERIAL)
    assert code == 0
    assert runs(out[-1])["error"].isna().all()


def test_hydras_own_sweeper_stays_and_each_of_its_jobs_is_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "-m", "hydra/sweeper=basic", ADS, *TINY[:-1], "replicates=1", "workers=1")
    assert code == 0
    folders = list(Path("results/support_forum").iterdir())
    assert len(folders) == 2
    assert all((folder / "manifest.json").is_file() for folder in folders)
    assert out[-1] in map(str, folders)


def test_a_folder_with_an_equals_sign_in_its_name_can_be_worked_on_by_every_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    factors = "design.factors={venue.ad_load: [0, 8], venue.launch: [0.5, 2]}"
    given = [setting for setting in SERIAL if not setting.startswith("venue.launch")]
    code, out, _ = outcome(capsys, "design=morris", "design.n=2", factors, *given, "results=a=b")
    assert (code, out[-1][:4]) == (0, "a=b/")
    for command in (["resume"], ["aggregate"], ["verify", "sample=1"], ["sensitivity", "metric=size", "undefined=0"]):
        code, again, err = outcome(capsys, command[0], out[-1], *command[1:])
        assert (code, err) == (0, []) or "the same at every point" in err[0], command
        assert not again or again[-1] == out[-1]


def test_results_and_experiments_may_have_names_with_accents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_experiment(tmp_path, MINE.replace("engine: {kind: serial}\n", ""))
    (tmp_path / "experiments" / "09_mine").rename(tmp_path / "experiments" / "09_été")
    code, out, _ = outcome(capsys, "experiment=09_été", "results=résultats", "engine=serial")
    assert (code, Path(out[-1]).parent) == (0, Path("résultats/09_été"))


# Designs and experiments


def test_a_design_says_its_factors_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    factors = "design.factors={venue.ad_load: [0, 8], host.replies: [0, 0.5]}"
    code, out, _ = outcome(capsys, "design=sobol", "design.n=4", factors, *SERIAL)
    assert code == 0
    assert len(runs(out[-1])) == 8


def write_experiment(folder: Path, text: str) -> None:
    (folder / "experiments" / "09_mine").mkdir(parents=True)
    (folder / "experiments" / "09_mine" / "experiment.yaml").write_text(text)


MINE = """
question: Do ads matter?
scenario: ad_ratchet
people: 60
days: 40
replicates: 3
venue: {launch: 2.0}
engine: {kind: serial}
design: {kind: lhs, n: 4, factors: {venue.ad_load: [0, 8]}, metrics: [size]}
"""


def test_an_experiment_fixes_everything_and_the_command_line_changes_it(tmp_path: Path) -> None:
    write_experiment(tmp_path, MINE)
    plain = sweep_request.single(["experiment=09_mine"])
    assert (plain.name, plain.engine.kind, plain.design.kind, plain.design.rows()) == ("09_mine", "serial", "lhs", 12)
    assert plain.base[()]["scenario"] == "ad_ratchet"
    assert plain.base[()]["title"] == "The ad ratchet"
    assert plain.base[()]["venue"]["launch"] == 2.0
    changed = sweep_request.single(
        ["experiment=09_mine", "scenario=badge_shop", "people=70", "design.n=2", "engine=loky", "venue.launch=1"]
    )
    assert (changed.base[()]["scenario"], changed.base[()]["people"]) == ("badge_shop", 70)
    assert (changed.design.rows(), changed.engine.kind) == (6, "loky")
    assert changed.base[()]["venue"]["launch"] == 1
    assert swept("experiment=09_mine", "host.replies=0,1").design.rows() == 2 * 12


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("host: {repliez: 1}", "experiment 09_mine: unknown setting host.repliez; did you mean host.replies?"),
        ("design: {kindd: lhs}", "experiment 09_mine: unknown option design.kindd; did you mean design.kind?"),
        ("defaults: [/scenario: x]", "experiment 09_mine: unknown setting defaults; did you mean product.fault?"),
        ("hydra: {run: 1}", "experiment 09_mine: unknown setting hydra.run ('barnraise help settings' lists them)"),
        ("people: 0", "people=0 is out of range: 1 to 10000000"),
    ],
)
def test_an_experiments_file_can_say_settings_and_nothing_else(tmp_path: Path, text: str, line: str) -> None:
    write_experiment(tmp_path, f"design: {{kind: lhs, factors: {{venue.ad_load: [0, 8]}}}}\n{text}\n")
    if text.startswith("design"):
        Path("experiments/09_mine/experiment.yaml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        sweep_request.single(["experiment=09_mine"])
    assert refused.value.lines == (line,)


@pytest.mark.parametrize("name", ["01_recognition_host_ads", "02_growth_speed", "03_assumed_parameters"])
def test_the_experiments_of_the_repository_can_be_run_and_predict_before(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code, out, _ = outcome(capsys, f"experiment={name}", "--dry-run")
    assert code == 0
    assert out[0].startswith(f"{name}, design=")
    words = (experiments.files()[name].parent / "README.md").read_text(encoding="utf-8")
    places = [words.index(f"\n## {part}") for part in ("Question", "Prediction", "Design", "Result", "What surprised")]
    assert places == sorted(places)


def test_experiments_are_listed_with_their_questions(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "experiments")
    assert "01_recognition_host_ads" in out
    assert sum(line.endswith("?") for line in out) == len(experiments.files())


# Before the first run


def test_a_dry_run_says_how_large_it_is_and_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(
        capsys, "-m", "host.replies=0,0.1,0.2", "venue.ad_load=range(0,8)", "replicates=10", "--dry-run"
    )
    text = "\n".join(out)
    assert code == 0
    assert "240 runs, 24 points x 10 replicates" in text
    assert "host.replies: 0, 0.1, 0.2" in text
    assert "Estimated: about" in text
    assert sum(line[:1].isdigit() for line in out) == 5
    assert out[-1] == "Nothing was run."
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["-m", "host.repliez=0,1"], ["unknown setting host.repliez; did you mean host.replies?"]),
        (["-m", ADS, "host.repliez=0"], ["unknown setting host.repliez; did you mean host.replies?"]),
        (["-m", "venue.ad_load=0,4,25"], ["row 3 of 3: venue.ad_load=25 is out of range: 0 to 20 ads per visit"]),
        (["-m", "venue.ad_load=0,many"],
         ["row 2 of 2: venue.ad_load=many is not a number; its range is 0 to 20 ads per visit"]),
        (["-m", "venue.ad_load=interval(0,25)"], ["venue.ad_load=25 is out of range: 0 to 20 ads per visit"]),
        (["-m", "days=40,50", "host_off=45"],
         ["row 1 of 2: host_off=45 is out of range: 1 to 39 (days=40), auto or off"]),
        (["-m", "host.schedule=flat,tapper", "days=40,50"],
         ["row 3 of 4: host.schedule=tapper is not a schedule: flat, taper, burst, late, list; did you mean taper? "
          "(and in 1 more)"]),
        (["-m", "scenario=support_forum,ad_rachet"],
         ["unknown scenario 'ad_rachet'; did you mean ad_ratchet? "
          "('barnraise scenarios' lists them; -cd DIR finds your own)"]),
        (["-m", "replicates=1,2"], ["replicates is the same in all runs of a sweep and cannot be a factor"]),
        (["-m", "days=40"], ["-m needs a setting with several values: barnraise -m host.replies=0,0.1,0.2"]),
        (["-m", ADS, "design=sobbol"], ["unknown design 'sobbol'; did you mean sobol?"]),
        (["-m", ADS, "engine.worker=2"], ["unknown option engine.worker; did you mean engine.workers?"]),
        (["-m", ADS, "engine.shard=9/8"], ["engine.shard=9/8 is not a shard: the third of 64 is written 3/64"]),
        (["-m", ADS, "hydra.sweep.dir=x"],
         ["hydra.sweep.dir has no effect on this sweep: use results=FOLDER "
          "(only hydra/sweeper=basic reads Hydra's own settings)"]),
        (["-m", ADS, "hydra/launcher=basic", "hydra/sweeper=barnraise"],
         ["hydra/launcher has no effect on this sweep: use engine=loky, engine=serial or engine=dask "
          "(only hydra/sweeper=basic reads Hydra's own settings)"]),
        (["design=lhs", "hydra.run.dir=x"],
         ["hydra.run.dir has no effect on this sweep: use results=FOLDER "
          "(only hydra/sweeper=basic reads Hydra's own settings)"]),
        (["-m", "venue.ad_load=tag(log,choice(1,8))"],
         ["venue.ad_load=tag(log,choice(1,8)): shuffle() and tag() change nothing in a sweep; leave them out "
          "(tag(log,interval(0.5,8)) samples a range on the log scale)"]),
        (["-m", "seed=interval(1,5)"], ["seed takes levels, not a range: seed=1,2,3 or seed=range(1,4)"]),
        (["-m", "venue.ad_load=1,interval(2,3)"],
         ["venue.ad_load=1,interval(2,3): a range among levels cannot be read; write the levels one by one"]),
        (["-m", "venue.ad_load=choice()"],
         ["cannot read 'venue.ad_load=choice()': empty choice is not legal"]),
        (["-m", "venue.ad_load=1,,2"],
         ["cannot read 'venue.ad_load=1,,2': several values are written 1,2,3 and a list [1,2,3]"]),
        (["-m", "venue.ad_load=sort(interval(1,2))"],
         ["cannot read 'venue.ad_load=sort(interval(1,2))': mismatch type argument args[0]: IntervalSweep"]),
        (["-m", "venue.ad_load=range(0,1,0)"], ["venue.ad_load=range(0,1,0) has more than 1,000,000 levels"]),
        (["-m", "people=range(1,1000000000000)"],
         ["people=range(1,1000000000000) has more than 1,000,000 levels"]),
        (["-m", "days=interval(40,inf)"], ["days: [40.0, inf] is not a range from a lower to a higher number"]),
        (["-m", ADS, "precision.half_width=5"], ["precision. has no effect without replicates=auto"]),
        (["resume", "nowhere", "engine=serial", "engine=loky"], ["engine is given twice: serial and loky"]),
        (["verify", "nowhere", "sample=3", "sample=4"], ["sample is given twice: 3 and 4"]),
        (["sensitivity", "nowhere", "undefined=nan"], ["undefined=nan is not a number"]),
        (["aggregate", "days=3"], ["aggregate takes a sweep's folder: barnraise aggregate results/NAME/HASH"]),
        (["-m", ADS, "replicates=auto"],
         ["precision.half_width is missing: half-width of the 95 % confidence interval, in the metric's unit"]),
        (["design=lhs", ADS],
         ["venue.ad_load=0,4 holds several values, which need -m: barnraise -m venue.ad_load=0,4"]),
        (["design=morris", "-m", ADS],
         ["design=morris takes ranges, not the levels of venue.ad_load: run a sweep a level"]),
        (["experiment=01_recognition"],
         ["unknown experiment '01_recognition'; did you mean 01_recognition_host_ads? "
          "('barnraise experiments' lists them; -cd DIR finds your own)"]),
        (["resume"], ["resume takes a sweep's folder: barnraise resume results/NAME/HASH"]),
        (["verify", "nowhere", "smaple=3"], ["verify takes only sample=, seed=, not smaple=3"]),
        (["sensitivity", "nowhere", "metric=sise"], ["unknown metric sise; did you mean size?"]),
        (["resume", "nowhere", "days=3"], ["days=3: resume can change only engine= and engine."]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_before_any_run_with_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], lines: list[str]
) -> None:
    code, out, err = outcome(capsys, *arguments)
    assert (code, out) == (2, [])
    assert err == [f"barnraise: {line}" for line in lines]


def test_a_csv_file_is_refused_with_the_row_of_each_fault_and_ten_at_most(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{ads},flat" for ads in range(18, 36)] + ["3,tpaer"]
    Path("points.csv").write_text("\n".join(["venue.ad_load,host.schedule", *rows]) + "\n")
    code, _, err = outcome(capsys, "design=csv", "design.file=points.csv")
    assert code == 2
    assert err[0] == "barnraise: row 4 of 19: venue.ad_load=21 is out of range: 0 to 20 ads per visit"
    assert len(err) == 11
    assert err[-1] == "barnraise: and 6 more"


def test_the_one_wrong_row_in_a_hundred_thousand_is_found() -> None:
    chance = np.random.default_rng(1)
    count = 100_000
    names = ("venue.ad_load", "population.goodwill", "days")
    table = pd.DataFrame({"venue.ad_load": chance.uniform(0, 20, count), "population.goodwill": chance.random(count),
                          "days": chance.integers(40, 400, count)})  # fmt: skip
    table.loc[77_777, "venue.ad_load"] = 20.5
    tree = swept(ADS).base[()]
    design = Design("csv", tuple(Factor(name) for name in names), table, 1, 1)
    with pytest.raises(SettingsError, match=r"^row 77778 of 100000: venue.ad_load=20.5 is out of range"):
        check.check({(): tree}, design)


def test_every_declared_range_is_what_the_check_of_rows_goes_by() -> None:
    for name, row in keys.declarations().items():
        assert check.refusal_of(name, row.low) is None
        assert check.refusal_of(name, row.high) is None
        assert check.refusal_of(name, row.high + 1.0) is not None
        assert check.refusal_of(name, True) is not None


# Afterwards


def test_all_engines_give_the_same_to_the_bit(capsys: pytest.CaptureFixture[str]) -> None:
    tables = []
    for engine in (["engine=serial"], ["engine=loky", "engine.workers=2"]):
        _, out, _ = outcome(capsys, "-m", ADS, *TINY, *engine, f"results={engine[0][7:]}")
        tables.append(runs(out[-1]))
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_shards_make_up_the_whole_and_aggregate_puts_it_together(capsys: pytest.CaptureFixture[str]) -> None:
    for part in ("1/2", "2/2"):
        code, out, _ = outcome(capsys, "-m", ADS, *SERIAL, f"engine.shard={part}")
        assert code == 0
        assert not Path(out[-1], "summary.csv").exists()
    folder = out[-1]
    code, _, _ = outcome(capsys, "aggregate", folder)
    assert code == 0
    assert len(pd.read_parquet(Path(folder, "runs.parquet"))) == 4


def test_resume_runs_what_is_missing_and_verify_finds_it_right(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "-m", ADS, *SERIAL, "engine.shard=1/3")
    assert len(runs(out[-1])) == 2
    code, resumed, _ = outcome(capsys, "resume", out[-1], "engine=serial")
    assert code == 0
    assert resumed[-1] == out[-1]
    _, whole, _ = outcome(capsys, "-m", ADS, *SERIAL, "results=elsewhere")
    pd.testing.assert_frame_equal(runs(out[-1]), runs(whole[-1]), check_exact=True)
    code, verified, _ = outcome(capsys, "verify", out[-1], "sample=3")
    assert code == 0
    assert verified[0].startswith("3 of 4 runs repeated: all the same")


def test_a_sweep_with_runs_that_failed_says_so_and_ends_with_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "from sim.world.mechanisms.hosting import Scheduled\n"
        "class Upset(Scheduled):\n"
        "    def effort(self, dashboard):\n"
        "        return super().effort(dashboard)._replace(hours=1 / (9 - dashboard.day * self.host.replies))\n"
    )
    (tmp_path / "upset_policy.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(POLICIES, "upset_policy:Upset", Scheduled)  # which is taken away again at the end
    sweep = ["-m", "--policy", "upset_policy:Upset", "host.replies=0,1", *SERIAL]
    code_run, out, err = outcome(capsys, *sweep)
    folder = out[-1]
    retry = f"barnraise resume {folder} --failed"
    assert (code_run, err) == (1, [f"barnraise: 2 runs failed; to try again: {retry} --policy upset_policy:Upset"])
    assert outcome(capsys, "resume", folder)[::2] == (1, err)


def test_runs_that_failed_are_tried_again_on_demand_and_successes_take_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "from pathlib import Path\n"
        "from sim.world.mechanisms.hosting import Scheduled\n"
        "class Moody(Scheduled):\n"
        "    def effort(self, dashboard):\n"
        "        if self.host.replies > 0.95 and not Path('mended').exists():\n"
        "            raise ValueError('no luck')\n"
        "        return super().effort(dashboard)\n"
    )
    (tmp_path / "moody_policy.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(POLICIES, "moody_policy:Moody", Scheduled)
    sweep = ["design=lhs", "design.n=8", "design.factors={host.replies: [0.96, 1]}", "--policy", "moody_policy:Moody"]
    code_first, out, err = outcome(capsys, *sweep, *SERIAL)
    assert code_first == 1, err
    folder = out[-1]
    retry = f"barnraise resume {folder} --failed --policy moody_policy:Moody"
    _, _, err = outcome(capsys, "sensitivity", folder, "metric=customers")
    assert err[0].endswith(f"no value; 16 failed, to try again: {retry}")
    parts = sorted(Path(folder, "runs").iterdir())
    assert outcome(capsys, "resume", folder, "engine=serial")[0] == 1
    assert sorted(Path(folder, "runs").iterdir()) == parts
    Path("mended").touch()
    code_again, out, err = outcome(capsys, *retry.split()[1:], "engine=serial")
    assert (code_again, err, out[-1]) == (0, [], folder)
    assert set(parts) < set(Path(folder, "runs").iterdir())
    table = pd.read_parquet(Path(folder, "runs.parquet"))
    assert len(table) == 16
    assert table["error"].isna().all()
    assert pd.read_csv(Path(folder, "failures.csv")).empty
    assert outcome(capsys, "verify", folder, "sample=2")[0] == 0


def test_with_replicates_auto_failed_runs_are_tried_again_once(tmp_path: Path) -> None:
    precision = {"metric": "size", "half_width": 1e30, "cap": 8, "batch": 4}
    design = sweep_tasks.design_of(2, 8)
    design.options["precision"] = precision
    base = sweep_tasks.tiny()
    opened = store.create(tmp_path, base, design)
    run_design(base, design, Serial(sweep_tasks.raising), opened, run_ids=np.array([0, 1, 2, 3, 8, 9, 10, 11]))
    assert opened.failed().tolist() == [3, 10]
    found = session.go_on(opened, Serial(sweep_tasks.quick), None, "", retries=True)
    assert (found.finished, found.failed, len(opened.failed())) == (2, 0, 0)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("where", ["figures", "tables"])
def test_a_full_disk_after_the_last_run_keeps_the_runs_and_names_the_way_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, number: int, where: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        if where == "figures":
            patch.setattr(sweep_folder, "draw", DRAW)
            patch.setattr("sim.show.sweeps.figures.draw", full)
        else:
            patch.setattr("pyarrow.csv.CSVWriter", full)
        code, out, err = outcome(capsys, "-m", ADS, *SERIAL)
    assert code == 1
    (line,) = err
    assert f"cannot be written: {os.strerror(number)}; what was written before is kept" in line
    assert line.endswith(f"to write tables and figures later: barnraise aggregate {out[-1]}")
    assert not list(Path(out[-1]).glob(".*.*"))
    assert outcome(capsys, "aggregate", out[-1])[0] == 0
    assert len(runs(out[-1])) == 4


def test_sensitivity_says_what_the_design_supports(capsys: pytest.CaptureFixture[str]) -> None:
    factors = "design.factors={venue.ad_load: [0, 8], venue.launch: [0.5, 2]}"
    _, out, _ = outcome(capsys, "design=morris", "design.n=4", factors, *SERIAL)
    code, told, _ = outcome(capsys, "sensitivity", out[-1], "metric=size")
    assert code == 0
    assert any("mu*" in line for line in told)
    assert Path(out[-1], "sensitivity.csv").is_file()
    strongest = [f"design.top_of={out[-1]}", "design.top=1", "design.metrics=[size]"]
    (found,) = sweep_request.single(["design=saltelli", *strongest, *TINY]).design.factors
    assert found.name in {"venue.ad_load", "venue.launch"}
    _, out, _ = outcome(capsys, "design=one_at_a_time", factors, *SERIAL)
    code, _, err = outcome(capsys, "sensitivity", out[-1])
    assert code == 2
    assert "design=morris" in err[0]


def test_replicates_are_added_until_they_are_enough(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["replicates=auto", "precision.metric=size", "precision.batch=4", "precision.cap=30"]
    small = ["people=60", "days=40", "venue.launch=2", "engine=serial"]
    _, out, _ = outcome(capsys, "-m", ADS, *small, *asked, "precision.half_width=1000")
    assert runs(out[-1]).groupby("point").size().tolist() == [4, 4]
    _, out, _ = outcome(capsys, "-m", ADS, *small, *asked, "precision.half_width=0.25")
    counts = runs(out[-1]).groupby("point").size()
    assert (counts > 4).all()
    before = runs(out[-1])
    _, again, _ = outcome(capsys, "resume", out[-1], "engine=serial")
    pd.testing.assert_frame_equal(runs(again[-1]), before)


def test_ctrl_c_keeps_what_was_finished_and_says_how_to_go_on(tmp_path: Path) -> None:
    sweep = ["-m", "venue.ad_load=range(0,8)", "people=200", "days=300", "replicates=500", "engine=serial"]
    command = [sys.executable, "-m", "sim", *sweep]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(Path(sim.__file__).parent.parent)},
    )  # fmt: skip
    for _ in range(600):
        if list(tmp_path.glob("results/*/*/runs/part-*")):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    folder = out.splitlines()[-1]
    assert process.returncode == 130
    assert f"barnraise resume {folder}" in err
    assert len(runs(str(tmp_path / folder))) > 0


# Packaging


def test_hydra_finds_the_sweeper_by_itself() -> None:
    names = {f"{found.__module__}.{found.__name__}" for found in Plugins.instance().discover(Sweeper)}
    assert "hydra_plugins.barnraise.BarnraiseSweeper" in names


def test_a_wheel_holds_the_sweeper_where_hydra_looks_and_the_experiments(tmp_path: Path) -> None:
    hatchling = pytest.importorskip("hatchling.builders.wheel")
    builder = hatchling.WheelBuilder(str(Path(sim.__file__).parent.parent))
    (wheel,) = builder.build(directory=str(tmp_path / "dist"), versions=["standard"])
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {"hydra_plugins/barnraise.py", "sim/conf/design/sobol.yaml", "sim/conf/engine/loky.yaml",
            "sim/experiments/02_growth_speed/experiment.yaml"} <= held  # fmt: skip
    assert (
        not {name.split("/")[0] for name in held}
        - {"sim", "hydra_plugins"}
        - {name.split("/")[0] for name in held if ".dist-info" in name}
    )
