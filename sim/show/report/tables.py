"""The report's tables: headline outcomes, ledger and host's work on page two, and everything in the appendix."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.lab.runs.headline import CURRENCY, over, unit_word, verdict_word
from sim.lab.runs.stated import BY_CONSTRUCTION
from sim.lab.settings.keys import within_place
from sim.lab.validation import failures
from sim.lab.validation.failures import ANY, Failure
from sim.show.report import worth
from sim.show.report.answer import shown
from sim.show.report.worth import Worth
from sim.show.results import BASE, Results, Values, measure, spread
from sim.show.runs.held import FELL, since
from sim.show.verdicts import arm_label
from sim.show.words import PERCENT, POINTS, amount, span
from sim.world.measures import HEADLINE, OUTCOMES, TWIN

FEW = 3  # alternatives that have a column each; of more, each is a row with the main numbers
MAIN = ("size", "held_by_members", "answered", "profit")
UNITS = {
    "people": "members",
    "money": CURRENCY,
    "exits per 100 active members and month": "% of active members a month",
}
UNDONE = {"undone_seeds": "posts", "undone_replies": "replies", "undone_greetings": "greetings",
          "undone_awards": "awards", "undone_broadcasts": "messages to all", "undone_promises": "announcements",
          "undone_visits": "executive visits"}  # fmt: skip
EVENTS = {
    "number": "times", "member_hours": "members give, hours", "needs_met": "members get, needs met",
    "host_hours": "host gives, hours", "money_out": f"host gives, {CURRENCY}", "money_in": f"host gets, {CURRENCY}",
}  # fmt: skip
MOST = 3  # findings that stand beside a lever


class Cell(NamedTuple):
    """A cell with a second line, and the verdict that it is coloured by."""

    text: str
    note: str = ""
    verdict: str = ""


class Table(NamedTuple):
    """A table as the page shows it. A row that begins with `=` is a sum."""

    title: str
    heads: list[str]
    rows: Sequence[Sequence[str | Cell]]
    kind: str = ""  # `heads`: a narrow second column; `arms`: a row an arm


def label(name: str) -> str:
    """Return an outcome's label with its unit; the period of money stands in the heading."""
    what = measure(name)
    unit = "%" if what.unit.startswith("share") else what.unit
    return f"{what.label} ({UNITS.get(unit, unit)})"


def headline(results: Results) -> Table:
    """Return the headline outcomes: a column an alternative, or (many alternatives) a row each with the main ones."""
    names = [name for name in (*HEADLINE, *TWIN, "exit_rate") if name in OUTCOMES and _known(results, name)]
    rows: list[Sequence[str | Cell]]
    if not results.compares:
        rows = [[label(name), _mean(results, name)] for name in names]
        return Table("", ["outcome", "mean, 95 % interval"], rows)
    if len(shown(results)) > FEW:
        names = [name for name in MAIN if name in names]
        rows = [["base", *(_base(results, name) for name in names)]]
        rows += [[arm_label(arm), *(_gap(results, name, arm) for name in names)] for arm in shown(results)]
        return Table("", ["minus base", *(label(name) for name in names)], rows, "arms")
    rows = [[label(name), _base(results, name), *(_gap(results, name, arm) for arm in shown(results))]
            for name in names]  # fmt: skip
    return Table("", ["outcome", "base", *(f"{arm_label(arm)} minus base" for arm in shown(results))], rows, "heads")


def _base(results: Results, name: str) -> str:
    return _bare(results.mean(name).mean, measure(name).unit)


def _known(results: Results, name: str) -> bool:
    return any(np.isfinite(results.outcome(name, arm)).any() for arm in results.arms)


def _mean(results: Results, name: str) -> Cell:
    value, unit = results.mean(name), measure(name).unit
    ends = f"({_bare(value.low, unit)} to {_bare(value.high, unit)})"
    return Cell(_bare(value.mean, unit), ends if value.sure else "no interval")


def _gap(results: Results, name: str, arm: str) -> Cell:
    """Return a difference with its interval and verdict."""
    row, unit = results.difference(name, arm), measure(name).unit
    if row is not None and row.verdict == BY_CONSTRUCTION:
        return Cell(_bare(row.difference, unit, True), BY_CONSTRUCTION)
    if row is None or not math.isfinite(row.difference):
        return Cell("undefined")
    ends = [_bare(value, unit, True) for value in (row.low, row.high)]
    between = f"({' to '.join(ends)}) " if math.isfinite(row.low) else ""
    return Cell(_bare(row.difference, unit, True), between + verdict_word(row.verdict), str(row.verdict))


def _bare(value: float, unit: str, signed: bool = False) -> str:
    """Return a number without currency or per cent, which the table's label has."""
    return amount(value, "" if unit == "money" else unit, signed).removesuffix(POINTS).removesuffix(PERCENT)


# The ledger


def ledger(results: Results) -> Table:
    """Return the company's money in each arm, with its sum, and when the community has paid back."""
    arms, other = results.arms, worth.reference(results)
    costs = {arm: spread(worth.cost(results, arm)).mean for arm in arms}
    parts = {"the host's hours": "host_cost", "launch and marketing": "marketing_cost", "the venue": "venue_cost"}
    rows: list[Sequence[str | Cell]] = [[f"for {words}", *(_sum(results, name, arm, -1) for arm in arms)]
                                    for words, name in parts.items() if _known(results, name)]  # fmt: skip
    rows.append(["= the community costs", *(amount(-costs[arm]) for arm in arms)])
    rows.append(["margin on all customers", *(_sum(results, "margin", arm) for arm in arms)])
    rows.append(["ads and subscriptions", *(_sum(results, "ad_revenue", arm) for arm in arms)])
    rows.append(["support tickets", *(amount(_tickets(results, arm, costs[arm])) for arm in arms)])
    rows.append(["= profit", *(_sum(results, "profit", arm) for arm in arms)])
    if results.compares:
        found = {one.arm: one for one in worth.worths(results)}
        rows.append([f"profit minus that of {arm_label(other)}", *(_profit(found.get(arm)) for arm in arms)])
    if worth.nothing(results):
        rows.append(["paid back", *(Cell(*worth.payback(results, arm)) for arm in arms)])
    return _oriented(Table("", ["", *map(arm_label, arms)], [*rows, *work(results)]), results)


def _oriented(table: Table, results: Results) -> Table:
    """Return a table with a column an arm, or turned round where the arms are many: the sums, a row an arm."""
    if len(results.alternatives) <= FEW:
        return table
    rows = [
        row for row in table.rows if str(row[0]).startswith(("=", "profit", "paid", "hours contracted", "contracted"))
    ]
    turned = [list(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    heads = ["", *(str(row[0]).removeprefix("= ") for row in rows)]
    return Table(table.title, heads, [[head, *row] for head, row in zip(table.heads[1:], turned, strict=True)], "arms")


def _sum(results: Results, name: str, arm: str, sign: int = 1) -> str:
    return amount(sign * results.mean(name, arm).mean)


def _tickets(results: Results, arm: str, cost: float) -> float:
    """Return the support tickets' cost as what is left of profit."""
    return (
        results.mean("profit", arm).mean + cost - sum(results.mean(name, arm).mean for name in ("margin", "ad_revenue"))
    )


def _profit(one: Worth | None) -> Cell:
    if one is None or not math.isfinite(one.profit.difference):
        return Cell("-")
    between = f"({span(one.profit.low, one.profit.high, signed=True)})" if math.isfinite(one.profit.low) else ""
    return Cell(amount(one.profit.difference, signed=True), between + " unclear" * (not one.clear))


# The host's work


def work(results: Results) -> Iterator[Sequence[str | Cell]]:
    """Yield the hours of the host that were paid, used and idle, and what was left undone, a column an arm."""
    arms = results.arms
    flows = {
        "hours contracted": "hours_paid",
        "for meetings, reports": "hours_overhead",
        "spent on members": "host_hours",
    }
    for words, name in flows.items():
        if not results.paths(name).empty:
            yield [words, *(amount(_hours(results, name, arm).mean()) for arm in arms)]
    for words, name in (("contracted and idle", "hours_idle"), ("lacking for what was meant", "hours_undone")):
        if _known(results, name):
            yield [words, *(amount(results.mean(name, arm).mean) for arm in arms)]
    if any(not results.paths(name).empty for name in UNDONE):
        yield ["acts left undone", *(_undone(results, arm) for arm in arms)]


def _hours(results: Results, name: str, arm: str) -> Values:
    return np.asarray(sum((results.total([name], arm, venue=venue) for venue in results.venues), np.zeros(1)))


def _undone(results: Results, arm: str) -> str:
    found = {words: float(_hours(results, name, arm).mean()) for name, words in UNDONE.items()}
    most = sorted((words for words in found if found[words] >= 1), key=lambda words: -found[words])
    named = ", ".join(f"{amount(found[words])} {words}" for words in most[:2]) or "none"
    return f"{named}, …" if len(most) > 2 else named


# What the world gets wrong


class Wrong(NamedTuple):
    """Findings that the world gets wrong, beside the levers that they concern."""

    levers: str
    findings: list[Failure]
    more: int


def wrong(results: Results) -> list[Wrong]:
    """Return the findings that concern the levers in which the arms differ, at most three a group of levers."""
    arms = shown(results) if results.compares else [BASE]
    levers = dict.fromkeys(_lever(results, key) for arm in arms for key in results.settings.get(arm, {}))
    return [
        Wrong("any setting" if group == ANY else ", ".join(its), found[:MOST], max(0, len(found) - MOST))
        for group, (its, found) in failures.concerning(levers).items()
    ]


def _lever(results: Results, key: str) -> str:
    """Return the lever behind a setting; `venues` where a whole venue is added."""
    return "venues" if key.startswith("venues.") and key not in results.levers(BASE) else within_place(key)


# The appendix


def outcomes(results: Results) -> Iterator[Table]:
    """Yield all outcomes: one table for a run, or one for each alternative."""
    if not results.compares:
        rows: list[Sequence[str | Cell]] = [_outcome_row(results, name) for name in OUTCOMES if _known(results, name)]
        yield Table("", ["outcome", "mean", "95 % interval", "unit", "meaning"], rows)
    heads = ["outcome", "base", "difference", "95 % interval", "better in", "detectable with 80 % power", "verdict"]
    for arm in results.alternatives:
        rows = [_difference_row(results, name, arm) for name in OUTCOMES if _known(results, name)]
        yield Table(f"{arm_label(arm)} minus base", heads, rows)


def _outcome_row(results: Results, name: str) -> Sequence[str | Cell]:
    value, what = results.mean(name), measure(name)
    interval = span(value.low, value.high, what.unit) if value.sure else "no interval"
    unit = unit_word(what.unit, results.days)
    return [what.label, amount(value.mean, what.unit), interval, unit, what.meaning]


def _difference_row(results: Results, name: str, arm: str) -> Sequence[str | Cell]:
    row, unit = results.difference(name, arm), measure(name).unit
    base = amount(results.mean(name).mean, unit)
    if row is None or not math.isfinite(row.difference):
        return [label(name), base, "undefined", "", "", "", ""]
    interval = span(row.low, row.high, unit, True) if math.isfinite(row.low) else "no interval"
    share = f"{amount(row.share_better, 'share')} of pairs" if math.isfinite(row.share_better) else ""
    seen = amount(row.detectable, unit, True).replace("+", "") if math.isfinite(row.detectable) else ""
    word = Cell(verdict_word(row.verdict), verdict=str(row.verdict))
    return [label(name), base, amount(row.difference, unit, True), interval, share, seen, word]


def events(results: Results) -> Iterator[Table]:
    """Yield what members and the host give and get in each arm by kind of event, if it ever happened, with totals."""
    table = results.table("ledger.csv").fillna(0)
    for arm in results.arms:
        sheet = table[table.arm == arm].drop(columns="arm") if "arm" in table else table
        sheet = sheet[(sheet.drop(columns="event", errors="ignore") != 0).any(axis=1)]
        if sheet.empty:
            continue
        columns = [name for name in EVENTS if name in sheet]
        rows: list[Sequence[str | Cell]] = [
            [str(row.event), *(_cell(row[name]) for name in columns)] for _, row in sheet.iterrows()
        ]
        rows.append(["= total", *("" if name == "number" else _cell(sheet[name].sum()) for name in columns)])
        title = arm_label(arm) if results.compares else ""
        yield Table(title, ["event", *(EVENTS[name] for name in columns)], rows)


def _cell(value: Any) -> str:
    return amount(float(value)) if value else ""


def tiles(results: Results) -> list[tuple[str, str]]:
    """Return the base's main numbers, each with its unit, and what it is with its 95 % interval."""
    cost, period = spread(worth.cost(results, BASE)), over(results.days)
    held = f"held by each other, {since(results)} {FELL}"
    found = [("active on the last day", results.mean("size"), "people", " members"),
             (held, results.mean("held_by_members"), "share", ""),
             (f"the community's cost {period}", cost, "money", ""),
             (f"the company's profit {period}", results.mean("profit"), "money", "")]  # fmt: skip
    return [
        (f"{amount(value.mean, unit)}{after}",
         words + (f" ({between})" if value.sure and len(set(between.split(" to "))) > 1 else ""))
        for words, value, unit, after in found if math.isfinite(value.mean)
        for between in [span(value.low, value.high, "" if unit == "money" else unit)]
    ]  # fmt: skip
