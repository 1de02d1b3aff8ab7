"""The sheet of every picture: a finding on top, panels below it, and its provenance at the foot."""

import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.show.looks import GREY

SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "font.size": 10.5, "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": GREY, "axes.labelcolor": GREY, "xtick.color": GREY, "ytick.color": GREY, "axes.grid": True,
    "axes.grid.axis": "y", "grid.color": "#E8E8E8", "axes.axisbelow": True, "axes.titlesize": 11,
    "axes.titlelocation": "left", "axes.titleweight": "bold", "hatch.linewidth": 0.6, "svg.hashsalt": "barnraise",
    "axes.labelsize": 10.5, "xtick.labelsize": 10.5, "ytick.labelsize": 10.5, "figure.dpi": 100, "savefig.dpi": 150,
}  # fmt: skip
WIDTH = 8.0  # inches
FEW = 4  # below so many runs an interval would flood the panel; the runs themselves are drawn instead
BOTH_BANDS = "Light band: the middle 80 % of runs. Dark band: 95 % interval of the mean."
ONE_BAND = "Band: 95 % interval of the mean."
NO_BAND = "Thin lines: single runs, which are too few for a band. Thick line: their mean."


class Source(Protocol):
    """What a picture is drawn from."""

    @property
    def runs(self) -> int:
        """How many runs a mean is over."""

    @property
    def footer(self) -> str:
        """How many runs of what, for the foot of a picture."""


class Drawing(NamedTuple):
    """A picture with its words: the finding, what is drawn, and the same for those who cannot see it."""

    figure: Figure
    finding: str
    drawn: str
    alt: str


class Sheet(NamedTuple):
    """A figure under construction."""

    figure: Figure
    axes: list[Axes]
    finding: str
    drawn: str

    def done(self, alt: str = "") -> Drawing:
        """Return the drawing; `alt` adds the numbers that a listener would want."""
        return Drawing(self.figure, self.finding, self.drawn, f"{self.finding}. {self.drawn} {alt}".strip())


def sheet(
    source: Source, finding: str, drawn: str, *, plot: float = 3.3, widths: Sequence[float] = (1,),
    left: float = 0.75, right: float = 1.2, gap: float = 0.75, bands: str = "", share_y: bool = False,
    below: float = 0.72, rows: Sequence[float] = (), wide: float = WIDTH,
) -> Sheet:  # fmt: skip
    """Return panels under a wrapped finding: side by side (`widths`, relative) or below each other (`rows`, inches).

    Lengths are inches, so text keeps its room.
    """
    finding, drawn = finding[0].upper() + finding[1:], drawn[0].upper() + drawn[1:]
    title, subtitle = balanced(finding, int(8.25 * wide)), textwrap.wrap(drawn, int(12.5 * wide))
    plot = sum(rows) + gap * (len(rows) - 1) if rows else plot
    notes = [bands if source.runs >= FEW else NO_BAND] if bands and source.runs > 1 else []
    head, foot = 0.2 + 0.25 * len(title) + 0.2 * len(subtitle) + 0.33, below + 0.18 * len(notes)
    height = head + plot + foot
    figure = Figure((wide, height), facecolor="white")
    figure.text(0.15 / wide, 1 - 0.12 / height, "\n".join(title), fontsize=13.5, weight="bold", va="top")
    below_title = 1 - (0.17 + 0.25 * len(title)) / height
    figure.text(0.15 / wide, below_title, "\n".join(subtitle), fontsize=10.5, color=GREY, va="top")
    figure.text(0.15 / wide, 0.1 / height, "\n".join([*notes, source.footer]), fontsize=10, color=GREY)
    edges = {"left": left / wide, "right": 1 - right / wide, "bottom": foot / height, "top": 1 - head / height}
    if rows:
        grid = edges | {"height_ratios": rows, "hspace": gap * len(rows) / sum(rows)}
        axes = figure.subplots(len(rows), 1, squeeze=False, gridspec_kw=grid)[:, 0]
    else:
        inner = (wide - left - right - gap * (len(widths) - 1)) / len(widths)
        grid = edges | {"width_ratios": widths, "wspace": gap / inner}
        axes = figure.subplots(1, len(widths), squeeze=False, sharey=share_y, gridspec_kw=grid)[0]
    return Sheet(figure, list(axes), finding, drawn)


def panels(
    source: Source, finding: str, drawn: str, count: int, *, across: int, tall: float, gap: float, **room: Any
) -> tuple[Sheet, list[Axes]]:
    """Return a sheet with so many small panels on one value axis, `tall` each (inches), in the place of its panel."""
    rows = -(-count // across)
    page = sheet(source, finding, drawn, plot=tall * rows + gap * (rows - 1), **room)
    box = page.axes[0].get_position()
    page.axes[0].remove()
    made = page.figure.subplots(rows, min(across, count), sharey=True, squeeze=False, gridspec_kw={
        "left": box.x0, "right": box.x1, "bottom": box.y0, "top": box.y1, "wspace": 0.12, "hspace": gap / tall,
    }).ravel()  # fmt: skip
    for spare in made[count:]:
        spare.remove()
    return page, list(made[:count])


def balanced(text: str, width: int) -> list[str]:
    """Wrap a text into as few lines as fit, of about the same length."""
    lines = len(textwrap.wrap(text, width))
    return next(found for narrow in range(20, width + 1) if len(found := textwrap.wrap(text, narrow)) <= lines)
