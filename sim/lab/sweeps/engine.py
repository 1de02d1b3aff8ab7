"""The engine of all sweeps: it runs the part of a design that is missing from a folder, and knows nothing of Hydra.

    store = create(Path("results/mine"), base, design)
    outcome = run_design(base, design, executor("loky"), store)

Whatever ends it (Ctrl-C, a full disk, SIGKILL), the folder keeps the finished runs, and `session.resume` runs the rest.
"""

import secrets
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.lab.runs import progress
from sim.lab.settings import config, plugins
from sim.lab.settings.errors import BROKEN, STOPPED, SettingsError, WorkError
from sim.lab.settings.keys import Tree
from sim.lab.sweeps import provenance, store
from sim.lab.sweeps.design import Base, Design, Ids
from sim.lab.sweeps.executors import Executor, Queue
from sim.lab.sweeps.point_run import Origin, Plan, Result
from sim.lab.sweeps.store import Shard, Store, working
from sim.world.compiled import is_cold

Progress = Callable[[list[Result]], object]


class Outcome(NamedTuple):
    """What a session did in a folder."""

    folder: Path
    before: int  # runs that were done already
    finished: int
    failed: int  # of those finished
    missing: int  # of the whole design
    reasons: dict[str, int]  # of failures, the most frequent first
    lost: int  # runs repeated because a worker died
    interrupted: bool
    plugins: Sequence[str] = ()

    def lines(self) -> list[str]:
        """Return what to print: counts, failures with their reasons, and how to go on."""
        again = f"; {self.before} were done already" if self.before else ""
        said = [f"{self.finished} runs finished{again}, {self.missing} missing, {self.failed} failed"]
        said += [f"  {count} x {why}" for why, count in list(self.reasons.items())[:5]]
        if self.lost:
            said.append(f"worker processes died; {self.lost} runs were repeated")
        if self.interrupted:
            said.append(f"stopped; go on with: {store.again(self.folder, self.plugins)}")
        return said

    def code(self) -> int:
        """Return the exit code. A failed run is kept, but the sweep is not complete."""
        return STOPPED if self.interrupted else BROKEN if self.failed else 0


def run_design(
    base: Base, design: Design, executor: Executor, store: Store, shard: Shard | None = None,
    run_ids: Ids | None = None, command: str = "", retries: bool = False,
) -> Outcome:  # fmt: skip
    """Run the part of a design that is missing, or that of a shard or of `run_ids`.

    `command` is what the user typed, for the record. With `retries` failed runs are repeated, and a success replaces
    the failure.

    A folder of another design or other code, or at work, gives a `SettingsError`; one that cannot be written or has a
    damaged part gives a `WorkError`. Finished runs stay.
    """
    if design.hash(base) != store.design.hash(store.base):
        raise SettingsError(f"{store.folder} holds another design; start a new sweep")
    provenance.refuse_other_code(store.folder)
    with working(store, shard):
        done = store.done(not retries)
        wanted = np.arange(design.rows()) if run_ids is None else np.unique(run_ids)
        wanted = wanted if shard is None else wanted[shard.owns(wanted)]
        missing = wanted[~done[wanted]]
        session = Session(store, executor, shard, command, len(wanted) - len(missing))
        with bar(len(missing), store.folder.parent.name) as advance:
            session.work(plan_for(base, design, store), Queue(design, missing, executor.workers), advance)
        return session.outcome(len(missing))


class Session:
    """One session of work in a folder, recorded when it starts and when it ends."""

    def __init__(self, store: Store, executor: Executor, shard: Shard | None, command: str, before: int) -> None:
        self.store, self.executor, self.before = store, executor, before
        self.finished = self.lost = 0
        self.interrupted = False
        self.reasons: Counter[str] = Counter()
        self.facts: dict[str, Any] = {
            "id": secrets.token_hex(4), "command": command, "engine": executor.name, "workers": executor.workers,
            "shard": f"{shard.number}/{shard.of}" if shard else None, "started": provenance.now(),
        }  # fmt: skip

    def work(self, plan: Plan, queue: Queue, progress: Progress) -> None:
        """Run the queue, and keep finished runs whatever happens."""
        self.note("at work")
        end = "broken off"
        try:
            with stoppable():
                for results in self.executor.results(plan, queue):
                    self.keep(results, progress)
            end = "finished"
        except KeyboardInterrupt:
            self.interrupted, end = True, "interrupted"
        finally:
            self.lost = queue.lost
            try:
                self.store.flush()
            finally:
                with suppress(WorkError):  # on a full disk the record may fail
                    self.note(end)

    def keep(self, results: list[Result], progress: Progress) -> None:
        """Store results and report progress."""
        self.store.add(results)
        self.finished += len(results)
        self.reasons.update(result.error.rpartition(" [")[0] for result in results if result.error)
        progress(results)

    def note(self, state: str) -> None:
        """Record how far this session is."""
        counts = {"finished": self.finished, "failed": self.reasons.total(), "run_again": self.lost}
        ended = None if state == "at work" else provenance.now()
        provenance.note_session(self.store.folder, self.facts | {"state": state, "ended": ended} | counts)

    def outcome(self, asked: int) -> Outcome:
        """Return what the session did."""
        reasons = dict(self.reasons.most_common())
        return Outcome(self.store.folder, self.before, self.finished, self.reasons.total(), asked - self.finished,
                       reasons, self.lost, self.interrupted, self.store.plugins)  # fmt: skip


def open_folder(folder: Path) -> Store:
    """Return the store of a sweep that was started before. Plugins are code: the command line has to name them."""
    opened = store.reopen(folder)
    if missing := plugins.not_loaded(opened.plugins):
        raise SettingsError(f"{folder} was run with code of yours: name it again with {' '.join(missing)}")
    return opened


def plan_for(base: Base, design: Design, store: Store) -> Plan:
    """Return what workers need."""
    groups = tuple(design.names.index(name) for name in design.groups)
    return Plan(design.names, groups, {choices: origin(tree) for choices, tree in base.items()}, store.plugins,
                store.series, design.forks, design.options.get("vectors", ({},)))  # fmt: skip


def origin(tree: Tree) -> Origin:
    """Return the settings of a tree, which each row changes."""
    made = config.experiment(tree)
    return Origin(made.settings()._replace(log=False), made.host_off_day, tree)


@contextmanager
def stoppable() -> Iterator[None]:
    """Treat SIGTERM, which SLURM sends, as Ctrl-C."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def bar(total: int, name: str) -> Iterator[Progress]:
    """Show a progress bar with failures, rate and estimated end, or a line a minute where stderr is no terminal."""
    with progress.bar(total=total, desc=name, unit="run") as shown:
        failed = 0
        if is_cold():
            shown.set_postfix_str("compiling the rules, once")

        def advance(results: list[Result]) -> None:
            nonlocal failed
            failed += sum(result.error is not None for result in results)
            shown.set_postfix_str(f"{failed} failed", refresh=False)
            shown.update(len(results))

        yield advance
