"""The picture and the page of a passport: what shocks cost a community, and what would have helped."""

import math
from pathlib import Path
from typing import Any

import pandas as pd

from sim.show.comparisons.asked import Folder, write
from sim.show.looks import BLACK, GREY, VERMILLION, Look
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


class Passport(Folder):
    """A passport's folder."""

    name, table_name = "passport", "shocks.csv"
    needed = ("shock", "what", "identical", "worst", "worst_day", "end", "fell", "days_to_90", "never")

    @property
    def day(self) -> int:
        """The day of the shocks."""
        return int(self.scenario.get("change_day") or 0)

    @property
    def felt(self) -> pd.DataFrame:
        """The shocks that did anything, the costliest at the end first."""
        return self.table[~self.table.identical].sort_values("end", ascending=False, kind="stable")

    def remedies(self, shock: str) -> pd.DataFrame:
        """Return the remedies that were tried against a shock, the best first."""
        columns = ("shock", "remedy", "what", "gain", "gain_low", "gain_high", "beyond")
        table = read_table(self.folder / "remedies.csv", columns)
        return table[table.shock == shock].sort_values("gain", ascending=False, kind="stable")


def lost(value: float) -> str:
    """Return a loss in words: "34 %", or "a gain of 5 %"."""
    return amount(value, "share") if not value < 0 else f"a gain of {amount(-value, 'share')}"


def interval(row: Any, name: str) -> str:
    """Return a loss with its interval as a table shows it."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    mean = amount(row[name], "share")
    return mean if math.isnan(low) else f"{mean} ({amount(low, 'share')} to {amount(high, 'share')})".replace(" ", NBSP)


def back(row: Any) -> str:
    """Return how long it took until a shock was over."""
    if row.fell == 0:
        return "never below"
    return "most runs never" if math.isnan(row.days_to_90) else f"{row.days_to_90:.0f} days"


def helped(found: Passport, shock: str) -> str:
    """Return the best of the remedies that surely helped."""
    tried = found.remedies(shock)
    sure = tried[tried.gain_low > 0]
    if not len(sure):
        return f"none of {len(tried)} surely"
    best = sure.iloc[0]
    more = f"+{amount(best.gain, 'share')} ({amount(best.gain_low, 'share')} to {amount(best.gain_high, 'share')})"
    beyond = amount(best.beyond, "share", signed=True)
    return f"{best.what}: {more}, of which {beyond} beyond what it gives without the shock"


def finding(found: Passport) -> str:
    """Return which shocks cost most and what heals."""
    felt = found.felt
    if not len(felt) or felt.end.isna().all():
        return "None of the shocks changes anything here"
    worst, least = felt.iloc[0], felt.iloc[-1]
    if not worst.end_low > 0:
        return f"None of {len(felt)} shocks surely costs active members by the end"
    healed = [arm_label(row.shock) for _, row in felt.iterrows() if row.worst_low > 0 and row.fell > 0.5 > row.never]
    tail = f"; most runs recover from {listed(healed)}" if healed else f", and {arm_label(least.shock)} the least"
    return f"{capital(arm_label(worst.shock))} costs most: {lost(worst.end)} of active members at the end{tail}"


def answer(found: Passport) -> list[str]:
    """Return the answer in a few sentences."""
    felt = found.felt
    sure = felt[felt.end_low > 0]
    costs = [f"{arm_label(row.shock)} {interval(row, 'end')}".replace(NBSP, " ") for _, row in sure.iterrows()]
    lines = [f"Active members lost at the end, against the same community without the shock: {listed(costs)}."
             if costs else f"No shock surely costs active members on day {found.results.days}."]  # fmt: skip
    none = [arm_label(row.shock) for _, row in felt.iterrows() if not row.end_low > 0 and not row.end_high < 0]
    gains = [arm_label(row.shock) for _, row in felt.iterrows() if row.end_high < 0]
    lines += [f"More active members at the end than without it: {listed(gains)}."] if gains else []
    lines += [f"Unclear or gone by the end: {listed(none)}."] if none else []
    best = [f"against {arm_label(row.shock)} {words}" for _, row in sure.iterrows()
            if not (words := helped(found, row.shock)).startswith("none")]  # fmt: skip
    lines.append(f"What would have helped, of active members at the end: {'; '.join(best)}." if best
                 else "None of the remedies that were tried surely helps.")  # fmt: skip
    same = [arm_label(row.shock) for _, row in found.table.iterrows() if row.identical]
    return lines + ([f"No effect at all in this world: {listed(same)}."] if same else [])


def passport(found: Passport) -> Drawing | None:
    """Draw active members with and without each shock."""
    base = found.results.paths("active", BASE)
    if base.empty:
        return None
    drawn = (f"Active members with the shock on day {found.day} (dashed, coloured) and without it (grey, the same seeds), "
             "and what is lost or gained at the end.")  # fmt: skip
    page, every = panels(found, finding(found), drawn, len(found.table), across=ACROSS, tall=1.25, gap=0.62,
                         bands=ONE_BAND, right=0.3, below=0.8)  # fmt: skip
    for place, (axes, (_, row)) in enumerate(zip(every, found.table.iterrows(), strict=True)):
        ribbon(axes, base, TWIN, spread_too=False)
        since = found.results.paths("active", row.shock)
        ribbon(axes, since.loc[:, since.columns >= found.day], SHOCK, spread_too=False)
        over_days(axes, found.results)
        mark_day(axes, found.day)
        unclear = "" if row.end_low > 0 or row.end_high < 0 else " (unclear)"
        end = "no effect" if row.identical else amount(-row.end, "share") + unclear
        axes.set_title(f"{capital(arm_label(row.shock))}: {end}", fontsize=10.5, color=BLACK)
        axes.set_xlabel("day" if place >= len(every) - ACROSS else "")
    return page.done(" ".join(f"{arm_label(row.shock)}: {lost(row.end)}." for _, row in found.table.iterrows()))


def write_report(folder: Path) -> Path:
    """Draw the figure of a passport's folder and write its page. Returns the path of `report.html`."""
    found = Passport(folder)
    plan = Plan("passport", passport, "A community that is held by its members takes most shocks more lightly than one "
                "that is held by its host; which shocks those are is what the panels show.")  # fmt: skip
    rows = [(capital(arm_label(row.shock)), *(["no effect", "", "", "", "", ""] if row.identical else [
        interval(row, "worst"), f"{found.day + row.worst_day:.0f}", interval(row, "end"), back(row),
        amount(row.never, "share"), helped(found, row.shock)])) for _, row in found.table.iterrows()]  # fmt: skip
    tried = [(f"{capital(arm_label(row.shock))}, {row.what}", *(
                ("no effect", "") if not any((row.gain, row.gain_low, row.gain_high, row.beyond)) else
                (interval(row, "gain"), interval(row, "beyond"))))
             for shock in found.felt.shock for _, row in found.remedies(shock).iterrows()]  # fmt: skip
    meaning = [(capital(arm_label(row.shock)), row.what) for _, row in found.table.iterrows()]
    how = [
        f"All arms are one world until day {found.day}. Losses are shares of the active members of the same run without "
        "the shock. After an eviction, those of the place that it moves to count.",
        "The worst point is the recorded day with the lowest mean over runs. A run is back on the first recorded day "
        "from which it stays at 90 % of its twin or above until the end; days are counted from the shock, and their "
        "median is over all runs.",
        "A remedy is in place from half a year before the shock. What it adds is measured against the shock alone; "
        "beyond is what is left of that after what the same remedy adds without the shock.",
    ]
    sections = [
        ("The shocks", HEADS, rows), ("What was done", ("shock", "what happens"), meaning),
        ("Remedies", ("shock and remedy", "adds at the end", "beyond what it adds without the shock"), tried),
    ]  # fmt: skip
    question = "How does this community take a standard set of shocks, and what would have helped?"
    return write(found, plan, question, answer(found), sections, how)
