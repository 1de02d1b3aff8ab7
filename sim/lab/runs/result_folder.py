"""The result folder: all tables of a run, and the manifest that records how they came about.

A folder is written under a hidden name and renamed when it is complete, so that an interruption leaves no half-written
folder. Two runs of one configuration and seed have the same tables to the byte. The manifest holds their hashes.
"""

import csv
import hashlib
import json
import math
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from sim.lab.runs import manifest, tables
from sim.lab.runs.jobs import Job
from sim.lab.runs.manifest import Finish
from sim.lab.runs.replicate import Replicate
from sim.lab.runs.tables import Row
from sim.lab.settings import keys
from sim.lab.settings.config import Experiment
from sim.lab.settings.errors import SettingsError


def reserve(experiment: Experiment, label: str) -> Path:
    """Return a new hidden folder to write into; `complete` gives it its name."""
    stamp = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    parent = Path(experiment.results) / experiment.scenario
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for count in range(1, 1000):
            name = "_".join(part for part in (stamp, label, str(count) if count > 1 else "") if part)
            hidden = parent / f".{name}.unfinished"
            with suppress(FileExistsError):
                if not (parent / name).exists():
                    hidden.mkdir()
                    return hidden
    except OSError as error:
        raise SettingsError(f"results={experiment.results} cannot be written to: {error.strerror}") from None
    raise SettingsError(f"results={experiment.results} has a thousand runs of this second")


def rescued(hidden: Path, error: OSError) -> str:
    """Keep the complete files of a folder that could not be finished, and return one line that says why and where."""
    why = error.strerror or str(error)
    names = sorted(path.name for path in hidden.iterdir()) if hidden.is_dir() else []
    kept = hidden.with_name(f"{public(hidden)}_incomplete")
    try:
        hidden.rename(kept)
    except OSError:  # the whole disk can only be read
        names = []
    if not names:
        shutil.rmtree(kept, ignore_errors=True)
        return f"{hidden.parent} cannot be written to: {why}; nothing could be kept"
    return f"{why}: {kept} is incomplete and has no report; it contains {', '.join(names)}"


def complete(hidden: Path, job: Job, finish: Finish, **also: str) -> Path:
    """Write beside the tables how they came about (`also`: in `scenario.json`), name the folder, and return it."""
    outputs = {path.name: sha256(path) for path in sorted(hidden.iterdir())}
    write_yaml(hidden / "config.yaml", job.experiment.tree())
    _write_json(hidden / "scenario.json", manifest.story(job) | also)
    _write_json(hidden / "manifest.json", manifest.manifest(job, finish, outputs))
    return hidden.rename(hidden.with_name(public(hidden)))


def public(hidden: Path) -> str:
    """Return the name that a hidden folder gets when it is complete."""
    return hidden.name.removeprefix(".").removesuffix(".unfinished")


def write_tables(folder: Path, job: Job, finished: Sequence[Replicate]) -> None:
    """Write all tables, small ones first: they are the most likely to fit on a disk that is nearly full."""
    compares = job.kind == "compare"
    summary = tables.summary(finished)
    if compares:
        write_csv(folder / "summary.csv", summary)
        write_csv(folder / "outcomes.csv", tables.contrasts(finished, job.stated))
    else:
        write_csv(folder / "summary.csv", [{name: row[name] for name in row if name != "arm"} for row in summary])
    write_csv(folder / "ledger.csv", tables.ledger(finished))
    write_csv(folder / "parameters.csv", parameters(job.experiment))
    if job.vectors.differs:
        write_csv(folder / "vectors.csv", drawn(job, finished))
    made = {"outcomes": tables.outcomes, "series": tables.series, "bonds": tables.bonds, "people": tables.people}
    for name, make in made.items():
        if (content := make(finished)) is not None:
            write_parquet(folder / f"{name}.parquet", content)
    if job.experiment.log:
        venues = [setup.name for setup in job.experiment.settings().setups]
        write_parquet(folder / "events.parquet", tables.event_log(finished, venues))


def parameters(experiment: Experiment) -> list[Row]:
    """Return every number of the experiment with its unit, range, grade and reason, and whether it was changed."""
    known = keys.declarations()
    return [
        {"group": key.rsplit(".", 1)[0], "name": row.name, "value": value, "unit": row.unit, "low": row.low,
         "high": row.high, "grade": row.grade, "why": row.why, "changed": value != row.default}
        for key, value in keys.flat(experiment.tree())
        if isinstance(value, float) and (row := known.get(keys.within_place(key)))
    ]  # fmt: skip


def drawn(job: Job, finished: Sequence[Replicate]) -> list[Row]:
    """Return which vector each replicate drew, and what it holds (what an arm sets by name counts more)."""
    names = {name: math.nan for vector in job.vectors.vectors for name in vector}
    return [
        {"replicate": one.replicate, "vector": job.vectors.of(one.replicate)}
        | names | job.vectors.vectors[job.vectors.of(one.replicate)]
        for one in finished
    ]  # fmt: skip


@contextmanager
def whole(path: Path, ending: str = "part") -> Iterator[Path]:
    """Provide a temporary path to write to, which gets this name only once the file is complete."""
    part = path.with_name(f".{path.name}.{ending}")
    try:
        yield part
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink()


def write_parquet(path: Path, content: pa.Table) -> None:
    """Write a table as Parquet."""
    with whole(path) as part:
        pq.write_table(content, part, compression="zstd")


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV. What is unknown (NaN) is an empty cell."""
    with whole(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0] if rows else [])
        for row in rows:
            writer.writerow("" if isinstance(value, float) and math.isnan(value) else value for value in row.values())


def write_text(path: Path, text: str) -> None:
    """Write a text."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")


def write_yaml(path: Path, content: Row) -> None:
    """Write plain values as YAML, in their order."""
    write_text(path, yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


def _write_json(path: Path, content: Row) -> None:
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def sha256(path: Path) -> str:
    """Return the hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
