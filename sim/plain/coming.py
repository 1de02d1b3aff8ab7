"""Coming: people visit a venue out of habit, with a need, to see others, for a reply, or because of a message.

Ads meet them first, take from their minutes, and wear them down.
"""

from sim.plain.state import Membership, Person, State, Venue, happens, rules
from sim.world import events, tally
from sim.world.mechanisms import circles
from sim.world.mechanisms.dealings import MONTH
from sim.world.state import CELLS, CUSTOMER, DORMANT, MEMBER, NEVER

CERTAIN = 40.0  # a hazard at which a visit is sure


def people_come(world: State) -> None:
    """Let needs arise, and find out who comes where, and in what order."""
    for person in world.people:
        if person.need_day == world.day:
            bring_need(world, person)
    for venue in world.venues:
        if venue.now.broadcast > 0:
            for person in world.people:
                maybe_wake(world, venue, person)
        come = [person for person in world.people if comes(world, venue, person)]
        venue.visitors = sorted(come, key=lambda person: venue.membership_of(person).hour)
        if venue.now.broadcast > 0:
            for person in world.people:
                get_message(world, venue, person)


def bring_need(world: State, person: Person) -> None:
    """Take today's need to where it may be met: elsewhere, the favourite venue, or the support desk."""
    draw, p, main = world.draws("need", person), world.parameters["visit"], world.venues[0]
    person.need_day = rules.visit.next_need(world.day, draw(1), person.need_rate, world.product.fit[person.facet])
    if person.customer != CUSTOMER:
        return
    main.count(tally.NEEDS)
    inside = [m for m in person.memberships if m.inside]
    favourite = max(inside, key=lambda m: interest_in(world, m), default=None)
    elsewhere = world.settings.outside.substitute if person.elsewhere < 0.0 else person.elsewhere
    if draw(2) < elsewhere:
        main.count(tally.NEEDS_ELSEWHERE)
    elif favourite is not None and draw(4) < rules.visit.p_brought(interest_in(world, favourite), p):
        favourite.need_open, favourite.alarm = True, min(favourite.alarm, world.day)
    elif draw(3) < p.p_ticket:
        main.count(tally.TICKETS)
        world.note(events.TICKET, person.index, cause=events.NEED)


def interest_in(world: State, m: Membership) -> float:
    """Return what is left today of a member's interest in a venue: it fades while they stay away."""
    return float(rules.memory.faded(m.interest, float(world.day - m.stamp), world.parameters["memory"].interest))


def share_of_habit(world: State, venue: Venue, person: Person) -> float:
    """Return the share of a person's habit that a place gets, among all places that they are in."""
    here, everywhere = 0.0, 0.0
    for m in person.memberships:
        if m.inside:
            everywhere += interest_in(world, m)
            here = interest_in(world, m) if m is venue.membership_of(person) else here
    return float((here / everywhere) ** world.parameters["visit"].competes) if here < everywhere else 1.0


def maybe_wake(world: State, venue: Venue, person: Person) -> None:
    """Let a message reach somebody who has been away for long."""
    m, day = venue.membership_of(person), world.day
    chance = world.parameters["visit"].wake_reminder * venue.now.broadcast * m.mail_own
    if m.status == DORMANT and m.alarm > day and world.draws("visit", person, venue)(3) < chance:
        m.alarm = day


def get_message(world: State, venue: Venue, person: Person) -> None:
    """Let a member get today's message to all, whether or not they came. Too many are a nuisance."""
    m = venue.membership_of(person)
    if m.inside:
        rules.visit.take_message(m, world.day, venue.now.broadcast, world.parameters["visit"])


def comes(world: State, venue: Venue, person: Person) -> bool:
    """Decide whether somebody visits today, and why. Returns whether they do."""
    day, m = world.day, venue.membership_of(person)
    if m.alarm > day or not m.inside:
        return False
    p, draw = world.parameters["visit"], world.draws("visit", person, venue)
    contacts = rules.memory.faded(m.contacts, float(day - m.stamp), world.parameters["memory"].contacts)
    left = p.second_place if person.minutes_day == day else 1.0
    incentives = world.parameters["incentives"]
    streak = rules.incentives.at_stake(m, venue.now.streaks, person.competitive, day, incentives)
    if circles.is_on(world):
        usual = circles.usual_company(world)
        streak *= rules.circles.longing(person, person.belonging, usual, world.parameters["circles"])
    by_habit = rules.visit.habit(person.tempo, interest_in(world, m), p) * streak
    if len(world.venues) > 1:
        by_habit *= share_of_habit(world, venue, person)
    by_peers = rules.visit.pull_of_peers(contacts, p)
    by_reply = p.reply * venue.now.reach if m.waiting + m.waiting_host > 0 else 0.0
    by_host = rules.visit.heeded(person, m, venue.now.broadcast, day, p, world.parameters["worth"])
    hazard = (by_habit + by_peers + by_reply + by_host) * left
    if m.status == DORMANT or m.joined == day:  # awake again, or here for the first time
        hazard = CERTAIN
    if not m.need_open and not happens(draw(0), hazard):
        return False
    if rules.dealings.is_barred(venue.now.price, m, m.joined, day):
        turn_back(world, venue, person, draw(4))
        return False
    cause = rules.visit.cause_of_visit(draw(1), by_habit, by_peers, by_reply, by_host)
    arrive(world, venue, person, rules.visit.true_cause(m, cause), draw(2))
    return True


def turn_back(world: State, venue: Venue, person: Person, u: float) -> None:
    """Let somebody turn back at the price. They take a need to the support desk, and if dormant, wait for a month."""
    m, day = venue.membership_of(person), world.day
    venue.count(tally.PRICED_OUT)
    if m.need_open and u < world.parameters["visit"].p_ticket:
        world.happened(venue, tally.TICKETS, events.TICKET, events.NEED, person.index)
    m.need_open = False
    if m.status == DORMANT:
        m.alarm = min(NEVER - 1, day + MONTH)


def arrive(world: State, venue: Venue, person: Person, cause: int, hour: float) -> None:
    """Let somebody arrive at an hour of the day, with an empty plate."""
    m = venue.membership_of(person)
    rules.visit.count_visit(cause, venue.tally)
    if m.status == DORMANT:
        m.status, m.alarm = MEMBER, 0
        world.happened(venue, tally.RETURNS, events.RETURN, cause, person.index)
    if person.minutes_day != world.day:
        person.minutes_day, person.minutes_left = world.day, person.attention
    m.hour, m.plate = world.day + hour, [0.0] * CELLS
    m.visits += 1
    world.note(events.VISIT, person.index, venue=venue.index, cause=cause)


def visitors_meet_ads(world: State) -> None:
    """Show today's visitors the ads that they meet before all else."""
    for venue, person in world.visits():
        meet_ads(world, venue, person)


def meet_ads(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor meet ads, and perhaps pay for meeting no more of them."""
    m, now, p = venue.membership_of(person), venue.now, world.parameters["exposure"]
    world.refresh(m)
    load, weight = world.ads_for(venue, person)
    m.ads += load * weight
    rules.exposure.spend(person, load * p.minutes_per_ad, venue.tally)
    venue.count(tally.ADS, load)
    venue.count(tally.AD_REVENUE, load * now.ad_price * rules.exposure.noticed(m.ads, p))
    u = world.draws("exposure", person, venue)(0)
    if happens(u, rules.exposure.hazard_of_upgrade(load, weight, now.ad_free_price, p)):
        m.subscriber = True
        world.happened(venue, tally.UPGRADES, events.UPGRADE, events.BY_ADS, person.index)
