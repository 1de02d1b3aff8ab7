"""Norms: posts by newcomers are judged by rules that grow with the place, and some are turned away.

Claim
    A place that is flooded begins to judge. Each judgement is a precedent, so norms grow with what was judged, and they
    stay when the flood is over. They protect what is there, and they turn away newcomers who would have stayed. So
    growth can be too fast, and age can close a place.
Rule
    A post by a member with no more than `apprentice` posts is turned away with p = min(most, rejection (1 + precedents
    J / (J + half)) (1 + strain load) (1 - heeds shown)). J is the number of posts judged so far, load the newcomers'
    posts a day for each other visitor (a running mean, in which each of these posts counts as a newcomer), shown how
    plainly the rules stand where they write. Nobody replies to what was turned away. Its author is disappointed, loses
    belonging, and falls silent with p = discouraged (1 - B). Where the venue's `rejection` is 0, nobody judges and no
    norms grow.
Source
    Newcomers who are turned away stay less, quality control grew with the load, and rules made then stayed: Halfaker et
    al. 2013; the same in hundreds of wikis: TeBlunthuis, Shaw & Hill 2018 (summaries; associations). The form is ours.
    People asked to think again wrote 6 % fewer offensive messages: Katsaros, Yang & Fratamico 2022; rules shown while
    drafting left more posts standing, and no more were written: Horta Ribeiro et al. 2024 (abstracts; experiments).
Deviations
    What is turned away is neither better nor worse than the rest, so judging has no benefit in the model. Nobody learns
    to write what is accepted; rules that are shown work while they are. Replies are not judged. What was turned away
    can still be read, and a question of that kind disappoints once more after a week, as one without a reply.
"""

from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.compiled import kernel, rule
from sim.world.draws import about, uniform
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.quality import posts_of
from sim.world.parameters import param
from sim.world.state import NOBODY, Column, Rows

MONTH = 30.0  # days over which the load is averaged
MOST = 0.95  # of newcomers' posts: even the strictest place lets one in twenty through
DISCOURAGED = 64  # slot of the second draw about a post, after the slots of the venues


class Parameters(NamedTuple):
    """How norms grow, and what they do to those who meet them."""

    precedents: float = param(1.0, "share", 0, 10, "assumed", "norms become entrenched (N15); size by hand")
    half: float = param(300, "posts judged", 1, 100_000, "assumed", "posts judged until norms are half grown")
    strain: float = param(
        0.3, "share per post and visitor", 0, 10, "assumed", "judged more under load (N15); size by hand"
    )
    heeds: float = param(0.1, "share", -1, 1, "assumed", "rejections that shown rules avoid, about; may be 0 or less")
    apprentice: float = param(5, "posts", 1, 500, "assumed", "posts until a member is no longer judged")
    hurt: float = param(1.0, "unanswered questions", 0, 10, "assumed", "disappointment by being turned away")
    estranged: float = param(0.3, "share", 0, 1, "assumed", "belonging lost by being turned away")
    discouraged: float = param(0.25, "probability", 0, 1, "assumed", "stops posting; fewer stay (N15); size by hand")


@rule
def p_rejected(rejection: float, shown: float, judged: float, load: float, p: Parameters) -> float:
    """Return the probability that a newcomer's post is turned away today, where rules are `shown` so plainly."""
    strict = rejection * (1.0 + p.precedents * judged / (judged + p.half))
    return min(MOST, strict * (1.0 + p.strain * load) * (1.0 - p.heeds * shown))


@rule
def p_discouraged(belonging: float, p: Parameters) -> float:
    """Return the probability that an author who is turned away stops posting. Those who belong try again."""
    return p.discouraged * (1.0 - belonging)


@rule
def is_apprentice(membership: Rows, p: Parameters) -> bool:
    """Tell whether a member is new enough to be judged. Today's post counts among theirs."""
    return bool(posts_of(membership) <= p.apprentice)


@rule
def load_of(new: int, visitors: int) -> float:
    """Return today's number of posts by newcomers for each established visitor."""
    return new / max(1.0, float(visitors - new))


@rule
def wound(membership: Rows, u: float, p: Parameters) -> bool:
    """Let a member be rebuffed. Return whether they fall silent over it."""
    membership.disappointment += p.hurt
    falls_silent = not membership.silent and u < p_discouraged(membership.belonging, p)
    membership.belonging *= 1.0 - p.estranged
    membership.silent = membership.silent or falls_silent
    return bool(falls_silent)


@rule
def turn_away(membership: Rows, thread: Rows, u: float, p: Parameters) -> bool:
    """Turn a post away, which hurts its author. Return whether the author falls silent over it."""
    thread.rejected = True
    return wound(membership, u, p)


@kernel
def judge(
    memberships: Rows, threads: Rows, now: Rows, visitors: Column, counts: Column, log: Rows, venue: int, day: int,
    key: np.uint64, p: Parameters,
) -> None:  # fmt: skip
    """Judge today's threads by newcomers, in the order in which they were opened."""
    place = now[0]
    new = 0
    for at in range(place.threads_before, place.threads):
        author = threads[at].author
        new += author >= 0 and is_apprentice(memberships[author], p)
    place.newcomers_load += (load_of(new, len(visitors)) - place.newcomers_load) / MONTH
    for at in range(place.threads_before, place.threads):
        thread = threads[at]
        author = thread.author
        if author < 0 or not is_apprentice(memberships[author], p):
            continue
        strict = p_rejected(place.rejection, place.rules_shown, place.judged, place.newcomers_load, p)
        place.judged += 1.0
        own = about(key, thread.key)
        if uniform(own, author, venue) >= strict:
            continue
        counts[tally.REJECTED] += 1
        events.note(log, day, events.REJECT, NOBODY, author, venue, at, events.PEERS)
        if turn_away(memberships[author], thread, uniform(own, author, DISCOURAGED + venue), p):
            counts[tally.SILENCED] += 1
            events.note(log, day, events.SILENCE, author, NOBODY, venue, at, events.TURNED_AWAY)


def step(world: CompiledWorld) -> None:
    """Judge newcomers' posts in venues that do so."""
    for venue in world.venues:
        if venue.now.rejection > 0.0:
            judge(
                venue.memberships, venue.threads, venue.table, venue.visitors, venue.tally, world.log, venue.index,
                world.day, world.keys["norms"], world.parameters["norms"],
            )  # fmt: skip
