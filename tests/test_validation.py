"""Published findings as virtual experiments: what may be set, what passes, what earns credit, what is run again."""

import ast
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.__main__ import main
from sim.lab.calibration import run
from sim.lab.settings import folders, keys, profiles
from sim.lab.settings.errors import SettingsError, WorkError
from sim.lab.trials.registry import OUTCOMES
from sim.lab.validation import (
    Bench,
    Row,
    Target,
    counts,
    drawing,
    evaluate,
    nulls,
    pooled,
    row_files,
    scoreboard,
    scoring,
    total,
)
from sim.lab.validation.row import PROFILES
from sim.lab.validation.row_files import Entry, Sample
from sim.show.validation import scoreboard as picture

BAND = Target("effect", 0.2, low=0.1, high=0.3)
ROW_FILE = """
from pathlib import Path
from sim.lab.validation import Bench, Row, Target

ROW = Row(id="{id}", title="A test", source="nobody", read="made up", evidence="curve", tier=1, profile="social",
          targets=(Target("effect", 0.2, low=0.1, high=0.3),), ablate={{"bonding.replied": 0.0}},
          stated="nothing", pooling="seeds")

def measure(bench, seed):
    with Path("calls.txt").open("a") as calls:
        calls.write(f"{{seed}}\\n")
    return {{"effect": 0.2 if bench.parameters.get("bonding.replied") != 0.0 else {without}}}
"""


def row(tier: int = 1, target: Target = BAND, ablated: bool = True, missing: str = "", pooling: str = "seeds") -> Row:
    return Row("X1", "a finding", "somebody", "abstract", "experiment", tier, "social", (target,),
               {"bonding.replied": 0.0} if ablated else {}, stated="nothing", pooling=pooling,
               missing=missing)  # fmt: skip


def scored(with_it: list[float], without: list[float], **choices: object) -> scoring.Scored:
    entry = Entry(row(**choices), Path("x1_test.py"), None, None)  # type: ignore[arg-type]
    return scoring.score(entry, *([{"effect": value} for value in part] for part in (with_it, without)))


def calls() -> int:
    path = Path("calls.txt")
    return len(path.read_text().splitlines()) if path.is_file() else 0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a row of its own, X1."""
    monkeypatch.chdir(tmp_path)
    rows = tmp_path / "experiments" / "validation"
    rows.mkdir(parents=True)
    (rows / "x1_test.py").write_text(ROW_FILE.format(id="X1", without=0.0))
    return rows


def test_a_row_that_needs_its_mechanism_to_pass_earns_credit() -> None:
    found = scored([0.19, 0.21, 0.2], [0.01, 0.0, 0.02])
    assert (found.passed, found.ablated_passed, found.credit, found.verdict) == (True, False, True, "credit")


def test_a_row_that_passes_without_its_mechanism_earns_none() -> None:
    assert scored([0.19, 0.21, 0.2], [0.15, 0.16, 0.17]).verdict == "no credit"


def test_a_figure_that_is_not_defined_without_the_mechanism_earns_no_credit() -> None:
    nan, sign = float("nan"), Target("effect", None)
    found = scored([0.19, 0.21, 0.2], [nan, nan, nan])
    assert (found.passed, found.ablated_passed, found.verdict) == (True, None, "no credit")
    half = scored([1.0] * 10, [1.0] * 6 + [nan] * 4, tier=2, target=sign)  # right in six of ten, and never wrong
    assert (half.ablated_passed, half.verdict) == (None, "no credit")
    assert scored([1.0] * 10, [1.0] * 4 + [-1.0] * 2 + [nan] * 4, tier=2, target=sign).verdict == "credit"
    assert "not defined without their mechanism, and earn nothing by them: X1" in scoreboard.summary(
        scoreboard.Board([found, scored([0.2], [0.0])._replace(row=replace(row(), id="X2"))], "a vector", 3)
    )


def test_a_statistic_of_all_seeds_that_is_not_defined_without_the_mechanism_earns_no_credit() -> None:
    def ratio(samples: Sequence[Sample]) -> dict[str, tuple[float, float]]:
        return {"effect": (samples[0]["effect"], samples[0]["error"])}

    for target, tier in ((BAND, 1), (Target("effect", None), 2)):
        entry = Entry(row(tier, target, pooling="together"), Path("x1_test.py"), None, ratio)
        for without, verdict in ((float("nan"), "no credit"), (-0.4, "credit")):
            samples = [[{"effect": value, "error": 0.01}] for value in (0.2, without)]
            assert scoring.score(entry, *samples).verdict == verdict


def test_a_row_without_an_ablation_earns_none() -> None:
    assert scored([0.19, 0.21, 0.2], [], ablated=False).verdict == "no credit"


@pytest.mark.parametrize(("mean", "passed"), [(0.1, True), (0.3, True), (0.0999, False), (0.3001, False)])
def test_a_band_holds_its_ends_and_nothing_beyond(mean: float, passed: bool) -> None:
    assert scored([mean] * 3, []).passed is passed


@pytest.mark.parametrize(("right", "passed"), [(9, True), (8, False)])
def test_a_sign_has_to_be_right_in_nine_of_ten_seeds(right: int, passed: bool) -> None:
    sign = Target("effect", None)
    assert scored([5.0] * right + [-0.1] * (10 - right), [], tier=2, target=sign).passed is passed
    assert scored([5.0] * right + [0.0] * (10 - right), [], tier=2, target=sign).passed is passed


def test_an_infinite_ratio_is_above_any_bound() -> None:
    assert scored([np.inf, 3.0], [], tier=2, target=Target("effect", None, low=2.0)).passed


def test_an_effect_beyond_chance_on_the_other_side_has_the_wrong_sign() -> None:
    assert scored([-0.2, -0.21, -0.19], []).verdict == "wrong sign"
    assert scored([-0.2, 0.19, 0.0], []).verdict == "miss"  # that may be chance
    ratio = Target("effect", 1.3, low=1.1, high=1.9, null=1.0)
    assert scored([0.8, 0.81, 0.79], [], target=ratio).wrong_sign
    assert not scored([1.05, 1.04, 1.05], [], target=ratio).wrong_sign


def test_the_distance_allows_for_both_errors_and_for_transport() -> None:
    (judged,) = scored([0.4, 0.4], []).judged
    assert judged.z == pytest.approx(0.2 / np.hypot(0.2 / (2 * 1.96), 0.2 / 3))
    published = Target("effect", 0.2, low=0.1, high=0.3, se=0.0)
    (judged,) = scored([0.4, 0.4], [], target=published).judged
    assert judged.z == pytest.approx(3.0)


def test_seeds_without_a_figure_are_left_out_and_half_of_them_are_too_many() -> None:
    nan = float("nan")
    assert scored([0.2, 0.2, nan], []).passed
    assert not scored([0.2, nan, nan], []).passed


def test_a_row_that_cannot_be_expressed_is_listed_and_never_passes() -> None:
    found = scored([], [], missing="no second venue")
    assert (found.verdict, found.passed) == ("not expressible", False)
    made = scoreboard.Board([found], scoreboard.DEFAULTS, 30)
    assert "no second venue" in scoreboard.text(made)
    assert list(scoreboard.targets(made)["row"]) == ["X1"]


def test_a_row_without_a_source_or_with_a_figure_outside_its_band_is_refused() -> None:
    with pytest.raises(ValueError, match="source"):
        replace(row(), source="")
    with pytest.raises(ValueError, match="outside its band"):
        Target("effect", 0.4, low=0.1, high=0.3)


def test_a_row_says_how_far_a_rule_states_it_and_how_its_seeds_are_pooled() -> None:
    with pytest.raises(ValueError, match="stated='a bit' is none of nothing, in part, nearly"):
        replace(row(), stated="a bit")
    with pytest.raises(ValueError, match="pooling='both' is neither seeds nor together"):
        row(pooling="both")


@pytest.mark.parametrize(
    ("pooling", "more", "line"),
    [("together", "", "pooling='together', but it has no function combine"),
     ("seeds", "combine = dict", "pooling='seeds', but it has a function combine")],
)  # fmt: skip
def test_a_row_pools_its_seeds_as_it_says_or_is_refused(folder: Path, pooling: str, more: str, line: str) -> None:
    text = ROW_FILE.format(id="X1", without=0.0).replace('pooling="seeds"', f'pooling="{pooling}"')
    (folder / "x1_test.py").write_text(text + more)
    with pytest.raises(WorkError, match=line):
        row_files.entries(["X1"])


def test_profiles_set_the_environment_and_nothing_of_behaviour() -> None:
    assert set(folders.files("profile")) == set(PROFILES)
    for name in PROFILES:
        groups = {key.partition(".")[0] for key, _ in keys.flat(profiles.read(name))}
        assert groups <= {"people", "days", *keys.LEVERS}


def test_all_profiles_share_one_vector_of_behaviour() -> None:
    bench = Bench({"bonding.replied": 0.09})
    numbers = [bench.settings(name).parameters for name in PROFILES]
    assert all(one == numbers[0] for one in numbers)
    assert numbers[0]["bonding"].replied == 0.09


@pytest.mark.parametrize(
    ("parameters", "levers", "line"),
    [
        ({}, {"params.bonding.replied": 0.1}, "params.bonding.replied is behaviour"),
        ({}, {"venue.adload": 1.0}, "did you mean venue.ad_load"),
        ({"bonding.replyed": 0.1}, {}, "did you mean params.bonding.replied"),
        ({"bonding.replied": 7.0}, {}, "params.bonding.replied=7"),
    ],
)
def test_a_bench_refuses_wrong_names_and_values(
    parameters: dict[str, float], levers: dict[str, float], line: str
) -> None:
    with pytest.raises(SettingsError, match=line):
        Bench(parameters).settings("social", levers=levers)


def test_rows_of_a_process_share_a_finished_world_and_must_not_step_it() -> None:
    bench = Bench()
    world = bench.baseline("social", 5, days=3)
    assert bench.baseline("social", 5, days=3) is world
    assert bench.changed({"bonding.replied": 0.0}).baseline("social", 5, days=3) is not world
    world.step()
    with pytest.raises(RuntimeError, match="fork it first"):
        bench.baseline("social", 5, days=3)


def test_every_row_says_what_was_read_and_names_parameters_that_exist() -> None:
    for entry in row_files.entries():
        assert entry.row.source, entry.path
        assert entry.row.read, entry.path
        if not entry.row.missing:
            Bench(entry.row.ablate).settings(entry.row.profile)  # refuses unknown names


def test_the_rows_are_those_of_the_evidence() -> None:
    first, all_of_them = drawing.FIRST.split(), [*drawing.FIRST.split(), *drawing.SECOND.split()]
    assert (len(first), len(all_of_them)) == (49, 61)
    later = {*drawing.THIRD.split(), *drawing.FOURTH.split(), "W4"}  # W4 came after the lists, so it counts as fitted
    assert row_files.files().keys() == {*all_of_them, *later}


def test_only_what_is_missing_is_measured(folder: Path) -> None:
    assert main(["validate", "X1", "seeds=2", "workers=1"]) == 0
    assert calls() == 4  # with the mechanism, and without it
    assert main(["validate", "X1", "seeds=3", "workers=1"]) == 0
    assert calls() == 6
    (folder / "x1_test.py").write_text(ROW_FILE.format(id="X1", without=0.2))
    assert main(["validate", "X1", "seeds=3", "workers=1"]) == 0
    assert calls() == 12  # the row is another one now


def test_a_row_that_registers_an_outcome_of_its_own_can_be_loaded_again(folder: Path) -> None:
    own = """
from sim.lab.trials.registry import outcome

@outcome("waves")
def waves(history, window):
    return history.count((), window)
"""
    (folder / "x1_test.py").write_text(ROW_FILE.format(id="X1", without=0.0) + own)
    (folder / "x2_test.py").write_text(ROW_FILE.format(id="X2", without=0.0) + own)
    first = row_files.load(folder / "x1_test.py").row
    for path in (folder / "x1_test.py", Path("experiments/validation/x1_test.py")):  # however its path is written
        assert row_files.load(path).row == first
    with pytest.raises(WorkError, match=r"x2_test.py: .*the outcome waves is already registered by .*x1_test.py"):
        row_files.load(folder / "x2_test.py")
    del OUTCOMES.entries["waves"], OUTCOMES.files["waves"]


def test_whatever_of_the_package_a_row_uses_is_in_the_fingerprint_of_its_measurements() -> None:
    package = Path(sim.__file__).parent
    covered = {path for pattern in evaluate.SOURCES for path in package.glob(pattern)}
    for path in row_files.files().values():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("sim."):
                names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
                files = [package.parent / f"{name.replace('.', '/')}.py" for name in names]
                assert {file for file in files if file.is_file()} <= covered, path.name


def test_another_vector_is_measured_anew(folder: Path) -> None:
    entries = row_files.entries(["X1"])
    parts = Path("parts")
    for vector, expected in (({}, 2), ({"bonding.gain": 0.3}, 4), ({}, 4)):
        evaluate.measure(entries, vector, 1, 1, parts, lambda done, missing: None)
        assert calls() == expected


def test_a_stopped_scoreboard_keeps_what_was_measured(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopping(unit: evaluate.Unit) -> list[evaluate.Measurement]:
        if unit.number == 1:
            raise KeyboardInterrupt
        return kept(unit)

    kept = evaluate.measure_unit
    monkeypatch.setattr(evaluate, "measure_unit", stopping)
    assert main(["validate", "X1", "seeds=2", "workers=1"]) == 130
    assert calls() == 1
    monkeypatch.setattr(evaluate, "measure_unit", kept)
    assert main(["validate", "X1", "seeds=2", "workers=1"]) == 0
    assert calls() == 4
    assert "1 of 1 pass with credit" in capsys.readouterr().out


def test_a_row_that_raises_is_reported_and_does_not_stop_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "x2_test.py").write_text(ROW_FILE.format(id="X2", without="1 / 0"))
    assert main(["validate", "x1", "x2", "seeds=1", "workers=1"]) == 0
    out = capsys.readouterr().out
    assert "ZeroDivisionError" in out
    assert "1 of 2 pass with credit (1 credit, 1 failed)" in out


def test_an_unknown_row_is_one_line_and_exit_code_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "X9"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("barnraise: unknown row X9 (the rows are ")


def test_an_unwritable_folder_is_one_line_and_exit_code_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("occupied").touch()
    assert main(["validate", "X1", "results=occupied"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("barnraise: occupied/validation/parts cannot be made: ")


def test_a_full_disk_is_one_line_and_keeps_what_was_measured(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "x2_test.py").write_text(ROW_FILE.format(id="X2", without=0.0))
    parts = Path("results") / scoreboard.FOLDER / scoreboard.PARTS
    files = evaluate.Measurements(parts, row_files.entries(["X1", "X2"]), {}).files
    files["X2"].symlink_to("/dev/full")
    assert main(["validate", "X1", "X2", "seeds=1", "workers=1", "vector=declared"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"barnraise: {files['X2']} cannot be written to: No space left on device"
    assert len(files["X1"].read_text().split("\n")[1:]) == 1


@pytest.mark.parametrize(
    "damage", [b"\xff\xfe", b"7", b"[1, 2]", b'["full", "one", {}, 0]', b'["full", 0, [], 0]', b"[" * 100_000,
               b'["full", 0, {"effect": "much"}, 0]', b'{"full": 0}', b'["full", 0, {"eff'],
)  # fmt: skip
def test_a_damaged_measurement_is_made_again(folder: Path, damage: bytes) -> None:
    entries = row_files.entries(["X1"])
    for _ in range(2):
        found = evaluate.measure(entries, {}, 1, 1, Path("parts"), lambda done, missing: None)
        assert [one.sample for one in found.of("X1", "full", 1)] == [{"effect": 0.2}]
        found.files["X1"].write_bytes(damage)
    evaluate.measure(entries, {}, 1, 1, Path("parts"), lambda done, missing: None)
    assert calls() == 6  # after damage without an end of line, too, what is written next can be read
    evaluate.measure(entries, {}, 1, 1, Path("parts"), lambda done, missing: None)
    assert calls() == 6


@pytest.mark.parametrize("text", ["seeds=0", "workers=many", "nulls=perhaps", "vector=none.yaml", "seed=3"])
def test_an_option_that_is_wrong_is_one_line_and_exit_code_2(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert main(["validate", "X1", text]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert text.partition("=")[0] in line


def test_a_vector_from_a_file_is_named_on_the_scoreboard(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("bonding:\n  gain: 0.4\nparams.bonding.life: 90\n")
    assert scoreboard.vector_of("mine.yaml") == ("mine.yaml", {"bonding.gain": 0.4, "bonding.life": 90.0})
    assert main(["validate", "X1", "seeds=1", "workers=1", "vector=mine.yaml"]) == 0
    assert "vector: mine.yaml; 1 seeds" in capsys.readouterr().out


def test_a_file_whose_row_has_another_id_is_refused(folder: Path) -> None:
    (folder / "x1_test.py").write_text(ROW_FILE.format(id="X2", without=0.0))
    with pytest.raises(WorkError, match="id is that of the file"):
        row_files.entries(["X1"])


def test_a_profile_chooses_the_rows_that_are_made_in_it() -> None:
    social = [entry.row.id for entry in row_files.entries() if entry.row.profile == "social"]
    assert [entry.row.id for entry in row_files.entries(profile="social")] == social != []
    assert [entry.row.id for entry in row_files.entries([social[1], social[0]], "social")] == social[:2]
    fitted = [entry.row.id for entry in run.problem_of(run.Options(profile="social")).entries]
    assert fitted == [row for row in social if row not in drawing.shut_away()]
    for rows, profile, line in (((), "socal", "unknown profile 'socal'; did you mean social?"),
                                ((social[0],), "firm", "profile=firm: none of these rows is made in it")):  # fmt: skip
        with pytest.raises(SettingsError, match=re.escape(line)):
            row_files.entries(rows, profile)


def test_two_workers_give_what_one_gives(folder: Path) -> None:
    entries = row_files.entries(["X1"])
    found: list[list[Sample]] = []
    for workers in (1, 2):
        measurements = evaluate.measure(entries, {}, 2, workers, Path(f"parts{workers}"), lambda done, missing: None)
        found.append([taken.sample for taken in measurements.of("X1", "full", 2)])
    assert found[0] == found[1] != []


def test_a_pooled_statistic_of_a_mean_has_the_error_of_a_mean() -> None:
    values = [0.1, 0.4, 0.2, 0.5]
    samples = [counts("sum", np.array([value, 1.0])) for value in values]

    def mean(chosen: Sequence[Sample]) -> float:
        found = total(chosen, "sum")
        return float(found[0] / found[1])

    value, error = pooled(samples, mean)
    assert value == pytest.approx(np.mean(values))
    assert error == pytest.approx(np.std(values, ddof=1) / 2.0)


def test_the_picture_tells_verdicts_apart_without_colour_and_says_them_in_words(tmp_path: Path) -> None:
    found = [
        scored([0.2, 0.21], [0.0, 0.01]), scored([0.2, 0.21], [0.2, 0.2]), scored([0.6, 0.61], [0.0, 0.0]),
        scored([-0.2, -0.21], []), scored([], [], missing="no second venue"),
        scored([1.0, 1.0], [0.0, 1.0], tier=2, target=Target("effect", None)),
    ]  # fmt: skip
    named = [one._replace(row=replace(one.row, id=f"X{k}")) for k, one in enumerate(found)]
    scoreboard.write(scoreboard.Board(named, scoreboard.DEFAULTS, 2), nulls.table([], {}), tmp_path)
    drawn = picture.drawing(pd.read_csv(tmp_path / "scoreboard.csv"))
    assert drawn.finding == ("2 of 6 published findings are reproduced, and no longer once their mechanism is removed")
    assert "credit: X0, X5. no credit: X1. miss: X2. wrong sign: X3. not expressible: X4." in drawn.alt
    marks = (picture.CREDIT, picture.MET, picture.MISSED, picture.WRONG, picture.ABLATED)
    assert len({(mark.marker, mark.filled) for mark in marks}) == len(marks)
    assert all(path.stat().st_size > 0 for path in picture.draw(tmp_path))


def test_a_simpler_model_is_held_against_the_same_bands() -> None:
    entry = Entry(row(), Path("x1_test.py"), None, None, lambda: {"at random": {"effect": 0.25}})
    found = nulls.table([entry], {"X1": [{"effect": 0.5}, {"effect": 0.52}]})
    assert found[["model", "pass"]].values.tolist() == [["at random", True], [nulls.EXPECTED_BENEFIT, False]]
    assert nulls.words(found)[0] == "null model 'at random' meets 1 of 1 rows (X1)"


def test_the_rules_of_the_closest_published_model_can_be_set() -> None:
    assert Bench(nulls.PUBLISHED).settings("social").parameters["recognition"].pull == 0.0


def test_spans_of_random_churn_survive_as_its_formula_says() -> None:
    days = np.array([1.0, 10.0, 60.0])
    spans = nulls.churn_spans(0.8, 0.02)
    np.testing.assert_allclose([(spans > day).mean() for day in days], nulls.churn_survival(0.8, 0.02, days), atol=1e-3)


def test_half_of_those_who_ever_adopt_in_a_bass_process_do_so_by_the_known_time() -> None:
    p, q = nulls.BASS_P, nulls.BASS_Q
    years = np.array([0.0, np.log(2.0 + q / p) / (p + q), 100.0])
    np.testing.assert_allclose(nulls.bass(p, q, years), [0.0, 0.5, 1.0], atol=1e-9)
