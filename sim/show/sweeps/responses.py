"""Pictures of how an outcome responds to the factors of a sweep: a curve, a family of curves, small panels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from sim.lab.runs.statistics import Floats
from sim.lab.sweeps.design import SEED
from sim.show.looks import ARM_LOOKS, BLUE, GREY, Look
from sim.show.panel import interval_dot, label_ends, ribbon, run_dots, value_axis
from sim.show.results import measure, spread
from sim.show.style import BOTH_BANDS, FEW, Drawing, panels, sheet
from sim.show.sweeps.findings import ONE_RUN, courses, independent, interaction, trends
from sim.show.sweeps.results import MOST_LEVELS, Course, SweepResults, comparable, known_means, level_word, value_word

MAIN = Look(BLUE)
ACROSS = 3  # small panels side by side
MOST_PANELS = 12
BINS = 8
SMALL: Any = {"across": ACROSS, "tall": 2.0, "gap": 0.66, "right": 0.25}  # panels; inches
COMPARED = "Band: 95 % interval for comparing points, without what a seed does to all points alike."
PAIRED = "Points share their seeds, so a difference can be clear even where bands overlap."


def response(results: SweepResults, metric: str) -> Drawing | None:
    """Draw a metric against the factors, in the way that the design allows."""
    if not results.factors or np.isnan(results.means(metric)).all():
        return None
    if results.sweep.kind == "one_at_a_time":
        return spokes(results, metric)
    if not results.is_grid:
        return scattered(results, metric)
    if len(results.factors) == 1 and len(results.levels(results.factors[0])) <= MOST_LEVELS:
        return curve(results, metric)
    if len(results.factors) == 2 and min(results.shape) <= len(ARM_LOOKS) and results.numeric(by_length(results)[0]):
        return family(results, metric)
    return marginals(results, metric)


def titled(results: SweepResults, metric: str, clauses: Sequence[str]) -> str:
    """Return a finding: the outcome, and what is found of it."""
    if results.runs < 2:
        means = results.means(metric)
        low, high = (value_word(metric, end(means)) for end in (np.nanmin, np.nanmax))
        clauses = [f"from {low} to {high}" if low != high else f"{low} at every point", ONE_RUN]
    return f"{measure(metric).label}: {'; '.join(clause for clause in clauses if clause)}"


def shown(metric: str) -> str:
    """Return what the vertical axis is."""
    what = measure(metric)
    return f"{what.label} ({what.unit})" if what.unit else what.label


def curve(results: SweepResults, metric: str) -> Drawing:
    """Draw one factor's response: the mean, its interval, and where most runs lie."""
    factor = results.factors[0]
    course = results.course(metric, factor)
    paired = PAIRED if results.runs > 1 and factor != SEED else ""
    page = sheet(results, titled(results, metric, courses(results, metric, {factor: course})),
                 f"{shown(metric)} by {factor}. {paired}", right=0.4,
                 bands=BOTH_BANDS if results.numeric(factor) else "")  # fmt: skip
    one_course(page.axes[0], results, factor, course, MAIN)
    page.axes[0].set_xlabel(factor)
    fit_axis(page.axes[0], measure(metric).unit)
    return page.done(spoken(metric, course))


def one_course(
    axes: Axes, results: SweepResults, factor: str, course: Course, look: Look, spread_too: bool = True
) -> None:  # fmt: skip
    """Draw a course: a line with bands over numbers, dots over words."""
    if results.numeric(factor):
        ribbon(axes, pd.DataFrame(course.values.T, columns=course.levels), look, spread_too=spread_too)
        axes.plot(course.levels, known_means(course.values), look.marker, color=look.colour, markersize=6,
                  markeredgecolor="white")  # fmt: skip
        number_axis(axes, course.levels, results.on_log_scale(factor))
    else:
        for place, values in enumerate(course.values):
            run_dots(axes, place, values, look)
            interval_dot(axes, place, spread(values), look)
        axes.set_xticks(range(len(course.levels)), [level_word(level) for level in course.levels])
        axes.set_xlim(-0.5, len(course.levels) - 0.5)


def number_axis(axes: Axes, levels: Sequence[float], log: bool = False) -> None:
    """Mark the levels themselves where they are few; on a log scale where asked for, or where they go up by factors."""
    if min(levels) > 0 and (log or (len(levels) > 3 and max(levels) / min(levels) >= 30)):
        axes.set_xscale("log")
    if len(levels) <= 8:
        axes.xaxis.set_major_locator(FixedLocator(list(levels)))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    plain_numbers(axes.xaxis)


def plain_numbers(axis: Axis) -> None:
    """Write an axis' numbers as one types them."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{round(value, 10):.4g}"))


def fit_axis(axes: Axes, unit: str) -> None:
    """Begin at 0 unless that would flatten the picture."""
    low, high = axes.get_ylim()
    value_axis(axes, unit, 0 if 0 <= low < 0.4 * high or (low < 0 <= axes.dataLim.y0) else None)


def spoken(metric: str, course: Course) -> str:
    """Return a course's numbers as a sentence."""
    return " ".join(f"At {level_word(level)}: {value_word(metric, mean)}."
                    for level, mean in zip(course.levels, known_means(course.values), strict=True))  # fmt: skip


def family(results: SweepResults, metric: str) -> Drawing:
    """Draw one factor's response at each level of another."""
    along, apart = by_length(results)
    grid = results.lattice(metric)
    grid = grid if results.factors[0] == along else np.swapaxes(grid, 0, 1)
    found = courses(results, metric, {factor: results.course(metric, factor) for factor in (along, apart)})
    corners = grid[np.ix_([0, -1], [0, -1])]
    clauses = [*found, interaction(metric, along, apart, corners) if results.numeric(apart) else ""]
    page = sheet(results, titled(results, metric, clauses),
                 f"{shown(metric)} by {along}, with one line for each {apart}.", bands=COMPARED,
                 right=0.45 + 0.085 * max(len(f"{apart}"), 8))  # fmt: skip
    axes, ends, levels = page.axes[0], [], results.levels(apart)
    drawn = comparable(grid) if results.runs >= FEW else grid
    for place, level in enumerate(levels):
        course = Course(results.levels(along), drawn[:, place], 1, 0)
        one_course(axes, results, along, course, ARM_LOOKS[place], spread_too=False)
        ends.append((known_means(course.values)[-1], f"at {level_word(level)}", ARM_LOOKS[place].colour))
    fit_axis(axes, measure(metric).unit)
    axes.set_xlabel(along)
    label_ends(axes, ends)
    axes.annotate(apart, (1, 1), xycoords="axes fraction", xytext=(6, 8), textcoords="offset points", color=GREY,
                  fontsize=10, annotation_clip=False)  # fmt: skip
    return page.done(" ".join(
        f"{apart} {level_word(level)}: {spoken(metric, Course(results.levels(along), grid[:, place], 1, 0))}"
        for place, level in enumerate(levels)))  # fmt: skip


def by_length(results: SweepResults) -> tuple[str, str]:
    """Return the factor to draw along, a number if there is one and the one with more levels, and the other."""
    first, second = sorted(results.factors, key=lambda name: (not results.numeric(name), -len(results.levels(name))))
    return (first, second) if len(results.levels(second)) <= len(ARM_LOOKS) else (second, first)


def marginals(results: SweepResults, metric: str) -> Drawing:
    """Draw each factor's response on a grid, the mean over all combinations of the others."""
    by_factor = {factor: results.course(metric, factor) for factor in results.factors}
    most = max(by_factor.values(), key=lambda course: course.left_out / course.combinations)
    short = (f" {most.left_out:,} of {most.combinations:,} combinations lack a run and are excluded."
             if most.left_out else "")  # fmt: skip
    drawn = f"{shown(metric)} by each factor, averaged over all combinations of the others.{short}"
    return multiples(results, metric, by_factor, drawn)


def multiples(results: SweepResults, metric: str, by_factor: dict[str, Course], drawn: str) -> Drawing:
    """Draw courses in small panels on one value axis."""
    finding = titled(results, metric, courses(results, metric, by_factor))
    page, axes = panels(results, finding, drawn, len(by_factor), bands=BOTH_BANDS, **SMALL)
    for place, (panel, (factor, course)) in enumerate(zip(axes, by_factor.items(), strict=True)):
        one_course(panel, results, factor, course, MAIN)
        named(panel, factor, place)
    fit_axis(axes[0], measure(metric).unit)
    return page.done(" ".join(f"{factor}: {spoken(metric, course)}" for factor, course in by_factor.items()))


def named(panel: Axes, factor: str, place: int) -> None:
    """Give a small panel its factor's name, and the first of a row its numbers."""
    panel.set_title(factor, fontsize=10, loc="left")
    panel.tick_params(labelsize=9.5, labelleft=place % ACROSS == 0)


def spokes(results: SweepResults, metric: str) -> Drawing:
    """Draw each factor moved alone, the others as in the base: the design's first point."""
    by_factor = {factor: spoke(results, metric, factor) for factor in results.factors}
    by_factor = {factor: course for factor, course in by_factor.items() if len(course.levels) > 1}
    kept = dict(sorted(by_factor.items(), key=lambda item: -np.ptp(known_means(item[1].values)))[:MOST_PANELS])
    some = (f" Shown: the {len(kept)} of {len(by_factor)} factors with the largest effects."
            if len(kept) < len(by_factor) else "")  # fmt: skip
    drawn = f"{shown(metric)} when each factor changes alone, with the others as in the base.{some}"
    return multiples(results, metric, kept, drawn)


def spoke(results: SweepResults, metric: str, factor: str) -> Course:
    """Return a metric along one factor through the base."""
    codes = {name: results.codes(name) for name in results.factors}
    alone = np.ones(len(results.points), bool)
    for name in results.factors:
        alone &= (codes[name] == codes[name][0]) | (name == factor)
    places = codes[factor][alone]
    values, levels = results.values(metric)[alone], results.levels(factor)
    order = np.argsort(places, kind="stable")
    return Course([levels[place] for place in places[order]], values[order], 1, 0)


def scattered(results: SweepResults, metric: str) -> Drawing | None:
    """Draw each point's mean against each factor, with the mean over bins."""
    if results.sweep.kind == "morris":
        return None  # trajectories do not fill the space evenly; their effects have a picture of their own
    numbers = [factor for factor in results.factors if results.numeric(factor)]
    if not numbers or len(results.points) < 2 * BINS:
        return None
    finding = f"{measure(metric).label}: {trends(results, metric, numbers)}"
    means = np.where(independent(results), results.means(metric), np.nan)  # intervals are over points of chance
    ranked = sorted(numbers, key=lambda factor: -binned_range(results, factor, means))[:MOST_PANELS]
    hidden = len(numbers) - len(ranked)
    some = f" Shown: the {len(ranked)} of {len(numbers)} factors along which it changes most." if hidden else ""
    drawn = (f"{shown(metric)}. A dot is the mean over a point's runs. The line joins the means of {BINS} "
             f"equal slices of points, with 95 % intervals over points.{some} Title: rank correlations.")  # fmt: skip
    page, axes = panels(results, finding, drawn, len(ranked), **SMALL)
    for place, (panel, factor) in enumerate(zip(axes, ranked, strict=True)):
        dots(panel, results.points[factor].to_numpy(float), means, results.on_log_scale(factor))
        named(panel, factor, place)
    fit_axis(axes[0], measure(metric).unit)
    return page.done()


def dots(panel: Axes, x: Floats, y: Floats, log: bool = False) -> None:
    """Draw points, and their means by slices of x."""
    panel.scatter(x, y, s=7 if len(x) < 500 else 2, color=GREY, alpha=0.35, linewidths=0, rasterized=len(x) > 2000)
    middles, middle = slices(x, y)
    spreads = [spread(values) for values in middle]
    means = np.array([value.mean for value in spreads])
    reach = np.array([[value.mean - value.low, value.high - value.mean] for value in spreads]).T
    panel.errorbar(middles, means, yerr=reach, color=BLUE, marker="o", markersize=4.5, capsize=2.5, linewidth=1.6)
    if log:
        panel.set_xscale("log")
        panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_locator(
        LogLocator(subs=(1, 2, 5), numticks=6) if log else MaxNLocator(4, steps=[1, 2, 5, 10])
    )
    plain_numbers(panel.xaxis)


def slices(x: Floats, y: Floats) -> tuple[list[float], list[Any]]:
    """Return the middle of each slice of x with equally many points, and the values in it."""
    known = np.flatnonzero(np.isfinite(y))
    parts = np.array_split(known[np.argsort(x[known], kind="stable")], BINS)
    return [float(np.median(x[part])) for part in parts], [y[part] for part in parts]


def binned_range(results: SweepResults, factor: str, means: Floats) -> float:
    """Return how far the slices' means reach along a factor."""
    reach = np.ptp([spread(values).mean for values in slices(results.points[factor].to_numpy(float), means)[1]])
    return float(reach) if np.isfinite(reach) else 0.0
