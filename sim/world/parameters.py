"""How a number is declared: with its default, unit, range, grade and reason.

    class Asking(NamedTuple):
        p_ask: float = param(0.74, "probability", 0.0, 1.0, "assumed", "most needs that stay open are asked; no source")

From this line come the table in `docs/model.md`, the bounds of a sensitivity analysis, the range check of every
setting and the list of assumptions in every report.
"""

from typing import Any, Literal, NamedTuple, get_args

Grade = Literal["experiment", "association", "calibrated", "assumed", "setting"]
GRADES: tuple[Grade, ...] = get_args(Grade)


class Param(float):
    """A number with its declaration. It is a float, so that a class of defaults is also a set of values."""

    unit: str
    low: float
    high: float
    grade: Grade
    why: str


def param(default: float, unit: str, low: float, high: float, grade: Grade, why: str) -> float:
    """Declare a number.

    Parameters
    ----------
    default, low, high
        The value and its range, in `unit`. Settings outside the range are refused; a sensitivity analysis spans it.
    unit
        The unit in words: "probability", "per day", "hours", "share".
    grade
        `experiment` (measured in a randomised experiment), `association` (measured, not randomised), `calibrated` (to
        be fitted to published findings; until then its value comes from a prototype or was set by hand), `assumed` (no
        study has measured it; `why` gives the reason), `setting` (set by the user; no claim about people).
    why
        The source, or the reason.

    Raises
    ------
    ValueError
        If the default lies outside its range, the grade is unknown, or the reason is missing.
    """
    if not low <= default <= high:
        raise ValueError(f"default {default} lies outside {low} to {high}")
    if grade not in GRADES or not why:
        raise ValueError(f"a parameter needs a grade of {GRADES} and a reason")
    number = Param(default)
    number.unit, number.low, number.high, number.grade, number.why = unit, low, high, grade, why
    return number


class Declared(NamedTuple):
    """One row of the parameter table."""

    group: str
    name: str
    default: float
    unit: str
    low: float
    high: float
    grade: Grade
    why: str


def declared(group: str, block: Any) -> list[Declared]:
    """Return the declared numbers of a block (a `NamedTuple` class) in their order, without its words and lists."""
    return [
        Declared(group, name, float(value), value.unit, value.low, value.high, value.grade, value.why)
        for name, value in block._field_defaults.items()
        if isinstance(value, Param)
    ]


def values(block: Any, **changes: Any) -> Any:
    """Return an instance of a block with bare floats, which Numba needs, and defaults where nothing is given.

    Raises `TypeError` if a name is not of this block.
    """
    filled = block(**changes)
    return block(*(float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
                   for value in filled))  # fmt: skip
