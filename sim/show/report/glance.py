"""The one picture to remember: active members over time in each arm, and below them what each arm costs and brings in.

Lines and bars carry their names. Lines that lie on each other share one name.
"""

import math
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from sim.lab.runs.headline import CURRENCY, over
from sim.lab.runs.statistics import contrast
from sim.show.comparisons.arms import look
from sim.show.looks import BLACK, BLUE, VERMILLION, Look
from sim.show.panel import label_ends, mark_day, over_days, plain_ticks, ribbon
from sim.show.report import worth
from sim.show.report.answer import quoted, shown
from sim.show.report.worth import Worth
from sim.show.results import BASE, Paths, Results
from sim.show.runs.held import HELD, bands, draw_bands, sentence
from sim.show.style import BOTH_BANDS, ONE_BAND, Drawing, sheet
from sim.show.verdicts import arm_label, ends_of, tag
from sim.show.words import amount, span, with_interval

WIDE, LINE, LEFT, RIGHT = 7.0, 0.17, 1.15, 3.1  # inches
FULL = 4  # arms up to which costs and income have bars of their own beside profit
NEAR = 0.01  # of the highest line: lines that are nowhere further apart share a label


class Line(NamedTuple):
    """A line of the upper panel."""

    name: str
    paths: Paths
    look: Look


def at_a_glance(results: Results) -> Drawing | None:
    """Return the picture, for a comparison or a run."""
    lines = _lines(results)
    if not lines:
        return None
    money = [one for one in _worths(results) if math.isfinite(one.profit.difference)]
    bars = 3 if len(money) <= FULL else 1
    few = len(lines) <= 2
    rows = (2.2, (bars + 0.4) * len(money) * LINE + 0.1) if money else (2.6,)
    page = sheet(results, _finding(results), _drawn(results), bands=BOTH_BANDS if few else ONE_BAND,
                 wide=WIDE, left=LEFT, right=RIGHT, gap=0.7, rows=rows)  # fmt: skip
    _members(page.axes[0], results, lines, few)
    if money:
        _money(page.axes[1], results, money, bars)
    sizes = {arm_label(arm): with_interval(results.mean("size", arm)) for arm in results.arms}
    return page.done(" ".join(f"Active members at the end, {arm}: {size}." for arm, size in sizes.items()))


def _finding(results: Results) -> str:
    if not results.compares:
        return sentence(results)
    sizes = [f"{arm_label(arm)} {amount(results.mean('size', arm).mean)}"
             for arm in sorted([BASE, *shown(results)], key=lambda arm: -results.mean("size", arm).mean)]  # fmt: skip
    return f"Active members after {results.days} days: {ends_of(sizes)}"


def _drawn(results: Results) -> str:
    if not results.compares:
        return (
            "Bands: what would hold members. Below: what the community costs, and what ads and net deflected "
            "tickets bring in. Whisker: 95 % interval."
        )
    other = quoted(worth.reference(results))
    return f"Below, right of 0: better for profit than {other}. Whisker: 95 % interval of the difference."


def _lines(results: Results) -> list[Line]:
    """Return an arm a line, or the run as it was."""
    if results.compares:
        found = [Line(tag(arm), results.paths("active", arm), look(results, arm)) for arm in results.arms]
    else:
        found = [Line("in all", results.paths("active"), Look(BLACK))]
    return [line for line in found if not line.paths.empty]


def _members(axes: Axes, results: Results, lines: list[Line], few: bool) -> None:
    edge = axes.get_position()
    axes.set_position((0.6 / WIDE, edge.y0, 1 - 2.2 / WIDE, edge.height))
    for line in lines:
        ribbon(axes, line.paths, line.look, spread_too=few)
    over_days(axes, results)
    labels = [(end, f"{name} {amount(end)}", colour) for name, end, colour in _labels(lines)]
    if not results.compares and len(table := bands(results, BASE)) > 1:
        labels += draw_bands(axes, table, HELD, [amount(results.mean(name).mean, "share") for name in HELD])
    axes.set_title("Active members")
    mark_day(axes, results.scenario.get("change_day") if results.compares else results.host_off,
             "change" if results.compares else f"silence from day {results.host_off}")  # fmt: skip
    label_ends(axes, labels)


def _labels(lines: list[Line]) -> list[tuple[str, float, str]]:
    """Return name, end and colour of each line, one for those that lie on each other."""
    means = [line.paths.mean(axis=0) for line in lines]
    near = NEAR * max(1.0, *(float(mean.max()) for mean in means))
    found: list[tuple[list[str], int]] = []
    for i, mean in enumerate(means):
        same = [group for group in found if means[group[1]].index.equals(mean.index)
                and float((means[group[1]] - mean).abs().max()) <= near]  # fmt: skip
        if same:
            same[0][0].append(lines[i].name)
        else:
            found.append(([lines[i].name], i))
    return [(" = ".join(names), float(means[i].iloc[-1]), lines[i].look.colour) for names, i in found]


def _worths(results: Results) -> list[Worth]:
    if results.compares:
        return worth.worths(results)
    spent, back = worth.cost(results, BASE), worth.booked(results)
    if not spent.size or not np.isfinite(spent + back).all():
        return []
    return [Worth(BASE, float(spent.mean()), float(back.mean()), contrast(spent, back, "more"))]


def _money(axes: Axes, results: Results, money: list[Worth], bars: int) -> None:
    """Draw a group for each arm, from above: costs, what comes in, and profit with its interval."""
    y, ticks = 0.0, []
    for one in money:
        if bars == 3:
            _bar(axes, y, -one.cost, Look(VERMILLION, hatch="//"), _words("costs", one.cost, results.compares))
            _bar(axes, y - 1, one.income, Look(BLUE), _words("brings in", one.income, results.compares))
            y -= 2
        _whisker(axes, y, one, results.compares)
        ticks.append((y + (bars - 1) / 2, tag(one.arm) if results.compares else "booked"))
        y -= 1.4
    axes.set_ylim(y + 0.9, 0.7)
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.set_yticks([at for at, _ in ticks], [name for _, name in ticks])
    axes.tick_params(axis="y", length=0, labelcolor=BLACK)
    axes.grid(visible=False)
    axes.margins(x=0.06)
    plain_ticks(axes.xaxis)
    axes.locator_params(axis="x", nbins=4)
    other = f", minus {tag(worth.reference(results))}" if results.compares else ""
    axes.set_title(f"Money: {CURRENCY}, {over(results.days)}{other}", x=(0.15 - LEFT) / (WIDE - LEFT - RIGHT))


def _bar(axes: Axes, y: float, value: float, style: Look, words: str) -> None:
    axes.barh([y], [value], color=style.colour, hatch=style.hatch, edgecolor="white", height=0.78)
    _beside(axes, y, words, style.colour)


def _whisker(axes: Axes, y: float, one: Worth, compares: bool) -> None:
    profit = one.profit
    if math.isfinite(profit.low):
        axes.plot([profit.low, profit.high], [y, y], color=BLACK, linewidth=2)
    axes.plot([profit.difference], [y], "D", color=BLACK, markersize=7, markeredgecolor="white")
    words = amount(profit.difference, signed=True) if one.clear else "unclear"
    words += f" ({span(profit.low, profit.high, signed=True)})" if math.isfinite(profit.low) else ""
    _beside(axes, y, f"{'profit' if compares else 'in sum'} {words}", BLACK)


def _beside(axes: Axes, y: float, words: str, colour: str) -> None:
    axes.annotate(words, (1, y), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
                  va="center", color=colour, fontsize=9, weight="bold" if colour == BLACK else "normal",
                  annotation_clip=False)  # fmt: skip


def _words(verb: str, value: float, compares: bool) -> str:
    more = f" {'more' if value > 0 else 'less'}" if compares else ""
    return f"{verb} {amount(abs(value))}{more}" if value else f"{verb} the same"
