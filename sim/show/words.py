"""Numbers and findings in plain words. Every sentence is computed from the data."""

import math
from collections.abc import Mapping, Sequence

from sim.lab.runs.headline import CURRENCY
from sim.show.results import BASE, Results, Spread, measure

CANT_TELL = "can't tell"  # in the tables; a reader sees "unclear"
SAME = "no difference"
NO_VALUE = "no value"
QUIET = (SAME, CANT_TELL, NO_VALUE)
SAID = {
    "size": "the number of active members", "survival": "host-off survival",
    "survival_vs_on": "host-off survival against the twin with a host", "answered": "the share of questions answered",
    "newcomers_replied": "the share of newcomers' first posts answered", "peer_share": "members' share of replies",
    "deflected_net": "the net number of tickets deflected", "host_cost": "the host's cost",
}  # fmt: skip
MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
PERCENT, POINTS = "\N{NO-BREAK SPACE}%", "\N{NO-BREAK SPACE}points"
MOST_CLAUSES = 3  # in a title
PRECISE = 1_000  # from here on three figures are shown


def amount(value: float, unit: str = "", signed: bool = False) -> str:
    """Return a number for a reader: shares in percent, people whole, money with its currency, three figures at most."""
    if not math.isfinite(value):
        return "undefined"
    is_share = unit.startswith("share")
    shown = value * 100 if is_share else value
    text = f"{abs(shown):,.{_digits(shown, unit, signed)}f}" if abs(shown) < PRECISE else _three_figures(abs(shown))
    zero = not any(letter in text for letter in "123456789")
    sign = "" if zero else MINUS if shown < 0 else "+" if signed else ""
    before = CURRENCY + NBSP if unit == "money" else ""
    return before + sign + text + ((POINTS if signed else PERCENT) if is_share else "")


def _digits(shown: float, unit: str, signed: bool) -> int:
    if unit.startswith("share"):
        return 0 if abs(shown) >= 10 or round(shown, 6) == round(shown) else 1
    if unit in ("0 to 1", "relative"):
        return 3 if signed else 2
    return 0 if abs(shown) >= 10 or shown == int(shown) else 1 if abs(shown) >= 0.1 else 2


def _three_figures(size: float) -> str:
    """Return a large number in three figures. The rest is noise between runs, and the tables on disk hold it."""
    step = 10 ** (int(math.log10(size)) - 2)
    return f"{round(size / step) * step:,.0f}"


def span(low: float, high: float, unit: str = "", signed: bool = False) -> str:
    """Return an interval in words: "35 to 41 %", "EUR 300 to 400"."""
    left, right = amount(low, unit, signed), amount(high, unit, signed).removeprefix(CURRENCY + NBSP)
    for tail in (POINTS, PERCENT):
        if left.endswith(tail) and right.endswith(tail):
            left = left.removesuffix(tail)
    return f"{left} to {right}"


def with_interval(value: Spread, unit: str = "") -> str:
    """Return "430 (411 to 449)", or the bare number where there is no interval."""
    mean = amount(value.mean, unit)
    return f"{mean} ({span(value.low, value.high, unit)})".replace(" ", NBSP) if value.sure else mean


def plural(count: int, noun: str) -> str:
    """Return "1 run", "24 runs"."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def listed(items: Sequence[str], joint: str = "and") -> str:
    """Return "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {joint} {items[-1]}" if items else "nothing"


def arm_label(arm: str) -> str:
    """Return an arm's name as a reader would say it."""
    return "base" if arm == BASE else arm.replace("_", " ")


def capital(text: str) -> str:
    """Return a text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def said(name: str) -> str:
    """Return what an outcome is called within a sentence."""
    return SAID.get(name) or measure(name).label[:1].lower() + measure(name).label[1:]


def relative(results: Results, name: str, arm: str) -> float:
    """Return a difference as a share of the base's mean, NaN where the base is 0 or unknown."""
    row, base = results.difference(name, arm), results.mean(name).mean
    return float(row.difference) / abs(base) if row is not None and base else math.nan


def moved(results: Results, name: str, arm: str, label: str) -> str:
    """Return how an outcome clearly differs in an arm: "size is 18 % lower"."""
    row = results.difference(name, arm)
    assert row is not None  # the caller asked `verdict` first
    direction, size = "higher" if row.difference > 0 else "lower", abs(row.difference)
    if measure(name).unit.startswith("share"):
        return f"{label} is {amount(size, 'share').removesuffix(PERCENT)}{POINTS} {direction}"
    share = relative(results, name, arm)
    how_much = amount(abs(share), "share") if math.isfinite(share) else amount(size, measure(name).unit)
    return f"{label} is {how_much} {direction}"


def verdict(results: Results, name: str, arm: str) -> str:
    """Return the tables' verdict on an outcome in an arm, "no value" where it is undefined."""
    row = results.difference(name, arm)
    return NO_VALUE if row is None or not math.isfinite(row.difference) else str(row.verdict)


def unclear(results: Results, arm: str, outcomes: Mapping[str, str]) -> str:
    """Say that effects are unclear; of a single one, between which values it may lie."""
    opening = f"the effect on {listed(list(outcomes.values()))} is unclear"
    row = results.difference(next(iter(outcomes)), arm)
    if len(outcomes) > 1 or row is None or not math.isfinite(row.low):
        return opening
    return f"{opening} ({span(row.low, row.high, measure(next(iter(outcomes))).unit, True)})"


def arm_moved(results: Results, arm: str, outcomes: Mapping[str, str]) -> str:
    """Return what became of some outcomes (label by name): clear differences first, then what is unclear."""
    found = {name: verdict(results, name, arm) for name in outcomes}
    clauses = [moved(results, name, arm, outcomes[name]) for name, word in found.items() if word not in QUIET]
    by_word = {word: {name: outcomes[name] for name in found if found[name] == word} for word in QUIET}
    if by_word[SAME]:
        clauses.append(f"there is no difference in {listed(list(by_word[SAME].values()), 'or')}")
    if by_word[CANT_TELL]:
        clauses.append(unclear(results, arm, by_word[CANT_TELL]))
    if by_word[NO_VALUE]:
        verb = "is" if len(by_word[NO_VALUE]) == 1 else "are"
        clauses.append(f"{listed(list(by_word[NO_VALUE].values()))} {verb} undefined")
    return ", and ".join([", ".join(clauses[:-1]), clauses[-1]] if len(clauses) > 1 else clauses)


def together(findings: Mapping[str, str]) -> str:
    """Return what is found of each arm, in one sentence for all arms of which the same is found."""
    arms: dict[str, list[str]] = {}
    for arm, found in findings.items():
        arms.setdefault(found, []).append(arm_label(arm))
    sentences = [f"{capital(listed(names))}: {found}" for found, names in arms.items()]
    rest = len(sentences) - MOST_CLAUSES
    return ". ".join(sentences[:MOST_CLAUSES] + ([f"The figure shows {rest} more"] if rest > 0 else []))


def ends_of(ranked: Sequence[str]) -> str:
    """Return a ranking in words; of a long one the two ends."""
    return ", ".join(ranked) if len(ranked) <= MOST_CLAUSES + 1 else f"{ranked[0]} to {ranked[-1]}"


def arms_moved(results: Results, outcomes: Mapping[str, str]) -> str:
    """Return a finding over the arms: each in words where they are few, counted where they are many."""
    arms = results.alternatives
    if len(arms) <= 2:
        return together({arm: arm_moved(results, arm, outcomes) for arm in arms})
    counts = [
        f"{label} in {sum(verdict(results, name, arm) not in QUIET for arm in arms)} of {len(arms)}"
        for name, label in outcomes.items()
    ]
    return f"Alternatives that clearly differ from the base: {listed(counts)}"
