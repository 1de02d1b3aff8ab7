"""W1: where the rules are shown, newcomers keep to them more, and more of them write.

Finding: announcing the rules in a random half of 2,190 discussions of a large science community raised the share of
newcomers' comments that kept to them from 52 to 60 %, and newcomers' participation by 70 % (38 % in a first analysis).
Source: Matias 2019; the abstract and the author's summary were read; an experiment. Experiment: a place that turns away
about as much of what newcomers write goes on for a month with its rules shown and, from the same day and with the same
seed, without; what members wrote as one of their first five posts, and the share of what was judged that passed.
"""

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.pooling import change, pooled
from sim.world import tally
from sim.world.levers import Setup

ROW = Row(
    id="W1", title="Rules that are shown bring newcomers, and better conduct", source="Matias 2019, PNAS",
    read="abstract or summary", evidence="experiment", tier=1, profile="social",
    targets=(
        Target("newcomers", 0.70, low=0.20, high=1.10, unit="share of posts by newcomers"),
        Target("kept", 0.08, low=0.02, high=0.14, unit="share of what was judged"),
    ),
    stated="in part", pooling="together",
    ablate={"norms.heeds": 0.0},
    note="That those who are shown the rules keep to them is put in; its size is from other experiments on prompts. "
    "More posts can only come from those who would have been turned away, were hurt and stopped. That rules make a "
    "place feel safe enough to write a first post has no rule here: this finding is its only source, and guidance "
    "while drafting raised no activity (Horta Ribeiro et al. 2024, abstract). Between worlds: the finding "
    "drew discussions by lot. Only new threads are judged here, there it was comments.",
)  # fmt: skip
START, DAYS, NEW = 60, 30, 5
STRICT = 0.25  # nearly half of what newcomers write is turned away, as there; set in the world without shown rules


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return newcomers' posts, and what was judged and passed, with the rules shown and without."""
    settings = bench.settings(ROW.profile, 6000, START + DAYS, {"venue.rejection": STRICT})
    plain = bench.world(settings, seed).run(until=START)
    shown = plain.fork()
    setup = settings.setups[0]
    with_rules = Setup(setup.name, setup.venue._replace(rules_shown=1.0), setup.host)
    shown.change(settings._replace(setups=(with_rules,)))
    found = {}
    for name, world in (("plain", plain), ("shown", shown)):
        place = world.venues[0]
        judged, rejected = float(place.now.judged), float(place.tally[tally.REJECTED])
        posts = event_log.posts(world.run())
        found[f"{name}_posts"] = float(((posts.day >= START) & (posts.number() <= NEW)).sum())
        found[f"{name}_judged"] = float(place.now.judged) - judged
        found[f"{name}_kept"] = found[f"{name}_judged"] - float(place.tally[tally.REJECTED]) + rejected
    return found


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the change in newcomers' posts and in the share that passes, over all seeds together."""

    def share(some: list[dict[str, float]], name: str) -> float:
        return sum(sample[f"{name}_kept"] for sample in some) / max(1.0, sum(s[f"{name}_judged"] for s in some))

    return {
        "newcomers": change(samples, "shown_posts", "plain_posts"),
        "kept": pooled(samples, lambda some: share(list(some), "shown") - share(list(some), "plain")),
    }
