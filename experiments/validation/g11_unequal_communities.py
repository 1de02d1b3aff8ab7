"""G11: communities become very unequal only if people hear of them through others and benefit from the others.

Finding: in an agent-based model held against the communities of one site, exposure alone and benefit alone each fail to
give the unequal sizes that are observed; both together do. Source: Foote et al. 2022, an abstract was read. A
description. Experiment: twelve venues alike in one population; their members after sixteen months. Then the same
without exposure through members (no notices, no invitations), and the same without a benefit that grows with what is
there. Inequality is the variance of sizes beyond chance (beyond that of a Poisson count), relative to the squared mean.
"""

import numpy as np

from sim.lab.observe import communities
from sim.lab.validation import Bench, Row, Target

VENUES, PEOPLE, DAYS = 12, 800, 480
ALIKE = {"marketing": 0.001, "launch": 0.1}
UNSEEN = ALIKE | {"notices": 0.0, "invites": 0.0}
NO_BENEFIT = {"join.supply": 0.0}

ROW = Row(
    id="G11", title="Unequal communities need exposure and benefit", source="Foote et al. 2022",
    read="abstract or summary", evidence="curve", tier=2, profile="social",
    targets=(
        Target("both", None, low=0.2, unit="squared coefficient of variation beyond chance"),
        Target("benefit_alone", None, low=-1.0, high=0.2, unit="squared coefficient of variation beyond chance"),
        Target("exposure_alone", None, low=-1.0, high=0.2, unit="squared coefficient of variation beyond chance"),
    ),
    stated="nothing", pooling="together",
    ablate={"join.friends": 0.0, "join.contagion": 0.0, "advocacy.invite": 0.0},
    note="a fifth is where unequal begins: sizes that vary by 45 % of their mean. It is our line, not the finding's; "
    "and twelve venues make no power law",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how unequal a seed's communities are, with both and with each alone."""
    return {
        "both": inequality(bench, seed, ALIKE), "benefit_alone": inequality(bench, seed, UNSEEN),
        "exposure_alone": inequality(bench.changed(NO_BENEFIT), seed, ALIKE),
    }  # fmt: skip


def inequality(bench: Bench, seed: int, levers: dict[str, float]) -> float:
    """Return the variance of the venues' sizes beyond that of counts, over the squared mean."""
    settings = bench.settings(ROW.profile, people=PEOPLE, days=DAYS)._replace(log=False)
    world = bench.world(communities.side_by_side(settings, VENUES, **levers), seed).run()
    sizes = np.array([float(venue.now.members) for venue in world.venues])
    return float((sizes.var(ddof=1) - sizes.mean()) / max(sizes.mean(), 1.0) ** 2)


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return means over seeds, with standard errors: one world has too few venues to tell."""
    table = {name: np.array([sample[name] for sample in samples]) for name in samples[0]}
    return {
        name: (float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))) for name, values in table.items()
    }
