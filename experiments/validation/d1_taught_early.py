"""D1: new customers whom the host takes by the hand leave less and ask less for a week, and use more for long.

Finding: a cloud provider gave 366 of 2,673 new customers initial guidance on basic features. Half as many of them left
in the first week, and they asked 19.55 % fewer questions in it; both effects were gone after a week, and their use had
grown by 46.57 % more in eight months. Source: Retana, Forman & Wu 2016; the abstract was read; a field experiment.
Experiment, randomised: the host of a new place greets the same share of newcomers in person; leaving the place and
questions, to members or to the support desk, in the first week and in the three after it; visits in eight months.
"""

from collections.abc import Sequence

import numpy as np

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target, pooling
from sim.world import events

ROW = Row(
    id="D1", title="Taught early: half as many leave, fewer questions, more use",
    source="Retana, Forman & Wu 2016, M&SOM", read="abstract or summary", evidence="experiment", tier=1,
    profile="firm",
    targets=(
        Target("leaving", 0.5, low=0.35, high=0.75, unit="rate of leaving in week 1, greeted over others", null=1.0),
        Target("questions", -0.1955, low=-0.32, high=-0.08, unit="share of questions in week 1"),
        Target("leaving_later", 1.0, low=0.75, high=1.33, unit="rate of leaving in weeks 2 to 4", null=1.0),
        Target("questions_later", 0.0, low=-0.08, high=0.08, unit="share of questions in weeks 2 to 4"),
        Target("use", 0.4657, low=0.15, high=0.75, unit="share of visits in eight months"),
    ),
    stated="in part", pooling="together",
    ablate={"bonding.host_reply": 0.0, "asking.drawn_out": 0.0},
    note="This world's host greets; it does not teach. A greeting makes a newcomer belong a little, which holds them, "
    "and draws them out, so that they rather ask more. Nobody learns what would spare them questions. The finding "
    "is about customers of a service, here it is members of its place. What is gone after a week is read as less than "
    "the least that counts in the first week; the finding gives no limits.",
)  # fmt: skip
TAUGHT = 366 / 2673
JOINING, FOLLOWED, WEEK, MONTH = 180, 240, 7, 28
LEVERS = {"host.onboarding": TAUGHT, "host.hours": 8.0}  # hours enough for every greeting
QUESTIONS = (events.ASK, events.ASK_AGAIN, events.TICKET)


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return people, days at risk, exits, questions and visits of those who were greeted and of the others."""
    world = bench.world(bench.settings(ROW.profile, 6000, JOINING + FOLLOWED, LEVERS), seed).run()
    joined, n = event_log.joined(world), len(world.people)
    new, taught = joined < JOINING, np.zeros(n, bool)
    greeted = event_log.of_kinds(world, (events.GREET,))
    taught[greeted["target"][greeted["day"] == joined[greeted["target"]]]] = True
    log = world.events()
    since = log["day"].astype(np.int64) - np.where(log["actor"] >= 0, joined[log["actor"]], 0)
    since[(log["actor"] < 0) | (since < 0)] = FOLLOWED
    exits = log["kind"] == events.EXIT
    stayed = np.full(n, FOLLOWED)  # days until they first left
    np.minimum.at(stayed, log["actor"][exits], since[exits])
    asked, visits = np.isin(log["kind"], QUESTIONS), log["kind"] == events.VISIT

    def number(kept: np.ndarray, begin: int, end: int) -> np.ndarray:
        inside = kept & (since >= begin) & (since < end)
        return np.bincount(log["actor"][inside], minlength=n)

    figures = {
        "people": np.ones(n), "use": number(visits, 0, FOLLOWED), "questions": number(asked, 0, WEEK),
        "questions_later": number(asked, WEEK, MONTH), "exits": stayed < WEEK, "days": np.minimum(stayed + 0.5, WEEK),
        "exits_later": (stayed >= WEEK) & (stayed < MONTH), "days_later": np.clip(stayed + 0.5 - WEEK, 0, MONTH - WEEK),
    }  # fmt: skip
    groups = (("taught", new & taught), ("others", new & ~taught))
    return {f"{who}_{name}": float(values[group].sum()) for who, group in groups for name, values in figures.items()}


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return ratios of rates of leaving, and changes of questions and visits a head; all seeds together."""

    def ratio(some: Sequence[dict[str, float]], what: str, per: str) -> float:
        over, under, base, all_others = (
            sum(sample[f"{who}_{name}"] for sample in some)
            for who, name in (("taught", what), ("others", what), ("taught", per), ("others", per))
        )
        return (over / base) / (under / all_others) if under > 0.0 and base > 0.0 else float("nan")

    return {
        "leaving": pooling.pooled(samples, lambda some: ratio(some, "exits", "days")),
        "questions": pooling.pooled(samples, lambda some: ratio(some, "questions", "people") - 1.0),
        "leaving_later": pooling.pooled(samples, lambda some: ratio(some, "exits_later", "days_later")),
        "questions_later": pooling.pooled(samples, lambda some: ratio(some, "questions_later", "people") - 1.0),
        "use": pooling.pooled(samples, lambda some: ratio(some, "use", "people") - 1.0),
    }
