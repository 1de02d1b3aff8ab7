"""The command `trial`: a randomised experiment inside the world, described by a file and changed by overrides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.lab.settings.errors import SettingsError, refuse_if_any, said_of

if TYPE_CHECKING:
    from sim.cli.front import Asked
    from sim.lab.settings.config import Experiment
    from sim.lab.settings.keys import Tree
    from sim.lab.trials.files import TrialFile


def run(line: "Asked") -> int:
    """Run a trial, write its folder and report, and print the folder last."""
    from sim.cli import compose, hydra_flags
    from sim.cli.run import conclude, only_planned
    from sim.lab.runs.execute import UnwrittenError
    from sim.lab.trials import batch, summary

    hydra_flags.refuse_hydras(line.settings, "a run")
    compose.refuse_twice(line.settings)
    asked, made, settings = request(line.settings)
    job = batch.job(made, asked, line.command, settings)
    if only_planned(job, batch.arms(asked), line.is_dry):
        return 0
    try:
        done, found = batch.run(job, asked, line.plugins, shows_progress=True)
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
        key = compose.bare(text).partition("=")[0]
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
    if settled.vectors not in (vectors.AUTO, vectors.DECLARED):
        raise SettingsError(f"vectors={settled.vectors}: a trial runs on the declared defaults")
    special = [text for text in texts if not text.startswith(("trial=", "trial.name"))]
    return asked, settled, special


def tree(asked: "TrialFile", settings: Sequence[str]) -> "Tree":
    """Return all settings: the scenario or profile, what the trial's file says, the command line."""
    from sim.cli import compose
    from sim.lab.settings import keys, scenarios
    from sim.lab.settings.config import TOP

    at_hand = compose.sorted_out(settings)
    in_file = {key: value for key, value in asked.settings.items() if compose.is_choice(key, value)}
    place = {"profile": asked.profile} if asked.profile else {"scenario": asked.scenario or scenarios.default()}
    files = compose.Asked(place | {key: str(value) for key, value in in_file.items()}, [])
    own = compose.tree_of(compose.Asked(files.changed_by(at_hand).choices, []))
    levers = {name: value for name, value in asked.settings.items() if name not in in_file}
    with said_of(f"trial {asked.name}: settings"):
        refuse_if_any(keys.unknown(key, frozenset(TOP) - {"scenario"}) for key, _ in keys.flat(levers))
    own |= {name: getattr(asked, name) for name in ("title", "question", "story", "replicates")}
    own |= {"claim": "", "host_off": None}
    for key, value in (*keys.flat(levers), *at_hand.values):
        keys.put(own, key, value)
    return own
