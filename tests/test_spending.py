"""What customers spend, what messages and ads have to do with it, and who pays for an ad-free venue."""

import numpy as np
import pytest
from worlds import differences, flow, settings, small_world

from sim.world.state import CUSTOMER, LEFT, MEMBER
from sim.world.world import World

NO_EFFECT = {"spending.lift": 0, "spending.reminder": 0}


def test_what_is_booked_is_what_people_spent() -> None:
    world = small_world()
    assert flow(world, "margin") == pytest.approx(world.people["spent"].sum())


def test_where_the_community_does_nothing_customers_spend_margin_times_days_times_passion() -> None:
    """Limit: everybody who has been a customer all the time has paid up to their last weekly bill."""
    world = small_world(days=119, numbers=NO_EFFECT, **{"product.margin": 0.5})
    people = world.people
    loyal = np.flatnonzero((people["customer"] == CUSTOMER) & (people["adopted"] == 0))
    last_bill = 118 - (118 + loyal) % 7
    assert people["spent"][loyal] == pytest.approx(0.5 * (last_bill + 1) * people["passion"][loyal])


def test_members_outspend_others_by_selection_alone_and_the_twin_tells_it_from_an_effect() -> None:
    """No effect: joiners still spend more a head, and the world without a venue earns the same from them."""

    def spent(numbers: dict, opens: float) -> World:
        numbers = numbers | {"join.passion": 2.0, "leaving.churn": 0.0}
        return small_world(people=600, days=200, numbers=numbers, **{"venue.opens": opens, "population.strangers": 0})

    for numbers, has_effect in ((NO_EFFECT, False), ({"spending.lift": 1.0}, True)):
        world, twin = spent(numbers, 0), spent(numbers, 1000)
        joined = world.memberships[0]["visits"] > 0
        assert world.people["spent"][joined].mean() > 1.2 * world.people["spent"][~joined].mean()
        gain = world.people["spent"][joined].sum() / twin.people["spent"][joined].sum() - 1
        assert (gain > 0.02) if has_effect else (gain == pytest.approx(0.0))


@pytest.mark.parametrize(("lift", "sign"), [(0.5, 1), (-0.5, -1)])
def test_belonging_may_raise_spending_and_may_lower_it(lift: float, sign: int) -> None:
    """The same people and the same past: what they spend feeds back on nothing."""
    usual, other = (small_world(numbers=NO_EFFECT | {"spending.lift": value}) for value in (0.0, lift))
    assert sign * (flow(other, "margin") - flow(usual, "margin")) > 0
    assert differences(usual, other, but=("people.spent", "0.tally.margin")) == []


def test_nobody_can_buy_what_is_not_on_sale_and_who_bought_it_meets_no_more_ads() -> None:
    eager = {"exposure.upgrade": 0.01}
    levers = {"venue.ad_load": 5.0}
    assert flow(small_world(numbers=eager, **levers), "upgrades") == 0
    world = small_world(numbers=eager, until=100, log=True, **levers, **{"venue.ad_free_price": 3.0})
    assert flow(world, "upgrades") > 10
    assert flow(world, "subscriptions") > 0
    subscribers = np.flatnonzero(world.memberships[0]["subscriber"])
    before = world.memberships[0]["ads"][subscribers].copy()
    world.run(until=120)
    still = world.memberships[0]["subscriber"][subscribers]
    assert (world.memberships[0]["ads"][subscribers[still]] <= before[still]).all()
    assert not world.memberships[0]["subscriber"][world.memberships[0]["status"] == LEFT].any()


def test_a_price_alone_changes_nothing_where_there_are_no_ads() -> None:
    free, priced = (small_world(**{"venue.ad_load": 0, "venue.ad_free_price": price}) for price in (0.0, 5.0))
    assert differences(free, priced, but=("0.now.ad_free_price",)) == []


def test_annoying_ads_drive_out_more_than_innocuous_ones_and_show_as_many_to_who_comes() -> None:
    """Ten pairs of worlds with equal load."""
    levers = {"venue.ad_load": 6.0, "people": 400, "days": 200}
    gaps = []
    for seed in range(10):
        mild, harsh = (small_world(seed, **levers, **{"venue.annoyance": level}) for level in (0.0, 8.0))
        gaps.append(flow(harsh, "exits_ads") - flow(mild, "exits_ads"))
        assert flow(harsh, "ads") / flow(harsh, "visits") == pytest.approx(6.0)
    assert flow(mild, "exits_ads") == 0
    assert np.mean(gaps) > 4 * np.std(gaps, ddof=1) / np.sqrt(len(gaps))


def test_ads_take_pleasure_at_once_and_more_of_it_the_longer_they_last() -> None:
    """The same members with ten times the ads, months later: they come less, though none of them may leave over it."""
    quiet = {"leaving.dull": 0, "exposure.minutes_per_ad": 0}
    slow, fast = {"worth.annoy": 0, "worth.annoy_slow": 0.003}, {"worth.annoy": 0.05, "worth.annoy_slow": 0}

    def loss(numbers: dict, until: int) -> float:
        world = World(settings(people=600, days=300, numbers=quiet | numbers, **{"venue.ad_load": 1.0}), 1).run(60)
        members = np.flatnonzero(world.memberships[0]["status"] == MEMBER)
        twin = world.fork()
        for i in members:
            world.membership(0, int(i)).ads_own = 10.0
        world.run(until)
        twin.run(until)
        return float((twin.memberships[0]["interest"] - world.memberships[0]["interest"])[members].mean())

    assert loss(fast, 90) > 0.02
    assert loss(slow, 300) > 2 * loss(slow, 90)


def test_referred_customers_suit_the_product_better_and_that_may_be_switched_off() -> None:
    """Recruiters convince those whom it suits: exp(match s) tilts a standard normal to a mean of `match`."""
    busy = {
        "advocacy.refer": 1.0,
        "advocacy.convince": 0.15,
        "advocacy.innovation": 0,
        "advocacy.imitation": 0,
        "population.initial_trust": 1,
        "bonding.trust_ads": 0,
        "bonding.trust_silence": 0,
    }

    def suited(match: float) -> np.ndarray:
        numbers = busy | {"advocacy.match": match}
        worlds = [small_world(seed, numbers=numbers, people=800, **{"population.strangers": 3}) for seed in range(4)]
        return np.concatenate([world.people["suited"][world.people["recruiter"] >= 0] for world in worlds])

    for match in (0.0, 0.8):
        found = suited(match)
        assert len(found) > 60
        assert abs(found.mean() - match) < 4 / np.sqrt(len(found)) + 0.1 * match  # strangers who suit get fewer
