"""The command line: `barnraise`, the same as `python -m sim`.

Workers import this module too, as it is the program's main one, so everything is imported where it is needed.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.lab.runs.execute import Done
    from sim.lab.runs.jobs import Job

OF_SWEEPS = ("resume", "verify", "aggregate", "sensitivity")
COMMANDS = (
    "compare",
    "trial",
    "validate",
    "calibrate",
    "scenarios",
    "experiments",
    "trials",
    *OF_SWEEPS,
    "dashboard",
    "report",
    "help",
)
BROKEN = 1
REFUSED = 2
STOPPED = 130  # what shells expect after Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code: what a user can put right is one line on stderr, never a traceback."""
    from sim.lab.settings.errors import SettingsError, WorkError

    try:
        return dispatch(list(sys.argv[1:] if arguments is None else arguments))
    except SettingsError as error:
        for line in error.lines:
            print(f"barnraise: {line}", file=sys.stderr)
        return REFUSED
    except WorkError as error:
        print(f"barnraise: {error}", file=sys.stderr)
        return BROKEN
    except KeyboardInterrupt:
        print("barnraise: stopped, nothing was written", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left; the interpreter would complain about it on exit
        return 0


def dispatch(arguments: list[str]) -> int:
    """Find the command and run it. Without one, the arguments are settings of a run."""
    if {"-h", "--help"} & set(arguments) or arguments[:1] == ["help"]:
        return show_help([word for word in arguments if word not in {"-h", "--help", "help"}])
    if "--version" in arguments:
        return show_version()
    first, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if first in ("scenarios", "experiments", "trials"):
        return list_known(first)
    plain = {
        "dashboard": serve_dashboard,
        "report": rerender,
        "validate": validate,
        "calibrate": calibrate,
        "trial": trial,
    }
    if first in plain:
        return plain[first](rest)
    if first == "compare":
        return run(rest, compares=True)
    if first in OF_SWEEPS:
        return about_sweeps(first, rest)
    if first and not any(sign in first for sign in "=.-~+"):
        return refuse_command(first)
    return run(arguments, compares=False)


def validate(arguments: list[str]) -> int:
    """Hold the world against published findings."""
    from sim.cli import validate as validate_command

    return validate_command.run(arguments)


def calibrate(arguments: list[str]) -> int:
    """Fit what is to be fitted to published findings."""
    from sim.cli import calibrate as calibrate_command

    return calibrate_command.run(arguments)


def trial(arguments: list[str]) -> int:
    """Run a trial, write its folder and report, and print the folder last."""
    from sim.cli import trial as trial_command

    job, done, words = trial_command.perform(arguments)
    return conclude(job, done, words)


def about_sweeps(command: str, arguments: list[str]) -> int:
    """Do something with a sweep that was begun before."""
    from sim.cli import sweeps

    chosen = {name: getattr(sweeps, name) for name in OF_SWEEPS}[command]
    return int(chosen(arguments))


def run(arguments: list[str], compares: bool) -> int:
    """Run an experiment or a comparison, write its folder and report, and print the folder last."""
    from sim.cli import compose, sweeps
    from sim.lab.runs import execute, headline, jobs

    if not compares and sweeps.is_sweep(arguments):
        return sweeps.run(arguments)
    policy, settings = compose.policy_of(arguments)
    compose.refuse_twice(settings)
    request = compose.request(settings, compares)
    job = jobs.job(request, "barnraise " + jobs.quoted(["compare"] * compares + arguments))
    done = execute.perform(job, policy, shows_progress=sys.stderr.isatty())
    return conclude(job, done, headline.text(job, done.finish.finished))


def conclude(job: "Job", done: "Done", words: str) -> int:
    """Say what was found, write the report, print the folder last, and return the exit code."""
    print(words, flush=True)
    why_partial = done.finish.why_partial
    try:
        render(done.folder)
    except KeyboardInterrupt:
        why_partial = "interrupted"
        print(f"barnraise: the report is missing; write it with: barnraise report {done.folder}", file=sys.stderr)
    finally:
        print(done.folder, flush=True)
    return complain(job, why_partial, len(done.finish.finished))


def complain(job: "Job", why_partial: str | None, finished: int) -> int:
    """Say what is missing, if anything is, and return the exit code."""
    if why_partial is None:
        return 0
    print(f"barnraise: {why_partial}; {finished} of {len(job.tasks)} replicates are kept", file=sys.stderr)
    return STOPPED if why_partial == "interrupted" else BROKEN


def render(folder: Path) -> None:
    """Write figures and report into a result folder."""
    from sim.show.report import page
    from sim.show.trials import page as trial_report

    (trial_report if (folder / "trial.yaml").is_file() else page).write_report(folder)


def rerender(arguments: list[str]) -> int:
    """Write the report of an existing folder again."""
    from sim.lab.settings.errors import SettingsError

    if len(arguments) != 1:
        raise SettingsError("report takes one folder: barnraise report results/SCENARIO/RUN")
    folder = Path(arguments[0])
    if not (folder / "manifest.json").is_file():
        raise SettingsError(f"{folder} is not a result folder: it has no manifest.json")
    render(folder)
    print(folder)
    return 0


def list_known(what: str) -> int:
    """Print each scenario, each experiment or each trial, with its question."""
    from sim.lab.settings import experiments, help_text
    from sim.lab.trials import files

    lists = {"scenarios": help_text.scenario_list, "experiments": experiments.listing, "trials": files.listing}
    print(lists[what]())
    return 0


def show_help(topics: list[str]) -> int:
    """Print the manual, or the numbers behind the mechanisms."""
    from sim.lab.settings import help_text

    print(help_text.parameter_list() if topics == ["params"] else help_text.manual())
    return 0


def show_version() -> int:
    """Print the version."""
    import sim

    print(f"barnraise {sim.__version__}")
    return 0


def serve_dashboard(arguments: list[str]) -> int:
    """Open the live page, if what it needs is installed."""
    import importlib.util

    from sim.lab.settings.errors import SettingsError
    from sim.lab.settings.help_text import DASHBOARD

    if importlib.util.find_spec("solara") is None:
        raise SettingsError(f"the dashboard needs an extra: {DASHBOARD}")
    from sim.show.live.page import serve

    return serve(arguments)


def refuse_command(word: str) -> int:
    """Say which command or setting was probably meant."""
    from sim.lab.settings import keys, scenarios
    from sim.lab.settings.errors import SettingsError

    if word in scenarios.names():
        raise SettingsError(f"{word} is a scenario; did you mean scenario={word}?")
    suggestion = keys.nearest(word, list(COMMANDS))
    hint = f"; did you mean {suggestion}?" if suggestion else f" ({', '.join(COMMANDS)}; settings are key=value)"
    raise SettingsError(f"unknown command {word}{hint}")


if __name__ == "__main__":
    sys.exit(main())
