"""Quality: replies differ, and so does what they do.

Claim
    A reply is as good as its author's knowledge, care and acquaintance with the place. Good replies tell readers more
    and are liked more. An unclear one leaves its asker where they were, and may send them to the support desk.
Rule
    quality = (1/2 + k)(1 - newcomer exp(-posts / SETTLED)) e, with k the author's expertise, less on another kind of
    use, and e lognormal with mean 1. A middling reply by somebody who knows the place has quality 1; none has more than
    2. A thread is worth its best reply. An answer below `unclear` meets no need.
Source
    Good answers come mainly from people of high standing: Movshovitz-Attias et al. 2013; novices lower quality:
    Gorbatai 2014 (abstracts; associations). Clear information on the web cut calls by 29 %, while unclear information
    raised them: Kumar & Telang 2012 (abstract; a quasi-experiment). For a newcomer's return the quality of the reply
    made no difference (Joyce & Kraut 2006, abstract), so quality acts on needs and tickets. Sizes are assumed. Off:
    `spread`, `newcomer` and `unclear` at 0 leave knowledge alone.
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
SETTLED = 5.0  # posts after which a third of what a newcomer lacks is left; its size makes no difference that shows


class Parameters(NamedTuple):
    """What makes a reply good."""

    spread: float = param(0.5, "log sd", 0, 2, "assumed", "care differs from reply to reply; 0: only knowledge counts")
    newcomer: float = param(0.3, "share", 0, 1, "assumed", "quality that a first post lacks, for want of acquaintance")
    unclear: float = param(0.35, "quality", 0, 1, "assumed", "below this an answer helps nobody; 0: every answer helps")


@rule
def quality_of(u: float, v: float, knows: float, posts: float, p: Parameters) -> float:
    """Return the quality of a reply. `knows`: the author's expertise on its kind of use, 0 to 1."""
    acquaintance = 1.0 - p.newcomer * math.exp(-posts / SETTLED)
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
