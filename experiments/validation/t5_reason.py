"""T5: the reason decides how people take being asked for more: necessity moderately helps, profit harms.

Finding: when the New York Times began to charge, readers who were told that it was needed for survival supported it
more and would pay more; told of profit, less. Source: Cook & Attari 2012; the abstract was read; a framing experiment
beside a longitudinal survey. Experiment: worlds with one past, in which the host asks as much of members for its own
ends from a day on, and says that the place needs it, says that it is for profit, or says nothing; trust of the members
of that day, half a year later.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target
from sim.world.state import MEMBER

ROW = Row(
    id="T5", title="Asked out of need or for profit: the reason decides",
    source="Cook & Attari 2012, CBSN", read="abstract or summary", evidence="experiment", tier=2, profile="media_ads",
    targets=(
        Target("need", None, low=0.0, unit="trust: need as the reason less none"),
        Target("profit", None, high=0.0, low=-1.0, unit="trust: profit as the reason less none"),
    ),
    stated="nearly", pooling="seeds",
    ablate={"dealings.forgives": 0.0},
    note="The order of three numbers of `dealings` (an open ask, what need forgives, what finding out costs) was set "
    "by hand with this finding known, so it says little. Where a hidden agenda is found out more often, the order of "
    "profit and none turns round. The finding is about a price; here it is about asks.",
)  # fmt: skip
START, DAYS = 120, 300
REASONS = {"need": (1.0, 1.0), "profit": (1.0, 0.0), "none": (0.0, 0.0)}  # told, necessity


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the differences in trust of need and of profit from no reason."""
    past = bench.world(bench.settings(ROW.profile, days=DAYS)._replace(log=False), seed).run(until=START)
    members = np.flatnonzero(past.memberships["status"][0] == MEMBER)
    trust = {}
    for reason, (told, necessity) in REASONS.items():
        levers = {"host.agenda": 1.0, "host.disclosed": told, "host.necessity": necessity}
        world = past.fork()
        world.change(bench.settings(ROW.profile, days=DAYS, levers=levers)._replace(log=False))
        trust[reason] = float(world.run().people["trust"][members].mean())
    return {reason: trust[reason] - trust["none"] for reason in ("need", "profit")}
