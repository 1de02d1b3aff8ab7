"""Leaving: people fall silent, go dormant, leave the venue, or stop using the product.

People leave a place whose visits give less than they hoped for; belonging, identity and contacts hold them. Life takes
some elsewhere, whatever the venue is like.
"""

from sim.plain.state import Person, State, Venue, happens, rules
from sim.world import events, tally
from sim.world.measures import ACTIVE_DAYS
from sim.world.state import CUSTOMER, DORMANT, GONE, LEFT, MEMBER, NEVER

WEEK, FOUR_WEEKS = 7, 28


def people_leave(world: State) -> None:
    """Let people leave the venues, then the product."""
    for venue in world.venues:
        leave_venue(world, venue)
    if world.product.on_market:
        leave_product(world)
        return
    for person in world.every(FOUR_WEEKS):
        if person.customer == CUSTOMER:
            calm(world, person)


def leave_venue(world: State, venue: Venue) -> None:
    """Let people leave after a visit, and when life moves on."""
    for person in venue.visitors:
        look_back(world, venue, person)
    for person in world.every(WEEK):
        look_ahead(world, venue, person)


def leave_product(world: State) -> None:
    """Let customers reconsider; those who stop using the product leave its venues, too."""
    customers = [person for person in world.every(FOUR_WEEKS) if person.customer == CUSTOMER]
    gone = [person for person in customers if stops_using(world, person)]
    world.product.customers -= len(gone)
    for venue in world.venues:
        for person in gone:
            if venue.membership_of(person).inside:
                leave(world, venue, person, events.PRODUCT)


def look_back(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor whose visits give less than they hoped for perhaps fall silent or leave."""
    m, p, worth = venue.membership_of(person), world.parameters["leaving"], world.parameters["worth"]
    draw = world.draws("leaving", person, venue)
    if not happens(draw(0), rules.leaving.hazard_of_leaving(person, m, p, worth)):
        return
    cause = rules.leaving.cause_of_going(draw(1), person, m, worth)
    if not m.silent and draw(2) < p.silent_first:
        m.silent = True
        world.happened(venue, tally.SILENCED, events.SILENCE, cause, person.index)
    else:
        leave(world, venue, person, cause)


def leave(world: State, venue: Venue, person: Person, cause: int) -> None:
    """End somebody's membership, and write down why."""
    m = venue.membership_of(person)
    m.status, m.left, m.left_cause, m.alarm = LEFT, world.day, cause, NEVER
    m.subscriber = False
    venue.now.members -= 1
    person.tell_friends(venue.index, -1)
    world.happened(venue, rules.leaving.flow_of_exit(cause), events.EXIT, cause, person.index)


def look_ahead(world: State, venue: Venue, person: Person) -> None:
    """Once a week, see whether life interrupts, for a while or for good, or a member is away for long, or active."""
    m, p, lives = venue.membership_of(person), world.parameters["visit"], world.parameters["join"]
    draw = world.draws("leaving", person, venue)
    if not m.inside:
        return
    if m.life_day <= world.day and draw(5) < lives.p_pause:
        if m.status == MEMBER:
            world.note(events.SLEEP, person.index, venue=venue.index, cause=events.LIFE)
        m.alarm = rules.join.pause(m, m.alarm, world.day, person.restless, draw(6), draw(7), lives)
    elif m.life_day <= world.day:
        leave(world, venue, person, events.LIFE)
    elif m.status == MEMBER and world.day - m.last_visit > p.sleep_after:
        m.status, m.alarm = DORMANT, min(NEVER - 1, world.day + rules.visit.days_until(draw(3), p.wake_rate))
        world.note(events.SLEEP, person.index, venue=venue.index)
    elif m.status == MEMBER and world.day - m.last_visit <= ACTIVE_DAYS:
        venue.count(tally.DAYS_ACTIVE, WEEK if m.joined < world.day else 0.5 * WEEK)  # last weeks end halfway


def calm(world: State, person: Person) -> None:
    """Once in four weeks, let a customer's grievances fade."""
    lasting = world.parameters["memory"].lasting
    person.grievance = rules.memory.faded(person.grievance, float(FOUR_WEEKS), lasting)


def stops_using(world: State, person: Person) -> bool:
    """Once in four weeks, let a customer reconsider the product. Returns whether they stop using it."""
    p, memory, days = world.parameters["leaving"], world.parameters["memory"], float(FOUR_WEEKS)
    calm(world, person)
    referred = person.recruiter >= 0 and world.people[person.recruiter].customer == CUSTOMER
    product, draw, cause = world.product, world.draws("leaving", person), events.PRODUCT
    is_new = rules.leaving.is_learning(person.adopted, world.day, world.parameters["rivals"].learning)
    copy = float(product.copy[person.facet])
    rest = world.settings.outside.rival + (product.unfamiliar if is_new else 0.0)
    chance = rules.leaving.p_churn(
        product.fit[person.facet], person.suited, referred, person.most_belonging(world.day, memory.belonging),
        rest + copy, person.grievance, days, p,
    )  # fmt: skip
    if draw(100) >= chance:
        return False
    share = rules.leaving.p_lost(copy, rest, person.grievance, p)
    if share > 0.0 and draw(101) < share:
        cause = events.RIVAL
        product.at_rival += 1
        world.venues[0].count(tally.LOST_TO_RIVAL)
    person.customer, person.gone, person.gone_cause = GONE, world.day, cause
    world.venues[0].count(tally.CHURNED)
    world.note(events.CHURN, person.index, cause=cause)
    return True
