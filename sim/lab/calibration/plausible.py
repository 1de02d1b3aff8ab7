"""The plausible set: vectors that the evidence does not rule out, and which parameters it tells apart.

The best evaluations of a search on few seeds partly profit from these seeds. So a few dozen finalists, spread over the
space, are run again on seeds that no search saw, and these alone decide which vectors are plausible: those whose loss
exceeds the least one by no more than the evidence (`losses.tolerance`) and the luck of these few seeds leave open.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.lab.calibration.emulator import Floats
from sim.lab.calibration.evaluate import FIRST, Progress, VectorStore, Wanted
from sim.lab.calibration.losses import losses, tolerance
from sim.lab.calibration.waves import REACHES, Emulators, Evaluated

FINALISTS = 24
POOL = 3  # finalists are spread among so many times as many of the best evaluations
CHECK = FIRST + 100_000  # number of the first seed that no search saw
ONE_SIDED = 1.645  # standard errors: 95 % of the luck by which one vector's loss exceeds that of another
START_SPREAD = float(np.sqrt(np.mean(np.square(REACHES)) / 12.0))  # standard deviation of the start on an axis
TOLD = 0.5  # of the spread of what was tried at the start: a parameter that keeps less is told apart


class Final(NamedTuple):
    """Finalists on unseen seeds: places of their evaluations, the best first, their losses and figures."""

    places: list[int]
    losses: Floats  # (finalists,), weighted means over rows
    by_target: Floats  # (finalists, targets)
    figures: Floats  # (finalists, targets)
    declared: Floats  # (targets,) losses of the declared values
    luck: float  # standard error of the difference between two finalists' losses, from the seeds
    plausible: int  # so many of the first ones are plausible


def finalists(evaluated: Evaluated, emulators: Emulators, number: int = FINALISTS) -> list[int]:
    """Return the best evaluation, then always the one among the best that is farthest from those chosen."""
    order = np.argsort(evaluated.without_noise(emulators), kind="stable")
    left, chosen = [int(one) for one in order[1 : POOL * number]], [int(order[0])]
    while left and len(chosen) < number:
        gaps = np.linalg.norm(evaluated.points[left][:, None] - evaluated.points[chosen][None], axis=2).min(axis=1)
        chosen.append(left.pop(int(np.argmax(gaps))))
    return chosen


def judge(evaluated: Evaluated, emulators: Emulators, store: VectorStore, check: int, progress: Progress) -> Final:
    """Run the finalists and the declared values on `check` unseen seeds and return them, the best first."""
    problem, what = evaluated.problem, evaluated.problem.aims
    chosen = finalists(evaluated, emulators)
    vectors = [problem.space.vector(problem.space.point({})), *(evaluated.proposals[one].vector for one in chosen)]
    wanted = [Wanted(vector, problem.rows, range(CHECK, CHECK + check)) for vector in vectors]
    store.measure(wanted, progress)
    figures = np.array([problem.figures(store, one) for one in wanted])
    by_target = np.array([losses(what, one, evaluated.noise) for one in figures])
    rests = [[one._replace(numbers=[n for n in one.numbers if n != out]) for out in one.numbers] for one in wanted[1:]]
    without = [[losses(what, problem.figures(store, one), evaluated.noise) @ problem.weights for one in rest]
               for rest in rests]  # fmt: skip
    luck = luck_of(np.array(without))
    declared, by_target, figures = by_target[0], by_target[1:], figures[1:]
    found = by_target @ problem.weights
    order = np.argsort(found, kind="stable")
    limit = found.min() + tolerance(float(found.min()), len(problem.rows)) + ONE_SIDED * luck
    return Final(
        [chosen[one] for one in order], found[order], by_target[order], figures[order], declared, luck,
        int((found <= limit).sum()),
    )  # fmt: skip


def luck_of(without: Floats) -> float:
    """Return the standard error of a difference of two losses, from losses without each seed, shape (vectors, seeds).

    A jackknife; what a seed does to all vectors alike leaves differences as they are. 0 for one vector or one seed.
    """
    vectors, seeds = without.shape
    if vectors < 2 or seeds < 2:
        return 0.0
    own = without - without.mean(axis=0) - without.mean(axis=1, keepdims=True) + without.mean()
    variance = (own**2).sum() / (vectors - 1) * (seeds - 1) / seeds
    return float(np.sqrt(2.0 * variance))


def told_apart(evaluated: Evaluated, final: Final) -> pd.DataFrame:
    """Return what the evidence leaves of each parameter, the most determined first.

    `kept` is the spread of the plausible vectors relative to that of the start (1: nothing was learned), which lies
    closer to the declared values than the prior does. `with` is the parameter that goes with it most closely in the
    set, and `correlation` how closely.
    """
    points = evaluated.points[final.places[: final.plausible]]
    kept = points.std(axis=0, ddof=1) / START_SPREAD if len(points) > 1 else np.full(points.shape[1], np.nan)
    partners = pd.DataFrame(points).corr(min_periods=3).fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(partners, 0.0)
    table, names = [], evaluated.problem.space.names
    for place, axis in enumerate(evaluated.problem.space.axes):
        values, closest = [axis.value(float(one)) for one in points[:, place]], int(np.argmax(np.abs(partners[place])))
        table.append({
            "parameter": axis.name, "default": axis.default, "best": values[0], "low": axis.low, "high": axis.high,
            "logarithmic": axis.logarithmic, "plausible_low": min(values), "plausible_high": max(values),
            "kept": kept[place], "told_apart": bool(kept[place] < TOLD), "with": names[closest],
            "correlation": partners[place, closest],
        })  # fmt: skip
    return pd.DataFrame(table).sort_values(["kept", "parameter"], kind="stable")
