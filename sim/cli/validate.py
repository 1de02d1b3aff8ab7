"""The command `validate`: run the rows of the evidence and report which of them the model reproduces."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.lab.settings.errors import STOPPED

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.lab.validation.scoreboard import Board


class Asked(NamedTuple):
    """What a command line asks for."""

    rows: tuple[str, ...]
    seeds: int
    workers: int | str
    vector: str | None
    nulls: str
    results: str


def run(asked: Asked) -> int:
    """Print and write the scoreboard. The exit code is 0 whatever the verdicts are."""
    from sim.lab.validation import nulls, scoreboard
    from sim.show.validation.scoreboard import draw

    made, simpler = score(asked)
    if made is None:
        print("barnraise: interrupted; what was measured is kept, and the same command goes on", file=sys.stderr)
        return STOPPED
    folder = Path(asked.results) / scoreboard.FOLDER / (scoreboard.ONLY if asked.rows else "")
    print("\n".join([scoreboard.text(made), *nulls.words(simpler)]), flush=True)
    scoreboard.write(made, simpler, folder)
    draw(folder)
    print(folder / "scoreboard.csv")
    return 0


def score(asked: Asked) -> "tuple[Board | None, DataFrame]":
    """Measure what is missing, under a progress bar, and score it; no board if that was interrupted.

    Returns
    -------
    The scoreboard, and a table of what simpler models give: the closest published one's rules are run if asked for.
    """
    from tqdm import tqdm

    from sim.lab.runs import parallel
    from sim.lab.validation import nulls, row_files, scoreboard

    entries = row_files.entries(asked.rows)
    vector, numbers = scoreboard.vector_of(asked.vector)
    parts = Path(asked.results) / scoreboard.FOLDER / scoreboard.PARTS
    workers = parallel.processes(asked.workers, max(1, 2 * len(entries) * asked.seeds))
    with tqdm(desc="validate", unit="run", disable=not sys.stderr.isatty()) as bar:

        def progress(done: int, missing: int) -> None:
            if done == 0:
                bar.reset(missing)
            bar.update(done - bar.n)

        try:
            made = scoreboard.make(entries, vector, numbers, asked.seeds, workers, parts, progress)
            runs = asked.nulls == "yes"
            ran = scoreboard.published(entries, numbers, asked.seeds, workers, parts, progress) if runs else {}
        except KeyboardInterrupt:
            return None, nulls.table([], {})
    return made, nulls.table(entries, ran)
