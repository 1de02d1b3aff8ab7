"""W10: heavy users are lonelier, and more so the more they use.

Finding: of 1,787 US adults aged 19 to 32, those in the quarter with the most visits to social media a week had 3.4
times [2.3, 5.1] the odds of perceived social isolation of those in the lowest quarter; by time 2.0 [1.4, 2.8]; the
trend was linear. Source: Primack et al. 2017; the abstract was read; a cross-section, so an association. Experiment: a
place that lives on ads, in a world in which a feed takes an hour a day; visits in the last half year of those who came
at all, by quarter, and the share that is isolated on the last day.
"""

from collections.abc import Sequence

import numpy as np

from sim.lab.validation import Bench, Row, Target, pooling
from sim.lab.validation.pooling import Sample
from sim.world import events, systems

ROW = Row(
    id="W10", title="Heavy users are lonelier", source="Primack et al. 2017, AJPM", read="abstract or summary",
    evidence="association", tier=1, profile="media_ads",
    targets=(
        Target("odds_ratio", 3.4, low=1.8, high=5.1, unit="odds of the top quarter over the lowest", null=1.0),
        Target("rises", None, low=0.0, unit="smallest step from a quarter to the next"),
    ),
    stated="in part", pooling="together",
    ablate={"circles.longs": 0.0},
    note="That those who lack company come more often is put in; how strongly it shows is not, as most of what makes "
    "visits frequent has nothing to do with company, and belonging here makes people less isolated. By minutes in the "
    "feed instead of visits, the association would be nearly stated, by `circles.seeks` and by `circles.displaces` "
    "alike: a cross-section cannot tell the two apart.",
)  # fmt: skip
DAYS, FIRST = 545, 365
FEED = {"outside.feed": 60.0}  # minutes a day
QUARTERS = 4


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how many people are in each quarter by visits, and how many of these are isolated."""
    world = bench.world(bench.settings(ROW.profile, days=DAYS, levers=FEED), seed).run()
    log = world.events()
    visits = np.bincount(log["actor"][(log["kind"] == events.VISIT) & (log["day"] >= FIRST)],
                         minlength=len(world.people))  # fmt: skip
    is_isolated = systems.company_in_all(world) < world.parameters["circles"].isolated
    users = np.flatnonzero(visits > 0)
    quarter = np.searchsorted(np.quantile(visits[users], (0.25, 0.5, 0.75)), visits[users], side="left")
    people = np.bincount(quarter, minlength=QUARTERS)
    lonely = np.bincount(quarter, weights=is_isolated[users], minlength=QUARTERS)
    return pooling.counts("people", people) | pooling.counts("lonely", lonely)


def combine(samples: list[Sample]) -> dict[str, tuple[float, float]]:
    """Return the odds ratio of the top quarter, and the smallest step between neighbouring ones, all seeds together."""

    def shares(some: Sequence[Sample]) -> np.ndarray:
        people = pooling.total(some, "people")
        found: np.ndarray = np.divide(pooling.total(some, "lonely"), people, out=np.full(QUARTERS, np.nan),
                                      where=people > 0.0)  # fmt: skip
        return found

    def odds_ratio(some: Sequence[Sample]) -> float:
        share = shares(some)
        low, high = share[0] / (1.0 - share[0]), share[-1] / (1.0 - share[-1])
        return float(high / low) if low > 0.0 else float("nan")

    return {
        "odds_ratio": pooling.pooled(samples, lambda some: odds_ratio(some)),
        "rises": pooling.pooled(samples, lambda some: float(np.diff(shares(some)).min())),
    }
