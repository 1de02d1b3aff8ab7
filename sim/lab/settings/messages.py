"""Messages about a wrong setting: one line that says what is wrong and what would be right."""

from typing import Any

from pydantic_core import ErrorDetails

from sim.lab.settings import keys

KINDS = {
    "log": "true or false",
    "host_off": "a day, auto or off",
    "fork": "four or six",
    "workers": "a whole number or auto",
    "venue_name": "a name of lower-case letters, digits and _",
    "schedule_list": "a list of numbers",
}


def line(detail: ErrorDetails, bounds: dict[str, str], above: str = "") -> str:
    """Say in one line what pydantic found in a group, if any. `bounds` are the ranges of what belongs to no group."""
    key = ".".join(str(part) for part in (above, *detail["loc"]) if part not in {"", "[key]"})
    top = key.split(".", 1)[0]
    declaration = keys.declarations().get(keys.within_place(key))
    if detail["type"] == "value_error":  # our own words, which begin with the setting's name
        return f"{key}.{detail['ctx']['error']}"
    if detail["type"] == "missing":
        return f"{key} is missing"
    if declaration is not None:
        return _number(key, detail, f"{declaration.low:g} to {declaration.high:g} {declaration.unit}", "a number")
    if top in bounds:
        return _number(top, detail, bounds[top], "a whole number")
    if top == "venues" and key.count(".") < 2:
        return f"{key} is not possible: a further venue needs {KINDS['venue_name']}, with settings in venue. and host."
    listed, _, place = key.rpartition(".")
    if place.isdecimal():  # of what stands in a list
        return f"{listed}: {shown(detail['input'])} is not a number"
    where = top if top in KINDS else key  # pydantic adds the branch of a union
    kind = KINDS.get(where.rsplit(".", 1)[-1], "text")
    return f"{where}={shown(detail['input'])} is not {kind}"


def _number(key: str, detail: ErrorDetails, bounds: str, kind: str) -> str:
    value = shown(detail["input"])
    if detail["type"] in {"greater_than_equal", "less_than_equal"}:
        return f"{key}={value} is out of range: {bounds}"
    return f"{key}={value} is not {kind}; its range is {bounds}"


def is_number(value: Any) -> bool:
    """Tell whether a value is a number. True and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def plural(count: int, noun: str, ending: str = "s") -> str:
    """Return "1 run", "24 runs"."""
    return f"{count:,} {noun}{ending * (count != 1)}"


def shown(value: Any) -> str:
    """Return a value in words, cut to 60 characters."""
    words = {True: "true", False: "false", None: "null"}
    text = words[value] if value is None or isinstance(value, bool) else " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:57]}…"
