"""A calibration, and the screen before it, from their options to their folder."""

import hashlib
import importlib.util
import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sim.lab.calibration import results, screen
from sim.lab.calibration.evaluate import VectorStore
from sim.lab.calibration.results import Calibration
from sim.lab.calibration.space import free, space
from sim.lab.calibration.waves import Journal, Problem, search
from sim.lab.runs import parallel
from sim.lab.runs.result_folder import whole
from sim.lab.settings import vectors
from sim.lab.settings.errors import SettingsError
from sim.lab.validation import evaluate, row_files

EXTRA = "calibrate needs an extra: pip install 'barnraise[calibrate]', or in a checkout: pip install -c constraints.txt -e '.[calibrate]'"  # noqa: E501 - one line to copy
NEEDED = ("sklearn",)


class Options(NamedTuple):
    """The options of the command."""

    rows: tuple[str, ...] = ()
    profile: str | None = None
    budget: int = 300
    seeds: int = 1
    check: int = 4
    minutes: float = math.inf
    workers: int | str = "auto"
    prior: str = "near"
    only: tuple[str, ...] = ()
    start: str | None = None
    bases: int = screen.BASES
    results: str = "results"


def lacking() -> list[str]:
    """Return the packages of the extra that are not installed."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def problem_of(asked: Options, everything: bool = False) -> Problem:
    """Return the problem that the options describe: of the calibrated parameters, or of all that are free.

    Raises `SettingsError` with what is wrong.
    """
    entries = tuple(row_files.entries(asked.rows, asked.profile, row_files.FITTED))
    rows = [entry.row for entry in entries if not entry.row.missing]
    if not rows:
        raise SettingsError("none of these rows can be measured: the world cannot express them")
    given = tuple(vectors.read(Path(asked.start), f"start={asked.start}")) if asked.start else ()
    where = space(asked.only or (list(free()) if everything else ()), asked.prior, given[0] if given else None)
    return Problem(where, entries, asked.seeds, given)


def journal_name(problem: Problem) -> str:
    """Return the name of a search's journal. It depends on all that the proposals depend on, except the targets."""
    inputs = [
        evaluate.fingerprint({}), [list(axis) for axis in problem.space.axes], dict(problem.space.held), problem.seeds,
        problem.rows, problem.given,
    ]  # fmt: skip
    return f"search-{hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:16]}.jsonl"


def calibrate(asked: Options, report: Callable[[str, int, int], object]) -> Calibration:
    """Search, judge on unseen seeds and return the results.

    `report` is called with the current step, and the numbers of finished and of all units of work.
    Raises `SettingsError` if an extra is missing or an option is wrong.
    """
    if lacking():
        raise SettingsError(EXTRA)
    from threadpoolctl import threadpool_limits

    problem = problem_of(asked)
    store, ends = store_of(asked, problem), time.monotonic() + 60.0 * asked.minutes
    journal = Journal(folder_of(asked, parts=True) / journal_name(problem))

    def report_search(finished: int, done: int, of: int) -> None:
        report(f"{finished} of {max(finished, asked.budget)} vectors", done, of)

    with threadpool_limits(1):  # the matrices are small, and the workers need the cores
        found = search(problem, store, journal, asked.budget, ends, report_search)
        return results.conclude(*found, store, asked.check, lambda done, of: report("unseen seeds", done, of))


def screened(asked: Options, report: Callable[[str, int, int], object]) -> Path:
    """Screen all free parameters, or `only` some; write the table and return its path."""
    problem = problem_of(asked, everything=True)
    made = screen.screen(problem, store_of(asked, problem), lambda done, of: report("screen", done, of), asked.bases)
    path = folder_of(asked) / "screen.csv"
    with written(asked), whole(path) as part:
        made.table().to_csv(part, index=False, float_format="%.4g", lineterminator="\n")
    return path


def store_of(asked: Options, problem: Problem) -> VectorStore:
    """Return all measurements that earlier sessions kept, and the workers for more."""
    return VectorStore(folder_of(asked, parts=True), problem.entries, parallel.processes(asked.workers, 1024))


def folder_of(asked: Options, parts: bool = False) -> Path:
    """Return the folder of the tables (or of the `parts`). A fit to some rows or parameters replaces no full one."""
    folder = Path(asked.results) / results.FOLDER
    if parts:
        return folder / results.PARTS
    return folder / results.ONLY if asked.rows or asked.profile or asked.only else folder


def write(made: Calibration, asked: Options) -> dict[str, Any]:
    """Write the tables and return the summary. Raises `SettingsError` if the folder cannot be written to."""
    with written(asked):
        return results.write(made, folder_of(asked), asked.check)


@contextmanager
def written(asked: Options) -> Iterator[None]:
    """Make the folder, and say in one line if it cannot be written to."""
    try:
        folder_of(asked).mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise SettingsError(f"results={asked.results} cannot be written to: {error.strerror}") from None
