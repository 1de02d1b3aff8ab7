"""Profiles: files of `conf/profile/`, the environments in which the findings were made.

A profile says who is there, what the venue and its host are like, and how long a run is. It cannot set how people
behave: one vector of behaviour holds for all profiles.
"""

import copy
from functools import cache
from typing import Any

from sim.lab.settings import folders, keys, scenarios
from sim.lab.settings.keys import Tree
from sim.lab.settings.settings_file import file_of, settings_in

SIZE = frozenset({"people", "days"})


@cache
def read(name: str) -> Tree:
    """Return a profile's settings. Raises `SettingsError` if there is none, or it sets more than an environment."""
    path, what = file_of("profile", name, folders.files("profile")), f"profile {name}"
    return settings_in(path, what, _wrong, scenarios.HEADER)


def _wrong(key: str, value: Any) -> list[str]:
    lines = []
    for leaf, _ in keys.flat({key: value}):
        if leaf.startswith("params"):
            lines.append(f"{leaf} is behaviour, not environment: one vector of behaviour holds for all profiles")
        elif line := keys.unknown(leaf, SIZE):
            lines.append(line)
    return lines


def tree(name: str) -> Tree:
    """Return all settings of a profile: declared values, its own, and the event log switched on."""
    full: Tree = keys.defaults() | scenarios.top_defaults() | {"scenario": name, "host_off": None, "log": True}
    for key, value in keys.flat(copy.deepcopy(read(name))):
        keys.put(full, key, value)
    return full
