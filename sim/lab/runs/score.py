"""A score of one's community: six sides, each from 0 to 1, their mean, and the weakest of them.

The word community is used for many things. This says which kind was simulated: an audience scores near 0, because none
of the sides is about a host or about how many people there are. Where a side is full is a definition (`FULL`).
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

FULL = {  # an outcome, at which level a side has full marks, and what the side is in words
    "spirit": (0.4, "people come because of each other"),
    "reciprocity": (0.4, "people who write to each other both write"),
    "newcomers_replied": (1.0, "newcomers get a reply"),
    "peer_share": (1.0, "members answer, and not the host"),
    "held_by_members": (0.6, "members hold each other"),
    "belonging": (0.3, "members belong"),
}


class Score(NamedTuple):
    """How much of a community there is, from 0 to 1, and by which side least."""

    whole: float
    weakest: str  # an outcome
    sides: dict[str, float]

    def sentence(self) -> str:
        """Return the score in words."""
        least = self.sides[self.weakest]
        return (
            f"As a community it scores {100 * self.whole:.0f} of 100; "
            f"its weakest side is that {FULL[self.weakest][1]} ({100 * least:.0f} of 100)"
        )


def score(outcomes: Mapping[str, float]) -> Score:
    """Return the score of a community by the means of its outcomes. What is undefined counts as nothing."""
    sides = {
        name: min(1.0, max(0.0, outcomes[name] / full)) if math.isfinite(outcomes[name]) else 0.0
        for name, (full, _) in FULL.items()
    }
    return Score(sum(sides.values()) / len(sides), min(sides, key=lambda name: sides[name]), sides)
