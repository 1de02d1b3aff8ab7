"""Circles: people find company outside all venues, or a feed that may take its place or fill its lack."""

from sim.plain.state import Person, State, rules
from sim.world.mechanisms import circles


def people_find_company(world: State) -> None:
    """Let people find company, or a feed, outside."""
    if not circles.is_on(world):
        return
    anew = world.people[0].feed == 0.0
    for person in world.people if anew else world.every(circles.WEEK):
        follow(world, person, anew)
    p, average = world.parameters["circles"], world.settings.outside.feed
    for _, person in world.visits() if average > 0.0 else ():
        minutes = rules.circles.minutes_in_feed(person.feed, average)
        person.minutes_left = rules.circles.attention_left(person.attention, minutes, p)


def follow(world: State, person: Person, anew: bool) -> None:
    """Let somebody's company, and then their time for a feed, follow circumstances."""
    draw, p = world.draws("circles", person, lasting=True), world.parameters["circles"]
    chances = draw(circles.OWN), draw(circles.TASTE), draw(circles.TASTE_TOO)
    if anew:
        rules.circles.begin(person, circles.institutions_today(world), *chances, p)
    else:
        rules.circles.live_on(person, circles.institutions_today(world), world.settings.outside.feed, *chances, p)
