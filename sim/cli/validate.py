"""The command `validate`: run the rows of the evidence and report which of them the model reproduces."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.lab.settings.errors import STOPPED, SettingsError


def run(rows: Sequence[str], options: Mapping[str, Any]) -> int:
    """Measure what is missing under a progress bar, and print and write the scoreboard.

    The exit code is 0 whatever the verdicts are. The closest published model's rules are run if asked for.
    """
    from sim.lab.runs import parallel, progress
    from sim.lab.validation import nulls, row_files, scoreboard
    from sim.show.validation.scoreboard import draw

    if options["fitted"] and options["shut_away"]:
        raise SettingsError("--fitted and --shut-away: without either all rows are run")
    only = row_files.FITTED if options["fitted"] else row_files.SHUT_AWAY if options["shut_away"] else None
    explained = (options["explain"] or "").upper()
    asked = [*rows, explained] if explained else rows
    entries = row_files.entries(asked, options["profile"], only)
    results, seeds = Path(options["results"]) / scoreboard.FOLDER, options["seeds"]
    vector, numbers = scoreboard.vector_of(options["vector"])
    how = (seeds, parallel.processes(options["workers"], max(1, 2 * len(entries) * seeds)), results / scoreboard.PARTS)
    with progress.bar(desc="validate", unit="run") as bar:

        def advance(done: int, missing: int) -> None:
            if done == 0:
                bar.reset(missing)
            bar.update(done - bar.n)

        try:
            made = scoreboard.make(entries, vector, numbers, *how, advance)
            ran = scoreboard.published(entries, numbers, *how, advance) if options["nulls"] == "yes" else {}
        except KeyboardInterrupt:
            print("barnraise: interrupted; what was measured is kept, and the same command goes on", file=sys.stderr)
            return STOPPED
    simpler = nulls.table(entries, ran)
    folder = results / scoreboard.ONLY if asked or options["profile"] or only else results
    print("\n".join([scoreboard.text(made), *nulls.words(simpler)]), flush=True)
    print(*(f"\n{scoreboard.page(entry, made)}\n" for entry in entries if entry.row.id == explained), sep="", end="")
    scoreboard.write(made, simpler, folder)
    draw(folder)
    print(folder / "scoreboard.csv")
    return 0
