"""O4: within a topic people drift towards smaller places.

Finding: over time, members of communities on one topic (Reddit, Wikipedia) move towards smaller and more distinctive
ones; the order is nearly without circles. Source: Van Koevering, Ye & Kleinberg 2024; an abstract was read; a
description. Experiment: six places of one topic, announced more or less widely; of all who join a second place after a
first one, the share that goes from a larger to a smaller one, less the share that goes the other way.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target
from sim.world.levers import Setup

ROW = Row(
    id="O4", title="Within a topic people drift towards smaller places", source="Van Koevering, Ye & Kleinberg 2024",
    read="abstract or summary", evidence="curve", tier=2, profile="social",
    targets=(Target("net", None, low=0.0, unit="share of second joinings to a smaller place, less to a larger one"),),
    stated="nothing", pooling="seeds", ablate={"join.friends": 0.0, "join.contagion": 0.0, "visit.competes": 0.0},
    note="Facets do not specialise with tenure here, and places of one topic do not differ in tone.",
)  # fmt: skip
LAUNCHES = (0.6, 0.3, 0.15, 0.08, 0.04, 0.02)


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the net flow to smaller places."""
    settings = bench.settings(ROW.profile, people=1200, days=500)
    main = settings.setups[0]
    setups = tuple(
        Setup(f"place_{k}", main.venue._replace(launch=launch), main.host) for k, launch in enumerate(LAUNCHES)
    )
    world = bench.world(settings._replace(setups=setups, log=False), seed).run()
    joined = world.memberships["joined"].astype(np.int64)
    size = (joined <= world.day).sum(axis=1)
    order = np.argsort(joined, axis=0, kind="stable")
    first, second = order[0], order[1]
    person = np.arange(joined.shape[1])
    moved = (joined[second, person] <= world.day) & (joined[second, person] > joined[first, person])
    step = np.sign(size[first] - size[second])[moved]
    return {"net": float(step.mean()) if len(step) else float("nan")}
