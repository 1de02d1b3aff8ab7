"""What the analyses of experiments share: a sweep's outcomes by point and draw, and paired differences over draws.

A *draw* is a vector of the plausible set, averaged over its seeds, or a seed where behaviour is as declared. All points
of a sweep share their draws, so a difference between two points is one between the same people with the same behaviour.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.lab.runs.fork import AS_IT_WAS
from sim.lab.runs.statistics import detectable, standard_error
from sim.lab.settings.errors import WorkError
from sim.lab.sweeps.parts import parts_of
from sim.lab.sweeps.sweep_folder import Sweep

Floats = NDArray[np.float64]


class Gap(NamedTuple):
    """A mean paired difference, with its interval over draws."""

    difference: float
    low: float
    high: float
    share_up: float  # of draws in which the difference is above 0
    detectable: float  # with 80 % power
    draws: int


@dataclass(frozen=True)
class Read:
    """A finished sweep, read draw by draw."""

    sweep: Sweep

    @classmethod
    def of(cls, folder: Path) -> "Read":
        """Open a sweep's folder. Raises `WorkError` if runs are missing, since draws would then be unequal."""
        found = cls(Sweep(folder))
        done, wanted = int(found.sweep.frame(["error"])["error"].isna().sum()), found.sweep.design.rows()
        if done != wanted:
            raise WorkError(f"{folder}: {done} of {wanted} runs; barnraise resume first")
        return found

    @property
    def vectors(self) -> int:
        """The number of vectors that replicates took in turn; 1 where behaviour is as declared."""
        return min(len(self.sweep.design.options.get("vectors", [{}])), self.sweep.replicates)

    @property
    def over(self) -> str:
        """What an interval is over, in words."""
        seeds = f"{self.sweep.replicates} seeds"
        return f"{self.vectors} vectors of the plausible set, {seeds}" if self.vectors > 1 else f"{seeds}, as declared"

    def draws(self, values: Floats) -> Floats:
        """Return values by point and replicate as values by point and draw."""
        if self.vectors == 1:
            return values
        turn = np.arange(values.shape[1]) % self.vectors
        return np.stack([mean_of_known(values[:, turn == vector]) for vector in range(self.vectors)], axis=1)

    def outcome(self, name: str) -> Floats:
        """Return an outcome by point and draw, NaN where it does not exist."""
        return self.draws(self.sweep.matrix(name))

    @cached_property
    def records(self) -> pd.DataFrame:
        """The series of every run as it was, with the hosts at work: a row for each run and recorded day."""
        parts = [pd.read_parquet(path) for path in parts_of(self.sweep.folder, "series")]
        table = pd.concat(parts).drop_duplicates(["run_id", "day", "world"])
        return table[table["world"] == AS_IT_WAS].sort_values(["run_id", "day"])

    def series(self, name: str, reduced: Callable[[Any], Any]) -> Floats:
        """Return a series, reduced to one number a run (`reduced` gets a table by run and day), by point and draw."""
        by_day = self.records.pivot_table(index="run_id", columns="day", values=name, aggfunc="first", dropna=False)
        return self.draws(np.asarray(reduced(by_day), np.float64).reshape(-1, self.sweep.replicates))


def mean_of_known(values: Floats) -> Floats:
    """Return the mean of each row's known values, NaN where there is none."""
    known = ~np.isnan(values)
    return np.where(known.any(axis=1), np.nansum(values, axis=1) / np.maximum(known.sum(axis=1), 1), np.nan)


def mean_of(values: Floats) -> float:
    """Return the mean of all known values, NaN where there is none."""
    return float(mean_of_known(values[None, :])[0])


def gap(base: Floats, other: Floats, looks: int = 1) -> Gap:
    """Return the mean of `other - base` over draws; its 95 % interval is corrected for so many looks (Bonferroni)."""
    differences = (other - base)[~np.isnan(other - base)]
    if (count := differences.size) < 2:
        return Gap(float(differences.mean()) if count else math.nan, *(math.nan,) * 4, draws=count)
    mean, error = float(differences.mean()), standard_error(differences)
    half = float(stdtrit(count - 1, 1.0 - 0.025 / looks)) * error
    share = float(np.mean((differences > 0.0) + 0.5 * (differences == 0.0)))
    return Gap(mean, mean - half, mean + half, share, detectable(error, count), count)
