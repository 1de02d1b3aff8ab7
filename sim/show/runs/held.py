"""What holds a community together: one sentence, and bands over time since host and members fell silent."""

import math
from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from sim.lab.runs.fork import AS_IT_WAS, FOUR, shares
from sim.show.looks import BLUE, GREEN, GREY, PALE, SKY, VERMILLION, Look
from sim.show.panel import label_ends, stack, value_axis
from sim.show.results import Results
from sim.show.style import Drawing, sheet
from sim.show.verdicts import arm_label, ends_of
from sim.show.words import amount, capital, listed, with_interval

Bands = pd.DataFrame  # a row a day, a column a band
Named = Mapping[str, tuple[str, Look]]
MOST = 6  # arms that have a panel
SPANS = {7: "a week", 14: "two weeks", 30: "a month", 61: "two months", 91: "three months", 182: "half a year",
         274: "nine months", 365: "a year", 730: "two years"}  # fmt: skip
HELD: Named = {  # from below
    "floor": ("own needs", Look(PALE)), "held_by_members": ("each other", Look(BLUE, hatch="//")),
    "held_by_host": ("the host", Look(VERMILLION, hatch="..")),
}  # fmt: skip
GIVEN: Named = {
    "given_by_members": ("other members", Look(BLUE, hatch="//")), "given_by_host": ("the host", Look(VERMILLION)),
    "given_by_archive": ("the archive", Look(SKY, hatch="..")), "given_by_cause": ("the cause", Look(GREEN)),
    "given_by_nobody": ("first hopes", Look(PALE)),
}  # fmt: skip
FELL = "after the voices fall silent"


def horizon(days: int) -> str:
    """Return a number of days in words: "half a year", "100 days"."""
    near = min(SPANS, key=lambda span: abs(span - days))
    return SPANS[near] if abs(near - days) <= 0.02 * days else f"{days} days"


def since(results: Results) -> str:
    """Return in words how long before the end the worlds part."""
    return horizon(results.days - (results.host_off or 0))


def sentence(results: Results) -> str:
    """Return who holds the base's active members at the end, in one sentence without its full stop."""
    size, *held = (results.mean(name) for name in ("size", "held_by_members", "held_by_host", "floor"))
    opening = f"{amount(size.mean)} members are active after {results.days} days"
    if results.host_off is None:
        return f"{opening}; what holds them was not tried (host_off is off)"
    if not math.isfinite(held[0].mean):
        return f"{opening}; what holds them is undefined, because nobody is active at the end"
    below = " (below 0: more stay where that voice is silent)" * any(one.mean < -0.001 for one in held)
    members, host = (with_interval(one, "share") for one in held[:2])
    return (
        f"Of {amount(size.mean)} active members, {members} are held by each other, {host} by the host{below}; "
        f"the other {amount(held[2].mean, 'share')} would come for their own needs, {since(results)} {FELL}"
    )


def compared(results: Results, arms: list[str]) -> str:
    """Return the shares that members hold in some arms, the largest first, or nothing if no arm has one."""
    held = {arm: value for arm in arms if math.isfinite(value := results.mean("held_by_members", arm).mean)}
    ranked = [f"{arm_label(arm)} {amount(held[arm], 'share')}" for arm in sorted(held, key=lambda arm: -held[arm])]
    return f"Active members held by each other, {since(results)} {FELL}: {ends_of(ranked)}" if held else ""


def bands(results: Results, arm: str) -> Bands:
    """Return how many active members each of `HELD` holds, by day since the worlds parted; empty where none parted."""
    on, *silent = (results.paths("active", arm, world) for world in (AS_IT_WAS, *FOUR))
    found = {}
    for day in on.columns.intersection(silent[0].columns):
        runs = zip(on[day], *(paths[day] for paths in silent), strict=True)
        found[day] = on[day].mean() * pd.DataFrame([shares(*run) for run in runs])[list(HELD)].mean()
    return pd.DataFrame(found).T.fillna(0.0)


def held_in_time(results: Results) -> Drawing | None:
    """Draw what holds the active members of each arm, day by day since host and members fell silent."""
    tables = {arm: bands(results, arm).rename(lambda day: day - (results.host_off or 0)) for arm in results.arms}
    finding = (compared(results, results.arms) if results.compares else "") or sentence(results)
    drawn = "Active members as they would have been, by what holds them, mean over runs. Shares: on the last day."
    ends = {arm: [amount(results.mean(name, arm).mean, "share") for name in HELD] for arm in results.arms}
    return stacked(results, finding, drawn, tables, HELD, ends, f"days {FELL}")


def budget_in_time(results: Results) -> Drawing | None:
    """Draw what a visit of an active member is worth over time, by who supplied it, in each arm."""
    found = {arm: {name: results.paths(name, arm).mean(axis=0) for name in GIVEN} for arm in results.arms}
    tables = {arm: pd.DataFrame(series).fillna(0.0) for arm, series in found.items()}
    last = {arm: table.iloc[-1] / (table.iloc[-1].sum() or 1.0) for arm, table in tables.items() if len(table)}
    givers = {arm: f"{GIVEN[str(part.idxmax())][0]} ({amount(part.max(), 'share')})"
              for arm, part in last.items() if part.any()}  # fmt: skip
    most = [
        f"in {arm_label(arm)} from {giver}" if results.compares else f"from {giver}" for arm, giver in givers.items()
    ]
    finding = f"The largest part of what a visit is worth at the end comes {ends_of(most)}"
    drawn = "The binding budget: what active members' visits are worth to them, by who supplied it, mean over runs."
    ends = {arm: [amount(one, "share") for one in share] for arm, share in last.items()}
    return stacked(results, finding, drawn + " Shares: on the last day.", tables, GIVEN, ends, "day")


def stacked(
    results: Results, finding: str, drawn: str, tables: dict[str, Bands], names: Named,
    ends: Mapping[str, list[str]], axis: str,
) -> Drawing | None:  # fmt: skip
    """Draw a panel of bands for each arm with data, below each other; `ends` are the bands' last values in words."""
    shown = [arm for arm, table in tables.items() if len(table) > 1 and table.to_numpy().any()][:MOST]
    if not shown:
        return None
    left_out = listed([arm_label(arm) for arm in results.arms if arm not in shown])
    drawn += f" Not shown: {left_out}." if len(shown) < len(results.arms) else ""
    page = sheet(results, finding, drawn, rows=[3.0 if len(shown) == 1 else 1.5] * len(shown), gap=0.5, right=2.0)
    top = max(float(tables[arm].clip(lower=0.0).sum(axis=1).max()) for arm in shown)
    for axes, arm in zip(page.axes, shown, strict=True):
        labels = draw_bands(axes, tables[arm], names, ends[arm])
        value_axis(axes)
        axes.set(xlim=(tables[arm].index[0], tables[arm].index[-1]), ylim=(0.0, 1.05 * top))
        axes.set_title(capital(arm_label(arm)) if results.compares else "")
        label_ends(axes, labels)
    page.axes[-1].set_xlabel(axis)
    return page.done()


def draw_bands(axes: Axes, table: Bands, names: Named, ends: list[str]) -> list[tuple[float, str, str]]:
    """Draw bands on top of each other, those below 0 as nothing, and return the labels of their ends."""
    middles = stack(axes, table[list(names)].clip(lower=0.0), [look for _, look in names.values()])
    return [(y, f"{name} {end}", GREY if look.colour == PALE else look.colour)
            for y, (name, look), end in zip(middles, names.values(), ends, strict=True)]  # fmt: skip
