"""From a job to a result folder: run all replicates, keep those that finished, write the tables."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sim.lab.runs import demands, parallel, progress, result_folder
from sim.lab.runs.jobs import Job
from sim.lab.runs.manifest import Finish
from sim.lab.runs.parallel import Outcome
from sim.lab.settings.errors import WorkError
from sim.world.compiled import is_cold


class UnwrittenError(WorkError):
    """A finished job whose folder could not be completed."""

    def __init__(self, words: str, finished: Sequence[Any]) -> None:
        super().__init__(words)
        self.finished = finished


class Done(NamedTuple):
    """A written folder and what it contains."""

    folder: Path
    finish: Finish


def nothing(_: Any) -> None:
    """Do nothing with a replicate that was finished."""


def perform(job: Job, plugins: Sequence[str], shows_progress: bool, each: Callable[[Any], None] = nothing) -> Done:
    """Run a job and write its folder. Complete files are kept if the folder cannot be completed.

    `each` gets every replicate as soon as it is finished. It may raise `KeyboardInterrupt`, as Ctrl-C does.
    """
    with finished(job, plugins, shows_progress, each) as (hidden, finish), rescue(hidden, finish.finished):
        result_folder.write_tables(hidden, job, finish.finished)
        return Done(result_folder.complete(hidden, job, finish), finish)


@contextmanager
def finished(
    job: Job, plugins: Sequence[str], shows_progress: bool, each: Callable[[Any], None] = nothing
) -> Iterator[tuple[Path, Finish]]:
    """Run a job, and give the hidden folder that its tables go into and what was finished.

    The folder is made first, so that a folder that cannot be written is refused before the work. Raises
    `KeyboardInterrupt` if nothing was finished, or writing was interrupted.
    """
    hidden = result_folder.reserve(job.experiment, job.label)
    try:
        start = time.perf_counter()
        outcome = run_with_bar(job, plugins, shows_progress, each)
        if not outcome.finished and outcome.interrupted:
            raise KeyboardInterrupt
        if not outcome.finished:
            why = f"{why_partial(outcome)}, before any replicate was finished"
            raise WorkError(f"{why}; try workers=1 or fewer people")
        yield hidden, Finish(outcome.finished, time.perf_counter() - start, why_partial(outcome))
    finally:
        shutil.rmtree(hidden, ignore_errors=True)  # complete, it no longer has this name


@contextmanager
def rescue(hidden: Path, finished: Sequence[Any]) -> Iterator[None]:
    """Keep the files that are complete if a folder cannot be, for example because the disk is full."""
    try:
        yield
    except OSError as error:
        raise UnwrittenError(result_folder.rescued(hidden, error), finished) from error


def run_with_bar(
    job: Job, plugins: Sequence[str], shows_progress: bool, each: Callable[[Any], None] = nothing
) -> Outcome:
    """Run all replicates under a progress bar, if this machine has the memory for them."""
    workers = parallel.processes(job.experiment.workers, len(job.tasks))
    demands.announce(job, workers)
    what, count = job.experiment.scenario, len(job.tasks)
    with progress.bar(total=count, desc=what, unit="run", disable=not shows_progress) as bar:

        def advance(replicate: object) -> None:
            bar.set_postfix_str("", refresh=False)
            bar.update()
            each(replicate)

        if is_cold():
            bar.set_postfix_str("compiling the rules first, this once")
        return parallel.run_all(job.tasks, workers, plugins, advance)


def why_partial(outcome: Outcome) -> str | None:
    """Return in a few words why replicates are missing, or nothing if none is."""
    if outcome.interrupted:
        return "interrupted"
    return "worker processes were killed again and again (out of memory?)" if outcome.workers_died else None
