"""The results of a calibration: the best vector, its predictions, the plausible set, and the pinned-down parameters.

The best vector of a search on few seeds partly fits these seeds. So the declared defaults, the best vector and each
fold's choice are run again on other seeds, the first ones of the scoreboard. Passing rows are counted on these only.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.lab.calibration import emulator, plausible
from sim.lab.calibration.evaluate import Progress, VectorStore, Wanted
from sim.lab.calibration.losses import aims, losses, simulated, weights
from sim.lab.calibration.plausible import PINNED, Profile
from sim.lab.calibration.search import ALL, START, Emulators, Evaluated, Problem
from sim.lab.runs.result_folder import whole, write_yaml
from sim.lab.validation import scoring
from sim.lab.validation.row_files import Entry, Sample, in_order

FOLDER = "calibration"  # in the folder of results
ONLY = "only"  # a subfolder: a fit to some rows must not replace the fit to all rows
PARTS = "parts"
AT_END = 0.02  # of a prior: closer to its end counts as at the end. The true value may be beyond it
DECLARED, FITTED, HELD_OUT = "declared", "fitted", "held_out"


class Checked(NamedTuple):
    """A row on other seeds: whether it passes and its loss, under each vector. What was not computed is None or NaN."""

    row: str
    fold: int | None
    passed: dict[str, bool | None]
    lost: dict[str, float]


class Calibration(NamedTuple):
    """All results of a calibration."""

    evaluated: Evaluated
    best: int
    by_fold: dict[int, int]  # the evaluation that each fold chose
    chosen: list[int]  # the plausible set, thinned
    admitted: int  # size of the plausible set before thinning
    profiles: list[Profile]
    skills: dict[str, float]
    checked: list[Checked]
    errors: dict[str, str]


def conclude(evaluated: Evaluated, store: VectorStore, check: int, progress: Progress) -> Calibration:
    """Return the results of a search. Passing rows are counted on `check` seeds."""
    problem = evaluated.problem
    best = evaluated.best(ALL)
    by_fold = {fold: evaluated.best(fold) for fold in problem.owners if fold != ALL}
    found = evaluated.plausible()
    chosen = plausible.thinned(evaluated, found)
    fitted = Emulators().of(ALL, evaluated)
    checked = check_on_other_seeds(evaluated, best, by_fold, store, check, progress)
    return Calibration(
        evaluated, best, by_fold, chosen, len(found), plausible.profiles(evaluated, fitted, chosen),
        {one.aim.name: emulator.skill(one) for one in fitted}, checked, store.errors(),
    )  # fmt: skip


def check_on_other_seeds(
    evaluated: Evaluated, best: int, by_fold: Mapping[int, int], store: VectorStore, check: int, progress: Progress
) -> list[Checked]:
    """Run the defaults and the best vector on all rows, and each fold's choice on the rows held out from it."""
    problem = evaluated.problem
    vectors = {DECLARED: problem.space.vector(problem.space.point({})), FITTED: evaluated.proposals[best].vector}
    rows, seeds = problem.rows, range(check)
    wanted = {name: Wanted(vector, rows, seeds) for name, vector in vectors.items()}
    blind = {
        fold: Wanted(evaluated.proposals[one].vector, [row for row in rows if problem.folds.get(row) == fold], seeds)
        for fold, one in by_fold.items()
    }
    store.measure([*wanted.values(), *blind.values()], progress)
    samples = {name: store.samples(one) for name, one in wanted.items()}
    samples[HELD_OUT] = {row: found for one in blind.values() for row, found in store.samples(one).items()}
    return [_row(problem, entry, samples) for entry in problem.entries if not entry.row.missing]


def _row(problem: Problem, entry: Entry, samples: Mapping[str, Mapping[str, list[Sample]]]) -> Checked:
    row, what = entry.row, aims([entry])
    passed: dict[str, bool | None] = dict.fromkeys(samples)
    lost = dict.fromkeys(samples, float("nan"))
    for name, by_row in samples.items():
        if row.id in by_row:
            found = simulated(what, {row.id: by_row[row.id]})
            met = [scoring.passes(row, aim.target, one) for aim, one in zip(what, found, strict=True)]
            passed[name] = all(met) and any(by_row[row.id])
            lost[name] = float(losses(what, found) @ weights(what))
    return Checked(row.id, problem.folds.get(row.id), passed, lost)


# Tables


def evaluations(made: Calibration) -> pd.DataFrame:
    """Return a table of the evaluations: owner, loss, predicted loss, parameters, and each target's figure."""
    evaluated = made.evaluated
    loss, owners = evaluated.loss(ALL), {START: "start", ALL: "all rows"}
    lines = []
    for place, one in enumerate(evaluated.proposals):
        figures = {aim.name: found.right if aim.is_sign and aim.entry.combine is None else found.mean
                   for aim, found in zip(evaluated.aims, evaluated.found[place], strict=True)}  # fmt: skip
        lines.append({
            "evaluation": place, "for": owners.get(one.owner, f"fold {one.owner}"), "round": one.round,
            "loss": loss[place], "own_loss": loss[place] if one.owner == START else evaluated.loss(one.owner)[place],
            "predicted": one.predicted, "plausible": place in made.chosen, **one.vector, **figures,
        })  # fmt: skip
    return pd.DataFrame(lines)


def parameters(made: Calibration) -> pd.DataFrame:
    """Return a table of the parameters: prior, default, best and plausible values, the most pinned down first."""
    evaluated = made.evaluated
    best = evaluated.proposals[made.best].vector
    lines = []
    for place, (axis, profile) in enumerate(zip(evaluated.problem.space.axes, made.profiles, strict=True)):
        values = [axis.value(float(evaluated.points[one, place])) for one in made.chosen]
        lines.append({
            "parameter": axis.name, "default": axis.default, "best": best[axis.name], "low": axis.low,
            "high": axis.high, "logarithmic": axis.logarithmic, "plausible_low": min(values),
            "plausible_high": max(values), "width": profile.width, "pinned": profile.width <= PINNED,
        })  # fmt: skip
    return pd.DataFrame(lines).sort_values(["width", "parameter"], kind="stable")


def profile_table(made: Calibration) -> pd.DataFrame:
    """Return a table of the profiles, with a line per parameter and grid point."""
    return pd.DataFrame([
        {"parameter": axis.name, "place": place, "value": axis.value(float(place)), "loss": loss,
         "admitted": bool(admitted)}
        for axis, profile in zip(made.evaluated.problem.space.axes, made.profiles, strict=True)
        for place, loss, admitted in zip(profile.places, profile.losses, profile.admitted, strict=True)
    ])  # fmt: skip


def vectors(made: Calibration) -> pd.DataFrame:
    """Return the plausible set: a line per vector, the best first, and a column per parameter."""
    return pd.DataFrame([
        {"vector": number, **made.evaluated.proposals[one].vector} for number, one in enumerate(made.chosen)
    ])  # fmt: skip


def rows(made: Calibration) -> pd.DataFrame:
    """Return a table of the rows: whether each passes under the defaults, the fit, and the fit without it."""
    titles = {entry.row.id: entry.row for entry in made.evaluated.problem.entries}
    return pd.DataFrame([
        {
            "row": one.row, "finding": titles[one.row].title, "tier": titles[one.row].tier, "fold": one.fold,
            **{f"{name}_pass": passed for name, passed in one.passed.items()},
            **{f"{name}_loss": lost for name, lost in one.lost.items()}, "error": made.errors.get(one.row, ""),
        }
        for one in made.checked
    ])  # fmt: skip


def prediction_quality(made: Calibration) -> tuple[int, float, float]:
    """Return the number of predicted losses, their rank correlation with the true ones, and their mean error."""
    pairs = np.array([
        (one.predicted, made.evaluated.loss(one.owner)[place])
        for place, one in enumerate(made.evaluated.proposals) if one.owner != START
    ])  # fmt: skip
    if len(pairs) < 3:
        return len(pairs), float("nan"), float("nan")
    correlation = pd.Series(pairs[:, 0]).corr(pd.Series(pairs[:, 1]), method="spearman")
    return len(pairs), float(correlation), float(np.abs(pairs[:, 0] - pairs[:, 1]).mean())


def summary(made: Calibration, check: int) -> dict[str, Any]:
    """Return the summary as plain values."""
    evaluated, loss = made.evaluated, made.evaluated.loss(ALL)
    predicted, correlation, error = prediction_quality(made)
    skills = [value for value in made.skills.values() if np.isfinite(value)]
    passing = {
        name: sum(bool(one.passed.get(name)) for one in made.checked)
        for name in (DECLARED, FITTED, HELD_OUT)
        if any(one.passed.get(name) is not None for one in made.checked)
    }
    best = zip(evaluated.problem.space.names, evaluated.points[made.best], strict=True)
    return {
        "rows": len(evaluated.problem.rows), "targets": len(evaluated.aims),
        "parameters": len(evaluated.problem.space.axes), "evaluations": len(evaluated.proposals),
        "seeds": evaluated.problem.seeds, "check_seeds": check, "passing": passing,
        "loss_declared": round(float(loss[0]), 4), "loss_best": round(float(loss[made.best]), 4),
        "plausible": made.admitted, "kept": len(made.chosen),
        "pinned": [profile.name for profile in made.profiles if profile.width <= PINNED],
        "at_an_end": [name for name, place in best if min(place, 1.0 - place) < AT_END],
        "emulator_skill_median": round(float(np.median(skills)), 3) if skills else None,
        "targets_without_emulator": len(made.skills) - len(skills), "predicted": predicted,
        "predicted_rank_correlation": _rounded(correlation), "predicted_mean_error": _rounded(error),
        "failed": made.errors,
    }  # fmt: skip


def _rounded(value: float) -> float | None:
    return round(value, 3) if np.isfinite(value) else None


def text(found: Mapping[str, Any]) -> str:
    """Return the summary in words."""
    rows, passing = found["rows"], found["passing"]
    words = {DECLARED: "with the declared defaults", FITTED: "fitted to all rows",
             HELD_OUT: "when held out of the fit (cross-validation)"}  # fmt: skip
    predicted = found["predicted_rank_correlation"]
    lines = [
        f"{found['evaluations']} vectors of {found['parameters']} parameters on {rows} rows, seeds: {found['seeds']}",
        f"mean loss per row: {found['loss_declared']:.3g} with the declared defaults, {found['loss_best']:.3g} at best",
        *(f"rows that pass {words[name]}: {passing[name]} of {rows}" for name in words if name in passing),
        f"passing rows are counted on {found['check_seeds']} other seeds; the scoreboard decides on credit",
        f"{found['plausible']} vectors are plausible, {found['kept']} kept; "
        f"pinned down: {', '.join(found['pinned']) or 'nothing'}",
        f"parameters whose best value is at an end of their prior: {', '.join(found['at_an_end']) or 'none'}",
        f"emulator: predicts {found['emulator_skill_median']} of a target's variance (median, leave-one-out)",
        *([f"predicted and true losses of {found['predicted']} proposals: rank correlation {predicted}, "
           f"mean error {found['predicted_mean_error']}"] if predicted is not None else []),
        *(f"a measurement failed: {row}: {error}" for row, error in found["failed"].items()),
    ]  # fmt: skip
    return "\n".join(lines)


def write(made: Calibration, folder: Path, check: int) -> dict[str, Any]:
    """Write all tables and return the summary."""
    folder.mkdir(parents=True, exist_ok=True)
    with whole(folder / "evaluations.parquet") as part:
        evaluations(made).to_parquet(part, index=False)
    dealt = sorted(made.evaluated.problem.folds.items(), key=lambda item: in_order(item[0]))
    tables = {"parameters": parameters(made), "profiles": profile_table(made), "plausible": vectors(made),
              "rows": rows(made), "folds": pd.DataFrame(dealt, columns=["row", "fold"]),
              "emulators": pd.DataFrame(list(made.skills.items()), columns=["target", "skill"])}  # fmt: skip
    for name, table in tables.items():
        with whole(folder / f"{name}.csv") as part:
            table.to_csv(part, index=False, float_format="%.6g", lineterminator="\n")
    write_yaml(folder / "best.yaml", dict(made.evaluated.proposals[made.best].vector))  # as `validate` reads it
    found = summary(made, check)
    write_yaml(folder / "summary.yaml", found)
    return found
