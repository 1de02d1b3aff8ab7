"""L2: ordinary projects, which mostly hang on one person, rarely outlive their loss; maturity helps.

Finding: of 36,464 projects on GitHub 89.65 % lost their whole core at least once, 70 % of these losses within the first
three years, and only 27.07 % of those hit attracted a new core; many had a core of one. Those that did were older and
more active at the time. Source: Nourry et al. 2024; an abstract and a summary were read; a description. Experiment:
projects with 100 or 200 readers. One, two and three years on, if one or two people made half of the last year's
contributions, a copy of the project loses them for good. It survives, or does not, as in L1; and so do, beside it,
well-known projects of two years that lose their whole core.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target, pooled
from sim.world import treatment
from sim.world.state import DORMANT, MEMBER, NEVER
from sim.world.world import World

ROW = Row(
    id="L2", title="Few small projects outlive the loss of their core; age and activity help",
    source="Nourry et al. 2024 (arXiv 2412.00313)", read="abstract or summary", evidence="curve", tier=1,
    profile="peer_production",
    targets=(
        Target("survival", 0.2707, low=0.15, high=0.40, unit="share of projects"),
        Target("less_than_large", None, low=0.0, unit="survival of well-known projects less that of small ones"),
        Target("age", None, low=0.0, unit="log odds per year"),
        Target("activity", None, low=0.0, unit="log odds per log contribution of the year before"),
    ),
    stated="nothing", pooling="together",
    ablate={"join.supply": 0.0, "visit.peers": 0.0, "incentives.readers": 0.0},
    note="Nobody founds a project here for their own use, and founders of an empty place soon lose interest; so the "
    "core is whoever came to give most, one person or two, where the finding has mostly one. Projects with fewer than "
    "four contributions in the year before are left out. What hangs on a small core is what there is to read for those "
    "who might join, who is there to be met, and for whom to write: these are ablated. A project gives up to three "
    "losses, and age here is also who is left by then.",
)  # fmt: skip
SIZES, LARGE = (100, 100, 200, 200), (700, 2000)  # readers
FEW, LEAST = 2, 4  # people in the core at most, contributions in the year before at least
YEAR, ALIVE = 365, 0.25
AGES = (1, 2, 3)  # years; 70 % of the losses fell into the first three


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return survival, age and activity of small projects with a small core, NaN of others; survival of large ones."""
    found = {}
    for k, size in enumerate(SIZES):
        settings = bench.settings(ROW.profile, people=size, days=YEAR * (AGES[-1] + 1))
        world = bench.world(settings, seed * len(SIZES) + k)
        for age in AGES:
            world.run(until=YEAR * age)
            survived, before, few = outlives(world.fork() if age < AGES[-1] else world)
            counts = few <= FEW and before >= LEAST
            known = (float(survived), float(age), float(np.log(before))) if counts else (np.nan,) * 3
            found |= {f"{name}_{k}_{age}": value for name, value in zip(NAMES, known, strict=True)}
    large = 0.0
    for k, size in enumerate(LARGE):
        settings = bench.settings(ROW.profile, people=size, days=3 * YEAR)
        large += outlives(bench.world(settings, seed * len(LARGE) + k).run(until=2 * YEAR))[0] / len(LARGE)
    return found | {"large": large}


NAMES = ("survived", "age", "active")


def outlives(world: World) -> tuple[bool, int, int]:
    """Take the core out, and return whether the project survives, its contributions before, and the core's size."""
    day = world.day
    before = contributions(world, day - YEAR, day)
    lost = core(before)
    for person in lost:
        membership = world.membership(0, person)
        if membership.status in (MEMBER, DORMANT):
            treatment.remove(world, 0, person)
        membership.left = NEVER  # those who have just left may not join (see `join.may_join`)
    after = contributions(world.run(until=day + YEAR), day, day + YEAR)
    survived = after.sum() >= ALIVE * before.sum() > 0 and not set(core(before + after)) <= set(lost)
    return bool(survived), int(before.sum()), len(lost)


def contributions(world: World, start: int, end: int) -> NDArray[np.int64]:
    """Return everybody's number of posts from day `start` to the day before `end`."""
    posts = event_log.posts(world)
    within = (posts.day >= start) & (posts.day < end)
    return np.bincount(posts.person[within], minlength=len(world.people))


def core(counts: NDArray[np.int64]) -> list[int]:
    """Return the fewest people who made half of the contributions."""
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    return [int(person) for person in order[before < counts.sum() / 2]]


def combine(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the level, how far the large lie above it, and the slopes of a logistic regression; all seeds together."""
    return {
        "survival": pooled(samples, level),
        "less_than_large": pooled(samples, lambda some: float(np.mean([s["large"] for s in some])) - level(some)),
        "age": pooled(samples, lambda some: float(slopes(some)[1])),
        "activity": pooled(samples, lambda some: float(slopes(some)[2])),
    }


def level(samples: Sequence[dict[str, float]]) -> float:
    """Return the share of small projects that survive."""
    return float(np.nanmean(column(samples, "survived")))


def column(samples: Sequence[dict[str, float]], name: str) -> NDArray[np.float64]:
    """Return a figure of all small projects, NaN where the core was no small one."""
    return np.array([one[f"{name}_{k}_{age}"] for one in samples for k in range(len(SIZES)) for age in AGES])


def slopes(samples: Sequence[dict[str, float]]) -> NDArray[np.float64]:
    """Return constant and slopes of a logistic regression of survival on age and activity, NaN if all fare alike."""
    survived, age, active = (column(samples, name) for name in NAMES)
    kept = np.isfinite(survived)
    terms = np.stack([np.ones(kept.sum()), age[kept], active[kept]], axis=1)
    yes = survived[kept]
    if len(np.unique(yes)) < 2:
        return np.full(3, np.nan)
    sign = 2.0 * yes - 1.0

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = sign * (terms @ weights)
        return float(np.logaddexp(0.0, -z).sum()), -(terms * (sign * expit(-z))[:, None]).sum(axis=0)

    return np.asarray(minimize(loss, np.zeros(3), jac=True, method="BFGS").x)
