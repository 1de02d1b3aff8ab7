"""Memory and time that a job needs, estimated before anything is run.

The bytes were measured with 200,000 people. A world takes about 650 bytes for each person and venue after two months,
and 1,000 after two years, because threads, replies and bonds gather. A finished replicate keeps its table of people
until the folder is written: 150 to 480 bytes for each person and venue. The 300 MB of a process without people are left
out, so that a job is refused only if it cannot fit. The times were measured with 300 to 20,000 people, on one core of a
machine that did nothing else. Of more people each takes longer: three times as long with 100,000.
"""

import math
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, cast

from sim.lab.runs.fork import FORKS
from sim.lab.runs.jobs import Job
from sim.lab.settings.errors import SettingsError

A_WORLD, A_TABLE = (650.0, 0.5), (150.0, 0.45)  # bytes a person and venue, and what each day adds to them
GROWTH = 730  # days; later, what is new takes the place of what is forgotten
A_DAY = 1.5e-4  # seconds, whoever is there
NANOSECONDS = 150.0  # of a customer's day on the default scenario
REPORT = 5.0  # seconds, to begin and to draw
EMPTY = 0.4  # of a day's time, where nobody comes: in a twin without a community
LONG = 300.0  # seconds: shorter runs are not announced
ONE_BY_ONE = {"trial": 2, "tornado": 3, "passport": 3}  # worlds at a time, of tasks that say how many they live
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # of a container


class Demand(NamedTuple):
    """How many people a job has, in how many worlds."""

    people: int
    days: int
    venues: int
    worlds: int  # at a time in each process: arms, and one that parts from one of them
    workers: int
    kept: int = 0  # arms times replicates, where their people's tables are kept until the end

    def memory(self) -> float:
        """Return about how many bytes it needs, the processes themselves left out."""
        worlds, tables = (first + more * min(self.days, GROWTH) for first, more in (A_WORLD, A_TABLE))
        return self.people * self.venues * (self.workers * self.worlds * worlds + self.kept * tables)


def of_job(job: Job, workers: int) -> Demand:
    """Return what a job demands."""
    made = job.experiment
    arms, venues = 1 + len(job.alternatives), 1 + len(made.venues)
    if job.kind in ONE_BY_ONE:
        return Demand(made.people, made.days, venues, ONE_BY_ONE[job.kind], workers)
    twins = int(made.host_off_day is not None)
    return Demand(made.people, made.days, venues, arms + twins, workers, arms * len(job.tasks))


def seconds(job: Job, workers: int) -> float:
    """Return about how long a job takes: every arm, and the worlds that part from it; a trial has worlds of its own."""
    made = job.experiment
    parted = len(FORKS[made.fork]) if made.host_off_day is not None else 0
    days = made.days * (1.0 + EMPTY * made.twin) + parted * (made.days - (made.host_off_day or 0))
    worlds = cast("Any", job.tasks[0]).worlds if job.kind in ONE_BY_ONE else 1 + len(job.alternatives)
    work = days * (made.people * NANOSECONDS * 1e-9 + A_DAY) * worlds
    return work * math.ceil(len(job.tasks) / workers) + REPORT


def announce(job: Job, workers: int) -> None:
    """Refuse a job that needs more memory than there is, and announce how long it takes if that is long."""
    refuse_too_large(of_job(job, workers))
    if (length := seconds(job, workers)) > LONG:
        print(f"barnraise: this takes {duration(length)} or more with workers={workers}", file=sys.stderr)


def refuse_too_large(asked: Demand) -> None:
    """Refuse what needs more memory than there is, and say what would help."""
    needed, there = asked.memory(), limit()
    if needed <= there:
        return
    fits = max(1, int(asked.people * 0.9 * there / needed))  # the tenth is for the processes themselves
    advice = [f"people={fits - fits % 10 ** max(0, len(str(fits)) - 2)}"]
    if asked.workers > 1 and asked._replace(workers=1).memory() <= there:
        advice.append("workers=1")
    if asked.kept > 1 and asked._replace(kept=asked.kept // 2).memory() <= there:
        advice.append("fewer replicates")
    raise SettingsError(
        f"people={asked.people} needs about {short(needed / 1e9)} GB of memory with workers={asked.workers}, and this "
        f"machine has {short(there / 1e9)} GB; try {' or '.join(advice)}"
    )


def limit() -> float:
    """Return how many bytes of memory this machine or container has; infinite if the system does not say."""
    found = [math.inf]
    with suppress(AttributeError, OSError, ValueError):
        found.append(float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES"))
    for path in LIMITS:
        with suppress(OSError, ValueError):  # there is no such file, or it says "max"
            found.append(float(Path(path).read_text(encoding="ascii")))
    return min(size for size in found if size > 0.0)


def duration(length: float) -> str:
    """Return a time in words."""
    for unit, factor in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if length >= 2 * factor:
            return f"about {short(length / factor)} {unit}"
    return f"about {max(1, round(length))} s"


def short(value: float) -> str:
    """Return a number with two digits, or as a whole one."""
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"
