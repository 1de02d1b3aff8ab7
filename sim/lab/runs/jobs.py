"""Jobs: a request from the command line becomes a job with one task for each replicate."""

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sim.lab.runs.replicate import BASE, Arm, Task, Work, seed_of
from sim.lab.runs.stated import Reasons, changed, stated
from sim.lab.settings import inert, keys, vectors
from sim.lab.settings.config import Experiment
from sim.lab.settings.vectors import ONLY_DECLARED, Vector, VectorSet

LONGEST = 48  # characters of a folder's name beside the time


class Request(NamedTuple):
    """What the command line asks for."""

    experiment: Experiment
    alternatives: dict[str, Experiment]
    overrides: dict[str, list[str]]  # of each alternative, as they were written
    change_day: int | None
    settings: list[str]  # overrides of the base, the scenario's name aside
    fixed: Mapping[str, frozenset[str]] = {}  # parameters that an arm sets by name, so that no vector changes them
    notes: Sequence[str] = ()  # what a user may not expect of these settings, in a line each


class Job(NamedTuple):
    """What was asked for."""

    kind: str  # run, compare, trial, tornado or passport
    experiment: Experiment
    alternatives: dict[str, str]  # overrides by name
    change_day: int | None
    command: str
    label: str  # for the folder's name
    tasks: Sequence[Work]
    vectors: VectorSet = ONLY_DECLARED  # that replicates draw their behaviour from, in turn
    settings: Mapping[str, Mapping[str, Any]] = {}  # of the base as written, of alternatives those that differ from it
    stated: Mapping[str, Reasons] = {}  # of each alternative, the outcomes whose difference holds by construction
    presets: Mapping[str, Mapping[str, str]] = {}  # of each arm, by group
    notes: Sequence[str] = ()


def job(asked: Request, command: str) -> Job:
    """Return the job of a request: one task for each replicate, each with all arms."""
    kind = "compare" if asked.alternatives else "run"
    drawn = vectors.chosen(asked.experiment.vectors)
    made = asked.experiment.model_copy(update={"vectors": drawn.name})
    arms = [arms_under(asked, vector) for vector in drawn.vectors]
    days = (made.host_off_day, asked.change_day)
    tasks = [
        Task(replicate, seed_of(made.seed, replicate), arms[drawn.of(replicate)], *days, made.fork, made.twin)
        for replicate in range(made.replicates)
    ]
    written = {name: quoted(texts) for name, texts in asked.overrides.items()}
    label = slug(["compare", *asked.alternatives] if asked.alternatives else asked.settings)
    arms_made = {BASE: made, **asked.alternatives}
    composed = {name: dict(experiment.presets) for name, experiment in arms_made.items()}
    levels = {
        name: dict(keys.flat({key: value for key, value in arm.tree().items() if key != "presets"}))
        for name, arm in arms_made.items()
    }
    base = levels.pop(BASE)
    typed = {key.strip(): value for text in asked.settings for key, _, value in [text.partition("=")]}
    settings = {BASE: typed} | {name: changed(base, arm) for name, arm in levels.items()}
    fixed = {name: stated(base, arm, asked.change_day, made.host_off_day) for name, arm in levels.items()}
    return Job(
        kind, made, written, asked.change_day, command, label, tasks, drawn, settings, fixed, composed,
        [*asked.notes, *without_effect(asked)],
    )  # fmt: skip


def without_effect(asked: Request) -> list[str]:
    """Return a line for each reason why something that was set on the command line can have no effect."""
    arms = {BASE: asked.experiment, **asked.alternatives}
    found = inert.lines(names_of(asked.settings), list(arms.values()))
    for name in asked.alternatives:
        within = [arms[name]] if asked.change_day is None else [arms[BASE], arms[name]]
        found += [
            f"alt.{name}: {line}" for line in inert.lines(names_of(asked.overrides[name]), within, asked.change_day)
        ]
    return found


def names_of(overrides: Sequence[str]) -> list[str]:
    """Return what overrides set, by name."""
    return [text.partition("=")[0].strip(" +") for text in overrides]


def arms_under(asked: Request, vector: Vector) -> tuple[Arm, ...]:
    """Return all arms under one vector. It changes no parameter that an arm sets by name."""
    found = []
    for name, made in {BASE: asked.experiment, **asked.alternatives}.items():
        settings = made.settings()
        parameters = vectors.changed(settings.parameters, vector, asked.fixed.get(name, frozenset()))
        found.append(Arm(name, settings._replace(parameters=parameters)))
    return tuple(found)


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
        return f"{key}={shlex.quote(value) if value or key.startswith('alt.') else ''}"
    return shlex.quote(argument)
