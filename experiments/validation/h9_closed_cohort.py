"""H9: a cohort that starts together and gets no newcomers is active in a burst and then fades.

Finding: of 430 members of a learning community on Slack, with no joining between 9 September and 29 December 2017,
97 % came and 65 % posted in the first week; 78 and 38 % in the second, 58 and 20, 47 and 12, 40 and 9 (sixth), 35 and
7 (eighth), 27 and 3.7 (tenth), 26 and 2.8 (fourteenth), 21 and 3.3 (sixteenth). Source: computed from the analytics of
the R4DS community (tidytuesday, 2019-07-16). A description, not an effect. Experiment: an opening that is heard of
everywhere and no signposts later, among people who do not know each other; the share of those who joined on the
opening day who come, and who post, week by week.
"""

import numpy as np

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target

WEEKS = np.array([1, 2, 3, 4, 6, 8, 10, 14, 16])
ACTIVE = np.array([0.97, 0.78, 0.58, 0.47, 0.40, 0.35, 0.27, 0.26, 0.21])
POSTING = np.array([0.65, 0.38, 0.20, 0.12, 0.09, 0.07, 0.037, 0.028, 0.033])

ROW = Row(
    id="H9", title="A closed cohort bursts and fades", source="R4DS community analytics (tidytuesday 2019-07-16)",
    read="computed", evidence="curve", tier=1, profile="social",
    targets=(
        Target("active_rmse", 0.0, low=0.0, high=0.10, unit="share of members"),
        Target("posting_rmse", 0.0, low=0.0, high=0.06, unit="share of members"),
    ),
    stated="in part", pooling="seeds",
    ablate={"asking.introductions": 0.0, "worth.learning": 0.0, "leaving.dull": 0.0},
    note="A few come in later by search; they are not counted. That reopening brings everybody back is not expressed.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how far the weekly shares are from the curves."""
    settings = bench.settings(ROW.profile, people=PEOPLE, days=7 * int(WEEKS[-1]), levers={
        "venue.launch": 5.0, "venue.marketing": 0.0, "population.latent_ties": 0.0,
    })  # fmt: skip
    world = bench.world(settings, seed).run()
    cohort = np.flatnonzero(event_log.joined(world) == 0)
    active, posting = event_log.active_shares(world, cohort, 0, int(WEEKS[-1]))
    return {
        "active_rmse": distance(active[WEEKS - 1], ACTIVE), "posting_rmse": distance(posting[WEEKS - 1], POSTING),
        "cohort": float(len(cohort)),
    }  # fmt: skip


PEOPLE = 2700  # of whom about 430 join


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return the root of the mean squared difference."""
    return float(np.sqrt(np.mean((one - other) ** 2)))
