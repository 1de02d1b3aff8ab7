"""The tables in a sweep's folder: parts of finished runs, their series, and the design's points.

A part is written under a hidden name, flushed to the disk and renamed, so it is there as a whole or not at all. Each
page has a checksum and so has the whole part. Every reader checks them.
"""

import io
import json
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.lab.runs import result_folder
from sim.lab.settings.errors import WorkError
from sim.lab.sweeps.design import SEED, Design, points_of
from sim.lab.sweeps.point_run import SERIES_COLUMNS, Result
from sim.world.measures import OUTCOMES

MIXED = {b"kind": b"mixed"}  # marks a column whose words stand for numbers, lists and words
CHECKSUM = re.compile(r"-\d{5}-([0-9a-f]{8})\.parquet$")  # of a whole part, in its name


def run_keys(design: Design) -> tuple[str, ...]:
    """Return the columns that number a run and hold its seed: `seed`, or `run_seed` if `seed` is a factor."""
    return ("run_id", "point", "replicate", "run_seed" if SEED in design.names else "seed")


def run_schema(design: Design) -> pa.Schema:
    """Return the columns of `runs/`."""
    whole = [pa.field(name, pa.int64()) for name in run_keys(design)]
    factors = [arrow_field(name, design.columns[name]) for name in design.names]
    outcomes = [pa.field(name, pa.float64()) for name in OUTCOMES]
    return pa.schema([*whole, *factors, *outcomes, pa.field("error", pa.string()), pa.field("seconds", pa.float64())])


def arrow_field(name: str, column: NDArray[Any]) -> pa.Field:
    """Return a factor's column: whole numbers, numbers or words. A mixed column is written as words."""
    if column.dtype.kind in "if":
        return pa.field(name, pa.int64() if column.dtype.kind == "i" else pa.float64())
    return pa.field(name, pa.string(), metadata=MIXED if is_mixed(column) else None)


def arrow_column(column: NDArray[Any], kind: pa.Field) -> pa.Array:
    """Return a factor's values as they are written."""
    return pa.array([word(value) for value in column.tolist()] if kind.metadata else column, kind.type)


def is_mixed(column: Any) -> bool:
    """Tell whether a column of points holds neither numbers alone nor words alone."""
    return column.dtype.kind not in "if" and not all(isinstance(value, str) for value in column)


def word(value: Any) -> str:
    """Return a level of a mixed column as text: a word as it is, anything else as JSON.

    A word that reads as JSON (`30` in quotes) keeps its quotes, so that `level` returns what was put in.
    """
    return value if isinstance(value, str) and level(value) is value else json.dumps(value)


def level(text: str) -> Any:
    """Return the level that `word` wrote."""
    try:
        return json.loads(text)
    except ValueError:
        return text


SERIES_SCHEMA = pa.schema(
    [("run_id", pa.int64()), *((name, pa.string() if name == "world" else pa.float64()) for name in SERIES_COLUMNS)]
)


def run_table(design: Design, results: list[Result]) -> pa.Table:
    """Return results as a table in the order of the runs."""
    results = sorted(results, key=lambda result: result.run_id)
    schema = run_schema(design)
    run_ids = np.array([result.run_id for result in results], np.int64)
    points, replicates = np.divmod(run_ids, design.replicates)
    blank = (float("nan"),) * len(OUTCOMES)
    values = np.array([result.outcomes or blank for result in results], np.float64)
    factors = [arrow_column(design.columns[name][points], schema.field(name)) for name in design.names]
    outcomes = [pa.array(column) for column in values.T]
    ends = [[result.error for result in results], [result.seconds for result in results]]
    seeds = design.seeds[design.strata[points], replicates]
    columns = [run_ids, points, replicates, seeds, *factors, *outcomes, *ends]
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
    columns = {kind.name: table[kind.name].to_pylist() for kind in table.schema if kind.name != "point"}
    columns |= {kind.name: list(map(level, columns[kind.name])) for kind in table.schema if kind.metadata}
    points = list(zip(*columns.values(), strict=True)) or [()] * table.num_rows
    return points_of(tuple(columns), points)


# Files


def packed(table: pa.Table) -> bytes:
    """Return a table as Parquet, with checksums."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return sink.getvalue()


def part_name(session: str, number: int, content: bytes) -> str:
    """Return the name of a part. It ends with a checksum of the whole file, because those of its pages skip its end."""
    return f"part-{session}-{number:05d}-{zlib.crc32(content):08x}.parquet"


def place(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all."""
    with writing(path), result_folder.whole(path, f"{os.getpid()}.unfinished") as hidden, hidden.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise a `WorkError` of one line where the disk is full, the folder read-only, or the like."""
    try:
        yield
    except OSError as error:
        why = error.strerror or " ".join(str(error).split())[:120]
        raise WorkError(f"{path} cannot be written: {why}; what was written before is kept") from None


def parts_of(folder: Path, kind: str) -> list[Path]:
    """Return the parts in `runs` or `series`, in the order of their names."""
    return sorted((folder / kind).glob("part-*.parquet"))


def read_part(path: Path, schema: pa.Schema, runs: int) -> pa.Table:
    """Read a whole part of a sweep that has so many runs."""
    table = read_checked(path, None, runs)
    if table.schema.names != schema.names or table.schema.types != schema.types:
        raise damaged(path, "its columns are not those of this sweep")
    return table


def read_checked(path: Path, names: Sequence[str] | None, runs: int) -> pa.Table:
    """Read some columns of a part, or all, and check the whole of it."""
    with reading(path):
        content = path.read_bytes()
        table = read_columns(pa.BufferReader(content), names)
        run_ids = table["run_id"].to_numpy()
    stated = CHECKSUM.search(path.name)
    if stated and int(stated[1], 16) != zlib.crc32(content):
        raise damaged(path, "its checksum is wrong")
    if len(run_ids) and not 0 <= run_ids.min() <= run_ids.max() < runs:
        raise damaged(path, "it holds runs that the design does not have")
    return table


def read_columns(source: Any, names: Sequence[str] | None = None) -> pa.Table:
    """Read a file's columns, or those of `names` that it has, with the checksums of its pages.

    Unlike `pq.read_table` it takes no column from a folder whose name holds a `=`.
    """
    with pq.ParquetFile(source, page_checksum_verification=True) as file:
        there = [name for name in names if name in file.schema_arrow.names] if names is not None else None
        return file.read(columns=there)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raise a `WorkError` of one line for whatever a damaged part raises."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise damaged(path, " ".join(str(error).split())[:120]) from None


def damaged(path: Path, why: str) -> WorkError:
    """Return the error about a part that cannot be used."""
    return WorkError(f"{path} is damaged ({why}); delete it, then resume, which repeats its runs")
