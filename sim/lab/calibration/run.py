"""A calibration from its options to its folder."""

import hashlib
import importlib.util
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sim.lab.calibration import findings, folds
from sim.lab.calibration.evaluate import Bank
from sim.lab.calibration.findings import Calibration
from sim.lab.calibration.search import Journal, Problem, search
from sim.lab.calibration.space import space
from sim.lab.runs import parallel
from sim.lab.settings import vectors
from sim.lab.settings.errors import SettingsError
from sim.lab.validation import evaluate, row_files

EXTRA = "calibrate needs an extra: pip install 'barnraise[calibrate]', or in a checkout: pip install -c constraints.txt -e '.[calibrate]'"  # noqa: E501 - one line to copy
NEEDED = ("cmaes", "sklearn")


class Options(NamedTuple):
    """What a command line says."""

    rows: tuple[str, ...] = ()
    budget: int = 200
    seeds: int = 2
    check: int = 10
    minutes: float = math.inf
    folds: int = 5
    workers: int | str = "auto"
    prior: str = "near"
    only: tuple[str, ...] = ()
    start: str | None = None
    results: str = "results"


def lacking() -> list[str]:
    """Return which packages of the extra are not installed."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def problem_of(asked: Options) -> Problem:
    """Return what is fitted to what.

    Raises
    ------
    SettingsError
        If a row, a parameter or a file is unknown, or no row can be measured.
    """
    entries = tuple(row_files.entries(asked.rows))
    rows = [entry.row for entry in entries if not entry.row.missing]
    if not rows:
        raise SettingsError("none of these rows can be measured")
    given = tuple(vectors.read(Path(asked.start))) if asked.start else ()
    where = space(asked.only, asked.prior, given[0] if given else None)
    return Problem(where, entries, asked.seeds, folds.split(rows, asked.folds, folds.kept()), given)


def journal_name(problem: Problem) -> str:
    """Return the name of a search's journal: it changes with whatever the proposals could depend on, targets aside."""
    told = [
        evaluate.fingerprint({}), [list(axis) for axis in problem.space.axes], dict(problem.space.held), problem.seeds,
        problem.rows, dict(problem.folds), problem.given,
    ]  # fmt: skip
    return f"search-{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]}.jsonl"


def calibrate(asked: Options, tell: Callable[[str, int, int], object]) -> Calibration:
    """Search, check and conclude.

    Parameters
    ----------
    tell
        Called with what is going on, and the units of work that are done and that there are.

    Raises
    ------
    SettingsError
        If an extra is missing or an option is wrong.
    """
    if lacking():
        raise SettingsError(EXTRA)
    from threadpoolctl import threadpool_limits

    problem = problem_of(asked)
    parts = Path(asked.results) / findings.FOLDER / findings.PARTS
    bank = Bank(parts, problem.entries, parallel.processes(asked.workers, 1024))
    journal = Journal(parts / journal_name(problem))
    ends = time.monotonic() + 60.0 * asked.minutes

    def tell_search(finished: int, done: int, of: int) -> None:
        tell(f"{finished} of {max(finished, asked.budget)} vectors", done, of)

    with threadpool_limits(1):  # the matrices are small, and the workers need the cores
        evaluated = search(problem, bank, journal, asked.budget, ends, tell_search)
        return findings.conclude(evaluated, bank, asked.check, lambda done, of: tell("other seeds", done, of))


def folder_of(asked: Options) -> Path:
    """Return where the tables of a calibration stand: those of some rows or parameters not where the whole one does."""
    folder = Path(asked.results) / findings.FOLDER
    return folder / findings.ONLY if asked.rows or asked.only else folder


def write(made: Calibration, asked: Options) -> dict[str, Any]:
    """Write the tables and return the summary.

    Raises
    ------
    SettingsError
        If the folder can't be written to.
    """
    try:
        return findings.write(made, folder_of(asked), asked.check)
    except OSError as error:
        raise SettingsError(f"results={asked.results} cannot be written to: {error.strerror}") from None


def split_words(text: str) -> tuple[str, ...]:
    """Return words between commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())
