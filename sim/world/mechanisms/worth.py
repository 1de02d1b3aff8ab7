"""Worth: what a visit gave, who supplied it, and what holds a member. This file owns that sum.

Claim
    A visit gives what somebody supplied. People want different things; each want is fed by something, and somebody
    supplies it. Coming is not paid: an empty room gives nothing, however well it would suit its visitors. Interest and
    the wish to stay follow what visits gave. What one cannot find anywhere on the day was given by nobody.
Rule
    During the day each mechanism puts on a visitor's plate what it gave them: an amount for each cell of `CELLS`, which
    is a motive and a supplier. With met_m, the sum over the cells of motive m,
        V = worth x fit x sum over m of share_m (1 - exp(-2 met_m)) - costs
        costs = trouble + ads + hurt + messages.
    A cell's part of V is in proportion to its part of met_m. What a host supplies counts less where it is trusted less
    (`credence`), and ads and hurt count more (`patience_with`). Interest moves `learning` of the way to V; it fades
    with absence (`memory`). Every cell, and every cost, keeps a mean over visits; the last one has `weight`, less if it
    was a glance that took little of the day's attention (`engaged`). Their sum is the member's *experience* E, on which
    the hazard of leaving acts (`leaving`). A new member joins with E = aspiration, which nobody supplied, and which
    wears off.
    Put on the plate here: the archive, browse x filled x exp(-visits / known); contacts, company ln(1 + contacts);
    readers for those who posted lately; acknowledgement since the last visit; the cause, mission x visitors /
    (visitors + 3) x own part; executives and released improvements; offers. The rest: threads read, replies, needs met
    and help given, in `asking` and `answering`.
Source
    Satisfaction with what earlier visits gave, against what was expected, decides on going on: Bhattacherjee 2001
    (abstract). Motives differ and are met by different things: Lakhani & von Hippel 2003, Wasko & Faraj 2005
    (abstracts), Ridings & Gefen 2004 (recalled). Off: `worth` at 0, each want by its own number at 0, trust by `heed`
    at 0. Diminishing returns within a visit, and a mean over visits, met the survival rows in a prototype, where the
    shape of the first (exponential, log, root) made no difference.
Deviations
    Minutes are a budget, not a price (see `exposure`, `answering`). A person keeps six bonds in a venue, so contacts
    count by number; the share of one's circle that is there has no effect of its own. How much an archive feeds its
    readers is pinned by no evidence that we know of: it is a dial of what remains when all voices fall silent. Messages
    and offers count as many as there were on the day of the last message: here they do not fade, which makes a host
    that stops writing look a little worse (in `support_forum` 1 % fewer active members, at the list of
    `generation_good` 84 instead of 83 % lost without its host). Minutes spent in other venues, or on a feed
    (`circles`), count as attention given here.
"""

import math
from typing import NamedTuple

from sim.world import state
from sim.world.compiled import kernel, rule
from sim.world.interfaces import CompiledWorld
from sim.world.mechanisms.exposure import Parameters as Exposure
from sim.world.mechanisms.exposure import ad_weight, ads_met
from sim.world.mechanisms.quality import posts_of
from sim.world.parameters import param
from sim.world.state import MOTIVES, PARTS, Column, Rows

INFORMATION, BELONGING, GOODWILL, VALIDATION, CAUSE, ACCESS, DEALS = range(len(MOTIVES))
SUPPLIERS = ("members", "host", "archive", "cause", "nobody")
BY_MEMBERS, BY_HOST, BY_ARCHIVE, BY_CAUSE, BY_NOBODY = range(len(SUPPLIERS))

# Who can feed which motive. A cell is a place on the plate; cells of one motive stand together.
CELLS = (
    (INFORMATION, BY_MEMBERS), (INFORMATION, BY_HOST), (INFORMATION, BY_ARCHIVE),
    (BELONGING, BY_MEMBERS), (BELONGING, BY_HOST),
    (GOODWILL, BY_MEMBERS),
    (VALIDATION, BY_MEMBERS), (VALIDATION, BY_HOST),
    (CAUSE, BY_CAUSE),
    (ACCESS, BY_HOST),
    (DEALS, BY_HOST),
)  # fmt: skip
(
    NEWS_BY_MEMBERS, NEWS_BY_HOST, ARCHIVE, COMPANY_OF_MEMBERS, COMPANY_OF_HOST, HELP_GIVEN, PRAISE_BY_MEMBERS,
    PRAISE_BY_HOST, MISSION, MAKERS, OFFERS,
) = range(len(CELLS))  # fmt: skip
FIRST_CELL = (0, 3, 5, 6, 8, 9, 10, 11)  # of each motive, and the end
HOSTS_CELLS = (NEWS_BY_HOST, COMPANY_OF_HOST, PRAISE_BY_HOST, MAKERS, OFFERS)

# What a member's experience consists of: the cells, the credit with which they joined, and four costs.
CREDIT = len(CELLS)
COSTS = ("trouble", "ads", "hurt", "messages")
TROUBLE, ADS, HURT, MESSAGES = range(CREDIT + 1, CREDIT + 1 + len(COSTS))
assert (len(CELLS), TROUBLE + len(COSTS)) == (state.CELLS, PARTS)


class Parameters(NamedTuple):
    """What feeds each want, what a visit costs, and how interest and experience follow."""

    worth: float = param(6.0, "reward", 0, 20, "calibrated", "a visit on which all that a member wants is met")
    need: float = param(1.0, "met", 0, 5, "assumed", "a need met, or an answer found waiting, fills most of the want")
    read: float = param(0.2, "met per thread", 0, 2, "calibrated", "an answered question on one's own kind of use")
    unanswered: float = param(0.2, "share", 0, 1, "assumed", "what an open question or talk tells, against an answer")
    other_facet: float = param(
        0.4, "share", 0, 1, "calibrated", "what reading or knowing is worth on another kind of use"
    )
    posted: float = param(0.3, "share", 0, 2, "assumed", "what a host's post tells, against an answer to a question")
    megaphone: float = param(0.4, "share", 0, 2, "assumed", "what is left of it at tone 0, against a peer's tone")
    browse: float = param(0.5, "met", 0, 5, "assumed", "a full archive to a newcomer; no evidence pins it")
    known: float = param(10, "visits", 1, 1000, "assumed", "until a reader knows most of what the archive holds")
    spoken: float = param(0.7, "met per reply", 0, 5, "assumed", "being replied to, or replying in a conversation")
    by_host: float = param(0.3, "share", 0, 2, "assumed", "what a reply is worth as company if the host wrote it (H1)")
    heard: float = param(0.1, "met per thread", 0, 2, "assumed", "overhearing other people's talk")
    company: float = param(0.8, "met per log contact", 0, 5, "assumed", "contacts who were there lately; S5")
    helped: float = param(1.0, "met per reply", 0, 5, "assumed", "a first answer to a question, of middling quality")
    praise: float = param(4.0, "met per award's worth", 0, 20, "assumed", "acknowledged since the last visit")
    readers: float = param(0.2, "met per log visitor", 0, 2, "assumed", "an audience, for those who posted lately")
    purpose: float = param(1.5, "met", 0, 10, "assumed", "a clear mission, among others, for those who do their part")
    present: float = param(
        0.7, "met", 0, 5, "assumed", "executives who come often at peer tone, or a release that acts on members"
    )
    met_host: float = param(0.2, "met per thread", 0, 2, "assumed", "a host that takes part as a person, at peer tone")
    offered: float = param(1.0, "met", 0, 5, "assumed", "a host that promotes all it can, with a fresh message")
    heed: float = param(0.5, "exponent", 0, 3, "assumed", "a distrusted source is worth less; 0: trust has no effect")
    cost: float = param(0.36, "reward", 0, 3, "calibrated", "the trouble of coming")
    annoy: float = param(
        0.06, "reward per ad", 0, 1, "calibrated", "linear in load: an experiment (Pandora); size by hand"
    )
    annoy_slow: float = param(
        0.00042, "reward per ad", 0, 0.1, "assumed", "part of the effect builds up over 21 months (Pandora); by hand"
    )
    hurt: float = param(
        0.5, "reward per grievance", 0, 5, "assumed", "an unanswered question or a rejection, for weeks"
    )
    nuisance: float = param(0.5, "reward", 0, 5, "assumed", "as many recent messages as `visit.fatigue_scale`")
    learning: float = param(0.1, "share per visit", 0, 1, "calibrated", "speed at which interest follows; prototypes")
    weight: float = param(
        0.15, "share per visit", 0, 1, "calibrated", "weight of the last visit in experience; prototype"
    )
    glance: float = param(0.4, "share", 0, 1, "calibrated", "what a glance counts, against a day's whole attention")
    aspiration: float = param(3.0, "reward", 0, 10, "calibrated", "what members hope for from a visit; by hand")


@rule
def filling(met: float) -> float:
    """Return how much of a want is satisfied per unit of what met it: the want fills up, and hurts below 0."""
    if abs(met) < 1e-9:
        return 2.0
    return (1.0 - math.exp(-2.0 * max(met, -0.5))) / met


@rule
def credence(trust: float, p: Parameters) -> float:
    """Return what is left of what a host supplies, by trust in it: all of it from a trust of one half on."""
    return math.exp(p.heed * math.log(max(1e-9, 2.0 * trust))) if trust < 0.5 and p.heed > 0.0 else 1.0


@rule
def patience_with(trust: float, p: Parameters) -> float:
    """Return how heavily ads and disappointments weigh, by trust in the host: 1 at a trust of one half, less above."""
    return math.exp(p.heed * math.log(max(1e-9, 2.0 * (1.0 - trust)))) if p.heed > 0.0 else 1.0


@rule
def browsing(filled: float, visits: float, p: Parameters) -> float:
    """Return what the archive gives beside met needs. `filled`: 0 to 1, by the answers on the reader's kind of use."""
    return p.browse * filled * math.exp(-visits / p.known)


@rule
def filled_archive(answers: float, scale: float) -> float:
    """Return how full an archive is on a facet, 0 to 1."""
    return 1.0 - math.exp(-answers / scale)


@rule
def on_facet(same_facet: bool, p: Parameters) -> float:
    """Return what reading or knowing about a thread's kind of use is worth, against one's own."""
    return 1.0 if same_facet else p.other_facet


@rule
def reading(answered: bool, same_facet: bool, quality: float, p: Parameters) -> float:
    """Return what a thread tells its reader. Good answers tell more, and open questions little."""
    return p.read * (quality if answered else p.unanswered) * on_facet(same_facet, p)


@rule
def reading_host(same_facet: bool, tone: float, p: Parameters) -> float:
    """Return what a post by the host tells its reader, by its tone."""
    return p.read * p.posted * on_facet(same_facet, p) * (p.megaphone + (1.0 - p.megaphone) * tone)


@rule
def own_part(posts: float) -> float:
    """Return how much of their part members do for a place, from 1/2 for readers towards 1 with their posts."""
    return 0.5 + 0.5 * posts / (posts + 10.0)


@rule
def from_mission(mission: float, visitors: float, posts: float, p: Parameters) -> float:
    """Return what a cause gives: nothing to those who are alone with it, and more to those who do their part."""
    return p.purpose * mission * visitors / (visitors + 3.0) * own_part(posts)


@rule
def from_makers(executives: float, tone: float, response: float, p: Parameters) -> float:
    """Return what those get who want access: executives who came lately, and acts that followed."""
    return p.present * tone * executives / (1.0 + executives) + p.present * response


@rule
def from_offers(promo: float, messages: float, p: Parameters) -> float:
    """Return what offers give, half of it only with a message in the last month or so."""
    return p.offered * promo * (0.5 + 0.5 * min(1.0, messages))


@rule
def nuisance(messages: float, scale: float, p: Parameters) -> float:
    """Return what recent messages cost: little while they are few, and ever more."""
    return p.nuisance * messages * messages / (scale * scale)


@rule
def fill_plate(plate: Column, membership: Rows, place: Rows, filled: float, p: Parameters) -> None:
    """Add what the place as a whole gives today, and what has waited for the visitor since their last visit."""
    plate[ARCHIVE] += browsing(filled, float(membership.visits), p)
    plate[COMPANY_OF_MEMBERS] += p.company * math.log(1.0 + membership.contacts)
    plate[PRAISE_BY_MEMBERS] += p.praise * membership.praise_peers
    if membership.lately > 0.0:
        plate[PRAISE_BY_MEMBERS] += p.readers * min(1.0, membership.lately) * math.log(1.0 + place.visitors_pulse)
    plate[PRAISE_BY_HOST] += p.praise * membership.praise_host
    membership.praise_peers, membership.praise_host = 0.0, 0.0
    plate[MISSION] += from_mission(place.mission, place.visitors_pulse, posts_of(membership), p)
    plate[MAKERS] += from_makers(place.exec_stock + place.executive, place.tone, place.response, p) * place.host_on
    plate[OFFERS] += from_offers(place.promo, membership.fatigue, p) * place.host_on


@rule
def engaged(person: Rows, p: Parameters) -> float:
    """Return how much a visit counts for experience: a glance less than one that took all the attention of the day."""
    left = person.minutes_left / person.attention if person.attention > 0.0 else 0.0
    return p.glance + (1.0 - p.glance) * (1.0 - left)


@rule
def share_of(person: Rows, motive: int) -> float:
    """Return how large a part of a person's motives one of them is."""
    shares = (
        person.information, person.belonging, person.goodwill, person.validation, person.cause, person.access,
        person.deals,
    )  # fmt: skip
    return float(0.0 + shares[motive])  # adding 0.0 makes it 64 bits, as elsewhere


@rule
def costs_of(
    membership: Rows, place: Rows, load: float, weight: float, trust: float, fatigue_scale: float, p: Parameters
) -> tuple[float, float, float, float]:  # fmt: skip
    """Return what a visit cost, in the order of `COSTS`."""
    weighs = patience_with(trust, p)
    ads = (p.annoy * load * weight + p.annoy_slow * membership.ads) * weighs
    hurt = p.hurt * membership.disappointment * weighs
    return p.cost + place.cost + membership.toll, ads, hurt, nuisance(membership.fatigue, fatigue_scale, p)


@rule
def weigh(
    plate: Column, person: Rows, membership: Rows, costs: tuple[float, float, float, float], p: Parameters
) -> float:  # fmt: skip
    """Book what a visit gave and cost into the member's experience, and return its worth V: the sum of this file."""
    held, total, weight = membership.held, 0.0, p.weight * engaged(person, p)
    full = p.worth * membership.fit
    believed = credence(person.trust, p)
    for cell in HOSTS_CELLS:
        plate[cell] *= believed
    for motive in range(len(MOTIVES)):
        met = 0.0
        for cell in range(FIRST_CELL[motive], FIRST_CELL[motive + 1]):
            met += plate[cell]
        rate = full * share_of(person, motive) * filling(met) if met != 0.0 else 0.0
        for cell in range(FIRST_CELL[motive], FIRST_CELL[motive + 1]):
            given = rate * plate[cell]
            total += given
            held[cell] += weight * (given - held[cell])
    held[CREDIT] -= weight * held[CREDIT]
    for k in range(len(COSTS)):
        total -= costs[k]
        held[TROUBLE + k] -= weight * (costs[k] + held[TROUBLE + k])
    membership.interest = max(0.0, membership.interest + p.learning * (total - membership.interest))
    return total


@rule
def experience(held: Column) -> float:
    """Return a member's experience: the mean worth of their visits, the latest counting most."""
    total = 0.0
    for part in range(PARTS):
        total += held[part]
    return total


@rule
def begin(held: Column, p: Parameters) -> None:
    """Give a new member the experience of one who hopes for the best."""
    for part in range(PARTS):
        held[part] = 0.0
    held[CREDIT] = p.aspiration


@rule
def missing(person: Rows, membership: Rows, motive: int, p: Parameters) -> float:
    """Return how far visits fall short of all that a member wanted of a motive, in units of worth."""
    lacking = p.worth * membership.fit * share_of(person, motive)
    for cell in range(FIRST_CELL[motive], FIRST_CELL[motive + 1]):
        lacking -= membership.held[cell]
    return float(max(0.0, lacking))


@kernel
def take_stock(
    people: Rows, memberships: Rows, plates: Column, now: Rows, archive: Column, visitors: Column, day: int,
    fatigue_scale: float, archive_scale: float, p: Parameters, exposure: Exposure,
) -> None:  # fmt: skip
    """Let each visitor take stock of the visit."""
    place = now[0]
    for k in range(len(visitors)):
        person, membership, plate = people[visitors[k]], memberships[visitors[k]], plates[k]
        filled = filled_archive(archive[person.facet], archive_scale)
        fill_plate(plate, membership, place, filled, p)
        load = ads_met(place.ad_load, membership.ads_own, membership.subscriber)
        weight = ad_weight(person.ad_sensitivity, float(day - membership.joined), place.annoyance, exposure)
        costs = costs_of(membership, place, load, weight, person.trust, fatigue_scale, p)
        weigh(plate, person, membership, costs, p)
        membership.last_visit = membership.hour


def step(world: CompiledWorld) -> None:
    """Let today's visitors take stock."""
    numbers = world.parameters
    for venue in world.venues:
        take_stock(
            world.people, venue.memberships, venue.plates, venue.table, venue.archive, venue.visitors, world.day,
            numbers["visit"].fatigue_scale, numbers["asking"].archive_scale, numbers["worth"], numbers["exposure"],
        )  # fmt: skip
