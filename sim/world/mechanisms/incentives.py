"""Incentives: what a member gives when shown what others give, close to a rank, for points, streaks, readers, or pay.

Claim
    Much moves what people give without anybody acknowledging them, and most of it has a second side. A displayed median
    pulls those below it up and those above it down. A rank attracts those who are close to it, and the next one
    attracts them less. Points may add a little. Those who have posted for days in a row come and post again, so as not
    to break the streak. These four move a minority strongly and most people hardly at all. Readers draw those who like
    to be seen or to have company. Pay buys contributions while it lasts. When it stops, people may not go back to what
    they did for its own sake.
Rule
    What a member gives is multiplied by the product of
    median: ((median + 1) / (own + 1))^k, with k = below or above, by where their own posts of the last month stand;
    ranks: exp[goals wear^rank goal near], near rising from 0 to 1 on the way from one rank to the next; ranks stand at
    first_rank rank_step^k answers;
    points: 1 + points x the venue's lever, or the member's own in a trial;
    streaks: exp[streak streaks d / (d + 7)] on social posts and on coming by habit, where the member has posted on each
    of the last d days and not yet today, so that one post will do;
    readers: max(0, 1 + readers w (V - usual) / (V + usual)), with V visitors a day and w the wish to be seen or for
    company, relative to its mean: some write for whoever is there to read it;
    pay: exp(pay amount - crowding C), C += crowds amount (1 - C) with each paid contribution; C fades (`memory`).
    Each factor g is 1 where its lever is off. Of median, ranks, points and streaks a member feels max(0, 1 + c
    (g - 1)), c being how competitive they are, with mean 1.
Source
    Median: Chen, Harper, Konstan & Li 2010 (abstract; an experiment): +530 % below, -62 % above. Ranks: Goes, Guo & Lin
    2016 (abstract; observed): up before, down after, less at higher ranks. Pay: a natural experiment with paid talks
    (Management Science 2022, 10.1287/mnsc.2021.4048, abstract): more answers for free while it lasts, fewer by those
    who stopped. Few respond: Hoernle, Kehne, Procaccia & Gal 2022 (abstract; 5 to 30 % of those who earn a badge).
    Points: taken away in a company network, contributions fell (Thom, Millen & DiMicco 2012, abstract); reputation
    scores brought more replies in an online course, but not more belonging (Coetzee et al. 2014, abstract; an
    experiment). Streaks: a counter was taken away, and long streaks and days with one post became rarer (Moldon,
    Strohmaier & Wachs 2021, abstract; a natural experiment). Readers: when mainland China was blocked, those who could
    still write in the Chinese Wikipedia wrote 42.8 % less, and more so the more they valued social benefits (Zhang &
    Zhu 2011, abstract; a natural experiment). Theory of public goods expects the opposite sign: then `readers` is below
    0. The forms come from prototypes.
Deviations
    No drop after a rank is assumed: where few people press on, it emerges. Crowding counts paid contributions, not days
    under a contract. Questions are not gifts, so none of this moves them. Friends do not keep streaks together.
"""

import math
from typing import NamedTuple

from sim.world.compiled import rule
from sim.world.parameters import param
from sim.world.state import Rows

FIRST_RANK, RANK_STEP = 5.0, 3.0  # definitions: the answers at which ranks stand, each at three times the last
WEEK = 7.0  # a definition: days after which a streak is worth half of what it can be
USUAL = 20.0  # a unit: visits a day at which readers neither add to giving nor take from it


class Parameters(NamedTuple):
    """What comparison, ranks and pay do to giving."""

    below: float = param(
        4.0, "log rate per log gap", -1, 6, "assumed", "sign: an experiment (Chen et al. 2010); size by hand"
    )
    above: float = param(
        0.8, "log rate per log gap", -1, 6, "assumed", "sign: an experiment (Chen et al. 2010); weaker than below"
    )
    goal: float = param(1.0, "log rate", -1, 3, "assumed", "sign: Goes, Guo & Lin 2016, observed; size by hand")
    rank_wear: float = param(0.4, "share", 0, 1, "assumed", "Goes, Guo & Lin 2016: higher ranks attract less")
    points: float = param(0.2, "share", -1, 5, "assumed", "what points add to giving, on average; may be 0")
    streak: float = param(1.0, "log rate", -1, 5, "assumed", "by a long streak; sign: Moldon et al. 2021; may be 0")
    readers: float = param(
        0.5, "share", -2, 3, "calibrated", "sign: a natural experiment (Zhang & Zhu 2011); size by hand"
    )
    pay: float = param(
        0.8, "log rate per award's worth", -1, 3, "assumed", "sign: paid talks on a Q&A platform; size by hand"
    )
    crowding: float = param(0.6, "log rate", 0, 5, "assumed", "giving lost where pay has crowded out all else")
    crowds: float = param(0.03, "share per paid post", 0, 1, "assumed", "after thirty paid posts, much is done for pay")


@rule
def pull_of_median(told: float, own: float, p: Parameters) -> float:
    """Return the factor by which a displayed median moves a member who wrote `own` posts in the last month."""
    gap = math.log((told + 1.0) / (own + 1.0))
    return math.exp((p.below if gap > 0.0 else p.above) * gap)


@rule
def pull_of_goal(answers: float, goals: float, p: Parameters) -> float:
    """Return the factor by which ranks move a member with this many answers. Each rank attracts less than the last."""
    start, goal, worth = 0.0, FIRST_RANK, goals
    while answers >= goal:
        start, goal, worth = goal, goal * RANK_STEP, worth * p.rank_wear
    return math.exp(worth * p.goal * (answers - start) / (goal - start))


@rule
def pull_of_points(points: float, p: Parameters) -> float:
    """Return the factor by which points move a member who cares about them as much as the average person."""
    return max(0.0, 1.0 + p.points * points)


@rule
def felt(pull: float, weight: float) -> float:
    """Return what a factor on giving is for somebody whom it moves `weight` times as much as the average person."""
    return max(0.0, 1.0 + weight * (pull - 1.0))


@rule
def at_stake(membership: Rows, streaks: float, weight: float, day: int, p: Parameters) -> float:
    """Return the factor by which a streak that ends today moves somebody, unless they post."""
    if streaks <= 0.0 or membership.last_post != day - 1:
        return 1.0
    return felt(math.exp(p.streak * streaks * membership.streak / (membership.streak + WEEK)), weight)


@rule
def pull_of_readers(visitors: float, wish: float, p: Parameters) -> float:
    """Return the factor by which the number of visitors a day moves somebody, by their wish to be read."""
    return max(0.0, 1.0 + p.readers * wish * (visitors - USUAL) / (visitors + USUAL))


@rule
def points_for(membership: Rows, points: float) -> float:
    """Return the points lever for this member: the venue's, unless an experimenter set one for them."""
    return points if membership.points_own < 0.0 else float(membership.points_own)


@rule
def pull_of_pay(pay: float, crowded: float, p: Parameters) -> float:
    """Return the factor by which pay, and what pay has crowded out, move what a member gives."""
    return math.exp(p.pay * pay - p.crowding * crowded)


@rule
def note_post(membership: Rows, day: int) -> None:
    """Record that a member posted today, which counts among their posts of the last month and in their streak."""
    if membership.last_post != day:
        membership.streak = membership.streak + 1 if membership.last_post == day - 1 else 1
    membership.last_post = day
    membership.lately += 1.0


@rule
def note_gift(membership: Rows, day: int, p: Parameters) -> None:
    """Record that a member gave something: a post and, where it was paid, a step away from giving for its own sake."""
    note_post(membership, day)
    if membership.pay > 0.0:
        membership.crowded += min(1.0, p.crowds * membership.pay) * (1.0 - membership.crowded)
