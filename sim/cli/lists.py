"""The commands that only print: `scenarios`, `presets`, `experiments`, `trials`, `help`."""


def scenarios(_: list[str]) -> int:
    """Print each scenario with its question."""
    from sim.lab.settings import help_text

    print(help_text.scenario_list())
    return 0


def presets(_: list[str]) -> int:
    """Print each preset of hosts, venues, people and products in a line."""
    from sim.lab.settings import presets

    print(presets.listing())
    return 0


def experiments(_: list[str]) -> int:
    """Print each experiment with its question."""
    from sim.lab.settings import experiments

    print(experiments.listing())
    return 0


def trials(_: list[str]) -> int:
    """Print each trial with its question."""
    from sim.lab.trials import files

    print(files.listing())
    return 0


def manual(topics: list[str]) -> int:
    """Print the manual, or the numbers behind the mechanisms."""
    from sim.lab.settings import help_text

    print(help_text.parameter_list() if topics == ["params"] else help_text.manual())
    return 0
