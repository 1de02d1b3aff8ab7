from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fake_sweep import COMMUNITY, grid, make_sweep

from sim.lab.settings.errors import SettingsError
from sim.lab.settings.sweep_options import DesignOptions
from sim.lab.sweeps.design import Factor
from sim.lab.sweeps.samplers import points
from sim.lab.sweeps.sensitivity import Sensitivity, sensitivity, text

ANGLES = tuple(Factor(name, -np.pi, np.pi) for name in ("a.one", "a.two", "a.three"))
UNIT = tuple(Factor(name, 0.0, 10.0) for name in ("a.strong", "a.weak", "a.none"))


def ishigami(x: pd.DataFrame, noise: Any) -> Any:
    """Return the usual test: interactions of one and three, a two that is not monotone (Ishigami and Homma 1990)."""
    one, two, three = (x[factor.name] for factor in ANGLES)
    return np.sin(one) + 7 * np.sin(two) ** 2 + 0.1 * three**4 * np.sin(one)


def linear(x: pd.DataFrame, noise: Any) -> Any:
    return 3 * x["a.strong"] - 0.5 * x["a.weak"]


def swept(
    folder: Path, factors: tuple[Factor, ...], outcomes: Mapping[str, Any], kind: str, n: int, **more: Any
) -> Path:
    options = DesignOptions(kind=kind, n=n, seed=1)
    table = points(factors, options)
    told = {"n": n, "levels": options.levels}
    return make_sweep(folder, table, outcomes, kind=kind, factors=factors, options=told, **more)


def value(found: Sensitivity, metric: str, factor: str, index: str) -> Any:
    return next(row for row in found.indices if (row.metric, row.factor, row.kind) == (metric, factor, index))


def test_sobol_indices_of_ishigami_are_the_analytic_ones(tmp_path: Path) -> None:
    found = sensitivity(swept(tmp_path, ANGLES, {"y": ishigami}, "saltelli", 1024, replicates=1))
    # V1 = (1 + b pi^4 / 5)^2 / 2, V2 = a^2 / 8, V13 = b^2 pi^8 (1 / 18 - 1 / 50), with a = 7, b = 0.1
    analytic = {"S1": (0.3139, 0.4424, 0.0), "ST": (0.5576, 0.4424, 0.2437)}
    for index, values in analytic.items():
        for factor, expected in zip(ANGLES, values, strict=True):
            got = value(found, "y", factor.name, index)
            assert got.value == pytest.approx(expected, abs=0.03)
            assert got.low - 0.01 <= expected <= got.high + 0.01
    table = pd.read_csv(found.sweep.folder / "sensitivity.csv")
    assert len(table) == 6
    assert set(table["method"]) == {"sobol"}


def test_morris_effects_of_a_straight_line_are_its_slopes_times_the_range(tmp_path: Path) -> None:
    found = sensitivity(swept(tmp_path, UNIT, {"y": linear}, "morris", 8, replicates=1))
    for factor, mu in (("a.strong", 30.0), ("a.weak", -5.0), ("a.none", 0.0)):
        assert value(found, "y", factor, "mu").value == pytest.approx(mu)
        assert value(found, "y", factor, "mu_star").value == pytest.approx(abs(mu))
        assert value(found, "y", factor, "sigma").value == pytest.approx(0.0, abs=1e-9)


def test_rank_regression_of_a_straight_line_finds_its_signs_and_explains_all_of_it(tmp_path: Path) -> None:
    found = sensitivity(swept(tmp_path, UNIT, {"y": linear}, "lhs", 200, replicates=1))
    strong, weak, none = (value(found, "y", factor.name, "src") for factor in UNIT)
    assert strong.value > 0.9
    assert weak.high < 0
    assert none.low < 0 < none.high
    assert found.chance[0].explained > 0.98


def test_chance_is_averaged_over_replicates_and_its_share_is_told(tmp_path: Path) -> None:
    def noisy(x: pd.DataFrame, noise: Any) -> Any:
        return x["a.strong"] + 2.0 * noise  # variance of x: 100 / 12; of a mean of 4: 4 / 4

    found = sensitivity(swept(tmp_path, UNIT, {"y": noisy}, "saltelli", 512, replicates=4))
    share = 1.0 / (100 / 12 + 1.0)
    assert found.chance[0].share == pytest.approx(share, rel=0.1)
    inert = value(found, "y", "a.none", "ST")
    assert inert.value == pytest.approx(share, rel=0.25)  # a total index of a factor without effect is chance alone
    assert inert.chance == pytest.approx(share, rel=0.1)
    assert "chance: 10" in text(found)


def test_mu_star_of_a_factor_without_effect_is_what_chance_alone_gives(tmp_path: Path) -> None:
    found = sensitivity(swept(tmp_path, UNIT, {"y": lambda x, noise: linear(x, noise) + noise}, "morris", 400))
    inert = value(found, "y", "a.none", "mu_star")
    assert inert.value == pytest.approx(inert.chance, rel=0.12)
    assert value(found, "y", "a.none", "sigma").value == pytest.approx(
        value(found, "y", "a.none", "sigma").chance, rel=0.12
    )


def test_the_noise_that_a_seed_brings_to_all_points_is_no_chance_between_points(tmp_path: Path) -> None:
    noisy = {"y": lambda x, noise: linear(x, noise) + 5 * noise}
    found = sensitivity(swept(tmp_path, UNIT, noisy, "saltelli", 64, shared=1.0))
    assert found.chance[0].share == pytest.approx(0.0, abs=1e-9)


def test_a_design_that_cannot_support_it_is_refused_and_those_that_would_are_named(tmp_path: Path) -> None:
    folder = make_sweep(tmp_path, grid(a__strong=[0, 1], a__weak=[0, 1]), COMMUNITY, kind="one_at_a_time")
    says = "design=one_at_a_time does not support a sensitivity analysis: Sobol indices need design=saltelli; Morris"
    with pytest.raises(SettingsError, match=says):
        sensitivity(folder)


@pytest.mark.parametrize("kind", ["saltelli", "morris"])
def test_points_that_are_not_in_the_order_of_the_design_are_refused(tmp_path: Path, kind: str) -> None:
    table = points(UNIT, DesignOptions(kind=kind, n=8, seed=1)).sample(frac=1, random_state=1).reset_index(drop=True)
    folder = make_sweep(tmp_path, table, {"y": linear}, kind=kind, factors=UNIT)
    with pytest.raises(SettingsError, match=f"not in the order of design={kind}"):
        sensitivity(folder)


def test_runs_without_a_value_are_refused_with_their_number_and_the_way_on(tmp_path: Path) -> None:
    folder = swept(tmp_path, UNIT, {"size": linear}, "morris", 8, missing=[1, 2], failed={9: "died"})
    with pytest.raises(
        SettingsError,
        match=r"size: 3 of 128 runs have no value; 2 are missing: barnraise resume \S+; "
        r"1 failed, to try again: barnraise resume \S+ --failed$",
    ):
        sensitivity(folder, ["size"])


def test_what_holds_nobody_is_left_out_and_told_and_refused_if_asked_for(tmp_path: Path) -> None:
    def gone(x: pd.DataFrame, noise: Any) -> Any:
        return np.where(x["a.strong"] > 9, np.nan, 0.5 + 0.01 * x["a.weak"])

    folder = swept(tmp_path, UNIT, {"size": linear, "held_by_members": gone}, "morris", 8)
    found = sensitivity(folder)
    assert {index.metric for index in found.indices} == {"size"}
    assert "it is undefined because there were no members (undefined=0 counts these as 0)" in text(found)
    with pytest.raises(SettingsError, match="held_by_members: "):
        sensitivity(folder, ["held_by_members"])
    counted = sensitivity(folder, ["held_by_members"], undefined=0.0)
    assert value(counted, "held_by_members", "a.strong", "mu").value < 0  # gone where it is strong


def test_a_metric_that_never_changes_and_one_that_is_not_there_are_told(tmp_path: Path) -> None:
    folder = swept(tmp_path, UNIT, {"size": lambda x, _: 1.0 + 0 * x["a.weak"]}, "morris", 8)
    with pytest.raises(SettingsError, match="the same at every point"):
        sensitivity(folder)
    with pytest.raises(SettingsError, match=r"profit: not measured here\. Measured are size"):
        sensitivity(folder, ["profit"])


def test_the_same_folder_gives_the_same_intervals(tmp_path: Path) -> None:
    folder = swept(tmp_path, ANGLES, {"y": ishigami}, "saltelli", 64)
    pd.testing.assert_frame_equal(sensitivity(folder).table(), sensitivity(folder).table())
