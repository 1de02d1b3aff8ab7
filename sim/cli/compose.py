"""Compose an experiment: Hydra joins a scenario and the overrides of the command line, and the result is checked.

Only this file, `overrides.py`, `sweep_request.py` and `hydra_sweeper.py` know Hydra. Keys are checked before Hydra sees
them, because its own advice (add a +) would let a typing error in as a new setting that nobody reads. Nothing is
resolved or instantiated: a value is a number, a word or a list, whatever it looks like.
"""

import copy
import os
import re
import shlex
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.lab.runs.jobs import Request
from sim.lab.runs.replicate import BASE
from sim.lab.settings import config, folders, keys, plugins, scenarios, sweep_options, vectors
from sim.lab.settings.config import TOP, Experiment
from sim.lab.settings.errors import SettingsError, refuse_if_any
from sim.lab.settings.keys import Tree

Pair = tuple[str, Any]
AT_BIRTH = ("population.", "params.population.", "product.fit")  # read once, before the first day
PATHS = ("results", "experiment", "vectors", "trial", "design.file")  # where ~ is the home folder
UNREADABLE = "cannot read '{}': a setting is written key=value, such as host.replies=0"


def request(arguments: Sequence[str], compares: bool) -> Request:
    """Read the arguments of `barnraise` or `barnraise compare`."""
    named, rest = split_alternatives(arguments)
    change_days = [text for text in rest if text.split("=", 1)[0].strip() == "change_day"]
    if not compares and (named or change_days):
        raise SettingsError("alternatives (alt.NAME=...) and change_day belong to 'barnraise compare'")
    if compares and not named:
        raise SettingsError("compare needs an alternative, such as alt.no_manager='host.replies=0 host.seeding=0'")
    settings = [text for text in rest if text not in change_days]
    tree = composed(settings)
    base = config.experiment(tree)
    day = change_day(change_days[-1], base) if change_days else None
    special = [text for text in settings if not text.startswith("scenario=")]
    return Request(base, all_alternatives(named, tree, day), named, day, special, all_fixed(settings, named))


def all_fixed(settings: Sequence[str], named: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    """Return which parameters each arm sets by name, in the scenario or on the command line: no vector changes them."""
    pairs = checked(settings)
    base = fixed([*scenarios.read(scenario_of(pairs) or scenarios.default()).items(), *pairs])
    return {BASE: base} | {name: base | fixed(checked(texts)) for name, texts in named.items()}


def scenario_of(pairs: Sequence[Pair]) -> str | None:
    """Return the scenario that settings choose, if they do: the last one counts."""
    return next((str(value) for key, value in reversed(pairs) if key == "scenario"), None)


def fixed(pairs: Sequence[Pair]) -> frozenset[str]:
    """Return which parameters are set, by dotted name."""
    leaves = [leaf for key, value in pairs for leaf, _ in keys.flat({key: value})]
    return frozenset(leaf.removeprefix(vectors.ABOVE) for leaf in leaves if leaf.startswith(vectors.ABOVE))


def plugins_of(arguments: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Load what `--plugin module` and `--policy module:Class` name, and return it with the settings that are left."""
    named: list[str] = []
    chosen: list[str] = []
    rest: list[str] = []
    left = iter(arguments)
    for argument in left:
        option, equals, value = argument.partition("=")
        if option in ("--plugin", "--policy") and not chosen:
            named.append(value if equals else next(left, ""))
            chosen += [f"host.policy='{named[-1]}'"] * (option == "--policy")
        elif argument.startswith("-"):
            raise SettingsError(f"unknown option {argument} ('barnraise --help' lists them)")
        else:
            rest.append(argument)
    plugins.load(named)
    return tuple(named), [*chosen, *rest]


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


def all_alternatives(named: dict[str, list[str]], tree: Tree, day: int | None) -> dict[str, Experiment]:
    """Return the alternatives by name, or say all that is wrong with any of them."""
    made: dict[str, Experiment] = {}
    wrong: list[str] = []
    for name, texts in named.items():
        try:
            made[name] = alternative(texts, tree, day)
        except SettingsError as error:
            wrong += [f"alt.{name}: {line}" for line in error.lines]
    refuse_if_any(wrong)
    return made


def alternative(texts: list[str], tree: Tree, day: int | None) -> Experiment:
    """Return the experiment of an alternative: the base's settings and its own overrides."""
    refuse_twice(texts)
    pairs = checked(texts)
    refuse_if_any(not_in_alternative(key, day, frozenset(tree["venues"])) for key, _ in pairs)
    own = copy.deepcopy(tree)
    for key, value in pairs:
        keys.put(own, key, value)
    return config.experiment(own)


def not_in_alternative(key: str, day: int | None, venues: frozenset[str]) -> str | None:
    """Return why an alternative cannot set this, or nothing: pairs need the same people on the same days.

    With a day of change, what is settled at birth cannot differ, nor can there be other venues than the base's.
    """
    if key in TOP:
        return f"{key} is common to all arms; set it beside the alternatives"
    is_new_venue = key.startswith("venues.") and key.split(".")[1] not in venues
    if day is not None and (is_new_venue or key.startswith(AT_BIRTH)):
        return f"{key} is settled before the first day; leave out change_day"
    return None


def composed(overrides: Sequence[str]) -> Tree:
    """Return the tree of a scenario with overrides: declarations, `config.yaml`, the scenario, the command line."""
    pairs = checked(overrides)
    name = scenario_of(pairs) or scenarios.default()
    settings = [f"++{bare(text)}" for text, (key, _) in zip(overrides, pairs, strict=True) if key != "scenario"]
    return {key: value for key, value in whole(name, settings).items() if key not in sweep_options.GROUPS}


def whole(scenario: str, overrides: Sequence[str]) -> Tree:
    """Return all that Hydra composes of a scenario and overrides in its grammar, how a sweep is done included."""
    scenarios.read(scenario)
    try:
        with hydra_at_work():
            values = compose("config", [f"scenario={scenario}", *overrides])
    except (HydraException, OmegaConfBaseException, yaml.YAMLError) as error:
        raise SettingsError(f"scenario {scenario}: {first_line(error)}") from None
    tree = OmegaConf.to_container(values, resolve=False)
    assert isinstance(tree, dict)
    return {str(key): value for key, value in tree.items()} | {"scenario": scenario}


def hydra_at_work() -> AbstractContextManager[Any]:
    """Let Hydra know where the configuration is: the folder `conf`, and the declarations in the code."""
    if GlobalHydra.instance().is_initialized():  # by ourselves, in a multirun
        return nullcontext()
    ConfigStore.instance().store(name="declared", node=keys.defaults())
    begun: AbstractContextManager[Any] = initialize_config_dir(
        str(folders.built_in()), job_name="barnraise", version_base="1.3"
    )
    return begun


def checked(texts: Sequence[str]) -> list[Pair]:
    """Return keys and values of overrides, all of whose keys exist."""
    pairs: list[Pair] = []
    wrong: list[str] = []
    for text in texts:
        try:
            pairs.append(read(text))
        except SettingsError as error:
            wrong += error.lines
    leaves = (leaf for key, value in pairs for leaf, _ in keys.flat({key: value}))
    refuse_if_any([*wrong, *(keys.unknown(leaf, frozenset(TOP)) for leaf in leaves)])
    return pairs


def read(text: str) -> Pair:
    """Return key and value of an override, in Hydra's grammar."""
    try:
        override = OverridesParser.create().parse_override(bare(text))
    except HydraException:
        raise SettingsError(UNREADABLE.format(text)) from None
    if override.is_delete() or override.package is not None or not override.key_or_group:
        raise SettingsError(UNREADABLE.format(text))
    if override.is_sweep_override():
        raise SettingsError(f"{text} holds several values, and a run takes one (a list is written [1,2,3]; -m sweeps)")
    return override.key_or_group, override.value()


def refuse_twice(texts: Sequence[str]) -> None:
    """Refuse a command line that sets one thing to two values: it is not known which of them was meant."""
    given: dict[str, dict[str, None]] = {}  # as a set, in order
    for text in texts:
        key, _, value = bare(text).partition("=")
        given.setdefault(key.strip(), {})[value.strip()] = None
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
