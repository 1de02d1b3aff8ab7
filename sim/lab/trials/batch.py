"""Trials on many seeds: the workers' tasks, and the folder of results."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.lab.runs import execute, jobs, result_folder, tables
from sim.lab.runs.execute import Done
from sim.lab.runs.jobs import Job
from sim.lab.runs.replicate import seed_of
from sim.lab.settings import inert
from sim.lab.settings.config import Experiment
from sim.lab.settings.messages import shown
from sim.lab.trials import actions
from sim.lab.trials.analysis import Effect, effects
from sim.lab.trials.files import TrialFile
from sim.lab.trials.registry import ACTIONS
from sim.lab.trials.run import TrialRun, check, run_trial
from sim.lab.trials.trial import Trial
from sim.world.world import Settings


class TrialTask(NamedTuple):
    """A worker's task: a trial on one seed, with all its worlds."""

    replicate: int
    seed: int
    trial: Trial
    settings: Settings
    keeps_log: bool

    @property
    def worlds(self) -> int:
        """How many worlds it lives: the twin, and one with all arms in it or one for each arm."""
        return 1 + (len(self.trial.arms) if self.trial.between else 1)

    def run(self) -> "TrialReplicate":
        """Run the trial on this seed."""
        begun = time.perf_counter()
        found = run_trial(self.trial, self.settings, self.seed, self.keeps_log)
        return TrialReplicate(self.replicate, time.perf_counter() - begun, found)


class TrialReplicate(NamedTuple):
    """A finished seed."""

    replicate: int
    seconds: float
    run: TrialRun


def job(made: Experiment, asked: TrialFile, command: str, special: Sequence[str]) -> Job:
    """Return the job of a trial: one task per seed. Raises `SettingsError` if it cannot be run in these settings."""
    trial, settings = asked.trial(), made.settings()
    check(trial, settings)
    tasks = [
        TrialTask(replicate, seed_of(made.seed, replicate), trial, settings, made.log)
        for replicate in range(made.replicates)
    ]
    label = jobs.slug(["trial", asked.name, *special])
    return Job("trial", made, {}, None, command, label, tasks, notes=without_effect(trial, made, special))


def without_effect(trial: Trial, made: Experiment, special: Sequence[str]) -> list[str]:
    """Return a line for each reason why levers set on the command line have no effect, unless an action sets levers."""
    treatments = {use.name for arm in trial.arms for use in arm.does}
    if any(name == "lever" or ACTIONS[name].__module__ != actions.__name__ for name in treatments):
        return []
    names = [name for name in jobs.names_of(special) if not name.startswith("params.")]  # an action may need these
    return inert.lines(names, [made])


def arms(asked: TrialFile) -> dict[str, str]:
    """Return in words what each arm of a trial does."""
    return {
        name: ", ".join(f"{does} {shown(options)}" if options else does for does, options in arm.does.items())
        or "nothing"
        for name, arm in asked.arms.items()
    }


def run(asked_for: Job, asked: TrialFile, plugins: Sequence[str], shows_progress: bool) -> tuple[Done, list[Effect]]:
    """Run a trial on all seeds and write its folder. If it is interrupted, finished seeds are kept."""
    with execute.finished(asked_for, plugins, shows_progress) as (hidden, finish):
        found = effects(asked.trial(), [replicate.run for replicate in finish.finished], asked.association)
        with execute.rescue(hidden, found):
            write_tables(hidden, asked_for, asked, finish.finished, found)
            return Done(result_folder.complete(hidden, asked_for, finish, trial=asked.name), finish), found


def write_tables(
    hidden: Path, done: Job, asked: TrialFile, finished: Sequence[TrialReplicate], found: Sequence[Effect]
) -> None:
    """Write the effects, the people enrolled, and the event log if it was requested."""
    result_folder.write_csv(hidden / "effects.csv", [effect._asdict() for effect in found])
    enrolled = tables.table(
        ({"replicate": one.replicate}, one.run.rows | {"arm": np.asarray(one.run.arms)[one.run.rows["arm"]]})
        for one in finished
    )
    result_folder.write_parquet(hidden / "enrolled.parquet", enrolled)
    result_folder.write_csv(hidden / "parameters.csv", result_folder.parameters(done.experiment))
    result_folder.write_yaml(hidden / "trial.yaml", asked.model_dump(mode="json"))
    if done.experiment.log:
        venues = [setup.name for setup in done.experiment.settings().setups]
        logs = tables.table(
            ({"world": name, "replicate": one.replicate}, tables.named(log, venues))
            for one in finished
            for name, log in one.run.logs.items()
        )
        result_folder.write_parquet(hidden / "events.parquet", logs)
