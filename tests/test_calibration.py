"""Calibration on toy worlds with a known best vector: it is found, what is open is reported, nothing leaks."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn", reason="the extra `calibrate` is not installed")

from sim.__main__ import main
from sim.lab.calibration import emulator, losses, plausible, results, run, space
from sim.lab.calibration.results import Calibration
from sim.lab.calibration.run import Options
from sim.lab.calibration.space import Space
from sim.lab.calibration.waves import Journal, Proposal
from sim.lab.settings.errors import SettingsError
from sim.lab.validation import row_files

PINNED, OTHER, FREE = "answering.answer", "visit.base", "asking.talk"
DEFAULTS = {name: space.free()[name].default for name in (PINNED, OTHER, FREE)}
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
    asked = Options(rows, budget=60, check=2, workers=1, only=(PINNED, OTHER, FREE))
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
        assert best[name] == pytest.approx(value, rel=0.1)
    assert results.summary(found, 2)["within_bands"] == {"declared": 0, "best": 2}


def test_the_plausible_set_holds_the_truth_and_spans_what_no_row_determines(found: Calibration) -> None:
    table = plausible.told_apart(found.evaluated, found.final).set_index("parameter")
    for name, value in TRUTH.items():
        assert table.loc[name, "plausible_low"] <= 1.05 * value
        assert table.loc[name, "plausible_high"] >= 0.95 * value
        assert table.loc[name, "plausible_high"] / table.loc[name, "plausible_low"] < 1.6
    assert table.loc[FREE, "plausible_high"] / table.loc[FREE, "plausible_low"] > 2.0
    assert list(table.index[table["told_apart"]]) != []
    assert not table.loc[FREE, "told_apart"]
    assert table.loc[[PINNED, OTHER], "told_apart"].all()


def test_the_emulator_is_trusted_where_it_predicts_what_it_has_not_seen(found: Calibration) -> None:
    assert all(skill > 0.9 for skill in found.skills.values())


def test_the_emulator_is_not_trusted_with_noise() -> None:
    put("X3", FREE, ENOUGH)
    path = Path("experiments/validation/x3_toy.py")
    path.write_text(path.read_text().replace("0.01 * math.sin(seed)", "9.0 * math.sin(seed)"))
    made = fit(("X1", "X3"))
    assert made.skills["X1.figure"] > emulator.TRUSTED
    assert made.skills.get("X3.figure", 0.0) < emulator.TRUSTED


def test_an_evaluation_has_seeds_of_its_own_and_none_of_the_last_check(found: Calibration) -> None:
    problem = found.evaluated.problem
    each = [set(problem.wanted(place, {}).numbers) for place in range(60)]
    assert len(set.union(*each)) == 60
    assert not set.union(*each, problem.of_noise.numbers) & set(range(plausible.CHECK, plausible.CHECK + 1000))


def test_luck_is_what_seeds_do_to_each_vector_apart_and_not_to_all_alike() -> None:
    """Fact: a jackknife of the mean of normal draws gives back its standard error."""
    draw, vectors, seeds = np.random.default_rng(0), 400, 4
    apart, alike = draw.normal(0, 0.6, (vectors, seeds)), draw.normal(0, 5.0, (1, seeds))
    quality = draw.normal(0, 3.0, (vectors, 1))
    each = apart + alike + quality
    without = (each.sum(axis=1, keepdims=True) - each) / (seeds - 1)
    assert plausible.luck_of(without) == pytest.approx(0.6 * np.sqrt(2 / seeds), rel=0.08)
    assert plausible.luck_of(alike + quality) == pytest.approx(0.0, abs=1e-9)
    assert plausible.luck_of(without[:1]) == plausible.luck_of(without[:, :1]) == 0.0


def test_the_screen_ranks_what_moves_the_rows_before_what_moves_nothing() -> None:
    asked = Options(("X1", "X2"), workers=1, only=(PINNED, OTHER, FREE))
    table = pd.read_csv(run.screened(asked, lambda what, done, of: None)).set_index("parameter")
    assert table.index[-1] == FREE
    assert table.loc[FREE, "influence"] == 0.0
    assert table.loc[[PINNED, OTHER], "influence"].min() > 0.1


def test_a_row_weighs_by_what_it_can_say_about_causes() -> None:
    put("X3", FREE, ENOUGH)
    path = Path("experiments/validation/x3_toy.py")
    path.write_text(path.read_text().replace('evidence="curve"', 'evidence="experiment"'))
    weights = losses.weights(losses.aims(row_files.entries(["X1", "X3"])))
    assert weights[1] == pytest.approx(2.0 * weights[0])
    path.write_text(path.read_text().replace('stated="nothing"', 'stated="nearly"'))
    weights = losses.weights(losses.aims(row_files.entries(["X1", "X3"])))
    assert weights[1] == pytest.approx(weights[0])


def test_a_sign_is_fitted_too() -> None:
    put("X3", FREE, ENOUGH, target=None, tier=2)
    best = fit(("X3",), budget=24)
    assert best.evaluated.proposals[best.best]


def test_what_was_evaluated_is_not_evaluated_again(found: Calibration) -> None:
    before = calls()
    again = fit()
    assert calls() == before
    assert again.best == found.best
    fit(budget=64)
    assert calls() <= before + 2 * (4 + 2 * plausible.FINALISTS)  # four vectors more, and perhaps other finalists


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
    assert len(stopped.evaluated.proposals) == 60
    assert calls() == 2 * (8 + 60 + 2 * (1 + plausible.FINALISTS))  # two rows: noise, vectors, finalists on two seeds


@pytest.mark.parametrize("damage", [b'[{"answ', b"7\n", b"\xff\n", b'["x", 0, 0]\n'])
def test_a_search_whose_journal_was_damaged_goes_on_and_keeps_a_whole_one(damage: bytes) -> None:
    fit(budget=16)
    (path,) = Path("results/calibration/parts").glob("search-*")
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"\n") + 1] + damage)
    assert len(fit(budget=16).evaluated.proposals) == 16
    assert len(Journal(path).proposals) == len(path.read_bytes().splitlines()[1:]) == 16


def test_a_journal_on_a_full_disk_is_one_line() -> None:
    with pytest.raises(SettingsError, match="/dev/full cannot be written to: No space left on device"):
        Journal(Path("/dev/full")).write([Proposal({}, 0, 0.0)])


def test_a_loss_is_one_at_the_edge_of_a_band_and_grows_slowly_far_away() -> None:
    (aim,) = losses.aims(row_files.entries(["X1"]))
    for mean, expected in ((0.0, 0.0), (0.1, 1.0), (-0.1, 1.0), (0.2, 4.0), (0.4, 10.0), (7.0, 12.0)):
        assert losses.loss(aim, mean, 0.0) == pytest.approx(expected)
    assert losses.loss(aim, float("nan"), 0.0) == losses.WORST
    put("X3", FREE, ENOUGH, target=None, tier=2)
    (sign,) = losses.aims(row_files.entries(["X3"]))
    assert losses.loss(sign, 1.2816, 1.0) == pytest.approx(0.9, abs=1e-3)  # right in nine of ten seeds
    assert losses.loss(sign, 0.1, 0.0) == 0.0


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
        ("only=population.tempo", "is no free parameter"),
        ("only=census.bond", "is no free parameter"),
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
