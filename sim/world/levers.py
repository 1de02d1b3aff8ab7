"""What a user sets: the people, the venue, its host, the product and the world outside.

These are circumstances and decisions, not claims about people, so every number has the grade `setting`. The claims
about people stand in the mechanisms, next to their rules.
"""

from typing import NamedTuple

from sim.world.parameters import param

SCHEDULES = ("flat", "taper", "burst", "late", "list")
OWNERS = COMPANY, LANDLORD, MEMBERS, RIVAL = ("company", "landlord", "members", "rival")  # of a place
SEGMENTS = ("nobody", "newcomers", "readers", "writers", "experts")  # who is treated in their own way
NO_DAY = 3650  # as long as a run can last: what begins on this day never begins


def setting(default: float, unit: str, low: float, high: float, why: str) -> float:
    """Declare a lever or a circumstance."""
    return param(default, unit, low, high, "setting", why)


class Population(NamedTuple):
    """Who the customers are before any venue exists."""

    information: float = setting(0.45, "weight", 0, 1, "motive: to solve a problem or to learn something")
    belonging: float = setting(0.18, "weight", 0, 1, "motive: to be among people")
    goodwill: float = setting(0.10, "weight", 0, 1, "motive: to help")
    validation: float = setting(0.10, "weight", 0, 1, "motive: to be seen and respected")
    cause: float = setting(0.05, "weight", 0, 1, "motive: to further what the group stands for")
    access: float = setting(0.06, "weight", 0, 1, "motive: to be in touch with the makers")
    deals: float = setting(0.06, "weight", 0, 1, "motive: to get special offers")
    need_rate: float = setting(0.02, "needs per day", 0, 1, "a need every 50 days at a product fit of one half")
    attention: float = setting(20, "minutes per day", 1, 240, "time for venues on a day with a visit")
    latent_ties: float = setting(4, "ties per person", 0, 20, "other people whom a person knows from the start")
    cliques: float = setting(0.8, "share of ties", 0, 1, "ties within one's circle; 1: closed circles; 0: random ties")
    strangers: float = setting(0.5, "share of people", 0, 5, "possible future customers, relative to customers")
    troubled: float = setting(0.0, "share of people", 0, 1, "people who live with an illness, a loss or a craving")


class Venue(NamedTuple):
    """A place where people meet, and its rules. Its owner may be somebody else than the company."""

    owner: str = COMPANY
    moves_to: str = ""  # name of the venue to which its members are called when it closes
    segment: str = SEGMENTS[0]
    opens: float = setting(0, "day", 0, 3650, "first day on which people can join")
    launch: float = setting(0.15, "exposures per customer", 0, 5, "how widely the opening is announced, once")
    marketing: float = setting(0.002, "exposures per customer per day", 0, 1, "how often customers see a signpost")
    ad_load: float = setting(1.0, "ads per visit", 0, 20, "how many ads a member meets on a visit")
    ad_price: float = setting(0.01, "money per ad", 0, 10, "what an advertiser pays for one ad shown")
    annoyance: float = setting(1.0, "times", 0, 10, "how much an ad annoys, relative to an ordinary one")
    ad_free_price: float = setting(0.0, "money per month", 0, 1000, "what a member pays to see no ads; 0: not on sale")
    talk: float = setting(1.0, "share", 0, 1, "threads that members may answer; near 0, a promotion channel")
    small_talk: float = setting(1.0, "share", 0, 1, "how welcome social posts are; a place for help has less of them")
    posting: float = setting(1.0, "share", 0, 1, "visits on which members may open threads; replies stay possible")
    earning: float = setting(1.0, "share", 0, 1, "how easily members can thank and like, as with a thanks button")
    display: float = setting(0.5, "share", 0, 1, "how visible acknowledgements are to others")
    points: float = setting(0.0, "share", 0, 1, "how much answers earn points")
    effort: float = setting(1.0, "forum posts", 0.05, 20, "what it takes to post: more for an edit, less for chat")
    goals: float = setting(0.0, "share", 0, 1, "how much the venue makes of ranks by number of answers")
    streaks: float = setting(0.0, "share", 0, 1, "how much the venue makes of days in a row with a post")
    peer_awards: float = setting(0.0, "share", 0, 1, "how easily members can give each other formal awards")
    rejection: float = setting(0.0, "share", 0, 1, "newcomers' posts that a young venue turns away; 0: none are judged")
    rules_shown: float = setting(0.0, "share", 0, 1, "how plainly the rules stand where newcomers write; 0: nowhere")
    cost: float = setting(0.0, "reward", 0, 5, "trouble that the venue adds to each visit, beyond `worth.cost`")
    mission: float = setting(0.3, "share", 0, 1, "how clear the venue's purpose is")
    notices: float = setting(1.0, "times the usual", 0, 10, "how much of what members do is shown to friends outside")
    invites: float = setting(1.0, "times the usual", 0, 10, "how easily members can invite friends in person")
    exposure_price: float = setting(0.0, "money per exposure", 0, 1000, "at launch and by marketing, to any customer")
    opening_cost: float = setting(0.0, "money", 0, 1e7, "paid once, on the opening day: setting up, design, moving in")
    monthly_cost: float = setting(0.0, "money per month", 0, 1e6, "while it is open: software, servers, licences")
    # places as a portfolio (`places`)
    closes: float = setting(NO_DAY, "day", 1, NO_DAY, "the place shuts: nobody comes or joins from this day on")
    call: float = setting(0.0, "share", 0, 1, "members who can be called to another place when it closes; 0: no list")
    portable: float = setting(0.2, "share", 0, 1, "ties between people who could find each other without the place")
    reach: float = setting(1.0, "share", 0, 1, "messages and notices that the landlord lets through")
    turns: float = setting(NO_DAY, "day", 0, NO_DAY, "the landlord changes the rules")
    turned_reach: float = setting(0.3, "share", 0, 1, "reach after the landlord's change")
    turned_ads: float = setting(2.0, "ads per visit", 0, 20, "ads that the landlord's change adds")
    # one kind of members apart (`segments`)
    segment_ads: float = setting(1.0, "times", 0, 5, "ads that the segment meets, relative to others")
    segment_mail: float = setting(1.0, "times", 0, 1, "messages to all that reach the segment, relative to others")
    # money and trust (`dealings`)
    price: float = setting(0.0, "money per month", 0, 1000, "what it costs to be inside; 0: it is free")
    recording: float = setting(0.0, "share", 0, 1, "how much of what members do the place records and sells")
    # what people see of deletions (`storms`)
    traces: float = setting(0.3, "share", 0, 1, "deletions that members notice, because they leave a trace")
    # safety (`struggle`)
    hostility: float = setting(0.0, "share", 0, 1, "visits on which somebody is hostile, where nothing is done")
    safety: float = setting(0.0, "share", 0, 1, "hostility that is kept out, at the price of some ease in posting")


class Host(NamedTuple):
    """What the host of a venue intends to do, and what it can afford. Its hours are paid whether used or not."""

    policy: str = "scheduled"
    schedule: str = "flat"
    schedule_list: tuple[float, ...] = ()
    starts: float = setting(0, "day", 0, 3650, "first day of the host's work; the venue may open earlier")
    hours: float = setting(
        3.0, "hours per day", 0, 10_000, "contracted, mean over the week; paid, used or not; 0: none"
    )
    overhead: float = setting(0.0, "share", 0, 1, "contracted hours that never reach members: meetings, reports")
    capacity: float = setting(24.0, "hours per day", 0, 10_000, "most that the team can work, and is paid, in a day")
    cost_per_hour: float = setting(40.0, "money per hour", 0, 10_000, "what an hour of the team costs")
    budget: float = setting(1e9, "money", 0, 1e12, "for the host's pay in the whole run; when it is spent, work stops")
    seeding: float = setting(0.5, "posts per day", 0, 500, "posts that the host writes")
    replies: float = setting(0.3, "share", 0, 1, "open questions that the host tries to answer, within its hours")
    joins_in: float = setting(0.0, "share", 0, 1, "members' threads of the day that the host joins, answered or not")
    awards: float = setting(2.0, "awards per month", 0, 300, "formal, public recognition by the host")
    broadcasts: float = setting(2.0, "broadcasts per month", 0, 60, "messages to all members")
    promo: float = setting(0.2, "share", 0, 1, "how much the host offers to those who seek deals")
    listening: float = setting(0.3, "share", 0, 1, "problems mentioned in the venue that reach the product team")
    promises: float = setting(0.0, "announcements per month", 0, 60, "improvements announced; only releases keep them")
    exec_visits: float = setting(0.0, "visits per month", 0, 30, "an executive takes part in person")
    onboarding: float = setting(0.0, "share", 0, 1, "newcomers whom the host greets in person")
    tone: float = setting(0.7, "share", 0, 1, "how the host speaks, from megaphone (0) to peer (1)")
    hurdle: float = setting(0.0, "money back per money spent", 0, 100, "return below which a review counts as failed")
    patience: float = setting(4, "reviews", 1, 100, "failed quarterly reviews in a row before the host gives up")
    # other people's places (`places`)
    stance: float = setting(
        0.0, "from -1 to 1", -1, 1, "to places that members own: fights (-1), ignores, supports them"
    )
    aggregates: float = setting(0.0, "share", 0, 1, "answers in places that members own that can be found from here")
    # keys handed to members (`stewards`)
    handover: float = setting(0.0, "share", 0, 1, "of the host's duties that are handed to members in the end")
    handover_from: float = setting(0, "day", 0, NO_DAY, "first day of the handover")
    handover_days: float = setting(180, "days", 1, NO_DAY, "how long the handover takes; 1: from one day to the next")
    # people with names, and what a host can offer (`guests`)
    named: float = setting(0.0, "share", 0, 1, "the host's acts that are done by a person with a name, not by a logo")
    turnover: float = setting(NO_DAY, "day", 0, NO_DAY, "those with a name leave, and others take over")
    scripted: float = setting(0.0, "share", 0, 1, "of what executives say that is written by somebody else")
    experts: float = setting(0.0, "visits per month", 0, 60, "an expert or a maker takes part in person")
    beta: float = setting(0.0, "share", 0, 1, "how much of what is new the host shows to members first")
    escalation: float = setting(0.0, "share", 0, 1, "of the host's answers that go to somebody who can solve it")
    vouching: float = setting(
        0.0, "share", 0, 1, "of members' answers that the host vouches for, and pays for if wrong"
    )
    letters: float = setting(0.0, "per month", 0, 4, "letters in person to each member of the venue's segment")
    # criticism (`storms`)
    answers_critics: float = setting(0.0, "share", 0, 1, "criticism that the host answers in public")
    deletes: float = setting(0.0, "share", 0, 1, "criticism that the host deletes")
    reasons: float = setting(0.0, "share", 0, 1, "deletions for which the host gives a specific reason")
    # money and incentives (`dealings`)
    ratchet: float = setting(
        0.0, "growth per quarter", 0, 1, "of ad revenue; what is missed is made up for by more ads"
    )
    agenda: float = setting(0.0, "asks per visit", 0, 5, "what the host wants of members for its own ends")
    disclosed: float = setting(0.0, "share", 0, 1, "how openly the host says that it has an agenda")
    necessity: float = setting(0.0, "share", 0, 1, "the reason given: profit (0) or what keeps the place alive (1)")


class Product(NamedTuple):
    """What the customers use."""

    fit: float = setting(0.5, "share", 0, 1, "how well the product fits its users at the start, in every kind of use")
    drift: float = setting(0.0003, "per day", 0, 0.1, "how fast the product loses fit as needs change")
    release_days: float = setting(30, "days", 1, 1000, "time between releases")
    fixes: float = setting(2, "facets per release", 0, 4, "facets that the product team can improve in a release")
    margin: float = setting(0.3, "money per customer per day", 0, 10_000, "margin on an average customer")
    ticket_cost: float = setting(8.0, "money per ticket", 0, 10_000, "what a question to the support desk costs")
    fault_day: float = setting(NO_DAY, "day", 0, NO_DAY, "a fault in the product comes to light")
    fault: float = setting(0.5, "share", 0, 1, "how bad the fault is: customers who are hit, and how hard")
    ends: float = setting(NO_DAY, "day", 0, NO_DAY, "the product is taken off the market")
    # the young company (`startup`)
    runway: float = setting(0.0, "money", 0, 1e9, "what a young company has to live on; 0: it needs none")
    burn: float = setting(0.0, "money per day", 0, 1e7, "what the company spends beside its community")
    survey: float = setting(0.0, "answers per month", 0, 10_000, "customers whom the product team asks")
    # rivals (`rivals`)
    network: float = setting(0.0, "share", 0, 1, "how much the product is worth because others use it")
    different: float = setting(0.0, "share", 0, 1, "how far it departs from what people know")


class Outside(NamedTuple):
    """Everything else that asks for attention."""

    substitute: float = setting(0.3, "share", 0, 1, "needs that are met elsewhere, at no cost to host or members")
    rival: float = setting(0.0, "pull", 0, 5, "how attractive a rival product is")
    copies: float = setting(0.0, "days", 0, NO_DAY, "a rival has what we had so many days ago; 0: nobody copies")
    better: float = setting(0.2, "share", 0, 1, "how much of what our product lacks the copy adds")
    institutions: float = setting(
        0.5, "share", 0, 1, "of the wish for company that clubs, churches and neighbours meet"
    )
    decline: float = setting(0.0, "share per year", 0, 1, "how fast these institutions decline")
    feed: float = setting(0.0, "minutes per day", 0, 600, "time that a feed of strangers' posts takes, on average")


class Setup(NamedTuple):
    """One venue with its host, as a scenario describes it."""

    name: str = "main"
    venue: Venue = Venue()
    host: Host = Host()
