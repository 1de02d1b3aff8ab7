"""The command `aggregate`: write the tables and figures of a sweep again."""


def run(arguments: list[str]) -> int:
    """Write the tables and figures of a sweep again, and print its results."""
    from sim.cli import sweep_folder

    folder, rest = sweep_folder.split(arguments, "aggregate")
    sweep_folder.values(rest, "aggregate", ())
    sweep_folder.report(folder)
    print(folder)
    return 0
