"""A host's hours are contracted: they are paid whether used or not, and what does not fit into them is left undone."""

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from worlds import differences, flow, settings, setup, small_world, total

from sim.world.state import HOST
from sim.world.world import World

BUSY = {"host.seeding": 4, "host.replies": 1, "host.onboarding": 1, "host.awards": 20, "host.exec_visits": 4,
        "host.promises": 8, "host.joins_in": 0.2}  # fmt: skip


@examples(max_examples=15, deadline=None)
@given(st.floats(0, 12), st.floats(0, 1), st.floats(0, 12), st.sampled_from(("flat", "taper", "burst", "late")))
def test_paid_hours_are_used_idle_or_overhead(hours: float, overhead: float, capacity: float, schedule: str) -> None:
    """The books: what is paid is what is used, idle and overhead, and nothing of it is negative."""
    chosen = {"hours": hours, "overhead": overhead, "capacity": capacity, "schedule": schedule}
    world = small_world(people=80, days=60, **BUSY, **{f"host.{name}": value for name, value in chosen.items()})
    paid, used, lost = (flow(world, name) for name in ("hours_paid", "host_hours", "hours_overhead"))
    found = world.outcomes()
    assert paid == pytest.approx(used + lost + found["hours_idle"], abs=1e-6)
    assert lost == pytest.approx(overhead * paid)
    assert found["host_cost"] == pytest.approx(paid * 40)
    assert min(found["hours_idle"], found["hours_undone"]) >= 0


def test_a_host_who_starts_late_is_reviewed_on_what_came_after() -> None:
    world = World(settings(people=80, days=90, **{"host.starts": 60, "host.hurdle": 1}), 1).run(until=60)
    assert world.venues[0].host.marks == world.venues[0].tally.tolist()
    assert sum(world.venues[0].host.marks) > 0


def test_a_host_is_paid_for_each_day_at_work_and_for_no_other() -> None:
    """Fact: 2 hours x 40 a day from its start until it is silenced, gives up, or has spent its budget."""
    levers = {"host.hours": 2, "host.starts": 30}
    world = World(settings(people=60, days=100, **levers), 1).run(80)
    assert flow(world, "host_cost") == 50 * 2 * 40
    world.silence_hosts()
    assert flow(world.run(), "host_cost") == 50 * 2 * 40
    assert flow(small_world(people=60, days=300, **{"host.hurdle": 100, "host.patience": 2}), "hours_paid") == 182 * 3
    assert flow(small_world(people=60, days=200, **{"host.budget": 1000}), "host_cost") == pytest.approx(1000)
    capped = small_world(people=60, days=50, **{"host.hours": 9, "host.capacity": 4})
    assert flow(capped, "hours_paid") == 50 * 4


@pytest.mark.parametrize("free", [{}, {f"hosting.hours_{of}": 0 for of in (
    "per_broadcast", "per_visit", "per_greeting", "of_listening")}])  # fmt: skip
def test_a_host_without_hours_is_no_host(free: dict) -> None:
    """Null: it costs nothing and does nothing, even where an act takes no time, and however it speaks or promises."""
    eager = BUSY | {"host.hours": 0, "host.promo": 1, "host.tone": 1, "host.listening": 1}
    idle = dict.fromkeys((*BUSY, "host.promo", "host.tone", "host.listening", "host.broadcasts", "host.hours"), 0)
    assert differences(small_world(numbers=free, **eager), small_world(numbers=free, **idle)) == []
    world = small_world(numbers=free, log=True, **eager)
    assert not (world.events()["actor"] == HOST).any()
    assert total(world, "host_cost", "hours_paid", "host_hours", "hours_undone", "heard", "releases") == 0


def test_a_host_with_more_duties_than_hours_does_half_as_much_in_half_the_hours() -> None:
    """Direction and limit: half the pay, half the posts, within 2 % (an act in progress at the end)."""
    full, half = (small_world(people=60, days=400, **{
        "host.seeding": 50, "host.replies": 0, "host.broadcasts": 0, "host.awards": 0, "host.listening": 0,
            "host.hours": hours}) for hours in (6, 3))  # fmt: skip
    assert flow(half, "host_cost") == flow(full, "host_cost") / 2
    assert flow(half, "seeds") == pytest.approx(flow(full, "seeds") / 2, rel=0.02)
    assert flow(half, "undone_seeds") + flow(half, "seeds") == 50 * 400
    assert half.outcomes()["hours_undone"] > full.outcomes()["hours_undone"]


def test_a_host_with_hours_to_spare_does_the_same_in_half_the_hours_at_half_the_cost() -> None:
    full, half = (small_world(**{"host.hours": hours}) for hours in (12, 6))
    paid = ("hours_paid", "host_cost", "now.hours_left")
    assert differences(full, half, but=tuple(f"0.{name}" for name in (*(f"tally.{p}" for p in paid), *paid))) == []
    assert flow(half, "host_cost") == flow(full, "host_cost") / 2
    assert half.outcomes()["hours_undone"] == 0


def test_overhead_takes_from_members_and_not_from_the_pay() -> None:
    """Fact: 4 hours with half of them overhead are 2 hours without, at the price of 4."""
    split, plain = (small_world(**BUSY, **{"host.hours": hours, "host.overhead": overhead})
                    for hours, overhead in ((4, 0.5), (2, 0)))  # fmt: skip
    but = ("0.tally.hours_paid", "0.tally.hours_overhead", "0.tally.host_cost")
    assert differences(split, plain, but=but) == []
    assert flow(split, "host_cost") == 2 * flow(plain, "host_cost")


def test_questions_that_a_host_means_to_answer_are_answered_or_left_undone() -> None:
    """The books: where nobody else may answer and a host means to answer all, it is one or the other."""
    world = small_world(**{"venue.talk": 0, "host.replies": 1, "host.seeding": 0, "host.hours": 0.3})
    assert flow(world, "undone_replies") == flow(world, "disappointments") > 0
    assert flow(world, "questions_answered") > 0
    each = world.parameters["hosting"].hours_per_reply
    assert world.outcomes()["hours_undone"] >= flow(world, "undone_replies") * each


def test_threads_that_a_host_means_to_join_are_joined_or_left_undone() -> None:
    """The books: joining takes as long as a reply, and each thread of members is joined or left undone, once."""
    ample, short = (small_world(**{"host.joins_in": 1, "host.replies": 0, "host.hours": hours, "host.capacity": 99})
                    for hours in (99, 1))  # fmt: skip
    assert flow(ample, "undone_replies") == 0
    assert flow(short, "undone_replies") > 0
    for world in (ample, short):
        threads = world.venues[0].threads[: world.venues[0].now.threads]
        met = (threads["author"] >= 0) & (threads["time"] % 1 < 0.999)  # before the evening round
        assert flow(world, "host_answers") + flow(world, "undone_replies") == met.sum()


def test_newcomers_that_a_host_means_to_greet_are_greeted_or_left_undone() -> None:
    """The books: everybody who joins comes on that day."""
    world = small_world(**{"host.onboarding": 1, "host.hours": 0.5, "host.seeding": 0, "host.replies": 0})
    joins = sum(flow(world, f"joins_{cause}") for cause in ("market", "friends", "search", "invite"))
    assert flow(world, "greetings") + flow(world, "undone_greetings") == joins
    assert flow(world, "undone_greetings") > 0


def test_a_responsive_host_saves_what_it_does_not_work() -> None:
    """Direction: where members answer nearly all, it works less from then on, and is paid less."""
    ready = {"answering.answer": 0.5}
    steady, responsive = (
        small_world(numbers=ready, **{"host.policy": policy, "host.hours": 8, "host.replies": 0})
        for policy in ("scheduled", "responsive")
    )
    assert flow(responsive, "host_cost") < flow(steady, "host_cost")
    assert flow(responsive, "host_cost") == pytest.approx(40 * flow(responsive, "hours_paid"))


def test_a_venue_costs_from_the_day_on_which_it_opens() -> None:
    """Fact: opening once, a thirtieth of the month each day, and price x customers x exposures."""
    levers = {"venue.opens": 40, "venue.opening_cost": 1000, "venue.monthly_cost": 60, "venue.exposure_price": 0.5,
              "venue.launch": 1.0, "venue.marketing": 0.02, "population.strangers": 0}  # fmt: skip
    world = World(settings(people=200, days=100, numbers={"leaving.churn": 0}, **levers), 1).run(40)
    assert total(world, "venue_cost", "marketing_cost") == 0
    customers = world.product.customers
    world.run()
    assert flow(world, "venue_cost") == pytest.approx(1000 + 60 * 60 / 30)
    assert world.product.customers == customers
    assert flow(world, "marketing_cost") == pytest.approx(0.5 * customers * (1.0 + 60 * 0.02))
    assert world.outcomes()["community_cost"] == pytest.approx(
        total(world, "host_cost", "venue_cost", "marketing_cost")
    )


def test_a_venue_that_never_opens_costs_nothing() -> None:
    world = small_world(days=80, **{"venue.opens": 80, "venue.opening_cost": 1000, "venue.monthly_cost": 60,
                                    "venue.exposure_price": 1, "host.hours": 0})  # fmt: skip
    assert world.outcomes()["community_cost"] == 0


def test_costs_of_the_venue_move_nobody() -> None:
    """Null: the company pays them, and a host's review counts its pay alone."""
    reviewed = {"host.hurdle": 1.0, "host.patience": 1}
    dear = {"venue.opening_cost": 1e6, "venue.monthly_cost": 1e5, "venue.exposure_price": 50.0}
    but = ("0.tally.venue_cost", "0.tally.marketing_cost", "0.now.opening_cost", "0.now.monthly_cost",
           "0.now.exposure_price")  # fmt: skip
    assert differences(small_world(days=200, **reviewed), small_world(days=200, **reviewed, **dear), but=but) == []


def test_a_host_that_joins_in_keeps_hours_for_it() -> None:
    """Direction: posts get what replies leave, so more joining in means fewer posts where hours bind."""
    levers = {"host.hours": 3, "host.seeding": 20, "host.replies": 0}
    alone, joining = (small_world(**levers, **{"host.joins_in": share}) for share in (0, 0.6))
    assert flow(joining, "host_answers") > 0
    assert flow(joining, "seeds") < flow(alone, "seeds")


def test_idle_hours_count_in_the_review() -> None:
    """Direction: the same acts and the same returns, but a contract ten times as long, and the host gives up."""
    levers = {"host.hurdle": 0.01, "host.patience": 1}
    short, long = (small_world(days=200, **levers, **{"host.hours": hours}) for hours in (2, 23))
    assert long.outcomes()["gave_up"] == 1
    assert short.outcomes()["gave_up"] == 0


def test_the_series_of_all_venues_add_up_to_the_profit_of_the_company() -> None:
    """Fact: profit so far, on each day of a record, is a sum of flows over venues."""
    dear = {"venue.opening_cost": 300, "venue.monthly_cost": 40, "venue.exposure_price": 0.1, "venue.ad_free_price": 2}
    world = small_world(days=100, setups=(setup("one", **dear), setup("two", **dear, **{"venue.opens": 30})))
    table, cost = world.series(), world.settings.product.ticket_cost
    worth = {"margin": 1, "ad_revenue": 1, "subscriptions": 1, "tickets": -cost, "host_cost": -1, "venue_cost": -1,
             "marketing_cost": -1}  # fmt: skip
    rows = zip(table["metric"], table["value"], strict=True)
    profit = sum(worth[name] * value for name, value in rows if name in worth)
    assert profit == pytest.approx(world.outcomes()["profit"])
