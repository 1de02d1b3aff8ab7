"""Host policies from outside the package: loaded only if the command line names them, and checked every day.

A scenario file chooses among registered names, so it cannot run code of its own. If a policy raises an error or returns
an impossible effort, the run ends with one message that names the line in the policy's file.
"""

import importlib
import numbers
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from sim.lab.settings.errors import PolicyError, SettingsError
from sim.world.levers import Host
from sim.world.mechanisms.hosting import POLICIES, Dashboard, Effort, Policy
from sim.world.parameters import values

Found = TypeVar("Found")
EXAMPLE = "docs/policies.md shows one"
MORNING = Dashboard(0, 360, members=100, open_questions=10.0, newcomers=1.0, answered_share=0.5, host_share=0.5)


def register(text: str) -> str:
    """Load a policy class (`module:Class`), register it under `text` and return that."""
    what = f"--policy {text}"
    module_name, _, class_name = text.partition(":")
    if not module_name or not class_name:
        raise SettingsError(f"{what}: a policy is named as module:Class ({EXAMPLE})")
    module = imported(module_name, what)
    if not hasattr(module, class_name):
        raise SettingsError(f"{what}: {module_name} has no {class_name}")
    return add(text, getattr(module, class_name), what)


def policy(found: type[Found]) -> type[Found]:
    """Register a class in a plugin as the host policy `module:Class`. Use it as a decorator: it returns the class."""
    name = f"{found.__module__}:{found.__qualname__}"
    add(name, found, f"host policy {name}")
    return found


def add(name: str, found: object, what: str) -> str:
    """Try a policy class (`what`, in messages) on an ordinary morning, register it under `name` and return that."""
    if not isinstance(found, type) or not callable(getattr(found, "effort", None)):
        raise SettingsError(f"{what}: this is not a class with a method effort(dashboard) ({EXAMPLE})")
    made = watched(what, found)
    try:
        made(values(Host)).effort(MORNING)
    except PolicyError as error:
        raise SettingsError(str(error)) from None
    POLICIES[name] = made
    return name


def imported(name: str, what: str) -> ModuleType:
    """Return a module that the command line names (`what`, in messages), from the working folder or the path."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except SettingsError:
        raise
    except ImportError as error:
        raise SettingsError(f"{what}: {error}") from None
    except Exception as error:  # whatever a module does when it is loaded
        raise SettingsError(f"{what} cannot be loaded: {line_of(name, error)}") from None


def watched(what: str, found: type[Any]) -> type[Policy]:
    """Return a policy class whose errors become one line, and whose efforts are checked."""

    class Watched(found):  # type: ignore[misc]
        def __init__(self, host: Host) -> None:
            try:
                super().__init__(host)
            except Exception as error:
                raise PolicyError(f"{what} cannot be created for a host: {line_of(found.__module__, error)}") from error

        def effort(self, dashboard: Dashboard) -> Effort:
            try:
                effort = super().effort(dashboard)
            except Exception as error:
                raise PolicyError(
                    f"{what} failed on day {dashboard.day}: {line_of(found.__module__, error)}"
                ) from error
            if line := fault(effort):
                raise PolicyError(f"{what}: effort on day {dashboard.day}: {line}")
            return Effort(*map(float, effort))

    Watched.__name__, Watched.__qualname__, Watched.__doc__ = found.__name__, found.__qualname__, found.__doc__
    return Watched


def fault(effort: object) -> str | None:
    """Return what is wrong with the effort that a policy returned, or nothing."""
    if not isinstance(effort, Effort):
        return f"{effort!r:.60} is not a sim.world.mechanisms.hosting.Effort ({EXAMPLE})"
    returned: tuple[Any, ...] = effort  # whatever it holds
    for name, value in zip(Effort._fields, returned, strict=True):
        declared = Host._field_defaults[name]
        if not isinstance(value, numbers.Real):
            return f"{name}={value!r:.60} is not a number"
        if not declared.low <= value <= declared.high:
            return f"{name}={value} is out of range: {declared.low:g} to {declared.high:g} {declared.unit}"
    return None


def line_of(module: str, error: Exception) -> str:
    """Return an error in one line, with the line of the module that led to it."""
    stem = module.rpartition(".")[2]
    words = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).stem == stem]
    return f"{words} ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else words
