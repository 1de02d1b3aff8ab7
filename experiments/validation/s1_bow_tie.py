"""S1: most people in a help network only ask.

Finding: in the network of who was answered by whom in a Java forum the core, in which everybody reaches everybody,
holds 12.3 % of the people; 54.9 % only asked somebody of the core, 13.0 % only answered. Source: Zhang, Ackerman &
Adamic 2007, WWW; recalled, not seen in print. A description, not an effect. Experiment: an undisturbed run of the help
profile; largest strong component of the network from asker to answerer, and what leads into it and out of it.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target
from sim.world import events
from sim.world.state import QUESTION
from sim.world.world import World

ROW = Row(
    id="S1", title="Most people in a network of help only ask", source="Zhang, Ackerman & Adamic 2007, WWW",
    read="recalled", evidence="curve", tier=1, profile="expert_help",
    targets=(
        Target("core", 0.123, low=0.05, high=0.20, unit="share of people"),
        Target("askers_to_answerers", None, low=2.0, unit="ratio"),
    ),
    stated="nothing", pooling="seeds",
    ablate={"population.contribution_tail": 3.0, "population.contribution_cap": 10.0},
    note="Replies to social posts are no edges. The ablation makes people alike in how much they answer.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the core's share, and how many only ask for one who only answers."""
    found = bow_tie(*help_edges(bench.baseline(ROW.profile, seed)))
    return {
        "core": found.core,
        "askers_to_answerers": found.leads_in / found.leads_out if found.leads_out > 0.0 else float("inf"),
    }  # fmt: skip


class BowTie(NamedTuple):
    """Shares of the people in a help network that are in its core, lead into it, or are reached from it."""

    core: float
    leads_in: float
    leads_out: float


def help_edges(world: World, venue: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the author and the answerer of each answer by a member to another member's question."""
    log = event_log.of_kinds(world, (events.ANSWERED,), venue)
    kind = world.venues[venue].threads["kind"][log["thread"]]
    log = log[(kind == QUESTION) & (log["target"] >= 0) & (log["target"] != log["actor"])]
    return log["target"].astype(np.int64), log["actor"].astype(np.int64)


def bow_tie(author: np.ndarray, replier: np.ndarray) -> BowTie:
    """Return the bow tie of the edges from author to replier: the largest strong component and the parts tied to it."""
    people, ends = np.unique(np.concatenate([author, replier]), return_inverse=True)
    if len(people) == 0:
        return BowTie(*(float("nan"),) * 3)
    n, half = len(people), len(author)
    graph = coo_array((np.ones(half), (ends[:half], ends[half:])), (n, n)).tocsr()
    _, part = connected_components(graph, directed=True, connection="strong")
    core = part == np.bincount(part).argmax()
    inside = int(np.flatnonzero(core)[0])
    downstream, upstream = np.zeros(n, bool), np.zeros(n, bool)
    downstream[breadth_first_order(graph, inside, return_predecessors=False)] = True
    upstream[breadth_first_order(graph.T.tocsr(), inside, return_predecessors=False)] = True
    return BowTie(float(core.mean()), event_log.share(upstream & ~core), event_log.share(downstream & ~core))
