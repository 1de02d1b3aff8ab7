"""The command `trial`: a randomised experiment inside the world, described by a file and changed by overrides."""

import copy
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.lab.runs.jobs import quoted
from sim.lab.settings.errors import SettingsError

if TYPE_CHECKING:
    from sim.lab.settings.config import Experiment
    from sim.lab.settings.keys import Tree
    from sim.lab.trials.files import TrialFile


def run(arguments: Sequence[str]) -> int:
    """Run a trial, write its folder and report, and print the folder last."""
    from sim.cli import compose
    from sim.cli.run import conclude
    from sim.lab.runs.execute import UnwrittenError
    from sim.lab.trials import batch, summary

    plugins, texts = compose.plugins_of(arguments)
    compose.refuse_twice(texts)
    asked, made, settings = request(texts)
    job = batch.job(made, asked, f"barnraise {quoted(['trial', *arguments])}", settings)
    try:
        done, found = batch.run(job, asked, plugins, shows_progress=sys.stderr.isatty())
    except UnwrittenError as error:
        print(summary.text(asked, error.finished, made.people, made.days), flush=True)
        raise
    return conclude(job, done, summary.text(asked, found, made.people, made.days))


def request(texts: Sequence[str]) -> tuple["TrialFile", "Experiment", list[str]]:
    """Read a command line: the trial, the settings that it runs in, and what is special about them."""
    from sim.cli import compose
    from sim.lab.settings import config, vectors
    from sim.lab.trials import files

    named, changes, settings = [], {}, []
    for text in texts:
        key, _, _ = compose.bare(text).partition("=")
        if key == "trial":
            named.append(str(compose.read(text)[1]))
        elif key.startswith("trial."):
            changes[key.removeprefix("trial.")] = compose.read(text)[1]
        else:
            settings.append(text)
    if len(named) != 1:
        raise SettingsError("trial takes a name: barnraise trial trial=NAME ('barnraise trials' lists them)")
    asked = files.read(named[0], changes)
    settled = config.experiment(tree(asked, settings))
    vectors.refuse(settled.vectors, "a trial")
    special = [text for text in texts if not text.startswith(("trial=", "trial.name"))]
    return asked, settled, special


def tree(asked: "TrialFile", settings: Sequence[str]) -> "Tree":
    """Return all settings: the scenario or profile, what the trial's file says, the command line."""
    from sim.cli import compose
    from sim.lab.settings import keys
    from sim.lab.settings.config import TOP

    pairs = compose.checked(settings)
    own = copy.deepcopy(base(asked, compose.scenario_of(pairs)))
    wrong = [
        f"trial {asked.name}: settings: {line}"
        for key, _ in keys.flat(asked.settings)
        if (line := keys.unknown(key, frozenset(TOP) - {"scenario"}))
    ]
    if wrong:
        raise SettingsError(*wrong)
    own |= {name: getattr(asked, name) for name in ("title", "question", "story", "replicates")}
    own |= {"claim": "", "host_off": None}
    for key, value in (*keys.flat(asked.settings), *pairs):
        if key != "scenario":
            keys.put(own, key, value)
    return own


def base(asked: "TrialFile", scenario: str | None) -> "Tree":
    """Return the settings of the scenario or profile that a trial runs in."""
    from sim.cli import compose
    from sim.lab.settings import profiles, scenarios

    if asked.profile is not None and scenario is None:
        return profiles.tree(asked.profile) | {"log": False}
    return compose.composed([f"scenario={scenario or asked.scenario or scenarios.default()}"])
