"""Joining: people join a venue that they have heard of, if they expect enough from it.

They hear of it through its signposts, through friends inside (more so while it is news), when they search with a need,
or by an invitation. What they expect depends on their motives, on what the venue is like, and on how well it happens to
suit them. What they are in another venue of the company counts for something here.
"""

from sim.plain.bonding import strengthen_both
from sim.plain.state import Membership, Person, State, Venue, happens, rules
from sim.world import events, tally
from sim.world.mechanisms.dealings import WOULD_PAY
from sim.world.state import CUSTOMER, LEFT, NOBODY


def people_join(world: State) -> None:
    """Let customers consider each venue that is open."""
    for venue in world.venues:
        if rules.join.is_open(venue.now, world.day):
            for person in world.people:
                consider_joining(world, venue, person)


def consider_joining(world: State, venue: Venue, person: Person) -> None:
    """Once a week, at the opening, or with a need, let a person weigh what they have heard and what they expect."""
    now, day, p, m = venue.now, world.day, world.parameters["join"], venue.membership_of(person)
    weekly, opening, searches = (person.index + day) % 7 == 0, day == int(now.opens), person.need_day == day
    news = m.news
    if weekly and not m.inside:
        m.news *= rules.join.week_of_news(p)
    if not (weekly or opening or searches) or person.customer != CUSTOMER or not rules.join.may_join(m, day):
        return
    draw, once = world.draws("join", person, venue), world.draws("join", person, venue, lasting=True)
    days = 7.0 if weekly else 0.0
    market = now.marketing * days + (now.launch if opening else 0.0)
    invited = weekly and day - m.invited <= 7
    by_friend = invited and m.referrer >= 0
    closed = person.share_closed(venue.index) if m.friends > 1 and weekly else 0.0
    friends = rules.join.by_friends(m.friends, closed, news, days, now.notices * now.reach, p)
    search, asked = p.search if searches else 0.0, 1.0 if invited else 0.0
    again = p.second_chance if m.status == LEFT else 1.0
    log_fit = rules.join.log_fit(once(2), once(3), p)
    benefit = rules.join.benefit_of(
        person.information, person.belonging, person.cause, person.access, person.deals, person.passion, log_fit,
        now.pulse, now.visitors_pulse, now.promo * now.host_on, now.host_on * now.tone, now.mission, p,
    )  # fmt: skip
    convinced = asked * (rules.join.by_word(benefit, p) if by_friend else benefit)
    hazard = ((market + friends + search) * benefit + convinced) * again
    if not happens(draw(0), hazard) or (now.price > 0.0 and not accepts_price(world, venue, person)):
        return
    cause = rules.join.cause_of_joining(draw(1), market * benefit, friends * benefit, search * benefit, convinced)
    world.refresh(m)
    rules.join.become_member(m, day, cause, draw(4), log_fit, person.restless, p, world.parameters["worth"])
    elsewhere = [other for other in person.memberships if other is not m and other.inside]
    rules.join.carry_over(m, most(world, elsewhere, "belonging"), most(world, elsewhere, "recognition"), p)
    m.alarm = 0
    if cause == events.INVITED and by_friend:
        strengthen_both(world, venue, person, world.people[m.referrer], 2.0 * world.parameters["bonding"].gain)
        m.drawn += 1.0  # the friend talks to them
    enter(world, venue, person, cause)


def accepts_price(world: State, venue: Venue, person: Person) -> bool:
    """Tell whether somebody would pay to be inside, for what they hope to find."""
    u, hope = world.draws("dealings", person, venue, lasting=True)(WOULD_PAY), world.parameters["worth"].aspiration
    return bool(rules.dealings.would_pay(
        u, hope, person, world.settings.outside.substitute, venue.now.price, world.parameters["dealings"]
    ))  # fmt: skip


def most(world: State, memberships: list[Membership], level: str) -> float:
    """Return the highest level of a kind in some memberships today."""
    memory = world.parameters["memory"]
    life = memory.belonging if level == "belonging" else memory.lasting
    levels = [rules.memory.faded(getattr(m, level), float(world.day - m.stamp), life) for m in memberships]
    return float(max([0.0, *levels]))


def enter(world: State, venue: Venue, person: Person, cause: int) -> None:
    """Count a new member, and let their friends know."""
    referrer = venue.membership_of(person).referrer if cause == events.INVITED else NOBODY
    person.tell_friends(venue.index, 1)
    venue.now.members += 1
    world.happened(venue, tally.JOINS_MARKET + cause - events.MARKET, events.JOIN, cause, person.index, referrer)
