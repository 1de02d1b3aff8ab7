"""What a run, a comparison or a trial would do: the text of `--dry-run`. Nothing is run, and nothing written."""

from collections.abc import Mapping
from pathlib import Path

from sim.lab.runs import demands, parallel
from sim.lab.runs.headline import aligned
from sim.lab.runs.jobs import Job, Request
from sim.lab.runs.replicate import BASE
from sim.lab.settings import keys
from sim.lab.settings.messages import plural, shown

SHOWN = 6  # settings of an arm


def text(job: Job, arms: Mapping[str, str]) -> str:
    """Return what would be run, and what it needs. Raises `SettingsError` if this machine has no memory for it."""
    made = job.experiment
    workers = parallel.processes(made.workers, len(job.tasks))
    needed = demands.of_job(job, workers)
    demands.refuse_too_large(needed)
    runs, processes = plural(len(job.tasks), "replicate"), plural(workers, "process", "es")
    until = f", arms part on day {job.change_day}" if job.change_day is not None else ""
    silent = f", {made.fork} worlds from day {made.host_off_day} on" if made.host_off_day is not None else ""
    lines = [
        f"{made.title or made.scenario}: {runs} of {plural(len(arms), 'arm')}, {made.days:,} days, "
        f"{made.people:,} customers{until}{silent}",
        *(f"  {line}" for line in aligned(list(arms.items()))),
        f"Estimated: {demands.duration(demands.seconds(job, workers))} on {processes}, "
        f"{demands.short(max(0.1, needed.memory() / 1e9))} GB of memory beside the processes themselves",
        f"Folder: {Path(made.results) / made.scenario}",
        "Nothing was run.",
    ]
    return "\n".join(lines)


def arms(asked: Request) -> dict[str, str]:
    """Return each arm with the settings in which it differs from the base."""
    base = dict(keys.flat(asked.experiment.tree()))
    said = {BASE: " ".join(asked.settings) or "as the scenario has it"}
    for name, made in asked.alternatives.items():
        own = keys.flat({group: made.tree()[group] for group in (*keys.LEVERS, "venues", "params")})
        differing = [f"{key}={shown(value)}" for key, value in own if base.get(key) != value]
        more = [f"and {len(differing) - SHOWN} more"] if len(differing) > SHOWN else []
        said[name] = " ".join([*differing[:SHOWN], *more]) or "no setting differs from the base"
    return said
