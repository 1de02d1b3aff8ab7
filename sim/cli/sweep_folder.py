"""What the commands on a sweep's folder share: their arguments, and the words after a sweep."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.lab.runs.jobs import quoted
from sim.lab.settings.errors import SettingsError, WorkError

if TYPE_CHECKING:
    from sim.lab.sweeps.engine import Outcome

STOPPED = 130  # what shells expect after Ctrl-C


def split(arguments: list[str], command: str) -> tuple[Path, list[str]]:
    """Return the folder that a command is about, and the other arguments.

    Raises
    ------
    SettingsError
        If the first argument is not a folder, but a setting or an option.
    """
    from sim.cli.compose import policy_of
    from sim.lab.settings.read_yaml import refuse_links

    if any(text.split("=", 1)[0] == "--policy" for text in arguments):
        arguments = policy_of(arguments)[1][1:]  # it is registered; a folder's own choice is never loaded unasked
    first = arguments[0] if arguments else ""
    is_other = not first or "=" in first or first.startswith("-")
    if is_other and not (first and Path(first).is_dir()):  # a folder's name may hold a = as well
        raise SettingsError(f"{command} takes a sweep's folder: barnraise {command} results/NAME/HASH")
    refuse_links(Path(first))
    return Path(first), arguments[1:]


def values(arguments: list[str], command: str, names: Sequence[str]) -> dict[str, str]:
    """Return what `name=value` arguments say.

    Raises
    ------
    SettingsError
        If there is another one, or one stands twice.
    """
    given: dict[str, str] = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals or name not in names:
            takes = f"takes only {', '.join(f'{known}=' for known in names)}" if names else "takes only a folder"
            raise SettingsError(f"{command} {takes}, not {argument}")
        if name in given:
            raise SettingsError(f"{name} is given twice: {given[name]} and {value}")
        given[name] = value
    return given


def conclude(outcome: "Outcome", is_part: bool, metrics: Sequence[str] | None = None) -> int:
    """Write tables and figures, say what came of a sweep, and print its folder last."""
    code = outcome.code()
    if outcome.interrupted or is_part:
        print("\n".join(outcome.lines()), file=sys.stderr if outcome.interrupted else sys.stdout)
    else:
        if outcome.lost:
            print(f"worker processes died; {outcome.lost} runs under way were run again", file=sys.stderr)
        code, outcome = told(outcome, metrics)
    print(outcome.folder, flush=True)
    if outcome.failed:
        again = quoted(["barnraise", "resume", str(outcome.folder), "--failed"])
        runs = "1 run" if outcome.failed == 1 else f"{outcome.failed} runs"
        print(f"barnraise: {runs} failed; to try again: {again}", file=sys.stderr)
    return code


def told(outcome: "Outcome", metrics: Sequence[str] | None) -> tuple[int, "Outcome"]:
    """Return the exit code, and the outcome with all runs that failed, in earlier sessions, too."""
    later = f"write tables and figures later with: {quoted(['barnraise', 'aggregate', str(outcome.folder)])}"
    try:
        outcome = outcome._replace(failed=tell(outcome.folder, metrics))
    except WorkError as error:
        print(f"barnraise: {error}; {later}", file=sys.stderr)
        return 1, outcome
    except KeyboardInterrupt:
        print(f"barnraise: stopped; all runs are kept; {later}", file=sys.stderr)
        return STOPPED, outcome
    return outcome.code(), outcome


def tell(folder: Path, metrics: Sequence[str] | None = None) -> int:
    """Write the tables and figures of a sweep, print what came of it, and return how many runs failed."""
    from sim.lab.sweeps import aggregate, store

    chosen = metrics or store.reopen(folder).design.options.get("metrics") or None
    found = aggregate.aggregate(folder)
    print(aggregate.text(found, chosen), flush=True)
    draw(folder)
    return found.failed


def draw(folder: Path, metrics: Sequence[str] | None = None) -> None:
    """Draw the figures of a sweep, of some outcomes or of those that it is about."""
    from sim.lab.sweeps.parts import writing
    from sim.show.sweeps import figures

    with writing(folder / "figures"):
        figures.draw(folder, metrics)
