"""G3: people join sooner if more of their friends are members, at a falling rate, and if those know each other.

Finding: the chance of joining a community rises with the number k of friends inside, with diminishing returns, and is
higher where those friends know each other. Source: Backstrom et al. 2006 (LiveJournal, DBLP), an abstract was read. An
association: friends also resemble each other. Experiment: every week, for each person outside, how many friends they
have inside and what share of the pairs of these are tied; and whether the person joins within the week.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target
from sim.world.mechanisms.join import WEEK
from sim.world.state import CUSTOMER, MEMBER, OUTSIDE
from sim.world.world import World

MOST = 6  # more friends inside are counted as so many

ROW = Row(
    id="G3", title="Each further friend inside counts, ever less", source="Backstrom et al. 2006, KDD",
    read="abstract or summary", evidence="association", tier=2, profile="social",
    targets=(
        Target("rise", None, low=1.0, unit="hazard at 5 friends / at 1", null=1.0),
        Target("concave", None, low=0.0, unit="first step less a later one, per friend"),
        Target("closure", None, low=0.0, unit="weekly hazard"),
    ),
    stated="nearly", pooling="seeds",
    ablate={"join.friends": 0.0, "join.contagion": 0.0, "advocacy.invite": 0.0},
    note="the concave shape and the weight of closure are stated in the rule of exposure; what is tested is that they "
    "survive the selection of those who are still outside",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the shape of the weekly hazard of joining."""
    settings = bench.settings(ROW.profile, people=4500, days=52 * WEEK, levers={"population.latent_ties": 10.0})
    world = bench.world(settings._replace(log=False), seed).run(4 * WEEK)
    known = neighbours(world)
    at_risk, joined = np.zeros((2, MOST + 1)), np.zeros((2, MOST + 1))  # by closure below or above the mean
    while world.day < settings.days:
        before = world.memberships[0]["status"].copy()
        outside = (before == OUTSIDE) & (world.people["customer"] == CUSTOMER)
        friends = world.memberships[0]["friends"]
        who = np.flatnonzero(outside & (friends > 0))
        k = np.minimum(friends[who], MOST)
        tied = np.array([closed(known, before, i) if k_ > 1 else 0.0 for i, k_ in zip(who, k, strict=True)])
        world.run(world.day + WEEK)
        joins = world.memberships[0]["status"][who] != OUTSIDE
        side = (tied > 0.2).astype(int)
        np.add.at(at_risk, (side, k), 1.0)
        np.add.at(joined, (side, k), joins)
    total = joined.sum(0) / np.maximum(at_risk.sum(0), 1.0)
    few, many = total[1], (joined[:, 4:].sum()) / at_risk[:, 4:].sum()
    mean_many = float((at_risk.sum(0)[4:] * np.arange(4, MOST + 1)).sum() / at_risk[:, 4:].sum())
    early = (total[2] + total[3]) / 2 - total[1]
    late = many - (total[2] + total[3]) / 2
    apart, close = (joined[side, 2:] / np.maximum(at_risk[side, 2:], 1.0) for side in (0, 1))
    weight = 1.0 / (1.0 / np.maximum(at_risk[0, 2:], 1e-9) + 1.0 / np.maximum(at_risk[1, 2:], 1e-9))
    return {
        "rise": float(many / few), "concave": float(early / 1.5 - late / (mean_many - 2.5)),
        "closure": float(np.average(close - apart, weights=weight)),
    }  # fmt: skip


def neighbours(world: World) -> list[set[int]]:
    """Return whom each person knows."""
    start, partner = world.ties_start, world.ties_partner
    return [set(partner[start[i] : start[i + 1]].tolist()) for i in range(len(world.people))]


def closed(known: list[set[int]], status: np.ndarray, person: int) -> float:
    """Return the share of pairs of a person's friends inside who know each other."""
    inside = [friend for friend in known[person] if status[friend] == MEMBER]
    pairs = len(inside) * (len(inside) - 1)
    return sum(len(known[one].intersection(inside)) for one in inside) / pairs if pairs else 0.0


def nulls() -> dict[str, dict[str, float]]:
    """Return what Bass's curve gives: joining does not depend on a person's own friends."""
    return {"Bass": {"rise": 1.0, "concave": 0.0, "closure": 0.0}}
