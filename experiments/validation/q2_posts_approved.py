"""Q2: where posts are approved first, there are fewer of them, and more replies to each.

Finding: groups on Facebook that switched on the approval of posts had fewer posts, with more comments, reactions and
time on each, and fewer reports; the time of those in charge did not change. Source: Horta Ribeiro, Cheng & West 2022;
an abstract and a company's note were read; matched groups. Experiment: half of all visits allow a new thread, in one of
two worlds with the same past; threads by members, replies to each and the host's hours in the following 120 days.
"""

from sim.lab.validation import Bench, Row, Target
from sim.world import tally
from sim.world.levers import Setup
from sim.world.world import World

ROW = Row(
    id="Q2", title="Approved posts are fewer and get more replies", source="Horta Ribeiro, Cheng & West 2022, ICWSM",
    read="abstract or summary", evidence="quasi-experiment", tier=2, profile="social",
    targets=(
        Target("posts", None, low=-1.0, high=0.0, unit="change, as a share"),
        Target("replies", None, low=0.0, unit="change of replies a thread, as a share"),
        Target("hours", None, low=-0.1, high=0.1, unit="change of the host's hours, as a share"),
    ),
    stated="in part", pooling="seeds", ablate={"exposure.minutes_per_thread": 0.1},
    note="That fewer threads are opened is the treatment; whether each gets more replies depends on the attention that "
    "is freed. Approval takes no hours of the host here, which is why they may fall.",
)  # fmt: skip
SWITCH, DAYS = 240, 360


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the changes of threads, of replies a thread and of hours."""
    settings = bench.settings(ROW.profile, people=2000, days=DAYS)
    world = bench.world(settings._replace(log=False), seed).run(until=SWITCH)
    setup = settings.setups[0]
    other = world.fork()
    other.change(other.settings._replace(setups=(Setup(setup.name, setup.venue._replace(posting=0.5), setup.host),)))
    before = counts(world)
    free, approved = (
        [now - then for now, then in zip(counts(one.run()), before, strict=True)] for one in (world, other)
    )
    return {
        "posts": approved[0] / free[0] - 1.0,
        "replies": approved[1] / max(1.0, approved[0]) / (free[1] / max(1.0, free[0])) - 1.0,
        "hours": approved[2] / free[2] - 1.0 if free[2] else 0.0,
    }


def counts(world: World) -> list[float]:
    """Return threads, replies by members and hours of the host so far."""
    flows = world.venues[0].tally
    return [float(flows[tally.QUESTIONS] + flows[tally.TALKS]), float(flows[tally.ANSWERS]),
            float(flows[tally.HOST_HOURS])]  # fmt: skip
