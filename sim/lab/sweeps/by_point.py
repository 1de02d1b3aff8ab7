"""What replicates say about each design point: means, spreads, detectable differences, and how many are enough."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.lab.runs import statistics
from sim.lab.runs.statistics import Floats
from sim.lab.settings.messages import shown
from sim.world.measures import OUTCOMES, YES_OR_NO, bounds


def matrix(frame: pd.DataFrame, metric: str, first: int, points: int, replicates: int) -> Floats:
    """Return a metric as a matrix of points by replicates, NaN where there is no value."""
    values = np.full((points, replicates), np.nan)
    values[frame["point"].to_numpy(int) - first, frame["replicate"].to_numpy(int)] = frame[metric].to_numpy(float)
    return values


def label(metric: str) -> str:
    """Return a metric's name as a reader sees it."""
    return OUTCOMES[metric].label if metric in OUTCOMES else metric


def cell(value: object) -> str:
    """Return a factor's value as a reader sees it."""
    return f"{value:g}" if isinstance(value, float) else shown(value)


def estimates(values: Floats, metric: str) -> dict[str, Any]:
    """Return what `statistics.estimate` returns for each row of a matrix, for all rows at once."""
    runs = np.sum(~np.isnan(values), axis=1)
    some, more = np.where(runs > 0, runs, np.nan), np.where(runs > 1, runs, np.nan)
    mean = np.nansum(values, axis=1) / some
    sd = np.sqrt(np.nansum((values - mean[:, None]) ** 2, axis=1) / (more - 1))
    ordered = np.sort(values, axis=1)  # NaN last
    flat = (ordered[:, 0] == ordered[np.arange(len(runs)), np.maximum(runs, 1) - 1]) & (runs > 1)
    mean, sd = np.where(flat, ordered[:, 0], mean), np.where(flat, 0.0, sd)
    low, high = _interval(mean, sd, more, metric)
    p10, p90 = (_quantile(ordered, runs, share) for share in (0.1, 0.9))
    return {"mean": mean, "low": low, "high": high, "sd": sd, "p10": p10, "p90": p90, "replicates": runs}


def _interval(mean: Floats, sd: Floats, runs: Floats, metric: str) -> tuple[Floats, Floats]:
    if metric in OUTCOMES and OUTCOMES[metric].unit == YES_OR_NO:
        return statistics.share_interval(mean, np.where(np.isnan(runs), 1.0, runs))
    half = statistics.margin(sd / np.sqrt(runs), runs)
    least, most = bounds(metric) if metric in OUTCOMES else (-np.inf, np.inf)
    return np.clip(mean - half, least, most), np.clip(mean + half, least, most)


def _quantile(ordered: Floats, runs: Any, share: float) -> Floats:
    place = share * (np.maximum(runs, 1) - 1)
    below, rows = np.floor(place).astype(int), np.arange(len(runs))
    left, right = ordered[rows, below], ordered[rows, np.ceil(place).astype(int)]
    return np.asarray(left + (right - left) * (place - below))


class Seen(NamedTuple):
    """The smallest difference between two points that the sweep could detect."""

    metric: str
    lowest: float  # mean of a point
    highest: float
    detectable: float
    points: int  # with all their replicates


class Pairs:
    """The spread between runs that remains when points are compared replicate by replicate, on the same seeds.

    All points share their seeds, so differences between points are paired. The variance of the paired differences,
    averaged over all pairs of points, is twice the residual mean square of the table points x replicates, which takes
    one pass. Points without a value in some replicate are left out. If `seed` is a factor there is such a table for
    each of its levels (a stratum), and no pair of points from two of them.
    """

    def __init__(self, replicates: int, strata: int = 1) -> None:
        self.count, self.within = np.zeros(strata), 0.0
        self.shifts = np.zeros((strata, replicates))
        self.lowest, self.highest = np.inf, -np.inf

    def add(self, values: Floats, strata: NDArray[np.int64] | None = None) -> None:
        """Add some points, a row each, and the stratum of each."""
        known = values[~np.isnan(values).all(axis=1)]
        if len(known):
            means = np.nanmean(known, axis=1)
            self.lowest, self.highest = min(self.lowest, means.min()), max(self.highest, means.max())
        complete = ~np.isnan(values).any(axis=1)
        whole = values[complete]
        own = np.zeros(len(whole), int) if strata is None else strata[complete]
        rest = whole - whole.mean(axis=1, keepdims=True)
        self.count += np.bincount(own, minlength=len(self.count))
        self.within += float(np.sum(rest * rest))
        np.add.at(self.shifts, own, rest)

    @property
    def noise(self) -> float:
        """The variance of one run at one point, without its seed's common effect on all points. NaN if unknown."""
        freedom = np.maximum(self.count - 1, 0).sum() * (self.shifts.shape[1] - 1)
        if freedom < 1:
            return float("nan")
        common = np.sum(self.shifts**2, axis=1) / np.maximum(self.count, 1)
        return float(max(0.0, self.within - common.sum()) / freedom)

    def seen(self, metric: str) -> Seen:
        """Return what a paired t test of two points detects with 80 % power (two-sided, 5 %)."""
        replicates, nan = self.shifts.shape[1], float("nan")
        error = float(np.sqrt(2.0 * self.noise / replicates))
        smallest = statistics.detectable(error, replicates) if error == error else nan
        ends = (self.lowest, self.highest) if np.isfinite(self.lowest) else (nan, nan)
        return Seen(metric, *ends, smallest, int(self.count.sum()))


# How many replicates are enough


def enough(rows: pd.DataFrame, metric: str, half_width: float, cap: int, least: int = 8) -> dict[int, int]:
    """Return how many more replicates each point needs until the 95 % interval of its mean is narrow enough.

    A point needs the smallest n with t(n - 1) x sd / sqrt(n) <= half_width. It gets at most twice what it has, so that
    an sd that is large by chance costs little. A point has enough replicates when its interval is narrow enough and it
    has at least `least` runs, or when it has `cap` runs.

    Repeated looks favour stopping when the sd is small by chance, so intervals cover slightly less than they claim:
    about 93 % instead of 95 % with `least` = 8 and normal outcomes, and 88 % with `least` = 3. Where coverage matters,
    fix the number of replicates beforehand. Runs without a value (failed, or NaN) count towards the cap.
    """
    more = {}
    for point, values in rows.groupby("point")[metric]:
        tried, known = len(values), values.dropna().to_numpy(float)
        needed = _needed(known, half_width, cap) * tried / max(known.size, 1)
        target = min(max(int(np.ceil(needed)), least), max(2 * tried, least), cap)
        if target > tried:
            more[int(str(point))] = target - tried
    return more


def _needed(known: Floats, half_width: float, cap: int) -> int:
    if known.size < 2:
        return 2
    counts = np.arange(2.0, max(cap, 2) + 1)
    narrow = statistics.margin(known.std(ddof=1) / np.sqrt(counts), counts) <= half_width
    return int(counts[narrow.argmax()]) if narrow.any() else cap
