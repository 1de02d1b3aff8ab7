"""The way from Python into a kernel: types are looked at on the first call, so all calls have to agree about them."""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from worlds import settings, setup

from sim.world import compiled
from sim.world.compiled import Kernel, can_write, is_private, source_hash
from sim.world.state import WITHOUT_COMPILER
from sim.world.world import World

pytestmark = pytest.mark.skipif(WITHOUT_COMPILER, reason="kernels are plain functions then")
BUSY = {"host.broadcasts": 30, "host.awards": 30, "venue.launch": 2, "host.onboarding": 1}


def test_each_kernel_is_only_ever_called_with_one_set_of_types(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrays of any two worlds, their forks and what they record: equal in type, order and the right to write."""
    met: dict[Kernel, set[Any]] = defaultdict(set)

    def looking(kernel: Kernel, *arguments: Any) -> Any:
        met[kernel].add(tuple(numba.typeof(x) for x in arguments if isinstance(x, np.ndarray)))
        return kernel.compiled(*arguments)

    monkeypatch.setattr(Kernel, "__call__", looking)
    for log, setups in ((False, (setup(**BUSY),)), (True, (setup("one", **BUSY), setup("two", **BUSY)))):
        world = World(settings(days=60, setups=setups, log=log), 1).run(until=30)
        world.fork().run().outcomes()
    assert len(met) >= 15
    assert [kernel.py_func.__name__ for kernel, types in met.items() if len(types) > 1] == []


def test_a_whole_number_on_the_first_call_does_not_make_later_ones_whole() -> None:
    def double(x: float) -> float:
        return 2.0 * x

    kernel = Kernel(double)
    assert [kernel(1), kernel(0.25), kernel(2)] == [2.0, 0.5, 4.0]


def test_a_kernel_says_what_went_wrong_in_it() -> None:
    def fail(x: int) -> None:
        if x > 0:
            raise ValueError("too many")

    kernel = Kernel(fail)
    kernel(0)
    with pytest.raises(ValueError, match="too many"):
        kernel(1)


# -- Where compiled code is kept -------------------------------------------------------------------------------------

PLACE = """
import json, os, sys
{first}
from sim.world import compiled
from sim.world.mechanisms import memory
places = [str(found.stats.cache_path) for found in (memory.faded, memory.refresh) if found.stats.cache_path]
print(json.dumps([str(compiled.CACHE), os.environ.get("NUMBA_CACHE_DIR"), places]))
"""


def place(folder: Path, first: str = "", **environment: str) -> tuple[str, str | None, list[str], str]:
    """Return where a new process keeps compiled code: as chosen, as workers inherit it, as Numba took it; and stderr.

    Its temporary folder is `folder/tmp`.
    """
    (folder / "tmp").mkdir(exist_ok=True)
    cleared = {name: value for name, value in os.environ.items() if name not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")}
    run = subprocess.run(
        [sys.executable, "-c", PLACE.format(first=first)], env=cleared | {"TMPDIR": str(folder / "tmp")} | environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return (*json.loads(run.stdout), run.stderr)


def a_file(path: Path) -> str:
    """Return the path of a new regular file: even the system's administrator can write nothing below it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return str(path)


def test_compiled_code_is_kept_in_the_users_cache_under_the_hash_of_the_sources(tmp_path: Path) -> None:
    chosen, inherited, places, said = place(tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert chosen == inherited == str(tmp_path / "cache" / "barnraise" / source_hash())
    assert len(places) == 2
    assert {Path(found).parent for found in places} == {Path(chosen)}
    assert not said


@pytest.mark.parametrize("blocked", ["cache", "cache/barnraise", f"cache/barnraise/{source_hash()}"])
def test_a_cache_folder_that_cannot_be_written_gives_way_to_a_private_one(tmp_path: Path, blocked: str) -> None:
    """Numba would keep compiled code beside the sources, where a changed rule runs mixed with old ones."""
    a_file(tmp_path / blocked)
    chosen, inherited, places, _ = place(tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"))
    private = tmp_path / "tmp" / f"barnraise-{os.getuid()}"
    assert chosen == inherited == str(private / source_hash())
    assert {Path(found).parent for found in places} == {Path(chosen)}
    assert private.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_exists_and_refuses_files_counts_as_one_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(dir: Path) -> None:
        raise PermissionError(13, "Permission denied", str(dir))

    assert can_write(tmp_path)
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert not can_write(tmp_path)


def test_below_a_folder_of_the_users_choice_stands_the_hash_of_the_sources_too(tmp_path: Path) -> None:
    chosen, inherited, places, _ = place(tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "mine"))
    assert chosen == inherited == str(tmp_path / "mine" / source_hash())
    assert {Path(found).parent for found in places} == {Path(chosen)}
    assert place(tmp_path, NUMBA_CACHE_DIR=chosen)[0] == chosen, "a worker process takes what it inherits"


def test_numba_may_have_been_imported_before(tmp_path: Path) -> None:
    chosen, _, places, _ = place(tmp_path, first="import numba", XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert {Path(found).parent for found in places} == {Path(chosen)}


def test_where_no_folder_can_be_written_nothing_is_kept_and_a_line_says_so(tmp_path: Path) -> None:
    nowhere = a_file(tmp_path / "file")
    (tmp_path / "tmp").mkdir()
    a_file(tmp_path / "tmp" / f"barnraise-{os.getuid()}")  # somebody else was there first
    chosen, _, places, said = place(tmp_path, XDG_CACHE_HOME=nowhere, NUMBA_CACHE_DIR=nowhere)
    assert (chosen, places) == ("None", [])
    assert said.count("no folder can be written for compiled code") == 1
    assert "Traceback" not in said


def test_a_temporary_folder_that_others_can_enter_or_that_is_a_link_is_not_trusted(tmp_path: Path) -> None:
    private, shared, link = tmp_path / "private", tmp_path / "shared", tmp_path / "link"
    assert is_private(private)
    assert is_private(private), "the second run finds it"
    shared.mkdir()
    shared.chmod(0o777)
    link.symlink_to(private)
    assert not is_private(shared)
    assert not is_private(link)


def test_a_temporary_folder_of_somebody_else_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_private(tmp_path / "mine")
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    assert not is_private(tmp_path / "mine")


def test_a_system_without_user_numbers_and_a_user_without_a_home_have_a_folder_too(tmp_path: Path) -> None:
    first = """
import pathlib
del os.getuid
def home(*_): raise RuntimeError("Could not determine home directory.")
pathlib.Path.home = home
"""
    chosen, _, places, _ = place(tmp_path, first=first)
    assert chosen == str(tmp_path / "tmp" / "barnraise-user" / source_hash())
    assert {Path(found).parent for found in places} == {Path(chosen)}


def test_rules_count_as_compiled_once_compiled_code_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line about compiling never appeared, because the folder exists as soon as the rules are imported."""
    monkeypatch.setattr(compiled, "CACHE", tmp_path)
    (tmp_path / "memory").mkdir()
    assert compiled.is_cold()
    (tmp_path / "memory" / "memory.faded.nbi").touch()
    assert not compiled.is_cold()
