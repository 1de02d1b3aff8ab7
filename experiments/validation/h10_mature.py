"""H10: in an old open community few people visit in a week, and fewer post.

Finding: of 2,900 to 3,000 members of a learning community on Slack in the middle of 2019, 7 to 10 % came in a week (15
to 17 % in a week with an event) and 1.2 to 2.0 % posted, 11 to 24 % of those who came. Source: computed from the
analytics of the R4DS community (tidytuesday, 2019-07-16). A description, not an effect. Experiment: 24 undisturbed
months; the last four weeks, as shares of all who ever joined, as accounts are not closed there.
"""

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target

WEEKS = 4

ROW = Row(
    id="H10", title="In an old open community few people come in a week, and fewer post",
    source="R4DS community analytics (tidytuesday 2019-07-16)", read="computed", evidence="curve", tier=1,
    profile="social",
    targets=(
        Target("active", 0.085, low=0.05, high=0.17, unit="share of members"),
        Target("posters", 0.016, low=0.008, high=0.03, unit="share of members"),
    ),
    stated="nothing", pooling="seeds",
    ablate={"worth.learning": 0.0, "leaving.dull": 0.0},
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the weekly shares of all who ever joined, on average over the last four weeks."""
    world = bench.baseline(ROW.profile, seed, days=730)
    active, posting = event_log.active_shares(world, event_log.ever_members(world), world.day - 7 * WEEKS, WEEKS)
    return {"active": float(active.mean()), "posters": float(posting.mean())}
