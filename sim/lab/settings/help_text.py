"""What `barnraise --help` says: commands and examples, and every lever as it was declared."""

from pydantic.fields import FieldInfo

from sim.lab.settings import keys, messages, scenarios, sweep_options
from sim.lab.settings.config import Experiment, bounds
from sim.lab.settings.errors import SettingsError, printable
from sim.world.day import BLOCKS

DASHBOARD = "pip install 'barnraise[dashboard]', or in a checkout: pip install -c constraints.txt -e '.[dashboard]'"
COMMANDS = """\
Barnraise simulates an online community day by day, many times, and says what changes if something is changed.

  barnraise [SETTINGS]                    run the scenario; the results' folder is printed last
  barnraise compare alt.NAME='SETTINGS' [alt.NAME=...] [change_day=DAY] [SETTINGS]
                                          what if: alternatives against the base, on the same people and chance
  barnraise -m SETTINGS                   sweep: settings with several values, all combinations of them, into one folder
  barnraise design=KIND design.factors='{SETTING: [low, high], ...}' [design.n=64] [SETTINGS]
                                          sweep over points that a sampler chooses (grid, lhs, sobol, saltelli, morris,
                                          one_at_a_time, csv); --dry-run says how large it is, and runs nothing
  barnraise experiment=NN_question        a sweep that experiments/NN_question/experiment.yaml describes
  barnraise resume FOLDER                 run what is missing of a sweep (a run that failed is not missing)
  barnraise verify FOLDER [sample=20]     run a sample of a sweep again and compare
  barnraise aggregate FOLDER              write a sweep's tables and figures again
  barnraise sensitivity FOLDER [metric=survival] [undefined=0]
                                          which of a sweep's factors matter
  barnraise trial trial=NAME [trial.ENTRY=VALUE] [SETTINGS]
                                          a randomised experiment inside the world (docs/trials.md), over 30 seeds
  barnraise validate [ROW ...] [seeds=30] [workers=auto] [vector=FILE] [nulls=no]
                                          hold the world against published findings, a row each, with and without the
                                          mechanism that a row is about; an interrupted scoreboard goes on; with
                                          nulls=yes also under the rules of the closest published model
  barnraise calibrate [ROW ...] [budget=200] [seeds=2] [minutes=60] [only=MECHANISM.NAME,...] [start=FILE]
                                          fit the parameters graded calibrated to the rows, and say what they pin down;
                                          it goes on where it was stopped, and needs an extra:
                                          pip install 'barnraise[calibrate]'
  barnraise scenarios, experiments, trials
                                          what there is, with its questions
  barnraise report FOLDER                 write a folder's report again
  barnraise dashboard                     a live page, which needs an extra:
                                          pip install 'barnraise[dashboard]', or in a checkout:
                                          pip install -c constraints.txt -e '.[dashboard]'
  barnraise --help [params]               this text, or the numbers behind the mechanisms
  barnraise --version
  --policy module:Class                   a host policy of your own (with any run; only here, never in a file), as
                                          docs/policies.md shows

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
    parts = [COMMANDS, "Settings, written key=value", *top_lines()]
    for group in keys.LEVERS:
        parts += ["", f"{group}.", *lever_lines(group)]
    parts += ["", "Of a sweep", *option_lines()]
    parts += ["", f"params.MECHANISM.NAME ({', '.join(BLOCKS)}): see 'barnraise --help params'"]
    parts += ["venues.NAME.venue. and venues.NAME.host. are the levers of a further venue beside the main one"]
    return "\n".join([parts[0], "", *parts[1:]])


def top_lines() -> list[str]:
    """Return a line a setting that stands in no group."""
    defaults, ranges = scenarios.top_defaults(), bounds()
    return [
        f"  {name:<14} {field.description}{f' [{ranges[name]}]' if name in ranges else ''} default {defaults[name]}"
        for name, field in Experiment.model_fields.items()
        if field.description
    ]


def option_lines() -> list[str]:
    """Return a line an option of a sweep."""
    return [
        f"  {f'{group}.{name}':<20} {field.description}{'' if field.default in (None, (), {}) else _default(field)}"
        for group, model in sweep_options.GROUPS.items()
        for name, field in model.model_fields.items()
    ]


def _default(field: FieldInfo) -> str:
    return "" if field.is_required() else f", default {messages.shown(field.default)}"


def lever_lines(group: str) -> list[str]:
    """Return a line a setting of a group, numbers with unit, range and default."""
    tree = keys.defaults()
    *branches, leaf = group.split(".")
    for name in branches:
        tree = tree[name]
    return [line_of(f"{group}.{name}", name, value) for name, value in tree[leaf].items()]


def line_of(key: str, name: str, value: object) -> str:
    """Return the line of one setting."""
    row = keys.declarations().get(key)
    if row is None:
        return f"  {name:<14} {keys.WORDS.get(name, '')} default {value}"
    return f"  {name:<14} {row.why} [{row.low:g} to {row.high:g} {row.unit}] default {row.default:g}"


def parameter_list() -> str:
    """Return every number behind the mechanisms, with its grade."""
    lines = []
    for block in BLOCKS:
        lines += [f"params.{block}.", *lever_lines(f"params.{block}"), ""]
    return "\n".join(lines).rstrip()


def scenario_list() -> str:
    """Return the scenarios with title and question."""
    lines = []
    for name in scenarios.names():
        try:
            story = scenarios.story(name)
        except SettingsError as error:
            lines += [f"{printable(name):<16} cannot be read: {error.lines[0]}"]
        else:
            lines += [f"{printable(name):<16} {story.title}", f"{'':<16} {story.question}"]
    return "\n".join([*lines, "", "Run one with: barnraise scenario=NAME"])
