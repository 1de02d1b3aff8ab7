"""What the commands about a sweep's folder share: reading arguments, and reporting results."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.lab.runs.jobs import quoted
from sim.lab.settings.errors import STOPPED, SettingsError, WorkError
from sim.lab.settings.messages import plural

if TYPE_CHECKING:
    from sim.lab.sweeps.engine import Outcome


def split(command: str, words: Sequence[str]) -> tuple[Path, Sequence[str]]:
    """Return the folder that a command is about, and the other words."""
    from sim.lab.settings.read_yaml import refuse_links

    first = words[0] if words else ""
    if not first or ("=" in first and not Path(first).is_dir()):  # a folder's name may hold a = as well
        raise SettingsError(f"{command} takes a sweep's folder: barnraise {command} results/NAME/HASH")
    refuse_links(Path(first))
    return Path(first), words[1:]


def conclude(outcome: "Outcome", is_part: bool, metrics: Sequence[str] | None = None) -> int:
    """Write tables and figures, report the results of a sweep, and print its folder last."""
    code = outcome.code()
    if outcome.interrupted or is_part:
        print("\n".join(outcome.lines()), file=sys.stderr if outcome.interrupted else sys.stdout)
    else:
        if outcome.lost:
            print(f"worker processes died; {outcome.lost} runs were repeated", file=sys.stderr)
        code, outcome = reported(outcome, metrics)
    print(outcome.folder, flush=True)
    if outcome.failed:
        from sim.lab.sweeps.store import again

        retry = again(outcome.folder, outcome.plugins, "--failed")
        print(f"barnraise: {plural(outcome.failed, 'run')} failed; to try again: {retry}", file=sys.stderr)
    return code


def reported(outcome: "Outcome", metrics: Sequence[str] | None) -> tuple[int, "Outcome"]:
    """Report the results. Return the exit code, and the outcome with the failures of earlier sessions included."""
    later = f"to write tables and figures later: {quoted(['barnraise', 'aggregate', str(outcome.folder)])}"
    try:
        outcome = outcome._replace(failed=report(outcome.folder, metrics))
    except WorkError as error:
        print(f"barnraise: {error}; {later}", file=sys.stderr)
        return 1, outcome
    except KeyboardInterrupt:
        print(f"barnraise: stopped; all runs are kept; {later}", file=sys.stderr)
        return STOPPED, outcome
    return outcome.code(), outcome


def report(folder: Path, metrics: Sequence[str] | None = None) -> int:
    """Write the tables and figures of a sweep, print its results, and return how many runs failed."""
    from sim.lab.sweeps import aggregate, store

    chosen = metrics or store.reopen(folder).design.options.get("metrics") or None
    found = aggregate.aggregate(folder)
    print(aggregate.text(found, chosen), flush=True)
    draw(folder)
    return found.failed


def draw(folder: Path, metrics: Sequence[str] | None = None) -> None:
    """Draw the figures of a sweep, for some outcomes or for those that its design names."""
    from sim.lab.sweeps.parts import writing
    from sim.show.sweeps import figures

    with writing(folder / "figures"):
        figures.draw(folder, metrics)
