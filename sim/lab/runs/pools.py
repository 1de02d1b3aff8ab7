"""Pools of processes: results are handed over as they come, and a killed worker costs only time.

When a worker is killed, most often because memory ran out, its pool is dead, and a new one takes the tasks that were
not finished. After three pools in a row that finished nothing, the work stops.
"""

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from typing import Any

import loky

from sim.lab.runs.replicate import start_worker

PATIENCE = 3  # pools in a row that die without having finished anything


@cache
def is_worker() -> bool:
    """Return whether this is a worker of a `multiprocessing.Pool`, which cannot start processes, and report it once."""
    found = multiprocessing.current_process().daemon
    if found:
        print("barnraise: a worker process cannot start others, so everything runs in this one", file=sys.stderr)
    return found


def finished(
    work: Callable[[Any], Any], tasks: Mapping[int, Any], workers: int, plugins: Sequence[str] = ()
) -> Iterator[tuple[int, Any]]:
    """Yield each task's number and the result of `work` as they come, over as many pools as it takes.

    With one worker, all run in this process. Raises `BrokenProcessPool` if workers go on dying and finish nothing.
    """
    if workers == 1 or is_worker():
        yield from ((number, work(task)) for number, task in tasks.items())
        return
    left = dict(tasks)
    deaths = 0
    while left:
        try:
            for number, made in in_pool(work, dict(left), workers, plugins):
                del left[number]
                deaths = 0
                yield number, made
        except BrokenProcessPool:
            deaths += 1
            if deaths == PATIENCE:
                raise


def in_pool(
    work: Callable[[Any], Any], tasks: Mapping[int, Any], workers: int, plugins: Sequence[str]
) -> Iterator[tuple[int, Any]]:
    """Yield what one pool of processes finishes. The pool's processes end with this.

    Raises `BrokenProcessPool` if a worker died, after everything that was finished before.
    """
    size = min(workers, len(tasks))
    pool = loky.ProcessPoolExecutor(max_workers=size, initializer=start_worker, initargs=(tuple(plugins),))
    try:
        futures = {pool.submit(work, task): number for number, task in tasks.items()}
        broken: BaseException | None = None
        for future in loky.as_completed(futures):
            failure = future.exception()
            if isinstance(failure, BrokenProcessPool):
                broken = failure
            else:
                yield futures[future], future.result()
        if broken is not None:
            raise broken
    finally:
        pool.shutdown(wait=True, kill_workers=True)
