"""From factors to points: each kind of design does what it is chosen for, the same for the same seed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.lab.settings import keys
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.sweep_options import DesignOptions, read
from sim.lab.sweeps.design import Factor
from sim.lab.sweeps.factors import assumed, factors_of, levelled, merged, ranged
from sim.lab.sweeps.samplers import points

ADS, REPLIES = Factor("venue.ad_load", 0.0, 8.0), Factor("host.replies", 0.0, 0.5)
PAIR = [ADS, REPLIES]


def sample(kind: str, n: int = 8, factors: list[Factor] = PAIR, **more: object) -> pd.DataFrame:
    return points(factors, DesignOptions(kind=kind, n=n, **more))


@pytest.mark.parametrize("kind", ["lhs", "sobol", "saltelli", "morris"])
def test_the_same_seed_gives_the_same_points_and_another_seed_others(kind: str) -> None:
    assert sample(kind, seed=3).equals(sample(kind, seed=3))
    assert not sample(kind, seed=3).equals(sample(kind, seed=4))


@pytest.mark.parametrize("kind", ["lhs", "sobol", "saltelli", "morris"])
def test_points_stay_within_their_ranges(kind: str) -> None:
    drawn = sample(kind, n=32)
    for factor in PAIR:
        assert drawn[factor.name].between(factor.low, factor.high).all()


@pytest.mark.parametrize(
    ("kind", "n", "more", "rows"),
    [
        ("lhs", 7, {}, 7),
        ("sobol", 8, {}, 8),
        ("saltelli", 8, {}, 8 * (2 + 2)),
        ("saltelli", 8, {"second_order": True}, 8 * (2 * 2 + 2)),
        ("morris", 5, {}, 5 * (2 + 1)),
    ],
)
def test_a_design_has_as_many_points_as_its_method_needs(kind: str, n: int, more: dict[str, bool], rows: int) -> None:
    assert len(sample(kind, n, **more)) == rows


def test_a_latin_hypercube_has_one_point_in_each_slice_of_every_factor() -> None:
    drawn = sample("lhs", n=20)
    for factor in PAIR:
        slices = np.floor(20 * drawn[factor.name] / factor.high)
        assert sorted(slices) == list(range(20))


def test_a_sobol_sequence_fills_every_quarter_alike() -> None:
    drawn = sample("sobol", n=64)
    quarters = (drawn["venue.ad_load"] >= 4).astype(int) * 2 + (drawn["host.replies"] >= 0.25).astype(int)
    assert quarters.value_counts().tolist() == [16, 16, 16, 16]


def test_a_morris_trajectory_moves_one_factor_at_a_time() -> None:
    for trajectory in np.split(sample("morris", n=4).to_numpy(), 4):
        assert ((np.diff(trajectory, axis=0) != 0).sum(axis=1) == 1).all()


def test_a_grid_holds_every_combination_and_the_last_factor_changes_fastest() -> None:
    drawn = sample(
        "grid", factors=[Factor("venue.ad_load", values=(0, 4)), Factor("host.schedule", values=("flat", "late"))]
    )
    assert drawn.to_numpy().tolist() == [[0, "flat"], [0, "late"], [4, "flat"], [4, "late"]]


def test_one_at_a_time_goes_from_the_base_to_each_end_alone() -> None:
    drawn = points(PAIR, DesignOptions(kind="one_at_a_time"), {"venue.ad_load": 1.0, "host.replies": 0.3})
    assert drawn.to_numpy().tolist() == [[1.0, 0.3], [0.0, 0.3], [8.0, 0.3], [1.0, 0.0], [1.0, 0.5]]


def test_settings_that_are_counted_get_whole_numbers() -> None:
    assert sample("lhs", factors=[Factor("days", 90.0, 400.0)])["days"].dtype == np.int64


def test_levels_of_a_sampled_factor_come_about_equally_often() -> None:
    drawn = sample("sobol", n=8, factors=[Factor("host.schedule", values=("flat", "late")), ADS])
    assert drawn["host.schedule"].value_counts().to_dict() == {"flat": 4, "late": 4}


@pytest.mark.parametrize("kind", ["lhs", "sobol", "morris", "saltelli"])
@pytest.mark.parametrize("factor", [Factor("host_off", 30.0, 33.0), Factor("venue.ad_load", 30.0, 33.0, whole=True)])
def test_each_whole_number_of_a_range_comes_equally_often(kind: str, factor: Factor) -> None:
    drawn = sample(kind, n=512, factors=[factor, REPLIES])[factor.name]
    assert drawn.dtype == np.int64
    shares = drawn.value_counts(normalize=True).sort_index()
    assert shares.index.tolist() == [30, 31, 32, 33]
    assert shares.to_numpy() == pytest.approx(0.25, abs=0.04)


def test_one_at_a_time_goes_to_whole_ends_of_a_whole_range() -> None:
    drawn = points([Factor("days", 40.0, 60.0)], DesignOptions(kind="one_at_a_time"), {"days": 50})
    assert drawn["days"].dtype == np.int64


@pytest.mark.parametrize("kind", ["lhs", "sobol", "morris", "saltelli"])
def test_a_range_on_the_log_scale_is_filled_evenly_there(kind: str) -> None:
    def drawn(factor: Factor) -> np.ndarray:
        return sample(kind, n=64, factors=[factor, REPLIES])[factor.name].to_numpy(float)

    plain = drawn(ranged("venue.ad_load", np.log2(0.5), np.log2(8)))
    assert np.log2(drawn(ranged("venue.ad_load", 0.5, 8, log=True))) == pytest.approx(plain)
    whole = drawn(ranged("people", 1, 7, log=True))
    assert np.mean(whole == 1) == pytest.approx(1 / 3, abs=0.09)  # a third of the way from 1 to 8 is doubling once


def test_a_range_may_name_its_scale_and_a_log_scale_does_not_reach_nothing() -> None:
    (factor,) = factors_of(DesignOptions(kind="lhs", factors={"people": {"low": 10, "high": 1000, "scale": "log"}}))
    assert factor == Factor("people", 10.0, 1000.0, log=True)
    with pytest.raises(
        SettingsError, match=r"^venue.ad_load: \[0, 8\] has no log scale: its lower end has to be above 0"
    ):
        ranged("venue.ad_load", 0, 8, log=True)
    for wrong in ({"low": 1, "high": 8, "scale": "lag"}, {"low": 1}, {"low": 1, "high": 8, "step": 2}):
        with pytest.raises(SettingsError, match=r"or \{low: 0.5, high: 8, scale: log\}$"):
            factors_of(DesignOptions(kind="lhs", factors={"venue.ad_load": wrong}))


def test_equal_levels_are_merged_and_named_and_yes_is_not_one() -> None:
    kept, left_out = merged(levelled("venue.ad_load", [1, 1.0, 2, True, "1", [1], [1.0]]))
    assert kept.values == (1, 2, True, "1", [1])
    assert left_out == [1.0, [1.0]]


@pytest.mark.parametrize("high", [np.inf, np.nan, 10**400, 1.0])
def test_a_range_has_two_ends_and_the_higher_comes_last(high: float) -> None:
    with pytest.raises(
        SettingsError, match=r"^host.replies: \[1.0, .*\] is not a range from a lower to a higher number$"
    ):
        ranged("host.replies", 1.0, high)


def test_a_grid_too_large_for_any_machine_is_refused() -> None:
    with pytest.raises(SettingsError, match="has 1,000,000,000 points here, and at most 100,000,000 are possible"):
        sample("grid", factors=[Factor(name, values=tuple(range(1000))) for name in ("a.x", "a.y", "a.z")])


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfhost_off,venue.ad_load\n30,1\noff,2\n",  # with a byte order mark
        b"host_off,venue.ad_load\r\n30,1\r\noff,2\r\n,\r\n\r\n",  # with empty lines at the end
        b'"host_off","venue.ad_load"\n"30","1"\n"off","2"\n',
        b"host_off , venue.ad_load\n 30 , 1\n off , 2\n",
    ],
)
def test_a_csv_file_may_come_from_any_program(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "points.csv").write_bytes(content)
    drawn = sample("csv", file=str(tmp_path / "points.csv"))
    assert drawn.to_dict("list") == {"host_off": [30, "off"], "venue.ad_load": [1, 2]}


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"days,days\n40,50\n", (": days names two columns: delete one",)),
        (b",days\n0,50\n", (": its first column has no name, as a column of row numbers has: delete it "
                            "(in pandas, to_csv(index=False))",)),
        (b"days,\n40,50\n", (": column 2 has no name: delete it",)),
        (b"days;people\n40;50\n", (": its columns are separated by semicolons; save it with commas",)),
        (b"days\tpeople\n40\t50\n", (": its columns are separated by tabs; save it with commas",)),
        (b"index,days\n0,40\n", (": unknown setting index ('barnraise help settings' lists them); "
                                 "delete the column if it holds no setting",)),
        (b"days,people\n40\n40,50,60\n,50\n", (": row 1: cells missing or too many: 1 instead of 2",
                                              ": row 2: cells missing or too many: 3 instead of 2",
                                              ": row 3 has no days")),
        (b"days\n4\xe90\n", (": line 2: the file is not in UTF-8; save it as UTF-8",)),
        ("days\n40\n".encode("utf-16"), (": line 1: the file is not in UTF-8; save it as UTF-8",)),
        (b'days\n"40\n', (": this is not CSV (unexpected end of data)",)),
        (b"days\n\n\n", (": the file holds no points",)),
        (b"", (": the file holds no points",)),
    ],
)  # fmt: skip
def test_a_csv_file_that_cannot_be_read_is_refused_with_what_to_do(
    tmp_path: Path, content: bytes, lines: tuple[str, ...]
) -> None:
    file = tmp_path / "points.csv"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as refused:
        sample("csv", file=str(file))
    assert refused.value.lines == tuple(f"design.file={file}{line}" for line in lines)


def test_a_csv_file_is_taken_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("venue.ad_load, host.schedule\n0,flat\n2.5,late\n")
    drawn = sample("csv", file=str(file))
    assert drawn.to_dict("list") == {"venue.ad_load": [0.0, 2.5], "host.schedule": ["flat", "late"]}


@pytest.mark.parametrize(
    ("kind", "more", "line"),
    [
        ("sobol", {"n": 12}, "design.n=12 must be a power of two for design=sobol: 8 or 16"),
        ("grid", {}, "design=grid needs levels, not a range, for venue.ad_load, host.replies"),
        (
            "morris",
            {"factors": [Factor("days", values=(90, 180, 360))]},
            "design=morris needs a range, two numbers, for days",
        ),
        ("lhs", {"factors": []}, "design=lhs needs factors, such as design.factors='{venue.ad_load: [0, 8]}'"),
        ("csv", {}, "design=csv needs a table of points: design.file=points.csv"),
        ("csv", {"file": "none.csv"}, "design.file=none.csv: there is no such file"),
        ("morris", {"levels": 5}, "design.levels=5 must be even for design=morris"),
    ],
)
def test_what_a_design_cannot_do_it_refuses_in_a_line(kind: str, more: dict[str, object], line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        sample(kind, **more)
    assert refused.value.lines == (line,)


def test_a_csv_file_with_holes_is_refused_with_their_rows(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("venue.ad_load,host.replies\n0,0.1\n,0.2\n")
    with pytest.raises(SettingsError, match=r"row 2 has no venue.ad_load"):
        sample("csv", file=str(file))


def test_the_assumed_factors_are_those_of_that_grade_within_their_declared_ranges() -> None:
    whole, near = assumed(None), assumed(2.0)
    graded = [name for name, row in keys.declarations().items() if row.grade == "assumed"]
    assert [factor.name for factor in whole] == [factor.name for factor in near] == graded
    for wide, narrow in zip(whole, near, strict=True):
        assert wide.low <= narrow.low < narrow.high <= wide.high
        assert narrow.low <= keys.declarations()[narrow.name].default <= narrow.high


def test_two_numbers_are_a_range_for_a_sampler_and_two_levels_for_a_grid() -> None:
    written = {"venue.ad_load": [0, 8]}
    (ranged,), (levelled,) = (factors_of(DesignOptions(kind=kind, factors=written)) for kind in ("lhs", "grid"))
    assert (ranged.low, ranged.high, ranged.values) == (0.0, 8.0, ())
    assert levelled.values == (0, 8)


@pytest.mark.parametrize(
    ("tree", "line"),
    [
        ({"kind": "lhs", "sead": 3}, "unknown option design.sead; did you mean design.seed?"),
        ({"kind": "lhs", "n": "many"}, "design.n=many is not possible; it should be a whole number"),
        (
            {"kind": "lhs", "metrics": ["held_by_member"]},
            "unknown metric held_by_member; did you mean held_by_members?",
        ),
    ],
)
def test_a_wrong_option_is_refused_with_the_nearest_right_one(tree: dict[str, object], line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read("design", tree)
    assert refused.value.lines == (line,)
