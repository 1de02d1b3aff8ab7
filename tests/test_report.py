"""The two pages of a report: the question that was asked, three sentences, a ledger with payback, and the evidence."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from failures import rebuilt
from fake_folder import make_compare, make_run

from sim.lab.settings.errors import SettingsError
from sim.lab.validation import failures
from sim.show.looks import ON
from sim.show.report import answer, tables, worth
from sim.show.report.glance import Line, _labels
from sim.show.report.page import rendered, write_report
from sim.show.report.question import question
from sim.show.results import Results

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def compare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_compare(tmp_path_factory.mktemp("compare"), replicates=4, stated=("no_manager",))


def asked(folder: Path, **scenario: Any) -> str:
    results = Results(folder)
    results.settings |= scenario.get("settings", {})
    results.presets |= scenario.get("presets", {})
    return question(results)


# The question


def test_the_question_is_the_one_that_was_asked_and_not_the_scenarios(compare: Path) -> None:
    assert asked(compare) == (
        "What if the host tried to answer 70\xa0% instead of 30\xa0% of the open questions (no manager: "
        "host.replies=0.7) or the host tried to answer 96\xa0% instead of 30\xa0% of the open questions (ads: "
        "host.replies=0.96), compared with “A support forum” as it is?"
    )
    presets = {"base": {"host": "full_time"}, "no_manager": {"host": "half_time"}, "ads": {"community": "none"}}
    words = asked(compare, presets=presets)
    assert "the host worked half time (no manager: " in words
    assert "there were no community at all (ads: " in words


def test_a_missing_host_and_a_missing_venue_are_called_so_whatever_lever_took_them_away(compare: Path) -> None:
    words = asked(compare, settings={"no_manager": {"host.hours": 0.0}, "ads": {"venue.opens": 3000.0}})
    assert "What if the host were gone (" in words
    assert "there were no community at all (" in words


def test_a_plain_run_asks_the_scenarios_question_and_one_with_other_settings_its_own(tmp_path: Path) -> None:
    folder = make_run(tmp_path, replicates=2)
    assert (
        asked(folder, settings={"base": {"replicates": "2"}})
        == "Who answers, and does it still work when the company stops?"
    )
    assert asked(folder, settings={"base": {"host": "none"}}) == "What becomes of “A support forum” with host=none?"


# The answer


def test_the_answer_is_three_sentences_and_one_of_them_is_the_bad_news(compare: Path, tmp_path: Path) -> None:
    for folder in (compare, make_run(tmp_path, replicates=2)):
        sentences = answer.answer(Results(folder))
        assert len(sentences) == 3
        assert sentences[2].startswith("The bad news: ")
        assert len(" ".join(sentences).split()) < 160


def test_what_holds_by_construction_has_no_verdict_and_is_not_counted(compare: Path) -> None:
    results = Results(compare)
    cells = {str(row[0]): row for row in tables.headline(results).rows}
    assert cells["Replies by members (%)"][2].note == "by construction"
    assert cells["Replies by members (%)"][2].verdict == ""
    assert "peer_share" not in [name for name, _ in answer.judged(results, "no_manager")]
    assert "peer_share" in [name for name, _ in answer.judged(results, "ads")]
    assert "By construction, so no finding: a host that never replies" in rendered(results, [])


def test_a_figure_of_the_base_is_the_same_everywhere(compare: Path) -> None:
    """Size and what members hold stand in the answer, the tiles and the table."""
    results = Results(compare)
    cells = {str(row[0]): row[1] for row in tables.headline(results).rows}
    size, kept = (tile[0] for tile in tables.tiles(results)[:2])
    assert size.split()[0] == cells["Size (members)"] == re.findall(r"\d+", answer.answer(results)[0])[0]
    assert kept.split("\xa0")[0] == cells["Held by each other (%)"]
    assert f"base {kept}" in answer.answer(results)[0]


def test_leaving_is_a_rate_on_the_page_and_its_count_is_neither_good_nor_bad(compare: Path) -> None:
    labels = [str(row[0]) for row in tables.headline(Results(compare)).rows]
    assert "Exit rate (% of active members a month)" in labels
    assert not any(label.startswith("Exits") for label in labels)
    assert tables.measure("exits").better == "neither"


def test_every_tile_and_row_has_a_unit(compare: Path) -> None:
    results = Results(compare)
    assert all(re.search(r"members|%|EUR", number) for number, _ in tables.tiles(results))
    assert all(re.search(r"\(.+\)$", str(row[0])) for row in tables.headline(results).rows)


# The ledger


def test_an_arm_has_paid_back_from_the_day_after_which_it_stays_ahead() -> None:
    days = [10, 20, 30, 40]
    arm = pd.DataFrame([[-5, 9, -6, 9], [-5, 9, 1, 1], [-5, 1, 1, 1], [1, 1, 1, 1]], columns=days)
    nobody = pd.DataFrame(np.zeros((4, 4)), columns=days)
    found = worth.payback_days(arm, nobody)
    assert list(found[[0, 1, 3]]) == [40, 20, 10]  # the first was ahead on day 20, and behind again
    assert np.isnan(found[2])


def test_payback_needs_an_arm_without_a_community(compare: Path) -> None:
    results = Results(compare)
    assert worth.nothing(results) is None
    assert "paid back needs an arm without one: alt.nothing=community=none." in rendered(results, [])
    joined = results._outcomes
    joined.loc["ads", ["joins", "community_cost"]] = 0
    assert worth.nothing(results) == "ads"
    assert worth.payback(results, "ads") == ("-", "")
    assert re.match(r"day \d+|not within two years", worth.payback(results, "base")[0])


def test_the_ledgers_lines_add_up_to_its_sums(compare: Path) -> None:
    results = Results(compare)
    means = {name: results.mean(name).mean for name in ("margin", "ad_revenue", "community_cost", "profit")}
    tickets = tables._tickets(results, "base", means["community_cost"])
    assert means["margin"] + means["ad_revenue"] + tickets - means["community_cost"] == pytest.approx(means["profit"])
    labels = [str(row[0]) for row in tables.ledger(results).rows]
    assert [label for label in labels if label.startswith("=")] == ["= the community costs", "= profit"]
    assert "hours contracted" in labels


def test_an_older_result_without_the_new_outcomes_is_still_reported(tmp_path: Path) -> None:
    folder = make_compare(tmp_path, replicates=2)
    old = ["community_cost", "venue_cost", "marketing_cost", "exit_rate", "hours_idle", "hours_undone"]
    table = pd.read_parquet(folder / "outcomes.parquet")
    table[~table.outcome.isin(old)].to_parquet(folder / "outcomes.parquet")
    for name, column in (("outcomes.csv", "outcome"), ("summary.csv", "metric")):
        rows = pd.read_csv(folder / name)
        rows[~rows[column].isin(old)].to_csv(folder / name, index=False)
    results = Results(folder)
    assert "for the venue" not in [row[0] for row in tables.ledger(results).rows]
    assert worth.cost(results, "base") == pytest.approx(results.outcome("host_cost"))
    assert not re.search(r"\bnan\b|undefined", rendered(results, []))


# The picture


def test_lines_that_lie_on_each_other_share_one_name() -> None:
    path = pd.DataFrame([[1.0, 50.0, 100.0]], columns=[0, 1, 2])
    lines = [Line("a", path, ON), Line("b", path + 0.2, ON), Line("c", path * 2, ON)]
    assert [name for name, _, _ in _labels(lines)] == ["a = b", "c"]


# The evidence


def test_the_packaged_failures_are_those_of_the_scoreboard() -> None:
    rows = pd.read_csv(ROOT / "results" / "gallery" / "validation" / "rows.csv", dtype=str, keep_default_na=False)
    kept = pd.read_csv(Path(failures.__file__).with_name("failures.csv"), dtype=str, keep_default_na=False)
    assert rebuilt(rows.to_dict("records")) == kept.to_dict("records")
    assert {line["row"] for line in failures.lines_of("levers.csv")} >= set(rows["row"])


def test_the_evidence_that_the_world_gets_wrong_stands_beside_the_lever_that_it_concerns() -> None:
    found = failures.concerning(["venue.rules_shown"])
    assert [failure.row for failure in found["venue"][1]] == ["W1"]
    assert list(found) == ["venue", "any"]


def test_at_most_three_findings_stand_beside_a_lever_and_the_others_are_counted(compare: Path) -> None:
    results = Results(compare)
    levers = ("host.hours", "host.replies", "host.seeding", "host.listening")
    results.settings["ads"] = dict.fromkeys(levers, 0.0)
    known = len(failures.concerning(levers)["host"][1])
    assert known > 3, "the scoreboard gets too few findings about hosts wrong to try it"
    host = tables.wrong(results)[0]
    assert (len(host.findings), host.more) == (3, known - 3)


def test_the_levers_of_the_evidence_exist() -> None:
    from sim.lab.settings import keys

    named = {lever for line in failures.lines_of("levers.csv") for lever in line["levers"].split()}
    assert named - keys.levels() - {failures.ANY, "venues"} == set()


# On paper


@pytest.mark.browser
def test_the_report_is_printed_on_two_pages_and_an_appendix_that_begins_on_a_new_one(compare: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome") or pytest.skip("no chromium")
    page, pdf = write_report(compare), compare / "report.pdf"
    subprocess.run([browser, "--headless", "--no-sandbox", f"--print-to-pdf={pdf}", "--no-pdf-header-footer",
                    page.as_uri()], check=True, capture_output=True, timeout=120)  # fmt: skip
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 3


def test_page_two_is_short(compare: Path) -> None:
    """The second page holds about eighty lines of small print."""
    results = Results(compare)
    rows = len(tables.headline(results).rows) + len(tables.ledger(results).rows)
    findings = sum(len(item.findings) for item in tables.wrong(results))
    assert rows <= 30
    assert findings <= 6
    assert len(answer.limits(results)) <= 6


def test_a_setting_without_effect_is_named_before_the_numbers(compare: Path) -> None:
    results = Results(compare)
    results.scenario["notes"] = ["host.replies has no effect: the host has no hours (host.hours=0)"]
    page = rendered(results, [])
    place = page.index("host.replies has no effect: the host has no hours (host.hours=0).")
    assert place < page.index("The bad news:")


# Folders of another version


@pytest.mark.parametrize(
    ("name", "column"), [("outcomes.parquet", "arm"), ("series.parquet", "venue"), ("outcomes.csv", "verdict")]
)
def test_a_table_without_a_column_is_refused_in_a_line(tmp_path: Path, name: str, column: str) -> None:
    folder = make_compare(tmp_path, replicates=2)
    read, write = (pd.read_parquet, "to_parquet") if name.endswith("parquet") else (pd.read_csv, "to_csv")
    getattr(read(folder / name).drop(columns=column), write)(folder / name, index=False)
    with pytest.raises(SettingsError, match=f"{name} has no column {column}: .* run it again"):
        rendered(Results(folder), [])


def test_a_folder_without_its_main_table_is_refused_in_a_line(tmp_path: Path) -> None:
    """As one of an older trial, which had no outcomes of runs."""
    folder = make_run(tmp_path, replicates=2)
    (folder / "outcomes.parquet").unlink()
    with pytest.raises(SettingsError, match=r"outcomes\.parquet is missing: .* run it again"):
        rendered(Results(folder), [])


@pytest.mark.parametrize("text", ["title: auto", "days: 20"])
def test_a_folder_whose_settings_were_cut_short_still_has_its_page(tmp_path: Path, text: str) -> None:
    folder = make_run(tmp_path)
    (folder / "config.yaml").write_text(text)
    assert "customers" in rendered(Results(folder), [])


@pytest.mark.parametrize("text", ["venues: text", "people: many", "venues: {a: {host: 3}}"])
def test_a_folder_whose_settings_are_of_another_shape_is_refused_in_a_line(tmp_path: Path, text: str) -> None:
    folder = make_run(tmp_path)
    (folder / "config.yaml").write_text(text)
    with pytest.raises(SettingsError, match="is not what a run writes"):
        Results(folder)
