"""Rivals: another company copies the product, and its customers reconsider, as ours do."""

from math import exp

from sim.plain.state import Person, State, rules
from sim.world import events
from sim.world.mechanisms import rivals
from sim.world.mechanisms.leaving import MONTH
from sim.world.state import GONE, NEVER, NOBODY


def rivals_compete(world: State) -> None:
    """Let a rival copy the product, and let its customers reconsider."""
    if not rivals.is_on(world):
        return
    offer, won, lost = rivals.compete(world, world.parameters["rivals"]), 0, 0
    if offer is None:
        return
    for person in world.every(MONTH):
        if person.customer == GONE and person.gone_cause == events.RIVAL:
            came, went = reconsider(world, person, float(offer[0][person.facet]), float(offer[1][person.facet]))
            won, lost = won + came, lost + went
    rivals.settle(world, won, lost)


def reconsider(world: State, person: Person, copied: float, lead: float) -> tuple[bool, bool]:
    """Once in four weeks, let a customer of the rival reconsider. Return whether they come to us, or leave both."""
    p, numbers, draw = world.parameters["rivals"], world.parameters, world.draws("rivals", person)
    person.grievance = rules.memory.faded(person.grievance, float(MONTH), numbers["memory"].lasting)
    back = rules.rivals.pull_of(-lead, p) * exp(-person.grievance)
    chance = rules.leaving.p_churn(copied, person.suited, False, 0.0, back, 0.0, float(MONTH), numbers["leaving"])
    if draw(0) >= chance:
        return False, False
    if draw(1) * (1.0 + back) < back:
        rules.advocacy.become_customer(person, world.day, NOBODY)
        person.gone = NEVER
        world.note(events.ADOPT, person.index, cause=events.RIVAL)
        return True, False
    person.gone_cause = events.PRODUCT
    return False, True
