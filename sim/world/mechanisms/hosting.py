"""Hosting: each host reads its dashboard and spends today's effort.

Claim
    Hosting is work, and work takes hours. What a host means to do and what its hours allow are two things. How the same
    hours are spread over time may matter as much as their number. Hours are contracted, so they are paid, used or not.
Rule
    Paid today = min(capacity, hours x schedule(t), what the budget still pays), on every day from `starts` on, until
    the host gives up, is silenced, or has spent its budget. Allowance = paid x (1 - overhead). It goes to
    1. what stands in the calendar: executive visits, messages to all, awards, announcements, listening;
    2. replies and greetings, for which hours are kept, as many as yesterday would have taken; they are given in the
       evening: replies to open questions, oldest first, then to threads that the host joins, then greetings;
    3. posts.
    What does not fit is left undone and counted, on its day; a reply, when a question that the host meant to answer
    turns seven days old without any. On a day without paid hours the host does nothing, and leaves nothing undone.
Source
    Up-front investment and a commitment to keep giving: essay 004. The hours that an act takes are assumed.
Deviations
    Unspent hours are lost, but for as many as a visit by an executive takes, which are kept for the next day, whatever
    is done with them. Stances (`places`) take hours before replies do, letters (`segments`) after replies and before
    greetings, and what guests do (`guests`) and answers to critics (`storms`) come last. Deleting and judging take
    none. The order is the same for every host. Hours kept for replies that nobody turns out to need stay idle, even
    where posts were left undone.
"""

import math
from typing import Any, NamedTuple, Protocol

from sim.world import events, tally
from sim.world.compiled import rule
from sim.world.interfaces import AnyVenue, AnyWorld
from sim.world.levers import Host
from sim.world.parameters import param
from sim.world.state import HOST, NEVER, Column, Rows

# What may be left undone in the morning, in the order in which `divide` gives hours to it.
UNDONE = (tally.UNDONE_VISITS, tally.UNDONE_BROADCASTS, tally.UNDONE_AWARDS, tally.UNDONE_PROMISES, tally.UNDONE_SEEDS)


class Parameters(NamedTuple):
    """What the host's acts cost in time."""

    hours_per_seed: float = param(0.75, "hours per post", 0.01, 8, "assumed", "to write or edit a post worth reading")
    hours_per_reply: float = param(
        0.25, "hours per reply", 0.01, 8, "assumed", "support desks plan with 10-20 minutes; an award too"
    )
    hours_per_broadcast: float = param(
        1.0, "hours per message", 0, 40, "assumed", "to write and check a message or a promise"
    )
    hours_per_visit: float = param(1.5, "hours per visit", 0, 40, "assumed", "an executive's hour and its preparation")
    hours_per_greeting: float = param(0.1, "hours per newcomer", 0, 8, "assumed", "six minutes for a personal greeting")
    hours_of_listening: float = param(0.5, "hours per day", 0, 8, "assumed", "to read and pass on all that is said")


class Dashboard(NamedTuple):
    """What a host can see in the morning."""

    day: int
    horizon: int
    members: int
    open_questions: float  # asked yesterday
    newcomers: float  # joined yesterday
    answered_share: float
    host_share: float  # of all replies


class Effort(NamedTuple):
    """What a host means to do: rates as in `levers.Host`, and the hours for which it is paid today."""

    hours: float
    seeding: float
    replies: float
    awards: float
    broadcasts: float
    listening: float
    promises: float
    exec_visits: float
    onboarding: float
    promo: float
    tone: float
    joins_in: float = 0.0


SILENCE = Effort(*(0.0,) * 11)


class Policy(Protocol):
    """A host policy: it turns the morning's dashboard into today's effort."""

    def __init__(self, host: Host) -> None: ...

    def effort(self, dashboard: Dashboard) -> Effort:
        """Return what to do today."""


def multiplier(schedule: str, listed: tuple[float, ...], progress: float) -> float:
    """Return today's hours relative to the usual ones, when `progress` (0 to 1) of the time has passed.

    All named schedules have a mean of 1 over the whole time, so they cost the same.
    """
    if schedule == "taper":
        return 2.0 * (1.0 - progress)
    if schedule == "burst":
        return 4.0 if progress < 0.25 else 0.0
    if schedule == "late":
        return 2.0 * progress
    if schedule == "list" and listed:
        return listed[min(len(listed) - 1, int(progress * len(listed)))]
    return 1.0


class Scheduled:
    """The default policy: the same intentions every day, with hours that follow a schedule."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.rates = tuple(getattr(host, name) for name in Effort._fields[1:])

    def effort(self, dashboard: Dashboard) -> Effort:
        """Return the levers as they are set, and today's hours."""
        host = self.host
        time = max(1.0, dashboard.horizon - host.starts)
        factor = multiplier(host.schedule, host.schedule_list, (dashboard.day - host.starts) / time)
        return Effort(host.hours * factor, *self.rates)


class Responsive(Scheduled):
    """Works less as members answer more: from eight questions in ten on, down to half the hours.

    It scales the hours that are paid, so whatever it does not work is saved.
    """

    def effort(self, dashboard: Dashboard) -> Effort:
        """Return the schedule's effort, scaled down by how much members do without the host."""
        usual = super().effort(dashboard)
        need = min(1.0, max(0.0, 1.0 - dashboard.answered_share * (1.0 - dashboard.host_share)) * 5.0)
        return usual._replace(hours=usual.hours * (0.5 + 0.5 * need))


POLICIES: dict[str, type[Policy]] = {"scheduled": Scheduled, "responsive": Responsive}


class Work(NamedTuple):
    """What the host does today, in whole acts, and the hours that are left for replies and greetings."""

    seeds: int
    awards: int
    broadcasts: int
    promises: int
    exec_visits: int
    listening: float
    hours_used: float
    hours_left: float
    undone: tuple[int, ...]  # acts left undone, in the order of `UNDONE`
    hours_undone: float  # what these, and the rest of listening, would have taken


def due(per_month: float, days_of_work: int) -> int:
    """Return how many of `per_month` evenly spaced acts fall on this day of work."""
    return math.floor(per_month * (days_of_work + 1) / 30.0) - math.floor(per_month * days_of_work / 30.0)


def divide(effort: Effort, allowance: float, days_of_work: int, expected: float, p: Parameters) -> Work:
    """Divide today's hours: the calendar first, then `expected` hours for replies and greetings, then posts."""
    left, missing, acts, undone = allowance, 0.0, [0, 0, 0, 0], [0, 0, 0, 0]
    for at, (rate, hours) in enumerate((
        (effort.exec_visits, p.hours_per_visit), (effort.broadcasts, p.hours_per_broadcast),
        (effort.awards, p.hours_per_reply), (effort.promises, p.hours_per_broadcast),
    )):  # fmt: skip
        wanted = due(rate, days_of_work) if rate != 0.0 else 0
        if wanted:
            acts[at] = affordable(wanted, hours, left)
            undone[at] = wanted - acts[at]
            left = max(0.0, left - acts[at] * hours)  # an act may fit by a rounding error
            missing += undone[at] * hours
    listening = min(effort.listening, left / p.hours_of_listening if p.hours_of_listening > 0.0 else 1.0)
    left -= listening * p.hours_of_listening
    posts = due(30.0 * effort.seeding, days_of_work)
    seeds = affordable(posts, p.hours_per_seed, max(0.0, left - expected))
    left = max(0.0, left - seeds * p.hours_per_seed)
    missing += (effort.listening - listening) * p.hours_of_listening + (posts - seeds) * p.hours_per_seed
    return Work(
        seeds, acts[2], acts[1], acts[3], acts[0], listening, allowance - left, left, (*undone, posts - seeds), missing
    )


@rule
def take_hours(place: Rows, hours: float) -> None:
    """Take from the hours that a host has left today what an act takes."""
    place.hours_left -= hours
    place.hours_used += hours


@rule
def leave_undone(counts: Column, flow: int, hours: float) -> None:
    """Count an act for which the host has no hours."""
    counts[flow] += 1.0
    counts[tally.HOURS_UNDONE] += hours


@rule
def takes(place: Rows, counts: Column, hours: float) -> bool:
    """Take the hours of an act, or count them as left undone if the host has not so many. Return whether it acts."""
    if place.hours_left < hours:
        counts[tally.HOURS_UNDONE] += hours
        return False
    take_hours(place, hours)
    return True


def take_at_most(now: Any, hours: float) -> float:
    """Take hours from what a host has left today, and no more than that. Return how many are missing."""
    taken = min(hours, float(now.hours_left))
    now.hours_left -= taken
    now.hours_used += taken
    return hours - taken


def affordable(wanted: int, hours: float, left: float) -> int:
    """Return how many acts of `hours` each fit into the hours left, at most `wanted`."""
    return min(wanted, int(left / hours + 1e-9)) if hours > 0.0 else wanted


def affordable_hours(host: Host, spent: float) -> float:
    """Return how many hours the rest of the budget pays for."""
    return max(0.0, host.budget - spent) / host.cost_per_hour if host.cost_per_hour > 0.0 else math.inf


class HostDesk:
    """A host at work: its policy, and what it remembers from day to day. Each venue has one."""

    def __init__(self, levers: Host) -> None:
        self.policy = POLICIES[levers.policy](levers)
        self.levers = levers
        self.silent = False  # switched off by the experimenter
        self.gave_up = NEVER  # the day on which it gave up of its own accord
        self.days_of_work = 0
        self.saved = 0.0  # hours kept from yesterday for an act in progress
        self.failed_reviews = 0  # in a row
        self.promised = 0  # announcements not yet kept
        self.marks: list[float] = []  # the tally at the last review
        self.takings: list[float] = []  # from ads: in all at the last quarter's end, and in that quarter (`dealings`)

    def take_over(self, levers: Host) -> None:
        """Go on under other levers, as the same host."""
        self.policy, self.levers = POLICIES[levers.policy](levers), levers

    def is_at_work(self, day: int) -> bool:
        """Tell whether the host acts at all today."""
        return not self.silent and day >= self.levers.starts and day < self.gave_up

    def effort(self, dashboard: Dashboard) -> Effort:
        """Ask the policy, unless the host is not at work."""
        return self.policy.effort(dashboard) if self.is_at_work(dashboard.day) else SILENCE


def step(world: AnyWorld) -> None:
    """Let each host plan its day and begin it."""
    p = world.parameters["hosting"]
    for venue in world.venues:
        host, now = venue.host, venue.now
        morning = Dashboard(
            world.day, world.settings.days, now.members, now.questions_yesterday, now.joins_yesterday,
            now.answered_share, now.host_share,
        )  # fmt: skip
        effort = host.effort(morning)
        payable = affordable_hours(host.levers, float(venue.tally[tally.HOST_COST]))
        paid = min(host.levers.capacity, effort.hours, payable)
        pay(venue, paid)
        effort = effort if paid > 0.0 else SILENCE
        allowance = paid * (1.0 - host.levers.overhead)
        kept = 1.0 - now.handed  # of its duties; members do the rest (`stewards`)
        replies = (effort.replies * kept + effort.joins_in) * now.questions_yesterday
        replies += effort.joins_in * now.talks_yesterday
        expected = replies * p.hours_per_reply + effort.onboarding * kept * now.joins_yesterday * p.hours_per_greeting
        saved = host.saved if allowance > 0.0 else 0.0
        work = divide(effort, allowance + saved, host.days_of_work, expected, p)
        host.days_of_work += host.is_at_work(world.day)
        set_out(venue, effort, work, is_on=allowance > 0.0)
        carry_out(world, venue, work)


def pay(venue: AnyVenue, hours: float) -> None:
    """Pay the host for today's contracted hours, whatever becomes of them."""
    levers, counts = venue.host.levers, venue.tally
    counts[tally.HOURS_PAID] += hours
    counts[tally.HOST_COST] += hours * levers.cost_per_hour
    counts[tally.HOURS_OVERHEAD] += hours * levers.overhead


def set_out(venue: AnyVenue, effort: Effort, work: Work, is_on: bool) -> None:
    """Record in the venue's current state what its host does today."""
    now = venue.now
    now.tone, now.promo, now.onboarding = effort.tone, effort.promo, effort.onboarding
    now.reply_share, now.listening, now.joins_in = effort.replies, work.listening, effort.joins_in
    now.awards_due, now.broadcast, now.executive = work.awards, work.broadcasts * now.reach, work.exec_visits
    now.hours_left, now.hours_used, now.host_on = work.hours_left, work.hours_used, float(is_on)
    venue.host.promised += work.promises


def carry_out(world: AnyWorld, venue: AnyVenue, work: Work) -> None:
    """Publish the day's posts by the host, and count its acts and what it leaves undone."""
    if work.hours_undone:
        venue.tally[tally.HOURS_UNDONE] += work.hours_undone
        for flow, number in zip(UNDONE, work.undone, strict=True):
            venue.tally[flow] += number
    for slot in range(work.seeds):
        at = venue.publish_seed(world.day, slot, world.keys["hosting"], world.parameters["asking"].appeal_spread)
        venue.tally[tally.SEEDS] += 1
        world.note(events.SEEDED, HOST, venue=venue.index, thread=at, cause=events.BY_HOST)
    acts = work.broadcasts * [(tally.BROADCASTS, events.BROADCAST)]
    for flow, kind in acts + work.exec_visits * [(tally.EXEC_VISITS, events.EXEC_VISIT)]:
        venue.tally[flow] += 1
        world.note(kind, HOST, venue=venue.index, cause=events.BY_HOST)
