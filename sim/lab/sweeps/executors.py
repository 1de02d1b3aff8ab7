"""Where the rows of a sweep are run: in this process, in a pool of processes, or on a Dask cluster.

An executor takes rows in chunks and returns their results in any order. The result of a row depends on the row alone,
so all executors give the same results to the bit. Chunks grow until one takes about a second, and shrink towards the
end. Only a few are in progress at a time, so memory does not grow with the number of runs.

Workers may die. Their chunks are sent again. A chunk whose workers died twice is run alone. If its worker dies again,
the chunk is halved, down to the one row that kills workers, which becomes a failure.
"""

import importlib.util
import itertools
import os
import pickle
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.lab.settings.errors import SettingsError, WorkError
from sim.lab.sweeps.point_run import Plan, Result, Row, Task, failure, run_chunk, run_row, start_worker

if TYPE_CHECKING:
    from sim.lab.sweeps.design import Design, Ids

TARGET = 1.0  # seconds that a chunk should take
LARGEST = 4096  # rows in a chunk
AHEAD = 2  # chunks in progress for each worker: one running, one waiting
PATIENCE = 2  # deaths before a chunk is run alone, and before a row that is run alone is given up
PATIENCE_DASK = 20.0  # seconds to wait for an answer
TICK = 1.0  # seconds between signs of life without results
NAMES = ("loky", "serial", "dask")


class Queue:
    """The rows that remain to be run, in chunks of a suitable size."""

    def __init__(self, design: "Design", run_ids: "Ids", workers: int) -> None:
        self.design, self.run_ids, self.workers = design, run_ids, workers
        self.place, self.seconds_a_run, self.size, self.lost = 0, 0.0, 1, 0

    def take(self) -> list[Row]:
        """Return the next chunk, which is empty if nothing is left."""
        left = len(self.run_ids) - self.place
        size = max(1, min(self.size, -(-left // (AHEAD * self.workers))))
        chosen = self.run_ids[self.place : self.place + size]
        self.place += len(chosen)
        return self.design.take(chosen)

    def learn(self, results: list[Result]) -> None:
        """Let chunks grow towards `TARGET`, at most fourfold."""
        seconds = sum(result.seconds for result in results) / max(1, len(results))
        self.seconds_a_run = max(1e-6, 0.5 * (self.seconds_a_run or seconds) + 0.5 * seconds)
        self.size = max(1, min(int(TARGET / self.seconds_a_run), 4 * self.size, LARGEST))


@dataclass
class Serial:
    """Runs in this process."""

    task: Task = run_row
    name: str = "serial"
    workers: int = 1

    def results(self, plan: Plan, queue: Queue) -> Iterator[list[Result]]:
        """Run everything in the queue."""
        packed = pickle.dumps(plan)
        while rows := queue.take():
            results = run_chunk(packed, rows, self.task)
            queue.learn(results)
            yield results


class Batch(NamedTuple):
    """A chunk, and how often its workers died."""

    rows: list[Row]
    deaths: int = 0


@dataclass
class Scheduler:
    """Keeps a pool busy with as few chunks in progress as that takes, and finds rows that kill workers."""

    pool: "Loky | Dask"
    plan: Plan
    queue: Queue
    waiting: deque[Batch] = field(default_factory=deque)  # to be sent again
    suspects: list[Batch] = field(default_factory=list)  # to be run alone
    under_way: dict[Any, Batch] = field(default_factory=dict)
    finished: int = 0
    condemned: int = 0

    def results(self) -> Iterator[list[Result]]:
        """Yield results until nothing is left."""
        packed = pickle.dumps(self.plan)
        try:
            while True:
                self.fill(packed)
                if not self.under_way:
                    return
                yield from self.collect(self.pool.wait(list(self.under_way)))
        finally:
            self.pool.close()

    def fill(self, packed: bytes) -> None:
        """Send chunks. A suspect is sent alone, once nothing else is in progress."""
        self.queue.workers = self.pool.size()  # a cluster may have grown
        room = 0 if self.suspects else AHEAD * self.queue.workers
        while len(self.under_way) < room:
            batch = self.waiting.popleft() if self.waiting else Batch(self.queue.take())
            if not batch.rows:
                break
            self.send(packed, batch)
        if self.suspects and not self.under_way:
            self.send(packed, self.suspects.pop())

    def send(self, packed: bytes, batch: Batch) -> None:
        """Send a chunk. A pool that turns out to be dead is replaced first."""
        try:
            future = self.pool.submit(packed, batch.rows)
        except BrokenProcessPool:
            self.pool.revive()
            future = self.pool.submit(packed, batch.rows)
        self.under_way[future] = batch

    def collect(self, done: list[Any]) -> Iterator[list[Result]]:
        """Yield results, and handle chunks whose workers died."""
        died: list[Batch] = []
        for future in done:
            batch = self.under_way.pop(future)
            results = self.pool.result(future)
            if results is None:
                died.append(batch)
            else:
                self.finished += len(results)
                self.queue.learn(results)
                yield results
        if died:
            self.pool.revive()
            yield self.blame(died)
        elif not done:
            yield []

    def blame(self, died: list[Batch]) -> list[Result]:
        """Send again chunks whose workers died, later alone. Return the failure of a row that kills alone."""
        given_up: list[Result] = []
        for rows, deaths in died:
            self.queue.lost += len(rows)
            batch = Batch(rows, deaths + 1)
            if batch.deaths < PATIENCE:
                self.waiting.append(batch)
            elif batch.deaths == PATIENCE or (len(rows) == 1 and batch.deaths < 2 * PATIENCE):
                self.suspects.append(batch)
            elif len(rows) > 1:
                middle = len(rows) // 2
                self.suspects += [Batch(rows[:middle], PATIENCE), Batch(rows[middle:], PATIENCE)]
            else:
                given_up.append(self.condemn(rows[0]))
        return given_up

    def condemn(self, row: Row) -> Result:
        """Return the failure of a row that kills its worker. If no row is ever finished, the rows are not the cause."""
        self.condemned += 1
        if self.condemned == 3 and not self.finished:
            raise WorkError("worker processes die as soon as they start a run (out of memory?); try engine=serial")
        return failure(self.plan, row, "killed its worker", 0.0)


@dataclass
class Loky:
    """Runs in processes of this machine. If one of them dies all are lost, and new ones take over."""

    workers: int
    task: Task = run_row
    name: str = "loky"

    def results(self, plan: Plan, queue: Queue) -> Iterator[list[Result]]:
        """Run everything in the queue."""
        self.start()
        return Scheduler(self, plan, queue).results()

    def start(self) -> None:
        """Start the processes."""
        import loky

        self.pool = loky.ProcessPoolExecutor(self.workers, initializer=start_worker, initargs=(os.getpid(),))

    def submit(self, packed: bytes, rows: list[Row]) -> Any:
        """Send a chunk and return its future."""
        return self.pool.submit(run_chunk, packed, rows, self.task)

    def wait(self, futures: list[Any]) -> list[Any]:
        """Return the futures that are done, none if `TICK` passes first. If one worker died, all did."""
        import loky

        done = list(loky.wait(futures, timeout=TICK, return_when=loky.FIRST_COMPLETED).done)
        if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
            return list(loky.wait(futures).done)
        return done

    def result(self, future: Any) -> list[Result] | None:
        """Return the results of a chunk, or nothing if its worker died."""
        if isinstance(future.exception(), BrokenProcessPool):
            return None
        results: list[Result] = future.result()
        return results

    def size(self) -> int:
        """Return how many processes there are."""
        return self.workers

    def revive(self) -> None:
        """Start new processes."""
        self.close()
        self.start()

    def close(self) -> None:
        """End all processes at once."""
        self.pool.shutdown(wait=True, kill_workers=True)


@dataclass
class Dask:
    """Runs on a Dask cluster, the one at `address` or processes of this machine. It replaces dead workers by itself."""

    workers: int
    address: str | None = None
    task: Task = run_row
    name: str = "dask"

    def results(self, plan: Plan, queue: Queue) -> Iterator[list[Result]]:
        """Run everything in the queue."""
        from distributed import Client

        self.cluster = None if self.address else local_cluster(self.workers)
        try:
            self.client = Client(self.address or self.cluster, timeout=PATIENCE_DASK)
        except OSError:
            raise WorkError(f"engine.address={self.address}: no Dask scheduler answers there") from None
        self.numbers = itertools.count()
        self.threads, self.asked = 1, 0.0
        return Scheduler(self, plan, queue).results()

    def size(self) -> int:
        """Return how many threads the cluster has, asked at most once every `TICK`."""
        now = time.monotonic()
        if now - self.asked > TICK:
            self.threads = max(1, sum(int(threads) for threads in self.client.nthreads().values()))
            self.asked = now
        return self.threads

    def submit(self, packed: bytes, rows: list[Row]) -> Any:
        """Send a chunk and return its future."""
        key = f"chunk-{next(self.numbers)}-{os.getpid()}"
        return self.client.submit(run_chunk, packed, rows, self.task, key=key, pure=False)

    def wait(self, futures: list[Any]) -> list[Any]:
        """Return the futures that are done, none if `TICK` passes first."""
        from distributed import wait

        try:
            return list(wait(futures, timeout=TICK, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            return []

    def result(self, future: Any) -> list[Result] | None:
        """Return the results of a chunk, or nothing if its worker died."""
        from distributed import KilledWorker

        try:
            results: list[Result] = future.result()
        except KilledWorker:
            return None
        except (CancelledError, OSError):  # an error of a row comes as its result
            raise WorkError("the Dask cluster is gone") from None
        return results

    def revive(self) -> None:
        """Do nothing: the cluster replaces its workers."""

    def close(self) -> None:
        """Leave the cluster, and end it if it is ours."""
        self.client.close()
        if self.cluster is not None:
            self.cluster.close()


def local_cluster(workers: int) -> Any:
    """Return a Dask cluster of processes on this machine. It leaves retries to us."""
    import dask
    from distributed import LocalCluster

    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        return LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", silence_logs=50
        )


Executor = Serial | Loky | Dask  # `results` yields lists of results, sometimes an empty one as a sign of life


def executor(name: str, workers: int | str = "auto", address: str | None = None, task: Task = run_row) -> Executor:
    """Return the executor that a command line asks for, or refuse it."""
    import loky

    from sim.lab.runs import pools

    count = loky.cpu_count() if workers == "auto" else int(workers)
    if name == "serial" or (name == "loky" and pools.is_worker()):
        return Serial(task)
    if name == "loky":
        return Loky(count, task)
    if name != "dask":
        raise SettingsError(f"engine={name} is not an engine: {', '.join(NAMES)}")
    with suppress(ValueError):  # somebody put something else in its place
        if importlib.util.find_spec("distributed") is not None:
            return Dask(count, address, task)
    raise SettingsError("engine=dask needs an extra: pip install 'barnraise[cluster]'")
