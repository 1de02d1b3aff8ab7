"""Pictures of a comparison: the arms side by side in size and in what remains without their host."""

import math
import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.lab.runs.stated import BY_CONSTRUCTION
from sim.show.looks import ARM_LOOKS, GREY, PALE, Look
from sim.show.panel import (
    apart,
    interval_dot,
    label_ends,
    mark_day,
    over_days,
    plain_ticks,
    ribbon,
    row_axis,
    run_dots,
    value_axis,
)
from sim.show.results import BASE, Paths, Results, Spread, measure, spread
from sim.show.style import BOTH_BANDS, ONE_BAND, Drawing, sheet
from sim.show.verdicts import CANT_TELL, NO_VALUE, SAME, arm_label, arms_moved, ends_of, tag, verdict
from sim.show.words import amount, capital, listed, with_interval

_AGAINST = {"+": " (higher)", "-": " (lower)", "=": " (no difference)", "?": " (effect unclear)", "": ""}
_SIZE = {"+": "larger", "-": "smaller", "?": "the effect on size is unclear", "=": "of the same size",
         "": "size is undefined"}  # fmt: skip
_STANDS = {"+": "more of it survives without its host", "-": "less of it survives without its host",
           "?": "the effect on survival is unclear", "=": "survival is the same",
           "": "survival is undefined"}  # fmt: skip


def look(results: Results, arm: str) -> Look:
    """Return the look of an arm, the same in every picture. After six, colours return with other marks."""
    place, count = results.arms.index(arm), len(ARM_LOOKS)
    if place < count:
        return ARM_LOOKS[place]
    again = (place - count) % (count - 1)  # the base's look is its own
    return ARM_LOOKS[1 + again]._replace(marker="Xp*hd"[again], dash=(0, (2, 2, 6, 2)))


def _has_survival(results: Results) -> bool:
    return any(np.isfinite(results.outcome("survival", arm)).any() for arm in results.arms)


def size_and_survival(results: Results) -> Drawing | None:
    """Size over time, and host-off survival beside it: an arm may win on one and lose on the other."""
    if results.paths("active").empty:
        return None
    labels = {"size": "size", "survival": "host-off survival"} if _has_survival(results) else {"size": "size"}
    name, right, few = list(labels)[-1], "active members on the last day", len(results.arms) <= 2
    if name == "survival":
        right = "those still active after the host fell silent, as a share of the day before"
    gap = 1.15 + 0.085 * max(len(tag(arm)) for arm in results.arms)
    drawn = f"Left: active members, host on. Right: {right}. Grey lines join runs with the same people and draws."
    page = sheet(results, arms_moved(results, labels), drawn, widths=(1.5, 1), gap=gap, right=0.35,
                 below=1.4 if len(results.arms) > 3 else 0.72,
                 bands=BOTH_BANDS if few else ONE_BAND)  # fmt: skip
    _sizes(page.axes[0], results, few)
    paired(page.axes[1], results, name)
    page.axes[1].set_title(labels[name].capitalize())
    sizes = {arm_label(arm): with_interval(results.mean("size", arm)) for arm in results.arms}
    return page.done(" ".join(f"{arm}: size {size}." for arm, size in sizes.items()))


def _sizes(axes: Axes, results: Results, few: bool) -> None:
    ends = []
    for arm in results.arms:
        end = ribbon(axes, results.paths("active", arm), look(results, arm), spread_too=few)
        ends.append((end.mean, f"{tag(arm)} {amount(end.mean)}", look(results, arm).colour))
    over_days(axes, results)
    mark_day(axes, results.scenario.get("change_day"), "change")
    label_ends(axes, ends)


def paired(axes: Axes, results: Results, name: str) -> None:
    """Draw an outcome's runs arm beside arm, each run joined to its twin, with the means."""
    unit = measure(name).unit
    table = pd.DataFrame({arm: results.outcomes(arm).get(name, pd.Series(dtype=float)) for arm in results.arms})
    axes.plot(range(len(results.arms)), table.to_numpy().T, color=PALE, linewidth=0.7)
    many, names = len(results.arms) > 3, []
    for x, arm in enumerate(results.arms):
        mean = results.mean(name, arm)
        run_dots(axes, x, list(table[arm]), look(results, arm), 0)
        interval_dot(axes, x, mean, look(results, arm))
        # beside the dot where there is room, below it where there are many
        names.append(f"{tag(arm)} {amount(mean.mean, unit)}" if many else textwrap.fill(tag(arm), 9))
        if math.isfinite(mean.mean) and not many:
            axes.annotate(amount(mean.mean, unit), (x, mean.mean), xytext=(8, 0), textcoords="offset points",
                          va="center", weight="bold", fontsize=10,
                          bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.6})  # fmt: skip
        elif not math.isfinite(mean.mean):
            axes.annotate("undefined", (x, 0.02), xycoords=("data", "axes fraction"), rotation=90, ha="center",
                          color=GREY)  # fmt: skip
    axes.set_xlim(-0.4, len(results.arms) - 0.4 + 0.35)
    axes.set_xticks(range(len(results.arms)), names, rotation=35 if many else 0, ha="right" if many else "center",
                    rotation_mode="anchor" if many else "default")  # fmt: skip
    value_axis(axes, unit)
    if unit.startswith("share"):
        axes.set_ylim(0, max(1.05, axes.get_ylim()[1]))


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


def size_against_survival(results: Results) -> Drawing | None:
    """Each arm as a point: how large it is, and how much of it survives its host."""
    if not _has_survival(results):
        return None
    drawn = (
        "A faint dot is a run. A large mark is an arm's mean with its 95 % intervals. Arms further right are larger, "
        "and arms higher up depend less on their host."
    )
    missing = [arm_label(arm) for arm in results.arms if not math.isfinite(results.mean("survival", arm).mean)]
    drawn += f" Not shown: {listed(missing)}, with survival undefined." if missing else ""
    page = sheet(results, map_finding(results), drawn, left=0.9, right=1.6)
    axes = page.axes[0]
    for arm in results.arms:
        style, x, y = look(results, arm), results.mean("size", arm), results.mean("survival", arm)
        runs = results.outcome("size", arm), results.outcome("survival", arm)
        axes.scatter(*runs, s=18, color=style.colour, alpha=0.3, marker=style.marker, linewidths=0)
        interval_dot(axes, y.mean, x, style, flat=True)
        interval_dot(axes, x.mean, y, style)
    label_points(axes, [(results.mean("size", arm).mean, results.mean("survival", arm).mean, tag(arm),
                         look(results, arm).colour) for arm in results.arms])  # fmt: skip
    axes.set_xlabel("active members on the last day")
    axes.set_ylabel("host-off survival")
    plain_ticks(axes.xaxis)
    plain_ticks(axes.yaxis, "share")
    return page.done()


def label_points(axes: Axes, points: Sequence[tuple[float, float, str, str]]) -> None:
    """Write names at the right edge with a thin line to their point, so that near points keep theirs."""
    low, high = axes.get_ylim()
    ordered = sorted((p for p in points if np.isfinite(p[1])), key=lambda p: p[1])
    size = (high - low) * 0.07
    heights = apart([y for _, y, _, _ in ordered], [size] * len(ordered), low, high)
    for height, (x, y, text, colour) in zip(heights, ordered, strict=True):
        axes.annotate(text, (x, y), xytext=(1.02, height), textcoords=("axes fraction", "data"), va="center",
                      color=colour, weight="bold", annotation_clip=False,
                      arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7, "alpha": 0.7})  # fmt: skip


def map_finding(results: Results) -> str:
    """Return whether an arm that gains size also gains survival, or loses it."""
    kinds: dict[str, list[str]] = {}
    for arm in results.alternatives:
        size, survival = (_direction(results, name, arm) for name in ("size", "survival"))
        both = {("?", "?"): "the effects on size and on survival are unclear", ("=", "="): "no different from the base"}
        found = both.get((size, survival), f"{_SIZE[size]}, and {_STANDS[survival]}")
        kinds.setdefault(found, []).append(arm_label(arm))
    return ". ".join(f"{capital(listed(arms))}: {found}" for found, arms in kinds.items())


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
