import errno
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fake_sweep import COMMUNITY, grid, make_sweep, runs, write_parts

from sim.lab.runs import statistics
from sim.lab.settings.errors import SettingsError, WorkError
from sim.lab.settings.sweep_options import DesignOptions
from sim.lab.sweeps.aggregate import aggregate, auto_lines, text
from sim.lab.sweeps.by_point import Pairs, enough, estimates
from sim.lab.sweeps.design import Factor
from sim.lab.sweeps.samplers import points as sampled
from sim.lab.sweeps.sensitivity import sensitivity
from sim.lab.sweeps.sweep_folder import Sweep
from sim.show.sweeps.figures import draw

POINTS = grid(venue__ad_load=[0.0, 2.0, 4.0], host__replies=[0.0, 0.2])


def given(points: pd.DataFrame, noise: np.ndarray) -> np.ndarray:
    """Values that can be checked by hand: the point's ads, plus 0, 1, 2 in replicates 0, 1, 2."""
    return points["venue.ad_load"].to_numpy() + np.arange(len(points)) % 3


def test_the_table_has_every_run_once_in_order_and_pandas_reads_it_in_one_line(tmp_path: Path) -> None:
    folder = make_sweep(tmp_path, POINTS, COMMUNITY, replicates=5)
    aggregate(folder)
    table = pd.read_parquet(folder / "runs.parquet")
    assert table["run_id"].tolist() == list(range(30))
    expected = runs(POINTS, COMMUNITY, 5, 0.0)
    pd.testing.assert_frame_equal(table.drop(columns="error"), expected.drop(columns="error"))


def test_the_summary_equals_what_a_hand_computes(tmp_path: Path) -> None:
    found = aggregate(make_sweep(tmp_path, POINTS, {"size": given}, replicates=3))
    table = found.summary()
    assert list(table.columns) == ["point", "venue.ad_load", "host.replies", "metric", "mean", "low", "high", "sd",
                                   "p10", "p90", "replicates"]  # fmt: skip
    row = table[(table["venue.ad_load"] == 4.0) & (table["host.replies"] == 0.2)].iloc[0]
    assert row["mean"] == 5.0  # of 4, 5, 6
    assert row["sd"] == 1.0
    assert row["high"] - row["mean"] == pytest.approx(4.302653 / np.sqrt(3))  # Student's t with 2 degrees of freedom
    assert (row["p10"], row["p90"], row["replicates"]) == (4.2, 5.8, 3)


@pytest.mark.parametrize("metric", ["size", "answered", "gave_up", "profit", "y"])
def test_all_points_at_once_say_what_one_at_a_time_says(metric: str) -> None:
    chance = np.random.default_rng(1)
    values = chance.uniform(0, 1, (40, 7)) if metric != "gave_up" else chance.integers(0, 2, (40, 7)).astype(float)
    values[chance.random(values.shape) < 0.4] = np.nan
    values[0], values[1, 1:], values[2] = np.nan, np.nan, 0.3 if metric != "gave_up" else 1.0
    outcome = {"size": (False, (0, np.inf)), "answered": (False, (0, 1)), "gave_up": (True, (0, 1))}
    yes_or_no, between = outcome.get(metric, (False, (-np.inf, np.inf)))
    many = estimates(values, metric)
    for i, row in enumerate(values):
        one = statistics.estimate(row, yes_or_no, between)
        got = [many[name][i] for name in ("mean", "low", "high", "replicates", "sd", "p10", "p90")]
        np.testing.assert_allclose(got, one, rtol=1e-12, atol=1e-15)


def test_failed_and_missing_runs_are_counted_told_and_left_out(tmp_path: Path) -> None:
    failed = {
        4: "ValueError: too hot [a=1 run_seed=7]",
        9: "ValueError: too hot [a=2 run_seed=8]",
        20: "killed its worker",
    }
    found = aggregate(make_sweep(tmp_path, POINTS, COMMUNITY, replicates=5, missing=[0, 1], failed=failed))
    assert (found.done, found.failed, found.missing) == (28, 3, 2)
    assert found.errors == {"ValueError: too hot": 2, "killed its worker": 1}
    told = text(found)
    assert "28 of 30 runs done" in told
    assert "2 runs missing: barnraise resume" in told
    assert "2 x ValueError: too hot" in told
    table = pd.read_csv(found.sweep.folder / "failures.csv")
    assert table["run_id"].tolist() == [4, 9, 20]
    assert table.loc[2, ["point", "replicate", "venue.ad_load", "host.replies"]].tolist() == [4, 0, 4.0, 0.0]
    assert table.loc[0, "error"] == "ValueError: too hot [a=1 run_seed=7]"
    assert found.summary().query("metric == 'size'")["replicates"].tolist() == [2, 4, 5, 5, 4, 5]


def test_a_run_that_stands_in_two_parts_counts_once_and_the_finished_one_wins(tmp_path: Path) -> None:
    folder = make_sweep(tmp_path, POINTS, COMMUNITY, replicates=5, failed={7: "worker died"})
    again = runs(POINTS, COMMUNITY, 5, 0.0)
    write_parts(folder, again.iloc[5:12], 1, first=0 + 50)
    found = aggregate(folder)
    assert (found.done, found.failed) == (30, 0)
    assert pd.read_parquet(folder / "runs.parquet")["size"].tolist() == again["size"].tolist()
    before = (folder / "runs.parquet").read_bytes(), (folder / "summary.csv").read_bytes()
    aggregate(folder)
    assert before == ((folder / "runs.parquet").read_bytes(), (folder / "summary.csv").read_bytes())


def test_one_replicate_has_no_interval_and_says_so(tmp_path: Path) -> None:
    found = aggregate(make_sweep(tmp_path, POINTS, COMMUNITY, replicates=1))
    assert found.summary()[["low", "high", "sd"]].isna().all(axis=None)
    assert "effects cannot be distinguished from chance" in text(found)


def test_outcomes_without_any_spread_have_an_interval_of_no_width(tmp_path: Path) -> None:
    found = aggregate(make_sweep(tmp_path, POINTS, {"size": lambda p, _: 0.1 + 0 * p["venue.ad_load"]}, replicates=3))
    table = found.summary()
    assert (table["low"] == 0.1).all()
    assert (table["high"] == 0.1).all()
    assert found.seen[0].detectable == 0.0


def test_what_could_have_been_seen_is_the_mean_over_all_pairs_of_points() -> None:
    values = np.random.default_rng(2).normal(size=(6, 9)) + np.arange(9)
    variances = [np.var(values[i] - values[j], ddof=1) for i in range(6) for j in range(i)]
    pairs = Pairs(9)
    pairs.add(values[:4])
    pairs.add(values[4:])
    expected = statistics.detectable(float(np.sqrt(np.mean(variances) / 9)), 9)
    assert pairs.seen("size").detectable == pytest.approx(expected, rel=1e-12)


def test_points_on_different_seeds_are_not_taken_for_pairs() -> None:
    chance = np.random.default_rng(3)
    common, alone = chance.normal(scale=20, size=(2, 9)), chance.normal(size=(8, 9))
    strata = np.array([0, 1] * 4)
    values = common[strata] + alone
    variances = [np.var(values[i] - values[j], ddof=1) for i in range(8) for j in range(i) if strata[i] == strata[j]]
    pairs = Pairs(9, strata=2)
    pairs.add(values, strata)
    expected = statistics.detectable(float(np.sqrt(np.mean(variances) / 9)), 9)
    assert pairs.seen("size").detectable == pytest.approx(expected, rel=1e-12)


def test_what_a_seed_does_to_all_points_alike_hides_no_difference(tmp_path: Path) -> None:
    alone, alike = (
        aggregate(make_sweep(tmp_path / str(shared), POINTS, COMMUNITY, replicates=20, shared=shared))
        for shared in (0.0, 0.99)
    )
    assert alike.seen[0].detectable < 0.2 * alone.seen[0].detectable


def test_a_difference_of_the_size_told_is_seen_in_four_of_five_sweeps() -> None:
    chance, pairs = np.random.default_rng(5), Pairs(8)
    pairs.add(chance.normal(size=(4000, 8)))
    difference = pairs.seen("size").detectable
    both = chance.normal(size=(2, 4000, 8)) + np.array([0.0, difference])[:, None, None]
    seen = [statistics.contrast(a, b, "more").p <= 0.05 for a, b in zip(*both, strict=True)]
    assert np.mean(seen) == pytest.approx(0.80, abs=0.026)  # 4 standard errors of 4000 draws


def test_a_hundred_thousand_runs_take_little_memory(tmp_path: Path) -> None:
    points = grid(venue__ad_load=np.linspace(0, 8, 250).tolist(), host__replies=np.linspace(0, 0.5, 100).tolist())
    folder = make_sweep(tmp_path, points, COMMUNITY, replicates=4, parts=20)
    tracemalloc.start()
    found = aggregate(folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.done == 100_000
    assert peak < 150e6


def test_a_folder_that_is_none_and_a_part_that_is_broken_are_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is not the folder of a sweep"):
        aggregate(tmp_path)
    folder = make_sweep(tmp_path, POINTS, COMMUNITY)
    (folder / "runs" / "part-00001.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(WorkError, match=r"part-00001.parquet is damaged"):
        aggregate(folder)
    assert not (folder / "runs.parquet").exists()


@pytest.mark.parametrize("name", ["runs.parquet", "summary.csv", "failures.csv"])
def test_a_full_disk_leaves_the_tables_of_before_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = make_sweep(tmp_path, POINTS, COMMUNITY)
    aggregate(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    replaced = Path.replace

    def full(path: Path, target: Path) -> Path:
        if path.name == f".{name}.part":
            raise OSError(errno.ENOSPC, "No space left on device")
        return replaced(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(WorkError, match="cannot be written: No space left on device; what was written before"):
            aggregate(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


EDGES = {
    "one point": {"points": grid(venue__ad_load=[1.0])},
    "one run": {"points": grid(venue__ad_load=[1.0]), "replicates": 1},
    "one replicate": {"points": POINTS, "replicates": 1},
    "no run": {"points": POINTS, "missing": range(24), "parts": 1},
    "failures alone": {"points": POINTS, "failed": dict.fromkeys(range(24), "no luck")},
    "one failure alone": {"points": grid(venue__ad_load=[1.0]), "replicates": 1, "parts": 1, "failed": {0: "no luck"}},
    "mixed levels": {"points": grid(host_off=["auto", 30, "off"], venue__ad_load=[0.0, 1.0])},
    "a constant": {"points": POINTS, "outcomes": {"size": lambda points, noise: 5.0 + 0 * noise}},
}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.filterwarnings("error")
def test_a_sweep_at_the_edge_is_put_together_drawn_and_analysed_without_a_warning(tmp_path: Path, edge: str) -> None:
    folder = make_sweep(tmp_path, **({"outcomes": COMMUNITY} | EDGES[edge]))
    assert text(aggregate(folder))
    draw(folder)
    with pytest.raises(SettingsError, match=r"too few for a rank regression|have no value|the same at every point"):
        sensitivity(folder)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", ["lhs", "saltelli", "morris"])
def test_an_outcome_that_never_changes_is_drawn_and_left_out_without_a_warning(tmp_path: Path, kind: str) -> None:
    factors = (Factor("venue.ad_load", 0.0, 8.0), Factor("host.replies", 0.0, 0.5))
    points = sampled(factors, DesignOptions(kind=kind, n=16))
    outcomes = COMMUNITY | {"size": lambda points, noise: 5.0 + 0 * noise}
    folder = make_sweep(tmp_path, points, outcomes, kind=kind, factors=factors, replicates=1)
    aggregate(folder)
    assert list(sensitivity(folder).left_out) == ["size"]
    draw(folder)


def test_nothing_run_yet_is_told(tmp_path: Path) -> None:
    folder = make_sweep(tmp_path, POINTS, COMMUNITY, parts=1)
    (folder / "runs" / "part-00000.parquet").unlink()
    with pytest.raises(SettingsError, match="no runs yet"):
        aggregate(folder)


def test_a_matrix_has_a_row_a_point_and_a_hole_where_nothing_ran(tmp_path: Path) -> None:
    values = Sweep(make_sweep(tmp_path, POINTS, COMMUNITY, replicates=5, missing=[7])).matrix("size")
    assert values.shape == (6, 5)
    assert np.argwhere(np.isnan(values)).tolist() == [[1, 2]]


# How many replicates are enough


def rows(*values: list[float]) -> pd.DataFrame:
    return pd.DataFrame([(i, r, v) for i, row in enumerate(values) for r, v in enumerate(row)],
                        columns=["point", "replicate", "size"])  # fmt: skip


def test_a_narrow_point_has_enough_and_a_wide_one_gets_more() -> None:
    narrow, wide = [1.0, 1.1] * 4, [1.0, 5.0] * 4
    assert enough(rows(narrow, wide), "size", half_width=0.5, cap=100) == {1: 8}  # at most twice what it has
    assert enough(rows(narrow, wide), "size", half_width=0.5, cap=10) == {1: 2}
    assert enough(rows(narrow, wide), "size", half_width=0.5, cap=8) == {}


def test_no_spread_by_chance_is_not_taken_for_certainty_before_eight_runs() -> None:
    assert enough(rows([3.0, 3.0, 3.0]), "size", half_width=0.5, cap=100) == {0: 5}
    assert enough(rows([3.0] * 8), "size", half_width=0.5, cap=100) == {}


def test_runs_without_a_value_count_towards_the_cap() -> None:
    assert enough(rows([np.nan] * 6), "size", half_width=0.5, cap=6) == {}
    assert enough(rows([np.nan] * 4 + [0.0, 1.0] * 4), "size", half_width=0.4, cap=100) == {0: 3}


def test_looking_again_and_again_covers_about_as_often_as_the_docstring_says() -> None:
    chance, inside = np.random.default_rng(3), []
    for _ in range(600):
        draws, n = chance.normal(size=200), 8
        while more := enough(rows(draws[:n].tolist()), "size", half_width=0.4, cap=200):
            n += more[0]
        low, high = statistics.t_interval(draws[:n])
        inside.append(low < 0 < high)
    assert 0.90 < np.mean(inside) < 0.96


def test_with_replicates_auto_only_what_was_begun_is_asked_for(tmp_path: Path) -> None:
    precision = {"metric": "size", "half_width": 12.0, "cap": 40, "batch": 8}
    many = set(range(8)) | set(range(40, 52)) | set(range(80, 88))
    folder = make_sweep(tmp_path, grid(venue__ad_load=[0.0, 2.0, 4.0]), COMMUNITY, replicates=40,
                        options={"precision": precision}, missing=set(range(120)) - many | {3})  # fmt: skip
    found = aggregate(folder)
    assert (found.done, found.missing) == (27, 1)
    assert found.sweep.common == 8
    assert found.summary().query("metric == 'size'")["replicates"].tolist() == [7, 12, 8]
    told = text(found)
    assert "27 of 28 runs done, 3 points x 8 to 12 replicates" in told
    assert "replicates=auto: Size to within ±12 at every point, with at most 40 replicates" in told


def test_a_point_with_a_small_batch_has_not_reached_the_cap(tmp_path: Path) -> None:
    options = {"precision": {"metric": "size", "half_width": 1e6, "cap": 40, "batch": 3}}
    last = [point * 40 + replicate for point in range(len(POINTS)) for replicate in range(3, 40)]
    folder = make_sweep(tmp_path, POINTS, COMMUNITY, replicates=40, options=options, missing=last)
    assert not any("reached" in line or "too few" in line for line in auto_lines(Sweep(folder)))
