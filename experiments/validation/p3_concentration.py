"""P3: in a large and old venue of peer production, few people write nearly everything.

Finding: among registered editors of Wikipedia the Gini coefficient of edits is 0.936; about 90 % of the active editors
make fewer than 10 % of the edits, and the top 1 % make 55 %. Sources: Ortega & Gonzalez-Barahona 2007; Suh et al. 2009;
both at second hand. A description, not an effect. Experiment: five undisturbed years; the lifetime posts of all who
ever posted.
"""

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target
from sim.world.census import gini, top_share

ROW = Row(
    id="P3", title="An old place of peer production is written by few",
    source="Ortega & Gonzalez-Barahona 2007; Suh et al. 2009", read="second-hand", evidence="curve", tier=1,
    profile="peer_production",
    targets=(
        Target("gini", 0.936, low=0.85, high=0.96, unit="0 to 1"),
        Target("top1", 0.55, low=0.35, high=0.65, unit="share of posts"),
    ),
    stated="in part", pooling="seeds",
    ablate={"population.contribution_tail": 3.0, "population.contribution_cap": 10.0},
    note="Edits are read as posts. That people differ in what they give is assumed; the inequality of lifetimes on top "
    "of it emerges.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return inequality and top share of the lifetime posts of all who ever posted."""
    world = bench.baseline(ROW.profile, seed, days=1825)
    posts = event_log.posts(world).counts(len(world.people))
    return {"gini": gini(posts[posts > 0]), "top1": top_share(posts[posts > 0], 0.01)}
