"""X3: what somebody famous says spreads if they say it themselves, and less if somebody else wrote it.

Finding: messages for vaccination by 46 celebrities with 7.8 million followers in Indonesia were liked or passed on 72 %
more often than the same messages by others; two thirds of it came from having written them; citing an outside source
took 27 %. Source: Alatas, Chandrasekhar, Mobius, Olken & Paladines 2024; the abstract was read; an experiment.
Experiment: from a day on, a guest is there on most days: an expert, an executive, or an executive whose words somebody
else wrote; the same seeds; how many visitors pass on what was said, per visit on days with a guest.
"""

import math

from sim.lab.validation import Bench, Row, Target
from sim.world import tally
from sim.world.levers import Setup

ROW = Row(
    id="X3", title="One's own words spread, scripted ones less",
    source="Alatas, Chandrasekhar, Mobius, Olken & Paladines 2024, Economic Journal", read="abstract or summary",
    evidence="experiment", tier=1, profile="media_ads",
    targets=(
        Target("own", 0.72, low=0.35, high=1.20, unit="share more than by somebody who is not famous"),
        Target("relayed", None, low=-math.inf, high=0.5, unit="of that gain, if others wrote it"),
        Target("scripted", -0.27, low=-0.40, high=-0.10, unit="share, against the executive's own words"),
    ),
    stated="nearly", pooling="seeds",
    ablate={"guests.fame": 1.0, "guests.hollow": 0.0},
    note="Close to its own rule: that an executive's words weigh more, and less if scripted, is put in, with sizes "
    "near those of this very study. What emerges is what trust and the company at the time make of it. An expert "
    "stands for somebody who is not famous. To relay what others wrote and to read a script with its source are one "
    "thing here, so one arm is held against two figures.",
)  # fmt: skip
BEFORE, DAYS = 120, 240
DAILY = 30.0  # visits a month
HOST = {"host.hours": 8.0, "host.named": 1.0, "host.exec_visits": 0.0}
ARMS = {
    "other": {"experts": DAILY}, "own": {"exec_visits": DAILY}, "scripted": {"exec_visits": DAILY, "scripted": 1.0},
}  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how much more an executive's words spread, what relaying leaves of that, and what a script takes."""
    burnt = bench.world(bench.settings(ROW.profile, days=DAYS, levers=HOST), seed)
    burnt.run(until=BEFORE)
    reach = {}
    for arm, levers in ARMS.items():
        world = burnt.fork()
        setup = world.settings.setups[0]
        host = setup.host._replace(**levers)
        world.change(world.settings._replace(setups=(Setup(setup.name, setup.venue, host),)))
        counts, passed, visits = world.venues[0].tally, 0.0, 0.0
        while world.day < DAYS:
            before = counts.copy()
            world.step()
            today = counts - before
            if today[tally.EXPERT_VISITS] + today[tally.EXEC_VISITS] > 0:
                passed += float(today[tally.PASSED_ON])
                visits += float(today[tally.VISITS])
        reach[arm] = passed / visits if visits else float("nan")
    gain = reach["own"] - reach["other"]
    return {
        "own": gain / reach["other"] if reach["other"] else float("nan"),
        "relayed": (reach["scripted"] - reach["other"]) / gain if gain else float("nan"),
        "scripted": reach["scripted"] / reach["own"] - 1.0 if reach["own"] else float("nan"),
    }
