"""The scoreboard as a picture: published figures with their bands, and beside them what the world gives.

Every target is drawn on a scale of its own, on which the band reaches from 0 to 1. For a sign or a shape the scale is
the share of seeds in which it is right: nine of ten at 0, all at 1.
"""

import math
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.lab.validation.scoring import RIGHT as NINE
from sim.lab.validation.scoring import Z90, Z95
from sim.show.looks import BLACK, BLUE, GREY, PALE, VERMILLION
from sim.show.report.figures import save
from sim.show.style import SETTINGS, Drawing, sheet

LEFT, RIGHT = -1.5, 2.5  # beyond that a mark is an arrow at the edge
INCHES = 0.2  # a line
WIDTH = 12.0
WHY = "Which published findings the model reproduces, and which of these because of the mechanism in question."


class Scores(NamedTuple):
    """What the picture is drawn from: rows. A legend is all that its foot has."""

    runs: int
    footer: str = ""


class Mark(NamedTuple):
    """How a target is drawn: shape and fill tell what a grey copy would lose."""

    marker: str
    colour: str
    filled: bool
    words: str


CREDIT = Mark("o", BLUE, True, "met, and missed once the row's mechanism is removed: credit")
MET = Mark("o", BLUE, False, "met, but the row earns no credit")
MISSED = Mark("X", VERMILLION, True, "missed")
WRONG = Mark("s", VERMILLION, False, "the effect has the wrong sign")
ABLATED = Mark("d", GREY, False, "with the mechanism switched off")
COLOURS = {"credit": BLUE, "no credit": BLUE, "not expressible": GREY}  # of a row's verdict


def draw(folder: Path) -> list[Path]:
    """Draw the scoreboard of a folder, as PNG and SVG beside its table, and return both paths."""
    with matplotlib.rc_context(SETTINGS):
        picture = save("scoreboard", WHY, drawing(pd.read_csv(folder / "scoreboard.csv")), folder)
    return [picture.png, picture.svg]


def drawing(table: pd.DataFrame) -> Drawing:
    """Return the picture of a table with a line a target."""
    rows = table.drop_duplicates("row")
    credit = int(rows["credit"].astype(bool).sum())
    verb = "is" if credit == 1 else "are"
    without = "and no longer once their mechanism is removed"
    finding = f"{credit} of {len(rows)} published findings {verb} reproduced, {without}"
    shut = rows[rows["shut_away"].astype(bool)]
    finding += f"; of the {len(shut)} that nothing was fitted to (°), {int(shut['credit'].sum())}" if len(shut) else ""
    drawn = (
        "Each line is a published figure on its own scale. The grey bar is the band in which the model's figure has to "
        "lie. The upright stroke is the published figure. The mark is the model's figure, with a 95 % interval. For a "
        "sign, the bar reaches from nine in ten seeds to all."
    )
    halves = in_halves(table)
    lines = max(map(len, halves))
    page = sheet(Scores(len(rows)), finding, drawn, plot=INCHES * (lines + 1), widths=[1] * len(halves), left=1.9,
                 right=1.05, gap=2.6, below=1.15, wide=WIDTH)  # fmt: skip
    for axes, half in zip(page.axes, halves, strict=True):
        panel(axes, half, lines)
    page.figure.legend(handles=legend(), loc="lower left", bbox_to_anchor=(0.1 / WIDTH, 0.02), ncols=3, frameon=False,
                       fontsize=9.5)  # fmt: skip
    by_verdict = rows.groupby("verdict", sort=False)["row"].agg(", ".join)
    alt = " ".join(f"{verdict}: {names}." for verdict, names in by_verdict.items())
    return Drawing(page.figure, finding, drawn, f"{finding}. {alt}")


def in_halves(table: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the lines in two columns, where they are many; a row is never parted."""
    if len(table) <= 20:
        return [table]
    starts = np.flatnonzero(~table["row"].duplicated().to_numpy())
    middle = starts[np.argmin(np.abs(starts - len(table) / 2))]
    return [table.iloc[:middle], table.iloc[middle:]]


def panel(axes: Axes, table: pd.DataFrame, lines: int) -> None:
    """Draw a column of lines."""
    labels = []
    for y, line in enumerate(table.to_dict("records")):
        first = y == 0 or table["row"].iloc[y - 1] != line["row"]
        target = "" if pd.isna(line.get("target")) else str(line["target"]).replace("_", " ")
        shut = "°" if line["shut_away"] else ""
        labels.append(f"{line['row']}{shut}  {target}".rstrip() if first else target)
        if first:
            axes.axhline(y - 0.5, color=PALE, linewidth=0.8, zorder=0)
            axes.annotate(str(line["verdict"]), (1, y), xycoords=("axes fraction", "data"), xytext=(5, 0),
                          textcoords="offset points", va="center", fontsize=9, annotation_clip=False,
                          weight="bold" if line["credit"] else "normal",
                          color=COLOURS.get(line["verdict"], VERMILLION))  # fmt: skip
        draw_line(axes, y, line)
    axes.set_ylim(lines - 0.5, -0.5)
    axes.set_xlim(LEFT, RIGHT)
    axes.set_yticks(range(len(labels)), labels, fontsize=9)
    axes.set_xticks([0.0, 1.0], ["low end", "high end"])
    axes.grid(visible=False)
    axes.tick_params(length=0)


def draw_line(axes: Axes, y: int, line: dict[Any, Any]) -> None:
    """Draw a target: band, published figure, the world's, and that without the mechanism."""
    if pd.isna(line.get("target")):
        axes.barh(y, 1.0, 0.6, facecolor="white", edgecolor=PALE, hatch="////", linewidth=0)
        return
    axes.barh(y, 1.0, 0.6, color=PALE, linewidth=0, zorder=1)
    if not by_seeds(line):
        at = on_scale(line, line["value"])
        axes.plot([at, at], [y - 0.3, y + 0.3], color=BLACK, linewidth=1.6, zorder=2)
        low, high = (np.clip(on_scale(line, line[name]), LEFT, RIGHT) for name in ("sim_low", "sim_high"))
        axes.plot([low, high], [y, y], color=GREY, linewidth=1.2, zorder=3)
    put(axes, y, place(line, "ablated"), ABLATED, 4.5)
    at = place(line, "simulated")
    mark = (CREDIT if line["credit"] else MET) if line["pass"] else WRONG if line["wrong_sign"] else MISSED
    put(axes, y, at, mark, 7)
    if math.isnan(at):
        axes.annotate("no figure", (0.5, y), ha="center", va="center", fontsize=8.5, color=VERMILLION)


def by_seeds(line: dict[Any, Any]) -> bool:
    """Tell whether a target is a sign or a shape."""
    return bool(line["tier"] == 2 or pd.isna(line["value"]))


def on_scale(line: dict[Any, Any], value: float) -> float:
    """Return where a figure lies if the band reaches from 0 to 1."""
    return float((value - line["low"]) / (line["high"] - line["low"]))


def place(line: dict[Any, Any], which: str) -> float:
    """Return where the world's figure lies, with the mechanism or without it; NaN where there is none."""
    if not by_seeds(line):
        return on_scale(line, line[which])
    side = "sim" if which == "simulated" else "ablated"
    right, mean = line[f"{side}_right"], line[which]
    if not pd.isna(right):
        return float((right - NINE) / (1.0 - NINE))
    sure = (line[f"{side}_high"] - mean) / Z95 * Z90  # one statistic of all seeds: right beyond 0, sure at 1
    gaps = [gap for gap in (mean - line["low"], line["high"] - mean) if math.isfinite(gap)]
    return min(((gap - sure) / max(abs(gap), 1e-12) for gap in gaps), default=math.nan)


def put(axes: Axes, y: int, x: float, mark: Mark, size: float) -> None:
    """Draw a mark, or an arrow at the edge if it lies beyond."""
    if math.isnan(x):
        return
    shape = mark.marker if LEFT <= x <= RIGHT else "<" if x < LEFT else ">"
    axes.plot(float(np.clip(x, LEFT, RIGHT)), y, shape, markersize=size, markeredgecolor=mark.colour, clip_on=False,
              markerfacecolor=mark.colour if mark.filled else "white", zorder=5, linestyle="none")  # fmt: skip


def legend() -> list[Any]:
    """Return what the marks mean."""
    marks = [
        Line2D([], [], marker=mark.marker, color=mark.colour, linestyle="none", markersize=7, label=mark.words,
               markerfacecolor=mark.colour if mark.filled else "white")
        for mark in (CREDIT, MET, MISSED, WRONG, ABLATED)
    ]  # fmt: skip
    stroke = Line2D([], [], marker="|", color=BLACK, linestyle="none", markersize=10, markeredgewidth=1.6,
                    label="published")  # fmt: skip
    arrow = Line2D([], [], marker=">", color=VERMILLION, linestyle="none", label="beyond the scale")
    return [
        *marks, stroke, arrow, Patch(color=PALE, label="band"),
        Patch(facecolor="white", edgecolor=PALE, hatch="////", label="not expressible, or failed"),
    ]  # fmt: skip
