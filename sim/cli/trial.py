"""The command `trial`: a randomised experiment inside the world, described by a file and changed by overrides."""

import copy
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.lab.errors import SettingsError
from sim.lab.jobs import quoted

if TYPE_CHECKING:
    from sim.lab.config import Experiment
    from sim.lab.jobs import Job
    from sim.lab.keys import Tree
    from sim.lab.perform import Done
    from sim.lab.trials.library import TrialFile

HOW = "trial takes a name: barnraise trial trial=NAME ('barnraise trials' lists them)"


def perform(arguments: Sequence[str]) -> tuple["Job", "Done", str]:
    """Run a trial, and return the job, what came of it and what to print.

    Raises
    ------
    SettingsError
        With a line for each thing that is wrong.
    """
    from sim import door
    from sim.lab.trials import words, work

    policy, texts = door.policy_of(arguments)
    door.refuse_twice(texts)
    asked, made, settings = request(texts)
    job = work.job(made, asked, f"barnraise {quoted(['trial', *arguments])}", settings)
    done, found = work.run(job, asked, policy, shows_progress=sys.stderr.isatty())
    return job, done, words.text(asked, found, made.people, made.days)


def request(texts: Sequence[str]) -> tuple["TrialFile", "Experiment", list[str]]:
    """Read a command line: the trial, the settings that it runs in, and what is special about them.

    Raises
    ------
    SettingsError
        With a line for each thing that is wrong.
    """
    from sim import door
    from sim.lab import config, vectors
    from sim.lab.trials import library

    named, changes, settings = [], {}, []
    for text in texts:
        key, _, _ = door.bare(text).partition("=")
        if key == "trial":
            named.append(str(door.read(text)[1]))
        elif key.startswith("trial."):
            changes[key.removeprefix("trial.")] = door.read(text)[1]
        else:
            settings.append(text)
    if len(named) != 1:
        raise SettingsError(HOW)
    asked = library.read(named[0], changes)
    settled = config.experiment(tree(asked, settings))
    vectors.refuse(settled.vectors, "a trial")
    special = [text for text in texts if not text.startswith(("trial=", "trial.name"))]
    return asked, settled, special


def tree(asked: "TrialFile", settings: Sequence[str]) -> "Tree":
    """Return all settings: the scenario or profile, what the trial's file says, the command line.

    Raises
    ------
    SettingsError
        With a line for each name that does not exist.
    """
    from sim import door
    from sim.lab import keys
    from sim.lab.config import TOP

    chosen = [str(value) for key, value in door.checked(settings, frozenset(TOP)) if key == "scenario"]
    own = copy.deepcopy(base(asked, chosen[-1] if chosen else None))
    wrong = [
        f"trial {asked.name}: settings: {line}"
        for key, _ in keys.flat(asked.settings)
        if (line := keys.unknown(key, frozenset(TOP) - {"scenario"}))
    ]
    if wrong:
        raise SettingsError(*wrong)
    own |= {name: getattr(asked, name) for name in ("title", "question", "story", "replicates")}
    own |= {"claim": "", "host_off": None}
    pairs = [pair for pair in door.checked(settings, frozenset(TOP)) if pair[0] != "scenario"]
    for key, value in (*keys.flat(asked.settings), *pairs):
        keys.put(own, key, value)
    return own


def base(asked: "TrialFile", scenario: str | None) -> "Tree":
    """Return the settings of the scenario or profile that a trial runs in."""
    from sim import door
    from sim.lab import scenarios
    from sim.lab.validation import profiles

    if asked.profile is not None and scenario is None:
        return profiles.tree(asked.profile) | {"log": False}
    return door.composed([f"scenario={scenario or asked.scenario or scenarios.default()}"])
