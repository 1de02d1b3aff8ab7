"""The rows' files: `experiments/validation/` in the working folder first, then beside or inside the package."""

import re
import runpy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from sim.lab.settings import experiments, profiles
from sim.lab.settings.errors import SettingsError, WorkError
from sim.lab.validation import frozen
from sim.lab.validation.row import Row
from sim.lab.validation.workbench import Bench

Sample = dict[str, float]
Measure = Callable[[Bench, int], Sample]
Nulls = Callable[[], dict[str, Sample]]
Combine = Callable[[list[Sample]], dict[str, tuple[float, float]]]
FITTED, SHUT_AWAY = "fitted", "shut away"
FILE = re.compile(r"([a-z]\d+)_\w+\.py", re.IGNORECASE)


class Entry(NamedTuple):
    """A row with its code.

    `measure` returns the figures of one seed. `combine`, if there is one, works across seeds. `nulls` returns the
    figures of simpler models, by model and target.
    """

    row: Row
    path: Path
    measure: Measure | None
    combine: Combine | None
    nulls: Nulls | None = None
    about: str = ""  # its file's own words: the finding, its source, what was read, the virtual experiment


def files() -> dict[str, Path]:
    """Return the rows' files by row, in the order of letters and numbers."""
    found: dict[str, Path] = {}
    for folder in experiments.all_folders():
        for path in sorted((folder / "validation").glob("*.py")):
            if match := FILE.fullmatch(path.name):
                found.setdefault(match[1].upper(), path)
    return {name: found[name] for name in sorted(found, key=in_order)}


def in_order(name: str) -> tuple[str, int]:
    """Return the sorting key of a row: its letter, then its number."""
    return name[0], int(name[1:])


def load(path: Path) -> Entry:
    """Return a row from its file. Raises `WorkError` if the file cannot be loaded, or is not a valid row."""
    try:
        module = runpy.run_path(str(path), run_name=f"validation_row_{path.stem.lower()}")
    except Exception as error:
        raise WorkError(f"{path}: {type(error).__name__}: {' '.join(str(error).split())}") from error
    row, measure = module.get("ROW"), module.get("measure")
    match = FILE.fullmatch(path.name)
    if not isinstance(row, Row) or match is None or row.id != match[1].upper():
        raise WorkError(f"{path}: it has no ROW whose id is that of the file")
    if (measure is None) != bool(row.missing):
        raise WorkError(f"{path}: a row needs either a function measure or a reason in `missing`, not both")
    if (row.pooling == "together") != ("combine" in module):
        has = "a" if "combine" in module else "no"
        raise WorkError(f"{path}: pooling={row.pooling!r}, but it has {has} function combine")
    return Entry(row, path, measure, module.get("combine"), module.get("nulls"), module.get("__doc__") or "")


def entries(asked: Sequence[str] = (), profile: str | None = None, only: str | None = None) -> list[Entry]:
    """Return the requested rows in order, or all rows; of these, only those that are made in a `profile`, if given.

    With `only=FITTED` no row that is shut away is loaded; with `SHUT_AWAY` these are, beside the requested ones.
    Raises `SettingsError` if there is no such row or profile, or if a requested row is shut away from the fitted.
    """
    if profile is not None:
        profiles.read(profile)  # which has to exist
    known, named, shut = files(), {name.upper() for name in asked}, frozen.shut_away()
    for name in asked:
        if name.upper() not in known:
            raise SettingsError(f"unknown row {name} (the rows are {', '.join(known)})")
    if only == FITTED and (closed := sorted(named & shut, key=in_order)):
        raise SettingsError(f"nothing is fitted to rows that are shut away: {', '.join(closed)}")
    wanted = named | shut if only == SHUT_AWAY else named or known.keys() - (shut if only == FITTED else set())
    found = [load(path) for name, path in known.items() if name in wanted]
    kept = [entry for entry in found if profile in (None, entry.row.profile)]
    if profile is not None and not kept:
        raise SettingsError(f"profile={profile}: none of these rows is made in it")
    return kept
