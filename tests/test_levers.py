"""What a lever does is a word that the numbers bear out, and every lever is in the table."""

from pathlib import Path

import levers
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lab.settings import config, keys
from sim.lab.settings.errors import REFUSED
from sim.lab.sweeps.engine import Outcome

SEEDS = 12
COMMON, OWN = np.random.default_rng(1).normal(0, [[[20.0]], [[1.0]]], (2, 5, SEEDS))  # a seed's luck, and a run's
MEANS = st.lists(st.sampled_from([0.0, 30.0, 60.0]), min_size=5, max_size=5)
PLACES = st.integers(0, 4)
OPPOSITE = {"rising": "falling", "falling": "rising", "peaked": "dipped", "dipped": "peaked", "flat": "flat"}


def made_up(*means: float) -> levers.Floats:
    """Return an outcome by level and seed: the seeds' luck is the same at every level, and 20 times a run's own."""
    return np.array(means)[:, None] + COMMON[0] + OWN


@pytest.mark.parametrize(
    ("means", "shape"),
    [
        ((0, 0, 0, 0, 0), "flat"),
        ((0, 10, 20, 30, 40), "rising"),
        ((40, 30, 20, 10, 0), "falling"),
        ((0, 10, 20, 20, 20), "rising"),  # and then level
        ((0, 10, 20, 10, 0), "peaked"),
        ((20, 10, 0, 10, 20), "dipped"),
        ((0, 30, 20, 10, 15), "peaked"),
        ((0, 0, 0, 0, 30), "rising"),  # at the last level alone
        ((10, 0, 10, 30, 5), "peaked"),  # both: the peak stands out further
    ],
)
def test_a_shape_is_told_from_five_levels(means: tuple[float, ...], shape: str) -> None:
    assert levers.effect(made_up(*means), default=2).shape == shape


def test_an_extreme_between_the_ends_is_named() -> None:
    assert levers.effect(made_up(0, 10, 20, 50, 0), default=1).extreme == 3


def test_a_wave_within_chance_is_no_peak() -> None:
    assert levers.effect(made_up(0, 20, 30.0, 30.2, 30), default=0).shape == "rising"


def test_levels_are_compared_seed_by_seed() -> None:
    values = made_up(0, 0, 0, 3, 3)
    assert levers.effect(values, default=0).shape == "rising"
    apart = np.array([np.roll(row, place) for place, row in enumerate(values)])
    assert levers.effect(apart, default=0).shape == "flat"


def test_four_comparisons_are_corrected() -> None:
    differences = np.zeros((5, SEEDS))
    differences[4] = OWN[4] - OWN[4].mean() + 0.75 * OWN[4].std()  # p between 0.0125 and 0.05
    did = levers.effect(differences, default=0)
    assert 0.0125 < did.changes[4].p < 0.05
    assert did.shape == "flat"


def test_a_level_without_values_decides_nothing_and_a_default_without_values_everything() -> None:
    values = made_up(0, 10, 20, 30, 40)
    assert levers.effect(np.vstack([values[:4], np.full(SEEDS, np.nan)]), default=1).shape == "rising"
    assert levers.effect(np.vstack([np.full(SEEDS, np.nan), values[1:]]), default=0).shape == "undefined"


@given(MEANS, PLACES)
def test_the_negative_of_an_outcome_has_the_opposite_shape(means: list[float], default: int) -> None:
    values = made_up(*means)
    assert levers.effect(-values, default).shape == OPPOSITE[levers.effect(values, default).shape]


@given(MEANS, PLACES)
def test_a_lever_the_other_way_round_has_the_same_peak_and_the_opposite_slope(means: list[float], default: int) -> None:
    there = levers.effect(values := made_up(*means), default).shape
    back = levers.effect(values[::-1], 4 - default).shape
    assert back == (OPPOSITE[there] if there in ("rising", "falling") else there)


@given(MEANS, PLACES, st.permutations(range(SEEDS)))
def test_the_order_of_seeds_does_not_matter(means: list[float], default: int, order: list[int]) -> None:
    values = made_up(*means)
    assert levers.effect(values[:, order], default).shape == levers.effect(values, default).shape


# Levels and tables


@pytest.fixture(scope="module")
def laid_out() -> tuple[list[levers.Swept], levers.session.Sweep]:
    return levers.sweep_of(levers.chosen(None), 3, 50, "results")


def test_every_lever_has_five_levels_within_its_range_and_the_default_among_them(
    laid_out: tuple[list[levers.Swept], levers.session.Sweep],
) -> None:
    swept, asked = laid_out
    every = levers.levers()
    assert [one.name for one in swept] == list(every)
    for one in swept:
        group, _, leaf = one.name.partition(".")
        assert len(set(one.levels)) == 5, one.name
        assert one.levels == tuple(sorted(one.levels))
        assert every[one.name].low <= one.levels[0] < one.levels[-1] <= every[one.name].high
        assert one.levels[one.default] == asked.base[()][group][leaf]


def test_no_level_is_listed_for_a_lever_that_is_gone() -> None:
    assert set(levers.LEVELS) | set(levers.ALONGSIDE) <= set(levers.levers())
    assert set(levers.ELSEWHERE) <= keys.levels()


def test_a_point_moves_one_lever_and_all_levers_share_the_default(
    laid_out: tuple[list[levers.Swept], levers.session.Sweep],
) -> None:
    swept, asked = laid_out
    base = dict(keys.flat(asked.base[()]))
    for one in swept:
        for level, point in zip(one.levels, one.points, strict=True):
            row = asked.design.points.loc[point].to_dict()
            moved = {name for name, value in row.items() if value != base[name]}
            assert moved <= {one.name, *levers.ALONGSIDE.get(one.name, ())}
            assert row[one.name] == level
    assert {one.points[one.default] for one in swept if one.name not in levers.ALONGSIDE} == {0}


def test_every_lever_is_in_the_document_and_the_table(
    laid_out: tuple[list[levers.Swept], levers.session.Sweep],
) -> None:
    swept, asked = laid_out
    chance = np.random.default_rng(1)
    matrices = {name: chance.normal(100, 1, (len(asked.design.points), 3)) for name in levers.shown()}
    found = levers.found_in(swept, matrices)
    base = {name: matrix[0] for name, matrix in matrices.items()}
    text = levers.document(found, base, config.experiment(asked.base[()]))
    assert [name for name in levers.levers() if f"\n| `{name}`<br>" not in text] == []
    rows = levers.records(found)
    assert len(rows) == len(levers.levers()) * 5 * len(levers.shown())
    assert not rows[["mean", "low", "high", "shape"]].isna().any(axis=None)


def test_levers_that_move_nothing_come_first_and_say_why() -> None:
    swept, asked = levers.sweep_of(["venue.ad_load", "host.tone"], 3, 50, "results")
    size = np.full((9, 3), 2.0)  # as with the default, which is the third level
    size[list(swept[0].points)] = np.arange(5.0)[:, None]
    matrices = {"size": size, "profit": np.zeros((9, 3))}
    found = levers.found_in(swept, matrices)
    text = levers.document(found, {name: rows[0] for name, rows in matrices.items()}, config.experiment(asked.base[()]))
    first = text.partition("## Levers that move nothing")[2].partition("##")[0]
    assert "`host.tone`" in first
    assert "all runs are the same" in first
    assert "`venue.ad_load`" not in first
    assert "**rising**<br>-2 (-2 to -2) at 0<br>+2 (+2 to +2) at 8" in text


# The command


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levers, "QUICK_PEOPLE", 20)
    monkeypatch.setattr(levers, "QUICK_SEEDS", 2)


def test_a_trial_writes_beside_its_runs_and_repeats_none_of_them(
    tiny: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[Outcome] = []
    run = levers.session.run
    monkeypatch.setattr(levers.session, "run", lambda *asked: done.append(run(*asked)) or done[-1])
    before = levers.DOCUMENT.exists() and levers.DOCUMENT.read_bytes()
    arguments = ["--quick", "--only", "venue.ad_load", "--results", str(tmp_path)]
    assert [levers.main(arguments), levers.main(arguments)] == [0, 0]
    assert [(outcome.before, outcome.finished) for outcome in done] == [(0, 10), (10, 0)]
    assert (levers.DOCUMENT.exists() and levers.DOCUMENT.read_bytes()) == before
    rows = pd.read_csv(tmp_path / "levers" / "levers.csv")
    assert list(rows)[:7] == ["lever", "level", "outcome", "mean", "low", "high", "shape"]
    assert "`venue.ad_load`" in (tmp_path / "levers" / "levers.md").read_text("utf-8")
    assert "10 runs" in capsys.readouterr().out


def test_a_name_that_is_no_lever_is_refused_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert levers.main(["--only", "venue.add_load"]) == REFUSED
    assert "did you mean venue.ad_load?" in capsys.readouterr().err


@pytest.mark.skipif(not levers.DOCUMENT.exists(), reason="not written yet: make levers")
def test_the_page_has_every_lever_of_the_code() -> None:
    text = levers.DOCUMENT.read_text("utf-8")
    assert [name for name in levers.levers() if f"\n| `{name}`<br>" not in text] == []
