"""G6: different measures of a community's success are hardly correlated.

Finding: over the communities of one large site, growth, retention, survival and volume correlate little and have
different predictors. Source: Cunha et al. 2019, an abstract was read; how little, it does not say. An association.
Experiment: small communities of all kinds, seven to a seed, for a year: the growth of the membership in the second
half; the share of a month's visitors who come again the next month; the last month's visits relative to the best
month's; and the posts in all. Ranks are correlated over all communities of all seeds.
"""

from itertools import pairwise

import numpy as np
from scipy.stats import spearmanr

from sim.lab.observe import communities
from sim.lab.validation import Bench, Row, Target
from sim.world import events, tally

EACH, DAYS = 7, 364
NAMES = ("growth", "retention", "survival", "volume")
POSTS = (tally.QUESTIONS, tally.TALKS, tally.ANSWERS)

ROW = Row(
    id="G6", title="Measures of success barely correlate", source="Cunha et al. 2019, WWW", read="abstract or summary",
    evidence="association", tier=2, profile="firm",
    targets=(Target("rho", None, low=0.0, high=0.5, unit="median absolute rank correlation"),),
    stated="nothing", pooling="together",
    note="hangs on the circumstances drawn, which are ours. No mechanism of its own could be switched off: whatever "
    "was tried, the measures stayed as unlike; so there is no credit",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return each measure of success of each of a seed's communities."""
    found = {}
    for k in range(EACH):
        levers = communities.of_all_kinds(1000 * seed + k)
        world = bench.world(bench.settings(ROW.profile, people=300, days=DAYS, levers=levers), seed)
        members = world.run(DAYS // 2).venues[0].now.members
        world.run()
        log = world.events()
        visits = log[log["kind"] == events.VISIT]
        month = visits["day"] // 28
        came = [set(visits["actor"][month == m].tolist()) for m in range(DAYS // 28)]
        stayed = [len(one & other) / len(one) for one, other in pairwise(came) if one]
        by_month = np.bincount(month, minlength=DAYS // 28)
        values = (
            (world.venues[0].now.members + 1) / (members + 1), float(np.mean(stayed)) if stayed else 0.0,
            by_month[-1] / max(by_month.max(), 1), sum(float(world.venues[0].tally[flow]) for flow in POSTS),
        )  # fmt: skip
        found |= {f"{name}_{k}": float(value) for name, value in zip(NAMES, values, strict=True)}
    return found


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the median of the six absolute rank correlations, with its error by resampling seeds."""
    table = np.array([[[sample[f"{name}_{k}"] for name in NAMES] for k in range(EACH)] for sample in samples])
    again = np.random.default_rng(0).integers(len(table), size=(200, len(table)))
    resampled = [median_rho(table[rows].reshape(-1, len(NAMES))) for rows in again]
    return {"rho": (median_rho(table.reshape(-1, len(NAMES))), float(np.std(resampled)))}


def median_rho(table: np.ndarray) -> float:
    """Return the median absolute rank correlation between columns."""
    rho = np.asarray(spearmanr(table).statistic)
    return float(np.median(np.abs(rho[np.triu_indices(len(NAMES), 1)])))
