"""Read YAML, JSON and CSV that may come from a stranger: plain values within limits, or one line on what is wrong.

A file is read as Hydra reads it (`1e6` is a number, a date is text), except that a key is always text. Refused are keys
that stand twice, anchors and aliases, tags, numbers that YAML misreads (`1:30`, `010`), control characters, and files
that are too large, too deep or not in UTF-8.
"""

import csv
import io
import json
import os.path
import re
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from sim.lab.settings.errors import SettingsError, said_of

LARGEST = 1 << 20  # bytes of a file that somebody wrote
LARGEST_RECORD = 64 << 20  # bytes of a file that a sweep wrote: it may list thousands of levels
LONGEST_OVERRIDE = 100_000  # characters
LONGEST_NAME = 250  # of a file or a folder, in characters
DEEPEST = 32  # mappings and lists within each other
DIGITS = 18  # of a whole number: what 64 bits hold

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # which could reach a terminal
_INTEGER = re.compile(r"[-+]?(0[xb][0-9a-fA-F_]+|[0-9_]+)")
_MISREAD = re.compile(r"[-+]?(?:0[0-9_]+|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?)$"
    r"|[-+]?\.(?:inf|Inf|INF)$|\.(?:nan|NaN|NAN)$"
)
_TOO_LONG = re.compile(rf"[=,\[({{:\s][-+]?([\d_]{{{DIGITS + 1},}})(?=$|[,\])}}\s])")
_TEXT, _NUMBER, _DATE = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "float", "timestamp"))
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc]
    """A safe loader that reads numbers and dates as Hydra does, and every key as text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (the library's own way)
        first: [(tag, pattern) for tag, pattern in listed if tag not in (_NUMBER, _DATE)]
        for first, listed in _Safe.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
        for key, _ in node.value:
            key.tag = _TEXT
        found: dict[str, Any] = super().construct_mapping(node, deep)
        return found


_Loader.add_implicit_resolver(_NUMBER, _FLOAT, list("-+0123456789."))


def read_yaml(path: Path, what: str | None = None, largest: int = LARGEST) -> Any:
    """Return what a YAML file (`what`, in messages) of at most so many bytes says."""
    with said_of(what or str(path)):
        return _of_yaml(read_text(path, largest))


def read_json(path: Path) -> Any:
    """Return what a JSON file says: see `read_yaml`."""
    with said_of(str(path)):
        text = read_text(path, LARGEST_RECORD)
        if is_too_deep(text):
            raise SettingsError(f"more than {DEEPEST} levels of brackets")
        try:
            return json.loads(text, object_pairs_hook=_without_twins)
        except ValueError as error:
            raise SettingsError(f"this is not JSON ({error})") from None


def read_csv(path: Path, largest: int = LARGEST) -> list[list[str]]:
    """Return the cells of each line of a CSV file."""
    text = read_text(path, largest).removeprefix("\ufeff")  # a mark that some programs put before the first name
    try:
        return list(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise SettingsError(f"this is not CSV ({error})") from None


def read_text(path: Path, largest: int = LARGEST) -> str:
    """Return a file's text. Raises `SettingsError` if there is no such file, it is too large, or not in UTF-8."""
    try:
        if not os.path.isfile(path):  # a pipe or a device might never end
            raise SettingsError("there is no such file")
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > largest:
        raise SettingsError(f"the file is larger than {largest // 1024} KiB")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"line {line}: the file is not in UTF-8; save it as UTF-8") from None


def _of_yaml(text: str) -> Any:
    try:
        outline = _Outline()
        for event in yaml.parse(text, Loader=_Loader):
            if fault := outline.fault(event):
                raise SettingsError(f"line {event.start_mark.line + 1 if event.start_mark else '?'}: {fault}")
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = "" if mark is None else f"line {mark.line + 1}: "
        raise SettingsError(f"{where}this is not YAML ({error.problem or error.context})") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SettingsError(f"this is not YAML ({' '.join(str(error).split())})") from None


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise SettingsError(f"{key} stands twice")
        found[key] = value
    return found


def is_too_deep(text: str) -> bool:
    """Tell whether brackets lie within each other more than `DEEPEST` times."""
    levels = accumulate((sign in "[{(") - (sign in "]})") for sign in text)
    return max(levels, default=0) > DEEPEST


def refuse_text(text: str) -> None:
    """Refuse an argument that Hydra's parser cannot bear: too long, too deep, or with a number that is too long."""
    if len(text) > LONGEST_OVERRIDE:
        raise SettingsError(f"{text} is longer than {LONGEST_OVERRIDE} characters")
    if "=" not in text and max(map(len, text.split("/"))) > LONGEST_NAME:
        raise SettingsError(f"{text} is neither a command nor a folder: a name has at most {LONGEST_NAME} characters")
    if found := _TOO_LONG.search(text):
        raise SettingsError(f"{text} holds a number of {len(found[1])} digits; the most are {DIGITS}")
    if is_too_deep(text):
        raise SettingsError(f"{text} has more than {DEEPEST} levels of brackets")


def refuse_links(folder: Path) -> None:
    """Refuse a results folder with a link in it: what is written there would land elsewhere."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise SettingsError(f"{folder}: {path.relative_to(folder)} is a link; remove it, or copy the file there")


class _Outline:
    """Follows the mappings and lists of a file, and finds what is refused before any value is built."""

    def __init__(self) -> None:
        self.open: list[set[str] | None] = []  # what is open: the keys so far of a mapping, nothing for a list
        self.wants_key: list[bool] = []

    def fault(self, event: yaml.Event) -> str | None:
        """Return what is wrong with the next event, or nothing."""
        if isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
            self.wants_key.pop()
        if not isinstance(event, yaml.NodeEvent):
            return None
        if event.anchor is not None:
            return "anchors (&) and aliases (*) are not read: write the values out"
        if tag := getattr(event, "tag", None):
            return f"tags are not read ({tag}): plain values only"
        found = self.key(event) if self.wants_key and self.open[-1] is not None else self.value(event)
        if isinstance(event, yaml.CollectionStartEvent):
            self.open.append(set() if isinstance(event, yaml.MappingStartEvent) else None)
            self.wants_key.append(True)
            return found or (f"more than {DEEPEST} levels of brackets or indents" if len(self.open) > DEEPEST else None)
        return found

    def key(self, event: yaml.NodeEvent) -> str | None:
        """Check a part of a mapping, in which keys and values take turns."""
        is_key, self.wants_key[-1] = self.wants_key[-1], not self.wants_key[-1]
        names = self.open[-1]
        if not is_key or names is None:
            return self.value(event)
        if not isinstance(event, yaml.ScalarEvent):
            return "a key has to be a word"
        if event.value in names:
            return f"{event.value} stands twice"
        names.add(event.value)
        return None

    def value(self, event: yaml.NodeEvent) -> str | None:
        """Check a value: control characters, and numbers that YAML misreads or that are too long."""
        if not isinstance(event, yaml.ScalarEvent):
            return None
        if _CONTROL.search(event.value):
            return f"control characters are not read ({event.value})"
        if not event.implicit[0]:
            return None
        if _MISREAD.fullmatch(event.value):
            return f"YAML reads {event.value} as another number: write the number out, or text in quotes"
        if (whole := _INTEGER.fullmatch(event.value)) and len(whole[1]) > DIGITS:
            return f"{event.value} has more than {DIGITS} digits"
        return None
