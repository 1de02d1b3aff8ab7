"""Storms: a fault comes to light, hosts delete or answer criticism, and visitors defend the company or lose trust."""

from dataclasses import replace

from sim.plain.state import Person, State, Venue, Voice, rules
from sim.world import events, tally
from sim.world.mechanisms import storms
from sim.world.mechanisms.storms import ANSWERED, DEFENDED, DELETED, EXPLAINED, HIT, MOVED, SEEN, SUGGESTED, WEEK
from sim.world.state import CUSTOMER, HOST, MEMBER, NOBODY


def people_weather_storms(world: State) -> None:
    """Let a fault come to light, hosts treat their critics, and storms rage and calm."""
    if not rules.voicing.is_stormy(world):
        return
    p = world.parameters["storms"]
    if storms.strikes_today(world):
        for person in world.people:
            be_hit(world, person)
        storms.break_out(world, p)
    for person in world.every(WEEK):
        person.scar = rules.memory.faded(person.scar, float(WEEK), p.scar_life)
    for there, voice in [moved for venue in world.venues for moved in treat_critics(world, venue)]:
        there.voices.append(replace(voice, deleted=False))
        there.now.voices += 1
        world.happened(there, tally.CRITICISMS, events.CRITICISE, events.TURNED_AWAY, voice.person)
    for venue in world.venues:
        weather(world, venue)


def be_hit(world: State, person: Person) -> None:
    """Let the fault hit a customer, or not."""
    p, fault = world.parameters["storms"], world.settings.product.fault
    if person.customer == CUSTOMER and world.draws("storms", person)(HIT) < fault:
        person.hit = True
        person.grievance += p.hurts * fault
        rules.storms.break_trust(person, person, p.breach * fault)


def treat_critics(world: State, venue: Venue) -> list[tuple[Venue, Voice]]:
    """Let the host delete or answer today's criticism. Return what is said again, and where."""
    now, p, moving = venue.now, world.parameters["storms"], []
    deletes, answers, _ = storms.policy(venue, world.day)
    critics, noticed, harm, answered = 0.0, 0.0, 0.0, venue.tally[tally.CRITICS_ANSWERED]
    for voice in venue.voices[now.voices_before :]:
        if voice.good:
            continue
        critics += 1.0
        person = world.people[voice.person]
        draw = world.draws("storms", person, venue)
        be_critic(world, venue, person, draw(SUGGESTED))
        if draw(DELETED) >= deletes:
            if draw(ANSWERED) < answers:
                hours = world.parameters["hosting"].hours_per_reply
                rules.storms.answer(person, now, venue.tally, hours, p)
            continue
        worse = delete(world, venue, voice)
        if draw(SEEN) < now.traces:
            noticed, harm = noticed + 1.0, harm + worse
            there = notice_deletion(world, venue, person, worse)
            moving += [(there, voice)] if there else []
    answered = venue.tally[tally.CRITICS_ANSWERED] - answered
    now.heeding = rules.storms.known_for(now.heeding, critics, answered, noticed)
    if harm > 0.0:
        for person in venue.visitors:
            rules.storms.break_trust(person, person, p.witnessed * harm / (harm + p.few))
    return moving


def is_champion(world: State, venue: Venue, person: Person) -> bool:
    """Tell whether somebody who is here today counts as a champion."""
    p, m = world.parameters["census"], venue.membership_of(person)
    return bool(rules.storms.is_champion(m, p.champion_answers, p.champion_belonging))


def be_critic(world: State, venue: Venue, person: Person, u: float) -> None:
    """Let somebody be known as a critic, who perhaps makes a proposal."""
    m = venue.membership_of(person)
    if not is_champion(world, venue, person):
        m.was_critic = True
    venue.count(tally.SUGGESTIONS, u < rules.storms.p_suggest(m.belonging, person.trust, world.parameters["storms"]))


def delete(world: State, venue: Venue, voice: Voice) -> float:
    """Delete a criticism, perhaps with a reason. Return how much that harms if it is noticed."""
    hours, now = world.parameters["hosting"].hours_per_reply, venue.now
    voice.deleted = True
    world.happened(venue, tally.DELETED, events.DELETE, events.BY_HOST, HOST, voice.person)
    u = world.draws("storms", world.people[voice.person], venue)(EXPLAINED)
    is_explained = rules.storms.explains(now, venue.tally, u, storms.policy(venue, world.day)[2], hours)
    return float(rules.storms.harm_of_deletion(is_explained, world.parameters["storms"]))


def notice_deletion(world: State, venue: Venue, person: Person, worse: float) -> Venue | None:
    """Let a critic notice that they were deleted. Return where they say it again, if they do."""
    p, u = world.parameters["storms"], world.draws("storms", person, venue)(MOVED)
    to = next((k for k, is_open in enumerate(storms.elsewhere_than(world, venue))
               if is_open and person.memberships[k].status == MEMBER), NOBODY)  # fmt: skip
    to = rules.storms.resent(person, person, to, u, worse, p)
    venue.count(tally.ELSEWHERE, to >= 0)
    return world.venues[to] if to >= 0 else None


def weather(world: State, venue: Venue) -> None:
    """Let visitors defend the company, and lose trust as far as nobody does; count the critics who were won over."""
    now, p = venue.now, world.parameters["storms"]
    visible = float(sum(not (voice.good or voice.deleted) for voice in venue.voices[now.voices_before :]))
    now.storm = rules.storms.swollen(now.storm, visible, float(len(venue.visitors)), p)
    defenders = float(sum(defends(world, venue, person) for person in venue.visitors if now.storm > 0.0))
    answered = venue.flows_today(tally.CRITICS_ANSWERED)
    now.shielded = rules.storms.shield(defenders, answered / max(1.0, visible), now.tone, p)
    for person in venue.visitors:
        m = venue.membership_of(person)
        if now.storm > 0.0:
            share = rules.storms.share_lost(now.storm, now.shielded, m.belonging, p)
            rules.storms.break_trust(person, person, share)
        if person.scar > 0.0:
            person.trust = rules.storms.held_down(person.trust, person.scar, p)
        if m.was_critic and not m.won:
            m.won = is_champion(world, venue, person)
            venue.count(tally.WON_OVER, m.won)


def defends(world: State, venue: Venue, person: Person) -> bool:
    """Let a visitor who was not hit perhaps stand up for the company."""
    p, u = world.parameters["storms"], world.draws("storms", person, venue)(DEFENDED)
    m, asking = venue.membership_of(person), world.parameters["asking"]
    speaks_up = not person.hit and rules.storms.defends(person, m, u, venue.now.storm, p, asking)
    if speaks_up:
        world.happened(venue, tally.DEFENCES, events.DEFEND, events.PEERS, person.index)
    return bool(speaks_up)
