"""Guests: people with a name know some members; experts and executives come, and what they said is passed on."""

from sim.plain.state import Person, State, Venue, rules, uniform
from sim.world import tally
from sim.world.mechanisms import guests
from sim.world.mechanisms.guests import Today
from sim.world.mechanisms.worth import COMPANY_OF_HOST, MAKERS, NEWS_BY_HOST
from sim.world.state import HOST, QUESTION


def guests_are_met(world: State) -> None:
    """Let people with names be there for members."""
    p = world.parameters["guests"]
    for venue in world.venues:
        if guests.is_idle(venue):
            continue
        today = guests.offers(world, venue, forget(world, venue), p)
        greeted = {person.index for person in newcomers_met(world, venue, today)}
        for person in venue.visitors:
            become_known(world, venue, person, today, person.index in greeted)
            be_given(world, venue, person, today)
            maybe_pass_on(world, venue, person, today)
        if venue.now.host_on:
            stand_for_answers(world, venue)


def forget(world: State, venue: Venue) -> float:
    """Let acquaintances fade, or end with those who leave. Return how many members are known, by how well."""
    p, named, turnover = world.parameters["guests"], venue.host.levers.named, guests.they_leave(venue, world.day)
    known, left = 0.0, rules.memory.kept(1.0, p.forgets)
    for person in world.people:
        m = venue.membership_of(person)
        if m.known <= 0.0:
            continue
        if turnover:
            person.trust = rules.bonding.moved(person.trust, -p.breaks * m.known * named)
        m.known = 0.0 if turnover or not m.inside else m.known * left
        known += m.known
    return known


def newcomers_met(world: State, venue: Venue, today: Today) -> list[Person]:
    """Return the newcomers whom the host has greeted: the first ones, until its hours ran out."""
    new = [person for person in venue.visitors if venue.membership_of(person).joined == world.day]
    meant = [person for person in new if world.draws("bonding", person, venue)(1) < today.onboarding]
    return meant[: int(today.greeted)]


def become_known(world: State, venue: Venue, person: Person, today: Today, greeted: bool) -> None:
    """Let a visitor become known by the replies that they found, and by a greeting."""
    m, p = venue.membership_of(person), world.parameters["guests"]
    gain = p.meets * today.named * today.room * (m.collected_host + greeted)
    m.known = rules.bonding.grown_towards_one(m.known, gain)


def be_given(world: State, venue: Venue, person: Person, today: Today) -> None:
    """Put on a visitor's plate what those with a name give."""
    m, now, p, worth = venue.membership_of(person), venue.now, world.parameters["guests"], world.parameters["worth"]
    experts = p.meet * rules.worth.from_makers(now.expert_stock, now.tone, 0.0, worth)
    executives = rules.worth.from_makers(now.exec_stock + now.executive, now.tone, 0.0, worth)
    lacking = p.hollow * today.scripted * executives
    m.plate[COMPANY_OF_HOST] += rules.guests.from_names(m.known, today.named, now.tone, p) * now.host_on
    m.plate[NEWS_BY_HOST] += rules.guests.from_experts(now.expert_stock, p) * now.host_on
    m.plate[MAKERS] += (experts - lacking) * now.host_on + rules.guests.from_beta(today.beta, person.passion, p)
    if now.executive > 0:
        person.trust = rules.bonding.moved(person.trust, -p.seen_through * today.scripted)


def maybe_pass_on(world: State, venue: Venue, person: Person, today: Today) -> None:
    """Let a visitor pass on what a guest said today, so that friends outside hear of the place."""
    p, u = world.parameters["guests"], world.draws("guests", person, venue)(0)
    if u >= rules.guests.p_passes_on(today.words, today.named, person.trust, p):
        return
    venue.count(tally.PASSED_ON)
    for friend in person.friends:
        if rules.join.is_outside(venue.membership_of(friend)):
            venue.membership_of(friend).news += p.heard


def stand_for_answers(world: State, venue: Venue) -> None:
    """Let some of today's first answers by the host come from somebody who can solve it, and vouch for others."""
    levers, now, p, quality = venue.host.levers, venue.now, world.parameters["guests"], world.parameters["quality"]
    for answer in [one for one in venue.answers if one.time >= world.day]:
        thread, by = answer.thread, answer.person
        if thread.kind != QUESTION or thread.answerer != by or thread.answered != answer.time:
            continue
        u = uniform(world.about("guests", thread), by, venue.index)
        if by == HOST and u < levers.escalation:
            if not rules.hosting.takes(now, venue.tally, p.hours_per_escalation):
                continue
            answer.quality = p.solves
            thread.quality = max(thread.quality, p.solves)
            venue.count(tally.ESCALATED)
        elif by >= 0 and u < levers.vouching:
            asker, clear = world.people[thread.author], rules.quality.is_clear(answer.quality, quality)
            asker.trust = rules.bonding.moved(asker.trust, p.vouched if clear else -p.let_down)
            venue.count(tally.VOUCHED)
            venue.count(tally.VOUCHING_COST, 0.0 if clear else p.damage)
