"""M1: related communities help each other more often than they harm each other.

Finding: among thousands of communities in clusters of related ones over five years, mutualism is more common than
competition, and its episodes are longer. Source: TeBlunthuis & Hill 2022; TeBlunthuis 2025 (abstracts). An
association. Experiment: three venues alike for the same people over four years; weekly visits after the first year, as
logarithms without a cubic trend, in a vector autoregression of one lag; of the cross effects that differ from nothing
(5 %), how many are positive.
"""

import numpy as np

from sim.lab.observe import communities
from sim.lab.validation import Bench, Row, Target

VENUES, WEEK, YEARS = 3, 7, 4

ROW = Row(
    id="M1", title="Related communities help more than they harm", source="TeBlunthuis & Hill 2022; TeBlunthuis 2025, "
    "ICWSM", read="abstract or summary", evidence="association", tier=2, profile="social",
    targets=(Target("positive", None, low=0.5, high=1.01, unit="share of the cross effects that differ from nothing"),),
    stated="nothing", pooling="together",
    ablate={"visit.reply": 0.0, "visit.peers": 0.0},
    note="the venues share people, their needs and their minutes, but nothing refers from one to the other and bonds "
    "belong to one venue: few cross effects differ from nothing, hardly more than chance gives",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how many cross effects are positive and how many negative."""
    settings = bench.settings(ROW.profile, people=700, days=52 * WEEK * YEARS)._replace(log=False)
    world = bench.world(communities.side_by_side(settings, VENUES), seed)
    t = cross_effects(communities.flows_by_step(world, WEEK, "visits")[52:])
    return {"helps": float(np.sum(t > 1.96)), "harms": float(np.sum(t < -1.96))}


def cross_effects(visits: np.ndarray) -> np.ndarray:
    """Return the t values of each venue's effect on each other one, a week later."""
    weeks = np.linspace(-1.0, 1.0, len(visits))
    trend = np.vander(weeks, 4)
    level = np.log1p(visits)
    level -= trend @ np.linalg.lstsq(trend, level, rcond=None)[0]
    before, after = level[:-1], level[1:]
    inverse = np.linalg.pinv(before.T @ before)
    effects = inverse @ before.T @ after
    variance = ((after - before @ effects) ** 2).sum(0) / (len(after) - VENUES - 4)
    t = effects / np.sqrt(np.maximum(np.outer(np.diag(inverse), variance), 1e-12))
    return np.asarray(t[~np.eye(VENUES, dtype=bool)])


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the share of positive ones over all seeds, with its standard error."""
    helps, harms = (sum(sample[name] for sample in samples) for name in ("helps", "harms"))
    n = helps + harms
    share = helps / n if n else float("nan")
    return {"positive": (share, float(np.sqrt(max(share * (1 - share), 0.25 / n) / n)) if n else float("nan"))}
