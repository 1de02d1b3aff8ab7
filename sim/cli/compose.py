"""Compose an experiment: Hydra joins a scenario and the overrides of the command line, and the result is checked.

Only this file, `composed.py`, `overrides.py`, `sweep_request.py` and `hydra_sweeper.py` know Hydra. Keys are checked
before Hydra sees them, because its own advice (add a +) would let a typing error in as a new setting that nobody reads.
Nothing is resolved or instantiated: a value is a number, a word or a list, whatever it looks like.
"""

import copy
import os
import re
import shlex
from collections.abc import Hashable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any, NamedTuple

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.lab.runs.jobs import Request
from sim.lab.runs.replicate import BASE
from sim.lab.settings import config, experiments, folders, keys, presets, scenarios, sweep_options, vectors
from sim.lab.settings.config import TOP, Experiment
from sim.lab.settings.errors import SettingsError, of_each, refuse_if_any, said_of
from sim.lab.settings.keys import Tree

Pair = tuple[str, Any]
CHOICES = experiments.WORLDS
WORDS = ("title", "story", "question", "claim")
AT_BIRTH = ("population.", "params.population.", "product.fit")  # read once, before the first day
CHOSEN_AT_BIRTH = ("people", "product", "community", "scenario", "profile")
PATHS = ("results", "experiment", "vectors", "trial", "design.file")  # where ~ is the home folder
UNREADABLE = "cannot read '{}': a setting is written key=value, such as host.replies=0"


class Asked(NamedTuple):
    """What overrides say: the files that they choose, by group, and the values that they set."""

    choices: dict[str, str]
    values: list[Pair]

    def changed_by(self, other: "Asked") -> "Asked":
        """Return both together. The other's choices and values count, where both have them."""
        choices = self.choices | other.choices
        if {"scenario", "profile"} <= set(choices):
            del choices["profile" if "scenario" in other.choices else "scenario"]
        return Asked(choices, [*self.values, *other.values])


def request(arguments: Sequence[str], compares: bool) -> Request:
    """Read the arguments of `barnraise` or `barnraise compare`."""
    named, rest = split_alternatives(arguments)
    change_days = [text for text in rest if text.split("=", 1)[0].strip() == "change_day"]
    if not compares and (named or change_days):
        raise SettingsError("alternatives (alt.NAME=...) and change_day belong to 'barnraise compare'")
    settings = [text for text in rest if text not in change_days]
    if compares:
        settings = spread_out(settings, named)
    if compares and not named:
        raise SettingsError("compare needs an alternative, such as alt.no_manager='host=none'")
    asked = sorted_out(settings)
    tree = tree_of(asked)
    base = config.experiment(tree)
    day = change_day(change_days[-1], base) if change_days else None
    special = [text for text in settings if not text.startswith("scenario=")]
    made, notes = all_alternatives(named, asked, tree, day)
    return Request(base, made, named, day, special, all_fixed(asked, named), [*overruled(asked), *notes])


def spread_out(settings: Sequence[str], named: dict[str, list[str]]) -> list[str]:
    """Make arms of a group with several choices: `scenario=a,b` compares b with a, as alt.b='scenario=b' would."""
    kept: list[str] = []
    for text in settings:
        key, _, value = bare(text).partition("=")
        levels = [level.strip() for level in value.split(",")]
        if key not in CHOICES or len(levels) < 2:
            kept.append(text)
            continue
        kept.append(f"{key}={levels[0]}")
        for level in levels[1:]:
            if not re.fullmatch(config.NAME, level) or level in named:
                raise SettingsError(f"{text}: write alt.NAME='{key}={level}', with a NAME that no other arm has")
            named[level] = [f"{key}={level}"]
    return kept


def sorted_out(texts: Sequence[str]) -> Asked:
    """Return the choices and values of overrides, all of whose names exist."""
    pairs = of_each(checked, texts)
    chosen = {key: str(value) for key, value in pairs if is_choice(key, value)}
    if {"scenario", "profile"} <= set(chosen):
        raise SettingsError("a profile stands in place of a scenario: leave out scenario= or profile=")
    for group, name in chosen.items():
        experiments.check_choice(group, name)
    return Asked(chosen, [leaf for key, value in pairs if not is_choice(key, value) for leaf in in_place(key, value)])


def is_choice(key: str, value: Any) -> bool:
    """Tell whether an override chooses a file, rather than setting a value."""
    return key in CHOICES and experiments.is_choice(key, value)


def in_place(key: str, value: Any) -> list[Pair]:
    """Return the levers of a preset that a further venue takes (`venues.chat.host=none`); anything else as it is."""
    parts = key.split(".")
    if len(parts) == 3 and parts[0] == "venues" and parts[2] in presets.WITHIN_PLACE and not isinstance(value, dict):
        levers = presets.read(parts[2], str(value)).levers
        return [(f"venues.{parts[1]}.{lever}", level) for lever, level in keys.flat(levers)]
    return [(key, value)]


def all_fixed(base: Asked, named: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    """Return which parameters each arm sets by name, in the scenario or on the command line: no vector changes them."""
    arms = {BASE: base} | {name: base.changed_by(sorted_out(texts)) for name, texts in named.items()}
    found = {}
    for name, asked in arms.items():
        own = {} if "profile" in asked.choices else scenarios.read(asked.choices.get("scenario") or scenarios.default())
        leaves = [leaf for key, value in (*own.items(), *asked.values) for leaf, _ in keys.flat({key: value})]
        found[name] = frozenset(leaf.removeprefix(vectors.ABOVE) for leaf in leaves if leaf.startswith(vectors.ABOVE))
    return found


def overruled(asked: Asked) -> list[str]:
    """Return a line for each chosen preset some of whose levers the scenario sets otherwise."""
    if "profile" in asked.choices:
        return []
    name = asked.choices.get("scenario") or scenarios.default()
    chosen = {group: choice for group, choice in asked.choices.items() if group in presets.PACKAGES}
    set_anyway = {key for key, _ in asked.values}
    own = {key: value for key, value in keys.flat(scenarios.read(name)) if key not in set_anyway}
    return list(presets.overruled(chosen, scenarios.chosen(name), own, f"the scenario {name}"))


def split_alternatives(arguments: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return the overrides of each alternative by name, and what is left."""
    named: dict[str, list[str]] = {}
    rest: list[str] = []
    for argument in arguments:
        key, equals, value = argument.partition("=")
        if not key.startswith("alt."):
            rest.append(argument)
            continue
        name = key.removeprefix("alt.")
        if not equals or not re.fullmatch(config.NAME, name) or name == BASE or name in named:
            raise SettingsError(f"{argument}: write alt.NAME='key=value ...', each NAME once and none of them {BASE}")
        try:
            named[name] = shlex.split(value)
        except ValueError as error:
            raise SettingsError(f"alt.{name}: {str(error).lower()}") from None
    return named, rest


def change_day(text: str, base: Experiment) -> int:
    """Return the day on which the alternatives part from the base."""
    _, day = read(text)
    last = (base.host_off_day or base.days) - 1
    if not isinstance(day, int) or isinstance(day, bool) or not 1 <= day <= last:
        before = f"before host_off={base.host_off_day}" if base.host_off_day else f"days={base.days}"
        raise SettingsError(f"{text} is out of range: a day from 1 to {last} ({before})")
    return day


def all_alternatives(
    named: dict[str, list[str]], base: Asked, tree: Tree, day: int | None
) -> tuple[dict[str, Experiment], list[str]]:
    """Return the alternatives by name, with what to say of them; or say all that is wrong with any of them."""

    def make(name: str) -> tuple[Experiment, list[str]]:
        with said_of(f"alt.{name}"):
            return alternative(named[name], base, tree, day)

    made = dict(zip(named, of_each(make, named), strict=True))
    notes = [f"alt.{name}: {line}" for name, (_, said) in made.items() for line in said]
    return {name: arm for name, (arm, _) in made.items()}, notes


def alternative(texts: list[str], base: Asked, tree: Tree, day: int | None) -> tuple[Experiment, list[str]]:
    """Return the experiment of an alternative, which has the base's settings and its own, and what to say of it."""
    refuse_twice(texts)
    asked = sorted_out(texts)
    refuse_if_any(not_in_alternative(key, day, frozenset(tree["venues"])) for key, _ in asked.values)
    refuse_if_any(at_birth(group) for group in asked.choices if day is not None and group in CHOSEN_AT_BIRTH)
    if not asked.choices:
        own = copy.deepcopy(tree)
        for key, value in asked.values:
            keys.put(own, key, value)
        return config.experiment(own), []
    together = base.changed_by(asked)
    own, notes = tree_of(together), overruled(together)
    common = [name for name in TOP if name not in ("scenario", *WORDS)]
    notes += [
        f"{name}={tree[name]} as in the base (instead of {own[name]})" for name in common if own[name] != tree[name]
    ]
    return config.experiment(own | {name: tree[name] for name in common}), notes


def not_in_alternative(key: str, day: int | None, venues: frozenset[str]) -> str | None:
    """Return why an alternative cannot set this, or nothing: pairs need the same people on the same days.

    With a day of change, what is settled at birth cannot differ, nor can there be other venues than the base's.
    """
    if key in TOP:
        return f"{key} is common to all arms; set it beside the alternatives"
    is_new_venue = key.startswith("venues.") and key.split(".")[1] not in venues
    return at_birth(key) if day is not None and (is_new_venue or key.startswith(AT_BIRTH)) else None


def at_birth(key: str) -> str:
    """Return why something cannot change on a day."""
    return f"{key} is settled before the first day; leave out change_day"


def composed(overrides: Sequence[str]) -> Tree:
    """Return the tree of overrides: declarations, `config.yaml`, presets and scenario, then the values."""
    return tree_of(sorted_out(overrides))


def tree_of(asked: Asked) -> Tree:
    """Return the tree that is asked for, without how a sweep is done."""
    return {key: value for key, value in whole(asked).items() if key not in sweep_options.GROUPS}


def whole(asked: Asked, options: Sequence[str] = ()) -> Tree:
    """Return all that Hydra composes and the values set, how a sweep is done (`options`, in its grammar) included."""
    choices = asked.choices
    instead = ["~scenario"] if "profile" in choices else []
    usual = {} if instead else {"scenario": scenarios.default()}
    for group, name in (usual | choices).items():
        experiments.check_choice(group, name)  # before Hydra reads it
    files = [f"{group}={slug(name) if group == 'experiment' else name}" for group, name in choices.items()]
    try:
        state = object() if "experiment" in choices else folders.state()  # an experiment's file is in no such folder
        tree = copy.deepcopy(joined((*files, *instead, *options, *search_path()), state))
    except (HydraException, OmegaConfBaseException, yaml.YAMLError) as error:
        what = " ".join(f"{group}={name}" for group, name in choices.items())
        raise SettingsError(": ".join(filter(None, [what, first_line(error)]))) from None
    for key, value in asked.values:
        keys.put(tree, key, value)
    return tree


@lru_cache(maxsize=64)
def joined(overrides: tuple[str, ...], _: Hashable) -> Tree:
    """Return the tree that Hydra joins from files: once for each state of the folders, for it takes long."""
    with hydra_at_work():
        values = compose("config", list(overrides), return_hydra_config=True)
    return plain(values, values.hydra.runtime.choices)


def slug(name: str) -> str:
    """Return the name of a file as a name in Hydra's grammar."""
    return re.sub(r"[^\w.-]", "_", name.replace("/", "__"), flags=re.ASCII)


def plain(values: Any, chosen: Any) -> Tree:
    """Return what Hydra composed as a tree, with the names of the files that it was composed of."""
    tree = OmegaConf.to_container(values, resolve=False)
    assert isinstance(tree, dict)
    tree = presets.without_words({str(key): value for key, value in tree.items() if key != "hydra"})
    named = {group: str(chosen[group]) for group in presets.PACKAGES if chosen.get(group)}
    return tree | {"scenario": str(chosen.get("profile") or chosen.get("scenario")), "presets": named}


def search_path() -> list[str]:
    """Return Hydra's override that lets it find files in the user's own folders."""
    found = ", ".join(f"'file://{folder}'" for folder in folders.own())
    return [f"hydra.searchpath=[{found}]"] if found else []


def hydra_at_work() -> AbstractContextManager[Any]:
    """Let Hydra know where the configuration is: the folder `conf`, and the declarations in the code."""
    if GlobalHydra.instance().is_initialized():  # by ourselves, in a multirun
        return nullcontext()
    ConfigStore.instance().store(name="declared", node=keys.defaults())
    begun: AbstractContextManager[Any] = initialize_config_dir(
        str(folders.built_in()), job_name="barnraise", version_base="1.3"
    )
    return begun


def checked(text: str) -> Pair:
    """Return key and value of an override whose key exists."""
    key, value = read(text)
    if not is_choice(key, value):
        leaves = (leaf for pair in in_place(key, value) for leaf, _ in keys.flat(dict([pair])))
        refuse_if_any(keys.unknown(leaf, frozenset(TOP)) for leaf in leaves)
    return key, value


def override_of(text: str) -> Override:
    """Return an override, read in Hydra's grammar."""
    try:
        override = OverridesParser.create().parse_override(bare(text))
    except (HydraException, ValueError, RecursionError):  # what Python's own limits on digits and depth raise, too
        raise SettingsError(UNREADABLE.format(text)) from None
    if override.is_delete() or override.package is not None or not override.key_or_group:
        raise SettingsError(UNREADABLE.format(text))
    return override


def read(text: str) -> Pair:
    """Return key and value of an override that has one value."""
    override = override_of(text)
    if override.is_sweep_override():
        raise SettingsError(f"{text} holds several values, and a run takes one (a list is written [1,2,3]; -m sweeps)")
    return override.key_or_group, override.value()


def refuse_twice(texts: Sequence[str]) -> None:
    """Refuse a command line that sets one thing to two values: it is not known which of them was meant."""
    given: dict[str, dict[str, None]] = {}  # as a set, in order
    for text in texts:
        key, _, value = bare(text).partition("=")
        is_number = key.strip() == "people" and value.strip()[:1].isdigit()  # beside people=PRESET
        given.setdefault(f"the number of {key}" if is_number else key.strip(), {})[value.strip()] = None
    refuse_if_any(f"{key} is given twice: {' and '.join(found)}" for key, found in given.items() if len(found) > 1)


def bare(text: str) -> str:
    """Return an override as Hydra can read it: without plus signs, its value in quotes if Hydra's grammar needs them.

    All settings exist, so none is ever added. Outside quotes, Hydra's grammar has no `é`, `~`, `(` or second `=`, which
    paths and names may contain. The setting's own check decides whether it accepts such a value.
    """
    text = text.strip().lstrip("+")
    key, equals, value = text.partition("=")
    is_word = key == "results" and re.fullmatch(r"[\w.+-]+", value)  # a folder may be called 2026 or true
    if not equals or not re.fullmatch(r"[A-Za-z_][\w./-]*", key, re.ASCII) or (is_readable(text) and not is_word):
        return text
    value = os.path.expanduser(value) if key in PATHS else value
    escaped = re.sub(r"(\\*)('|$)", lambda found: 2 * found[1] + found[2].replace("'", "\\'"), value)
    quoted = f"{key}='{escaped}'"
    return quoted if is_readable(quoted) else text


def is_readable(text: str) -> bool:
    """Return whether an override follows Hydra's grammar."""
    try:
        OverridesParser.create().parse_override(text)
    except HydraException:
        return False
    return True


def first_line(error: Exception) -> str:
    """Return what went wrong in one line."""
    return next(filter(None, map(str.strip, str(error).splitlines())), type(error).__name__)
