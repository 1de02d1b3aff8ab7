"""The results of a calibration: the plausible set, which parameters it tells apart, and how each row stands."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.lab.calibration import emulator, plausible
from sim.lab.calibration.evaluate import Progress, VectorStore
from sim.lab.calibration.losses import weight_of
from sim.lab.calibration.plausible import Final
from sim.lab.calibration.waves import Emulators, Evaluated
from sim.lab.runs.result_folder import whole, write_yaml

FOLDER = "calibration"  # in the folder of results
ONLY = "only"  # a subfolder: a fit to some rows must not replace the fit to all rows
PARTS = "parts"
SHUFFLE = 5  # seed of the order of the set
AT_END = 0.02  # of a prior: closer to its end counts as at the end. The true value may be beyond it


class Calibration(NamedTuple):
    """All results of a calibration."""

    evaluated: Evaluated
    skills: dict[str, float]
    final: Final
    errors: dict[str, str]

    @property
    def best(self) -> int:
        """The evaluation that is best on unseen seeds."""
        return self.final.places[0]

    @property
    def plausible(self) -> list[int]:
        """The plausible evaluations, the best first."""
        return self.final.places[: self.final.plausible]


def conclude(
    evaluated: Evaluated, emulators: Emulators, store: VectorStore, check: int, progress: Progress
) -> Calibration:
    """Return the results of a search, judged on `check` unseen seeds."""
    final = plausible.judge(evaluated, emulators, store, check, progress)
    return Calibration(evaluated, emulators.skills, final, store.errors())


def evaluations(made: Calibration) -> pd.DataFrame:
    """Return a table of the evaluations: wave, loss, predicted loss, parameters, and each target's figure."""
    evaluated, names = made.evaluated, [aim.name for aim in made.evaluated.problem.aims]
    loss = evaluated.losses @ made.evaluated.problem.weights
    return pd.DataFrame([
        {"evaluation": place, "wave": one.wave, "loss": loss[place], "predicted": one.predicted,
         "plausible": place in made.plausible, **one.vector,
         **dict(zip(names, evaluated.figures[place], strict=True))}
        for place, one in enumerate(evaluated.proposals)
    ])  # fmt: skip


def vectors(made: Calibration) -> pd.DataFrame:
    """Return the plausible set: a line per vector and a column per parameter.

    The best is the first. The others stand in a shuffled order, since few replicates draw only the first vectors.
    """
    best, *others = made.plausible
    order = [best, *np.random.default_rng(SHUFFLE).permutation(np.array(others, dtype=int))]
    return pd.DataFrame([
        {"vector": number, **made.evaluated.proposals[one].vector} for number, one in enumerate(order)
    ])  # fmt: skip


def targets(made: Calibration) -> pd.DataFrame:
    """Return how each target stands on unseen seeds: losses of the declared values, the best vector and the set.

    `noise` is the measured standard deviation between seeds, `skill` the emulator's leave-one-out R squared (empty
    where nothing could be learned); `open` is the share of the set's vectors that lose less than 1, the edge of a band.
    """
    what, final = made.evaluated.problem.aims, made.final
    of_set, figures = final.by_target[: final.plausible], pd.DataFrame(final.figures[: final.plausible])
    return pd.DataFrame([
        {
            "row": aim.row.id, "target": aim.target.name, "finding": aim.row.title, "weight": weight_of(aim.row),
            "low": aim.target.low, "high": aim.target.high, "declared_loss": final.declared[place],
            "best": figures.iloc[0, place], "best_loss": of_set[0, place], "set_low": figures[place].min(),
            "set_high": figures[place].max(), "open": float((of_set[:, place] < 1.0).mean()),
            "noise": made.evaluated.noise[place], "skill": made.skills.get(aim.name),
        }
        for place, aim in enumerate(what)
    ])  # fmt: skip


def summary(made: Calibration, check: int) -> dict[str, Any]:
    """Return the summary as plain values."""
    problem, final, w = made.evaluated.problem, made.final, made.evaluated.problem.weights
    table, told = targets(made), plausible.told_apart(made.evaluated, final)
    trusted = [value for value in made.skills.values() if value > emulator.TRUSTED]
    proposed = evaluations(made).query("wave > 0")
    rank = proposed["predicted"].corr(proposed["loss"], method="spearman") if len(proposed) > 3 else float("nan")
    best = zip(problem.space.names, made.evaluated.points[made.best], strict=True)
    return {
        "rows": len(problem.rows), "targets": len(problem.aims), "parameters": len(problem.space.axes),
        "evaluations": len(made.evaluated.proposals), "seeds": problem.seeds, "check_seeds": check,
        "waves": max(one.wave for one in made.evaluated.proposals),
        "loss_declared": round(float(final.declared @ w), 4), "loss_best": round(float(final.losses[0]), 4),
        "within_bands": {"declared": _met(table, "declared_loss"), "best": _met(table, "best_loss")},
        "finalists": len(final.places), "plausible": final.plausible, "luck": round(final.luck, 4),
        "told_apart": list(told.loc[told["told_apart"], "parameter"]),
        "at_an_end": [name for name, place in best if min(place, 1.0 - place) < AT_END],
        "emulated": len(trusted), "predicted_rank_correlation": round(float(rank), 3) if np.isfinite(rank) else None,
        "failed": made.errors,
    }  # fmt: skip


def _met(table: pd.DataFrame, column: str) -> int:
    """Return in how many rows every target loses at most 1."""
    return int((table[column] <= 1.0).groupby(table["row"]).all().sum())


def text(found: Mapping[str, Any]) -> str:
    """Return the summary in words."""
    met = found["within_bands"]
    lines = [
        f"{found['evaluations']} vectors of {found['parameters']} parameters on {found['rows']} rows, in "
        f"{found['waves']} waves after the start; seeds: {found['seeds']}",
        f"mean loss per row on {found['check_seeds']} seeds that no search saw: {found['loss_declared']:.3g} with the "
        f"declared values, {found['loss_best']:.3g} at best",
        f"rows within their bands there: {met['declared']} and {met['best']} of {found['rows']}; the scoreboard "
        "decides on credit",
        f"{found['plausible']} of {found['finalists']} finalists are plausible (by luck alone two losses differ by "
        f"{found['luck']:.2g}); told apart: "
        f"{', '.join(found['told_apart']) or 'nothing'}",
        f"parameters whose best value is at an end of their prior: {', '.join(found['at_an_end']) or 'none'}",
        f"emulated with a leave-one-out R squared above {emulator.TRUSTED}: {found['emulated']} of "
        f"{found['targets']} targets; rank correlation of predicted and true loss: "
        f"{found['predicted_rank_correlation']}",
        *(f"a measurement failed: {row}: {error}" for row, error in found["failed"].items()),
    ]  # fmt: skip
    return "\n".join(lines)


def write(made: Calibration, folder: Path, check: int) -> dict[str, Any]:
    """Write all tables and return the summary."""
    folder.mkdir(parents=True, exist_ok=True)
    with whole(folder / "evaluations.parquet") as part:
        evaluations(made).to_parquet(part, index=False)
    tables = {"parameters": plausible.told_apart(made.evaluated, made.final), "plausible": vectors(made),
              "targets": targets(made)}  # fmt: skip
    for name, table in tables.items():
        with whole(folder / f"{name}.csv") as part:
            table.to_csv(part, index=False, float_format="%.6g", lineterminator="\n")
    write_yaml(folder / "best.yaml", dict(made.evaluated.proposals[made.best].vector))  # as `validate` reads it
    found = summary(made, check)
    write_yaml(folder / "summary.yaml", found)
    return found
