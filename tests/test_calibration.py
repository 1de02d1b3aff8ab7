"""Calibration on toy worlds with a known best vector: it is found, what is open is reported, nothing leaks."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra `calibrate` is not installed")

from sim.__main__ import main
from sim.lab.calibration import folds, losses, plausible, results, run, space
from sim.lab.calibration.results import Calibration
from sim.lab.calibration.run import Options
from sim.lab.calibration.search import Journal, Proposal
from sim.lab.calibration.space import Space
from sim.lab.settings.errors import SettingsError
from sim.lab.validation import row_files
from sim.lab.validation.row import Row, Target
from sim.lab.validation.scoring import NOTHING, Simulated

PINNED, OTHER, FREE = "answering.answer", "visit.base", "asking.talk"
DEFAULTS = {name: space.fitted()[name].default for name in (PINNED, OTHER, FREE)}
TRUTH = {PINNED: 0.6 * DEFAULTS[PINNED], OTHER: 1.8 * DEFAULTS[OTHER]}
ENOUGH = 1.5 * DEFAULTS[FREE]
ROW_FILE = """
import math
from pathlib import Path
from sim.lab.validation import Row, Target

ROW = Row(id="{id}", title="A toy", source="nobody", read="made up", evidence="curve", tier={tier}, profile="social",
          targets=(Target("figure", {target}, low={low}, high={high}),), stated="nothing", pooling="seeds")

def measure(bench, seed):
    with Path("calls.txt").open("a") as calls:
        calls.write("{id}\\n")
    return {{"figure": math.log(bench.parameters["{parameter}"] / {truth}) + 0.01 * math.sin(seed)}}
"""


def put(name: str, parameter: str, truth: float, target: float | None = 0.0, tier: int = 1) -> None:
    """Write a row that is met where a parameter has a certain value (of tier 2: where it has at least that)."""
    low, high = ("0.0", "math.inf") if target is None else (target - 0.1, target + 0.1)
    text = ROW_FILE.format(id=name, tier=tier, target=target, low=low, high=high, parameter=parameter, truth=truth)
    Path("experiments/validation").mkdir(parents=True, exist_ok=True)
    Path(f"experiments/validation/{name.lower()}_toy.py").write_text(text)


def calls() -> int:
    return len(Path("calls.txt").read_text().splitlines())


def fit(rows: tuple[str, ...] = ("X1", "X2"), **choices: object) -> Calibration:
    asked = Options(rows, budget=40, seeds=1, check=2, folds=0, workers=1, only=(PINNED, OTHER, FREE))
    return run.calibrate(asked._replace(**choices), lambda what, done, of: None)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with two rows, each of which determines one parameter. No row determines the third."""
    monkeypatch.chdir(tmp_path)
    put("X1", PINNED, TRUTH[PINNED])
    put("X2", OTHER, TRUTH[OTHER])
    return tmp_path


@pytest.fixture
def found(folder: Path) -> Calibration:
    return fit()


def test_it_finds_the_vector_that_meets_every_row(found: Calibration) -> None:
    best = found.evaluated.proposals[found.best].vector
    for name, value in TRUTH.items():
        assert best[name] == pytest.approx(value, rel=0.05)
    assert all(one.passed[results.FITTED] for one in found.checked)
    assert not any(one.passed[results.DECLARED] for one in found.checked)


def test_the_plausible_set_holds_the_truth_and_spans_what_no_row_determines(found: Calibration) -> None:
    table = results.parameters(found).set_index("parameter")
    for name, value in TRUTH.items():
        assert table.loc[name, "plausible_low"] <= 1.05 * value
        assert table.loc[name, "plausible_high"] >= 0.95 * value
        assert table.loc[name, "plausible_high"] / table.loc[name, "plausible_low"] < 1.5
    assert table.loc[FREE, "plausible_high"] / table.loc[FREE, "plausible_low"] > 2.0


def test_a_parameter_that_the_rows_determine_is_pinned_down_and_others_are_not(found: Calibration) -> None:
    widths = {profile.name: profile.width for profile in found.profiles}
    assert widths[PINNED] <= plausible.PINNED
    assert widths[OTHER] <= plausible.PINNED
    assert widths[FREE] == 1.0


def test_the_emulator_predicts_what_it_has_not_seen(found: Calibration) -> None:
    assert all(skill > 0.9 for skill in found.skills.values())
    number, _, error = results.prediction_quality(found)
    assert number > 20
    assert error < 0.5


def test_a_sign_is_fitted_too() -> None:
    put("X3", FREE, ENOUGH, target=None, tier=2)
    best = fit(("X3",), budget=16)
    assert best.evaluated.proposals[best.best]


def test_what_was_evaluated_is_not_evaluated_again(found: Calibration) -> None:
    before = calls()
    again = fit()
    assert calls() == before
    assert again.best == found.best
    fit(budget=44)
    assert calls() <= before + 2 * (4 + 2)  # four vectors more, and perhaps another best one on the other seeds


def test_a_search_that_was_stopped_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.lab.validation import evaluate

    def stopping(unit: evaluate.Unit) -> list[evaluate.Measurement]:
        if calls() >= 20:
            raise KeyboardInterrupt
        return kept(unit)

    kept = evaluate.measure_unit
    Path("calls.txt").touch()
    monkeypatch.setattr(evaluate, "measure_unit", stopping)
    with pytest.raises(KeyboardInterrupt):
        fit()
    assert calls() == 20
    monkeypatch.setattr(evaluate, "measure_unit", kept)
    stopped = fit()
    assert len(stopped.evaluated.proposals) == 40
    vectors = {tuple(one.vector.values()) for one in stopped.evaluated.proposals}
    assert calls() == 2 * (len(vectors) + 2 + 2)  # two rows: every vector once, then defaults and best on two seeds


@pytest.mark.parametrize("damage", [b'[{"answ', b"7\n", b"\xff\n", b'["x", 0, 0, 0]\n'])
def test_a_search_whose_journal_was_damaged_goes_on_and_keeps_a_whole_one(damage: bytes) -> None:
    fit(budget=16)
    (path,) = Path("results/calibration/parts").glob("search-*")
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"\n") + 1] + damage)
    assert len(fit(budget=16).evaluated.proposals) == 16
    assert len(Journal(path).proposals) == len(path.read_bytes().splitlines()[1:]) == 16


def test_a_journal_on_a_full_disk_is_one_line() -> None:
    with pytest.raises(SettingsError, match="/dev/full cannot be written to: No space left on device"):
        Journal(Path("/dev/full")).write([Proposal({}, 0, 0, 0.0)])


def test_a_row_that_is_held_out_does_not_reach_what_its_fold_chooses() -> None:
    def choice(target: float) -> tuple[dict[int, dict[str, float]], dict[str, int]]:
        put("X2", OTHER, TRUTH[OTHER], target=target)
        made = fit(folds=2, budget=24)
        chosen = {fold: made.evaluated.proposals[one].vector for fold, one in made.by_fold.items()}
        for path in Path("results/calibration/parts").glob("search-*"):
            path.unlink()  # search again from the start
        return chosen, dict(made.evaluated.problem.folds)

    before, fold_of = choice(0.0)
    after, _ = choice(-0.5)
    held_out, other = fold_of["X2"], fold_of["X1"]
    assert after[held_out] == before[held_out]
    assert after[other] != before[other]  # where the row is known, it counts


def test_a_fold_chooses_from_the_start_and_its_own_proposals_and_is_judged_by_its_own_rows() -> None:
    put("X3", FREE, ENOUGH)
    made = fit(("X1", "X2", "X3"), folds=3, budget=30)
    for fold, one in made.by_fold.items():
        assert made.evaluated.proposals[one].owner in (-1, fold)
    judged = {one.row: one.passed[results.HELD_OUT] for one in made.checked}
    assert set(judged) == {"X1", "X2", "X3"}
    assert not all(judged.values())  # no other row tells its parameter: what passes held out passes by chance
    assert all(one.passed[results.FITTED] for one in made.checked)


def test_folds_spread_groups_and_tiers_and_stay_as_they_were_settled() -> None:
    def row(name: str, tier: int) -> Row:
        return Row(
            name, "x", "x", "x", "curve", tier, "social", (Target("y", None),), stated="nothing", pooling="seeds"
        )

    rows = [row(f"{letter}{number}", 1 + number % 2) for letter in "ANP" for number in range(10)]
    table = folds.split(rows, 5)
    assert [list(table.values()).count(fold) for fold in range(1, 6)] == [6] * 5
    for fold in range(1, 6):
        inside = [one for one in rows if table[one.id] == fold]
        assert {one.group for one in inside} == {"A", "N", "P"}
        assert sum(one.tier == 1 for one in inside) == 3
    later = folds.split([row("A99", 1), *rows], 5, table)
    assert {name: later[name] for name in table} == table


def test_a_loss_is_one_at_the_edge_of_a_band_and_never_more_than_nine() -> None:
    (aim,) = losses.aims(row_files.entries(["X1"]))
    for mean, expected in ((0.0, 0.0), (0.1, 1.0), (-0.1, 1.0), (0.2, 4.0), (7.0, 9.0)):
        assert losses.loss(aim, Simulated(mean, mean, mean, 0.0, 0.0)) == pytest.approx(expected)
    assert losses.loss(aim, NOTHING) == losses.WORST
    put("X3", FREE, ENOUGH, target=None, tier=2)
    (sign,) = losses.aims(row_files.entries(["X3"]))
    assert losses.loss(sign, Simulated(1.0, 1.0, 1.0, 0.0, 0.9)) == pytest.approx(0.9)


def test_a_prior_lies_within_the_declared_range_and_around_the_default() -> None:
    near, wide = space.space(), space.space(prior="wide")
    assert near.names == wide.names == list(space.fitted())
    for narrow, whole in zip(near.axes, wide.axes, strict=True):
        assert whole.low <= narrow.low <= narrow.default <= narrow.high <= whole.high
        assert narrow.value(narrow.place(narrow.default)) == pytest.approx(narrow.default)
    assert isinstance(near, Space)
    point = np.full(len(near.axes), 0.3)
    assert np.allclose(near.point(near.vector(point)), point, atol=1e-4)


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("budget=0", "budget=0 is out of range"),
        ("speed=2", "calibrate does not know speed"),
        ("only=bonding.first_replies", "did you mean bonding.first_reply?"),
        ("only=population.tempo", "is not graded calibrated"),
        ("prior=flat", "prior=flat is none of near, wide"),
        ("start=nowhere.csv", "start=nowhere.csv: there is no such file"),
        ("minutes=-1", "minutes=-1 is out of range"),
    ],
)
def test_a_wrong_option_is_one_line(argument: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "X1", argument]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line


def test_without_the_extra_one_line_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "NEEDED", ("a_package_that_is_not_there",))
    assert main(["calibrate", "X1"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "barnraise[calibrate]" in line
