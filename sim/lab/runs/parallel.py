"""Many replicates in parallel: finished ones are kept, whatever happens to the others.

Workers ignore Ctrl-C, which a terminal sends to all processes at once. The parent stops them. `pools` describes what
happens when a worker is killed.
"""

import traceback
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NamedTuple, cast

import loky

from sim.lab.runs import pools
from sim.lab.runs.replicate import Task, Work, run_replicate
from sim.lab.settings.errors import WorkError

Progress = Callable[[Any], object]


class Outcome(NamedTuple):
    """The replicates that were finished, in order, and why there are not more."""

    finished: list[Any]  # a `Replicate` each, or what another kind of task returns
    interrupted: bool = False
    workers_died: bool = False


def run_all(tasks: Sequence[Work], workers: int, plugins: Sequence[str], progress: Progress) -> Outcome:
    """Run all tasks, calling `progress` with each finished replicate. With one worker, all run in this process.

    The workers load `plugins`, the code from outside the package, as well.
    """
    finished: list[Any] = []
    interrupted = workers_died = False
    try:
        numbered = {task.replicate: task for task in tasks}
        for _, replicate in pools.finished(attempted, numbered, workers, plugins):
            finished.append(replicate)
            progress(replicate)
    except KeyboardInterrupt:
        interrupted = True
    except BrokenProcessPool:
        workers_died = True
    finished.sort(key=lambda replicate: replicate.replicate)  # whichever process was faster
    return Outcome(finished, interrupted, workers_died)


def attempted(task: Work) -> Any:
    """Run a replicate. An error becomes a `WorkError` of one line, with the seed that reproduces it."""
    try:
        return run_replicate(task) if isinstance(task, Task) else cast("Any", task).run()
    except WorkError:
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        words = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
        where = f"{Path(last.filename).name}, line {last.lineno}"
        raise WorkError(f"replicate {task.replicate} (seed {task.seed}) failed: {words} ({where})") from error


def processes(workers: int | str, replicates: int) -> int:
    """Return how many processes to use: one for each core if `auto`, and never more than replicates."""
    wanted = loky.cpu_count() if workers == "auto" else int(workers)
    return max(1, min(wanted, replicates))
