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
from sim.lab.settings.errors import SettingsError, refuse_if_any
from sim.lab.sweeps.point_run import put_number
from sim.world.measures import FORKED, OUTCOMES

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


class TornadoReplicate(NamedTuple):
    """A finished seed: the answer at the base, and at the low and the high end of each move in turn."""

    replicate: int
    seconds: float
    base: float
    ends: list[float]


class TornadoTask(NamedTuple):
    """A worker's task: the answer on one seed, at the base and with each setting at both ends."""

    replicate: int
    seed: int
    task: Task  # base and alternative under this replicate's vector
    moves: tuple[Move, ...]
    metric: str
    own: frozenset[str]  # settings of the alternative, which stay

    @property
    def worlds(self) -> int:
        """How many worlds it lives."""
        return len(self.task.arms) * (1 + 2 * len(self.moves))

    def run(self) -> TornadoReplicate:
        """Run all points on this seed."""
        begun, base = time.perf_counter(), self.answer("", 0.0)
        ends = [base if value == move.value else self.answer(move.name, value)
                for move in self.moves for value in (move.low, move.high)]  # fmt: skip
        return TornadoReplicate(self.replicate, time.perf_counter() - begun, base, ends)

    def answer(self, name: str, value: float) -> float:
        """Return the outcome, or the alternative's minus the base's, with a setting moved, if one is named."""
        worlds = begin(self.task._replace(arms=tuple(self.moved(arm, name, value) for arm in self.task.arms)))
        lived = [live(world, self.task.host_off, FORKS[self.task.fork]) for world in worlds.values()]
        found = [one.outcomes()[self.metric] for one in lived]
        return found[-1] - found[0] if len(found) > 1 else found[0]

    def moved(self, arm: Arm, name: str, value: float) -> Arm:
        """Return an arm with a setting moved, unless the setting is what the alternative is about."""
        if not name or (arm.name != BASE and name in self.own):
            return arm
        return arm._replace(settings=put_number(arm.settings, name, value))


def moves(asked: Request, named: Sequence[str], metric: str, only: Sequence[str] | None) -> list[Move]:
    """Return what is moved: levers that are `named` or set by the presets of venue and host, then the unknowns."""
    level = dict(keys.flat(asked.experiment.tree()))
    found = {move.name: move for move in (*levers(asked, level, named, metric), *unknowns(asked, level))}
    if only is None:
        return list(found.values())
    full = [name if name in level else f"{vectors.ABOVE}{name}" for name in only]
    known = [key for key in level if keys.within_place(key) in keys.declarations()]
    refuse_if_any(f"only: {name} is no lever and no parameter{keys.hint(name, known)}"
                  for name, key in zip(only, full, strict=True) if key not in known)  # fmt: skip
    chosen = {key: found.get(key) or halved(key, level[key]) for key in full}
    refuse_if_any(f"only: {key} is at {level[key]:g}, of which there is neither half nor twice"
                  for key, move in chosen.items() if move is None)  # fmt: skip
    return [move for move in chosen.values() if move is not None]


def levers(asked: Request, level: Mapping[str, Any], named: Sequence[str], metric: str) -> Iterator[Move]:
    """Yield the levers of the question, without prices and those that have no effect on it by the code."""
    made = asked.experiment
    chosen = [presets.read(group, made.presets[group]).levers for group in ("venue", "host") if group in made.presets]
    off = [one.pattern for one in inert.switched_off(made)]
    for name in dict.fromkeys([*named, *(key for tree in chosen for key, _ in keys.flat(tree))]):
        row = keys.declarations().get(keys.within_place(name))
        if row is None or name.startswith(vectors.ABOVE) or any(fnmatchcase(name, pattern) for pattern in off):
            continue
        moves_money = OUTCOMES[metric].unit == "money" or not row.unit.startswith("money")
        if moves_money and (move := halved(name, level[name])) is not None:
            yield move


def halved(name: str, value: float) -> Move | None:
    """Return a setting at half and at twice its value; one at 0 at its usual value, or at a quarter of all."""
    row = keys.declarations()[keys.within_place(name)]
    low, high = sorted((value / 2, value * 2)) if value else (0.0, row.default or 0.25 * (row.high == 1.0))
    low, high = max(row.low, low), min(row.high, high)
    return Move(name, UNKNOWN if name.startswith(vectors.ABOVE) else LEVER, value, low, high) if low < high else None


def unknowns(asked: Request, level: Mapping[str, Any]) -> Iterator[Move]:
    """Yield the parameters that the plausible set leaves open, those aside that were set by name."""
    drawn, differs = vectors.load(vectors.PLAUSIBLE).vectors, vectors.chosen(asked.experiment.vectors).differs
    for key in dict.fromkeys(key for vector in drawn for key in vector):
        held, name = [vector[key] for vector in drawn if key in vector], f"{vectors.ABOVE}{key}"
        if min(held) < max(held) and key not in asked.fixed.get(BASE, ()):
            yield Move(name, UNKNOWN, np.nan if differs else level[name], min(held), max(held))


def job(asked: Request, command: str, metric: str, moved: Sequence[Move]) -> Job:
    """Return the job of a tornado: a task for each seed, with all moves."""
    if len(asked.alternatives) > 1:
        raise SettingsError("tornado takes one alternative at most")
    if metric in FORKED and asked.experiment.host_off_day is None:
        raise SettingsError(f"metric={metric} needs worlds that part: leave out host_off=off")
    if metric not in FORKED:  # then no world has to part from it
        asked = asked._replace(experiment=asked.experiment.model_copy(update={"host_off": None}))
    made = jobs.job(asked, command)
    own = frozenset(key for name in asked.alternatives for key in made.settings[name])
    tasks = [TornadoTask(task.replicate, task.seed, task, tuple(moved), metric, own)
             for task in made.tasks if isinstance(task, Task)]  # fmt: skip
    return made._replace(kind="tornado", label=jobs.slug(["tornado", metric, *asked.alternatives]), tasks=tasks)


def perform(asked: Job, plugins: Sequence[str], shows_progress: bool) -> Done:
    """Run a tornado and write its folder. If it is interrupted, finished seeds are kept."""
    first = asked.tasks[0]
    assert isinstance(first, TornadoTask)
    with execute.finished(asked, plugins, shows_progress) as (hidden, finish), execute.rescue(hidden, finish.finished):
        base = np.array([one.base for one in finish.finished])
        ends = np.array([one.ends for one in finish.finished]).T
        result_folder.write_csv(hidden / "tornado.csv", table(first.moves, base, ends, first.metric))
        points = [(BASE, ""), *((move.name, end) for move in first.moves for end in ENDS)]
        result_folder.write_csv(hidden / "runs.csv", [
            {"setting": name, "end": end, "replicate": one.replicate, "value": float(value)}
            for (name, end), row in zip(points, [base, *ends], strict=True)
            for one, value in zip(finish.finished, row, strict=True)
        ])  # fmt: skip
        result_folder.write_csv(hidden / "parameters.csv", result_folder.parameters(asked.experiment))
        return Done(result_folder.complete(hidden, asked, finish, metric=first.metric), finish)


def table(moved: Sequence[Move], base: Any, ends: Any, metric: str) -> list[Row]:
    """Return a row for each move, the widest first. `ends` has two rows for each, in the order of `ENDS`.

    A move is `sure` after correction for all ends of its kind (Holm): levers and unknowns are two questions. `one_way`
    is the share of runs in which the answer goes from end to end in the direction of the mean.
    """
    found = [contrast(base, end, OUTCOMES[metric].better) for end in ends]
    p, kinds = np.array([one.p for one in found]), np.repeat([move.kind for move in moved], len(ENDS))
    sure = np.zeros(len(p), bool)
    for kind in (LEVER, UNKNOWN):
        sure[kinds == kind] = holm(p[kinds == kind]) <= 1.0 - CONFIDENCE
    mean, rows = estimate(base), []
    for place, move in enumerate(moved):
        own = slice(2 * place, 2 * place + 2)
        pair, (low, high), change = found[own], ends[own], [one.difference for one in found[own]]
        row: Row = {**move._asdict(), "base": mean.mean, "base_low": mean.low, "base_high": mean.high}
        for end, one in zip(ENDS, pair, strict=True):
            row |= {f"at_{end}": mean.mean + one.difference, f"change_{end}": one.difference,
                    f"change_{end}_low": one.low, f"change_{end}_high": one.high}  # fmt: skip
        known = (high - low)[~np.isnan(high - low)]
        one_way = float(np.mean(np.sign(known) == np.sign(known.mean()))) if known.any() else np.nan
        rows.append(row | {"span": max(*change, 0.0) - min(*change, 0.0), "sure": bool(sure[own].any()),
                           "one_way": one_way, "flips": flips(pair, sure[own], mean.low, mean.high),
                           "pairs": min(one.pairs for one in pair)})  # fmt: skip
    return sorted(rows, key=lambda row: -row["span"] if row["span"] == row["span"] else np.inf)


def flips(pair: Sequence[Contrast], sure: Any, low: float, high: float) -> str:
    """Return where the sign of an effect flips: the answer turns between the ends, or changes sign at one of them."""
    if all(sure) and pair[0].difference * pair[1].difference > 0.0:
        return RAISE if pair[0].difference > 0.0 else LOWER
    base = (low + high) / 2
    crosses = [low > 0.0 > base + one.high or high < 0.0 < base + one.low for one in pair]
    return CROSSES if any(is_sure and far for is_sure, far in zip(sure, crosses, strict=True)) else ""
