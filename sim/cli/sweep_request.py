"""From a command line to a sweep: its base and its design, by Hydra's `-m` or by a `design`.

Hydra composes the base once for each scenario. Workers then set the values of each row of the design. Every row is
checked before the first run.
"""

import copy
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from sim.cli import compose
from sim.cli.hydra_flags import advice, is_hydras, refuse_deletions, refuse_hydras
from sim.cli.overrides import CUSTOMERS, Parts, cell, divided, hydra_text, parse
from sim.lab.settings import config, experiments, inert, keys, sweep_options, vectors
from sim.lab.settings.errors import SettingsError, refuse_if_any
from sim.lab.settings.keys import Tree
from sim.lab.settings.messages import shown
from sim.lab.settings.sweep_options import DesignOptions, Precision
from sim.lab.sweeps import check, factors, samplers
from sim.lab.sweeps.design import Base, Design, Factor
from sim.lab.sweeps.session import Sweep

OURS = "hydra/sweeper=barnraise"
IN_A_SWEEP = ("this sweep", " (only hydra/sweeper=basic reads Hydra's own settings)")


@dataclass
class Sweeper:
    """Hydra's task: a whole sweep with our sweeper, or one job after another with Hydra's own."""

    run_sweep: Callable[[Sweep], Any]
    run_job: Callable[[Tree], Any]
    plugins: tuple[str, ...] = ()
    overrides: Sequence[Override] = ()

    def __call__(self, values: Any) -> Any:
        """Run one job of Hydra's stock sweeper."""
        tree = compose.plain(values, HydraConfig.get().runtime.choices)
        tree["people"] = tree.pop(CUSTOMERS, tree["people"])
        return self.run_job({key: value for key, value in tree.items() if key not in sweep_options.GROUPS})

    def sweep(self, _: Sequence[Override]) -> Any:
        """Run the sweep that was asked for. Hydra passes nothing on, as it would take people=2000 for a preset."""
        return self.run_sweep(planned(self.overrides, self.plugins))


def multirun(arguments: Sequence[str], sweeper: Sweeper) -> Any:
    """Pass a command line to Hydra's multirun, and return what its sweeper returns."""
    refuse_deletions(arguments)
    hydras = [text for text in arguments if is_hydras(text)]
    others = [text for text in hydras if compose.bare(text) != OURS]
    if is_ours := not any(compose.bare(text).startswith("hydra/sweeper=") for text in others):
        refuse_hydras(others, *IN_A_SWEEP)
        hydras = [OURS]
    parsed = parse([text for text in arguments if not is_hydras(text)])
    parts = divided(parsed)  # names are checked before Hydra sees them
    if not parts.factors and not {"design", "experiment"} & set(parts.asked.choices):
        raise SettingsError("-m needs a setting with several values: barnraise -m host.replies=0,0.1,0.2")
    with_experiment(parts)
    sweeper.overrides = parsed
    passed_on = [] if is_ours else [*map(hydra_text, parsed), *compose.search_path()]
    try:
        with compose.hydra_at_work():
            hydra = GlobalHydra.instance().hydra
            assert hydra is not None
            return hydra.multirun("config", sweeper, [*hydras, *passed_on], with_log_configuration=False)
    except (HydraException, OmegaConfBaseException) as error:
        line = compose.first_line(error)
        raise SettingsError(f"{line}{advice(line)}") from None


def with_experiment(parts: Parts) -> None:
    """Register the chosen experiment with Hydra."""
    if name := parts.asked.choices.get("experiment"):
        node, store = experiments.node(name), ConfigStore.instance()
        try:
            store.store(group="experiment", name=compose.slug(name), node=node, package="_global_")
        except OmegaConfBaseException as error:
            raise SettingsError(f"experiment {name}: {compose.first_line(error)}") from None


def at(parts: Parts, levels: dict[str, str]) -> compose.Asked:
    """Return what is asked for where these files are the levels of a sweep's factors."""
    return parts.asked.changed_by(compose.Asked(levels, []))


def single(arguments: Sequence[str], plugins: tuple[str, ...] = ()) -> Sweep:
    """Return the sweep of a command line without `-m`, whose factors stand in the design."""
    refuse_hydras(arguments, *IN_A_SWEEP)
    parsed = parse(arguments)
    swept = (str(override.input_line) for override in parsed if override.is_sweep_override())
    refuse_if_any(f"{text} holds several values, which need -m: barnraise -m {text}" for text in swept)
    return planned(parsed, plugins)


def planned(overrides: Sequence[Override], plugins: tuple[str, ...] = ()) -> Sweep:
    """Return the sweep that overrides describe, checked."""
    parts = divided(overrides)
    with_experiment(parts)
    first = {swept.name: str(swept.values[0]) for swept in parts.factors if swept.group}
    tree = compose.whole(at(parts, first), parts.options)
    drawn = vectors.chosen(str(tree["vectors"]))
    tree["vectors"] = drawn.name
    own = options_of(parts, tree)
    own["design"] = {"kind": "lhs" if any(not f.values for f in parts.factors) else "grid"} | own["design"]
    laid_out = sweep_options.read("design", own["design"])
    precision: Precision | None = None
    if tree["replicates"] == "auto":
        precision = sweep_options.read("precision", own["precision"])
        tree["replicates"] = precision.cap
    factors_, points = layout(parts.factors, laid_out, tree)
    base = bases(parts, factors_, points, tree)
    facts = laid_out.model_dump(exclude={"factors", "kind"}, exclude_none=True) | {"metrics": list(laid_out.metrics)}
    facts |= {"precision": precision.model_dump()} if precision else {}
    named = [leaf for pair in parts.asked.values for leaf, _ in keys.flat(dict([pair]))]
    if drawn.differs:
        facts["vectors"] = in_turn(drawn.vectors[: tree["replicates"]], named, base)
    say_overruled(parts, base, [factor.name for factor in factors_ if factor.group])
    design = Design(laid_out.kind, factors_, points, int(tree["replicates"]), int(tree["seed"]), facts)
    check.check(base, design)
    worlds = [config.experiment(own) for own in base.values()]
    for line in inert.lines([*design.names, *named], worlds, varied=design.names):
        print(f"barnraise: {line}", file=sys.stderr)
    engine = sweep_options.read("engine", own["engine"])
    return Sweep(name_of(parts, base), tree["results"], base, design, engine, tree["workers"], plugins)


def in_turn(drawn: Sequence[vectors.Vector], named: Sequence[str], base: Base) -> list[dict[str, float]]:
    """Return vectors by dotted names, without what the command line names or a file sets unlike its default."""
    files = [pair for own in base.values() for pair in keys.flat({"params": own["params"]})]
    fixed = {*named, *(name for name, value in files if value != keys.declarations()[name].default)}
    each = ([(f"{vectors.ABOVE}{key}", value) for key, value in vector.items()] for vector in drawn)
    return [{key: value for key, value in vector if key not in fixed} for vector in each]


def say_overruled(parts: Parts, base: Base, groups: Sequence[str]) -> None:
    """Print a line for each preset of which a scenario keeps some levers as its own."""
    asked = (at(parts, dict(zip(groups, levels, strict=True))) for levels in base)
    for line in dict.fromkeys(line for one in asked for line in compose.overruled(one)):
        print(f"barnraise: {line}", file=sys.stderr)


def options_of(parts: Parts, tree: Tree) -> dict[str, Tree]:
    """Return the parts of a tree that say how the sweep is done."""
    own = {name: tree.get(name) or {} for name in sweep_options.GROUPS}
    wrong = [f"{name}={shown(held)}: name what it sets, {name}.NAME=VALUE" for name, held in own.items()
             if not isinstance(held, dict)]  # fmt: skip
    if tree["replicates"] != "auto" and any(compose.bare(text).startswith("precision.") for text in parts.options):
        wrong.append("precision. has no effect without replicates=auto")
    refuse_if_any(wrong)
    return own


def layout(swept: list[Factor], laid_out: DesignOptions, tree: Tree) -> tuple[tuple[Factor, ...], pd.DataFrame]:
    """Return the factors and points of a design, crossed with the levels of the command line."""
    swept = [once(factor) for factor in swept]
    written = [once(f) for f in factors.factors_of(laid_out) if f.name not in {factor.name for factor in swept}]
    inner = [*(f for f in swept if not f.values), *written]
    crossed = [factor for factor in swept if factor.values]
    if laid_out.kind == "grid":
        every = (*crossed, *inner)
        return every, samplers.points(every, laid_out)
    if crossed and laid_out.kind in ("saltelli", "morris", "one_at_a_time"):
        names = ", ".join(factor.name for factor in crossed)
        raise SettingsError(f"design={laid_out.kind} takes ranges, not the levels of {names}: run a sweep a level")
    known = {**dict(keys.flat(keys.defaults())), **dict(keys.flat(tree))}
    centre = {f.name: known.get(f.name, known.get(keys.within_place(f.name))) for f in inner}  # or a venue's default
    points = samplers.points(inner, laid_out, centre, cell)
    if laid_out.kind == "csv":
        inner = [factors.merged(factors.levelled(str(name), points[name].tolist()))[0] for name in points]
    if crossed:
        points = samplers.grid(crossed).merge(points, how="cross")
    return (*crossed, *inner), points


def once(factor: Factor) -> Factor:
    """Return a factor with each level once, and print equal levels that are left out to stderr."""
    found, twice = factors.merged(factor)
    if twice:
        equal = ", ".join(map(shown, twice[:5]))
        print(f"barnraise: {factor.name}: equal levels are run once ({equal} left out)", file=sys.stderr)
    return found


def bases(parts: Parts, chosen: tuple[Factor, ...], points: pd.DataFrame, tree: Tree) -> Base:
    """Return the checked tree of each combination of files that a design chooses among."""
    groups = [factor.name for factor in chosen if factor.group]
    if not groups:
        return {(): checked_tree(tree, chosen, points)}
    found: dict[tuple[str, ...], Tree] = {}
    for levels in points[groups].astype(str).drop_duplicates().itertuples(index=False, name=None):
        own = compose.whole(at(parts, dict(zip(groups, levels, strict=True))), parts.options)
        own["replicates"] = tree["replicates"]
        found[tuple(levels)] = checked_tree(own, chosen, points)
    return found


def checked_tree(tree: Tree, chosen: tuple[Factor, ...], points: pd.DataFrame) -> Tree:
    """Return the settings of a tree, and check those that no factor changes.

    A venue that only a factor names exists from the start. Factors that are words, lists or days are set to their first
    level, as they may need each other: `host.schedule=list` needs its list. The design's own check finds wrong levels.
    """
    own = copy.deepcopy({key: value for key, value in tree.items() if key not in sweep_options.GROUPS})
    for factor in chosen:
        if factor.name.startswith("venues.") and factor.name.count(".") > 2:
            own["venues"].setdefault(factor.name.split(".")[1], {})
    first = copy.deepcopy(own)
    for factor in chosen:
        if not factor.group and keys.within_place(factor.name) not in keys.declarations():
            keys.put(first, factor.name, points[factor.name].tolist()[0])
    refuse_if_any(line for line in check.faults_of(own) if line in check.faults_of(first))
    return first


def name_of(parts: Parts, base: Base) -> str:
    """Return the name of the parent folder: the experiment or the scenarios."""
    if name := parts.asked.choices.get("experiment"):
        return name.replace("/", "__")
    named = list(dict.fromkeys(str(tree["scenario"]) for tree in base.values()))
    return "+".join(named) if len(named) <= 3 else f"{len(named)}_scenarios"
