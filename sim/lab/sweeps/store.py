"""The folder of a sweep: parts of finished runs, and all that it takes to go on with it.

    design.parquet           point, factors
    config.yaml              the design without its points, the trees that it starts from, the policy
    runs/part-*.parquet      run_id, point, replicate, seed, factors, outcomes, error, seconds
    series/part-*.parquet    run_id, day, host_on, stocks of the main venue (if asked for)
    provenance.json          versions, hashes, seeds, and each session that worked on it

A part is written under a hidden name, flushed to the disk and renamed, so it is there as a whole or not at all. Parts
are written every few seconds and when anything ends. One process works on a folder at a time, or several shards do.
"""

import fcntl
import io
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from numpy.typing import NDArray

from sim.lab.runs import manifest
from sim.lab.settings.errors import SettingsError, WorkError
from sim.lab.settings.keys import Tree
from sim.lab.sweeps import point_run
from sim.lab.sweeps.design import Base, Design, Ids, points_of
from sim.lab.sweeps.point_run import SERIES_COLUMNS, Result
from sim.world.measures import OUTCOMES

FLUSH_SECONDS = 3.0
FLUSH_SHARE = 0.01  # a long session writes a part less often: whoever kills it loses a hundredth of it at most
FLUSH_SECONDS_MOST = 60.0
FLUSH_ROWS = 20_000
SERIES_ROWS = 200_000
WORDS = {b"kind": b"json"}  # marks a column of the design whose values are neither all numbers nor all words


class Shard(NamedTuple):
    """One of several processes that share a design: `3/64` runs the rows with run_id % 64 == 2."""

    number: int  # from 1
    of: int

    @classmethod
    def read(cls, text: str) -> "Shard":
        """Read `3/64`.

        Raises
        ------
        SettingsError
            If it is something else.
        """
        number, _, of = text.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise SettingsError(f"engine.shard={text} is not a shard: the third of 64 is written 3/64")
        return cls(int(number), int(of))

    def owns(self, run_ids: Ids) -> NDArray[np.bool_]:
        """Tell which runs are this shard's."""
        return np.equal(run_ids % self.of, self.number - 1)


@dataclass
class Store:
    """The folder of one sweep, open for writing. Made by `create` or `reopen`, under the lock of `working`."""

    folder: Path
    base: Base
    design: Design
    policy: str | None = None
    series: bool = False
    pending: list[Result] = field(default_factory=list)
    pending_series: int = 0
    started: float = field(default_factory=time.monotonic)
    flushed: float = field(default_factory=time.monotonic)
    session: str = ""
    parts: int = 0

    def done(self) -> NDArray[np.bool_]:
        """Return which runs are there, shape `(runs,)`. Every part is read as a whole, so a damaged one is found.

        Raises
        ------
        WorkError
            If a part is damaged.
        """
        found = np.zeros(self.design.rows(), bool)
        for path in parts_of(self.folder, "runs"):
            run_ids = read_part(path, run_schema(self.design))["run_id"].to_numpy()
            if len(run_ids) and not 0 <= run_ids.min() <= run_ids.max() < len(found):
                raise damaged(path, "it holds runs that the design does not have")
            found[run_ids] = True
        for path in parts_of(self.folder, "series"):
            read_part(path, SERIES_SCHEMA)
        return found

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
        """Write what is pending as a part.

        Raises
        ------
        WorkError
            If it cannot be written. What was written before stays.
        """
        self.flushed = time.monotonic()
        if not self.pending:
            return
        self.session = self.session or f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        name = f"part-{self.session}-{self.parts:05d}.parquet"
        if self.series:  # first, so that a run that is there has its series
            place(self.folder / "series" / name, packed(series_table(self.pending)))
        place(self.folder / "runs" / name, packed(run_table(self.design, self.pending)))
        self.pending, self.pending_series = [], 0
        self.parts += 1


# Tables


def run_schema(design: Design) -> pa.Schema:
    """Return the columns of `runs/`."""
    whole = [pa.field(name, pa.int64()) for name in ("run_id", "point", "replicate", "seed")]
    factors = [arrow_field(name, design.columns[name]) for name in design.names]
    outcomes = [pa.field(name, pa.float64()) for name in OUTCOMES]
    return pa.schema([*whole, *factors, *outcomes, pa.field("error", pa.string()), pa.field("seconds", pa.float64())])


def arrow_field(name: str, column: NDArray[Any]) -> pa.Field:
    """Return a factor's column: whole numbers, numbers or words; anything else is written as JSON."""
    if column.dtype.kind in "if":
        return pa.field(name, pa.int64() if column.dtype.kind == "i" else pa.float64())
    words = all(isinstance(value, str) for value in column)
    return pa.field(name, pa.string(), metadata=None if words else WORDS)


def arrow_column(column: NDArray[Any], kind: pa.Field) -> pa.Array:
    """Return a factor's values as they are written."""
    values = [json.dumps(value) for value in column.tolist()] if kind.metadata else column
    return pa.array(values, kind.type)


SERIES_SCHEMA = pa.schema([pa.field("run_id", pa.int64()), *(pa.field(name, pa.float64()) for name in SERIES_COLUMNS)])


def run_table(design: Design, results: list[Result]) -> pa.Table:
    """Return results as a table in the order of the runs."""
    results = sorted(results, key=lambda result: result.run_id)
    schema = run_schema(design)
    run_ids = np.array([result.run_id for result in results], np.int64)
    points, replicates = np.divmod(run_ids, design.replicates)
    blank = (float("nan"),) * len(OUTCOMES)
    values = np.array([blank if result.outcomes is None else result.outcomes for result in results], np.float64)
    factors = [arrow_column(design.columns[name][points], schema.field(name)) for name in design.names]
    outcomes = [pa.array(column) for column in values.T]
    ends = [[result.error for result in results], [result.seconds for result in results]]
    columns = [run_ids, points, replicates, design.seeds[replicates], *factors, *outcomes, *ends]
    return pa.table(columns, schema=schema)


def series_table(results: list[Result]) -> pa.Table:
    """Return the series of results as a table, in the order of the runs."""
    results = sorted(results, key=lambda result: result.run_id)
    records = [(result.run_id, *record) for result in results for record in result.series or ()]
    columns = list(zip(*records, strict=True)) if records else [()] * len(SERIES_SCHEMA)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, SERIES_SCHEMA, strict=True)], schema=SERIES_SCHEMA)


def design_table(design: Design) -> pa.Table:
    """Return a design's points as a table."""
    fields = [arrow_field(name, design.columns[name]) for name in design.names]
    columns = [arrow_column(design.columns[kind.name], kind) for kind in fields]
    point = pa.array(np.arange(len(design.points)), pa.int64())
    return pa.table([point, *columns], schema=pa.schema([pa.field("point", pa.int64()), *fields]))


def points_from(table: pa.Table) -> pd.DataFrame:
    """Return the points that `design_table` wrote."""
    columns = {}
    for kind in table.schema:
        values = table[kind.name].to_pylist()
        columns[kind.name] = [json.loads(value) for value in values] if kind.metadata else values
    del columns["point"]
    points = list(zip(*columns.values(), strict=True)) or [()] * table.num_rows
    return points_of(tuple(columns), points)


# Files


def packed(table: pa.Table) -> bytes:
    """Return a table as Parquet, with checksums."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return sink.getvalue()


def place(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all.

    Raises
    ------
    WorkError
        If it cannot be written.
    """
    hidden = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with hidden.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        hidden.replace(path)
    except OSError as error:
        with suppress(OSError):
            hidden.unlink()
        raise WorkError(f"{path} cannot be written: {error.strerror}; what was written before is kept") from None


def parts_of(folder: Path, kind: str) -> list[Path]:
    """Return the parts in `runs` or `series`, in the order of their names."""
    return sorted((folder / kind).glob("part-*.parquet"))


def read_part(path: Path, schema: pa.Schema) -> pa.Table:
    """Read a part whole.

    Raises
    ------
    WorkError
        If it is damaged.
    """
    try:
        table = pq.read_table(path, page_checksum_verification=True, partitioning=None)
    except (OSError, pa.ArrowException) as error:
        raise damaged(path, " ".join(str(error).split())[:120]) from None
    if table.schema.names != schema.names or table.schema.types != schema.types:
        raise damaged(path, "its columns are not those of this sweep")
    return table


def damaged(path: Path, why: str) -> WorkError:
    """Return the refusal of a part."""
    return WorkError(f"{path} is damaged ({why}); delete it, then resume: its runs are run again")


def runs(folder: Path) -> pd.DataFrame:
    """Return all runs that are there, sorted, each once.

    A run that stands in two parts (where two processes were at it) is the same in both but for its `seconds`; that of
    the part whose name comes first is taken.
    """
    schema = run_schema(reopen(folder).design)
    tables = [read_part(path, schema) for path in parts_of(folder, "runs")]
    whole = pa.concat_tables(tables) if tables else schema.empty_table()
    table: pd.DataFrame = whole.to_pandas()
    for kind in schema:
        if kind.metadata:
            table[kind.name] = pd.Series([json.loads(value) for value in table[kind.name]], dtype="object")
    table = table.sort_values("run_id", kind="stable").drop_duplicates("run_id")
    return table.reset_index(drop=True)


# The folder


def create(parent: Path, base: Base, design: Design, policy: str | None = None, series: bool = False) -> Store:
    """Return the store of a sweep under `parent`, new or as it was left.

    Raises
    ------
    SettingsError
        If the folder cannot be written, or holds something else.
    """
    folder = parent / design.hash(base)
    if (folder / "config.yaml").exists():
        store = reopen(folder)
        if (store.design.hash(store.base), store.series, store.policy) != (folder.name, series, policy):
            raise SettingsError(f"{folder} holds another sweep (its series or its policy differ); move it away first")
        return store
    store = Store(folder, base, design, policy, series)
    trees = [{"choices": list(choices), "tree": tree} for choices, tree in base.items()]
    content = {"policy": policy, "series": series, "design": design.tree(), "base": trees}
    try:
        (folder / "runs").mkdir(parents=True, exist_ok=True)
        if series:
            (folder / "series").mkdir(exist_ok=True)
        place(folder / "design.parquet", packed(design_table(design)))
        place(folder / "provenance.json", as_json(provenance(store)))
        place(folder / "config.yaml", as_yaml(content))
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written to: {error.strerror}") from None
    except WorkError as error:
        raise SettingsError(str(error)) from None
    return store


def reopen(folder: Path) -> Store:
    """Return the store of a sweep that was begun before.

    Raises
    ------
    SettingsError
        If there is none, or what is in it was changed since.
    """
    try:
        content = from_yaml((folder / "config.yaml").read_bytes())
        known = json.loads((folder / "provenance.json").read_text())
        points = points_from(pq.read_table(folder / "design.parquet", page_checksum_verification=True))
        base = {tuple(row["choices"]): row["tree"] for row in content["base"]}
        design = Design.of_tree(content["design"], points)
    except FileNotFoundError as error:
        raise SettingsError(f"{folder} is not the folder of a sweep: it has no {Path(error.filename).name}") from None
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException, yaml.YAMLError) as error:
        raise SettingsError(f"{folder} cannot be read as a sweep: {point_run.reason(error)}") from None
    found = design.hash(base)
    if found != known["hash"]:
        raise SettingsError(
            f"{folder}: design or settings were changed since (hash {known['hash']}, now {found}); "
            "put design.parquet and config.yaml back, or begin a new sweep"
        )
    return Store(folder, base, design, content["policy"], content["series"])


def refuse_other_code(store: Store) -> None:
    """Refuse to mix runs of this program with those of another.

    Raises
    ------
    SettingsError
        If the world's or the runs' code has changed since the sweep was begun.
    """
    before = json.loads((store.folder / "provenance.json").read_text())
    now = point_run.CODE
    other = [f"{name} {before['code'][name]}, now {now[name]}" for name in now if before["code"].get(name) != now[name]]
    if other:
        commit = (before["source"]["commit"] or "")[:12]
        hint = f"go back to commit {commit}" if commit else "go back to that version"
        raise SettingsError(
            f"{store.folder} was begun by other code ({'; '.join(other)}): {hint} to resume it, or move it away"
        )


@contextmanager
def working(store: Store, shard: Shard | None) -> Iterator[None]:
    """Hold the folder's lock: alone, or as a shard beside other shards. The system lets go of it if we are killed.

    Raises
    ------
    SettingsError
        If another process is at work in the folder.
    """
    mode = fcntl.LOCK_EX if shard is None else fcntl.LOCK_SH
    with locked(store.folder / ".lock", mode):
        if shard is None:
            for kind in ("runs", "series"):
                clean(store.folder / kind)
            note_killed(store)
            yield
            return
        with locked(store.folder / f".lock-{shard.number}-of-{shard.of}", fcntl.LOCK_EX):
            yield


@contextmanager
def locked(path: Path, mode: int) -> Iterator[None]:
    """Hold a lock file, or refuse."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"another process is at work in {path.parent}; let it finish, or stop it") from None
        except OSError:
            pass  # a file system without locks
        yield


def clean(folder: Path) -> None:
    """Remove what an interrupted write left behind."""
    for path in folder.glob(".*.unfinished"):
        path.unlink(missing_ok=True)


# Where it came from


def provenance(store: Store) -> Tree:
    """Return what `provenance.json` holds of a new sweep."""
    return {
        "hash": store.design.hash(store.base),
        "code": point_run.CODE,
        "runs": store.design.rows(),
        "seed": store.design.seed,
        "seed_scheme": manifest.SEED_SCHEME + "; replicate r has the same seed at every point",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": manifest.versions(),
        "source": manifest.source(),
        "sessions": [],
    }


def note_session(store: Store, session: Tree) -> None:
    """Write into `provenance.json` what a session does or did."""
    with record(store) as content:
        others = [other for other in content["sessions"] if other["id"] != session["id"]]
        content["sessions"] = [*others, session]


def note_killed(store: Store) -> None:
    """Write into `provenance.json` that sessions which never said how they ended were killed: nobody is at work now."""
    with record(store) as content:
        for session in content["sessions"]:
            if session["state"] == "at work":
                session["state"] = "killed"


@contextmanager
def record(store: Store) -> Iterator[Tree]:
    """Yield what is in `provenance.json`, and write it again if it was changed. Shards take turns."""
    path = store.folder / "provenance.json"
    with (store.folder / ".lock-provenance").open("a") as file:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        before = path.read_bytes()
        content: Tree = json.loads(before)
        yield content
        if as_json(content) != before:
            place(path, as_json(content))


def as_json(content: Any) -> bytes:
    """Return content as JSON, readable."""
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def as_yaml(content: Tree) -> bytes:
    """Return plain values as YAML."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # many trees take long by the plain one
    text: str = yaml.dump(content, Dumper=dumper, sort_keys=False, allow_unicode=True)
    return text.encode()


def from_yaml(content: bytes) -> Tree:
    """Return what YAML says, of plain values alone."""
    tree: Tree = yaml.load(content, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return tree
