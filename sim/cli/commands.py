"""Every command with its arguments, options and examples. What does the work is imported when it is run."""

import importlib
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import sim
from sim.cli import front, hydra_flags
from sim.cli.front import CONTEXT, Command, Front, Function, Value, asked, common, finite, plugin, policy, whole
from sim.lab.settings.errors import SettingsError, refuse_if_any

ASK, SWEEP, SCIENCE, TEACH, HELP = "Ask", "Sweep", "Science", "Teach", "Help"
TOPICS = {"settings": "setting_list", "params": "parameter_list"}
NEEDED = ("starlette", "uvicorn", "websockets", "segno")  # by the live page
LIVE = "pip install 'barnraise[live]', or in a checkout: pip install -c constraints.txt -e '.[live]'"
WORKERS = whole("workers", 1, 1024, "auto")
SETTINGS = click.argument("settings", nargs=-1, type=click.UNPROCESSED, shell_complete=front.settings_that_begin)
WORDS: dict[str, Any] = {"nargs": -1, "type": click.UNPROCESSED, "shell_complete": front.options_that_begin}
FOLDER = click.argument("words", metavar="FOLDER", **WORDS)
ONE_FOLDER = click.argument("folder", metavar="FOLDER", callback=front.one_folder, **WORDS)
ROWS = click.argument("rows", metavar="[ROW ...]", callback=front.only_rows, **WORDS)
DRY = click.option("--dry-run", "is_dry", is_flag=True, help="Print what would be run and what it needs. Run nothing.")


def value(name: str, otherwise: Any, text: str, reads: Any = str) -> Callable[[Function], Function]:
    """Return the option `NAME=VALUE` of a command. What it is otherwise is its value, or in capitals only its kind."""
    is_kind = isinstance(otherwise, str) and otherwise.isupper()
    return click.option(
        f"--{name}", cls=Value, multiple=True, callback=front.once, metavar=str(otherwise), help=text, type=reads,
        default=None if is_kind else [str(otherwise)],
    )  # fmt: skip


PROFILE = value("profile", "NAME", "only the rows that are made in this profile, such as social")


@click.group(cls=Front, context_settings=CONTEXT | {"ignore_unknown_options": True}, invoke_without_command=True,
             options_metavar="[OPTIONS]", subcommand_metavar="[COMMAND] [SETTINGS]")  # fmt: skip
@click.option("--completion", type=click.Choice(["bash", "zsh", "fish"]), metavar="SHELL", is_eager=True,
              expose_value=False, callback=front.print_completion,
              help="Print what completes commands and settings in bash, zsh or fish; in the shell's start-up "
              "file: eval \"$(barnraise --completion bash)\"")  # fmt: skip
@click.version_option(sim.__version__, message="barnraise %(version)s", help="Print the version.")
@plugin
@common
@click.pass_context
def barnraise(context: click.Context) -> int:
    """Barnraise simulates an online community day by day. It repeats each run and reports what a change would do.

    Without a command, the settings are a run: barnraise host.replies=0. A setting is written key=value, in Hydra's
    grammar; 'barnraise help settings' lists them all with unit, range and default, 'barnraise help params' the numbers
    behind the mechanisms. Each command has its own help: barnraise COMMAND --help.
    """
    if context.invoked_subcommand is not None:
        return 0
    with run.make_context("run", [], parent=context) as inner:
        return int(run.invoke(inner))


def command(section: str, examples: str, **more: Any) -> Callable[[Callable[..., int]], click.Command]:
    """Return what makes a command of a function, in a section and with examples."""

    def make(function: Callable[..., int]) -> click.Command:
        made = barnraise.command(cls=Command, section=section, examples=examples, context_settings=CONTEXT, **more)
        return made(common(function))

    return make


@command(ASK, """
host.replies=0
scenario=ad_ratchet replicates=8 --dry-run
-m host.replies=0,0.1,0.2 'venue.ad_load=range(0,8)' replicates=20
-m 'venue.ad_load=interval(0,8)' design.n=100 replicates=auto precision.half_width=5
design=sobol design.n=64 design.factors='{venue.ad_load: [0, 8], host.replies: [0, 0.5]}' --dry-run
experiment=02_growth_speed --dry-run
--cfg job scenario=ad_ratchet
""")  # fmt: skip
@SETTINGS
@click.option("-m", "--multirun", is_flag=True, help="Sweep: run all combinations of settings with several values.")
@DRY
@plugin
@policy
@hydra_flags.shown
def run(settings: tuple[str, ...], multirun: bool, is_dry: bool, **flags: Any) -> int:
    """Run a scenario, or a sweep with -m, design= or experiment=. This is what happens without a command.

    The last line printed is the results folder.
    """
    from sim.cli import run as runs
    from sim.cli import sweep

    for word in settings:
        front.refuse_word(word, barnraise.commands)
    is_sweep = multirun or sweep.is_sweep(settings)
    if any(flags.values()):
        hydra_flags.refuse_together(is_sweep, is_dry, **flags)
        if flags["cfg"] or flags["info"]:
            return hydra_flags.show(asked(settings).settings, flags)
    what = asked(settings, is_dry)
    return sweep.run(what, multirun) if is_sweep else runs.perform(what, compares=False)


@command(ASK, """
compare alt.no_manager='host.replies=0 host.seeding=0' alt.ads='venue.ad_load=6'
compare scenario=seed_then_taper alt.keep='host.schedule=flat' change_day=180
compare alt.quiet='host.replies=0' replicates=60 --dry-run
""")  # fmt: skip
@SETTINGS
@DRY
@plugin
@policy
def compare(settings: tuple[str, ...], is_dry: bool) -> int:
    """Compare alternatives with the base, on the same people and random draws.

    Each alternative is alt.NAME='SETTINGS'. With change_day=DAY all arms are one world until that day.
    """
    from sim.cli import run as runs

    return runs.perform(asked(settings, is_dry), compares=True)


def lists(section: str, name: str, module: str, function: str, about: str) -> None:
    """Add a command that prints a list."""

    @command(section, name, name=name, help=about)
    def show() -> int:
        print(getattr(importlib.import_module(f"sim.lab.settings.{module}"), function)())
        return 0


@command(ASK, """
tornado scenario=support_forum
tornado metric=size only=host.hours,venue.ad_load,leaving.dull replicates=8
tornado alt.no_ads=venue.ad_load=0 metric=profit --dry-run
""")  # fmt: skip
@SETTINGS
@value("metric", "held_by_members", "the outcome in question")
@value("only", "NAMES", "levers and parameters to move, with commas between; otherwise all", front.words)
@DRY
@plugin
@policy
def tornado(settings: tuple[str, ...], metric: str, only: tuple[str, ...] | None, is_dry: bool) -> int:
    """Show what an answer depends on most: each lever and each unknown moved alone, on the same seeds.

    With an alternative (alt.NAME='SETTINGS'), the answer is its difference from the base.
    """
    from sim.cli import tornado as tornados

    return tornados.run(asked(settings, is_dry), metric, only)


@command(ASK, """
passport scenario=support_forum
passport host=volunteer venue=facebook_group change_day=300 replicates=8 --dry-run
""")  # fmt: skip
@SETTINGS
@DRY
@plugin
@policy
def passport(settings: tuple[str, ...], is_dry: bool) -> int:
    """Show how a community takes a standard set of shocks, each on change_day (half of the days, if not set)."""
    from sim.cli import passport as passports

    return passports.run(asked(settings, is_dry))


@command(ASK, """
intake
intake --print-questions
intake answers=answers.yaml name=our_place
""")  # fmt: skip
@value("answers", "FILE", "a file of answers (YAML); otherwise the terminal asks", os.path.expanduser)
@value("name", "my_place", "of the scenario: a file in conf/scenario, or in the folder of --config-dir")
@click.option("--print-questions", is_flag=True, help="Print a file of answers to fill in. Ask nothing.")
@click.option("--overwrite", is_flag=True, help="Replace a scenario of that name.")
def intake(answers: str | None, name: str, print_questions: bool, overwrite: bool) -> int:
    """Ask ten questions about a community, each of which can be skipped, and write a scenario of its own."""
    import re

    from sim.cli import intake as intakes
    from sim.lab.settings.config import NAME

    if not re.fullmatch(NAME, name):
        raise SettingsError(f"name={name} is not a name of lower-case letters, digits and _")
    if print_questions:
        print(intakes.template())
        return 0
    return intakes.run(name, answers, overwrite)


lists(ASK, "scenarios", "listing", "scenarios", "List the scenarios, each with its question.")
lists(ASK, "presets", "presets", "listing", "List hosts, venues, people and products to compose a question from.")


@command(ASK, "report results/support_forum/RUN")
@FOLDER
def report(words: tuple[str, ...]) -> int:
    """Write the figures and the report of a result folder again."""
    from sim.cli import report as reports

    return reports.run(words)


@command(SWEEP, "resume results/support_forum/HASH\nresume results/support_forum/HASH --failed engine=serial")
@FOLDER
@click.option("--failed", is_flag=True, help="Try the runs that failed again.")
@plugin
@policy
def resume(words: tuple[str, ...], failed: bool) -> int:
    """Finish a sweep. Of the settings, only engine= and engine. can change."""
    from sim.cli import overrides, sweep_folder
    from sim.lab.sweeps import session

    folder, rest = sweep_folder.split("resume", words)
    engine = overrides.engine_of(rest)
    outcome = session.resume(folder, engine, asked().command, retries=failed)
    return sweep_folder.conclude(outcome, is_part=engine.shard is not None)


@command(SWEEP, "verify results/support_forum/HASH sample=50")
@ONE_FOLDER
@value("sample", 20, "how many runs", whole("sample", 0, 1_000_000_000))
@value("seed", "NUMBER", "which of them; otherwise they differ each time", whole("seed", 0, 2**53))
@plugin
@policy
def verify(folder: Path, sample: int, seed: int | None) -> int:
    """Run a random sample of a sweep's runs again and compare."""
    from sim.lab.sweeps import verify as repeat

    found = repeat.verify(folder, sample, seed=seed)
    print("\n".join(found.lines()))
    print(folder)
    return 1 if found.differences else 0


@command(SWEEP, "aggregate results/support_forum/HASH")
@ONE_FOLDER
def aggregate(folder: Path) -> int:
    """Write a sweep's tables and figures again."""
    from sim.cli import sweep_folder

    sweep_folder.report(folder)
    print(folder)
    return 0


@command(SWEEP, "sensitivity results/support_forum/HASH metric=held_by_members,size")
@ONE_FOLDER
@value("metric", "NAMES", "outcomes, with commas between; otherwise those that the design names", front.words)
@value("undefined", "NUMBER", "what an undefined outcome counts as", finite("undefined"))
def sensitivity(folder: Path, metric: tuple[str, ...] | None, undefined: float | None) -> int:
    """Report which factors of a sweep matter."""
    from sim.cli import sweep_folder
    from sim.lab.settings import sweep_options
    from sim.lab.sweeps import sensitivity as effects

    refuse_if_any(map(sweep_options.unknown_metric, metric or ()))
    print(effects.text(effects.sensitivity(folder, metric or None, undefined=undefined)))
    sweep_folder.draw(folder, metric or None)
    print(folder)
    return 0


@command(SCIENCE, """
trial trial=award_top_contributors
trial trial=reply_to_newcomers people=4000 replicates=60 --dry-run
trial trial=invite_customers trial.arms.invited.does.invite.by=peer trial.start=90
""")  # fmt: skip
@SETTINGS
@DRY
@plugin
@policy
def trial(settings: tuple[str, ...], is_dry: bool) -> int:
    """Run a randomised experiment inside the world (docs/trials.md).

    trial=NAME chooses it, trial.ENTRY=VALUE changes an entry of its file.
    """
    from sim.cli import trial as trials

    return trials.run(asked(settings, is_dry))


lists(SCIENCE, "trials", "listing", "trials", "List the trials, each with its question.")
lists(SCIENCE, "experiments", "experiments", "listing", "List the experiments, each with its question.")


@command(SCIENCE, "validate\nvalidate N1 R1 seeds=10\nvalidate profile=social\nvalidate --shut-away --explain L1")
@ROWS
@click.option("--fitted", is_flag=True, help="Only rows that the calibration may use.")
@click.option("--shut-away", is_flag=True, help="Only rows that nothing is fitted to, beside those that are named.")
@click.option(
    "--explain",
    metavar="ROW",
    help="Run this row, too, and print a page about it: the finding, the "
    "experiment, its figures, when it was frozen. It may be one that is fitted or one that is shut away.",
)
@value("seeds", 20, "how many worlds a row is measured in", whole("seeds", 1, 10_000))
@value("workers", "auto", "processes", WORKERS)
@value("vector", "auto", "behaviour: declared, a file, or auto: the best of the plausible set")
@PROFILE
@value("nulls", "no", "yes adds the rules of the closest published model", click.Choice(["yes", "no"]))
@value("results", "results", "folder", os.path.expanduser)
def validate(rows: tuple[str, ...], **options: Any) -> int:
    """Compare the world with published findings, a row for each.

    Each row runs with and without the mechanism that it is about. An interrupted scoreboard goes on where it stopped.
    Of all rows, with 20 seeds, it takes half an hour to an hour on two cores, and gives two scores: of the rows that
    the calibration may use, and of the third that is shut away from it.
    """
    from sim.cli import validate as scoreboard

    return scoreboard.run(rows, options)


@command(SCIENCE, "calibrate\ncalibrate screen=yes\ncalibrate P2 N3 budget=50 only=answering.answer,visit.base")
@ROWS
@value("budget", 300, "how many vectors are tried", whole("budget", 2, 100_000))
@value("seeds", 1, "worlds for each", whole("seeds", 1, 1000))
@value("check", 4, "worlds for the last check of the best", whole("check", 1, 1000))
@value("minutes", "NUMBER", "when to stop; otherwise after the budget", finite("minutes", above=0.0))
@value("screen", "no", "yes ranks all free parameters by what they move, and fits nothing", click.Choice(["yes", "no"]))
@value("bases", 2, "points from which a screen moves each parameter", whole("bases", 1, 100))
@value("workers", "auto", "processes", WORKERS)
@PROFILE
@value("prior", "near", "how far from the declared values: near or wide")
@value("only", "NAMES", "parameters to fit, with commas between; otherwise all that are graded calibrated", front.words)
@value("start", "FILE", "a vector to start from")
@value("results", "results", "folder", os.path.expanduser)
def calibrate(rows: tuple[str, ...], **options: Any) -> int:
    """Fit the calibrated parameters to the rows of the evidence that are not shut away.

    The result is a set of vectors that the rows leave open, and which parameters they tell apart. It goes on where it
    stopped. It needs an extra: pip install 'barnraise[calibrate]'.
    """
    from sim.cli import calibrate as calibration

    return calibration.run(rows, options)


def page(name: str) -> None:
    """Add the command that opens the live page, under one of its two names."""

    @command(TEACH, f"{name}\n{name} --share --port 8765 --no-browser", name=name)
    @click.option("--share", is_flag=True, help="Open it to the room, with a join code. The room looks on, and acts "
                  "only if you let it. It prints what this exposes.")  # fmt: skip
    @click.option("--no-browser", is_flag=True, help="Open no browser.")
    @click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; otherwise any free one.")
    @value("results", "results", "folder of the questions that are asked on the page", os.path.expanduser)
    def live(port: int, no_browser: bool, share: bool, results: str) -> int:
        """Open a page for a class to predict, run and explain, and to ask questions without a terminal.

        Only this machine can reach it, unless it is shared. It needs an extra: pip install 'barnraise[live]'.
        """
        if missing := [module for module in NEEDED if importlib.util.find_spec(module) is None]:
            raise SettingsError(f"the live page needs an extra ({', '.join(missing)} is not installed): {LIVE}")
        from sim.cli.live import CommandLine
        from sim.show.live.serve import serve

        return serve(CommandLine(results), port, not no_browser, share)


page("live")
page("dashboard")


@command(TEACH, "explore results/support_forum/RUN\nexplore results/support_forum/RUN replicate=3 --output forum.html")
@FOLDER
@value("replicate", "NUMBER", "whose people are drawn, from 0; otherwise the first", whole("replicate", 0, 99_999))
@click.option("--output", metavar="FILE", help="Where to write the page; otherwise FOLDER/explore.html.")
@plugin
@policy
def explore(words: tuple[str, ...], replicate: int | None, output: str | None) -> int:
    """Write a page of a folder: time, people, seeds (docs/explore.md)."""
    from sim.cli import explore as pages

    return pages.run(words, asked(()).plugins, replicate, output)


@command(HELP, "help settings\nhelp params\nhelp compare", name="help")
@click.argument("topic", required=False)
@click.pass_context
def manual(context: click.Context, topic: str | None) -> int:
    """List the settings or the parameters, or show the help of a command."""
    root, known = context.find_root(), barnraise.commands
    if topic in TOPICS:
        from sim.lab.settings import help_text

        print(getattr(help_text, TOPICS[topic])())
    elif topic is not None and topic not in known:
        raise click.UsageError(f"there is no help on {topic}: {', '.join((*TOPICS, *known))}")
    else:
        found, at = (barnraise, root) if topic is None else (known[topic], click.Context(known[topic], root, topic))
        print(found.get_help(at))
    return 0
