"""The Mesa door: `CommunityModel` is a `mesa.Model` around a `World`, with its people as light windows on rows.

People live in arrays, so that a day costs microseconds; `model.agents` reads like Mesa's `AgentSet` but holds row
numbers only. A window (`Person`) is made when somebody looks and forgotten afterwards. For the same world with a true
`mesa.Agent` a person, read `sim.plain`.
"""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, overload

import mesa
import numpy as np

from sim.world import census
from sim.world.levers import SCHEDULES, Host, Population, Product, Venue
from sim.world.measures import SERIES
from sim.world.parameters import Param
from sim.world.state import MEMBERSHIP, MOTIVES, PERSON, Column
from sim.world.world import Settings, VenueState, World

REPORTERS = ("day", *SERIES, "answered_share", "active_host_on")
LARGEST_SEED = 2**53
# Levels that fade, and the name of their life in `memory.Parameters`.
FADING = {name: name for name in ("belonging", "contacts", "recognition", "ads", "disappointment")} | {
    "asking": "role",
    "helping": "role",
}


class CommunityModel(mesa.Model):
    """A community that lives day by day; one step is one day.

    Every lever is a keyword; `None` leaves it as `settings` say. Ranges are those of `sim.world.levers`.

    Parameters
    ----------
    people, days
        Customers before any venue exists, and the horizon: on that day `running` turns false.
    host_silent_from
        The day from which no host does anything. A twin with the host on then goes along, and `active_host_on` is its
        number of active members: what holds when the host lets go stands beside what would have been.
    settings
        All the rest: further venues, the rules' numbers, the length between records.
    seed, rng
        The run's number, under either of Mesa's names: `CommunityModel(rng=7)` lives as `World(Settings(), 7)` does.

    Raises
    ------
    ValueError
        If a lever is out of its range, or both `seed` and `rng` are given.

    Notes
    -----
    The data collector has a row a day, written in the evening: its first row is day 1. `mesa.batch_run` stops at the
    horizon, so give it `max_steps=days` at least; with fewer, Mesa 3.3 runs one day more than it is told.
    Seeds go into `parameters={"rng": [1, 2, 3]}` on Mesa 3.3 and into `batch_run(rng=[1, 2, 3])` from 3.5 on.

    Examples
    --------
    >>> model = CommunityModel(people=300, days=60, host_replies=0.8, rng=7)
    >>> model.run_model()
    >>> model.day, model.running
    (60, False)
    >>> frame = model.datacollector.get_model_vars_dataframe()
    >>> len(frame), bool(frame.active.iloc[-1] == model.active)
    (60, True)
    >>> talkers = model.agents.select(lambda person: person.contributions > 0)
    >>> len(talkers) == model.agents.count(lambda person: person.contributions > 0)
    True
    """

    # The headline series, as the census reads them off every evening.
    members: float
    active: float
    lurkers: float
    askers: float
    helpers: float
    champions: float
    dormant: float
    customers: float
    belonging: float
    trust: float
    interest: float
    bonds: float
    fit: float
    archive: float
    host_share: float

    def __init__(
        self,
        people: int | None = None,
        days: int | None = None,
        *,
        host_replies: float | None = None,
        host_seeding: float | None = None,
        host_awards: float | None = None,
        host_broadcasts: float | None = None,
        host_promo: float | None = None,
        host_listening: float | None = None,
        host_promises: float | None = None,
        host_exec_visits: float | None = None,
        host_onboarding: float | None = None,
        host_tone: float | None = None,
        host_hours: float | None = None,
        host_schedule: str | None = None,
        host_starts: float | None = None,
        ad_load: float | None = None,
        talk: float | None = None,
        posting: float | None = None,
        earning: float | None = None,
        display: float | None = None,
        points: float | None = None,
        mission: float | None = None,
        marketing: float | None = None,
        launch: float | None = None,
        latent_ties: float | None = None,
        strangers: float | None = None,
        need_rate: float | None = None,
        product_fit: float | None = None,
        product_drift: float | None = None,
        product_fixes: float | None = None,
        host_silent_from: int | None = None,
        settings: Settings | None = None,
        seed: Any = None,
        rng: Any = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in LEVERS and value is not None}
        number = run_number(seed, rng)
        super().__init__(rng=number)
        base = settings or Settings()
        base = base._replace(people=people or base.people, days=days or base.days)
        self.seed_number, self.host_silent_from = number, host_silent_from
        self.datacollector = mesa.DataCollector(model_reporters={name: name for name in REPORTERS})
        self.hosted: World | None = None
        self.world = World(with_levers(base, given), number)
        self._roles: tuple[int, Column] = (-1, np.empty(0))  # read off once a day, on demand
        self._read()

    @property
    def day(self) -> int:
        """Days lived."""
        return self.world.day

    @property
    def days(self) -> int:
        """The horizon."""
        return self.world.settings.days

    @property
    def answered_share(self) -> float:
        """Share of the recent questions that got a reply."""
        return float(self.world.venues[0].now.answered_share)

    @property
    def active_host_on(self) -> float:
        """Active members of the twin whose host stayed; NaN while the host is at work here, too."""
        return _active(self.hosted) if self.hosted else float("nan")

    @property
    def roles(self) -> Column:
        """Everybody's role in the main venue, as an index of `census.ROLES`, shape `(n_people,)`."""
        if self._roles[0] != self.day:
            memory, definitions = (self.world.parameters[name] for name in ("memory", "census"))
            found = census.roles(self.world.venues[0].memberships, self.day, memory, definitions)
            self._roles = (self.day, found)
        return self._roles[1]

    @property
    def agents(self) -> "People":
        """Everybody, strangers included, in the order of the rows."""
        return People(self, range(len(self.world.people)))

    @property
    def agent_types(self) -> list[type]:
        """The one kind of agent there is."""
        return [Person]

    @property
    def agents_by_type(self) -> dict[type, "People"]:
        """Everybody, under the one kind of agent there is."""
        return {Person: self.agents}

    def step(self) -> None:
        """Live one day; after the horizon, nothing happens any more."""
        if not self.running:
            return
        if self.day == self.host_silent_from:
            self.silence_host()
        self.world.step()
        if self.hosted:
            self.hosted.step()
        self._read()
        self.datacollector.collect(self)

    def silence_host(self) -> None:
        """Let no host do anything from now on, and let a twin go along in which the hosts stay."""
        if self.hosted is None:
            self.hosted, self.host_silent_from = self.world.fork(), self.day
            self.world.silence_hosts()

    def change(self, **levers: Any) -> None:
        """Go on under other levers, named as in the constructor. People and their past stay.

        Raises
        ------
        ValueError
            If a lever is unknown or out of its range.
        """
        for world in (self.world, self.hosted):
            if world:
                world.change(with_levers(world.settings, levers))

    def fork(self) -> "CommunityModel":
        """Return a twin: the same state, and the same draws from here on."""
        twin = type(self).__new__(type(self))
        mesa.Model.__init__(twin, rng=self.seed_number)
        twin.running = False
        for _ in range(self.steps):
            twin.step()  # nothing but Mesa's clock moves, as nothing is running
        twin.seed_number, twin.host_silent_from = self.seed_number, self.host_silent_from
        twin.world, twin.hosted = self.world.fork(), self.hosted.fork() if self.hosted else None
        twin.random, twin.rng, twin.datacollector = copy.deepcopy((self.random, self.rng, self.datacollector))
        twin._roles = (-1, np.empty(0))
        twin._read()
        return twin

    def _read(self) -> None:
        """Read the census off the world."""
        for name, value in census.stocks(self.world, self.world.venues[0]).items():
            setattr(self, name, float(value))
        self.running = self.day < self.days
        if not self.running:
            self.world.record()


def _active(world: World) -> float:
    return float(census.stocks(world, world.venues[0])["active"])


# -- Levers -----------------------------------------------------------------------------------------------------------


class Lever(NamedTuple):
    """Where a flat keyword lives in the settings, and its declaration (`None` for words)."""

    group: str
    field: str
    declared: Param | None


def _levers() -> dict[str, Lever]:
    blocks: tuple[tuple[str, str, Any], ...] = (
        ("population", "", Population), ("venue", "", Venue), ("host", "host_", Host), ("product", "product_", Product),
    )  # fmt: skip
    return {
        prefix + name: Lever(group, name, default if isinstance(default, Param) else None)
        for group, prefix, block in blocks
        for name, default in block._field_defaults.items()
    }


LEVERS = _levers()


def with_levers(settings: Settings, levers: dict[str, Any]) -> Settings:
    """Return the settings under these levers; those of venue and host are the main venue's.

    Raises
    ------
    ValueError
        If a lever is unknown or out of its range.
    """
    main = settings.setups[0]
    for name, value in levers.items():
        group, field, declared = known(name)
        value = checked(name, value, declared)
        if group in ("venue", "host"):
            main = main._replace(**{group: getattr(main, group)._replace(**{field: value})})
        else:
            settings = settings._replace(**{group: getattr(settings, group)._replace(**{field: value})})
    return settings._replace(setups=(main, *settings.setups[1:]))


def known(name: str) -> Lever:
    """Return a lever by its flat name."""
    if name not in LEVERS:
        raise ValueError(f"{name} is not a lever; there are {', '.join(LEVERS)}")
    return LEVERS[name]


def checked(name: str, value: Any, declared: Param | None) -> Any:
    """Return a lever's value as the world wants it: a bare float, or a registered word."""
    if declared is None:
        if name == "host_schedule" and value not in SCHEDULES:
            raise ValueError(f"host_schedule={value} is not a schedule: {', '.join(SCHEDULES)}")
        return value
    if not declared.low <= value <= declared.high:
        raise ValueError(f"{name}={value} is out of range: {declared.low:g} to {declared.high:g} {declared.unit}")
    return float(value)


def run_number(seed: Any, rng: Any) -> int:
    """Return the one number that names a run, from whatever Mesa takes for a seed."""
    if seed is not None and rng is not None:
        raise ValueError("give seed or rng, not both")
    source = rng if seed is None else seed
    if isinstance(source, (int, np.integer)) and not isinstance(source, bool):
        return int(source)
    return int(np.random.default_rng(source).integers(LARGEST_SEED))


# -- People -----------------------------------------------------------------------------------------------------------


class Membership(NamedTuple):
    """What a person is in one venue, as of the moment of asking."""

    venue: str
    role: str
    joined: int
    visits: int
    questions: int
    talks: int
    answers: int
    belonging: float
    bonds: dict[int, float]  # strength by partner


class Person:
    """A window on one person's rows. It reads, and never writes.

    Besides the properties below, every column of `state.PERSON` and, for the main venue, of `state.MEMBERSHIP` is an
    attribute: `person.trust`, `person.expertise`, `person.visits`, `person.answers`. Levels that fade, such as
    `person.belonging`, are as of today.
    """

    __slots__ = ("model", "unique_id")

    def __init__(self, model: CommunityModel, unique_id: int) -> None:
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "unique_id", unique_id)

    model: CommunityModel
    unique_id: int

    def __getattr__(self, name: str) -> Any:
        if name in Person.__slots__ or name.startswith("_"):
            raise AttributeError(name)  # not filled yet: somebody copies or unpickles us
        return reading(self.model, name, self.unique_id)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a person is a window to read through; what happens to people happens in the world")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Person) and (self.model, self.unique_id) == (other.model, other.unique_id)

    def __hash__(self) -> int:
        return hash((id(self.model), self.unique_id))

    def __repr__(self) -> str:
        return f"Person({self.unique_id}, {self.role})"

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *sorted(NAMES)]

    @property
    def motives(self) -> dict[str, float]:
        """What she comes for: shares, by the names of `state.MOTIVES`."""
        row = self.model.world.people[self.unique_id]
        return {name: float(row[name]) for name in MOTIVES}

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """The venues that she knows from inside, those she left included."""
        told = (_membership(self.model, venue, self.unique_id) for venue in self.model.world.venues)
        return tuple(membership for membership in told if membership.role != census.ROLES[census.NO_MEMBER])

    @property
    def bonds(self) -> dict[int, float]:
        """Strength of each bond that would be missed, by partner, in the main venue."""
        return _bonds(self.model, self.model.world.venues[0], self.unique_id)

    @property
    def acquaintances(self) -> tuple[int, ...]:
        """Those whom she knew before any venue."""
        start = self.model.world.ties_start
        partners = self.model.world.ties_partner[start[self.unique_id] : start[self.unique_id + 1]]
        return tuple(int(partner) for partner in partners)


NAMES = frozenset({"role", "contributions", *(PERSON.names or ()), *(MEMBERSHIP.names or ())})


def reading(model: CommunityModel, name: str, rows: Any) -> Any:
    """Return what people are like today: a plain value for one row, a column for several.

    Raises
    ------
    AttributeError
        If nothing of that name is known about a person.
    """
    m, world = model.world.venues[0].memberships, model.world
    if name == "role":
        found = np.array(census.ROLES)[model.roles[rows]]
    elif name == "contributions":
        found = m["questions"][rows] + m["talks"][rows] + m["answers"][rows]
    elif name in FADING:
        found = faded(m[name][rows], m["stamp"][rows], model.day, getattr(world.parameters["memory"], FADING[name]))
    elif name in (MEMBERSHIP.names or ()):
        found = m[name][rows]
    elif name in (PERSON.names or ()):
        found = world.people[name][rows]
    else:
        raise AttributeError(f"nothing called {name} is known about a person")
    return found.item() if np.ndim(found) == 0 else found


def faded(level: Any, stamp: Any, day: int, life: float) -> Any:
    """Return what is left today of levels as of the day `stamp`: `memory.faded`, for columns."""
    return level * np.exp((np.asarray(stamp, float) - day) / life)


def _membership(model: CommunityModel, venue: VenueState, person: int) -> Membership:
    row, day = venue.memberships[person], model.day
    memory, definitions = (model.world.parameters[name] for name in ("memory", "census"))
    role = int(census.roles(venue.memberships[person : person + 1], day, memory, definitions)[0])
    return Membership(
        venue=venue.name, role=census.ROLES[role], joined=int(row["joined"]), visits=int(row["visits"]),
        questions=int(row["questions"]), talks=int(row["talks"]), answers=int(row["answers"]),
        belonging=float(faded(row["belonging"], row["stamp"], day, memory.belonging)),
        bonds=_bonds(model, venue, person),
    )  # fmt: skip


def _bonds(model: CommunityModel, venue: VenueState, person: int) -> dict[int, float]:
    slots = venue.bonds[person]
    strength = faded(slots["strength"], slots["stamp"], model.day, model.world.parameters["bonding"].life)
    kept = strength >= model.world.parameters["census"].bond
    return dict(zip(slots["partner"][kept].tolist(), strength[kept].tolist(), strict=True))


class People(Sequence[Person]):
    """Some of a model's people, in an order. It reads like Mesa's `AgentSet`, and holds row numbers only.

    What would change the set or write into people is left out: `add`, `remove`, `set`.
    """

    __slots__ = ("model", "rows")

    def __init__(self, model: CommunityModel, rows: Sequence[int] | Column) -> None:
        self.model, self.rows = model, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Person]:
        return (Person(self.model, int(row)) for row in self.rows)

    @overload
    def __getitem__(self, item: int) -> Person: ...
    @overload
    def __getitem__(self, item: slice) -> list[Person]: ...
    def __getitem__(self, item: int | slice) -> Person | list[Person]:
        if isinstance(item, slice):
            return list(People(self.model, self.rows[item]))
        return Person(self.model, int(self.rows[item]))

    def __contains__(self, person: object) -> bool:
        return isinstance(person, Person) and person.model is self.model and person.unique_id in self.rows

    def __repr__(self) -> str:
        return f"<People: {len(self)}>"

    def where(self, wanted: Column) -> "People":
        """Return those for whom `wanted`, a column of truth values for everybody here, holds: fast, for many people."""
        return People(self.model, np.asarray(self.rows)[np.asarray(wanted, bool)])

    def select(
        self,
        filter_func: Callable[[Person], bool] | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> "People":
        """Return those who pass, the first `at_most` of them (below 1 a share, as in Mesa)."""
        most = int(len(self) * at_most) if at_most <= 1.0 and isinstance(at_most, float) else at_most
        rows: list[int] = []
        for person in self if agent_type is None or issubclass(Person, agent_type) else ():
            if len(rows) >= most:
                break
            if filter_func is None or filter_func(person):
                rows.append(person.unique_id)
        return self._placed(rows, inplace)

    def sort(self, key: Callable[[Person], Any] | str, ascending: bool = False, inplace: bool = False) -> "People":
        """Return everybody here in order of a key or an attribute; descending unless told otherwise, as in Mesa."""
        keys = self.get(key) if isinstance(key, str) else [key(person) for person in self]
        order = sorted(range(len(self)), key=keys.__getitem__, reverse=not ascending)
        return self._placed([int(self.rows[place]) for place in order], inplace)

    def shuffle(self, inplace: bool = False) -> "People":
        """Return everybody here in an order of chance. The world's own draws are not touched by that."""
        rows = [int(row) for row in self.rows]
        self.model.random.shuffle(rows)
        return self._placed(rows, inplace)

    def _placed(self, rows: list[int], inplace: bool) -> "People":
        if not inplace:
            return People(self.model, rows)
        self.rows = rows
        return self

    @overload
    def get(self, attr_names: str, handle_missing: str = ..., default_value: Any = ...) -> list[Any]: ...
    @overload
    def get(self, attr_names: list[str], handle_missing: str = ..., default_value: Any = ...) -> list[list[Any]]: ...
    def get(
        self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None
    ) -> list[Any] | list[list[Any]]:
        """Return an attribute of everybody here, or a list of several for each."""
        if isinstance(attr_names, str):
            return self._column(attr_names, handle_missing, default_value)
        columns = [self._column(name, handle_missing, default_value) for name in attr_names]
        return [list(row) for row in zip(*columns, strict=True)]

    def _column(self, name: str, handle_missing: str, default_value: Any) -> list[Any]:
        if name in NAMES:
            return list(reading(self.model, name, np.asarray(self.rows, int)).tolist())
        if handle_missing == "default":
            return [getattr(person, name, default_value) for person in self]
        return [getattr(person, name) for person in self]

    def agg(self, attribute: str, func: Callable[[list[Any]], Any] | Iterable[Callable[[list[Any]], Any]]) -> Any:
        """Return one number (or a list of them) made from an attribute of everybody here."""
        values = self.get(attribute)
        return func(values) if callable(func) else [one(values) for one in func]

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return what a function, or a method by name, says of everybody here."""
        if isinstance(method, str):
            return [getattr(person, method)(*args, **kwargs) for person in self]
        return [method(person, *args, **kwargs) for person in self]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> "People":
        """Call a function on everybody here, and return the set."""
        self.map(method, *args, **kwargs)
        return self

    def groupby(self, by: str | Callable[[Person], Any]) -> "dict[Any, People]":
        """Return those who share a value, by that value."""
        values = self.get(by) if isinstance(by, str) else self.map(by)
        groups: dict[Any, list[int]] = {}
        for value, row in zip(values, self.rows, strict=True):
            groups.setdefault(value, []).append(int(row))
        return {value: People(self.model, rows) for value, rows in groups.items()}

    def count(self, value: Any = None) -> int:
        """Return how many there are, for whom a function holds, or how often a person is among them."""
        if value is None:
            return len(self)
        return sum(map(value, self)) if callable(value) else int(value in self)
