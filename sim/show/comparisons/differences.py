"""Pictures of what differs from the base: on every outcome, over time, in money; and what is unclear."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.lab.runs.headline import CURRENCY, over
from sim.show.comparisons.arms import dots_by_arm, look
from sim.show.looks import BLACK, BLUE, GREY, VERMILLION, Look
from sim.show.panel import label_ends, mark_day, over_days, ribbon, row_axis
from sim.show.results import BASE, Paths, Results, Spread, measure, spread
from sim.show.style import BOTH_BANDS, ONE_BAND, Drawing, sheet
from sim.show.verdicts import QUIET, arm_label, arm_moved, tag, together, verdict
from sim.show.words import MINUS, NBSP, PERCENT, POINTS, amount, listed, span
from sim.world.measures import HEADLINE


def differences(results: Results, arm: str) -> Drawing | None:
    """One arm's differences on every headline outcome, with the intervals, best and worst alike."""
    rows = [(name, results.difference(name, arm)) for name in HEADLINE]
    known = [(name, row) for name, row in rows if row is not None and math.isfinite(row.difference)][::-1]
    if not known:
        return None
    drawn = (
        f"{arm_label(arm)} minus base over paired runs, in percent of the base's mean. On the right: the difference "
        f"itself (money {over(results.days)}). Whisker: 95 % interval. Hollow: unclear, or no difference."
    )
    missing = [measure(name).label for name in HEADLINE if name not in dict(known)]
    drawn += f" Undefined: {listed(missing)}." if missing else ""
    page = sheet(results, verdicts_finding(results, arm), drawn, left=2.8, right=2.6, plot=0.36 * len(known) + 0.2)
    axes = page.axes[0]
    limit = _limit(results, known)
    for y, (name, row) in enumerate(known):
        _difference_row(axes, y, row, results.mean(name).mean, limit)
        text = f"{amount(row.difference, measure(name).unit, True)}"
        if math.isfinite(row.low):
            interval = span(row.low, row.high, measure(name).unit, True).removeprefix(CURRENCY + NBSP)
            text += f" ({interval.removesuffix(POINTS)})"
        axes.annotate(text, (1, y), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points",
                      va="center", fontsize=10)  # fmt: skip
    row_axis(axes, [measure(name).label for name, _ in known])
    axes.set_xlim(-limit, limit)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))
    signs = FuncFormatter(lambda value, _: f"{value:+.0%}".replace("%", PERCENT).replace("-", MINUS) if value else "0")
    axes.xaxis.set_major_formatter(signs)
    return page.done()


def _limit(results: Results, known: Sequence[tuple[str, pd.Series]]) -> float:
    """Return how far the axis reaches: to the widest interval, but not past 150 %, beyond which arrows point."""
    shares = [float(abs(value / base)) for name, row in known if (base := results.mean(name).mean)
              for value in (row.difference, row.low, row.high)]  # fmt: skip
    return min(max([0.02, *filter(math.isfinite, shares)]) * 1.15, 1.5)


def _difference_row(axes: Axes, y: float, row: pd.Series, base: float, limit: float) -> None:
    """Draw one difference: the marker says better, worse or neither. A hollow marker says unclear or no difference."""
    if not base or not math.isfinite(base):
        axes.annotate("base is 0", (0, y), xytext=(6, 0), textcoords="offset points", va="center", color=GREY)
        return
    look = {"better": Look(BLUE, marker="^"), "worse": Look(VERMILLION, marker="v")}.get(row.verdict, Look(GREY))
    low, high, middle = row.low / abs(base), row.high / abs(base), row.difference / abs(base)
    if math.isfinite(low):
        axes.plot(np.clip([low, high], -limit, limit), [y, y], color=look.colour, linewidth=2)
    if abs(middle) > limit:
        axes.plot([math.copysign(limit * 0.97, middle)], [y], marker=">" if middle > 0 else "<", color=look.colour)
        return
    inside = "white" if row.verdict in QUIET else look.colour
    axes.plot([middle], [y], look.marker, color=look.colour, markersize=8, markerfacecolor=inside)


def verdicts_finding(results: Results, arm: str) -> str:
    """Return on how many headline outcomes an arm is better and worse."""
    found, (same, unclear, undefined, fixed) = [verdict(results, name, arm) for name in HEADLINE], QUIET
    count = {word: found.count(word) for word in ("better", "worse", *QUIET)}
    if count[same] == len(found):
        return f"{arm_label(arm)}: no difference on any of {len(found)} headline outcomes"
    words = {"worse": count["worse"], "better": count["better"], "changed": len(found) - sum(count.values()),
             "unclear": count[unclear], "the same": count[same], fixed: count[fixed],
             "undefined": count[undefined]}  # fmt: skip
    parts = [f"{word} on {n or 'none'}" for word, n in words.items() if n or word in ("worse", "better")]
    return f"{arm_label(arm)}: {listed(parts)} of {len(found)} headline outcomes"


def difference_in_time(results: Results) -> Drawing | None:
    """When the difference in size begins to show."""
    base = results.paths("active")
    gaps = {arm: (results.paths("active", arm) - base).dropna(axis=1, how="all") for arm in results.alternatives}
    if not gaps or base.empty:
        return None
    finding = together({arm: shows_from(gap, verdict(results, "size", arm)) for arm, gap in gaps.items()})
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


def shows_from(gap: Paths, at_the_end: str) -> str:
    """Return from which day a difference stays clear of zero until the end, if the verdict there agrees."""
    if not gap.to_numpy().any():
        return "exactly the same size as the base on every day"
    points = [spread(gap[day]) for day in gap.columns]
    clear = [point.sure and point.low * point.high > 0 for point in points]
    if not points[-1].sure:
        return "the effect on size is unclear, with one pair of runs"
    if at_the_end in QUIET or not clear[-1]:
        return "the effect on size at the end is unclear"
    first = len(clear) - next((i for i, ok in enumerate(reversed(clear)) if not ok), len(clear))
    return f"{'larger' if points[-1].mean > 0 else 'smaller'} than the base from day {gap.columns[first]} on"


MONEY = {"margin": ("Product margin", 1), "ad_revenue": ("Ads", 1), "tickets": ("Support tickets", -1),
         "host_cost": ("Host's cost", -1), "profit": ("Profit in total", 1)}  # fmt: skip


def money(results: Results) -> Drawing | None:
    """How the money of each alternative differs from the base's, line by line."""
    ticket = results.parameter("product", "ticket_cost")
    table: dict[str, dict[str, Spread]] = {arm: {} for arm in results.alternatives}
    for name, (label, sign) in MONEY.items():
        worth = sign * (ticket if name == "tickets" else 1)
        for arm, row in table.items():
            row[label] = spread(worth * (results.outcome(name, arm) - results.outcome(name, BASE)))
    labels = [label for label, _ in MONEY.values() if all(math.isfinite(row[label].mean) for row in table.values())]
    if not labels:
        return None
    drawn = (
        f"How much more (right) or less (left) money an alternative makes than the base {over(results.days)}, in "
        f"{CURRENCY}. A saving counts as more. Mean of the pairs with its 95 % interval."
    )
    return dots_by_arm(results, money_finding(results), drawn, labels[::-1], table)


def money_finding(results: Results) -> str:
    """Return the difference in profit, or that it is unclear."""
    found, period = {}, over(results.days)
    for arm in results.alternatives:
        word, row = verdict(results, "profit", arm), results.difference("profit", arm)
        if row is None or word in QUIET:
            found[arm] = arm_moved(results, arm, {"profit": f"profit {period}"})
        else:
            more = "more" if row.difference > 0 else "less"
            found[arm] = f"{amount(abs(row.difference), 'money')} {more} profit {period}"
    return together(found)
