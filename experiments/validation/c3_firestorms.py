"""C3: a firestorm dents most brands at once, and a good part of them for long.

Finding: of 78 firestorms, 58 % lowered what consumers thought of the brand in the short run and 40 % in the long run;
more if vivid, caused by the product, large and long. Source: Hansen, Kupfer & Hennig-Thurau 2018; the abstract was
read; a description with a daily panel. Experiment: on one day a fault of random size comes to light; against the same
world without it, those who were active members then; mean trust lower by more than 0.1 of its standard deviation, two
weeks and a year later.
"""

import numpy as np

from sim.lab.trials.snapshot import draws, key_of
from sim.lab.validation import Bench, Row, Target, pooling
from sim.world.measures import ACTIVE_DAYS
from sim.world.state import MEMBER

ROW = Row(
    id="C3", title="A firestorm dents most brands, and many for long",
    source="Hansen, Kupfer & Hennig-Thurau 2018, International Journal of Research in Marketing",
    read="abstract or summary", evidence="curve", tier=1, profile="firm",
    targets=(
        Target("short", 0.58, low=0.40, high=0.75, unit="share of firestorms"),
        Target("long", 0.40, low=0.25, high=0.55, unit="share of firestorms"),
        Target("persistence", 0.69, low=0.45, high=0.90, unit="share of the short ones"),
    ),
    stated="in part", pooling="together",
    ablate={"storms.holds": 0.0},
    note="That a fault costs trust, and that a breach is remembered, is put in; sizes are assumed. Attacks are of all "
    "sizes alike, because the sizes of the 78 are not known to us, and all come from the product. The panel asked "
    "consumers at large; here members are asked, since people outside hear nothing.",
)  # fmt: skip
START, WEEKS, YEAR, ATTACKS = 180, 14, 365, 4
DENT = 0.1  # standard deviations of trust


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how many attacks there were, and how many left trust lower in the short and in the long run."""
    world = bench.world(bench.settings(ROW.profile, days=START + YEAR + 1), seed).run(until=START)
    m = world.venues[0].memberships
    asked = np.flatnonzero((m["status"] == MEMBER) & (world.day - m["last_visit"] <= ACTIVE_DAYS))
    sizes = draws(key_of("firestorms", seed), np.arange(ATTACKS), 0)
    arms = [world.fork() for _ in range(ATTACKS + 1)]
    for arm, size in zip(arms[1:], sizes.tolist(), strict=True):
        product = arm.settings.product._replace(fault_day=float(START), fault=size)
        arm.change(arm.settings._replace(product=product))
    sample = {"attacks": float(ATTACKS)}
    for name, days in (("short", WEEKS), ("long", YEAR)):
        usual, *others = (arm.run(until=START + days).people["trust"][asked] for arm in arms)
        sample[name] = float(sum(usual.mean() - trust.mean() > DENT * usual.std() for trust in others))
    return sample


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the shares of all attacks, with standard errors."""
    return {
        "short": pooling.ratio(samples, "short", "attacks"), "long": pooling.ratio(samples, "long", "attacks"),
        "persistence": pooling.ratio(samples, "long", "short"),
    }  # fmt: skip
