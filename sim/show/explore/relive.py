"""The task of a finished replicate, made again from what its folder holds, and the check that it was the same.

A folder has no states of people day by day. Equal settings and seeds give equal worlds, so the task can be lived again.
"""

import copy
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.lab.runs.jobs import Request
from sim.lab.runs.replicate import BASE, Arm, Task
from sim.lab.settings import config, keys, vectors
from sim.lab.settings.config import Experiment
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.keys import Tree
from sim.lab.settings.read_yaml import LARGEST_RECORD, read_csv
from sim.show.results import Results, measure
from sim.show.words import amount

Fixed = Mapping[str, frozenset[str]]  # by arm, the parameters that it sets by name
KINDS = ("run", "compare")
LARGE = ("outcomes.parquet", "series.parquet", "people.parquet", "bonds.parquet")  # of a folder in git, left out
CLOSE = 1e-9  # relative: another machine may round the last bit otherwise


def refuse_other_kinds(results: Results) -> None:
    """Refuse a folder of another command."""
    if (kind := results.scenario.get("kind")) not in KINDS:
        what = f"the folder of a {kind}" if kind else "of another version"
        raise SettingsError(f"{results.folder} is {what}: explore shows a run, a comparison or a sweep")


def replicates(results: Results) -> dict[int, int]:
    """Return the seeds of the finished replicates, by number."""
    return {int(row["replicate"]): int(row["seed"]) for row in results.manifest.get("replicate_seeds") or []}


def task(results: Results, replicate: int, arms: Sequence[str], fixed: Fixed) -> Task:
    """Return the task of a replicate with some of its arms. Raises `SettingsError` if this version cannot run it."""
    seeds = replicates(results)
    vector = drawn(results, replicate)
    made = {name: experiment(results, name) for name in arms}
    settings = {name: one.settings()._replace(log=True) for name, one in made.items()}
    lived = tuple(
        Arm(name, one._replace(parameters=vectors.changed(one.parameters, vector, fixed.get(name, frozenset()))))
        for name, one in settings.items()
    )
    return Task(replicate, seeds[replicate], lived, made[BASE].host_off_day, results.scenario.get("change_day"))


def request(results: Results, fixed: Fixed, place: Path) -> Request:
    """Return what a folder's command asked for, with another place for the results."""
    made = {name: experiment(results, name) for name in results.arms}
    base = made.pop(BASE).model_copy(update={"results": str(place)})
    typed = [f"{key}={value}" for key, value in results.settings.get(BASE, {}).items()]
    words = {name: shlex.split(text) for name, text in results.changes.items()}
    return Request(base, made, words, results.scenario.get("change_day"), typed, fixed)


def experiment(results: Results, arm: str) -> Experiment:
    """Return the experiment of an arm: the base's settings and those in which it differs."""
    tree = copy.deepcopy(results.config)
    for key, value in ({} if arm == BASE else results.settings.get(arm, {})).items():
        if value is None:
            drop(tree, key)
        else:
            keys.put(tree, key, value)
    return config.experiment(tree)


def drop(tree: Tree, key: str) -> None:
    """Remove a setting that an arm lacks, and the branches that this leaves empty."""
    branch, _, rest = key.partition(".")
    if rest and isinstance(tree.get(branch), dict):
        drop(tree[branch], rest)
    if not rest or (branch != "venues" and not tree.get(branch)):
        tree.pop(branch, None)


def drawn(results: Results, replicate: int) -> dict[str, float]:
    """Return the vector of behaviour that a replicate drew, as the folder has it."""
    path = results.folder / "vectors.csv"
    if not path.exists():
        return {}
    header, *rows = read_csv(path, LARGEST_RECORD) or [[]]
    lines = [dict(zip(header, row, strict=False)) for row in rows]
    line = next((line for line in lines if line.get("replicate") == str(replicate)), {})
    return {name: float(text) for name, text in line.items() if text and name not in ("replicate", vectors.NUMBER)}


def difference(results: Results, arm: str, replicate: int, found: Mapping[str, Any]) -> str:
    """Return the first outcome that differs from the folder's, in words; nothing if all are the same."""
    table = results.outcomes(arm)
    row = table.loc[replicate].to_dict() if replicate in table.index else {}
    known = {str(name): float(value) for name, value in row.items()}
    for name, value in found.items():
        if name in known and not np.isclose(value, known[name], rtol=CLOSE, atol=0.0, equal_nan=True):
            one = measure(name)
            return f"{arm}: {one.label} was {amount(known[name], one.unit)}, is now {amount(value, one.unit)}"
    return ""


def refuse_other_means(results: Results, now: Results) -> None:
    """Refuse a folder whose means have come out otherwise when it was run again."""
    before, after = (one.table("summary.csv")["mean"].to_numpy(float) for one in (results, now))
    if len(before) != len(after) or not np.allclose(before, after, rtol=CLOSE, atol=0.0, equal_nan=True):
        command = results.scenario.get("command", "")
        raise SettingsError(f"{results.folder}: the program has changed since the run; run it again: {command}")
