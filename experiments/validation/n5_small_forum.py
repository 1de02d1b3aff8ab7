"""N5: a small forum of experts answers three questions in four, within a day or so.

Finding: of 1,654 threads of en-net that are not announcements 77 % were answered by somebody else; the first answer
came after 19.3 hours in the median (quartiles 5.0 and 64.5), for 43 % within a day. Source: computed from the public
archive of the forum (R package ennet). A description, not an effect. Experiment: an undisturbed run; members' threads
that are a week old or older.
"""

import numpy as np

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target

ROW = Row(
    id="N5", title="A small forum of experts answers three in four within days",
    source="en-net archive (R package ennet)", read="computed", evidence="curve", tier=1, profile="expert_help",
    targets=(
        Target("answered", 0.77, low=0.67, high=0.87, unit="share of threads", se=0.01),
        Target("median_hours", 19.3, low=8.0, high=48.0, unit="hours"),
    ),
    stated="in part", pooling="seeds",
    ablate={"answering.answer": 0.0},
    note="The ablation leaves the hosts alone. How much these answer is environment: 17 % of first answers in the "
    "archive.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the share of threads with a reply by somebody else, and the median hours until it."""
    found = event_log.threads(bench.baseline(ROW.profile, seed))
    hours = found.hours()
    return {"answered": found.replied_share, "median_hours": float(np.median(hours)) if len(hours) else np.nan}
