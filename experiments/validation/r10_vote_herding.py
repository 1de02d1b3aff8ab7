"""R10: a first like brings more likes. A first dislike is corrected by others.

Finding: on a news site 101,281 comments got a first vote at random, up, down or none. An up-vote made the next positive
vote 32 % likelier and raised the final score by 25 %; a down-vote was corrected by others and left no effect. Source:
Muchnik, Aral & Taylor 2013; an abstract or summary was read. Experiment: over half a year every reply by a member is,
in the morning after, liked, disliked or left alone at random; a month later, votes by others in each arm against those
of replies left alone. The experimenter's own vote is not counted.
"""

import numpy as np

from sim.lab.trials.snapshot import Scene, draws, key_of
from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.pooling import change
from sim.world import treatment

ROW = Row(
    id="R10", title="Likes follow likes", source="Muchnik, Aral & Taylor 2013, Science", read="abstract or summary",
    evidence="experiment", tier=1, profile="peer_production",
    targets=(
        Target("liked", 0.25, low=0.10, high=0.40, unit="share"),
        Target("disliked", 0.0, low=-0.15, high=0.15, unit="share"),
    ),
    stated="nearly", pooling="together",
    ablate={"recognition.herding": 0.0},
    note="members here never dislike, so herding below 0 and its correction are one number",
)  # fmt: skip
START, DAYS, REST = 200, 180, 30
ARMS = {"alone": 0, "liked": 1, "disliked": -1}


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the mean number of likes by others, in each arm."""
    world = bench.world(bench.settings(ROW.profile, days=START + DAYS + REST), seed)
    key = key_of("vote_herding", seed)
    planted: dict[int, int] = {}
    while world.day < START + DAYS:
        if world.day >= START:
            scene = Scene(world, 0, key)
            rows = scene.answers_of_yesterday()
            rows = rows[scene.venue.answers["person"][rows] >= 0]
            for row, u in zip(rows.tolist(), draws(key, rows, slot=0).tolist(), strict=True):
                planted[row] = list(ARMS.values())[int(3 * u)]
                if planted[row]:
                    treatment.like(world, 0, row, sign=planted[row])
        world.step()
    world.run()
    rows, signs = np.array(list(planted)), np.array(list(planted.values()))
    likes = world.venues[0].answers["score"][rows] - signs
    return {name: float(likes[signs == sign].mean()) for name, sign in ARMS.items()}


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the change against replies left alone, over all seeds together."""
    return {name: change(samples, name, "alone") for name in ("liked", "disliked")}
