"""The door of sweeps: from a command line to a base, a design and an engine, by Hydra's `-m` or by a `design`.

Settings with one value belong to the base, which Hydra composes once for each scenario. Settings with several values
are factors: levels make a grid, `interval(a,b)` a range for the sampler. The names of all settings are checked before
Hydra sees them, and every row of the design before the first run.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, IntervalSweep, Override, QuotedString
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim import door
from sim.lab import check, config, experiments, factors, keys, options, samplers, scenarios
from sim.lab.conduct import Sweep
from sim.lab.config import TOP
from sim.lab.design import Base, Design, Factor
from sim.lab.errors import SettingsError
from sim.lab.keys import Tree
from sim.lab.options import DesignOptions, EngineOptions, Precision

CHOICES = ("experiment", "design", "engine")  # groups that say how a sweep is done: one choice each
SINGLE = "{} holds several values, which -m is for: barnraise -m {}"


class Parts(NamedTuple):
    """The overrides of a command line by what they are."""

    choices: dict[str, str]
    options: list[str]
    settings: list[str]
    scenario: list[str]
    factors: list[Factor]


@dataclass
class Sweeper:
    """What Hydra is given as its task: a whole sweep through our sweeper, one job after another through its own."""

    run_sweep: Callable[[Sweep], Any]
    run_job: Callable[[Tree], Any]
    policy: str | None = None

    def __call__(self, values: Any) -> Any:
        """Run one job of Hydra's stock sweeper."""
        tree = OmegaConf.to_container(values, resolve=False)
        assert isinstance(tree, dict)
        kept = {str(key): value for key, value in tree.items() if key not in (*options.GROUPS, "hydra")}
        return self.run_job(kept | {"scenario": HydraConfig.get().runtime.choices["scenario"]})

    def sweep(self, overrides: Sequence[Override]) -> Any:
        """Run the sweep that these overrides describe."""
        return self.run_sweep(planned(overrides, self.policy))


def multirun(arguments: Sequence[str], sweeper: Sweeper) -> Any:
    """Hand a command line over to Hydra's multirun, and return what its sweeper returns.

    Raises
    ------
    SettingsError
        With a line for each thing that is wrong.
    """
    own = [text for text in arguments if not is_hydras(text)]
    parsed = parse(own)
    parts = divided(parsed)  # names are checked before Hydra sees them
    if not parts.factors and not {"design", "experiment"} & set(parts.choices):
        raise SettingsError("-m sweeps, and no setting has several values: barnraise -m host.replies=0,0.1,0.2")
    hydras = [text for text in arguments if is_hydras(text)]
    if not any(door.bare(text).startswith("hydra/sweeper=") for text in hydras):
        hydras.append("hydra/sweeper=barnraise")
    with_experiment(parts.choices)
    try:
        with door.hydra_at_work():
            hydra = GlobalHydra.instance().hydra
            assert hydra is not None
            return hydra.multirun("config", sweeper, [*hydras, *map(hydra_text, parsed)], with_log_configuration=False)
    except (HydraException, OmegaConfBaseException) as error:
        raise SettingsError(door.first_line(error)) from None


def is_hydras(text: str) -> bool:
    """Tell whether an override is about Hydra itself."""
    return door.bare(text).startswith(("hydra.", "hydra/"))


def parse(texts: Sequence[str]) -> list[Override]:
    """Read overrides in Hydra's grammar.

    Raises
    ------
    SettingsError
        With a line for each that cannot be read.
    """
    parser = OverridesParser.create()
    parsed: list[Override] = []
    wrong: list[str] = []
    for text in texts:
        try:
            override = parser.parse_override(door.bare(text))
        except HydraException:
            wrong.append(door.UNREADABLE.format(text))
            continue
        if override.is_delete() or override.package is not None or not override.key_or_group:
            wrong.append(door.UNREADABLE.format(text))
        parsed.append(override)
    if wrong:
        raise SettingsError(*wrong)
    return parsed


def hydra_text(override: Override) -> str:
    """Return an override as Hydra composes it: a group's choice as it is, a setting as one that may be new to a tree."""
    text = door.bare(str(override.input_line))
    if override.key_or_group == "experiment" and not override.is_sweep_override():
        return f"experiment={slug(str(override.value()))}"
    return text if override.key_or_group in ("scenario", *CHOICES) else f"++{text}"


def slug(name: str) -> str:
    """Return an experiment's name as a name in Hydra's grammar."""
    return name.replace("/", "__")


def with_experiment(choices: dict[str, str]) -> None:
    """Let Hydra know the experiment that was chosen."""
    if "experiment" in choices:
        name = choices["experiment"]
        store = ConfigStore.instance()
        store.store(group="experiment", name=slug(name), node=experiments.node(name), package="_global_")


def single(arguments: Sequence[str], policy: str | None) -> Sweep:
    """Return the sweep of a command line without `-m`: what varies stands in the design.

    Raises
    ------
    SettingsError
        With a line for each thing that is wrong.
    """
    parsed = parse(arguments)
    swept = [str(override.input_line) for override in parsed if override.is_sweep_override()]
    if swept:
        raise SettingsError(*(SINGLE.format(text, text) for text in swept))
    return planned(parsed, policy)


def divided(overrides: Sequence[Override]) -> Parts:
    """Return the overrides by what they are.

    Raises
    ------
    SettingsError
        With a line for each that does not exist or cannot have several values.
    """
    parts = Parts({}, [], [], [], [])
    wrong: list[str] = []
    for override in overrides:
        try:
            sort_in(parts, override)
        except SettingsError as error:
            wrong += error.lines
    if wrong:
        raise SettingsError(*wrong)
    return parts


def sort_in(parts: Parts, override: Override) -> None:
    """Put an override where it belongs."""
    key, text = str(override.key_or_group), hydra_text(override)
    is_sweep = override.is_sweep_override()
    is_option = key.partition(".")[0] in options.GROUPS
    if is_sweep and (key in CHOICES or is_option):
        raise SettingsError(f"{key} takes one value in a sweep")
    if key in CHOICES:
        parts.choices[key] = existing(key, str(override.value()))
    elif is_option:
        if not key.startswith("design.factors") and (line := options.unknown_option(key)):
            raise SettingsError(line)
        parts.options.append(text)
    elif is_sweep:
        check.check_names((key,))
        parts.factors.append(factor(override))
    elif key == "scenario":
        parts.scenario.append(str(override.value()))
    else:
        if unknown := [
            u for leaf, _ in keys.flat({key: override.value()}) if (u := keys.unknown(leaf, frozenset(TOP)))
        ]:
            raise SettingsError(*unknown)
        parts.settings.append(text)


def existing(group: str, choice: str) -> str:
    """Return a choice of a group that there is.

    Raises
    ------
    SettingsError
        If there is no such file.
    """
    if group == "experiment":
        experiments.path_of(choice)
        return choice
    known = sorted(path.stem for path in (scenarios.conf_folder() / group).glob("*.yaml"))
    if choice not in known:
        suggestion = keys.nearest(choice, known)
        hint = f"; did you mean {suggestion}?" if suggestion else f": {', '.join(known)}"
        raise SettingsError(f"unknown {group} '{choice}'{hint}")
    return choice


def factor(override: Override) -> Factor:
    """Return a setting with several values as a factor."""
    name, value = str(override.key_or_group), override.value()
    if isinstance(value, IntervalSweep):
        return factors.ranged(name, value.start, value.end)
    if isinstance(value, Glob):
        if name != factors.GROUP:
            raise SettingsError(f"{name} has no files to choose from: glob is for scenario=glob(*)")
        levels: list[Any] = value.filter(scenarios.names())
    else:
        levels = [plain(level) for level in override.sweep_iterator()]
    if not levels:
        raise SettingsError(f"{override.input_line} holds no value")
    return factors.levelled(name, levels)


def plain(level: Any) -> Any:
    """Return a value of Hydra's grammar as YAML knows it: words without quotes, 0.3 where range() adds up to 0.30...04."""
    if isinstance(level, QuotedString):
        return level.text
    if isinstance(level, list):
        return [plain(part) for part in level]
    return float(f"{level:.12g}") if isinstance(level, float) else level


def planned(overrides: Sequence[Override], policy: str | None) -> Sweep:
    """Return the sweep that overrides describe, checked.

    Raises
    ------
    SettingsError
        With a line for each thing that is wrong.
    """
    parts = divided(overrides)
    with_experiment(parts.choices)
    tree = tree_of(parts, first_scenario(parts))
    own = {name: tree.get(name) or {} for name in options.GROUPS}
    own["design"] = {"kind": "lhs" if any(not f.values for f in parts.factors) else "grid"} | own["design"]
    laid_out = options.read("design", own["design"])
    precision = precision_of(tree, own["precision"])
    factors_, points = layout(parts.factors, laid_out, tree)
    base = bases(parts, factors_, points, tree)
    made = config.experiment(next(iter(base.values())))
    design = Design(laid_out.kind, factors_, points, made.replicates, made.seed, facts(laid_out, precision))
    check.check(base, design)
    engine = options.read("engine", own["engine"])
    return Sweep(name_of(parts, base), made.results, base, design, engine, made.workers, policy)


def first_scenario(parts: Parts) -> str:
    """Return the scenario that a sweep starts from, or the first of several."""
    swept = [str(factor.values[0]) for factor in parts.factors if factor.group]
    if swept or parts.scenario:
        return [*parts.scenario, *swept][-1]
    if "experiment" in parts.choices:
        return str(experiments.read(parts.choices["experiment"]).get("scenario") or scenarios.default())
    return scenarios.default()


def tree_of(parts: Parts, scenario: str) -> Tree:
    """Return all that Hydra composes of the settings with one value."""
    choices = [f"{group}={slug(choice)}" for group, choice in parts.choices.items()]
    return door.whole(scenario, [*choices, *parts.options, *parts.settings])


def precision_of(tree: Tree, content: Tree) -> Precision | None:
    """Return when replicates are enough, if that is asked for, and then set their number to the most there can be."""
    if tree["replicates"] != "auto":
        return None
    precision: Precision = options.read("precision", content)
    tree["replicates"] = precision.cap
    return precision


def layout(swept: list[Factor], laid_out: DesignOptions, tree: Tree) -> tuple[tuple[Factor, ...], pd.DataFrame]:
    """Return the factors and the points of a design: levels of the command line are crossed with all it has."""
    named = {factor.name for factor in swept}
    inner = [*(f for f in swept if not f.values), *(f for f in factors.factors_of(laid_out) if f.name not in named)]
    crossed = [factor for factor in swept if factor.values]
    if laid_out.kind == "grid":
        every = tuple([*crossed, *inner])
        return every, samplers.points(every, laid_out)
    if crossed and laid_out.kind in ("saltelli", "morris", "one_at_a_time"):
        names = ", ".join(factor.name for factor in crossed)
        raise SettingsError(f"design={laid_out.kind} takes ranges, not the levels of {names}: a sweep for each level")
    points = samplers.points(inner, laid_out, {f.name: value_at(tree, f.name) for f in inner})
    if laid_out.kind == "csv":
        inner = [factors.levelled(str(name), points[name].unique().tolist()) for name in points]
    if crossed:
        points = samplers.grid(crossed).merge(points, how="cross")
    return tuple([*crossed, *inner]), points


def value_at(tree: Tree, name: str) -> Any:
    """Return what a tree says of a setting; a further venue's may only be declared."""
    found = {**dict(keys.flat(keys.defaults())), **dict(keys.flat(tree))}
    return found.get(name, found.get(keys.within_place(name)))


def bases(parts: Parts, chosen: tuple[Factor, ...], points: pd.DataFrame, tree: Tree) -> Base:
    """Return the checked tree that each scenario of a design starts from.

    Raises
    ------
    SettingsError
        With a line for each thing that is wrong.
    """
    groups = [factor.name for factor in chosen if factor.group]
    if not groups:
        return {(): checked_tree(tree, chosen, points)}
    names = [str(name) for name in points[groups[0]].unique()]
    first = str(tree["scenario"])
    trees = {name: tree if name == first else tree_of(parts, name) for name in names}
    return {
        (name,): checked_tree(own | {"replicates": tree["replicates"]}, chosen, points) for name, own in trees.items()
    }


def checked_tree(tree: Tree, chosen: tuple[Factor, ...], points: pd.DataFrame) -> Tree:
    """Return what of a tree is settings, all of it checked.

    A venue that only a factor names is there from the start. Factors that are words, lists or days stand at their first
    level, as one may need the other: `host.schedule=list` its list.
    """
    own = copy.deepcopy({key: value for key, value in tree.items() if key not in options.GROUPS})
    for factor in chosen:
        if factor.name.startswith("venues.") and factor.name.count(".") > 2:
            own["venues"].setdefault(factor.name.split(".")[1], {})
        elif not factor.group and factor.name not in keys.declarations():
            keys.put(own, factor.name, points[factor.name].tolist()[0])
    config.experiment(own)
    return own


def facts(laid_out: DesignOptions, precision: Precision | None) -> Tree:
    """Return what a design remembers of how it was made."""
    kept = laid_out.model_dump(exclude={"factors", "kind"}, exclude_none=True) | {"metrics": list(laid_out.metrics)}
    return kept | ({"precision": precision.model_dump()} if precision else {})


def name_of(parts: Parts, base: Base) -> str:
    """Return the name of the folder above: the experiment's, or the scenarios'."""
    if "experiment" in parts.choices:
        return slug(parts.choices["experiment"])
    named = list(dict.fromkeys(str(tree["scenario"]) for tree in base.values()))
    return "+".join(named) if len(named) <= 3 else f"{len(named)}_scenarios"


def engine_of(arguments: Sequence[str]) -> EngineOptions:
    """Return where the rest of a sweep is to be run: `engine=` and `engine.`, as a command line says it.

    Raises
    ------
    SettingsError
        With a line for each thing that is wrong.
    """
    content: Tree = {}
    for override in parse(arguments):
        name = str(override.key_or_group)
        if override.is_sweep_override() or name.partition(".")[0] != "engine":
            raise SettingsError(f"{override.input_line}: a sweep is resumed as it was begun; only engine. can differ")
        content["kind" if name == "engine" else name.removeprefix("engine.")] = override.value()
    engine: EngineOptions = options.read("engine", content)
    return engine
