"""Numbers and findings in plain words. Every sentence is computed from the data."""

import math
from collections.abc import Sequence

from sim.lab.runs.headline import CURRENCY
from sim.lab.settings.messages import plural as plural  # for the pictures and pages, with the words below
from sim.show.results import Spread

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


def listed(items: Sequence[str], joint: str = "and") -> str:
    """Return "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {joint} {items[-1]}" if items else "nothing"


def capital(text: str) -> str:
    """Return a text with its first letter in upper case."""
    return text[:1].upper() + text[1:]
