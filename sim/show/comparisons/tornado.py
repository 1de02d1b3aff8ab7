"""The picture and the page of a tornado: what an answer depends on most."""

import math
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.lab.settings import keys
from sim.lab.sweeps.tornado import CROSSES, ENDS, LEVER, LOWER, RAISE, UNKNOWN
from sim.show.comparisons.asked import Folder
from sim.show.looks import BLACK, BLUE, GREY, ORANGE, Look
from sim.show.panel import plain_ticks
from sim.show.report.figures import Plan
from sim.show.results import Spread, measure
from sim.show.style import Drawing, sheet
from sim.show.verdicts import arm_label, said
from sim.show.words import amount, capital, listed, with_interval

LOOKS = {LEVER: Look(BLUE), UNKNOWN: Look(ORANGE, hatch="//")}
MOST, NAMED = 20, 3  # bars in the picture, and settings of a kind in a sentence
TURNS = {RAISE: "it rises on both sides of", LOWER: "it falls on both sides of", CROSSES: "it is reversed at an end of"}
HEADS = ("setting", "low end", "high end", "answer at the low end", "at the high end", "width of the bar",
         "runs in one direction", "sign")  # fmt: skip
HOW = (
    "Levers are the scenario's own, those set on the command line, and those that the presets of its venue and host "
    "set, without prices and without what has no effect here. They go to half and twice their value, within their "
    "range; one at 0 to its usual value or to a quarter of its range.",
    "Unknowns are the parameters that the evidence leaves open (vectors=plausible). They go to the lowest and the "
    "highest value in that set. One that is moved alone leaves the others where they are, which may not fit the "
    "evidence together.",
    "A bar that may be chance (unclear) does not differ from the default after correction for all ends of its kind "
    "(Holm). Runs in one direction: the share in which the answer goes from end to end as it does on average.",
)


class Tornado(Folder):
    """A tornado's folder."""

    name, table_name = "tornado", "tornado.csv"
    needed = ("name", "kind", "value", "low", "high", "base", "at_low", "at_high", "span", "sure", "one_way", "flips")

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        metric, first = str(self.scenario.get("metric", "held_by_members")), self.table.iloc[0]
        self.unit = measure(metric).unit
        self.said = said(metric) + "".join(f" ({arm_label(arm)} minus base)" for arm in self.results.changes)
        self.base = Spread(first.base, first.base_low, first.base_high, self.runs)

    def told(self, value: float) -> str:
        """Return an answer in words; a difference with its sign."""
        return amount(value, self.unit, signed=bool(self.results.changes))

    def reach(self, row: Any) -> str:
        """Return between which answers a setting moves."""
        ends = sorted([row.at_low, row.at_high, row.base])
        return f"{label(row['name'])} ({self.told(ends[0])} to {self.told(ends[-1])})"

    def surely(self, kind: str) -> pd.DataFrame:
        """Return the sure moves of a kind, the widest first."""
        return self.table[(self.table.kind == kind) & self.table.sure]


def label(name: str) -> str:
    """Return a setting's name as a figure has room for it."""
    return name.removeprefix("params.")


def finding(found: Tornado) -> str:
    """Return what the answer depends on most."""
    first = sorted((some.iloc[0] for kind in LOOKS if len(some := found.surely(kind))), key=lambda row: -row.span)
    if not first:
        return f"Nothing that was moved surely moves {found.said}, {found.told(found.base.mean)}"
    words = {LEVER: "of the levers most on", UNKNOWN: "of what is unknown most on"}
    parts = listed([f"{words[row.kind]} {found.reach(row)}" for row in first])
    still = [f"; none of {every} {kind}s surely moves it" for kind in LOOKS
             if (every := int((found.table.kind == kind).sum())) and not len(found.surely(kind))]  # fmt: skip
    return f"{capital(found.said)}, {found.told(found.base.mean)}, depends {parts}{''.join(still)}"


def answer(found: Tornado) -> list[str]:
    """Return the answer in a few sentences: how large, moved by what, and where a sign flips."""
    lines = [f"{capital(found.said)} is {with_interval(found.base, found.unit)} with everything as it is."]
    for kind in LOOKS:
        sure, every = found.surely(kind), int((found.table.kind == kind).sum())
        most = f", most by {listed([found.reach(row) for _, row in sure.head(NAMED).iterrows()])}" if len(sure) else ""
        lines += [f"Of {every} {kind}s, {len(sure) or 'none'} surely move it{most}."] if every else []
    widest = [some.span.max() for kind in LOOKS if len(some := found.surely(kind))]
    if len(widest) == len(LOOKS):
        lines.append(f"The widest bar of a lever is {amount(widest[0] / widest[1])} times that of an unknown.")
    flips = {how: [label(name) for name in found.table[found.table.flips == how].name] for how in TURNS}
    turns = [f"{TURNS[how]} {listed(names)}" for how, names in flips.items() if names]
    return [*lines, f"The sign flips: {'; '.join(turns)}." if turns else "No sign of an effect surely flips."]


def tornado(found: Tornado) -> Drawing | None:
    """Draw a bar for each setting, the widest on top; nothing where the answer is undefined."""
    if not math.isfinite(found.base.mean):
        return None
    rows = found.table[found.table.span > 0].head(MOST)[::-1]
    rest = len(found.table) - len(rows)
    drawn = (f"{capital(found.said)} when one setting is moved and all else stays, on the same seeds. Numbers: the "
             "setting's ends; pale: the bar may be chance. Whiskers: 95 % intervals of the move."
             + f" {rest} with smaller or no bars are in the table." * (rest > 0))  # fmt: skip
    page = sheet(found, finding(found), drawn, left=2.35, right=0.65, plot=0.36 * max(len(rows), 2) + 0.3, below=0.8)
    axes = page.axes[0]
    for y, (_, row) in enumerate(rows.iterrows()):
        bar(axes, y, row)
    axes.axvline(found.base.mean, color=BLACK, linewidth=1.2)
    if found.results.changes:
        axes.axvline(0, color=GREY, linewidth=1, linestyle=(0, (2, 2)))
    axes.annotate(f"default {found.told(found.base.mean)}", (found.base.mean, 1), xycoords=("data", "axes fraction"),
                  xytext=(0, 3), textcoords="offset points", ha="center", fontsize=10)  # fmt: skip
    names = [f"{label(row['name'])} {f'{row.value:.3g}' * math.isfinite(row.value)}" for _, row in rows.iterrows()]
    axes.set_yticks(range(len(names)), map(str.strip, names))
    axes.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    axes.tick_params(axis="y", length=0, labelcolor=BLACK)
    axes.margins(x=0.14)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    plain_ticks(axes.xaxis, found.unit)
    axes.set_xlabel(found.said if found.unit.startswith("share") else f"{found.said} ({found.unit})")
    marks = [Patch(facecolor=look.colour, hatch=look.hatch, edgecolor="white", label=kind)
             for kind, look in LOOKS.items() if (rows.kind == kind).any()]  # fmt: skip
    axes.legend(handles=marks, loc="lower right", bbox_to_anchor=(-0.01, 1.0), frameon=False, ncols=2,
                handlelength=1.2, columnspacing=1.0, borderaxespad=0)  # fmt: skip
    return page.done(" ".join(found.reach(row) + "." for _, row in rows[::-1].iterrows()))


def bar(axes: Axes, y: float, row: Any) -> None:
    """Draw the bar of a setting: to both sides of the default, or in two halves where both ends are on one side."""
    look, halves = LOOKS[row.kind], row.change_low * row.change_high > 0
    ends = [(end, row[f"change_{end}"], y + up * halves) for end, up in zip(ENDS, (0.19, -0.19), strict=True)]
    ends = [(end, change, height) for end, change, height in ends if change and math.isfinite(change)]
    reaches = {end: [at for side in ("", "_low", "_high") if math.isfinite(at := row.base + row[f"change_{end}{side}"])]
               for end, _, _ in ends}  # fmt: skip
    every = [at for some in reaches.values() for at in some]
    for end, change, height in ends:
        axes.barh(height, change, left=row.base, height=0.34 if halves else 0.66, color=look.colour, hatch=look.hatch,
                  edgecolor="white", alpha=1.0 if row.sure else 0.4)  # fmt: skip
        axes.plot([min(reaches[end]), max(reaches[end])], [height, height], color=BLACK, linewidth=1.3)
        side, tip, align = (4, max(every), "left") if change > 0 else (-4, min(every), "right")
        axes.annotate(f"{row[end]:.3g}", (tip, height), xytext=(side, 0), textcoords="offset points", va="center",
                      ha=align, fontsize=8.5, color=GREY)  # fmt: skip


def cells(found: Tornado, row: Any) -> tuple[str, ...]:
    """Return a setting as the table of the page shows it."""
    at = []
    for end in ENDS:
        mean, low, high = (row.base + row[f"change_{end}{side}"] for side in ("", "_low", "_high"))
        at.append(with_interval(Spread(mean, low, high, found.runs), found.unit))
    width = amount(row.span, found.unit) + " (unclear)" * (not row.sure)
    way = amount(row.one_way, "share") if math.isfinite(row.one_way) else ""
    flips = row.flips if isinstance(row.flips, str) else ""
    return label(row["name"]), f"{row.low:.3g}", f"{row.high:.3g}", *at, width, way, flips


def write_report(folder: Path) -> Path:
    """Draw the figure of a tornado's folder and write its page. Returns the path of `report.html`."""
    found = Tornado(folder)
    plan = Plan("tornado", tornado, "The wider a bar, the more the answer hangs on it.")
    sections = [(f"All {kind}s", HEADS, [cells(found, row) for _, row in some.iterrows()])
                for kind in LOOKS if len(some := found.table[found.table.kind == kind])]  # fmt: skip
    known = {name: keys.declarations().get(keys.within_place(name)) for name in found.table.name}
    about = [(label(name), f"{row.why} ({row.unit})") for name, row in known.items() if row is not None]
    return found.write(plan, f"What does {found.said} depend on most?", answer(found),
                       [*sections, ("What they are", ("setting", "meaning"), about)], HOW)  # fmt: skip
