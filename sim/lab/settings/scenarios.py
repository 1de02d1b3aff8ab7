"""Scenarios: files of `conf/scenario/`, each with a story, a question, an essay's claim, presets, and what differs.

A scenario is a defaults list in Hydra's sense: it chooses presets (`override /host: half_time`) and then sets the few
levers that are its point. The words about it (`about:`) are no setting: who asks, what the essays predict, which levers
are worth trying, and the contrast that the gallery keeps.
"""

from functools import cache
from typing import Any, NamedTuple

from sim.lab.settings import folders, keys, presets, read_yaml
from sim.lab.settings.config import TOP
from sim.lab.settings.errors import said_of
from sim.lab.settings.settings_file import file_of, settings_in

HEADER = "# @package _global_"
DEFAULTS = "defaults"
EXPECTS = ("more", "less", "same")  # of the outcome in the first alternative, against the scenario as it is


class About(NamedTuple):
    """What a scenario is for: its readers, what the essays predict, and the contrast that shows whether it holds."""

    asks: str  # who asks the question
    predicts: str
    levers: tuple[str, ...]  # worth trying
    outcome: str
    expects: str
    alternatives: dict[str, str]  # the first one is the contrast


@cache
def top_defaults() -> keys.Tree:
    """Return the settings in `config.yaml`, with its choice of a scenario."""
    tree: keys.Tree = read_yaml.read_yaml(folders.built_in() / "config.yaml")
    (chosen,) = (entry for entry in tree.pop(DEFAULTS) if isinstance(entry, dict) and "scenario" in entry)
    return tree | chosen


def default() -> str:
    """Return the scenario that runs if none is named."""
    return str(top_defaults()["scenario"])


def names() -> list[str]:
    """Return the names of all scenarios, the default first."""
    return sorted(folders.files("scenario"), key=lambda name: name != default())


def read(name: str) -> keys.Tree:
    """Return a scenario's settings, its presets aside. It can't reach other files or Hydra's switches."""
    return {key: value for key, value in _checked(name).items() if key not in (DEFAULTS, presets.ABOUT)}


def about(name: str) -> About | None:
    """Return the words about a scenario, or nothing where its file has none, as somebody's own may."""
    words = _checked(name).get(presets.ABOUT)
    if words is None:
        return None
    asks, predicts, outcome, expects = (
        " ".join(str(words.get(word, "")).split()) for word in ("asks", "predicts", "outcome", "expects")
    )
    return About(asks, predicts, tuple(words.get("levers", ())), outcome, expects, dict(words.get("alternatives", {})))


def chosen(name: str) -> dict[str, str]:
    """Return the presets that a scenario is composed of, by group."""
    entries = [entry for entry in _checked(name).get(DEFAULTS, []) if isinstance(entry, dict)]
    return {key.removeprefix("override /"): str(choice) for entry in entries for key, choice in entry.items()}


def _checked(name: str) -> keys.Tree:
    path, what = file_of("scenario", name, folders.files("scenario"), "scenarios"), f"scenario {name}"
    tree = settings_in(path, what, _wrong, HEADER)
    with said_of(what):
        for entry in tree.get(DEFAULTS, []):
            for group, choice in entry.items() if isinstance(entry, dict) else ():
                presets.read(group.removeprefix("override /"), str(choice))
    return tree


def _wrong(key: str, value: Any) -> list[str]:
    """Return what is wrong with an entry of a scenario's file."""
    if key == DEFAULTS:
        groups = {f"override /{group}" for group in presets.PACKAGES}
        fits = [entry == "_self_" or (isinstance(entry, dict) and set(entry) <= groups) for entry in value or ()]
        if isinstance(value, list) and value and all(fits) and value[-1] == "_self_":
            return []
        return [f"{DEFAULTS} is a list of '- override /host: half_time' and the like, with '- _self_' at its end"]
    if key == presets.ABOUT:
        if isinstance(value, dict) and set(value) <= set(About._fields) and value.get("expects", "same") in EXPECTS:
            return []
        return [f"{key} holds {', '.join(About._fields)}; expects is {', '.join(EXPECTS)}"]
    allowed = frozenset(TOP) - {"scenario"}
    return [line for leaf, _ in keys.flat({key: value}) if (line := keys.unknown(leaf, allowed))]
