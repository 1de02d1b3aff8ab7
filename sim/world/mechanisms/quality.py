"""Quality: replies differ, and so does what they do.

Claim
    A reply is as good as its author's knowledge, care and acquaintance with the place. Good replies tell readers more
    and are liked more. An unclear one leaves its asker where they were, and may send them to the support desk.
Rule
    quality = (1/2 + k)(1 - newcomer exp(-posts / settled)) e, with k the author's expertise, less on another kind of
    use, and e lognormal with mean 1. A middling reply by somebody who knows the place has quality 1. A thread is worth
    its best reply. An answer below `unclear` meets no need.
Source
    Answers by those with more expertise and history are rated better: Adamic et al. 2008, Harper et al. 2008 (recalled;
    associations). That newcomers to a place write less useful posts until they know it is assumed. No source was found
    for how many unclear answers end at a support desk; here it is the share of all open needs that do.
Deviations
    Nobody mistakes a bad answer for a good one, and nobody corrects it.
"""

import math
from typing import NamedTuple

from sim.world.compiled import rule
from sim.world.draws import normal
from sim.world.parameters import param
from sim.world.state import Rows

MOST = 2.0  # nothing is worth more than twice a middling reply


class Parameters(NamedTuple):
    """What makes a reply good."""

    spread: float = param(0.5, "log sd", 0, 2, "assumed", "care differs from reply to reply; 0: only knowledge counts")
    newcomer: float = param(0.3, "share", 0, 1, "assumed", "quality that a first post lacks, for want of acquaintance")
    settled: float = param(5, "posts", 0.1, 100, "assumed", "until most of that is made up for")
    unclear: float = param(0.35, "quality", 0, 1, "assumed", "below this an answer helps nobody; 0: every answer helps")


@rule
def quality_of(u: float, v: float, knows: float, posts: float, p: Parameters) -> float:
    """Return the quality of a reply. `knows`: the author's expertise on its kind of use, 0 to 1."""
    acquaintance = 1.0 - p.newcomer * math.exp(-posts / p.settled)
    care = math.exp(p.spread * normal(u, v) - 0.5 * p.spread * p.spread)
    return min(MOST, (0.5 + knows) * acquaintance * care)


@rule
def posts_of(membership: Rows) -> float:
    """Return how many posts and replies a member has written in the venue."""
    return float(membership.questions + membership.talks + membership.answers)


@rule
def is_clear(quality: float, p: Parameters) -> bool:
    """Tell whether an answer meets the need that it was given for."""
    return quality >= p.unclear
