"""A question asked on the live page: a comparison in the background, with a rough answer that narrows as runs come in.

It is the same job as that of `barnraise compare`, and leaves the same folder and the same report.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sim.lab.runs import execute, tables
from sim.lab.runs.headline import unit_word
from sim.lab.runs.jobs import Job
from sim.lab.runs.replicate import BASE, Replicate
from sim.lab.settings.errors import SettingsError, WorkError
from sim.lab.settings.read_yaml import read_json
from sim.world.measures import HEADLINE, OUTCOMES

MOST_EARLIER = 200  # results that are listed
RUNNING, DONE, CANCELLED, FAILED = "running", "done", "cancelled", "failed"


class Progress(NamedTuple):
    """Where a question stands. `rows`: of each arm, the headline outcomes; of alternatives with their difference."""

    state: str
    finished: int
    total: int
    rows: list[dict[str, Any]]
    folder: str = ""
    why: str = ""


class Question:
    """A job in a thread of its own. One is asked at a time: each uses all cores."""

    def __init__(self, job: Job, told: Callable[[Progress], None]) -> None:
        self.job, self.told = job, told
        self.finished: list[Replicate] = []
        self.is_cancelled = False
        self.last = Progress(RUNNING, 0, len(job.tasks), [])
        self.thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    def cancel(self) -> None:
        """Stop after the runs that are finished. They are kept."""
        self.is_cancelled = True

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self.thread.is_alive()

    def _tell(self, state: str, folder: str = "", why: str = "") -> None:
        rows = rough(self.job, self.finished) if self.finished else []
        self.last = Progress(state, len(self.finished), len(self.job.tasks), rows, folder, why)
        self.told(self.last)

    def _advance(self, replicate: Replicate) -> None:
        self.finished.append(replicate)
        self._tell(RUNNING)
        if self.is_cancelled and len(self.finished) < len(self.job.tasks):
            raise KeyboardInterrupt

    def _work(self) -> None:
        from sim.show.report.page import write_report

        try:
            done = execute.perform(self.job, (), shows_progress=False, each=self._advance)
            write_report(done.folder)
            self._tell(CANCELLED if self.is_cancelled else DONE, str(done.folder))
        except KeyboardInterrupt:
            self._tell(CANCELLED, why="nothing was finished, so there is no answer")
        except (WorkError, SettingsError, OSError) as error:
            self._tell(FAILED, why=str(error))


def rough(job: Job, finished: list[Replicate]) -> list[dict[str, Any]]:
    """Return what is known so far: means of the base, and paired differences of the alternatives."""
    means = {row["metric"]: row for row in tables.summary(finished) if row["arm"] == BASE}
    rows = {name: words_of(job, name) | span_of(BASE, means[name], "mean") for name in HEADLINE}
    if job.kind != "compare" or len(finished) < 2:
        return [*rows.values()]
    compared = (
        rows[row["outcome"]] | span_of(row["arm"], row, "difference") for row in tables.judged(finished, HEADLINE)
    )
    return [*rows.values(), *compared]


def words_of(job: Job, name: str) -> dict[str, Any]:
    """Return what a page says of an outcome. `scale`: what a number is multiplied with to be in the unit."""
    unit = OUTCOMES[name].unit
    return {"outcome": name, "label": OUTCOMES[name].label, "unit": unit_word(unit, job.experiment.days),
            "scale": 100.0 if "share" in unit else 1.0}  # fmt: skip


def span_of(arm: str, row: dict[str, Any], value: str) -> dict[str, Any]:
    """Return a value and its interval."""
    return {"arm": arm, "value": plain(row[value]), "low": plain(row["low"]), "high": plain(row["high"])}


def plain(value: float) -> float | None:
    """Return a number that JSON can say: NaN and infinities become nothing."""
    return value if abs(value) < float("inf") else None


class Earlier(NamedTuple):
    """A result that stands in the results folder."""

    folder: str  # within the results folder
    title: str
    question: str
    command: str
    created: str
    has_report: bool


def earlier(results: Path) -> list[Earlier]:
    """Return the results of earlier questions, the newest first. What cannot be read is left out."""
    found = []
    for path in results.glob("*/*/manifest.json"):
        try:
            manifest, story = read_json(path), read_json(path.with_name("scenario.json"))
            found.append(Earlier(str(path.parent.relative_to(results)), str(story["title"] or story["scenario"]),
                                 str(story["question"]), str(manifest["command"]), str(manifest["created"]),
                                 path.with_name("report.html").is_file()))  # fmt: skip
        except (OSError, SettingsError, KeyError, TypeError):
            continue
    return sorted(found, key=lambda one: one.created, reverse=True)[:MOST_EARLIER]
