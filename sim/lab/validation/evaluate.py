"""The measurements behind a scoreboard: each row on each seed, with its mechanism and without, and never twice.

A unit of work is one seed of all rows that share a vector and a profile, so that a worker runs their common world once.
Finished measurements are written at once. The file's name depends on the code, the profiles, the vector and the row's
own file. So an interrupted scoreboard goes on, and a scoreboard after a change measures only what the change affects.
"""

import hashlib
import json
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NamedTuple

import sim
from sim.lab.runs import pools
from sim.lab.runs.replicate import seed_of
from sim.lab.settings import folders
from sim.lab.settings.errors import SettingsError, WorkError
from sim.lab.validation import row_files
from sim.lab.validation.row_files import Entry, Sample
from sim.lab.validation.workbench import Bench

VARIANTS = ("full", "ablated")
ROOT = 1  # the seed of seeds: the same for all rows, vectors and machines
SOURCES = ("world/**/*.py", "lab/observe/*.py", "lab/trials/*.py",
           *(f"lab/settings/{name}.py" for name in ("config", "keys", "profiles")),
           *(f"lab/validation/{name}.py" for name in ("workbench", "dose_response", "pooling", "nulls")))  # fmt: skip


class Item(NamedTuple):
    """A measurement to be made: a row, with its mechanism or without, on the seed with this number."""

    row: str
    variant: str
    number: int


class Unit(NamedTuple):
    """Measurements that share a vector, a profile and a seed, each with its row's file."""

    parameters: tuple[tuple[str, float], ...]
    number: int
    items: tuple[tuple[Item, Path], ...]


class Measurement(NamedTuple):
    """The figures of a measurement, or what went wrong."""

    item: Item
    sample: Sample
    seconds: float
    error: str = ""


def units(entries: Sequence[Entry], vector: Mapping[str, float], missing: set[Item]) -> list[Unit]:
    """Return the missing work: first the rows with their mechanisms, then those without."""
    shared: dict[tuple[str, str, tuple[tuple[str, float], ...], int], list[tuple[Item, Path]]] = {}
    for entry in entries:
        for variant in VARIANTS:
            parameters = tuple(sorted({**vector, **(entry.row.ablate if variant == "ablated" else {})}.items()))
            for item in sorted(item for item in missing if (item.row, item.variant) == (entry.row.id, variant)):
                key = (variant, entry.row.profile, parameters, item.number)
                shared.setdefault(key, []).append((item, entry.path))
    order = sorted(shared, key=lambda key: (VARIANTS.index(key[0]), key[3]))
    return [Unit(key[2], key[3], tuple(shared[key])) for key in order]


def measure_unit(unit: Unit) -> list[Measurement]:
    """Return the measurements of a unit. One that fails says why, and does not stop the others."""
    bench, seed = Bench(dict(unit.parameters)), seed_of(ROOT, unit.number)
    return [measure_item(item, row_files.load(path), bench, seed) for item, path in unit.items]


def measure_item(item: Item, entry: Entry, bench: Bench, seed: int) -> Measurement:
    """Return one measurement."""
    start = time.perf_counter()
    try:
        assert entry.measure is not None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # an undefined figure is NaN, and is reported as such
            sample = {name: float(value) for name, value in entry.measure(bench, seed).items()}
        lacking = [] if entry.combine else [t.name for t in entry.row.targets if t.name not in sample]
        error = f"measure returns no {', '.join(lacking)}" if lacking else ""
    except Exception as wrong:
        sample, error = {}, f"{type(wrong).__name__}: {' '.join(str(wrong).split())}"
    return Measurement(item, sample, time.perf_counter() - start, error)


def measure_units(waiting: Sequence[Unit], workers: int) -> Iterator[list[Measurement]]:
    """Yield the measurements of each unit, in the order in which units are finished."""
    try:
        for _, taken in pools.finished(measure_unit, dict(enumerate(waiting)), workers):
            yield taken
    except BrokenProcessPool:
        raise WorkError("worker processes were killed again and again (out of memory?). Try workers=1") from None


class Measurements:
    """All measurements, from earlier sessions and this one: a file per row, with a line per measurement."""

    def __init__(self, folder: Path, entries: Sequence[Entry], vector: Mapping[str, float]) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"{folder} cannot be made: {error.strerror}") from None
        common, self.files = fingerprint(vector).encode(), dict[str, Path]()
        for entry in entries:
            digest = hashlib.sha256(common + entry.path.read_bytes()).hexdigest()[:16]
            self.files[entry.row.id] = folder / f"{entry.row.id}-{digest}.jsonl"
        self.taken = {taken.item: taken for row, path in self.files.items() for taken in read(path, row)}

    def missing(self, entries: Sequence[Entry], seeds: int, variants: Sequence[str] = VARIANTS) -> set[Item]:
        """Return what is still to be measured."""
        wanted = {
            Item(entry.row.id, variant, number)
            for entry in entries if not entry.row.missing
            for variant in variants if variant == "full" or entry.row.ablate
            for number in range(seeds)
        }  # fmt: skip
        return wanted - self.taken.keys()

    def write(self, taken: Measurement) -> None:
        """Keep a measurement. A failure is kept for this session only, and tried again in the next."""
        self.taken[taken.item] = taken
        if not taken.error:
            record = [taken.item.variant, taken.item.number, taken.sample, round(taken.seconds, 4)]
            append(self.files[taken.item.row], [record])

    def of(self, row: str, variant: str, seeds: int) -> list[Measurement]:
        """Return a row's measurements in the order of their seeds."""
        wanted = (Item(row, variant, number) for number in range(seeds))
        return [self.taken[item] for item in wanted if item in self.taken]


def read(path: Path, row: str) -> Iterator[Measurement]:
    """Yield the measurements in a row's file. Damaged ones are skipped, and so made again."""
    for record in records(path):
        try:
            variant, number, sample, seconds = record
            sample = {str(name): float(value) for name, value in sample.items()}
            yield Measurement(Item(row, str(variant), int(number)), sample, float(seconds))
        except (TypeError, ValueError, AttributeError):
            continue


def append(path: Path, new: Sequence[Sequence[Any]]) -> None:
    """Append records to a file, as JSON. Each begins a line of its own, also after one that a crash cut off."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"\n{json.dumps(record)}" for record in new)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written to: {error.strerror}") from None


def records(path: Path) -> Iterator[Any]:
    """Yield the records of a file, None for a line that is damaged."""
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    for line in filter(None, text.splitlines()):
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            yield None


def fingerprint(vector: Mapping[str, float]) -> str:
    """Return a hash of all that a measurement depends on: the code below, the profiles and the vector."""
    package, conf = Path(sim.__file__).parent, folders.built_in()
    paths = [path for pattern in SOURCES for path in sorted(package.glob(pattern))]
    paths += [conf / "config.yaml", *sorted((conf / "profile").glob("*.yaml"))]
    digest = hashlib.sha256(json.dumps(sorted(vector.items())).encode())
    for path in paths:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def measure(
    entries: Sequence[Entry], vector: Mapping[str, float], seeds: int, workers: int, folder: Path,
    progress: Callable[[int, int], object], variants: Sequence[str] = VARIANTS,
) -> Measurements:  # fmt: skip
    """Measure what is missing, and return all measurements. `progress` gets the numbers of made and missing ones."""
    measurements, done = Measurements(folder, entries, vector), 0
    missing = measurements.missing(entries, seeds, variants)
    progress(done, len(missing))
    for taken in measure_units(units(entries, vector, missing), workers):
        for one in taken:
            measurements.write(one)
        done += len(taken)
        progress(done, len(missing))
    return measurements
