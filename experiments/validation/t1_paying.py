"""T1: paying makes people use the content much more and take part a little more.

Finding: over 41 months, those who began to pay for a music service listened to 287 % more songs, had 16 % more friends
and wrote 2 % more posts in its forum than those who did not yet. Source: Bapna, Ramaprasad & Umyarov 2018; the abstract
was read; look-ahead matching with differences in differences. Experiment: worlds with one past, of which one asks for a
fee that nobody has to pay: an experimenter lets everybody in. Each payer is compared with themselves in the free world,
over half a year; the same comparison of those who do not pay is taken off.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.lab.trials.snapshot import POSTS
from sim.lab.validation import Bench, Row, Target, pooling
from sim.lab.validation.pooling import Sample
from sim.world import events
from sim.world.state import MEMBER
from sim.world.world import World

ROW = Row(
    id="T1", title="Payers use the content much more and take part a little more",
    source="Bapna, Ramaprasad & Umyarov 2018, MISQ", read="abstract or summary", evidence="quasi-experiment", tier=1,
    profile="media_ads",
    targets=(
        Target("posts", 0.02, low=0.0, high=0.08, unit="change as a share"),
        Target("friends", 0.158, low=0.04, high=0.30, unit="change as a share"),
        Target("content_first", None, low=0.0, unit="change in threads read less the larger of the others"),
    ),
    stated="in part", pooling="together",
    ablate={"dealings.commits": 0.0},
    note="That payers want what they paid for to be worth it is put in, as interest. It brings them more often, and "
    "what they read, write and whom they meet then follows from the rest of the world. No rule lets people read more "
    "without meeting what others wrote, so posts may well rise as much as reading does.",
)  # fmt: skip
BEGIN, CHOSEN, END = 120, 151, 331  # the fee begins; all have had their first bill; the end
PRICE = 4.0  # money a month, as for the ad-free version of A3
PEOPLE = 12_000  # of whom few ever write, and fewer make friends
WHAT = ("content", "posts", "friends")


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return what payers and others read, wrote and whom they met, in the world with a fee and in the free one."""
    free = bench.world(bench.settings(ROW.profile, people=PEOPLE, days=END), seed).run(until=BEGIN)
    asked = free.fork()
    asked.change(bench.settings(ROW.profile, people=PEOPLE, days=END, levers={"venue.price": PRICE}))
    known = free.memberships["status"][0] == MEMBER
    for arm in (free, asked):
        live(arm, CHOSEN)
    pays = known & asked.standings["pays"][0]
    groups = {"payers": pays, "others": known & ~pays}
    sample = {}
    for name, arm in (("free", free), ("asked", asked)):
        for what, each in zip(WHAT, followed(arm), strict=True):
            for who, group in groups.items():
                sample[f"{name}_{who}_{what}"] = float(each[group].sum())
    return sample


def live(world: World, until: int) -> NDArray[np.float64]:
    """Live until a day, while nobody is kept out. Return the threads that each person read."""
    read = np.zeros(len(world.people))
    while world.day < until:
        world.standings["barred"] = False
        world.step()
        visitors = world.venues[0].visitors
        read[visitors] += world.memberships["seen"][0][visitors]
    return read


def followed(world: World) -> tuple[NDArray[np.float64], ...]:
    """Return what each person read from the day of the choice on, their posts, and their new friends."""
    read = live(world, END)
    log = world.events()
    log = log[log["day"] >= CHOSEN]
    n = len(world.people)
    posts = np.bincount(log["actor"][np.isin(log["kind"], POSTS) & (log["actor"] >= 0)], minlength=n)
    ends = log[log["kind"] == events.BONDED]
    friends = np.bincount(np.concatenate([ends["actor"], ends["target"]]), minlength=n)
    return read, posts.astype(float), friends.astype(float)


def combine(samples: list[Sample]) -> dict[str, tuple[float, float]]:
    """Return the changes of payers, less those of others, all seeds together."""

    def change(some: Sequence[Sample], what: str) -> float:
        payers, others = (pooling.ratio(some, f"asked_{who}_{what}", f"free_{who}_{what}")[0]
                          for who in ("payers", "others"))  # fmt: skip
        return payers / others - 1.0 if others > 0.0 else float("nan")

    def content_first(some: Sequence[Sample]) -> float:
        content, posts, friends = (change(some, what) for what in WHAT)
        return content - max(posts, friends)

    return {what: pooling.pooled(samples, lambda some, what=what: change(some, what)) for what in WHAT[1:]} | {
        "content_first": pooling.pooled(samples, lambda some: content_first(some))
    }
