"""What each arm costs, brings in and pays back, against no community where an arm has none, else against the base."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.lab.runs.headline import over
from sim.lab.runs.statistics import CONFIDENCE, Contrast, contrast, holm
from sim.show.results import BASE, Paths, Results, Values
from sim.show.verdicts import CANT_TELL
from sim.show.words import plural

NOTHING = "alt.nothing=community=none"  # the arm that "is it worth having at all" needs
INCOME = ("margin", "ad_revenue", "subscriptions")
COSTS = ("host_cost", "venue_cost", "marketing_cost")


class Worth(NamedTuple):
    """The money of an arm minus that of another, in means over pairs: costs, what comes in, and profit."""

    arm: str
    cost: float
    income: float
    profit: Contrast
    clear: bool = True  # whether the difference in profit is more than chance


def cost(results: Results, arm: str) -> Values:
    """Return what the community costs, one number a run: host, venue and marketing (older results: the host)."""
    known = results.outcome("community_cost", arm)
    return known if np.isfinite(known).any() else results.outcome("host_cost", arm)


def nothing(results: Results) -> str | None:
    """Return the arm in which nobody ever joins and nothing is spent, if there is one."""
    for arm in results.arms:
        joins = results.outcome("joins", arm)
        if joins.size and not joins.any() and not cost(results, arm).any():
            return arm
    return None


def reference(results: Results) -> str:
    """Return the arm that all others' money is counted against."""
    return nothing(results) or BASE


def worths(results: Results) -> list[Worth]:
    """Return every arm's money against the reference.

    Whether a difference is clear is the tables' verdict against the base, and corrected in the same way (Holm) for the
    number of arms against no community.
    """
    other, found = reference(results), []
    for arm in (arm for arm in results.arms if arm != other):
        spent = cost(results, arm) - cost(results, other)
        profit = contrast(results.outcome("profit", other), results.outcome("profit", arm), "more")
        more = float(np.mean(spent)) if spent.size else float("nan")
        found.append(Worth(arm, more, profit.difference + more, profit))
    if other != BASE:
        clear = holm([one.profit.p for one in found]) <= 1 - CONFIDENCE
        return [one._replace(clear=bool(ok)) for one, ok in zip(found, clear, strict=True)]
    rows = [results.difference("profit", one.arm) for one in found]
    return [
        one._replace(clear=row is not None and row.verdict != CANT_TELL) for one, row in zip(found, rows, strict=True)
    ]


def booked(results: Results) -> Values:
    """Return what a run without comparison can book for its community: ads and net deflected tickets.

    Tickets are those that a twin without the community has more, or what was counted if there is no twin.
    """
    saved, counted = results.outcome("tickets_saved"), results.outcome("deflected_net")
    return results.outcome("ad_revenue") + ticket_cost(results, BASE) * (counted if np.isnan(saved).any() else saved)


def ticket_cost(results: Results, arm: str) -> float:
    """Return what a support ticket costs in an arm."""
    return float(results.settings.get(arm, {}).get("product.ticket_cost", results.parameter("product", "ticket_cost")))


def profit_flow(results: Results, arm: str) -> Paths:
    """Return the profit since the last record, a row a run and a column a day, over all venues."""
    signs = dict.fromkeys(INCOME, 1.0) | dict.fromkeys(COSTS, -1.0) | {"tickets": -ticket_cost(results, arm)}
    parts = [sign * table for venue in results.venues for metric, sign in signs.items()
             if not (table := results.paths(metric, arm, venue=venue)).empty]  # fmt: skip
    return sum(parts[1:], parts[0]) if parts else pd.DataFrame()


def payback_days(arm: Paths, other: Paths) -> Values:
    """Return for each run the day from which an arm's cumulated profit stays above the other's, NaN for none."""
    above = (arm - other).cumsum(axis=1) > 0
    stays = above.iloc[:, ::-1].cummin(axis=1).iloc[:, ::-1]
    return np.where(stays.iloc[:, -1], stays.idxmax(axis=1), np.nan).astype(float)


def payback(results: Results, arm: str) -> tuple[str, str]:
    """Return from which day an arm has paid back, as a range over runs, and in how many of them it does."""
    other, never = nothing(results), f"not within {over(results.days).removeprefix('over ')}"
    if other is None:
        return "unknown", ""
    flows = profit_flow(results, arm), profit_flow(results, other)
    if arm == other or any(flow.empty for flow in flows):
        return "-", ""
    days = payback_days(*flows)
    known = days[np.isfinite(days)]
    if not known.size:
        return never, ""
    first, last = int(known.min()), int(known.max())
    when = f"day {first}" + (f" to {last}" if last > first else "")
    return when, "" if known.size == days.size else f"in {known.size} of {plural(days.size, 'run')}, else {never}"
