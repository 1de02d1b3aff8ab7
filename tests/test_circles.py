"""Company outside all venues, and feeds: what declines, what displaces what, and what a survey cannot tell apart."""

from typing import Any

import numpy as np
import pytest
from books import check_books, check_levels
from worlds import differences, flow, settings, small_world

from sim.world import systems
from sim.world.mechanisms import circles
from sim.world.parameters import values
from sim.world.state import MEMBER
from sim.world.world import World

P = values(circles.Parameters)
BARELY = {"outside.decline": 1e-9}  # followed, and hardly anything happens
NEITHER = {"circles.displaces": 0, "circles.seeks": 0}


def lived(days: int = 120, numbers: dict[str, float] | None = None, people: int = 250, **levers: Any) -> World:
    return small_world(people=people, days=days, numbers=numbers, **levers)


def lonely_use_more(world: World) -> float:
    """Return the correlation of time in the feed and lack of company: what a survey shows."""
    return float(np.corrcoef(np.log(world.lives["feed"]), 1.0 - world.lives["company"])[0, 1])


# -- Null ------------------------------------------------------------------------------------------------------------


def test_where_nothing_declines_and_there_is_no_feed_nobodys_company_is_followed() -> None:
    numbers = {f"circles.{name}": circles.Parameters._field_defaults[name].high for name in P._fields}
    pair = lived(60), lived(60, numbers, **{"outside.institutions": 0.9})
    assert differences(*pair) == []
    assert not pair[0].lives["company"].any()
    assert np.isnan(pair[0].outcomes()["isolated"])


def test_where_the_lonely_do_not_come_more_and_a_feed_takes_no_time_nothing_changes_in_venues() -> None:
    quiet = {"circles.longs": 0, "circles.takes": 0}
    pair = lived(90), lived(90, quiet, **{"outside.feed": 200, "outside.decline": 0.5})
    assert differences(*pair, but=("lives.",)) == []
    assert flow(pair[0], "visits") > 50


# -- Company ---------------------------------------------------------------------------------------------------------


def test_without_decline_or_feed_company_stays_what_institutions_and_ones_own_ease_give() -> None:
    """Limit: uniform between institutions x (1 - spread) and institutions x (1 + spread)."""
    company = lived(people=1500, numbers=NEITHER, **BARELY, **{"outside.institutions": 0.4}).lives["company"]
    assert company.mean() == pytest.approx(0.4, abs=0.02)
    assert company.min() == pytest.approx(0.4 * (1 - P.spread), abs=0.01)
    assert company.max() == pytest.approx(0.4 * (1 + P.spread), abs=0.01)


def test_company_follows_institutions_down_with_a_lag_of_its_life() -> None:
    """Limit: towards m(t) = m0 e^(-kt), a level of life L follows at m(t) / (1 - k L), once the start is forgotten."""
    days, decline = 1460, 0.4
    world = lived(days, NEITHER, **{"outside.decline": decline, "outside.institutions": 0.4})
    rate = -np.log(1 - decline) / 365
    expected = 0.4 * np.exp(-rate * days) / (1 - rate * P.life)
    own = circles.own_draw(0.5, P)
    assert world.lives["company"].mean() == pytest.approx(expected * own, rel=0.1)


def test_the_share_of_the_isolated_is_that_of_people_with_neither_company_nor_a_place() -> None:
    world = lived(**{"outside.decline": 0.3})
    m, p = world.memberships[0], world.parameters
    home = np.where(m["status"] == MEMBER, m["belonging"] * np.exp((m["stamp"] - float(world.day))
                    / p["memory"].belonging), 0.0)  # fmt: skip
    expected = np.mean(world.lives["company"] + home < P.isolated)
    assert 0.0 < expected < 1.0
    assert world.outcomes()["isolated"] == pytest.approx(expected)
    assert (systems.company_in_all(world) >= world.lives["company"]).all()


def test_decline_isolates_people() -> None:
    few, many = (lived(400, **{"outside.decline": level}).outcomes()["isolated"] for level in (0.01, 0.6))
    assert many > few


# -- Two stories, one survey -----------------------------------------------------------------------------------------

FEED = {"outside.feed": 120}
DISPLACES = {"circles.displaces": 0.4, "circles.seeks": 0}
SEEKS = {"circles.displaces": 0, "circles.seeks": 2}


def test_both_stories_make_heavy_users_lonelier_and_neither_does_not() -> None:
    for story in (DISPLACES, SEEKS):
        assert lonely_use_more(lived(300, story, people=800, **FEED)) > 0.3
    assert abs(lonely_use_more(lived(300, NEITHER, people=800, **FEED))) < 0.1


def test_only_a_cut_tells_them_apart() -> None:
    """Where feeds displace company it comes back without them. Where the lonely turn to feeds nothing comes of it."""
    gained = {}
    for name, story in (("displaces", DISPLACES), ("seeks", SEEKS)):
        chosen = settings(days=500, numbers=story, **FEED, **BARELY)
        kept = World(chosen, 1).run(until=300)
        cut = kept.fork()
        cut.change(chosen._replace(outside=chosen.outside._replace(feed=0.0)))
        gained[name] = cut.run().lives["company"].mean() - kept.run().lives["company"].mean()
    assert gained["displaces"] > 0.05
    assert gained["seeks"] == 0.0


def test_a_feed_may_bring_company_and_the_lonely_may_shun_it() -> None:
    """Both signs are open."""
    alone, fed = (lived(200, {"circles.displaces": -0.3, "circles.seeks": 0}, **BARELY, **{"outside.feed": minutes})
                  for minutes in (0, 120))  # fmt: skip
    assert fed.lives["company"].mean() > alone.lives["company"].mean()
    assert lonely_use_more(lived(200, {"circles.displaces": 0, "circles.seeks": -2}, people=800, **FEED)) < -0.3


# -- What it does to venues ------------------------------------------------------------------------------------------


def test_who_has_as_much_company_as_is_usual_comes_as_often_as_ever() -> None:
    class Life:
        company, feed = 0.5, 1.0

    longing = getattr(circles.longing, "py_func", circles.longing)
    assert longing(Life, 0.3, 0.5, P) == 1.0 == longing(Life, 0.0, 0.9, P)
    assert longing(Life, 0.3, 0.9, P) > 1.0 > longing(Life, 0.3, 0.1, P)
    assert longing(Life, 0.3, circles.OFF, P) == 1.0


@pytest.mark.parametrize(("longs", "sign"), [(8.0, 1), (-8.0, -1)])
def test_where_company_declines_people_come_more_often_or_less_by_what_they_long_for(longs: float, sign: int) -> None:
    levers = {"outside.decline": 0.9, "population.belonging": 0.6, "outside.institutions": 0.8}
    none, some = (lived(365, {"circles.longs": level, "leaving.dull": 0.1}, **levers) for level in (0.0, longs))
    assert (flow(some, "visits") - flow(none, "visits")) * sign > 0


def test_a_feed_takes_minutes_from_venues() -> None:
    none, some = (lived(90, NEITHER | {"circles.takes": level}, **FEED) for level in (0.0, 0.5))
    assert flow(some, "minutes") < 0.8 * flow(none, "minutes")


def test_switching_a_feed_on_in_the_middle_begins_to_follow_everybody_at_once() -> None:
    chosen = settings(days=80)
    world = World(chosen, 1).run(until=40)
    world.change(chosen._replace(outside=chosen.outside._replace(feed=60.0)))
    world.step()
    assert (world.lives["feed"] > 0).all()
    assert world.lives["company"].mean() == pytest.approx(world.settings.outside.institutions, abs=0.05)


@pytest.mark.parametrize("name", P._fields)
def test_every_number_in_its_range_keeps_the_world_valid(name: str) -> None:
    number = circles.Parameters._field_defaults[name]
    levers = {"outside.feed": 600, "outside.decline": 1, "outside.institutions": 1}
    for level in (number.low, number.high):
        world = small_world(people=120, days=100, numbers={f"circles.{name}": level}, **levers)
        check_levels(world)
        check_books(world)
        assert ((world.lives["company"] >= 0) & (world.lives["company"] <= 1)).all()
        assert (np.isfinite(world.lives["feed"]) & (world.lives["feed"] > 0)).all()
