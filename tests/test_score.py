"""The score of a community: what it counts, what it does not, and that it tells a community from an audience."""

import math

import pytest

from sim.cli import compose
from sim.lab.runs import jobs
from sim.lab.runs.replicate import run_replicate
from sim.lab.runs.score import FULL, score
from sim.world.measures import OUTCOMES

FULL_MARKS = {name: level for name, (level, _) in FULL.items()}


def test_every_side_is_an_outcome_and_none_is_about_size_or_the_host() -> None:
    assert set(FULL) <= set(OUTCOMES)
    assert not {"size", "members", "held_by_host", "trust"} & set(FULL)


def test_full_marks_on_every_side_make_a_hundred_and_nothing_makes_none() -> None:
    assert score(FULL_MARKS).whole == pytest.approx(1)
    assert score(dict.fromkeys(FULL, 0.0)).whole == 0
    assert score({name: 9 * level for name, level in FULL_MARKS.items()}).whole == pytest.approx(1)


@pytest.mark.parametrize("side", FULL)
def test_the_weakest_side_is_named_and_what_is_undefined_counts_as_nothing(side: str) -> None:
    for level in (0.0, math.nan):
        found = score(FULL_MARKS | {side: level})
        assert found.weakest == side
        assert found.whole == pytest.approx(1 - 1 / len(FULL))
        assert FULL[side][1] in found.sentence()


def test_an_audience_scores_less_than_a_forum_without_being_told_which_is_which() -> None:
    def of(scenario: str) -> float:
        asked = compose.request([f"scenario={scenario}", "vectors=declared", "replicates=1"], False)
        return score(run_replicate(jobs.job(asked, "").tasks[0]).arms["base"].outcomes).whole

    assert of("generation_good") < 0.3 < of("support_forum")
