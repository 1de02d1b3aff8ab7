"""From a sweep's parts to its tables: all runs, a summary of each point, the failures, and detectable differences.

Missing runs are counted, not guessed.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute, csv

from sim.lab.runs.headline import aligned, number, with_interval
from sim.lab.runs.result_folder import whole
from sim.lab.runs.statistics import Floats
from sim.lab.settings.messages import plural
from sim.lab.sweeps.by_point import Pairs, Seen, cell, enough, estimates, label, matrix
from sim.lab.sweeps.parts import is_mixed, run_keys, word, writing
from sim.lab.sweeps.store import again
from sim.lab.sweeps.sweep_folder import Sweep
from sim.world.measures import OUTCOMES

FEW_POINTS = 12  # so many are shown one by one
SHOWN = 2  # metrics in a table of points
MOST_SHOWN = 4
MOST_NAMED = 8  # factors
REASONS = 5  # kinds of failure that are listed
LARGE = 1_000_000  # rows of a summary, beyond which it keeps to the headline


class Aggregate(NamedTuple):
    """The results of a sweep."""

    sweep: Sweep
    done: int
    failed: int
    errors: dict[str, int]
    seen: tuple[Seen, ...]

    @property
    def missing(self) -> int:
        """How many runs are missing."""
        return self.sweep.rows - self.done

    def summary(self) -> pd.DataFrame:
        """Return `summary.csv`."""
        return pd.read_csv(self.sweep.folder / "summary.csv")


def aggregate(folder: Path) -> Aggregate:
    """Write a sweep's tables and return its results.

    Writes `runs.parquet` (a row for each run, sorted by run_id), `summary.csv` (a row for each point and metric) and
    `failures.csv`. A run that stands in two parts counts once, a success before a failure. An unfinished sweep is
    summarised as far as it is done.
    """
    sweep = Sweep(folder)
    pairs = {metric: Pairs(sweep.common, len(sweep.design.seeds)) for metric in sweep.metrics}
    done, errors = 0, Counter[str]()
    with writing(sweep.folder / "runs.parquet"), ExitStack() as stack:
        tables = Tables(sweep, stack)
        for block in sweep.blocks():
            done += block.num_rows
            failed = block.filter(compute.is_valid(block["error"]))
            errors.update(map(_reason, failed["error"].to_pylist()))
            tables.write(block, failed, pairs)
    seen = tuple(pairs[metric].seen(metric) for metric in sweep.metrics)
    return Aggregate(sweep, done, errors.total(), dict(errors.most_common()), seen)


def is_large(sweep: Sweep) -> bool:
    """Tell whether a summary of all metrics would be too long to be useful."""
    return len(sweep.points) * len(sweep.metrics) > LARGE


class Tables:
    """The three tables, under hidden names until a stack closes them, complete."""

    def __init__(self, sweep: Sweep, stack: ExitStack) -> None:
        self.sweep = sweep
        self.metrics = sweep.headline if is_large(sweep) else sweep.metrics
        points = sweep.points  # mixed columns become text, which CSV can hold
        written = {name: points[name].map(word) if is_mixed(points[name]) else points[name] for name in points}
        self.factors = pa.Table.from_pandas(pd.DataFrame(written), preserve_index=False)
        keys = pa.schema([("point", pa.int64()), *self.factors.schema])
        words = csv.WriteOptions(quoting_style="needed")
        numbered = pa.schema([(name, pa.int64()) for name in run_keys(sweep.design)])
        self.failed = pa.schema([*numbered, *self.factors.schema, ("error", pa.string())])
        spread = [(name, pa.float64()) for name in ("mean", "low", "high", "sd", "p10", "p90")]
        self.spread = pa.schema([*keys, ("metric", pa.string()), *spread, ("replicates", pa.int64())])
        names = ("runs.parquet", "summary.csv", "failures.csv")
        runs, summary, failures = [stack.enter_context(whole(sweep.folder / name)) for name in names]
        self.runs = stack.enter_context(
            pq.ParquetWriter(runs, sweep.schema, compression="zstd", write_page_checksum=True)
        )
        self.summary = stack.enter_context(csv.CSVWriter(summary, self.spread, write_options=words))
        self.failures = stack.enter_context(csv.CSVWriter(failures, self.failed, write_options=words))

    def write(self, block: pa.Table, failed: pa.Table, pairs: dict[str, "Pairs"]) -> None:
        """Write a block of rows to all tables."""
        self.runs.write_table(block)
        if failed.num_rows:
            columns = dict(zip(failed.schema.names, failed.columns, strict=True))
            columns |= dict(zip(self.sweep.factors, self._factors(failed["point"].to_numpy()).columns, strict=True))
            self.failures.write_table(pa.table([columns[name] for name in self.failed.names], schema=self.failed))
        frame = block.select(["point", "replicate", *self.sweep.metrics]).to_pandas()
        first, last = int(frame["point"].min()), int(frame["point"].max())
        numbers = frame["point"].unique()
        for metric in self.sweep.metrics:
            values = matrix(frame, metric, first, last - first + 1, self.sweep.replicates)[numbers - first]
            pairs[metric].add(values[:, : self.sweep.common], self.sweep.design.strata[numbers])
            if metric in self.metrics:
                self.summary.write_table(self._summary(metric, numbers, values))

    def _factors(self, numbers: Any) -> pa.Table:
        return self.factors.take(pa.array(self.sweep.points.index.get_indexer(numbers)))

    def _summary(self, metric: str, numbers: Any, values: Floats) -> pa.Table:
        columns: list[Any] = [pa.array(numbers, pa.int64()), *self._factors(numbers).columns]
        spread = estimates(values, metric)
        columns += [pa.array([metric] * len(numbers))]
        columns += [pa.array(spread[name], from_pandas=True) for name in self.spread.names[len(columns) :]]
        return pa.table(columns, schema=self.spread)


# Words


def text(found: Aggregate, metrics: Sequence[str] | None = None) -> str:
    """Return a sweep's results as text for a terminal."""
    sweep = found.sweep
    chosen = [seen for metric in metrics or sweep.headline for seen in found.seen if seen.metric == metric]
    some = [seen for seen in chosen if seen.lowest == seen.lowest]
    lines = [*counted(found), ""]
    if len(sweep.points) <= FEW_POINTS:
        lines += [*point_lines(found, [seen.metric for seen in some[: len(metrics or ()) or SHOWN][:MOST_SHOWN]]), ""]
    lines += seen_lines(some)
    wrapped = [part for note in notes(found, chosen) for part in textwrap.wrap(note, 110)]
    return "\n".join([*lines, "", *wrapped])


def counted(found: Aggregate) -> list[str]:
    """Return lines that count the runs done, missing and failed."""
    sweep = found.sweep
    replicates = str(sweep.common) if sweep.counts.max() == sweep.common else f"{sweep.common} to {sweep.counts.max()}"
    many = len(sweep.factors) > MOST_NAMED
    varying = f"{len(sweep.factors)} factors (in design.parquet)" if many else ", ".join(sweep.factors)
    lines = [f"{sweep.name}: {found.done:,} of {sweep.rows:,} runs done, {len(sweep.points):,} points x "
             f"{replicates} replicates, varying {varying}", *auto_lines(sweep)]  # fmt: skip
    if found.missing:
        lines.append(f"{plural(found.missing, 'run')} missing: {again(sweep.folder, sweep.plugins)}")
    if found.failed:
        retry = again(sweep.folder, sweep.plugins, "--failed")
        lines.append(f"{plural(found.failed, 'run')} failed (see failures.csv); to try again: {retry}")
        lines += [f"  {count:,} x {error}" for error, count in list(found.errors.items())[:REASONS]]
        rest = len(found.errors) - REASONS
        lines += [f"  and {rest} more kinds"] if rest > 0 else []
    return lines


def auto_lines(sweep: Sweep) -> list[str]:
    """Return lines that say whether the points have enough replicates, with replicates=auto."""
    if sweep.precision is None:
        return []
    metric, half, cap = (sweep.precision[name] for name in ("metric", "half_width", "cap"))
    rows = sweep.frame([metric])
    open_, wide = (len(enough(rows, metric, half, most, int(sweep.precision["batch"]))) for most in (cap, 100 * cap))
    capped = wide - open_
    lines = [f"replicates=auto: {label(metric)} to within ±{half:g} at every point, with at most {cap} replicates"]
    lines += [f"  {plural(open_, 'point')} have too few: {again(sweep.folder, sweep.plugins)}"] if open_ else []
    return lines + ([f"  {plural(capped, 'point')} reached {cap} replicates first"] if capped > 0 else [])


def point_lines(found: Aggregate, metrics: Sequence[str]) -> list[str]:
    """Return a line for each point: its factors, and the mean of each metric with its interval."""
    table = found.summary().set_index(["metric", "point"])
    factors = found.sweep.factors
    cells = [(*factors, *(label(metric) for metric in metrics), "")]
    for point in dict.fromkeys(table.index.get_level_values("point")):
        rows = [table.loc[(metric, point)] for metric in metrics]
        settings = [cell(found.sweep.points.at[point, name]) for name in factors]
        cells.append((*settings, *(with_interval(row["mean"], row["low"], row["high"]) for row in rows), ""))
    return aligned([("point", *cells[0]), *((str(i), *row) for i, row in enumerate(cells[1:]))])


def seen_lines(seen: Sequence[Seen]) -> list[str]:
    """Return a line for each metric: the range of its means, and the smallest detectable difference."""
    cells = [(label(s.metric), number(s.lowest), number(s.highest), number(s.detectable),
              OUTCOMES[s.metric].unit if s.metric in OUTCOMES else "")
             for s in seen]  # fmt: skip
    return aligned([("", "lowest mean", "highest mean", "detectable", ""), *cells])


def notes(found: Aggregate, seen: Sequence[Seen]) -> list[str]:
    """Return notes on what the numbers mean and what is unknown."""
    if found.sweep.common < 2:
        return ["There is one replicate a point: no intervals, and effects cannot be distinguished from chance. Use "
                "replicates=10 or more."]  # fmt: skip
    lines = [
        "Detectable: the smallest difference between two points that is detectable with 80 % power by a paired t test "
        "on the common replicate seeds (two-sided, 5 %, one comparison). With more comparisons it is larger.",
        "The 95 % confidence intervals cover chance between runs. They do not cover errors in assumed parameters.",
    ]
    if is_large(found.sweep):
        lines.append("summary.csv holds only the headline outcomes, because there are so many points.")
    empty = [label(s.metric) for s in seen if s.lowest != s.lowest]
    lines += [f"Undefined in every run: {', '.join(empty)}."] if empty else []
    short = {s.metric: s.points for s in seen if s.points < len(found.sweep.points) and s.lowest == s.lowest}
    if short:
        told = ", ".join(f"{label(metric)} {count:,}" for metric, count in short.items())
        lines.append(f"Detectable differences use only points with all replicates: {told}.")
    return lines


def _reason(error: str) -> str:
    """Return an error without the settings that follow it in a failed row."""
    return re.sub(r" \[[^\[]*run_seed=\d+\]$", "", error.strip()).split("\n", 1)[0][:160]
