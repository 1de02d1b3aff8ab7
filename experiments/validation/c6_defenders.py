"""C6: defenders spare bystanders, and so does a company that replies accommodatingly.

Finding: replies by advocates of a brand, and accommodating replies by the company, raised what bystanders of a
complaint thought. Source: Weitzl & Hutzinger 2017; the abstract was read; two experiments (n = 731 and 361). Contrary:
where use is for pleasure, a defensive reply can do better (Johnen & Schnittka 2019). Experiment: the same fault where
none, five or twenty of the most frequent visitors stand by the company, and where the host answers all criticism or
none; trust of the other active members two weeks later.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target
from sim.world.levers import Setup
from sim.world.measures import ACTIVE_DAYS
from sim.world.state import MEMBER
from sim.world.world import World

ROW = Row(
    id="C6", title="Defenders spare bystanders, each further one less",
    source="Weitzl & Hutzinger 2017, Journal of Business Research", read="abstract or summary", evidence="experiment",
    tier=2, profile="firm",
    targets=(
        Target("champions", None, low=0.0, unit="trust with 20 champions, less that with none"),
        Target("concave", None, low=0.0, unit="trust per champion: the first 5 less the next 15"),
        Target("accommodative", None, low=0.0, unit="trust with a host that answers, less that with a silent one"),
    ),
    stated="nearly", pooling="seeds",
    ablate={"storms.peers": 0.0, "storms.host": 0.0, "storms.respected": 0.0},
    note="Close to its own rule: that defenders and answers avert harm is put in, and that it is concave. What emerges "
    "is whether enough of them are there and speak. Champions are made by an experimenter, who gives the most frequent "
    "visitors full belonging and trust every morning; they are not hit. The host has no defensive reply.",
)  # fmt: skip
START, DAYS = 180, 14
CHAMPIONS = (0, 5, 20)


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return differences in bystanders' trust."""
    world = bench.world(bench.settings(ROW.profile, days=START + DAYS), seed).run(until=START)
    m = world.venues[0].memberships
    active = np.flatnonzero((m["status"] == MEMBER) & (world.day - m["last_visit"] <= ACTIVE_DAYS))
    able = active[np.argsort(-m["visits"][active].astype(float), kind="stable")]
    champions, others = able[: max(CHAMPIONS)], able[max(CHAMPIONS) :]
    none, five, twenty = (after(world.fork(), champions[:k], others, 0.0) for k in CHAMPIONS)
    answered = after(world.fork(), champions[:0], others, 1.0)
    return {
        "champions": twenty - none, "concave": (five - none) / 5 - (twenty - five) / 15,
        "accommodative": answered - none,
    }  # fmt: skip


def after(world: World, champions: np.ndarray, others: np.ndarray, answers: float) -> float:
    """Return the mean trust of bystanders two weeks after a fault."""
    setup, product = world.settings.setups[0], world.settings.product._replace(fault_day=float(START), fault=0.5)
    setups = (Setup(setup.name, setup.venue, setup.host._replace(answers_critics=answers)),)
    world.change(world.settings._replace(setups=setups, product=product))
    while world.day < START + DAYS:
        m = world.venues[0].memberships
        m["belonging"][champions], world.people["trust"][champions] = 1.0, 1.0
        world.people["hurdle"][champions], world.lives["hit"][champions] = 1.0, False
        world.step()
    return float(world.people["trust"][others].mean())
