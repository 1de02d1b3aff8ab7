"""P1: one person in a hundred writes most of the posts.

Finding: in four moderated health forums (63,990 actors, 578,349 posts) the top 1 % wrote 74.7 % of the content, the
next 9 % wrote 24.0 %, the other 90 % wrote 1.3 %; fewer than a quarter ever posted. Source: van Mierlo 2014, JMIR
16(2):e33; an abstract or summary was read. A description, not an effect. Experiment: 24 undisturbed months of a
community that a company runs for those who use what it offers, which is what those forums were; everybody who ever
joined is ranked by number of posts, those who never posted among them.
"""

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target
from sim.world.census import top_share

ROW = Row(
    id="P1", title="One in a hundred writes most of what there is", source="van Mierlo 2014, JMIR 16(2):e33",
    read="abstract or summary", evidence="curve", tier=1, profile="firm",
    targets=(
        Target("top1", 0.747, low=0.50, high=0.85, unit="share of posts"),
        Target("ever_posted", 0.20, low=0.10, high=0.30, unit="share of members"),
    ),
    stated="in part", pooling="seeds",
    ablate={"population.contribution_tail": 3.0, "population.contribution_cap": 10.0},
    note="Published is fewer than a quarter ever posting; 0.20 stands for it. Posts by the host are left out. That "
    "people differ in what they give is assumed, so an unequal outcome follows; how unequal it gets does not.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the share of posts by the top 1 % of all who ever joined, and the share of these who ever posted."""
    world = bench.baseline(ROW.profile, seed, days=730)
    posts = event_log.posts(world).counts(len(world.people))[event_log.ever_members(world)]
    return {"top1": top_share(posts, 0.01), "ever_posted": event_log.share(posts > 0)}
