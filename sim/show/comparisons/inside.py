"""Pictures of what the arms are like inside: roles, exits, mood, and what members and hosts give and get."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.lab.runs.statistics import CONFIDENCE, contrast, holm
from sim.show.comparisons.arms import dots_by_arm, look
from sim.show.panel import blank, label_ends, over_days, ribbon, ticks
from sim.show.results import BASE, Paths, Results, Spread, Values, measure, spread
from sim.show.runs.over_time import NOBODY, ROLES
from sim.show.runs.people import CLAUSES, EXITS
from sim.show.style import ONE_BAND, Drawing, sheet
from sim.show.verdicts import arm_label, arms_moved, ends_of, said, tag, together
from sim.show.words import amount, listed, with_interval

MONTH = 30


def roles(results: Results) -> Drawing | None:
    """Roles on the last day, arm by arm."""
    tables = {arm: {name: results.paths(name, arm) for name in ROLES} for arm in results.arms}
    if any(table.empty for by_role in tables.values() for table in by_role.values()):
        return None
    ends = {arm: {name: float(t.iloc[:, -1].mean()) for name, t in by.items()} for arm, by in tables.items()}
    carry = {arm: _share_that_helps(by) for arm, by in tables.items()}
    carriers = {arm: f"{arm_label(arm)} {with_interval(value, 'share')}" for arm, value in carry.items()}
    ranked = sorted(carriers, key=lambda arm: -carry[arm].mean)
    finding = f"Helpers and champions among active members: {ends_of([carriers[arm] for arm in ranked])}"
    drawn = (
        "Active members by role on the last day, mean over runs. A role describes what a person did. In brackets: 95 % "
        "interval of the mean."
    )
    page = sheet(results, finding, drawn, left=1.6, right=0.9, plot=0.5 * len(ends) + 0.75)
    axes = page.axes[0]
    for y, arm in enumerate(reversed(results.arms)):
        _stacked_bar(axes, y, ends[arm])
    axes.set_yticks(range(len(ends)), [tag(arm) for arm in reversed(results.arms)])
    axes.xaxis.set_major_formatter(ticks())
    axes.grid(visible=False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, frameon=False, handlelength=1.4, borderaxespad=0.1)
    return page.done()


def _share_that_helps(tables: dict[str, Paths]) -> Spread:
    """Return the share of active members who are helpers or champions on the last day, undefined where none is."""
    last = {name: table.iloc[:, -1] for name, table in tables.items()}
    total = pd.DataFrame(last).sum(axis=1).replace(0, np.nan)
    return spread((last["helpers"] + last["champions"]) / total, least=0, most=1)


def _stacked_bar(axes: Axes, y: int, by_role: dict[str, float]) -> None:
    start = 0.0
    for name, style in ROLES.items():
        axes.barh([y], [by_role[name]], left=start, color=style.colour, hatch=style.hatch, edgecolor="white",
                  height=0.62, label=name if y == 0 else None)  # fmt: skip
        start += by_role[name]
    axes.annotate(amount(start), (start, y), xytext=(5, 0), textcoords="offset points", va="center", weight="bold")


def exits(results: Results) -> Drawing | None:
    """Why members left, arm by arm: a rate, because an arm with more members has more of them to lose."""
    rates = {arm: exit_rates(results, arm) for arm in results.arms}
    causes = [name for name in EXITS if all(name in by_cause for by_cause in rates.values())]
    if not causes:
        return None
    drawn = "Exits per 100 members a month, by the cause recorded at the exit: mean with its 95 % interval. "
    drawn += "Members are all who have joined and not left."
    missing = [arm_label(arm) for arm, by_cause in rates.items() if not np.isfinite([*by_cause.values()]).any()]
    drawn += f" Not shown: {listed(missing)}, where nobody joined." if missing else ""
    table = {arm: {EXITS[name]: spread(rates[arm][name], least=0) for name in causes} for arm in results.arms}
    return dots_by_arm(results, exits_finding(results, rates, causes), drawn, [EXITS[c] for c in causes[::-1]], table)


def exit_rates(results: Results, arm: str) -> dict[str, Values]:
    """Return exits by cause per 100 members a month, one number for each run; undefined where nobody joined."""
    members = results.paths("members", arm)
    if members.empty:
        return {}
    months = members.mean(axis=1).to_numpy() * results.days / MONTH
    months = np.where(months > 0, months, np.nan)
    return {name: 100 * results.total([name], arm) / months for name in EXITS if not results.paths(name, arm).empty}


def exits_finding(results: Results, rates: dict[str, dict[str, Values]], causes: list[str]) -> str:
    """Return for each arm the cause whose rate moved most, corrected for the number of comparisons (Holm)."""
    looks = [(arm, name) for arm in results.alternatives for name in causes]
    gaps = {(arm, name): contrast(rates[BASE][name], rates[arm][name], "neither") for arm, name in looks}
    clear = holm([gap.p for gap in gaps.values()]) <= 1 - CONFIDENCE
    told = {key for key, ok in zip(looks, clear, strict=True) if ok}
    findings = {}
    for arm in results.alternatives:
        seen = {name: gaps[arm, name].difference for name in causes if (arm, name) in told}
        if seen:
            most = max(seen, key=lambda name: abs(seen[name]))
            how = "more" if seen[most] > 0 else "fewer"
            found = f"{amount(abs(seen[most]))} {how} in 100 members leave each month {CLAUSES[EXITS[most]]}"
        elif all(gaps[arm, name].identical for name in causes):
            found = "the same exit rates as the base"
        else:
            found = "the effects on exit rates are unclear"
        findings[arm] = found
    return together(findings)


def mood(results: Results) -> Drawing | None:
    """Trust, belonging and fit, arm by arm."""
    names = [name for name in ("trust", "belonging", "fit") if not results.paths(name).empty]
    if not names:
        return None
    drawn = "Means over active members, with the host (product fit: over facets). Each panel has its own scale."
    page = sheet(results, arms_moved(results, {name: said(name) for name in names}), drawn,
                 bands=ONE_BAND, widths=(1,) * len(names), gap=0.6, right=1.35, plot=2.7)  # fmt: skip
    for axes, name in zip(page.axes, names, strict=True):
        labels = []
        if not any(results.paths(name, arm).notna().any(axis=None) for arm in results.arms):
            axes.set_title(measure(name).label)
            blank(axes, NOBODY)
            continue
        for arm in results.arms:
            end = ribbon(axes, results.paths(name, arm), look(results, arm), spread_too=False)
            labels.append((end.mean, tag(arm), look(results, arm).colour))
        over_days(axes, results, "0 to 1")
        axes.set_title(measure(name).label)
    label_ends(page.axes[-1], labels)
    return page.done()
