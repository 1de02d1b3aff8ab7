"""Host policies from outside the package: loaded only where the command line itself names them.

A scenario file chooses among registered names and can thereby run no code of its own.
"""

import importlib
import sys
from pathlib import Path

from sim.lab.errors import SettingsError
from sim.world.plan import POLICIES


def register(text: str) -> str:
    """Load a policy class, register it under `text` and return that name.

    Parameters
    ----------
    text
        `module:Class`; the module is looked for in the current folder, too.

    Raises
    ------
    SettingsError
        If there is no such class, or it has no `effort`.
    """
    found = load(text)
    if not isinstance(found, type) or not callable(getattr(found, "effort", None)):
        raise SettingsError(f"--policy {text}: this is not a class with a method effort(dashboard)")
    POLICIES[text] = found
    return text


def load(text: str) -> object:
    """Return what `module:Class` names."""
    module_name, _, class_name = text.partition(":")
    if not module_name or not class_name:
        raise SettingsError(f"--policy {text}: a policy is named as module:Class")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return getattr(importlib.import_module(module_name), class_name)
    except ImportError as error:
        raise SettingsError(f"--policy {text}: {error}") from None
    except AttributeError:
        raise SettingsError(f"--policy {text}: {module_name} has no {class_name}") from None
