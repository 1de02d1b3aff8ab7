"""Startup: a young company lives on its money and its morale, and asks its customers, who are polite."""

import numpy as np

from sim.plain.state import State, rules
from sim.world import tally
from sim.world.mechanisms import startup
from sim.world.state import CUSTOMER, FACETS, NEVER


def company_lives(world: State) -> None:
    """Let the company live one more day, and ask some of its customers."""
    if not startup.is_on(world):
        return
    p, told = world.parameters["startup"], np.zeros(FACETS)
    if startup.live_on(world, p):
        for person in world.people:
            person.need_day = NEVER
    if share := startup.share_asked(world):
        for person in world.people:
            draw = world.draws("startup", person)
            if person.customer == CUSTOMER and draw(0) < share:
                world.venues[0].count(tally.SURVEYED)
                told[person.facet] += draw(1) < rules.startup.p_tells(world.product.fit[person.facet], p)
        startup.heed(world, told)
