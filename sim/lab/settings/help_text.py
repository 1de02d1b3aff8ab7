"""The text of `barnraise help settings` and `barnraise help params`: every lever and parameter as declared."""

from functools import reduce
from operator import getitem

from sim.lab.settings import keys, messages, scenarios, sweep_options
from sim.lab.settings.config import Experiment, bounds
from sim.world.day import BLOCKS


def setting_list() -> str:
    """Return every setting and every option of a sweep."""
    defaults, ranges = scenarios.top_defaults(), bounds()
    parts = ["Settings, written as key=value"]
    parts += [
        f"  {name:<14} {field.description}{f' [{ranges[name]}]' if name in ranges else ''} default {defaults[name]}"
        for name, field in Experiment.model_fields.items()
        if field.description
    ]
    for group in keys.LEVERS:
        parts += ["", f"{group}.", *lever_lines(group)]
    parts += ["", "Options of a sweep"]
    for group, model in sweep_options.GROUPS.items():
        for name, field in model.model_fields.items():
            is_empty = field.is_required() or field.default in (None, (), {})
            default = "" if is_empty else f", default {messages.shown(field.default)}"
            parts.append(f"  {f'{group}.{name}':<20} {field.description}{default}")
    parts += ["", f"params.MECHANISM.NAME ({', '.join(BLOCKS)}): see 'barnraise help params'"]
    parts += ["venues.NAME.venue. and venues.NAME.host. set the levers of a further venue beside the main one"]
    return "\n".join(parts)


def lever_lines(group: str) -> list[str]:
    """Return a line for each setting of a group: numbers with unit, range and default."""
    lines = []
    for name, value in reduce(getitem, group.split("."), keys.defaults()).items():
        if row := keys.declarations().get(f"{group}.{name}"):
            about = f"{row.why} [{row.low:g} to {row.high:g} {row.unit}] default {row.default:g}"
        else:
            about = f"{keys.WORDS.get(name, '')} default {value}"
        lines.append(f"  {name:<14} {about}")
    return lines


def parameter_list() -> str:
    """Return every number behind the mechanisms, with its grade."""
    return "\n\n".join("\n".join([f"params.{block}.", *lever_lines(f"params.{block}")]) for block in BLOCKS)
