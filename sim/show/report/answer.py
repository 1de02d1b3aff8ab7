"""The answer in plain words: what came out, the bad news, and how sure that is. Everything is computed.

Words keep to what was done. "In this world" stands where a reader might otherwise hear "in yours", a difference that
may be chance is "can't tell", and no interval is given where there was one run.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from sim.lab.runs import caveats
from sim.show.results import Results, measure
from sim.show.words import CANT_TELL, SAME, amount, arm_label, listed, plural, relative, span, with_interval
from sim.world.measures import HEADLINE


def answer(results: Results) -> list[str]:
    """Return the answer: a sentence for a run, one an alternative for a comparison."""
    grew = [arm_label(arm) for arm in results.arms if results.mean("survival", arm).mean > 1]
    more = [caveats.growing(grew, results.compares)] if grew else []
    if results.compares:
        return [*(_arm_answer(results, arm) for arm in results.alternatives), *more]
    return [_run_answer(results), *more]


def _run_answer(results: Results) -> str:
    size = with_interval(results.mean("size"))
    opening = f"In this world {size} members are active after {results.days} days"
    kept, against = results.mean("survival"), results.mean("survival_vs_on")
    if results.host_off is None:
        return f"{opening}. Whether they would stay without their host was not tried (host_off is off)."
    if not math.isfinite(kept.mean):
        return f"{opening}. Host-off survival has no value: nobody was active before the host fell silent."
    return (
        f"{opening}. Let the host fall silent on day {results.host_off}, and what remains active at the end is "
        f"{with_interval(kept, 'share')} of the day before, and {with_interval(against, 'share')} of what the same "
        "runs have with their host."
    )


def _arm_answer(results: Results, arm: str) -> str:
    found = "; ".join(_gap(results, arm, *words) for words in SAID)
    return f"In this world, {arm_label(arm)} ({results.change(arm)}) against the base: {found}."


SAID = (("size", "active members", "more", "fewer"), ("survival", "host-off survival", "higher", "lower"),
        ("profit", "profit", "more", "less"))  # fmt: skip


def _gap(results: Results, arm: str, name: str, label: str, more: str, less: str) -> str:
    """Return one outcome's difference in words: how much, how sure, or that nobody can tell."""
    row, unit = results.difference(name, arm), measure(name).unit
    if row is None or not math.isfinite(row.difference):
        return f"no value of {label}"
    if row.verdict == SAME:
        return f"no difference at all in {label}"
    sure = f"95 % interval {span(row.low, row.high, unit, True)}" if math.isfinite(row.low) else "one pair, no interval"
    if row.verdict == CANT_TELL:
        looks = " after so many looks" if row.low * row.high > 0 else ""
        return f"can't tell on {label}{looks} ({amount(row.difference, unit, True)}; {sure})"
    word, size = more if row.difference > 0 else less, abs(row.difference)
    if unit.startswith("share"):
        return f"{label} {amount(size, unit, True).lstrip('+')} {word} ({sure})"
    percent = f", {amount(abs(relative(results, name, arm)), 'share')}" if results.mean(name).mean else ""
    return f"{amount(size, unit)} {word} {label}{percent} ({sure})"


# The bad news


class Check(NamedTuple):
    """When a run's outcome counts as bad news, and how to say it of the value (or of one less the value)."""

    outcome: str
    bad_below: float
    sentence: str  # {share} is what is missing, {value} is what is there
    rest: bool = True


CHECKS = (
    Check("survival_vs_on", 0.95, "Without the host the place loses {rest} of its active members."),
    Check("retention_90", 0.5, "{rest} of those who join do not come any more after day 90."),
    Check("answered", 0.8, "{rest} of questions have no reply after a week."),
    Check("newcomers_replied", 0.8, "{rest} of newcomers' first posts have no reply after a week."),
    Check("peer_share", 0.5, "Members write only {value} of the replies: the host carries the rest."),
)
TOP_HEAVY = 0.3  # share of posts by the top 1 % from which a few people's leaving is a danger


def bad_news(results: Results) -> list[str]:
    """Return what a sceptic would ask for: for a comparison, all headline outcomes that got worse."""
    idle = caveats.idle_hosts(results.config)
    if results.compares:
        return [*idle, *(line for arm in results.alternatives for line in _worse(results, arm))]
    found = [*idle, *_failed_checks(results), *_unpaid(results), *_fragile(results)]
    limits = ", ".join(f"{measure(c.outcome).label.lower()} {amount(c.bad_below, 'share')}" for c in CHECKS)
    return found or [f"None of the page's checks came out badly (bad is below: {limits})."]


def _failed_checks(results: Results) -> Iterator[str]:
    for check in CHECKS:
        value = results.mean(check.outcome)
        if math.isfinite(value.mean) and value.mean < check.bad_below:
            rest = value._replace(mean=1 - value.mean, low=1 - value.high, high=1 - value.low)
            yield check.sentence.format(value=with_interval(value, "share"), rest=with_interval(rest, "share"))


def _unpaid(results: Results) -> Iterator[str]:
    """Yield what the host costs beyond what can be booked; what members buy because of the venue is not known."""
    ticket = results.parameter("product", "ticket_cost")
    cost, ads, saved = (results.mean(name).mean for name in ("host_cost", "ad_revenue", "deflected_net"))
    booked = ads + saved * ticket
    if cost > booked:
        yield (
            f"The host costs {amount(cost)}; ads and net deflected tickets bring {amount(booked)}, "
            f"{amount(cost - booked)} less. What members buy because of the venue is not in this sum."
        )


def _fragile(results: Results) -> Iterator[str]:
    top, gave_up = results.mean("top1"), results.mean("gave_up")
    if top.mean > TOP_HEAVY:
        yield f"It hangs on few: 1 % of members write {with_interval(top, 'share')} of all posts."
    if gave_up.mean > 0:
        yield f"In {with_interval(gave_up, 'share')} of runs the host gave up, because it stayed below its hurdle."


def _worse(results: Results, arm: str) -> Iterator[str]:
    rows = _rows(results, arm)
    worse = [(name, row) for name, row in rows if row.verdict == "worse"]
    if worse:
        worst = sorted(worse, key=lambda item: -abs(relative(results, item[0], arm)))[:3]
        named = listed([_with_gap(name, row) for name, row in worst])
        first = "above all " if len(worse) > len(worst) else ""
        yield f"{arm_label(arm)}: worse on {len(worse)} of {len(rows)} headline outcomes, {first}{named}."
        return
    seen = [_seen(name, row) for name, row in rows if name in [said[0] for said in SAID] and row.detectable > 0]
    hidden = f" A true difference below these could have gone unseen: {', '.join(seen)}." if seen else ""
    yield f"{arm_label(arm)}: no headline outcome is told to be worse.{hidden}"


def _seen(name: str, row: pd.Series) -> str:
    return f"{measure(name).label.lower()} ({amount(row.detectable, measure(name).unit, True).lstrip('+')})"


def _with_gap(name: str, row: pd.Series) -> str:
    return f"{measure(name).label.lower()} ({amount(row.difference, measure(name).unit, True)})"


def _rows(results: Results, arm: str) -> list[tuple[str, pd.Series]]:
    return [(name, row) for name in HEADLINE if (row := results.difference(name, arm)) is not None]


class Verdicts(NamedTuple):
    """An alternative's headline outcomes, sorted by what can be said of them."""

    arm: str
    change: str
    better: list[str]
    worse: list[str]
    moved: list[str]
    cant_tell: list[str]
    same: list[str]


def verdicts(results: Results, arm: str) -> Verdicts:
    """Return the headline outcomes of an alternative by verdict, each with its difference."""
    rows = _rows(results, arm)

    def those(*words: str) -> list[str]:
        return [_with_gap(name, row) for name, row in rows if row.verdict in words]

    same = [measure(name).label.lower() for name, row in rows if row.verdict == SAME]
    return Verdicts(arm_label(arm), results.change(arm), those("better"), those("worse"),
                    those("higher", "lower"), those(CANT_TELL), same)  # fmt: skip


# How sure


def how_sure(results: Results) -> list[str]:
    """Return what the intervals cover and what they do not."""
    lines = [_interval_line(results), *_spare_hours(results)]
    if results.compares:
        lines += [_pairs_line(results), *_detectable_lines(results)]
    graded = results.parameters.get("grade", pd.Series(dtype=str))
    behind, assumed, fitted = (graded != "setting").sum(), (graded == "assumed").sum(), (graded == "calibrated").sum()
    lines.append(
        f"Of {behind} numbers in the rules, {assumed} are assumed because nobody measured them, and {fitted} are "
        f"fitted to published findings, not all of which are met. {_varied(results)}, so the true uncertainty is wider "
        "than any interval on this page."
    )
    if results.manifest.get("partial"):
        count = results.manifest.get("replicates") or {}
        why = results.manifest.get("why_partial") or "unknown"
        lines.append(f"The job stopped early ({why}): {count.get('finished', results.runs)} of "
                     f"{count.get('asked', 'more')} runs were finished, and only these are counted.")  # fmt: skip
    return lines


def _open(results: Results) -> int:
    """Return over how many vectors of behaviour the runs are spread, 0 where all have one."""
    count = int((results.manifest.get("vectors") or {}).get("count", 1))
    return min(count, results.runs) if count > 1 else 0


def _varied(results: Results) -> str:
    if not _open(results):
        return "None was varied here"
    return "Only the fitted ones were varied here, within what the findings do not rule out"


def _interval_line(results: Results) -> str:
    if results.runs < 2:
        return ("There is one run, so there is no interval: chance alone could have made any number on this page. "
                "Ask for more with replicates=24.")  # fmt: skip
    return (
        f"Intervals are 95 % intervals of the mean over {plural(results.runs, 'run')} (Student's t). They cover chance "
        + (f"between runs and what the evidence leaves open of the fitted numbers: the runs take turns with "
           f"{plural(_open(results), 'plausible vector')}, the same for all arms of a pair." if _open(results) else
           "between runs and nothing else: every run has the same rules and the same numbers in them.")
    )  # fmt: skip


SPARE = 0.8  # share of the allowance below which hours were no limit


def _spare_hours(results: Results) -> Iterator[str]:
    """Yield that hours were no limit, where their sum can tell: of a steady host that worked to the end."""
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
            f"On average {amount(used)} of {amount(allowed)} host.hours a day were used, so hours were no limit: more "
            "of them, or another schedule of them, would change next to nothing. The limit is what the host sets out "
            "to do (host.replies, host.seeding and so on)."
        )


def _pairs_line(results: Results) -> str:
    looks = len(HEADLINE) * len(results.alternatives)
    return (
        "Arms are compared run by run with the same people and the same luck. A verdict other than can't tell allows "
        f"for {looks} looks (Holm's method, 5 % in all), so an interval may exclude 0 and still be called can't tell."
    )


def _detectable_lines(results: Results) -> Iterator[str]:
    for arm in results.alternatives:
        parts = [_seen(name, row) for name, row in _rows(results, arm)[:4] if math.isfinite(row.detectable)]
        if parts:
            seen = ", ".join(parts)
            yield f"Smallest true difference that these pairs see four times in five, {arm_label(arm)}: {seen}."


def limits(results: Results) -> list[str]:
    """Return what the page cannot say."""
    cause = (
        "The arms differ in their settings and in nothing else, so in this world the differences are caused by them. "
        "Whether they hold in yours depends on the rules and numbers being right."
        if results.compares else
        "A run describes; it does not say what the venue causes. Those who join differ from those who do not, so a "
        "share among members is no effect of membership. Only a comparison of two arms (barnraise compare) tells "
        "causes, and those in this world."
    )  # fmt: skip
    return [
        cause,
        "The world has not been calibrated to a real community yet. Sizes and money are those of the scenario's "
        "settings; trust directions and comparisons before levels.",
        "It does not hold what people write, their languages, quarrels or moderation; news, seasons or "
        "communities beyond the scenario's venues; and it has one product and one company.",
        "People's motives stay as they were drawn: nobody changes character.",
        "Part of survival needs no community: people come by habit and with needs, and signposts go on working when "
        "the host is silent. In the default scenario, with members who neither answer nor talk "
        "(params.answering.answer=0 params.asking.talk=0), survival was still about 0.7 of the day before, against "
        "about 0.8 with members who do (four runs each).",
    ]
