"""The scoreboard: each row with its verdict, as text, as a table by target and as a table by row."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sim.lab.runs.result_folder import whole
from sim.lab.settings import vectors
from sim.lab.settings.errors import SettingsError
from sim.lab.validation import evaluate, frozen, nulls, row_files, scoring
from sim.lab.validation.row import Row
from sim.lab.validation.row_files import Entry
from sim.lab.validation.scoring import Judged, Scored, Simulated

FOLDER = "validation"  # in the folder of results
ONLY = "only"  # a subfolder: a scoreboard of some rows must not replace the one of all rows
PARTS = "parts"
DEFAULTS = "declared defaults"
SHOWN = 3  # targets on a row's line. The table has them all


class Board(NamedTuple):
    """A scoreboard, with the vector and the number of seeds behind it."""

    scored: list[Scored]
    vector: str  # its name
    seeds: int
    changed: Mapping[str, str] = {}  # what was changed in a row after a look, and why


def vector_of(name: str) -> tuple[str, dict[str, float]]:
    """Return the name and the numbers of a behavioural vector: `declared`, what differs in a file, or `auto`.

    `auto` is the best of the plausible set, which a calibration writes first.
    """
    if name in (vectors.AUTO, vectors.DECLARED):
        drawn = vectors.chosen(name)
        return (f"the best of the {drawn.name} set" if drawn.differs else DEFAULTS), drawn.vectors[0]
    found = vectors.read(Path(name), f"vector={name}")
    if len(found) > 1:
        raise SettingsError(f"vector={name}: the file holds {len(found)} vectors, and a scoreboard is of one")
    return name, found[0]


def _scored(entry: Entry, measurements: evaluate.Measurements, seeds: int) -> Scored:
    full, ablated = (measurements.of(entry.row.id, variant, seeds) for variant in evaluate.VARIANTS)
    taken = [*full, *ablated]
    error = next((one.error for one in taken if one.error), "")
    good = [[one.sample for one in part if not one.error] for part in (full, ablated)]
    try:
        return scoring.score(entry, good[0], good[1], sum(one.seconds for one in taken), error)
    except Exception as wrong:  # `combine` is the row's own code
        return Scored(entry.row, (), len(full), 0.0, f"combine: {type(wrong).__name__}: {wrong}")


def text(made: Board) -> str:
    """Return the scoreboard as text: a line per row, then a summary."""
    lines = [line_of(one) for one in made.scored]
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]) - 1)]
    table = ["  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]])
             for line in lines]  # fmt: skip
    return "\n".join([*table, "", summary(made)])


def summary(made: Board) -> str:
    """Return the summary: how many rows pass with credit, which need a caveat, and which have the wrong sign."""
    counts = Counter(one.verdict for one in made.scored)
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
    known = len(row_files.files())
    caveats = {
        "rows with credit that a rule nearly states, so that only the size was fitted":
            [one for one in made.scored if one.credit and one.row.stated == "nearly"],
        "rows with figures that are not defined without their mechanism, and earn nothing by them":
            [one for one in made.scored if one.row.ablate and any(j.ablated_passed is None for j in one.judged)],
        "rows from experiments with the wrong sign":
            [one for one in made.scored if one.wrong_sign and one.row.evidence == "experiment"],
        "rows changed after a look, or not frozen": [one for one in made.scored if made.changed.get(one.row.id)],
    }  # fmt: skip
    return "\n".join([
        f"{sum(one.credit for one in made.scored)} of {len(made.scored)} pass with credit ({verdicts})"
        + (f". There are {known} rows in all" if len(made.scored) < known else ""),
        both_scores(made.scored, len(made.scored) == known),
        *(f"{caveat}: {', '.join(one.row.id for one in found) or 'none'}" for caveat, found in caveats.items()),
        f"vector: {made.vector}; {made.seeds} seeds",
    ])  # fmt: skip


def both_scores(scored: Sequence[Scored], is_all: bool) -> str:
    """Return how many of the fitted rows and of those shut away earn credit. Of all rows, compare the two rates."""
    shut = frozen.shut_away()
    fitted, away = ([one.credit for one in scored if (one.row.id in shut) is kept] for kept in (False, True))
    parts = {row_files.FITTED: fitted, row_files.SHUT_AWAY: away}
    words = [f"{name}: {sum(part)} of {len(part)} with credit" for name, part in parts.items() if part]
    if is_all and any(fitted) and away:
        words.append(f"{100 * sum(away) * len(fitted) / (len(away) * sum(fitted)):.0f} % of the fitted rate")
    return "; ".join(words[:2]) + "".join(f", {rate}" for rate in words[2:])


def line_of(one: Scored) -> tuple[str, ...]:
    """Return the cells of a row's line."""
    if one.error or not one.judged:
        return (one.row.id, one.verdict, "", one.row.profile, one.row.title, one.error or one.row.missing)
    met = f"{sum(judged.passed for judged in one.judged)}/{len(one.judged)}"
    first = sorted(one.judged, key=lambda judged: judged.passed)[:SHOWN]  # missed targets come first
    more = [f"{len(one.judged) - SHOWN} more"] if len(one.judged) > SHOWN else []
    return (one.row.id, one.verdict, met, one.row.profile, one.row.title, "; ".join([*map(words, first), *more]))


def words(judged: Judged) -> str:
    """Return a target in words: the simulated figure and the band."""
    target, found = judged.target, judged.simulated
    mark = "" if judged.passed else " !"
    if target.target is None and not math.isnan(found.right):
        return f"{target.name} {found.mean:.3g}, right in {100 * found.right:.0f} % of seeds{mark}"
    if math.isinf(target.high) or math.isinf(target.low):
        bound = f"above {target.low:.3g}" if math.isinf(target.high) else f"below {target.high:.3g}"
        return f"{target.name} {found.mean:.3g}, should be {bound}{mark}"
    return f"{target.name} {found.mean:.3g}, band {target.low:.3g} to {target.high:.3g}{mark}"


def page(entry: Entry, made: Board) -> str:
    """Return a page about a row: its file's own words, its figures, and whether anything may be fitted to it."""
    row, (one,) = entry.row, [one for one in made.scored if one.row.id == entry.row.id]
    first = next(iter(frozen.read().get(row.id, [])), None)
    facts = {
        "source": row.source, "read": row.read, "evidence": f"{row.evidence}, tier {row.tier}, profile {row.profile}",
        "ablation": _ablation(row) or "none", "note": row.note or "none", "stated": f"{row.stated}, by a rule",
        "pooling": row.pooling,
        "frozen": f"{first.date}, sha256 {first.sha256[:12]} ({first.why or 'before a look'})" if first else "not yet",
        "changed": made.changed.get(row.id) or "nothing after a look",
        "used": "shut away: nothing is fitted to it" if row.id in frozen.shut_away() else "the calibration may use it",
        "verdict": f"{one.verdict} ({one.seeds} seeds, {made.vector})",
        "figures": one.error or row.missing or "(95 % interval; without the mechanism; published)",
    }  # fmt: skip
    figures = (
        f"  {words(of)} ({of.simulated.low:.3g} to {of.simulated.high:.3g}; without {of.ablated.mean:.3g}; "
        f"{'a sign' if of.target.target is None else f'{of.target.target:g}'}): {of.target.unit}"
        for of in one.judged
    )
    listed = (f"{name:<9} {text}" for name, text in facts.items())
    return "\n".join([f"{row.id}: {row.title}", "", entry.about.strip(), "", *listed, *figures])


def _ablation(row: Row) -> str:
    return ", ".join(f"{name}={value:g}" for name, value in row.ablate.items())


def targets(made: Board) -> pd.DataFrame:
    """Return a table with a line per target. A row without targets has one line."""
    return pd.DataFrame([
        _about(made, one) | some
        for one in made.scored
        for some in [_columns(one, judged) for judged in one.judged] or [{"target": None}]
    ])  # fmt: skip


def _about(made: Board, one: Scored) -> dict[str, Any]:
    row = one.row
    return {
        "row": row.id, "finding": row.title, "evidence": row.evidence, "tier": row.tier, "profile": row.profile,
        "verdict": one.verdict, "credit": one.credit, "shut_away": row.id in frozen.shut_away(), "stated": row.stated,
        "pooling": row.pooling, "changed": made.changed.get(row.id, ""), "seconds": round(one.seconds, 2),
        "note": " ".join(filter(None, (one.error, row.missing, row.note))),
    }  # fmt: skip


def _columns(one: Scored, judged: Judged) -> dict[str, Any]:
    target, found = judged.target, judged.simulated
    return {
        "target": target.name, "unit": target.unit, "value": target.target, "low": target.low, "high": target.high,
        "se_from": None if target.target is None else "band" if target.se is None else "published",
        **_figures("simulated", "sim", found), "z": judged.z, "pass": judged.passed,
        "wrong_sign": judged.wrong_sign, **_figures("ablated", "ablated", judged.ablated),
        "ablated_pass": judged.ablated_passed,
    }  # fmt: skip


def _figures(name: str, side: str, found: Simulated) -> dict[str, float]:
    return {name: found.mean, f"{side}_low": found.low, f"{side}_high": found.high, f"{side}_right": found.right}


def rows(made: Board) -> pd.DataFrame:
    """Return a table with a line per row."""
    return pd.DataFrame([
        _about(made, one) | {
            "source": one.row.source, "read": one.row.read, "targets": len(one.row.targets),
            "met": sum(judged.passed for judged in one.judged), "pass": one.passed, "ablated_pass": one.ablated_passed,
            "wrong_sign": one.wrong_sign, "seeds": one.seeds, "vector": made.vector,
            "ablation": _ablation(one.row),
        }
        for one in made.scored
    ])  # fmt: skip


def published(
    entries: Sequence[Entry], numbers: Mapping[str, float], seeds: int, workers: int, parts: Path, progress: Any
) -> dict[str, list[row_files.Sample]]:
    """Run the rows under the rules of the closest published model, and return their figures seed by seed."""
    vector = {**numbers, **nulls.PUBLISHED}
    measurements = evaluate.measure(entries, vector, seeds, workers, parts, progress, variants=("full",))
    found = {entry.row.id: measurements.of(entry.row.id, "full", seeds) for entry in entries}
    return {row: [one.sample for one in taken if not one.error] for row, taken in found.items()}


def write(made: Board, simpler: pd.DataFrame, folder: Path) -> None:
    """Write the tables: by target, by row, and of the null models."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in {"scoreboard": targets(made), "null_models": simpler, "rows": rows(made)}.items():
            with whole(folder / f"{name}.csv") as part:
                table.to_csv(part, index=False, float_format="%.6g", lineterminator="\n")
    except OSError as error:
        raise SettingsError(f"results={folder} cannot be written to: {error.strerror}") from None


def make(
    entries: Sequence[Entry], vector: str, numbers: Mapping[str, float], seeds: int, workers: int, parts: Path,
    progress: Any,
) -> Board:  # fmt: skip
    """Measure what is missing and return the scoreboard."""
    measurements = evaluate.measure(entries, numbers, seeds, workers, parts, progress)
    scored = [_scored(entry, measurements, seeds) for entry in entries]
    return Board(scored, vector, seeds, {entry.row.id: frozen.changes(entry.row.id, entry.path) for entry in entries})
