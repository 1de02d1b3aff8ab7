"""H2: users contribute more if the staff of a sponsor answers questions, especially early on.

Finding: where staff of the sponsoring firm answered (knowledge seeding), users' own contributions rose; when and to
whom they answered mattered. Source: Huang, Tafti & Mithas 2018; abstract or summary read; a quasi-experiment, and no
size. Experiment: a small cold start whose host has hours for answers alone: none, six a day all along, or six a day
in the first or in the last third of 18 months. Users' questions, social posts and answers over the whole time; each
figure is a mean over three worlds, paired by their seeds.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target
from sim.world import tally

ROW = Row(
    id="H2", title="Staff who answer raise what users contribute, early more than late",
    source="Huang, Tafti & Mithas 2018, MIS Quarterly", read="abstract or summary", evidence="quasi-experiment",
    tier=2, profile="firm",
    targets=(
        Target("gain", None, low=0.0, unit="posts by users"), Target("early_over_late", None, low=0.0, unit="posts"),
    ),
    stated="nothing", pooling="seeds",
    ablate={"worth.hurt": 0.0, "worth.need": 0.0, "worth.by_host": 0.0, "bonding.host_reply": 0.0,
            "bonding.first_reply": 0.0, "visit.reply": 0.0},
    note="That early is better than late over the same 18 months holds for anything that lasts: it has longer to act. "
    "Single worlds are too noisy for a sign (about three of four are right); three are averaged.",
)  # fmt: skip
WORLDS = 3
ALONE = {"venue.launch": 0.3, "venue.marketing": 0.001, "host.seeding": 0.0, "host.awards": 0.0, "host.broadcasts": 0.0,
         "host.listening": 0.0, "host.replies": 1.0, "host.hours": 6.0, "host.schedule": "list"}  # fmt: skip
CALENDARS = {"none": (0.0,), "flat": (1.0,), "early": (1.0, 0.0, 0.0), "late": (0.0, 0.0, 1.0)}


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return what users contribute more with answers than without, and with early ones than with late ones."""
    posts = dict.fromkeys(CALENDARS, 0.0)
    for name, calendar in CALENDARS.items():
        levers = ALONE | {"host.schedule_list": calendar}
        settings = bench.settings(ROW.profile, people=1000, days=540, levers=levers)
        for k in range(WORLDS):
            flows = bench.world(settings, seed * WORLDS + k).run().venues[0].tally
            posts[name] += float(np.sum(flows[[tally.QUESTIONS, tally.TALKS, tally.ANSWERS]])) / WORLDS
    return {"gain": posts["flat"] - posts["none"], "early_over_late": posts["early"] - posts["late"]}
