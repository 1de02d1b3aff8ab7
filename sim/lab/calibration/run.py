"""A calibration, from its options to its folder."""

import hashlib
import importlib.util
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sim.lab.calibration import folds, results
from sim.lab.calibration.evaluate import VectorStore
from sim.lab.calibration.results import Calibration
from sim.lab.calibration.search import Journal, Problem, search
from sim.lab.calibration.space import space
from sim.lab.runs import parallel
from sim.lab.settings import vectors
from sim.lab.settings.errors import SettingsError
from sim.lab.validation import evaluate, row_files

EXTRA = "calibrate needs an extra: pip install 'barnraise[calibrate]', or in a checkout: pip install -c constraints.txt -e '.[calibrate]'"  # noqa: E501 - one line to copy
NEEDED = ("cmaes", "sklearn")


class Options(NamedTuple):
    """The options of the command."""

    rows: tuple[str, ...] = ()
    profile: str | None = None
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
    """Return the packages of the extra that are not installed."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def problem_of(asked: Options) -> Problem:
    """Return the calibration problem that the options describe, or raise `SettingsError` with what is wrong."""
    entries = tuple(row_files.entries(asked.rows, asked.profile, row_files.FITTED))
    rows = [entry.row for entry in entries if not entry.row.missing]
    if not rows:
        raise SettingsError("none of these rows can be measured: the world cannot express them")
    given = tuple(vectors.read(Path(asked.start), f"start={asked.start}")) if asked.start else ()
    where = space(asked.only, asked.prior, given[0] if given else None)
    return Problem(where, entries, asked.seeds, folds.split(rows, asked.folds, folds.kept()), given)


def journal_name(problem: Problem) -> str:
    """Return the name of a search's journal. It depends on all that the proposals depend on, except the targets."""
    inputs = [
        evaluate.fingerprint({}), [list(axis) for axis in problem.space.axes], dict(problem.space.held), problem.seeds,
        problem.rows, dict(problem.folds), problem.given,
    ]  # fmt: skip
    return f"search-{hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:16]}.jsonl"


def calibrate(asked: Options, report: Callable[[str, int, int], object]) -> Calibration:
    """Search, check on other seeds and return the results.

    `report` is called with the current step, and the numbers of finished and of all units of work.
    Raises `SettingsError` if an extra is missing or an option is wrong.
    """
    if lacking():
        raise SettingsError(EXTRA)
    from threadpoolctl import threadpool_limits

    problem = problem_of(asked)
    parts = Path(asked.results) / results.FOLDER / results.PARTS
    store = VectorStore(parts, problem.entries, parallel.processes(asked.workers, 1024))
    journal = Journal(parts / journal_name(problem))
    ends = time.monotonic() + 60.0 * asked.minutes

    def report_search(finished: int, done: int, of: int) -> None:
        report(f"{finished} of {max(finished, asked.budget)} vectors", done, of)

    with threadpool_limits(1):  # the matrices are small, and the workers need the cores
        evaluated = search(problem, store, journal, asked.budget, ends, report_search)
        return results.conclude(evaluated, store, asked.check, lambda done, of: report("other seeds", done, of))


def folder_of(asked: Options) -> Path:
    """Return the folder of the tables. A fit to some rows or parameters has its own, and replaces no full one."""
    folder = Path(asked.results) / results.FOLDER
    return folder / results.ONLY if asked.rows or asked.profile or asked.only else folder


def write(made: Calibration, asked: Options) -> dict[str, Any]:
    """Write the tables and return the summary. Raises `SettingsError` if the folder cannot be written to."""
    try:
        return results.write(made, folder_of(asked), asked.check)
    except OSError as error:
        raise SettingsError(f"results={asked.results} cannot be written to: {error.strerror}") from None
