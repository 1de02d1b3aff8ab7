"""The command `tornado`: what an answer depends on most, from the command line to the page."""

import html
import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli import report
from sim.cli.main import main
from sim.lab.runs.statistics import contrast
from sim.lab.sweeps import tornado
from sim.lab.sweeps.tornado import LEVER, UNKNOWN, Move, TornadoTask
from sim.show.comparisons import tornado as page

TINY = ["people=80", "days=60", "replicates=2", "workers=1", "venue.launch=2"]
ONLY = "only=venue.launch,host.replies,leaving.dull"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write results where they disturb nobody, and draw no figures."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "render", lambda folder: None)


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], list[str]]:
    """Return exit code, lines on stdout and lines on stderr."""
    code = main(list(arguments))
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err.splitlines()


def table_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> pd.DataFrame:
    """Run a small tornado and return its table by setting."""
    small = [word for word in TINY if word.split("=")[0] not in [text.split("=")[0] for text in arguments]]
    code, out, _ = outcome(capsys, "tornado", *small, *arguments)
    assert code == 0
    return pd.read_csv(Path(out[-1]) / "tornado.csv").set_index("name")


def mean_of(capsys: pytest.CaptureFixture[str], metric: str, *arguments: str) -> float:
    """Run the same small world and return the mean of an outcome."""
    _, out, _ = outcome(capsys, *dict.fromkeys([*TINY, *arguments]))
    summary = pd.read_csv(Path(out[-1]) / "summary.csv").set_index("metric")
    return float(summary.loc[metric, "mean"])


def test_the_default_and_the_ends_are_what_ordinary_runs_with_these_settings_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = table_of(capsys, ONLY, "metric=size")
    launch, dull = found.loc["venue.launch"], found.loc["params.leaving.dull"]
    assert launch[["kind", "low", "high"]].tolist() == [LEVER, 1.0, 4.0]
    assert dull.kind == UNKNOWN
    assert launch.base == mean_of(capsys, "size")
    small = [word for word in TINY if "launch" not in word]
    _, out, _ = outcome(capsys, *small, "venue.launch=1")
    summary = pd.read_csv(Path(out[-1]) / "summary.csv").set_index("metric")
    assert launch.at_low == pytest.approx(summary.loc["size", "mean"])
    assert dull.at_high == pytest.approx(mean_of(capsys, "size", f"params.leaving.dull={dull.high}"))
    assert found.span.is_monotonic_decreasing


def test_with_an_alternative_the_answer_is_its_difference_and_its_own_settings_stay(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = table_of(capsys, "alt.more=venue.launch=4", "only=venue.launch,venue.ad_load", "metric=size")
    _, out, _ = outcome(capsys, "compare", *TINY, "alt.more=venue.launch=4")
    rows = pd.read_csv(Path(out[-1]) / "outcomes.csv").set_index("outcome")
    assert found.base.tolist() == pytest.approx([float(rows.loc["size", "difference"])] * 2)
    assert found.loc["venue.launch", "at_high"] == pytest.approx(0.0)  # the base then has what the alternative has


def test_without_a_choice_the_levers_of_venue_and_host_move_and_what_the_evidence_leaves_open(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = outcome(capsys, "tornado", "venue.earning=0.4", *TINY, "--dry-run")
    assert (code, err, out[-1]) == (0, [], "Nothing was run.")
    named = {words[0]: " ".join(words[1:]) for line in out if (words := line.split())}
    assert named["venue.earning"] == "0.2 and 0.8 (lever)"  # set on the command line
    assert named["host.hours"] == "1.43 and 5.72 (lever)"
    assert named["params.leaving.dull"].endswith("(unknown)")
    assert not {"venue.monthly_cost", "host.cost_per_hour"} & set(named)  # prices move no size
    assert not Path("results").exists()


def test_levers_that_have_no_effect_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "tornado", "host=none", *TINY, "--dry-run")
    assert not any(line.strip().startswith("host.") for line in out)


def test_worlds_part_only_where_the_outcome_needs_it(capsys: pytest.CaptureFixture[str]) -> None:
    for metric, parts in (("size", False), ("held_by_members", True)):
        _, out, _ = outcome(capsys, "tornado", f"metric={metric}", *TINY, "--dry-run")
        assert ("four worlds from day" in out[0]) is parts


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["metric=sise"], "unknown metric sise; did you mean size?"),
        (["only=host.hourz"], "only: host.hourz is no lever and no parameter"),
        (["only=venue.opens"], "only: venue.opens is at 0, of which there is neither half nor twice"),
        (["alt.a=host.replies=0", "alt.b=host.replies=1"], "tornado takes one alternative at most"),
        (["host_off=off"], "metric=held_by_members needs worlds that part: leave out host_off=off"),
        (["metric=size", "metric=profit"], "metric is given twice: size and profit"),
        (["-m"], "leave it out: only 'barnraise -m SETTINGS' sweeps"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    code, out, (found,) = outcome(capsys, "tornado", *arguments, *TINY)
    assert (code, out) == (2, [])
    assert line in found


def test_an_interrupted_tornado_keeps_the_seeds_that_were_finished(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = TornadoTask.run

    def stopping(task: TornadoTask) -> tornado.TornadoReplicate:
        if task.replicate == 1:
            raise KeyboardInterrupt
        return run(task)

    monkeypatch.setattr(TornadoTask, "run", stopping)
    code, out, err = outcome(capsys, "tornado", *TINY, ONLY)
    assert (code, err) == (130, ["barnraise: interrupted; 1 of 2 replicates are kept"])
    assert len(pd.read_csv(Path(out[-1]) / "tornado.csv")) == 3


def test_a_setting_that_moves_more_stands_further_up_and_an_undefined_one_last() -> None:
    chance = np.random.default_rng(1).normal(size=12)
    base = 10 + chance
    ends = np.array([base - 1, base + 1, base - 3, base, base * np.nan, base * np.nan])
    moved = [Move(name, LEVER, 1.0, 0.5, 2.0) for name in ("venue.launch", "venue.marketing", "venue.earning")]
    rows = tornado.table(moved, base, ends, "size")
    assert [row["name"] for row in rows] == ["venue.marketing", "venue.launch", "venue.earning"]
    assert [row["span"] for row in rows[:2]] == pytest.approx([3.0, 2.0])
    assert math.isnan(rows[2]["span"])
    assert [row["sure"] for row in rows] == [True, True, False]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(1.0, 2.0, tornado.RAISE), (-1.0, -2.0, tornado.LOWER), (-6.0, 1.0, tornado.CROSSES), (-1.0, 1.0, "")],
)
def test_a_sign_flips_where_both_ends_are_on_one_side_or_the_answer_changes_sign(
    low: float, high: float, words: str
) -> None:
    chance = np.random.default_rng(1).normal(scale=0.1, size=12)
    pair = [contrast(np.full(12, 3.0), 3.0 + end + chance, "more") for end in (low, high)]
    assert tornado.flips(pair, [True, True], 2.9, 3.1) == words
    assert tornado.flips(pair, [False, False], 2.9, 3.1) == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [ONLY], [ONLY, "replicates=1"], ["only=venue.launch", "venue.opens=59"], [ONLY, "metric=host_cost"],
        [ONLY, "alt.none=host=none", "metric=retention_90"],
    ],
)  # fmt: skip
def test_the_page_and_the_picture_say_what_was_found(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    small = [word for word in TINY if word.split("=")[0] not in [text.split("=")[0] for text in arguments]]
    code, out, _ = outcome(capsys, "tornado", *small, *arguments)
    assert code == 0
    text = page.write_report(Path(out[-1])).read_text(encoding="utf-8")
    assert "What does" in text
    assert html.escape(page.answer(page.Tornado(Path(out[-1])))[0], quote=False).replace("'", "&#39;") in text
    assert not re.search(r"\bnan\b", text)


def test_two_processes_find_what_one_finds(capsys: pytest.CaptureFixture[str]) -> None:
    pd.testing.assert_frame_equal(table_of(capsys, ONLY), table_of(capsys, ONLY, "workers=2"))
