"""C7: deletion of criticism that is noticed backfires, and a specific reason mitigates it.

Finding: where customers saw that a company had deleted criticism they forgave less and spoke worse of it elsewhere; a
specific reason took part of that back. Source: Liao et al. 2024; Stevens et al. 2022; Shin et al. 2020; abstracts were
read; experiments with vignettes. Experiment: after a fault the host deletes all criticism, and members notice none, a
third or most of it, the latter with and without a reason; they have a place of their own, too. Trust of those who were
active members, and criticism in the other place, three months later.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target
from sim.world import tally
from sim.world.levers import Setup
from sim.world.measures import ACTIVE_DAYS
from sim.world.state import MEMBER
from sim.world.world import World

ROW = Row(
    id="C7", title="Deletion that is noticed backfires, and a reason mitigates",
    source="Liao et al. 2024; Stevens et al. 2022; Shin et al. 2020", read="abstract or summary", evidence="experiment",
    tier=2, profile="firm",
    targets=(
        Target("some_noticed", None, low=0.0, unit="trust lost, against deletion that nobody notices"),
        Target("most_noticed", None, low=0.0, unit="trust lost, against deletion of which a third is noticed"),
        Target("elsewhere", None, low=0.0, unit="criticisms in the other place, against none noticed"),
        Target("reason", None, low=1 / 3, unit="share of the loss that a reason takes back"),
    ),
    stated="nearly", pooling="seeds",
    ablate={"storms.gagged": 0.0, "storms.witnessed": 0.0, "storms.wronged": 0.0, "storms.goes_on": 0.0},
    note="Close to its own rule: what a noticed deletion costs, and what a reason averts, are put in, with sizes by "
    "hand. What emerges is what is left of it after three months, against what deletion itself averts.",
)  # fmt: skip
START, DAYS = 180, 90
ARMS = {"none": (0.0, 0.0), "third": (0.3, 0.0), "most": (0.8, 0.0), "explained": (0.8, 1.0)}  # traces, reasons


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return differences between the arms, in trust and in criticism elsewhere."""
    settings = bench.settings(ROW.profile, days=START + DAYS)
    main = settings.setups[0]
    free = Setup("free", main.venue._replace(owner="members"), main.host._replace(hours=0.0))
    world = bench.world(settings._replace(setups=(main, free)), seed).run(until=START)
    m = world.venues[0].memberships
    asked = np.flatnonzero((m["status"] == MEMBER) & (world.day - m["last_visit"] <= ACTIVE_DAYS))
    trust, elsewhere = {}, {}
    for name, (traces, reasons) in ARMS.items():
        arm = under(world.fork(), traces, reasons).run()
        trust[name] = float(arm.people["trust"][asked].mean())
        elsewhere[name] = float(arm.venues[1].tally[tally.CRITICISMS])
    loss = trust["none"] - trust["most"]
    return {
        "some_noticed": trust["none"] - trust["third"], "most_noticed": trust["third"] - trust["most"],
        "elsewhere": elsewhere["most"] - elsewhere["none"],
        "reason": (trust["explained"] - trust["most"]) / loss if loss > 0.0 else float("nan"),
    }  # fmt: skip


def under(world: World, traces: float, reasons: float) -> World:
    """Return the world from a fault on, under a host that deletes all criticism."""
    main, free = world.settings.setups
    main = Setup(main.name, main.venue._replace(traces=traces), main.host._replace(deletes=1.0, reasons=reasons))
    product = world.settings.product._replace(fault_day=float(START), fault=0.5)
    world.change(world.settings._replace(setups=(main, free), product=product))
    return world
