"""Lists of what can be run by its name. They read titles only: a list should not load what a run needs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.lab.settings import folders
from sim.lab.settings.errors import SettingsError, printable
from sim.lab.settings.read_yaml import read_yaml

YOUR_OWN = "Others"


def scenarios() -> str:
    """Return the scenarios with title and question, by who asks; the default scenario comes first."""
    defaults = read_yaml(folders.built_in() / "config.yaml")["defaults"]
    first = [entry["scenario"] for entry in defaults if isinstance(entry, dict) and "scenario" in entry]
    files = folders.files("scenario")
    groups: dict[str, list[str]] = {}
    for name in sorted(files, key=lambda name: name not in first):
        tree = read(files[name], f"scenario {name}")
        about = tree.get("about") if isinstance(tree, dict) else None
        who = f"Asked by {about['asks']}" if isinstance(about, dict) and "asks" in about else YOUR_OWN
        groups.setdefault(who, []).append(entry(name, tree, 20))
    parts = ["\n".join([who, "", *lines, ""]) for who, lines in groups.items()]
    return "\n".join([*parts, "Run one with: barnraise scenario=NAME"])


def trials() -> str:
    """Return the trials with title and question."""
    return text(folders.files("trial"), "trial", 24, "barnraise trial trial=NAME")


def text(files: Mapping[str, Path], kind: str, width: int, command: str) -> str:
    """Return the title and question of each file, and the command that runs one."""
    lines = [entry(name, read(path, f"{kind} {name}"), width) for name, path in files.items()]
    return "\n".join([*lines, "", f"Run one with: {command}"])


def read(path: Path, what: str) -> dict[str, Any] | SettingsError:
    """Return a file's settings, or why it cannot be read."""
    try:
        tree = read_yaml(path, what)
    except SettingsError as error:
        return error
    return tree if isinstance(tree, dict) else SettingsError(f"{what}: the file holds no settings")


def entry(name: str, tree: dict[str, Any] | SettingsError, width: int) -> str:
    """Return the title and question of a file in two lines, or in one why it cannot be read."""
    if isinstance(tree, SettingsError):
        return f"{printable(name):<{width}} cannot be read: {tree.lines[0]}"
    title, question = (printable(" ".join(str(tree.get(word, "")).split())) for word in ("title", "question"))
    return f"{printable(name):<{width}} {title}\n{'':<{width}} {question}"
