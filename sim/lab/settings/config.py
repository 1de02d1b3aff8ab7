"""The check of all settings: frozen models made from the declarations, and the experiment that they form.

The input is a tree of plain values from YAML and the command line. The world gets its own `Settings` from the result.
"""

from functools import cache, partial
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, ValidationError, create_model
from pydantic_core import CoreSchema, core_schema

from sim.lab.settings import keys, messages
from sim.lab.settings.errors import SettingsError, refuse_if_any
from sim.lab.settings.keys import Tree
from sim.world.day import BLOCKS
from sim.world.levers import (
    LANDLORD,
    NO_DAY,
    OWNERS,
    SCHEDULES,
    SEGMENTS,
    Host,
    Outside,
    Population,
    Product,
    Setup,
    Venue,
)
from sim.world.mechanisms.hosting import POLICIES
from sim.world.parameters import Param, values
from sim.world.state import MOTIVES
from sim.world.world import Settings

NAME = r"^[a-z][a-z0-9_]*$"
LONGEST = 3650  # days: ten years; the columns hold days in 16 bits
LARGEST_SEED = 2**53 - 1  # whole numbers that every reader of JSON gets right


class Closed(BaseModel):
    """A model that refuses unknown entries and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), allow_inf_nan=False)


class FromDeclarations:
    """Checks a block of declared numbers (a `NamedTuple` class) against its own declarations."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic check a dictionary, then return the block with its values."""
        checked = handler.generate_schema(model_of(source))
        return core_schema.no_info_after_validator_function(partial(_filled, source), checked)


@cache
def model_of(block: Any) -> type[Closed]:
    """Return the frozen model of a block: each number with its declared range and default."""
    hints = get_type_hints(block)
    fields: dict[str, Any] = {}
    for name, default in block._field_defaults.items():
        if isinstance(default, Param):
            number = Field(strict=True, ge=default.low, le=default.high, allow_inf_nan=False)
            fields[name] = (Annotated[float, number], float(default))
        else:
            fields[name] = (hints[name], default)
    return create_model(block.__name__, __base__=Closed, **fields)


def _filled(block: Any, model: Closed) -> Any:
    filled = values(block, **dict(model))
    if block is Host:
        _check_words(filled)
    if block is Venue:
        for name, known in (("owner", OWNERS), ("segment", SEGMENTS)):
            if (word := getattr(filled, name)) not in known:
                raise ValueError(f"{name}={word} does not exist: {', '.join(known)}{keys.hint(word, known)}")
    if block is Population and sum(getattr(filled, motive) for motive in MOTIVES) <= 0.0:
        raise ValueError(
            f"{MOTIVES[0]}=0 leaves nobody with a motive: at least one of {', '.join(MOTIVES)} has to be above 0"
        )
    return filled


def _check_words(host: Host) -> None:
    """Refuse a policy or a schedule that is not registered. A word in a file never loads code."""
    if host.policy not in POLICIES:
        raise ValueError(
            f"policy={host.policy} is not a host policy: {', '.join(sorted(POLICIES))} "
            "(a class of your own is named on the command line: --policy or --plugin; docs/policies.md)"
        )
    if host.schedule not in SCHEDULES:
        listed = f"{', '.join(SCHEDULES)}{keys.hint(host.schedule, SCHEDULES)}"
        raise ValueError(f"schedule={host.schedule} is not a schedule: {listed}")
    if host.schedule == "list" and not host.schedule_list:
        raise ValueError("schedule=list needs numbers, such as host.schedule_list=[2,1,0.5]")
    if not all(0.0 <= share <= 1000.0 for share in host.schedule_list):
        raise ValueError("schedule_list is out of range: 0 to 1000 times the usual hours")


def _whole(value: Any) -> Any:
    """Return 1e6 and other whole floats as whole numbers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _off(value: Any) -> Any:
    """Return None for `off`, which YAML reads as false."""
    return None if value is False or value == "off" else value


FROM = FromDeclarations()
Whole = Annotated[int, BeforeValidator(_whole), Field(strict=True)]
Name = Annotated[str, Field(pattern=NAME)]


class Place(Closed):
    """A further venue beside the main one. Its other settings are at their declared defaults."""

    venue: Annotated[Venue, FROM] = Field(default_factory=partial(values, Venue))
    host: Annotated[Host, FROM] = Field(default_factory=partial(values, Host))


class Experiment(Closed):
    """One world that is run many times: who is in it, where, how long and how often."""

    scenario: str = Field(description="name of the scenario")
    title: str = ""
    story: str = ""
    question: str = ""
    claim: str = ""
    people: Whole = Field(ge=1, le=10_000_000, description="customers before any venue exists")
    days: Whole = Field(ge=2, le=LONGEST, description="length of a run")
    replicates: Whole = Field(ge=1, le=100_000, description="number of runs, each with its own random draws")
    seed: Whole = Field(ge=0, le=LARGEST_SEED, description="seed of all random draws")
    host_off: Annotated[Whole | Literal["auto"] | None, BeforeValidator(_off)] = Field(
        description="day on which each run splits into worlds (see fork); auto is three quarters of days, off is never"
    )
    fork: Literal["four", "six"] = Field(
        default="four", description="four worlds (host, members or both silent), or six (no top helpers; no product)"
    )
    twin: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="run each arm also without its community, to count the tickets that this saves"
    )
    record_every: Whole = Field(ge=1, le=365, description="days between two records of a series")
    log: Annotated[bool, Field(strict=True)] = Field(description="write the event log")
    workers: Whole | Literal["auto"] = Field(description="number of processes; auto is one per core")
    vectors: Annotated[str, Field(min_length=1)] = Field(
        "auto", description="declared, plausible (in turn, by replicate; so does auto) or a file"
    )
    results: Annotated[str, Field(min_length=1)] = Field(description="folder for the results")
    venue_name: Name = Field(description="name of the main venue")
    presets: dict[str, str] = Field(default_factory=dict)  # that the settings were composed of; says so, sets nothing
    population: Annotated[Population, FROM]
    venue: Annotated[Venue, FROM]
    host: Annotated[Host, FROM]
    product: Annotated[Product, FROM]
    outside: Annotated[Outside, FROM]
    venues: dict[Name, Place] = Field(default_factory=dict)
    params: Tree

    @property
    def host_off_day(self) -> int | None:
        """The day on which each run splits into worlds, or None."""
        if self.host_off == "auto":
            return max(1, min(self.days - 1, round(0.75 * self.days)))
        return self.host_off

    def settings(self) -> Settings:
        """Return the world's settings."""
        further = (Setup(name, place.venue, place.host) for name, place in self.venues.items())
        setups = (Setup(self.venue_name, self.venue, self.host), *further)
        return Settings(
            people=self.people, days=self.days, population=self.population, product=self.product,
            outside=self.outside, setups=setups, parameters=dict(self.params),
            record_every=self.record_every, log=self.log,
        )  # fmt: skip

    def tree(self) -> Tree:
        """Return everything as nested dictionaries of plain values, with `auto` replaced by its value."""
        tree: Tree = {name: getattr(self, name) for name in TOP} | {"host_off": self.host_off_day}
        tree["presets"] = dict(self.presets)
        tree |= {group: keys.plain(getattr(self, group)) for group in keys.LEVERS}
        tree["venues"] = {
            name: {"venue": keys.plain(place.venue), "host": keys.plain(place.host)}
            for name, place in self.venues.items()
        }
        return tree | {"params": {name: keys.plain(block) for name, block in self.params.items()}}


TOP = tuple(name for name in Experiment.model_fields if name not in {*keys.LEVERS, "venues", "params", "presets"})
_blocks: dict[str, Any] = {name: (Annotated[block, FROM], ...) for name, block in BLOCKS.items()}
Params = create_model("Params", __base__=Closed, **_blocks)


def experiment(tree: Tree) -> Experiment:
    """Check a tree of plain values. A `SettingsError` has a line for each one that is unknown or not possible."""
    settings = {name: value for name, value in tree.items() if name != "presets"}
    refuse_if_any(keys.unknown(key, frozenset(TOP)) for key, _ in keys.flat(settings))
    params, wrong = _params(tree.get("params", {}))
    try:
        made = Experiment.model_validate(tree | {"params": params})
    except ValidationError as error:
        raise SettingsError(*wrong, *(messages.line(detail, bounds()) for detail in error.errors())) from None
    refuse_if_any(wrong + _conflicts(made))
    return made


def _params(tree: Tree) -> tuple[Tree, list[str]]:
    """Return the mechanisms' blocks, and a line for each number among them that is wrong."""
    try:
        return dict(Params.model_validate(tree)), []
    except ValidationError as error:
        return {}, [messages.line(detail, {}, above="params") for detail in error.errors()]


def _conflicts(made: Experiment) -> list[str]:
    """Return what is wrong with combinations of values that are each possible."""
    lines = []
    day = made.host_off_day
    if day is not None and not 1 <= day < made.days:
        lines.append(f"host_off={day} is out of range: 1 to {made.days - 1} (days={made.days}), auto or off")
    if made.venue_name in made.venues:
        lines.append(f"venues.{made.venue_name} is the main venue: its settings are venue. and host.")
    lines += _places(made)
    if isinstance(made.workers, int) and not 1 <= made.workers <= 1024:
        lines.append(f"workers={made.workers} is out of range: 1 to 1024, or auto")
    return lines


def _places(made: Experiment) -> list[str]:
    """Return what is wrong with who owns the places and where their members are called to."""
    places = {"": made.venue, **{f"venues.{name}.": place.venue for name, place in made.venues.items()}}
    names, lines = (made.venue_name, *made.venues), []
    for above, venue in places.items():
        own = above.split(".")[1] if above else made.venue_name
        if venue.turns < NO_DAY and venue.owner != LANDLORD:
            lines.append(f"{above}venue.turns needs a landlord (venue.owner=landlord); the owner is {venue.owner}")
        if venue.moves_to and (venue.moves_to not in names or venue.moves_to == own):
            others = ", ".join(name for name in names if name != own) or "there is none (venues.NAME.venue...)"
            lines.append(f"{above}venue.moves_to={venue.moves_to} is no other venue: {others}")
        if venue.call > 0.0 and not venue.moves_to:
            lines.append(f"{above}venue.call needs a venue to go to (venue.moves_to=NAME)")
        if venue.closes < NO_DAY and venue.closes <= venue.opens:
            lines.append(f"{above}venue.closes={venue.closes:g} is not after its opening ({venue.opens:g})")
    return lines


@cache
def bounds() -> dict[str, str]:
    """Return the ranges, in words, of the settings that belong to no group."""
    found = {}
    for name, field in Experiment.model_fields.items():
        rules = {side: getattr(rule, side) for rule in field.metadata for side in ("ge", "le") if hasattr(rule, side)}
        if len(rules) == 2:
            found[name] = f"{rules['ge']} to {rules['le']}"
    return found
