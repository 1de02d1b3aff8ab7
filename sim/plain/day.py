"""The same world in plain Python: every person a `mesa.Agent`, every decision a method. Read this file first.

It calls the same scalar rules as the compiled world, with the same draws in the same order, and so agrees with it
exactly, day by day (`tests/test_plain.py`). It is the readable version, the oracle, and the baseline that speed is
measured against. A day reads from `PlainWorld.step` downwards.
"""

import math
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from sim.world import draws, events, tally
from sim.world.compiled import plainly
from sim.world.levers import Setup
from sim.world.mechanisms import (
    accounts,
    advocacy,
    answering,
    asking,
    bonding,
    exposure,
    hosting,
    incentives,
    join,
    leaving,
    listening,
    memory,
    norms,
    population,
    recognition,
    spending,
    visit,
    voicing,
)
from sim.world.state import (
    BOND_SLOTS,
    CUSTOMER,
    DORMANT,
    FACETS,
    GONE,
    HOST,
    LEFT,
    MEMBER,
    MEMBERSHIP,
    NEVER,
    NOBODY,
    NOW,
    OUTSIDE,
    PERSON,
    QUESTION,
    SEED,
    STRANGER,
    TALK,
    Rows,
    new_memberships,
)
from sim.world.world import RULES, Settings

# The science, as ordinary functions: what each mechanism says about one person.
joining, visiting, exposing, speaking, replying, honouring, giving, tying, promoting, buying, going, fading = map(
    plainly,
    (join, visit, exposure, asking, answering, recognition, incentives, bonding, advocacy, spending, leaving, memory),
)
norming, telling = map(plainly, (norms, voicing))
uniform, normal, happens = draws.uniform, plainly(draws).normal, plainly(draws).happens
OUT_OF_IT = new_memberships(1)[0]


@dataclass
class Thread:
    """A question or a post."""

    at: int
    key: np.uint64
    time: float
    appeal: float
    author: int
    kind: int
    facet: int
    first_post: bool
    answered: float = -1.0
    answerer: int = NOBODY
    replies: int = 0
    considered: bool = False
    superseded: bool = False
    muted: bool = False
    rejected: bool = False
    induced: bool = False


@dataclass
class Answer:
    """A reply: who gave it, to which thread, when."""

    time: float
    thread: Thread
    person: int
    score: int = 0


@dataclass
class Voice:
    """What somebody said of the product."""

    person: int
    day: int
    facet: int
    good: bool


@dataclass
class Bond:
    """A tie that was made in a venue."""

    partner: int
    strength: float
    stamp: int


class Membership(SimpleNamespace):
    """A person in a venue. It has the columns of `state.MEMBERSHIP`, by name, and her bonds there."""

    def __init__(self) -> None:
        super().__init__(**{name: OUT_OF_IT[name].item() for name in MEMBERSHIP.fields or ()}, alarm=NEVER, bonds=[])

    @property
    def inside(self) -> bool:
        """Whether she is a member, awake or dormant."""
        return bool(self.status in (MEMBER, DORMANT))

    @property
    def has_posted(self) -> bool:
        """Whether she ever posted here."""
        return bool(self.questions + self.talks + self.answers > 0)


@dataclass
class Venue:
    """A place: its rules and impressions (`now`), its host, its threads and answers, and today's visitors."""

    index: int
    setup: Setup
    now: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(**dict.fromkeys(NOW.fields or (), 0.0)))
    tally: list[float] = field(default_factory=lambda: [0.0] * len(tally.NAMES))
    tally_before: list[float] = field(default_factory=lambda: [0.0] * len(tally.NAMES))
    threads: list[Thread] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    archive: list[float] = field(default_factory=lambda: [0.0] * FACETS)
    visitors: "list[Person]" = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name, self.host = self.setup.name, hosting.HostDesk(self.setup.host)
        vars(self.now).update({rule: getattr(self.setup.venue, rule) for rule in RULES})
        self.now.opens = math.ceil(self.now.opens)
        vars(self.now).update(
            members=0, aged=0, answers_before=0, threads_before=0, voices=0, voices_before=0, voices_reviewed=0
        )

    def count(self, flow: int, amount: float = 1.0) -> None:
        """Count something that happened."""
        self.tally[flow] += amount

    def open_thread(
        self, author: int, kind: int, facet: int, time: float, first: bool, slot: int, key: np.uint64, spread: float
    ) -> Thread:
        """Append a thread. Its appeal hangs on its permanent key."""
        name = np.uint64(draws.thread_key(author, int(time), speaking.slot_in(self.index, slot)))
        own = np.uint64(draws.about(key, name))
        appeal = speaking.appeal(uniform(own, 0, 0), uniform(own, 0, 1), spread)
        thread = Thread(len(self.threads), name, time, appeal, author, kind, facet, first)
        self.threads.append(thread)
        return thread

    def publish_seed(self, day: int, slot: int, key: np.uint64, appeal_spread: float) -> int:
        """Open a thread by the host, and return its row."""
        return self.open_thread(HOST, SEED, (day + slot) % FACETS, float(day), False, slot, key, appeal_spread).at

    def questions_today(self) -> list[int]:
        """Return today's questions per facet."""
        new = [thread.facet for thread in self.threads[self.now.threads_before :] if thread.kind == QUESTION]
        return [new.count(facet) for facet in range(FACETS)]

    def criticism_today(self) -> list[int]:
        """Return the number of today's criticisms per facet."""
        new = [voice.facet for voice in self.voices[self.now.voices_before :] if not voice.good]
        return [new.count(facet) for facet in range(FACETS)]

    def proposer(self, facet: int) -> int:
        """Return who was the first to criticise a facet since the last release, or `NOBODY`."""
        since = self.voices[self.now.voices_reviewed :]
        return next((voice.person for voice in since if voice.facet == facet and not voice.good), NOBODY)

    def flows_today(self, flow: int) -> float:
        """Return how much of a flow today has brought so far."""
        return self.tally[flow] - self.tally_before[flow]

    def day_of_flows(self) -> list[float]:
        """Return how much of each flow today has brought."""
        return [now - before for now, before in zip(self.tally, self.tally_before, strict=True)]

    def close_day(self) -> None:
        """Let today become yesterday."""
        self.tally_before = list(self.tally)
        self.now.threads_before = len(self.threads)
        self.now.voices_before = len(self.voices)


class Person(mesa.Agent):
    """Somebody with mixed motives, who may use the product and may be in venues."""

    information: float
    belonging: float
    goodwill: float
    validation: float
    cause: float
    access: float
    deals: float
    tempo: float
    contribution: float
    need_rate: float
    expertise: float
    attention: float
    ad_sensitivity: float
    suited: float
    passion: float
    comfort: float
    hurdle: float
    facet: int
    taken_up: int
    customer: int
    adopted: int
    recruiter: int
    spent: float
    trust: float
    grievance: float
    elsewhere: float
    minutes_left: float
    minutes_day: int

    def __init__(self, model: "PlainWorld", index: int, traits: Rows, venues: int) -> None:
        super().__init__(model)
        self.world, self.index = model, index
        for name in PERSON.fields or ():
            setattr(self, name, traits[name].item())
        self.memberships = [Membership() for _ in range(venues)]
        self.friends: list[Person] = []
        self.need_day = NEVER
        self.social = speaking.sociality(self.belonging, self.goodwill, self.validation, self.cause)

    # -- joining ---------------------------------------------------------------------------------------------------

    def consider_joining(self, venue: Venue) -> None:
        """Once a week, at the opening, or with a need: weigh what she has heard against what she expects."""
        world, now, day, p = self.world, venue.now, self.world.day, self.world.parameters["join"]
        weekly, opening, searches = (self.index + day) % 7 == 0, day == int(now.opens), self.need_day == day
        m = self.memberships[venue.index]
        if not (weekly or opening or searches) or self.customer != CUSTOMER or m.inside:
            return
        if m.status == LEFT and day - m.left < 90:
            return
        today, always, slot = world.today("join"), world.always("join"), venue.index * 8
        days = 7.0 if weekly else 0.0
        market = now.marketing * days + (now.launch if opening else 0.0)
        invited = weekly and day - m.invited <= 7
        by_friend = invited and m.referrer >= 0
        closed = self.share_closed(venue.index) if m.friends > 1 and weekly else 0.0
        friends = joining.by_friends(m.friends, closed, days, now.notices, p)
        search, asked = p.search if searches else 0.0, p.invite if invited else 0.0
        again = p.second_chance if m.status == LEFT else 1.0
        log_fit = joining.log_fit(uniform(always, self.index, slot + 2), uniform(always, self.index, slot + 3), p)
        benefit = joining.benefit_of(
            self.information, self.belonging, self.cause, self.access, self.deals, self.ad_sensitivity,
            self.passion, log_fit, now.pulse, now.visitors_pulse, now.promo * now.host_on, now.host_on * now.tone,
            now.mission, now.ad_load, p,
        )  # fmt: skip
        convinced = asked * (joining.by_word(benefit, p) if by_friend else benefit)
        hazard = ((market + friends + search) * benefit + convinced) * again
        if not happens(uniform(today, self.index, slot), hazard):
            return
        cause = joining.cause_of_joining(
            uniform(today, self.index, slot + 1), market * benefit, friends * benefit, search * benefit, convinced
        )
        world.refresh(m)
        joining.become_member(m, day, cause, uniform(today, self.index, slot + 4), log_fit, p)
        m.alarm = 0
        if cause == events.INVITED and by_friend:
            friend = world.people[m.referrer]
            self.strengthen(venue, friend, p.escort)
            friend.strengthen(venue, self, p.escort)
        self.tell_friends(venue, 1)
        now.members += 1
        venue.count(tally.JOINS_MARKET + cause - events.MARKET)
        referrer = m.referrer if cause == events.INVITED else NOBODY
        world.note(events.JOIN, self.index, referrer, venue.index, cause=cause)

    def share_closed(self, venue: int) -> float:
        """Return the share of pairs of friends inside who know each other."""
        inside = [friend for friend in self.friends if friend.memberships[venue].status == MEMBER]
        pairs = [(one, other) for k, one in enumerate(inside) for other in inside[k + 1 :]]
        return sum(other in one.friends for one, other in pairs) / len(pairs) if pairs else 0.0

    def tell_friends(self, venue: Venue, change: int) -> None:
        """Let friends know that she is in (+1) or out (-1)."""
        for friend in self.friends:
            friend.memberships[venue.index].friends += change

    # -- coming ----------------------------------------------------------------------------------------------------

    def bring_need(self) -> None:
        """Take today's need to where it may be met: elsewhere, the favourite venue, or the support desk."""
        world, today, p = self.world, self.world.today("need"), self.world.parameters["visit"]
        fit = world.product.fit[self.facet]
        self.need_day = visiting.next_need(world.day, uniform(today, self.index, 1), self.need_rate, fit)
        if self.customer != CUSTOMER:
            return
        main = world.venues[0]
        main.count(tally.NEEDS)
        inside = [m for m in self.memberships if m.inside]
        elsewhere = world.settings.outside.substitute if self.elsewhere < 0.0 else self.elsewhere
        if uniform(today, self.index, 2) < elsewhere:
            main.count(tally.NEEDS_ELSEWHERE)
        elif inside:
            favourite = max(inside, key=lambda m: m.interest)
            favourite.need_open, favourite.alarm = True, min(favourite.alarm, world.day)
        elif uniform(today, self.index, 3) < p.p_ticket:
            main.count(tally.TICKETS)
            world.note(events.TICKET, self.index, cause=events.NEED)

    def maybe_wake(self, venue: Venue) -> None:
        """Let a message reach her although she has been away for long."""
        m, day = self.memberships[venue.index], self.world.day
        if m.status == DORMANT and m.alarm > day:
            u = uniform(self.world.today("visit"), self.index, venue.index * 8 + 3)
            if u < self.world.parameters["visit"].wake_reminder * m.mail_own:
                m.alarm = day

    def comes(self, venue: Venue, message: float) -> bool:
        """Decide whether to visit today, and why."""
        world, day, m = self.world, self.world.day, self.memberships[venue.index]
        if m.alarm > day or not m.inside:
            return False
        p, today, slot = world.parameters["visit"], world.today("visit"), venue.index * 8
        contacts = fading.faded(m.contacts, float(day - m.stamp), world.parameters["memory"].contacts)
        left = p.second_place if self.minutes_day == day else 1.0
        by_habit, by_peers = visiting.habit(self.tempo, m.interest, p), visiting.pull_of_peers(contacts, p)
        by_reply = p.reply if m.waiting > 0 else 0.0
        by_host = message * m.mail_own
        hazard = (by_habit + by_peers + by_reply + by_host) * left
        if m.status == DORMANT or m.joined == day:
            hazard = 40.0  # awake again, or here for the first time
        if not m.need_open and not happens(uniform(today, self.index, slot), hazard):
            return False
        cause = visiting.cause_of_visit(uniform(today, self.index, slot + 1), by_habit, by_peers, by_reply, by_host)
        self.enter(venue, m, self.true_cause(venue, m, cause), uniform(today, self.index, slot + 2))
        return True

    def true_cause(self, venue: Venue, m: Membership, cause: int) -> int:
        """Name the cause of a visit: a need comes first, and a reply came from somebody."""
        if m.need_open:
            return events.NEED
        if cause == events.REPLY:
            by_host = m.open_thread >= 0 and venue.threads[m.open_thread].answerer == HOST
            return events.BY_HOST if by_host else events.PEERS
        return cause

    def enter(self, venue: Venue, m: Membership, cause: int, hour: float) -> None:
        """Arrive at an hour of the day."""
        flows = {events.NEED: tally.VISITS_NEED, events.PEERS: tally.VISITS_PEERS, events.BY_HOST: tally.VISITS_HOST}
        if cause in flows:
            venue.count(flows[cause])
        if m.status == DORMANT:
            m.status, m.alarm = MEMBER, 0
            venue.count(tally.RETURNS)
            self.world.note(events.RETURN, self.index, venue=venue.index, cause=cause)
        if self.minutes_day != self.world.day:
            self.minutes_day, self.minutes_left = self.world.day, self.attention
        m.hour = self.world.day + hour
        m.visits += 1
        venue.count(tally.VISITS)
        self.world.note(events.VISIT, self.index, venue=venue.index, cause=cause)

    def look_around(self, venue: Venue) -> None:
        """Meet ads and threads, as far as attention goes."""
        world, m, now, p = self.world, self.memberships[venue.index], venue.now, self.world.parameters["exposure"]
        world.refresh(m)
        load = exposing.ads_met(now.ad_load, m.ads_own, m.subscriber)
        weight = exposing.ad_weight(self.ad_sensitivity, float(world.day - m.joined), now.annoyance, p)
        m.met = exposing.threads_met(self.minutes_left, load, p)
        m.seen = len(self.new_threads(venue, m, m.met))
        m.ads += load * weight
        spent = min(m.seen * p.minutes_per_thread + load * p.minutes_per_ad, self.minutes_left)
        self.minutes_left -= spent
        venue.count(tally.MINUTES, spent)
        venue.count(tally.ADS, load)
        venue.count(tally.AD_REVENUE, load * now.ad_price * exposing.noticed(m.ads, p))
        u = uniform(world.today("exposure"), self.index, venue.index * 8)
        if happens(u, exposing.hazard_of_upgrade(load, weight, now.ad_free_price, p)):
            m.subscriber = True
            venue.count(tally.UPGRADES)
            world.note(events.UPGRADE, self.index, venue=venue.index, cause=events.BY_ADS)

    def new_threads(self, venue: Venue, m: Membership, most: int) -> list[Thread]:
        """Return the newest threads, newest first, that were opened between her last visit and this one."""
        new: list[Thread] = []
        for thread in reversed(venue.threads):
            if thread.time <= m.last_visit or len(new) == most:
                break
            if thread.time < m.hour:
                new.append(thread)
        return new

    # -- speaking --------------------------------------------------------------------------------------------------

    def ask(self, venue: Venue) -> None:
        """Bring a need, and say what there is to say."""
        world, m, now = self.world, self.memberships[venue.index], venue.now
        today, slot, p = world.today("asking"), venue.index * 16, world.parameters["asking"]
        allowed = speaking.speaks(self.hurdle, self.social, m.greeted, m.silent, p)
        allowed = allowed and uniform(today, self.index, slot) < now.posting
        m.need_met = False
        m.collected, m.waiting = m.waiting > 0, 0
        self.follow_or_repeat(venue, m, allowed)
        induced = not m.need_open and uniform(today, self.index, slot + 1) < p.induced * m.seen
        if m.need_open or induced:
            self.bring_up(venue, m, allowed, induced)
        if not allowed:
            return
        boost = self.boost(m, now)
        chance = speaking.p_talk(
            self.contribution, m.interest, m.belonging, self.social, self.belonging, boost,
            float(world.day - m.joined), now.effort, p,
        )  # fmt: skip
        if uniform(today, self.index, slot + 6) < chance:
            thread = self.post(venue, m, TALK, self.facet, 1)
            m.talks += 1
            giving.note_gift(m, world.day, world.parameters["incentives"])
            venue.count(tally.TALKS)
            world.note(events.TALKED, self.index, venue=venue.index, thread=thread.at, cause=events.HABIT)

    def boost(self, m: Membership, now: SimpleNamespace) -> float:
        """Return how much recognition and incentives move her to give."""
        numbers = self.world.parameters
        return float(honouring.motivation(self, m, now, numbers["recognition"], numbers["incentives"]))

    def follow_or_repeat(self, venue: Venue, m: Membership, allowed: bool) -> None:
        """See what became of her last question: follow up on a reply, or ask again into the silence."""
        if m.open_thread < 0:
            return
        world, slot, p = self.world, venue.index * 16, self.world.parameters["asking"]
        today, thread = world.today("asking"), venue.threads[m.open_thread]
        if thread.answered >= 0.0:
            m.need_met = m.collected
            if m.collected and allowed and uniform(today, self.index, slot + 7) < p.p_follow:
                m.talks += 1
                giving.note_post(m, world.day)
                venue.count(tally.TALKS)
                world.note(events.TALKED, self.index, venue=venue.index, thread=thread.at, cause=events.REPLY)
        elif not thread.considered and m.hour - thread.time >= p.again_after:
            thread.considered = True
            if allowed and uniform(today, self.index, slot + 8) < p.p_again:
                thread.superseded = True
                again = self.post(venue, m, QUESTION, thread.facet, 2, first=thread.first_post)
                again.considered, again.induced = True, thread.induced
                m.open_thread = again.at
                m.questions += 1
                giving.note_post(m, world.day)
                venue.count(tally.ASKED_AGAIN)
                world.note(events.ASK_AGAIN, self.index, venue=venue.index, thread=again.at, cause=events.NEED)

    def bring_up(self, venue: Venue, m: Membership, allowed: bool, induced: bool) -> None:
        """Look a need up in the archive; if it is not there, ask, or turn to the support desk."""
        world, slot, p = self.world, venue.index * 16, self.world.parameters["asking"]
        today, p_ticket, facet = world.today("asking"), world.parameters["visit"].p_ticket, self.facet
        if induced:
            venue.count(tally.NEEDS_INDUCED)
            facet = int(uniform(today, self.index, slot + 2) * FACETS)
        m.need_open = False
        if uniform(today, self.index, slot + 3) < speaking.p_found(venue.archive[facet], p):
            m.need_met = True
            venue.count(tally.NEEDS_ARCHIVE)
            venue.count(tally.TICKETS_AVOIDED, 0.0 if induced else p_ticket)
        elif allowed and uniform(today, self.index, slot + 4) < p.p_ask:
            thread = self.post(venue, m, QUESTION, facet, 0)
            thread.induced = induced
            m.open_thread = thread.at
            m.questions += 1
            m.asking += 1.0
            giving.note_post(m, world.day)
            venue.count(tally.QUESTIONS)
            world.note(events.ASK, self.index, venue=venue.index, thread=thread.at, cause=events.NEED)
        elif uniform(today, self.index, slot + 5) < p_ticket:
            venue.count(tally.TICKETS)
            venue.count(tally.TICKETS_INDUCED, induced)
            world.note(events.TICKET, self.index, venue=venue.index, cause=events.NEED)

    def post(self, venue: Venue, m: Membership, kind: int, facet: int, slot: int, first: bool | None = None) -> Thread:
        """Open a thread. A newcomer's first one is marked."""
        world = self.world
        is_first = not m.has_posted if first is None else first
        spread = world.parameters["asking"].appeal_spread
        thread = venue.open_thread(self.index, kind, facet, m.hour, is_first, slot, world.keys["asking"], spread)
        if first is None:
            venue.count(tally.FIRST_POSTS, is_first)
        return thread

    # -- being judged, and speaking about the product --

    def is_turned_away(self, venue: Venue, thread: Thread) -> None:
        """See what one wrote turned away, and perhaps fall silent over it."""
        world, m = self.world, self.memberships[venue.index]
        venue.count(tally.REJECTED)
        world.note(events.REJECT, NOBODY, self.index, venue.index, thread.at, events.PEERS)
        about = np.uint64(draws.about(world.keys["norms"], thread.key))
        u = uniform(about, self.index, norms.DISCOURAGED + venue.index)
        if norming.turn_away(m, thread, u, world.parameters["norms"]):
            venue.count(tally.SILENCED)
            world.note(events.SILENCE, self.index, NOBODY, venue.index, thread.at, events.TURNED_AWAY)

    def speak_up(self, venue: Venue) -> None:
        """Say what she thinks of the product."""
        world, m, heeding = self.world, self.memberships[venue.index], venue.now.heeding
        p = world.parameters["voicing"]
        today, slot, fit = world.today("voicing"), venue.index * 8, float(world.product.fit[self.facet])
        good = uniform(today, self.index, slot + 1) < telling.p_good(fit, self.trust, p)
        if uniform(today, self.index, slot) >= telling.p_voiced(self.contribution, heeding, good, p):
            return
        if not speaking.speaks(self.hurdle, self.social, m.greeted, m.silent, world.parameters["asking"]):
            return
        facet = self.facet
        if not good:
            v, w = (uniform(today, self.index, slot + k) for k in (2, 3))
            facet = telling.topic(v, w, self.facet, self.taken_up, m.beyond, p)
        venue.voices.append(Voice(self.index, world.day, facet, good))
        venue.now.voices += 1
        venue.count(tally.PRAISES if good else tally.CRITICISMS)
        world.note(events.PRAISE if good else events.CRITICISE, self.index, venue=venue.index, cause=events.HABIT)

    # -- replying and thanking -------------------------------------------------------------------------------------

    def answer(self, venue: Venue) -> None:
        """Reply to what is new to her, if she knows enough and feels like it."""
        world, m, now, p = self.world, self.memberships[venue.index], venue.now, self.world.parameters["answering"]
        new = self.new_threads(venue, m, m.met)  # those opened earlier today, too
        m.seen = len(new)
        venue.count(tally.MET, m.seen)
        if not speaking.speaks(self.hurdle, self.social, m.greeted, m.silent, world.parameters["asking"]):
            return
        boost = self.boost(m, now) * replying.pull_of_points(replying.points_for(m, now.points), self.validation, p)
        boost /= now.effort
        given = 0
        for thread in new:
            if given == answering.MOST_ANSWERS:
                break
            meeting = np.uint64(draws.about(world.keys["answering"], thread.key))
            closed = uniform(meeting, -1, venue.index) >= now.talk or replying.is_held_back(thread, world.day)
            if thread.author == self.index or closed:
                continue  # her own, or not open to members
            match = replying.match_to(
                thread.kind, thread.facet == self.facet, self.expertise, self.goodwill, self.belonging, p
            ) * replying.leaves_to_host(thread.kind, now.host_share, p)
            bond = self.strength_of(m, thread.author)
            chance = replying.p_answer(
                self.contribution, m.belonging, thread.replies, thread.appeal, match, bond, boost, p
            )
            if uniform(meeting, self.index, venue.index) >= chance:
                continue
            given += 1
            world.enter_reply(venue, thread, self.index, m.hour)
            m.answers += 1
            m.helping += 1.0
            m.beyond += thread.facet != self.facet
            giving.note_gift(m, world.day, world.parameters["incentives"])
            venue.count(tally.ANSWERS)
            venue.count(tally.ANSWERS_CORE, bond > 0.0)
            world.note(events.ANSWERED, self.index, thread.author, venue.index, thread.at, events.NEED)

    def thank(self, venue: Venue) -> None:
        """Thank whoever replied first, and like something that she read."""
        world, m, p = self.world, self.memberships[venue.index], self.world.parameters["recognition"]
        today, slot, earning = world.today("recognition"), venue.index * 8, venue.now.earning
        if m.open_thread >= 0 and m.collected and venue.threads[m.open_thread].answered >= 0.0:
            thread, m.open_thread = venue.threads[m.open_thread], NOBODY
            if thread.answerer >= 0 and uniform(today, self.index, slot) < p.p_thank * earning:
                world.people[thread.answerer].memberships[venue.index].thanks += 1
                world.people[thread.answerer].be_acknowledged(venue, p.thank)
                venue.count(tally.THANKS)
                world.note(events.THANK, self.index, thread.answerer, venue.index, thread.at, events.REPLY)
        if not venue.answers or m.seen == 0:
            return
        u, pulse = uniform(today, self.index, slot + 2), venue.now.pulse
        liked = venue.answers[honouring.newest(u, len(venue.answers), pulse)]
        if liked.time < world.day - recognition.FRESH:
            return
        chance = honouring.p_likes(m.seen, earning, liked.score, p)
        others = liked.person >= 0 and liked.person != self.index
        if others and uniform(today, self.index, slot + 1) < chance:
            liked.score += 1
            world.people[liked.person].be_acknowledged(venue, p.like)
            venue.count(tally.THANKS)
            world.note(events.LIKE, self.index, liked.person, venue.index, liked.thread.at, events.HABIT)

    def be_acknowledged(self, venue: Venue, kind: float) -> None:
        """Be thanked or liked."""
        m, p = self.memberships[venue.index], self.world.parameters["recognition"]
        self.world.refresh(m)
        self.take_in(m, honouring.worth_of_word(kind, m.recognition, p))

    def take_in(self, m: Membership, added: float) -> None:
        """Take recognition in: it raises her stock of it, and her belonging."""
        p = self.world.parameters["recognition"]
        m.recognition += added
        gain = min(1.0, p.belonging * added * honouring.warmth(self.belonging, p))
        m.belonging += gain * (1.0 - m.belonging)

    def be_honoured(self, venue: Venue) -> None:
        """Get an award before all."""
        m = self.memberships[venue.index]
        self.world.refresh(m)
        self.take_in(m, honouring.worth(1.0, m.awards, self.world.parameters["recognition"]))
        m.awards += 1
        m.honours += 1

    def honour_somebody(self, venue: Venue) -> None:
        """Perhaps honour whose reply she meets: the likelier, the more that one was honoured before all eyes."""
        world, m = self.world, self.memberships[venue.index]
        if not venue.answers or m.seen == 0:
            return
        today, slot = world.today("recognition"), venue.index * 8
        u, pulse = uniform(today, self.index, slot + 3), venue.now.pulse
        reply = venue.answers[honouring.newest(u, len(venue.answers), pulse)]
        met = reply.person
        if (
            reply.time < world.day - recognition.FRESH
            or met < 0
            or met == self.index
            or world.people[met].memberships[venue.index].status != MEMBER
        ):
            return
        chance = honouring.p_honours(
            m.seen, venue.now.peer_awards, world.people[met].memberships[venue.index].honours, venue.now.display,
            world.parameters["recognition"],
        )  # fmt: skip
        if uniform(today, self.index, slot + 4) < chance:
            world.people[met].be_honoured(venue)
            venue.count(tally.PEER_AWARDS)
            world.note(events.AWARD, self.index, met, venue.index, cause=events.PEERS)

    # -- bonding ---------------------------------------------------------------------------------------------------

    def strengthen(self, venue: Venue, other: "Person", gain: float) -> bool:
        """Add to a bond; a new one may displace the weakest. Returns whether it is new."""
        if gain <= 0.0:
            return False
        bonds, day = self.memberships[venue.index].bonds, self.world.day
        strengths = [self.today_of(bond) for bond in bonds]
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

    def strength_of(self, m: Membership, other: int) -> float:
        """Return today's strength of her bond with somebody, 0 where there is none."""
        return next((self.today_of(bond) for bond in m.bonds if bond.partner == other), 0.0)

    def today_of(self, bond: Bond) -> float:
        """Return what is left of a bond today."""
        return float(fading.faded(bond.strength, float(self.world.day - bond.stamp), self.world.bond_life))

    def closest_but(self, venue: Venue, but: "Person") -> "Person | None":
        """Return today's strongest contact other than `but`."""
        others = [bond for bond in self.memberships[venue.index].bonds if bond.partner != but.index]
        return self.world.people[max(others, key=self.today_of).partner] if others else None

    def meet_host(self, venue: Venue) -> None:
        """Feel what the host does and leaves undone; and if she posted, let her contacts notice."""
        world, m, now, p = self.world, self.memberships[venue.index], venue.now, self.world.parameters["bonding"]
        rare = 1.0 / (1.0 + now.exec_stock)
        if now.executive > 0:
            m.belonging = tying.grown_towards_one(m.belonging, p.executive * rare * now.tone)
            self.trust = tying.grown_towards_one(self.trust, p.trust_presence * rare * now.tone)
        if now.response > 0:
            self.trust = tying.grown_towards_one(self.trust, p.trust_response * now.response)
        load = exposing.ads_met(now.ad_load, m.ads_own, m.subscriber)
        loss = p.trust_broken * float(venue.host.promised) + p.trust_ads * load
        self.trust = self.trust * max(0.0, 1.0 - loss)
        u = uniform(world.today("bonding"), self.index, venue.index * 8 + 1)
        hours = world.parameters["hosting"].hours_per_greeting
        if m.joined == world.day and u < now.onboarding and now.hours_left >= hours:
            now.hours_left -= hours
            now.hours_used += hours
            m.greeted = True
            m.belonging = tying.grown_towards_one(m.belonging, p.greeted * now.tone)
            venue.count(tally.GREETINGS)
            world.note(events.GREET, HOST, self.index, venue.index, cause=events.BY_HOST)
        if m.last_post == world.day:
            self.stir_contacts(venue)

    def stir_contacts(self, venue: Venue) -> None:
        """Let her contacts notice that she was there."""
        world = self.world
        for bond in self.memberships[venue.index].bonds:
            contact = world.people[bond.partner].memberships[venue.index]
            if contact.status == MEMBER:
                world.refresh(contact)
                contact.contacts += min(1.0, self.today_of(bond))

    # -- bringing others, and going --------------------------------------------------------------------------------

    def recommend(self, venue: Venue) -> None:
        """Speak well of product and venue to somebody whom she knows."""
        world, m, p = self.world, self.memberships[venue.index], self.world.parameters["advocacy"]
        today, slot = world.today("advocacy"), venue.index * 8
        refers = promoting.p_refer(m.belonging, self.trust, self.grievance, p)
        invites = promoting.p_invite(m.belonging, self.grievance, venue.now.invites, p)
        u = uniform(today, self.index, slot)
        if u >= max(refers, invites) or not self.friends:
            return
        friend = self.whom(venue)
        theirs = friend.memberships[venue.index]
        chance = promoting.p_convince(friend.suited, p)
        if friend.customer == STRANGER and u < refers and uniform(today, self.index, slot + 2) < chance:
            friend.become_customer(self.index)
            venue.count(tally.REFERRALS)
            venue.count(tally.ADOPTIONS)
            world.note(events.REFER, self.index, friend.index, venue.index, cause=events.PEERS)
        elif u < invites and friend.customer == CUSTOMER and theirs.status in (OUTSIDE, LEFT):
            theirs.invited, theirs.referrer = world.day, self.index
            world.note(events.INVITE, self.index, friend.index, venue.index, cause=events.PEERS)

    def whom(self, venue: Venue) -> "Person":
        """Return of whom she thinks: of any friend, or of the one of two whom the venue suits better."""
        world, slot, n = self.world, venue.index * 8, len(self.friends)
        today, always = world.today("advocacy"), world.always("join")
        one = self.friends[int(uniform(today, self.index, slot + 1) * n)]
        if uniform(today, self.index, slot + 3) >= world.parameters["advocacy"].chooses:
            return one
        other = self.friends[int(uniform(today, self.index, slot + 4) * n)]
        of_one, of_other = (
            normal(uniform(always, friend.index, slot + 2), uniform(always, friend.index, slot + 3))
            for friend in (one, other)
        )
        return other if of_other > of_one else one

    def become_customer(self, recruiter: int) -> None:
        """Begin to use the product."""
        promoting.become_customer(self, self.world.day, recruiter)
        self.world.product.customers += 1

    def look_back(self, venue: Venue) -> None:
        """Weigh the visit: interest moves, and she may fall silent or leave."""
        world, m, now, p = self.world, self.memberships[venue.index], venue.now, self.world.parameters["leaving"]
        exposure = world.parameters["exposure"]
        weight = exposing.ad_weight(self.ad_sensitivity, float(world.day - m.joined), now.annoyance, exposure)
        load = exposing.ads_met(now.ad_load, m.ads_own, m.subscriber)
        r = going.reward(m.fit, m.seen, m.contacts, m.need_met, self.social, load, weight, m.ads, m.toll + now.cost, p)
        r += going.glow(self.goodwill, m.helping, p) - going.emptiness(now.visitors_pulse, p)
        m.interest = max(0.0, m.interest + p.learning * (r - m.interest))
        m.last_visit = m.hour
        held = going.hold(m.belonging, m.contacts, p)
        dull = p.dull * max(0.0, p.aspiration - r) * held
        unmet = p.unmet * m.disappointment * held
        ads = going.hazard_of_ads(load, weight, m.ads, p) * held
        today, slot = world.today("leaving"), venue.index * 8
        if not happens(uniform(today, self.index, slot), dull + unmet + ads):
            return
        cause = going.cause_of_going(uniform(today, self.index, slot + 1), dull, unmet, ads)
        if cause == events.DULL and not m.silent and uniform(today, self.index, slot + 2) < p.silent_first:
            m.silent = True
            venue.count(tally.SILENCED)
            world.note(events.SILENCE, self.index, venue=venue.index, cause=cause)
            return
        self.leave(venue, cause)

    def leave(self, venue: Venue, cause: int) -> None:
        """End a membership, and write down why."""
        m, day = self.memberships[venue.index], self.world.day
        m.status, m.left, m.left_cause, m.alarm = LEFT, day, cause, NEVER
        m.subscriber = False
        venue.now.members -= 1
        self.tell_friends(venue, -1)
        venue.count(going.flow_of_exit(cause))
        self.world.note(events.EXIT, self.index, venue=venue.index, cause=cause)

    def take_stock(self, venue: Venue) -> None:
        """Once a week, see whether life has moved on, and whether she has been away for long."""
        world, m, p = self.world, self.memberships[venue.index], self.world.parameters["visit"]
        if not m.inside:
            return
        if m.life_day <= world.day:
            self.leave(venue, events.LIFE)
        elif m.status == MEMBER and world.day - m.last_visit > p.sleep_after:
            m.status = DORMANT
            u = uniform(world.today("leaving"), self.index, venue.index * 8 + 3)
            m.alarm = min(NEVER - 1, world.day + visiting.days_until(u, p.wake_rate))
            world.note(events.SLEEP, self.index, venue=venue.index)

    def maybe_unsubscribe(self, venue: Venue, chance: float) -> None:
        """Leave over one message too many."""
        u = uniform(self.world.today("leaving"), self.index, venue.index * 8 + 4)
        m = self.memberships[venue.index]
        if m.inside and u < chance * m.mail_own:
            self.leave(venue, events.BY_BROADCAST)

    def most_belonging(self) -> float:
        """Return how much she belongs where she belongs most."""
        day, life = self.world.day, self.world.parameters["memory"].belonging
        awake = [m for m in self.memberships if m.status == MEMBER]
        return float(max([0.0, *(fading.faded(m.belonging, float(day - m.stamp), life) for m in awake)]))

    def pay(self) -> None:
        """Buy what a week brings."""
        world, main = self.world, self.world.venues[0]
        lately = [m for m in self.memberships if m.status == MEMBER and m.hour >= world.day + 1 - spending.WEEK]
        if self.customer == CUSTOMER:
            money = buying.purchase(
                world.settings.product.margin, buying.days_to_pay(world.day, self.adopted), self.passion,
                self.most_belonging(), bool(lately), any(m.seen > 0 for m in lately), world.parameters["spending"],
            )  # fmt: skip
            self.spent += money
            main.count(tally.MARGIN, money)

    def pay_for_no_ads(self, venue: Venue) -> None:
        """Pay a week of meeting no ads."""
        m = self.memberships[venue.index]
        if m.inside and m.subscriber:
            venue.count(tally.SUBSCRIPTIONS, venue.now.ad_free_price * spending.WEEK / spending.DAYS_PER_MONTH)

    def review_product(self) -> bool:
        """Once in four weeks: does she go on using the product? Returns whether she left it."""
        world, p = self.world, self.world.parameters["leaving"]
        life = world.parameters["memory"]
        self.grievance = fading.faded(self.grievance, 28.0, life.grievance)
        referred = self.recruiter >= 0 and world.people[self.recruiter].customer == CUSTOMER
        chance = going.p_churn(
            world.product.fit[self.facet],
            self.suited,
            referred,
            self.most_belonging(),
            world.settings.outside.rival,
            self.grievance,
            28.0,
            p,
        )
        if uniform(world.today("leaving"), self.index, 100) >= chance:
            return False
        self.customer, self.gone, self.gone_cause = GONE, world.day, events.PRODUCT
        world.venues[0].count(tally.CHURNED)
        world.note(events.CHURN, self.index, cause=events.PRODUCT)
        return True


class PlainWorld(mesa.Model):
    """The world of `sim.world.world.World`, person by person."""

    def __init__(self, settings: Settings, seed: int) -> None:
        super().__init__()
        self.settings, self.parameters, self.keys, self.day = settings, settings.parameters, draws.keys(seed), 0
        self.venues = [Venue(index, setup) for index, setup in enumerate(settings.setups)]
        self.product = listening.ProductState(settings.product.fit, settings.people)
        self.log: list[tuple[int, ...]] = []
        self._streams: dict[str, tuple[int, np.uint64]] = {}
        self._be_born(self.keys["birth"], self.parameters["population"])

    def _be_born(self, key: np.uint64, p: Any) -> None:
        population_set, n = self.settings.population, self.settings.people
        traits = population.born(population_set, n, key, p)
        self.people = [Person(self, i, row, len(self.venues)) for i, row in enumerate(traits)]
        start, partner = population.acquainted(traits, population_set.latent_ties, key, p)
        first_day = draws.stream(self.keys["need"], 0)
        for i, person in enumerate(self.people):
            person.friends = [self.people[j] for j in partner[start[i] : start[i + 1]]]
            u, fit = uniform(np.uint64(first_day), i, 0), self.product.fit[person.facet]
            person.need_day = visiting.next_need(0, u, person.need_rate, fit)

    @property
    def bond_life(self) -> float:
        """Days until a bond without use is down to 37 %."""
        return float(self.parameters["bonding"].life)

    def today(self, process: str) -> np.uint64:
        """Return today's stream of draws for a process."""
        day, stream = self._streams.get(process, (-1, np.uint64(0)))
        if day != self.day:
            stream = np.uint64(draws.stream(self.keys[process], self.day))
            self._streams[process] = (self.day, stream)
        return stream

    def always(self, process: str) -> np.uint64:
        """Return the stream for what is drawn once in a life."""
        return np.uint64(draws.stream(self.keys[process], -1))

    def note(self, kind: int, actor: int, target: int = -1, venue: int = -1, thread: int = -1, cause: int = 0) -> None:
        """Write into the event log, if there is one."""
        if self.settings.log:
            self.log.append((self.day, kind, cause, venue, actor, target, thread))

    def person(self, person: int) -> Person:
        """Return a person."""
        return self.people[person]

    def membership(self, venue: int, person: int) -> Membership:
        """Return a person's membership in a venue."""
        return self.people[person].memberships[venue]

    def thread(self, venue: int, at: int) -> Thread:
        """Return a thread."""
        return self.venues[venue].threads[at]

    def reply(self, venue: int, at: int) -> Answer:
        """Return a reply."""
        return self.venues[venue].answers[at]

    def put_reply(self, venue: int, at: int, by: int, time: float) -> None:
        """Append a reply to a thread, and let its author find it."""
        self.enter_reply(self.venues[venue], self.thread(venue, at), by, time)

    def expel(self, venue: int, person: int) -> None:
        """End a membership from outside."""
        self.people[person].leave(self.venues[venue], events.REMOVED)

    def refresh(self, m: Membership) -> None:
        """Bring a membership's levels up to today."""
        fading.refresh(m, self.day, self.parameters["memory"])

    def step(self) -> None:
        """Live one day, in the order of `sim.world.day`."""
        hosting.step(self)
        self.join()
        self.visit()
        self.everybody_in("look_around")
        self.everybody_in("ask")
        self.judge()
        self.answer()
        self.recognise()
        self.bond()
        self.speak_up()
        listening.step(self)
        self.advocate()
        self.spend()
        self.leave()
        accounts.step(self)
        self.day += 1

    def everybody_in(self, act: str) -> None:
        """Let each venue's visitors do something, in the order of their hours."""
        for venue in self.venues:
            for person in venue.visitors:
                getattr(person, act)(venue)

    def join(self) -> None:
        """Let customers consider each venue that is open."""
        for venue in self.venues:
            if self.day >= venue.now.opens:
                for person in self.people:
                    person.consider_joining(venue)

    def visit(self) -> None:
        """Let needs arise, and find out who comes where."""
        for person in self.people:
            if person.need_day == self.day:
                person.bring_need()
        for venue in self.venues:
            if venue.now.broadcast > 0:
                for person in self.people:
                    person.maybe_wake(venue)
            message = visiting.pull_of_message(venue.now.fatigue, self.parameters["visit"]) * venue.now.broadcast
            come = [person for person in self.people if person.comes(venue, message)]
            venue.visitors = sorted(come, key=lambda person: person.memberships[venue.index].hour)

    def judge(self) -> None:
        """Judge what newcomers wrote today, in venues that do so."""
        p = self.parameters["norms"]
        for venue in self.venues:
            now = venue.now
            if now.rejection <= 0.0:
                continue
            today = [thread for thread in venue.threads[now.threads_before :] if thread.author >= 0]
            news = [t for t in today if norming.is_apprentice(self.membership(venue.index, t.author), p)]
            load = norming.load_of(len(news), len(venue.visitors))
            now.newcomers_load += (load - now.newcomers_load) / p.memory
            for thread in news:
                strict = norming.p_rejected(now.rejection, now.judged, now.newcomers_load, p)
                now.judged += 1.0
                about = np.uint64(draws.about(self.keys["norms"], thread.key))
                if uniform(about, thread.author, venue.index) < strict:
                    self.people[thread.author].is_turned_away(venue, thread)

    def speak_up(self) -> None:
        """Let visitors say what they think of the product."""
        for venue in self.venues:
            venue.now.heeding += (venue.now.listening - venue.now.heeding) / self.parameters["voicing"].noticed
            for person in venue.visitors:
                person.speak_up(venue)

    def answer(self) -> None:
        """Let peers reply, then the host, then time."""
        for venue in self.venues:
            for person in venue.visitors:
                person.answer(venue)
            self.host_answers(venue)
            self.host_joins_in(venue)
            self.grow_old(venue)

    def enter_reply(self, venue: Venue, thread: Thread, by: int, time: float) -> None:
        """Append a reply by a member or by the host, and let the author find it."""
        if thread.answered < 0.0:
            thread.answered, thread.answerer = time, by
            if thread.kind == QUESTION:
                venue.archive[thread.facet] += 1.0
                saves = thread.at >= venue.now.aged and not thread.superseded and not thread.induced
                venue.count(tally.TICKETS_AVOIDED, self.parameters["visit"].p_ticket if saves else 0.0)
        thread.replies += 1
        if thread.author >= 0:
            m = self.people[thread.author].memberships[venue.index]
            m.waiting += 1
            m.replies += 1
        venue.answers.append(Answer(time, thread, by))

    def host_answers(self, venue: Venue) -> None:
        """Let the host reply to its share of the open questions, oldest first, while its hours last."""
        now, hours, time = venue.now, self.parameters["hosting"].hours_per_reply, self.day + 0.999
        for thread in venue.threads[now.aged :]:
            if now.hours_left < hours or thread.time > time - self.parameters["answering"].host_waits:
                break
            if thread.kind != QUESTION or thread.answered >= 0.0 or thread.superseded:
                continue
            if replying.is_held_back(thread, self.day):
                continue
            about = np.uint64(draws.about(self.keys["answering"], thread.key))
            if uniform(about, HOST, venue.index) >= now.reply_share:
                continue
            self.host_replies(venue, thread)

    def host_joins_in(self, venue: Venue) -> None:
        """Let the host take part in its share of the members' threads of the day, answered or not."""
        now, key = venue.now, self.keys["answering"]
        for thread in venue.threads[now.threads_before :]:
            if now.hours_left < self.parameters["hosting"].hours_per_reply:
                break
            about = np.uint64(draws.about(key, thread.key))
            willing = uniform(about, HOST, answering.JOINING_IN + venue.index) < now.joins_in
            if thread.author >= 0 and willing and not replying.is_held_back(thread, self.day):
                self.host_replies(venue, thread)

    def host_replies(self, venue: Venue, thread: Thread) -> None:
        """Let the host reply to a thread, at the end of the day."""
        now, hours = venue.now, self.parameters["hosting"].hours_per_reply
        self.enter_reply(venue, thread, HOST, self.day + 0.999)
        now.hours_left -= hours
        now.hours_used += hours
        venue.count(tally.HOST_ANSWERS)
        self.note(events.HOST_ANSWERED, HOST, thread.author, venue.index, thread.at, events.BY_HOST)

    def grow_old(self, venue: Venue) -> None:
        """Close the books on threads that turn seven days old."""
        now = venue.now
        while now.aged < len(venue.threads) and venue.threads[now.aged].time < self.day + 1 - answering.PATIENCE:
            thread = venue.threads[now.aged]
            now.aged += 1
            if thread.kind == SEED or thread.superseded:
                continue
            venue.count(tally.FIRST_POSTS_DUE, thread.first_post)
            venue.count(tally.FIRST_POSTS_REPLIED, thread.first_post and thread.answered >= 0.0)
            if thread.kind == QUESTION:
                self.close_question(venue, thread)

    def close_question(self, venue: Venue, thread: Thread) -> None:
        """Count whether a question was answered, and let its author be disappointed if not."""
        venue.count(tally.QUESTIONS_DUE)
        if thread.answered >= 0.0:
            venue.count(tally.QUESTIONS_ANSWERED)
            venue.count(tally.HOURS_TO_ANSWER, 24.0 * (thread.answered - thread.time))
            return
        author = self.people[thread.author]
        m = author.memberships[venue.index]
        self.refresh(m)
        m.disappointment += 1.0
        author.trust *= 1.0 - self.parameters["bonding"].trust_silence
        author.grievance += 1.0
        if m.open_thread == thread.at:
            m.open_thread = NOBODY
        venue.count(tally.DISAPPOINTMENTS)
        self.note(events.DISAPPOINT, author.index, venue=venue.index, thread=thread.at, cause=events.UNMET)
        about = np.uint64(draws.about(self.keys["answering"], thread.key))
        if uniform(about, author.index, 7) < self.parameters["visit"].p_ticket:
            venue.count(tally.TICKETS)
            venue.count(tally.TICKETS_INDUCED, thread.induced)
            self.note(events.TICKET, author.index, venue=venue.index, thread=thread.at, cause=events.UNMET)

    def recognise(self) -> None:
        """Let people thank, like and honour each other, and hosts award."""
        for venue in self.venues:
            for person in venue.visitors:
                person.thank(venue)
            if venue.now.peer_awards > 0.0:
                for person in venue.visitors:
                    person.honour_somebody(venue)
            for _ in range(int(venue.now.awards_due)):
                self.award(venue)

    def award(self, venue: Venue) -> None:
        """Let the host honour who helped most in the last four weeks."""
        recent = {answer.person for answer in venue.answers if answer.time > self.day - 28.0 and answer.person >= 0}
        merits = {}
        for i in sorted(recent):
            m = self.people[i].memberships[venue.index]
            lately = fading.faded(m.helping, float(self.day - m.stamp), self.parameters["memory"].role)
            merit = lately / (1.0 + m.awards)
            if m.status == MEMBER and merit > 0.0:
                merits[i] = merit
        if not merits:
            return
        best = max(merits, key=lambda i: merits[i])
        self.people[best].be_honoured(venue)
        venue.count(tally.AWARDS)
        self.note(events.AWARD, HOST, best, venue.index, cause=events.BY_HOST)

    def bond(self) -> None:
        """Let today's replies and meetings change people."""
        for venue in self.venues:
            for answer in venue.answers[venue.now.answers_before :]:
                self.feel_reply(venue, answer)
            venue.now.answers_before = len(venue.answers)
            for person in venue.visitors:
                person.meet_host(venue)

    def feel_reply(self, venue: Venue, answer: Answer) -> None:
        """Let a reply change belonging on both sides, trust in the host, and a bond."""
        p, thread = self.parameters["bonding"], answer.thread
        grow = tying.grown_towards_one
        helper = self.people[answer.person] if answer.person >= 0 else None
        if helper is not None:
            theirs = helper.memberships[venue.index]
        if thread.author < 0:
            if helper is not None:
                theirs.belonging = grow(theirs.belonging, p.helping)
            return
        author = self.people[thread.author]
        mine = author.memberships[venue.index]
        self.refresh(mine)
        is_first = thread.first_post and answer.time == thread.answered
        share, tone = venue.now.host_share, venue.now.tone
        gain = tying.gain_by_reply(helper is None, is_first, thread.kind, tone, share, p)
        mine.belonging = tying.moved(mine.belonging, gain)
        if helper is None:
            author.trust = grow(author.trust, p.trust_reply * venue.now.tone)
            return
        theirs.belonging = grow(theirs.belonging, p.helping)
        self.tie(venue, author, helper, answer)

    def tie(self, venue: Venue, author: Person, helper: Person, answer: Answer) -> None:
        """Strengthen the bond between two people, and perhaps close a triangle."""
        p, thread = self.parameters["bonding"], answer.thread
        gain = tying.tie_by_reply(author.comfort, helper.comfort, thread.kind, p)
        if author.strengthen(venue, helper, gain):
            venue.count(tally.BONDS)
            self.note(events.BONDED, author.index, helper.index, venue.index, thread.at, events.REPLY)
        helper.strengthen(venue, author, gain)
        if uniform(self.today("bonding"), author.index, bonding.PAIRS + helper.index) >= p.p_close:
            return
        third = helper.closest_but(venue, author)
        if third is not None and third.memberships[venue.index].status == MEMBER:
            if author.strengthen(venue, third, p.closing):
                venue.count(tally.TRIANGLES)
                self.note(events.BONDED, author.index, third.index, venue.index, thread.at, events.CLOSURE)
            third.strengthen(venue, author, p.closing)

    def advocate(self) -> None:
        """Let members recommend, and strangers adopt."""
        self.everybody_in("recommend")
        p, today = self.parameters["advocacy"], self.today("advocacy")
        chance = promoting.p_adopt(self.product.customers / len(self.people), 7.0, p)
        for person in self.people[-self.day % 7 :: 7]:
            if person.customer == STRANGER and uniform(today, person.index, 100) < chance:
                person.become_customer(NOBODY)
                self.venues[0].count(tally.ADOPTIONS)
                self.note(events.ADOPT, person.index, cause=events.MARKET)

    def spend(self) -> None:
        """Let a seventh of the people pay for their week."""
        paying = self.people[-self.day % spending.WEEK :: spending.WEEK]
        for person in paying:
            person.pay()
        for venue in self.venues:
            for person in paying if venue.now.ad_free_price > 0.0 else ():
                person.pay_for_no_ads(venue)

    def leave(self) -> None:
        """Let people go: out of the venues, then out of the product."""
        for venue in self.venues:
            self.leave_venue(venue)
        self.leave_product()

    def leave_venue(self, venue: Venue) -> None:
        """Let people go after a visit, when life moves on, and over a message too many."""
        for person in venue.visitors:
            person.look_back(venue)
        for person in self.people[-self.day % 7 :: 7]:
            person.take_stock(venue)
        if venue.now.broadcast > 0:
            chance = going.p_unsubscribe(venue.now.fatigue, venue.now.broadcast, self.parameters["leaving"])
            for person in self.people:
                person.maybe_unsubscribe(venue, chance)

    def leave_product(self) -> None:
        """Let customers reconsider, and those who go leave the product's venues."""
        reviewed = self.people[-self.day % 28 :: 28]
        gone = [person for person in reviewed if person.customer == CUSTOMER and person.review_product()]
        self.product.customers -= len(gone)
        for venue in self.venues:
            for person in gone:
                if person.memberships[venue.index].inside:
                    person.leave(venue, events.PRODUCT)
