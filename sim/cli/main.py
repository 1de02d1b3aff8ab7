"""The program's frame: a user's mistake is one line on stderr, and Ctrl-C and broken pipes end it quietly.

The commands are in `commands`, imported only here, when they are run: workers import this module too.
"""

import re
import sys
from collections.abc import Sequence

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # the last are how Python shows bytes that are not UTF-8


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code. A user's mistake gives one line on stderr, never a traceback."""
    from sim.lab.settings import folders
    from sim.lab.settings.errors import BROKEN, REFUSED, STOPPED, SettingsError, WorkError, printable

    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        refuse_unreadable(words)
        from sim.cli import front
        from sim.cli.commands import barnraise

        code = front.run(barnraise, words)
        sys.stdout.flush()  # so that a pipe that broke is noticed here
        return code
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
    finally:
        folders.forget()  # those of this command line


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
