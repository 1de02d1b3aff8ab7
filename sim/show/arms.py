"""Pictures of a comparison: the arms side by side, their differences, and what can't be told."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.show.over_time import ROLES
from sim.show.results import BASE, Paths, Results, Spread, measure, spread
from sim.show.style import (
    ARM_LOOKS, BLACK, BLUE, GREY, PALE, VERMILLION, Drawing, Look, apart, day_axis, interval_dot, label_ends, mark_day, ribbon,
    run_dots, sheet, ticks, value_axis,
)  # fmt: skip
from sim.show.who import EXITS, causes, ledger
from sim.show.words import (
    CANT_TELL, MINUS, PERCENT, POINTS, SAME, amount, arm_label, arms_moved, listed, moved, relative, span, with_interval,
)  # fmt: skip
from sim.world.measures import HEADLINE


def look(results: Results, arm: str) -> Look:
    """Return the look of an arm, the same in every picture."""
    return ARM_LOOKS[results.arms.index(arm) % len(ARM_LOOKS)]


def _has_survival(results: Results) -> bool:
    return any(np.isfinite(results.outcome("survival", arm)).any() for arm in results.arms)


# The one to remember


def size_and_survival(results: Results) -> Drawing | None:
    """Size over time, and host-off survival beside it: an arm may win on one and lose on the other."""
    if results.paths("active").empty:
        return None
    name = "survival" if _has_survival(results) else "size"
    labels = ["size", "host-off survival"] if name == "survival" else ["size"]
    right = "active members with the host silent since the host-off day, as a share of the day before" * (name != "size")
    page = sheet(results, arms_moved(results, ["size", "survival"][: len(labels)], labels), "Left: active members, host "
                 f"on. Right: {right or 'active members on the last day'}. Grey lines join runs with the same people and "
                 "luck.", widths=(1.75, 1), gap=1.7, right=0.35, bands=True)  # fmt: skip
    axes, few, ends = page.axes[0], len(results.arms) <= 3, []
    for arm in results.arms:
        end = ribbon(axes, results.paths("active", arm), look(results, arm), spread_too=few)
        ends.append((end.mean, f"{arm_label(arm)} {amount(end.mean)}", look(results, arm).colour))
    day_axis(axes, results)
    value_axis(axes)
    mark_day(axes, results.scenario.get("change_day"), "change")
    label_ends(axes, ends)
    paired(page.axes[1], results, name)
    page.axes[1].set_title("Host-off survival" if name == "survival" else "Size")
    return page.done(" ".join(f"{arm_label(arm)}: size {with_interval(results.mean('size', arm))}." for arm in results.arms))


def paired(axes: Axes, results: Results, name: str) -> None:
    """Draw an outcome's runs arm beside arm, each run joined to its twin, with the means."""
    unit = measure(name).unit
    table = pd.DataFrame({arm: results.outcomes(arm).get(name, pd.Series(dtype=float)) for arm in results.arms})
    axes.plot(range(len(results.arms)), table.to_numpy().T, color=PALE, linewidth=0.7)
    for x, arm in enumerate(results.arms):
        mean = results.mean(name, arm)
        run_dots(axes, x, list(table[arm]), look(results, arm), 0)
        interval_dot(axes, x, mean, look(results, arm))
        if math.isfinite(mean.mean):
            axes.annotate(amount(mean.mean, unit), (x, mean.mean), xytext=(8, 0), textcoords="offset points",
                          va="center", weight="bold", fontsize=10.5,
                          bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.6})  # fmt: skip
    axes.set_xlim(-0.4, len(results.arms) - 0.4 + 0.35)
    upright = len(results.arms) > 3
    axes.set_xticks(range(len(results.arms)), [arm_label(arm).replace(" ", "\n") for arm in results.arms],
                    rotation=90 if upright else 0)  # fmt: skip
    value_axis(axes, unit)


# The differences


def differences(results: Results, arm: str) -> Drawing | None:
    """One arm's differences on every headline outcome, with the intervals, best and worst alike."""
    rows = [(name, results.difference(name, arm)) for name in HEADLINE]
    known = [(name, row) for name, row in rows if row is not None and math.isfinite(row.difference)][::-1]
    if not known:
        return None
    page = sheet(results, verdicts_finding(results, arm), f"{arm_label(arm)} less base, paired runs, in percent of the "
                 "base's mean; in figures at the right. Whisker: 95 % interval. Hollow: can't tell.", left=2.8, right=2.45,
                 plot=0.36 * len(known) + 0.2)  # fmt: skip
    axes = page.axes[0]
    limit = _limit(results, known, arm)
    for y, (name, row) in enumerate(known):
        _difference_row(axes, y, row, results.mean(name).mean, limit)
        text = f"{amount(row.difference, measure(name).unit, True)}"
        if math.isfinite(row.low):
            text += f" ({span(row.low, row.high, measure(name).unit, True).removesuffix(POINTS)})"
        axes.annotate(text, (1, y), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points",
                      va="center", fontsize=10)  # fmt: skip
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.set_yticks(range(len(known)), [measure(name).label for name, _ in known])
    axes.set_ylim(-0.6, len(known) - 0.4)
    axes.set_xlim(-limit, limit)
    axes.tick_params(axis="y", length=0, labelcolor=BLACK)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+.0%}".replace("%", PERCENT).replace("-", MINUS) if value else "0")
    return page.done()


def _limit(results: Results, known: Sequence[tuple[str, pd.Series]], arm: str) -> float:
    """Return how far the axis reaches: to the widest interval, but not past 150 %, beyond which arrows point."""
    widest = [abs(relative(results, name, arm)) for name, _ in known]
    for name, row in known:
        base = abs(results.mean(name).mean)
        widest += [abs(row.low) / base, abs(row.high) / base] if base else []
    finite = [value for value in widest if math.isfinite(value)]
    return min(max([*finite, 0.02]) * 1.15, 1.5)


def _difference_row(axes: Axes, y: float, row: pd.Series, base: float, limit: float) -> None:
    """Draw one difference: the marker says better, worse or neither; hollow says that nobody can tell."""
    if not base or not math.isfinite(base):
        return
    look = {"better": Look(BLUE, marker="^"), "worse": Look(VERMILLION, marker="v")}.get(row.verdict, Look(GREY))
    low, high, middle = row.low / abs(base), row.high / abs(base), row.difference / abs(base)
    if math.isfinite(low):
        axes.plot(np.clip([low, high], -limit, limit), [y, y], color=look.colour, linewidth=2)
    if abs(middle) > limit:
        axes.plot([math.copysign(limit * 0.97, middle)], [y], marker=">" if middle > 0 else "<", color=look.colour)
        return
    hollow = row.verdict in (CANT_TELL, SAME)
    axes.plot([middle], [y], look.marker, color=look.colour, markersize=8, markerfacecolor="white" if hollow else look.colour)


def verdicts_finding(results: Results, arm: str) -> str:
    """Return how many headline outcomes an arm moves for better and for worse."""
    rows = [row for name in HEADLINE if (row := results.difference(name, arm)) is not None]
    count = {word: sum(row.verdict == word for row in rows) for word in ("better", "worse", CANT_TELL, SAME)}
    if count[SAME] == len(rows):
        return f"{arm_label(arm)}: no difference on any of {len(rows)} headline outcomes"
    told = [f"better on {count['better']}", f"worse on {count['worse']}"]
    moved_only = len(rows) - sum(count.values())
    told += [f"{moved_only} moved, neither good nor bad"] if moved_only else []
    told += [f"can't tell on {count[CANT_TELL]}"] if count[CANT_TELL] else []
    told += [f"no difference on {count[SAME]}"] if count[SAME] else []
    return f"{arm_label(arm)}: {', '.join(told)} of {len(rows)} headline outcomes"


def difference_in_time(results: Results) -> Drawing | None:
    """When the difference in size begins to show."""
    base, gaps = results.paths("active"), {}
    for arm in results.alternatives:
        gap = results.paths("active", arm) - base
        gaps[arm] = gap.dropna(axis=1, how="all")
    if not gaps or base.empty:
        return None
    finding = "; ".join(f"{arm_label(arm)} {shows_from(gap)}" for arm, gap in gaps.items())
    page = sheet(results, finding, "Active members less those of the base, run by run with the same people and luck, so "
                 "that chance common to both cancels.", right=2.0, bands=True)  # fmt: skip
    axes, labels = page.axes[0], []
    for arm, gap in gaps.items():
        end = ribbon(axes, gap, look(results, arm), spread_too=len(gaps) <= 2)
        labels.append((end.mean, f"{arm_label(arm)} {amount(end.mean, signed=True)}", look(results, arm).colour))
    axes.axhline(0, color=BLACK, linewidth=1)
    day_axis(axes, results)
    value_axis(axes, low=None)
    mark_day(axes, results.scenario.get("change_day"), "change")
    label_ends(axes, labels)
    return page.done()


def shows_from(gap: Paths) -> str:
    """Return since when a difference has kept clear of zero until the end."""
    if not gap.to_numpy().any():
        return "has exactly the base's size on every day"
    points = [spread(gap[day]) for day in gap.columns]
    clear = [point.sure and point.low * point.high > 0 for point in points]
    if not points[-1].sure:
        return "ran once, so no interval can be given"
    if not clear[-1]:
        return "ends too close to the base in size to tell"
    first = len(clear) - next((i for i, ok in enumerate(reversed(clear)) if not ok), len(clear))
    return f"is {'larger' if points[-1].mean > 0 else 'smaller'} than the base from day {gap.columns[first]} on"


# Survival, in time and against size


def survival_in_time(results: Results) -> Drawing | None:
    """What is left of each arm day by day once its host falls silent."""
    curves = {arm: left_without_host(results, arm) for arm in results.arms}
    curves = {arm: curve for arm, curve in curves.items() if not curve.empty}
    if not curves or results.host_off is None:
        return None
    ends = {arm: spread(curve.iloc[:, -1]) for arm, curve in curves.items()}
    ranked = sorted(ends, key=lambda arm: -ends[arm].mean)
    finding = f"left after {results.last_day - results.host_off} days without the host: " + ", ".join(
        f"{arm_label(arm)} {amount(ends[arm].mean, 'share')}{_against(results, arm)}" for arm in ranked[:4])  # fmt: skip
    page = sheet(results, finding, "Active members with the host silent, as a share of those "
                 "on the last day with the host, by days since.", bands=True, right=2.0)  # fmt: skip
    axes, labels = page.axes[0], []
    for arm, curve in curves.items():
        ribbon(axes, curve, look(results, arm), spread_too=len(curves) <= 3)
        labels.append((ends[arm].mean, f"{arm_label(arm)} {amount(ends[arm].mean, 'share')}", look(results, arm).colour))
    axes.set_xlim(0, max(results.last_day - results.host_off, 1))
    axes.set_xlabel("days without the host")
    value_axis(axes, "share")
    label_ends(axes, labels)
    return page.done()


def _against(results: Results, arm: str) -> str:
    words = {"+": " (higher)", "-": " (lower)", "=": " (no difference)", "?": f" ({CANT_TELL})"}
    return "" if arm == BASE else words[_direction(results, "survival", arm)]


def left_without_host(results: Results, arm: str) -> Paths:
    """Return active members with the host silent as a share of the record before, by days since."""
    on, off = results.paths("active", arm), results.paths("active", arm, "off")
    if off.empty or on.empty:
        return pd.DataFrame()
    before = on.loc[:, on.columns < off.columns[0]].iloc[:, -1]
    shares = off.div(before.where(before > 0), axis=0)
    shares.insert(0, before.name, 1.0)
    shares.columns = shares.columns - (results.host_off or 0)
    return shares.dropna(how="all")


def size_against_survival(results: Results) -> Drawing | None:
    """Each arm as a point: how large it is, and how well it stands by itself."""
    if not _has_survival(results):
        return None
    page = sheet(results, map_finding(results), "One faint dot a run, one large mark an arm: the mean with its 95 % "
                 "intervals. To the right is larger, higher up stands better by itself.", left=0.9, right=1.6)  # fmt: skip
    axes = page.axes[0]
    for arm in results.arms:
        style, x, y = look(results, arm), results.mean("size", arm), results.mean("survival", arm)
        axes.scatter(results.outcome("size", arm), results.outcome("survival", arm), s=18, color=style.colour, alpha=0.3,
                     marker=style.marker, linewidths=0)  # fmt: skip
        interval_dot(axes, y.mean, x, style, flat=True)
        interval_dot(axes, x.mean, y, style)
    label_points(axes, [(results.mean("size", arm).mean, results.mean("survival", arm).mean, arm_label(arm),
                         look(results, arm).colour) for arm in results.arms])  # fmt: skip
    axes.set_xlabel("active members on the last day")
    axes.set_ylabel("host-off survival")
    axes.xaxis.set_major_formatter(ticks())
    axes.yaxis.set_major_formatter(ticks("share"))
    return page.done()


def label_points(axes: Axes, points: Sequence[tuple[float, float, str, str]]) -> None:
    """Write names at the right edge with a thin line to their point, so that near points keep theirs."""
    low, high = axes.get_ylim()
    ordered = sorted((p for p in points if math.isfinite(p[1])), key=lambda p: p[1])
    size = (high - low) * 0.07
    heights = apart([y for _, y, _, _ in ordered], [size] * len(ordered), low, high)
    for height, (x, y, text, colour) in zip(heights, ordered, strict=True):
        axes.annotate(text, (x, y), xytext=(1.02, height), textcoords=("axes fraction", "data"), va="center",
                      color=colour, weight="bold", annotation_clip=False,
                      arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7, "alpha": 0.7})  # fmt: skip


def map_finding(results: Results) -> str:
    """Return whether an arm that gains size also gains survival, or pays with it."""
    kinds: dict[str, list[str]] = {}
    for arm in results.alternatives:
        words = [_direction(results, name, arm) for name in ("size", "survival")]
        told = "can't be told from the base" if words == ["?", "?"] else f"{_SIZE[words[0]]}, {_STANDS[words[1]]}"
        kinds.setdefault("is the base itself" if words == ["=", "="] else told, []).append(arm_label(arm))
    return "; ".join(f"{listed(arms)}: {told}" for told, arms in kinds.items())


_SIZE = {"+": "larger", "-": "smaller", "?": "size can't be told apart", "=": "same size"}
_STANDS = {"+": "stands better without its host", "-": "stands worse without its host",
           "?": "survival can't be told apart", "=": "same survival"}  # fmt: skip


def _direction(results: Results, name: str, arm: str) -> str:
    row = results.difference(name, arm)
    if row is None or row.verdict == CANT_TELL or not math.isfinite(row.difference):
        return "?"
    return "=" if row.verdict == SAME else "+" if row.difference > 0 else "-"


# Who is here, who left


def roles(results: Results) -> Drawing | None:
    """Roles on the last day, arm by arm."""
    tables = {arm: {name: results.paths(name, arm) for name in ROLES} for arm in results.arms}
    if any(table.empty for by_role in tables.values() for table in by_role.values()):
        return None
    ends = {arm: {name: float(t.iloc[:, -1].mean()) for name, t in by.items()} for arm, by in tables.items()}
    carry = {arm: spread(tables[arm]["helpers"].iloc[:, -1] + tables[arm]["champions"].iloc[:, -1]) for arm in ends}
    finding = "helpers and champions on the last day: " + ", ".join(
        f"{arm_label(arm)} {with_interval(value)}" for arm, value in list(carry.items())[:3])  # fmt: skip
    page = sheet(results, finding, "Active members by role on the last day, mean over runs; roles are read off what people "
                 "did. In brackets: 95 % interval of the mean.", left=1.6, right=0.9, plot=0.5 * len(ends) + 0.75)  # fmt: skip
    axes = page.axes[0]
    for y, arm in enumerate(reversed(results.arms)):
        start = 0.0
        for name, style in ROLES.items():
            value = ends[arm][name]
            axes.barh([y], [value], left=start, color=style.colour, hatch=style.hatch, edgecolor="white", height=0.62,
                      label=name if y == 0 else None)  # fmt: skip
            start += value
        axes.annotate(amount(start), (start, y), xytext=(5, 0), textcoords="offset points", va="center", weight="bold")
    axes.set_yticks(range(len(ends)), [arm_label(arm) for arm in reversed(results.arms)])
    axes.xaxis.set_major_formatter(ticks())
    axes.grid(visible=False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, frameon=False, handlelength=1.4, borderaxespad=0.1)
    return page.done()


def exits(results: Results) -> Drawing | None:
    """Why members left, arm by arm."""
    table = {arm: causes(results, EXITS, arm) for arm in results.arms}
    labels = [label for label in EXITS.values() if all(label in by for by in table.values())]
    if not labels:
        return None
    return dots_by_arm(results, exits_finding(results), "People a run who left, by the cause recorded when they did: mean "
                       "with its 95 % interval.", labels[::-1], table)  # fmt: skip


def exits_finding(results: Results) -> str:
    """Return for each arm the cause whose number moved most, where the pairs can tell."""
    parts = []
    for arm in results.alternatives[:3]:
        gaps = {label: spread(results.total([name], arm) - results.total([name])) for name, label in EXITS.items()}
        told = {label: gap for label, gap in gaps.items() if gap.sure and gap.low * gap.high > 0}
        if not told:
            same = all(gap.mean == 0 for gap in gaps.values())
            parts.append(f"{arm_label(arm)}: " + ("the same exits as the base" if same else "can't tell why more or fewer leave"))
            continue
        most = max(told, key=lambda label: abs(told[label].mean))
        more = "more" if told[most].mean > 0 else "fewer"
        parts.append(f"{arm_label(arm)}: {amount(abs(told[most].mean))} {more} leave because of: {most}")
    return "; ".join(parts)


def dots_by_arm(
    results: Results, finding: str, drawn: str, labels: Sequence[str], table: dict[str, dict[str, Spread]],
    unit: str = "",
) -> Drawing:  # fmt: skip
    """Draw a row a label and a dot an arm."""
    arms = list(table)
    page = sheet(results, finding, drawn, left=1.75, right=0.5, plot=(0.2 + 0.16 * len(arms)) * len(labels) + 0.4)
    axes = page.axes[0]
    for i, arm in enumerate(arms):
        style = look(results, arm)
        for y, label in enumerate(labels):
            interval_dot(axes, y + 0.6 * (0.5 - (i + 0.5) / len(arms)), table[arm][label], style, flat=True)
        axes.plot([], [], style.marker, color=style.colour, label=arm_label(arm), markersize=8)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(-0.6, len(labels) - 0.4)
    for y in range(len(labels) - 1):
        axes.axhline(y + 0.5, color="#E8E8E8", linewidth=1)
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.grid(visible=False)
    axes.tick_params(axis="y", length=0, labelcolor=BLACK)
    axes.xaxis.set_major_formatter(ticks(unit))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=6, frameon=False, handletextpad=0.1, borderaxespad=0.1)
    return page.done()


# Mood, give and get, money


def mood(results: Results) -> Drawing | None:
    """Trust, belonging and fit, arm by arm."""
    names = [name for name in ("trust", "belonging", "fit") if not results.paths(name).empty]
    if not names:
        return None
    page = sheet(results, arms_moved(results, names, [measure(n).label.lower() for n in names]), "Means over active "
                 "members (fit: of the product), host on. Dark band: 95 % interval of the mean.", widths=(1,) * len(names),
                 gap=0.3, right=1.35, share_y=True, plot=2.7)  # fmt: skip
    for axes, name in zip(page.axes, names, strict=True):
        labels = []
        for arm in results.arms:
            end = ribbon(axes, results.paths(name, arm), look(results, arm), spread_too=False)
            labels.append((end.mean, arm_label(arm), look(results, arm).colour))
        day_axis(axes, results)
        axes.set_title(measure(name).label)
    value_axis(page.axes[0], "0 to 1")
    page.axes[0].set_ylim(0, 1)
    label_ends(page.axes[-1], labels)
    return page.done()


SHEET = {"member_hours": "Members'\nhours", "needs_met": "Needs\nmet", "host_hours": "Host's\nhours",
         "money_out": "Money\nout", "money_in": "Money\nin"}  # fmt: skip


def give_and_get(results: Results) -> Drawing | None:
    """What both sides give and get in each arm, summed over the ledger."""
    tables = {arm: ledger(results, arm) for arm in results.arms}
    if any(table.empty for table in tables.values()):
        return None
    sums = {arm: table[list(SHEET)].sum() for arm, table in tables.items()}
    page = sheet(results, give_finding(results, sums), "Per run, mean over runs; money from the host's point of view. "
                 "Each panel has its own scale from zero. The ledger holds means only: no intervals.", widths=(1,) * 5,
                 gap=0.6, left=1.5, right=0.6, plot=0.42 * len(sums) + 0.1, share_y=True, below=0.4)  # fmt: skip
    for axes, (column, title) in zip(page.axes, SHEET.items(), strict=True):
        values = [float(sums[arm][column]) for arm in reversed(results.arms)]
        for y, (arm, value) in enumerate(zip(reversed(results.arms), values, strict=True)):
            style = look(results, arm)
            axes.barh([y], [value], color=style.colour, hatch=style.hatch, edgecolor="white", height=0.62)
            axes.annotate(amount(value), (value, y), xytext=(3, 0), textcoords="offset points", va="center", fontsize=10)
        axes.set_title(title, fontsize=10.5)
        axes.set_xlim(0, max([*values, 1e-9]) * 1.25)
        axes.tick_params(axis="both", length=0, labelbottom=False, labelcolor=BLACK)
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
    page.axes[0].set_yticks(range(len(sums)), [arm_label(arm) for arm in reversed(results.arms)])
    return page.done()


def give_finding(results: Results, sums: dict[str, pd.Series]) -> str:
    """Return how members' hours for an hour of the host compare over the arms."""
    ratio = {arm: total.member_hours / total.host_hours if total.host_hours else math.inf for arm, total in sums.items()}
    parts = [f"{arm_label(arm)} {amount(value)}" if math.isfinite(value) else f"{arm_label(arm)}: the host gives no hour"
             for arm, value in ratio.items()]  # fmt: skip
    return "hours that members give for an hour of the host: " + ", ".join(parts[:4])


MONEY = {"margin": ("Product margin", 1), "ad_revenue": ("Ads", 1), "tickets": ("Support tickets", -1),
         "host_cost": ("Host's cost", -1), "profit": ("Profit in all", 1)}  # fmt: skip


def money(results: Results) -> Drawing | None:
    """Where the money of each alternative differs from the base's, line by line."""
    ticket = results.parameter("product", "ticket_cost")
    table: dict[str, dict[str, Spread]] = {}
    for arm in results.alternatives:
        table[arm] = {}
        for name, (label, sign) in MONEY.items():
            worth = sign * (ticket if name == "tickets" else 1)
            table[arm][label] = spread(worth * (results.outcome(name, arm) - results.outcome(name, BASE)))
    labels = [label for label, _ in MONEY.values() if all(math.isfinite(row[label].mean) for row in table.values())]
    if not labels:
        return None
    return dots_by_arm(results, money_finding(results), "Money that an alternative has more (right) or less (left) than "
                       "the base over the run: a saving counts as more. Mean of the pairs with its 95 % interval.",
                       labels[::-1], table)  # fmt: skip


def money_finding(results: Results) -> str:
    """Return the difference in profit, or that there is none to be told."""
    parts = []
    for arm in results.alternatives[:3]:
        row = results.difference("profit", arm)
        if row is None or row.verdict in (CANT_TELL, SAME) or not math.isfinite(row.difference):
            parts.append(f"{arm_label(arm)}: {'unknown' if row is None else row.verdict} in profit")
        else:
            more = "more" if row.difference > 0 else "less"
            parts.append(f"{arm_label(arm)}: {amount(abs(row.difference))} {more} profit")
    return "; ".join(parts)
