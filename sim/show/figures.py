"""Every picture of a run and of a comparison, in the order in which the report shows them; the first is the one to
remember. To add one, write a function `Results -> Drawing | None` and name it here.
"""  # noqa: D205

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import matplotlib

from sim.show import arms, network, over_time, who
from sim.show.results import Results
from sim.show.style import SETTINGS, Drawing

Draw = Callable[[Results], Drawing | None]

RUN: dict[str, Draw] = {
    "size_and_survival": over_time.size_and_survival,
    "roles": over_time.roles,
    "visit_causes": over_time.visit_causes,
    "coming_and_going": who.coming_and_going,
    "answers": over_time.answers,
    "contributions": who.contributions,
    "give_and_get": who.give_and_get,
    "bonds": network.bonds,
    "mood": over_time.mood,
    "money": over_time.money,
    "venues": over_time.venues,
}
COMPARE: dict[str, Draw] = {
    "size_and_survival": arms.size_and_survival,
    "difference_in_time": arms.difference_in_time,
    "survival_in_time": arms.survival_in_time,
    "size_against_survival": arms.size_against_survival,
    "money": arms.money,
    "roles": arms.roles,
    "exits": arms.exits,
    "mood": arms.mood,
    "give_and_get": arms.give_and_get,
}


class Picture(NamedTuple):
    """A picture on disk, with its words."""

    name: str
    finding: str
    drawn: str
    alt: str
    svg: Path
    png: Path


def pictures(results: Results) -> Iterator[tuple[str, Draw]]:
    """Return what is to be drawn: a comparison has a picture of the differences for each alternative."""
    if not results.compares:
        yield from RUN.items()
        return
    first, *others = COMPARE.items()
    yield first
    for arm in results.alternatives:
        yield f"differences_{arm}", partial(arms.differences, arm=arm)
    yield from others


def draw_all(results: Results) -> list[Picture]:
    """Draw what the folder holds data for, save it as PNG and SVG, and return it in order."""
    target = results.folder / "figures"
    target.mkdir(exist_ok=True)
    with matplotlib.rc_context(SETTINGS):
        drawn = [(name, drawing) for name, draw in pictures(results) if (drawing := draw(results)) is not None]
        return [_save(name, drawing, target) for name, drawing in drawn]


def _save(name: str, drawing: Drawing, target: Path) -> Picture:
    """Save a picture twice. Dates and versions stay out, so that the same data gives the same files."""
    svg, png = target / f"{name}.svg", target / f"{name}.png"
    drawing.figure.savefig(svg, metadata={"Date": None, "Creator": None, "Title": drawing.finding})
    drawing.figure.savefig(png, metadata={"Software": None, "Title": drawing.finding})
    return Picture(name, drawing.finding, drawing.drawn, drawing.alt, svg, png)
