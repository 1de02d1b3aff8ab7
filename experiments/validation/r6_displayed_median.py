"""R6: people who are shown the median contribution move towards it.

Finding: members of a film-rating site who were told the median number of ratings gave 530 % more in the next month if
they stood below it, and 62 % less if above. Source: Chen, Harper, Konstan & Li 2010; an abstract or summary was read.
Experiment: half of those who posted in a quarter are shown the median for a month; posts in that month against the same
people in the world where nobody is told; below and above by their posts of the quarter before.
"""

import numpy as np

from sim.lab.trials import Arm, Trial, measured, use
from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.pooling import change

ROW = Row(
    id="R6", title="A displayed median pulls from both sides", source="Chen, Harper, Konstan & Li 2010, AER",
    read="abstract or summary", evidence="experiment", tier=1, profile="peer_production",
    targets=(
        Target("below", 5.3, low=1.0, high=8.0, unit="share"),
        Target("above", -0.62, low=-0.80, high=-0.30, unit="share"),
        Target("distance", None, low=-1.0, high=0.0, unit="share"),
    ),
    stated="nearly", pooling="together",
    ablate={"incentives.below": 0.0, "incentives.above": 0.0},
    note="the pull towards the median is the rule's; its size and how far it shows in a month are not",
)  # fmt: skip
MEDIAN = 1.0  # posts a month, about what the median member who posts writes; the exact one is displayed
TRIAL = Trial(
    name="tell_median",
    who=(use("activity_quantile", low=0.0, high=1.0, window=90), use("members_with_posts")),
    arms=(Arm("control"), Arm("told", (use("tell_median", window=30),), for_days=30)),
    outcomes=(measured("posts", (0, 30)),), start=365,
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the posts of those below and above, told and not, and how far all are from the median on a log scale."""
    run = bench.trial(TRIAL, bench.settings(ROW.profile, days=TRIAL.end), seed)
    before = run.of("posts_before", "told") / 3.0
    found = {}
    for front in ("", "twin_"):
        posts = run.of(f"{front}posts_0_30", "told")
        found[f"{front}below"] = float(posts[before < MEDIAN].sum())
        found[f"{front}above"] = float(posts[before > MEDIAN].sum())
        found[f"{front}distance"] = float(np.abs(np.log((posts + 1.0) / (MEDIAN + 1.0))).sum())
    return found


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the relative changes, over all seeds together."""
    return {name: change(samples, name, f"twin_{name}") for name in ("below", "above", "distance")}
