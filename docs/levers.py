"""Write `docs/levers.md`: what each lever does at five levels, one lever at a time.

    python docs/levers.py                         # all levers, 16 seeds; it goes on where it was stopped
    python docs/levers.py --quick                 # a trial: 4 seeds, 600 people
    python docs/levers.py --only venue.ad_load    # a trial of some levers

The world is the scenario `support_forum` with declared parameters. Every level is run on the same seeds. The level that
the scenario has, its *default*, is one point that all levers share. A trial writes to `results/levers/` and leaves the
document alone.

How a row is classified, for each lever and outcome:

1. Each of the other levels is compared with the default by a paired t test, seed by seed. The p values are corrected
   for the number of levels (Holm). A level *differs* if its p is 0.05 or less.
2. **flat**: no level differs.
3. **peaked** (**dipped**): of the default and the levels that differ, the one with the highest (lowest) mean lies
   between the ends, and it differs from both the first and the last level by paired t tests, corrected for two (Holm).
   If a row is both, the one that stands out further from the nearer end counts.
4. **rising** (**falling**): otherwise, the last of the default and the levels that differ has a higher (lower) mean
   than the first. So a rise that levels off is rising: what happens between two levels that chance could explain does
   not count.
5. **undefined**: the outcome has no value at the default.

The changes at the ends are differences from the default, with Student's 95 % interval over pairs.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from reference import table

from sim.cli import compose
from sim.lab.runs.demands import duration
from sim.lab.runs.statistics import CONFIDENCE, Contrast, Floats, contrast, estimate, holm
from sim.lab.settings import config, inert, keys, sweep_options
from sim.lab.settings.errors import BROKEN, REFUSED, SettingsError, WorkError, refuse_if_any
from sim.lab.sweeps import check, point_run, session
from sim.lab.sweeps import estimate as cost
from sim.lab.sweeps.design import Design, Factor, points_of
from sim.lab.sweeps.sweep_folder import Sweep
from sim.world.measures import OUTCOMES, bounds
from sim.world.parameters import Declared, declared

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "levers.md"
TABLE = ROOT / "results" / "gallery" / "levers" / "levers.csv"
SCENARIO, SEEDS, PEOPLE = "support_forum", 16, 2000
QUICK_SEEDS, QUICK_PEOPLE = 4, 600
FLAT, UNDEFINED = "flat", "undefined"
SHAPES = (FLAT, "rising", "falling", "peaked", "dipped", UNDEFINED)

WEIGHTS, SHARES, TIMES = (0, 0.1, 0.2, 0.4, 0.6), (0, 0.25, 0.5, 0.75, 1), (0, 0.5, 1, 2, 5)
LEVELS: dict[str, tuple[float, ...]] = {  # where the rule of `usual` would leave the useful range
    **{f"population.{motive}": WEIGHTS
       for motive in ("information", "belonging", "goodwill", "validation", "cause", "access", "deals")},
    "population.need_rate": (0.005, 0.01, 0.02, 0.05, 0.1),
    "population.attention": (5, 10, 20, 40, 80),
    "population.strangers": (0, 0.25, 0.5, 1, 2),
    "venue.opens": (0, 90, 180, 365, 540),
    "venue.launch": (0, 0.05, 0.15, 0.5, 1),
    "venue.marketing": (0, 0.001, 0.002, 0.01, 0.05),
    "venue.ad_load": (0, 0.5, 1, 4, 8),
    "venue.ad_free_price": (0, 2, 5, 10, 20),
    "venue.effort": (0.2, 0.5, 1, 2, 5),
    "venue.cost": (0, 0.05, 0.1, 0.3, 1),
    "venue.notices": TIMES,
    "venue.invites": TIMES,
    "venue.exposure_price": (0, 0.01, 0.1, 0.5, 2),
    "venue.opening_cost": (0, 3_000, 10_000, 30_000, 100_000),
    "venue.monthly_cost": (0, 100, 500, 2_000, 10_000),
    "host.starts": (0, 30, 90, 180, 365),
    "host.hours": (0, 1, 3, 6, 12),
    "host.capacity": (0, 1, 2, 4, 24),
    "host.budget": (0, 20_000, 40_000, 80_000, 1e9),
    "host.seeding": (0, 1, 4, 10, 30),
    "host.awards": (0, 1, 4, 12, 40),
    "host.broadcasts": (0, 1, 2, 8, 30),
    "host.promises": (0, 0.5, 1, 2, 4),
    "host.exec_visits": (0, 0.25, 0.5, 2, 8),
    "host.hurdle": (0, 0.5, 1, 2, 5),
    "host.patience": (1, 2, 3, 4, 6),
    "product.fit": (0.1, 0.3, 0.5, 0.7, 0.9),
    "product.drift": (0, 0.0001, 0.0003, 0.001, 0.003),
    "product.release_days": (7, 14, 30, 90, 365),
    "product.fixes": (0, 1, 2, 3, 4),
    "product.margin": (0, 0.1, 0.3, 1, 3),
    "outside.rival": (0, 0.1, 0.25, 0.5, 1),
    "venue.closes": (180, 365, 540, 700, 3650),
    "venue.price": (0, 1, 2, 5, 10),
    "venue.hostility": (0, 0.02, 0.05, 0.1, 0.3),
    "host.handover_from": (0, 90, 180, 365, 540),
    "host.handover_days": (1, 30, 180, 365, 540),
    "host.turnover": (180, 365, 540, 700, 3650),
    "host.experts": (0, 1, 2, 4, 8),
    "host.ratchet": (0, 0.05, 0.1, 0.2, 0.5),
    "host.agenda": (0, 0.25, 0.5, 1, 2),
    "product.fault_day": (90, 180, 365, 540, 3650),
    "product.ends": (180, 365, 540, 700, 3650),
    "product.runway": (0, 30_000, 60_000, 120_000, 240_000),
    "product.burn": (0, 50, 100, 200, 400),
    "product.survey": (0, 10, 30, 100, 300),
    "outside.copies": (0, 15, 30, 90, 365),
    "outside.decline": (0, 0.05, 0.1, 0.2, 0.5),
    "outside.feed": (0, 15, 30, 60, 120),
}  # fmt: skip
ALONGSIDE: dict[str, dict[str, float]] = {  # what a lever needs to matter at all, at every level of it
    "host.patience": {"host.hurdle": 5.0},
    "venue.safety": {"venue.hostility": 0.1},
    "venue.traces": {"host.deletes": 0.8, "product.fault_day": 365.0},
    "host.handover_from": {"host.handover": 0.8},
    "host.handover_days": {"host.handover": 0.8},
    "host.turnover": {"host.named": 1.0},
    "host.scripted": {"host.exec_visits": 2.0, "host.named": 1.0},
    "host.answers_critics": {"product.fault_day": 365.0},
    "host.deletes": {"product.fault_day": 365.0},
    "host.reasons": {"host.deletes": 0.8, "product.fault_day": 365.0},
    "host.disclosed": {"host.agenda": 1.0},
    "host.necessity": {"host.agenda": 1.0, "host.disclosed": 1.0},
    "product.fault": {"product.fault_day": 365.0},
    "product.runway": {"product.burn": 200.0},
    "product.burn": {"product.runway": 120_000.0},
    "product.network": {"outside.copies": 30.0},
    "outside.better": {"outside.copies": 30.0},
    "outside.institutions": {"outside.decline": 0.1},
}
ELSEWHERE = {  # levers that need what this scenario has not: they are tried in others (results/gallery/scenarios.csv)
    **dict.fromkeys(("venue.turns", "venue.turned_reach", "venue.turned_ads"), "a landlord (scenario facebook_group)"),
    **dict.fromkeys(("venue.call", "venue.portable"), "a second place (scenario rented_then_owned)"),
    **dict.fromkeys(("host.stance", "host.aggregates"), "a place that members own (scenario lego_fans)"),
    **dict.fromkeys(("venue.segment_ads", "venue.segment_mail", "host.letters"), "a segment (venue.segment)"),
}


NO_CHANCE = {  # why a lever changes nothing at all here, where the code cannot know it before the run
    "host.experts": "experts come in hours that are left in the evening, and this host has none",
    **dict.fromkeys(("product.runway", "product.burn"), "the product's margin pays for what is burnt"),
}


class Column(NamedTuple):
    """How an outcome is shown: its heading, what its values are multiplied by, and their decimals."""

    head: str
    times: float
    decimals: int

    def said(self, value: float, sign: str = "") -> str:
        """Return a value as text, with `sign` "+" also for numbers above 0."""
        return f"{round(value * self.times, self.decimals) + 0.0:{sign},.{self.decimals}f}"


COLUMNS = {
    "size": Column("active members", 1, 0),
    "help_rate": Column("help given (replies per active member and month)", 1, 2),
    "retention_90": Column("retention at 90 days (%)", 100, 1),
    "held_by_members": Column("held by members (%)", 100, 1),
    "profit": Column("profit (thousand)", 0.001, 1),
}


# Levels and points


def levers() -> dict[str, Declared]:
    """Return the declaration of every lever that is a number and can matter in the scenario, by dotted name."""
    every = {f"{group}.{row.name}": row for group, block in keys.LEVERS.items() for row in declared(group, block)}
    return {name: row for name, row in every.items() if name not in ELSEWHERE}


def usual(row: Declared, default: float) -> tuple[float, ...]:
    """Return the levels of a lever without an entry in `LEVELS`.

    They are quarters of a range from 0 to 1, otherwise 0, half, once, twice and four times the default, within the
    range; of a default of 0, quarters of the range.
    """
    if default == 0.0 or (row.low, row.high) == (0.0, 1.0):
        return tuple(row.low + share * (row.high - row.low) for share in SHARES)
    return tuple(sorted({min(max(times * default, row.low), row.high) for times in (0, 0.5, 1, 2, 4)}))


def levels_of(name: str, default: float) -> tuple[float, ...]:
    """Return a lever's levels in their order, the default among them: it replaces the nearest one within its ends."""
    row = levers()[name]
    listed = [float(level) for level in LEVELS.get(name, usual(row, default))]
    if default not in listed:
        inner = range(1, len(listed) - 1)
        place = min(inner, key=lambda place: abs(listed[place] - default))
        place = 0 if default < listed[0] else len(listed) - 1 if default > listed[-1] else place
        listed[place] = default
    return tuple(sorted(listed))


class Swept(NamedTuple):
    """A lever with its levels, the place of the default among them, and the point of each in the design."""

    name: str
    levels: tuple[float, ...]
    default: int
    points: tuple[int, ...]


def laid_out(names: Sequence[str], tree: keys.Tree) -> tuple[list[Swept], tuple[str, ...], list[tuple[float, ...]]]:
    """Return the levers with their points, the names of the factors, and the points, each once."""
    factors = tuple(dict.fromkeys([*names, *(other for name in names for other in ALONGSIDE.get(name, ()))]))
    base = {name: float(tree[name.partition(".")[0]][name.partition(".")[2]]) for name in factors}
    numbers = {tuple(base.values()): 0}
    found = []
    for name in names:
        levels = levels_of(name, base[name])
        rows = [tuple((base | ALONGSIDE.get(name, {}) | {name: level}).values()) for level in levels]
        points = tuple(numbers.setdefault(row, len(numbers)) for row in rows)
        found.append(Swept(name, levels, levels.index(base[name]), points))
    return found, factors, list(numbers)


def sweep_of(names: Sequence[str], seeds: int, people: int, results: str) -> tuple[list[Swept], session.Sweep]:
    """Return the levers with their points, and the sweep that runs these."""
    request = compose.request([f"scenario={SCENARIO}", f"people={people}", "vectors=declared"], compares=False)
    tree = request.experiment.tree()
    found, factors, points = laid_out(names, tree)
    columns = list(zip(*points, strict=True))
    made = tuple(Factor(name, values=tuple(sorted(set(col)))) for name, col in zip(factors, columns, strict=True))
    design = Design("csv", made, points_of(factors, points), seeds, request.experiment.seed, {"metrics": list(shown())})
    check.check({(): tree}, design)
    by_code = f"levers/{point_run.CODE['world']}-{point_run.CODE['lab']}"  # a sweep never goes on with other code
    return found, session.Sweep(by_code, results, {(): tree}, design, sweep_options.read("engine", {}), "auto")


def shown() -> tuple[str, ...]:
    """Return the outcomes that are shown."""
    return tuple(name for name in COLUMNS if name in OUTCOMES)


# What a lever does to an outcome


class Effect(NamedTuple):
    """What a lever does to an outcome: the shape, the place of its extreme, and each level against the default."""

    shape: str
    extreme: int | None
    changes: tuple[Contrast, ...]


def effect(values: Floats, default: int) -> Effect:
    """Classify an outcome by level and seed, as the top of this file says."""
    changes = tuple(contrast(values[default], row, "neither") for row in values)
    others = [place for place in range(len(values)) if place != default]
    if np.isnan(values[default]).all():
        return Effect(UNDEFINED, None, changes)
    moved = [place for place, p in zip(others, holm([changes[place].p for place in others]), strict=True) if is_sure(p)]
    if not moved:
        return Effect(FLAT, None, changes)
    kept = sorted([default, *moved])
    means = np.array([changes[place].difference for place in kept])
    found = []
    for word, sign in (("peaked", 1.0), ("dipped", -1.0)):
        place = kept[int(np.argmax(sign * means))]
        height = stands_out(sign * values, place)
        found += [(height, word, place)] if height > 0.0 else []
    if found:
        _, word, place = max(found)
        return Effect(word, place, changes)
    return Effect("rising" if means[-1] > means[0] else "falling", None, changes)


def stands_out(values: Floats, place: int) -> float:
    """Return by how much a level between the ends surely lies above both of them; 0 if it does not."""
    if not 0 < place < len(values) - 1:
        return 0.0
    ends = [contrast(values[end], values[place], "neither") for end in (0, -1)]
    if not all(map(is_sure, holm([end.p for end in ends]))):
        return 0.0
    return max(0.0, min(end.difference for end in ends))


def is_sure(p: float) -> bool:
    """Tell whether a p value is small enough. NaN is not evidence."""
    return p <= 1.0 - CONFIDENCE


# The tables


class Found(NamedTuple):
    """A lever with what it does, by outcome."""

    swept: Swept
    values: dict[str, Floats]
    effects: dict[str, Effect]

    @property
    def moves_nothing(self) -> bool:
        """Whether every outcome is flat."""
        return all(one.shape in (FLAT, UNDEFINED) for one in self.effects.values())


def found_in(swept: Sequence[Swept], matrices: Mapping[str, Floats]) -> list[Found]:
    """Return what each lever does. The matrices hold an outcome by point and seed."""
    made = []
    for one in swept:
        values = {name: matrix[list(one.points)] for name, matrix in matrices.items()}
        made.append(Found(one, values, {name: effect(own, one.default) for name, own in values.items()}))
    return made


def records(found: Sequence[Found]) -> pd.DataFrame:
    """Return `levers.csv`: a row for each lever, level and outcome.

    `mean`, `low` and `high` are the outcome at the level with its 95 % interval, in the outcome's unit. `change`, with
    its interval, is the difference from the default, and `p` is not corrected.
    """
    rows = []
    for lever in found:
        for name, did in lever.effects.items():
            for level, values, change in zip(lever.swept.levels, lever.values[name], did.changes, strict=True):
                mean, low, high, *_ = estimate(values, bounds=bounds(name))
                against = (change.difference, change.low, change.high, change.p)
                rows.append((lever.swept.name, level, name, mean, low, high, did.shape, *against))
    head = ("lever", "level", "outcome", "mean", "low", "high", "shape", "change", "change_low", "change_high", "p")
    return pd.DataFrame(rows, columns=list(head))


def document(found: Sequence[Found], base: Mapping[str, Floats], experiment: config.Experiment) -> str:
    """Return the whole of `levers.md`. `base` holds each outcome by seed where every lever is at its default."""
    outcomes = list(base)
    seeds = len(base[outcomes[0]])
    still = [lever for lever in found if lever.moves_nothing]
    parts = [
        "# Levers",
        f"What each lever does by itself, at five levels, in the scenario `{SCENARIO}` with declared parameters: "
        f"{experiment.people:,} customers, {experiment.days} days, {seeds} seeds, the same at every level. "
        "`make levers` writes this page by `docs/levers.py`, whose first lines define the words.",
        "The level in bold is the default. A cell says how the outcome goes as the lever rises, then the change from "
        "the default at the lowest and at the highest level, with its 95 % confidence interval. **Flat** means that no "
        "level differs detectably from the default, and the intervals say how large a change may have been missed. "
        "Each row is corrected for its four comparisons (Holm), but not for the number of rows: chance alone makes "
        "about one flat cell in twenty look otherwise. Intervals cover chance between runs, not errors in "
        "assumed parameters.",
        counts(found, base),
        "## Levers that move nothing",
        "\n".join(f"- {nothing(lever, experiment)}" for lever in still) or "None: each lever moves some outcome.",
        "## Levers that need what this scenario has not",
        "\n".join(f"- `{name}` needs {what}" for name, what in ELSEWHERE.items()),
    ]
    for group, block in keys.LEVERS.items():
        own = [lever for lever in found if lever.swept.name.startswith(f"{group}.")]
        if own:
            heads = ("lever", *(COLUMNS[name].head for name in outcomes))
            cells = ([labelled(lever), *(cell(lever, name) for name in outcomes)] for lever in own)
            parts += [f"## `{group}`", block.__doc__, table(heads, cells)]
    return "\n\n".join(parts) + "\n"


def counts(found: Sequence[Found], base: Mapping[str, Floats]) -> str:
    """Return a table of each outcome at the default, and of how many levers have each shape."""
    rows = []
    for name, values in base.items():
        seen = Counter(lever.effects[name].shape for lever in found)
        mean, low, high, *_ = estimate(values, bounds=bounds(name))
        at_default = f"{COLUMNS[name].said(mean)} ({COLUMNS[name].said(low)} to {COLUMNS[name].said(high)})"
        rows.append((COLUMNS[name].head, at_default, *(str(seen[shape]) for shape in SHAPES)))
    return table(("outcome", "at the default", *SHAPES), rows)


def nothing(lever: Found, experiment: config.Experiment) -> str:
    """Return a line about a lever that moves nothing: its levels, and a reason if the code has one."""
    why = inert.lines([lever.swept.name], [experiment]) if lever.swept.name not in ALONGSIDE else []
    same = all(change.identical for did in lever.effects.values() for change in did.changes)
    known = NO_CHANCE.get(lever.swept.name)
    unmoved = f"all runs are the same: {known}" if known else "all runs are the same"
    reason = why[0].partition(": ")[2] if why else unmoved if same else "no difference is detectable"
    return f"{labelled(lever).replace('<br>', ' at ')}: {reason}"


def labelled(lever: Found) -> str:
    """Return a lever's name and its levels, the default in bold."""
    levels = [f"**{level:g}**" if place == lever.swept.default else f"{level:g}"
              for place, level in enumerate(lever.swept.levels)]  # fmt: skip
    others = " and ".join(f"`{name}`={value:g}" for name, value in ALONGSIDE.get(lever.swept.name, {}).items())
    text = f"`{lever.swept.name}`<br>{', '.join(levels)} {levers()[lever.swept.name].unit}"
    return f"{text}, with {others}" if others else text


def cell(lever: Found, outcome: str) -> str:
    """Return what a lever does to an outcome: the word, and the changes at the ends unless there are none at all."""
    did, column, levels = lever.effects[outcome], COLUMNS[outcome], lever.swept.levels
    word = did.shape if did.extreme is None else f"{did.shape} at {levels[did.extreme]:g}"
    if did.shape == UNDEFINED or all(change.identical for change in did.changes):
        return word
    ends = [place for place in (0, len(levels) - 1) if place != lever.swept.default]
    said = [f"{changed(did.changes[place], column)} at {levels[place]:g}" for place in ends]
    return "<br>".join([word if did.shape == FLAT else f"**{word}**", *said])


def changed(change: Contrast, column: Column) -> str:
    """Return a change with its interval as text."""
    if not change.pairs:
        return UNDEFINED
    value, low, high = (column.said(number, "+") for number in (change.difference, change.low, change.high))
    return f"{value} ({low} to {high})" if change.pairs > 1 else value


# The command


def chosen(only: str | None) -> list[str]:
    """Return the levers to run."""
    every = levers()
    asked = [name.strip() for name in only.split(",") if name.strip()] if only else list(every)
    refuse_if_any(f"{name} is not a lever{keys.hint(name, every)}" for name in asked if name not in every)
    return list(dict.fromkeys(asked))


def written(texts: Mapping[Path, str]) -> Iterator[str]:
    """Write files and yield their names."""
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        yield str(path)


def build(names: Sequence[str], seeds: int, people: int, results: str, is_trial: bool) -> int:
    """Run what is missing and write the tables. Return the exit code."""
    swept, asked = sweep_of(names, seeds, people, results)
    print(f"{len(names)} levers, {asked.design.rows():,} runs, {duration(cost.seconds(asked))}", flush=True)
    outcome = session.run(asked, "python docs/levers.py")
    if outcome.code():
        print("\n".join([*outcome.lines(), "or with the same command as before"]), file=sys.stderr)
        return outcome.code()
    folder = Sweep(asked.folder)
    if folder.frame(["error"])["error"].notna().any():
        print(f"some runs failed before: barnraise resume {asked.folder} --failed", file=sys.stderr)
        return BROKEN
    matrices = {name: folder.matrix(name) for name in shown()}
    found, base = found_in(swept, matrices), {name: matrix[0] for name, matrix in matrices.items()}
    parent = asked.folder.parents[1]
    paths = (parent / DOCUMENT.name, parent / TABLE.name) if is_trial else (DOCUMENT, TABLE)
    page = document(found, base, config.experiment(asked.base[()]))
    print("\n".join(written({paths[0]: page, paths[1]: records(found).to_csv(index=False, float_format="%.6g")})))
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the levers and write the document, or try it."""
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python docs/levers.py", description=about)
    parser.add_argument("--quick", action="store_true", help=f"a trial: {QUICK_SEEDS} seeds, {QUICK_PEOPLE} people")
    parser.add_argument("--only", metavar="LEVERS", help="a trial of these levers, with commas between")
    parser.add_argument("--results", default=str(ROOT / "results"), help="the folder that keeps the runs")
    asked = parser.parse_args(arguments)
    seeds, people = (QUICK_SEEDS, QUICK_PEOPLE) if asked.quick else (SEEDS, PEOPLE)
    try:
        return build(chosen(asked.only), seeds, people, asked.results, bool(asked.quick or asked.only))
    except (SettingsError, WorkError) as error:
        print(error, file=sys.stderr)
        return REFUSED


if __name__ == "__main__":
    sys.exit(main())
