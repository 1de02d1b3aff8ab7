"""The smallest results: one run, one customer, two days, no host, a venue that opens late or never.

Each case runs from the command line to the report, with every warning an error. What cannot be shown says why.
"""

import base64
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_folder import make_compare

from sim.__main__ import main
from sim.show.calibration import figures as calibration
from sim.show.comparisons.arms import look
from sim.show.report.figures import drawings, plans
from sim.show.report.tables import headline
from sim.show.results import Results
from sim.show.sweeps.responses import response
from sim.show.sweeps.results import SweepResults
from sim.show.trials.figures import PLANS as TRIAL_PLANS
from sim.show.trials.results import TrialResults

SMALL = {"people": "200", "replicates": "2", "workers": "1"}
RUNS = {
    "two days": ("days=2",),
    "one customer in one run": ("people=1", "replicates=1", "days=60"),
    "a venue that opens late": ("venue.opens=50", "days=60"),
    "a venue that never opens": ("venue.opens=100", "days=60"),
    "a second venue that never opens": ("venues.b.venue.opens=100", "days=60"),
    "no host": ("host.hours=0", "days=60"),
    "a host that is never silenced": ("host_off=off", "days=60"),
}
COMPARISONS = {
    "a venue that only the alternative has": ("alt.three=venues.b.venue.launch=0.15", "days=60"),
    "an alternative that never opens": ("alt.x=venue.opens=100", "days=60"),
    "a base that never opens": ("alt.x=venue.opens=0", "venue.opens=100", "days=60"),
    "one customer, one pair, two days": ("alt.x=venue.ad_load=6", "people=1", "replicates=1", "days=2"),
    "an alternative without a host": ("alt.x=host.hours=0", "days=60"),
    "a change that changes nothing": ("alt.x=venue.ad_load=1", "days=60", "host_off=off"),
    "eight arms": (*(f"alt.a_rather_long_name_{i}=venue.ad_load={i}" for i in range(7)), "days=30"),
}
SWEEPS = {
    "one run a point": ("venue.ad_load=1,2", "replicates=1", "days=30"),
    "points without any member": ("venue.ad_load=1,2", "venue.opens=0,100", "days=30"),
    "outcomes that are constant or undefined": ("venue.ad_load=1,2,3", "venue.opens=100", "host_off=off", "days=30"),
}


def results_of(folder: Path, *arguments: str) -> Path:
    """Run a command with small settings and warnings as errors, and return the folder of its results."""
    given = {argument.partition("=")[0] for argument in arguments}
    small = [f"{key}={value}" for key, value in SMALL.items() if key not in given]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert main([*arguments, *small, f"results={folder}"]) == 0
    found = sorted(folder.glob("*/*"))
    assert len(found) == 1
    return found[0]


def empty_panels(results: Results) -> Iterator[str]:
    """Yield the panels that show neither data nor a word on why there is none."""
    for plan, drawing in drawings(plans(results), results):
        for axes in drawing.figure.axes:
            marks = [*axes.collections, *axes.patches, *axes.containers]
            drawn = any(len(line.get_xdata()) for line in axes.lines) or marks
            if not drawn and not any(text.get_text().strip() for text in axes.texts):
                yield f"{plan.name}: {axes.get_title()}"


def words_of(page: Path) -> str:
    """Return the page's text and its pictures' alternative texts, without styles."""
    text = page.read_text(encoding="utf-8")
    alts = " ".join(re.findall(r'alt="([^"]*)"', text))
    return alts + re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("case", RUNS)
def test_a_small_run_is_reported_without_a_warning_or_an_empty_frame(case: str, tmp_path: Path) -> None:
    folder = results_of(tmp_path, *RUNS[case])
    assert list(empty_panels(Results(folder))) == []
    assert not re.search(r"\bnan\b|\binf\b|None(?! of)", words_of(folder / "report.html"))


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=[pytest.mark.slow] if case == "eight arms" else []) for case in COMPARISONS]
)
def test_a_small_comparison_is_reported_without_a_warning_or_an_empty_frame(case: str, tmp_path: Path) -> None:
    folder = results_of(tmp_path, "compare", *COMPARISONS[case])
    assert list(empty_panels(Results(folder))) == []
    assert not re.search(r"\bnan\b|\binf\b|None(?! of)", words_of(folder / "report.html"))


@pytest.mark.parametrize("case", SWEEPS)
def test_a_small_sweep_is_drawn_without_a_warning(case: str, tmp_path: Path) -> None:
    folder = results_of(tmp_path, "-m", *SWEEPS[case])
    assert (folder / "figures" / "response_size.png").exists()


def test_a_run_of_one_day_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["days=1", f"results={tmp_path}"]) == 2
    assert capsys.readouterr().err == "barnraise: days=1 is out of range: 2 to 3650\n"


def test_pictures_without_data_are_named(tmp_path: Path) -> None:
    folder = results_of(tmp_path, "venue.opens=100", "days=60")
    assert (
        "Not drawn, because this result has no data for them: held in time, budget in time, visit causes, "
        in words_of(folder / "report.html")
    )


def test_a_venue_that_only_an_alternative_has_is_drawn_with_the_alternatives_name(tmp_path: Path) -> None:
    folder = results_of(tmp_path, "compare", *COMPARISONS["a venue that only the alternative has"])
    drawing = next(
        drawing for plan, drawing in drawings(plans(Results(folder)), Results(folder)) if plan.name == "venues"
    )
    assert any("b (in three)" in text.get_text() for text in drawing.figure.axes[0].texts)


def test_an_undefined_outcome_is_called_undefined_and_not_unclear(tmp_path: Path) -> None:
    folder = results_of(tmp_path, "compare", *COMPARISONS["an alternative that never opens"])
    cells = {str(row[0]): row[2] for row in headline(Results(folder)).rows}
    assert cells["Questions with a reply (%)"].text == "undefined"
    assert cells["Size (members)"].note == "by construction"


def test_eight_arms_have_eight_looks(tmp_path: Path) -> None:
    results = Results(make_compare(tmp_path, {f"arm_{i}": 0.6 + 0.05 * i for i in range(7)}, replicates=2))
    assert len({look(results, arm) for arm in results.arms}) == 8


def test_pictures_of_a_report_are_those_on_disk(tmp_path: Path) -> None:
    folder = results_of(tmp_path, "days=2")
    page = (folder / "report.html").read_text(encoding="utf-8")
    for svg in (folder / "figures").glob("*.svg"):
        assert base64.b64encode(svg.read_bytes()).decode() in page


def test_a_calibration_of_one_parameter_to_one_row_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "summary.yaml").write_text(
        "{evaluations: 8, rows: 1, seeds: 1, plausible: 2, within_bands: {best: 1, declared: 0}}", encoding="utf-8"
    )
    tables = {
        "parameters": "parameter,told_apart,low,high,logarithmic,best,default,kept\nasking.talk,False,0,1,False,.5,.2,",
        "plausible": "asking.talk\n0.4\n0.5",
        "targets": "row,finding,best_loss,declared_loss\nP2,Most people only read,0.5,2",
    }
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    found = {picture.name: picture.finding for picture in calibration.draw(tmp_path)}
    assert found["rows"] == "1 of 1 rows lie within their bands, 0 with declared values"
    assert found["parameters"] == "The evidence tells 0 of 1 parameter apart"


def test_a_trial_in_which_nobody_qualified_says_so(tmp_path: Path) -> None:
    folder = results_of(tmp_path, "trial", "trial=award_top_contributors", "people=50", "days=545", "replicates=1")
    text = words_of(folder / "report.html")
    assert "the effect on posts on days 0 to 90 is undefined, because too few people were enrolled." in text
    assert not re.search(r"\bnan\b", text)
    picture = next(drawing for plan, drawing in drawings(TRIAL_PLANS, TrialResults(folder)) if plan.name == "over_time")
    assert picture.figure.axes[0].texts[0].get_text().startswith("Too few people")


def test_a_sweep_in_which_nothing_differs_says_no_difference_and_not_unclear(tmp_path: Path) -> None:
    folder = results_of(tmp_path, "-m", "venue.ad_load=1,2,3", "venue.opens=100", "days=30")
    drawing = response(SweepResults(folder), "size")
    assert drawing is not None
    assert drawing.finding == "Size: venue.ad_load from 1 to 3 makes no difference (0 at both ends)"
