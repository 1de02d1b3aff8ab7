"""Which rows are shut away, which are frozen, and how the scoreboard and the calibration keep to that."""

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from sim.__main__ import main
from sim.lab.calibration import run
from sim.lab.settings.errors import SettingsError
from sim.lab.validation import Row, Target, drawing, frozen, row_files, scoreboard
from sim.lab.validation.scoring import Judged, Scored, Simulated

ROOT = Path(__file__).parents[1]
TWENTY = "A1 A7 G1 G5 H2 H4 H5 H10 N11 P1 R3 R6 R9 S6 V3 V5 D1 W1 W14 Z1"
BAND = Target("effect", 0.2, low=0.1, high=0.3)
ROW = Row("L1", "a finding", "somebody", "abstract", "curve", 1, "social", (BAND,), {"bonding.replied": 0.0},
          stated="nothing", pooling="seeds")  # fmt: skip
ROW_FILE = """
\"\"\"{id}: a made-up finding.

Source: nobody; nothing was read. Experiment here: no world at all.
\"\"\"
from pathlib import Path
from sim.lab.validation import Row, Target

ROW = Row(id="{id}", title="A test", source="nobody", read="made up", evidence="curve", tier=1, profile="social",
          targets=(Target("effect", 0.2, low=0.1, high=0.3, unit="share"),), ablate={{"bonding.replied": 0.0}},
          stated="in part", pooling="seeds")

def measure(bench, seed):
    with Path("calls.txt").open("a") as calls:
        calls.write("{id} ")
    return {{"effect": 0.2 if bench.parameters.get("bonding.replied") != 0.0 else 0.03}}
"""


def freeze(name: str = "freeze") -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with five rows: L1, L2 and W3 are fitted, and D1 and Z1 are shut away."""
    monkeypatch.chdir(tmp_path)
    rows = tmp_path / "experiments" / "validation"
    rows.mkdir(parents=True)
    for name in ("L1", "L2", "W3", "D1", "Z1"):
        (rows / f"{name.lower()}_test.py").write_text(ROW_FILE.format(id=name))
    (rows / frozen.NAME).write_text(",".join(frozen.Line._fields) + "\n")
    known = {name: path for name, path in row_files.files().items() if path.parent == rows}
    monkeypatch.setattr(row_files, "files", lambda: known)
    return rows


def measured() -> set[str]:
    path = Path("calls.txt")
    return set(path.read_text().split()) if path.is_file() else set()


def test_the_rows_that_are_shut_away_are_those_that_the_word_gives() -> None:
    assert drawing.WORD == "crossbeam"
    assert drawing.shut_away() == {*TWENTY.split(), "F4", "K3", "O1", "T3", "C6", "E1", "Q2", "T5"}


def test_every_row_is_frozen_as_it_is() -> None:
    lines = frozen.read()
    files = row_files.files()
    assert {row: (path.name, frozen.digest(path)) for row, path in files.items()} == {
        row: (of_row[-1].file, of_row[-1].sha256) for row, of_row in lines.items()
    }, "a row is new or has changed: see docs/freeze.py"


def test_every_change_after_the_first_line_has_a_reason() -> None:
    assert all(line.why for lines in frozen.read().values() for line in lines[1:])


def test_a_row_is_frozen_once_and_a_change_has_to_say_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frozen_rows = freeze().main
    assert frozen_rows(["L1", "d1"]) == frozen_rows([]) == frozen_rows(["L1"]) == 0
    assert [len(lines) for lines in frozen.read().values()] == [1] * 5
    (folder / "l1_test.py").write_text(ROW_FILE.format(id="L1") + "# wider\n")
    assert frozen.changes("L1", folder / "l1_test.py") == "not the file that was frozen"
    assert frozen_rows(["L1"]) == 2
    assert "L1 has changed since" in capsys.readouterr().err
    assert frozen_rows(["L1", "--why", "a slip", "--changed", "the band"]) == 0
    assert [line.changed for line in frozen.read()["L1"]] == ["", "the band"]
    assert frozen.changes("L1", folder / "l1_test.py").endswith(": the band (a slip)")


def test_a_damaged_table_of_frozen_rows_is_read_as_far_as_it_goes(folder: Path) -> None:
    (folder / frozen.NAME).write_bytes(b"row,sha256\nL1,\xff\nL2\n")
    assert [line.sha256 for lines in frozen.read().values() for line in lines] == ["\ufffd", ""]


def test_a_row_that_is_changed_after_a_look_counts_as_fitted_from_then_on(folder: Path) -> None:
    frozen_rows = freeze().main
    frozen_rows([])
    for name, more in (("D1", []), ("Z1", ["--before-look"])):
        (folder / f"{name.lower()}_test.py").write_text(ROW_FILE.format(id=name) + "# another\n")
        frozen_rows([name, "--why", "a slip", *more])
    assert {"D1", "Z1"} - frozen.shut_away() == {"D1"}
    assert frozen.changes("Z1", folder / "z1_test.py") == ""


def test_a_row_is_tried_without_a_word_about_its_figures(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "l1_test.py").write_text(ROW_FILE.format(id="L1").replace("0.03", "1 / 0"))
    (folder / "l2_test.py").write_text(ROW_FILE.format(id="L2").replace("0.03", "float('nan')"))
    assert freeze("try_row").main(["L1", "L2"]) == 0
    lines = [line.partition(" s a seed; ")[2] for line in capsys.readouterr().out.splitlines()]
    fine = "all targets have a figure"
    assert lines == [fine, "ZeroDivisionError: division by zero", fine, "not defined: effect"]


def test_nothing_can_be_fitted_to_a_row_that_is_shut_away(folder: Path) -> None:
    (folder / "d1_test.py").write_text("raise RuntimeError('it was loaded')")
    assert [entry.row.id for entry in row_files.entries(only=row_files.FITTED)] == ["L1", "L2", "W3"]
    assert [entry.row.id for entry in run.problem_of(run.Options()).entries] == ["L1", "L2", "W3"]
    for rows in (["D1"], ["l1", "d1"]):
        with pytest.raises(SettingsError, match="nothing is fitted to rows that are shut away: D1"):
            run.problem_of(run.Options(tuple(rows)))


@pytest.mark.parametrize(
    ("words", "rows"),
    [([], {"L1", "L2", "W3", "D1", "Z1"}), (["--fitted"], {"L1", "L2", "W3"}), (["--shut-away"], {"D1", "Z1"}),
     (["--shut-away", "L2"], {"D1", "Z1", "L2"}), (["--shut-away", "--explain", "l1"], {"D1", "Z1", "L1"}),
     (["--explain", "W3"], {"W3"}), (["--fitted", "L2"], {"L2"})],
)  # fmt: skip
def test_validate_runs_all_rows_or_those_of_one_kind(folder: Path, words: list[str], rows: set[str]) -> None:
    assert main(["validate", *words, "seeds=1", "workers=1"]) == 0
    assert measured() == rows


def test_validate_gives_both_scores_side_by_side(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ROW_FILE.format(id="Z1").replace("0.03", "0.2")
    (folder / "z1_test.py").write_text(text)
    assert main(["validate", "seeds=1", "workers=1"]) == 0
    out = capsys.readouterr().out
    assert "fitted: 3 of 3 with credit; shut away: 1 of 2 with credit, 50 % of the fitted rate\n" in out
    assert main(["validate", "--shut-away", "L1", "seeds=1", "workers=1"]) == 0
    assert "fitted: 1 of 1 with credit; shut away: 1 of 2 with credit\n" in capsys.readouterr().out


def test_the_tables_say_of_each_row_what_was_shut_away_stated_pooled_and_changed(folder: Path) -> None:
    found = Simulated(0.2, 0.2, 0.2, 0.0, 1.0)
    scored = [Scored(replace(ROW, id=name), (Judged(BAND, found, 0.0, True, False, found, True),), 1, 0.0)
              for name in ("L1", "D1")]  # fmt: skip
    made = scoreboard.Board(scored, "a vector", 1, {"L1": "the band (a slip)"})
    for table in (scoreboard.targets(made), scoreboard.rows(made)):
        assert table[["shut_away", "stated", "pooling", "changed"]].values.tolist() == [
            [False, "nothing", "seeds", "the band (a slip)"],
            [True, "nothing", "seeds", ""],
        ]
    assert "rows changed after a look, or not frozen: L1\n" in scoreboard.summary(made)


def test_a_row_is_explained_with_its_experiment_its_figures_and_its_fate(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    freeze().main(["D1"])
    assert main(["validate", "--explain", "D1", "seeds=2", "workers=1"]) == 0
    page = capsys.readouterr().out.partition("D1: A test\n")[2]
    for words in (
        "Source: nobody; nothing was read. Experiment here: no world at all.", "in part", "seeds", "shut away: nothing",
        "effect 0.2, band 0.1 to 0.3 (0.2 to 0.2; without 0.03; 0.2): share", "bonding.replied=0", "credit (2 seeds",
        frozen.digest(folder / "d1_test.py")[:12], "nothing after a look",
    ):  # fmt: skip
        assert words in page


def test_a_command_line_that_asks_for_both_kinds_alone_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--fitted", "--shut-away"], ["--fitted", "--explain", "D1"], ["--explain", "X9"]):
        assert main(["validate", *words]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("barnraise: ")
