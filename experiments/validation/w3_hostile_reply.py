"""W3: a hostile word costs activity, and newcomers most of all.

Finding: of all comments on talk pages of 8.5 million editors of six Wikipedias, toxic ones were followed by 0.5 to 2
fewer active days; who got one upon their first or second contribution was 1.8 times less likely to go on. Source:
Smirnov, Oprea & Strohmaier 2023; the abstract and a press summary were read; an association, as nobody randomised who
was insulted. Experiment, randomised: over ten months, half of those who posted for the first or second time on the day
before, and half of those who have twenty posts or more, get a hostile reply in the morning; posting again, and days
with a post, in the 100 days from then on.
"""

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np

from sim.lab.observe import event_log
from sim.lab.trials.snapshot import POSTS, Ints, Scene, draws, key_of
from sim.lab.validation import Bench, Row, Target, pooling
from sim.world import tally
from sim.world.compiled import plainly
from sim.world.mechanisms import memory, norms
from sim.world.world import World

ROW = Row(
    id="W3", title="A hostile word costs activity, most from newcomers",
    source="Smirnov, Oprea & Strohmaier 2023, PNAS Nexus", read="abstract or summary", evidence="association", tier=1,
    profile="peer_production",
    targets=(
        Target("newcomers", 1.8, low=1.3, high=2.5, unit="share that goes on without it, over that with it", null=1.0),
        Target("falls", None, low=0.0, unit="ratio of newcomers less that of those with 20 posts"),
        Target("days_lost", None, low=0.0, unit="active days in 100"),
    ),
    stated="in part", pooling="together",
    ablate={"norms.hurt": 0.0, "norms.estranged": 0.0, "norms.discouraged": 0.0},
    note="Nobody is hostile in this world of their own accord, so an experimenter is. A hostile reply is taken to hurt "
    "as much as being turned away does (`norms`), by the same rule and its three numbers: that it hurts is put in, the "
    "size is shared with N15. That newcomers lose most follows from what holds a member, and from the rule's own "
    "(1 - belonging). The reply brings nobody back to read it, and nobody else sees it.",
)  # fmt: skip
START, END, FOLLOWED = 60, 360, 100
NEW, OLD = 2, 20  # posts: at most, and at least
GROUP, ARM, WOUND = 0, 1, 2  # slots of the experiment's draws
wounding, fading = plainly(norms), plainly(memory)


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return people, those who posted again and their active days, of newcomers and others, insulted and not."""
    world = bench.world(bench.settings(ROW.profile, people=12_000, days=END + FOLLOWED), seed)
    key = key_of("hostile_reply", seed)
    is_old, is_hurt = (draws(key, np.arange(len(world.people)), slot) < 0.5 for slot in (GROUP, ARM))
    enrolled = np.full(len(world.people), -1)
    while world.day < END:
        if world.day >= START:
            scene = Scene(world, 0, key)
            number = scene.posts()
            found = scene.is_member() & (scene.count(POSTS, 1) > 0) & (enrolled < 0)
            found &= np.where(is_old, number >= OLD, number <= NEW)
            enrolled[found] = world.day
            insult(scene, np.flatnonzero(found & is_hurt))
        world.step()
    again, days = followed(world.run(), enrolled)
    sample = {}
    for who, group in (("new", ~is_old), ("old", is_old)):
        for arm, treated in (("left", ~is_hurt), ("hurt", is_hurt)):
            inside = group & treated & (enrolled >= 0)
            for name, values in (("n", inside), ("again", again), ("days", days)):
                sample[f"{who}_{arm}_{name}"] = float(values[inside].sum())
    return sample


def insult(scene: Scene, persons: Ints) -> None:
    """Let each person find a hostile reply: it hurts as being turned away does, and nothing is turned away."""
    world = scene.world
    for person, u in zip(persons.tolist(), scene.draws(persons, WOUND).tolist(), strict=True):
        membership = world.membership(0, person)
        fading.refresh(membership, world.day, world.parameters["memory"])
        falls_silent = wounding.turn_away(membership, SimpleNamespace(), u, world.parameters["norms"])
        scene.venue.tally[tally.SILENCED] += falls_silent


def followed(world: World, enrolled: Ints) -> tuple[Ints, Ints]:
    """Return whether each person posted within 100 days of enrolment, and on how many of these days."""
    posts = event_log.posts(world)
    since = posts.day - enrolled[posts.person]
    kept = (enrolled[posts.person] >= 0) & (since >= 0) & (since < FOLLOWED)
    pairs = np.unique(posts.person[kept] * FOLLOWED + since[kept])
    days = np.bincount(pairs // FOLLOWED, minlength=len(enrolled))
    return (days > 0).astype(np.int64), days


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the ratio of newcomers, by how much it exceeds that of others, and days lost; all seeds together."""

    def mean(some: Sequence[dict[str, float]], what: str, arm: str, *groups: str) -> float:
        people = sum(sample[f"{who}_{arm}_n"] for sample in some for who in groups)
        return sum(sample[f"{who}_{arm}_{what}"] for sample in some for who in groups) / max(1.0, people)

    def ratio(some: Sequence[dict[str, float]], who: str) -> float:
        hurt = mean(some, "again", "hurt", who)
        return mean(some, "again", "left", who) / hurt if hurt > 0.0 else float("nan")

    def lost(some: Sequence[dict[str, float]]) -> float:
        return mean(some, "days", "left", "new", "old") - mean(some, "days", "hurt", "new", "old")

    return {
        "newcomers": pooling.pooled(samples, lambda some: ratio(some, "new")),
        "falls": pooling.pooled(samples, lambda some: ratio(some, "new") - ratio(some, "old")),
        "days_lost": pooling.pooled(samples, lost),
    }
