"""A sweep without a command of its own: `-m`, `design=`, `experiment=` or `replicates=auto` among the settings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.lab.runs.jobs import quoted
from sim.lab.settings.errors import SettingsError

if TYPE_CHECKING:
    from sim.lab.settings.keys import Tree
    from sim.lab.sweeps.session import Sweep

FLAGS = {"-m", "--multirun", "--dry-run"}
STARTS = ("design", "engine", "experiment", "precision")


def is_sweep(arguments: Sequence[str]) -> bool:
    """Tell whether a command line asks for a sweep."""
    keys = [text.lstrip("+").partition("=")[0] for text in arguments]
    is_adaptive = any(text.lstrip("+").startswith("replicates=auto") for text in arguments)
    return is_adaptive or bool(FLAGS & set(arguments)) or any(key.partition(".")[0] in STARTS for key in keys)


def run(arguments: list[str]) -> int:
    """Run a sweep, or print how large it would be."""
    from sim.cli import compose, overrides, sweep_request

    plugins, settings = compose.plugins_of([text for text in arguments if text not in FLAGS])
    compose.refuse_twice(settings)
    command = f"barnraise {quoted(arguments)}"

    def run_sweep(asked: "Sweep") -> int:
        if "--dry-run" not in arguments:
            return perform(asked, command)
        from sim.lab.sweeps import estimate

        print(estimate.text(asked))
        return 0

    if {"-m", "--multirun"} & set(arguments):
        if "--dry-run" in arguments and any(overrides.is_hydras(text) for text in settings):
            raise SettingsError("--dry-run works with Barnraise's own sweeper: leave out hydra/sweeper and hydra.")
        sweeper = sweep_request.Sweeper(run_sweep, lambda tree: run_job(tree, command, plugins), plugins)
        found = sweep_request.multirun(settings, sweeper)
        return found if isinstance(found, int) else 0
    return run_sweep(sweep_request.single(settings, plugins))


def perform(asked: "Sweep", command: str) -> int:
    """Run a sweep and report its results."""
    from sim.cli import sweep_folder
    from sim.lab.sweeps import session

    metrics = asked.design.options.get("metrics")
    return sweep_folder.conclude(session.run(asked, command), asked.engine.shard is not None, metrics)


def run_job(tree: "Tree", command: str, plugins: Sequence[str]) -> str:
    """Run one job of Hydra's stock sweeper as an ordinary run, with its own folder."""
    from sim.lab.runs import execute, jobs
    from sim.lab.runs.jobs import Request
    from sim.lab.settings import config

    job = jobs.job(Request(config.experiment(tree), {}, {}, None, []), command)
    folder = execute.perform(job, plugins, shows_progress=False).folder
    print(folder, flush=True)
    return str(folder)
