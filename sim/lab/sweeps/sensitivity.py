"""Which factors matter: Sobol indices, Morris effects or rank regression, as far as a sweep's design supports them.

Every analysis uses the *mean over replicates* at each point. Chance remains in such a mean and affects the indices: it
lowers first-order indices, and raises total indices and mu*. So each metric has the share of its variance that is due
to chance, and each index has the value that chance alone could produce.
"""

import textwrap
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from sim.lab.runs import statistics
from sim.lab.runs.headline import aligned, with_interval
from sim.lab.runs.statistics import Floats
from sim.lab.settings.errors import SettingsError
from sim.lab.sweeps import parts, samplers
from sim.lab.sweeps.by_point import Pairs, label, matrix
from sim.lab.sweeps.store import again
from sim.lab.sweeps.sweep_folder import Sweep
from sim.world.measures import FORKED

SEED = 1  # of the bootstrap
RESAMPLES = 500
MOST = 20  # factors that are listed
LEVELS = 4  # of a Morris design that names no number
METHOD = {"saltelli": "sobol", "morris": "morris", "lhs": "regression", "sobol": "regression", "grid": "regression"}
NEEDS = ("Sobol indices need design=saltelli; Morris effects need design=morris; rank regression needs design=lhs, "
         "sobol or grid")  # fmt: skip
NAMES = {
    "S1": "first order", "ST": "total", "mu_star": "mu*", "sigma": "sigma", "mu": "mu", "src": "rank regression",
}  # fmt: skip
MEANING = {
    "sobol": "First order: the share of the variance that would vanish if only this factor were known. Total: the "
             "share that would remain if all other factors were known. If the total exceeds the first order, the "
             "factor interacts with others.",
    "morris": "mu*: the mean size of the change when only this factor moves, per whole range of the factor. sigma: how "
              "much that change depends on the values of the other factors.",
    "regression": "Standardised rank regression: by how many standard deviations of rank the outcome changes with one "
                  "standard deviation of the factor's rank, others held constant. It detects only monotone effects.",
}  # fmt: skip


class Index(NamedTuple):
    """How much one factor matters to one metric, by one index."""

    metric: str
    factor: str
    kind: str  # S1, ST, mu_star, mu, sigma or src
    value: float
    low: float
    high: float
    chance: float  # what chance alone could give; NaN where unknown


class Chance(NamedTuple):
    """How much of a metric's variance between points is chance, and how much the analysis explains."""

    metric: str
    share: float  # NaN with one replicate a point
    explained: float  # R squared of the rank regression; NaN otherwise


class Sensitivity(NamedTuple):
    """Indices of every metric and factor, by one method."""

    sweep: Sweep
    method: str
    indices: tuple[Index, ...]
    chance: tuple[Chance, ...]
    left_out: dict[str, str]  # metric: why

    def table(self) -> pd.DataFrame:
        """Return the indices as a table."""
        names = [{"kind": "index"}.get(name, name) for name in Index._fields]
        return pd.DataFrame(self.indices, columns=names).assign(method=self.method)


def sensitivity(
    folder: Path, metrics: Sequence[str] | None = None, undefined: float | None = None
) -> Sensitivity:  # fmt: skip
    """Estimate indices with 95 % intervals and write `sensitivity.csv`.

    `metrics` are the headline outcomes with a value in every run unless given. `undefined` is the value of a metric in
    finished runs where it is undefined, such as 0 for what members hold where nobody is active at the end. Without it
    such a metric is refused: the value is a choice.
    """
    sweep = Sweep(folder)
    if (method := METHOD.get(sweep.kind)) is None:
        raise SettingsError(f"design={sweep.kind} does not support a sensitivity analysis: {NEEDS}")
    analyse = ANALYSES[method](sweep)
    chosen, left_out = complete(sweep, metrics, undefined)
    indices: list[Index] = []
    chance: list[Chance] = []
    for metric, values in chosen.items():
        pairs = Pairs(values.shape[1], len(sweep.design.seeds))
        pairs.add(values, sweep.design.strata)
        means, noise = values.mean(axis=1), float(pairs.noise / values.shape[1])  # NaN with one replicate
        share = noise / float(means.var(ddof=1))
        listed, explained = analyse(metric, means, noise, share)
        indices += listed
        chance.append(Chance(metric, share, explained))
    result = Sensitivity(sweep, method, tuple(indices), tuple(chance), left_out)
    parts.place(sweep.folder / "sensitivity.csv", result.table().to_csv(index=False).encode())
    return result


# What can be analysed


def complete(
    sweep: Sweep, asked: Sequence[str] | None, undefined: float | None
) -> tuple[dict[str, Floats], dict[str, str]]:
    """Return each metric by point and replicate, and the reasons why others are left out."""
    unknown = [metric for metric in asked or () if metric not in sweep.metrics]
    if unknown:
        raise SettingsError(f"{', '.join(unknown)}: not measured here. Measured are {', '.join(sweep.metrics)}")
    rows = sweep.frame(["error"])
    rows = rows.assign(ended=rows["error"].isna().astype(float))  # 0 for a run that failed, NaN for one that is missing
    ends = matrix(rows, "ended", 0, len(sweep.points), sweep.replicates)[:, : sweep.common]
    values = {metric: sweep.matrix(metric) for metric in asked or sweep.headline}
    if undefined is not None:
        values = {
            metric: np.where((ends == 1.0) & np.isnan(found), undefined, found) for metric, found in values.items()
        }
    refused = {metric: why for metric, found in values.items() if (why := hole(sweep, metric, found, ends))}
    if refused and (asked or len(refused) == len(values)):
        raise SettingsError(*refused.values())
    return {metric: values[metric] for metric in values if metric not in refused}, refused


def hole(sweep: Sweep, metric: str, values: Floats, ends: Floats) -> str:
    """Return one line on why a metric cannot be analysed, or nothing."""
    without = np.isnan(values)
    if not without.any():
        same = np.ptp(values.mean(axis=1)) == 0.0
        return f"{metric} is the same at every point, so there is nothing to explain" if same else ""
    missing, failed, undefined = (int((without & sort).sum()) for sort in (np.isnan(ends), ends == 0.0, ends == 1.0))
    why = f"{metric}: {int(without.sum()):,} of {values.size:,} runs have no value"
    if missing:
        why += f"; {missing:,} are missing: {again(sweep.folder, sweep.plugins)}"
    if failed:
        why += f"; {failed:,} failed, to try again: {again(sweep.folder, sweep.plugins, '--failed')}"
    if undefined:
        nobody = " because there were no members" if metric in FORKED else ""
        why += f"; in {undefined:,} it is undefined{nobody} (undefined=0 counts these as 0)"
    return why


# Sobol

Found = tuple[list[Index], float]  # and R squared, NaN but for a rank regression
Analysis = Callable[[str, Floats, float, float], Found]  # of a metric: means, noise of a mean, share of chance


def sobol(sweep: Sweep) -> Analysis:
    """Return the analysis of a saltelli design: first-order and total indices (Saltelli and others 2010)."""
    from SALib.analyze import sobol as salib

    second = bool(sweep.design.options.get("second_order"))
    if not is_saltelli(coded(sweep), second):
        raise SettingsError(f"{sweep.folder / 'design.parquet'}: its points are not in the order of design=saltelli")
    problem = samplers.problem(sweep.design.factors)

    def analyse(metric: str, means: Floats, noise: float, share: float) -> Found:
        resamples = int(np.clip(4e6 * len(sweep.factors) / means.size, 100, RESAMPLES))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of resamples without spread
            found = salib.analyze(problem, means, calc_second_order=second, num_resamples=resamples, seed=SEED)
        listed = []
        for name, chance in (("S1", float("nan")), ("ST", share)):
            pairs = zip(sweep.factors, found[name].tolist(), found[f"{name}_conf"].tolist(), strict=True)
            listed += [Index(metric, factor, name, value, value - half, max(value, min(1.0, value + half)), chance)
                       for factor, value, half in pairs]  # fmt: skip
        return listed, float("nan")

    return analyse


def is_saltelli(codes: Floats, second: bool) -> bool:
    """Tell whether points are in Saltelli's order, with those that second-order indices need or without."""
    factors = codes.shape[1]
    step = (2 * factors if second else factors) + 2
    if len(codes) % step:
        return False
    blocks = codes.reshape(-1, step, factors)
    a, b = blocks[:, 0], blocks[:, -1]
    crossed = [np.where(swapped, b, a) for swapped in np.eye(factors, dtype=bool)]
    crossed += [np.where(swapped, a, b) for swapped in np.eye(factors, dtype=bool)] if second else []
    return all(np.array_equal(blocks[:, 1 + place], expected) for place, expected in enumerate(crossed))


# Morris


def morris(sweep: Sweep) -> Analysis:
    """Return the analysis of a morris design: mu*, mu and sigma of elementary effects (Morris 1991)."""
    from SALib.analyze import morris as salib

    codes, names = coded(sweep), sweep.factors
    levels = int(sweep.design.options.get("levels") or LEVELS)
    problem = samplers.problem(sweep.design.factors)
    whole = len(codes) % (len(names) + 1) == 0
    moves = np.diff(codes.reshape(-1, len(names) + 1, len(names)), axis=1) if whole else codes[None]
    if not whole or (np.count_nonzero(moves, axis=2) > 1).any():
        raise SettingsError(f"{sweep.folder / 'design.parquet'}: its points are not in the order of design=morris")

    def analyse(metric: str, means: Floats, noise: float, share: float) -> Found:
        found = salib.analyze(problem, codes, means, num_resamples=RESAMPLES, num_levels=levels, seed=SEED)
        delta, nan = levels / (2.0 * (levels - 1)), float("nan")
        floor = 2.0 * np.sqrt(noise / np.pi) / delta  # the mean size of a difference of two means by chance
        listed = []
        for place, factor in enumerate(names):
            size, half = float(found["mu_star"][place]), float(found["mu_star_conf"][place])
            listed.append(Index(metric, factor, "mu_star", size, max(0.0, size - half), size + half, floor))
            listed += [Index(metric, factor, name, float(found[name][place]), nan, nan, chance)
                       for name, chance in (("mu", nan), ("sigma", np.sqrt(2.0 * noise) / delta))]  # fmt: skip
        return listed, nan

    return analyse


# Rank regression


def regression(sweep: Sweep) -> Analysis:
    """Return the analysis of points that fill the space: rank regression, with a bootstrap over points."""
    codes = coded(sweep)
    points, factors = codes.shape
    if points < 2 * (factors + 2) or np.linalg.matrix_rank(ranked(codes)) < factors:
        raise SettingsError(f"{points} points with {factors} factors are too few for a rank regression: use design=lhs "
                            f"with design.n={10 * (factors + 1)} or more")  # fmt: skip
    chance = np.random.default_rng(SEED)
    samples = chance.integers(points, size=(min(RESAMPLES, max(100, 20_000_000 // codes.size)), points))

    def analyse(metric: str, means: Floats, noise: float, share: float) -> Found:
        slopes, explained = fitted(codes, means)
        again = np.array([fitted(codes[sample], means[sample])[0] for sample in samples])
        low, high = np.nanquantile(again, [0.5 - statistics.CONFIDENCE / 2, 0.5 + statistics.CONFIDENCE / 2], axis=0)
        listed = [Index(metric, factor, "src", float(slope), float(left), float(right), float("nan"))
                  for factor, slope, left, right in zip(sweep.factors, slopes, low, high, strict=True)]  # fmt: skip
        return listed, explained

    return analyse


def fitted(x: Floats, y: Floats) -> tuple[Floats, float]:
    """Return the standardised coefficients of a rank regression, and its R squared."""
    columns, target = ranked(x), ranked(y[:, None])[:, 0]
    slopes = np.asarray(np.linalg.lstsq(columns, target, rcond=None)[0], np.float64)
    return slopes, 1.0 - float(np.mean((target - columns @ slopes) ** 2))


def ranked(columns: Floats) -> Floats:
    """Return each column's ranks, with mean 0 and standard deviation 1. Equal values share one; a constant is 0."""
    ranks = np.asarray(rankdata(columns, axis=0), np.float64)
    sd = ranks.std(axis=0)
    return np.asarray((ranks - ranks.mean(axis=0)) / np.where(sd > 0, sd, 1.0), np.float64)


ANALYSES: dict[str, Callable[[Sweep], Analysis]] = {"sobol": sobol, "morris": morris, "regression": regression}


def coded(sweep: Sweep) -> Floats:
    """Return the points as numbers. Levels that are words count by their place in the design."""
    return np.column_stack([_numbers(sweep.points[factor.name], factor.values) for factor in sweep.design.factors])


def _numbers(column: "pd.Series[Any]", levels: Sequence[Any]) -> Floats:
    if column.dtype.kind in "biuf":
        return column.to_numpy(float)
    order = list(dict.fromkeys([*map(str, levels), *column.map(str)]))
    places = {level: float(place) for place, level in enumerate(order)}
    return np.array([places[level] for level in column.map(str)])


# Words


def text(found: Sensitivity) -> str:
    """Return the indices as text for a terminal, the strongest factor first."""
    sweep = found.sweep
    lines = [f"{sweep.name}: {len(sweep.points):,} points of design={sweep.kind} x {sweep.common} replicates"]
    for chance in found.chance:
        lines += ["", *metric_lines(found, chance)]
    lines += ["", *(f"Left out: {why}" for why in found.left_out.values())]
    lines += textwrap.wrap(MEANING[found.method], 110)
    if sweep.common < 2:
        lines.append("There is one replicate a point, so the share of chance is unknown. Use replicates=4 or more.")
    return "\n".join(lines)


def metric_lines(found: Sensitivity, chance: Chance) -> list[str]:
    """Return a line for each factor."""
    of_metric = [index for index in found.indices if index.metric == chance.metric]
    names = [name for name in NAMES if any(index.kind == name for index in of_metric)]
    by_name = {(index.factor, index.kind): index for index in of_metric}
    order = sorted(found.sweep.factors, key=lambda factor: -abs(by_name[factor, names[0]].value))
    moving = [factor for factor in order if any(by_name[factor, name].value for name in names)]
    cells = [(label(chance.metric), *(NAMES[name] for name in names), "")]
    for factor in moving[:MOST]:
        row = (by_name[factor, name] for name in names)
        cells.append((factor, *(with_interval(index.value, index.low, index.high) for index in row), ""))
    lines = aligned(cells)
    lines += [f"  and {len(moving) - MOST} weaker ones, see sensitivity.csv"] if len(moving) > MOST else []
    lines += [f"  no effect at all: {len(order) - len(moving)} factors"] if len(moving) < len(order) else []
    told = f"  {share_word(chance.share)}" if chance.share == chance.share else ""
    told += f"  R squared of the ranks: {chance.explained:.2f}" if chance.explained == chance.explained else ""
    return [*lines, *([told] if told else [])]


def share_word(share: float) -> str:
    """Return how much of the variance between points is chance. The estimate can exceed the whole."""
    return "more chance than signal" if share >= 1.0 else f"chance: {share:.1%} of the variance between points"
