"""G5: venues end up deserted or lively, and seldom in between.

Finding: the daily users of 22 membership sites over six years follow one of two courses, self-sustaining or not, as in
a model in which active members win others over and wake the dormant, and inactivity spreads. Source: Ribeiro 2014, an
abstract was read. A description. Experiment: places of 1,500 people who know twelve others each, opened once with an
announcement and without signposts afterwards, that differ in how much they have to offer (a cause that people share,
more or less clear) and how widely they are announced; their active members after three years.
"""

import math

import numpy as np

from sim.lab.observe import communities
from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.nulls import BASS_P, BASS_Q, bass

# How clear its cause is, and how widely a place is announced: what it has to offer, and to how many at once.
OFFERS = ((1.0, 0.1), (1.0, 0.2), (1.0, 0.4), (0.8, 0.2))
DESERTED, ALIVE, MOST = 0.01, 0.025, 0.065  # shares of the people who are active

ROW = Row(
    id="G5", title="Two fates: deserted or alive", source="Ribeiro 2014, WWW", read="abstract or summary",
    evidence="curve", tier=2, profile="social",
    targets=(
        Target("valley", None, low=-math.inf, high=1.0, unit="density between / in the rarer mode"),
        Target("deserted", None, low=0.1, high=0.9, unit="share of places"),
        Target("alive", None, low=0.1, high=0.9, unit="share of places"),
    ),
    stated="nothing", pooling="together",
    ablate={"worth.learning": 0.0, "leaving.dull": 0.0},
    note="bimodal is taken to mean: on the scale of roots, where counts vary evenly, places of 1 to 2.5 % active are "
    "less dense than those on either side. Ablated is that what a visit gave, which others supply, decides on coming "
    "and leaving; which side a place ends on is not put in",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the share of the people who are active after three years, in a place of each attractiveness."""
    found = {}
    for k, (mission, launch) in enumerate(OFFERS):
        levers = {
            "venue.marketing": 0.0, "venue.launch": launch, "venue.mission": mission, "population.cause": 0.4,
            "population.need_rate": 0.0001, "population.latent_ties": 12.0,
        }  # fmt: skip
        settings = bench.settings(ROW.profile, people=1500, days=1080, levers=levers)._replace(log=False)
        found[f"active_{k}"] = float(communities.active(bench.world(settings, seed).run())[0] / 1500)
    return found


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return how deep the valley is and how frequent each fate, with errors by resampling seeds."""
    active = np.array([list(sample.values()) for sample in samples])
    again = np.random.default_rng(0).integers(len(active), size=(300, len(active)))
    resampled = np.array([fates(active[rows]) for rows in again])
    names = ("valley", "deserted", "alive")
    errors = resampled.std(0).tolist()
    return dict(zip(names, zip(fates(active), errors, strict=True), strict=True))


def fates(active: np.ndarray) -> tuple[float, float, float]:
    """Return the depth of the valley, and the shares of places deserted and alive."""
    deserted, alive = float(np.mean(active < DESERTED)), float(np.mean(active >= ALIVE))
    some, many, most = math.sqrt(DESERTED), math.sqrt(ALIVE), math.sqrt(MOST)
    rarer = max(min(deserted / some, alive / (most - many)), 0.01)
    return (1.0 - deserted - alive) / (many - some) / rarer, deserted, alive


def nulls() -> dict[str, dict[str, float]]:
    """Return what Bass's curve gives after three years, with everybody who adopted active: one fate for all."""
    share = bass(BASS_P, BASS_Q, np.array([3.0]))
    return {"Bass": dict(zip(("valley", "deserted", "alive"), fates(share), strict=True))}
