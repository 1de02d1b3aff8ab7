"""The way from Python into a kernel: types are looked at on the first call, so all calls have to agree about them."""

from collections import defaultdict
from typing import Any

import numba
import numpy as np
import pytest
from worlds import settings, setup

from sim.world.compiled import Kernel
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
