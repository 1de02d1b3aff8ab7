"""K6: much convention with some novelty beats either alone.

Finding: of 17.9 million papers, those that join mostly conventional combinations of sources with a tail of unusual ones
are twice as likely to be among the most cited 5 %. Source: Uzzi et al. 2013; an abstract was read; an association, in
science. Experiment: forty products a seed, of a quality drawn at random, depart from what people know by 0, 25, 50, 75
or 100 %. After two years, the 5 % with the most customers are the hits. There is no community.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target, pooling

ROW = Row(
    id="K6", title="Much convention with some novelty does best", source="Uzzi et al. 2013, Science",
    read="abstract or summary", evidence="association", tier=1, profile="firm",
    targets=(
        Target("interior", None, low=0.0, unit="chance of a hit at the best level between less that at an end"),
        Target("ratio", 2.0, low=1.3, high=3.0, unit="chance at the best level between, over the ends", null=1.0),
    ),
    stated="nearly", pooling="together",
    ablate={"rivals.novelty": 0.0},
    note="Concave novelty against convex unfamiliarity is put in, with equal sizes by hand. What is not put in is "
    "whether customers follow after two years, when news has worn off and new customers have left over what is "
    "unfamiliar. Products stand for papers. How much quality differs is the experiment's choice, and the ratio hangs "
    "on it.",
)  # fmt: skip
LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)
PRODUCTS, HITS, PEOPLE, DAYS = 40, 2, 50, 730
QUALITY = (0.2, 0.8)
LEVERS = {
    "population.strangers": 5, "venue.opens": 3650, "venue.launch": 0, "venue.marketing": 0, "host.hours": 0,
}  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the number of products and of hits by level."""
    quality = np.random.default_rng(seed).uniform(*QUALITY, PRODUCTS)
    level = np.arange(PRODUCTS) % len(LEVELS)
    users = np.empty(PRODUCTS)
    for k in range(PRODUCTS):
        own = {"product.fit": float(quality[k]), "product.different": LEVELS[level[k]]}
        settings = bench.settings(ROW.profile, people=PEOPLE, days=DAYS, levers=LEVERS | own)
        world = bench.world(settings._replace(log=False, record_every=365), seed * PRODUCTS + k).run()
        users[k] = world.product.customers
    hits = np.argsort(-users, kind="stable")[:HITS]
    return {f"{what}_{j}": float(n) for j in range(len(LEVELS))
            for what, n in (("products", (level == j).sum()), ("hits", (level[hits] == j).sum()))}  # fmt: skip


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return how the best level between compares with the ends, over all seeds."""

    def chances(some: list[dict[str, float]]) -> list[float]:
        return [sum(sample[f"hits_{j}"] for sample in some) / sum(sample[f"products_{j}"] for sample in some)
                for j in range(len(LEVELS))]  # fmt: skip

    def ratio(chance: list[float]) -> float:
        ends = (chance[0] + chance[-1]) / 2
        return max(chance[1:-1]) / ends if ends > 0.0 else float("nan")

    def interior(chance: list[float]) -> float:
        return max(chance[1:-1]) - max(chance[0], chance[-1])

    return {
        "interior": pooling.pooled(samples, lambda some: interior(chances(list(some)))),
        "ratio": pooling.pooled(samples, lambda some: ratio(chances(list(some)))),
    }
