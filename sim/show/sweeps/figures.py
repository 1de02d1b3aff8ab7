"""Every picture of a sweep: how each outcome responds to the factors, the whole landscape, and which factors matter.

To add one, write a function `(SweepResults, metric) -> Drawing | None` and name it here.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sim.show.report.figures import Picture, Plan, draw_all
from sim.show.style import Drawing
from sim.show.sweeps.indices import indices
from sim.show.sweeps.landscape import heat, parallel
from sim.show.sweeps.responses import response
from sim.show.sweeps.results import SweepResults

PICTURES: dict[str, tuple[Callable[..., Drawing | None], str]] = {
    "response": (response, "How the outcome responds to each factor."),
    "heat": (heat, "Two factors at once: whether one matters more when the other is high."),
    "parallel": (parallel, "Every point of the sweep, and which settings go with the highest and lowest outcomes."),
    "indices": (indices, "Which factors matter, and which do not stand out from chance."),
}


def draw(folder: Path, metrics: Sequence[str] | None = None) -> list[Picture]:
    """Draw what the design allows of some outcomes; by default of those that it names, else of the first two."""
    results = SweepResults(folder)
    return draw_all(plans(metrics or results.metrics), results)


def plans(metrics: Sequence[str]) -> list[Plan]:
    """Return what is to be drawn of some outcomes."""
    return [
        Plan(f"{name}_{metric}", partial(make, metric=metric), why)
        for metric in metrics
        for name, (make, why) in PICTURES.items()
    ]
