"""Pictures of a calibration: what the evidence pins down, each parameter's profile, and the loss of held-out rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from matplotlib.axes import Axes

from sim.lab.calibration.space import Axis
from sim.show.looks import BLUE, GREY, ORANGE, PALE, VERMILLION
from sim.show.report.figures import Picture, Plan, draw_all
from sim.show.style import Drawing, panels, sheet
from sim.show.words import listed, plural

LINE = 0.24  # inches, of a list
LONGEST = 40  # letters of a finding beside a panel


class Calibrated:
    """A calibration's folder: its summary (the result in a few numbers) and its tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.summary: dict[str, Any] = yaml.safe_load((folder / "summary.yaml").read_text(encoding="utf-8"))
        self.runs = int(self.summary["evaluations"])

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by its name."""
        return pd.read_csv(self.folder / f"{name}.csv")

    @property
    def footer(self) -> str:
        """What the pictures are drawn from."""
        found = self.summary
        return (f"{plural(found['evaluations'], 'vector')} evaluated on {plural(found['rows'], 'row')}, "
                f"{plural(found['seeds'], 'seed')} each; {plural(found['plausible'], 'vector')} plausible")  # fmt: skip


def draw(folder: Path) -> list[Picture]:
    """Draw what a calibration's folder holds, as PNG and SVG in its `figures/`."""
    return draw_all((
        Plan("pinned", pinned, "Which parameters the findings determine, and which would have to be measured."),
        Plan("profiles", profiles,
             "The findings determine a parameter with a valley. They leave one with a plain open."),
        Plan("rows", rows, "The gap between fitted and held out shows how much of the fit is overfitting."),
    ), Calibrated(folder))  # fmt: skip


def pinned(results: Calibrated) -> Drawing:
    """Draw how much of its prior each parameter keeps, the most pinned down on top."""
    table = results.table("parameters")
    vectors = results.table("plausible")
    told = list(table.loc[table["pinned"], "parameter"])
    first = f": {listed(told[:3])} first" if told else ""
    page = sheet(
        results, f"The evidence pins down {len(told)} of {plural(len(table), 'parameter')}{first}",
        "Grey: the prior. Bar: where the least loss expected by the emulator stays within the tolerance. Dots: "
        "plausible vectors. Diamond: the best vector. Tick: the declared default.",
        plot=0.35 + LINE * len(table), left=2.3, right=0.75,
    )  # fmt: skip
    axes = page.axes[0]
    admitted = results.table("profiles")
    for place, line in enumerate(table.to_dict("records")):
        one_range(axes, -place, line, admitted[admitted["parameter"] == line["parameter"]], vectors)
    axes.set_yticks(-np.arange(len(table)), list(table["parameter"]), fontsize=9)
    axes.set_xticks([0, 0.5, 1], ["low end", "middle of the prior", "high end"])
    axes.set(xlim=(-0.03, 1.03), ylim=(-len(table) + 0.3, 0.7))
    axes.grid(visible=False)
    return page.done(f"Pinned down: {listed(told)}.")


def one_range(axes: Axes, y: float, line: dict[Any, Any], profile: pd.DataFrame, vectors: pd.DataFrame) -> None:
    """Draw one parameter's line."""
    colour = BLUE if line["pinned"] else ORANGE
    axes.plot([0, 1], [y, y], color=PALE, linewidth=6, solid_capstyle="butt")
    places = profile.loc[profile["admitted"], "place"].to_numpy(dtype=float)
    half = 0.5 / max(1, len(profile) - 1)
    for place in places:
        axes.plot([max(0, place - half), min(1, place + half)], [y, y], color=colour, linewidth=6, alpha=0.6,
                  solid_capstyle="butt")  # fmt: skip
    axis = Axis(line["parameter"], line["low"], line["high"], line["default"], line["logarithmic"])
    where = [axis.place(value) for value in vectors[axis.name]]
    axes.scatter(where, np.full(len(where), y), s=9, color="black", alpha=0.5, zorder=4, linewidths=0)
    axes.scatter([axis.place(line["best"])], [y], s=42, color=VERMILLION, marker="D", zorder=5, edgecolor="white")
    axes.scatter([axis.place(axis.default)], [y], s=60, color=GREY, marker="|", zorder=3)
    axes.annotate(f"{100 * line['width']:.0f} %", (1.04, y), xycoords=("axes fraction", "data"), va="center",
                  fontsize=9, color=colour, annotation_clip=False)  # fmt: skip


def profiles(results: Calibrated) -> Drawing:
    """Draw the least expected loss along each parameter, small and many."""
    table, order = results.table("profiles"), results.table("parameters")
    names = list(order["parameter"])
    finding = "How the least expected loss depends on each parameter"
    drawn = "Loss per row, as expected by the emulator. Dots: within the tolerance. The other parameters are free."
    page, small = panels(results, finding, drawn, len(names), across=5, tall=0.8, gap=0.4, left=0.5, right=0.15)
    for axes, name in zip(small, names, strict=True):
        one_profile(axes, name, table[table["parameter"] == name])
    return page.done()


def one_profile(axes: Axes, name: str, profile: pd.DataFrame) -> None:
    """Draw one parameter's profile."""
    places, losses = profile["place"].to_numpy(dtype=float), profile["loss"].to_numpy(dtype=float)
    axes.plot(places, losses, color=GREY, linewidth=1)
    inside = profile["admitted"].to_numpy(dtype=bool)
    axes.plot(places[inside], losses[inside], "o", color=BLUE, markersize=3.5)
    axes.set_title(name, fontsize=7.5 if len(name) < 24 else 6.0, pad=2)
    axes.set_xticks([0, 1], ["low", "high"], fontsize=7)
    axes.tick_params(axis="y", labelsize=7)


def rows(results: Calibrated) -> Drawing:
    """Draw each row's loss under the defaults, the fit, and a fit without the row."""
    table = results.table("rows")
    passing = results.summary["passing"]
    has_folds = "held_out" in passing
    table = table.sort_values("held_out_loss" if has_folds else "fitted_loss", kind="stable")
    clauses = [f"{passing['fitted']} of {len(table)} rows pass when fitted"]
    clauses += [f"{passing['held_out']} when held out"] if has_folds else []
    finding = listed([*clauses, f"{passing['declared']} with the declared defaults"])
    page = sheet(
        results, finding,
        "Loss of each row, on seeds that the search did not use. 1 is the edge of the band, and losses are cut at 9. "
        "Tick: declared defaults. Diamond: fitted to all rows. Circle: fitted without the row.",
        plot=0.35 + LINE * len(table), left=2.9, right=0.4,
    )  # fmt: skip
    axes = page.axes[0]
    axes.axvline(1.0, color=GREY, linewidth=1, linestyle=(0, (2, 2)))
    for place, line in enumerate(table.to_dict("records")):
        one_row(axes, -place, line)
    findings = [text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…" for text in table["finding"]]
    labels = [f"{row} {text}" for row, text in zip(table["row"], findings, strict=True)]
    axes.set_yticks(-np.arange(len(table)), labels, fontsize=8)
    axes.set(xlim=(-0.3, 9.3), ylim=(-len(table) + 0.3, 0.7), xlabel="loss")
    axes.grid(visible=False)
    return page.done()


def one_row(axes: Axes, y: float, line: dict[Any, Any]) -> None:
    """Draw one row's line."""
    held_out = line.get("held_out_loss", np.nan)
    if np.isfinite(held_out):
        axes.plot([line["fitted_loss"], held_out], [y, y], color=PALE, linewidth=3)
        axes.scatter([held_out], [y], s=30, color=BLUE, zorder=4)
    axes.scatter([line["declared_loss"]], [y], s=60, color=GREY, marker="|", zorder=3)
    axes.scatter([line["fitted_loss"]], [y], s=34, color=VERMILLION, marker="D", zorder=5, edgecolor="white")
