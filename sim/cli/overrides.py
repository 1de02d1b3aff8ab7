"""Sort the overrides of a sweep into choices, options, settings of the base, and factors.

Settings with one value belong to the base. Settings with several values are factors: levels or, with `interval(a,b)`, a
range for a sampler. All names are checked here, before Hydra sees them.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, IntervalSweep, Override, QuotedString, RangeSweep, Sweep
from hydra.errors import HydraException

from sim.cli import compose
from sim.lab.settings import experiments, folders, scenarios, sweep_options
from sim.lab.settings.errors import SettingsError, of_each
from sim.lab.settings.keys import Tree
from sim.lab.settings.messages import shown
from sim.lab.settings.sweep_options import EngineOptions
from sim.lab.sweeps import check, factors
from sim.lab.sweeps.design import Factor

MOST_LEVELS = 1_000_000  # of one setting
INTEGER = re.compile(r"-?(0|[1-9]\d{0,15})")
NUMBER = re.compile(r"-?(0|[1-9]\d*)?\.\d+([eE][-+]?\d+)?")
CUSTOMERS = "customers"  # people=2000 for Hydra's own sweeper, to which `people` is a group of presets
HOW = ("experiment", "design", "engine")  # groups that say how a sweep is done, with one choice each


class Parts(NamedTuple):
    """The overrides of a command line by kind."""

    asked: compose.Asked
    options: list[str]
    factors: list[Factor]


def parse(texts: Sequence[str]) -> list[Override]:
    """Read overrides in Hydra's grammar."""
    compose.refuse_twice(texts)
    return of_each(parsed, texts)


def parsed(text: str) -> Override:
    """Read an override. A lever's value that Hydra cannot read is refused: it would be taken for a word."""
    override = compose.override_of(text)
    key = str(override.key_or_group)
    if "." not in key or key.partition(".")[0] in sweep_options.GROUPS:
        return override
    try:
        OverridesParser.create().parse_override(text.strip().lstrip("+"))
    except (HydraException, ValueError) as error:
        _, found, why = compose.first_line(error).partition("': ")  # behind the function that it is about
        why = why.partition(" is incompatible")[0] if found else "several values are written 1,2,3 and a list [1,2,3]"
        raise SettingsError(f"cannot read '{text}': {why}") from None
    return override


def divided(overrides: Sequence[Override]) -> Parts:
    """Return the overrides by kind."""
    parts = Parts(compose.Asked({}, []), [], [])
    of_each(lambda override: sort_in(parts, override), overrides)
    return parts


def sort_in(parts: Parts, override: Override) -> None:
    """Add an override to the parts."""
    key = str(override.key_or_group)
    is_sweep = override.is_sweep_override()
    is_option = key.partition(".")[0] in sweep_options.GROUPS
    if is_sweep and (key in HOW or is_option):
        raise SettingsError(f"{key} takes one value in a sweep")
    if key in HOW:
        parts.asked.choices[key] = str(override.value())
        experiments.check_choice(key, parts.asked.choices[key])
    elif is_option:
        if not key.startswith("design.factors") and (line := sweep_options.unknown_option(key)):
            raise SettingsError(line)
        parts.options.append(hydra_text(override))
    elif is_sweep:
        found = factor(override)
        if not found.group and (line := check.not_a_factor(key)):
            raise SettingsError(line)
        parts.factors.append(found)
    else:
        asked = compose.sorted_out([str(override.input_line)])
        parts.asked.choices.update(asked.choices)
        parts.asked.values.extend(asked.values)


def factor(override: Override) -> Factor:
    """Return a setting with several values as a factor."""
    name = str(override.key_or_group)
    value: Any = override.value()
    tags = set(getattr(value, "tags", ()))
    is_range = isinstance(value, IntervalSweep)
    if getattr(value, "shuffle", False) or tags - ({"log"} if is_range else set()):
        raise SettingsError(f"{override.input_line}: shuffle() and tag() change nothing in a sweep; leave them out "
                            "(tag(log,interval(0.5,8)) samples a range on the log scale)")  # fmt: skip
    if is_range:
        low, high = (0.0 if end is None else end for end in (value.start, value.end))
        whole = isinstance(low, int) and isinstance(high, int)
        return factors.ranged(name, low, high, whole, log="log" in tags)
    if isinstance(value, Glob):
        if name not in compose.CHOICES:
            groups = ", ".join(compose.CHOICES)
            raise SettingsError(f"{name} has no files to choose from: glob(*) works for {groups}")
        levels: list[Any] = value.filter(scenarios.names() if name == "scenario" else list(folders.files(name)))
    else:
        levels = levels_of(override)
    if isinstance(value, RangeSweep):  # sums of 0.1 may stop short of an end that they are equal to
        levels = [level for level in levels if level != value.stop]
    if not levels:
        raise SettingsError(f"{override.input_line} holds no value")
    found = factors.levelled(name, levels)
    for level in found.values if found.group else ():
        experiments.check_choice(name, str(level))
    return found


def levels_of(override: Override) -> list[Any]:
    """Return the levels of a choice or a range, as plain values."""
    value: Any = override.value()
    if any(isinstance(level, Sweep) for level in getattr(value, "list", ())):
        raise SettingsError(f"{override.input_line}: a range among levels cannot be read; write the levels one by one")
    if isinstance(value, RangeSweep):
        step = value.step or 0
        if not step or not abs(((value.stop or 0) - (value.start or 0)) / step) <= MOST_LEVELS:
            raise SettingsError(f"{override.input_line} has more than {MOST_LEVELS:,} levels")
    return [plain(level) for level in override.sweep_iterator()]


def cell(text: str) -> Any:
    """Return the value of a cell of a CSV file, read as a value on the command line."""
    if INTEGER.fullmatch(text):
        return int(text)
    if NUMBER.fullmatch(text):
        return float(text)
    with suppress(SettingsError):
        override = parsed(f"cell={text}")
        if not override.is_sweep_override():
            return plain(override.value())
    raise SettingsError(f"{shown(text)} is not one value (a list is written [1,2]; other text goes in quotes: 'a, b')")


def plain(level: Any) -> Any:
    """Return a value of Hydra's grammar as plain YAML: words without quotes, 0.3 for a sum of 0.30...04 in range()."""
    if isinstance(level, QuotedString):
        return level.text
    if isinstance(level, list):
        return [plain(part) for part in level]
    return float(f"{level:.12g}") if isinstance(level, float) else level


def hydra_text(override: Override) -> str:
    """Return an override as Hydra composes it. Settings get a ++, because they may be new to a tree."""
    text = compose.bare(str(override.input_line))
    if override.key_or_group == "experiment" and not override.is_sweep_override():
        return f"experiment={compose.slug(str(override.value()))}"
    if is_group(override):
        return text
    return f"++{CUSTOMERS}={text.partition('=')[2]}" if override.key_or_group == "people" else f"++{text}"


def is_group(override: Override) -> bool:
    """Tell whether an override chooses among files."""
    key = str(override.key_or_group)
    if override.is_sweep_override() and not isinstance(override.value(), Glob):
        return key in HOW or (key in compose.CHOICES and factor(override).group)
    return key in HOW or isinstance(override.value(), Glob) or compose.is_choice(key, override.value())


def engine_of(arguments: Sequence[str]) -> EngineOptions:
    """Return where `resume` runs a sweep: `engine=` and `engine.` of the command line."""
    content: Tree = {}
    for override in parse(arguments):
        name = str(override.key_or_group)
        if override.is_sweep_override() or name.partition(".")[0] != "engine":
            raise SettingsError(f"{override.input_line}: resume can change only engine= and engine.")
        content["kind" if name == "engine" else name.removeprefix("engine.")] = override.value()
    engine: EngineOptions = sweep_options.read("engine", content)
    return engine
