"""Bonding: a reply ties two people to each other and to the venue; a host who is there is trusted.

People attach to people (belonging) and to the place as a group (identity). They keep a few bonds in each
venue, which fade unless they are used, and friends of friends become friends.
"""

from sim.plain.state import Answer, Bond, Membership, Person, State, Venue, rules
from sim.world import events, tally
from sim.world.mechanisms.bonding import PAIRS
from sim.world.state import BOND_SLOTS, HOST, MEMBER


def people_bond(world: State) -> None:
    """Let today's replies and meetings change people."""
    for venue in world.venues:
        for answer in venue.answers[venue.now.answers_before :]:
            feel_reply(world, venue, answer)
        venue.now.answers_before = len(venue.answers)
        for person in venue.visitors:
            identify(world, venue, person)
            meet_host(world, venue, person)
            be_greeted(world, venue, person)
            stir_contacts(world, venue, person)


def feel_reply(world: State, venue: Venue, answer: Answer) -> None:
    """Let a reply change both sides: whoever wrote it, and whom it was written to, who is not always the author."""
    p, thread, grow = world.parameters["bonding"], answer.thread, rules.bonding.grown_towards_one
    helper = world.people[answer.person] if answer.person >= 0 else None
    reader = world.people[answer.to] if answer.to >= 0 else None
    if reader is not None:
        mine = venue.membership_of(reader)
        world.refresh(mine)
        is_first = thread.first_post and answer.to == thread.author and answer.time == thread.answered
        share, tone = venue.now.host_share, venue.now.tone
        gain = rules.bonding.gain_by_reply(helper is None, is_first, thread.kind, tone, share, p)
        mine.belonging = rules.bonding.moved(mine.belonging, gain)
    if helper is not None:
        theirs = venue.membership_of(helper)
        theirs.belonging = grow(theirs.belonging, p.helping)
    elif reader is not None:
        reader.trust = grow(reader.trust, p.trust_gain * venue.now.tone)
    if reader is not None and helper is not None:
        tie(world, venue, reader, helper, answer)


def tie(world: State, venue: Venue, reader: Person, helper: Person, answer: Answer) -> None:
    """Strengthen the bond between two people, and perhaps introduce the reader to the helper's closest contact."""
    p, thread = world.parameters["bonding"], answer.thread
    gain = rules.bonding.tie_by_reply(reader.comfort, helper.comfort, thread.kind, p)
    if strengthen_both(world, venue, reader, helper, gain):
        world.happened(venue, tally.BONDS, events.BONDED, events.REPLY, reader.index, helper.index, thread.at)
    if world.draws("bonding", reader)(PAIRS + helper.index) >= p.p_close:
        return
    third = closest_but(world, venue, helper, reader)
    if third is None or venue.membership_of(third).status != MEMBER:
        return
    if strengthen_both(world, venue, reader, third, p.gain):
        world.happened(venue, tally.TRIANGLES, events.BONDED, events.CLOSURE, reader.index, third.index, thread.at)


def strengthen_both(world: State, venue: Venue, one: Person, other: Person, gain: float) -> bool:
    """Strengthen a bond on both sides. Returns whether it is new to the first."""
    is_new = strengthen(world, venue, one, other, gain)
    strengthen(world, venue, other, one, gain)
    return is_new


def strengthen(world: State, venue: Venue, person: Person, other: Person, gain: float) -> bool:
    """Add to somebody's bond; a new one may displace the weakest. Returns whether it is new."""
    if gain <= 0.0:
        return False
    bonds, day = venue.membership_of(person).bonds, world.day
    strengths = [left_of(world, bond) for bond in bonds]
    for bond, strength in zip(bonds, strengths, strict=True):
        if bond.partner == other.index:
            bond.strength, bond.stamp = strength + gain, day
            return False
    if len(bonds) < BOND_SLOTS:
        bonds.append(Bond(other.index, gain, day))
    elif gain < min(strengths):
        return False
    else:
        bonds[strengths.index(min(strengths))] = Bond(other.index, gain, day)
    return True


def left_of(world: State, bond: Bond) -> float:
    """Return what is left of a bond today."""
    return float(rules.memory.faded(bond.strength, float(world.day - bond.stamp), world.parameters["bonding"].life))


def strength_of(world: State, m: Membership, other: int) -> float:
    """Return today's strength of a member's bond with somebody, 0 where there is none."""
    return next((left_of(world, bond) for bond in m.bonds if bond.partner == other), 0.0)


def closest_but(world: State, venue: Venue, person: Person, but: Person) -> Person | None:
    """Return somebody's strongest contact today other than `but`."""
    others = [bond for bond in venue.membership_of(person).bonds if bond.partner != but.index]
    return world.people[max(others, key=lambda bond: left_of(world, bond)).partner] if others else None


def identify(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor feel part of the place as a group, the more with a clear mission and much going on."""
    m, now, p, rival = venue.membership_of(person), venue.now, world.parameters["bonding"], world.settings.outside.rival
    m.identity = rules.bonding.identified(m.identity, now.mission, now.pulse, rival, rules.quality.posts_of(m), p)


def meet_host(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor feel what the host does, leaves undone, and sells their attention for."""
    m, now, p = venue.membership_of(person), venue.now, world.parameters["bonding"]
    grow, rare = rules.bonding.grown_towards_one, 1.0 / (1.0 + now.exec_stock)
    if now.executive > 0:
        m.belonging = grow(m.belonging, p.host_reply * rare * now.tone)
        person.trust = grow(person.trust, p.trust_gain * rare * now.tone)
    if now.response > 0:
        person.trust = grow(person.trust, p.trust_gain * now.response)
    load = rules.exposure.ads_met(now.ad_load, m.ads_own, m.subscriber)
    loss = p.trust_broken * float(venue.host.promised) + p.trust_ads * load
    person.trust = person.trust * max(0.0, 1.0 - loss)


def be_greeted(world: State, venue: Venue, person: Person) -> None:
    """Let the host greet a newcomer in person, while its hours last."""
    m, now, p = venue.membership_of(person), venue.now, world.parameters["bonding"]
    u = world.draws("bonding", person, venue)(1)
    hours = world.parameters["hosting"].hours_per_greeting
    if m.joined != world.day or u >= now.onboarding:
        return
    if now.hours_left < hours:
        rules.hosting.leave_undone(venue.tally, tally.UNDONE_GREETINGS, hours)
    else:
        rules.hosting.take_hours(now, hours)
        m.drawn += 1.0
        m.belonging = rules.bonding.grown_towards_one(m.belonging, p.host_reply * now.tone)
        world.happened(venue, tally.GREETINGS, events.GREET, events.BY_HOST, HOST, person.index)


def stir_contacts(world: State, venue: Venue, person: Person) -> None:
    """If somebody posted today, let their contacts notice that they were there."""
    m = venue.membership_of(person)
    for bond in m.bonds if m.last_post == world.day else ():
        contact = world.membership(venue.index, bond.partner)
        if contact.status == MEMBER:
            world.refresh(contact)
            contact.contacts += min(1.0, left_of(world, bond))
