"""The answer in three sentences: people, money, and the bad news; and how sure that is. Everything is computed.

The words keep to what was done. An effect that may be chance is unclear, what the settings state is no finding, and a
single run has no interval.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from sim.lab.runs import caveats, score
from sim.lab.runs.headline import over
from sim.lab.runs.stated import BY_CONSTRUCTION
from sim.show.report import worth
from sim.show.report.worth import Worth
from sim.show.results import BASE, Results, measure, spread
from sim.show.runs import held
from sim.show.verdicts import CANT_TELL, SAME, arm_label, relative, said
from sim.show.words import amount, capital, listed, plural, span
from sim.world.measures import HEADLINE

MOST_ARMS = 4  # that a sentence names


def answer(results: Results) -> list[str]:
    """Return three sentences: what becomes of the people, of the money, and the bad news."""
    if results.compares:
        return [_people(results), _money(results), f"The bad news: {'; '.join(_worse(results))}."]
    whole = score.score({name: results.mean(name).mean for name in score.FULL})
    people = f"In this world, {held.sentence(results).replace('Of ', 'of ', 1)}. {whole.sentence()}."
    return [people, _run_money(results), f"The bad news: {_failed(results)}"]


def notes(results: Results) -> list[str]:
    """Return what a reader has to know before the numbers: whose they are, and what of the settings does nothing."""
    said = (f"{note}." for note in results.scenario.get("notes", ()))
    return list(filter(None, [caveats.venues(results.venues), *caveats.idle_hosts(results.config), *said]))


def shown(results: Results) -> list[str]:
    """Return the alternatives whose members are worth a word: not the one without a community, unless it is alone."""
    return [arm for arm in results.alternatives if arm != worth.nothing(results)] or results.alternatives


def quoted(arm: str) -> str:
    """Return an arm's name within a sentence."""
    return "the base" if arm == BASE else f"“{arm_label(arm)}”"


def _named(clauses: dict[str, str]) -> str:
    """Return a clause for each arm, as many as a sentence can hold."""
    shown = list(clauses.values())[:MOST_ARMS]
    rest = len(clauses) - len(shown)
    return ", ".join(shown) + (f"; page two has {plural(rest, 'more alternative')}" if rest else "")


def _people(results: Results) -> str:
    size = results.mean("size")
    opening = f"In this world, {amount(size.mean)} members are active in the base after {results.days} days"
    rows = {arm: results.difference("size", arm) for arm in shown(results)}
    known = {arm: row for arm, row in rows.items() if row is not None and math.isfinite(row.difference)}
    vague = [arm for arm, row in known.items() if row.verdict == CANT_TELL]
    found = {arm: _fewer(results, arm) for arm in shown(results) if arm not in vague or len(vague) == 1}
    rest = [f"the effects of {listed([quoted(arm) for arm in vague])} are unclear"] if len(vague) > 1 else []
    whole = held.compared(results, [BASE, *shown(results)]) if results.host_off is not None else ""
    return f"{opening}; {', '.join([*filter(None, [_named(found)]), *rest])}." + (f" {whole}." if whole else "")


def _fewer(results: Results, arm: str) -> str:
    row, name = results.difference("size", arm), quoted(arm)
    if row is None or not math.isfinite(row.difference):
        return f"in {name} their number is undefined"
    if row.verdict == BY_CONSTRUCTION:
        return f"{name} has {amount(results.mean('size', arm).mean)} by construction"
    if row.verdict == SAME:
        return f"there is no difference at all in {name}"
    sure = (
        f"95 % interval {span(row.low, row.high, signed=True)}" if math.isfinite(row.low) else "one pair, no interval"
    )
    if row.verdict == CANT_TELL:
        return f"the effect of {name} is unclear ({sure})"
    share = f"{amount(abs(relative(results, 'size', arm)), 'share')}; " if results.mean("size").mean else ""
    if row.low * row.high > 0:
        sure = f"95 % interval {_sizes(row.low, row.high)}"
    return f"{name} has {amount(abs(row.difference))} {'more' if row.difference > 0 else 'fewer'} ({share}{sure})"


def _money(results: Results) -> str:
    other, period = worth.reference(results), over(results.days)
    found = {one.arm: f"{quoted(one.arm)} {_profit(one)}" for one in worth.worths(results)}
    compared = "the base" if other == BASE else f"no community at all ({quoted(other)})"
    return f"{capital(period)}, profit compared with that of {compared}: {_named(found)}."


def _profit(one: Worth) -> str:
    """Return a difference in profit in words."""
    profit = one.profit
    if not math.isfinite(profit.difference):
        return "undefined"
    if profit.identical:
        return "the same"
    if not math.isfinite(profit.low):
        return f"{amount(profit.difference, 'money', True)} (one pair, no interval)"
    if not one.clear:
        return f"unclear ({span(profit.low, profit.high, 'money', True)})"
    size, more = amount(abs(profit.difference), "money"), "more" if profit.difference > 0 else "less"
    return f"{size} {more} ({_sizes(profit.low, profit.high)})"


def _sizes(low: float, high: float) -> str:
    """Return an interval on one side of 0 without its signs, the smaller size first."""
    return span(min(abs(low), abs(high)), max(abs(low), abs(high)))


def _worse(results: Results) -> Iterator[str]:
    """Yield the bad news: what does not earn its cost, and what gets worse in each arm."""
    if worth.nothing(results):
        lost = [one.arm for one in worth.worths(results) if one.clear and one.profit.difference < 0]
        doubtful = [one.arm for one in worth.worths(results) if not one.clear]
        if lost:
            bring = "costs more than it brings" if len(lost) == 1 else "cost more than they bring"
            yield f"{listed([quoted(arm) for arm in lost])} {bring} in, compared with no community"
        if doubtful:
            earn = "earns its" if len(doubtful) == 1 else "earn their"
            yield f"whether {listed([quoted(arm) for arm in doubtful])} {earn} cost is unclear"
    if shown(results) == [worth.nothing(results)]:
        yield _failed(results).rstrip(".")
        return
    rows = {arm: judged(results, arm) for arm in shown(results)}
    worse = [arm for arm in rows if any(row.verdict == "worse" for _, row in rows[arm])]
    for arm in worse[:MOST_ARMS]:
        yield _arm_worse(results, arm, rows[arm])
    none = [arm for arm in rows if arm not in worse]
    if none:
        most = {name: max((row.detectable for arm in none for one, row in rows[arm] if one == name), default=0.0)
                for name in ("size", "profit")}  # fmt: skip
        seen = [_sized(name, value, signed=False) for name, value in most.items() if value > 0]
        hidden = f", though effects below these could have gone unseen: {listed(seen)}" if seen else ""
        verb = "is" if len(none) == 1 else "are"
        yield f"{listed([quoted(arm) for arm in none])} {verb} clearly worse on no headline outcome{hidden}"


def _arm_worse(results: Results, arm: str, rows: list[tuple[str, pd.Series]]) -> str:
    worse = sorted((one for one in rows if one[1].verdict == "worse"),
                   key=lambda one: -abs(relative(results, one[0], arm)))  # fmt: skip
    named = listed([_sized(name, row.difference) for name, row in worse[:2]])
    above = ", above all" if len(worse) > 2 else ":"
    return f"{quoted(arm)} is clearly worse on {len(worse)} of {len(rows)} headline outcomes{above} {named}"


def _sized(name: str, value: float, signed: bool = True) -> str:
    """Return an outcome with a difference in it."""
    unit = measure(name).unit
    size = amount(value, unit, True) + (" on a scale from 0 to 1" if unit == "0 to 1" else "")
    return f"{said(name)} ({size if signed else size.replace('+', '')})"


def judged(results: Results, arm: str) -> list[tuple[str, pd.Series]]:
    """Return the headline outcomes of an arm that have a verdict: defined, and not stated by the settings."""
    rows = [(name, row) for name in HEADLINE if (row := results.difference(name, arm)) is not None]
    return [(name, row) for name, row in rows if math.isfinite(row.difference) and row.verdict != BY_CONSTRUCTION]


# A single run


def _run_money(results: Results) -> str:
    spent, back = (spread(values) for values in (worth.cost(results, BASE), worth.booked(results)))
    return (
        f"{capital(over(results.days))}, the community costs {amount(spent.mean, 'money')}, and ads and net "
        f"deflected tickets bring in {amount(back.mean, 'money')}; what members buy because of it shows only in a "
        f"comparison with {worth.NOTHING}."
    )


class Check(NamedTuple):
    """When a run's outcome counts as bad news, and the sentence that says so."""

    outcome: str
    limit: float
    sentence: str  # {value} is the share that there is, {rest} the share that is missing
    side: str = "below"  # of the limit, where it is bad


CHECKS = (
    Check("host_loss", 0.05, "without the host, the community loses {value} of its active members", "above"),
    Check("retention_90", 0.5, "{rest} of those who join never visit again after their day 90"),
    Check("answered", 0.8, "{rest} of questions get no reply within a week"),
    Check("newcomers_replied", 0.8, "{rest} of newcomers' first posts get no reply within a week"),
    Check("peer_share", 0.5, "members write only {value} of the replies"),
)
TOP_HEAVY = 0.3  # share of posts by the top 1 % above which the loss of a few people is a danger


def _failed(results: Results) -> str:
    """Return the checks that a run fails, as one sentence."""
    found = []
    for check in CHECKS:
        value = results.mean(check.outcome)
        if math.isfinite(value.mean) and (value.mean > check.limit) == (check.side == "above"):
            found.append(check.sentence.format(value=amount(value.mean, "share"), rest=amount(1 - value.mean, "share")))
    top, gave_up = results.mean("top1"), results.mean("gave_up")
    if top.mean > TOP_HEAVY:
        found.append(f"the most active 1 % of members write {amount(top.mean, 'share')} of all posts")
    if gave_up.mean > 0:
        found.append(f"the host gave up in {amount(gave_up.mean, 'share')} of runs, as returns stayed below its hurdle")
    limits = listed([f"{said(check.outcome)} {check.side} {amount(check.limit, 'share')}" for check in CHECKS], "or")
    return f"{listed(found)}." if found else f"none of this page's checks failed. A check fails with {limits}."


# How sure


def how_sure(results: Results) -> list[str]:
    """Return what the intervals cover and what they leave out, in a few lines."""
    lines = [_interval_line(results)]
    if results.compares:
        lines.append(
            "Arms share people and random draws, run by run. Verdicts are corrected for "
            f"{len(HEADLINE) * len(results.alternatives)} comparisons (Holm): an effect whose interval excludes 0 can "
            "still be unclear."
        )
    graded = results.parameters.get("grade", pd.Series(dtype=str))
    behind, assumed, fitted = (graded != "setting").sum(), (graded == "assumed").sum(), (graded == "calibrated").sum()
    varied = "Only the fitted ones were varied" if vectors(results) else "None of them was varied"
    lines.append(
        f"{assumed} of the model's {behind} parameters are assumptions: no study has measured them. Another {fitted} "
        f"are fitted to published findings. {varied}, so the true uncertainty is wider than any interval here."
    )
    if results.manifest.get("partial"):
        count = results.manifest.get("replicates") or {}
        why = results.manifest.get("why_partial") or "unknown"
        lines.append(f"The job stopped early ({why}). It finished {count.get('finished', results.runs)} of "
                     f"{count.get('asked', 'more')} runs, and only these are counted.")  # fmt: skip
    return lines


def vectors(results: Results) -> int:
    """Return over how many parameter vectors the runs are spread, 0 where all have the same."""
    count = int((results.manifest.get("vectors") or {}).get("count", 1))
    return min(count, results.runs) if count > 1 else 0


def _interval_line(results: Results) -> str:
    if results.runs < 2:
        return ("There is only one run, so there is no interval: any number on this page could be due to chance. "
                "Ask for more runs with replicates=24.")  # fmt: skip
    opening = f"95 % intervals of the mean over {plural(results.runs, 'run')} (Student's t) cover chance between runs"
    if not vectors(results):
        return f"{opening} and nothing else: all runs share their rules and parameters."
    return (
        f"{opening}, and what the evidence leaves open about the fitted parameters "
        f"({plural(vectors(results), 'plausible parameter vector')} in turn)."
    )


def limits(results: Results) -> list[str]:
    """Return what the page cannot say, in six short lines at most."""
    return [
        "The settings cause these differences in this world. Whether they would in yours, no page can say."
        if results.compares
        else "A run describes. What the venue causes shows only in a comparison of arms, and only for this world.",
        "The world has not been calibrated to a real community: trust directions and comparisons more than levels.",
        "Left out: what people write, languages, conflicts, moderation, seasons, rival makers, motives that change.",
        "What holds members has a horizon: the longer the silence, the fewer still come for their own needs.",
    ]
