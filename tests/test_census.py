"""The census reads measures off a world: right on small cases counted by hand, and on worlds counted again."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import differences, flow, settings, small_world

from sim.world import census, tally
from sim.world.measures import ACTIVE_DAYS, FLOW_SERIES, FORKED, OUTCOMES, SERIES, TWIN
from sim.world.mechanisms.memory import ROLE
from sim.world.parameters import values
from sim.world.state import ANSWER, DORMANT, HOST, LEFT, MEMBER, OUTSIDE, rows
from sim.world.world import World

P = values(census.Parameters)


@pytest.fixture(scope="module")
def world() -> World:
    return small_world(people=400, days=200, log=True)


# -- Inequality ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 5, 100])
def test_equal_values_have_a_gini_of_zero_and_one_owner_of_all_but_one_over_n(n: int) -> None:
    """Limits: G = 0; and with everything in one hand, the mean difference gives (n - 1) / n."""
    assert census.gini(np.full(n, 3.0)) == pytest.approx(0.0, abs=1e-12)
    one_owner = np.zeros(n)
    one_owner[0] = 7.0
    assert census.gini(one_owner) == pytest.approx((n - 1) / n)


@given(st.lists(st.floats(0, 1000), min_size=2, max_size=30).filter(lambda x: sum(x) > 1e-3), st.floats(0.1, 100))
def test_the_gini_is_half_the_mean_difference_over_the_mean_whatever_the_unit(shares: list[float], unit: float) -> None:
    """G = sum |x - y| / (2 n^2 mean), which a rule with ranks has to agree with."""
    x = np.array(shares)
    expected = np.abs(x[:, None] - x[None, :]).sum() / (2 * len(x) ** 2 * x.mean())
    assert census.gini(x) == pytest.approx(expected, abs=1e-9)
    assert census.gini(x * unit) == pytest.approx(expected, abs=1e-9)


def test_a_pareto_distribution_has_the_gini_of_the_textbook() -> None:
    """Fact: G = 1 / (2 a - 1); at a = 3 over 200,000 quantiles, whose cut-off tail costs less than 0.001."""
    u = (np.arange(200_000) + 0.5) / 200_000
    assert census.gini((1 - u) ** (-1 / 3)) == pytest.approx(1 / 5, abs=1e-3)


def test_the_top_share_counts_at_least_one_person() -> None:
    assert census.top_share(np.array([6, 2, 1, 1]), 0.01) == 0.6
    assert census.top_share(np.arange(1, 201), 0.01) == (199 + 200) / (200 * 201 / 2)
    assert census.top_share(np.ones(10), 1.0) == 1.0


def test_of_nothing_there_are_no_shares() -> None:
    for nothing in (np.array([]), np.zeros(3)):
        assert math.isnan(census.gini(nothing))
        assert math.isnan(census.top_share(nothing, 0.01))
    assert math.isnan(census.ratio(1.0, 0.0))


# -- Networks --------------------------------------------------------------------------------------------------------


def core_of(edges: Any) -> float:
    """Return the innermost core of a list of pairs."""
    pairs = np.array(list(edges), dtype=np.int64).reshape(-1, 2)
    return census.innermost_core(pairs[:, 0], pairs[:, 1])


def test_cores_of_graphs_that_one_knows() -> None:
    """Limits: a clique of n is its own (n - 1)-core, a ring its 2-core, a tree its 1-core; nobody has none."""
    clique = [(i, j) for i in range(5) for j in range(i)]
    ring = [(i, (i + 1) % 6) for i in range(6)]
    star = [(0, i) for i in range(1, 9)]
    assert [core_of(graph) for graph in (clique, ring, star, [])] == [4, 2, 1, 0]
    assert core_of(clique + [(i + 10, j + 10) for i, j in ring] + [(0, 10)]) == 4


def test_a_bond_that_both_keep_counts_once() -> None:
    assert core_of([(0, 1), (1, 0)]) == 1


@pytest.mark.parametrize("seed", range(6))
def test_cores_are_those_of_networkx(seed: int) -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.gnp_random_graph(60, 0.02 + 0.03 * seed, seed=seed)
    assert core_of(graph.edges) == max(networkx.core_number(graph).values())


def venue_of(edges: list[tuple[int, int]], people: int = 10) -> Any:
    """Return a venue in which people replied to each other."""
    answers = rows(len(edges) + 1, ANSWER)
    for k, (one, other) in enumerate(edges):
        answers["person"][k], answers["to"][k] = one, other
    return SimpleNamespace(answers=answers, now=SimpleNamespace(answers=len(edges)), memberships=range(people))


@pytest.mark.parametrize(("edges", "expected"), [
    ([(0, 1)], 0.0), ([(0, 1), (1, 0)], 1.0), ([(0, 1), (1, 0), (2, 3), (0, 2)], 0.5),
    ([(0, 1), (0, 1), (0, 1), (1, 0)], 1.0), ([(0, 1), (1, 2), (2, 0)], 0.0),
    ([(HOST, 1), (1, HOST), (3, 4), (4, 3)], 1.0),
])  # fmt: skip
def test_reciprocity_is_the_share_of_help_edges_that_are_returned(edges: Any, expected: float) -> None:
    """Edges count once however often somebody replied, and a host's reply is no edge between members."""
    assert census.reciprocity(venue_of(edges)) == expected


def test_reciprocity_is_that_of_networkx(world: World) -> None:
    networkx = pytest.importorskip("networkx")
    venue = world.venues[0]
    answers = venue.answers[: int(venue.now.answers)]
    pairs = zip(answers["person"].tolist(), answers["to"].tolist(), strict=True)
    graph = networkx.DiGraph([pair for pair in pairs if min(pair) >= 0])
    assert graph.number_of_edges() > 30
    assert census.reciprocity(venue) == pytest.approx(networkx.overall_reciprocity(graph))


def test_without_help_there_is_no_reciprocity() -> None:
    assert math.isnan(census.reciprocity(venue_of([])))
    assert math.isnan(census.reciprocity(venue_of([(HOST, 1)])))


# -- Roles -----------------------------------------------------------------------------------------------------------

HELPS = P.champion_answers + 1
ROLES = [
    ((OUTSIDE, 0.0, 0.0, 0.0, 0.0, 0.0), census.NO_MEMBER),
    ((LEFT, 0.0, 9.0, 9.0, 1.0, 0.0), census.HAS_LEFT),
    ((DORMANT, 90.0, 9.0, 9.0, 1.0, 0.0), census.ASLEEP),
    ((MEMBER, ACTIVE_DAYS + 0.1, 9.0, 9.0, 1.0, 0.0), census.INACTIVE),
    ((MEMBER, ACTIVE_DAYS, 0.0, 0.0, 1.0, 0.0), census.LURKER),
    ((MEMBER, 1.0, P.spoke * 0.9, 0.0, 1.0, 0.0), census.LURKER),
    ((MEMBER, 1.0, 2.0, 1.0, 1.0, 0.0), census.ASKER), ((MEMBER, 1.0, 1.0, 1.0, 0.0, 0.0), census.HELPER),
    ((MEMBER, 1.0, 0.0, HELPS, P.champion_belonging, 0.0), census.CHAMPION),
    ((MEMBER, 1.0, 0.0, HELPS, P.champion_belonging * 0.9, 0.0), census.HELPER),
    ((MEMBER, 1.0, HELPS + 1, HELPS, 1.0, 0.0), census.ASKER),
]  # fmt: skip


@pytest.mark.parametrize(("life", "role"), ROLES)
def test_a_role_is_what_somebody_did_lately(life: tuple, role: int) -> None:
    assert census.role_of(*life, P) == role


@pytest.mark.parametrize(("counts_as", "life", "role"), [
    (census.WHO_WRITES, (MEMBER, 1.0, 0.0, 0.0, 1.0, 1.0), census.INACTIVE),
    (census.WHO_WRITES, (MEMBER, 1.0, 2.0, 1.0, 1.0, 0.0), census.ASKER),
    (census.WHO_IDENTIFIES, (MEMBER, 1.0, 2.0, 1.0, 1.0, P.identifies * 0.9), census.INACTIVE),
    (census.WHO_IDENTIFIES, (MEMBER, 1.0, 0.0, 0.0, 1.0, P.identifies), census.LURKER),
])  # fmt: skip
def test_what_counts_as_a_member_is_a_definition(counts_as: int, life: tuple, role: int) -> None:
    assert census.role_of(*life, P._replace(counts_as=float(counts_as))) == role


def test_every_role_has_its_case() -> None:
    assert {role for _, role in ROLES} == set(range(len(census.ROLES)))


def roles_of(world: World) -> np.ndarray:
    """Return everybody's role in the main venue."""
    return census.roles(
        world.venues[0].memberships, world.day, world.parameters["memory"], world.parameters["census"]
    )  # fmt: skip


def test_everybody_has_one_role_and_the_stocks_count_them(world: World) -> None:
    role, now = roles_of(world), census.stocks(world, world.venues[0])
    count = np.bincount(role, minlength=len(census.ROLES))
    assert count.sum() == len(world.people)
    active = count[[census.LURKER, census.ASKER, census.HELPER, census.CHAMPION]]
    assert [now[name] for name in ("lurkers", "askers", "helpers", "champions")] == active.tolist()
    assert now["active"] == active.sum()
    assert now["active"] + now["dormant"] == now["members"]
    visited = world.venues[0].memberships["last_visit"] >= world.day - ACTIVE_DAYS
    members = world.venues[0].memberships["status"] == MEMBER
    assert now["active"] == (visited & members).sum()


def test_a_role_fades_with_what_it_was_read_from() -> None:
    """An asker who only reads becomes a lurker once their questions have faded below what counts as speaking."""
    world = small_world(people=400, days=200)
    m = world.venues[0].memberships
    someone = int(np.flatnonzero(roles_of(world) == census.ASKER)[0])
    m["asking"][someone], m["helping"][someone], m["stamp"][someone] = 1.0, 0.0, world.day
    life = ROLE
    for days, role in ((0, census.ASKER), (life * math.log(1 / P.spoke) + 2, census.LURKER)):
        m["last_visit"][someone] = world.day
        m["stamp"][someone] = world.day - int(days)
        assert roles_of(world)[someone] == role


# -- Series and outcomes ---------------------------------------------------------------------------------------------


def test_a_census_changes_nothing(world: World) -> None:
    twin = world.fork()
    world.outcomes(), world.people_table(), world.bonds_table(), world.ledger(), census.stocks(world, world.venues[0])
    assert differences(world, twin) == []


def test_every_series_and_outcome_is_one_that_is_explained(world: World) -> None:
    assert set(world.outcomes()) == set(OUTCOMES) - set(FORKED) - set(TWIN)
    assert set(world.series()["metric"]) == set(SERIES) | set(FLOW_SERIES)


def test_recorded_flows_add_up_to_the_tally_however_often_they_are_recorded() -> None:
    for every in (1, 7, 50):
        world = small_world(record_every=every)
        table = world.series()
        found: dict[str, float] = {}
        for metric, value in zip(table["metric"], table["value"], strict=True):
            found[metric] = found.get(metric, 0.0) + value
        for name in tally.NAMES:
            column = "new_bonds" if name == "bonds" else name
            assert found[column] == pytest.approx(flow(world, name)), (name, every)


def test_a_day_is_recorded_once_and_the_last_one_always() -> None:
    days = World(settings(days=100, record_every=30), 1).run(90).run(90).run().series()["day"]
    assert sorted(set(days)) == [30, 60, 90, 100]
    assert len(days) == 4 * (len(SERIES) + len(FLOW_SERIES))


def test_outcomes_are_what_the_log_says(world: World) -> None:
    log, found = world.events(), world.outcomes()
    joins, exits = (int((log["kind"] == kind).sum()) for kind in (0, 21))
    assert (found["joins"], found["exits"]) == (joins, exits)
    assert found["members"] == joins - exits
    assert sum(found[name] for name in found if name.startswith("exits_")) == pytest.approx(1.0)
    for name in ("answered", "newcomers_replied", "peer_share", "retention_90", "lurker_share", "reciprocity", "gini",
                 "top1", "belonging", "trust", "fit", "spirit"):  # fmt: skip
        assert 0.0 <= found[name] <= 1.0, name


def test_days_to_fit_is_the_first_day_with_a_fit_of_seven_tenths_or_the_horizon() -> None:
    assert small_world(**{"product.fit": 0.9}).outcomes()["days_to_fit"] == 0
    assert small_world(days=60, **{"product.fit": 0.1}).outcomes()["days_to_fit"] == 60


def test_profit_is_what_came_in_less_what_went_out(world: World) -> None:
    found, product = world.outcomes(), world.settings.product
    assert found["profit"] == pytest.approx(
        found["margin"] + found["ad_revenue"] - found["community_cost"] - found["tickets"] * product.ticket_cost
    )
    assert found["community_cost"] == found["host_cost"] + found["venue_cost"] + found["marketing_cost"]
    host = world.venues[0].host.levers
    assert found["host_cost"] == pytest.approx((found["host_hours"] + found["hours_idle"]) * host.cost_per_hour)


def test_every_cost_stands_in_the_sheet_and_adds_up_to_the_outcomes() -> None:
    """Fact: each line of money out is an outcome or a part of one, and their sum is the cost of the community."""
    world = small_world(**{
        "host.hours": 5, "host.overhead": 0.3, "venue.exposure_price": 0.4, "venue.opening_cost": 700,
        "venue.monthly_cost": 90})  # fmt: skip
    found, sheet = world.outcomes(), {row["event"]: row for row in world.ledger()}
    assert sum(row["money_out"] for row in sheet.values()) == pytest.approx(found["community_cost"])
    assert sheet["the venue itself"]["money_out"] == found["venue_cost"]
    assert sheet["announcing the venue"]["money_out"] == found["marketing_cost"] > 0
    assert sheet["hours paid and not used"]["host_hours"] == pytest.approx(found["hours_idle"])
    assert sheet["hours that never reach members"]["host_hours"] == pytest.approx(0.3 * 5 * world.day)
    pay = sum(row["money_out"] for row in sheet.values()) - found["venue_cost"] - found["marketing_cost"]
    assert pay == pytest.approx(found["host_cost"]) == pytest.approx(5 * 40 * world.day)


def test_the_exit_rate_is_all_exits_by_all_active_days() -> None:
    """Fact: against a census of every evening, within 3 %: days are counted once a week for everybody."""
    world, days = World(settings(people=1500, days=250), 2), 0.0
    for _ in range(250):
        world.step()
        days += census.active(world)
    found = world.outcomes()
    assert found["exit_rate"] == pytest.approx(100 * 30 * found["exits"] / days, rel=0.03)


def test_a_venue_where_nobody_ever_was_has_no_exit_rate() -> None:
    assert np.isnan(small_world(days=40, **{"venue.opens": 90}).outcomes()["exit_rate"])


def test_the_ledger_accounts_for_every_hour_and_every_coin(world: World) -> None:
    """The host's hours and their cost add up to the tally; money in to what a host credits to its venue."""
    sheet = world.ledger()
    assert sum(row["host_hours"] for row in sheet) == pytest.approx(flow(world, "hours_paid"))
    assert sum(row["money_out"] for row in sheet) == pytest.approx(flow(world, "host_cost"))
    product, days = world.settings.product, 365
    credit = flow(world, "tickets_avoided") * product.ticket_cost + flow(world, "ad_revenue")
    credit += flow(world, "subscriptions")
    credit += flow(world, "referrals") * product.margin * days
    assert sum(row["money_in"] for row in sheet) == pytest.approx(credit)


def test_the_table_of_people_holds_everybody_who_was_ever_inside(world: World) -> None:
    table, m = world.people_table(), world.venues[0].memberships
    inside = m["status"] != OUTSIDE
    assert np.array_equal(table["person"], np.flatnonzero(inside))
    assert len({len(column) for column in table.values()}) == 1
    assert np.array_equal(table["left"] >= 0, m["status"][inside] == LEFT)
    assert np.array_equal(table["left_cause"] != "", m["status"][inside] == LEFT)
    assert (table["visits"] == m["visits"][inside]).all()


def test_bonds_in_the_table_are_strong_today_and_between_active_members(world: World) -> None:
    table, role = world.bonds_table(), roles_of(world)
    active = (role >= census.LURKER) & (role <= census.CHAMPION)
    assert len(table["person"]) > 0
    assert (table["strength"] >= P.bond).all()
    assert active[table["person"]].all()
    assert active[table["partner"]].all()
    assert (table["person"] != table["partner"]).all()
