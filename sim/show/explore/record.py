"""Record: a replicate is lived again, and what a moving picture of its people needs is kept.

Each arm is lived as it was and, where its folder has that world, with its host silent from the host-off day on. A life
that parts from another keeps only the frames since then.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from sim.lab.runs.fork import AS_IT_WAS
from sim.lab.runs.replicate import Task
from sim.show.live.frames import MOST_SHOWN, Watch
from sim.show.live.story import story
from sim.world import census
from sim.world.world import World

HOST_SILENT = "host_silent"
MOST_FRAMES = 110  # so that two years are drawn weekly
MOST_ACTS = 90  # that a frame shows
TOLD = (0.25, 0.5, 1.0)  # when stories are told, as shares of the run; also on the host-off day
DIGITS = 2  # of what a story weighs
Frame = dict[str, Any]
Progress = Callable[[str, int], object]


class Life(NamedTuple):
    """An arm in one world: frames since it parted from the life of another number, and stories by day and person."""

    arm: str
    world: str
    past: int | None
    shared: int  # how many frames of its past are its own
    frames: list[Frame]
    stories: list[dict[str, Any]]


class Recorded(NamedTuple):
    """All lives of a replicate, and each arm's outcomes as far as one world tells them."""

    lives: list[Life]
    outcomes: dict[str, dict[str, float]]
    every: int  # days between two frames
    people: int  # customers and strangers
    shown: int  # of these, how many are drawn


class Reel:
    """A life that is being recorded."""

    def __init__(self, watch: Watch, arm: str, world: str, past: "Reel | None", told: set[int]) -> None:
        self.watch, self.arm, self.world, self.past, self.told = watch, arm, world, past, told
        self.days = watch.world.settings.days
        self.every = max(1, -(-self.days // MOST_FRAMES))
        self.shared = len(past) if past else 0
        self.frames: list[Frame] = [] if past else [self._frame()]
        self.stories: list[dict[str, Any]] = []

    def __len__(self) -> int:
        """Return how many frames there are, those of its past included."""
        return self.shared + len(self.frames)

    def _frame(self) -> Frame:
        frame = self.watch.look(MOST_ACTS)
        del frame["past"]  # the lines of all seeds come from the folder
        return frame

    def live(self, until: int, progress: Progress) -> None:
        """Live until a day, and keep frames and stories."""
        world = self.watch.world
        while world.day < until:
            world.step()
            if world.day % self.every == 0 or world.day == self.days:
                self.frames.append(self._frame())
            else:
                self.watch.pass_by()
            if world.day in self.told:
                self.stories.append({"day": world.day, "of": dict(stories(self.watch))})
            progress(f"{self.arm}, {self.world.replace('_', ' ')}", 1)

    def part(self, arm: str, world: str) -> "Reel":
        """Return a life that has been the same until today."""
        told = {self.days} if world == HOST_SILENT else self.told
        return Reel(self.watch.fork(), arm, world, self, told)


def record(task: Task, silences: bool, progress: Progress, most: int = MOST_SHOWN) -> Recorded:
    """Live a replicate again. `silences`: whether to show each arm with its host silent as well."""
    base = task.arms[0]
    days, off = base.settings.days, task.host_off
    told = {max(1, round(share * days)) for share in TOLD} | ({off} if off else set())
    reels: list[Reel] = []
    if task.change_day is None:
        reels += [Reel(Watch(World(arm.settings, task.seed), most), arm.name, AS_IT_WAS, None, told)
                  for arm in task.arms]  # fmt: skip
    else:
        reels.append(Reel(Watch(World(base.settings, task.seed), most), base.name, AS_IT_WAS, None, told))
        reels[0].live(task.change_day, progress)
        for arm in task.arms[1:]:
            reels.append(reels[0].part(arm.name, AS_IT_WAS))
            reels[-1].watch.world.change(arm.settings)
    outcomes = {}
    for reel in [*reels]:
        reel.live(off or days, progress)
        if off and silences:
            reels.append(reel.part(reel.arm, HOST_SILENT))
            reels[-1].watch.world.silence_hosts()
            reels[-1].live(days, progress)
        reel.live(days, progress)
        outcomes[reel.arm] = reel.watch.world.outcomes()
    watch = reels[0].watch
    return Recorded([life(reel, reels) for reel in reels], outcomes, reels[0].every, len(watch.world.people),
                    len(watch.shown))  # fmt: skip


def life(reel: Reel, reels: list[Reel]) -> Life:
    """Return what is kept of a life. One that never differs from its past, such as where no host was, is all past."""
    past = reel.past
    if past and reel.frames == past.frames[reel.shared - past.shared :]:
        return Life(reel.arm, reel.world, reels.index(past), len(past), [], [])
    return Life(reel.arm, reel.world, reels.index(past) if past else None, reel.shared, reel.frames, reel.stories)


def stories(watch: Watch) -> Iterator[tuple[int, list[Any]]]:
    """Yield the stories of all who have ever joined and are drawn."""
    log = watch.events()
    both = np.concatenate([log["actor"], log["target"]])
    order = np.argsort(both, kind="stable")
    joined = watch.shown[watch.looks[:, 0] != census.NO_MEMBER]
    first, last = (np.searchsorted(both[order], joined, side) for side in ("left", "right"))
    for person, start, end in zip(joined.tolist(), first.tolist(), last.tolist(), strict=True):
        own = log[np.unique(order[start:end] % max(1, len(log)))]
        told = story(watch, person, own)
        wants, holds = ({name: round(value, DIGITS) for name, value in parts.items()}
                        for parts in (told.wants, told.holds))  # fmt: skip
        yield person, [told.title, told.sentences, wants, holds, told.ties, told.latest]
