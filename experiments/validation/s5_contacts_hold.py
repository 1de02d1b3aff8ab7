"""S5: people are less likely to leave if more of their contacts are active.

Finding: of person-weeks in an online community of students at Irvine, among people with at most five contacts, 45 to
46 % were the last with none or one active contact, 35 % with two, 30 % with three, 29 % with four, 27 % with five; the
number explains more than the fraction. Source: computed from the public data (R package tnet; Panzarasa, Opsahl &
Carley 2009). An association: contacts stop at the same time for reasons of their own. Experiment: the same statistic of
an undisturbed run, over all seeds together; last is a week with a post that 28 days without one follow.
"""

from collections.abc import Sequence

import numpy as np

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target, counts, pooled, total

ROW = Row(
    id="S5", title="The more contacts are active, the fewer leave",
    source="UC Irvine community data (R package tnet; Panzarasa, Opsahl & Carley 2009)", read="computed",
    evidence="association", tier=1, profile="social",
    targets=(
        Target("ratio", 0.455 / 0.27, low=1.3, high=2.3, unit="exit with at most 1 : with 5", null=1.0),
        Target("steps_down", 1.0, low=0.75, high=1.0, unit="share of the four steps from 1 to 5"),
    ),
    ablate={"leaving.hold_contacts": 0.0, "leaving.ties": 0.0, "visit.peers": 0.0},
    note="A contact is somebody with whom a reply went either way, where the data have messages. Monotone is read as "
    "three of the four steps or more going down, as few person-weeks have five contacts who are all active.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return person-weeks and last ones by the number of active contacts."""
    found = event_log.exits_by_contacts(bench.baseline(ROW.profile, seed))
    return counts("weeks", found.weeks) | counts("exits", found.exits)


def combine(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the ratio and the steps over all seeds."""
    return {"ratio": pooled(samples, ratio), "steps_down": pooled(samples, steps_down)}


def hazards(samples: Sequence[dict[str, float]]) -> np.ndarray:
    """Return the share of last weeks with at most 1, with 2, 3, 4 and 5 active contacts."""
    weeks, exits = total(samples, "weeks"), total(samples, "exits")
    weeks, exits = np.append(weeks[:2].sum(), weeks[2:]), np.append(exits[:2].sum(), exits[2:])
    return np.where(weeks > 0, exits / np.maximum(weeks, 1.0), np.nan)


def ratio(samples: Sequence[dict[str, float]]) -> float:
    """Return exit with at most one active contact over exit with five."""
    found = hazards(samples)
    return float(found[0] / found[-1]) if found[-1] > 0.0 else float("nan")


def steps_down(samples: Sequence[dict[str, float]]) -> float:
    """Return the share of steps that go down."""
    return float(np.mean(np.diff(hazards(samples)) < 0.0))


def nulls() -> dict[str, dict[str, float]]:
    """Return what random churn gives: exit does not depend on contacts, and half of the steps go down by chance."""
    return {"random churn": {"ratio": 1.0, "steps_down": 0.5}}
