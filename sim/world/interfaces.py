"""What a mechanism may use of a world and of a venue.

`AnyWorld` and `AnyVenue` are what the compiled world and the plain one have in common. Mechanisms that work on whole
venues (hosting, listening, accounts) need no more, so they are written once for both worlds. `CompiledWorld` and
`CompiledVenue` add the tables that kernels work on. A mechanism depends on these interfaces, never on a world itself.
"""

from typing import Any, Protocol

import numpy as np

from sim.world.state import Column, Rows


class AnyVenue(Protocol):
    """A venue: its current state (`now`), what has happened so far (`tally`), and its host."""

    index: int
    name: str
    levers: Any  # a `levers.Venue`
    archive: Any  # answered questions per facet
    host: Any  # a `hosting.HostDesk`
    now: Any
    tally: Any
    tally_before: Any

    def flows_today(self, flow: int) -> float:
        """Return how much of a flow today has brought so far."""

    def day_of_flows(self) -> list[float]:
        """Return how much of each flow today has brought."""

    def questions_today(self) -> list[int]:
        """Return the number of today's questions per facet."""

    def criticism_today(self) -> list[int]:
        """Return the number of today's criticisms per facet."""

    def proposer(self, facet: int) -> int:
        """Return the first person to criticise a facet since the last release, or `NOBODY`."""

    def critics_of(self, facet: int) -> list[int]:
        """Return those who criticised a facet since the last release, and can still be read."""

    def close_day(self) -> None:
        """Turn today's counts into yesterday's."""

    def publish_seed(self, day: int, slot: int, key: np.uint64, appeal_spread: float) -> int:
        """Open a thread by the host, and return its row."""


class AnyWorld(Protocol):
    """A world: its settings, its clock, its product and its venues."""

    day: int
    settings: Any
    parameters: dict[str, Any]
    keys: dict[str, np.uint64]
    product: Any
    venues: Any
    people: Any  # a table, or a list of agents

    def person(self, person: int) -> Any:
        """Return a window on a person."""

    def life(self, person: int) -> Any:
        """Return a window on what only some worlds need of a person."""

    def standing(self, venue: int, person: int) -> Any:
        """Return a window on what only some worlds need of a membership."""

    def note(self, kind: int, actor: int, target: int = -1, venue: int = -1, thread: int = -1, cause: int = 0) -> None:
        """Write into the event log, if there is one."""


class CompiledVenue(AnyVenue, Protocol):
    """A venue of the compiled world: its tables, and today's visitors."""

    memberships: Rows
    standings: Rows
    alarm: Column
    bonds: Rows
    threads: Rows
    answers: Rows
    voices: Rows
    visitors: Column
    plates: Column  # what each of today's visitors was given, shape `(visitors, CELLS)`
    everybody: Column

    @property
    def table(self) -> Rows:
        """The current state, as a table of one row for kernels."""


class CompiledWorld(AnyWorld, Protocol):
    """The compiled world: the table of people, and who knows whom."""

    people: Rows
    lives: Rows
    need_day: Column
    memberships: Rows
    standings: Rows
    alarm: Column
    ties_start: Column
    ties_partner: Column
    everybody: Column
    log: Rows
    fit_reached: int | None
