"""How every file of settings is read: each may come from a stranger (docs/security.md)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from sim.lab.settings import folders, keys, read_yaml
from sim.lab.settings.errors import SettingsError, refuse_if_any

WHERE = {  # what says where and by what a run is done, not what the world is
    "results": "it says where results are written",
    "workers": "it says how many processes run",
    "engine.address": "runs are sent to that address, and what comes back can run code",
    "engine.workers": "it says how many processes run",
    "engine.shard": "it says which part of a sweep this machine runs",
    "design.top_of": "it names a folder of results to read",
}


def file_of(kind: str, name: str, known: Mapping[str, Path], listed_by: str = "") -> Path:
    """Return the file of a name. Raises `SettingsError` if there is none, with a similar name and where others are."""
    if name in known:
        return known[name]
    longer = next((f"; did you mean {other}?" for other in known if other.startswith(name)), "")
    if not listed_by:
        all_of_them = f": {', '.join(known)}"
        raise SettingsError(f"unknown {kind} '{name}'{keys.hint(name, known, longer or all_of_them)}")
    own = "" if folders.own() else "; -cd DIR finds your own"
    raise SettingsError(
        f"unknown {kind} '{name}'{keys.hint(name, known, longer)} ('barnraise {listed_by}' lists them{own})"
    )


def settings_in(
    path: Path, what: str, wrong_in: Callable[[str, Any], Iterable[str]], header: str | None = None
) -> keys.Tree:
    """Return the settings in a file (`what`, in messages). `wrong_in` returns what is wrong with an entry of it.

    The file begins with the `header` for Hydra, and with no other.
    """
    tree = read_yaml.read_yaml(path, what)
    if not isinstance(tree, dict):
        raise SettingsError(f"{what}: the file holds no settings")
    wrong = (line for key, value in tree.items() for line in list(misplaced(key, value)) or wrong_in(key, value))
    refuse_if_any(f"{what}: {line}" for line in wrong)
    if headers(path) != [header] * bool(header):
        how = f"with the line '{header}'" if header else "without an instruction to Hydra (# @...)"
        raise SettingsError(f"{what}: the file has to begin {how}")
    return tree


def misplaced(key: str, value: Any) -> Iterator[str]:
    """Yield what no file may set: a file says what the world is, the command line says where things go."""
    for name in dotted(key, value):
        yield f"{name}: write '{name.partition('.')[0]}:', and the rest indented below it"
    for leaf, content in keys.flat({key: value}):
        if leaf in WHERE:
            yield f"{leaf} belongs on the command line, not in a file: {WHERE[leaf]}"
        if content == "???":
            yield f"{leaf}: ??? is not a value; leave the setting out for its default"
        if leaf == "vectors" and content not in (sets := ["auto", "declared", *folders.files(folders.VECTORS)]):
            yield f"vectors={content} belongs on the command line: a file can only name {', '.join(sets)}"
        if leaf == "design.file" and (Path(str(content)).is_absolute() or ".." in Path(str(content)).parts):
            yield f"design.file={content} belongs on the command line: a file can name files below the working folder"


def dotted(key: str, value: Any) -> Iterator[str]:
    """Yield the names with a dot, which Hydra takes for names like any other. Factors of a design are written so."""
    if "." in key:
        yield key
    if isinstance(value, dict) and key != "design":
        yield from (name for inner, content in value.items() for name in dotted(inner, content))


def headers(path: Path) -> list[str]:
    """Return the lines at the top of a file that Hydra reads as instructions, such as `# @package _global_`."""
    lines = [line.strip() for line in read_yaml.read_text(path).splitlines() if line.strip()]
    return list(takewhile(lambda line: line.startswith("#") and line[1:].lstrip().startswith("@"), lines))
