"""A tornado: what an answer depends on most. Each lever and each unknown is moved alone, on the same seeds.

Levers go to half and to twice their value. Unknowns are the parameters that the plausible set leaves open; they go to
the lowest and to the highest value that it holds. All else stays: every replicate keeps its own vector of the set, so
the base is that of all other pages. The answer is an outcome or, with one alternative, its difference from the base.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np

from sim.lab.runs import execute, jobs, result_folder
from sim.lab.runs.execute import Done
from sim.lab.runs.fork import FORKS, live
from sim.lab.runs.jobs import Job, Request
from sim.lab.runs.replicate import BASE, Arm, Task, begin
from sim.lab.runs.statistics import CONFIDENCE, Contrast, contrast, estimate, holm
from sim.lab.runs.tables import Row
from sim.lab.settings import inert, keys, presets, vectors
from sim.lab.settings.config import Experiment
from sim.lab.settings.errors import SettingsError, refuse_if_any
from sim.lab.sweeps.point_run import put_number
from sim.world.measures import FORKED, OUTCOMES
from sim.world.parameters import Declared

LEVER, UNKNOWN = "lever", "unknown"
RAISE, LOWER, CROSSES = "both ends raise it", "both ends lower it", "crosses 0"
ENDS = ("low", "high")


class Move(NamedTuple):
    """A setting that is moved alone: its value, NaN where it differs between vectors, and both ends."""

    name: str
    kind: str
    value: float
    low: float
    high: float


class TornadoTask(NamedTuple):
    """A worker's task: the answer on one seed, at the base and with each setting at both ends."""

    task: Task  # base and alternative under this replicate's vector
    moves: tuple[Move, ...]
    metric: str
    own: frozenset[str]  # settings of the alternative, which stay

    @property
    def replicate(self) -> int:
        """The replicate's number."""
        return self.task.replicate

    @property
    def seed(self) -> int:
        """The seed of its worlds."""
        return self.task.seed

    @property
    def worlds(self) -> int:
        """How many worlds it lives."""
        ends = sum((move.low != move.value) + (move.high != move.value) for move in self.moves)
        return len(self.task.arms) * (1 + ends)

    def run(self) -> "TornadoReplicate":
        """Run all points on this seed."""
        begun = time.perf_counter()
        base = self.answer(self.task.arms)
        ends = []
        for move in self.moves:
            for value in (move.low, move.high):
                arms = [self.moved(arm, move.name, value) for arm in self.task.arms]
                ends.append(base if value == move.value else self.answer(arms))
        return TornadoReplicate(self.replicate, time.perf_counter() - begun, base, ends)

    def moved(self, arm: Arm, name: str, value: float) -> Arm:
        """Return an arm with a setting moved, unless the setting is what the alternative is about."""
        if arm.name != BASE and name in self.own:
            return arm
        return arm._replace(settings=put_number(arm.settings, name, value))

    def answer(self, arms: Sequence[Arm]) -> float:
        """Return the outcome, or the alternative's minus the base's."""
        worlds = begin(self.task._replace(arms=tuple(arms)))
        found = [live(world, self.task.host_off, FORKS[self.task.fork]).outcomes()[self.metric]
                 for world in worlds.values()]  # fmt: skip
        return found[-1] - found[0] if len(found) > 1 else found[0]


class TornadoReplicate(NamedTuple):
    """A finished seed: the answer at the base, and at the low and the high end of each move in turn."""

    replicate: int
    seconds: float
    base: float
    ends: list[float]


# What is moved


def moves(asked: Request, named: Sequence[str], metric: str, only: Sequence[str] | None) -> list[Move]:
    """Return what is moved: levers that are `named` or set by the presets of venue and host, then the unknowns."""
    made, fixed = asked.experiment, asked.fixed.get(BASE, frozenset())
    level = dict(keys.flat(made.tree()))
    found = {move.name: move for move in (*levers(made, level, named, metric), *unknowns(made, level, fixed))}
    if only is None:
        return list(found.values())
    known = keys.declarations()
    full = [name if name in level else f"{vectors.ABOVE}{name}" for name in only]
    refuse_if_any(f"only: {name} is no lever and no parameter{keys.hint(name, list(known))}"
                  for name, key in zip(only, full, strict=True) if keys.within_place(key) not in known)  # fmt: skip
    chosen = [found.get(key) or spread_of(key, level.get(key)) for key in full]
    refuse_if_any(f"only: {name} is at {level.get(key)}, of which there is neither half nor twice"
                  for name, key, move in zip(only, full, chosen, strict=True) if move is None)  # fmt: skip
    return [move for move in chosen if move is not None]


def levers(made: Experiment, level: Mapping[str, Any], named: Sequence[str], metric: str) -> Iterator[Move]:
    """Yield the levers of the question, without those that have no effect on it by the code."""
    chosen = [presets.read(group, made.presets[group]).levers for group in ("venue", "host") if group in made.presets]
    names = dict.fromkeys([*named, *(key for tree in chosen for key, _ in keys.flat(tree))])
    off = [one.pattern for one in inert.switched_off(made)]
    for name in names:
        row = keys.declarations().get(keys.within_place(name))
        if row is None or name.startswith(vectors.ABOVE) or any(fnmatchcase(name, pattern) for pattern in off):
            continue
        is_price = row.unit.startswith("money") and OUTCOMES[metric].unit != "money"
        move = spread_of(name, level[name])
        if move is not None and not is_price:
            yield move


def spread_of(name: str, value: Any) -> Move | None:
    """Return a lever at half and at twice its value; one at 0 at its usual value, or at a quarter of all."""
    row: Declared = keys.declarations()[keys.within_place(name)]
    value = float(row.default if value is None else value)  # a further venue has the declared defaults
    if value:
        low, high = sorted((value / 2, value * 2))
    else:
        low, high = 0.0, row.default or 0.25 * (row.high == 1.0)
    low, high = max(row.low, low), min(row.high, high)
    kind = UNKNOWN if name.startswith(vectors.ABOVE) else LEVER
    return Move(name, kind, value, low, high) if low < high else None


def unknowns(made: Experiment, level: Mapping[str, Any], fixed: frozenset[str]) -> Iterator[Move]:
    """Yield the parameters that the plausible set leaves open, those aside that were set by name."""
    drawn, differs = vectors.load(vectors.PLAUSIBLE).vectors, vectors.chosen(made.vectors).differs
    for key in dict.fromkeys(key for vector in drawn for key in vector):
        name = f"{vectors.ABOVE}{key}"
        held = [vector[key] for vector in drawn if key in vector]
        if min(held) < max(held) and key not in fixed:
            yield Move(name, UNKNOWN, np.nan if differs else float(level[name]), min(held), max(held))


# The job


def job(asked: Request, command: str, metric: str, moved: Sequence[Move]) -> Job:
    """Return the job of a tornado: a task for each seed, with all moves."""
    refuse_if_any([None if len(asked.alternatives) < 2 else "tornado takes one alternative at most"])
    if metric not in FORKED:  # then no world has to part from it
        off = {"host_off": None}
        others = {name: arm.model_copy(update=off) for name, arm in asked.alternatives.items()}
        asked = asked._replace(experiment=asked.experiment.model_copy(update=off), alternatives=others)
    elif asked.experiment.host_off_day is None:
        raise SettingsError(f"metric={metric} needs worlds that part: leave out host_off=off")
    made = jobs.job(asked, command)
    own = frozenset(key for name in asked.alternatives for key in made.settings[name])
    tasks = [TornadoTask(task, tuple(moved), metric, own) for task in made.tasks if isinstance(task, Task)]
    label = jobs.slug(["tornado", metric, *asked.alternatives])
    return made._replace(kind="tornado", label=label, tasks=tasks)


def perform(asked: Job, plugins: Sequence[str], shows_progress: bool) -> Done:
    """Run a tornado and write its folder. If it is interrupted, finished seeds are kept."""
    first = asked.tasks[0]
    assert isinstance(first, TornadoTask)
    with execute.finished(asked, plugins, shows_progress) as (hidden, finish):
        with execute.rescue(hidden, finish.finished):
            base, ends = values(finish.finished)
            result_folder.write_csv(hidden / "tornado.csv", table(first.moves, base, ends, first.metric))
            points = [(name, end) for name in (move.name for move in first.moves) for end in ENDS]
            rows = [{"setting": "", "end": BASE} | numbered(finish.finished, base)]
            rows += [{"setting": name, "end": end} | numbered(finish.finished, ends[place // 2, place % 2])
                     for place, (name, end) in enumerate(points)]  # fmt: skip
            result_folder.write_csv(hidden / "runs.csv", rows)
            result_folder.write_csv(hidden / "parameters.csv", result_folder.parameters(asked.experiment))
            return Done(result_folder.complete(hidden, asked, finish, metric=first.metric), finish)


def numbered(finished: Sequence[TornadoReplicate], row: Any) -> Row:
    """Return an answer by replicate, as cells of a table."""
    return {f"run_{one.replicate}": float(value) for one, value in zip(finished, row, strict=True)}


# The table


def values(finished: Sequence[TornadoReplicate]) -> tuple[Any, Any]:
    """Return the answers of the base by run, and those of the ends, shape `(moves, 2, runs)`."""
    ends = np.array([one.ends for one in finished], float).T
    return np.array([one.base for one in finished], float), ends.reshape(-1, 2, len(finished))


def table(moved: Sequence[Move], base: Any, ends: Any, metric: str) -> list[Row]:
    """Return a row for each move, the widest first. A move is `sure` after correction for all ends (Holm)."""
    better = OUTCOMES[metric].better
    found = [[contrast(base, end, better) for end in pair] for pair in ends]
    sure = np.reshape(holm([one.p for pair in found for one in pair]) <= 1.0 - CONFIDENCE, (-1, 2))
    mean = estimate(base)
    rows = []
    for move, pair, is_sure, (low, high) in zip(moved, found, sure, ends, strict=True):
        change = [one.difference for one in pair]
        row: Row = {**move._asdict(), "unit": keys.declarations()[keys.within_place(move.name)].unit,
                    "base": mean.mean, "base_low": mean.low, "base_high": mean.high}  # fmt: skip
        for end, one in zip(ENDS, pair, strict=True):
            row |= {f"at_{end}": mean.mean + one.difference, f"change_{end}": one.difference,
                    f"change_{end}_low": one.low, f"change_{end}_high": one.high}  # fmt: skip
        known = (high - low)[~np.isnan(high - low)]
        one_way = float(np.mean(np.sign(known) == np.sign(known.mean()))) if known.size and known.any() else np.nan
        rows.append(row | {"span": max(*change, 0.0) - min(*change, 0.0), "sure": bool(is_sure.any()),
                           "one_way": one_way, "flips": flips(pair, is_sure, mean.low, mean.high),
                           "pairs": min(one.pairs for one in pair)})  # fmt: skip
    return sorted(rows, key=lambda row: -row["span"] if row["span"] == row["span"] else np.inf)


def flips(pair: Sequence[Contrast], sure: Sequence[bool], low: float, high: float) -> str:
    """Return where the sign of an effect flips: the answer turns between the ends, or it changes sign at one of them."""
    if all(sure) and pair[0].difference * pair[1].difference > 0.0:
        return RAISE if pair[0].difference > 0.0 else LOWER
    middle = (low + high) / 2
    for one, is_sure in zip(pair, sure, strict=True):
        if is_sure and (low > 0.0 > middle + one.high or high < 0.0 < middle + one.low):
            return CROSSES
    return ""
