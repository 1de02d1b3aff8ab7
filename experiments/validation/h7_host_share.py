"""H7: the share of posts in a healthy help forum that its hosts write.

Finding: the 31 hosts of en-net, 3 % of those who posted, wrote 14 % of posts and answers and gave 17 % of first
answers. Source: computed from the public archive of the forum (R package ennet). A description, not an effect.
Experiment: an undisturbed run; the host's share of all posts, its own threads and replies among them, and of first
replies.
"""

import numpy as np

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target
from sim.world import events
from sim.world.state import HOST
from sim.world.world import World

BY_HOST = (events.SEEDED, events.HOST_ANSWERED)

ROW = Row(
    id="H7", title="The share of a healthy help forum that its hosts write", source="en-net archive (R package ennet)",
    read="computed", evidence="curve", tier=1, profile="expert_help",
    targets=(Target("host_share", 0.14, low=0.08, high=0.22, unit="share of posts"),),
    stated="in part", pooling="seeds",
    ablate={"answering.answer": 0.0},
    note="What the host sets out to do is environment, so the row is met in part by the profile; what peers leave to "
    "it is not. The ablation leaves the host alone with the questions. A host that answers at once, before peers, "
    "comes to much the same share.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the host's share of all posts; of first answers, unscored."""
    world = bench.baseline(ROW.profile, seed)
    return {
        "host_share": host_share(world),
        "first_answers": first_answers_by_host(event_log.threads(world)),
    }  # fmt: skip


def host_share(world: World, venue: int = 0) -> float:
    """Return the host's share of all posts. The host's own threads and replies count."""
    by_host = len(event_log.of_kinds(world, BY_HOST, venue))
    everybody = by_host + len(event_log.of_kinds(world, event_log.POSTS, venue))
    return by_host / everybody if everybody else float("nan")


def first_answers_by_host(found: event_log.Threads) -> float:
    """Return the host's share of first replies."""
    return event_log.share(found.answerer[np.isfinite(found.answered)] == HOST)
