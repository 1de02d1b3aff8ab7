"""The people of a `CommunityModel`, as Mesa's users know agents: light windows on rows, and sets of them.

`model.agents` reads as Mesa's `AgentSet` does but holds row numbers only. A window (`Person`) is made when somebody
looks and forgotten afterwards. People cannot be written to, added or removed here: what happens to them happens in the
world. Methods of `AgentSet` that would do so raise `NotImplementedError`, which says what to use instead.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence, Set
from random import Random
from typing import Any, NamedTuple, NoReturn, Protocol, overload

import numpy as np

from sim.world import census
from sim.world.mechanisms.memory import all_faded
from sim.world.state import MEMBERSHIP, MOTIVES, PERSON, Column
from sim.world.world import VenueState, World

try:
    from mesa.agentset import GroupBy as MesaGroupBy  # from Mesa 3.5 on
except ImportError:
    from mesa.agent import GroupBy as MesaGroupBy

# Levels that fade, and the name of their life in `memory.Parameters`.
FADING = {name: name for name in ("belonging", "contacts", "recognition", "ads", "disappointment")} | {
    "asking": "role",
    "helping": "role",
}
NAMES = frozenset({"role", "contributions", *(PERSON.names or ()), *(MEMBERSHIP.names or ())})
OF_AN_AGENT = ("step", "advance", "remove")  # what a `mesa.Agent` can do by itself
WRITING = "people are read-only: model.change() moves levers, and sim.world.treatment acts on somebody in model.world"
CHOOSING = "the world decides who there is: select, where, &, | and - return another set"


def refused(name: str, instead: str) -> Callable[..., NoReturn]:
    """Return a method that only says that it is not offered, and what to use instead."""

    def method(*_: Any, **__: Any) -> NoReturn:
        raise NotImplementedError(f"{name} is not offered: {instead}")

    method.__name__, method.__doc__ = name, f"Not offered: {instead}."
    return method


class Model(Protocol):
    """What windows need of their model."""

    world: World
    random: Random

    @property
    def day(self) -> int:
        """Days lived."""

    @property
    def roles(self) -> Column:
        """Everybody's role in the main venue."""


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

    def __init__(self, model: Model, unique_id: int) -> None:
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "unique_id", unique_id)

    model: Model
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
        """What the person comes for: shares, by the names of `state.MOTIVES`."""
        row = self.model.world.people[self.unique_id]
        return {name: float(row[name]) for name in MOTIVES}

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """The venues that the person knows from inside, those that they left included."""
        found = (_membership(self.model, venue, self.unique_id) for venue in self.model.world.venues)
        return tuple(membership for membership in found if membership.role != census.ROLES[census.NO_MEMBER])

    @property
    def bonds(self) -> dict[int, float]:
        """Strength of each bond that would be missed, by partner, in the main venue."""
        return _bonds(self.model, self.model.world.venues[0], self.unique_id)

    @property
    def acquaintances(self) -> tuple[int, ...]:
        """Those whom the person knew before any venue."""
        start = self.model.world.ties_start
        partners = self.model.world.ties_partner[start[self.unique_id] : start[self.unique_id + 1]]
        return tuple(int(partner) for partner in partners)


def reading(model: Model, name: str, rows: Any) -> Any:
    """Return what people are like today: a plain value for one row, a column for several."""
    m, world = model.world.venues[0].memberships, model.world
    if name == "role":
        found = np.array(census.ROLES)[model.roles[rows]]
    elif name == "contributions":
        found = m["questions"][rows] + m["talks"][rows] + m["answers"][rows]
    elif name in FADING:
        found = all_faded(m[name][rows], m["stamp"][rows], model.day, getattr(world.parameters["memory"], FADING[name]))
    elif name in (MEMBERSHIP.names or ()):
        found = m[name][rows]
    elif name in (PERSON.names or ()):
        found = world.people[name][rows]
    elif name in OF_AN_AGENT:
        raise AttributeError(f"people have no {name}() of their own: model.step() lets everybody live a day")
    else:
        raise AttributeError(f"nothing called {name} is known about a person")
    return found.item() if np.ndim(found) == 0 else found


def _membership(model: Model, venue: VenueState, person: int) -> Membership:
    row, day = venue.memberships[person], model.day
    memory, definitions = (model.world.parameters[name] for name in ("memory", "census"))
    role = int(census.roles(venue.memberships[person : person + 1], day, memory, definitions)[0])
    return Membership(
        venue=venue.name, role=census.ROLES[role], joined=int(row["joined"]), visits=int(row["visits"]),
        questions=int(row["questions"]), talks=int(row["talks"]), answers=int(row["answers"]),
        belonging=float(all_faded(row["belonging"], row["stamp"], day, memory.belonging)),
        bonds=_bonds(model, venue, person),
    )  # fmt: skip


def _bonds(model: Model, venue: VenueState, person: int) -> dict[int, float]:
    slots = venue.bonds[person]
    strength = all_faded(slots["strength"], slots["stamp"], model.day, model.world.parameters["bonding"].life)
    kept = strength >= model.world.parameters["census"].bond
    return dict(zip(slots["partner"][kept].tolist(), strength[kept].tolist(), strict=True))


class People(Set[Person], Sequence[Person]):
    """Some of a model's people, in an order. It reads as Mesa's `AgentSet` does, and holds row numbers only."""

    __slots__ = ("_known", "model", "rows")

    def __init__(self, model: Model, rows: Sequence[int] | Column) -> None:
        self.model, self.rows = model, rows
        self._known: Container[int] | None = None

    set = refused("set", WRITING)
    add, discard, remove = refused("add", CHOOSING), refused("discard", CHOOSING), refused("remove", CHOOSING)
    pop, clear = refused("pop", CHOOSING), refused("clear", CHOOSING)
    __ior__, __iand__ = refused("|=", CHOOSING), refused("&=", CHOOSING)
    __ixor__, __isub__ = refused("^=", CHOOSING), refused("-=", CHOOSING)

    @property
    def random(self) -> Random:
        """The model's generator, which orders by chance. The world's own draws are others."""
        return self.model.random

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
        if self._known is None:
            self._known = self.rows if isinstance(self.rows, range) else frozenset(map(int, self.rows))
        return isinstance(person, Person) and person.model is self.model and person.unique_id in self._known

    def __repr__(self) -> str:
        return f"<People: {len(self)}>"

    def _from_iterable(self, people: Iterable[Any]) -> "People":  # type: ignore[override]  # a set needs its model
        """Return a set of these people, each once: what `&`, `|`, `-` and `^` make."""
        found = dict.fromkeys(people)
        if not all(isinstance(person, Person) and person.model is self.model for person in found):
            raise TypeError("sets of people combine with people of the same model only")
        return People(self.model, [person.unique_id for person in found])

    def to_list(self) -> list[Person]:
        """Return everybody here as a list."""
        return list(self)

    def copy(self) -> "People":
        """Return a set of the same people, to sort or shuffle in place."""
        return People(self.model, self.rows)

    def where(self, wanted: Column) -> "People":
        """Return those for whom `wanted`, a column of truth values for everybody here, holds: fast, for many people."""
        return People(self.model, np.asarray(self.rows)[np.asarray(wanted, bool)])

    def select(
        self, filter_func: Callable[[Person], bool] | None = None, at_most: float = float("inf"),
        inplace: bool = False, agent_type: type | None = None,
    ) -> "People":  # fmt: skip
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
        """Return everybody here in order of a key or an attribute; descending by default, as in Mesa."""
        keys = self.get(key) if isinstance(key, str) else [key(person) for person in self]
        order = sorted(range(len(self)), key=keys.__getitem__, reverse=not ascending)
        return self._placed([int(self.rows[place]) for place in order], inplace)

    def shuffle(self, inplace: bool = False) -> "People":
        """Return everybody here in an order of chance."""
        rows = [int(row) for row in self.rows]
        self.random.shuffle(rows)
        return self._placed(rows, inplace)

    def _placed(self, rows: list[int], inplace: bool) -> "People":
        if not inplace:
            return People(self.model, rows)
        self.rows, self._known = rows, None
        return self

    def get(self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None) -> list[Any]:
        """Return an attribute of everybody here, or a list of several for each."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing={handle_missing!r} is neither 'error' nor 'default'")
        if isinstance(attr_names, str):
            return self._column(attr_names, handle_missing, default_value)
        columns = [self._column(name, handle_missing, default_value) for name in attr_names]
        return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in self.rows]

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

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> "People":
        """Call a function on everybody here in an order of chance, and return the set as it was."""
        self.shuffle().map(method, *args, **kwargs)
        return self

    def groupby(self, by: str | Callable[[Person], Any], result_type: str = "agentset") -> "GroupBy":
        """Return those who share a value, by that value: as sets, or with `result_type="list"` as lists."""
        if result_type not in ("agentset", "list"):
            raise ValueError(f"result_type={result_type!r} is neither 'agentset' nor 'list'")
        groups: dict[Any, list[int]] = {}
        for value, row in zip(self.get(by) if isinstance(by, str) else self.map(by), self.rows, strict=True):
            groups.setdefault(value, []).append(int(row))
        sets = {value: People(self.model, rows) for value, rows in groups.items()}
        return GroupBy(sets if result_type == "agentset" else {value: list(people) for value, people in sets.items()})

    def count(self, value: Any = None) -> int:
        """Return how many there are, for whom a function holds, or how often a person is among them."""
        if value is None:
            return len(self)
        return sum(map(value, self)) if callable(value) else int(value in self)


class GroupBy(MesaGroupBy):
    """Groups of people: Mesa's own, with `groups[value]` for one of them."""

    groups: dict[Any, Any]

    def __getitem__(self, value: Any) -> Any:
        return self.groups[value]

    def agg(self, attr_name: str, func: Callable[[list[Any]], Any]) -> dict[Any, Any]:
        """Return what a function makes of an attribute's values in each group."""
        if not all(isinstance(group, People) for group in self.groups.values()):
            return dict(super().agg(attr_name, func))
        return {value: group.agg(attr_name, func) for value, group in self.groups.items()}
