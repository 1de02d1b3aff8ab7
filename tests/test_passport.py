"""The command `passport`: how a community takes a standard set of shocks, from the command line to the page."""

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli import report
from sim.cli.main import main
from sim.lab.runs import passport
from sim.show.comparisons import passport as page

TINY = ["people=80", "days=60", "replicates=2", "workers=1", "venue.launch=2"]


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


def folder_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> Path:
    """Run a small passport and return its folder."""
    small = [word for word in TINY if word.split("=")[0] not in [text.split("=")[0] for text in arguments]]
    code, out, _ = outcome(capsys, "passport", *small, *arguments)
    assert code == 0
    return Path(out[-1])


def active(folder: Path, arm: str) -> pd.DataFrame:
    """Return active members of the main place by run and day."""
    table = pd.read_parquet(folder / "series.parquet")
    if "world" in table:
        table = table[table.world == "as_it_was"]
    own = table[(table.arm == arm) & (table.metric == "active") & (table.venue == "main")]
    return own.pivot(index="replicate", columns="day", values="value")


def test_the_twin_without_a_shock_is_the_ordinary_run_and_the_past_is_common(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = folder_of(capsys)
    base = active(folder, "base")
    _, out, _ = outcome(capsys, *TINY, "host_off=off")
    run = active(Path(out[-1]), "base")
    pd.testing.assert_frame_equal(base[run.columns], run)
    for shock in passport.SHOCKS:
        shocked = active(folder, shock)
        assert shocked.loc[:, :29].equals(base.loc[:, :29])
    assert not active(folder, "evicted").equals(base)


def test_each_shock_has_a_row_and_each_remedy_that_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(capsys)
    shocks, remedies = (pd.read_csv(folder / name) for name in ("shocks.csv", "remedies.csv"))
    assert shocks.shock.tolist() == list(passport.SHOCKS)
    assert [tuple(row) for row in remedies[["shock", "remedy"]].to_numpy()] == [
        (shock, remedy) for shock, tried in passport.TRIED.items() for remedy in tried
    ]
    assert "list" in passport.TRIED["evicted"]
    assert shocks.set_index("shock").loc["evicted", "worst"] > 0.3


def test_where_nobody_hosts_the_loss_of_the_host_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(capsys, "host=none")
    row = pd.read_csv(folder / "shocks.csv").set_index("shock").loc["host_gone"]
    assert row.identical
    assert (row.worst, row.end, row.days_to_90, row.never) == (0.0, 0.0, 0.0, 0.0)
    assert any(line.startswith("No effect at all in this world: host gone")
               for line in page.answer(page.Passport(folder)))  # fmt: skip


DAYS = np.array([7, 14, 21, 28])


def arms(**shares: list[list[float]]) -> dict[str, np.ndarray]:
    """Return active members of all arms, most of them like those of the base: 100 on each day in two runs."""
    same = np.full((2, len(DAYS)), 100.0)
    names = ["base", *passport.SHOCKS, *(f"with_{remedy}" for remedy in passport.REMEDIES)]
    names += [f"{shock}_with_{remedy}" for shock, tried in passport.TRIED.items() for remedy in tried]
    return {name: 100 * np.array(shares[name]) if name in shares else same for name in names}


def test_a_loss_is_counted_at_the_worst_day_and_at_the_end_and_a_run_is_back_when_it_stays_so() -> None:
    there = arms(ads=[[0.8, 0.5, 0.95, 0.95], [0.95, 0.6, 0.92, 0.89]], crisis=[[0.5] * 4] * 2, rival=[[0.95] * 4] * 2)
    rows = {row["shock"]: row for row in passport.shocks(DAYS, there)}
    ads = rows["ads"]
    assert (ads["worst"], ads["worst_day"], ads["end"]) == (pytest.approx(0.45), 14, pytest.approx(0.08))
    assert ads["worst_low"] < 0.45 < ads["worst_high"]
    assert ads["never"] == 0.5  # the second run is below 90 % again at the end
    assert math.isnan(ads["days_to_90"])
    assert (rows["crisis"]["never"], rows["crisis"]["fell"]) == (1.0, 1.0)
    assert (rows["rival"]["days_to_90"], rows["rival"]["fell"]) == (0.0, 0.0)
    healed = {row["shock"]: row for row in passport.shocks(DAYS, arms(ads=[[0.8, 0.5, 0.95, 0.95]] * 2))}["ads"]
    assert (healed["days_to_90"], healed["never"]) == (21.0, 0.0)


def test_what_a_remedy_gives_anyway_is_told_from_what_it_does_to_the_loss() -> None:
    there = arms(ads=[[0.5] * 4] * 2, ads_with_hours=[[0.8] * 4] * 2, with_hours=[[1.2] * 4] * 2)
    rows = {(row["shock"], row["remedy"]): row for row in passport.remedies(there)}
    row = rows["ads", "hours"]
    assert (row["gain"], row["beyond"]) == (pytest.approx(0.3), pytest.approx(0.1))
    assert rows["rival", "hours"]["gain"] == 0.0


def test_where_nobody_is_there_is_no_loss_but_an_unknown() -> None:
    nobody = {name: np.zeros((2, len(DAYS))) for name in arms()}
    rows = [*passport.shocks(DAYS, nobody), *passport.remedies(nobody)]
    assert all(math.isnan(row[name]) for row in rows for name in ("end", "gain") if name in row)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["change_day=60"], "change_day=60 is out of range: a day from 1 to 59 (days=60)"),
        (["change_day=20", "change_day=30"], "change_day is given twice: 20 and 30"),
        (["alt.a=host.replies=0"], "alternatives (alt.NAME=...) and change_day belong to 'barnraise compare'"),
        (["venue.opens=30"], "change_day=30: the place opens on day 30, so nobody is there"),
        (["host.repliez=0"], "unknown setting host.repliez; did you mean host.replies?"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert outcome(capsys, "passport", *arguments, *TINY) == (2, [], [f"barnraise: {line}"])


def test_a_dry_run_names_each_shock_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(capsys, "passport", *TINY, "change_day=40", "--dry-run")
    assert (code, err, out[-1]) == (0, [], "Nothing was run.")
    assert "arms part on day 40" in out[0]
    named = {line.split()[0]: line for line in out if line.startswith("  ")}
    assert set(passport.SHOCKS) <= set(named)
    assert "venue.closes=40" in named["evicted"]
    assert not Path("results").exists()


@pytest.mark.parametrize("arguments", [[], ["replicates=1", "change_day=1"], ["venue.opens=29"], ["days=2"]])
def test_the_page_and_the_picture_say_what_was_found(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    folder = folder_of(capsys, *arguments)
    text = page.write_report(folder).read_text(encoding="utf-8")
    assert "How does this community take a standard set of shocks" in text
    assert not re.search(r"\bnan\b", text)
    assert (folder / "figures" / "passport.svg").is_file()
