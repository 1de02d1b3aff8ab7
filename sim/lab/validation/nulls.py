"""Null models for the same rows. A finding that a simpler model also meets is weak evidence for ours.

**Random churn**: all people post at the same rate and stop at the same rate, whatever anybody does. **Bass**: people
adopt spontaneously and in proportion to past adoption. All are alike, there are no venues, and nobody leaves. Its p and
q are the published means, so it meets rows fitted to these by definition. Both are worked out in the rows' own files
(`nulls()`), with the functions below. **Expected benefit**: the rules of the closest published model, as far as this
world can express them. People of equal energy lurk, post and leave by the benefit that they expect, in a place that
looks the same to everybody. It is run like the rows themselves, under a vector of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize

from sim.lab.validation import scoring
from sim.lab.validation.row import Target
from sim.lab.validation.row_files import Entry, Sample
from sim.lab.validation.scoring import Simulated

Floats = NDArray[np.float64]
BASS_P, BASS_Q = 0.03, 0.38  # a year: means of a meta-analysis (Sultan, Farley & Lehmann 1990, at second hand)
EXPECTED_BENEFIT = "expected benefit"
# After Ren & Kraut 2014 (a summary was read): heterogeneous wishes, benefits from information and from people, a cost.
# It has no unequal energy, recognition, effect of a first reply, triadic closure or burst at the start.
PUBLISHED: Mapping[str, float] = {
    "population.tempo_spread": 0.0, "population.contribution_tail": 3.0, "population.contribution_cap": 10.0,
    "population.need_spread": 0.0, "population.ad_spread": 0.0, "asking.introductions": 0.0,
    "conversation.returns": 0.0, "asking.p_again": 0.0, "answering.crowding": 0.0, "incentives.points": 0.0,
    "bonding.first_reply": 0.0, "bonding.p_close": 0.0, "recognition.pull": 0.0, "recognition.example": 0.0,
    "incentives.readers": 0.0, "recognition.belonging": 0.0, "join.closure": 0.0, "join.life_rate": 0.0,
    "worth.annoy_slow": 0.0,
}  # fmt: skip


def best(error: Any, start: Sequence[float]) -> Floats:
    """Return the parameters with the least error, so that a null model gets its best chance on each row."""
    return np.asarray(minimize(error, start, method="Nelder-Mead", options={"maxiter": 2000, "xatol": 1e-4}).x)


def churn_survival(stays: float, rate: float, days: Floats) -> Floats:
    """Return the share who still post after each of `days`, if `stays` do so at all and stop at a daily `rate`."""
    return np.asarray(stays * np.exp(-rate * days))


def churn_spans(stays: float, rate: float, people: int = 4000) -> Floats:
    """Return the days from first to last post under random churn, at evenly spaced quantiles."""
    left = (np.arange(people) + 0.5) / people
    spans = np.zeros(people)
    spans[left < stays] = -np.log(left[left < stays] / stays) / rate
    return spans


def bass(p: float, q: float, years: Floats) -> Floats:
    """Return the share of people who have adopted after each of `years`."""
    fading = np.exp(-(p + q) * years)
    return np.asarray((1.0 - fading) / (1.0 + q / p * fading))


def table(entries: Sequence[Entry], published: Mapping[str, Sequence[Sample]]) -> pd.DataFrame:
    """Return the figures of the null models, with a line per model and target.

    `published` are, by row, the samples under the closest published model's rules. Rows that were not run have none.
    """
    lines: list[dict[str, Any]] = []
    for entry in entries:
        row, models = entry.row, dict[str, Mapping[str, Simulated]]()
        for model, figures in (entry.nulls() if entry.nulls else {}).items():
            models[model] = {one.name: _certain(one, figures[one.name]) for one in row.targets if one.name in figures}
        if samples := published.get(row.id):
            models[EXPECTED_BENEFIT] = scoring.simulate(row, samples, entry.combine)
        lines += [
            {"row": row.id, "target": one.name, "model": model, "value": one.target, "low": one.low, "high": one.high,
             "null": found[one.name].mean, "pass": scoring.passes(row, one, found[one.name])}
            for model, found in models.items() for one in row.targets if one.name in found
        ]  # fmt: skip
    return pd.DataFrame(lines, columns=["row", "target", "model", "value", "low", "high", "null", "pass"])


def _certain(target: Target, figure: float) -> Simulated:
    return Simulated(figure, figure, figure, 0.0, float(target.low < figure < target.high))


def words(lines: pd.DataFrame) -> list[str]:
    """Return a sentence per null model: how many rows it meets, of those that it covers."""
    found = []
    for model, rows in lines.groupby(["model", "row"])["pass"].all().groupby(level="model"):
        which = f" ({', '.join(rows[rows].index.get_level_values('row'))})" if rows.any() else ""
        found.append(f"null model '{model}' meets {int(rows.sum())} of {len(rows)} rows{which}")
    return found
