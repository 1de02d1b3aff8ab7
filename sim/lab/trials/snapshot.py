"""The view of a world on a morning for selectors and actions, and the view of its past for outcomes."""

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.lab.trials.trial import Window
from sim.world import events
from sim.world.draws import stream, uniform
from sim.world.state import DORMANT, MEMBER
from sim.world.world import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
POSTS = (events.ASK, events.TALKED, events.ASK_AGAIN, events.ANSWERED)  # each counts once in a membership


def key_of(name: str, seed: int) -> np.uint64:
    """Return a trial's own key of draws. It changes no draw of the world or of another trial."""
    word = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    return np.uint64(np.random.SeedSequence([seed, word]).generate_state(1, np.uint64)[0])


def draws(key: np.uint64, persons: Ints, slot: int, day: int = -1) -> Floats:
    """Return each person's draw under a trial's key, for a purpose and a day, shape `(n,)`."""
    today = np.uint64(stream(key, day))  # a compiled rule hands a word back as a Python number
    return np.array([uniform(today, int(person), slot) for person in persons], np.float64)


class Chosen(NamedTuple):
    """People, and the subject by which each qualified: the row of a thread or an answer, or -1. Shapes `(n,)`."""

    persons: Ints
    subjects: Ints


class Scene:
    """A world on a morning, as an experimenter sees it: everything until yesterday, nothing of today."""

    def __init__(self, world: World, venue: int, key: np.uint64) -> None:
        self.world, self.venue, self.key, self.day = world, world.venues[venue], key, world.day
        self.index = venue

    @property
    def memberships(self) -> Any:
        """The memberships in the venue, with a row per person."""
        return self.venue.memberships

    @property
    def people(self) -> Any:
        """The people, with a row per person."""
        return self.world.people

    def is_member(self) -> NDArray[np.bool_]:
        """Tell who is a member, active or dormant, shape `(n_people,)`."""
        status = self.memberships["status"]
        return (status == MEMBER) | (status == DORMANT)  # type: ignore[no-any-return]

    def count(self, kinds: Sequence[int], days: int) -> Ints:
        """Return the number of each person's events of some kinds in the last `days` days, shape `(n_people,)`."""
        log = self.world.events()
        log = log[bisect_left(log["day"], self.day - days) :]
        kept = log[np.isin(log["kind"], kinds) & (log["venue"] == self.index) & (log["actor"] >= 0)]
        return np.bincount(kept["actor"], minlength=len(self.people))

    def posts(self) -> Ints:
        """Return the number of posts of each person so far, shape `(n_people,)`."""
        m = self.memberships
        return (m["questions"] + m["talks"] + m["answers"]).astype(np.int64)  # type: ignore[no-any-return]

    def threads_of_yesterday(self) -> Ints:
        """Return the rows of the threads that were opened yesterday."""
        n = int(self.venue.now.threads)
        return np.arange(bisect_left(self.venue.threads["time"][:n], float(self.day - 1)), n)

    def answers_of_yesterday(self) -> Ints:
        """Return the rows of the answers that were given yesterday."""
        n = int(self.venue.now.answers)
        times = self.venue.answers["time"]
        at = n
        while at > 0 and times[at - 1] >= self.day - 1:
            at -= 1
        return np.arange(at, n)

    def draws(self, persons: Ints, slot: int) -> Floats:
        """Return the trial's draw of each person for a purpose, shape `(n,)`. It is the same on every day."""
        return draws(self.key, persons, slot)


class History:
    """The event log of the people enrolled, in days since each person's enrolment."""

    def __init__(self, scene: Scene, persons: Ints, days: Ints, own_work: Sequence[tuple[int, int]]) -> None:
        log = scene.world.events()
        kept = np.ones(len(log), np.bool_)
        for first, end in own_work:  # the experimenter's own actions are no outcomes
            kept[first:end] = False
        self.log = {name: np.ascontiguousarray(log[name][kept]) for name in ("day", "kind", "venue", "actor", "target")}
        self.venue, self.days, self.size = scene.index, days, len(persons)
        self.row = np.full(len(scene.people), -1, np.int64)
        self.row[persons] = np.arange(len(persons))
        self._found: dict[Any, tuple[Ints, Ints]] = {}

    def count(self, kinds: Sequence[int], window: Window, role: str = "actor", anywhere: bool = False) -> Floats:
        """Return the number of each person's events of some kinds within a window, shape `(n_enrolled,)`.

        An `actor` did it, to a `target` it was done. `anywhere` counts events in other venues and outside all venues.
        """
        row, since = self._of(tuple(kinds), role, anywhere)
        return np.bincount(row[(since >= window[0]) & (since < window[1])], minlength=self.size).astype(np.float64)

    def any(self, kinds: Sequence[int], window: Window, role: str = "actor", anywhere: bool = False) -> Floats:
        """Return 1 for each person with such an event within a window, else 0."""
        return (self.count(kinds, window, role, anywhere) > 0).astype(np.float64)

    def _of(self, kinds: tuple[int, ...], role: str, anywhere: bool) -> tuple[Ints, Ints]:
        """Return a row number and the days since enrolment for each such event of an enrolled person."""
        if (kinds, role, anywhere) not in self._found:
            of_kind = np.zeros(len(events.KINDS), np.bool_)
            of_kind[list(kinds)] = True
            kept = of_kind[self.log["kind"]] & (self.log[role] >= 0)
            if not anywhere:
                kept &= self.log["venue"] == self.venue
            row = self.row[self.log[role][kept]]
            day = self.log["day"][kept][row >= 0].astype(np.int64)
            row = row[row >= 0]
            self._found[kinds, role, anywhere] = row, day - self.days[row]
        return self._found[kinds, role, anywhere]
