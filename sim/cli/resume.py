"""The command `resume`: run the missing runs of a sweep and, with `--failed`, repeat those that failed."""

from collections.abc import Sequence


def run(words: Sequence[str], command: str, retries: bool) -> int:
    """Run the missing runs of a sweep, and report its results."""
    from sim.cli import overrides, sweep_folder
    from sim.lab.sweeps import session

    folder, rest = sweep_folder.split("resume", words)
    engine = overrides.engine_of(rest)
    outcome = session.resume(folder, engine, command, retries)
    return sweep_folder.conclude(outcome, is_part=engine.shard is not None)
