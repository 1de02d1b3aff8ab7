"""Every picture of a run and of a comparison, in the order in which the report shows them.

The first is the one to remember. To add one, write a function `Results -> Drawing | None` and name it here.
"""

import base64
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib

from sim.show.comparisons import arms
from sim.show.report.glance import at_a_glance
from sim.show.results import Results
from sim.show.runs import held, over_time, people
from sim.show.style import SETTINGS, Drawing


class Plan(NamedTuple):
    """A picture to draw of some results, if they have data for it, and its caption: why it is worth a look."""

    name: str
    draw: Callable[[Any], Drawing | None]
    why: str


GLANCE = Plan("at_a_glance", at_a_glance, "")
HELD = Plan("held_in_time", held.held_in_time, "Who would be missed, and how soon, if host or members fell silent.")
BUDGET = Plan("budget_in_time", held.budget_in_time, "Who gives. Given is not held: only silence shows what is missed.")
RUN = (
    GLANCE,
    HELD,
    BUDGET,
    Plan("visit_causes", over_time.visit_causes, "What brings people in: each other, the host, needs or habit."),
    Plan("coming_and_going", people.coming_and_going,
         "Every community loses members when their lives change. The host can influence most other causes."),
    Plan("contributions", people.contributions,
         "The steeper the curve, the more the community depends on a few people who may leave."),
    Plan("venues", over_time.venues, "Venues share people, and people have one attention to spend."),
)  # fmt: skip
COMPARE = (
    GLANCE,
    Plan("difference_in_time", arms.difference_in_time,
         "When the difference begins to show, and whether it still grows."),
    HELD,
    BUDGET,
    Plan("exits", arms.exits,
         "Why each arm loses members."),
    Plan("venues", over_time.venues, "Venues share people, and people have one attention to spend."),
)  # fmt: skip


class Picture(NamedTuple):
    """A picture on disk, with its words."""

    name: str
    finding: str
    why: str
    alt: str
    svg: Path
    png: Path

    @property
    def data(self) -> str:
        """The picture as part of a page."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg.read_bytes()).decode("ascii")


def plans(results: Results) -> tuple[Plan, ...]:
    """Return what is to be drawn."""
    return COMPARE if results.compares else RUN


def drawings(plans: Iterable[Plan], results: Any) -> Iterator[tuple[Plan, Drawing]]:
    """Yield each picture that there is data for, with its plan."""
    for plan in plans:
        drawing = plan.draw(results)
        if drawing is not None:
            yield plan, drawing


def draw_all(plans: Iterable[Plan], results: Any) -> list[Picture]:
    """Draw what there is data for, save it as PNG and SVG in the folder's `figures/`, and return it in order."""
    target: Path = results.folder / "figures"
    target.mkdir(exist_ok=True)
    with matplotlib.rc_context(SETTINGS):
        return [save(plan.name, plan.why, drawing, target) for plan, drawing in drawings(plans, results)]


def save(name: str, why: str, drawing: Drawing, target: Path) -> Picture:
    """Save a picture twice. Dates and versions stay out, so that the same data gives the same files."""
    svg, png = target / f"{name}.svg", target / f"{name}.png"
    drawing.figure.savefig(svg, metadata={"Date": None, "Creator": None, "Title": drawing.finding})
    drawing.figure.savefig(png, metadata={"Software": None, "Title": drawing.finding})
    return Picture(name, drawing.finding, why, drawing.alt, svg, png)
