"""Pictures of people at the end: why they came and left, who contributes what, who gives and who gets."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.show.results import Results, Spread, Values, spread
from sim.show.style import (
    BLACK, BLUE, GREEN, GREY, ORANGE, SKY, VERMILLION, Drawing, interval_dot, Look, label_ends, sheet, ticks,
)  # fmt: skip
from sim.show.words import amount, span

JOINS = {"joins_market": "marketing", "joins_friends": "friends inside", "joins_search": "looking for help",
         "joins_invite": "an invitation"}  # fmt: skip
EXITS = {"exits_life": "life moved on", "exits_dull": "too little in it", "exits_unmet": "unanswered",
         "exits_ads": "ads", "exits_broadcast": "too many messages", "exits_product": "left the product"}  # fmt: skip


# Why they came, why they left


def coming_and_going(results: Results) -> Drawing | None:
    """Causes of joining and of leaving, each recorded when it happened."""
    joins, exits = causes(results, JOINS), causes(results, EXITS)
    if not joins or not exits:
        return None
    page = sheet(results, f"Most joined through {top_cause(joins)}; most left because of: {top_cause(exits)}",
                 "People a run by the cause that was recorded when it happened. Bar: mean over runs; whisker: 95 % "
                 "interval of the mean.", widths=(1, 1), left=1.5, gap=1.75, right=0.75, plot=2.4, below=0.4)  # fmt: skip
    for axes, title, table, colour, hatch in (
        (page.axes[0], "Why they joined", joins, BLUE, ""), (page.axes[1], "Why they left", exits, ORANGE, "//"),
    ):  # fmt: skip
        ranked = sorted(table.items(), key=lambda item: item[1].mean)
        bars(axes, ranked, colour, hatch)
        axes.set_title(f"{title} ({amount(sum(value.mean for value in table.values()))})")
    return page.done(" ".join(f"{label}: {amount(v.mean)}." for label, v in (joins | exits).items()))


def causes(results: Results, names: Mapping[str, str], arm: str = "base") -> dict[str, Spread]:
    """Return people a run by cause."""
    return {label: spread(results.total([name], arm)) for name, label in names.items()
            if not results.paths(name, arm).empty}  # fmt: skip


def top_cause(table: Mapping[str, Spread]) -> str:
    """Return the most frequent cause with its share."""
    total = sum(value.mean for value in table.values())
    best = max(table, key=lambda label: table[label].mean)
    return f"{best} ({amount(table[best].mean / total, 'share')})" if total else "nobody did"


def bars(axes: Axes, rows: Sequence[tuple[str, Spread]], colour: str, hatch: str = "") -> None:
    """Draw lying bars with their numbers and whiskers."""
    axes.barh(range(len(rows)), [value.mean for _, value in rows], color=colour, hatch=hatch, edgecolor="white", height=0.66)
    for y, (_, value) in enumerate(rows):
        if value.sure:
            axes.plot([value.low, value.high], [y, y], color=BLACK, linewidth=1.6)
        end = np.nanmax([value.mean, value.high])
        axes.annotate(amount(value.mean), (end, y), xytext=(5, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(rows)), [label for label, _ in rows])
    axes.set_xlim(0, max([float(np.nanmax([v.mean, v.high])) for _, v in rows] + [1e-9]) * 1.05)
    axes.tick_params(axis="y", length=0, labelcolor=BLACK)
    axes.tick_params(axis="x", bottom=False, labelbottom=False)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)


# Who contributes what


def contributions(results: Results) -> Drawing | None:
    """How posts are spread over members: the share that the most active write."""
    table = results.table("people.parquet")
    if table.empty:
        return None
    table = table[(table.arm == "base") & (table.venue == results.venues[0]) & ~table.role.isin(["outside", "left"])]
    posts = table.questions + table.talks + table.answers
    curves = [concentration(posts[table.replicate == run].to_numpy()) for run in table.replicate.unique()]
    curves = [curve for curve in curves if curve is not None]
    if not curves:
        return None
    mean, grid = np.mean(curves, axis=0), GRID
    page = sheet(results, contributions_finding(curves), "Members ranked by posts (questions, talk and replies), the most "
                 "active first; the scale of ranks is logarithmic. Thin: a run; bold: the mean.", right=1.5)  # fmt: skip
    axes = page.axes[0]
    for curve in curves:
        axes.plot(grid, curve, color=BLUE, linewidth=0.7, alpha=0.35)
    axes.plot(grid, mean, color=BLUE, linewidth=2.4)
    axes.plot(grid, grid, color=GREY, linewidth=1.2, linestyle=(0, (2, 2)))
    for share in (0.01, 0.1):
        height = float(np.interp(share, grid, mean))
        axes.plot([share, share], [0, height], color=BLACK, linewidth=0.8)
        axes.plot([share], [height], "o", color=BLACK, markersize=6)
        axes.annotate(f"top {amount(share, 'share')}: {amount(height, 'share')}", (share, height),
                      xytext=(-6, 6), textcoords="offset points", ha="right", weight="bold")  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(grid[0], 1)
    axes.set_ylim(0, 1.02)
    axes.set_xticks([0.002, 0.01, 0.1, 1], ["0.2 %", "1 %", "10 %", "100 %"])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(ticks("share"))
    axes.set_xlabel("most active share of members")
    axes.set_ylabel("share of posts")
    axes.annotate("if all wrote the same", (0.25, 0.25), xytext=(-6, 4), textcoords="offset points", color=GREY, ha="right")
    return page.done()


GRID = np.geomspace(0.002, 1, 60)


def concentration(posts: Values) -> Values | None:
    """Return the share of posts that the most active x of members wrote, for x on the grid."""
    if posts.sum() == 0:
        return None
    ranked = np.concatenate([[0.0], np.cumsum(np.sort(posts)[::-1]) / posts.sum()])
    return np.interp(GRID, np.arange(len(ranked)) / (len(ranked) - 1), ranked)


def contributions_finding(curves: Sequence[Values]) -> str:
    """Return what the top 1 % and the silent ones write."""
    top = spread([float(np.interp(0.01, GRID, curve)) for curve in curves])
    sure = f" ({span(top.low, top.high, 'share')})" if top.sure else ""
    return f"the most active 1 % of members write {amount(top.mean, 'share')}{sure} of what is written"


# Who gives, who gets


def give_and_get(results: Results) -> Drawing | None:
    """The ledger as bars to both sides: what each event costs and brings, for members and for the host."""
    table = ledger(results)
    if table.empty:
        return None
    table = table[::-1]
    page = sheet(results, give_finding(table), "Per run, mean over runs. Members give hours and get needs met; the host "
                 "gives money (its hours at their cost) and gets money.", widths=(1, 1), gap=0.25, right=0.15,
                 left=0.35 + 0.083 * max(map(len, table.event)), plot=0.34 * len(table), share_y=True, below=0.4)  # fmt: skip
    members, host = page.axes
    for axes, give, get, looks in (
        (members, table.member_hours, table.needs_met, (SKY, BLUE)), (host, table.money_out, table.money_in, (ORANGE, GREEN)),
    ):  # fmt: skip
        same_unit = axes is host
        _two_sided(axes, give.to_numpy(), get.to_numpy(), looks, same_unit)
    members.set_yticks(range(len(table)), list(table.event))
    members.set_title("Members: hours given | needs met", loc="center", fontsize=10.5)
    host.set_title("Host: money given | money got", loc="center", fontsize=10.5)
    return page.done(f"Members gave {amount(table.member_hours.sum())} hours, the host {amount(table.host_hours.sum())}.")


def ledger(results: Results, arm: str = "base") -> pd.DataFrame:
    """Return the ledger of one arm without the lines in which nothing happened."""
    table = results.table("ledger.csv")
    if "arm" in table:
        table = table[table.arm == arm].drop(columns="arm")
    numbers = table.drop(columns="event", errors="ignore").fillna(0)
    return table.fillna(0)[(numbers != 0).any(axis=1)].reset_index(drop=True) if len(table) else table


def give_finding(table: pd.DataFrame) -> str:
    """Return who puts in the hours, and what comes back."""
    gave, worked = table.member_hours.sum(), table.host_hours.sum()
    opening = f"members put in {amount(gave)} hours"
    if worked:
        opening += f" and the host {amount(worked)} ({amount(gave / worked)} to 1)"
    return f"{opening}; {amount(table.needs_met.sum())} needs were met"


def _two_sided(axes: Axes, give: Values, get: Values, colours: tuple[str, str], same_unit: bool) -> None:
    """Draw giving to the left and getting to the right; hours and needs have scales of their own."""
    tallest = (max(give.max(), get.max(), 1e-9),) * 2 if same_unit else (max(give.max(), 1e-9), max(get.max(), 1e-9))
    for side, values, scale, colour in ((-1, give, tallest[0], colours[0]), (1, get, tallest[1], colours[1])):
        axes.barh(range(len(values)), side * values / scale, color=colour, hatch="//" if side < 0 else "",
                  edgecolor="white", height=0.7)  # fmt: skip
        for y, value in enumerate(values):
            if value:
                axes.annotate(amount(value), (side * value / scale, y), xytext=(4 * side, 0), va="center",
                              textcoords="offset points", ha="left" if side > 0 else "right", fontsize=10)  # fmt: skip
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.set_xlim(-1.55, 1.55)
    axes.tick_params(axis="both", length=0, labelbottom=False, labelcolor=BLACK)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
