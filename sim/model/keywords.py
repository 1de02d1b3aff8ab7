"""What `CommunityModel` takes: its keywords, where each stands in the settings, and what values each may have.

A keyword is refused where the command line refuses it, with a `ValueError` of one line: the keyword, the value, and
what it may be.
"""

import reprlib
from typing import Any, NamedTuple

import numpy as np

from sim.world.levers import OWNERS, SCHEDULES, SEGMENTS, Host, Population, Product, Venue
from sim.world.mechanisms.hosting import POLICIES
from sim.world.parameters import Param
from sim.world.state import MOTIVES
from sim.world.world import Settings

PEOPLE, DAYS, RECORD_EVERY = (1, 10_000_000), (2, 3650), (1, 365)
SEEDS = (0, 2**53 - 1)
LISTED = (0.0, 1000.0)  # times the usual hours
WORDS = {
    "schedule": ("schedule", SCHEDULES), "policy": ("host policy", POLICIES), "owner": ("owner", OWNERS),
    "segment": ("segment", SEGMENTS),
}  # fmt: skip


class Lever(NamedTuple):
    """Where a flat keyword lives in the settings, and its declaration (`None` for words and lists)."""

    group: str
    field: str
    declared: Param | None


BLOCKS: tuple[tuple[str, str, Any], ...] = (  # with what stands before a lever's name in its keyword
    ("population", "", Population), ("venue", "", Venue), ("host", "host_", Host), ("product", "product_", Product),
)  # fmt: skip
LEVERS = {
    front + name: Lever(group, name, default if isinstance(default, Param) else None)
    for group, front, block in BLOCKS
    for name, default in block._field_defaults.items()
}


def with_levers(settings: Settings, levers: dict[str, Any]) -> Settings:
    """Return the settings under these levers, checked; those of venue and host are the main venue's."""
    main = settings.setups[0]
    for name, value in levers.items():
        if name not in LEVERS:
            raise ValueError(f"{name} is not a lever; there are {', '.join(LEVERS)}")
        group, field, declared = LEVERS[name]
        value = checked(name, field, value, declared)
        if group in ("venue", "host"):
            main = main._replace(**{group: getattr(main, group)._replace(**{field: value})})
        else:
            settings = settings._replace(**{group: getattr(settings, group)._replace(**{field: value})})
    if main.host.schedule == "list" and not main.host.schedule_list:
        raise ValueError("host_schedule=list needs numbers, such as host_schedule_list=(2, 1, 0.5)")
    return settings._replace(setups=(main, *settings.setups[1:]))


def checked(name: str, field: str, value: Any, declared: Param | None) -> Any:
    """Return a value as the world wants it: a bare float, a registered word, or a tuple of numbers."""
    if declared is not None:
        return number(name, value, declared.low, declared.high, declared.unit)
    if field in WORDS:
        kind, words = WORDS[field]
        if not isinstance(value, str) or value not in words:
            raise ValueError(f"{name}={said(value)} is not a {kind}: {', '.join(words)}")
        return value
    if field == "moves_to":  # whether there is such a venue is seen when it closes
        return str(value)
    if not isinstance(value, (list, tuple, np.ndarray)):
        raise ValueError(f"{name}={said(value)} is not a list of numbers, such as (2, 1, 0.5)")
    return tuple(number(f"{name}[{k}]", one, *LISTED, "times the usual hours") for k, one in enumerate(value))


def said(value: Any) -> str:
    """Return a value as an error says it: in one line, and cut where it is long."""
    if isinstance(value, str):
        return value if value.isprintable() and 0 < len(value) <= 40 else reprlib.repr(value)
    try:
        return reprlib.repr(value) if not isinstance(value, np.generic) else str(value)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "(a number of thousands of digits)"


def number(name: str, value: Any, low: float, high: float, unit: str = "") -> float:
    """Return a number within its range as a bare float; NumPy's numbers are numbers, truth values are not."""
    of = f"{low:.16g} to {high:.16g} {unit}".rstrip()
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise ValueError(f"{name}={said(value)} ({type(value).__name__}) is not a number: {of}")
    if not low <= value <= high:  # nor is "not a number"
        raise ValueError(f"{name}={said(value)} is out of range: {of}")
    return float(value)


def whole(name: str, value: Any, low: int, high: int) -> int:
    """Return a whole number within its range; 100.0 is one, as on the command line."""
    found = number(name, value, low, high)
    if not found.is_integer():
        raise ValueError(f"{name}={said(value)} is not a whole number: {low} to {high}")
    return int(value)


def base_of(settings: Settings | None, people: Any, days: Any) -> Settings:
    """Return the settings to begin with, checked: `None` leaves people and days as they say."""
    if settings is None:
        settings = Settings()
    if not isinstance(settings, Settings):
        raise ValueError(f"settings={said(settings)} ({type(settings).__name__}) is not sim.world.world.Settings")
    people = settings.people if people is None else people
    days = settings.days if days is None else days
    check_blocks(settings)
    return settings._replace(people=whole("people", people, *PEOPLE), days=whole("days", days, *DAYS))


def check_blocks(settings: Settings) -> None:
    """Refuse numbers and words out of their range anywhere in the settings."""
    whole("settings.record_every", settings.record_every, *RECORD_EVERY)
    if not settings.setups:
        raise ValueError("settings.setups=() has no venue: give one sim.world.levers.Setup at least")
    blocks = {group: getattr(settings, group) for group in ("population", "product", "outside")}
    for k, setup in enumerate(settings.setups):
        blocks |= {f"setups[{k}].venue": setup.venue, f"setups[{k}].host": setup.host}
    blocks |= {f"parameters[{name}]": block for name, block in settings.parameters.items()}
    for group, block in blocks.items():
        for field, default in type(block)._field_defaults.items():
            declared = default if isinstance(default, Param) else None
            checked(f"settings.{group}.{field}", field, getattr(block, field), declared)
    if sum(getattr(settings.population, motive) for motive in MOTIVES) <= 0.0:
        raise ValueError("settings.population leaves nobody a motive: one of them has to be above 0")


def run_number(seed: Any, rng: Any) -> int:
    """Return the one number that names a run, from whatever Mesa takes for a seed."""
    if seed is not None and rng is not None:
        raise ValueError("give seed or rng, not both")
    name, source = ("rng", rng) if seed is None else ("seed", seed)
    if isinstance(source, (bool, np.bool_, int, float, np.number)):
        return whole(name, source, *SEEDS)
    try:
        return int(np.random.default_rng(source).integers(SEEDS[1] + 1))
    except (TypeError, ValueError):
        kinds = "a whole number, a SeedSequence or a numpy.random.Generator"
        raise ValueError(f"{name}={said(source)} ({type(source).__name__}) is no seed: give {kinds}") from None
