"""A3: of the members who respond to more ads, some leave and some pay for a version without ads.

Finding: in the same trial as A1 about three listeners were lost for each one who took a subscription because of more
ads. Source: Huang, Reiley & Riabov 2018 (summary read). An experiment. Experiment here: worlds with one past, in which
a way to meet no ads is on sale, get half and twice the usual load for 21 months. Lost are the members that the world
with more ads has fewer of; won are the subscribers that it has more of.
"""

from collections.abc import Sequence

from sim.lab.validation import Bench, Row, Target, pooling
from sim.lab.validation.dose_response import course

START, MONTHS, FEWER, MORE = 90, 21, 2.5, 10.0
ON_SALE = {"venue.ad_free_price": 4.0}  # money a month
ROW = Row(
    id="A3", title="More ads: three members lost for one who pays", source="Huang, Reiley & Riabov 2018",
    read="abstract or summary", evidence="experiment", tier=1, profile="media_ads",
    targets=(Target("lost_per_subscriber", 3.0, low=1.5, high=6.0, unit="members lost per subscriber won", null=0.0),),
    stated="in part", pooling="together",
    ablate={"exposure.upgrade": 0.0},
    note="without its mechanism nobody subscribes and the ratio does not exist; one parameter (the hazard to pay per "
    "ad) sets its level",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how many members a world with more ads has fewer of, and how many subscribers it has more of."""
    few, many = (
        course(bench, ROW.profile, seed, START, MONTHS, {"venue.ad_load": load}, before=ON_SALE)
        for load in (FEWER, MORE)
    )
    return {"lost": float(few.members - many.members), "won": float(many.subscribers - few.subscribers)}


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return lost members per subscriber, all seeds together; NaN where nobody was won."""

    def ratio(some: Sequence[dict[str, float]]) -> float:
        won = sum(sample["won"] for sample in some)
        return sum(sample["lost"] for sample in some) / won if won > 0 else float("nan")

    return {"lost_per_subscriber": pooling.pooled(samples, ratio)}
