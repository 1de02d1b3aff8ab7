"""What `validate` and `calibrate` are given: rows of the evidence, and options as key=value."""

import os
from collections.abc import Sequence

from sim.lab.settings.errors import SettingsError


def split(command: str, arguments: Sequence[str], known: Sequence[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return rows and options."""
    given: dict[str, str] = {}
    for name, equals, text in (argument.partition("=") for argument in arguments):
        if equals and name not in known:
            raise SettingsError(f"{command} does not know {name}: rows, and {', '.join(known)} as key=value")
        if equals and given.setdefault(name, text) != text:
            raise SettingsError(f"{name} is given twice: {given[name]} and {text}")
    if "results" in given:
        given["results"] = os.path.expanduser(given["results"])
    return tuple(text for text in arguments if "=" not in text), given


def whole(name: str, text: str, least: int, most: int) -> int:
    """Return a whole number within a range."""
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingsError(f"{name}={text} is out of range: {least} to {most}")
    return int(text)
