"""A7: the number of messages to all has an optimum between too few and too many.

Finding: for the e-mails of a US retailer a structural model puts the best frequency at seven a month; four a month lose
32 % of the profit of a customer's lifetime, ten lose 16 %. Source: Zhang, Kumar & Cosguner 2017 (abstract read). An
estimate from observed data. Experiment here: worlds with one past get from none to fifteen promotional messages a month
for a year. Profit is what those who were members then spend, over what they spend with no message at all: what
visits that a message brings are worth, less what those who unsubscribe no longer spend. Sending costs nothing.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.lab.validation import Bench, Row, Target, pooling
from sim.world.state import DORMANT, MEMBER

PEOPLE, START, DAYS = 4000, 180, 365
FREQUENCIES = np.array([0.0, 2.0, 4.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0])
FINE = np.linspace(0.0, 15.0, 151)
SOCIETY = {
    "venue.launch": 2.0,
    "venue.marketing": 0.01,
    "host.hours": 20.0,
}  # enough members, and a host whose hours do not bind
ROW = Row(
    id="A7", title="There is a best number of messages to all", source="Zhang, Kumar & Cosguner 2017",
    read="abstract or summary", evidence="quasi-experiment", tier=1, profile="firm",
    targets=(
        Target("best", 7.0, low=4.0, high=10.0, unit="messages a month"),
        Target("loss_at_10", 0.16, low=0.05, high=0.30, unit="share of the best profit"),
    ),
    stated="nearly", pooling="together",
    ablate={"visit.fatigue_scale": 60.0, "worth.nuisance": 0.0},
    note="the form, a response that wears off with the square of recent messages, has its best number put in by one "
    "parameter; what unsubscribing costs moves it. Profit is the gain over no messages, since what customers spend "
    "anyway would hide it",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return what those who were members at the change spent after it, by number of messages a month."""
    world = bench.world(bench.settings(ROW.profile, PEOPLE, levers=SOCIETY)._replace(log=False), seed).run(START)
    members = np.flatnonzero(np.isin(world.memberships["status"][0], (MEMBER, DORMANT)))
    before = world.people["spent"][members].sum()
    spent = []
    for number in FREQUENCIES:
        arm = world.fork()
        arm.change(
            bench.settings(ROW.profile, PEOPLE, levers=SOCIETY | {"host.broadcasts": number})._replace(log=False)
        )
        spent.append(arm.run(until=START + DAYS).people["spent"][members].sum() - before)
    return pooling.counts("spent", np.array(spent))


def curve(some: Sequence[dict[str, float]]) -> NDArray[np.float64]:
    """Return the gain over none along `FINE`, by a cubic through all arms: the best of noisy ones is too good."""
    spent = pooling.total(some, "spent")
    powers = np.arange(4)
    found, *_ = np.linalg.lstsq(FREQUENCIES[:, None] ** powers, spent, rcond=None)
    return np.asarray(FINE[:, None] ** powers[1:] @ found[1:])


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the best number of messages and what ten lose against it, all seeds together."""

    def best(some: Sequence[dict[str, float]]) -> float:
        return float(FINE[int(np.argmax(curve(some)))])

    def loss(some: Sequence[dict[str, float]]) -> float:
        gained = curve(some)
        most, ten = float(gained.max()), float(np.interp(10.0, FINE, gained))
        return 1.0 - ten / most if most > 0 else float("nan")

    return {"best": pooling.pooled(samples, best), "loss_at_10": pooling.pooled(samples, loss)}
