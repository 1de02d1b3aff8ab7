"""Worlds that part on the host-off day: they share their past and their draws, and say who holds whom."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fake_folder import make_compare, make_run
from hypothesis import given
from hypothesis import strategies as st
from worlds import settings

from sim.cli import compose
from sim.lab.runs.fork import AS_IT_WAS, COUNTED, FOUR, SIX, Lived, active, live, remove_helpers, shares, top_helpers
from sim.lab.runs.replicate import BASE, Arm, Task, run_replicate
from sim.lab.settings.errors import SettingsError
from sim.lab.sweeps.design import Design, Factor, points_of
from sim.show.results import Results
from sim.show.runs import held
from sim.world.measures import FORKED
from sim.world.state import LEFT, NEVER
from sim.world.world import World

SIZES = st.floats(0, 1e5)


def world(days: int = 120, people: int = 500, numbers: dict[str, float] | None = None, **levers: Any) -> World:
    return World(settings(people=people, days=days, numbers=numbers, **levers), 5)


def lived(day: int | None = 60, changes: Any = FOUR, **levers: Any) -> Lived:
    return live(world(**levers), day, changes, lambda _, one: one.series())


# What each voice holds


@given(SIZES.filter(lambda size: size > 1), SIZES, SIZES, SIZES)
def test_what_host_and_members_hold_and_the_floor_are_the_whole(
    on: float, host: float, members: float, both: float
) -> None:
    found = shares(on, host, members, both)
    assert found["held_by_host"] + found["held_by_members"] + found["floor"] == pytest.approx(1.0)
    joint = found["host_loss"] + found["member_loss"] - found["interplay"]
    assert joint == pytest.approx(1.0 - found["floor"], abs=1e-6)  # what goes when both fall silent


def test_two_voices_that_need_each_other_hold_half_each_and_have_an_interplay_above_zero() -> None:
    assert shares(100, 0, 0, 0) == {
        "host_loss": 1, "member_loss": 1, "held_by_host": 0.5, "held_by_members": 0.5, "floor": 0, "interplay": 1
    }  # fmt: skip
    assert shares(100, 100, 100, 0)["interplay"] == -1  # either can stand in for the other


def test_there_is_no_share_of_nobody() -> None:
    assert np.isnan(list(shares(0, 0, 0, 0).values())).all()


# The worlds


def test_a_change_that_changes_nothing_gives_the_world_as_it_was() -> None:
    found = lived(**{"host.hours": 0})
    assert found.counts["host_silent"] == found.counts[AS_IT_WAS]
    assert found.counts["both_silent"] == found.counts["members_silent"]
    assert repr(found.kept["host_silent"]) == repr(found.kept[AS_IT_WAS])
    outcomes = found.outcomes()
    assert [outcomes[f"{name}{way}"] for name in ("host_loss", "held_by_host", "interplay") for way in COUNTED] == 9 * [
        0
    ]


def test_worlds_that_part_leave_the_world_as_it_was_alone() -> None:
    assert repr(lived(63, SIX).kept[AS_IT_WAS]) == repr(lived(day=None).kept[AS_IT_WAS])


def test_members_who_never_speak_hold_nobody() -> None:
    found = live(world(numbers={"answering.answer": 0, "asking.talk": 0}), 60).outcomes()
    assert abs(found["held_by_members"]) < 0.05
    assert np.isnan(found["held_by_members_replies"])  # there are no replies to hold


def test_stayers_and_replies_are_counted_since_the_worlds_parted() -> None:
    found = lived()
    for one in found.counts.values():
        assert 0 < one.stayers < one.active
    assert found.counts["members_silent"].replies == found.counts["both_silent"].replies == 0
    assert found.counts[AS_IT_WAS].replies > found.counts["host_silent"].replies * 0.2 > 0
    assert found.outcomes()["size"] == found.counts[AS_IT_WAS].active == active(found.world).sum()


def test_without_a_day_of_the_fork_there_is_one_world_and_nothing_is_known_of_the_others() -> None:
    found = lived(day=None)
    assert list(found.counts) == [AS_IT_WAS]
    assert np.isnan([found.outcomes()[name] for name in FORKED]).all()


def test_the_series_of_a_run_are_named_by_world_and_begin_where_it_parted() -> None:
    task = Task(1, 5, (Arm(BASE, world().settings),), host_off=60)
    series = run_replicate(task).arms[BASE].series
    assert list(series) == ["as_it_was", "host_silent", "members_silent", "both_silent"]
    for name in FOUR:
        assert series[name]["day"].min() == 60
        first, same = (one["value"][one["day"] == 60] for one in (series[name], series[AS_IT_WAS]))
        np.testing.assert_array_equal(first, same)


# Two more questions


def test_top_helpers_are_the_fewest_who_gave_half_and_they_never_come_back() -> None:
    trunk = world(days=400)
    trunk.run(until=60)
    answers = trunk.venues[0].answers[: int(trunk.venues[0].now.answers)]
    given_by = answers["person"][answers["person"] >= 0]
    people = top_helpers(trunk)
    inside = trunk.memberships[0]["status"] != LEFT
    given_by = given_by[inside[given_by]]
    assert 0 < len(people) < len(set(given_by.tolist())) / 2
    gave = [int((given_by == person).sum()) for person in people]
    assert sum(gave) >= len(given_by) / 2 > sum(gave) - min(gave)
    remove_helpers(trunk)
    trunk.run()
    assert (trunk.memberships[0]["status"][people] == LEFT).all()
    assert (trunk.memberships[0]["left"][people] == NEVER).all()


def test_a_silent_product_brings_no_needs_no_releases_and_no_posts() -> None:
    quiet = world(**{"host.listening": 1, "host.seeding": 1})
    quiet.run(until=60)
    quiet.silence_product()
    before = quiet.venues[0].tally.copy()
    quiet.run()
    flows = quiet.series()
    late = [value for day, name, value in zip(flows["day"], flows["metric"], flows["value"], strict=True)
            if day > 66 and name in ("needs", "seeds", "releases")]  # fmt: skip
    assert late
    assert not any(late)
    assert quiet.venues[0].tally.sum() > before.sum()  # life goes on


def test_two_more_worlds_are_lived_where_they_are_asked_for() -> None:
    four, six = lived().outcomes(), lived(changes=SIX).outcomes()
    more = ("helpers_loss", "top_helpers", "product_loss")
    assert np.isnan([four[name] for name in more]).all()
    assert not np.isnan([six[name] for name in more]).any()
    assert {name: four[name] for name in FORKED if name not in more} == {
        name: six[name] for name in FORKED if name not in more
    }


def test_the_number_of_worlds_is_four_or_six() -> None:
    assert compose.request(["fork=six"], compares=False).experiment.fork == "six"
    with pytest.raises(SettingsError, match="fork=sixx is not four or six"):
        compose.request(["fork=sixx"], compares=False)


def test_a_sweep_that_asks_for_nothing_of_the_fork_needs_none() -> None:
    def forks(**options: Any) -> bool:
        return Design("csv", (Factor("venue.ad_load"),), points_of(("venue.ad_load",), [(1.0,)]), 1, 1, options).forks

    assert [forks(), forks(metrics=["size"]), forks(metrics=["size", "floor"])] == [True, False, True]
    assert forks(metrics=["size"], precision={"metric": "held_by_host"})


# In words and pictures


@pytest.mark.parametrize(
    ("days", "words"),
    [(182, "half a year"), (183, "half a year"), (365, "a year"), (91, "three months"), (100, "100 days")],
)
def test_a_horizon_is_said_in_words(days: int, words: str) -> None:
    assert held.horizon(days) == words


def test_the_headline_says_who_holds_the_members_and_how_long_after(tmp_path: Path) -> None:
    results = Results(make_run(tmp_path, host_off=548))
    said = held.sentence(results).replace("\xa0", " ")
    assert said.startswith("Of 4")
    for words in ("are held by each other, ", "by the host; the other ", "half a year after the voices fall silent"):
        assert words in said


def test_bands_add_up_to_the_members_as_they_would_have_been(tmp_path: Path) -> None:
    results = Results(make_compare(tmp_path))
    for arm in results.arms:
        table = held.bands(results, arm)
        on = results.paths("active", arm).mean(axis=0)
        np.testing.assert_allclose(table.sum(axis=1), on[table.index])
    drawing = held.held_in_time(results)
    assert drawing is not None
    assert len(drawing.figure.axes) == 3  # a panel an arm
    assert drawing.finding.startswith("Active members held by each other")


def test_the_binding_budget_is_drawn_where_it_was_recorded(tmp_path: Path) -> None:
    folder = make_run(tmp_path)
    series = pd.read_parquet(folder / "series.parquet")
    series = series[~series.metric.isin(held.GIVEN)]
    series.to_parquet(folder / "series.parquet")
    assert held.budget_in_time(Results(folder)) is None
    booked = [series[series.metric == "active"].assign(metric=name, value=1.0 + (name == "given_by_host"))
              for name in held.GIVEN]  # fmt: skip
    pd.concat([series, *booked]).to_parquet(folder / "series.parquet")
    drawing = held.budget_in_time(Results(folder))
    assert drawing is not None
    assert drawing.finding == "The largest part of what a visit is worth at the end comes from the host (33\xa0%)"
