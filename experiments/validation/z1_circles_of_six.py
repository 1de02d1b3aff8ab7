"""Z1: to see what a handful of peers do beats promotional messages.

Finding: of 217 students in a programme of 13 weeks, those who saw how four to six anonymous peers signed up for classes
took 6.3 classes, those who got weekly promotional messages 5.7 (p = .08), others 4.5; the messages gave an initial
bump, the effect of the peers grew. Source: Zhang, Brackbill, Yang & Centola 2015; the abstract and press summaries were
read; an experiment. Experiment: those who visited a young place in the last four weeks are divided at random: some are
put into circles of six and learn of each visit by the others, some get a message to all every week, some neither.
Visits in 13 weeks.
"""

from collections.abc import Sequence

import numpy as np

from sim.lab.trials.snapshot import draws, key_of
from sim.lab.validation import Bench, Row, Target, pooling
from sim.world.levers import Setup
from sim.world.state import MEMBER
from sim.world.world import World

ROW = Row(
    id="Z1", title="A handful of peers beats promotional messages",
    source="Zhang, Brackbill, Yang & Centola 2015, Prev Med Rep", read="abstract or summary", evidence="experiment",
    tier=1, profile="social",
    targets=(
        Target("peers", 6.3 / 4.5 - 1.0, low=0.10, high=0.75, unit="share of visits"),
        Target("messages", 5.7 / 4.5 - 1.0, low=-0.05, high=0.50, unit="share of visits"),
        Target("beats", None, low=0.0, unit="peers less messages, share of visits"),
        Target("grows", None, low=0.0, unit="effect of peers in weeks 8 to 13 less that in weeks 1 to 6"),
    ),
    stated="in part", pooling="together",
    ablate={"visit.peers": 0.0, "worth.company": 0.0, "leaving.hold_contacts": 0.0},
    note="That active contacts bring and hold people is put in; here nobody ever talked to them. A visit by a peer in "
    "the circle is taken to count like one post by a person who replied once (`bonding.gain` and both people's "
    "comfort), and it is noticed without a visit, as by e-mail: the size is our choice. The act is a visit, where "
    "the finding has classes. The world knows messages of a host, whatever they say.",
)  # fmt: skip
START, WEEKS, LATELY, CIRCLE = 84, 13, 28, 6
LEVERS = {"host.hours": 3.0}  # hours enough for a message a week
ARMS = ("neither", "peers", "messages")


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the people of each arm, and their visits in the first six weeks, the seventh and the last six."""
    world = bench.world(bench.settings(ROW.profile, 3000, START + 7 * WEEKS, LEVERS), seed).run(until=START)
    m = world.memberships[0]
    around = np.flatnonzero((m["status"] == MEMBER) & (m["last_visit"] >= START - LATELY))
    order = around[np.argsort(draws(key_of("circles_of_six", seed), around, slot=0))]
    circles = order[: len(order) // (len(ARMS) * CIRCLE) * CIRCLE].reshape(-1, CIRCLE)
    messages, neither = np.array_split(order[circles.size :], 2)
    m["mail_own"][:] = 0.0
    m["mail_own"][messages] = 1.0
    setup = world.settings.setups[0]
    weekly = Setup(setup.name, setup.venue, setup.host._replace(broadcasts=30.0 / 7.0))
    world.change(world.settings._replace(setups=(weekly,)))
    visits = np.zeros((WEEKS, len(world.people)))
    while world.day < START + 7 * WEEKS:
        week = (world.day - START) // 7
        world.step()
        came = world.venues[0].visitors
        visits[week, came] += 1.0
        notify(world, circles, came)
    found = {}
    for arm, persons in zip(ARMS, (neither, circles.ravel(), messages), strict=True):
        each = visits[:, persons].sum(axis=1)
        parts = {"early": each[:6].sum(), "middle": each[6], "late": each[7:].sum(), "n": len(persons)}
        found |= {f"{arm}_{part}": float(value) for part, value in parts.items()}
    return found


def notify(world: World, circles: np.ndarray, came: np.ndarray) -> None:
    """Let members learn who of their circle came: it counts like a post by somebody who replied to them once."""
    comfort = world.people["comfort"][circles].astype(np.float64)
    pairs = np.minimum(1.0, world.parameters["bonding"].gain * comfort[:, :, None] * comfort[:, None, :])
    pairs *= ~np.eye(CIRCLE, dtype=bool)
    weight = (pairs * np.isin(circles, came)[:, None, :]).sum(axis=2)
    m = world.memberships[0]
    learns = (weight > 0.0) & (m["status"][circles] == MEMBER)
    persons = circles[learns]
    age = world.day - m["stamp"][persons].astype(np.float64)  # contacts are kept as of that day
    m["contacts"][persons] += weight[learns] * np.exp(age / world.parameters["memory"].contacts)


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return effects as shares of the visits of those who got neither; all seeds together."""

    def effect(some: Sequence[dict[str, float]], arm: str, *parts: str) -> float:
        mine, base = (
            sum(sample[f"{name}_{part}"] for sample in some for part in parts)
            / max(1.0, sum(sample[f"{name}_n"] for sample in some))
            for name in (arm, "neither")
        )
        return mine / base - 1.0 if base > 0.0 else float("nan")

    whole = ("early", "middle", "late")
    return {
        "peers": pooling.pooled(samples, lambda some: effect(some, "peers", *whole)),
        "messages": pooling.pooled(samples, lambda some: effect(some, "messages", *whole)),
        "beats": pooling.pooled(samples, lambda some: effect(some, "peers", *whole) - effect(some, "messages", *whole)),
        "grows": pooling.pooled(samples, lambda some: effect(some, "peers", "late") - effect(some, "peers", "early")),
    }
