"""Pictures of a sweep as a whole: a heat map of two factors, and every point as a line across all factors."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.lab.runs.statistics import Floats, detectable, t_interval
from sim.show.looks import BLUE, GREY, ORANGE, PALE
from sim.show.panel import ticks
from sim.show.results import measure
from sim.show.style import Drawing, sheet
from sim.show.sweeps.findings import extremes, interaction
from sim.show.sweeps.responses import shown
from sim.show.sweeps.results import SweepResults, comparable, known_means, level_word, value_word
from sim.show.words import amount, listed
from sim.world.measures import OUTCOMES, bounds

COLOURS = "cividis"  # even in lightness, so that a grey copy still reads; made for the colour-blind
WITH_INTERVAL = 30  # up to so many cells show their intervals
WITH_VALUE = 90
MOST_CELLS, MOST_MAPS = 60, 4  # across a map, and maps side by side
MOST_LINES = 3000
MUTED = 2  # chance alone spreads many cells about as far as the difference that could be seen between two: half a range
STARS = ("one_at_a_time", "morris")  # most factors stay where they are, so lines across all of them say little
Which = NDArray[np.int_]


def heat(results: SweepResults, metric: str) -> Drawing | None:
    """Draw the mean at each combination of two factors; a third with few levels has a panel for each."""
    if len(results.factors) not in (2, 3) or not results.is_grid or np.isnan(results.means(metric)).all():
        return None
    *rest, y, x = sorted(results.factors, key=lambda factor: len(results.levels(factor)))
    panels = [level_word(level) for level in results.levels(rest[0])] if rest else [""]
    if len(results.levels(x)) > MOST_CELLS or len(panels) > MOST_MAPS:
        return None
    order = [results.factors.index(factor) for factor in (*rest, y, x)]
    cells = np.transpose(results.lattice(metric), (*order, len(order)))
    cells = cells if rest else cells[None]
    few = cells[0, ..., 0].size <= WITH_INTERVAL / len(panels)
    sure = " with half its 95 % interval for comparing cells" if results.runs > 1 and few else ""
    undefined = " Hatched: undefined." if np.isnan(results.means(metric)).any() else ""
    drawn = f"{shown(metric)}: the mean of each combination{sure}. Cells are not to scale.{undefined}"
    page = sheet(results, heat_finding(results, metric, y, x, cells), drawn, left=1.0, right=1.2, below=0.8, gap=0.15,
                 plot=min(4.6, 0.75 + 0.55 * cells.shape[1]), widths=[1] * len(panels))  # fmt: skip
    paint(page.figure, page.axes, cells, metric, few)
    for axes, level in zip(page.axes, panels, strict=True):
        axes.set_title(f"{rest[0]}={level}" if rest else "", fontsize=10)
        axes.set_xticks(*some_levels(results, x, 12 // len(panels)))
        axes.set_yticks(*(some_levels(results, y, 12) if axes is page.axes[0] else ([], [])))
        axes.set_xlabel(x)
    page.axes[0].set_ylabel(y)
    return page.done(" ".join(f"{rest[0] if rest else ''} {level} {spoken_rows(results, metric, y, x, part)}".strip()
                              for level, part in zip(panels, cells, strict=True)))  # fmt: skip


def heat_finding(results: SweepResults, metric: str, y: str, x: str, cells: Floats) -> str:
    """Say where the outcome is highest and lowest, and whether one factor's effect depends on the other."""
    parts = [extremes(results, metric)]
    if len(cells) == 1 and results.numeric(x) and results.numeric(y):
        parts.append(interaction(metric, y, x, cells[0][np.ix_([0, -1], [0, -1])]))
    return f"{measure(metric).label}: {'; '.join(part for part in parts if part)}"


def some_levels(results: SweepResults, factor: str, most: int) -> tuple[list[int], list[str]]:
    """Return ticks at the levels, or at some of many."""
    levels = results.levels(factor)
    places = list(range(0, len(levels), 1 + (len(levels) - 1) // most))
    return places, [level_word(levels[place]) for place in places]


def paint(figure: Figure, panels: Sequence[Axes], cells: Floats, metric: str, few: bool) -> None:
    """Draw the cells of all panels on one scale with its colour bar, and their values where there is room."""
    means, cells = known_means(cells), comparable(cells)
    low, high = colour_range(metric, means, cells)
    for axes, values, middle in zip(panels, cells, means, strict=True):
        image = axes.imshow(middle, cmap=COLOURS, origin="lower", aspect="auto", vmin=low, vmax=high)
        axes.grid(visible=False)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        for y, x in np.argwhere(np.isnan(middle)):
            axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor="white", edgecolor=GREY, hatch="///"))
        written = np.argwhere(np.isfinite(middle)) if means.size <= WITH_VALUE else ()
        for y, x in written:
            dark = high > low and (middle[y, x] - low) / (high - low) < 0.55
            axes.text(x, y, cell_word(metric, values[y, x], few), ha="center", va="center", linespacing=1.3,
                      color="white" if dark else "black", fontsize=11 if few else 9)  # fmt: skip
    box = panels[-1].get_position()
    bar = figure.add_axes((box.x1 + 0.015, box.y0, 0.02, box.height))
    unit = measure(metric).unit
    figure.colorbar(image, cax=bar, ticks=distinct_ticks(low, high, unit), format=ticks(unit))
    bar.grid(visible=False)


def colour_range(metric: str, means: Floats, cells: Floats) -> tuple[float, float]:
    """Return what the colours span: the means, and at least `MUTED` times the difference that could have been seen."""
    low, high = float(np.nanmin(means)), float(np.nanmax(means))
    whole = cells[~np.isnan(cells).any(axis=-1)]
    if cells.shape[-1] < 2 or not len(whole):
        return low, high
    error = float(np.sqrt(2 * whole.var(axis=-1, ddof=1).mean() / cells.shape[-1]))
    room = max(0.0, MUTED * detectable(error, cells.shape[-1]) - (high - low)) / 2
    floor, ceiling = bounds(metric) if metric in OUTCOMES else (-np.inf, np.inf)
    shift = max(0.0, floor - low + room) - max(0.0, high + room - ceiling)
    return low - room + shift, high + room + shift


def distinct_ticks(low: float, high: float, unit: str) -> list[float]:
    """Return round numbers, as many as the words that an axis has for them tell apart."""
    for count in (6, 5, 4, 3, 2, 1):
        found = MaxNLocator(nbins=count, steps=[1, 2, 5, 10], min_n_ticks=1).tick_values(low, high)
        places = [float(place) for place in found if low <= place <= high]
        if 0 < len(places) == len({amount(round(place, 6), unit) for place in places}):
            return places
    return [(low + high) / 2]


def cell_word(metric: str, values: Floats, few: bool) -> str:
    """Return a cell's mean, with half its interval where there is room."""
    known = values[~np.isnan(values)]
    said = value_word(metric, float(known.mean()))
    if known.size < 2 or not few:
        return said
    low, high = t_interval(known)
    return f"{said}\n±{amount(float(f'{(high - low) / 2:.2g}'), measure(metric).unit)}"


def spoken_rows(results: SweepResults, metric: str, y: str, x: str, cells: Floats) -> str:
    """Return the cells in words, a row a sentence, where they are few."""
    if cells[..., 0].size > WITH_VALUE:
        return ""
    rows = [
        ", ".join(f"{value_word(metric, mean)} at {x} {level_word(place)}"
                  for place, mean in zip(results.levels(x), row, strict=True))
        for row in known_means(cells)
    ]  # fmt: skip
    return " ".join(f"{y} {level_word(level)}: {row}." for level, row in zip(results.levels(y), rows, strict=True))


def parallel(results: SweepResults, metric: str) -> Drawing | None:
    """Draw every point as a line across all factors, and single out the ends of the outcome."""
    means = results.means(metric)
    known = np.flatnonzero(np.isfinite(means))
    drawable = len(known) >= 8 and 3 <= len(results.factors) <= 16 and results.sweep.kind not in STARS
    if not drawable or np.ptp(means[known]) == 0:
        return None
    ordered = known[np.argsort(means[known], kind="stable")]
    count = max(3, round(0.1 * len(ordered)))
    lowest, highest = ordered[:count], ordered[-count:]
    finding = f"{measure(metric).label}: {among(results, highest)}"
    drawn = (
        f"Each line is a point ({len(known):,}): its settings and its {measure(metric).label.lower()}. Blue: the "
        f"{count} highest. Orange, dashed: the {count} lowest. They are ranked by means, so chance plays a part."
    )
    names = [*results.factors, measure(metric).label]
    page = sheet(results, finding, drawn, plot=3.9, left=0.95 if len(names) > 4 else 0.7, right=0.75,
                 below=1.25 if len(names) > 4 else 0.95)  # fmt: skip
    heights = np.column_stack([*(places(results, factor) for factor in results.factors), unit_range(means)])
    lines(page.axes[0], heights, known, lowest, highest)
    ranges(page.axes[0], results, metric, means)
    page.axes[0].set_xticks(range(len(names)), names, rotation=20 if len(names) > 4 else 0,
                            ha="right" if len(names) > 4 else "center")  # fmt: skip
    return page.done()


def among(results: SweepResults, highest: Which) -> str:
    """Say where the highest points lie along the factors in which they differ most from all."""
    middles = {factor: places(results, factor, spread=0) for factor in results.factors}
    shift = {factor: abs(float(np.median(x[highest]) - np.median(x))) for factor, x in middles.items()}
    far = [factor for factor in sorted(shift, key=lambda name: -shift[name]) if shift[factor] >= 0.2][:2]
    if not far:
        return f"the {len(highest)} highest points are spread over all factors"
    most = listed([mostly(results, factor, highest) for factor in far])
    return f"the {len(highest)} highest points mostly have {most}"


def mostly(results: SweepResults, factor: str, chosen: Which) -> str:
    """Say between which values the middle half of some points lies."""
    levels, codes = results.levels(factor), results.codes(factor)[chosen]
    if not results.numeric(factor):
        return f"{factor}={level_word(levels[int(np.bincount(codes).argmax())])}"
    low, high = (levels[int(place)] for place in np.quantile(codes, [0.25, 0.75], method="nearest"))
    end = level_word(low) + ("" if low == high else f" to {level_word(high)}")
    return f"{factor} at {end} (of {level_word(levels[0])} to {level_word(levels[-1])})"


def places(results: SweepResults, factor: str, spread: float = 0.05) -> Floats:
    """Return where each point stands on a factor's axis, from 0 to 1; equal levels a little apart, so lines show."""
    if results.numeric(factor):
        values = results.points[factor].to_numpy(float)
        heights = unit_range(np.log(values) if results.on_log_scale(factor) else values)
    else:
        heights = results.codes(factor) / max(1, len(results.levels(factor)) - 1)
    if len(results.levels(factor)) > 12:
        return heights
    return heights + spread * (np.arange(len(heights)) * 0.618 % 1 - 0.5)


def unit_range(values: Floats) -> Floats:
    """Return values from 0 to 1."""
    low, high = np.nanmin(values), np.nanmax(values)
    return np.asarray((values - low) / (high - low if high > low else 1.0))


def lines(axes: Axes, heights: Floats, known: Which, lowest: Which, highest: Which) -> None:
    """Draw all points pale, then the lowest and the highest."""
    some = known if len(known) <= MOST_LINES else known[:: 1 + len(known) // MOST_LINES]
    x = np.arange(heights.shape[1])
    for chosen, colour, width, dash, depth in (
        (some, PALE, 0.6, "-", 1), (lowest, ORANGE, 1.1, (0, (4, 2)), 2), (highest, BLUE, 1.3, "-", 3),
    ):  # fmt: skip
        segments = [np.column_stack([x, heights[point]]) for point in chosen]
        alpha = 0.9 if len(chosen) < 60 else 0.5
        axes.add_collection(LineCollection(segments, colors=colour, linewidths=width, linestyles=[dash], alpha=alpha,
                                           zorder=depth))  # fmt: skip
    axes.set_xlim(-0.1, heights.shape[1] - 0.9)
    axes.set_ylim(-0.06, 1.06)


def ranges(axes: Axes, results: SweepResults, metric: str, means: Floats) -> None:
    """Write at each axis where it begins and ends."""
    ends = [(level_word(results.levels(f)[0]), level_word(results.levels(f)[-1])) for f in results.factors]
    ends.append((value_word(metric, float(np.nanmin(means))), value_word(metric, float(np.nanmax(means)))))
    for place, (low, high) in enumerate(ends):
        axes.axvline(place, color=GREY, linewidth=1)
        for text, height, side in ((low, -0.07, "top"), (high, 1.07, "bottom")):
            axes.annotate(text, (place, height), ha="center", va=side, fontsize=9.5, color=GREY, annotation_clip=False)
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0, pad=16)
    axes.spines[:].set_visible(False)
