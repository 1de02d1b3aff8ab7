"""What a user sets: who the people are, what the venue is like, what its host does, what the product is.

These are circumstances and decisions, not claims about people, so every number is graded `setting`. The claims about
people stand in the mechanisms, each beside its rule.
"""

from typing import NamedTuple

from sim.world.parameters import param

SCHEDULES = ("flat", "taper", "burst", "late", "list")


def setting(default: float, unit: str, low: float, high: float, why: str) -> float:
    """Declare a lever or a circumstance."""
    return param(default, unit, low, high, "setting", why)


class Population(NamedTuple):
    """Who the customers are before any venue exists."""

    information: float = setting(0.45, "weight", 0, 1, "motive: to get something solved or known")
    belonging: float = setting(0.18, "weight", 0, 1, "motive: to be among people")
    goodwill: float = setting(0.10, "weight", 0, 1, "motive: to help")
    validation: float = setting(0.10, "weight", 0, 1, "motive: to be seen as knowing")
    cause: float = setting(0.05, "weight", 0, 1, "motive: what the group stands for")
    access: float = setting(0.06, "weight", 0, 1, "motive: to be near the makers")
    deals: float = setting(0.06, "weight", 0, 1, "motive: offers")
    need_rate: float = setting(0.02, "needs per day", 0, 1, "a need every 50 days at a product fit of one half")
    attention: float = setting(
        20, "minutes per day", 1, 240, "what a person can give to venues on a day that she visits"
    )
    latent_ties: float = setting(4, "ties per person", 0, 20, "people who use the product and know each other already")
    strangers: float = setting(0.5, "share of people", 0, 5, "people beyond the customers who may become customers")


class Venue(NamedTuple):
    """A place where people meet, and its rules."""

    opens: float = setting(0, "day", 0, 3650, "first day on which anybody can join")
    launch: float = setting(0.15, "exposures per customer", 0, 5, "how widely the opening is announced, once")
    marketing: float = setting(0.002, "exposures per customer per day", 0, 1, "standing signposts to the venue")
    ad_load: float = setting(1.0, "ads per visit", 0, 20, "advertising pressure")
    ad_price: float = setting(0.01, "money per ad", 0, 10, "what an advertiser pays for one ad shown")
    annoyance: float = setting(1.0, "times", 0, 10, "how much an ad annoys, against an ordinary one")
    ad_free_price: float = setting(0.0, "money per month", 0, 1000, "what it costs to meet no ads; 0: not on sale")
    talk: float = setting(1.0, "share", 0, 1, "threads that members may answer; near 0 it is a promotion channel")
    posting: float = setting(1.0, "share", 0, 1, "questions and social posts that are let through; replies always are")
    earning: float = setting(1.0, "share", 0, 1, "acknowledgements that the venue makes possible (a thanks button)")
    display: float = setting(0.5, "share", 0, 1, "how visible it is to others that somebody was acknowledged")
    points: float = setting(0.0, "share", 0, 1, "how much counting there is: points for answers")
    effort: float = setting(
        1.0, "forum posts", 0.05, 20, "what it takes to say something here: an edit more, a line of chat less"
    )
    goals: float = setting(0.0, "share", 0, 1, "how much ranks at numbers of answers are made of")
    peer_awards: float = setting(0.0, "share", 0, 1, "how easily members can honour each other formally, as a host can")
    rejection: float = setting(0.0, "share", 0, 1, "newcomers' posts that a young venue turns away; 0: nobody judges")
    cost: float = setting(0.0, "reward", 0, 5, "trouble that the venue adds to each visit, on top of `leaving.cost`")
    mission: float = setting(0.3, "share", 0, 1, "how clear it is what the place is for")
    notices: float = setting(1.0, "times the usual", 0, 10, "how much friends outside are shown of what members do")
    invites: float = setting(1.0, "times the usual", 0, 10, "how easy it is for a member to invite a friend in person")


class Host(NamedTuple):
    """What the host of a venue means to do, and what it can afford."""

    policy: str = "scheduled"
    schedule: str = "flat"
    schedule_list: tuple[float, ...] = ()
    starts: float = setting(0, "day", 0, 3650, "first day of the host's work; the venue may be older")
    hours: float = setting(3.0, "hours per day", 0, 10_000, "allowance of working time while the schedule stands at 1")
    capacity: float = setting(24.0, "hours per day", 0, 10_000, "what the team can do in a day at most")
    cost_per_hour: float = setting(40.0, "money per hour", 0, 10_000, "what an hour of the team costs")
    budget: float = setting(1e9, "money", 0, 1e12, "for the whole run; when it is spent, the host's work is over")
    seeding: float = setting(0.5, "posts per day", 0, 500, "content that the host brings in")
    replies: float = setting(0.3, "share", 0, 1, "open questions that the host sets out to answer, within its hours")
    joins_in: float = setting(0.0, "share", 0, 1, "members' threads of the day, answered or not, that the host joins")
    awards: float = setting(2.0, "awards per month", 0, 300, "formal, public recognition by the host")
    broadcasts: float = setting(2.0, "broadcasts per month", 0, 60, "messages to all members")
    promo: float = setting(0.2, "share", 0, 1, "how much there is for those who seek deals, while the host works")
    listening: float = setting(0.3, "share", 0, 1, "overheard problems that reach the product team")
    promises: float = setting(0.0, "announcements per month", 0, 60, "improvements announced; acts keep them or do not")
    exec_visits: float = setting(0.0, "visits per month", 0, 30, "an executive takes part in person")
    onboarding: float = setting(0.0, "share", 0, 1, "newcomers who are greeted in person")
    tone: float = setting(0.7, "share", 0, 1, "from megaphone (0) to peer (1)")
    hurdle: float = setting(0.0, "money back per money spent", 0, 100, "return below which a review counts as failed")
    patience: float = setting(4, "reviews", 1, 100, "failed quarterly reviews in a row before the host gives up")


class Product(NamedTuple):
    """What the customers use."""

    fit: float = setting(0.5, "share", 0, 1, "how well the product fits its users at the start, on every facet")
    drift: float = setting(0.0003, "per day", 0, 0.1, "how fast fit is lost, because the world moves on")
    release_days: float = setting(30, "days", 1, 1000, "time between releases")
    fixes: float = setting(2, "facets per release", 0, 4, "what the product team can take on in a release")
    margin: float = setting(0.3, "money per customer per day", 0, 10_000, "what a customer is worth while she stays")
    ticket_cost: float = setting(8.0, "money per ticket", 0, 10_000, "what a question to the support desk costs")


class Outside(NamedTuple):
    """Everything else that asks for attention."""

    substitute: float = setting(0.3, "share", 0, 1, "needs that are met elsewhere, at no cost to anybody here")
    rival: float = setting(0.0, "pull", 0, 5, "how attractive a rival product is")


class Setup(NamedTuple):
    """One venue with its host, as a scenario describes it."""

    name: str = "main"
    venue: Venue = Venue()
    host: Host = Host()
