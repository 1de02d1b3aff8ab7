"""The work of a scoreboard: which row on which seed, with its mechanism and without, in parallel, and never twice.

A unit is a seed of all rows that share a vector and a profile, so that a worker runs their common world once. What is
finished is written down as it comes, under a name that changes with the code, the profiles, the vector and the row's
own file; so a scoreboard that was interrupted goes on, and one after a change starts again with what changed.
"""

import hashlib
import json
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NamedTuple

import sim
from sim.lab.runs import pools
from sim.lab.runs.replicate import seed_of
from sim.lab.settings import scenarios
from sim.lab.settings.errors import SettingsError, WorkError
from sim.lab.validation import row_files
from sim.lab.validation.row_files import Entry, Sample
from sim.lab.validation.workbench import Bench

VARIANTS = ("full", "ablated")
ROOT = 1  # the seed of seeds: the same for all rows, vectors and machines
SOURCES = ("world/**/*.py", "lab/observe/event_log.py", "lab/settings/config.py", "lab/trials/*.py",
           "lab/validation/workbench.py", "lab/validation/profiles.py")  # fmt: skip


class Item(NamedTuple):
    """A measurement to be taken: a row, with its mechanism or without, on the seed of a number."""

    row: str
    variant: str
    number: int


class Unit(NamedTuple):
    """Measurements that share a vector, a profile and a seed: the rows' files by row."""

    parameters: tuple[tuple[str, float], ...]
    number: int
    items: tuple[tuple[Item, Path], ...]


class Taken(NamedTuple):
    """A measurement that was taken: the figures, or what went wrong."""

    item: Item
    sample: Sample
    seconds: float
    error: str = ""


def units(entries: Sequence[Entry], vector: Mapping[str, float], missing: set[Item]) -> list[Unit]:
    """Return the work that is missing, whole rows first and the ablated ones after them."""
    shared: dict[tuple[str, str, tuple[tuple[str, float], ...], int], list[tuple[Item, Path]]] = {}
    for entry in entries:
        for variant in VARIANTS:
            parameters = tuple(sorted({**vector, **(entry.row.ablate if variant == "ablated" else {})}.items()))
            for item in sorted(item for item in missing if (item.row, item.variant) == (entry.row.id, variant)):
                key = (variant, entry.row.profile, parameters, item.number)
                shared.setdefault(key, []).append((item, entry.path))
    order = sorted(shared, key=lambda key: (VARIANTS.index(key[0]), key[3]))
    return [Unit(key[2], key[3], tuple(shared[key])) for key in order]


def take(unit: Unit) -> list[Taken]:
    """Take the measurements of a unit. One that fails is told; the others go on."""
    bench, seed = Bench(dict(unit.parameters)), seed_of(ROOT, unit.number)
    return [take_one(item, row_files.load(path), bench, seed) for item, path in unit.items]


def take_one(item: Item, entry: Entry, bench: Bench, seed: int) -> Taken:
    """Take one measurement."""
    start = time.perf_counter()
    try:
        assert entry.measure is not None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a figure that does not exist is NaN, and is said so
            sample = {name: float(value) for name, value in entry.measure(bench, seed).items()}
        lacking = [] if entry.combine else [t.name for t in entry.row.targets if t.name not in sample]
        error = f"measure returns no {', '.join(lacking)}" if lacking else ""
    except Exception as wrong:
        sample, error = {}, f"{type(wrong).__name__}: {' '.join(str(wrong).split())}"
    return Taken(item, sample, time.perf_counter() - start, error)


def perform(waiting: Sequence[Unit], workers: int) -> Iterator[list[Taken]]:
    """Yield what comes of each unit, in whatever order it comes.

    Raises
    ------
    WorkError
        If worker processes die time and again.
    """
    if workers == 1:
        yield from map(take, waiting)
        return
    try:
        for _, taken in pools.finished(take, dict(enumerate(waiting)), workers):
            yield taken
    except BrokenProcessPool:
        raise WorkError("worker processes were killed time and again (out of memory?); workers=1?") from None


class Notebook:
    """What was measured before and what is measured now: a file a row, a line a measurement.

    Raises
    ------
    SettingsError
        If the folder can't be made.
    """

    def __init__(self, folder: Path, entries: Sequence[Entry], vector: Mapping[str, float]) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"{folder} cannot be made: {error.strerror}") from None
        common = fingerprint(vector)
        self.files = {entry.row.id: folder / f"{entry.row.id}-{of_row(entry, common)}.jsonl" for entry in entries}
        self.taken: dict[Item, Taken] = {}
        for row, path in self.files.items():
            self.taken |= {taken.item: taken for taken in read(path, row)}

    def missing(self, entries: Sequence[Entry], seeds: int, variants: Sequence[str] = VARIANTS) -> set[Item]:
        """Return what is still to be measured."""
        wanted = {
            Item(entry.row.id, variant, number)
            for entry in entries if not entry.row.missing
            for variant in variants if variant == "full" or entry.row.ablate
            for number in range(seeds)
        }  # fmt: skip
        return wanted - self.taken.keys()

    def write(self, taken: Taken) -> None:
        """Keep a measurement. A failure is kept for this session alone: it is tried again in the next."""
        self.taken[taken.item] = taken
        if taken.error:
            return
        line = json.dumps([taken.item.variant, taken.item.number, taken.sample, round(taken.seconds, 4)])
        with self.files[taken.item.row].open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def of(self, row: str, variant: str, seeds: int) -> list[Taken]:
        """Return a row's measurements in the order of their seeds."""
        wanted = (Item(row, variant, number) for number in range(seeds))
        return [self.taken[item] for item in wanted if item in self.taken]


def read(path: Path, row: str) -> Iterator[Taken]:
    """Yield the measurements in a row's file; a line that was cut off by a crash is no measurement."""
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            variant, number, sample, seconds = json.loads(line)
        except ValueError:
            continue
        yield Taken(Item(row, variant, number), sample, seconds)


def fingerprint(vector: Mapping[str, float]) -> str:
    """Return what changes whenever a world might: the code below, the profiles, the vector."""
    package, conf = Path(sim.__file__).parent, scenarios.conf_folder()
    paths = [path for pattern in SOURCES for path in sorted(package.glob(pattern))]
    paths += [conf / "config.yaml", *sorted((conf / "profile").glob("*.yaml"))]
    digest = hashlib.sha256(json.dumps(sorted(vector.items())).encode())
    for path in paths:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def of_row(entry: Entry, common: str) -> str:
    """Return the fingerprint of a row's own file and of everything below it."""
    return hashlib.sha256(common.encode() + entry.path.read_bytes()).hexdigest()[:16]


def measure(
    entries: Sequence[Entry], vector: Mapping[str, float], seeds: int, workers: int, folder: Path,
    progress: Callable[[int, int], object], variants: Sequence[str] = VARIANTS,
) -> Notebook:  # fmt: skip
    """Measure what is missing and return the notebook with everything.

    Parameters
    ----------
    progress
        Called with the number of measurements taken and of those that were missing.
    variants
        With the rows' mechanisms, without them, or both.
    """
    notebook = Notebook(folder, entries, vector)
    missing = notebook.missing(entries, seeds, variants)
    done = 0
    progress(done, len(missing))
    for taken in perform(units(entries, vector, missing), workers):
        for one in taken:
            notebook.write(one)
        done += len(taken)
        progress(done, len(missing))
    return notebook
