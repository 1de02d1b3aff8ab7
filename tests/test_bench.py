"""What the benchmark counts is what it says it counts. How long anything takes is never asserted."""

import numpy as np
import pytest
import sweep_overhead
import world_speed

from sim.lab.runs.replicate import seed_of
from sim.world.state import DORMANT
from sim.world.world import World


@pytest.fixture(scope="module")
def small() -> World:
    return World(world_speed.quiet_settings()._replace(people=300, days=60), 1).run(until=30)


def test_views_of_one_array_count_once() -> None:
    array = np.zeros(100)
    assert list(world_speed.arrays_of([array, array[:10], {"again": array}], {})) == [id(array)]


def test_every_person_takes_at_least_a_row_a_membership_and_bonds(small: World) -> None:
    venue = small.venues[0]
    rows = small.people.dtype.itemsize + small.memberships.dtype.itemsize + venue.bonds[0].nbytes
    assert world_speed.bytes_per_person(small) > rows


def test_added_sleepers_sleep_to_the_end_and_the_world_they_joined_is_left_as_it_was(small: World) -> None:
    before, tally = small.day, small.venues[0].tally.copy()
    twin = world_speed.dormant_world(small, 500).run()
    assert (twin.memberships["status"][0, -500:] == DORMANT).all()
    assert small.day == before
    assert (small.venues[0].tally == tally).all()


def test_no_sleepers_no_difference(small: World) -> None:
    with_none, untouched = world_speed.dormant_world(small, 0).run(), small.fork().run()
    assert (with_none.venues[0].tally == untouched.venues[0].tally).all()


def test_the_table_has_a_line_for_every_measurement() -> None:
    found = {
        "ns_per_person_day": {"1000": 1.0, "10000": 2.0},
        "largest_run": {"customers": 10_000, "seconds": 3.0, "peak_gigabytes": 4.0},
        "ratio_to_plain": {"2000": 5.0},
        "dormant_ratio": 6.0,
        "bytes_per_person": 7.0,
        "bytes_per_person_with_threads": 8.0,
        "cold_seconds": 9.0,
        "warm_seconds": 10.0,
        "default_run_seconds": 11.0,
    }
    assert [round(float(line.split()[0])) for line in world_speed.lines(found)] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]


def test_the_bare_loop_lives_the_same_runs_as_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[int] = []
    monkeypatch.setattr(sweep_overhead, "World", lambda settings, seed: lived.append(seed) or World(settings, seed))
    found = sweep_overhead.overhead(6)
    assert lived[-6:] == [seed_of(1, 0)] * 6
    assert found["engine_ms"] - found["bare_ms"] == pytest.approx(found["overhead_ms"])


def test_the_table_of_a_sweep_has_a_line_a_measurement() -> None:
    one = {"runs": 1000, "bare_ms": 2.0, "overhead_ms": 1.0, "overhead_by_the_clock_ms": 1.5, "peak_mb": 3.0}
    both = {"workers": 2, "runs": 10, "serial_seconds": 10.0, "efficiency": 0.04, "load": 9.0}
    others = {
        name: {"jobs": 10, "seconds": 1.0, "overhead_ms": 5.0 + k}
        for k, name in enumerate(("hydra", "mesa", "command"))
    }
    found = {"tiny": [one], "parallel": both, "others": others, "ratio_to_stock_hydra": 8, "ratio_to_mesa_batch_run": 9}
    assert [round(float(line.split()[0])) for line in sweep_overhead.lines(found)] == [1, 3, 4, 5, 6, 7, 8, 9]
