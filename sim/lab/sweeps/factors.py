"""The factors of a design: those written down, all assumed parameters, or the strongest of a screening."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.lab.settings import experiments, keys
from sim.lab.settings.errors import SettingsError, refuse_if_any
from sim.lab.settings.messages import is_number, shown
from sim.lab.settings.sweep_options import DesignOptions
from sim.lab.sweeps.check import not_a_factor
from sim.lab.sweeps.design import SEED, Factor
from sim.world.parameters import Declared


def factors_of(options: DesignOptions) -> list[Factor]:
    """Return the factors that `design.` names."""
    if options.top_of is not None:
        return strongest(options)
    if options.factors == "assumed":
        return assumed(options.span)
    found = [written(name, content, options.kind) for name, content in options.factors.items()]
    refuse_if_any(not_a_factor(factor.name) for factor in found if not factor.group)
    return found


def written(name: str, content: Any, kind: str) -> Factor:
    """Return a factor as a design names it. For a sampler [low, high] is a range, any other list holds levels.

    A range may also be written `{low: 0.5, high: 8, scale: log}`.
    """
    if isinstance(content, dict) and {"low", "high"} <= set(content) <= {"low", "high", "scale"}:
        ends = (content["low"], content["high"])
        if all(map(is_number, ends)) and content.get("scale", "linear") in ("linear", "log"):
            return ranged(name, *ends, log=content.get("scale") == "log")
    if not isinstance(content, list) or not content:
        raise SettingsError(
            f"design.factors: {name} is {shown(content)}, and should be [low, high], a list of levels, or "
            "{low: 0.5, high: 8, scale: log}"
        )
    is_pair = len(content) == 2 and all(map(is_number, content)) and not is_group(name, content)
    if is_pair and kind != "grid" and name != SEED:
        return ranged(name, *content)
    return levelled(name, content)


def ranged(name: str, low: float, high: float, whole: bool = False, log: bool = False) -> Factor:
    """Return a factor with a range, which samplers fill evenly as it is or on the log scale."""
    if name == SEED:
        raise SettingsError("seed takes levels, not a range: seed=1,2,3 or seed=range(1,4)")
    try:
        ends = float(low), float(high)
    except OverflowError:
        ends = math.nan, math.nan
    if not -math.inf < ends[0] < ends[1] < math.inf:
        raise SettingsError(f"{name}: [{shown(low)}, {shown(high)}] is not a range from a lower to a higher number")
    if log and ends[0] <= 0.0:
        raise SettingsError(f"{name}: [{shown(low)}, {shown(high)}] has no log scale: its lower end has to be above 0")
    return Factor(name, *ends, whole=whole, log=log)


def levelled(name: str, values: Sequence[Any]) -> Factor:
    """Return a factor with levels: values of a setting, or files of a group (scenarios, presets)."""
    kinds = {experiments.is_choice(name, value) for value in values}
    if name in experiments.WORLDS and len(kinds) > 1:
        raise SettingsError(f"{name}: {', '.join(map(shown, values))} are numbers and names of files; sweep one kind")
    if is_group(name, values):
        return Factor(name, values=tuple(map(str, values)), group=True)
    return Factor(name, values=tuple(values))


def is_group(name: str, values: Sequence[Any]) -> bool:
    """Tell whether a factor chooses among files: people=patients,hobbyists does, people=1000,2000 doesn't."""
    return name in experiments.WORLDS and any(experiments.is_choice(name, value) for value in values)


def merged(factor: Factor) -> tuple[Factor, list[Any]]:
    """Return a factor with each level once, and the levels left out because they equal others."""
    unique: dict[Any, Any] = {}
    twice = []
    for value in factor.values:
        if (same := _identity(value)) in unique:
            twice.append(value)
        unique.setdefault(same, value)
    return factor._replace(values=tuple(unique.values())), twice


def _identity(value: Any) -> Any:
    """Return a key that equal levels share: 1 and 1.0 are equal, but not 1, true and the word 1."""
    if isinstance(value, list):
        return tuple(map(_identity, value))
    return ("number", value) if is_number(value) else (type(value).__name__, repr(value))


def assumed(span: float | None) -> list[Factor]:
    """Return every parameter that is graded as assumed, over its declared range.

    Declared ranges include all possible values, and no community exists in most of their corners: a span narrows them.
    """
    rows = {name: row for name, row in keys.declarations().items() if row.grade == "assumed"}
    return [ranged(name, *around(row, span)) for name, row in rows.items()]


def around(row: Declared, span: float | None) -> tuple[float, float]:
    """Return the range of a parameter in a screening: as declared, or the part of it within a span of the default."""
    if span is None or row.default == 0.0:
        return row.low, row.high
    if row.unit == "logit":
        low, high = row.default - math.log(span), row.default + math.log(span)
    else:
        low, high = sorted((row.default / span, row.default * span))
    return max(row.low, low), min(row.high, high)


def strongest(options: DesignOptions) -> list[Factor]:
    """Return the strongest factors of a finished screening, by their elementary effects on the first metric."""
    from sim.lab.sweeps.sensitivity import sensitivity
    from sim.lab.sweeps.store import reopen

    folder = Path(str(options.top_of))
    if not options.metrics:
        raise SettingsError("design.top_of needs a metric, such as design.metrics=[held_by_members]")
    ranges = {factor.name: factor for factor in reopen(folder).design.factors}
    indices = sensitivity(folder, [options.metrics[0]]).table()
    effects = indices[(indices["metric"] == options.metrics[0]) & (indices["index"] == "mu_star")]
    if effects.empty:
        raise SettingsError(f"{folder} is not a screening: design.top_of needs a sweep with design=morris")
    names = effects.sort_values("value", ascending=False, kind="stable")["factor"].head(options.top)
    return [ranges[name] for name in names]
