"""Recognition and incentives in whole worlds: who is moved, by how much at most, and what leaves all else alone."""

import pytest
from worlds import differences, small_world


def test_a_minority_is_competitive_and_the_mean_is_one() -> None:
    trait = small_world(people=20_000, days=1).people["competitive"]
    assert trait.mean() == pytest.approx(1.0, abs=0.1)
    assert 0.05 < (trait > 2.0).mean() < 0.3


def test_how_competitive_people_are_matters_only_where_there_is_something_to_compete_for() -> None:
    alike, apart = ({"population.competitive_spread": spread} for spread in (0.0, 1.5))
    trait, nothing = ("people.competitive",), {"host.awards": 0.0}
    assert differences(small_world(numbers=alike, **nothing), small_world(numbers=apart, **nothing), but=trait) == []
    for lever, level in (("venue.points", 1.0), ("venue.goals", 1.0), ("host.awards", 30.0)):
        here = nothing | {lever: level}
        assert differences(small_world(numbers=alike, **here), small_world(numbers=apart, **here), but=trait) != []
