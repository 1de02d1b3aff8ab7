"""Frames: what has changed in a world since one last looked, in few numbers, for a picture that moves.

A frame is a dictionary of plain lists, ready for JSON. The same frames feed the live page, a notebook and the file that
`barnraise explore` writes, and `assets/stage.js` draws them all.
"""

import copy
from typing import Any

import numpy as np

from sim.world import census, events, tally
from sim.world.state import HOST, NOBODY, Column
from sim.world.world import World

MOST_SHOWN = 3000  # people that a picture has room for; of larger worlds it shows a sample
MOST_ACTS, LATELY = 300, 7  # that are drawn, and the days whose acts are: a leap shows how it ended
NOBODY_HOLDS = -1  # the code of people who are not active
SUPPLIERS = tuple(name.removeprefix("given_by_") for name in census.GIVEN if name.startswith("given_by_"))
# Acts that a picture shows, by the code that a frame gives them: replies and thanks run along ties, others do not.
ACTS = {
    events.ANSWERED: "reply", events.HOST_ANSWERED: "reply", events.THANK: "thanks", events.LIKE: "thanks",
    events.AWARD: "award", events.GREET: "greeting", events.ASK: "question", events.TALKED: "talk",
    events.SEEDED: "post", events.BROADCAST: "message", events.JOIN: "join", events.EXIT: "exit",
    events.INVITE: "invitation", events.REFER: "invitation",
}  # fmt: skip
ACT_WORDS = tuple(dict.fromkeys(ACTS.values()))
ACT_CODES = {kind: ACT_WORDS.index(word) for kind, word in ACTS.items()}
FORGOTTEN = (events.VISIT, events.SILENCE)  # too many to keep, and no part of anybody's story

# What the page draws over time: name, label and unit; all of the main venue.
MEASURES = {
    "active": ("Active members", "people"), "helpers": ("Helpers and champions", "people"),
    "replies": ("Replies by members in a week", "replies"), "host_share": ("Host's share of replies", "share"),
    "answered": ("Recent questions with a reply", "share"), "belonging": ("Belonging", "0 to 1"),
    "trust": ("Trust in the host", "0 to 1"), "bonds": ("Bonds per active member", "bonds"),
}  # fmt: skip
WEEK = 7


class Watch:
    """Reads along in a world, whose event log has to be on. It changes nothing but the log, which it empties."""

    def __init__(self, world: World, most: int = MOST_SHOWN) -> None:
        n = len(world.people)
        self.world = world
        self.shown = np.linspace(0, n - 1, min(n, most)).astype(np.int64)  # evenly: first customers, then strangers
        self.is_shown = np.zeros(n + 2, bool)  # the last two stand for the host and for nobody
        self.is_shown[self.shown] = self.is_shown[[HOST, NOBODY]] = True
        self.looks = np.full((len(self.shown), 3), -2, np.int64)  # role, what holds them, size
        self.looks[:, 0] = census.NO_MEMBER
        self.ties = np.empty(0, np.int64)
        self.replies: dict[int, float] = {}  # by members so far, by day
        self.passed: list[Any] = []  # days that no frame shows, with their numbers
        self.kept: list[Any] = []  # events of past days, in parts
        self.undrawn: list[Any] = []  # those since the last frame
        self.looked = 0  # the day of the last frame
        self.numbers: dict[str, float] = {}

    def pass_by(self) -> None:
        """Take in a day: its events, of which the next frame draws some, and the count of replies."""
        taken = self.world.take_events()
        self.kept.append(taken[~np.isin(taken["kind"], FORGOTTEN)])
        self.undrawn.append(taken)
        self.replies[self.world.day] = float(self.world.venues[0].tally[tally.ANSWERS])
        if self.world.day % WEEK == 0:
            self.passed.append([self.world.day, self.now()])

    def look(self, most_acts: int = MOST_ACTS) -> dict[str, Any]:
        """Return the frame of today: what has changed since the last one. Each day between has been passed by."""
        if not self.undrawn or self.world.day not in self.replies:  # today has not been taken in yet
            self.pass_by()
        taken = np.concatenate(self.undrawn)
        looks, ties = self._looks(), self._ties()
        changed = np.flatnonzero((looks != self.looks).any(axis=1))
        self.numbers = self.now()
        frame = {
            "day": self.world.day,
            "people": _flat(self.shown[changed], looks[changed]),
            "new": _pairs(np.setdiff1d(ties, self.ties, assume_unique=True), len(self.world.people)),
            "gone": _pairs(np.setdiff1d(self.ties, ties, assume_unique=True), len(self.world.people)),
            "acts": self._acts(taken, most_acts),
            "here": self._here(),
            "now": self.numbers,
            "past": self.passed,
        }
        self.looks, self.ties, self.undrawn, self.passed, self.looked = looks, ties, [], [], self.world.day
        return frame

    def fork(self) -> "Watch":
        """Return a watch over a copy of the world, which has seen the same so far."""
        twin = copy.copy(self)  # columns are replaced and never changed, so they can be shared
        twin.world = self.world.fork()
        twin.kept, twin.replies = [*self.kept], {**self.replies}
        twin.undrawn, twin.passed = [*self.undrawn], [*self.passed]
        return twin

    def whole(self, acts: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return all of what has been looked at last, for somebody who begins to look now.

        `acts`: the frame of that look, to show what was done and who came, too.
        """
        found = {
            "day": self.world.day, "people": _flat(self.shown, self.looks),
            "new": _pairs(self.ties, len(self.world.people)), "gone": [], "acts": [], "here": [], "now": self.numbers,
            "past": [], "whole": True,
        }  # fmt: skip
        return found | {key: acts[key] for key in ("acts", "here", "past") if acts}

    def events(self) -> Any:
        """Return all events that were kept, in their order."""
        self.kept = [np.concatenate(self.kept)] if self.kept else []
        return self.kept[0] if self.kept else self.world.events()[:0]

    def _looks(self) -> Column:
        world, venue = self.world, self.world.venues[0]
        m = venue.memberships[self.shown]
        role = census.roles(venue.memberships, world.day, world.parameters["memory"], world.parameters["census"])
        role = role[self.shown].astype(np.int64)
        given = census.given(m["held"])
        held = np.stack([given[f"given_by_{name}"] for name in SUPPLIERS]).argmax(axis=0)
        held[(role < census.LURKER) | (role > census.CHAMPION)] = NOBODY_HOLDS
        size = np.log2(1.0 + m["questions"] + m["talks"] + m["answers"]).astype(np.int64)
        return np.stack([role, held, np.minimum(size, 7)], axis=1)

    def _ties(self) -> Column:
        person, partner, _ = census.bond_pairs(self.world, self.world.venues[0])
        both = self.is_shown[person] & self.is_shown[partner]
        low, high = np.minimum(person, partner)[both], np.maximum(person, partner)[both]
        return np.unique(low.astype(np.int64) * len(self.world.people) + high)

    def _acts(self, taken: Any, most: int) -> list[int]:
        drawn = np.isin(taken["kind"], list(ACT_CODES)) & (taken["venue"] <= 0)
        drawn &= taken["day"] >= self.world.day - LATELY
        drawn &= self.is_shown[taken["actor"]] & self.is_shown[taken["target"]]
        acts = taken[drawn]
        acts = acts[np.linspace(0, len(acts) - 1, min(most, len(acts))).astype(int)]  # of many, some of all hours
        codes = np.array([ACT_CODES[kind] for kind in acts["kind"].tolist()], np.int64)
        return _flat(codes, np.stack([acts["actor"], acts["target"]], axis=1)) if len(acts) else []

    def _here(self) -> list[int]:
        last = self.world.venues[0].memberships["last_visit"][self.shown].astype(np.int64)
        since = min(self.looked, self.world.day - 1)
        return [int(person) for person in self.shown[(last >= since) & (last < self.world.day)]]

    def now(self) -> dict[str, float]:
        """Return today's numbers: those that are drawn over time, and those that stand beside the picture."""
        venue = self.world.venues[0]
        stocks = census.stocks(self.world, venue)
        replies = self.replies.get(self.world.day, 0.0) - self.replies.get(self.world.day - WEEK, 0.0)
        now = {
            "active": stocks["active"], "helpers": stocks["helpers"] + stocks["champions"],
            "replies": replies, "host_share": stocks["host_share"],
            "answered": float(venue.now.answered_share), "belonging": stocks["belonging"], "trust": stocks["trust"],
            "bonds": stocks["bonds"], "members": stocks["members"], "lurkers": stocks["lurkers"],
            "askers": stocks["askers"], "champions": stocks["champions"], "ads": float(venue.now.ad_load),
            "host": float(venue.now.host_on and not venue.host.silent),
        }  # fmt: skip
        return {name: round(value, 3) if np.isfinite(value) else -1.0 for name, value in now.items()}


def _flat(first: Column, rest: Column) -> list[int]:
    """Return rows as one list: of each row its first number, then the rest."""
    rows: list[int] = np.concatenate([first.astype(np.int64)[:, None], rest.astype(np.int64)], axis=1).ravel().tolist()
    return rows


def _pairs(ties: Column, n: int) -> list[int]:
    return np.stack([ties // n, ties % n], axis=1).ravel().tolist()
