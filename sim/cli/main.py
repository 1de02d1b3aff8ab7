"""The command line: finds the command, and reports a user's mistake in one line on stderr.

Each command is a file beside this one, imported only when it is run: workers import this module too.
"""

import importlib
import re
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

COMMANDS = {  # each with its file and the function there
    "compare": "run.compare",
    "trial": "trial.run",
    "validate": "validate.run",
    "calibrate": "calibrate.run",
    "scenarios": "lists.scenarios",
    "presets": "lists.presets",
    "experiments": "lists.experiments",
    "trials": "lists.trials",
    "resume": "resume.run",
    "verify": "verify.run",
    "aggregate": "aggregate.run",
    "sensitivity": "sensitivity.run",
    "dashboard": "dashboard.run",
    "report": "report.run",
    "help": "lists.manual",
}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # the last are how Python shows bytes that are not UTF-8
HELP = {"-h", "--help"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code. A user's mistake gives one line on stderr, never a traceback."""
    from sim.lab.settings.errors import BROKEN, REFUSED, STOPPED, SettingsError, WorkError, printable

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
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"barnraise: {printable(f'{where}{error.strerror or error}')}", file=sys.stderr)
        return BROKEN


def dispatch(arguments: list[str]) -> int:
    """Find the command and run it. Without one, the arguments are settings of a run."""
    refuse_unreadable(arguments)
    first, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if HELP & set(arguments):
        return command("help")([word for word in arguments if word not in {*HELP, "help"}])
    if "--version" in arguments:
        return version()
    if first in COMMANDS:
        return command(first)(rest)
    if first and not any(sign in first for sign in "=.-~+"):
        refuse(first)
    from sim.cli import run

    return run.run(arguments)


def refuse_unreadable(arguments: list[str]) -> None:
    """Refuse arguments that no setting accepts, and that would garble a terminal or a file that repeats them."""
    from sim.lab.settings.errors import SettingsError
    from sim.lab.settings.read_yaml import refuse_text

    for argument in arguments:
        # An alternative may stand on several lines.
        words = " ".join(argument.split()) if argument.startswith("alt.") else argument
        if CONTROL.search(words):
            raise SettingsError(f"cannot read '{argument}': leave out control characters, and write it in UTF-8")
        refuse_text(argument)


def command(name: str) -> Callable[[list[str]], int]:
    """Return the function behind a command."""
    file, function = COMMANDS[name].split(".")
    found: Callable[[list[str]], int] = getattr(importlib.import_module(f"sim.cli.{file}"), function)
    return found


def version() -> int:
    """Print the version."""
    import sim

    print(f"barnraise {sim.__version__}")
    return 0


def refuse(word: str) -> NoReturn:
    """Suggest the command or setting that was probably meant."""
    from sim.lab.settings import keys, scenarios
    from sim.lab.settings.errors import SettingsError

    if word in scenarios.names():
        raise SettingsError(f"{word} is a scenario; did you mean scenario={word}?")
    suggestion = keys.nearest(word, list(COMMANDS))
    hint = f"; did you mean {suggestion}?" if suggestion else f" ({', '.join(COMMANDS)}; settings are key=value)"
    raise SettingsError(f"unknown command {word}{hint}")
