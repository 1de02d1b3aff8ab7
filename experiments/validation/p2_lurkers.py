"""P2: the share of people who only read depends on the purpose of the venue.

Finding: in e-mail lists, over a window of twelve weeks, 45.5 % of the subscribers of health-support lists wrote
nothing, and 82 % of those of software-support lists; single lists range from 0 to 99 %. Source: Nonnecke & Preece 2000,
CHI; an abstract or summary was read. A description of two kinds of lists, not an effect. Experiment: the last twelve
weeks of an undisturbed place where people come for people, and of one where they come for help with a product; of
those who were members throughout, the share without a post.
"""

import numpy as np

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target
from sim.world.state import DORMANT, MEMBER

WINDOW = 84  # days

ROW = Row(
    id="P2", title="The share of people who only read depends on what the place is for",
    source="Nonnecke & Preece 2000, CHI",
    read="abstract or summary", evidence="curve", tier=1, profile="social",
    targets=(
        Target("health", 0.455, low=0.35, high=0.60, unit="share of members"),
        Target("software", 0.82, low=0.70, high=0.92, unit="share of members"),
        Target("gap", 0.365, low=0.25, high=0.45, unit="share of members"),
    ),
    stated="in part", pooling="seeds",
    ablate={"asking.p_silent_help": 0.4, "asking.p_silent_bond": 0.4},
    note="Two profiles: social for health support, firm for software support. The ablation lets the motive say nothing "
    "about who never speaks; the profiles' own difference in needs stays.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the shares without a post in the last twelve weeks, and their difference."""
    health, software = (silent(bench, profile, seed) for profile in ("social", "firm"))
    return {"health": health, "software": software, "gap": software - health}


def silent(bench: Bench, profile: str, seed: int) -> float:
    """Return the share of those who were members throughout the window and wrote nothing in it."""
    world = bench.baseline(profile, seed)
    inside = np.isin(world.venues[0].memberships["status"], (MEMBER, DORMANT))
    members = inside & (world.venues[0].memberships["joined"] <= world.day - WINDOW)
    posts = event_log.posts(world)
    wrote = np.bincount(posts.person[posts.day >= world.day - WINDOW], minlength=len(members)) > 0
    return event_log.share(~wrote[members])
