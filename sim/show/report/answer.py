"""The answer in plain words: what came out, the bad news, and how sure that is. Everything is computed.

The words keep to what was done. They say "in this world" where a reader might otherwise think of their own. An effect
that may be chance is unclear, and a single run has no interval.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from sim.lab.runs import caveats
from sim.lab.runs.headline import over
from sim.show.results import Results, measure
from sim.show.verdicts import CANT_TELL, SAME, arm_label, relative, said
from sim.show.words import amount, capital, listed, plural, span, with_interval
from sim.world.measures import HEADLINE

ASKED = {"size": False, "survival": False, "profit": True}  # and whether it adds up over a period


def answer(results: Results) -> list[str]:
    """Return the answer: a paragraph for a run, or one for each alternative of a comparison."""
    grew = [arm_label(arm) for arm in results.arms if results.mean("survival", arm).mean > 1]
    more = [caveats.growing(grew, results.compares)] if grew else []
    if results.compares:
        return [*(_arm_answer(results, arm) for arm in results.alternatives), *more]
    return [_run_answer(results), *more]


def _run_answer(results: Results) -> str:
    size = results.mean("size")
    interval = f" (95 % interval {span(size.low, size.high)})" if size.sure else ""
    opening = f"In this world, {amount(size.mean)}{interval} members are active after {results.days} days"
    kept, against = results.mean("survival"), results.mean("survival_vs_on")
    if results.host_off is None:
        return f"{opening}. Whether they would stay without their host was not tried (host_off is off)."
    if not math.isfinite(kept.mean):
        return f"{opening}. Host-off survival is undefined, because nobody was active before the host fell silent."
    return (
        f"{opening}. If the host falls silent on day {results.host_off}, the number active at the end is "
        f"{with_interval(kept, 'share')} of the number on the day before, and {with_interval(against, 'share')} of the "
        "number in the same runs with the host."
    )


def _arm_answer(results: Results, arm: str) -> str:
    found = " ".join(_gap(results, arm, name, period) for name, period in ASKED.items())
    change = results.change(arm)
    return f"In this world, the alternative “{arm_label(arm)}” ({change}) compares with the base as follows. {found}"


def _gap(results: Results, arm: str, name: str, adds_up: bool) -> str:
    """Return a sentence on one outcome's difference: how large, and how sure."""
    row, unit = results.difference(name, arm), measure(name).unit
    label = said(name) + (f" {over(results.days)}" if adds_up else "")
    if row is None or not math.isfinite(row.difference):
        return f"{capital(label)} is undefined."
    if row.verdict == SAME:
        return f"There is no difference at all in {label}."
    sure = f"95 % interval {span(row.low, row.high, unit, True)}" if math.isfinite(row.low) else "one pair, no interval"
    if row.verdict == CANT_TELL:
        looks = " after correction for the number of comparisons" if row.low * row.high > 0 else ""
        between = f"{span(row.low, row.high, unit, True)} (95 % interval)" if math.isfinite(row.low) else sure
        return f"The effect on {label} is unclear{looks}: {between}."
    word, size = "higher" if row.difference > 0 else "lower", abs(row.difference)
    if unit.startswith("share"):
        return f"{capital(label)} is {amount(size, unit, True).lstrip('+')} {word} ({sure})."
    percent = f"{amount(abs(relative(results, name, arm)), 'share')}; " if results.mean(name).mean else ""
    return f"{capital(label)} is {amount(size, unit)} {word} ({percent}{sure})."


class Check(NamedTuple):
    """When a run's outcome counts as bad news, and the sentence that says so."""

    outcome: str
    bad_below: float
    sentence: str  # {value} is the share that there is, {rest} the share that is missing


CHECKS = (
    Check("survival_vs_on", 0.95, "Without the host, the community loses {rest} of its active members."),
    Check("retention_90", 0.5, "{rest} of those who join never visit again after their day 90."),
    Check("answered", 0.8, "{rest} of questions get no reply within a week."),
    Check("newcomers_replied", 0.8, "{rest} of newcomers' first posts get no reply within a week."),
    Check("peer_share", 0.5, "Members write only {value} of the replies. The host writes the rest."),
)
TOP_HEAVY = 0.3  # share of posts by the top 1 % above which the loss of a few people is a danger
SPARE = 0.8  # share of the host's allowance below which hours were not the limit


def bad_news(results: Results) -> list[str]:
    """Return what a sceptic would ask about: in a comparison, the headline outcomes that got worse."""
    idle = caveats.idle_hosts(results.config)
    if results.compares:
        return [*idle, *(line for arm in results.alternatives for line in _worse(results, arm))]
    found = [*idle, *_failed_checks(results), *_unpaid(results), *_fragile(results)]
    limits = listed([f"{said(c.outcome)} below {amount(c.bad_below, 'share')}" for c in CHECKS], "or")
    return found or [f"None of this page's checks failed. A check fails with {limits}."]


def _failed_checks(results: Results) -> Iterator[str]:
    for check in CHECKS:
        value = results.mean(check.outcome)
        if math.isfinite(value.mean) and value.mean < check.bad_below:
            rest = value._replace(mean=1 - value.mean, low=1 - value.high, high=1 - value.low)
            yield check.sentence.format(value=with_interval(value, "share"), rest=with_interval(rest, "share"))


def _unpaid(results: Results) -> Iterator[str]:
    """Yield what the host costs beyond what can be booked. What members buy because of the venue is not known."""
    ticket = results.parameter("product", "ticket_cost")
    cost, ads, saved = (results.mean(name).mean for name in ("host_cost", "ad_revenue", "deflected_net"))
    booked = ads + saved * ticket
    if cost > booked:
        yield (
            f"{capital(over(results.days))}, the host costs {amount(cost, 'money')}. Ads and net deflected tickets "
            f"bring in {amount(booked, 'money')}, which is {amount(cost - booked, 'money')} less. This leaves out what "
            "members buy because of the venue."
        )


def _fragile(results: Results) -> Iterator[str]:
    top, gave_up = results.mean("top1"), results.mean("gave_up")
    if top.mean > TOP_HEAVY:
        yield (
            "The community depends on few people: the most active 1 % of members write "
            f"{with_interval(top, 'share')} of all posts."
        )
    if gave_up.mean > 0:
        yield (
            f"In {with_interval(gave_up, 'share')} of runs the host gave up, because returns stayed below the host's "
            "hurdle."
        )


def _worse(results: Results, arm: str) -> Iterator[str]:
    rows = _rows(results, arm)
    worse = [(name, row) for name, row in rows if row.verdict == "worse"]
    if worse:
        worst = sorted(worse, key=lambda item: -abs(relative(results, item[0], arm)))[:3]
        named = listed([_sized(name, row.difference) for name, row in worst])
        first = "above all " if len(worse) > len(worst) else ""
        are = "outcomes is" if len(worse) == 1 else "outcomes are"
        yield f"{capital(arm_label(arm))}: {len(worse)} of {len(rows)} headline {are} clearly worse, {first}{named}."
        return
    seen = [_sized(name, row.detectable, signed=False) for name, row in rows if name in ASKED and row.detectable > 0]
    hidden = f" Effects smaller than these could have gone unseen: {listed(seen)}." if seen else ""
    yield f"{capital(arm_label(arm))}: no headline outcome is clearly worse.{hidden}"


def _sized(name: str, value: float, signed: bool = True) -> str:
    """Return an outcome with a difference in it."""
    unit = measure(name).unit
    size = amount(value, unit, True) + (" on a scale from 0 to 1" if unit == "0 to 1" else "")
    return f"{said(name)} ({size if signed else size.replace('+', '')})"


def _rows(results: Results, arm: str) -> list[tuple[str, pd.Series]]:
    return [(name, row) for name in HEADLINE if (row := results.difference(name, arm)) is not None]


class Verdicts(NamedTuple):
    """An alternative's headline outcomes, sorted by what can be said of them."""

    arm: str
    change: str
    better: list[str]
    worse: list[str]
    moved: list[str]
    unclear: list[str]
    same: list[str]


def verdicts(results: Results, arm: str) -> Verdicts:
    """Return the headline outcomes of an alternative by verdict, each with its difference."""
    rows = _rows(results, arm)

    def those(*words: str) -> list[str]:
        return [_sized(name, row.difference) for name, row in rows if row.verdict in words]

    same = [said(name) for name, row in rows if row.verdict == SAME]
    return Verdicts(arm_label(arm), results.change(arm), those("better"), those("worse"),
                    those("higher", "lower"), those(CANT_TELL), same)  # fmt: skip


def how_sure(results: Results) -> list[str]:
    """Return what the intervals cover and what they leave out."""
    lines = [_interval_line(results), *_spare_hours(results)]
    if results.compares:
        lines.append(
            "Arms are compared run by run, with the same people and the same random draws. The verdicts are corrected "
            f"for {len(HEADLINE) * len(results.alternatives)} comparisons (Holm, 5 % overall), so an effect whose "
            "interval excludes 0 can still be unclear."
        )
        lines += _detectable_lines(results)
    graded = results.parameters.get("grade", pd.Series(dtype=str))
    behind, assumed, fitted = (graded != "setting").sum(), (graded == "assumed").sum(), (graded == "calibrated").sum()
    some = "Only the fitted ones were varied here, within the range that the findings allow"
    none = "None of them was varied here"
    lines.append(
        f"{assumed} of the model's {behind} parameters are assumptions: no study has measured them. Another {fitted} "
        "are fitted to published findings, and the model does not reproduce all of these. "
        f"{some if _open(results) else none}, so the true uncertainty is wider than any interval on this page."
    )
    if results.manifest.get("partial"):
        count = results.manifest.get("replicates") or {}
        why = results.manifest.get("why_partial") or "unknown"
        lines.append(f"The job stopped early ({why}). It finished {count.get('finished', results.runs)} of "
                     f"{count.get('asked', 'more')} runs, and only these are counted.")  # fmt: skip
    return lines


def _open(results: Results) -> int:
    """Return over how many parameter vectors the runs are spread, 0 where all have the same."""
    count = int((results.manifest.get("vectors") or {}).get("count", 1))
    return min(count, results.runs) if count > 1 else 0


def _interval_line(results: Results) -> str:
    if results.runs < 2:
        return ("There is only one run, so there is no interval: any number on this page could be due to chance. "
                "Ask for more runs with replicates=24.")  # fmt: skip
    opening = f"Intervals are 95 % confidence intervals of the mean over {plural(results.runs, 'run')} (Student's t)."
    if not _open(results):
        return f"{opening} They cover chance between runs and nothing else: all runs share their rules and parameters."
    return (
        f"{opening} They cover chance between runs and what the evidence leaves open about the fitted parameters: the "
        f"runs take turns with {plural(_open(results), 'plausible parameter vector')}. All arms of a pair share one."
    )


def _spare_hours(results: Results) -> Iterator[str]:
    """Yield that hours were not the limit, where their sum shows it: of a steady host that worked to the end."""
    host, worked = results.config.get("host") or {}, results.total(["host_hours"])
    steady = host.get("schedule", "flat") == "flat" and host.get("policy", "scheduled") == "scheduled"
    starts = max(results.parameter("host", "starts"), results.parameter("venue", "opens"))
    allowed = min(results.parameter("host", "hours"), results.parameter("host", "capacity"))
    gave_up = results.mean("gave_up").mean > 0
    if results.compares or not steady or gave_up or not starts < results.days or not worked.size:
        return
    used = float(worked.mean()) / (results.days - starts)
    if used < SPARE * allowed:
        yield (
            f"On average the host used {amount(used)} of its {amount(allowed)} host.hours a day. Hours were not the "
            "limit, so more hours or another schedule would change almost nothing. The limit is what the host sets out "
            "to do (host.replies, host.seeding and so on)."
        )


def _detectable_lines(results: Results) -> Iterator[str]:
    for arm in results.alternatives:
        rows = [(name, row.detectable) for name, row in _rows(results, arm)[:4] if math.isfinite(row.detectable)]
        if rows:
            parts = [_sized(name, detectable, signed=False) for name, detectable in rows]
            yield f"Smallest effects detectable with 80 % power, {arm_label(arm)}: {listed(parts)}."


def limits(results: Results) -> list[str]:
    """Return what the page cannot say."""
    cause = (
        "The arms differ in their settings and in nothing else, so the settings cause the differences in this world. "
        "Whether they would in yours depends on the rules and parameters being right."
        if results.compares else
        "A run describes. It does not say what the venue causes: those who join differ from those who do not, so a "
        "share among members is not an effect of membership. Only a comparison of two arms (barnraise compare) shows "
        "causes, and only those in this world."
    )  # fmt: skip
    return [
        cause,
        "The world has not been calibrated to a real community. Sizes and money depend on the scenario's settings. "
        "Trust directions and comparisons more than levels.",
        "The model leaves out what people write, their languages, conflicts and moderation, news and seasons, and "
        "communities beyond the scenario's venues. It has one product and one company.",
        "People's motives do not change during a run.",
        "Part of host-off survival needs no community: people visit by habit and with needs, and signposts still bring "
        "them in when the host is silent. In the default scenario, members who neither answer nor talk "
        "(params.answering.answer=0 params.asking.talk=0) gave a survival of about 70 %, against about 80 % with "
        "members who do (four runs each).",
    ]
