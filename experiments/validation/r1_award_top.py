"""R1: an award to a top contributor raises what they give, and their chances of the next.

Finding: top contributors of an encyclopaedia who were given an award by a peer, at random, wrote 60 % more in the next
90 days than those who were not, and were six times likelier to be given further awards. Source: Restivo & van de Rijt
2012; an abstract or summary was read. Experiment: over ten months, half of those who come to be the busiest and were
never awarded get a public award by a peer; posts and further awards over 90 days, against the same people in the world
without it.
"""

from sim.lab.trials import Arm, Trial, measured, use
from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.pooling import change, ratio

ROW = Row(
    id="R1", title="An award to the busiest: more work, more awards", source="Restivo & van de Rijt 2012",
    read="abstract or summary", evidence="experiment", tier=1, profile="peer_production",
    targets=(
        Target("posts", 0.60, low=0.30, high=0.90, unit="share"),
        Target("awarded_again", 6.0, low=2.0, high=10.0, unit="risk ratio", null=1.0),
    ),
    stated="in part", pooling="together",
    ablate={"recognition.pull": 0.0, "recognition.belonging": 0.0, "recognition.fame": 0.0, "worth.praise": 0.0},
    note="the busiest 5 % of a quarter's posters: 1 % would be a handful a seed; against twins",
)  # fmt: skip
WINDOW = (0, 90)
TRIAL = Trial(
    name="award_top_contributors",
    who=(use("top_contributors", share=0.05, window=90), use("never_awarded")),
    arms=(Arm("control"), Arm("award", (use("award", by="peer"),))),
    outcomes=(measured("posts", WINDOW), measured("awards_received", WINDOW)),
    start=240, until=540,
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return posts and the number of people awarded again, of the treated and of their twins."""
    run = bench.trial(TRIAL, bench.settings(ROW.profile, people=6000, days=TRIAL.end), seed)
    found = {}
    for front in ("", "twin_"):
        found[f"{front}posts"] = float(run.of(f"{front}posts_0_90", "award").sum())
        found[f"{front}awarded"] = float((run.of(f"{front}awards_received_0_90", "award") > 0).sum())
    return found


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the change of posts and the risk ratio of further awards, over all seeds together."""
    return {
        "posts": change(samples, "posts", "twin_posts"),
        "awarded_again": ratio(samples, "awarded", "twin_awarded"),
    }
