"""Every number is declared with unit, range, grade and reason, and the rules say the same compiled and plain."""

import inspect
import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.world import census, draws
from sim.world.compiled import plainly
from sim.world.day import BLOCKS
from sim.world.levers import Host, Outside, Population, Product, Venue
from sim.world.mechanisms import (
    accounts,
    advocacy,
    answering,
    asking,
    bonding,
    exposure,
    join,
    leaving,
    memory,
    norms,
    population,
    recognition,
    visit,
    voicing,
)
from sim.world.parameters import GRADES, Declared, Param, declared, param, values

LEVERS = {"population": Population, "venue": Venue, "host": Host, "product": Product, "outside": Outside}
ALL = BLOCKS | {f"levers {name}": block for name, block in LEVERS.items()} | {"roles": census.Parameters}
NUMBERS = [row for group, block in ALL.items() for row in declared(group, block)]
MECHANISMS = (accounts, advocacy, answering, asking, bonding, census, exposure, join, leaving, memory, norms,
              population, recognition, visit, voicing)  # fmt: skip


# -- How numbers are declared ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", NUMBERS, ids=lambda row: f"{row.group}.{row.name}")
def test_every_number_has_a_unit_a_range_a_grade_and_a_reason(number: Declared) -> None:
    assert number.low <= number.default <= number.high
    assert number.low < number.high, "a range in which nothing can vary is no range"
    assert number.unit.strip()
    assert len(number.why) >= 3
    assert number.grade in GRADES


@pytest.mark.parametrize("group", ALL)
def test_every_number_of_a_block_is_declared(group: str) -> None:
    """A bare default would be a number without a reason; words and lists are allowed."""
    defaults = ALL[group]._field_defaults
    assert set(defaults) == set(ALL[group]._fields)
    assert [name for name, value in defaults.items() if not isinstance(value, (Param, str, tuple))] == []


def test_levers_are_settings_and_mechanisms_make_claims() -> None:
    assert {row.grade for row in NUMBERS if row.group.startswith("levers")} == {"setting"}
    assert "setting" not in {row.grade for row in NUMBERS if row.group in BLOCKS and "definition" not in row.why}


def test_values_are_bare_floats_at_their_defaults() -> None:
    filled = values(asking.Parameters)
    assert {type(value) for value in filled} == {float}
    assert filled == asking.Parameters()


def test_values_takes_changes_and_leaves_words_alone() -> None:
    host = values(Host, hours=5, schedule="taper", schedule_list=(1, 2))
    assert (host.hours, host.schedule, host.schedule_list) == (5.0, "taper", (1, 2))
    assert type(host.hours) is float
    assert host.replies == Host().replies


@pytest.mark.parametrize("group", ALL)
def test_values_refuses_a_name_that_is_not_of_the_block(group: str) -> None:
    with pytest.raises(TypeError, match="repliez"):
        values(ALL[group], repliez=0)


@pytest.mark.parametrize(
    ("default", "grade", "why"), [(2, "assumed", "because"), (-1, "assumed", "because"), (0.5, "guess", "because"),
                                  (0.5, "assumed", ""), (math.nan, "assumed", "because")]
)  # fmt: skip
def test_a_number_outside_its_range_or_without_grade_or_reason_cannot_be_declared(
    default: float, grade: str, why: str
) -> None:
    with pytest.raises(ValueError, match=r"lies outside|needs a grade"):
        param(default, "share", 0, 1, grade, why)


# -- The rules, compiled and plain ----------------------------------------------------------------------------------


def takes_numbers(rule: Any) -> bool:
    """Tell whether a rule takes only numbers and parameters: those that take rows are compared by whole worlds."""
    signature = inspect.signature(rule.py_func)
    kinds = [signature.return_annotation, *(p.annotation for p in signature.parameters.values())]
    return all(kind in (int, float, bool, np.uint64) or getattr(kind, "_field_defaults", None) for kind in kinds)


@cache
def scalar_rules() -> dict[str, tuple[Any, Any]]:
    """Return every rule of numbers that its file defines itself: compiled and plain, by name."""
    found = {}
    for module in (*MECHANISMS, draws):
        plain = plainly(module)
        for name, ours in vars(module).items():
            if hasattr(ours, "py_func") and ours.py_func.__module__ == module.__name__ and takes_numbers(ours):
                found[f"{module.__name__.rsplit('.', 1)[1]}.{name}"] = (ours, getattr(plain, name))
    return found


SHARES = ("belonging", "trust", "social", "goodwill", "validation", "cause", "share", "benefit", "closed", "earning",
          "display", "points", "host_share", "fit", "hurdle", "expertise", "shown")  # fmt: skip


EFFORT = Venue._field_defaults["effort"]  # a rule divides by it, so it is drawn as the lever allows


def strategy(name: str, kind: Any) -> st.SearchStrategy:
    """Return numbers of the kind that an argument takes: shares, counts, days, keys, parameters within their ranges."""
    if hasattr(kind, "_fields"):
        rows = {row.name: st.floats(row.low, row.high) for row in declared("", kind)}
        return st.builds(kind, **rows)
    if kind is np.uint64:
        return st.integers(0, 2**64 - 1).map(np.uint64)
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(0, 5)
    if name in ("u", "v"):
        return st.floats(0, 1, exclude_max=True)
    if name in SHARES:
        return st.floats(0, 1)
    return {"life": st.floats(1, 1000), "cap": st.floats(10, 1000), "tail": st.floats(0.5, 3),
            "passion": st.floats(0.01, 20), "effort": st.floats(EFFORT.low, EFFORT.high),
            "log_fit": st.floats(-4, 4)}.get(name, st.floats(0, 1) | st.floats(0, 20))  # fmt: skip


RULES = sorted(scalar_rules())


def test_there_are_rules_to_compare() -> None:
    assert len(RULES) >= 45
    assert {"draws.happens", "answering.p_answer", "leaving.hold", "memory.faded", "draws.uniform"} <= set(RULES)


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")  # 64 bits that wrap, as they should
@pytest.mark.parametrize("name", RULES)
@settings(max_examples=25)
@given(data=st.data())
def test_a_rule_says_the_same_compiled_and_plain_to_the_last_bit(name: str, data: st.DataObject) -> None:
    compiled, plain = scalar_rules()[name]
    signature = inspect.signature(compiled.py_func).parameters
    arguments = [data.draw(strategy(word, p.annotation), label=word) for word, p in signature.items()]
    ours, theirs = compiled(*arguments), plain(*arguments)
    assert ours == theirs or (math.isnan(ours) and math.isnan(theirs))
    assert math.isfinite(ours)


@pytest.mark.parametrize("name", [rule for rule in RULES if rule.split(".")[1].startswith("p_")])
@settings(max_examples=50)
@given(data=st.data())
def test_a_probability_lies_between_zero_and_one(name: str, data: st.DataObject) -> None:
    compiled, _ = scalar_rules()[name]
    signature = inspect.signature(compiled.py_func).parameters
    arguments = [data.draw(strategy(word, p.annotation), label=word) for word, p in signature.items()]
    assert 0.0 <= compiled(*arguments) <= 1.0


def test_plain_rules_are_plain_all_the_way_down() -> None:
    """A rule that calls another one calls its plain form: a plain function in the scope of the plain functions."""
    plain = plainly(visit)
    assert not hasattr(plain.next_need, "py_func")
    scope = plain.next_need.__globals__
    assert not hasattr(scope["need_hazard"], "py_func")
    assert not hasattr(scope["days_until"], "py_func")
