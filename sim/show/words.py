"""Numbers and findings in plain words. Every sentence is made from the data; none is written beforehand."""

import math
from collections.abc import Sequence

from sim.show.results import BASE, Results, Spread, measure

CANT_TELL = "can't tell"
SAME = "no difference"
MINUS = "\N{MINUS SIGN}"
PERCENT, POINTS = "\N{NO-BREAK SPACE}%", "\N{NO-BREAK SPACE}points"
PRECISE = 10_000  # from here on three figures are shown


def amount(value: float, unit: str = "", signed: bool = False) -> str:
    """Return a number as a reader wants it: percent for shares, whole people, thousands apart.

    >>> amount(0.523, "share"), amount(-12345.6, "money"), amount(3.14159, "bonds")
    ('52\\xa0%', '−12,300', '3.1')
    """
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
        return 0 if abs(shown) >= 10 or shown == 0 else 1
    if unit in ("0 to 1", "relative"):
        return 3 if signed else 2
    return 0 if abs(shown) >= 20 or shown == int(shown) else 1


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
    return f"{mean} ({span(value.low, value.high, unit)})" if value.sure else mean


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


def moved(results: Results, name: str, arm: str, label: str = "") -> str:
    """Return what became of an outcome in an arm: "size 18 % lower", "trust: can't tell"."""
    row, label = results.difference(name, arm), label or measure(name).label.lower()
    if row is None or not math.isfinite(row.difference):
        return f"{label}: unknown"
    if row.verdict in (CANT_TELL, SAME):
        return f"{label}: {row.verdict}"
    direction = "higher" if row.difference > 0 else "lower"
    if measure(name).unit.startswith("share"):
        return f"{label} {amount(abs(row.difference), 'share').removesuffix(PERCENT)}{POINTS} {direction}"
    share = relative(results, name, arm)
    size = amount(abs(share), "share") if math.isfinite(share) else amount(abs(row.difference))
    return f"{label} {size} {direction}"


def arms_moved(results: Results, names: Sequence[str], labels: Sequence[str]) -> str:
    """Return a finding over the arms: each in words where they are few, counted where they are many."""
    arms = results.alternatives
    if len(arms) <= 2:
        parts = [", ".join(moved(results, n, arm, la) for n, la in zip(names, labels, strict=True)) for arm in arms]
        return "; ".join(f"{arm_label(arm)}: {part}" for arm, part in zip(arms, parts, strict=True))
    counts = [(label, sum(_tells(results, name, arm) for arm in arms)) for name, label in zip(names, labels, strict=True)]
    told = listed([f"{label} in {count} of {len(arms)}" for label, count in counts])
    return f"Differences from the base can be told: {told} alternatives"


def _tells(results: Results, name: str, arm: str) -> bool:
    row = results.difference(name, arm)
    return row is not None and row.verdict not in (CANT_TELL, SAME) and math.isfinite(row.difference)
