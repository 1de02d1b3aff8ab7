"""Pictures of people: why they came and left, who contributes what, and what members and the host give and get."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from sim.show.looks import BLACK, BLUE, GREY, ORANGE
from sim.show.panel import ticks
from sim.show.results import BASE, Results, Spread, Values, spread
from sim.show.style import Drawing, sheet
from sim.show.words import amount, span

JOINS = {"joins_market": "marketing", "joins_friends": "friends inside", "joins_search": "looking for help",
         "joins_invite": "an invitation"}  # fmt: skip
MISSED = {"information": "too little news and help", "belonging": "too little company",
          "goodwill": "too few chances to help", "validation": "too little notice", "cause": "too little purpose",
          "access": "too little of the makers", "deals": "too few offers"}  # fmt: skip
EXITS = {"exits_life": "life moved on", **{f"exits_{motive}": words for motive, words in MISSED.items()},
         "exits_trouble": "too much trouble", "exits_unmet": "unanswered", "exits_ads": "ads",
         "exits_broadcast": "too many messages", "exits_product": "left the product"}  # fmt: skip
CLAUSES = {
    "marketing": "through marketing", "friends inside": "because friends were inside",
    "looking for help": "while looking for help", "an invitation": "on an invitation",
    "life moved on": "because life moved on", "too much trouble": "because coming was too much trouble",
    **{words: f"because they found {words}" for words in MISSED.values()},
    "unanswered": "over unanswered questions", "ads": "because of ads",
    "too many messages": "because of too many messages", "left the product": "together with the product",
}  # fmt: skip
OTHER, MOST_CAUSES = "other causes", 7  # more bars than these cannot be read
GRID = np.geomspace(0.002, 1, 60)


def coming_and_going(results: Results) -> Drawing | None:
    """Causes of joining and of leaving, each recorded when it happened."""
    joins, exits = causes(results, JOINS), causes(results, EXITS)
    if not joins or not exits:
        return None
    drawn = (
        "People per run, by the cause that was recorded at the time. Bar: mean over runs. Whisker: 95 % interval of "
        "the mean."
    )
    came, left = top_cause(joins), top_cause(exits)
    finding = f"Members most often joined {came}" if came else "Nobody joined"
    finding += f", and most often left {left}" if left else ", and nobody left"
    page = sheet(results, finding, drawn,
                 widths=(1, 1), left=1.5, gap=1.75, right=0.75, plot=2.4, below=0.4)  # fmt: skip
    for axes, title, table, colour, hatch in (
        (page.axes[0], "Why they joined", joins, BLUE, ""), (page.axes[1], "Why they left", exits, ORANGE, "//"),
    ):  # fmt: skip
        bars(axes, list(table.items())[::-1], colour, hatch)
        axes.set_title(f"{title} ({amount(sum(value.mean for value in table.values()))})")
    return page.done(" ".join(f"{label}: {amount(v.mean)}." for label, v in (joins | exits).items()))


def causes(results: Results, names: Mapping[str, str]) -> dict[str, Spread]:
    """Return people per run by cause, the most frequent first; the rarest of many causes are one."""
    return {label: spread(results.total(some)) for label, some in grouped(results, names, [BASE]).items()}


def grouped(results: Results, names: Mapping[str, str], arms: Sequence[str]) -> dict[str, list[str]]:
    """Return the series of each cause that some arms recorded, by its label; the rarest of many stand together."""
    recorded = [name for name in names if all(not results.paths(name, arm).empty for arm in arms)]
    ranked = sorted(recorded, key=lambda name: -sum(results.total([name], arm).mean() for arm in arms))
    alone = len(ranked) if len(ranked) <= MOST_CAUSES + 1 else MOST_CAUSES
    return {names[name]: [name] for name in ranked[:alone]} | ({OTHER: ranked[alone:]} if ranked[alone:] else {})


def top_cause(table: Mapping[str, Spread]) -> str:
    """Return the most frequent cause with its share, or nothing if there was none."""
    total, best = sum(value.mean for value in table.values()), next(iter(table))
    return f"{CLAUSES[best]} ({amount(table[best].mean / total, 'share')})" if total else ""


def bars(axes: Axes, rows: Sequence[tuple[str, Spread]], colour: str, hatch: str = "") -> None:
    """Draw lying bars with their numbers and whiskers."""
    axes.barh(range(len(rows)), [v.mean for _, v in rows], color=colour, hatch=hatch, edgecolor="white", height=0.66)
    reach = max([1.7 * value.mean for _, value in rows] + [1e-9])  # two runs have whiskers far beyond any number
    for y, (_, value) in enumerate(rows):
        end = min(value.high, reach) if value.sure else value.mean
        if value.sure:
            axes.plot([max(value.low, 0), end], [y, y], color=BLACK, linewidth=1.6)
        axes.annotate(amount(value.mean), (end, y), xytext=(5, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(rows)), [label for label, _ in rows])
    axes.set_xlim(0, max([min(v.high, reach) if v.sure else v.mean for _, v in rows] + [1e-9]) * 1.05)
    axes.tick_params(axis="y", length=0, labelcolor=BLACK)
    axes.tick_params(axis="x", bottom=False, labelbottom=False)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)


def contributions(results: Results) -> Drawing | None:
    """How posts are spread over members: the share that the most active write."""
    table = results.table("people.parquet")
    if table.empty:
        return None
    table = table[(table.arm == "base") & (table.venue == results.venues[0]) & (table.role != "outside")]
    posts = table.questions + table.talks + table.answers
    runs = (concentration(posts[table.replicate == run].to_numpy()) for run in table.replicate.unique())
    curves = [curve for curve in runs if curve.any()]
    if not curves:
        return None
    drawn = (
        "All who ever joined, ranked by posts (questions, talk, replies), the most active first, on a logarithmic "
        "axis. Thin line: a run. Bold line: the mean."
    )
    top = results.mean("top1")
    sure = f" ({span(top.low, top.high, 'share')})" if top.sure else ""
    finding = f"The most active 1 % of members write {amount(top.mean, 'share')}{sure} of all posts"
    page = sheet(results, finding, drawn, right=0.5)
    axes, mean = page.axes[0], np.mean(curves, axis=0)
    axes.plot(GRID, np.transpose(curves), color=BLUE, linewidth=0.7, alpha=0.35)
    axes.plot(GRID, mean, color=BLUE, linewidth=2.4)
    axes.plot(GRID, GRID, color=GREY, linewidth=1.2, linestyle=(0, (2, 2)))
    for share in (0.01, 0.1):
        height = float(np.interp(share, GRID, mean))
        axes.plot([share, share], [0, height], color=BLACK, linewidth=0.8)
        axes.plot([share], [height], "o", color=BLACK, markersize=6)
        axes.annotate(f"top {amount(share, 'share')}: {amount(height, 'share')}", (share, height), xytext=(-6, 6),
                      textcoords="offset points", ha="right", weight="bold")  # fmt: skip
    axes.annotate("if all wrote\nthe same", (0.2, 0.2), (0.035, 0.2), color=GREY, va="center", ha="center",
                  arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.8})  # fmt: skip
    axes.set(xscale="log", xlim=(GRID[0], 1), ylim=(0, 1.02))
    axes.set(xlabel="most active share of members", ylabel="share of posts")
    axes.set_xticks([0.002, 0.01, 0.1, 1], ["0.2 %", "1 %", "10 %", "100 %"])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(ticks("share"))
    return page.done()


def concentration(posts: Values) -> Values:
    """Return the share of posts that the most active x of members wrote, for x on the grid; 0 where nobody did."""
    ranked = np.concatenate([[0.0], np.cumsum(np.sort(posts)[::-1]) / max(posts.sum(), 1)])
    return np.asarray(np.interp(GRID, np.arange(len(ranked)) / max(len(ranked) - 1, 1), ranked))
