"""A sweep, which is a run with `-m`, `design=`, `experiment=` or `replicates=auto` among the settings."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.lab.settings.errors import SettingsError

if TYPE_CHECKING:
    from sim.cli.front import Asked
    from sim.lab.settings.keys import Tree
    from sim.lab.sweeps.session import Sweep


def is_sweep(settings: Sequence[str]) -> bool:
    """Tell whether settings are a sweep, without `-m`."""
    return any(re.match(r"\+*(replicates=auto|(design|engine|experiment|precision)[.=])", text) for text in settings)


def run(asked: "Asked", is_multirun: bool) -> int:
    """Run a sweep, or print how large it would be."""
    from sim.cli import hydra_flags, sweep_folder, sweep_request
    from sim.lab.sweeps import estimate, session

    def run_sweep(sweep: "Sweep") -> int:
        if asked.is_dry:
            print(estimate.text(sweep))
            return 0
        done = session.run(sweep, asked.command)
        return sweep_folder.conclude(done, sweep.engine.shard is not None, sweep.design.options.get("metrics"))

    if is_multirun:
        if asked.is_dry and any(hydra_flags.is_hydras(text) for text in asked.settings):
            raise SettingsError("--dry-run works with Barnraise's own sweeper: leave out hydra/sweeper and hydra.")
        sweeper = sweep_request.Sweeper(run_sweep, lambda tree: run_job(tree, asked), asked.plugins)
        found = sweep_request.multirun(asked.settings, sweeper)
        return found if isinstance(found, int) else 0
    return run_sweep(sweep_request.single(asked.settings, asked.plugins))


def run_job(tree: "Tree", asked: "Asked") -> str:
    """Run one job of Hydra's stock sweeper as an ordinary run, with its own folder."""
    from sim.lab.runs import execute, jobs
    from sim.lab.runs.jobs import Request
    from sim.lab.settings import config

    job = jobs.job(Request(config.experiment(tree), {}, {}, None, []), asked.command)
    folder = execute.perform(job, asked.plugins, shows_progress=False).folder
    print(folder, flush=True)
    return str(folder)
