"""The headline of a result as text for a terminal."""

import math
from collections.abc import Sequence

from sim.lab.runs import caveats, tables
from sim.lab.runs.jobs import Job
from sim.lab.runs.replicate import BASE, Replicate
from sim.lab.runs.tables import Row
from sim.world.measures import HEADLINE, OUTCOMES, TWIN

CURRENCY = "EUR"  # of every amount whose unit is "money"
CAVEAT = "The 95 % intervals cover chance between runs only. They do not cover how wrong the assumed parameters may be."
OPEN = ("The 95 % intervals cover chance between runs and what the evidence leaves open about the fitted parameters "
        "({count} vectors, {name}). They do not cover how wrong the other parameters may be.")  # fmt: skip
FAMILY = "Verdicts are corrected for {looks} comparisons (Holm), so an interval that excludes 0 can still be unclear."
UNCLEAR = {"can't tell": "unclear"}  # the tables' word, and the word that a reader sees
YEAR = 365
YEARS = ("", "one year", "two years", "three years", "four years", "five years")


def text(job: Job, finished: Sequence[Replicate], answer: Sequence[str] = ()) -> str:
    """Return what was run, the answer (as the report has it), and the table of headline outcomes."""
    made, summary, compares = job.experiment, tables.summary(finished), job.kind == "compare"
    above = [caveats.venues([made.venue_name, *made.venues]), *caveats.idle_hosts(made.tree())]
    lines = [f"{made.title or made.scenario}: {circumstances(job, len(finished))}", *filter(None, above), ""]
    lines += [*answer, ""] if answer else []
    lines += compare_lines(job, finished) if compares else [*run_lines(summary, made.days), ""]
    looks = len(HEADLINE) * (len(tables.arm_names(finished)) - 1)
    count, name = len(job.vectors.vectors), job.vectors.name
    covered = OPEN.format(count=count, name=name) if count > 1 else CAVEAT
    below = [caveats.by_construction(job.stated), covered, FAMILY.format(looks=looks) if looks else ""]
    return "\n".join([*lines, *filter(None, below)])


def over(days: int) -> str:
    """Return over how long a sum of money was added up: "over two years", "over 300 days"."""
    years, rest = divmod(days, YEAR)
    return f"over {YEARS[years]}" if not rest and 0 < years < len(YEARS) else f"over {days:,} day{'s' * (days != 1)}"


def unit_word(unit: str, days: int) -> str:
    """Return a unit as a reader sees it: money has a currency and a period, shares are in percent."""
    return f"{CURRENCY}, {over(days)}" if unit == "money" else unit.replace("share", "%")


def circumstances(job: Job, runs: int) -> str:
    """Say what was run."""
    made = job.experiment
    changed = f", changed from day {job.change_day}" if job.change_day is not None else ""
    silent = f", each split into {made.fork} worlds on day {made.host_off_day}" if made.host_off_day else ""
    what = ("pair" if job.kind == "compare" else "run") + ("" if runs == 1 else "s")
    return f"{runs} {what} of {made.days} days{changed}, {made.people:,} customers{silent}"


def run_lines(summary: Sequence[Row], days: int) -> list[str]:
    """Return one line for each headline outcome: mean and interval."""
    rows = {row["metric"]: row for row in summary}
    cells = [
        (OUTCOMES[name].label, *quantity(name, row["mean"], "", row["low"], row["high"]),
         unit_word(OUTCOMES[name].unit, days))
        for name in (*HEADLINE, *TWIN)
        for row in [rows[name]]
        if row["replicates"]
    ]  # fmt: skip
    return aligned([("", "mean", "95 % interval", ""), *cells])


def compare_lines(job: Job, finished: Sequence[Replicate]) -> list[str]:
    """Return one block for each alternative, with one line for each headline outcome."""
    means = {(row["arm"], row["metric"]): row["mean"] for row in tables.summary(finished)}
    rows, days = [row for row in tables.contrasts(finished, job.stated) if row["headline"]], job.experiment.days
    lines: list[str] = []
    for arm in tables.arm_names(finished)[1:]:
        cells = [
            (_labelled(name, days), *(quantity(name, means[of, name], " %")[0] for of in (BASE, arm)),
             *quantity(name, row["difference"], " points", row["low"], row["high"]), verdict_word(row["verdict"]))
            for row in rows
            if row["arm"] == arm and row["pairs"]
            for name in [row["outcome"]]
        ]  # fmt: skip
        lines += [*aligned([(arm, BASE, arm, "difference", "95 % interval", "verdict"), *cells]), ""]
    return lines


def verdict_word(verdict: str) -> str:
    """Return a verdict of the tables as a reader sees it."""
    return UNCLEAR.get(verdict, verdict)


def _labelled(name: str, days: int) -> str:
    """Return an outcome's label, with the unit where it is money."""
    label, unit = OUTCOMES[name].label, OUTCOMES[name].unit
    return f"{label} ({unit_word(unit, days)})" if unit == "money" else label


def aligned(cells: Sequence[Sequence[str]]) -> list[str]:
    """Return table rows: first and last column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    last = len(widths) - 1
    return [
        "  ".join(
            cell.ljust(width) if place in {0, last} else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def quantity(name: str, value: float, end: str, low: float = math.nan, high: float = math.nan) -> tuple[str, str]:
    """Return an outcome's value and interval as text. Shares are in percent, and `end` says so."""
    if not OUTCOMES[name].unit.startswith("share"):
        return number(value), span(low, high)
    return f"{number(100 * value)}{end}", span(100 * low, 100 * high)


def span(low: float, high: float) -> str:
    """Return an interval as text."""
    return "-" if math.isnan(low) else f"{number(low)} to {number(high)}"


def with_interval(value: float, low: float, high: float) -> str:
    """Return a number with its interval, if it has one."""
    return number(value) if math.isnan(low) else f"{number(value)} ({span(low, high)})"


def number(value: float) -> str:
    """Return a number with about three digits that matter."""
    if math.isnan(value):
        return "-"
    size = abs(value)
    if size == 0.0:
        return "0"
    decimals = 0 if size >= 100.0 else 1 if size >= 10.0 else 2 if size >= 1.0 else 3
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"  # + 0.0 takes the sign off a rounded -0
