"""The folder of a sweep: parts of finished runs, and everything needed to continue it.

    design.parquet           point, factors
    config.yaml              the design without its points, the trees that it starts from, the plugins
    runs/part-*.parquet      run_id, point, replicate, seed, factors, outcomes, error, seconds
    series/part-*.parquet    run_id, day, world, stocks and flows of the main venue (if asked for)
    provenance.json          versions, hashes, seeds, and each session that worked on it

Parts are written every few seconds and whenever a session ends. One process works on a folder at a time, or several
shards do.
"""

import fcntl
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import yaml
from numpy.typing import NDArray
from pyarrow import compute

from sim.lab.runs.jobs import quoted
from sim.lab.settings import plugins, sweep_options
from sim.lab.settings.errors import SettingsError, WorkError
from sim.lab.settings.read_yaml import LARGEST_RECORD, read_yaml
from sim.lab.sweeps import parts, point_run, provenance
from sim.lab.sweeps.design import ASKED, Base, Design, Ids
from sim.lab.sweeps.point_run import Result
from sim.lab.sweeps.provenance import RECORD

CONFIG = "config.yaml"
FLUSH_SECONDS = 3.0
FLUSH_SHARE = 0.01  # a long session writes less often: killing it loses at most a hundredth of its work
FLUSH_SECONDS_MOST = 60.0
FLUSH_ROWS = 20_000
SERIES_ROWS = 200_000


class Shard(NamedTuple):
    """One of several processes that share a design. `3/64` runs the rows with run_id % 64 == 2."""

    number: int  # from 1
    of: int

    @classmethod
    def read(cls, text: str) -> "Shard":
        """Read `3/64`."""
        number, _, of = text.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise SettingsError(f"engine.shard={text} is not a shard: the third of 64 is written 3/64")
        return cls(int(number), int(of))

    def owns(self, run_ids: Ids) -> NDArray[np.bool_]:
        """Return which runs belong to this shard."""
        return np.equal(run_ids % self.of, self.number - 1)


@dataclass
class Store:
    """The folder of one sweep, open for writing. `create` or `reopen` makes it, and `working` locks it."""

    folder: Path
    base: Base
    design: Design
    plugins: Sequence[str] = ()
    series: bool = False
    pending: list[Result] = field(default_factory=list)
    pending_series: int = 0
    started: float = field(default_factory=time.monotonic)
    flushed: float = field(default_factory=time.monotonic)
    session: str = ""
    written: int = 0  # parts

    def done(self, is_failed_done: bool = True) -> NDArray[np.bool_]:
        """Return which runs are done, shape `(runs,)`. Every part is read as a whole, which finds a damaged one."""
        found = np.zeros(self.design.rows(), bool)
        for path in parts.parts_of(self.folder, "runs"):
            table = parts.read_part(path, parts.run_schema(self.design), len(found))
            kept = table if is_failed_done else table.filter(compute.is_null(table["error"]))
            found[kept["run_id"].to_numpy()] = True
        for path in parts.parts_of(self.folder, "series"):
            parts.read_part(path, parts.SERIES_SCHEMA, len(found))
        return found

    def failed(self) -> Ids:
        """Return the runs that failed and have not succeeded since."""
        return np.flatnonzero(self.done() & ~self.done(is_failed_done=False))

    def add(self, results: list[Result]) -> None:
        """Keep results, and write a part if it is time."""
        self.pending += results
        self.pending_series += sum(len(result.series or ()) for result in results)
        now = time.monotonic()
        patience = min(max(FLUSH_SECONDS, FLUSH_SHARE * (now - self.started)), FLUSH_SECONDS_MOST)
        full = len(self.pending) >= FLUSH_ROWS or self.pending_series >= SERIES_ROWS
        if full or now - self.flushed >= patience:
            self.flush()

    def flush(self) -> None:
        """Write what is pending as a part."""
        self.flushed = time.monotonic()
        if not self.pending:
            return
        self.session = self.session or f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        if self.series:  # first, so that a run that is there has its series
            self.write("series", parts.series_table(self.pending))
        self.write("runs", parts.run_table(self.design, self.pending))
        self.pending, self.pending_series = [], 0
        self.written += 1

    def write(self, kind: str, table: pa.Table) -> None:
        """Write a part."""
        content = parts.packed(table)
        parts.place(self.folder / kind / parts.part_name(self.session, self.written, content), content)


# The folder


def create(parent: Path, base: Base, design: Design, named: Sequence[str] = (), series: bool = False) -> Store:
    """Return the store of a sweep under `parent`, a new one or the one that is there."""
    folder = parent / design.hash(base)
    try:
        if (folder / CONFIG).exists():
            store = reopen(folder)
            if (store.design.hash(store.base), store.series, store.plugins) == (folder.name, series, tuple(named)):
                return store
            raise SettingsError(
                f"{folder} holds a sweep with other plugins or another engine.series; move it away first"
            )
        store = Store(folder, base, design, tuple(named), series)
        begin(store)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written to: {error.strerror}") from None
    except WorkError as error:
        raise SettingsError(str(error)) from None
    return store


def again(folder: Path, named: Sequence[str], *options: str) -> str:
    """Return the command that goes on with a sweep. Plugins are code, which only a command line can name."""
    return quoted(
        ["barnraise", "resume", str(folder), *options, *(word for name in named for word in plugins.option(name))]
    )


def begin(store: Store) -> None:
    """Write what a new folder holds before the first run. `config.yaml`, which makes it a sweep, comes last."""
    trees = [{"choices": list(choices), "tree": tree} for choices, tree in store.base.items()]
    content = {"plugins": list(store.plugins), "series": store.series, "design": store.design.tree(), "base": trees}
    for kind in ("runs", "series") if store.series else ("runs",):
        (store.folder / kind).mkdir(parents=True, exist_ok=True)
    parts.place(store.folder / "design.parquet", parts.packed(parts.design_table(store.design)))
    parts.place(store.folder / RECORD, provenance.as_json(provenance.new(store.base, store.design)))
    text: str = yaml.dump(content, Dumper=Dumper, sort_keys=False, allow_unicode=True)
    parts.place(store.folder / CONFIG, text.encode())


def reopen(folder: Path) -> Store:
    """Return the store of a sweep that was started before."""
    absent = [name for name in (CONFIG, RECORD, "design.parquet") if not (folder / name).is_file()]
    if absent:
        raise SettingsError(f"{folder} is not the folder of a sweep: it has no {absent[0]}")
    content = read_yaml(folder / CONFIG, largest=LARGEST_RECORD)
    known = provenance.read(folder)
    try:
        points = parts.points_from(parts.read_columns(folder / "design.parquet"))
        base = {tuple(row["choices"]): row["tree"] for row in content["base"]}
        design = Design.of_tree(content["design"], points)
        named, series, found = content["plugins"], content["series"], design.hash(base)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, pa.ArrowException) as error:
        raise SettingsError(f"{folder} cannot be read as a sweep: {point_run.reason(error)[:200]}") from None
    if found != known["hash"]:
        raise SettingsError(
            f"{folder}: design or settings were changed since (hash {known['hash']}, now {found}); "
            "restore design.parquet and config.yaml, or start a new sweep"
        )
    if not (isinstance(named, list) and all(isinstance(name, str) for name in named) and isinstance(series, bool)):
        raise SettingsError(f"{folder / CONFIG} was changed: plugins has to be a list of names, series true or false")
    options = {name: value for name, value in design.options.items() if name not in ASKED}
    try:
        sweep_options.read("design", {"kind": design.kind} | options)
    except SettingsError as error:
        raise SettingsError(f"{folder / CONFIG} was changed: {error.lines[0]}") from None
    return Store(folder, base, design, tuple(named), series)


@contextmanager
def working(store: Store, shard: Shard | None) -> Iterator[None]:
    """Hold the folder's lock, alone or as a shard beside other shards. The system releases it if we are killed."""
    mode = fcntl.LOCK_EX if shard is None else fcntl.LOCK_SH
    with locked(store.folder / ".lock", mode):
        if shard is None:
            for path in (path for kind in ("runs", "series") for path in (store.folder / kind).glob(".*.unfinished")):
                path.unlink(missing_ok=True)  # what an interrupted write left behind
            provenance.note_killed(store.folder)
            yield
            return
        with locked(store.folder / f".lock-{shard.number}-of-{shard.of}", fcntl.LOCK_EX):
            yield


@contextmanager
def locked(path: Path, mode: int) -> Iterator[None]:
    """Hold a lock file, or raise an error if another process holds it."""
    with parts.writing(path):
        file = path.open("a")
    with file:
        try:
            fcntl.flock(file, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"another process is working in {path.parent}; wait for it, or stop it") from None
        except OSError:
            pass  # a file system without locks
        yield


class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # many trees take long by the plain one
    """Writes a value in full wherever it stands, because readers refuse aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return True: write no aliases."""
        return True
