"""The record `provenance.json` of a sweep: versions, hashes, seeds and sessions."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.lab.runs import manifest
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.keys import Tree
from sim.lab.settings.read_yaml import read_json
from sim.lab.sweeps import point_run
from sim.lab.sweeps.design import SEED, Base, Design
from sim.lab.sweeps.parts import place, writing

RECORD = "provenance.json"


def new(base: Base, design: Design) -> Tree:
    """Return what `provenance.json` holds of a new sweep."""
    return {
        "hash": design.hash(base),
        "code": point_run.CODE,
        "runs": design.rows(),
        "seed": design.seed,
        "seed_scheme": manifest.SEED_SCHEME
        + "; replicate r has the same seed at every point"
        + " of a level of seed" * (SEED in design.names),
        "created": now(),
        "versions": manifest.versions(),
        "source": manifest.source(),
        "sessions": [],
    }


def note_session(folder: Path, session: Tree) -> None:
    """Record what a session is doing, or did."""
    with record(folder) as content:
        others = [other for other in content["sessions"] if other["id"] != session["id"]]
        content["sessions"] = [*others, session]


def note_killed(folder: Path) -> None:
    """Record that sessions without an end were killed. The caller holds the lock, so none of them is running."""
    with record(folder) as content:
        for session in content["sessions"]:
            if session["state"] == "at work":
                session["state"] = "killed"


@contextmanager
def record(folder: Path) -> Iterator[Tree]:
    """Yield the content of `provenance.json`, and write it if it was changed. Shards take turns."""
    lock = folder / ".lock-provenance"
    with writing(lock):
        file = lock.open("a")
    with file:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        content = read(folder)
        before = as_json(content)
        yield content
        if as_json(content) != before:
            place(folder / RECORD, as_json(content))


def read(folder: Path) -> Tree:
    """Return the content of `provenance.json`."""
    content = read_json(folder / RECORD)
    kinds = {"hash": str, "code": dict, "versions": dict, "source": dict, "sessions": list}
    held = content if isinstance(content, dict) else {}
    wrong = [name for name, kind in kinds.items() if not isinstance(held.get(name), kind)]
    if not wrong and not all(isinstance(row, dict) and {"id", "state"} <= set(row) for row in held["sessions"]):
        wrong = ["sessions"]
    if wrong:
        raise SettingsError(f"{folder / RECORD} was changed: {', '.join(wrong)} cannot be read; restore the file")
    return held


def now() -> str:
    """Return the time, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def as_json(content: Any) -> bytes:
    """Return content as indented JSON."""
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def refuse_other_code(folder: Path) -> None:
    """Refuse to mix runs of two versions of the program."""
    before = read(folder)
    code = before["code"]
    other = [f"{name} {code.get(name, 'unknown')}, now {is_now}" for name, is_now in point_run.CODE.items()
             if code.get(name) != is_now]  # fmt: skip
    if other:
        commit = str(before["source"].get("commit") or "")[:12]
        hint = f"go back to commit {commit}" if commit else "go back to that version"
        raise SettingsError(
            f"{folder} was started by other code ({'; '.join(other)}): {hint} to resume it, or move it away"
        )
