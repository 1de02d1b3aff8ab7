"""What the page of a sweep holds: its points with all factors, outcomes as means over runs, and each run's outcomes."""

from pathlib import Path
from typing import Any

import numpy as np

from sim.lab.settings.errors import SettingsError
from sim.lab.settings.messages import plural
from sim.show.explore.page import POINTS, Content, page
from sim.show.results import measure
from sim.show.sweeps.results import SweepResults

MOST_POINTS = 4000
MOST_NUMBERS = 400_000  # on a page
MOST_RUNS = 60_000  # of an outcome whose runs are drawn one by one


class Points:
    """A sweep's page."""

    def __init__(self, folder: Path) -> None:
        self.results = SweepResults(folder)
        points = len(self.results.points)
        self.kept = np.unique(np.linspace(0, points - 1, min(points, MOST_POINTS)).astype(int))
        self.notes: list[str] = []
        if len(self.kept) < points:
            self.notes.append(f"{len(self.kept):,} of {points:,} points are shown, spread evenly over their order.")
        if not self.results.factors:
            raise SettingsError(f"{folder} has no factor that varies: there is nothing to explore")

    def page(self) -> str:
        """Return the page."""
        results, sweep = self.results, self.results.sweep
        return page({
            "kind": "sweep", "title": f"Sweep of {sweep.name}", "question": results.footer,
            "design": sweep.kind, "hash": sweep.hash, "notes": self.notes, "runs": results.runs,
            "points": [int(point) for point in self.kept],
            "factors": [self.factor(name) for name in results.factors], "outcomes": self.outcomes(),
        }, POINTS)  # fmt: skip

    def factor(self, name: str) -> Content:
        """Return a factor with its value at each point."""
        results = self.results
        values = [results.points[name].iloc[point] for point in self.kept]
        is_number = results.numeric(name)
        return {
            "name": name, "numeric": is_number, "log": results.on_log_scale(name),
            "values": [float(f"{value:.6g}") if is_number else str(value) for value in values],
        }  # fmt: skip

    def outcomes(self) -> list[Content]:
        """Return the outcomes, those of the design first, as far as the page has room. The first have all runs."""
        results, room = self.results, MOST_NUMBERS
        found: list[Content] = []
        ordered = dict.fromkeys([*results.metrics, *results.sweep.headline, *results.sweep.metrics])
        for name in ordered:
            values = results.values(name)[self.kept]
            if np.isnan(values).all():
                continue
            with_runs = results.runs > 1 and values.size <= min(MOST_RUNS, room // 4)
            room -= len(values) + with_runs * values.size
            if room < 0:
                self.notes.append(f"The page has room for {plural(len(found), 'outcome')}; runs.parquet holds all.")
                break
            one = measure(name)
            found.append({"name": name, "label": one.label, "unit": one.unit, "meaning": one.meaning,
                          "mean": short(results.means(name)[self.kept]),
                          "runs": [short(row) for row in values] if with_runs else None})  # fmt: skip
        return found


def short(values: Any) -> list[float | None]:
    """Return values in four figures, None where there is none."""
    return [float(f"{value:.4g}") if np.isfinite(value) else None for value in values]
