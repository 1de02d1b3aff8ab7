"""The command `validate`: run the rows of the evidence and report which of them the model reproduces."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.lab.settings.errors import STOPPED, SettingsError

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.lab.validation.row_files import Entry
    from sim.lab.validation.scoreboard import Board


def run(rows: Sequence[str], options: Mapping[str, Any]) -> int:
    """Print and write the scoreboard. The exit code is 0 whatever the verdicts are."""
    from sim.lab.validation import explain, nulls, row_files, scoreboard
    from sim.show.validation.scoreboard import draw

    if options["fitted"] and options["shut_away"]:
        raise SettingsError("--fitted and --shut-away: without either all rows are run")
    results, explained = Path(options["results"]) / scoreboard.FOLDER, (options["explain"] or "").upper()
    only = row_files.FITTED if options["fitted"] else row_files.SHUT_AWAY if options["shut_away"] else None
    asked = list(filter(None, [*rows, explained]))
    entries = row_files.entries(asked, options["profile"], only)
    made, simpler = score(entries, options, results / scoreboard.PARTS)
    if made is None:
        print("barnraise: interrupted; what was measured is kept, and the same command goes on", file=sys.stderr)
        return STOPPED
    folder = results / scoreboard.ONLY if asked or options["profile"] or only else results
    print("\n".join([scoreboard.text(made), *nulls.words(simpler)]), flush=True)
    print(*(f"\n{explain.page(entry, made)}\n" for entry in entries if entry.row.id == explained), sep="", end="")
    scoreboard.write(made, simpler, folder)
    draw(folder)
    print(folder / "scoreboard.csv")
    return 0


def score(entries: "list[Entry]", options: Mapping[str, Any], parts: Path) -> "tuple[Board | None, DataFrame]":
    """Measure what is missing, under a progress bar, and score it; no board if that was interrupted.

    Returns
    -------
    The scoreboard, and a table of what simpler models give: the closest published one's rules are run if asked for.
    """
    from tqdm import tqdm

    from sim.lab.runs import parallel
    from sim.lab.validation import nulls, scoreboard

    seeds = options["seeds"]
    vector, numbers = scoreboard.vector_of(options["vector"])
    workers = parallel.processes(options["workers"], max(1, 2 * len(entries) * seeds))
    with tqdm(desc="validate", unit="run", disable=not sys.stderr.isatty()) as bar:

        def progress(done: int, missing: int) -> None:
            if done == 0:
                bar.reset(missing)
            bar.update(done - bar.n)

        try:
            made = scoreboard.make(entries, vector, numbers, seeds, workers, parts, progress)
            runs = options["nulls"] == "yes"
            ran = scoreboard.published(entries, numbers, seeds, workers, parts, progress) if runs else {}
        except KeyboardInterrupt:
            return None, nulls.table([], {})
    return made, nulls.table(entries, ran)
