"""From trials on many seeds to effects with intervals: intention to treat, with the seed as the cluster.

All people count in the arm that they were assigned to, whatever happened later. People of one world share its chance
events, so only seeds are independent. An effect is a difference of means over all people enrolled. Its interval comes
from each seed's influence on it (the linearised, cluster-robust error of a ratio, with Student's t over seeds). If all
seeds have the same number of people, this is the mean of the seeds' effects and its t interval. Otherwise seeds with
more people count more, and t uses the effective number of seeds (Kish 1965). Below two there is no interval.

Comparisons
    control      an arm against the first one: randomised.
    twin         an arm against its own twins, in the world where nobody is treated: its effect with all spill-over.
    net          the arm's difference from its twins minus that of the first arm: randomised, and more precise, because
                 chance differences between the arms cancel. Only within one world.
    spill        the first arm, which is not treated, against its own twins: the spill-over from the treated.
    association  people who did something against matched people who did not. It is not randomised, so no effect.
    per_doer     the randomised effect per person whom the treatment made do it (Imbens & Angrist 1994). An association
                 without confounding would have this size. It assumes that there is no spill-over.
    slope        the relative change per unit of dose, over arms with a dose.
    elasticity   the percentage change per percentage change of dose, over arms with a dose.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from sim.lab.runs import statistics
from sim.lab.trials.registry import OUTCOMES
from sim.lab.trials.run import Columns, TrialRun
from sim.lab.trials.trial import Trial, Window, column_of

Floats = NDArray[np.float64]
NAN = float("nan")
Odds = tuple[float, float, float, float, float, float]  # risk ratio and log odds ratio, each with its interval
NO_ODDS: Odds = (NAN, NAN, NAN, NAN, NAN, NAN)
EVERYBODY = "all"
DECILES = 10
FEWEST = 2.0 - 1e-9  # effective seeds that an interval needs
# What an outside observer could match on.
BEFORE = ("posts_before", "visits_before", "tickets_before", "spent_before", "tenure")


class Effect(NamedTuple):
    """The effect on one outcome of one arm in one comparison. Undefined values are NaN."""

    outcome: str
    start: int  # of the window, days after enrolment
    end: int
    arm: str
    comparison: str
    subgroup: str
    mean: float
    reference: float
    effect: float
    low: float
    high: float
    p: float
    detectable: float  # the smallest true effect that is detected with 80 % power
    relative: float
    relative_low: float
    relative_high: float
    risk_ratio: float
    risk_ratio_low: float
    risk_ratio_high: float
    log_odds: float
    log_odds_low: float
    log_odds_high: float
    people: int
    reference_people: int
    seeds: int


class Cell(NamedTuple):
    """A group of people: the sum of an outcome and the number of people, by seed, shapes `(n_seeds,)`."""

    total: Floats
    people: Floats

    @property
    def mean(self) -> float:
        """The mean over all people. NaN without people."""
        n = float(self.people.sum())
        return float(self.total.sum()) / n if n else NAN

    @property
    def effective(self) -> float:
        """The effective number of seeds: how many equally large seeds would be as informative. 0 without people."""
        squares = float((self.people**2).sum())
        return float(self.people.sum()) ** 2 / squares if squares else 0.0

    @property
    def influence(self) -> Floats:
        """Each seed's influence on the mean, shape `(n_seeds,)`. Their standard error is the mean's."""
        if np.ptp(self.people) == 0.0:  # then it is the seed's own mean, to the last digit
            gaps = self.total / self.people - self.mean if self.people[0] else np.full(len(self.total), NAN)
            return np.asarray(gaps, np.float64)
        return np.asarray((self.total - self.mean * self.people) / self.people.mean(), np.float64)


class Pooled:
    """Trials on many seeds in one table, with a row per person."""

    def __init__(self, runs: Sequence[TrialRun]) -> None:
        self.arms, self.seeds = runs[0].arms, len(runs)
        names = [name for name in runs[0].rows if all(name in run.rows for run in runs)]
        self.rows: Columns = {name: np.concatenate([run.rows[name] for run in runs]) for name in names}
        self.seed = np.repeat(np.arange(len(runs)), [run.enrolled() for run in runs])
        self.decile = deciles(self.rows["posts_before"], self.rows["visits_before"])

    def cell(self, values: Floats, kept: NDArray[Any]) -> Cell:
        """Return a group's sums and numbers of people by seed. `kept` is a mask, or row numbers that may repeat."""
        total = np.bincount(self.seed[kept], values[kept], minlength=self.seeds)
        people = np.bincount(self.seed[kept], minlength=self.seeds)
        return Cell(np.asarray(total, np.float64), np.asarray(people, np.float64))

    def subgroups(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield everybody, then the deciles of activity before enrolment if people differ in it."""
        yield EVERYBODY, np.ones(len(self.seed), np.bool_)
        found = np.unique(self.decile)
        for decile in found if len(found) > 1 else []:
            yield f"decile {decile}", self.decile == decile


def deciles(posts: Floats, visits: Floats) -> NDArray[np.int64]:
    """Return each person's decile, 1 to 10, of posts in the 90 days before enrolment, with ties broken by visits.

    People with equal activity are in the same decile. So if many did nothing, some deciles are empty.
    """
    activity = posts + visits / (visits.max(initial=0.0) + 1.0)
    middle = np.asarray(rankdata(activity) - 0.5) / max(1, len(activity))
    return np.minimum(DECILES, 1 + (DECILES * middle).astype(np.int64))


def effects(trial: Trial, runs: Sequence[TrialRun], association: str | None = None) -> list[Effect]:
    """Return all effects: one for each outcome, window, arm, comparison and subgroup.

    `association` is the yes-or-no column that defines the doers (such as `joined_0_30`), if they are compared.
    """
    pooled = Pooled(runs)
    found: list[Effect] = []
    for name, window in trial.measured():
        found += [*_of_arms(trial, pooled, name, window), *_of_doses(trial, pooled, name, window)]
    return [*found, *(_of_doers(trial, pooled, association) if association else ())]


def _of_arms(trial: Trial, pooled: Pooled, name: str, window: Window) -> Iterator[Effect]:
    """Yield the effects on one outcome over one window."""
    own, twin = pooled.rows[column_of(name, window)], pooled.rows["twin_" + column_of(name, window)]
    for subgroup, inside in pooled.subgroups():
        of = [inside & (pooled.rows["arm"] == number) for number in range(len(pooled.arms))]
        control = pooled.cell(own, of[0])
        if not trial.between:
            spill = pooled.cell(own, of[0]), pooled.cell(twin, of[0])
            yield compared((name, window, pooled.arms[0], "spill", subgroup), *spill)
        for number, arm in enumerate(pooled.arms[1:], start=1):
            treated = pooled.cell(own, of[number])
            yield compared((name, window, arm, "control", subgroup), treated, control)
            yield compared((name, window, arm, "twin", subgroup), treated, pooled.cell(twin, of[number]))
            if not trial.between:
                gaps = pooled.cell(own - twin, of[number]), pooled.cell(own - twin, of[0])
                yield compared((name, window, arm, "net", subgroup), *gaps, base=control)


def compared(
    key: tuple[str, Window, str, str, str], treated: Cell, reference: Cell, base: Cell | None = None
) -> Effect:
    """Compare two groups of people. The effect is relative to `base`, or else to the reference."""
    name, window, arm, comparison, subgroup = key
    seeds = min(treated.effective, reference.effective)
    over = reference if base is None else base
    effect = treated.mean - reference.mean
    gap = treated.influence - reference.influence
    error = error_of(gap)
    relative = ratio(effect, over.mean)
    relative_error = error_of((gap - relative * over.influence) / over.mean) if over.mean else NAN
    odds = NO_ODDS if base is not None or not OUTCOMES[name].yes_or_no else of_odds(treated, reference)
    return Effect(
        name, *window, arm, comparison, subgroup, treated.mean if base is None else over.mean + effect, over.mean,
        effect, *around(effect, error, seeds), *chances(effect, error, seeds), relative,
        *around(relative, relative_error, seeds), *odds, int(treated.people.sum()), int(reference.people.sum()),
        len(treated.total),
    )  # fmt: skip


def of_odds(treated: Cell, reference: Cell) -> Odds:
    """Return the risk ratio and the log odds ratio of a yes-or-no outcome between two groups."""
    a, b, seeds = treated.mean, reference.mean, min(treated.effective, reference.effective)
    if not (0.0 < a < 1.0 and 0.0 < b < 1.0):
        return NO_ODDS
    log_ratio, ratio_error = np.log(a / b), error_of(treated.influence / a - reference.influence / b)
    low, high = around(float(log_ratio), ratio_error, seeds)
    log_odds = float(np.log(a / (1.0 - a)) - np.log(b / (1.0 - b)))
    odds_error = error_of(treated.influence / (a * (1.0 - a)) - reference.influence / (b * (1.0 - b)))
    return a / b, float(np.exp(low)), float(np.exp(high)), log_odds, *around(log_odds, odds_error, seeds)


def _of_doses(trial: Trial, pooled: Pooled, name: str, window: Window) -> Iterator[Effect]:
    """Yield slope and elasticity over the arms that have a dose."""
    doses = np.array([np.nan if arm.dose is None else arm.dose for arm in trial.arms])
    if np.isnan(doses).any() or len(doses) < 3:
        return
    own = pooled.rows[column_of(name, window)]
    cells = [pooled.cell(own, pooled.rows["arm"] == number) for number in range(len(doses))]
    means = np.array([cell.mean for cell in cells])
    influence = np.array([cell.influence for cell in cells])  # arms by seeds
    if not means[0] or not (means > 0.0).all():
        return
    shares = means / means[0]
    by_share = influence / means[0] - np.outer(shares, influence[0] / means[0])
    yield _line((name, window, "slope"), doses, shares, by_share, cells)
    if (doses > 0.0).all():
        by_log = influence / means[:, None]
        yield _line((name, window, "elasticity"), np.log(doses), np.log(means), by_log, cells)


def _line(key: tuple[str, Window, str], x: Floats, y: Floats, influence: Floats, cells: Sequence[Cell]) -> Effect:
    """Return the slope of the least-squares line through the arms' means. All arms have the same weight."""
    name, window, comparison = key
    weight = (x - x.mean()) / float(((x - x.mean()) ** 2).sum())
    slope, error = float(weight @ y), error_of(weight @ influence)
    seeds = min(cell.effective for cell in cells)
    people = int(sum(cell.people.sum() for cell in cells))
    return Effect(
        name, *window, "all arms", comparison, EVERYBODY, NAN, cells[0].mean, slope, *around(slope, error, seeds),
        *chances(slope, error, seeds), NAN, NAN, NAN, *NO_ODDS, people, int(cells[0].people.sum()), influence.shape[1],
    )  # fmt: skip


def _of_doers(trial: Trial, pooled: Pooled, did: str) -> Iterator[Effect]:
    """Yield comparisons of treated people who did something with matched people of the first arm who did not."""
    doers, others = matched(pooled, did)
    if not len(doers):
        return
    for name, window in trial.measured():
        column = column_of(name, window)
        if column != did:
            own = pooled.rows[column]
            key = (name, window, did, "association", EVERYBODY)
            yield compared(key, pooled.cell(own, doers), pooled.cell(own, others))
            yield _per_doer(trial, pooled, (name, window), did)


def _per_doer(trial: Trial, pooled: Pooled, on: tuple[str, Window], did: str) -> Effect:
    """Return the effect of the second arm per person whom it made do something."""
    arm = pooled.rows["arm"]
    gaps: list[tuple[float, Floats]] = []
    for column in (column_of(*on), did):
        own = pooled.rows[column] - (0.0 if trial.between else pooled.rows[f"twin_{column}"])
        treated, control = pooled.cell(own, arm == 1), pooled.cell(own, arm == 0)
        gaps.append((treated.mean - control.mean, treated.influence - control.influence))
    (effect, by_effect), (made, by_made) = gaps
    per = ratio(effect, made)
    base = pooled.cell(pooled.rows[column_of(*on)], arm == 0)
    error = error_of((by_effect - per * by_made) / made) if made else NAN
    people = int((arm == 1).sum())
    whole = base.mean or NAN
    return Effect(
        *on[:1], *on[1], did, "per_doer", EVERYBODY, base.mean + per, base.mean, per,
        *around(per, error, base.effective), *chances(per, error, base.effective), per / whole,
        *around(per / whole, error / abs(whole), base.effective), *NO_ODDS, people, int((arm == 0).sum()), pooled.seeds,
    )  # fmt: skip


def matched(pooled: Pooled, did: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the treated who did it, and for each the nearest person of the first arm who did not.

    Distance is in what an outside observer knows before enrolment, on the same seed. A person may be matched twice.
    """
    known = (pooled.rows[name].astype(np.float64) for name in BEFORE if name in pooled.rows)
    points = np.stack([(x - x.mean()) / (x.std() or 1.0) for x in known], axis=1)
    yes, arm = pooled.rows[did] > 0.0, pooled.rows["arm"]
    doers, others = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for seed in range(pooled.seeds):
        who = np.flatnonzero((pooled.seed == seed) & yes & (arm > 0))
        pool = np.flatnonzero((pooled.seed == seed) & ~yes & (arm == 0))
        if len(who) and len(pool):
            distance = ((points[who][:, None] - points[pool][None]) ** 2).sum(axis=2)
            doers.append(who)
            others.append(pool[distance.argmin(axis=1)])
    return np.concatenate(doers), np.concatenate(others)


def chances(effect: float, error: float, seeds: float) -> tuple[float, float]:
    """Return the p value and the smallest effect detectable with 80 % power. NaN below two seeds."""
    if seeds < FEWEST or math.isnan(error):
        return NAN, NAN
    return statistics.p_value(effect, error, seeds), statistics.detectable(error, seeds)


def around(middle: float, error: float, seeds: float) -> tuple[float, float]:
    """Return the 95 % interval by Student's t over seeds. NaN below two seeds."""
    if seeds < FEWEST:
        return NAN, NAN
    half = float(statistics.margin(error, seeds))
    return middle - half, middle + half


def error_of(influence: Floats) -> float:
    """Return the standard error of a mean from each seed's influence on it. NaN below two seeds."""
    return statistics.standard_error(influence) if len(influence) > 1 else NAN


def ratio(part: float, whole: float) -> float:
    """Return a ratio. NaN if the denominator is zero."""
    return part / whole if whole else NAN
