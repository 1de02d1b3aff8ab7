"""P7: the inequality of a hosted forum of experts.

Finding: of 1,037 identified posters of en-net, 2009 to 2020, with 7,112 posts, 46 % [43, 49] posted once; the Gini
coefficient is 0.72 [0.61, 0.80]; the top 1, 5, 10 and 20 % wrote 36, 56, 66 and 77 %. Source: computed from the public
archive of the forum (R package ennet). A description, not an effect. Experiment: an undisturbed run; the posts of all
who ever posted.
"""

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target
from sim.world.census import gini

ROW = Row(
    id="P7", title="The inequality of a hosted forum of experts", source="en-net archive (R package ennet)",
    read="computed", evidence="curve", tier=1, profile="expert_help",
    targets=(
        Target("gini", 0.72, low=0.61, high=0.80, unit="0 to 1", se=0.048),
        Target("once", 0.46, low=0.40, high=0.55, unit="share of posters", se=0.015),
    ),
    stated="in part", pooling="seeds",
    ablate={"population.contribution_tail": 3.0, "population.contribution_cap": 10.0},
    note="That people differ in what they give is assumed. The world's hosts are left out; the archive has 31 of them.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return inequality of posts and the share of posters with a single one."""
    world = bench.baseline(ROW.profile, seed)
    posts = event_log.posts(world).counts(len(world.people))
    return {"gini": gini(posts[posts > 0]), "once": event_log.share(posts[posts > 0] == 1)}
