"""Bringing others: members recommend the product and the venue to people they know, and strangers become customers."""

from sim.plain.state import Person, State, Venue, normal, rules
from sim.world import events, tally
from sim.world.mechanisms.advocacy import sold
from sim.world.state import CUSTOMER, LEFT, NOBODY, OUTSIDE, STRANGER

WEEK = 7


def people_bring_others(world: State) -> None:
    """Let visitors recommend, and let strangers adopt the product by themselves."""
    for venue, person in world.visits():
        recommend(world, venue, person)
    if world.product.on_market:
        strangers_adopt(world)


def strangers_adopt(world: State) -> None:
    """Let strangers find the product by themselves, or a rival's copy of it."""
    p, product = world.parameters["advocacy"], world.product
    share = (product.customers + product.at_rival) / len(world.people)
    chance = rules.advocacy.p_adopt(share, WEEK * product.tried, p)
    for person in world.every(WEEK):
        draw, copy = world.draws("advocacy", person), product.copy[person.facet]
        if person.customer != STRANGER or draw(100) >= chance:
            continue
        if copy > 0.0 and rules.advocacy.prefers_copy(draw(101), copy):
            rules.advocacy.become_rivals(person, world.day)
            product.at_rival += 1
            continue
        become_customer(world, person, NOBODY)
        world.venues[0].count(tally.ADOPTIONS)
        world.note(events.ADOPT, person.index, cause=events.MARKET)


def recommend(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor perhaps speak well of product and venue to somebody whom they know."""
    m, p = venue.membership_of(person), sold(world)
    draw = world.draws("advocacy", person, venue)
    refers = rules.advocacy.p_refer(m.belonging, person.trust, person.grievance, p)
    invites = rules.advocacy.p_invite(m.belonging, person.grievance, venue.now.invites, p)
    u = draw(0)
    if u >= max(refers, invites) or not person.friends:
        return
    friend = friend_in_mind(world, venue, person)
    theirs = venue.membership_of(friend)
    chance = rules.advocacy.p_convince(friend.suited, p)
    if friend.customer == STRANGER and u < refers and draw(2) < chance:
        become_customer(world, friend, person.index)
        venue.count(tally.REFERRALS)
        world.happened(venue, tally.ADOPTIONS, events.REFER, events.PEERS, person.index, friend.index)
    elif u < invites and friend.customer == CUSTOMER and theirs.status in (OUTSIDE, LEFT):
        theirs.invited, theirs.referrer = world.day, person.index
        world.note(events.INVITE, person.index, friend.index, venue.index, cause=events.PEERS)


def friend_in_mind(world: State, venue: Venue, person: Person) -> Person:
    """Return of whom somebody thinks: any friend, or the one of two whom the venue suits better."""
    draw, n = world.draws("advocacy", person, venue), len(person.friends)
    one = person.friends[int(draw(1) * n)]
    if draw(3) >= world.parameters["advocacy"].chooses:
        return one
    other = person.friends[int(draw(4) * n)]
    return other if taste_for(world, venue, other) > taste_for(world, venue, one) else one


def taste_for(world: State, venue: Venue, person: Person) -> float:
    """Return how well a venue happens to suit somebody, in standard deviations: as in `joining`."""
    draw = world.draws("join", person, venue, lasting=True)
    return float(normal(draw(2), draw(3)))


def become_customer(world: State, person: Person, recruiter: int) -> None:
    """Let a stranger begin to use the product."""
    rules.advocacy.become_customer(person, world.day, recruiter)
    world.product.customers += 1
