"""Speaking: visitors ask what they need to know, say what there is to say, and praise or criticise the product.

Most read only: speaking in public takes an effort, and not everybody has it in them. Recognition and incentives move
people to give more. In some venues, what a newcomer writes may be turned away, and some fall silent over it.
"""

from sim.plain.state import Membership, Person, State, Thread, Venue, Voice, rules, uniform
from sim.world import events, tally
from sim.world.mechanisms.asking import AGAIN_AFTER, wanting
from sim.world.mechanisms.norms import DISCOURAGED, MONTH
from sim.world.mechanisms.voicing import NOTICED
from sim.world.mechanisms.worth import ARCHIVE
from sim.world.state import FACETS, NOBODY, QUESTION, TALK

ASKED_AGAIN = 2  # beside QUESTION and TALK: which of a person's threads of the day it is, as part of its key


def visitors_ask_and_post(world: State) -> None:
    """Let today's visitors bring their needs, and say what there is to say."""
    for venue, person in world.visits():
        ask_and_post(world, venue, person)


def dares_to_speak(world: State, person: Person, m: Membership) -> bool:
    """Tell whether somebody speaks in public here at all."""
    return bool(rules.asking.speaks(person.hurdle, person.social, m.drawn, m.silent, world.parameters["asking"]))


def motivation(world: State, venue: Venue, person: Person) -> float:
    """Return how much recognition and incentives move somebody to give."""
    p, incentives = world.parameters["recognition"], world.parameters["incentives"]
    return float(rules.recognition.motivation(person, venue.membership_of(person), venue.now, p, incentives))


def write(world: State, venue: Venue, person: Person) -> None:
    """Take the minutes that a post or a reply takes."""
    rules.exposure.write(person, venue.now.effort, venue.tally, world.parameters["exposure"])


def ask_and_post(world: State, venue: Venue, person: Person) -> None:
    """Let a visitor find what waited for them, bring a new need, and perhaps talk, if they have minutes left."""
    m, now, p = venue.membership_of(person), venue.now, wanting(world)
    draw = world.draws("asking", person, venue)
    allowed = dares_to_speak(world, person, m) and draw(0) < now.posting
    m.need_met = False
    rules.asking.collect(m, m.plate, now.tone, world.parameters["worth"])
    if m.open_thread >= 0:
        learn_or_repeat(world, venue, person, allowed)
    induced = not m.need_open and draw(1) < p.induced * m.seen
    if m.need_open or induced:
        bring_up(world, venue, person, allowed, induced)
    if not allowed or now.hushed or person.minutes_left <= 0.0:
        return
    streak = rules.incentives.at_stake(m, now.streaks, person.competitive, world.day, world.parameters["incentives"])
    chance = rules.asking.p_talk(
        person.contribution, m.belonging, person.social, person.belonging,
        motivation(world, venue, person) * streak, float(world.day - m.joined), now.small_talk,
        now.effort, p,
    )  # fmt: skip
    if draw(6) < chance:
        thread = post(world, venue, person, TALK, person.facet)
        m.talks += 1
        rules.incentives.note_gift(m, world.day, world.parameters["incentives"])
        world.happened(venue, tally.TALKS, events.TALKED, events.HABIT, person.index, thread=thread.at)


def learn_or_repeat(world: State, venue: Venue, person: Person, allowed: bool) -> None:
    """Let somebody read the answer to their last question, or ask again into the silence."""
    m, draw, p = venue.membership_of(person), world.draws("asking", person, venue), world.parameters["asking"]
    thread = venue.threads[m.open_thread]
    if thread.answered >= 0.0:
        if m.collected == 0:
            return  # they know it already
        is_clear = rules.asking.learn(thread, m, m.plate, world.parameters["worth"], world.parameters["quality"])
        if not is_clear and draw(7) < world.parameters["visit"].p_ticket:  # the answer was of no use
            venue.count(tally.TICKETS_INDUCED, thread.induced)
            world.happened(venue, tally.TICKETS, events.TICKET, events.UNMET, person.index, thread=thread.at)
    elif not thread.considered and m.hour - thread.time >= AGAIN_AFTER:
        thread.considered = True
        if allowed and draw(8) < p.p_again:
            ask_again(world, venue, person, thread)


def ask_again(world: State, venue: Venue, person: Person, thread: Thread) -> None:
    """Let somebody put a question again that nobody answered."""
    m = venue.membership_of(person)
    thread.superseded = True
    again = post(world, venue, person, QUESTION, thread.facet, again=thread)
    again.considered, again.induced = True, thread.induced
    m.open_thread = again.at
    m.questions += 1
    rules.incentives.note_post(m, world.day)
    world.happened(venue, tally.ASKED_AGAIN, events.ASK_AGAIN, events.NEED, person.index, thread=again.at)


def bring_up(world: State, venue: Venue, person: Person, allowed: bool, induced: bool) -> None:
    """Let somebody look a need up in the archive, else ask, else turn to the support desk."""
    m, draw, p = venue.membership_of(person), world.draws("asking", person, venue), world.parameters["asking"]
    p_ticket, facet = world.parameters["visit"].p_ticket, person.facet
    if induced:  # browsing made them curious, about anything
        venue.count(tally.NEEDS_INDUCED)
        facet = int(draw(2) * FACETS)
    m.need_open = False
    if draw(3) < rules.asking.p_found(rules.asking.findable(world, venue)[facet], p):
        m.need_met = True
        m.plate[ARCHIVE] += world.parameters["worth"].need
        venue.count(tally.NEEDS_ARCHIVE)
        venue.count(tally.TICKETS_AVOIDED, 0.0 if induced else p_ticket)
    elif allowed and draw(4) < p.p_ask:
        thread = post(world, venue, person, QUESTION, facet)
        thread.induced = induced
        m.open_thread = thread.at
        m.questions += 1
        m.asking += 1.0
        rules.incentives.note_post(m, world.day)
        world.happened(venue, tally.QUESTIONS, events.ASK, events.NEED, person.index, thread=thread.at)
    elif draw(5) < p_ticket:
        venue.count(tally.TICKETS_INDUCED, induced)
        world.happened(venue, tally.TICKETS, events.TICKET, events.NEED, person.index)


def post(world: State, venue: Venue, person: Person, kind: int, facet: int, again: Thread | None = None) -> Thread:
    """Write a thread. A newcomer's first one is marked, and stays the first when it is asked `again`."""
    m, key, spread = venue.membership_of(person), world.keys["asking"], world.parameters["asking"].appeal_spread
    write(world, venue, person)
    first, slot = (again.first_post, ASKED_AGAIN) if again else (not m.has_posted, kind)
    if not again:
        venue.count(tally.FIRST_POSTS, first)
    return venue.open_thread(person.index, kind, facet, m.hour, first, slot, key, spread)


def newcomers_are_judged(world: State) -> None:
    """Judge what newcomers wrote today, in venues that do so."""
    for venue in world.venues:
        if venue.now.rejection > 0.0:
            judge(world, venue)


def judge(world: State, venue: Venue) -> None:
    """Turn away some of the newcomers' threads: fewer as the venue grows older, more if there are many of them."""
    now, p = venue.now, world.parameters["norms"]
    today = [thread for thread in venue.threads[now.threads_before :] if thread.author >= 0]
    news = [t for t in today if rules.norms.is_apprentice(world.membership(venue.index, t.author), p)]
    load = rules.norms.load_of(len(news), len(venue.visitors))
    now.newcomers_load += (load - now.newcomers_load) / MONTH
    for thread in news:
        strict = rules.norms.p_rejected(now.rejection, now.rules_shown, now.judged, now.newcomers_load, p)
        now.judged += 1.0
        if uniform(world.about("norms", thread), thread.author, venue.index) < strict:
            turn_away(world, venue, world.people[thread.author], thread)


def turn_away(world: State, venue: Venue, author: Person, thread: Thread) -> None:
    """Turn a thread away. Its author may fall silent over it."""
    world.happened(venue, tally.REJECTED, events.REJECT, events.PEERS, NOBODY, author.index, thread.at)
    u = uniform(world.about("norms", thread), author.index, DISCOURAGED + venue.index)
    if rules.norms.turn_away(venue.membership_of(author), thread, u, world.parameters["norms"]):
        world.happened(venue, tally.SILENCED, events.SILENCE, events.TURNED_AWAY, author.index, NOBODY, thread.at)


def visitors_speak_about_the_product(world: State) -> None:
    """Let today's visitors say what they think of the product."""
    is_stormy = rules.voicing.is_stormy(world)
    for venue in world.venues:
        venue.now.heeding += (venue.now.listening - venue.now.heeding) / NOTICED
        for person in venue.visitors:
            speak_up(world, venue, person, is_stormy)


def speak_up(world: State, venue: Venue, person: Person, is_stormy: bool) -> None:
    """Let a visitor perhaps praise the product, or criticise it on some facet."""
    m, p, heeding = venue.membership_of(person), world.parameters["voicing"], venue.now.heeding
    draw, fit = world.draws("voicing", person, venue), float(world.product.fit[person.facet])
    angry = rules.voicing.anger(person, person.grievance) if is_stormy else 0.0
    good = draw(1) < rules.voicing.p_good(fit, person.trust, angry, p)
    chance = rules.voicing.p_voiced(person.contribution, heeding, angry, good, p)
    if draw(0) >= chance or not dares_to_speak(world, person, m):
        return
    facet = person.facet
    if not good:
        facet = rules.voicing.topic(draw(2), draw(3), person.facet, person.taken_up, m.beyond, p)
    venue.voices.append(Voice(person.index, world.day, facet, good))
    venue.now.voices += 1
    flow, kind = (tally.PRAISES, events.PRAISE) if good else (tally.CRITICISMS, events.CRITICISE)
    world.happened(venue, flow, kind, events.HABIT, person.index)
