"""Two decorators: `rule` for a person's decision, `kernel` for the loop that asks everybody.

A rule is a pure function of numbers: a probability, a hazard or an increment. It is the science, and it
runs on paper. A kernel loops over today's people and calls rules. Both are compiled, so that a decision
is written once, as a person's decision, and runs at the speed of C.

Why the cache folder is chosen here: Numba keys its disk cache by the file of the cached function alone. Change a
rule in one file and a kernel in another file goes on running the old rule, silently. So the folder's name holds
a hash of all sources of this package, and a changed source means a fresh folder.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, TypeVar, cast

from sim.world.state import WITHOUT_COMPILER

SOURCES = Path(__file__).parent
PACKAGE = "sim.world."
Function = TypeVar("Function", bound=Callable[..., Any])


def source_hash() -> str:
    """Return twelve hex digits that change when any source file of `sim.world` changes."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*.py")):
        digest.update(path.relative_to(SOURCES).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _cache_root() -> Path:
    """Return the folder for compiled code: the user's cache, or a private temporary one where that is read-only."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    try:
        (home / "barnraise").mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir()) / f"barnraise-{os.getuid()}"
    return home / "barnraise"


# Numba reads the folder's name once, when it is imported; so this stands above the import.
os.environ.setdefault("NUMBA_CACHE_DIR", str(_cache_root() / source_hash()))

import numba  # noqa: E402


def rule(function: Function) -> Function:
    """Compile a pure scalar rule, so that kernels can call it."""
    return cast("Function", numba.njit(cache=True)(function))


def as_declared(value: Any, kind: Any) -> Any:
    """Return an argument in the type that its kernel declares: where that is a number, a whole one is taken as such."""
    if kind in (int, float):
        return kind(value)
    return value._make(map(float, value)) if hasattr(value, "_make") else value


class Kernel:
    """A compiled loop that looks at the types of its arguments once: a hundred of them a day cost more than the work.

    Its later arguments must be those of a world too: columns of the same types, numbers as declared. Numba goes by
    `_numba_type_` when another kernel calls this one.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.compiled: Any = numba.njit(cache=True)(function)
        self.py_func, self.__module__, self.__doc__ = function, function.__module__, function.__doc__
        self._numba_type_ = numba.typeof(self.compiled)  # type: ignore[no-untyped-call]
        self._enter: Callable[..., Any] = self._compile

    def _compile(self, *arguments: Any) -> Any:
        declared = tuple(map(as_declared, arguments, self.py_func.__annotations__.values()))
        found = self.compiled(*declared)
        self._enter = self.compiled.get_overload(tuple(map(numba.typeof, declared)))
        return found

    def __call__(self, *arguments: Any) -> Any:
        """Run the loop."""
        return self._enter(*arguments)


def kernel(function: Function) -> Function:
    """Compile a loop over today's people. It may write to the arrays that it is given, and to nothing else."""
    return cast("Function", function if WITHOUT_COMPILER else Kernel(function))


def plainly(module: ModuleType) -> SimpleNamespace:
    """Return the rules of a mechanism as ordinary Python functions, which call each other as ordinary functions too."""
    scope = dict(vars(module))
    plain: dict[str, Any] = {}
    for name, value in vars(module).items():
        function = getattr(value, "py_func", value)  # without the compiler it is the function itself
        if getattr(function, "__module__", "").startswith(PACKAGE) and isinstance(function, FunctionType):
            plain[name] = FunctionType(function.__code__, scope, name, function.__defaults__)
    scope.update(plain)
    return SimpleNamespace(**plain)
