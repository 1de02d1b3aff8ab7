"""What is to be run: a request from the command line, made into a job with a task for each replicate."""

import re
import shlex
from collections.abc import Sequence
from typing import NamedTuple

from sim.lab.config import Experiment
from sim.lab.run import BASE, Arm, Task, Work, seed_of

LONGEST = 48  # characters of a folder's name beside the time


class Request(NamedTuple):
    """What the command line asks for."""

    experiment: Experiment
    alternatives: dict[str, Experiment]
    overrides: dict[str, list[str]]  # of each alternative, as they were written
    change_day: int | None
    settings: list[str]  # overrides of the base, the scenario's name aside


class Job(NamedTuple):
    """What was asked for."""

    kind: str  # run, compare or trial
    experiment: Experiment
    alternatives: dict[str, str]  # overrides by name
    change_day: int | None
    command: str
    label: str  # for the folder's name
    tasks: Sequence[Work]


def job(asked: Request, command: str) -> Job:
    """Return what is to be run: a task a replicate, each with all arms."""
    made = asked.experiment
    arms = (Arm(BASE, made.settings()), *(Arm(name, other.settings()) for name, other in asked.alternatives.items()))
    tasks = [
        Task(replicate, seed_of(made.seed, replicate), arms, made.host_off_day, asked.change_day)
        for replicate in range(made.replicates)
    ]
    kind = "compare" if asked.alternatives else "run"
    written = {name: quoted(texts) for name, texts in asked.overrides.items()}
    return Job(kind, made, written, asked.change_day, command, label(asked), tasks)


def label(asked: Request) -> str:
    """Return a short name for the result folder: what is special about the run."""
    return slug(["compare", *asked.alternatives] if asked.alternatives else asked.settings)


def slug(words: Sequence[str]) -> str:
    """Return words as part of a folder's name, as many whole ones as fit."""
    slugs = [re.sub(r"[^A-Za-z0-9.=-]+", "-", word).strip("-.") for word in words]
    kept = [slug for end, slug in enumerate(slugs) if len("-".join(slugs[: end + 1])) <= LONGEST]
    left_out = len(slugs) - len(kept)
    return "-".join([*kept, f"and-{left_out}-more"] if left_out else kept)


def quoted(arguments: Sequence[str]) -> str:
    """Return arguments as they can be typed again."""
    return " ".join(quoted_argument(argument) for argument in arguments)


def quoted_argument(argument: str) -> str:
    """Return an argument with only its value in quotes, where it needs them: alt.a='host.replies=0 host.seeding=0'."""
    key, equals, value = argument.partition("=")
    if equals and shlex.quote(key) == key:
        return f"{key}={shlex.quote(value) if value else ''}" if value or not key.startswith("alt.") else f"{key}=''"
    return shlex.quote(argument)
