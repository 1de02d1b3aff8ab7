"""R7: contributions rise towards a rank and fall behind it, less at higher ranks.

Finding: on a large question-and-answer exchange people gave more as they came close to the next rank, and less once
they had it; at higher ranks the swing was smaller. Source: Goes, Guo & Lin 2016; an abstract or summary was read.
Experiment: the same world with and without ranks; around each number of answers at which a rank stands, answers per
visit far ahead of it, close to it, and behind it, in the world with ranks against those who pass the same number in the
world without.
"""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from sim.lab.trials.snapshot import Ints
from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.pooling import pooled
from sim.world import events
from sim.world.mechanisms import incentives
from sim.world.world import World

ROW = Row(
    id="R7", title="Effort rises towards a rank and falls behind it, less so at higher ranks",
    source="Goes, Guo & Lin 2016, ISR",
    read="abstract or summary", evidence="quasi-experiment", tier=2, profile="peer_production",
    targets=(
        Target("towards", None, low=0.0, unit="log ratio"),
        Target("behind", None, low=-10.0, high=0.0, unit="log ratio"),
        Target("less_at_higher", None, low=0.0, unit="log ratio"),
    ),
    stated="in part", pooling="together",
    ablate={"incentives.goal": 0.0},
    note="that the swing falls with rank is put in (rank_wear); the fall behind a rank is not: the pull ends there",
)  # fmt: skip
DAYS = 730
RANKS = 3  # the first three are reached by enough people


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return answers and visits by rank and phase, with and without ranks."""
    found = {}
    for name, goals in (("with", 1.0), ("without", 0.0)):
        world = bench.world(bench.settings(ROW.profile, days=DAYS, levers={"venue.goals": goals}), seed).run()
        ranks = [0.0, *(incentives.FIRST_RANK * incentives.RANK_STEP**k for k in range(RANKS + 1))]
        answered = numbered(world)
        for k in range(1, RANKS + 1):
            length, ahead = ranks[k] - ranks[k - 1], ranks[k + 1] - ranks[k]
            for phase, first, end in (
                ("far", ranks[k - 1] + 0.2 * length, ranks[k - 1] + 0.6 * length),
                ("near", ranks[k - 1] + 0.8 * length, ranks[k]),
                ("behind", ranks[k], ranks[k] + 0.2 * ahead),
            ):
                for what, numbers in zip(("answers", "visits"), answered, strict=True):
                    found[f"{name} {k} {phase} {what}"] = float(((numbers >= first) & (numbers < end)).sum())
    return found


def numbered(world: World) -> tuple[Ints, Ints]:
    """Return how many answers its author had given before each answer, and before each visit."""
    log = world.events()
    log = log[(log["kind"] == events.ANSWERED) | (log["kind"] == events.VISIT)]
    log = log[np.argsort(log["actor"], kind="stable")]
    is_answer = log["kind"] == events.ANSWERED
    before = np.cumsum(is_answer) - is_answer
    begins = np.searchsorted(log["actor"], log["actor"])
    before = before - before[begins]
    return before[is_answer], before[~is_answer]


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the swing around ranks, over all seeds together."""
    return {target.name: pooled(samples, partial(swing, target.name)) for target in ROW.targets}


def swing(which: str, samples: Sequence[dict[str, float]]) -> float:
    """Return a log ratio of answers per visit between two phases, with ranks less without, mean over ranks."""
    if which == "towards":
        return float(np.mean([between(samples, k, "near", "far") for k in range(1, RANKS + 1)]))
    if which == "behind":
        return float(np.mean([between(samples, k, "behind", "near") for k in range(1, RANKS + 1)]))
    return between(samples, 1, "near", "far") - between(samples, RANKS, "near", "far")


def between(samples: Sequence[dict[str, float]], rank: int, over: str, under: str) -> float:
    """Return the log ratio of answers per visit in two phases around a rank, with ranks less without."""

    def pace(world: str, phase: str) -> float:
        answers, visits = (sum(sample[f"{world} {rank} {phase} {what}"] for sample in samples)
                           for what in ("answers", "visits"))  # fmt: skip
        return math.log(answers / visits) if answers > 0.0 and visits > 0.0 else math.nan

    return pace("with", over) - pace("with", under) - pace("without", over) + pace("without", under)
