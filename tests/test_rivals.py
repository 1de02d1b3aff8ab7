"""Rivals and newness, as claims: a copy behind, a copy that adds, users who hold each other, and what is unfamiliar."""

import math

import numpy as np
import pytest
from worlds import differences, flow, small_world

from sim.world import events
from sim.world.mechanisms import rivals
from sim.world.parameters import values
from sim.world.state import CUSTOMER, GONE, STRANGER

P = values(rivals.Parameters)
BUSY = {"people": 600, "days": 300, "population.strangers": 1, "product.drift": 0}
RESTLESS = {"leaving.churn": 0.003, "advocacy.innovation": 0.3}


def share(numbers: dict[str, float] | None = None, **levers: float) -> float:
    """Return our share of users, with a rival that copies in ten days, as the mean over four seeds."""
    chosen = BUSY | {"outside.copies": 10, "outside.better": 0} | levers
    return float(np.mean([
        small_world(seed, **chosen, numbers=RESTLESS | (numbers or {})).outcomes()["market_share"] for seed in range(4)
    ]))  # fmt: skip


def test_nobody_copies_and_nothing_is_new_by_default() -> None:
    loud = {"rivals.pull": 9, "rivals.sense": 9, "rivals.novelty": 4, "rivals.strange": 3, "rivals.early": 9}
    usual = small_world(days=80)
    assert not differences(small_world(days=80, numbers=loud, **{"product.network": 1, "outside.better": 1}), usual)
    assert math.isnan(usual.outcomes()["market_share"])


def test_a_copy_that_nobody_looks_at_takes_nobody() -> None:
    """Null: without pull, a rival changes nothing but the record of what it copies."""
    copied = small_world(days=80, **{"outside.copies": 5}, numbers={"rivals.pull": 0})
    assert not differences(copied, small_world(days=80))
    assert copied.outcomes()["market_share"] == 1.0


def test_before_the_rival_has_copied_the_world_is_the_same() -> None:
    assert not differences(small_world(days=60, **{"outside.copies": 60}), small_world(days=60))
    assert differences(small_world(days=120, **{"outside.copies": 30}), small_world(days=120))


def test_a_copy_that_adds_nothing_has_what_the_original_had_less_the_drift() -> None:
    assert rivals.fit_of_copy(0.6, 0.0, 30.0, 0.0) == 0.6
    assert rivals.fit_of_copy(0.6, 0.01, 30.0, 0.0) == pytest.approx(0.6 * 0.99**30)
    assert rivals.fit_of_copy(0.6, 0.01, 30.0, 1.0) == 1.0


def test_two_that_are_alike_split_the_strangers_and_those_who_move() -> None:
    """Limit: at a pull of 1 and no difference in value, half of those who adopt take the copy."""
    world = small_world(**(BUSY | {"people": 3000, "outside.copies": 1, "outside.better": 0, "product.fixes": 0}),
                        numbers=RESTLESS | {"advocacy.refer": 0, "leaving.churn": 0})  # fmt: skip
    theirs = (world.people["customer"] == GONE) & (world.people["gone_cause"] == events.RIVAL)
    n = flow(world, "adoptions") + theirs.sum()
    assert theirs.sum() == pytest.approx(n / 2, abs=4 * math.sqrt(n) / 2)
    assert (world.people["adopted"][theirs] > world.day).all()  # they never had ours


def test_the_books_of_both_products_balance() -> None:
    world = small_world(**BUSY, **{"outside.copies": 10, "outside.better": 0.5}, numbers=RESTLESS)
    people = world.people
    theirs = (people["customer"] == GONE) & (people["gone_cause"] == events.RIVAL)
    assert world.product.at_rival == theirs.sum() > 0
    assert world.product.customers == (people["customer"] == CUSTOMER).sum()
    assert 0 < flow(world, "lost_to_rival") < flow(world, "churned")
    assert (people["customer"] == STRANGER).sum() < people["customer"].size


def test_a_copy_that_adds_what_we_lack_takes_more_of_the_market() -> None:
    assert share(**{"outside.better": 0.8}) < share() - 0.05


def test_a_later_copy_takes_less_where_the_original_improves() -> None:
    improving = {"product.release_days": 10, "product.fixes": 4, "host.listening": 1}
    assert share(**improving, **{"outside.copies": 150}) > share(**improving, **{"outside.copies": 1})


def test_users_who_need_each_other_hold_the_market_of_whoever_has_them() -> None:
    """Direction, both ways: with more users than the rival, a network protects; a copy far better breaks it."""
    assert share(**{"product.network": 1}) > share()
    weak = share({"rivals.sense": 10}, **{"product.network": 0.05, "outside.better": 1})
    assert weak < share(**{"product.network": 1})


def test_belonging_holds_customers_against_a_copy() -> None:
    """Community enters by p_churn alone: its effect switched off, the rival gets no fewer."""
    held = share({"leaving.belonging_effect": 5}, **{"venue.launch": 3})
    assert held >= share({"leaving.belonging_effect": 0}, **{"venue.launch": 3})


def test_newness_can_win_and_can_lose_and_the_best_of_it_is_no_constant() -> None:
    """Where the best difference lies is not put in: it moves with the sizes, which nobody measured, and with age."""

    def best(days: float, **numbers: float) -> float:
        steps = np.linspace(0, 1, 101)
        return float(steps[np.argmax([rivals.wish_to_try(d, days, 0.0, P._replace(**numbers)) for d in steps])])

    assert 0.0 < best(1000.0) < best(0.0) < 1.0
    assert best(0.0, novelty=0.0) == 0.0
    assert best(0.0, strange=0.0) == 1.0
    assert best(0.0, novelty=2.0) > best(0.0) > best(0.0, strange=3.0)


def test_a_difference_brings_adopters_and_costs_those_who_are_new() -> None:
    def new(**numbers: float) -> tuple[float, float]:
        world = small_world(**BUSY, **{"product.different": 0.8},
                            numbers={"advocacy.innovation": 0.3, "leaving.churn": 0.003} | numbers)  # fmt: skip
        people = world.people
        adopted = (people["adopted"] > 0) & (people["adopted"] < world.day)
        return float(adopted.sum()), float((people["customer"][adopted] == GONE).mean())

    news, weary = new(**{"rivals.strange": 0}), new(**{"rivals.novelty": 0})
    assert news[0] > weary[0]
    assert new(**{"rivals.early": 10, "rivals.learning": 365})[1] > new(**{"rivals.early": 0})[1]


def test_those_who_had_the_product_from_the_start_know_it() -> None:
    """Null: where nobody adopts, what is unfamiliar costs nothing."""
    alone = {"population.strangers": 0}
    assert not differences(small_world(**alone, **{"product.different": 1}), small_world(**alone))


def test_a_rival_that_stops_copying_is_forgotten() -> None:
    world = small_world(until=60, **{"outside.copies": 5})
    assert world.product.copy.all()
    calm = world.settings._replace(outside=world.settings.outside._replace(copies=0.0))
    world.change(calm)
    world.step()
    assert not world.product.copy.any()
    assert not world.product.past
