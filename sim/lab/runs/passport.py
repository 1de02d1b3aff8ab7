"""A passport: how a community takes a standard set of shocks, each against its twin without the shock.

All arms of a replicate are one world until the day of the shock. Remedies are in place half a year before it; each is
run with and without the shock, so that what it does to the loss is told from what it does anyway.
"""

import copy
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.lab.runs import execute, jobs, result_folder, tables
from sim.lab.runs.execute import Done
from sim.lab.runs.fork import AS_IT_WAS, remove_helpers
from sim.lab.runs.jobs import Job, Request
from sim.lab.runs.replicate import BASE, Columns, Task
from sim.lab.runs.statistics import Floats, t_interval
from sim.lab.runs.tables import Row
from sim.lab.settings import config, keys
from sim.lab.settings.config import Experiment
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.keys import Tree
from sim.world.levers import NO_DAY
from sim.world.world import World

REFUGE, HELPERS, EVICTED = "refuge", "helpers_gone", "evicted"
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


def with_remedy(shock: str, remedy: str) -> str:
    """Return the name of the arm with a shock and a remedy; of either, both or none."""
    return "_with_".join(filter(None, (shock, remedy))) if shock else f"with_{remedy}" if remedy else BASE


def request(asked: Request, day: int) -> Request:
    """Return a request with an arm for each shock, each remedy, and each remedy that is tried against a shock."""
    tree = asked.experiment.model_copy(update={"host_off": None}).tree()
    if tree["venue"]["opens"] >= day:
        raise SettingsError(f"change_day={day}: the place opens on day {tree['venue']['opens']:g}, so nobody is there")
    if not tree["venue"]["moves_to"]:
        never = float(NO_DAY)
        place = tree["venue"] | {"opens": never, "launch": 0.0, "closes": never, "turns": never, "call": 0.0}
        tree["venues"][REFUGE] = {"venue": place, "host": tree["host"] | {"starts": never}}
        tree["venue"]["moves_to"] = REFUGE
    shocks, remedies = levels(tree, day)
    arms = {with_remedy(shock, remedy): remedies.get(remedy, {}) | shocks.get(shock, {})
            for shock in ("", *SHOCKS) for remedy in ("", *(TRIED[shock] if shock else REMEDIES))
            if shock or remedy}  # fmt: skip
    return asked._replace(
        experiment=config.experiment(tree), alternatives={name: changed(tree, own) for name, own in arms.items()},
        overrides={name: [f"{key}={value}" for key, value in own.items()] for name, own in arms.items()},
        change_day=day, fixed=dict.fromkeys((BASE, *arms), asked.fixed.get(BASE, frozenset())),
    )  # fmt: skip


def changed(tree: Tree, own: Mapping[str, Any]) -> Experiment:
    """Return the experiment of an arm."""
    tree = copy.deepcopy(tree)
    for key, value in own.items():
        keys.put(tree, key, value)
    return config.experiment(tree)


def levels(tree: Tree, day: int) -> tuple[dict[str, Tree], dict[str, Tree]]:
    """Return what each shock sets on its day (of one that is nothing: people leave), and what each remedy sets."""
    venue, host, begins = tree["venue"], tree["host"], max(0, day - BEFORE)
    opens, more = {}, {"host.hours": 2.0 * host["hours"]}
    if venue["moves_to"] == REFUGE:
        above = f"venues.{REFUGE}."
        opens = {f"{above}venue.opens": float(day), f"{above}host.starts": max(float(day), host["starts"])}
        more |= {f"{above}host.hours": 2.0 * host["hours"]}
    return {
        "host_gone": {"host.hours": 0.0},
        "ads": {"venue.ad_load": min(20.0, max(2.0 * venue["ad_load"], venue["ad_load"] + 2.0))},
        EVICTED: {"venue.closes": float(day), **opens},
        "crisis": {"product.fault_day": float(day)},
        "rival": {"outside.rival": min(5.0, tree["outside"]["rival"] + 1.0)},
        "influx": {"venue.opens": float(day), "venue.launch": venue["launch"] or 0.15},
        "product_ends": {"product.ends": float(day)},
    }, {
        "hours": more,
        "keys": {"host.handover": 0.5, "host.handover_from": float(begins), "host.handover_days": float(day - begins)},
        "list": {"venue.call": 1.0},
    }  # fmt: skip


class PassportReplicate(NamedTuple):
    """A finished seed: the active members of each arm."""

    replicate: int
    seconds: float
    arms: dict[str, Columns]


class PassportTask(NamedTuple):
    """A worker's task: all arms on one seed, from the day of the shock on."""

    replicate: int
    seed: int
    task: Task
    day: int

    @property
    def worlds(self) -> int:
        """How many whole runs its worlds amount to."""
        return round(1 + (1.0 - self.day / self.task.arms[0].settings.days) * (len(self.task.arms) - 1))

    def run(self) -> PassportReplicate:
        """Run all arms on this seed."""
        begun, settings = time.perf_counter(), {arm.name: arm.settings for arm in self.task.arms}
        trunk = World(settings[BASE], self.seed).run(until=max(0, self.day - BEFORE))
        found: dict[str, Columns] = {}
        for remedy in ("", *REMEDIES):
            stem = trunk.fork()
            stem.change(settings[with_remedy("", remedy)])
            stem.run(until=self.day)
            for name, shock in ((with_remedy(shock, remedy), shock) for shock in SHOCKS):
                if name in settings:
                    one = stem.fork()
                    one.change(settings[name])
                    if shock == HELPERS:
                        remove_helpers(one)
                    found[name] = active(one.run())
            found[with_remedy("", remedy)] = active(stem.run())
        return PassportReplicate(self.replicate, time.perf_counter() - begun, {name: found[name] for name in settings})


def active(world: World) -> Columns:
    """Return the active members by day, in the main place and in the one that it moves to."""
    series = {name: np.asarray(column) for name, column in world.series().items()}
    first, is_active = world.venues[0], series["metric"] == "active"
    here, there = (is_active & (series["venue"] == name) for name in (first.name, first.levers.moves_to))
    return {name: series[name][here] for name in ("day", "venue", "metric")} | {
        "value": series["value"][here] + series["value"][there]
    }


def job(asked: Request, command: str) -> Job:
    """Return the job of a passport: a task for each seed, with all arms."""
    made = jobs.job(asked, command)
    tasks = [PassportTask(task.replicate, task.seed, task, asked.change_day or 0)
             for task in made.tasks if isinstance(task, Task)]  # fmt: skip
    return made._replace(kind="passport", label="passport", tasks=tasks, notes=list(asked.notes), stated={})


def perform(asked: Job, plugins: Sequence[str], shows_progress: bool) -> Done:
    """Run a passport and write its folder. If it is interrupted, finished seeds are kept."""
    with execute.finished(asked, plugins, shows_progress) as (hidden, finish), execute.rescue(hidden, finish.finished):
        done, day = finish.finished, asked.change_day or 0
        days = np.asarray(done[0].arms[BASE]["day"])
        by_arm = {arm: np.array([one.arms[arm]["value"][days > day] for one in done]) for arm in done[0].arms}
        result_folder.write_csv(hidden / "shocks.csv", list(shocks(days[days > day] - day, by_arm)))
        result_folder.write_csv(hidden / "remedies.csv", list(remedies(by_arm)))
        result_folder.write_csv(hidden / "parameters.csv", result_folder.parameters(asked.experiment))
        keys_of = [({"arm": arm, "world": AS_IT_WAS, "replicate": one.replicate}, one.arms[arm])
                   for arm in by_arm for one in done]  # fmt: skip
        result_folder.write_parquet(hidden / "series.parquet", tables.table(keys_of))
        return Done(result_folder.complete(hidden, asked, finish), finish)


def shares(values: Floats, of: Floats) -> Floats:
    """Return active members as shares of others', run by run; NaN where there is nobody."""
    return np.asarray(np.divide(values, of, out=np.full(values.shape, np.nan), where=of > 0.0))


def interval(values: Floats, name: str) -> Row:
    """Return a mean over runs with its 95 % interval, as cells of a table."""
    known = values[~np.isnan(values)]
    low, high = t_interval(known) if known.size else (np.nan, np.nan)
    return {name: float(known.mean()) if known.size else np.nan, f"{name}_low": low, f"{name}_high": high}


def shocks(days: Any, by_arm: Mapping[str, Floats]) -> Iterator[Row]:
    """Yield a row for each shock: the loss at the worst day and at the end, and how long it took to be back.

    The worst day is that of the lowest mean over runs. A run is back on the first record from which it stays at 90 % of
    its twin or above until the end; one that never fell below is back at once.
    """
    for name, words in SHOCKS.items():
        left = shares(by_arm[name], by_arm[BASE])
        left = left[~np.isnan(left).any(axis=1)]
        runs, left = len(left), left if len(left) else np.full((1, len(days)), np.nan)
        worst = int(np.argmin(left.mean(axis=0)))
        lows = [np.flatnonzero(run < BACK) for run in left]
        back = [0.0 if not len(low) else [*days[1:], np.inf][low[-1]] for low in lows]
        never = float(np.mean(np.isinf(back)))
        yield {
            "shock": name, "what": words, "runs": runs, "identical": np.array_equal(by_arm[name], by_arm[BASE]),
            **interval(1.0 - left[:, worst], "worst"), "worst_day": int(days[worst]),
            **interval(1.0 - left[:, -1], "end"), "fell": float(np.mean([len(low) > 0 for low in lows])),
            "days_to_90": np.nan if never >= 0.5 else float(np.median(back)), "never": never,
        }  # fmt: skip


def remedies(by_arm: Mapping[str, Floats]) -> Iterator[Row]:
    """Yield what each remedy adds to the end after a shock, and beyond what it adds without one, as shares of the twin.

    Both are means over runs, with 95 % intervals.
    """
    end = {arm: values[:, -1] for arm, values in by_arm.items()}
    for shock, remedy in [(name, remedy) for name, tried in TRIED.items() for remedy in tried]:
        gain = end[with_remedy(shock, remedy)] - end[shock]
        beyond = gain - (end[with_remedy("", remedy)] - end[BASE])
        yield {
            "shock": shock, "remedy": remedy, "what": REMEDIES[remedy],
            **interval(shares(gain, end[BASE]), "gain"), **interval(shares(beyond, end[BASE]), "beyond"),
        }  # fmt: skip
