"""Figures and report: what they may claim, that they come out for every kind of folder, and that they stay the same."""

import base64
import hashlib
import html
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from fake_folder import make_compare, make_run

from sim.cli import compose
from sim.lab.runs import caveats, headline, jobs
from sim.lab.runs.headline import circumstances
from sim.lab.runs.replicate import run_replicate
from sim.lab.sweeps.sensitivity import share_word
from sim.show import verdicts, words
from sim.show.comparisons.arms import exit_rates
from sim.show.panel import apart
from sim.show.report import answer
from sim.show.report.figures import drawings, plans
from sim.show.report.page import rendered, write_report
from sim.show.results import Results, spread
from sim.show.runs import people
from sim.show.style import balanced

PERCENT = words.PERCENT


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("run"), replicates=4)


@pytest.fixture(scope="module")
def compare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_compare(tmp_path_factory.mktemp("compare"), replicates=4)


@pytest.fixture(scope="module")
def run_page(run: Path) -> str:
    return write_report(run).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compare_page(compare: Path) -> str:
    return write_report(compare).read_text(encoding="utf-8")


class Page(HTMLParser):
    """Collects what a page refers to, its pictures' words, and whether its tags are balanced."""

    VOID = frozenset(("meta", "img", "br", "link", "input", "hr"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.alts: list[str] = []
        self.scripts = 0
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.addresses += [str(found[key]) for key in ("src", "href") if found.get(key)]
        self.alts += [str(found.get("alt") or "")] if tag == "img" else []
        self.scripts += tag == "script"
        self.open += [tag] if tag not in self.VOID else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


# The page


@pytest.mark.parametrize("name", ["run_page", "compare_page"])
def test_a_page_stands_by_itself(name: str, request: pytest.FixtureRequest) -> None:
    """No script, and no address but the pictures inside."""
    text = request.getfixturevalue(name)
    page = Page(text)
    assert page.open == []
    assert page.scripts == 0
    assert all(address.startswith("data:image/svg+xml;base64,") for address in page.addresses)
    assert "@import" not in text
    assert "url(" not in text


@pytest.mark.parametrize("name", ["run_page", "compare_page"])
def test_every_picture_says_in_words_what_it_shows(name: str, request: pytest.FixtureRequest) -> None:
    alts = Page(request.getfixturevalue(name)).alts
    assert len(alts) >= 4
    assert all(len(alt) > 60 for alt in alts)
    assert len(set(alts)) == len(alts)


@pytest.mark.parametrize("name", ["run_page", "compare_page"])
def test_a_page_has_the_question_the_answer_the_doubts_and_the_way_back(
    name: str, request: pytest.FixtureRequest
) -> None:
    text = request.getfixturevalue(name)
    for part in (
        "The answer", "The bad news:", "How sure, and the limits", "The ledger (EUR, over two years)", "has paid back",
        "Published findings that this world gets wrong", "What was assumed", "How to reproduce this",
        "docs/glossary.md", "barnraise ", "0123abcd4567", "not been calibrated", "In this world",
    ):  # fmt: skip
        assert part in text, part


def test_what_a_user_wrote_cannot_become_markup(tmp_path: Path) -> None:
    folder = make_compare(tmp_path, {"x": 0.9}, replicates=2)
    story = (folder / "scenario.json").read_text().replace("A support forum", "<script>alert(1)</script>")
    (folder / "scenario.json").write_text(story)
    page = rendered(Results(folder), [])
    assert Page(page).scripts == 0
    assert "&lt;script&gt;" in page


def test_changed_numbers_are_marked(run_page: str) -> None:
    assert "● host.replies" in run_page
    assert "● venue.talk" not in run_page


def test_a_partial_job_says_so(tmp_path: Path) -> None:
    page = rendered(Results(make_run(tmp_path, replicates=2, partial=True)), [])
    assert "Stopped early" in page
    assert "It finished 2 of 4 runs" in page


# The same data, the same files


@pytest.mark.usefixtures("run_page")
def test_the_same_data_gives_the_same_files(tmp_path: Path, run: Path) -> None:
    again = make_run(tmp_path, replicates=4)
    write_report(again)
    assert hashes(again) == hashes(run)
    assert len(hashes(run)) >= 2 * 4 + 1


def hashes(folder: Path) -> dict[str, str]:
    files = [*(folder / "figures").iterdir(), folder / "report.html"]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_pictures_come_as_png_and_svg_without_a_date(run: Path, run_page: str) -> None:
    files = sorted((run / "figures").iterdir())
    assert {file.suffix for file in files} == {".png", ".svg"}
    assert len(files) % 2 == 0
    assert not any("<dc:date>" in file.read_text() for file in files if file.suffix == ".svg")
    assert base64.b64encode(files[-1].read_bytes()).decode()[:200] in run_page


# Every kind of folder


def names_of(results: Results) -> list[str]:
    return [plan.name for plan, _ in drawings(plans(results), results)]


def test_one_run_has_no_interval_and_the_page_says_so(tmp_path: Path) -> None:
    page = rendered(Results(make_run(tmp_path, replicates=1)), [])
    assert "There is only one run, so there is no interval" in page
    assert "95 % interval " not in page.replace("</b>", "")[: page.index("How sure")].replace("\xa0", " ")


def test_a_run_that_never_split_does_not_say_what_holds_its_members(tmp_path: Path) -> None:
    results = Results(make_run(tmp_path, replicates=2, host_off=None))
    assert results.host_off is None
    assert "was not tried" in answer.answer(results)[0]
    assert "was not tried" in next(drawings(plans(results), results))[1].finding


def test_several_venues_get_a_picture_of_their_own(tmp_path: Path) -> None:
    folder = make_run(tmp_path, replicates=2, venues=("forum", "group"))
    assert Results(folder).venues == ["forum", "group"]
    assert names_of(Results(folder))[-1] == "venues"
    comparison = Results(make_compare(tmp_path / "compare", replicates=2, venues=("forum", "group")))
    assert names_of(comparison)[-1] == "venues"
    assert "There are 2 venues: forum (the main one) and group." in rendered(comparison, [])


@pytest.mark.parametrize("count", [1, 5])
def test_a_comparison_of_few_or_many_arms_is_drawn(tmp_path: Path, count: int) -> None:
    arms = {f"arm_{i}": 0.7 + 0.1 * i for i in range(count)}
    folder = make_compare(tmp_path, arms, replicates=3, change_day=180)
    assert names_of(Results(folder))[0] == "at_a_glance"
    assert len(names_of(Results(folder))) == 5


# Honest words


def test_an_alternative_that_changes_nothing_has_no_difference_anywhere(tmp_path: Path) -> None:
    results = Results(make_compare(tmp_path, {"same": 1.0}, replicates=3))
    assert "no difference at all" in answer.answer(results)[0]
    findings = " ".join(drawing.finding for _, drawing in drawings(plans(results), results))
    assert not re.search(r"higher|lower|smaller|larger", findings.replace("Larger", ""))


def test_what_cannot_be_told_is_never_called_better_or_worse(compare: Path) -> None:
    results = Results(compare)
    table = results.differences
    table["verdict"] = verdicts.CANT_TELL
    assert {str(row.verdict) for _, row in answer.judged(results, "ads")} == {verdicts.CANT_TELL}
    table["low"] = table["high"] = np.nan
    assert "the effects of “no manager” and “ads” are unclear" in answer.answer(results)[0]
    assert "“no manager” and “ads” are clearly worse on no headline outcome" in answer.answer(results)[2]


def test_a_run_with_nothing_bad_names_the_checks(run: Path) -> None:
    results = Results(run)
    table = results.summary
    for name, good in (("host_loss", 0), ("retention_90", 0.9), ("answered", 0.9), ("newcomers_replied", 0.9),
                       ("top1", 0.1), ("gave_up", 0)):  # fmt: skip
        table.loc[table.metric == name, "mean"] = good
    assert answer.answer(results)[2].startswith("The bad news: none of this page's checks failed. A check fails with ")


def test_titles_give_the_numbers_of_the_data(run: Path) -> None:
    results = Results(run)
    size = round(results.mean("size").mean)
    assert next(drawings(plans(results), results))[1].finding.startswith(f"Of {size} active members, ")


# What stands beside a result, on the terminal too


def test_several_venues_are_named_with_whose_outcomes_are_shown() -> None:
    assert caveats.venues(["main"]) == ""
    assert caveats.venues(["main", "lounge"]) == (
        "There are 2 venues: main (the main one) and lounge. Outcomes about people and replies are the main venue's. "
        "Money and tickets are the whole company's."
    )


def test_the_heading_on_the_terminal_counts_and_names_the_day_of_a_change() -> None:
    asked = ["people=100", "days=60", "change_day=30", "host_off=off", "alt.quiet=host.replies=0"]
    made = jobs.job(compose.request(asked, compares=True), "")
    assert circumstances(made, 1) == "1 pair of 60 days, changed from day 30, 100 customers"
    assert circumstances(made, 4).startswith("4 pairs of 60 days")


@pytest.mark.parametrize(
    ("starts", "silent", "line"),
    [
        (365, 150, "but the run has only 200 days. It never works here and that it holds nobody is no finding."),
        (365, None, "but the run has only 200 days. It never works here."),
        (150, 150, "but is silenced from day 150. What is left is what grew without it."),
    ],
)  # fmt: skip
def test_a_host_that_starts_too_late_is_told(starts: float, silent: int | None, line: str) -> None:
    assert caveats.idle_hosts({"days": 200, "host_off": silent, "host": {"starts": starts}}) == [
        f"The host starts on day {starts}, {line}"
    ]
    assert caveats.idle_hosts({"days": 200, "host_off": silent, "host": {"starts": 149}}) == []


def test_chance_above_all_is_put_in_words() -> None:
    assert (share_word(2.036), share_word(0.1)) == (
        "more chance than signal",
        "chance: 10.0% of the variance between points",
    )


@pytest.mark.parametrize("name", ["run_page", "compare_page"])
def test_a_page_speaks_plainly(name: str, request: pytest.FixtureRequest) -> None:
    """No clipped verdict, no generic she, no private word; money has a currency and a period."""
    text = html.unescape(re.sub(r"data:[^\"]+", "", request.getfixturevalue(name)))
    assert not re.search(r"can't tell|told|\b(she|her|he|his)\b|less base|\blooks\b|\bluck\b|\bmoney per\b", text)
    assert "the community's cost over two years" in text
    assert re.search("EUR\xa0[0-9]", text)
    assert "assumptions: no study has measured them" in text


def test_the_terminal_says_unclear_shares_in_percent_and_money_over_a_period() -> None:
    asked = ["people=60", "days=60", "replicates=2", "workers=1", "host_off=30", "alt.quiet=host.replies=0"]
    job = jobs.job(compose.request(asked, compares=True), "")
    text = headline.text(job, [run_replicate(task) for task in job.tasks])
    assert "Profit (EUR, over 60 days)" in text
    assert "corrected for 13 comparisons (Holm)" in text
    assert "can't tell" not in text
    assert "unclear" in text


def test_the_rarest_of_many_causes_are_one_so_that_the_bars_can_be_read(compare: Path) -> None:
    results = Results(compare)
    shown = people.causes(results, people.EXITS)
    assert list(shown)[-1] == people.OTHER
    assert len(shown) == people.MOST_CAUSES + 1
    assert sum(one.mean for one in shown.values()) == pytest.approx(results.total(list(people.EXITS)).mean())
    assert len(people.causes(results, people.JOINS)) == len(people.JOINS)


def test_exits_are_a_rate_so_that_a_smaller_arm_does_not_seem_to_keep_its_members(compare: Path) -> None:
    """In the made-up folder, the arm without a manager has 70 % of the members and 70 % of the exits."""
    results = Results(compare)
    base, smaller = exit_rates(results, "base"), exit_rates(results, "no_manager")
    assert results.total(["exits_life"], "no_manager") == pytest.approx(0.7 * results.total(["exits_life"]))
    assert all(smaller[cause] == pytest.approx(base[cause]) for cause in base)
    monthly = results.total(["exits_life"]) / results.paths("members").mean(axis=1) / (results.days / 30)
    assert base["exits_life"] == pytest.approx(100 * monthly.to_numpy())


# Numbers and room


@pytest.mark.parametrize(
    ("value", "unit", "signed", "text"),
    [
        (0.523, "share", False, f"52{PERCENT}"), (0.071, "share", False, f"7.1{PERCENT}"),
        (-0.093, "share", True, words.MINUS + "9.3" + words.POINTS),
        (-12345.6, "money", False, f"EUR\xa0{words.MINUS}12,300"),
        (1999.6, "people", False, "2,000"),
        (3.14159, "bonds", False, "3.1"), (0, "people", True, "0"), (-0.0001, "0 to 1", True, "0.000"),
        (float("nan"), "share", False, "undefined"), (0.03, "hours", False, "0.03"),
        (1200.0, "money", True, "EUR\xa0+1,200"),
    ],
)  # fmt: skip
def test_numbers_are_written_for_readers(value: float, unit: str, signed: bool, text: str) -> None:
    assert words.amount(value, unit, signed) == text


def test_an_interval_needs_two_runs_and_leaves_out_those_without_a_value() -> None:
    assert not spread([3.0]).sure
    assert spread([3.0, np.nan]).runs == 1
    found = spread([1.0, 2.0, 3.0, np.nan])
    assert found.mean == 2
    assert found.low == pytest.approx(2 - 4.30265 / np.sqrt(3), abs=1e-4)


def test_labels_that_would_overlap_are_pushed_apart_in_order() -> None:
    heights = apart([5.0, 5.1, 5.2, 9.9], [1, 1, 1, 1], 0, 10)
    assert np.all(np.diff(heights) >= 1 - 1e-9)
    assert heights[-1] <= 9.5


def test_a_title_is_wrapped_into_lines_of_about_one_length() -> None:
    lines = balanced("one two three four five six seven eight nine ten eleven twelve thirteen", 60)
    assert len(lines) == 2
    assert abs(len(lines[0]) - len(lines[1])) < 12
