"""From factors to design points: a function for each kind of design. The same `design.seed` gives the same points.

A factor has a range (`low`, `high`) or levels (`values`). Samplers fill ranges and use levels equally often. A grid and
a list of points take values as they are.
"""

import itertools
import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.lab.settings.errors import SettingsError
from sim.lab.settings.keys import Tree
from sim.lab.settings.sweep_options import MOST, DesignOptions
from sim.lab.sweeps.design import Factor, points_of, series_of
from sim.lab.sweeps.parts import level
from sim.lab.sweeps.points_file import Read, read_points

WHOLE = frozenset({"people", "days", "host_off", "record_every"})  # settings that take only whole numbers
Unit = NDArray[np.float64]  # (n_points, n_factors), from 0 to 1


def points(
    factors: Sequence[Factor], options: DesignOptions, centre: Tree | None = None, read: Read = level
) -> pd.DataFrame:
    """Return a row for each design point, with a column for each factor.

    `centre` holds the factors' values in the base, for `one_at_a_time`. `read` turns a cell of a CSV file into a value.
    """
    if options.kind == "csv":
        if options.file is None:
            raise SettingsError("design=csv needs a table of points: design.file=points.csv")
        return read_points(options.file, read)
    if not factors:
        raise SettingsError(f"design={options.kind} needs factors, such as design.factors='{{venue.ad_load: [0, 8]}}'")
    if options.kind == "grid":
        return grid(factors)
    if options.kind == "one_at_a_time":
        return one_at_a_time(factors, centre or {})
    unit = UNIT[options.kind](factors, options)
    return pd.DataFrame({factor.name: _column(unit[:, place], factor) for place, factor in enumerate(factors)})


def grid(factors: Sequence[Factor]) -> pd.DataFrame:
    """Return every combination of levels. The last factor changes fastest."""
    if ranges := [factor.name for factor in factors if not factor.values]:
        raise SettingsError(f"design=grid needs levels, not a range, for {', '.join(ranges)}")
    if (size := math.prod(len(factor.values) for factor in factors)) > MOST:
        raise SettingsError(f"design=grid has {size:,} points here, and at most {MOST:,} are possible")
    return points_of([factor.name for factor in factors], [*itertools.product(*(factor.values for factor in factors))])


def one_at_a_time(factors: Sequence[Factor], centre: Tree) -> pd.DataFrame:
    """Return the base, and each factor at both ends (or at each level) while the others stay at the base."""
    base = tuple(centre[factor.name] for factor in factors)
    rows = [base]
    for place, factor in enumerate(factors):
        ends = (end for end in (factor.low, factor.high) if end is not None)
        levels = factor.values or [int(end) if is_whole(factor) else end for end in ends]
        rows += [(*base[:place], value, *base[place + 1 :]) for value in levels if value != base[place]]
    return points_of([factor.name for factor in factors], rows)


def is_whole(factor: Factor) -> bool:
    """Tell whether a factor with a range takes only whole numbers."""
    return factor.whole or factor.name in WHOLE


def lhs(factors: Sequence[Factor], options: DesignOptions) -> Unit:
    """Return a Latin hypercube: each of n equal slices of each factor's range holds one point."""
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube(len(factors), seed=np.random.default_rng(options.seed))
    return np.asarray(sampler.random(options.n))


def sobol(factors: Sequence[Factor], options: DesignOptions) -> Unit:
    """Return the first n points of a scrambled Sobol sequence, which fills the space evenly."""
    from scipy.stats import qmc

    sampler = qmc.Sobol(len(factors), seed=np.random.default_rng(options.seed))
    return np.asarray(sampler.random_base2(_power_of_two(options)))


def saltelli(factors: Sequence[Factor], options: DesignOptions) -> Unit:
    """Return the points from which Sobol indices are estimated: n (D + 2), or n (2D + 2) with second order."""
    from SALib.sample import sobol as salib

    _power_of_two(options)
    _ranges_only(factors, options.kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn = salib.sample(problem(factors), options.n, calc_second_order=options.second_order, seed=options.seed)
    return np.asarray(drawn)


def morris(factors: Sequence[Factor], options: DesignOptions) -> Unit:
    """Return n trajectories that move one factor at a time: n (D + 1) points."""
    from SALib.sample import morris as salib

    _ranges_only(factors, options.kind)
    if options.levels % 2:
        raise SettingsError(f"design.levels={options.levels} must be even for design=morris")
    drawn = salib.sample(problem(factors), options.n, num_levels=options.levels, seed=options.seed)
    return np.asarray(drawn)


UNIT: dict[str, Callable[[Sequence[Factor], DesignOptions], Unit]] = {
    "lhs": lhs, "sobol": sobol, "saltelli": saltelli, "morris": morris,
}  # fmt: skip


def problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return the factors in SALib's form, each from 0 to 1. We scale them ourselves."""
    names = [factor.name for factor in factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _column(unit: NDArray[np.float64], factor: Factor) -> Any:
    """Return a column of points of the unit cube as values of a factor."""
    if factor.values:
        place = np.minimum((unit * len(factor.values)).astype(int), len(factor.values) - 1)
        return series_of([factor.values[at] for at in place])
    assert factor.low is not None
    assert factor.high is not None
    if is_whole(factor):  # each number gets its share of the range, including both ends
        first, last = np.ceil(factor.low), np.floor(factor.high)
        return np.clip(np.floor(_between(unit, first, last + 1, factor.log)), first, last).astype(np.int64)
    values = _between(unit, factor.low, factor.high, factor.log)
    return np.clip(values, factor.low, factor.high)  # rounding must not carry a value past its declared end


def _between(unit: NDArray[np.float64], low: float, high: float, log: bool) -> NDArray[np.float64]:
    return low * (high / low) ** unit if log else low + unit * (high - low)


def _power_of_two(options: DesignOptions) -> int:
    power = options.n.bit_length() - 1
    if options.n != 1 << power:
        raise SettingsError(f"design.n={options.n} must be a power of two for design={options.kind}: {1 << power} or "
                            f"{2 << power}")  # fmt: skip
    return power


def _ranges_only(factors: Sequence[Factor], kind: str) -> None:
    if named := [factor.name for factor in factors if factor.values]:
        raise SettingsError(f"design={kind} needs a range, two numbers, for {', '.join(named)}")
