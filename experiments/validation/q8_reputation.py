"""Q8: a reputation system speeds up answers, and binds nobody.

Finding: in an online course of 1,101 students, a forum with reputation scores had faster and more replies; retention,
grades and sense of community did not differ. Source: Coetzee et al. 2014; an abstract was read; an experiment.
Experiment: the same forum with points and without, on the same seeds; replies, hours to the first one, retention at 90
days, belonging.
"""

from sim.lab.validation import Bench, Row, Target
from sim.world.world import World

ROW = Row(
    id="Q8", title="A reputation system speeds up answers and binds nobody", source="Coetzee et al. 2014, CSCW",
    read="abstract or summary", evidence="experiment", tier=2, profile="expert_help",
    targets=(
        Target("replies", None, low=0.0, unit="change, as a share"),
        Target("hours", None, low=-100.0, high=0.0, unit="hours to the first answer, with points less without"),
        Target("retention", None, low=-0.03, high=0.03, unit="share, with points less without"),
        Target("belonging", None, low=-0.03, high=0.03, unit="with points less without"),
    ),
    stated="in part", pooling="seeds", ablate={"incentives.points": 0.0},
    note="That points add to giving is a rule; that they do not bind could fail, since being answered binds.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the differences between a world with points and one without."""
    with_points, without = (lived(bench, seed, points) for points in (1.0, 0.0))
    return {
        "replies": with_points["replies"] / without["replies"] - 1.0,
        **{name: with_points[name] - without[name] for name in ("hours", "retention", "belonging")},
    }


def lived(bench: Bench, seed: int, points: float) -> dict[str, float]:
    """Return what became of one world."""
    settings = bench.settings(ROW.profile, people=2500, days=365, levers={"venue.points": points})
    world: World = bench.world(settings._replace(log=False), seed).run()
    found = world.outcomes()
    return {
        "replies": float(world.venues[0].now.answers), "hours": found["hours_to_answer"],
        "retention": found["retention_90"], "belonging": found["belonging"],
    }  # fmt: skip
