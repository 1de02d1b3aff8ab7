"""Lists of what can be run by its name. They read titles only: a list should not load what a run needs."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sim.lab.settings import folders
from sim.lab.settings.errors import SettingsError, printable
from sim.lab.settings.read_yaml import read_yaml

YOUR_OWN = "Others"


def scenarios() -> str:
    """Return the scenarios with title and question, by who asks; the default scenario comes first."""
    defaults = read_yaml(folders.built_in() / "config.yaml")["defaults"]
    first = [entry["scenario"] for entry in defaults if isinstance(entry, dict) and "scenario" in entry]
    files = folders.files("scenario")
    groups: dict[str, dict[str, Path]] = {}
    for name in sorted(files, key=lambda name: name not in first):
        groups.setdefault(_who_asks(files[name]), {})[name] = files[name]
    parts = [f"{who}\n\n{entries(some, 'scenario', 20)}\n" for who, some in groups.items()]
    return "\n".join([*parts, "Run one with: barnraise scenario=NAME"])


def _who_asks(path: Path) -> str:
    """Return the heading under which a scenario is listed. A file that cannot be read says so in its own line."""
    with suppress(SettingsError, AttributeError):
        return f"Asked by {read_yaml(path)['about']['asks']}" if "about" in read_yaml(path) else YOUR_OWN
    return YOUR_OWN


def trials() -> str:
    """Return the trials with title and question."""
    return text(folders.files("trial"), "trial", 24, "barnraise trial trial=NAME")


def text(files: Mapping[str, Path], kind: str, width: int, command: str) -> str:
    """Return the title and question of each file, and the command that runs one."""
    return "\n".join([entries(files, kind, width), "", f"Run one with: {command}"])


def entries(files: Mapping[str, Path], kind: str, width: int) -> str:
    """Return the title and question of each file, or why it cannot be read."""
    lines = []
    for name, path in files.items():
        try:
            tree = read_yaml(path, f"{kind} {name}")
            if not isinstance(tree, dict):
                raise SettingsError(f"{kind} {name}: the file holds no settings")
        except SettingsError as error:
            lines.append(f"{printable(name):<{width}} cannot be read: {error.lines[0]}")
            continue
        title, question = (printable(" ".join(str(tree.get(word, "")).split())) for word in ("title", "question"))
        lines += [f"{printable(name):<{width}} {title}", f"{'':<{width}} {question}"]
    return "\n".join(lines)
