"""Benchmark of the world's speed and memory: `python benchmarks/world_speed.py`, or `make bench`.

It writes `results/bench/bench.json` and prints it as a table. Times are medians of repeats on this machine, whatever
else it was doing, so no test asserts them. Unless stated otherwise, the default world is measured, from its opening to
its horizon of two years.

Nanoseconds per person-day count customers and days, so multiplying by both gives the time of a run. (There is one
stranger for every two customers. Strangers cost little and are not counted.) Bytes are per person, including strangers.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from sim.plain.day import PlainWorld
from sim.world.state import BOND, BOND_SLOTS, CUSTOMER, DORMANT, NEVER, rows
from sim.world.world import Settings, World, default_parameters

DAYS = 730
REPEATS = {1_000: 5, 10_000: 3, 100_000: 1, 1_000_000: 1}  # by customers
LARGEST = 100_000  # unless more are asked for: a million take ten minutes
PLAIN_DAYS = {2_000: DAYS, 10_000: 100}  # by customers. Both worlds run the same days
DORMANT_CUSTOMERS, BURN_IN, DORMANT_DAYS = 10_000, 200, 100
FIRST_RESULT = "from sim.world.world import Settings, World; World(Settings(), 1).run().outcomes()"
DEFAULT_RUN = ("-m", "sim", "seed=1")


def say(text: str) -> None:
    """Print progress to stderr."""
    print(text, file=sys.stderr, flush=True)


def seconds(work: Callable[[], Any]) -> tuple[float, float]:
    """Return the wall-clock time and the CPU time of some work."""
    clock, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - own


def ns_per_person_day(customers: int, days: int, repeats: int) -> float:
    """Return the nanoseconds per customer and day, without the making of the world."""
    taken = []
    for repeat in range(repeats):
        world = World(Settings(people=customers, days=days), repeat)
        taken.append(seconds(world.run)[0])
        say(f"  {customers:>9,} customers, {days} days: {taken[-1]:.2f} s")
    return median(taken) / customers / days * 1e9


def ratio_to_plain(customers: int, days: int) -> float:
    """Return the ratio of the plain world's time to the compiled world's, for the same days of the same people.

    Both are CPU times. In wall-clock time, other work on the machine delays a long run more than a short one.
    """
    settings = Settings(people=customers, days=days)
    compiled = median(seconds(World(settings, 1).run)[1] for _ in range(5))
    plain_world = PlainWorld(settings, 1)

    def live_plainly() -> None:
        for _ in range(days):
            plain_world.step()

    plain = seconds(live_plainly)[1]
    say(f"  {customers:>9,} customers, {days} days: {plain:.1f} s plain, {compiled:.3f} s compiled")
    return plain / compiled


def arrays_of(thing: Any, found: dict[int, Any]) -> dict[int, Any]:
    """Return all arrays that a world holds, by identity. A view counts as its base array."""
    if isinstance(thing, np.ndarray):
        while isinstance(thing.base, np.ndarray):
            thing = thing.base
        found[id(thing)] = thing
    elif isinstance(thing, (list, tuple)):
        for part in thing:
            arrays_of(part, found)
    elif isinstance(thing, dict):
        arrays_of(list(thing.values()), found)
    elif type(thing).__module__.startswith("sim."):
        slots = [getattr(thing, name) for name in getattr(type(thing), "__slots__", ())]
        arrays_of(slots + list(getattr(thing, "__dict__", {}).values()), found)
    return found


def bytes_per_person(world: World) -> float:
    """Return the bytes of all arrays of a world per person."""
    return float(sum(array.nbytes for array in arrays_of(world, {}).values()) / len(world.people))


def more(table: Any, extra: Any) -> Any:
    """Return a table with more rows."""
    return np.concatenate([table, extra]).view(type(table))


def dormant_world(world: World, extra: int) -> World:
    """Return a twin of a world with `extra` dormant members, who have no needs, know nobody and never wake."""
    twin = world.fork()
    n = len(world.people)
    people = world.people[np.arange(extra) % n].copy()
    people["customer"] = CUSTOMER
    twin.people = more(twin.people, people)
    twin.need_day = more(twin.need_day, np.full(extra, NEVER, np.int16))
    twin.ties_start = more(twin.ties_start, np.full(extra, twin.ties_start[-1], np.int32))
    twin.everybody = np.empty(n + extra, np.int32)
    sleepers = np.zeros((len(twin.venues), extra), twin.memberships.dtype)
    for name in ("referrer", "open_thread"):
        sleepers[name] = -1
    sleepers["status"], sleepers["life_day"], sleepers["left"] = DORMANT, NEVER, NEVER
    twin.memberships = np.concatenate([twin.memberships, sleepers], axis=1).view(type(twin.memberships))
    never = np.full(sleepers.shape, NEVER, np.int16)
    twin.alarm = np.concatenate([twin.alarm, never], axis=1)
    for venue in twin.venues:
        venue.memberships, venue.alarm = twin.memberships[venue.index], twin.alarm[venue.index]
        venue.bonds = more(venue.bonds, rows((extra, BOND_SLOTS), BOND))
        venue.everybody = np.empty(n + extra, np.int32)
        venue.now.members += extra
    return twin


def quiet_settings() -> Settings:
    """Return settings under which dormant members stay dormant: no message wakes them or makes them leave."""
    parameters = default_parameters()
    parameters["visit"] = parameters["visit"]._replace(wake_rate=0.0, wake_reminder=0.0)
    parameters["leaving"] = parameters["leaving"]._replace(churn=0.0)
    return Settings(people=DORMANT_CUSTOMERS, days=BURN_IN + DORMANT_DAYS, parameters=parameters)


def dormant_ratio() -> float:
    """Return the factor by which a day costs more with nine dormant members per active one."""
    world = World(quiet_settings(), 1).run(until=BURN_IN)
    series = world.series()
    active = next(v for v, m in zip(series["value"][::-1], series["metric"][::-1], strict=True) if m == "active")
    without: list[float] = []
    among: list[float] = []
    for _ in range(7):  # in turn, so that other work on the machine affects both
        for extra, taken in ((0, without), (9 * int(active), among)):
            taken.append(seconds(dormant_world(world, extra).run)[0])
    say(f"  {int(active):,} active: {median(without):.3f} s; with {9 * int(active):,} dormant: {median(among):.3f} s")
    return float(median(among) / median(without))


def fresh(arguments: tuple[str, ...], cache: str) -> float:
    """Return the seconds that a new interpreter takes, with compiled code kept in `cache`."""
    command = [sys.executable, *arguments]
    environment = os.environ | {"NUMBA_CACHE_DIR": cache}
    return seconds(lambda: subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL))[0]


def starts() -> dict[str, float]:
    """Return the seconds to a first result in a new interpreter, cold and warm, and of a default run, warm."""
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as results:
        cold = fresh(("-c", FIRST_RESULT), cache)
        warm = median(fresh(("-c", FIRST_RESULT), cache) for _ in range(3))
        say(f"  first result: {cold:.1f} s cold, {warm:.2f} s warm")
        fresh((*DEFAULT_RUN, "replicates=2", f"results={results}/a"), cache)
        default = fresh((*DEFAULT_RUN, f"results={results}/b"), cache)
        say(f"  default run of 24 replicates, with its report: {default:.1f} s")
    return {"cold_seconds": cold, "warm_seconds": warm, "default_run_seconds": default}


def machine() -> dict[str, Any]:
    """Return a description of the machine and the versions."""
    return {
        "cores": os.cpu_count(), "processor": platform.processor() or platform.machine(), "system": platform.system(),
        "python": platform.python_version(), **{name: version(name) for name in ("numba", "numpy", "mesa")},
    }  # fmt: skip


def peak_gigabytes() -> float:
    """Return the peak memory of this process in gigabytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


def measured(largest: int) -> dict[str, Any]:
    """Return all measurements, with worlds of at most `largest` customers."""
    found: dict[str, Any] = {"machine": machine()}
    World(Settings(people=200, days=60), 0).run().outcomes()  # so that no measurement includes compilation
    say("nanoseconds per person-day")
    sizes = {size: repeats for size, repeats in REPEATS.items() if size <= largest}
    found["ns_per_person_day"] = {str(size): ns_per_person_day(size, DAYS, repeats) for size, repeats in sizes.items()}
    longest = found["ns_per_person_day"][str(max(sizes))] * max(sizes) * DAYS / 1e9
    found["largest_run"] = {"customers": max(sizes), "seconds": longest, "peak_gigabytes": peak_gigabytes()}
    say("against the plain world")
    found["ratio_to_plain"] = {str(size): ratio_to_plain(size, days) for size, days in PLAIN_DAYS.items()}
    say("nine dormant members for each active one")
    found["dormant_ratio"] = dormant_ratio()
    say("memory")
    world = World(Settings(people=10_000, days=DAYS), 1)
    found["bytes_per_person"] = bytes_per_person(world)
    found["bytes_per_person_with_threads"] = bytes_per_person(world.run())
    say("a new interpreter")
    return found | starts()


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table, one per measurement."""
    for size, value in found["ns_per_person_day"].items():
        yield f"{value:9.0f} ns per person-day, {int(size):,} customers"
    largest = found["largest_run"]
    yield f"{largest['seconds']:9.1f} s for {largest['customers']:,} customers and {DAYS} days"
    yield f"{largest['peak_gigabytes']:9.2f} GB peak memory for that"
    for size, value in found["ratio_to_plain"].items():
        yield f"{value:9.0f} times as fast as sim.plain, {int(size):,} customers, {PLAIN_DAYS[int(size)]} days"
    yield f"{found['dormant_ratio']:9.2f} times the time, with nine dormant members for each active one"
    yield f"{found['bytes_per_person']:9.0f} bytes per person"
    yield f"{found['bytes_per_person_with_threads']:9.0f} bytes per person with all threads and replies of two years"
    yield f"{found['cold_seconds']:9.1f} s to the first result, nothing compiled yet"
    yield f"{found['warm_seconds']:9.2f} s to the first result, compiled before"
    yield f"{found['default_run_seconds']:9.1f} s for a default run of 24 replicates, with its report"


def parser_of(module: str, about: str | None) -> argparse.ArgumentParser:
    """Return a benchmark's parser, with the option that both have."""
    description = (about or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog=f"python benchmarks/{module}.py", description=description)
    parser.add_argument("--results", type=Path, default=Path("results"), help="folder for the results")
    return parser


def conclude(found: dict[str, Any], table: Iterator[str], path: Path, load: str = "") -> int:
    """Write the measurements and print their table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    facts = found["machine"]
    print(f"{facts['cores']} cores, Python {facts['python']}, Numba {facts['numba']}{load}")
    print("\n".join(table))
    print(path)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Measure, write and print."""
    parser = parser_of("world_speed", __doc__)
    parser.add_argument("--largest", type=int, default=LARGEST, help="customers of the largest world")
    options = parser.parse_args(arguments)
    found = measured(options.largest)
    return conclude(found, lines(found), options.results / "bench" / "bench.json")


if __name__ == "__main__":
    sys.exit(main())
