"""The commands of sweeps: run, resume, verify, aggregate, sensitivity."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.lab.runs.jobs import quoted
from sim.lab.settings.errors import SettingsError

if TYPE_CHECKING:
    from sim.lab.settings.keys import Tree
    from sim.lab.sweeps.engine import Outcome
    from sim.lab.sweeps.session import Sweep

FLAGS = {"-m", "--multirun", "--dry-run"}
STARTS = ("design", "engine", "experiment", "precision")


def is_sweep(arguments: Sequence[str]) -> bool:
    """Tell whether a command line is that of a sweep."""
    keys = [text.lstrip("+").partition("=")[0] for text in arguments]
    is_adaptive = any(text.lstrip("+").startswith("replicates=auto") for text in arguments)
    return is_adaptive or bool(FLAGS & set(arguments)) or any(key.partition(".")[0] in STARTS for key in keys)


def run(arguments: list[str]) -> int:
    """Run a sweep, or say what it would be."""
    from sim.cli import compose, overrides, sweep_request

    policy, settings = compose.policy_of([text for text in arguments if text not in FLAGS])
    compose.refuse_twice(settings)
    command = f"barnraise {quoted(arguments)}"

    def run_sweep(asked: "Sweep") -> int:
        return rehearse(asked) if "--dry-run" in arguments else perform(asked, command)

    if {"-m", "--multirun"} & set(arguments):
        if "--dry-run" in arguments and any(overrides.is_hydras(text) for text in settings):
            raise SettingsError("--dry-run is for our own sweeper: leave out hydra/sweeper and hydra.")
        sweeper = sweep_request.Sweeper(run_sweep, lambda tree: run_job(tree, command, policy), policy)
        found = sweep_request.multirun(settings, sweeper)
        return found if isinstance(found, int) else 0
    return run_sweep(sweep_request.single(settings, policy))


def rehearse(asked: "Sweep") -> int:
    """Say what a sweep would be, and run nothing."""
    from sim.lab.sweeps import estimate

    print(estimate.text(asked))
    return 0


def perform(asked: "Sweep", command: str) -> int:
    """Run a sweep and say what came of it."""
    from sim.lab.sweeps import session

    metrics = asked.design.options.get("metrics")
    return conclude(session.run(asked, command), asked.engine.shard is not None, metrics)


def run_job(tree: "Tree", command: str, policy: str | None) -> str:
    """Run one job of Hydra's stock sweeper, as a run of its own with a folder of its own."""
    from sim.lab.runs import execute, jobs
    from sim.lab.runs.jobs import Request
    from sim.lab.settings import config

    job = jobs.job(Request(config.experiment(tree), {}, {}, None, []), command)
    folder = execute.perform(job, policy, shows_progress=False).folder
    print(folder, flush=True)
    return str(folder)


def conclude(outcome: "Outcome", is_part: bool, metrics: Sequence[str] | None = None) -> int:
    """Put tables and figures together, say what came of a sweep, and print its folder last."""
    if outcome.interrupted or is_part:
        print("\n".join(outcome.lines()), file=sys.stderr if outcome.interrupted else sys.stdout)
    else:
        if outcome.lost:
            print(f"worker processes died; {outcome.lost} runs under way were run again", file=sys.stderr)
        outcome = outcome._replace(failed=tell(outcome.folder, metrics))  # in earlier sessions, too
    print(outcome.folder, flush=True)
    if outcome.failed:
        print(f"barnraise: runs that failed: {outcome.failed}; resume does not try them again", file=sys.stderr)
    return int(outcome.code())


def tell(folder: Path, metrics: Sequence[str] | None = None) -> int:
    """Write the tables and figures of a sweep, print what came of it, and return how many runs failed."""
    from sim.lab.sweeps import aggregate, store

    chosen = metrics or store.reopen(folder).design.options.get("metrics") or None
    found = aggregate.aggregate(folder)
    print(aggregate.text(found, chosen), flush=True)
    draw(folder)
    return found.failed


def draw(folder: Path, metrics: Sequence[str] | None = None) -> None:
    """Draw the figures of a sweep, of some outcomes or of those that it is about."""
    from sim.show.sweeps import figures

    figures.draw(folder, metrics)


def resume(arguments: list[str]) -> int:
    """Run what is missing of a sweep."""
    from sim.cli import overrides
    from sim.lab.sweeps import session

    folder, rest = split(arguments, "resume")
    engine = overrides.engine_of(rest)
    outcome = session.resume(folder, engine, f"barnraise resume {quoted(arguments)}")
    return conclude(outcome, is_part=engine.shard is not None)


def verify(arguments: list[str]) -> int:
    """Run a random sample of a sweep again, and compare."""
    from sim.lab.sweeps.verify import verify as verified

    folder, rest = split(arguments, "verify")
    given = values(rest, "verify", ("sample", "seed"))
    seed = whole("seed", given["seed"]) if "seed" in given else None
    found = verified(folder, whole("sample", given.get("sample", "20")), seed=seed)
    print("\n".join(found.lines()))
    print(folder)
    return 1 if found.differences else 0


def aggregate(arguments: list[str]) -> int:
    """Write the tables and figures of a sweep again."""
    folder, rest = split(arguments, "aggregate")
    values(rest, "aggregate", ())
    tell(folder)
    print(folder)
    return 0


def sensitivity(arguments: list[str]) -> int:
    """Say which factors move an outcome, as far as the design supports it."""
    from sim.lab.settings import sweep_options
    from sim.lab.sweeps import sensitivity as analysis

    folder, rest = split(arguments, "sensitivity")
    given = values(rest, "sensitivity", ("metric", "undefined"))
    metrics = [name.strip() for name in given.get("metric", "").split(",") if name.strip()]
    unknown = [line for name in metrics if (line := sweep_options.unknown_metric(name))]
    if unknown:
        raise SettingsError(*unknown)
    undefined = number("undefined", given["undefined"]) if "undefined" in given else None
    found = analysis.sensitivity(folder, metrics or None, undefined=undefined)
    print(analysis.text(found))
    draw(folder, metrics or None)
    print(folder)
    return 0


def split(arguments: list[str], command: str) -> tuple[Path, list[str]]:
    """Return the folder that a command is about, and the rest."""
    if not arguments or "=" in arguments[0] or arguments[0].startswith("-"):
        raise SettingsError(f"{command} takes a sweep's folder: barnraise {command} results/NAME/HASH")
    return Path(arguments[0]), arguments[1:]


def values(arguments: list[str], command: str, names: Sequence[str]) -> dict[str, str]:
    """Return what `name=value` arguments say.

    Raises
    ------
    SettingsError
        If there is another one.
    """
    given = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals or name not in names:
            takes = f"takes {', '.join(f'{known}=' for known in names)} alone" if names else "takes a folder alone"
            raise SettingsError(f"{command} {takes}, and no {argument}")
        given[name] = value
    return given


def whole(name: str, text: str) -> int:
    """Return a number of the command line."""
    if not text.isdecimal():
        raise SettingsError(f"{name}={text} is not a whole number")
    return int(text)


def number(name: str, text: str) -> float:
    """Return a number of the command line that need not be whole."""
    try:
        return float(text)
    except ValueError:
        raise SettingsError(f"{name}={text} is not a number") from None
