"""Numbers and findings in plain words. Every sentence is made from the data; none is written beforehand."""

import math
from collections.abc import Mapping, Sequence

from sim.show.results import BASE, Results, Spread, measure

CANT_TELL = "can't tell"
SAME = "no difference"
MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
PERCENT, POINTS = "\N{NO-BREAK SPACE}%", "\N{NO-BREAK SPACE}points"
MOST_CLAUSES = 3  # in a title
PRECISE = 1_000  # from here on three figures are shown


def amount(value: float, unit: str = "", signed: bool = False) -> str:
    """Return a number as a reader wants it: percent for shares, whole people, thousands apart, three figures."""
    if not math.isfinite(value):
        return "none"
    is_share = unit.startswith("share")
    shown = value * 100 if is_share else value
    text = f"{abs(shown):,.{_digits(shown, unit, signed)}f}" if abs(shown) < PRECISE else _three_figures(abs(shown))
    zero = not any(letter in text for letter in "123456789")
    sign = "" if zero else MINUS if shown < 0 else "+" if signed else ""
    return sign + text + ((POINTS if signed else PERCENT) if is_share else "")


def _digits(shown: float, unit: str, signed: bool) -> int:
    if unit.startswith("share"):
        return 0 if abs(shown) >= 10 or round(shown, 6) == round(shown) else 1
    if unit in ("0 to 1", "relative"):
        return 3 if signed else 2
    return 0 if abs(shown) >= 10 or shown == int(shown) else 1


def _three_figures(size: float) -> str:
    """Return a large number in three figures: the rest is noise between runs, and the tables on disk hold it."""
    step = 10 ** (int(math.log10(size)) - 2)
    return f"{round(size / step) * step:,.0f}"


def span(low: float, high: float, unit: str = "", signed: bool = False) -> str:
    """Return an interval in words: "35 to 41 %"."""
    left, right = amount(low, unit, signed), amount(high, unit, signed)
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


def relative(results: Results, name: str, arm: str) -> float:
    """Return a difference as a share of the base's mean, NaN where the base is 0 or unknown."""
    row, base = results.difference(name, arm), results.mean(name).mean
    return float(row.difference) / abs(base) if row is not None and base else math.nan


def moved(results: Results, name: str, arm: str, label: str) -> str:
    """Return what became of an outcome in an arm whose difference can be told: "size 18 % lower"."""
    row = results.difference(name, arm)
    assert row is not None  # the caller asked `verdict` first
    direction, size = "higher" if row.difference > 0 else "lower", abs(row.difference)
    if measure(name).unit.startswith("share"):
        return f"{label} {amount(size, 'share').removesuffix(PERCENT)}{POINTS} {direction}"
    share = relative(results, name, arm)
    return f"{label} {amount(abs(share), 'share') if math.isfinite(share) else amount(size)} {direction}"


def verdict(results: Results, name: str, arm: str) -> str:
    """Return the verdict on an outcome in an arm, "no value" where it has none in either."""
    row = results.difference(name, arm)
    return "no value" if row is None or not math.isfinite(row.difference) else str(row.verdict)


def arm_moved(results: Results, arm: str, outcomes: Mapping[str, str]) -> str:
    """Return what became of some outcomes (label by name): what moved first, then what can't be told."""
    found = {name: verdict(results, name, arm) for name in outcomes}
    quiet = {SAME: "no difference in ", CANT_TELL: "can't tell on ", "no value": "no value of "}
    told = [moved(results, name, arm, outcomes[name]) for name, word in found.items() if word not in quiet]
    for word, opening in quiet.items():
        labels = [outcomes[name] for name, is_word in found.items() if is_word == word]
        told += [opening + listed(labels, "or")] if labels else []
    return ", ".join(told)


def together(findings: Mapping[str, str]) -> str:
    """Return what is found of each arm in one sentence; arms of which the same is found share it."""
    arms: dict[str, list[str]] = {}
    for arm, found in findings.items():
        arms.setdefault(found, []).append(arm_label(arm))
    clauses = [f"{listed(names)}: {found}" for found, names in arms.items()]
    rest = len(clauses) - MOST_CLAUSES
    return "; ".join(clauses[:MOST_CLAUSES] + ([f"and {rest} more, see below"] if rest > 0 else []))


def ends_of(ranked: Sequence[str]) -> str:
    """Return a ranking in words; of a long one the two ends."""
    return ", ".join(ranked) if len(ranked) <= MOST_CLAUSES + 1 else f"{ranked[0]} to {ranked[-1]}"


def arms_moved(results: Results, outcomes: Mapping[str, str]) -> str:
    """Return a finding over the arms: each in words where they are few, counted where they are many."""
    arms = results.alternatives
    if len(arms) <= 2:
        return together({arm: arm_moved(results, arm, outcomes) for arm in arms})
    quiet = (SAME, CANT_TELL, "no value")
    counts = [
        f"{label} in {sum(verdict(results, name, arm) not in quiet for arm in arms)} of {len(arms)}"
        for name, label in outcomes.items()
    ]
    return f"differences from the base can be told: {listed(counts)} alternatives"
