import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from fake_sweep import COMMUNITY, community, grid, make_sweep
from matplotlib import colormaps

from sim.lab.settings.sweep_options import DesignOptions
from sim.lab.sweeps.design import Factor
from sim.lab.sweeps.samplers import one_at_a_time, points
from sim.lab.sweeps.sensitivity import sensitivity
from sim.show.report.figures import Picture, drawings
from sim.show.style import SETTINGS
from sim.show.sweeps import figures, responses
from sim.show.sweeps.findings import independent, range_p
from sim.show.sweeps.landscape import COLOURS, colour_range, distinct_ticks, places
from sim.show.sweeps.results import SweepResults, comparable, known_means
from sim.show.words import amount

REPLIES = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
FACTORS = tuple(Factor(name, 0.0, high) for name, high in (
    ("venue.ad_load", 8.0), ("host.replies", 0.5), ("leaving.patience", 30.0), ("recognition.reach", 1.0)))  # fmt: skip


def hump(x: pd.DataFrame, noise: Any) -> Any:
    return 400 + 1800 * x["host.replies"] * (0.5 - x["host.replies"]) + 10 * noise


def chance(x: pd.DataFrame, noise: Any) -> Any:
    return 400 + 10 * noise


def crossed(x: pd.DataFrame, noise: Any) -> Any:
    return 400 + 20 * x["venue.ad_load"] * x["host.replies"] + 5 * noise


def drawn(folder: Path, metrics: Sequence[str] = ("size",)) -> dict[str, Picture]:
    return {picture.name: picture for picture in figures.draw(folder, metrics)}


def sampled(folder: Path, kind: str, n: int, **more: Any) -> Path:
    table = points(FACTORS, DesignOptions(kind=kind, n=n, seed=1))
    return make_sweep(folder, table, COMMUNITY, kind=kind, factors=FACTORS, options={"levels": 4}, **more)


def test_a_factor_on_the_log_scale_has_a_log_axis_and_a_seed_is_a_word(tmp_path: Path) -> None:
    factors = (Factor("venue.ad_load", 0.5, 8.0, log=True), Factor("host.replies", 0.0, 0.5))
    folder = make_sweep(tmp_path, points(factors, DesignOptions(kind="lhs", n=32)), COMMUNITY, kind="lhs",
                        factors=factors)  # fmt: skip
    results = SweepResults(folder)
    drawing = responses.response(results, "size")
    assert drawing is not None
    scales = {panel.get_title(loc="left"): panel.get_xscale() for panel in drawing.figure.axes}
    assert scales == {"venue.ad_load": "log", "host.replies": "linear"}
    heights = places(results, "venue.ad_load", spread=0)
    assert np.corrcoef(heights, np.log(results.points["venue.ad_load"]))[0, 1] == pytest.approx(1)
    seeds = SweepResults(make_sweep(tmp_path / "seeds", grid(seed=[1, 2, 3]), {"size": chance}))
    assert not seeds.numeric("seed")


# What a title says


@pytest.mark.parametrize(("outcome", "title"), [
    (community, "Size: rises from 4"),
    (hump, "highest at 0."),
    (chance, "Size: the effect of host.replies from 0 to 0.5 is unclear ("),
])  # fmt: skip
def test_a_title_says_what_the_runs_show(tmp_path: Path, outcome: Any, title: str) -> None:
    folder = make_sweep(tmp_path, grid(host__replies=REPLIES), {"size": outcome}, replicates=10)
    assert title in drawn(folder)["response_size"].finding


def test_chance_is_called_a_finding_in_at_most_one_of_twenty_sweeps(tmp_path: Path) -> None:
    generator, told = np.random.default_rng(4), 0
    for i in range(60):
        outcome = {"size": lambda x, _: 400 + generator.normal(size=len(x))}
        folder = make_sweep(tmp_path / str(i), grid(host__replies=REPLIES[:4]), outcome, replicates=6)
        results = SweepResults(folder)
        told += "unclear" not in responses.response(results, "size").finding  # type: ignore[union-attr]
    assert told <= 60 * 0.05 + 4 * np.sqrt(60 * 0.05 * 0.95)


def test_words_are_named_and_not_said_to_rise(tmp_path: Path) -> None:
    def by_word(x: pd.DataFrame, noise: Any) -> Any:
        return x["scenario"].map({"launch": 430.0, "quiet": 300.0, "support_forum": 400.0}) + noise

    folder = make_sweep(tmp_path, grid(scenario=["launch", "quiet", "support_forum"]), {"size": by_word})
    assert drawn(folder)["response_size"].finding == (
        "Size: highest with scenario=launch (430), lowest with scenario=quiet (300)"
    )


def test_one_run_a_point_is_no_evidence(tmp_path: Path) -> None:
    folder = make_sweep(tmp_path, grid(venue__ad_load=[0.0, 4.0], host__replies=REPLIES), COMMUNITY, replicates=1)
    for picture in drawn(folder).values():
        assert "chance and effects cannot be separated" in picture.finding


def test_an_effect_that_depends_on_another_factor_is_named(tmp_path: Path) -> None:
    folder = make_sweep(tmp_path, grid(venue__ad_load=[0.0, 4.0, 8.0], host__replies=[0.0, 0.5]), {"size": crossed},
                        replicates=12)  # fmt: skip
    assert "venue.ad_load changes it by" in drawn(folder)["response_size"].finding
    assert "host.replies changes it by" in drawn(folder)["heat_size"].finding


def test_extremes_picked_out_of_chance_are_not_told_apart(tmp_path: Path) -> None:
    table = grid(venue__ad_load=np.arange(6.0).tolist(), host__replies=REPLIES)
    finding = drawn(make_sweep(tmp_path, table, {"size": chance}))["heat_size"].finding
    assert finding.endswith("chance alone could explain the gap")


def test_extremes_are_told_by_chance_in_one_of_twenty_sweeps() -> None:
    chance = np.random.default_rng(6)
    told = np.mean([range_p(chance.normal(size=(12, 4)) + chance.normal(size=4)) <= 0.05 for _ in range(150)])
    assert told <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 150)
    assert range_p(chance.normal(size=(40, 4)) + 2.0 * np.arange(40)[:, None]) <= 0.01


def test_bands_for_comparing_leave_out_what_a_seed_does_to_all_points_alike() -> None:
    chance = np.random.default_rng(8)
    seeds, rest = 50 * chance.normal(size=30), chance.normal(size=(20, 30))
    values = comparable(np.arange(20.0)[:, None] + seeds + rest)
    np.testing.assert_allclose(values.mean(axis=1), (np.arange(20.0)[:, None] + seeds + rest).mean(axis=1))
    assert values.std(axis=1, ddof=1).mean() == pytest.approx(1.0, abs=0.1)


def test_means_along_a_factor_are_over_the_same_combinations(tmp_path: Path) -> None:
    table = grid(venue__ad_load=[0.0, 4.0], host__replies=[0.0, 0.2, 0.4], people=[500, 5000])
    folder = make_sweep(tmp_path, table, {"size": lambda x, _: x["people"]}, missing=[3])  # at 500 people
    course = SweepResults(folder).course("size", "venue.ad_load")
    assert course.left_out == 1
    assert np.ptp(course.values) == 0.0
    assert "lack a run and are excluded" in drawn(folder)["response_size"].alt


def test_points_of_a_saltelli_design_are_tested_where_they_are_independent(tmp_path: Path) -> None:
    results = SweepResults(sampled(tmp_path, "saltelli", 16, replicates=1))
    assert independent(results).sum() == 2 * 16


# Indices


def test_indices_name_what_matters_and_what_cannot_be_told_from_chance(tmp_path: Path) -> None:
    folder = sampled(tmp_path, "saltelli", 128)
    sensitivity(folder)
    title = drawn(folder)["indices_size"].finding
    assert title.startswith("Size: its variance depends most on host.replies, ")
    assert "2 of 4 do not clearly differ from chance" in title


def test_indices_of_chance_alone_name_no_factor(tmp_path: Path) -> None:
    table = points(FACTORS, DesignOptions(kind="morris", n=20, seed=1))
    folder = make_sweep(tmp_path, table, {"size": chance}, kind="morris", factors=FACTORS)
    sensitivity(folder)
    assert drawn(folder)["indices_size"].finding == "Size: none of 4 factors clearly stands out from chance"


def test_no_indices_are_drawn_before_they_are_estimated(tmp_path: Path) -> None:
    assert "indices_size" not in drawn(sampled(tmp_path, "morris", 8))


# Pictures as files


def designs(folder: Path) -> dict[str, Path]:
    base = {"venue.ad_load": 2.0, "host.replies": 0.1, "leaving.patience": 10.0, "recognition.reach": 0.5}
    three = grid(venue__ad_load=[0.0, 4.0], host__replies=[0.0, 0.2], scenario=["a", "b"])
    return {
        "grid of one": make_sweep(folder / "one", grid(host__replies=REPLIES), COMMUNITY),
        "grid of two": make_sweep(folder / "two", grid(venue__ad_load=[0.0, 4.0], host__replies=REPLIES), COMMUNITY),
        "grid of three": make_sweep(folder / "three", three, COMMUNITY, failed={1: "died"}),
        "lhs": sampled(folder / "lhs", "lhs", 40),
        "saltelli": sampled(folder / "saltelli", "saltelli", 16),
        "one at a time": make_sweep(folder / "oat", one_at_a_time(FACTORS, base), COMMUNITY, kind="one_at_a_time",
                                    factors=FACTORS),
    }  # fmt: skip


def test_every_design_has_its_pictures_with_words_and_inside_the_sheet(tmp_path: Path) -> None:
    expected = {"grid of one": 1, "grid of two": 2, "grid of three": 3, "lhs": 2, "saltelli": 2, "one at a time": 1}
    for name, folder in designs(tmp_path).items():
        results = SweepResults(folder)
        with matplotlib.rc_context(SETTINGS):
            made = list(drawings(figures.plans(["size"]), results))
        assert len(made) == expected[name], name
        for plan, drawing in made:
            assert drawing.alt.startswith(drawing.finding)
            assert folder.name in results.footer
            figure = drawing.figure
            figure.draw_without_rendering()
            box, sheet = figure.get_tightbbox(), figure.get_size_inches()
            assert box.x0 >= 0, (name, plan.name)
            assert box.x1 <= sheet[0] + 0.02, (name, plan.name)


def test_the_same_sweep_gives_the_same_files_as_png_and_svg(tmp_path: Path) -> None:
    folder = make_sweep(tmp_path, grid(venue__ad_load=[0.0, 4.0], host__replies=[0.0, 0.2]), COMMUNITY)
    paths = [path for drawn in figures.draw(folder) for path in (drawn.png, drawn.svg)]
    assert {path.suffix for path in paths} == {".png", ".svg"}
    assert {path.stem for path in paths} == {
        "response_size",
        "heat_size",
        "response_held_by_members",
        "heat_held_by_members",
    }
    before = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    assert before == [
        hashlib.sha256(path.read_bytes()).hexdigest()
        for drawn in figures.draw(folder)
        for path in (drawn.png, drawn.svg)
    ]


def test_a_metric_without_any_value_is_not_drawn(tmp_path: Path) -> None:
    table = grid(venue__ad_load=[0.0, 4.0], host__replies=[0.0, 0.2])
    folder = make_sweep(
        tmp_path, table, {"size": community, "held_by_members": lambda x, _: np.nan * x["host.replies"]}
    )
    assert {drawn.name for drawn in figures.draw(folder)} == {"response_size", "heat_size"}


def test_chance_alone_uses_half_the_colours_and_an_effect_uses_all() -> None:
    noise = np.random.default_rng(3).normal(size=(1, 4, 4, 8))
    for effect, shares in ((0.0, (0.2, 0.7)), (9.0, (1.0, 1.0))):
        cells = 400 + noise + effect * np.arange(4.0)[:, None]
        low, high = colour_range("size", known_means(cells), cells)
        assert shares[0] <= np.ptp(known_means(cells)) / (high - low) <= shares[1]
    assert colour_range("size", np.zeros((1, 2, 2)), noise[:, :2, :2])[0] == 0.0


@pytest.mark.parametrize(("low", "high"), [(0.79, 0.81), (0.796, 0.804), (0.7, 0.7), (0.0, 1.0)])
def test_ticks_of_a_colour_bar_differ_in_their_words(low: float, high: float) -> None:
    words = [amount(place, "share") for place in distinct_ticks(low, high, "share")]
    assert 0 < len(words) == len(set(words))


def test_a_grey_copy_of_the_heat_map_still_has_an_order() -> None:
    shades = colormaps[COLOURS](np.linspace(0, 1, 64))[:, :3] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(shades) > 0).all()
