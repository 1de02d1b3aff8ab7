"""Statistics that exist only across seeds (pooled counts, correlations, shapes), with jackknife standard errors."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.lab.validation.row_files import Sample

Statistic = Callable[[Sequence[Sample]], float]


def pooled(samples: Sequence[Sample], statistic: Statistic) -> tuple[float, float]:
    """Return a statistic of all seeds together and its jackknife standard error, NaN below two partial statistics."""
    rest = [statistic([*samples[:k], *samples[k + 1 :]]) for k in range(len(samples))] if len(samples) > 1 else []
    known = np.array([value for value in rest if np.isfinite(value)])
    n = known.size
    error = float(np.sqrt((n - 1) / n * ((known - known.mean()) ** 2).sum())) if n > 1 else float("nan")
    return statistic(samples), error


def counts(name: str, values: NDArray[np.generic]) -> Sample:
    """Return an array as figures of a sample: `name_0`, `name_1`, and so on."""
    return {f"{name}_{k}": float(value) for k, value in enumerate(values)}


def total(samples: Sequence[Sample], name: str) -> NDArray[np.float64]:
    """Return the sum over samples of an array that `counts` split into figures."""
    size = sum(key.rpartition("_")[0] == name for key in samples[0])
    return np.array([sum(sample[f"{name}_{k}"] for sample in samples) for k in range(size)])


def ratio(samples: Sequence[Sample], over: str, under: str) -> tuple[float, float]:
    """Return the ratio of the sums of two figures, with its error. It is NaN if the denominator is zero."""

    def statistic(some: Sequence[Sample]) -> float:
        below = sum(sample[under] for sample in some)
        return sum(sample[over] for sample in some) / below if below > 0.0 else float("nan")

    return pooled(samples, statistic)


def change(samples: Sequence[Sample], over: str, under: str) -> tuple[float, float]:
    """Return `ratio` minus one: how far one figure exceeds the other, as a share of the other."""
    value, error = ratio(samples, over, under)
    return value - 1.0, error
