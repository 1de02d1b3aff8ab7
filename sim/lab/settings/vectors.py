"""Vectors of behaviour: what differs from the declared defaults of the parameters, alone or as a set.

A set stands for what the evidence leaves open. Runs that draw from it differ in chance and in behaviour, so that their
intervals speak of both; all arms of a replicate share its vector, so that pairs stay pairs.

A file is YAML with one vector, or CSV with a line a vector and a column a parameter by dotted name (`bonding.replied`;
a column `vector` numbers them, and what a set does not name is as declared).
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sim.lab.settings import keys, scenarios
from sim.lab.settings.errors import SettingsError
from sim.world.parameters import Declared

Vector = dict[str, float]
AUTO, DECLARED, PLAUSIBLE = "auto", "declared", "plausible"
ABOVE = "params."
NUMBER = "vector"  # the column that numbers them


class VectorSet(NamedTuple):
    """Vectors under the name by which they were asked for."""

    name: str
    vectors: tuple[Vector, ...]

    def of(self, replicate: int) -> int:
        """Return which vector a replicate has: they take turns."""
        return replicate % len(self.vectors)

    @property
    def differs(self) -> bool:
        """Some vector is not that of the declared defaults."""
        return any(self.vectors)


ONLY_DECLARED = VectorSet(DECLARED, ({},))


def chosen(name: str, compares: bool) -> VectorSet:
    """Return the set that a run or a comparison draws from.

    Raises
    ------
    SettingsError
        If there is none of this name, or it is wrong.
    """
    if name == AUTO:
        name = PLAUSIBLE if compares and (folder() / f"{PLAUSIBLE}.csv").is_file() else DECLARED
    return load(name)


def refuse(name: str, what: str) -> None:
    """Refuse a set where only the declared defaults are run.

    Raises
    ------
    SettingsError
        If another one is asked for.
    """
    if name not in (AUTO, DECLARED):
        raise SettingsError(f"vectors={name} belongs to a run or a comparison: {what} runs on the declared defaults")


def folder() -> Path:
    """Return where the sets are that come along: not `vectors`, which Hydra would take for a group of choices."""
    return scenarios.conf_folder() / "vector_sets"


def load(name: str) -> VectorSet:
    """Return a set by its name or its file.

    Raises
    ------
    SettingsError
        If there is none, or it is wrong.
    """
    if name == DECLARED:
        return ONLY_DECLARED
    shipped = folder() / f"{name}.csv"
    return VectorSet(name, tuple(read(shipped if shipped.is_file() else Path(name), name)))


def read(path: Path, name: str | None = None) -> list[Vector]:
    """Return the vectors of a file.

    Parameters
    ----------
    name
        What a message calls it.

    Raises
    ------
    SettingsError
        If it can't be read, holds no vector, or a number in it is unknown or out of its range.
    """
    name = name or str(path)
    if not path.is_file():
        known = ", ".join([DECLARED, *sorted(file.stem for file in folder().glob("*.csv"))])
        raise SettingsError(f"vectors={name}: there is neither such a set ({known}) nor such a file")
    try:
        found = _table(path) if path.suffix == ".csv" else _tree(path)
    except (ValueError, yaml.YAMLError) as error:
        raise SettingsError(f"vectors={name}: {' '.join(str(error).split())}") from None
    wrong = [line for vector in found for key, value in vector.items() if (line := wrong_in(key, value))]
    if not found:
        wrong.append("the file holds no vector")
    if wrong:
        raise SettingsError(*(f"vectors={name}: {line}" for line in dict.fromkeys(wrong)))
    return found


def _table(path: Path) -> list[Vector]:
    with path.open(newline="", encoding="utf-8") as file:
        return [
            {key: float(value) for key, value in line.items() if key != NUMBER and value}
            for line in csv.DictReader(file)
        ]


def _tree(path: Path) -> list[Vector]:
    tree: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(tree, dict):
        return []
    return [{key.removeprefix(ABOVE): float(value) for key, value in keys.flat(tree)}]


def wrong_in(key: str, value: float) -> str | None:
    """Return what is wrong with an entry of a vector, or nothing."""
    row: Declared | None = keys.declarations().get(f"{ABOVE}{key}")
    if row is None:
        return f"{key} is no parameter of behaviour"
    return None if row.low <= value <= row.high else f"{key}={value:g} is out of range: {row.low:g} to {row.high:g}"


def changed(parameters: Mapping[str, Any], vector: Mapping[str, float], fixed: Sequence[str] | frozenset[str]) -> Any:
    """Return the mechanisms' blocks under a vector, but for the parameters that were set by name (`fixed`)."""
    found = dict(parameters)
    for key, value in vector.items():
        if key not in fixed:
            block, _, name = key.rpartition(".")
            found[block] = found[block]._replace(**{name: value})
    return found
