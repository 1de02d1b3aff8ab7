"""The files beside a run's tables: the question that it answers, and how it was made."""

import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import sim
from sim.lab.runs.jobs import Job
from sim.lab.runs.replicate import BASE
from sim.lab.runs.tables import Row

SEED_SCHEME = (
    "replicate r runs on the first 53 bits of SeedSequence(seed, spawn_key=(r,)); all arms of a replicate share it; "
    "within a run every draw is a function of (process, day, person, slot)"
)
PACKAGES = ("numpy", "numba", "scipy", "statsmodels", "pandas", "pyarrow", "pydantic", "hydra-core", "mesa")


class Finish(NamedTuple):
    """The replicates that finished, the time that they took, and why others are missing."""

    finished: Sequence[Any]  # a `Replicate` each, or what another kind of task returns
    seconds: float
    why_partial: str | None


def story(job: Job) -> Row:
    """Return what `scenario.json` holds: the story and the question, and how to ask it again."""
    made = job.experiment
    words = {name: getattr(made, name) for name in ("scenario", "title", "story", "question", "claim")}
    return words | {
        "kind": job.kind, "command": job.command, "arms": {BASE: ""} | job.alternatives,
        "change_day": job.change_day, "host_off": made.host_off_day, "settings": job.settings, "stated": job.stated,
        "notes": list(job.notes),
    }  # fmt: skip


def manifest(job: Job, finish: Finish, outputs: dict[str, str]) -> Row:
    """Return what `manifest.json` holds. It has times in it, so it is not among the hashed outputs."""
    done = {replicate.replicate: replicate for replicate in finish.finished}
    return {
        "command": job.command,
        "kind": job.kind,
        "scenario": job.experiment.scenario,
        "presets": {arm: dict(chosen) for arm, chosen in job.presets.items()},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(finish.seconds, 2),
        "partial": finish.why_partial is not None,
        "why_partial": finish.why_partial,
        "vectors": {"name": job.vectors.name, "count": len(job.vectors.vectors), "differ": job.vectors.differs},
        "replicates": {"asked": len(job.tasks), "finished": len(done)},
        "seed": job.experiment.seed,
        "seed_scheme": SEED_SCHEME,
        "replicate_seeds": [
            {"replicate": task.replicate, "seed": task.seed, "seconds": round(done[task.replicate].seconds, 2)}
            for task in job.tasks
            if task.replicate in done
        ],
        "versions": versions(),
        "source": source(),
        "outputs": outputs,
    }


def versions() -> dict[str, str]:
    """Return the versions of the packages used, from their metadata. Nothing is imported for it."""
    found = {"barnraise": sim.__version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found | {"platform": f"{sys.platform} {platform.machine()}"}


def source() -> Row:
    """Return the git commit of a checkout and whether its sources were changed since; nothing for an installation."""
    root = Path(sim.__file__).parent.parent
    if not (root / ".git").exists():
        return {"commit": None, "dirty": None}
    commit = _git(root, "rev-parse", "HEAD")
    changed = _git(root, "status", "--porcelain", "--", "sim", "conf")
    return {"commit": commit, "dirty": None if changed is None else bool(changed)}


def _git(root: Path, *arguments: str) -> str | None:
    try:
        command = ["git", "-C", str(root), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
