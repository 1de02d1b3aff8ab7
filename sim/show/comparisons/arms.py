"""Pictures of a comparison: differences over time, and why members leave."""

from collections.abc import Sequence

import numpy as np

from sim.show.looks import ARM_LOOKS, BLACK, Look
from sim.show.panel import interval_dot, label_ends, mark_day, over_days, plain_ticks, ribbon, row_axis
from sim.show.results import Results, Spread, Values, spread
from sim.show.runs.people import EXITS, grouped
from sim.show.style import BOTH_BANDS, ONE_BAND, Drawing, sheet
from sim.show.verdicts import arm_label, ends_of, tag
from sim.show.words import amount, listed

MONTH = 30  # days


def look(results: Results, arm: str) -> Look:
    """Return the look of an arm, the same in every picture. After six, colours return with other marks."""
    place, count = results.arms.index(arm), len(ARM_LOOKS)
    if place < count:
        return ARM_LOOKS[place]
    again = (place - count) % (count - 1)  # the base's look is its own
    return ARM_LOOKS[1 + again]._replace(marker="Xp*hd"[again], dash=(0, (2, 2, 6, 2)))


def dots_by_arm(
    results: Results, finding: str, drawn: str, labels: Sequence[str], table: dict[str, dict[str, Spread]]
) -> Drawing:
    """Draw one row for each label, with one dot for each arm."""
    arms = list(table)
    many = len(arms) > len(ARM_LOOKS)
    page = sheet(results, finding, drawn, left=2.1, right=2.0 if many else 0.5,
                 plot=(0.2 + 0.16 * len(arms)) * len(labels) + 0.4)  # fmt: skip
    axes = page.axes[0]
    for i, arm in enumerate(arms):
        style = look(results, arm)
        for y, label in enumerate(labels):
            interval_dot(axes, y + 0.6 * (0.5 - (i + 0.5) / len(arms)), table[arm][label], style, flat=True)
        axes.plot([], [], style.marker, color=style.colour, label=tag(arm), markersize=8)
    for y in range(len(labels) - 1):
        axes.axhline(y + 0.5, color="#E8E8E8", linewidth=1)
    row_axis(axes, labels)
    axes.grid(visible=False)
    if not any(value.mean for row in table.values() for value in row.values()):
        axes.set_xlim(-1, 1)
    plain_ticks(axes.xaxis)
    if arms:
        axes.legend(loc="upper left" if many else "lower left", bbox_to_anchor=(many, 1.0), ncols=1 if many else 6,
                    frameon=False, handletextpad=0.1, borderaxespad=0.1)  # fmt: skip
    return page.done()


def difference_in_time(results: Results) -> Drawing | None:
    """When the difference in size begins to show."""
    base = results.paths("active")
    gaps = {arm: (results.paths("active", arm) - base).dropna(axis=1, how="all") for arm in results.alternatives}
    if not gaps or base.empty:
        return None
    last = [f"{arm_label(arm)} {amount(float(gap.iloc[:, -1].mean()), signed=True)}" for arm, gap in gaps.items()]
    finding = f"Active members after {results.days} days, minus those of the base: {ends_of(last)}"
    drawn = (
        "Active members minus those of the base, run by run with the same people and draws, so that chance "
        "common to both cancels out."
    )
    page = sheet(results, finding, drawn, right=2.0, bands=BOTH_BANDS if len(gaps) <= 2 else ONE_BAND)
    axes, labels = page.axes[0], []
    for arm, gap in gaps.items():
        end = ribbon(axes, gap, look(results, arm), spread_too=len(gaps) <= 2)
        labels.append((end.mean, f"{tag(arm)} {amount(end.mean, signed=True)}", look(results, arm).colour))
    axes.axhline(0, color=BLACK, linewidth=1)
    over_days(axes, results, low=None)
    mark_day(axes, results.scenario.get("change_day"), "change")
    label_ends(axes, labels)
    return page.done()


def exits(results: Results) -> Drawing | None:
    """Why members left, arm by arm: a rate, because an arm with more members has more of them to lose."""
    rates = {arm: exit_rates(results, arm) for arm in results.arms}
    causes = grouped(results, EXITS, results.arms)
    if not causes:
        return None
    drawn = "Cause recorded at the exit. Mean with its 95 % interval, not corrected for many comparisons. "
    drawn += "Members are all who have joined and not left."
    missing = [arm_label(arm) for arm, by_cause in rates.items() if not np.isfinite([*by_cause.values()]).any()]
    drawn += f" Not shown: {listed(missing)}, where nobody joined." if missing else ""
    table = {
        arm: {label: spread(sum(rates[arm][name] for name in some), least=0) for label, some in causes.items()}
        for arm in results.arms
        if arm_label(arm) not in missing
    }
    finding = "Exits per 100 members a month, by cause: a rate, as more members have more exits"
    return dots_by_arm(results, finding, drawn, list(causes)[::-1], table)


def exit_rates(results: Results, arm: str) -> dict[str, Values]:
    """Return exits by cause per 100 members a month, one number for each run; undefined where nobody joined."""
    members = results.paths("members", arm)
    if members.empty:
        return {}
    months = members.mean(axis=1).to_numpy() * results.days / MONTH
    months = np.where(months > 0, months, np.nan)
    return {name: 100 * results.total([name], arm) / months for name in EXITS if not results.paths(name, arm).empty}
