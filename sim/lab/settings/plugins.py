"""Code from outside the package: only the command line names it, and no file can (docs/security.md).

A plugin is a module that registers selectors, actions and outcomes of trials (`sim.lab.trials.registry`) or host
policies (`policies.policy`). One class of a module, `module:Class`, is a plugin as well: a host policy.
"""

from collections.abc import Iterable

from sim.lab.settings import policies
from sim.world.mechanisms.hosting import POLICIES

LOADED: set[str] = set()  # modules


def load(names: Iterable[str]) -> None:
    """Import plugins, each a `module` or a `module:Class`. Raises `SettingsError` for one that cannot be imported."""
    for name in names:
        if ":" in name:
            policies.register(name)
        else:
            policies.imported(name, f"--plugin {name}")
            LOADED.add(name)


def not_loaded(names: Iterable[str]) -> list[str]:
    """Return the options that would load what is not loaded yet."""
    return [" ".join(option(name)) for name in names if name not in LOADED and name not in POLICIES]


def option(name: str) -> tuple[str, str]:
    """Return the words that name a plugin on a command line."""
    return "--policy" if ":" in name else "--plugin", name
