"""The text of `barnraise help settings` and `barnraise help params`: every lever and parameter as declared."""

from functools import reduce
from operator import getitem

from pydantic.fields import FieldInfo

from sim.lab.settings import keys, messages, scenarios, sweep_options
from sim.lab.settings.config import Experiment, bounds
from sim.world.day import BLOCKS


def setting_list() -> str:
    """Return every setting and every option of a sweep."""
    parts = ["Settings, written as key=value", *top_lines()]
    for group in keys.LEVERS:
        parts += ["", f"{group}.", *lever_lines(group)]
    parts += ["", "Options of a sweep", *option_lines()]
    parts += ["", f"params.MECHANISM.NAME ({', '.join(BLOCKS)}): see 'barnraise help params'"]
    parts += ["venues.NAME.venue. and venues.NAME.host. set the levers of a further venue beside the main one"]
    return "\n".join(parts)


def top_lines() -> list[str]:
    """Return a line for each setting outside the groups."""
    defaults, ranges = scenarios.top_defaults(), bounds()
    return [
        f"  {name:<14} {field.description}{f' [{ranges[name]}]' if name in ranges else ''} default {defaults[name]}"
        for name, field in Experiment.model_fields.items()
        if field.description
    ]


def option_lines() -> list[str]:
    """Return a line for each option of a sweep."""
    return [
        f"  {f'{group}.{name}':<20} {field.description}{_default(field)}"
        for group, model in sweep_options.GROUPS.items()
        for name, field in model.model_fields.items()
    ]


def _default(field: FieldInfo) -> str:
    is_empty = field.is_required() or field.default in (None, (), {})
    return "" if is_empty else f", default {messages.shown(field.default)}"


def lever_lines(group: str) -> list[str]:
    """Return a line for each setting of a group: numbers with unit, range and default."""
    block = reduce(getitem, group.split("."), keys.defaults())
    return [line_of(f"{group}.{name}", name, value) for name, value in block.items()]


def line_of(key: str, name: str, value: object) -> str:
    """Return the line of one setting."""
    row = keys.declarations().get(key)
    if row is None:
        return f"  {name:<14} {keys.WORDS.get(name, '')} default {value}"
    return f"  {name:<14} {row.why} [{row.low:g} to {row.high:g} {row.unit}] default {row.default:g}"


def parameter_list() -> str:
    """Return every number behind the mechanisms, with its grade."""
    return "\n\n".join("\n".join([f"params.{block}.", *lever_lines(f"params.{block}")]) for block in BLOCKS)
