"""Vectors of behaviour: values of parameters that differ from the declared defaults, one vector or a set.

A set holds values that the evidence allows. Runs that draw from it differ in random draws and in behaviour, so their
intervals cover both. All arms of a replicate share its vector, so pairs stay pairs.

A file is YAML with one vector, or CSV with one line for each vector and one column for each parameter by its dotted
name (`bonding.replied`). A column `vector` numbers them; parameters that a file does not name keep their defaults.
"""

import os.path
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sim.lab.settings import folders, keys
from sim.lab.settings.errors import SettingsError, refuse_if_any, said_of
from sim.lab.settings.messages import shown
from sim.lab.settings.read_yaml import read_csv, read_yaml
from sim.world.parameters import Declared

Vector = dict[str, float]
AUTO, DECLARED, PLAUSIBLE = "auto", "declared", "plausible"
ABOVE = "params."
NUMBER = "vector"  # the column that numbers them


class VectorSet(NamedTuple):
    """Vectors, with the name of their set or file."""

    name: str
    vectors: tuple[Vector, ...]

    def of(self, replicate: int) -> int:
        """Return the number of a replicate's vector: replicates take turns."""
        return replicate % len(self.vectors)

    @property
    def differs(self) -> bool:
        """Whether some vector differs from the declared defaults."""
        return any(self.vectors)


ONLY_DECLARED = VectorSet(DECLARED, ({},))


def chosen(name: str) -> VectorSet:
    """Return the set that all but trials draw from: the same, so that a base has one size on all pages."""
    return load(PLAUSIBLE if name == AUTO else name)


def load(name: str) -> VectorSet:
    """Return a set by its name or its file. Raises `SettingsError` if there is none, or it is wrong."""
    if name == DECLARED:
        return ONLY_DECLARED
    sets = folders.files(folders.VECTORS)
    path = sets.get(name, Path(name))
    if not os.path.isfile(path):
        raise SettingsError(
            f"vectors={name}: there is neither such a set ({', '.join([DECLARED, *sets])}) nor such a file"
        )
    return VectorSet(name, tuple(read(path, f"vectors={name}")))


def read(path: Path, what: str) -> list[Vector]:
    """Return the vectors of a file (`what`, in messages): at least one, each number in its declared range."""
    tree = None if path.suffix == ".csv" else read_yaml(path, what)
    with said_of(what):
        found = _table(path) if path.suffix == ".csv" else []
        if isinstance(tree, dict):
            found = [{key.removeprefix(ABOVE): _number(key, value) for key, value in keys.flat(tree)}]
    wrong = (line for vector in found for key, value in vector.items() if (line := wrong_in(key, value)))
    refuse_if_any(f"{what}: {line}" for line in wrong)
    if not found:
        raise SettingsError(f"{what}: the file holds no vector")
    return found


def _table(path: Path) -> list[Vector]:
    header, *lines = read_csv(path) or [[]]
    twice = [name for place, name in enumerate(header) if name in header[:place]]
    if twice:
        raise SettingsError(f"the header names {twice[0]} twice")
    for number, line in enumerate(lines, start=2):
        if len(line) > len(header):
            raise SettingsError(f"line {number} has {len(line)} cells, and the header {len(header)}")
    return [
        {key: _number(key, value) for key, value in zip(header, line, strict=False) if key != NUMBER and value}
        for line in lines
        if line
    ]


def _number(key: str, value: Any) -> float:
    try:
        if not isinstance(value, bool):
            return float(value)
    except (TypeError, ValueError):
        pass
    raise SettingsError(f"{key}={shown(value)} is not a number")


def wrong_in(key: str, value: float) -> str | None:
    """Return what is wrong with an entry of a vector, or nothing."""
    row: Declared | None = keys.declarations().get(f"{ABOVE}{key}")
    if row is None:
        return f"{key} is not a parameter of behaviour"
    return None if row.low <= value <= row.high else f"{key}={value:g} is out of range: {row.low:g} to {row.high:g}"


def changed(parameters: Mapping[str, Any], vector: Mapping[str, float], fixed: Sequence[str] | frozenset[str]) -> Any:
    """Return the mechanisms' blocks with a vector's values, except for parameters that were set by name (`fixed`)."""
    found = dict(parameters)
    for key, value in vector.items():
        if key not in fixed:
            block, _, name = key.rpartition(".")
            found[block] = found[block]._replace(**{name: value})
    return found
