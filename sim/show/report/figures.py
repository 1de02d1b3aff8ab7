"""Every picture of a run and of a comparison, in the order in which the report shows them.

The first is the one to remember. To add one, write a function `Results -> Drawing | None` and name it here.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import matplotlib

from sim.show.comparisons import arms, differences, inside
from sim.show.results import Results
from sim.show.runs import network, over_time, people
from sim.show.style import SETTINGS, Drawing

Draw = Callable[[Results], Drawing | None]


class Plan(NamedTuple):
    """A picture to draw, and why anybody should look at it: the caption."""

    name: str
    draw: Draw
    why: str


RUN = (
    Plan("size_and_survival", over_time.size_and_survival,
         "Size and survival belong side by side: a large community need not be one that stands by itself."),
    Plan("roles", over_time.roles,
         "Most people read; the few at the top of the stack answer them."),
    Plan("visit_causes", over_time.visit_causes,
         "How people are held together: by each other, by the host, by needs or by habit."),
    Plan("coming_and_going", people.coming_and_going,
         "Life takes members from any place; most of the other causes are within reach of the host."),
    Plan("answers", over_time.answers,
         "Replies by members cost the host nothing; replies by the host are paid for every time."),
    Plan("contributions", people.contributions,
         "The steeper the curve, the more a place hangs on a few people who may leave."),
    Plan("give_and_get", people.give_and_get,
         "Both sides can quit. A line with a bar on one side only asks for more than it gives."),
    Plan("bonds", network.bonds,
         "What holds members to each other, with the host and without. One run, to be looked at; "
         "the numbers with intervals are in the table below."),
    Plan("mood", over_time.mood, "What cannot be booked: how people feel about the host, each other and the product."),
    Plan("money", over_time.money,
         "Only what can be booked. It is no return on investment: that takes a comparison with a "
         "world without the venue."),
    Plan("venues", over_time.venues, "Venues share people, who have one attention to spend."),
)  # fmt: skip
COMPARE = (
    Plan("size_and_survival", arms.size_and_survival,
         "An arm may win on size and lose on survival. Most dashboards show only the first."),
    Plan("difference_in_time", differences.difference_in_time,
         "When the difference begins to show, and whether it still grows."),
    Plan("survival_in_time", arms.survival_in_time, "How fast each arm empties once nobody hosts it."),
    Plan("size_against_survival", arms.size_against_survival, "Up and to the right is better on both."),
    Plan("money", differences.money,
         "Differences between arms are caused by the change, in this world: the same people, the same luck."),
    Plan("roles", inside.roles, "Two places of one size may differ in how many answer."),
    Plan("exits", inside.exits,
         "Where an arm loses people. The title allows for many looks, the whiskers do not."),
    Plan("mood", inside.mood,
         "What cannot be booked: how people feel about the host, each other and the product."),
    Plan("give_and_get", inside.give_and_get, "What both sides put in and take out. Either of them can quit."),
    Plan("venues", over_time.venues, "The base's venues share people, who have one attention to spend."),
)  # fmt: skip
DIFFERENCES = "Every headline outcome, the bad ones too, on one scale. Filled marks: better (up) or worse (down)."


class Picture(NamedTuple):
    """A picture on disk, with its words."""

    name: str
    finding: str
    why: str
    alt: str
    svg: Path
    png: Path


def plans(results: Results) -> Iterator[Plan]:
    """Return what is to be drawn: a comparison has a picture of the differences for each alternative."""
    if not results.compares:
        yield from RUN
        return
    yield COMPARE[0]
    for arm in results.alternatives:
        yield Plan(f"differences_{arm}", partial(differences.differences, arm=arm), DIFFERENCES)
    yield from COMPARE[1:]


def draw_all(results: Results) -> list[Picture]:
    """Draw what the folder holds data for, save it as PNG and SVG, and return it in order."""
    target = results.folder / "figures"
    target.mkdir(exist_ok=True)
    with matplotlib.rc_context(SETTINGS):
        return [save(plan.name, plan.why, drawing, target) for plan, drawing in drawings(results)]


def drawings(results: Results) -> Iterator[tuple[Plan, Drawing]]:
    """Yield each picture that the folder holds data for, with its plan."""
    for plan in plans(results):
        drawing = plan.draw(results)
        if drawing is not None:
            yield plan, drawing


def save(name: str, why: str, drawing: Drawing, target: Path) -> Picture:
    """Save a picture twice. Dates and versions stay out, so that the same data gives the same files."""
    svg, png = target / f"{name}.svg", target / f"{name}.png"
    drawing.figure.savefig(svg, metadata={"Date": None, "Creator": None, "Title": drawing.finding})
    drawing.figure.savefig(png, metadata={"Software": None, "Title": drawing.finding})
    return Picture(name, drawing.finding, why, drawing.alt, svg, png)
