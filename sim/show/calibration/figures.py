"""Pictures of a calibration: what the evidence leaves of each parameter, and how each row stands over the set."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from matplotlib.axes import Axes

from sim.lab.calibration.space import Axis
from sim.show.looks import BLUE, GREY, ORANGE, PALE, VERMILLION
from sim.show.report.figures import Picture, Plan, draw_all
from sim.show.style import Drawing, sheet
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
        Plan("parameters", parameters, "Which parameters the findings tell apart. The rest would have to be measured."),
        Plan("rows", rows, "What the declared values miss, and what no vector of the set meets."),
    ), Calibrated(folder))  # fmt: skip


def parameters(results: Calibrated) -> Drawing:
    """Draw what the evidence leaves of each parameter's prior, the most determined on top."""
    table, vectors = results.table("parameters"), results.table("plausible")
    told = list(table.loc[table["told_apart"], "parameter"])
    first = f": {listed(told[:3])} first" if told else ""
    page = sheet(
        results, f"The evidence tells {len(told)} of {plural(len(table), 'parameter')} apart{first}",
        "Grey: the prior. Bar and dots: the plausible vectors. Diamond: the best vector. Tick: the declared value. "
        "At the right: their spread, relative to that of the search's start.",
        plot=0.35 + LINE * len(table), left=2.3, right=0.75,
    )  # fmt: skip
    axes = page.axes[0]
    for place, line in enumerate(table.to_dict("records")):
        one_range(axes, -place, line, vectors)
    axes.set_yticks(-np.arange(len(table)), list(table["parameter"]), fontsize=9)
    axes.set_xticks([0, 0.5, 1], ["low end", "middle of the prior", "high end"])
    axes.set(xlim=(-0.03, 1.03), ylim=(-len(table) + 0.3, 0.7))
    axes.grid(visible=False)
    return page.done(f"Told apart: {listed(told)}.")


def one_range(axes: Axes, y: float, line: dict[Any, Any], vectors: pd.DataFrame) -> None:
    """Draw one parameter's line."""
    colour = BLUE if line["told_apart"] else ORANGE
    axis = Axis(line["parameter"], line["low"], line["high"], line["default"], line["logarithmic"])
    where = [axis.place(value) for value in vectors[axis.name]]
    axes.plot([0, 1], [y, y], color=PALE, linewidth=6, solid_capstyle="butt")
    axes.plot([min(where), max(where)], [y, y], color=colour, linewidth=6, alpha=0.5, solid_capstyle="butt")
    axes.scatter(where, np.full(len(where), y), s=9, color="black", alpha=0.5, zorder=4, linewidths=0)
    axes.scatter([axis.place(line["best"])], [y], s=42, color=VERMILLION, marker="D", zorder=5, edgecolor="white")
    axes.scatter([axis.place(axis.default)], [y], s=60, color=GREY, marker="|", zorder=3)
    kept = "" if np.isnan(line["kept"]) else f"{100 * line['kept']:.0f} %"
    axes.annotate(kept, (1.04, y), xycoords=("axes fraction", "data"), va="center", fontsize=9, color=colour,
                  annotation_clip=False)  # fmt: skip


def rows(results: Calibrated) -> Drawing:
    """Draw each row's loss with the declared values, and with the best vector."""
    found = results.table("targets").groupby("row", sort=False)
    table = found.agg({"finding": "first", "declared_loss": "mean", "best_loss": "mean"}).reset_index()
    table = table.sort_values("best_loss", kind="stable")
    met = results.summary["within_bands"]
    page = sheet(
        results, f"{met['best']} of {len(table)} rows lie within their bands, {met['declared']} with declared values",
        "Mean loss of each row's figures, on seeds that no search saw. 1 is the edge of a band, and losses end at "
        "12. Tick: declared values. Diamond: the best vector.",
        plot=0.35 + LINE * len(table), left=2.9, right=0.4,
    )  # fmt: skip
    axes = page.axes[0]
    axes.axvline(1.0, color=GREY, linewidth=1, linestyle=(0, (2, 2)))
    for place, line in enumerate(table.to_dict("records")):
        axes.plot([line["best_loss"], line["declared_loss"]], [-place, -place], color=PALE, linewidth=3)
        axes.scatter([line["declared_loss"]], [-place], s=60, color=GREY, marker="|", zorder=3)
        axes.scatter([line["best_loss"]], [-place], s=34, color=VERMILLION, marker="D", zorder=5, edgecolor="white")
    findings = [text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…" for text in table["finding"]]
    labels = [f"{row} {text}" for row, text in zip(table["row"], findings, strict=True)]
    axes.set_yticks(-np.arange(len(table)), labels, fontsize=8)
    axes.set(xlim=(-0.3, 12.3), ylim=(-len(table) + 0.3, 0.7), xlabel="loss")
    axes.grid(visible=False)
    return page.done()
