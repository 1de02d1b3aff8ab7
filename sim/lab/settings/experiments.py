"""Experiments: folders `experiments/NN_question/`, each with a prediction and a file that fixes the whole design.

The working folder's `experiments/` come first, then those beside or inside the package. The name `NN_question` means
the folder's `experiment.yaml`; `NN_question/stage` means its `stage.yaml`.
"""

import copy
from pathlib import Path
from typing import Any

from sim.lab.settings import folders, keys, presets, profiles, scenarios, sweep_options
from sim.lab.settings.config import TOP
from sim.lab.settings.errors import SettingsError, printable, said_of
from sim.lab.settings.settings_file import file_of, misplaced, settings_in

FILE = "experiment.yaml"
KIND = "kind"
WORLDS = ("scenario", "profile", *presets.PACKAGES)  # groups of files that say what the world is
GROUPS = (*WORLDS, "design", "engine")  # chosen in an experiment by a word, or by `kind`


def all_folders() -> list[Path]:
    """Return the folders that hold experiments: here, and beside the configuration."""
    own = (folder / "experiments" for folder in folders.own())
    found = dict.fromkeys((Path("experiments").resolve(), *own, folders.built_in().parent / "experiments"))
    return [folder for folder in found if folder.is_dir()]


def files() -> dict[str, Path]:
    """Return the experiments' files by name, sorted."""
    found: dict[str, Path] = {}
    for folder in all_folders():
        for path in sorted(folder.glob("[0-9]*/*.yaml")):
            if (path.parent / FILE).is_file():
                name = path.parent.name if path.name == FILE else f"{path.parent.name}/{path.stem}"
                found.setdefault(name, path)
    return dict(sorted(found.items()))


def read(name: str) -> keys.Tree:
    """Return an experiment's settings. Like a scenario, it can set settings and pull in no other file."""
    what = f"experiment {name}"
    tree = settings_in(file_of("experiment", name, files(), "experiments"), what, _wrong)
    with said_of(what):
        for group, choice in choices(copy.deepcopy(tree)).items():
            check_choice(group, choice)
    return tree


def check_choice(group: str, choice: str) -> None:
    """Check a file of a group before Hydra reads it: it has to exist, and to hold nothing but what the group sets."""
    if group == "scenario":
        scenarios.read(choice)
    elif group == "profile":
        profiles.read(choice)
    elif group in presets.PACKAGES:
        presets.read(group, choice)
    elif group == "experiment":
        read(choice)
    else:
        path, what = file_of(group, choice, folders.files(group)), f"{group} {choice}"
        settings_in(path, what, lambda key, value: [*_wrong(group, {key: value}), *misplaced(group, {key: value})])


def _wrong(key: str, value: Any) -> list[str]:
    if key in ("profile", "community") or presets.is_choice(key, value):
        return []  # checked with the file that it names
    if isinstance(value, dict) and key in presets.PACKAGES:
        value = {name: content for name, content in value.items() if name != KIND}
    if key in sweep_options.GROUPS:
        names = value if isinstance(value, dict) else ()
        found = [sweep_options.unknown_option(f"{key}.{name}") for name in names]
    else:
        found = [keys.unknown(leaf, frozenset(TOP)) for leaf, _ in keys.flat({key: value})]
    return [line for line in found if line]


def node(name: str) -> keys.Tree:
    """Return an experiment in Hydra's form: a defaults list of its choices, and its settings."""
    tree = read(name)
    chosen = choices(tree)
    rest = {key: value for key, value in tree.items() if isinstance(value, dict) or not is_choice(key, value)}
    return {"defaults": [{f"override /{group}": choice} for group, choice in chosen.items()], **rest}


def choices(tree: keys.Tree) -> dict[str, str]:
    """Return the file of each group that an experiment chooses, and take a `kind` out of its settings."""
    named = {group: tree[group] for group in GROUPS if group in tree}
    found = {
        group: value.pop(KIND, None) if isinstance(value, dict) else value if is_choice(group, value) else None
        for group, value in named.items()
    }
    return {group: str(choice) for group, choice in found.items() if choice is not None}


def is_choice(key: str, value: Any) -> bool:
    """Tell whether a setting chooses a file: a scenario, a profile, a preset, or how a sweep is done."""
    return presets.is_choice(key, value) if key in presets.PACKAGES else key in GROUPS


def listing() -> str:
    """Return each experiment with its question."""
    parts = []
    for name in files():
        try:
            question = " ".join(str(read(name).get("question", "")).split())
        except SettingsError as error:
            question = f"cannot be read: {error.lines[0]}"
        parts.append(f"{printable(name)}\n  {question}")
    return "\n".join(parts) if parts else "There is no folder experiments/ here or in the installation."
