"""How widely a venue has to be announced so that it comes to have as many active members as a real one has today."""

from sim.lab.runs.replicate import seed_of
from sim.lab.settings import vectors
from sim.lab.settings.config import Experiment
from sim.world import census
from sim.world.world import World

NOW = 90  # days after the opening, when the first rush is over
RUNS, STEPS, MOST_PEOPLE, WIDEST = 4, 7, 2000, 5.0  # the last is the lever's highest value


def launch_for(made: Experiment, active: int) -> tuple[float, float]:
    """Return the launch with which so many are active on day `NOW`, and how many are, or what comes nearest.

    More exposures never bring fewer people, so halving an interval finds it. It is looked for among 2,000 customers.
    """
    low, high = 0.0, WIDEST
    tried = {launch: actives(made, launch) for launch in (low, high)}
    for _ in range(STEPS if tried[low] < active < tried[high] else 0):
        middle = 0.1 * high if low == 0.0 else float((low * high) ** 0.5)  # most are far below the widest
        tried[middle] = actives(made, middle)
        low, high = (middle, high) if tried[middle] < active else (low, middle)
    best = min(tried, key=lambda launch: abs(tried[launch] - active))
    return float(f"{best:.3g}"), tried[best]


def actives(made: Experiment, launch: float) -> float:
    """Return how many are active on day `NOW` with this launch, as a mean over runs."""
    drawn, settings, total, people = vectors.chosen(made.vectors), made.settings(), 0.0, min(MOST_PEOPLE, made.people)
    first, *others = settings.setups
    setups = (first._replace(venue=first.venue._replace(launch=launch)), *others)
    for replicate in range(RUNS):
        parameters = vectors.changed(settings.parameters, drawn.vectors[drawn.of(replicate)], ())
        own = settings._replace(people=people, days=NOW, setups=setups, parameters=parameters)
        world = World(own, seed_of(made.seed, replicate)).run()
        total += census.stocks(world, world.venues[0])["active"]
    return float(total * made.people / people / RUNS)
