"""From replicates to tables: tidy columns, ready to be written as Parquet or CSV."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sim.lab.runs import statistics
from sim.lab.runs.replicate import ArmRun, Columns, Replicate
from sim.lab.runs.stated import BY_CONSTRUCTION, Reasons
from sim.world import events
from sim.world.measures import HEADLINE, OUTCOMES, YES_OR_NO, bounds

Row = dict[str, Any]
Keys = dict[str, Any]
Part = tuple[Keys, Columns]


def series(finished: Sequence[Replicate]) -> pa.Table:
    """Return arm, world, replicate, day, venue, metric, value."""
    return table(
        ({"arm": arm, "world": world, "replicate": number}, columns)
        for number, arm, run in runs(finished)
        for world, columns in run.series.items()
    )


def people(finished: Sequence[Replicate]) -> pa.Table:
    """Return arm, replicate and the end state of every (person, venue), as it was."""
    return table(({"arm": arm, "replicate": number}, run.people) for number, arm, run in runs(finished))


def bonds(finished: Sequence[Replicate]) -> pa.Table | None:
    """Return arm, replicate, world, venue, person, partner, strength of the base arm's first replicate, if there is."""
    parts = [
        ({"arm": arm, "replicate": number, "world": world}, columns)
        for number, arm, run in runs(finished)
        for world, columns in run.bonds.items()
    ]
    return table(parts) if parts else None


def event_log(finished: Sequence[Replicate], venues: Sequence[str]) -> pa.Table:
    """Return the logged events with their kinds, causes and venues in words."""
    return table(({"arm": arm, "replicate": number}, named(run.events, venues)) for number, arm, run in runs(finished))


def named(log: Any, venues: Sequence[str]) -> Columns:
    """Return the columns of an event log, codes replaced by names."""
    columns: Columns = {name: np.asarray(log[name]) for name in log.dtype.names}
    for name, words in (("kind", events.KINDS), ("cause", events.CAUSES), ("venue", (*venues, ""))):
        columns[name] = np.asarray(words)[columns[name]]  # venue -1, nowhere, is the last word
    return columns


def outcomes(finished: Sequence[Replicate]) -> pa.Table:
    """Return arm, replicate, outcome, value."""
    return table(
        (
            {"arm": arm, "replicate": number},
            {"outcome": np.asarray(list(run.outcomes)), "value": np.asarray(list(run.outcomes.values()))},
        )
        for number, arm, run in runs(finished)
    )


def ledger(finished: Sequence[Replicate]) -> list[Row]:
    """Return arm, event and the mean over replicates of what each event gave and cost."""
    sheets: dict[tuple[str, str], list[Row]] = {}
    for _, arm, run in runs(finished):
        for row in run.ledger:
            sheets.setdefault((arm, row["event"]), []).append(row)
    return [
        {"arm": arm, "event": event}
        | {name: float(np.mean([row[name] for row in rows])) for name in rows[0] if name != "event"}
        for (arm, event), rows in sheets.items()
    ]


def summary(finished: Sequence[Replicate]) -> list[Row]:
    """Return one row for each outcome and arm: its mean over replicates and the interval of that."""
    return [
        {"arm": arm, "metric": name, "mean": e.mean, "low": e.low, "high": e.high, "replicates": e.runs,
         "sd": e.sd, "p10": e.p10, "p90": e.p90}
        for arm in arm_names(finished)
        for name, measure in OUTCOMES.items()
        for e in [statistics.estimate(values_of(finished, arm, name), measure.unit == YES_OR_NO, bounds(name))]
    ]  # fmt: skip


def contrasts(finished: Sequence[Replicate], stated: Mapping[str, Reasons]) -> list[Row]:
    """Return one row for each outcome and alternative: the paired difference and its verdict.

    Verdicts are corrected for the number of comparisons. The headline outcomes of all alternatives are one family. All
    other outcomes are another: they are for exploring, and must not weaken the headline. What is `stated` by an
    alternative's settings has no verdict. It is so certain that it takes nothing from the others (Holm steps down).
    """
    others = [name for name in OUTCOMES if name not in HEADLINE]
    rows = [row for family in (HEADLINE, others) for row in judged(finished, family)]
    return [row | {"verdict": BY_CONSTRUCTION} if row["outcome"] in stated.get(row["arm"], {}) else row for row in rows]


def judged(finished: Sequence[Replicate], family: Sequence[str]) -> Iterator[Row]:
    """Yield the comparisons of a family of outcomes, with verdicts that are corrected for its size."""
    compared = []
    for name in family:
        base, *alternatives = (values_of(finished, arm, name) for arm in arm_names(finished))
        for arm, values in zip(arm_names(finished)[1:], alternatives, strict=True):
            compared.append((name, arm, statistics.contrast(base, values, OUTCOMES[name].better)))
    adjusted = statistics.holm([result.p for _, _, result in compared])
    for (outcome, arm, result), p in zip(compared, adjusted, strict=True):
        yield {
            "outcome": outcome, "arm": arm, "difference": result.difference, "low": result.low, "high": result.high,
            "share_better": result.share_better, "detectable": result.detectable,
            "verdict": statistics.verdict(result, float(p), OUTCOMES[outcome].better),
            "pairs": result.pairs, "p": result.p, "p_adjusted": float(p), "headline": outcome in HEADLINE,
        }  # fmt: skip


def values_of(finished: Sequence[Replicate], arm: str, outcome: str) -> list[float]:
    """Return an outcome of an arm in each replicate."""
    return [replicate.arms[arm].outcomes[outcome] for replicate in finished]


def arm_names(finished: Sequence[Replicate]) -> list[str]:
    """Return the names of the arms, the base first."""
    return list(finished[0].arms)


def runs(finished: Sequence[Replicate]) -> Iterator[tuple[int, str, ArmRun]]:
    """Yield every run, arm by arm: an arm's rows stand together in every table."""
    for arm in arm_names(finished):
        for replicate in finished:
            yield replicate.replicate, arm, replicate.arms[arm]


def table(parts: Iterable[Part]) -> pa.Table:
    """Return one table of all parts, each part's key columns in front. Words are stored once (dictionary columns)."""
    tables = []
    for key, columns in parts:
        length = len(next(iter(columns.values())))
        arrays: dict[str, pa.Array] = {name: constant(value, length) for name, value in key.items()}
        tables.append(pa.table(arrays | {name: encoded(column) for name, column in columns.items()}))
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def constant(value: Any, length: int) -> pa.Array:
    """Return a column with the same value in every row."""
    if isinstance(value, str):
        return pa.DictionaryArray.from_arrays(np.zeros(length, np.int32), [value])
    return pa.array(np.full(length, value, np.int32))


def encoded(column: Any) -> pa.Array:
    """Return a column, words as codes."""
    array = np.asarray(column)
    return pa.array(array).dictionary_encode() if array.dtype.kind in "OU" else pa.array(array)
