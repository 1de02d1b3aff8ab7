"""The cost of a sweep before it is run, estimated from the people and days of each run."""

from typing import Any

import loky
import numpy as np
from numpy.typing import NDArray

from sim.lab.runs.demands import A_DAY, NANOSECONDS, duration, short
from sim.lab.runs.fork import FORKS
from sim.lab.runs.headline import aligned
from sim.lab.settings.config import experiment
from sim.lab.settings.messages import plural
from sim.lab.settings.sweep_options import Precision
from sim.lab.sweeps.by_point import cell
from sim.lab.sweeps.design import Factor
from sim.lab.sweeps.session import Sweep

OVERHEAD = 0.001  # seconds a run: making people, and taking a row to a worker and back
BYTES = 360  # of a row in its part
SHOWN = 5  # points
COLUMNS = 6


def text(asked: Sweep) -> str:
    """Return the size of a sweep, its estimated cost, and its first points."""
    design = asked.design
    more = ["..."] if len(design.names) > COLUMNS else []
    first = design.points.head(SHOWN).itertuples(index=False)
    cells = [(str(number), *map(cell, row[:COLUMNS]), *more) for number, row in enumerate(first)]
    lines = [
        f"{asked.name}, design={design.kind}: {size(asked)}",
        *(f"  {factor.name}: {described(factor)}" for factor in design.factors[:20]),
        *([f"  and {len(design.factors) - 20} more factors"] if len(design.factors) > 20 else []),
        f"Estimated: {duration(seconds(asked))} on {plural(workers(asked), 'process', 'es')}, {on_disk(design.rows())}",
        f"Folder: {asked.folder}",
        "",
        *aligned([("point", *design.names[:COLUMNS], *more), *cells]),
        "",
        "Nothing was run.",
    ]
    return "\n".join(lines)


def size(asked: Sweep) -> str:
    """Return the number of runs in words."""
    design = asked.design
    content = design.options.get("precision")
    points = f"{len(design.points):,} points"
    if content is None:
        drawn = [f", {len(held)} vectors of behaviour in turn" for held in [design.options.get("vectors")] if held]
        return "".join([f"{design.rows():,} runs, {points} x {design.replicates} replicates", *drawn])
    precision = Precision(**content)
    fewest = len(design.points) * precision.batch
    return (f"{fewest:,} to {design.rows():,} runs, {points}, until {precision.metric} is known to "
            f"±{precision.half_width:g}, with at most {precision.cap} replicates")  # fmt: skip


def described(factor: Factor) -> str:
    """Return the range or the levels of a factor in words."""
    if not factor.values:
        return f"{factor.low:g} to {factor.high:g}" + ", on the log scale" * factor.log
    shown = ", ".join(cell(value) for value in factor.values[:8])
    return f"{shown}, ... ({len(factor.values)} levels)" if len(factor.values) > 8 else shown


def seconds(asked: Sweep) -> float:
    """Return about how many seconds the sweep would take."""
    design = asked.design
    made = experiment(next(iter(asked.base.values())))
    people, days = _column(asked, "people", made.people), _column(asked, "days", made.days)
    off = days * 0.25 * len(FORKS[made.fork]) if made.host_off_day is not None and design.forks else 0 * days
    work = (days + off) * (people * NANOSECONDS * 1e-9 + A_DAY) + OVERHEAD
    return float(work.sum()) * (design.rows() / len(design.points)) / workers(asked)


def workers(asked: Sweep) -> int:
    """Return how many processes would run."""
    asked_for = 1 if asked.engine.kind == "serial" else asked.engine.workers or asked.workers
    return int(loky.cpu_count()) if asked_for == "auto" else int(asked_for)


def on_disk(runs: int) -> str:
    """Return the disk space of so many runs in words."""
    count = runs * BYTES
    if count < 1e6:
        return f"{max(1, round(count / 1e3))} kB on disk"
    return f"{short(count / 1e9)} GB on disk" if count >= 1e9 else f"{short(count / 1e6)} MB on disk"


def _column(asked: Sweep, name: str, default: int) -> NDArray[Any]:
    points, groups = asked.design.points, asked.design.groups  # one of which is people=PRESET
    is_number = name in points and name not in groups
    return points[name].to_numpy(float) if is_number else np.full(len(points), float(default))
