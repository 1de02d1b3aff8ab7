"""Registers of the parts of trials: selectors, actions and outcomes. Each entry is a named function."""

import inspect
import math
import os
from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from sim.lab.settings import keys
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.messages import shown

Entry = TypeVar("Entry")
Function = Callable[..., Any]


class Register(Generic[Entry]):
    """Functions by name."""

    def __init__(self, what: str) -> None:
        self.what, self.entries, self.files = what, dict[str, Entry](), dict[str, str]()

    def add(self, function: Callable[..., Any], entry: Entry) -> None:
        """Add an entry under its function's name. Only the same file, loaded again, can replace it."""
        name, file = function.__name__, os.path.realpath(function.__code__.co_filename)
        if self.files.setdefault(name, file) != file:
            raise ValueError(f"the {self.what} {name} is already registered by {self.files[name]}")
        self.entries[name] = entry

    def __getitem__(self, name: str) -> Entry:
        if name not in self.entries:
            hint = keys.hint(
                name, self.entries, f"; {', '.join(sorted(self.entries))} (code of yours: --plugin MODULE)"
            )
            raise SettingsError(f"unknown {self.what} {name}{hint}")
        return self.entries[name]

    def __iter__(self) -> Any:
        return iter(self.entries)


KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a word"}  # of options


def refuse_options(what: str, name: str, function: Callable[..., Any], options: Mapping[str, Any]) -> None:
    """Refuse options that a function does not take or of a wrong kind, and missing ones that it needs."""
    takes = [p for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]
    any_name = any(p.kind is p.VAR_KEYWORD for p in inspect.signature(function).parameters.values())
    names = [p.name for p in takes]
    wrong = [] if any_name else [option for option in options if option not in names]
    missing = [p.name for p in takes if p.default is p.empty and p.name not in options]
    if wrong or missing:
        said = f"not {', '.join(wrong)}" if wrong else f"and needs {', '.join(missing)}"
        raise SettingsError(f"{what} {name} takes {', '.join(names) or 'no options'}, {said}")
    for option, kind in ((p.name, p.annotation) for p in takes if p.name in options and p.annotation in KINDS):
        value = options[option]
        numeric = kind in (int, float) and not isinstance(value, bool)
        if not isinstance(value, (int, kind) if numeric else kind) or (numeric and not math.isfinite(value)):
            raise SettingsError(f"{what} {name}: {option}={shown(value)} is not {KINDS[kind]}")


class Metric(NamedTuple):
    """A registered outcome.

    `over` reads the event log: `(History, window) -> values`. `now` reads the world on a morning: `(Scene, persons) ->
    values`. The outcome is then the value at the window's end or, with `gained`, its increase over the window.
    """

    label: str
    over: Callable[..., Any] | None = None
    now: Callable[..., Any] | None = None
    gained: bool = False
    yes_or_no: bool = False


SELECTORS: Register[Callable[..., Any]] = Register("selector")
ACTIONS: Register[Callable[..., Any]] = Register("action")
OUTCOMES: Register[Metric] = Register("outcome")


def selector(function: Callable[..., Any]) -> Callable[..., Any]:
    """Register a function `(scene, *, options) -> persons`, or `-> (persons, subjects)`, under its own name.

    A subject is the row of the thread or answer by which the person qualified. Some actions treat it.
    """
    SELECTORS.add(function, function)
    return function


def action(function: Callable[..., Any]) -> Callable[..., Any]:
    """Register a function `(scene, chosen, *, options) -> undo or None` under its own name."""
    ACTIONS.add(function, function)
    return function


def outcome(label: str, yes_or_no: bool = False) -> Callable[[Function], Function]:
    """Register a function `(history, window) -> values` of the event log under its own name."""

    def register(function: Function) -> Function:
        OUTCOMES.add(function, Metric(label, over=function, yes_or_no=yes_or_no))
        return function

    return register


def state_outcome(label: str, gained: bool = False, yes_or_no: bool = False) -> Callable[[Function], Function]:
    """Register a function `(scene, persons) -> values` of the world's state under its own name."""

    def register(function: Function) -> Function:
        OUTCOMES.add(function, Metric(label, now=function, gained=gained, yes_or_no=yes_or_no))
        return function

    return register
