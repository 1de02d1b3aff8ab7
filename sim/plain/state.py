"""What there is: people with their memberships and bonds, venues with threads and replies, a product, a day, chance.

What happens to them stands in the files that `day` lists. Formulas and numbers stand in `sim/world/mechanisms/`, and
both worlds share them: `rules.join.by_friends` is `by_friends` of `join.py` there, as an ordinary function.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from sim.world import draws, tally
from sim.world import state as columns
from sim.world.compiled import plainly
from sim.world.day import BEFORE, DAY, name
from sim.world.levers import Setup
from sim.world.mechanisms import population
from sim.world.mechanisms.hosting import HostDesk
from sim.world.mechanisms.listening import ProductState
from sim.world.state import DORMANT, FACETS, HOST, MEMBER, NEVER, NOBODY, QUESTION, SEED, Rows
from sim.world.world import Settings

rules = SimpleNamespace(**{name(mechanism): plainly(mechanism) for mechanism in (*BEFORE, *DAY)})
uniform, normal, happens = draws.uniform, plainly(draws).normal, plainly(draws).happens
OUTSIDE_EVERYTHING = columns.new_memberships(1)[0]
ONCE = -1  # stands for a day where something is drawn once in a life
PURPOSES = {"asking": 16}  # draws that a process has a venue, if not eight


def zeros(kind: np.dtype[Any]) -> dict[str, Any]:
    """Return the columns of a table by name, each at its zero."""
    return {name: kind[name].type().item() for name in kind.names or ()}


@dataclass
class Bond:
    """A tie that was made in a venue: with whom, how strong it was, and on which day."""

    partner: int
    strength: float
    stamp: int


class Membership(SimpleNamespace):
    """A person in a venue. It has the columns of `state.MEMBERSHIP` and `STANDING`, by name, and the bonds there.

    On its `plate` stands what today's visit gave, by the cells of `worth`. In `held` stays what visits gave and cost.
    """

    def __init__(self) -> None:
        outside = {column: OUTSIDE_EVERYTHING[column].tolist() for column in columns.MEMBERSHIP.fields or ()}
        super().__init__(**outside, **zeros(columns.STANDING), alarm=NEVER, bonds=[], plate=[])

    @property
    def inside(self) -> bool:
        """Whether the person is a member, awake or dormant."""
        return bool(self.status in (MEMBER, DORMANT))

    @property
    def has_posted(self) -> bool:
        """Whether the person ever posted here."""
        return bool(self.questions + self.talks + self.answers > 0)


class Person(mesa.Agent):
    """Somebody with mixed motives, who may use the product and may be in venues: `state.PERSON` and `LIFE`."""

    information = belonging = goodwill = validation = cause = access = deals = 0.0  # motives, as shares
    tempo = contribution = need_rate = expertise = attention = restless = comfort = hurdle = 0.0  # habits and gifts
    ad_sensitivity = suited = passion = competitive = 0.0  # towards ads, the product, what is sold, and others' score
    trust = grievance = elsewhere = spent = minutes_left = 0.0  # what moves
    facet = taken_up = customer = adopted = recruiter = minutes_day = 0
    company = feed = progress = scar = 0.0  # what only some worlds need: the columns of `state.LIFE`
    troubled = well = hit = False

    def __init__(self, model: mesa.Model, index: int, traits: Rows, venues: int) -> None:
        super().__init__(model)
        self.index = index
        for trait in columns.PERSON.fields or ():
            setattr(self, trait, traits[trait].item())
        self.memberships = [Membership() for _ in range(venues)]
        self.friends: list[Person] = []  # those whom they knew before any venue
        self.need_day = NEVER
        self.social = rules.asking.sociality(self.belonging, self.goodwill, self.validation, self.cause)

    def share_closed(self, venue: int) -> float:
        """Return the share of pairs of friends inside a venue who know each other."""
        inside = [friend for friend in self.friends if friend.memberships[venue].status == MEMBER]
        pairs = [(one, other) for k, one in enumerate(inside) for other in inside[k + 1 :]]
        return sum(other in one.friends for one, other in pairs) / len(pairs) if pairs else 0.0

    def tell_friends(self, venue: int, change: int) -> None:
        """Let friends know that this person is in (+1) or out (-1)."""
        for friend in self.friends:
            friend.memberships[venue].friends += change
            friend.memberships[venue].news += max(0, change)

    def most_belonging(self, day: int, life: float) -> float:
        """Return how much the person belongs where they belong most, today."""
        awake = [m for m in self.memberships if m.status == MEMBER]
        return float(max([0.0, *(rules.memory.faded(m.belonging, float(day - m.stamp), life) for m in awake)]))


@dataclass
class Thread:
    """A question or a post."""

    at: int
    key: np.uint64
    time: float
    appeal: float
    author: int
    kind: int
    facet: int
    first_post: bool
    answered: float = -1.0
    answerer: int = NOBODY
    replies: int = 0
    quality: float = 0.0
    considered: bool = False
    superseded: bool = False
    muted: bool = False
    rejected: bool = False
    induced: bool = False


@dataclass
class Answer:
    """A reply: who gave it, in which thread, to whom, when, and how good it is."""

    time: float
    quality: float
    thread: Thread
    person: int
    to: int
    score: int = 0


@dataclass
class Voice:
    """What somebody said about the product."""

    person: int
    day: int
    facet: int
    good: bool
    deleted: bool = False


@dataclass
class Venue:
    """A place: its rules and impressions (`now`), its host, its threads and answers, and today's visitors."""

    index: int
    setup: Setup
    now: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(**zeros(columns.NOW)))
    tally: list[float] = field(default_factory=lambda: [0.0] * len(tally.NAMES))
    tally_before: list[float] = field(default_factory=lambda: [0.0] * len(tally.NAMES))
    threads: list[Thread] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    archive: list[float] = field(default_factory=lambda: [0.0] * FACETS)
    visitors: list[Person] = field(default_factory=list)
    open_questions: int = 0  # of those less than seven days old, while members reply

    def __post_init__(self) -> None:
        self.name, self.host = self.setup.name, HostDesk(self.setup.host)
        self.levers = self.setup.venue
        vars(self.now).update({name: level for name, level in self.levers._asdict().items() if hasattr(self.now, name)})
        self.now.opens = math.ceil(self.now.opens)

    def membership_of(self, person: Person) -> Membership:
        """Return a person's membership here."""
        return person.memberships[self.index]

    def count(self, flow: int, amount: float = 1.0) -> None:
        """Count something that happened."""
        self.tally[flow] += amount

    def open_thread(
        self, author: int, kind: int, facet: int, time: float, first: bool, slot: int, key: np.uint64, spread: float
    ) -> Thread:
        """Append a thread. Its appeal follows from its permanent key."""
        own_key = np.uint64(draws.thread_key(author, int(time), rules.asking.slot_in(self.index, slot)))
        own = np.uint64(draws.about(key, own_key))
        appeal = rules.asking.appeal(uniform(own, 0, 0), uniform(own, 0, 1), spread)
        thread = Thread(len(self.threads), own_key, time, appeal, author, kind, facet, first)
        self.threads.append(thread)
        return thread

    def publish_seed(self, day: int, slot: int, key: np.uint64, appeal_spread: float) -> int:
        """Open a thread by the host, and return its row."""
        return self.open_thread(HOST, SEED, (day + slot) % FACETS, float(day), False, slot, key, appeal_spread).at

    def new_threads(self, m: Membership) -> Iterator[Thread]:
        """Yield the threads, newest first, that were opened between a member's last visit and this one."""
        for thread in reversed(self.threads):
            if thread.time <= m.last_visit:
                return
            if thread.time < m.hour:
                yield thread

    def questions_today(self) -> list[int]:
        """Return today's questions per facet."""
        new = [thread.facet for thread in self.threads[self.now.threads_before :] if thread.kind == QUESTION]
        return [new.count(facet) for facet in range(FACETS)]

    def criticism_today(self) -> list[int]:
        """Return the number of today's criticisms per facet."""
        new = [voice.facet for voice in self.voices[self.now.voices_before :] if not (voice.good or voice.deleted)]
        return [new.count(facet) for facet in range(FACETS)]

    def proposer(self, facet: int) -> int:
        """Return who was the first to criticise a facet since the last release, or `NOBODY`."""
        return next((voice.person for voice in self.since_release(facet)), NOBODY)

    def critics_of(self, facet: int) -> list[int]:
        """Return those who criticised a facet since the last release, and can still be read."""
        return sorted({voice.person for voice in self.since_release(facet)})

    def since_release(self, facet: int) -> Iterator[Voice]:
        """Yield the criticism of a facet since the last release that can still be read."""
        since = self.voices[self.now.voices_reviewed :]
        return (voice for voice in since if voice.facet == facet and not (voice.good or voice.deleted))

    def flows_today(self, flow: int) -> float:
        """Return how much of a flow today has brought so far."""
        return self.tally[flow] - self.tally_before[flow]

    def day_of_flows(self) -> list[float]:
        """Return how much of each flow today has brought."""
        return [now - before for now, before in zip(self.tally, self.tally_before, strict=True)]

    def close_day(self) -> None:
        """Let today become yesterday."""
        self.tally_before = list(self.tally)
        self.now.threads_before = len(self.threads)
        self.now.voices_before = len(self.voices)


class State(mesa.Model):
    """People, venues and product as they are now. What happens to them on a day stands in `day`."""

    def __init__(self, settings: Settings, seed: int) -> None:
        super().__init__()
        self.settings, self.parameters, self.keys, self.day = settings, settings.parameters, draws.keys(seed), 0
        self.venues = [Venue(index, setup) for index, setup in enumerate(settings.setups)]
        self.product = ProductState(settings.product.fit, settings.people)
        self.log: list[tuple[int, ...]] = []
        self._streams: dict[tuple[str, int], np.uint64] = {}
        key, p, who = self.keys["birth"], self.parameters["population"], settings.population
        traits = population.born(who, settings.people, key, p)
        self.people = [Person(self, i, row, len(self.venues)) for i, row in enumerate(traits)]
        start, partner = population.acquainted(traits, who, key)
        for i, person in enumerate(self.people):
            person.friends = [self.people[j] for j in partner[start[i] : start[i + 1]]]
            u, fit = self.draws("need", person)(0), self.product.fit[person.facet]
            person.need_day = rules.visit.next_need(0, u, person.need_rate, fit)

    def draws(
        self, process: str, person: Person, venue: Venue | None = None, lasting: bool = False
    ) -> Callable[[int], float]:
        """Return somebody's draws today (or `lasting`: once in a life) for a process: the same when asked again."""
        day = ONCE if lasting else self.day
        key, who = self._streams.get((process, day)), person.index
        if key is None:
            key = self._streams[process, day] = np.uint64(draws.stream(self.keys[process], day))
        first = venue.index * PURPOSES.get(process, 8) if venue else 0
        return lambda purpose: uniform(key, who, first + purpose)

    def about(self, process: str, thread: Thread) -> np.uint64:
        """Return the stream of a process about one thread."""
        return np.uint64(draws.about(self.keys[process], thread.key))

    def note(self, kind: int, actor: int, target: int = -1, venue: int = -1, thread: int = -1, cause: int = 0) -> None:
        """Write into the event log, if there is one."""
        if self.settings.log:
            self.log.append((self.day, kind, cause, venue, actor, target, thread))

    def happened(
        self, venue: Venue, flow: int, kind: int, cause: int, actor: int, target: int = NOBODY, thread: int = -1
    ) -> None:
        """Count what happened in a venue, and write into the event log what it was, why, by whom and to whom."""
        venue.count(flow)
        self.note(kind, actor, target, venue.index, thread, cause)

    def refresh(self, m: Membership) -> None:
        """Bring a membership's fading levels up to today."""
        rules.memory.refresh(m, self.day, self.parameters["memory"])

    def ads_for(self, venue: Venue, person: Person) -> tuple[float, float]:
        """Return how many ads a visitor meets, and how much one of them weighs on them."""
        m, now, p = venue.membership_of(person), venue.now, self.parameters["exposure"]
        load = rules.exposure.ads_met(now.ad_load, m.ads_own, m.subscriber)
        return load, rules.exposure.ad_weight(person.ad_sensitivity, float(self.day - m.joined), now.annoyance, p)

    def visits(self) -> Iterator[tuple[Venue, Person]]:
        """Yield today's visits: each venue's visitors, in the order of their hours."""
        return ((venue, person) for venue in self.venues for person in venue.visitors)

    def every(self, days: int) -> list[Person]:
        """Return those whose turn it is today, if everybody has a turn once in so many days."""
        return self.people[-self.day % days :: days]

    # Windows for experimenters (`sim.world.treatment`).

    def person(self, person: int) -> Person:
        """Return a person."""
        return self.people[person]

    def life(self, person: int) -> Person:
        """Return a person: what only some worlds need of them stands in the same place."""
        return self.people[person]

    def standing(self, venue: int, person: int) -> Membership:
        """Return a person's membership in a venue: what only some worlds need of it stands in the same place."""
        return self.people[person].memberships[venue]

    def membership(self, venue: int, person: int) -> Membership:
        """Return a person's membership in a venue."""
        return self.people[person].memberships[venue]

    def thread(self, venue: int, at: int) -> Thread:
        """Return a thread."""
        return self.venues[venue].threads[at]

    def reply(self, venue: int, at: int) -> Answer:
        """Return a reply."""
        return self.venues[venue].answers[at]
