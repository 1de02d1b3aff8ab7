"""Pictures of what the arms are like inside: roles, exits, mood, and who gives and gets."""

import math

import pandas as pd
from matplotlib.axes import Axes

from sim.lab.runs.statistics import CONFIDENCE, contrast, holm
from sim.show.comparisons.arms import dots_by_arm, look
from sim.show.results import Results, measure, spread
from sim.show.runs.over_time import ROLES
from sim.show.runs.people import CLAUSES, EXITS, causes, ledger
from sim.show.style import (
    BLACK,
    ONE_BAND,
    Drawing,
    day_axis,
    label_ends,
    ribbon,
    sheet,
    ticks,
    value_axis,
)  # fmt: skip
from sim.show.words import (
    amount,
    arm_label,
    arms_moved,
    ends_of,
    together,
    with_interval,
)  # fmt: skip

# Who is here, who left


def roles(results: Results) -> Drawing | None:
    """Roles on the last day, arm by arm."""
    tables = {arm: {name: results.paths(name, arm) for name in ROLES} for arm in results.arms}
    if any(table.empty for by_role in tables.values() for table in by_role.values()):
        return None
    ends = {arm: {name: float(t.iloc[:, -1].mean()) for name, t in by.items()} for arm, by in tables.items()}
    carry = {arm: spread(tables[arm]["helpers"].iloc[:, -1] + tables[arm]["champions"].iloc[:, -1]) for arm in ends}
    carriers = {arm: f"{arm_label(arm)} {with_interval(value)}" for arm, value in carry.items()}
    ranked = sorted(carriers, key=lambda arm: -carry[arm].mean)
    finding = f"helpers and champions on the last day: {ends_of([carriers[arm] for arm in ranked])}"
    drawn = (
        "Active members by role on the last day, mean over runs; roles are read off what people did. In "
        "brackets: 95 % interval of the mean."
    )
    page = sheet(results, finding, drawn, left=1.6, right=0.9, plot=0.5 * len(ends) + 0.75)
    axes = page.axes[0]
    for y, arm in enumerate(reversed(results.arms)):
        _stacked_bar(axes, y, ends[arm])
    axes.set_yticks(range(len(ends)), [arm_label(arm) for arm in reversed(results.arms)])
    axes.xaxis.set_major_formatter(ticks())
    axes.grid(visible=False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, frameon=False, handlelength=1.4, borderaxespad=0.1)
    return page.done()


def _stacked_bar(axes: Axes, y: int, by_role: dict[str, float]) -> None:
    start = 0.0
    for name, style in ROLES.items():
        axes.barh([y], [by_role[name]], left=start, color=style.colour, hatch=style.hatch, edgecolor="white",
                  height=0.62, label=name if y == 0 else None)  # fmt: skip
        start += by_role[name]
    axes.annotate(amount(start), (start, y), xytext=(5, 0), textcoords="offset points", va="center", weight="bold")


def exits(results: Results) -> Drawing | None:
    """Why members left, arm by arm."""
    table = {arm: causes(results, EXITS, arm) for arm in results.arms}
    labels = [label for label in EXITS.values() if all(label in by for by in table.values())]
    if not labels:
        return None
    drawn = "People a run who left, by the cause recorded when they did: mean with its 95 % interval."
    return dots_by_arm(results, exits_finding(results), drawn, labels[::-1], table)


def exits_finding(results: Results) -> str:
    """Return for each arm the cause whose number moved most, where the pairs can tell after so many looks."""
    looks = [(arm, name) for arm in results.alternatives for name in EXITS]
    gaps = {key: contrast(results.total([key[1]]), results.total([key[1]], key[0]), "neither") for key in looks}
    told = holm([gap.p for gap in gaps.values()]) <= 1 - CONFIDENCE
    findings = {}
    for arm in results.alternatives:
        seen = {
            name: gaps[arm, name].difference for (of, name), ok in zip(looks, told, strict=True) if of == arm and ok
        }
        if seen:
            most = max(seen, key=lambda name: abs(seen[name]))
            found = f"{amount(abs(seen[most]))} {'more' if seen[most] > 0 else 'fewer'} leave {CLAUSES[EXITS[most]]}"
        elif all(gaps[arm, name].identical for name in EXITS):
            found = "the same exits as the base"
        else:
            found = "can't tell whether more or fewer leave for any cause"
        findings[arm] = found
    return together(findings)


# Mood, give and get


def mood(results: Results) -> Drawing | None:
    """Trust, belonging and fit, arm by arm."""
    names = [name for name in ("trust", "belonging", "fit") if not results.paths(name).empty]
    if not names:
        return None
    drawn = "Means over active members (fit: of the product), host on; each panel has its own scale."
    page = sheet(results, arms_moved(results, {name: measure(name).label.lower() for name in names}), drawn,
                 bands=ONE_BAND, widths=(1,) * len(names), gap=0.6, right=1.35, plot=2.7)  # fmt: skip
    for axes, name in zip(page.axes, names, strict=True):
        labels = []
        for arm in results.arms:
            end = ribbon(axes, results.paths(name, arm), look(results, arm), spread_too=False)
            labels.append((end.mean, arm_label(arm), look(results, arm).colour))
        day_axis(axes, results)
        value_axis(axes, "0 to 1")
        axes.set_title(measure(name).label)
    label_ends(page.axes[-1], labels)
    return page.done()


SHEET = {"member_hours": "Members'\nhours", "needs_met": "Needs\nmet", "host_hours": "Host's\nhours",
         "money_out": "Money\nout", "money_in": "Money\nin"}  # fmt: skip


def give_and_get(results: Results) -> Drawing | None:
    """Draw what both sides give and get in each arm, summed over the ledger."""
    tables = {arm: ledger(results, arm) for arm in results.arms}
    if any(table.empty for table in tables.values()):
        return None
    sums = {arm: table[list(SHEET)].sum() for arm, table in tables.items()}
    drawn = (
        "Per run, mean over runs; money from the host's point of view. Each panel has its own scale from "
        "zero. The ledger holds means only: no intervals."
    )
    page = sheet(results, give_finding(results, sums), drawn, widths=(1,) * 5, gap=0.6, left=1.5, right=0.6,
                 plot=0.42 * len(sums) + 0.1, share_y=True, below=0.4)  # fmt: skip
    for axes, (column, title) in zip(page.axes, SHEET.items(), strict=True):
        _bar_an_arm(axes, results, {arm: float(total[column]) for arm, total in sums.items()})
        axes.set_title(title, fontsize=10.5)
    return page.done()


def _bar_an_arm(axes: Axes, results: Results, values: dict[str, float]) -> None:
    for y, arm in enumerate(reversed(list(values))):
        style, value = look(results, arm), values[arm]
        axes.barh([y], [value], color=style.colour, hatch=style.hatch, edgecolor="white", height=0.62)
        axes.annotate(amount(value), (value, y), xytext=(3, 0), textcoords="offset points", va="center", fontsize=10)
    axes.set_yticks(range(len(values)), [arm_label(arm) for arm in reversed(list(values))])
    axes.set_xlim(0, max([*values.values(), 1e-9]) * 1.25)
    axes.tick_params(axis="both", length=0, labelbottom=False, labelcolor=BLACK)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)


def give_finding(results: Results, sums: dict[str, pd.Series]) -> str:
    """Return how members' hours for an hour of the host compare over the arms."""
    ratio = {
        arm: total.member_hours / total.host_hours if total.host_hours else math.inf for arm, total in sums.items()
    }
    parts = [
        f"{arm_label(arm)} {amount(value)}" if math.isfinite(value) else f"{arm_label(arm)}: the host gives no hour"
        for arm, value in ratio.items()
    ]
    return f"hours that members give for an hour of the host: {ends_of(parts)}"
