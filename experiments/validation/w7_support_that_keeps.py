"""W7: company keeps people, information hardly does.

Finding: in a forum of people with breast cancer, exposure to emotional support lowered the hazard of leaving, and
exposure to information did so much less. Source: Wang, Kraut & Levine 2012; an abstract was read; an association.
Experiment: members of a social place who posted in their first thirty days; whether they still come half a year later,
on the replies that they got to social posts and to questions in these thirty days.
"""

import numpy as np
from numpy.typing import NDArray

from sim.lab.validation import Bench, Row, Target, pooled
from sim.world.state import NEVER, QUESTION, TALK

ROW = Row(
    id="W7", title="Company keeps people, information hardly does", source="Wang, Kraut & Levine 2012, CSCW",
    read="abstract or summary", evidence="association", tier=2, profile="social",
    targets=(
        Target("company", None, low=0.0, unit="chance of staying per reply to a social post"),
        Target("more", None, low=0.0, unit="the same, less that per reply to a question"),
    ),
    stated="in part", pooling="together", ablate={"bonding.gain_in_talk": 0.0, "worth.spoken": 0.0},
    note="That talk builds bonds faster than help does is a rule; that it keeps people follows through bonds and "
    "belonging. The finding is about support seen, here it is support received.",
)  # fmt: skip
FIRST, LATER = 30, 180


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the sums of a linear model of staying on both kinds of replies."""
    settings = bench.settings(ROW.profile, people=2500, days=420)
    world = bench.world(settings._replace(log=False), seed).run()
    venue, m = world.venues[0], world.memberships[0]
    threads, answers = venue.threads[: int(venue.now.threads)], venue.answers[: int(venue.now.answers)]
    joined = m["joined"].astype(np.int64)
    to, kind = answers["to"], threads["kind"][answers["thread"]]
    fine = (to >= 0) & (answers["person"] >= 0)
    early = fine & (answers["time"] <= joined[np.maximum(0, to)] + FIRST)
    number = {of: np.bincount(to[early & (kind == of)], minlength=len(m)) for of in (TALK, QUESTION)}
    posted = np.zeros(len(m), bool)
    by = threads["author"] >= 0
    soon = by & (threads["time"] <= joined[np.maximum(0, threads["author"])] + FIRST)
    posted[threads["author"][soon]] = True
    at_risk = posted & (joined < NEVER) & (joined <= world.day - FIRST - LATER)
    stays = (m["last_visit"] >= joined + FIRST + LATER)[at_risk].astype(float)
    x = np.stack([np.ones(len(stays)), np.minimum(5, number[TALK][at_risk]), np.minimum(5, number[QUESTION][at_risk])])
    return {f"xx_{i}{j}": float(x[i] @ x[j]) for i in range(3) for j in range(3)} | {
        f"xy_{i}": float(x[i] @ stays) for i in range(3)
    }


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the slope on replies to talk, and its difference from the slope on replies to questions."""

    def slopes(some: list[dict[str, float]]) -> NDArray[np.float64]:
        xx = np.array([[sum(sample[f"xx_{i}{j}"] for sample in some) for j in range(3)] for i in range(3)])
        xy = np.array([sum(sample[f"xy_{i}"] for sample in some) for i in range(3)])
        return np.asarray(np.linalg.lstsq(xx, xy, rcond=None)[0])

    return {
        "company": pooled(samples, lambda some: float(slopes(some)[1])),
        "more": pooled(samples, lambda some: float(slopes(some)[1] - slopes(some)[2])),
    }
