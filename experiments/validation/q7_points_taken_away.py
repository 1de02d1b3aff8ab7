"""Q7: taking points away lowers contributions.

Finding: when points were removed from a company's internal network, employees contributed less. Source: Thom, Millen &
DiMicco 2012; an abstract was read; a comparison before and after. Experiment: a firm's forum counts points; on day 300
they go, in one of two worlds with the same past; posts by members in the eight weeks from then on.
"""

from sim.lab.validation import Bench, Row, Target
from sim.world import tally
from sim.world.levers import Setup

ROW = Row(
    id="Q7", title="Taking points away lowers contributions", source="Thom, Millen & DiMicco 2012, CSCW",
    read="abstract or summary", evidence="quasi-experiment", tier=2, profile="firm",
    targets=(Target("posts", None, low=-1.0, high=0.0, unit="change, as a share"),),
    stated="nearly", pooling="seeds", ablate={"incentives.points": 0.0},
    note="That points add to giving is a rule, whose size is assumed; here they go and nothing else.",
)  # fmt: skip
GO, DAYS, WORLDS = 300, 356, 4


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the change of posts, summed over a few worlds."""
    kept, gone = 0.0, 0.0
    for k in range(WORLDS):
        settings = bench.settings(ROW.profile, days=DAYS, levers={"venue.points": 1.0})
        world = bench.world(settings._replace(log=False), seed * WORLDS + k).run(until=GO)
        setup = settings.setups[0]
        other = world.fork()
        other.change(other.settings._replace(setups=(Setup(setup.name, setup.venue._replace(points=0.0), setup.host),)))
        before = posts(world)
        kept += posts(world.run()) - before
        gone += posts(other.run()) - before
    return {"posts": gone / kept - 1.0 if kept else float("nan")}


def posts(world: object) -> float:
    """Return the answers and social posts by members so far."""
    flows = world.venues[0].tally  # type: ignore[attr-defined]
    return float(flows[tally.ANSWERS] + flows[tally.TALKS])
