"""The world: people, venues and a product that live day by day, in the order of `day.py`.

Two worlds with the same seed share people and draws. They differ only in what their settings change.
"""

import copy
import math
from typing import Any, NamedTuple

import numpy as np

from sim.world import census, events, state, systems, tally
from sim.world.day import BLOCKS, DAY
from sim.world.draws import keys
from sim.world.levers import Outside, Population, Product, Setup, Venue
from sim.world.measures import SERIES
from sim.world.mechanisms import answering, asking, leaving, listening, population, visit
from sim.world.mechanisms.accounts import give_get
from sim.world.mechanisms.hosting import HostDesk
from sim.world.mechanisms.memory import all_faded
from sim.world.parameters import values
from sim.world.state import FACETS, MOTIVES, NEVER, NOBODY, Column, Rows, Wall, grown, rows, window

RULES = tuple(name for name in Venue._fields if name in (state.NOW.names or ()))  # those that are numbers
LIVES = {"identity": "belonging", "recognition": "lasting"}  # levels that fade as another one does
# A stock is called `bonds` too, so the flow of new ones has another name in the series.
FLOW_NAMES = tuple("new_bonds" if name == "bonds" else name for name in tally.NAMES)


def default_parameters() -> dict[str, Any]:
    """Return every mechanism's parameters at their declared defaults."""
    return {name: values(block) for name, block in BLOCKS.items()}


class Settings(NamedTuple):
    """Everything that defines a world, except its seed."""

    people: int = 2000
    days: int = 730
    population: Population = values(Population)
    product: Product = values(Product)
    outside: Outside = values(Outside)
    setups: tuple[Setup, ...] = (Setup(),)
    parameters: dict[str, Any] = default_parameters()
    record_every: int = 7
    log: bool = False


def at_birth(settings: Settings) -> tuple[Any, ...]:
    """Return what is fixed before the first day and cannot change during a run."""
    who = (settings.people, settings.population, settings.parameters["population"])
    return (*who, settings.product.fit, len(settings.setups))


def count_by_facet(facets: Column, counted: Column) -> list[int]:
    """Return how many of the counted rows are about each facet. A day has few rows, so a list beats an array."""
    numbers = [0] * FACETS
    for facet, counts in zip(facets.tolist(), counted.tolist(), strict=True):
        numbers[facet] += counts
    return numbers


class VenueState:
    """A venue today: its members, bonds, threads and answers, and its host."""

    def __init__(self, index: int, setup: Setup, memberships: Any, standings: Any, alarm: Column) -> None:
        self.index, self.name, self.levers = index, setup.name, setup.venue
        self.host = HostDesk(setup.host)
        self.memberships, self.standings, self.alarm = memberships, standings, alarm
        n = len(memberships)
        self.bonds = rows((n, state.BOND_SLOTS), state.BOND)
        self.threads, self.answers = rows(256, state.THREAD), rows(256, state.ANSWER)
        self.voices = rows(64, state.VOICE)
        self.archive: Column = np.zeros(FACETS)
        self.now: Any = Wall.over(rows(1, state.NOW))  # the current state: rules, the host's work, impressions
        self.tally: Column = np.zeros(len(tally.NAMES))
        self.tally_before: Column = np.zeros(len(tally.NAMES))
        self.everybody = np.empty(n, np.int32)
        self.visitors, self.plates = self.everybody[:0], np.zeros((0, state.CELLS))
        self.set_rules(setup.venue)

    @property
    def table(self) -> Rows:
        """The current state, as a table of one row for kernels."""
        return self.now.table

    def set_rules(self, levers: Venue) -> None:
        """Set the venue's rules."""
        self.levers = levers
        for rule in RULES:
            setattr(self.now, rule, getattr(levers, rule))
        self.now.opens = math.ceil(levers.opens)

    def publish_seed(self, day: int, slot: int, key: np.uint64, appeal_spread: float) -> int:
        """Open a thread by the host at the start of the day, and return its row."""
        self.threads = grown(self.threads, int(self.now.threads) + 1)
        return asking.open_thread(
            self.threads, self.table, state.HOST, state.SEED, (day + slot) % FACETS, float(day), False, self.index,
            slot, key, appeal_spread,
        )  # fmt: skip

    def questions_today(self) -> list[int]:
        """Return the number of today's questions per facet."""
        new = self.threads[self.now.threads_before : self.now.threads]
        return count_by_facet(new["facet"], new["kind"] == state.QUESTION) if len(new) else [0] * FACETS

    def criticism_today(self) -> list[int]:
        """Return the number of today's criticisms per facet."""
        new = self.voices[self.now.voices_before : self.now.voices]
        return count_by_facet(new["facet"], ~new["good"] & ~new["deleted"]) if len(new) else [0] * FACETS

    def proposer(self, facet: int) -> int:
        """Return the first person to criticise a facet since the last release, or `NOBODY`."""
        since = self.voices[self.now.voices_reviewed : self.now.voices]
        bad = since["person"][~since["good"] & ~since["deleted"] & (since["facet"] == facet)]
        return int(bad[0]) if len(bad) else NOBODY

    def critics_of(self, facet: int) -> list[int]:
        """Return those who criticised a facet since the last release, and can still be read."""
        since = self.voices[self.now.voices_reviewed : self.now.voices]
        return sorted(set(since["person"][~since["good"] & ~since["deleted"] & (since["facet"] == facet)].tolist()))

    def flows_today(self, flow: int) -> float:
        """Return how much of a flow today has brought so far."""
        return float(self.tally[flow] - self.tally_before[flow])

    def day_of_flows(self) -> list[float]:
        """Return how much of each flow today has brought, in the order of `tally.NAMES`."""
        return (self.tally - self.tally_before).tolist()  # type: ignore[no-any-return]

    def close_day(self) -> None:
        """Turn today's counts into yesterday's."""
        self.tally_before[:] = self.tally
        self.now.threads_before = self.now.threads
        self.now.voices_before = self.now.voices


class World:
    """A community, or several, that lives day by day. Equal seeds give equal people and equal draws."""

    def __init__(self, settings: Settings, seed: int) -> None:
        self.settings, self.seed, self.day = settings, seed, 0
        self.parameters, self.keys = settings.parameters, keys(seed)
        birth = self.keys["birth"]
        self.people = population.born(settings.population, settings.people, birth, self.parameters["population"])
        self.ties_start, self.ties_partner = population.acquainted(self.people, settings.population, birth)
        self.product = listening.ProductState(settings.product.fit, settings.people)
        n, venues = len(self.people), len(settings.setups)
        self.need_day = np.empty(n, np.int16)
        visit.first_needs(self.people, self.need_day, self.product.fit, self.keys["need"])
        self.memberships = np.stack([state.new_memberships(n)] * venues)
        self.lives, self.standings = rows(n, state.LIFE), rows((venues, n), state.STANDING)
        self.alarm: Column = np.full((venues, n), NEVER, np.int16)
        self.everybody = np.empty(n, np.int32)
        self.log = rows(1024 if settings.log else 1, state.EVENT)
        self.fit_reached: int | None = None
        self.venues = [
            VenueState(v, setup, self.memberships[v], self.standings[v], self.alarm[v])
            for v, setup in enumerate(settings.setups)
        ]
        self._records: list[tuple[int, int, Column]] = []
        self._last_tally = [venue.tally.copy() for venue in self.venues]

    def step(self) -> None:
        """Live one day."""
        for mechanism in DAY:
            if self.settings.log:
                self._make_room_in_log()
            mechanism.step(self)
        if self.settings.log and self.log["thread"][0] >= len(self.log):
            raise RuntimeError("more events in a day than the log has room for")
        if self.fit_reached is None and self.product.mean_fit >= census.FIT_REACHED:
            self.fit_reached = self.day
        self.day += 1
        if self.day % self.settings.record_every == 0:
            self.record()

    def run(self, until: int | None = None) -> "World":
        """Live until the morning of day `until` (default: the horizon), record that day, and return the world."""
        end = self.settings.days if until is None else until
        while self.day < end:
            self.step()
        self.record()
        return self

    def fork(self) -> "World":
        """Return a copy with the same state, and the same draws from here on."""
        unchanging = (self.settings, self.parameters, self.ties_start, self.ties_partner)
        twin = copy.deepcopy(self, {id(part): part for part in unchanging})
        for venue in twin.venues:
            venue.memberships, venue.alarm = twin.memberships[venue.index], twin.alarm[venue.index]
            venue.standings = twin.standings[venue.index]
        return twin

    def silence_hosts(self) -> None:
        """Silence all hosts from now on. The venues stay open."""
        for venue in self.venues:
            venue.host.silent = True

    def silence_members(self) -> None:
        """From now on, let nobody but hosts reply or talk. Members still come, read and ask."""
        for venue in self.venues:
            venue.now.hushed = 1.0

    def silence_product(self) -> None:
        """From now on, let the product give nobody a reason to come: no needs, no releases, no posts by hosts."""
        self.need_day[:] = NEVER
        self.settings = self.settings._replace(product=self.settings.product._replace(fixes=0.0))
        for venue in self.venues:
            venue.host.take_over(venue.host.levers._replace(seeding=0.0))

    def change(self, settings: Settings) -> None:
        """Continue under other settings, in which nothing differs that is fixed before the first day."""
        if at_birth(settings) != at_birth(self.settings):
            raise ValueError("who is born, the product's first fit and the number of venues can't change during a run")
        self.settings, self.parameters = settings, settings.parameters
        for venue, setup in zip(self.venues, settings.setups, strict=True):
            venue.set_rules(setup.venue)
            if setup.host != venue.host.levers:
                venue.host.take_over(setup.host)

    def person(self, person: int) -> Any:
        """Return a view of a person."""
        return window(self.people, person)

    def membership(self, venue: int, person: int) -> Any:
        """Return a view of a person's membership in a venue."""
        return window(self.memberships[venue], person)

    def life(self, person: int) -> Any:
        """Return a view of what only some worlds need of a person."""
        return window(self.lives, person)

    def standing(self, venue: int, person: int) -> Any:
        """Return a view of what only some worlds need of a membership."""
        return window(self.standings[venue], person)

    def thread(self, venue: int, at: int) -> Any:
        """Return a view of a thread."""
        return window(self.venues[venue].threads, at)

    def reply(self, venue: int, at: int) -> Any:
        """Return a view of a reply."""
        return window(self.venues[venue].answers, at)

    def put_reply(self, venue: int, at: int, by: int, time: float) -> None:
        """Append a middling reply to a thread, which its author finds on their next visit."""
        place = self.venues[venue]
        place.answers = grown(place.answers, int(place.now.answers) + 1)
        answering.enter_reply(
            place.memberships, place.threads, place.answers, place.table, place.archive, place.tally, at, by, time,
            1.0, True, self.parameters["visit"].p_ticket,
        )  # fmt: skip

    def expel(self, venue: int, person: int) -> None:
        """End a membership by an experimenter's act."""
        place = self.venues[venue]
        leaving.leave(
            place.memberships, place.alarm, self.ties_start, self.ties_partner, place.table, place.tally, self.log,
            person, venue, self.day, events.REMOVED,
        )  # fmt: skip

    def note(self, kind: int, actor: int, target: int = -1, venue: int = -1, thread: int = -1, cause: int = 0) -> None:
        """Write into the event log, if there is one."""
        if self.settings.log:
            self.log = grown(self.log, int(self.log["thread"][0]) + 2)
            events.note(self.log, self.day, kind, actor, target, venue, thread, cause)

    def events(self) -> Any:
        """Return the event log so far, a row an event; empty where the log is off."""
        return self.log[1 : 1 + int(self.log["thread"][0])]

    def take_events(self) -> Any:
        """Return the events since the last call and forget them, so that whoever reads along needs little memory."""
        taken = self.events().copy()
        self.log["thread"][0] = 0
        return taken

    def _make_room_in_log(self) -> None:
        most = sum(8 * len(venue.visitors) + len(venue.memberships) + int(venue.now.threads - venue.now.aged)
                   for venue in self.venues)  # fmt: skip
        self.log = grown(self.log, int(self.log["thread"][0]) + 2 * most + len(self.people) + 64)

    def record(self) -> None:
        """Record today's measures, once a day."""
        if self._records and self._records[-1][0] == self.day:
            return
        for venue in self.venues:
            flows = venue.tally - self._last_tally[venue.index]
            self._last_tally[venue.index] = venue.tally.copy()
            stock = census.stocks(self, venue)
            self._records.append((self.day, venue.index, np.array([*(stock[name] for name in SERIES), *flows])))

    def series(self) -> dict[str, list[Any]]:
        """Return the recorded measures as tidy columns of equal length: `day`, `venue`, `metric`, `value`.

        `day` is the number of days lived. A flow is what has happened since the previous record.
        """
        table: dict[str, list[Any]] = {"day": [], "venue": [], "metric": [], "value": []}
        names = [*SERIES, *FLOW_NAMES]
        for day, index, measured in self._records:
            table["day"] += [day] * len(names)
            table["venue"] += [self.venues[index].name] * len(names)
            table["metric"] += names
            table["value"] += measured.tolist()
        return table

    def outcomes(self) -> dict[str, float]:
        """Return one number for each outcome, for the main venue."""
        return census.outcomes(self) | systems.outcomes(self)

    def ledger(self) -> list[dict[str, Any]]:
        """Return the give/get sheet of the main venue, with a row for each kind of event."""
        venue = self.venues[0]
        return [row._asdict() for row in give_get(venue.tally, self.settings, self.parameters)]

    def people_table(self) -> dict[str, Any]:
        """Return the end state as columns of equal length, with a row for each membership, past or present."""
        columns: dict[str, list[Any]] = {}
        for venue in self.venues:
            for name, column in self._people_of(venue).items():
                columns.setdefault(name, []).append(column)
        return {name: np.concatenate(parts) for name, parts in columns.items()}

    def _people_of(self, venue: VenueState) -> dict[str, Any]:
        m, people, memory = venue.memberships, self.people, self.parameters["memory"]
        role = census.roles(m, self.day, memory, self.parameters["census"])
        inside = np.flatnonzero(role != census.NO_MEMBER)
        counts = ("questions", "talks", "answers", "visits", "replies", "thanks", "awards", "joined")
        return (
            {"person": inside, "venue": np.full(len(inside), venue.name)}
            | {"role": np.array(census.ROLES)[role[inside]], "facet": people["facet"][inside]}
            | {f"motive_{motive}": people[motive][inside] for motive in MOTIVES}
            | {name: people[name][inside] for name in ("expertise", "trust")}
            | {
                name: all_faded(m[name], m["stamp"], self.day, getattr(memory, LIVES.get(name, name)))[inside]
                for name in ("belonging", "identity", "recognition")
            }
            | {"interest": m["interest"][inside], "experience": m["held"][inside].sum(axis=-1)}
            | census.given(m["held"][inside])
            | {name: m[name][inside].astype(np.int32) for name in counts}
            | {"left": np.where(role == census.HAS_LEFT, m["left"], -1)[inside].astype(np.int32)}
            | {"join_cause": np.array(events.CAUSES)[m["join_cause"][inside]]}
            | {"left_cause": np.where(role == census.HAS_LEFT, np.array(events.CAUSES)[m["left_cause"]], "")[inside]}
        )

    def bonds_table(self) -> dict[str, Any]:
        """Return the bonds that would be missed: columns `venue`, `person`, `partner`, `strength`."""
        parts = [(venue.name, *census.bond_pairs(self, venue)) for venue in self.venues]
        names = np.concatenate([np.full(len(person), name) for name, person, _, _ in parts])
        joined = (np.concatenate([part[k] for part in parts]) for k in (1, 2, 3))
        return dict(zip(("venue", "person", "partner", "strength"), (names, *joined), strict=True))
