"""Small worlds for the tests: a word for each lever, and ways to hold two worlds side by side."""

from typing import Any

import numpy as np

from sim.world import events, tally
from sim.world.draws import keys
from sim.world.levers import Host, Outside, Population, Product, Setup, Venue
from sim.world.parameters import values
from sim.world.world import Settings, World, default_parameters

BLOCKS = {"population": Population, "product": Product, "outside": Outside, "venue": Venue, "host": Host}
FREQUENT = {"population.need_rate": 0.06, "venue.launch": 1.0, "venue.marketing": 0.02}  # much happens in few days
READY = {"join.reserve": -1.0, "answering.answer": 0.03, "asking.talk": 0.02}  # to many people, who say much


def parameters(**changes: float) -> dict[str, Any]:
    """Return every mechanism's numbers, some changed: `parameters(**{"bonding.gain": 0})`."""
    blocks = default_parameters()
    for name, value in changes.items():
        block, field = name.split(".")
        blocks[block] = blocks[block]._replace(**{field: float(value)})
    return blocks


def setup(name: str = "main", **levers: Any) -> Setup:
    """Return one venue with its host: `setup(**{"venue.ad_load": 3, "host.hours": 0})`."""
    return Setup(name, values(Venue, **_of(levers, "venue")), values(Host, **_of(levers, "host")))


def settings(people: int = 250, days: int = 120, setups: tuple[Setup, ...] = (), numbers: dict[str, Any] | None = None,
             log: bool = False, record_every: int = 7, **levers: Any) -> Settings:  # fmt: skip
    """Return the settings of a small and busy community; levers by their full names, others as `FREQUENT` says."""
    levers = FREQUENT | levers
    blocks = {name: values(BLOCKS[name], **_of(levers, name)) for name in ("population", "product", "outside")}
    return Settings(
        people=people, days=days, setups=setups or (setup(**levers),), log=log, record_every=record_every,
        parameters=parameters(**(READY | (numbers or {}))), **blocks,
    )  # fmt: skip


def small_world(seed: int = 1, until: int | None = None, **choices: Any) -> World:
    """Return a small world that has lived until a day (default: its horizon)."""
    return World(settings(**choices), seed).run(until)


def _of(levers: dict[str, Any], group: str) -> dict[str, Any]:
    return {name.split(".")[1]: value for name, value in levers.items() if name.split(".")[0] == group}


def flow(world: World, name: str, venue: int = 0) -> float:
    """Return how much of a flow there has been, by its name in `tally`."""
    return float(world.venues[venue].tally[tally.NAMES.index(name)])


def total(world: World, *names: str) -> float:
    """Return the sum of some flows over all venues."""
    return sum(flow(world, name, venue.index) for venue in world.venues for name in names)


def logged(world: World, kind: str) -> Any:
    """Return the events of a kind."""
    log = world.events()
    return log[log["kind"] == events.KINDS.index(kind)]


def differences(ours: World, theirs: World, but: tuple[str, ...] = ()) -> list[str]:
    """Return the names of everything in which two worlds differ, to the last bit."""
    mine, other = state(ours), state(theirs)
    assert mine.keys() == other.keys()
    return [name for name in mine if not name.startswith(but) and not same(mine[name], other[name])]


def same(one: Any, other: Any) -> bool:
    """Tell whether two columns are equal to the last bit (and NaN equal to NaN)."""
    one, other = np.asarray(one), np.asarray(other)
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def state(world: World) -> dict[str, Any]:
    """Return all that moves in a world, by name."""
    found: dict[str, Any] = {"day": world.day, "need_day": world.need_day, "alarm": world.alarm,
                             "product.fit": world.product.fit, "product.heard": world.product.heard,
                             "product.customers": world.product.customers}  # fmt: skip
    found |= {f"people.{name}": world.people[name] for name in world.people.dtype.names}
    found |= {f"lives.{name}": world.lives[name] for name in world.lives.dtype.names}
    for k, venue in enumerate(world.venues):
        found[f"{k}.archive"] = venue.archive
        found |= {f"{k}.tally.{name}": venue.tally[j] for j, name in enumerate(tally.NAMES)}
        found |= {f"{k}.now.{name}": venue.now.table[name] for name in venue.now.table.dtype.names}
        tables = {
            "members": venue.memberships, "standings": venue.standings, "bonds": venue.bonds,
            "threads": venue.threads[: venue.now.threads], "answers": venue.answers[: venue.now.answers],
        }  # fmt: skip
        found |= {f"{k}.{table}.{name}": rows[name] for table, rows in tables.items() for name in rows.dtype.names}
    return found


def key_of(process: str, seed: int = 1) -> np.uint64:
    """Return the key of a process in a run."""
    return keys(seed)[process]
