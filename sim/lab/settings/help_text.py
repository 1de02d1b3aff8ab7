"""The text of `barnraise --help`: commands, examples, and every lever as declared."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import getitem
from typing import Any

from pydantic.fields import FieldInfo

from sim.lab.settings import keys, messages, scenarios, sweep_options
from sim.lab.settings.config import Experiment, bounds
from sim.lab.settings.errors import SettingsError, printable
from sim.world.day import BLOCKS

DASHBOARD = "pip install 'barnraise[dashboard]', or in a checkout: pip install -c constraints.txt -e '.[dashboard]'"
COMMANDS = """\
Barnraise simulates an online community day by day. It repeats each run many times and reports what a change would do.

  barnraise [SETTINGS]                    run the scenario; the last line printed is the results folder
  barnraise compare alt.NAME='SETTINGS' [alt.NAME=...] [change_day=DAY] [SETTINGS]
                                          compare alternatives with the base, with the same people and random draws
  barnraise -m SETTINGS                   sweep: run all combinations of settings with several values, in one folder
  barnraise design=KIND design.factors='{SETTING: [low, high], ...}' [design.n=64] [SETTINGS]
                                          sweep over points that a sampler chooses (grid, lhs, sobol, saltelli, morris,
                                          one_at_a_time, csv); --dry-run reports its size and runs nothing
  barnraise experiment=NN_question        run the sweep described in experiments/NN_question/experiment.yaml
  barnraise resume FOLDER [--failed]      finish a sweep; with --failed, also try its failed runs again
  barnraise verify FOLDER [sample=20]     run a sample of a sweep again and compare
  barnraise aggregate FOLDER              write a sweep's tables and figures again
  barnraise sensitivity FOLDER [metric=survival] [undefined=0]
                                          report which factors of a sweep matter
  barnraise trial trial=NAME [trial.ENTRY=VALUE] [SETTINGS]
                                          run a randomised experiment inside the world (docs/trials.md) over 30 seeds
  barnraise validate [ROW ...] [seeds=30] [workers=auto] [vector=FILE] [nulls=no]
                                          compare the world with published findings, one row for each, with and without
                                          the mechanism that the row is about; continues an interrupted scoreboard;
                                          nulls=yes adds the rules of the closest published model
  barnraise calibrate [ROW ...] [budget=200] [seeds=2] [minutes=60] [only=MECHANISM.NAME,...] [start=FILE]
                                          fit the calibrated parameters to the rows and report how well the rows
                                          determine them; continues where it stopped; needs an extra:
                                          pip install 'barnraise[calibrate]'
  barnraise scenarios, experiments, trials
                                          list them, each with its question
  barnraise report FOLDER                 write a folder's report again
  barnraise dashboard                     open a live page; needs an extra:
                                          pip install 'barnraise[dashboard]', or in a checkout:
                                          pip install -c constraints.txt -e '.[dashboard]'
  barnraise --help [params]               print this text, or the numbers behind the mechanisms
  barnraise --version
  --policy module:Class                   use a host policy of your own, with any run (docs/policies.md); it is code, so
                                          no file can name one (docs/security.md)

Examples
  barnraise
  barnraise scenario=ad_ratchet replicates=8
  barnraise host.replies=0
  barnraise compare alt.no_manager='host.replies=0 host.seeding=0' alt.ads='venue.ad_load=6'
  barnraise compare scenario=seed_then_taper alt.keep='host.schedule=flat' change_day=180
  barnraise venues.lounge.venue.talk=0.5 venues.lounge.host.replies=0
  barnraise -m host.replies=0,0.1,0.2 'venue.ad_load=range(0,8)' scenario=support_forum,ad_ratchet replicates=20
  barnraise -m 'venue.ad_load=interval(0,8)' design.n=100 replicates=auto precision.half_width=5"""


def manual() -> str:
    """Return the help text."""
    parts = [COMMANDS, "Settings, written as key=value", *top_lines()]
    for group in keys.LEVERS:
        parts += ["", f"{group}.", *lever_lines(group)]
    parts += ["", "Options of a sweep", *option_lines()]
    parts += ["", f"params.MECHANISM.NAME ({', '.join(BLOCKS)}): see 'barnraise --help params'"]
    parts += ["venues.NAME.venue. and venues.NAME.host. set the levers of a further venue beside the main one"]
    return "\n".join([parts[0], "", *parts[1:]])


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


def scenario_list() -> str:
    """Return the scenarios with title and question."""
    return catalogue(scenarios.names(), scenarios.story, 16, "barnraise scenario=NAME")


def catalogue(names: Iterable[str], read: Callable[[str], Any], width: int, command: str) -> str:
    """Return what can be run by its name, each with title and question, or with why it cannot be read."""
    lines = []
    for name in names:
        try:
            found = read(name)
        except SettingsError as error:
            lines.append(f"{printable(name):<{width}} cannot be read: {error.lines[0]}")
        else:
            title, question = (" ".join(text.split()) for text in (found.title, found.question))
            lines += [f"{printable(name):<{width}} {title}", f"{'':<{width}} {question}"]
    return "\n".join([*lines, "", f"Run one with: {command}"])
