"""The picture and the page of a tornado: what an answer depends on most."""

import math
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.lab.settings import keys
from sim.lab.sweeps.tornado import CROSSES, LEVER, LOWER, RAISE, UNKNOWN
from sim.show.comparisons.asked import Folder, write
from sim.show.looks import BLACK, BLUE, GREY, ORANGE, Look
from sim.show.panel import plain_ticks
from sim.show.report.figures import Plan
from sim.show.results import Spread, measure
from sim.show.style import Drawing, sheet
from sim.show.verdicts import arm_label, said
from sim.show.words import amount, capital, listed, span, with_interval

LOOKS = {LEVER: Look(BLUE), UNKNOWN: Look(ORANGE, hatch="//")}
MOST, NAMED = 20, 3  # bars in the picture, and settings of a kind in a sentence
WORDS = {RAISE: "rises", LOWER: "falls"}
HEADS = ("setting", "from", "to", "answer there", "answer there", "width", "runs with the same direction", "sign")


class Tornado(Folder):
    """A tornado's folder."""

    name, table_name = "tornado", "tornado.csv"
    needed = ("name", "kind", "value", "low", "high", "at_low", "at_high", "span", "sure", "one_way", "flips")

    @property
    def metric(self) -> str:
        """The outcome in question."""
        return str(self.scenario.get("metric", "held_by_members"))

    @property
    def unit(self) -> str:
        """The outcome's unit."""
        return measure(self.metric).unit

    @property
    def said(self) -> str:
        """What the answer is called within a sentence."""
        of = "".join(f" ({arm_label(arm)} minus base)" for arm in self.results.changes)
        return f"{said(self.metric)}{of}"

    def told(self, value: float) -> str:
        """Return an answer in words; a difference with its sign."""
        return amount(value, self.unit, signed=bool(self.results.changes))

    @property
    def base(self) -> Spread:
        """The answer with everything as it is."""
        first = self.table.iloc[0]
        return Spread(first.base, first.base_low, first.base_high, self.runs)

    def widest(self, kind: str) -> pd.DataFrame:
        """Return the sure moves of a kind, the widest first."""
        return self.table[(self.table.kind == kind) & self.table.sure]


def label(name: str) -> str:
    """Return a setting's name as a figure has room for it."""
    return name.removeprefix("params.")


def reach(found: Tornado, row: Any) -> str:
    """Return between which answers a setting moves."""
    ends = sorted([row.at_low, row.at_high, row.base])
    return f"{label(row['name'])} ({found.told(ends[0])} to {found.told(ends[-1])})"


def finding(found: Tornado) -> str:
    """Return what the answer depends on most."""
    first = [(kind, some.iloc[0]) for kind in LOOKS if len(some := found.widest(kind))]
    if not first:
        return f"Nothing that was moved surely moves {found.said}, {found.told(found.base.mean)}"
    words = {LEVER: "of the levers most on", UNKNOWN: "of what is unknown most on"}
    first.sort(key=lambda one: -one[1].span)
    parts = [f"{words[kind]} {reach(found, row)}" for kind, row in first]
    return f"{capital(found.said)}, {found.told(found.base.mean)}, depends {listed(parts)}"


def answer(found: Tornado) -> list[str]:
    """Return the answer in a few sentences."""
    base = found.base
    spread = (
        f"{found.told(base.mean)} ({span(base.low, base.high, found.unit)})" if base.sure else found.told(base.mean)
    )
    lines = [f"{capital(found.said)} is {spread} with everything as it is."]
    for kind, words in ((LEVER, "Of the levers"), (UNKNOWN, "Of the unknowns")):
        sure, every = found.widest(kind), int((found.table.kind == kind).sum())
        named = listed([reach(found, row) for _, row in sure.head(NAMED).iterrows()])
        most = f", most by {named}" if len(sure) else ""
        lines += [f"{words}, {len(sure)} of {every} surely move it{most}."] if every else []
    lever, unknown = (some.span.max() if len(some := found.widest(kind)) else 0.0 for kind in (LEVER, UNKNOWN))
    if lever and unknown:
        lines.append("The widest bar of a lever is "
                     f"{amount(lever / unknown)} times as wide as that of an unknown.")  # fmt: skip
    return [*lines, turns(found)]


def turns(found: Tornado) -> str:
    """Say where the sign of an effect flips."""
    parts = []
    for words in (RAISE, LOWER, CROSSES):
        names = [label(name) for name in found.table[found.table.flips == words].name]
        if words == CROSSES:
            parts += [f"it changes sign at an end of {listed(names)}"] if names else []
        else:
            parts += [f"it {WORDS[words]} to both sides of {listed(names)}"] if names else []
    return f"The sign flips: {'; '.join(parts)}." if parts else "Nowhere does the sign of an effect flip surely."


def tornado(found: Tornado) -> Drawing | None:
    """Draw a bar for each setting, the widest on top; nothing where the answer is undefined."""
    if not math.isfinite(found.base.mean):
        return None
    rows = found.table[found.table.span > 0].head(MOST)
    rest = len(found.table) - len(rows)
    drawn = (f"{capital(found.said)} when one setting is moved and all else stays, on the same seeds. Numbers: the "
             "setting's ends; pale: the bar may be chance (Holm). Whiskers: 95 % intervals of the move."
             + (f" {rest} with smaller or no bars are in the table." if rest else ""))  # fmt: skip
    page = sheet(found, finding(found), drawn, left=2.35, right=0.65, plot=0.36 * max(len(rows), 2) + 0.3, below=0.8)
    axes = page.axes[0]
    for y, (_, row) in enumerate(rows[::-1].iterrows()):
        bar(axes, y, row)
    axes.axvline(found.base.mean, color=BLACK, linewidth=1.2)
    if found.results.changes:
        axes.axvline(0, color=GREY, linewidth=1, linestyle=(0, (2, 2)))
    axes.annotate(f"default {found.told(found.base.mean)}", (found.base.mean, 1), xycoords=("data", "axes fraction"),
                  xytext=(0, 3), textcoords="offset points", ha="center", fontsize=10)  # fmt: skip
    names = [f"{label(row['name'])}{now(row.value)}" for _, row in rows[::-1].iterrows()]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.tick_params(axis="y", length=0, labelcolor=BLACK)
    axes.margins(x=0.14)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    plain_ticks(axes.xaxis, found.unit)
    axes.set_xlabel(f"{found.said} ({found.unit})" if not found.unit.startswith("share") else found.said)
    marks = [Patch(facecolor=look.colour, hatch=look.hatch, edgecolor="white", label=words)
             for kind, words in ((LEVER, "lever"), (UNKNOWN, "unknown")) for look in [LOOKS[kind]]
             if (rows.kind == kind).any()]  # fmt: skip
    if marks:
        axes.legend(handles=marks, loc="lower right", bbox_to_anchor=(-0.01, 1.0), frameon=False, ncols=2,
                    handlelength=1.2, columnspacing=1.0, borderaxespad=0)  # fmt: skip
    return page.done(" ".join(reach(found, row) + "." for _, row in rows.iterrows()))


def bar(axes: Axes, y: float, row: Any) -> None:
    """Draw the bar of a setting: to both sides of the default, or in two halves where both ends are on one side."""
    look, halves = LOOKS[row.kind], row.change_low * row.change_high > 0
    tips: dict[bool, float] = {}  # how far anything reaches to the right, and to the left
    for end, up in (("low", 0.19), ("high", -0.19)):
        change, height = row[f"change_{end}"], y + up * halves
        if not change or math.isnan(change):
            continue
        axes.barh(height, change, left=row.base, height=0.34 if halves else 0.66, color=look.colour, hatch=look.hatch,
                  edgecolor="white", alpha=1.0 if row.sure else 0.4)  # fmt: skip
        reaches = [row.base + row[f"change_{end}{side}"] for side in ("", "_low", "_high")]
        reaches = [one for one in reaches if math.isfinite(one)]
        axes.plot([min(reaches), max(reaches)], [height, height], color=BLACK, linewidth=1.3)
        tips = {True: max(tips.get(True, -math.inf), *reaches), False: min(tips.get(False, math.inf), *reaches)}
    for end, up in (("low", 0.19), ("high", -0.19)):
        if change := row[f"change_{end}"]:
            style = {"ha": "left" if change > 0 else "right", "va": "center", "fontsize": 8.5, "color": GREY}
            axes.annotate(f"{row[end]:.3g}", (tips[change > 0], y + up * halves), xytext=(4 if change > 0 else -4, 0),
                          textcoords="offset points", **style)  # fmt: skip


def now(value: float) -> str:
    """Return a setting's value behind its name; of what differs between vectors there is none."""
    return f" {value:.3g}" if math.isfinite(value) else ""


def write_report(folder: Path) -> Path:
    """Draw the figure of a tornado's folder and write its page. Returns the path of `report.html`."""
    found = Tornado(folder)
    plan = Plan("tornado", tornado, "The wider a bar, the more the answer hangs on it. What is unknown can be measured; "
                "levers can be pulled.")  # fmt: skip
    how = [
        "Levers are the scenario's own, those set on the command line, and those that the presets of its venue and host "
        "set; without prices, and without those that have no effect here. They go to half and twice their value, "
        "within their range; one at 0 to its usual value or to a quarter of its range.",
        "Unknowns are the parameters that the evidence leaves open (vectors=plausible). They go to the lowest and the "
        "highest value in that set. One that is moved alone leaves the others where they are, which may not fit the "
        "evidence together.",
        "A move is sure if it differs from the default after correction for all ends (Holm). The column of directions "
        "says in which share of runs the answer goes from end to end as it does on average.",
    ]
    rows = [
        (label(row["name"]), f"{row.low:.3g}", f"{row.high:.3g} {row.unit}",
         *(with_interval(Spread(row[f"at_{end}"], row.base + row[f"change_{end}_low"],
                                row.base + row[f"change_{end}_high"], found.runs), found.unit)
           for end in ("low", "high")),
         amount(row["span"], found.unit, signed=True).lstrip("+") + ("" if row.sure else " (unclear)"),
         amount(row.one_way, "share") if math.isfinite(row.one_way) else "", row.flips if isinstance(row.flips, str) else ""
        )
        for _, row in found.table.iterrows()
    ]  # fmt: skip
    sections = [(f"All {kind}s", HEADS, some) for kind in LOOKS
                if (some := [row for row, of in zip(rows, found.table.kind, strict=True) if of == kind])]  # fmt: skip
    reasons = [(label(row["name"]), keys.declarations()[keys.within_place(row["name"])].why)
               for _, row in found.table.iterrows()]  # fmt: skip
    sections.append(("What they are", ("setting", "meaning"), reasons))
    return write(found, plan, f"What does {found.said} depend on most?", answer(found), sections, how)
