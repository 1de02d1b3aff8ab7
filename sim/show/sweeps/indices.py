"""Pictures of which factors matter: Sobol indices, Morris effects, rank regression, each beside what chance gives."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter
from scipy.special import ndtri

from sim.show.looks import BLACK, BLUE, GREY, ORANGE, SKY, Look
from sim.show.panel import interval_dot, row_axis, ticks
from sim.show.results import Spread, measure
from sim.show.style import Drawing, sheet
from sim.show.sweeps.results import SweepResults
from sim.show.words import MINUS, POINTS, amount, listed, span

MOST = 15  # factors in a picture
FIRST_ORDER, TOTAL = Look(BLUE), Look(ORANGE, "-", "D")
DRAWN = {
    "sobol": "Share of the variance between points. Circle: the factor alone (first order). Diamond: with all its "
             "interactions (total). Whiskers: 95 % intervals over resampled points.",
    "morris": "Bar: mean size of the change when the factor alone crosses its whole range (mu*), with its 95 % "
              "interval. Cross: how much this change depends on the other factors (sigma).",
    "regression": "Change in the outcome's rank, in standard deviations, per standard deviation of the factor's rank, "
                  "with the other factors held. Whiskers: 95 % intervals over resampled points. Monotone effects only.",
}  # fmt: skip
LEADING = {"sobol": "ST", "morris": "mu_star", "regression": "src"}


class Indices:
    """The table `sensitivity.csv` of one metric, the factor that matters most first."""

    def __init__(self, folder: Path, metric: str) -> None:
        table = pd.read_csv(folder / "sensitivity.csv")
        self.metric, self.table = metric, table[table["metric"] == metric]
        self.empty = self.table.empty
        self.method = "" if self.empty else str(self.table["method"].iloc[0])

    @cached_property
    def factors(self) -> list[str]:
        """The factors by how much they matter."""
        rows = self.table[self.table["index"] == LEADING[self.method]]
        return list(rows.assign(size=rows["value"].abs()).sort_values("size", ascending=False, kind="stable")["factor"])

    def of(self, factor: str, index: str) -> Spread:
        """Return an index with its interval."""
        row = self.table[(self.table["factor"] == factor) & (self.table["index"] == index)].iloc[0]
        return Spread(float(row["value"]), float(row["low"]), float(row["high"]), 2)

    @cached_property
    def chance(self) -> float:
        """What chance alone could give to the leading index; NaN where unknown."""
        return float(self.table.loc[self.table["index"] == LEADING[self.method], "chance"].iloc[0])

    @cached_property
    def told(self) -> list[str]:
        """The factors that stand out from chance (from zero, where chance is unknown), corrected for their number.

        The intervals are widened (Bonferroni), so that a factor without effect is named in at most 5 % of sweeps.
        """
        floor = self.chance if np.isfinite(self.chance) else 0.0
        wider = float(ndtri(1 - 0.025 / len(self.factors)) / ndtri(0.975))
        told = []
        for name in self.factors:
            index = self.of(name, LEADING[self.method])
            low, high = index.mean - wider * (index.mean - index.low), index.mean + wider * (index.high - index.mean)
            if low > floor or (self.method == "regression" and high < 0):
                told.append(name)
        return told


def indices(results: SweepResults, metric: str) -> Drawing | None:
    """Draw the indices of a metric, if the sweep's sensitivity has been estimated."""
    if not (results.folder / "sensitivity.csv").exists():
        return None
    found = Indices(results.folder, metric)
    if found.empty:
        return None
    names = found.factors[:MOST]
    hidden = len(found.factors) - len(names)
    drawn = DRAWN[found.method] + (f" The {MOST} strongest of {len(found.factors)} factors." if hidden else "")
    longest = max(len(name) for name in names)
    page = sheet(results, finding(found), drawn, plot=0.5 + 0.34 * len(names), left=0.35 + 0.083 * longest, right=0.45,
                 below=0.85)  # fmt: skip
    PAINT[found.method](page.axes[0], found, names)
    row_axis(page.axes[0], names)
    page.axes[0].invert_yaxis()
    page.axes[0].grid(visible=True, axis="x")
    page.axes[0].grid(visible=False, axis="y")
    return page.done(" ".join(f"{name}: {said(found, name)}." for name in names))


def sobol(axes: Axes, found: Indices, names: Sequence[str]) -> None:
    """Draw first-order and total indices, joined."""
    for y, name in enumerate(names):
        alone, total = found.of(name, "S1"), found.of(name, "ST")
        axes.barh(y + 0.16, total.mean, height=0.32, color=ORANGE, alpha=0.3)
        axes.barh(y - 0.16, alone.mean, height=0.32, color=BLUE, alpha=0.3)
        interval_dot(axes, y + 0.16, total, TOTAL, flat=True)
        interval_dot(axes, y - 0.16, alone, FIRST_ORDER, flat=True)
    axes.xaxis.set_major_formatter(ticks("share"))
    axes.set_xlabel("share of the variance")
    mark_chance(axes, found.chance, "chance alone, in a total")


def morris(axes: Axes, found: Indices, names: Sequence[str]) -> None:
    """Draw mu* as bars, sigma as crosses."""
    for y, name in enumerate(names):
        size = found.of(name, "mu_star")
        axes.barh(y, size.mean, height=0.6, color=SKY, edgecolor=BLUE, linewidth=0.8)
        axes.errorbar([size.mean], [y], xerr=[[size.mean - size.low], [size.high - size.mean]], color=BLUE, capsize=4,
                      elinewidth=2)  # fmt: skip
        axes.plot([found.of(name, "sigma").mean], [y], "x", color=BLACK, markersize=7, markeredgewidth=1.8)
    unit = measure(found.metric).unit
    written = FuncFormatter(lambda value, _: amount(value, unit, True).lstrip("+").removesuffix(POINTS))
    axes.xaxis.set_major_formatter(written)
    points = ", points" if unit.startswith("share") else ""
    axes.set_xlabel(f"change in {measure(found.metric).label.lower()}{points}")
    mark_chance(axes, found.chance, "mu* by chance alone")


def regression(axes: Axes, found: Indices, names: Sequence[str]) -> None:
    """Draw coefficients to either side of nothing."""
    for y, name in enumerate(names):
        interval_dot(axes, y, found.of(name, "src"), FIRST_ORDER, flat=True)
    axes.set_xlim(-1.05, 1.05)
    axes.set_xlabel("standardised rank coefficient")


PAINT = {"sobol": sobol, "morris": morris, "regression": regression}


def mark_chance(axes: Axes, chance: float, text: str) -> None:
    """Draw how far chance alone reaches."""
    if not chance > 0:
        return
    axes.axvspan(0, chance, color=GREY, alpha=0.15, linewidth=0)
    axes.axvline(chance, color=GREY, linewidth=1, linestyle=(0, (2, 2)))
    axes.annotate(text, (chance, 1), xycoords=("data", "axes fraction"), xytext=(3, 3), textcoords="offset points",
                  color=GREY, fontsize=9.5)  # fmt: skip


def said(found: Indices, name: str) -> str:
    """Return a factor's leading index in words, with its interval."""
    index = found.of(name, LEADING[found.method])
    if found.method == "regression":
        value, low, high = (f"{number:+.2f}".replace("-", MINUS) for number in index[:3])
        return f"{value} ({low} to {high})"
    if found.method == "sobol":
        return f"{amount(index.mean, 'share')} ({span(index.low, index.high, 'share')})"
    unit = measure(found.metric).unit
    value, low, high = (amount(number, unit, True).lstrip("+") for number in index[:3])
    return f"{value} ({low.removesuffix(POINTS)} to {high.removesuffix(POINTS)})"


def finding(found: Indices) -> str:
    """Say which factors matter most, whether their order is sure, and what chance alone could explain."""
    label, count = measure(found.metric).label, len(found.factors)
    leaders, rest = found.told[:3], count - len(found.told)
    if not leaders:
        return f"{label}: none of {count} factors clearly stands out from chance"
    opening = {"sobol": "its variance depends most on", "morris": "changed most by",
               "regression": "varies most with"}  # fmt: skip
    parts = [f"{opening[found.method]} {listed([f'{name}, {said(found, name)}' for name in leaders])}"]
    parts += ["their order is uncertain"] if unsure(found, leaders) else []
    parts += [f"{len(found.told) - len(leaders)} more stand out"] if len(found.told) > len(leaders) else []
    unknown = not np.isfinite(found.chance) and found.method != "regression"
    do = "does" if rest == 1 else "do"
    parts += [f"{rest} of {count} {do} not clearly differ from {'zero' if unknown else 'chance'}"] if rest else []
    parts += ["the share of chance is unknown (one run per point)"] if unknown else []
    return f"{label}: {'; '.join(parts)}"


def unsure(found: Indices, leaders: Sequence[str]) -> bool:
    """Whether the intervals of neighbours in the ranking overlap."""
    spans = [sorted(map(abs, found.of(name, LEADING[found.method])[1:3])) for name in leaders]
    return any(after[1] > before[0] for before, after in pairwise(spans))
