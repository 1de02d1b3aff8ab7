"""Every picture of a sweep: how each outcome responds to the factors, the whole landscape, and which factors matter.

To add one, write a function `(SweepResults, metric) -> Drawing | None` and name it here.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import matplotlib

from sim.show.report.figures import Picture, save
from sim.show.style import SETTINGS, Drawing
from sim.show.sweeps.indices import indices
from sim.show.sweeps.landscape import heat, parallel
from sim.show.sweeps.responses import response
from sim.show.sweeps.results import SweepResults

Draw = Callable[[SweepResults, str], Drawing | None]
PICTURES: dict[str, tuple[Draw, str]] = {
    "response": (response, "How the outcome responds to each factor."),
    "heat": (heat, "Two factors at once: whether one matters more when the other is high."),
    "parallel": (parallel, "Every point of the sweep, and which settings go with the highest and lowest outcomes."),
    "indices": (indices, "Which factors matter, and which do not stand out from chance."),
}


def draw(folder: Path, metrics: Sequence[str] | None = None) -> list[Path]:
    """Draw what the sweep's design allows, as PNG and SVG in its `figures/`.

    Parameters
    ----------
    metrics
        Outcomes to draw; by default those that the design names, else size and survival.

    Returns
    -------
    The paths of the pictures, PNG and SVG.
    """
    return [path for picture in pictures(folder, metrics) for path in (picture.png, picture.svg)]


def pictures(folder: Path, metrics: Sequence[str] | None = None) -> list[Picture]:
    """Draw the pictures of a sweep and return them with their words."""
    results = SweepResults(folder)
    target = folder / "figures"
    target.mkdir(exist_ok=True)
    with matplotlib.rc_context(SETTINGS):
        return [
            save(name, why, drawing, target) for name, why, drawing in drawings(results, metrics or results.metrics)
        ]


def drawings(results: SweepResults, metrics: Sequence[str]) -> Iterator[tuple[str, str, Drawing]]:
    """Yield each picture that the design allows, with its name and why to look at it."""
    for metric in metrics:
        for name, (make, why) in PICTURES.items():
            drawing = make(results, metric)
            if drawing is not None:
                yield f"{name}_{metric}", why, drawing
