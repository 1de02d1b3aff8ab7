"""K3: who is first usually does not win.

Finding: of the pioneers in 50 categories with some 500 brands, 47 % failed; their mean share of the market was 10 %,
and they led in 11 % of the categories. Source: Golder & Tellis 1993; the abstract was read, the three figures are
second-hand; a description. Experiment: ten years of young companies, each alone in a new category until a copy follows.
Categories differ at random in the product's first fit, in how new it is, in the follower's lag, in what it adds and in
how much users need each other (weakly). Each company has money for a year, and covers its costs with its first
customers; there is no community. The rival stands for all followers.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target, pooling

ROW = Row(
    id="K3", title="The pioneer usually does not win", source="Golder & Tellis 1993, Journal of Marketing Research",
    read="second-hand", evidence="curve", tier=1, profile="firm",
    targets=(
        Target("failure", 0.47, low=0.35, high=0.60, unit="share of pioneers"),
        Target("share", 0.10, low=0.05, high=0.25, unit="share of users after ten years, failures as 0"),
    ),
    stated="in part", pooling="together",
    ablate={"rivals.pull": 0.0},
    note="That a copy may add what the original lacks is put in; how much is drawn evenly by the experiment, as are "
    "lag, newness and first fit, for want of figures. Money and costs are the experiment's as well, so failure by "
    "money is less of a test than the share. One rival stands for all; the finding's shares are those among many.",
)  # fmt: skip
WORLDS, PEOPLE, DAYS = 3, 300, 3650
COST = 65.0  # money a day: what 300 customers bring, less their tickets
LEVERS = {
    "population.strangers": 5, "venue.opens": DAYS, "venue.launch": 0, "venue.marketing": 0, "host.hours": 0,
    "product.survey": 50, "product.runway": 365 * COST, "product.burn": COST,
}  # fmt: skip
RANGES = {
    "product.fit": (0.3, 0.6), "product.different": (0.2, 0.8), "product.network": (0.0, 0.3),
    "outside.copies": (180, 1825), "outside.better": (0.0, 0.6),
}  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how many of the pioneers fail, and the sum of their shares."""
    failed, share = 0.0, 0.0
    for k in range(WORLDS):
        u = np.random.default_rng([seed, k]).random(len(RANGES))
        drawn = {name: float(low + (high - low) * x) for (name, (low, high)), x in zip(RANGES.items(), u, strict=True)}
        settings = bench.settings(ROW.profile, people=PEOPLE, days=DAYS, levers=LEVERS | drawn)
        world = bench.world(settings._replace(log=False, record_every=365), seed * WORLDS + k).run()
        found = world.outcomes()
        failed += 1.0 - found["alive"]
        share += found["market_share"] if found["alive"] else 0.0
    return {"pioneers": float(WORLDS), "failed": failed, "share": share}


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the share that fails, and the mean share of the market, over all seeds."""

    def per_pioneer(some: list[dict[str, float]], what: str) -> float:
        return sum(sample[what] for sample in some) / sum(sample["pioneers"] for sample in some)

    return {
        "failure": pooling.pooled(samples, lambda some: per_pioneer(list(some), "failed")),
        "share": pooling.pooled(samples, lambda some: per_pioneer(list(some), "share")),
    }
