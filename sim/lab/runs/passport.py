"""A passport: how a community takes a standard set of shocks, each against its twin without the shock.

All arms of a replicate are one world until the day of the shock. Remedies are in place half a year before it; each is
run with and without the shock, so that what it does to the loss is told from what it does anyway.
"""

import copy
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.lab.runs import execute, jobs, result_folder, tables
from sim.lab.runs.execute import Done
from sim.lab.runs.fork import AS_IT_WAS, remove_helpers
from sim.lab.runs.jobs import Job, Request
from sim.lab.runs.replicate import BASE, Arm, Columns, Task
from sim.lab.runs.statistics import Floats, t_interval
from sim.lab.runs.tables import Row
from sim.lab.settings import config, keys
from sim.lab.settings.config import Experiment
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.keys import Tree
from sim.world.levers import NO_DAY
from sim.world.world import World

REFUGE, WITH, HELPERS, EVICTED = "refuge", "_with_", "helpers_gone", "evicted"
BACK = 0.9  # of the twin's active members: as good as before
BEFORE = 180  # days before the shock on which a remedy begins
SHOCKS = {
    "host_gone": "nobody is paid to look after the place any more",
    HELPERS: "the members who gave half of the answers of the last 90 days leave",
    "ads": "twice as many ads a visit, and at least two more",
    EVICTED: "the place shuts, and another opens, which nobody is told of",
    "crisis": "a fault in the product comes to light",
    "rival": "a rival product becomes attractive",
    "influx": "the place is announced again, as widely as at its opening",
    "product_ends": "the product is taken off the market",
}
REMEDIES = {
    "hours": "twice the host's hours",
    "keys": "members hold the keys to half of the host's duties",
    "list": "a list of members' addresses",
}
TRIED = {name: (("list",) if name == EVICTED else ()) + ("hours", "keys") for name in SHOCKS}


# The arms


def request(asked: Request, day: int) -> Request:
    """Return a request with an arm for each shock, each remedy, and each remedy that is tried against a shock."""
    tree = asked.experiment.model_copy(update={"host_off": None}).tree()
    if tree["venue"]["opens"] >= day:
        raise SettingsError(f"change_day={day}: the place opens on day {tree['venue']['opens']:g}, so nobody is there")
    if not tree["venue"]["moves_to"]:
        place = {"opens": float(NO_DAY), "launch": 0.0, "closes": float(NO_DAY), "turns": float(NO_DAY), "call": 0.0}
        tree["venues"][REFUGE] = {"venue": tree["venue"] | place, "host": tree["host"] | {"starts": float(NO_DAY)}}
        tree["venue"]["moves_to"] = REFUGE
    shocks, remedies = shock_levels(tree, day), remedy_levels(tree, day)
    arms: dict[str, Tree] = {**shocks, **{f"{WITH}{name}".lstrip("_"): levels for name, levels in remedies.items()}}
    arms |= {f"{shock}{WITH}{remedy}": remedies[remedy] | levels
             for shock, levels in shocks.items() for remedy in TRIED[shock]}  # fmt: skip
    return asked._replace(
        experiment=config.experiment(tree), alternatives={name: changed(tree, levels) for name, levels in arms.items()},
        overrides={name: [f"{key}={value}" for key, value in levels.items()] for name, levels in arms.items()},
        change_day=day, fixed=dict.fromkeys((BASE, *arms), asked.fixed.get(BASE, frozenset())),
    )  # fmt: skip


def changed(tree: Tree, levels: Mapping[str, Any]) -> Experiment:
    """Return the experiment of an arm."""
    own = copy.deepcopy(tree)
    for key, value in levels.items():
        keys.put(own, key, value)
    return config.experiment(own)


def shock_levels(tree: Tree, day: int) -> dict[str, Tree]:
    """Return what each shock sets on its day. Of one of them that is nothing: people leave."""
    venue, to = tree["venue"], tree["venue"]["moves_to"]
    starts = max(float(day), tree["host"]["starts"])
    opens = {f"venues.{to}.venue.opens": float(day), f"venues.{to}.host.starts": starts} if to == REFUGE else {}
    return {
        "host_gone": {"host.hours": 0.0},
        HELPERS: {},
        "ads": {"venue.ad_load": min(20.0, max(2.0 * venue["ad_load"], venue["ad_load"] + 2.0))},
        EVICTED: {"venue.closes": float(day), **opens},
        "crisis": {"product.fault_day": float(day)},
        "rival": {"outside.rival": min(5.0, tree["outside"]["rival"] + 1.0)},
        "influx": {"venue.opens": float(day), "venue.launch": venue["launch"] or 0.15},
        "product_ends": {"product.ends": float(day)},
    }


def remedy_levels(tree: Tree, day: int) -> dict[str, Tree]:
    """Return what each remedy sets. It is complete on the day of the shock."""
    begins = max(0, day - BEFORE)
    to, hours = tree["venue"]["moves_to"], tree["host"]["hours"]
    more = {above + "host.hours": 2.0 * hours for above in ("", *([f"venues.{to}."] if to == REFUGE else []))}
    return {
        "hours": more,
        "keys": {"host.handover": 0.5, "host.handover_from": float(begins), "host.handover_days": float(day - begins)},
        "list": {"venue.call": 1.0},
    }


class PassportTask(NamedTuple):
    """A worker's task: all arms on one seed."""

    task: Task

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
        """How many whole runs its worlds amount to."""
        after = 1.0 - (self.task.change_day or 0) / self.task.arms[0].settings.days
        return round(1 + after * (len(self.task.arms) - 1))

    def run(self) -> "PassportReplicate":
        """Run all arms on this seed."""
        begun, day = time.perf_counter(), self.task.change_day or 0
        base, *others = self.task.arms
        trunk = World(base.settings, self.seed)
        trunk.run(until=max(0, day - BEFORE))
        found: dict[str, Columns] = {}
        for remedy in ("", *REMEDIES):
            stem, twin = trunk.fork(), f"{WITH}{remedy}".lstrip("_") if remedy else BASE
            if remedy:
                stem.change(settings_of(others, twin))
            stem.run(until=day)
            for shock in SHOCKS:
                name = f"{shock}{WITH}{remedy}" if remedy else shock
                if not remedy or remedy in TRIED[shock]:
                    one = stem.fork()
                    one.change(settings_of(others, name))
                    if shock == HELPERS:
                        remove_helpers(one)
                    found[name] = active(one.run())
            found[twin] = active(stem.run())
        in_order = {arm.name: found[arm.name] for arm in self.task.arms}
        return PassportReplicate(self.replicate, time.perf_counter() - begun, in_order)


class PassportReplicate(NamedTuple):
    """A finished seed: the active members of each arm."""

    replicate: int
    seconds: float
    arms: dict[str, Columns]


def settings_of(arms: Sequence[Arm], name: str) -> Any:
    """Return the settings of an arm."""
    return next(arm.settings for arm in arms if arm.name == name)


def active(world: World) -> Columns:
    """Return the active members by day, in the main place and in the one that it moves to."""
    series = {name: np.asarray(column) for name, column in world.series().items()}
    names = [venue.name for venue in world.venues]
    places = [names[0], *({world.venues[0].levers.moves_to} & set(names))]
    by_place = [series["value"][(series["metric"] == "active") & (series["venue"] == name)] for name in places]
    days = series["day"][(series["metric"] == "active") & (series["venue"] == names[0])]
    return {"day": days, "venue": np.full(len(days), names[0]), "metric": np.full(len(days), "active"),
            "value": np.sum(by_place, axis=0)}  # fmt: skip


# The job


def job(asked: Request, command: str) -> Job:
    """Return the job of a passport: a task for each seed, with all arms."""
    made = jobs.job(asked, command)
    tasks = [PassportTask(task) for task in made.tasks if isinstance(task, Task)]
    return made._replace(kind="passport", label="passport", tasks=tasks, notes=list(asked.notes), stated={})


def perform(asked: Job, plugins: Sequence[str], shows_progress: bool) -> Done:
    """Run a passport and write its folder. If it is interrupted, finished seeds are kept."""
    with execute.finished(asked, plugins, shows_progress) as (hidden, finish):
        with execute.rescue(hidden, finish.finished):
            days, by_arm = after(finish.finished, asked.change_day or 0)
            result_folder.write_csv(hidden / "shocks.csv", list(shocks(days, by_arm)))
            result_folder.write_csv(hidden / "remedies.csv", list(remedies(by_arm)))
            result_folder.write_csv(hidden / "parameters.csv", result_folder.parameters(asked.experiment))
            series = tables.table(
                ({"arm": arm, "world": AS_IT_WAS, "replicate": one.replicate}, one.arms[arm])
                for arm in finish.finished[0].arms
                for one in finish.finished
            )
            result_folder.write_parquet(hidden / "series.parquet", series)
            return Done(result_folder.complete(hidden, asked, finish), finish)


# The tables


def after(finished: Sequence[PassportReplicate], day: int) -> tuple[NDArray[np.int64], dict[str, Floats]]:
    """Return the days since the shock, and the active members of each arm then, shape `(runs, days)`."""
    recorded = np.asarray(finished[0].arms[BASE]["day"])
    since = recorded > day
    return recorded[since] - day, {
        arm: np.array([one.arms[arm]["value"][since] for one in finished], float) for arm in finished[0].arms
    }


def shares(values: Floats, of: Floats) -> Floats:
    """Return active members as shares of others', run by run; NaN where there is nobody."""
    return np.divide(values, of, out=np.full_like(values, np.nan), where=of > 0.0)


def interval(values: Floats, name: str) -> Row:
    """Return a mean over runs with its 95 % interval, as cells of a table."""
    known = values[~np.isnan(values)]
    low, high = t_interval(known)
    return {name: float(known.mean()) if known.size else np.nan, f"{name}_low": low, f"{name}_high": high}


def shocks(days: NDArray[np.int64], by_arm: Mapping[str, Floats]) -> Iterator[Row]:
    """Yield a row for each shock: the loss at the worst day and at the end, and how long it took to be back.

    The worst day is that of the lowest mean over runs. A run is back on the first record from which it stays at 90 % of
    its twin or above until the end; one that never fell below is back at once.
    """
    for name, words in SHOCKS.items():
        left = shares(by_arm[name], by_arm[BASE])
        known = left[~np.isnan(left).any(axis=1)]
        row: Row = {"shock": name, "what": words, "runs": len(known),
                    "identical": bool(np.array_equal(by_arm[name], by_arm[BASE]))}  # fmt: skip
        if not len(known):
            known = np.full((1, len(days)), np.nan)
        worst = int(np.argmin(known.mean(axis=0)))
        low = known < BACK
        last_low = np.where(low.any(axis=1), known.shape[1] - 1 - np.argmax(low[:, ::-1], axis=1), -1)
        back = [np.inf if last == len(days) - 1 else 0.0 if last < 0 else float(days[last + 1]) for last in last_low]
        never = float(np.mean(np.isinf(back)))
        yield row | interval(1.0 - known[:, worst], "worst") | {"worst_day": int(days[worst])} | interval(
            1.0 - known[:, -1], "end"
        ) | {"fell": float(low.any(axis=1).mean()), "days_to_90": np.nan if never >= 0.5 else float(np.median(back)),
             "never": never}  # fmt: skip


def remedies(by_arm: Mapping[str, Floats]) -> Iterator[Row]:
    """Yield what each remedy adds to the end after a shock, and beyond what it adds without one, in shares of the twin.

    Both are the mean over runs, with 95 % intervals.
    """
    base = by_arm[BASE][:, -1]
    for shock in SHOCKS:
        for remedy in TRIED[shock]:
            helped = by_arm[f"{shock}{WITH}{remedy}"][:, -1] - by_arm[shock][:, -1]
            anyway = by_arm[f"{WITH}{remedy}".lstrip("_")][:, -1] - base
            yield (
                {"shock": shock, "remedy": remedy, "what": REMEDIES[remedy]}
                | interval(shares(helped, base), "gain")
                | interval(shares(helped - anyway, base), "beyond")
            )
