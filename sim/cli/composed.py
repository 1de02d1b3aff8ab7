"""What `--cfg job` and `--info` print: the settings of a run, and the files that they were composed of."""

from collections.abc import Sequence
from typing import Any

import yaml
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode

from sim.cli import compose
from sim.lab.runs.headline import aligned
from sim.lab.settings import config, folders, keys
from sim.lab.settings.errors import SettingsError


def settings(texts: Sequence[str], package: str | None = None) -> str:
    """Return all settings of a run as YAML, or those of a group. Raises `SettingsError` if they cannot be run."""
    compose.refuse_twice(texts)
    tree = compose.composed(texts)
    config.experiment(tree)
    if package is None:
        return text_of(tree)
    found: Any = tree
    for name in package.split("."):
        known = found if isinstance(found, dict) else {}
        if name not in known:
            raise SettingsError(f"--package {package}: there is no group {name}{keys.hint(name, list(known))}")
        found = known[name]
    return f"# @package {package}\n{text_of(found)}"


def text_of(tree: Any) -> str:
    """Return a tree as YAML."""
    text: str = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
    return text.removesuffix("...\n")


def origin(texts: Sequence[str], kind: str) -> str:
    """Return the folders that are searched, the files that were read, and the settings that they give."""
    compose.refuse_twice(texts)
    compose.composed(texts)  # checked, before Hydra reads it
    searched = ["Folders that are searched", *(f"  {folder}" for folder in (folders.built_in(), *folders.own()))]
    parts = {"searchpath": searched, "defaults": files(texts)}
    if kind in parts:
        return "\n".join([*parts[kind], ""])
    return "\n".join([*searched, "", *parts["defaults"], "", "Settings", settings(texts)])


def files(texts: Sequence[str]) -> list[str]:
    """Return the files that were read, in order: a later one overrides what an earlier one sets."""
    chosen = compose.sorted_out(texts).choices
    named = {"scenario": "null"} | chosen if "profile" in chosen else chosen
    choices = [f"{group}={name}" for group, name in named.items()]
    with compose.hydra_at_work():
        hydra = GlobalHydra.instance().hydra
        assert hydra is not None
        found = hydra.config_loader.compute_defaults_list("config", [*choices, *compose.search_path()], RunMode.RUN)
    ours = [one for one in found.defaults if not one.config_path.startswith("hydra/")]
    rows = [("file", "read into", "named by"), *((one.config_path, one.package or "(all)", one.parent) for one in ours)]
    return ["Files, the later ones override", *(f"  {line}" for line in aligned(rows))]
