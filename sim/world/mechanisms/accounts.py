"""Accounts: what the day cost and brought to both sides, and the host's quarterly review.

Claim
    A community is a balance of giving and getting, and both sides can quit. If members get too little, they leave (see
    `leaving`). If the host gets too little, somebody in finance closes the community.
Rule
    A host credits its venue with tickets avoided x their cost, referrals x a year's margin, ads, subscriptions against
    ads, fees and data (see `dealings`); what customers spend (see `spending`) counts in the company's profit alone, and
    there tickets and new customers count by what they cost and bring. Money out: contracted hours x cost, used or not
    (see `hosting`), and advice that proved wrong (see `guests`). The company also pays for its venue: once on the
    opening day and by the month from then on; and for exposures: price x customers x (marketing, and on the opening day
    launch). No venue costs anything before it opens; its host may be paid from earlier on. After every quarter of its
    work a host compares the return per money spent with its hurdle. After `patience` failed reviews in a row it gives
    up. The review counts the host's pay alone, because that is all that giving up saves: the venue stays open, and its
    costs go on. What people perceive of the place (posts a day, the share of questions answered, the host's share of
    replies) are running means, which stand still on days without any of it.
Source
    Give and get: essay 003. That a host has a hurdle is an assumption; where both sides stay emerges.
Deviations
    The host credits the community with everything that passed through it (gross), as hosts do. What the community
    caused shows only in a comparison with a run without it.
"""

import math
from typing import Any, NamedTuple

from sim.world import events, tally
from sim.world.interfaces import AnyVenue, AnyWorld
from sim.world.mechanisms.join import is_open
from sim.world.mechanisms.memory import faded
from sim.world.mechanisms.spending import DAYS_PER_MONTH, QUARTER
from sim.world.parameters import param
from sim.world.state import HOST

YEAR = 365  # what a referred customer is worth: a year's margin


class Parameters(NamedTuple):
    """How quickly impressions form."""

    impression: float = param(14, "days", 1, 365, "assumed", "memory of how lively and helpful a place is")


def running(mean: float, today: float, life: float) -> float:
    """Return a running mean, updated with today's value."""
    return mean + (today - mean) / life


def impressions(venue: AnyVenue, p: Parameters) -> None:
    """Update what everybody can perceive of the place, executive visits included."""
    now, day = venue.now, venue.day_of_flows()
    posts = day[tally.QUESTIONS] + day[tally.TALKS] + day[tally.SEEDS] + day[tally.ANSWERS]
    replies = day[tally.ANSWERS] + day[tally.HOST_ANSWERS]
    now.pulse = running(now.pulse, posts, p.impression)
    now.visitors_pulse = running(now.visitors_pulse, day[tally.VISITS], p.impression)
    if replies > 0:
        now.host_share = running(now.host_share, day[tally.HOST_ANSWERS] / replies, p.impression)
    if day[tally.QUESTIONS_DUE] > 0:
        share = day[tally.QUESTIONS_ANSWERED] / day[tally.QUESTIONS_DUE]
        now.answered_share = running(now.answered_share, share, p.impression)
    honours = day[tally.AWARDS] + day[tally.PEER_AWARDS]
    now.award_rate = running(now.award_rate, honours / max(1.0, day[tally.VISITS]), p.impression)
    now.questions_yesterday, now.talks_yesterday = day[tally.QUESTIONS], day[tally.TALKS]
    now.joins_yesterday = sum(day[tally.JOINS_MARKET : tally.JOINS_INVITE + 1])
    now.exec_stock = faded(now.exec_stock, 1.0, 30.0) + now.executive


def came_back(flows: Any, settings: Any, p: Parameters) -> float:
    """Return the money that a host credits to its venue for a period, from that period's flows."""
    saved = flows[tally.TICKETS_AVOIDED] * settings.product.ticket_cost
    referred = flows[tally.REFERRALS] * settings.product.margin * YEAR
    taken = flows[tally.FEES] + flows[tally.DATA_REVENUE]
    return float(saved + flows[tally.AD_REVENUE] + flows[tally.SUBSCRIPTIONS] + referred + taken)


def review(world: AnyWorld, venue: AnyVenue, p: Parameters) -> None:
    """Compare the last quarter with the hurdle, and give up after too many failed reviews."""
    host = venue.host
    before = host.marks or [0.0] * len(tally.NAMES)
    flows = [float(now) - then for now, then in zip(venue.tally, before, strict=True)]
    host.marks = [float(now) for now in venue.tally]
    cost = flows[tally.HOST_COST]
    failed = cost > 0.0 and came_back(flows, world.settings, p) < host.levers.hurdle * cost
    host.failed_reviews = host.failed_reviews + 1 if failed else 0
    if host.failed_reviews >= host.levers.patience:
        host.gave_up = world.day + 1
        world.note(events.GIVE_UP, HOST, venue=venue.index, cause=events.BUDGET)


def pay_for_venue(world: AnyWorld, venue: AnyVenue) -> None:
    """Pay for an open venue, and for its signposts: all customers meet them, members too."""
    now, opening = venue.now, world.day == venue.now.opens
    if is_open(now, world.day):
        venue.tally[tally.VENUE_COST] += now.monthly_cost / DAYS_PER_MONTH + (now.opening_cost if opening else 0.0)
        if now.exposure_price:
            exposures = world.product.customers * (now.marketing + (now.launch if opening else 0.0))
            venue.tally[tally.MARKETING_COST] += exposures * now.exposure_price


def step(world: AnyWorld) -> None:
    """Settle the day's accounts."""
    p = world.parameters["accounts"]
    for venue in world.venues:
        host = venue.host
        venue.tally[tally.HOST_HOURS] += venue.now.hours_used
        pay_for_venue(world, venue)
        host.saved = min(venue.now.hours_left, world.parameters["hosting"].hours_per_visit)
        impressions(venue, p)
        if world.day + 1 == math.ceil(host.levers.starts):  # what came before is not this host's
            host.marks = [float(now) for now in venue.tally]
        if host.is_at_work(world.day) and host.days_of_work % QUARTER == 0:
            review(world, venue, p)
        venue.close_day()


class Entry(NamedTuple):
    """One line of the give/get sheet. Money is counted from the host's point of view."""

    event: str
    number: float
    member_hours: float
    needs_met: float
    host_hours: float
    money_in: float
    money_out: float


def give_get(flows: Any, settings: Any, parameters: dict[str, Any]) -> list[Entry]:
    """Return the give/get sheet of a venue: what each side gave and got, for each kind of event.

    Members' hours stand where members give them. Needs met and money stand where somebody gets them. The host's hours
    add up to those that are paid, and money out to the cost of the community.
    """
    desk, product = parameters["hosting"], settings.product
    paid, overhead, used = (float(flows[of]) for of in (tally.HOURS_PAID, tally.HOURS_OVERHEAD, tally.HOST_HOURS))
    writing = parameters["exposure"].minutes_per_post / 60.0
    hour = float(flows[tally.HOST_COST]) / paid if paid else 0.0

    def entry(event: str, flow: int, member: float = 0, met: float = 0, hours: float = 0, money: float = 0) -> Entry:
        n = float(flows[flow])
        return Entry(event, n, n * member, n * met, n * hours, n * money, n * hours * hour)

    acts = [
        entry("questions asked", tally.QUESTIONS, member=writing),
        entry("questions answered", tally.QUESTIONS_ANSWERED, met=1),
        entry("replies by members", tally.ANSWERS, member=writing),
        entry("replies by the host", tally.HOST_ANSWERS, hours=desk.hours_per_reply),
        entry("needs met by the archive", tally.NEEDS_ARCHIVE, met=1),
        entry("tickets avoided", tally.TICKETS_AVOIDED, money=product.ticket_cost),
        entry("social posts", tally.TALKS, member=writing),
        entry("posts by the host", tally.SEEDS, hours=desk.hours_per_seed),
        entry("ads shown", tally.ADS, member=parameters["exposure"].minutes_per_ad / 60,
              money=float(flows[tally.AD_REVENUE] / flows[tally.ADS]) if flows[tally.ADS] else 0),
        Entry("subscriptions against ads", float(flows[tally.UPGRADES]), 0.0, 0.0, 0.0,
              float(flows[tally.SUBSCRIPTIONS]), 0.0),
        entry("awards", tally.AWARDS, hours=desk.hours_per_reply),
        entry("messages to all", tally.BROADCASTS, hours=desk.hours_per_broadcast),
        entry("executive visits", tally.EXEC_VISITS, hours=desk.hours_per_visit),
        entry("greetings", tally.GREETINGS, hours=desk.hours_per_greeting),
        entry("referrals", tally.REFERRALS, money=product.margin * YEAR),
    ]  # fmt: skip
    if flows[tally.FEES] or flows[tally.DATA_REVENUE] or flows[tally.ASKS]:  # most places take none of these
        acts += [
            Entry("fees for being inside", 0.0, 0.0, 0.0, 0.0, float(flows[tally.FEES]), 0.0),
            Entry("data on members", 0.0, 0.0, 0.0, 0.0, float(flows[tally.DATA_REVENUE]), 0.0),
            entry("asks for the host's own ends", tally.ASKS, member=parameters["dealings"].minutes_per_ask / 60.0),
        ]
    rest = used - sum(act.host_hours for act in acts)
    for event, hours in (("listening and the rest", rest), ("hours that never reach members", overhead),
                         ("hours paid and not used", paid - overhead - used)):  # fmt: skip
        acts.append(Entry(event, 0.0, 0.0, 0.0, hours, 0.0, hours * hour))
    costs = [("the venue itself", tally.VENUE_COST), ("announcing the venue", tally.MARKETING_COST)]
    costs += [("wrong advice vouched for", tally.VOUCHING_COST)] if flows[tally.VOUCHING_COST] else []
    for event, flow in costs:
        acts.append(Entry(event, 0.0, 0.0, 0.0, 0.0, 0.0, float(flows[flow])))
    return acts
