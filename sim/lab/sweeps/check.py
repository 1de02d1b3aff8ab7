"""Check every row of a design against the declarations, before the first run.

Numbers are compared with their declared ranges column by column, so a hundred thousand rows take no time. Settings that
depend on each other (a schedule and its list, the last day and the host-off day) are checked as whole experiments, once
for each combination that occurs.
"""

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from sim.lab.settings import config, keys, messages
from sim.lab.settings.config import TOP, Experiment
from sim.lab.settings.errors import SettingsError, refuse_if_any
from sim.lab.settings.keys import Tree
from sim.lab.settings.messages import is_number
from sim.lab.sweeps.design import Base, Design
from sim.world.state import MOTIVES

SHOWN = 10
VARIED = {"scenario", "people", "days", "host_off", "record_every", "seed"}  # by a sweep, of what is in no group
FIXED = frozenset(TOP) - VARIED
TOGETHER = (  # settings that may rule out values of one another
    {"days", "host_off"},
    {"host.policy", "host.schedule", "host.schedule_list"},
    {f"population.{motive}" for motive in MOTIVES},
)


class Fault(NamedTuple):
    """What is wrong, and the rows where it is."""

    rows: tuple[int, ...]
    line: str


def check(base: Base, design: Design) -> None:
    """Refuse a design if any of its rows cannot be run."""
    refuse_if_any(not_a_factor(name) for name in design.names if name not in design.groups)
    refuse_if_any(f"{name} is a factor twice" for name in dict.fromkeys(design.names) if design.names.count(name) > 1)
    ends = [(factor.name, end) for factor in design.factors for end in (factor.low, factor.high) if end is not None]
    refuse_if_any(refusal_of(name, int(end) if end.is_integer() else end) for name, end in ends)
    faults = [fault for name in design.names if name not in design.groups for fault in column_faults(design, name)]
    wrong = {row for fault in faults for row in fault.rows}
    faults += faults_together(base, design, design.points.drop(index=sorted(wrong)))
    if faults:
        raise SettingsError(*lines(faults, len(design.points)))


def not_a_factor(name: str) -> str | None:
    """Return why a name cannot be a factor, or nothing."""
    if name in FIXED:
        return f"{name} is the same in all runs of a sweep and cannot be a factor"
    if keys.is_place(name) or name == "venues":
        example = "venues.lounge" if name == "venues" else name
        return f"{name} is a group of settings; name one of them, such as {example}.venue.ad_load"
    return keys.unknown(name, frozenset(TOP))


def lines(faults: list[Fault], rows: int) -> list[str]:
    """Return what is wrong as lines: the first ten, and how many more."""
    shown = [
        f"row {first + 1} of {rows}: {line}" + (f" (and in {len(others)} more)" if others else "")
        for (first, *others), line in sorted(faults)[:SHOWN]
    ]
    return shown + ([f"and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else [])


def column_faults(design: Design, name: str) -> Iterator[Fault]:
    """Yield a fault for each value of a factor that its declaration does not allow."""
    column = design.points[name]
    declaration = keys.declarations().get(keys.within_place(name))
    if declaration is not None and column.dtype.kind in "if":
        numbers = column.to_numpy()
        inside = (numbers >= declaration.low) & (numbers <= declaration.high)  # false for NaN, too
        column = column[~inside]
    rows: dict[tuple[str, str], tuple[Any, list[int]]] = {}  # by value, where true, 1 and the word 1 are distinct
    for row, value in zip(column.index.tolist(), column.tolist(), strict=True):
        rows.setdefault((type(value).__name__, repr(value)), (value, []))[1].append(row)
    yield from (Fault(tuple(where), line) for value, where in rows.values() if (line := refusal_of(name, value)))


def refusal_of(name: str, value: Any) -> str | None:
    """Return what is wrong with a value by itself, or nothing."""
    if name in TOP:
        return top_refusal(name, value)
    declaration = keys.declarations().get(keys.within_place(name))
    if declaration is None:
        return None  # words and lists are checked together with other settings
    if is_number(value) and declaration.low <= value <= declaration.high:
        return None
    kind = "out of range:" if is_number(value) else "not a number; its range is"
    return f"{name}={messages.shown(value)} is {kind} {declaration.low:g} to {declaration.high:g} {declaration.unit}"


def top_refusal(name: str, value: Any) -> str | None:
    """Return what is wrong with the value of a setting in no group, or nothing."""
    from pydantic import ValidationError

    try:
        Experiment.__pydantic_validator__.validate_assignment(Experiment.model_construct(), name, value)
    except ValidationError as error:
        found = [detail for detail in error.errors() if detail["loc"][:1] == (name,)]
        return messages.line(found[0], config.bounds()) if found else None
    return None


def faults_together(base: Base, design: Design, points: pd.DataFrame) -> Iterator[Fault]:
    """Yield the combinations of settings that are impossible although each value is possible.

    The first row is checked as a whole, which finds faults that no column shows, such as a venue's bad name.
    """
    first = list(combination_faults(base, design, points.head(1)))
    if first:
        yield from first
        return
    for related in TOGETHER:
        names = [name for name in design.names if keys.within_place(name) in related]
        if not names:
            continue
        columns = points[[*design.groups, *names]]
        if names[0].startswith("population."):  # weights: wrong only where all are 0
            columns = columns[(columns[names] == 0).all(axis=1)]
        yield from combination_faults(base, design, columns)


def combination_faults(base: Base, design: Design, columns: pd.DataFrame) -> Iterator[Fault]:
    """Yield a fault for each combination of some columns that is not a valid experiment."""
    rows: dict[str, list[int]] = {}
    records: list[Any] = columns.to_dict("records")
    for place, record in enumerate(records):
        rows.setdefault(repr(record), []).append(place)
    for where in rows.values():
        record = records[where[0]]
        tree = copy.deepcopy(base[tuple(str(record[group]) for group in design.groups)])
        for name, value in record.items():
            if name not in design.groups:
                keys.put(tree, str(name), value)
        yield from (Fault(tuple(columns.index[where].tolist()), line) for line in faults_of(tree))


def faults_of(tree: Tree) -> tuple[str, ...]:
    """Return what is wrong with a tree."""
    try:
        config.experiment(tree)
    except SettingsError as error:
        return error.lines
    return ()
