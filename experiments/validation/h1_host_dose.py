"""H1: a firm's engagement helps where people seek help, up to a point.

Finding: over 115,000 posts of ten forums, the firm's engagement raised consumers' sentiment in threads about functional
needs less and less, and then lowered it; in social threads it made no difference. Source: Homburg, Ehm & Artz 2015; an
abstract or summary was read; an association, and where the maximum lies was not found. Experiment: a host that replies
to all of a growing share of the members' threads, hours being ample. Sentiment is read as the belonging at the
end of those who only asked, and of those who only talked; a parabola over the host's share of replies is
fitted to all worlds.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.lab.validation import Bench, Row, Target, pooled
from sim.world import tally
from sim.world.world import World

ROW = Row(
    id="H1", title="A host's engagement helps functional threads up to a point, social ones not",
    source="Homburg, Ehm & Artz 2015, Journal of Marketing Research", read="abstract or summary",
    evidence="association", tier=2, profile="firm",
    targets=(
        Target("rise", None, low=0.0, unit="slope without a host"),
        Target("fall", None, low=0.0, unit="downward slope at the highest dose"),
        Target("flat_in_talk", None, low=0.0, unit="1.96 standard errors less the slope"),
    ),
    stated="nearly", pooling="together",
    ablate={"bonding.autonomy": 0.0, "answering.crowding": 0.0},
    note="That a host's replies cost autonomy, growing with its share of all replies, is put in, and so is that in "
    "social threads they cost none; only the place of the maximum emerges. What they give there is set by hand, so "
    "that it makes up for the members' replies that they displace. Judged over all seeds together: single worlds "
    "differ by more than the doses.",
)  # fmt: skip
DOSES = (0.0, 0.05, 0.15, 0.4, 1.0)
WORLDS = 2


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return, for each dose, the host's share of replies and the sentiment of functional and of social authors."""
    found = {f"{what}_{k}": 0.0 for what in ("share", "functional", "social") for k in range(len(DOSES))}
    for k, dose in enumerate(DOSES):
        levers = {"host.replies": dose, "host.joins_in": dose, "host.hours": 200.0, "host.capacity": 200.0}
        settings = bench.settings(ROW.profile, days=400, levers=levers)
        for one in range(WORLDS):
            world = bench.world(settings, seed * WORLDS + one).run()
            flows = world.venues[0].tally
            replies = flows[tally.HOST_ANSWERS] + flows[tally.ANSWERS]
            found[f"share_{k}"] += float(flows[tally.HOST_ANSWERS] / max(1.0, replies)) / WORLDS
            asked, talked = (world.venues[0].memberships[name] > 0 for name in ("questions", "talks"))
            found[f"functional_{k}"] += sentiment(world, asked & ~talked) / WORLDS
            found[f"social_{k}"] += sentiment(world, talked & ~asked) / WORLDS
    return found


def sentiment(world: World, who: NDArray[np.bool_]) -> float:
    """Return the mean belonging at the end of some people."""
    m = world.venues[0].memberships[who]
    age = world.day - m["stamp"].astype(np.float64)
    return float(np.mean(m["belonging"] * np.exp(-age / world.parameters["memory"].belonging)))


def combine(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the slopes at both ends of the parabola, and how far the social slope is from mattering."""
    slope, error = pooled(samples, lambda some: float(fitted(some, "social", 1)[0]))
    return {
        "rise": pooled(samples, lambda some: float(fitted(some, "functional", 2)[1])),
        "fall": pooled(samples, fall),
        "flat_in_talk": (1.96 * error - abs(slope), 0.0),
    }


def fall(samples: Sequence[dict[str, float]]) -> float:
    """Return how steeply the parabola falls at the highest dose."""
    bend, slope = fitted(samples, "functional", 2)[:2]
    top = np.mean([sample[f"share_{len(DOSES) - 1}"] for sample in samples])
    return float(-(slope + 2.0 * bend * top))


def fitted(samples: Sequence[dict[str, float]], name: str, degree: int) -> NDArray[np.float64]:
    """Return the polynomial of sentiment over the host's share, each seed's worlds around their own mean."""
    shares, values = (np.array([[s[f"{what}_{k}"] for k in range(len(DOSES))] for s in samples])
                      for what in ("share", name))  # fmt: skip
    terms = np.stack([shares**power for power in range(degree, 0, -1)], axis=-1)
    terms -= terms.mean(axis=1, keepdims=True)
    values = values - values.mean(axis=1, keepdims=True)
    return np.asarray(np.linalg.lstsq(terms.reshape(-1, degree), values.ravel(), rcond=None)[0], np.float64)
