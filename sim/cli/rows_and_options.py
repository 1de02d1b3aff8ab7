"""What `validate` and `calibrate` are given: rows of the evidence, and options as key=value."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from sim.lab.settings.errors import SettingsError

WORKERS = (1, 1024)


def split(
    command: str, arguments: Sequence[str], known: Sequence[str], whole: Mapping[str, tuple[int, int]]
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return rows and options, those in `whole` as numbers within their ranges."""
    given: dict[str, Any] = {}
    for name, equals, text in (argument.partition("=") for argument in arguments):
        if equals and name not in known:
            raise SettingsError(f"{command} does not know {name}: rows, and {', '.join(known)} as key=value")
        if equals and given.setdefault(name, text) != text:
            raise SettingsError(f"{name} is given twice: {given[name]} and {text}")
    for name, (least, most) in {**whole, "workers": WORKERS}.items():
        if name in given and (name, given[name]) != ("workers", "auto"):
            given[name] = number(name, given[name], least, most)
    if "results" in given:
        given["results"] = os.path.expanduser(given["results"])
    return tuple(text for text in arguments if "=" not in text), given


def number(name: str, text: str, least: int, most: int) -> int:
    """Return a whole number within a range."""
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingsError(f"{name}={text} is out of range: {least} to {most}")
    return int(text)
