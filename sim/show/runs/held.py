"""What holds a community together: one sentence, and bands over time since host and members fell silent."""

import math
from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from sim.lab.runs.fork import AS_IT_WAS, FOUR, shares
from sim.show.looks import BLUE, GREEN, GREY, PALE, SKY, VERMILLION, Look
from sim.show.panel import label_ends, stack, value_axis
from sim.show.results import BASE, Results
from sim.show.style import Drawing, sheet
from sim.show.verdicts import arm_label, ends_of
from sim.show.words import amount, capital, listed, with_interval

Bands = pd.DataFrame  # a row a day, a column a band
MOST = 6  # arms that have a panel
SPANS = {7: "a week", 14: "two weeks", 30: "a month", 61: "two months", 91: "three months", 182: "half a year",
         274: "nine months", 365: "a year", 730: "two years"}  # fmt: skip
HELD = {  # from below
    "floor": ("own needs", Look(PALE)), "held_by_members": ("each other", Look(BLUE, hatch="//")),
    "held_by_host": ("the host", Look(VERMILLION, hatch="..")),
}  # fmt: skip
GIVEN = {
    "given_by_members": ("each other", Look(BLUE, hatch="//")), "given_by_host": ("the host", Look(VERMILLION)),
    "given_by_archive": ("the archive", Look(SKY, hatch="..")), "given_by_cause": ("the cause", Look(GREEN)),
    "given_by_nobody": ("nobody: hopes", Look(PALE)),
}  # fmt: skip
FELL = "after the voices fall silent"


def horizon(days: int) -> str:
    """Return a number of days in words: "half a year", "100 days"."""
    near = min(SPANS, key=lambda span: abs(span - days))
    return SPANS[near] if abs(near - days) <= 0.02 * days else f"{days} days"


def since(results: Results) -> str:
    """Return how long before the end the worlds part, in words."""
    return horizon(results.days - (results.host_off or 0))


def sentence(results: Results, arm: str = BASE) -> str:
    """Return who holds the active members at the end, in one sentence without its full stop."""
    size = results.mean("size", arm)
    members, host, floor = (results.mean(name, arm) for name in ("held_by_members", "held_by_host", "floor"))
    opening = f"{amount(size.mean)} members are active after {results.days} days"
    if results.host_off is None:
        return f"{opening}; what holds them was not tried (host_off is off)"
    if not math.isfinite(floor.mean):
        return f"{opening}; what holds them is undefined, because nobody is active at the end"
    below = " (below 0 % means that more stay where that voice is silent)" * (min(members.mean, host.mean) < -0.001)
    return (f"Of {amount(size.mean)} active members, {with_interval(members, 'share')} are held by each other, "
            f"{with_interval(host, 'share')} by the host{below}; the other {amount(floor.mean, 'share')} would come "
            f"for their own needs, {since(results)} {FELL}")  # fmt: skip


def compared(results: Results, arms: list[str]) -> str:
    """Return the shares that members hold in some arms, the largest first, or nothing if no arm has one."""
    held = {arm: value for arm in arms if math.isfinite(value := results.mean("held_by_members", arm).mean)}
    ranked = sorted(held, key=lambda arm: -held[arm])
    words = ends_of([f"{arm_label(arm)} {amount(held[arm], 'share')}" for arm in ranked])
    return f"Active members held by each other, {since(results)} {FELL}: {words}" if held else ""


def bands(results: Results, arm: str) -> Bands:
    """Return how many active members each of `HELD` holds, by day since the worlds parted; empty where none parted."""
    on, *silent = (results.paths("active", arm, world) for world in (AS_IT_WAS, *FOUR))
    if on.empty or any(paths.empty for paths in silent):
        return Bands()
    days = [day for day in silent[0] if day in on]
    parts = {
        day: pd.DataFrame(
            [shares(*row) for row in zip(on[day], *(paths[day] for paths in silent), strict=True)]
        ).mean() * on[day].mean()
        for day in days
    }  # fmt: skip
    return pd.DataFrame(parts).T[list(HELD)].fillna(0.0)


def held_in_time(results: Results) -> Drawing | None:
    """Draw what holds the active members of each arm, day by day since host and members fell silent."""
    tables = {arm: table.set_axis(table.index - (results.host_off or 0))
              for arm in results.arms if len(table := bands(results, arm)) > 1}  # fmt: skip
    if not tables:
        return None
    finding = compared(results, list(tables)) if results.compares else sentence(results)
    drawn = "Active members as they would have been, by what holds them, mean over runs. Shares: on the last day."
    ends = {arm: {name: amount(results.mean(name, arm).mean, "share") for name in HELD} for arm in tables}
    return stacked(results, finding or sentence(results), drawn, tables, HELD, ends, f"days {FELL}")


def budget_in_time(results: Results) -> Drawing | None:
    """Draw what a visit of an active member is worth over time, by who supplied it, in each arm."""
    found = {arm: pd.DataFrame({name: results.paths(name, arm).mean(axis=0) for name in GIVEN}).fillna(0.0)
             for arm in results.arms}  # fmt: skip
    tables = {arm: table for arm, table in found.items() if len(table) > 1 and table.to_numpy().any()}
    if not tables:
        return None
    last = {arm: table.iloc[-1] / (table.iloc[-1].sum() or 1.0) for arm, table in tables.items()}
    ends = {arm: {name: amount(share, "share") for name, share in parts.items()} for arm, parts in last.items()}
    first = next(iter(last.values()))
    most = str(first.idxmax())
    whose = f" in {arm_label(next(iter(last)))}" if results.compares else ""
    finding = f"At the end{whose}, {amount(first[most], 'share')} of what holds members was given by {GIVEN[most][0]}"
    drawn = ("The binding budget: what a visit of an active member is worth, by who supplied it, mean over runs. "
             "Shares: on the last day.")  # fmt: skip
    return stacked(results, finding, drawn, tables, GIVEN, ends, "day")  # type: ignore[arg-type]


def stacked(
    results: Results, finding: str, drawn: str, tables: dict[str, Bands], looks: Mapping[str, tuple[str, Look]],
    ends: Mapping[str, Mapping[str, str]], axis: str,
) -> Drawing:  # fmt: skip
    """Draw a panel of stacked bands for each arm, below each other, with the bands' names and ends at the right."""
    arms = list(tables)[:MOST]
    left_out = [arm_label(arm) for arm in results.arms if arm not in arms]
    drawn += f" Not shown: {listed(left_out)}." if left_out else ""
    tall = 3.0 if len(arms) == 1 else 1.5
    page = sheet(results, finding, drawn, rows=[tall] * len(arms), gap=0.45, right=2.0)
    top = max(float(tables[arm].clip(lower=0.0).sum(axis=1).max()) for arm in arms)
    for axes, arm in zip(page.axes, arms, strict=True):
        labels = draw_bands(axes, tables[arm], looks, ends[arm])
        axes.set_xlim(tables[arm].index[0], max(tables[arm].index[-1], 1))
        value_axis(axes)
        axes.set_ylim(0.0, 1.05 * top or 1.0)
        axes.set_title(capital(arm_label(arm)) if results.compares else "")
        label_ends(axes, labels)
    page.axes[-1].set_xlabel(axis)
    return page.done(" ".join(f"{arm_label(arm)}: {listed([f'{looks[k][0]} {v}' for k, v in ends[arm].items()])}."
                              for arm in arms))  # fmt: skip


def draw_bands(
    axes: Axes, table: Bands, looks: Mapping[str, tuple[str, Look]], ends: Mapping[str, str]
) -> list[tuple[float, str, str]]:
    """Draw bands on top of each other, what is below 0 as nothing, and return the labels of their ends."""
    middles = stack(axes, table[list(looks)].clip(lower=0.0), [look for _, look in looks.values()])
    return [(y, f"{name} {ends[key]}", GREY if look.colour == PALE else look.colour)
            for y, (key, (name, look)) in zip(middles, looks.items(), strict=True)]  # fmt: skip
