"""What the page of a run or a comparison holds: its words, every seed's lines, and the people of one replicate."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.lab.runs.fork import AS_IT_WAS
from sim.lab.runs.replicate import BASE
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.messages import plural
from sim.show.explore import relive
from sim.show.explore.page import LARGEST, PEOPLE, Content, page
from sim.show.explore.record import HOST_SILENT, Progress, Recorded, record
from sim.show.live.frames import ACT_WORDS, MOST_SHOWN, SUPPLIERS
from sim.show.results import Results, measure

MOST_ARMS = 4
MOST_LINES = 240  # of seeds, in all arms and worlds together
MOST_DAYS = 160  # points of a line
FEWEST_SHOWN = 200
MOST_DRAWN = 12_000  # people in all arms and worlds together
MEASURES = ("active", "members", "helpers", "champions", "askers", "lurkers", "dormant", "host_share", "belonging",
            "trust", "bonds", "fit", "customers")  # fmt: skip
NO_PEOPLE = "The people are not shown: {}. The lines are those of the folder."
Fixed = Callable[[], relive.Fixed]


class Explored:
    """A folder's page, and what somebody should know of it who made it."""

    def __init__(self, folder: Path, replicate: int) -> None:
        """Read the folder. Raises `SettingsError` if it is of another kind, or has no such replicate."""
        self.results = Results(folder)
        relive.refuse_other_kinds(self.results)
        self.replicate = replicate
        self.seeds = relive.replicates(self.results)
        if replicate not in self.seeds:
            numbers = sorted(self.seeds)
            known = f"{numbers[0]} to {numbers[-1]} are finished" if numbers else "none is finished"
            raise SettingsError(f"replicate={replicate} is not in {folder}: {known}")
        self.arms = self.results.arms[:MOST_ARMS]
        self.notes: list[str] = []
        if left_out := self.results.arms[MOST_ARMS:]:
            self.notes.append(f"Only the first {MOST_ARMS} arms are shown, not {', '.join(left_out)}.")
        if self.results.manifest.get("partial"):
            self.notes.append("This run was stopped early: some replicates are missing.")

    @property
    def worlds(self) -> list[str]:
        """The worlds that the page can show."""
        silent = self.results.paths(MEASURES[0], world=HOST_SILENT)
        return [AS_IT_WAS] if silent.empty else [AS_IT_WAS, HOST_SILENT]

    def page(self, fixed: Fixed, progress: Progress) -> str:
        """Return the page: with people, if living the replicate again gives the folder's outcomes; else with lines."""
        content, lives = self.about() | {"lines": self.lines()}, len(self.arms) * len(self.worlds)
        most = min(MOST_SHOWN, MOST_DRAWN // lives)
        while True:
            recorded = self.relived(fixed, progress, most)
            text = page(content | self.people(recorded), PEOPLE)
            if len(text) <= LARGEST or recorded is None:
                return text
            if most <= FEWEST_SHOWN:
                raise SettingsError(f"{self.results.folder}: the page would be larger than {LARGEST / 1e6:.0f} MB")
            most //= 2

    def relived(self, fixed: Fixed, progress: Progress, most: int) -> Recorded | None:
        """Live the replicate again, or note why its people cannot be shown."""
        try:
            task = relive.task(self.results, self.replicate, self.arms, fixed())
            recorded = record(task, len(self.worlds) > 1, progress, most)
        except SettingsError as error:
            self.notes.append(NO_PEOPLE.format(f"this version cannot run the folder's settings ({error.lines[0]})"))
            return None
        found = (relive.difference(self.results, arm, self.replicate, now) for arm, now in recorded.outcomes.items())
        if other := next(filter(None, found), ""):
            self.notes.append(NO_PEOPLE.format(f"the program has changed since the run ({other})"))
            return None
        return recorded

    def about(self) -> Content:
        """Return the words of the page."""
        told, results = self.results.scenario, self.results
        return {
            "kind": results.scenario["kind"], "title": told.get("title") or results.name,
            "question": told.get("question", ""), "story": told.get("story", ""), "claim": told.get("claim", ""),
            "command": told.get("command", ""), "days": results.days, "hash": results.short_hash,
            "change_day": told.get("change_day"), "host_off": results.host_off,
            "arms": [{"name": arm, "words": "the base" if arm == BASE else results.change(arm)} for arm in self.arms],
            "worlds": self.worlds, "replicate": self.replicate, "seed": self.seeds[self.replicate],
            "replicates": results.runs, "customers": results.config.get("people", 0),
            "main": results.venues[0], "venues": len(results.venues),
        }  # fmt: skip

    def lines(self) -> Content:
        """Return each seed's lines and the mean over all seeds, of each measure by arm and world."""
        most = max(1, MOST_LINES // (len(self.arms) * len(self.worlds)))
        numbers = sorted({*sorted(self.seeds)[: most - 1], self.replicate})
        if len(numbers) < len(self.seeds):
            self.notes.append(f"Lines of {plural(len(numbers), 'seed')} are drawn, not of all {len(self.seeds)}; "
                              "the means are over all.")  # fmt: skip
        curves = [
            {"arm": arm, "world": world, "of": of}
            for arm in self.arms
            for world in self.worlds
            if (of := self.curves(arm, world, numbers))
        ]
        known = [name for name in MEASURES if any(name in curve["of"] for curve in curves)]
        return {
            "seeds": numbers, "curves": curves,
            "measures": [{"name": name, "label": measure(name).label, "unit": measure(name).unit} for name in known],
        }  # fmt: skip

    def curves(self, arm: str, world: str, numbers: Sequence[int]) -> Content:
        """Return the lines of an arm in a world, by measure."""
        found = {}
        for name in MEASURES:
            paths = self.results.paths(name, arm, world)
            if not paths.empty:
                step = -(-len(paths.columns) // MOST_DAYS)
                paths = paths[paths.columns[::-1][::step][::-1]]  # the last day is always there
                lines = paths.reindex(list(numbers))
                found[name] = {"days": [int(day) for day in paths.columns], "mean": short(paths.mean()),
                               "seeds": [short(row) for _, row in lines.iterrows()]}  # fmt: skip
        return found

    def people(self, recorded: Recorded | None) -> Content:
        """Return the lives of the replicate's people, or none, and all notes."""
        if recorded is None:
            return {"notes": self.notes, "lives": [], "people": 0, "every": 0}
        is_sample = recorded.shown < recorded.people
        sampled = [f"{recorded.shown:,} of {recorded.people:,} people are drawn, spread evenly over all."] * is_sample
        return {
            "notes": [*self.notes, *sampled], "acts": ACT_WORDS, "suppliers": SUPPLIERS, "every": recorded.every,
            "people": recorded.people, "lives": [life._asdict() for life in recorded.lives],
        }  # fmt: skip


def short(values: "pd.Series[Any]") -> list[float]:
    """Return values in four figures, -1 where there is none."""
    return [float(f"{value:.4g}") if np.isfinite(value) else -1 for value in values]
