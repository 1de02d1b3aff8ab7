"""O1: places that share members with others survive more often.

Finding: of 5,673 wikis on Wikia, those that shared more members with others survived more often, most of all young ones
whose shared members were central in mature ones. Source: Zhu, Kraut & Kittur 2014; an abstract was read; an
association. Experiment: worlds with twelve places each, announced more or less widely and opened at different times;
a place is alive if somebody posts in its last sixty days. Survival is regressed on the share of its members on day 60
of its life who were active elsewhere, with the log of members, and for young and older places on how central these
were elsewhere (their posts there).
"""

import numpy as np
from numpy.typing import NDArray

from sim.lab.validation import Bench, Row, Target, pooled
from sim.world.levers import Setup
from sim.world.state import MEMBER
from sim.world.world import World

ROW = Row(
    id="O1", title="Places that share members survive more often", source="Zhu, Kraut & Kittur 2014, CHI",
    read="abstract or summary", evidence="association", tier=2, profile="peer_production",
    targets=(
        Target("overlap", None, low=0.0, unit="chance of survival per share of members who are in other places, too"),
        Target("central", None, low=0.0, unit="the same per log post of theirs elsewhere"),
    ),
    stated="nothing", pooling="together", ablate={"join.carry": 0.0, "join.head_start": 0.0},
    note="The published model is a Cox regression over years; here it is a linear one of survival at the end, as all "
    "places live equally long after day 60. That standing carries over (`join.carry`) may help or hurt, by its sign.",
)  # fmt: skip
WORLDS, PLACES, DAYS, LOOK = 3, 12, 420, 60


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return for each place whether it lives, its log members, its overlap and how central the shared ones are."""
    found = {}
    for k in range(WORLDS):
        rows = places(bench, seed * WORLDS + k)
        found |= {f"{name}_{k}_{place}": float(value) for place, row in enumerate(rows) for name, value in row.items()}
    return found


def places(bench: Bench, seed: int) -> list[dict[str, float]]:
    """Live one world with many places, and describe each of them."""
    draws = np.random.default_rng(seed).random((2, PLACES))
    settings = bench.settings(ROW.profile, people=700, days=DAYS)
    main = settings.setups[0]
    host = main.host._replace(hours=0.0)
    setups = tuple(
        Setup(f"place_{p}", main.venue._replace(launch=0.03 + 0.4 * float(u) ** 2, opens=float(int(300 * v)),
                                                marketing=0.0003), host)
        for p, (u, v) in enumerate(draws.T)
    )  # fmt: skip
    world = bench.world(settings._replace(setups=setups, log=False), seed)
    rows: list[dict[str, float]] = [{} for _ in setups]
    for place in sorted(range(PLACES), key=lambda p: setups[p].venue.opens):
        world.run(until=min(DAYS, int(setups[place].venue.opens) + LOOK))
        rows[place] = look(world, place)
    before = [int(venue.now.threads) + int(venue.now.answers) for venue in world.run(until=DAYS - 60).venues]
    world.run()
    for place, venue in enumerate(world.venues):
        rows[place]["alive"] = float(int(venue.now.threads) + int(venue.now.answers) > before[place])
    return rows


def look(world: World, place: int) -> dict[str, float]:
    """Return log members, overlap and centrality of a place today."""
    m = world.memberships
    inside = m["status"][place] == MEMBER
    others = np.delete(np.arange(PLACES), place)
    shared = inside & (m["status"][others] == MEMBER).any(axis=0)
    posts = (m["questions"] + m["talks"] + m["answers"])[others].sum(axis=0)
    n = max(1.0, float(inside.sum()))
    central = float(np.log1p(posts[shared]).mean()) if shared.any() else 0.0
    return {"members": float(np.log(n)), "overlap": float(shared.sum()) / n, "central": central}


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the slopes of survival on overlap and on centrality, over all places of all seeds."""
    return {
        "overlap": pooled(samples, lambda some: slopes(some)[2]),
        "central": pooled(samples, lambda some: slopes(some)[3]),
    }


def slopes(samples: list[dict[str, float]]) -> NDArray[np.float64]:
    """Return the weights of a linear model of survival: a constant, log members, overlap, centrality."""

    def column(name: str) -> NDArray[np.float64]:
        return np.array([sample[f"{name}_{k}_{p}"] for sample in samples for k in range(WORLDS) for p in range(PLACES)])

    alive = column("alive")
    if len(np.unique(alive)) < 2:
        return np.full(4, np.nan)
    terms = np.stack([np.ones(len(alive)), column("members"), column("overlap"), column("central")], axis=1)
    return np.asarray(np.linalg.lstsq(terms, alive, rcond=None)[0])
