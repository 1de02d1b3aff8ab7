"""Two decorators: `rule` for a person's decision, `kernel` for the loop over people.

A rule is a pure function of numbers: a probability, a hazard or an increment. It is the science, and it can be
checked on paper. A kernel loops over today's people and calls rules. Both are compiled, so that a decision is written
once, as a person's decision, and runs at the speed of C.

Why the cache folder is chosen here: Numba's disk cache looks only at the file of the cached function. After a change
of a rule in one file, a kernel in another file would silently go on running the old rule. So the folder's name holds
a hash of all sources of this package, and a changed source means a new folder. Numba falls back to a folder beside the
sources where it cannot write. That folder's name holds no hash, so nothing is cached at all then.
"""

import hashlib
import multiprocessing
import os
import stat
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, TypeVar, cast

from sim.world.state import WITHOUT_COMPILER

SOURCES = Path(__file__).parent
PACKAGE = "sim.world."
VARIABLE = "NUMBA_CACHE_DIR"
PROBE = bytes(1 << 20)  # a nearly full disk shows here, and not in the middle of a run
NO_CACHE = (
    "no folder can be written for compiled code, so each process compiles the rules again (up to a minute); "
    f"set {VARIABLE} to a folder that can be written"
)
Function = TypeVar("Function", bound=Callable[..., Any])


def source_hash() -> str:
    """Return twelve hex digits that change when any source file of `sim.world` changes."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*.py")):
        digest.update(path.relative_to(SOURCES).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def can_write(folder: Path) -> bool:
    """Tell whether a file can be written in a folder, which is made if it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(PROBE)
    except OSError:
        return False
    return True


def is_private(folder: Path) -> bool:
    """Tell whether a folder, which is made if it is missing, belongs to this user and is closed to all others.

    Anybody can make a folder of any name in `/tmp`, and whoever can write compiled code there decides what we run.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):  # each user has a temporary folder of their own there
        return stat.S_ISDIR(found.st_mode)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def candidates(name: str) -> Iterator[Path]:
    """Yield the folders for compiled code in order: the user's choice, the user's cache, a private temporary one."""
    chosen = os.environ.get(VARIABLE)
    if chosen:  # a worker process inherits a name that is complete
        yield Path(chosen) if Path(chosen).name == name else Path(chosen) / name
    with suppress(RuntimeError):  # some users have no home
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "barnraise" / name
    temporary = Path(tempfile.gettempdir()) / f"barnraise-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    if is_private(temporary):
        yield temporary / name


CACHE = next((folder.absolute() for folder in candidates(source_hash()) if can_write(folder)), None)
if CACHE is not None:
    os.environ[VARIABLE] = str(CACHE)  # worker processes inherit it
elif not WITHOUT_COMPILER and multiprocessing.parent_process() is None:
    warnings.warn(NO_CACHE, stacklevel=1)

import numba  # noqa: E402  (it reads the variable once, when it is imported)

if CACHE is not None:
    numba.config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]  # somebody may have imported it before us


def is_cold() -> bool:
    """Tell whether the first run has to compile the rules."""
    return CACHE is None or next(CACHE.rglob("*.nbi"), None) is None


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function, and keep its code in our folder or nowhere.

    Only NumPy makes arrays. Where it isn't called, nobody counts references to them: it took a fifth of a day.
    """
    options: Any = {"_nrt": "np" in function.__code__.co_names}
    if CACHE is not None and not WITHOUT_COMPILER:
        with suppress(RuntimeError):  # Numba found no folder
            found: Any = numba.njit(cache=True, **options)(function)
            if CACHE in Path(found.stats.cache_path).parents:
                return found
    return numba.njit(function, **options)


def rule(function: Function) -> Function:
    """Compile a pure scalar rule, so that kernels can call it."""
    return cast("Function", compiled(function))


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
        self.compiled = compiled(function)
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
    scope = plain_scope(module.__name__, {})
    ours = {name: value for name, value in scope.items() if isinstance(value, FunctionType)}
    return SimpleNamespace(**{name: value for name, value in ours.items() if value.__module__.startswith(PACKAGE)})


def plain_scope(name: str, scopes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what a module knows by name, with plain functions. Those that it imports keep the scope of their own."""
    if name not in scopes:
        scope = scopes[name] = dict(vars(sys.modules[name]))
        for key, value in vars(sys.modules[name]).items():
            function = getattr(value, "py_func", value)  # without the compiler it is the function itself
            home = getattr(function, "__module__", "") or ""
            if isinstance(function, FunctionType) and home == name:
                scope[key] = FunctionType(function.__code__, scope, key, function.__defaults__)
            elif isinstance(function, FunctionType) and home.startswith(PACKAGE):
                scope[key] = plain_scope(home, scopes)[function.__name__]
    return scopes[name]
