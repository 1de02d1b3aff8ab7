"""The command `resume`: run the missing runs of a sweep and, with `--failed`, repeat those that failed."""


def run(arguments: list[str]) -> int:
    """Run the missing runs of a sweep, and report its results."""
    from sim.cli import overrides, sweep_folder
    from sim.lab.runs.jobs import quoted
    from sim.lab.sweeps import session

    folder, rest = sweep_folder.split([text for text in arguments if text != "--failed"], "resume")
    engine = overrides.engine_of(rest)
    command = f"barnraise resume {quoted(arguments)}"
    outcome = session.resume(folder, engine, command, retries="--failed" in arguments)
    return sweep_folder.conclude(outcome, is_part=engine.shard is not None)
