"""Plan: each host reads its dashboard and spends today's effort.

Claim
    Hosting is work in hours. What a host means to do and what its hours allow are two things, and how the same hours
    are spread over time may matter as much as their number.
Rule
    allowance today = min(capacity, hours x schedule(t), what the budget still pays). What has an appointment comes
    first (executive visits, broadcasts, awards, announcements, listening), then hours for the replies and greetings
    to be expected, then seeding with what is left. Replies themselves are given in `answering`, out of the same
    allowance.
Source
    Up-front investment and a commitment to keep giving: essay 004. The hours an act takes are assumed.
Deviations
    There is no overtime account: of unspent hours only what an act in progress needs is kept for the next day.
"""

import math
from typing import NamedTuple, Protocol

from sim.world import events, tally
from sim.world.interfaces import AnyVenue, AnyWorld
from sim.world.levers import Host
from sim.world.parameters import param
from sim.world.state import HOST, NEVER


class Parameters(NamedTuple):
    """What the host's acts cost in time."""

    hours_per_seed: float = param(0.75, "hours per post", 0.01, 8, "assumed", "to write or edit a post worth reading")
    hours_per_reply: float = param(0.25, "hours per reply", 0.01, 8, "assumed", "support desks plan with 10-20 minutes")
    hours_per_award: float = param(0.25, "hours per award", 0, 8, "assumed", "to pick somebody and say why")
    hours_per_broadcast: float = param(1.0, "hours per message", 0, 40, "assumed", "to write and check")
    hours_per_promise: float = param(0.5, "hours per promise", 0, 40, "assumed", "an announcement is cheap")
    hours_per_visit: float = param(1.5, "hours per visit", 0, 40, "assumed", "an executive's hour and its preparation")
    hours_per_greeting: float = param(0.1, "hours per newcomer", 0, 8, "assumed", "six minutes")
    hours_of_listening: float = param(0.5, "hours per day", 0, 8, "assumed", "to read and pass on everything")


class Dashboard(NamedTuple):
    """What a host knows in the morning."""

    day: int
    horizon: int
    members: int
    open_questions: float  # that came in yesterday
    newcomers: float  # who joined yesterday
    answered_share: float
    host_share: float  # of replies


class Effort(NamedTuple):
    """What a host means to do: rates as in `levers.Host`, and its allowance of hours today."""

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
    """What a host policy is: something that turns a morning's dashboard into today's effort."""

    def __init__(self, host: Host) -> None: ...

    def effort(self, dashboard: Dashboard) -> Effort:
        """Return what to do today."""
        ...


def multiplier(schedule: str, listed: tuple[float, ...], progress: float) -> float:
    """Return how much of the usual hours are worked when `progress` (0 to 1) of the time has gone.

    All named schedules have mean 1 over the whole time, so they cost the same if the hours are used up.
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
    """The default: means to do the same every day, with hours that follow a schedule."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.rates = (
            host.seeding, host.replies, host.awards, host.broadcasts, host.listening, host.promises, host.exec_visits,
            host.onboarding, host.promo, host.tone, host.joins_in,
        )  # fmt: skip

    def effort(self, dashboard: Dashboard) -> Effort:
        """Return the levers as they are set, and today's hours."""
        host = self.host
        time = max(1.0, dashboard.horizon - host.starts)
        factor = multiplier(host.schedule, host.schedule_list, (dashboard.day - host.starts) / time)
        return Effort(host.hours * factor, *self.rates)


class Responsive(Scheduled):
    """Works the less, the better the members answer each other: from eight questions in ten on, down to half the hours.

    It scales the allowance, so it saves nothing where hours do not bind.
    """

    def effort(self, dashboard: Dashboard) -> Effort:
        """Return the schedule's effort, scaled down by how much the members do without it."""
        usual = super().effort(dashboard)
        need = min(1.0, max(0.0, 1.0 - dashboard.answered_share * (1.0 - dashboard.host_share)) * 5.0)
        return usual._replace(hours=usual.hours * (0.5 + 0.5 * need))


POLICIES: dict[str, type[Policy]] = {"scheduled": Scheduled, "responsive": Responsive}


class Work(NamedTuple):
    """What gets done today, in whole acts, and the hours that are left for replies and greetings."""

    seeds: int
    awards: int
    broadcasts: int
    promises: int
    exec_visits: int
    listening: float
    hours_used: float
    hours_left: float


def due(per_month: float, days_of_work: int) -> int:
    """Return how many of `per_month` evenly spread acts fall on this day of work."""
    return math.floor(per_month * (days_of_work + 1) / 30.0) - math.floor(per_month * days_of_work / 30.0)


def divide(effort: Effort, allowance: float, days_of_work: int, expected: float, p: Parameters) -> Work:
    """Divide today's hours: appointments first, then what replies will take (`expected` hours), then seeding."""
    left = allowance
    acts: list[int] = []
    for rate, hours in (
        (effort.exec_visits, p.hours_per_visit),
        (effort.broadcasts, p.hours_per_broadcast),
        (effort.awards, p.hours_per_award),
        (effort.promises, p.hours_per_promise),
    ):
        wanted = due(rate, days_of_work) if rate != 0.0 and allowance > 0.0 else 0
        acts.append(affordable(wanted, hours, left) if wanted else 0)
        left -= acts[-1] * hours
    listening = min(effort.listening, left / p.hours_of_listening if p.hours_of_listening > 0.0 else 1.0)
    left -= listening * p.hours_of_listening
    seeds = affordable(due(30.0 * effort.seeding, days_of_work), p.hours_per_seed, max(0.0, left - expected))
    left -= seeds * p.hours_per_seed
    return Work(seeds, acts[2], acts[1], acts[3], acts[0], listening, allowance - left, left)


def affordable(wanted: int, hours: float, left: float) -> int:
    """Return how many acts of `hours` each fit into the hours left, at most `wanted`."""
    return min(wanted, int(left / hours + 1e-9)) if hours > 0.0 else wanted


def affordable_hours(host: Host, spent: float) -> float:
    """Return how many hours the rest of the budget pays for."""
    return max(0.0, host.budget - spent) / host.cost_per_hour if host.cost_per_hour > 0.0 else math.inf


class HostDesk:
    """A host at work: its policy, and what it remembers from day to day. Several venues have several hosts."""

    def __init__(self, levers: Host) -> None:
        self.policy = POLICIES[levers.policy](levers)
        self.levers = levers
        self.silent = False  # switched off by the experimenter
        self.gave_up = NEVER  # the day on which it gave up by itself
        self.days_of_work = 0
        self.saved = 0.0  # hours of work begun yesterday
        self.failed_reviews = 0
        self.promised = 0  # announcements not yet kept
        self.marks: list[float] = []  # the tally at the last review

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
    """Let each host plan its day, and do what it does first."""
    p = world.parameters["hosting"]
    for venue in world.venues:
        host, now = venue.host, venue.now
        morning = Dashboard(
            world.day, world.settings.days, now.members, now.questions_yesterday, now.joins_yesterday,
            now.answered_share, now.host_share,
        )  # fmt: skip
        effort = host.effort(morning)
        payable = affordable_hours(host.levers, float(venue.tally[tally.HOST_COST]))
        allowance = min(host.levers.capacity, effort.hours, payable)
        expected = effort.replies * morning.open_questions * p.hours_per_reply
        expected += effort.onboarding * morning.newcomers * p.hours_per_greeting
        saved = min(host.saved, payable - allowance) if allowance > 0.0 else 0.0
        work = divide(effort, allowance + saved, host.days_of_work, expected, p)
        if host.is_at_work(world.day):
            host.days_of_work += 1
        set_out(venue, effort, work, is_on=allowance > 0.0)
        carry_out(world, venue, work)


def set_out(venue: AnyVenue, effort: Effort, work: Work, is_on: bool) -> None:
    """Write on the venue's wall what its host does today."""
    now = venue.now
    now.tone, now.promo, now.onboarding = effort.tone, effort.promo, effort.onboarding
    now.reply_share, now.listening, now.joins_in = effort.replies, work.listening, effort.joins_in
    now.awards_due = work.awards
    now.broadcast, now.executive = work.broadcasts, work.exec_visits
    now.hours_left, now.hours_used = work.hours_left, work.hours_used
    now.host_on = float(is_on)
    venue.host.promised += work.promises


def carry_out(world: AnyWorld, venue: AnyVenue, work: Work) -> None:
    """Publish the day's seeds and count what the host does."""
    for slot in range(work.seeds):
        at = venue.publish_seed(world.day, slot, world.keys["hosting"], world.parameters["asking"].appeal_spread)
        venue.tally[tally.SEEDS] += 1
        world.note(events.SEEDED, HOST, venue=venue.index, thread=at, cause=events.BY_HOST)
    for number, flow, kind in (
        (work.broadcasts, tally.BROADCASTS, events.BROADCAST),
        (work.exec_visits, tally.EXEC_VISITS, events.EXEC_VISIT),
    ):
        if number:
            venue.tally[flow] += number
        for _ in range(number):
            world.note(kind, HOST, venue=venue.index, cause=events.BY_HOST)
