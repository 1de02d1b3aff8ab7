"""The picture and the page of a passport: what shocks cost a community, and what would have helped."""

import math
from pathlib import Path
from typing import Any

import pandas as pd

from sim.show.comparisons.asked import Folder
from sim.show.looks import GREY, VERMILLION, Look
from sim.show.panel import mark_day, over_days, ribbon
from sim.show.report.figures import Plan
from sim.show.results import BASE, read_table
from sim.show.style import ONE_BAND, Drawing, panels
from sim.show.verdicts import arm_label
from sim.show.words import NBSP, amount, capital, listed

TWIN, SHOCK = Look(GREY), Look(VERMILLION, (0, (5, 1.5)))
ACROSS = 2
HEADS = ("shock", "lost at the worst point", "on day", "lost at the end", "back to 90 %", "never came back",
         "what would have helped")  # fmt: skip
HOW = (
    "Losses are shares of the active members of the same run without the shock; both are one world until its day. "
    "After an eviction, those of the place that it moves to count.",
    "The worst point is the recorded day with the lowest mean over runs. A run is back on the first recorded day from "
    "which it stays at 90 % of its twin or above until the end; days are counted from the shock, and their median is "
    "over all runs.",
    "A remedy is in place from half a year before the shock. What it adds is measured against the shock alone; beyond "
    "is what is left of that after what the same remedy adds without the shock.",
)


class Passport(Folder):
    """A passport's folder."""

    name, table_name = "passport", "shocks.csv"
    needed = ("shock", "what", "identical", "worst", "worst_day", "end", "fell", "days_to_90", "never")

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.day = int(self.scenario.get("change_day") or 0)
        self.rows: list[Any] = [row for _, row in self.table.iterrows()]

    def remedies(self, shock: str) -> pd.DataFrame:
        """Return the remedies that were tried against a shock, the best first."""
        table = read_table(self.folder / "remedies.csv", ("shock", "remedy", "what", "gain", "gain_low", "beyond"))
        return table[table.shock == shock].sort_values("gain", ascending=False, kind="stable")


def interval(row: Any, name: str) -> str:
    """Return a share with its interval as a table shows it."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    mean = amount(row[name], "share")
    return mean if math.isnan(low) else f"{mean} ({amount(low, 'share')} to {amount(high, 'share')})".replace(" ", NBSP)


def helped(found: Passport, shock: str) -> str:
    """Return the best of the remedies that surely helped, or nothing."""
    tried = found.remedies(shock)
    if not len(sure := tried[tried.gain_low > 0]):
        return ""
    best = sure.iloc[0]
    gain, beyond = (amount(best[name], "share", signed=True) for name in ("gain", "beyond"))
    return f"{best.what}: {gain}, of which {beyond} beyond what it gives without the shock"


def finding(found: Passport) -> str:
    """Return which shock costs most and what heals."""
    sure = sorted((row for row in found.rows if row.end_low > 0), key=lambda row: -row.end)
    if not sure:
        return f"None of {len(found.rows)} shocks surely costs active members by the end"
    over = [row for row in found.rows if row.worst_low > 0 and row.fell > 0.5 > row.never and not row.end_low > 0]
    healed = [arm_label(row.shock) for row in over]
    tail = f"; most runs recover from {listed(healed)}" if healed else ""
    most = f"{arm_label(sure[0].shock)} most: {amount(sure[0].end, 'share')} at the end"
    return f"{len(sure)} of {len(found.rows)} shocks surely cost{'s' * (len(sure) == 1)} active members, {most}{tail}"


def answer(found: Passport) -> list[str]:
    """Return the answer in a few sentences."""
    sure = sorted((row for row in found.rows if row.end_low > 0), key=lambda row: -row.end)
    costs = listed([f"{arm_label(row.shock)} {interval(row, 'end')}" for row in sure])
    lines = [f"Active members lost at the end, against the same community without the shock: {costs}."]
    best = [f"against {arm_label(row.shock)} {words}" for row in sure if (words := helped(found, row.shock))]
    lines.append(f"What would have helped: {'; '.join(best)}." if best else "No remedy that was tried surely helps.")
    for words, some in (
        ("More active members at the end than without it", [row for row in found.rows if row.end_high < 0]),
        ("Unclear, or over by the end", [row for row in found.rows if not row.identical and not row.end_low > 0
                                         and not row.end_high < 0]),
        ("No effect at all in this world", [row for row in found.rows if row.identical]),
    ):  # fmt: skip
        lines += [f"{words}: {listed([arm_label(row.shock) for row in some])}."] if some else []
    return lines


def passport(found: Passport) -> Drawing:
    """Draw active members with and without each shock."""
    base = found.results.paths("active", BASE)
    drawn = (f"Active members with the shock on day {found.day} (dashed, coloured) and without it (grey, same seeds), "
             "and the change at the end.")  # fmt: skip
    page, every = panels(found, finding(found), drawn, len(found.rows), across=ACROSS, tall=1.25, gap=0.62,
                         bands=ONE_BAND, right=0.3, below=0.8)  # fmt: skip
    for place, (axes, row) in enumerate(zip(every, found.rows, strict=True)):
        ribbon(axes, base, TWIN, spread_too=False)
        shocked = found.results.paths("active", row.shock)
        ribbon(axes, shocked.loc[:, shocked.columns.to_numpy(dtype=int) >= found.day], SHOCK, spread_too=False)
        over_days(axes, found.results)
        mark_day(axes, found.day)
        end = amount(-row.end, "share") + " (unclear)" * (not row.end_low > 0 and not row.end_high < 0)
        axes.set_title(f"{capital(arm_label(row.shock))}: {'no effect' if row.identical else end}", fontsize=10.5)
        axes.set_xlabel("day" if place >= len(every) - ACROSS else "")
    return page.done(" ".join(f"{arm_label(row.shock)}: {interval(row, 'end')} lost." for row in found.rows))


def cells(found: Passport, row: Any) -> tuple[str, ...]:
    """Return a shock as the table of the page shows it."""
    name = capital(arm_label(row.shock))
    if row.identical:
        return name, "no effect", "", "", "", "", ""
    median = "most runs never" if math.isnan(row.days_to_90) else f"{row.days_to_90:.0f} days"
    back = "never below" if row.fell == 0 else median
    help_ = helped(found, row.shock) or f"none of {len(found.remedies(row.shock))} surely"
    return (name, interval(row, "worst"), f"{found.day + row.worst_day:.0f}", interval(row, "end"), back,
            amount(row.never, "share"), help_)  # fmt: skip


def write_report(folder: Path) -> Path:
    """Draw the figure of a passport's folder and write its page. Returns the path of `report.html`."""
    found = Passport(folder)
    plan = Plan("passport", passport, "Where the coloured line stays below the grey one, the shock is not over.")
    tried = [(f"{capital(arm_label(row.shock))}, {one.what}", interval(one, "gain"), interval(one, "beyond"))
             for row in found.rows if not row.identical for _, one in found.remedies(row.shock).iterrows()]  # fmt: skip
    sections = [
        ("The shocks", HEADS, [cells(found, row) for row in found.rows]),
        ("What was done", ("shock", "what happens"), [(capital(arm_label(row.shock)), row.what) for row in found.rows]),
        ("Remedies", ("shock and remedy", "adds at the end", "beyond what it adds without the shock"), tried),
    ]
    question = "How does this community take a standard set of shocks, and what would have helped?"
    return found.write(plan, question, answer(found), sections, HOW)
