"""What a panel is made of: bands, stacks, dots, axes and labels."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.show.looks import BLACK, GREY, Look
from sim.show.results import Paths, Results, Spread, spread
from sim.show.style import FEW
from sim.show.words import amount


def ribbon(axes: Axes, paths: Paths, look: Look, *, spread_too: bool = True) -> Spread:
    """Draw the mean over runs with its bands, and return how it ends."""
    paths = paths.dropna(axis=1, how="all")
    days, values = paths.columns.to_numpy(dtype=float), paths.to_numpy(dtype=float)
    points = [spread(column) for column in values.T]
    means = [p.mean for p in points]
    axes.plot(days, means, color="white", linewidth=4, alpha=0.8)  # so that a line stands out of another's band
    axes.plot(days, means, color=look.colour, linestyle=look.dash, linewidth=2)
    if 1 < len(values) < FEW:
        axes.plot(days, values.T, color=look.colour, linewidth=0.8, alpha=0.6)
    elif len(values) > 1 and points:
        if spread_too:
            low, high = np.nanquantile(values, [0.1, 0.9], axis=0)
            axes.fill_between(days, low, high, color=look.colour, alpha=0.15, linewidth=0)
        low, high = [p.low for p in points], [p.high for p in points]
        axes.fill_between(days, low, high, color=look.colour, alpha=0.35 if spread_too else 0.22, linewidth=0)
    return points[-1] if points else Spread(np.nan, np.nan, np.nan, 0)


def stack(axes: Axes, layers: Paths, looks: Sequence[Look]) -> list[float]:
    """Draw the columns of a table (a row a day) on top of each other, and return the middle of each layer's end."""
    tops = np.cumsum(layers.to_numpy(dtype=float), axis=1)
    floors = tops - layers.to_numpy(dtype=float)
    for floor, top, look in zip(floors.T, tops.T, looks, strict=True):
        axes.fill_between(layers.index.to_numpy(dtype=float), floor, top, facecolor=look.colour, hatch=look.hatch,
                          edgecolor="white", linewidth=0.5)  # fmt: skip
    return [float(middle) for middle in (floors[-1] + tops[-1]) / 2]


def label_ends(axes: Axes, labels: Sequence[tuple[float, str, str]], size: float = 10.5) -> None:
    """Write (height, text, colour) labels right of the panel, pushed apart where they would overlap."""
    figure_height = axes.figure.get_figure(root=True).get_size_inches()[1]
    inches = axes.get_position().height * figure_height
    low, high = axes.get_ylim()
    per_line = (high - low) * size * 1.25 / 72 / inches
    ordered = sorted((label for label in labels if np.isfinite(label[0])), key=lambda label: label[0])
    sizes = [per_line * (1 + text.count("\n")) for _, text, _ in ordered]
    heights = apart([y for y, _, _ in ordered], sizes, low, high)
    for y, (_, text, colour) in zip(heights, ordered, strict=True):
        axes.annotate(text, (1, y), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
                      va="center", color=colour, fontsize=size, weight="bold", annotation_clip=False,
                      linespacing=1.1)  # fmt: skip


def apart(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Return heights near the wanted ones, in the same order, that keep labels of these sizes from overlapping."""
    heights = list(wanted)
    for i in range(len(heights)):
        floor = low + sizes[i] / 2 if i == 0 else heights[i - 1] + (sizes[i - 1] + sizes[i]) / 2
        heights[i] = max(heights[i], floor)
    for i in reversed(range(len(heights))):
        last = i == len(heights) - 1
        ceiling = high - sizes[i] / 2 if last else heights[i + 1] - (sizes[i + 1] + sizes[i]) / 2
        heights[i] = min(heights[i], ceiling)
    return heights


def over_days(axes: Axes, results: Results, unit: str = "", low: float | None = 0) -> None:
    """Make the horizontal axis one of days, and the vertical one of amounts."""
    axes.set_xlim(0, max(results.last_day, 1))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 1.5, 2, 3, 6, 10]))
    axes.set_xlabel("day")
    value_axis(axes, unit, low)


def value_axis(axes: Axes, unit: str = "", low: float | None = 0) -> None:
    """Make the vertical axis one of amounts, from 0 unless told otherwise. A constant leaves room above its line."""
    top = axes.get_ylim()[1]
    highest = axes.dataLim.y1 if np.isfinite(axes.dataLim.y1) else 0.0
    if low is not None:
        axes.set_ylim(low, max(top, 1.05 * highest) if highest > 0 else 1)
    elif highest == axes.dataLim.y0 == 0:
        axes.set_ylim(-1, 1)
    plain_ticks(axes.yaxis, unit)


def plain_ticks(axis: Axis, unit: str = "") -> None:
    """Give an axis few ticks at round numbers, written as a reader wants them."""
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(ticks(unit))


def row_axis(axes: Axes, labels: Sequence[str]) -> None:
    """Give each label a row, the first at the bottom, to both sides of 0."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(-0.6, len(labels) - 0.4)
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.tick_params(axis="y", length=0, labelcolor=BLACK)


def ticks(unit: str = "") -> FuncFormatter:
    """Return how an axis writes its numbers."""
    return FuncFormatter(lambda value, _: amount(round(value, 6), unit))


def blank(axes: Axes, reason: str) -> None:
    """Say in a panel without data why it has none."""
    axes.text(0.5, 0.5, textwrap.fill(reason, 22), transform=axes.transAxes, ha="center", va="center", color=GREY)
    axes.set(xticks=[], yticks=[], xlabel="", ylabel="")
    axes.grid(visible=False)


def mark_day(axes: Axes, day: int | None, text: str = "") -> None:
    """Draw a vertical line at a day, with a word above the panel."""
    if day is None:
        return
    axes.axvline(day, color=GREY, linewidth=1, linestyle=(0, (2, 2)))
    low, high = axes.get_xlim()
    side = "right" if day > (low + high) / 2 else "left"
    axes.annotate(text, (day, 1), xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points",
                  ha=side, color=GREY, fontsize=10)  # fmt: skip


def interval_dot(axes: Axes, x: float, value: Spread, look: Look, *, flat: bool = False) -> None:
    """Draw a mean with its interval, upright or (`flat`) lying at height `x`."""
    style: dict[str, Any] = {"color": look.colour, "marker": look.marker, "markersize": 9, "capsize": 4,
                             "elinewidth": 2, "zorder": 5, "markeredgecolor": "white"}  # fmt: skip
    error = [[value.mean - value.low], [value.high - value.mean]] if value.sure else None
    if flat:
        axes.errorbar([value.mean], [x], xerr=error, **style)
    else:
        axes.errorbar([x], [value.mean], yerr=error, **style)


def run_dots(axes: Axes, x: float, values: Sequence[float], look: Look) -> None:
    """Draw one small dot a run, spread sideways in a fixed pattern so that equal values stay visible."""
    offsets = 0.16 * (np.arange(len(values)) * 0.618 % 1 - 0.5)
    axes.scatter(x + offsets, values, s=16, color=look.colour, alpha=0.35, marker=look.marker, linewidths=0)
