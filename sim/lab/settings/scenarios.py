"""Scenarios: files of `conf/scenario/`, each a story, a question, an essay's claim and the settings that differ."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

import sim
from sim.lab.settings import keys
from sim.lab.settings.config import TOP
from sim.lab.settings.errors import SettingsError


class Story(NamedTuple):
    """What a scenario is about, in words."""

    name: str
    title: str
    story: str
    question: str
    claim: str


@cache
def conf_folder() -> Path:
    """Return the folder with `config.yaml`: inside the package once installed, beside it in a checkout."""
    package = Path(sim.__file__).parent
    for folder in (package / "conf", package.parent / "conf"):
        if (folder / "config.yaml").is_file():
            return folder.resolve()
    raise SettingsError(f"no conf/config.yaml beside or inside {package}; is the installation complete?")


@cache
def top_defaults() -> keys.Tree:
    """Return what `config.yaml` says, the chosen scenario among it."""
    tree: keys.Tree = yaml.safe_load((conf_folder() / "config.yaml").read_text(encoding="utf-8"))
    listed = tree.pop("defaults")
    return tree | next(entry for entry in listed if isinstance(entry, dict))


def default() -> str:
    """Return the scenario that runs where none is named."""
    return str(top_defaults()["scenario"])


def names() -> list[str]:
    """Return the scenarios there are, the default one first."""
    found = sorted(path.stem for path in (conf_folder() / "scenario").glob("*.yaml"))
    return sorted(found, key=lambda name: name != default())


def path_of(name: str) -> Path:
    """Return a scenario's file.

    Raises
    ------
    SettingsError
        If there is no such scenario.
    """
    if name not in names():
        suggestion = keys.nearest(name, names())
        hint = f"; did you mean {suggestion}?" if suggestion else ""
        raise SettingsError(f"unknown scenario '{name}'{hint} ('barnraise scenarios' lists them)")
    return conf_folder() / "scenario" / f"{name}.yaml"


def read(name: str) -> keys.Tree:
    """Return what a scenario sets.

    A scenario may come from a stranger, so it can neither pull in other files nor reach Hydra's own switches: every key
    has to be a setting.

    Raises
    ------
    SettingsError
        With a line for each wrong key.
    """
    allowed = frozenset(TOP) - {"scenario"}

    def wrong_in(key: str, value: Any) -> list[str]:
        return [line for leaf, _ in keys.flat({key: value}) if (line := keys.unknown(leaf, allowed))]

    return settings_in(path_of(name), f"scenario {name}", wrong_in)


def settings_in(path: Path, what: str, wrong_in: Callable[[str, Any], list[str]]) -> keys.Tree:
    """Return what a file from outside sets, once every entry has been judged.

    Parameters
    ----------
    what
        The file as a message calls it.
    wrong_in
        Returns what is wrong with an entry, a line for each thing.

    Raises
    ------
    SettingsError
        If it cannot be read, holds no settings, or an entry is wrong.
    """
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SettingsError(f"{what}: {' '.join(str(error).split())}") from None
    if not isinstance(tree, dict):
        raise SettingsError(f"{what}: the file holds no settings")
    wrong = [line for key, value in tree.items() for line in wrong_in(str(key), value)]
    if wrong:
        raise SettingsError(*(f"{what}: {line}" for line in wrong))
    return tree


def story(name: str) -> Story:
    """Return a scenario's words."""
    tree = read(name)
    return Story(name, *(" ".join(str(tree.get(field, "")).split()) for field in Story._fields[1:]))
