"""F1: early users who are unlike the market send a product the wrong way.

Finding: of products launched on Product Hunt, where nine in ten users are men, those for women grew 40 % less in the
year after, and less on days with fewer women among the users; on such days teams put 30 % less into development.
Source: Cao, Koning & Nanda 2020; an abstract was read; a newsletter that changed a day's users is the quasi-experiment.
Experiment: two kinds of use, of which the second is half of the market, and 10, 30 or 50 % of the first customers. A
product team asks its customers, and improves one kind of use at each release. After a year: customers of the second
kind won from the market, and releases that improved that kind, compared with early customers like the market.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target
from sim.world.state import CUSTOMER
from sim.world.world import World

ROW = Row(
    id="F1", title="Early users unlike the market mislead the product", source="Cao, Koning & Nanda 2020, SocArXiv "
    "g6wjn", read="abstract or summary", evidence="quasi-experiment", tier=1, profile="firm",
    targets=(
        Target("growth", -0.40, low=-0.60, high=-0.15, unit="share, at 10 % of early customers"),
        Target("monotone", None, low=0.0, unit="smaller of the two steps in growth, from 10 to 30 and to 50 %"),
        Target("effort", -0.30, low=-0.50, high=-0.10, unit="share, at 10 % of early customers"),
    ),
    stated="in part", pooling="seeds",
    ablate={"listening.improve": 0.0},
    note="That a team improves what it hears of most is put in. A team here is not discouraged by a weak launch and "
    "works at the same pace: effort is what it spends on the second kind of use. Strangers adopt without regard to "
    "fit, so growth can differ by those who leave and by recommendations alone.",
)  # fmt: skip
FIRST, SECOND, DAYS = 0, 1, 365
MIXES = (0.1, 0.3, 0.5)
EARLY, MARKET = 1000, 5  # customers, and strangers for each
LEVERS = {
    "population.strangers": MARKET, "product.fixes": 1, "product.release_days": 14, "product.survey": 100,
    "product.fit": 0.4, "host.listening": 0.3,
}  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return by how much growth and effort for the second kind differ from those with early users like the market."""
    growth, effort = zip(*(launched(bench, seed, share) for share in MIXES), strict=True)
    least, some, like = growth
    return {
        "growth": least / like - 1.0 if like else float("nan"),
        "monotone": min(some - least, like - some) / like if like else float("nan"),
        "effort": effort[0] / effort[-1] - 1.0 if effort[-1] else 0.0,  # where nothing is ever improved
    }


def launched(bench: Bench, seed: int, share: float) -> tuple[float, float]:
    """Return the customers of the second kind won from the market in a year, and the releases that improved it."""
    settings = bench.settings(ROW.profile, people=EARLY, days=DAYS, levers=LEVERS)._replace(log=False)
    world = bench.world(settings, seed)
    kind = divided(world, seed, share)
    releases = 0.0
    while world.day < DAYS:
        before = world.product.fit[SECOND]
        world.step()
        releases += world.product.fit[SECOND] > before
    won = (kind == SECOND) & (world.people["customer"] == CUSTOMER)
    return float(won[EARLY:].sum()), releases


def divided(world: World, seed: int, share: float) -> np.ndarray:
    """Give everybody one of two kinds of use: the market half and half, early customers as the mix says."""
    u = np.random.default_rng(seed).random(len(world.people))
    kind = np.where(u < np.where(np.arange(len(u)) < EARLY, share, 0.5), SECOND, FIRST)
    world.people["facet"] = kind
    return kind
