"""The commands that only print: `scenarios`, `presets`, `experiments`, `trials`, `help`."""

from collections.abc import Callable


def scenarios() -> int:
    """Print each scenario with its question."""
    from sim.lab.settings import listing

    print(listing.scenarios())
    return 0


def presets() -> int:
    """Print each preset of hosts, venues, people and products in a line."""
    from sim.lab.settings import presets

    print(presets.listing())
    return 0


def experiments() -> int:
    """Print each experiment with its question."""
    from sim.lab.settings import experiments

    print(experiments.listing())
    return 0


def trials() -> int:
    """Print each trial with its question."""
    from sim.lab.settings import listing

    print(listing.trials())
    return 0


def settings() -> str:
    """Return all settings with unit, range and default."""
    from sim.lab.settings import help_text

    return help_text.setting_list()


def params() -> str:
    """Return the numbers behind the mechanisms."""
    from sim.lab.settings import help_text

    return help_text.parameter_list()


TOPICS: dict[str, Callable[[], str]] = {"settings": settings, "params": params}
