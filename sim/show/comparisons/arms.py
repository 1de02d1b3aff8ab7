"""Pictures of a comparison: the arms side by side in size and in what remains without their host."""

from collections.abc import Sequence

from sim.lab.runs.stated import BY_CONSTRUCTION
from sim.show.looks import ARM_LOOKS, Look
from sim.show.panel import (
    interval_dot,
    label_ends,
    plain_ticks,
    ribbon,
    row_axis,
    value_axis,
)
from sim.show.results import BASE, Paths, Results, Spread, spread
from sim.show.style import BOTH_BANDS, ONE_BAND, Drawing, sheet
from sim.show.verdicts import CANT_TELL, NO_VALUE, SAME, arm_label, ends_of, tag, verdict
from sim.show.words import amount, listed

_AGAINST = {"+": " (higher)", "-": " (lower)", "=": " (no difference)", "?": " (effect unclear)", "": ""}


def look(results: Results, arm: str) -> Look:
    """Return the look of an arm, the same in every picture. After six, colours return with other marks."""
    place, count = results.arms.index(arm), len(ARM_LOOKS)
    if place < count:
        return ARM_LOOKS[place]
    again = (place - count) % (count - 1)  # the base's look is its own
    return ARM_LOOKS[1 + again]._replace(marker="Xp*hd"[again], dash=(0, (2, 2, 6, 2)))


def survival_in_time(results: Results) -> Drawing | None:
    """Draw what is left of each arm day by day once its host falls silent."""
    curves = {arm: left_without_host(results, arm) for arm in results.arms}
    curves = {arm: curve for arm, curve in curves.items() if not curve.empty}
    if not curves or results.host_off is None:
        return None
    ends = {arm: spread(curve.iloc[:, -1]) for arm, curve in curves.items()}
    ranked = sorted(ends, key=lambda arm: -ends[arm].mean)
    against = {BASE: ""} | {arm: _AGAINST[_direction(results, "survival", arm)] for arm in results.alternatives}
    left = [f"{arm_label(arm)} {amount(ends[arm].mean, 'share')}{against[arm]}" for arm in ranked]
    finding = f"Active members left after {results.last_day - results.host_off} days without the host: {ends_of(left)}"
    missing = [arm_label(arm) for arm in results.arms if arm not in curves]
    drawn = (
        "Active members with the host silent, as a share of those on the day on which it fell silent."
        + (f" Not shown: {listed(missing)}, with nobody active on that day." if missing else "")
    )  # fmt: skip
    page = sheet(results, finding, drawn, bands=BOTH_BANDS if len(curves) <= 3 else ONE_BAND, right=2.0)
    axes, labels = page.axes[0], []
    for arm, curve in curves.items():
        ribbon(axes, curve, look(results, arm), spread_too=len(curves) <= 3)
        labels.append((ends[arm].mean, f"{tag(arm)} {amount(ends[arm].mean, 'share')}", look(results, arm).colour))
    axes.set_xlim(0, max(results.last_day - results.host_off, 1))
    axes.set_xlabel("days without the host")
    value_axis(axes, "share")
    label_ends(axes, labels)
    return page.done()


def left_without_host(results: Results, arm: str) -> Paths:
    """Return active members with the host silent as a share of those when it fell silent, by days since then."""
    off = results.paths("active", arm, "off")
    if off.empty:
        return off
    before = off.iloc[:, 0]  # the fork is recorded before its first day
    shares = off.div(before.where(before > 0), axis=0).dropna(how="all")
    return shares.set_axis(shares.columns - (results.host_off or 0), axis=1)


def _direction(results: Results, name: str, arm: str) -> str:
    row, word = results.difference(name, arm), verdict(results, name, arm)
    known = {NO_VALUE: "", CANT_TELL: "?", SAME: "=", BY_CONSTRUCTION: ""}
    return known[word] if row is None or word in known else "+" if row.difference > 0 else "-"


def dots_by_arm(
    results: Results, finding: str, drawn: str, labels: Sequence[str], table: dict[str, dict[str, Spread]],
    unit: str = "",
) -> Drawing:  # fmt: skip
    """Draw one row for each label, with one dot for each arm."""
    arms = list(table)
    many = len(arms) > len(ARM_LOOKS)
    page = sheet(results, finding, drawn, left=1.75, right=2.0 if many else 0.5,
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
    plain_ticks(axes.xaxis, unit)
    axes.legend(loc="upper left" if many else "lower left", bbox_to_anchor=(many, 1.0), ncols=1 if many else 6,
                frameon=False, handletextpad=0.1, borderaxespad=0.1)  # fmt: skip
    return page.done()
