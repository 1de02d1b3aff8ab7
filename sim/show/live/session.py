"""A session: two worlds on one clock, with the same people and the same luck, until something is done in one of them.

Draws go by person, day and process, so the right world is the left one to the last bit until a lever differs. What is
done is kept as a timeline, so that other seeds can live through the same and show how much of it was luck.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from sim.lab.runs.replicate import seed_of
from sim.lab.settings import config, keys
from sim.lab.settings.config import Experiment
from sim.lab.settings.errors import SettingsError
from sim.show.live.frames import MEASURES, WEEK, Watch
from sim.show.live.story import Story, story
from sim.world.world import World

SIDES = ("left", "right")
BOTH = "both"
SILENCE = "silence"  # the key of the act that lets the host do nothing any more
MOST_PEOPLE = 20_000  # more cannot move smoothly
FAN = 16  # seeds that a fan shows


class Lever(NamedTuple):
    """A setting that acts at once, as a slider."""

    key: str
    label: str
    low: float
    high: float
    step: float
    unit: str
    value: float = 0.0  # what it is in the session's experiment


def lever(key: str, label: str, high: float | None = None, step: float = 0.05) -> Lever:
    """Return a lever with the range of its declaration, or a shorter one that a class can use."""
    declared = keys.declarations()[key]
    return Lever(key, label, declared.low, declared.high if high is None else high, step, declared.unit)


LEVERS = (
    lever("host.hours", "Host's paid hours a day", 12, 0.5),
    lever("host.replies", "Questions the host tries to answer"),
    lever("host.onboarding", "Newcomers the host greets"),
    lever("host.seeding", "Host's posts a day", 5, 0.25),
    lever("host.awards", "Host's awards a month", 20, 1),
    lever("host.broadcasts", "Messages to all a month", 12, 1),
    lever("host.tone", "Host's tone: megaphone to peer"),
    lever("venue.ad_load", "Ads a visit", 10, 0.5),
    lever("venue.talk", "Threads open to members' replies"),
    lever("venue.points", "Points for replies"),
    lever("venue.peer_awards", "Awards among members"),
    lever("venue.mission", "How clear the purpose is"),
    lever("venue.marketing", "How often customers hear of it", 0.02, 0.001),
)


class Act(NamedTuple):
    """Something that was done: on a day, in one world or both, a lever and its value."""

    day: int
    side: str
    key: str
    value: float


class Side:
    """One of the two worlds, with the settings that it has by now."""

    def __init__(self, made: Experiment, seed: int) -> None:
        self.tree = made.tree() | {"log": True}
        self.watch = Watch(World(config.experiment(self.tree).settings(), seed))

    @property
    def world(self) -> World:
        """The world itself."""
        return self.watch.world

    def act(self, key: str, value: float) -> None:
        """Move a lever, or silence the host. Raises `SettingsError` for a value that is not possible."""
        if key == SILENCE:
            self.world.silence_hosts()
            return
        tree = {**self.tree, key.split(".")[0]: dict(self.tree[key.split(".")[0]])}
        keys.put(tree, key, value)
        self.world.change(config.experiment(tree).settings())
        self.tree = tree


class Session:
    """Two worlds that a class watches, changes and explains."""

    def __init__(self, made: Experiment, right: Experiment | None = None) -> None:
        """`right`: the right world's settings where they differ from the first day on."""
        for one in (made, right or made):
            if one.people > MOST_PEOPLE:
                raise SettingsError(f"people={one.people:,} is more than the live page can move: {MOST_PEOPLE:,}")
        if right and (right.people, right.days) != (made.people, made.days):
            raise SettingsError("both worlds need the same people and days: set them for both")
        self.made, self.made_right = made, right or made
        self.days = made.days
        seed = seed_of(made.seed, 0)  # the command line's first seed; here on declared parameters
        self.sides = {"left": Side(made, seed), "right": Side(self.made_right, seed)}
        self.timeline: list[Act] = []

    @property
    def day(self) -> int:
        """Days lived."""
        return self.sides["left"].world.day

    @property
    def is_over(self) -> bool:
        """Whether the horizon is reached."""
        return self.day >= self.days

    def step(self, days: int = 1) -> None:
        """Let both worlds live on, until the horizon at most."""
        for _ in range(min(days, self.days - self.day)):
            for side in self.sides.values():
                side.world.step()
                side.watch.pass_by()

    def act(self, side: str, key: str, value: float) -> None:
        """Do something in one world or in both. Raises `SettingsError` if it is not possible."""
        if side not in (*SIDES, BOTH):
            raise SettingsError(f"side={side} is not left, right or both")
        if key != SILENCE and key not in {one.key for one in LEVERS}:
            raise SettingsError(f"{key} is no lever of the live page")
        for name in SIDES if side == BOTH else (side,):
            self.sides[name].act(key, value)
        self.timeline.append(Act(self.day, side, key, value))

    def frames(self) -> dict[str, Any]:
        """Return what has changed in both worlds since the last call."""
        return {name: side.watch.look() for name, side in self.sides.items()}

    def whole(self) -> dict[str, Any]:
        """Return both worlds as a whole, for somebody who begins to look now."""
        return {name: side.watch.whole() for name, side in self.sides.items()}

    def story(self, side: str, person: int) -> Story:
        """Return a person's story in one of the worlds."""
        return story(self.sides[side].watch, person)

    def levers(self, side: str) -> list[dict[str, Any]]:
        """Return the levers with their values in one of the worlds."""
        tree = dict(keys.flat({group: self.sides[side].tree[group] for group in ("host", "venue")}))
        return [one._replace(value=float(tree[one.key]))._asdict() for one in LEVERS]


class Fan(NamedTuple):
    """How the two worlds went with other luck: by side, what a tenth, half and nine tenths of the seeds fall below."""

    days: list[int]
    bands: dict[str, list[list[float]]]
    seeds: int


def fans(session: Session, measure: str = "active", seeds: int = FAN) -> Iterator[Fan]:
    """Live through a session's timeline with other seeds, and yield the fan as it fills.

    It starts other worlds and does not touch those of the session, so it may run in another thread.
    """
    timeline, runs = list(session.timeline), []
    days = [*range(0, session.days + 1, WEEK)]
    for number in range(seeds):
        seed = seed_of(session.made.seed, number + 1)
        runs.append([relived(made, seed, timeline, name, measure)
                     for name, made in zip(SIDES, (session.made, session.made_right), strict=True)])  # fmt: skip
        quantiles = np.nanquantile(np.array(runs), (0.1, 0.5, 0.9), axis=0)  # shape (3, sides, weeks)
        yield Fan(days, {name: quantiles[:, k].round(2).tolist() for k, name in enumerate(SIDES)}, number + 1)


def relived(made: Experiment, seed: int, timeline: list[Act], side: str, measure: str) -> list[float]:
    """Return a measure, weekly, of a world that lives through a timeline."""
    one, found = Side(made, seed), []
    own = [act for act in timeline if act.side in (side, BOTH)]
    for day in range(made.days + 1):
        for act in own:
            if act.day == day:
                one.act(act.key, act.value)
        if day % WEEK == 0:
            found.append(measured(one, measure))
        if day < made.days:
            one.world.step()
            one.world.take_events()
    return found


def measured(side: Side, measure: str) -> float:
    """Return a measure today. Only those that need no memory of past days can be asked for."""
    if measure not in MEASURES or measure == "replies":
        raise SettingsError(f"{measure} has no fan: {', '.join(name for name in MEASURES if name != 'replies')}")
    return float(side.watch.now()[measure])
