"""What is measured: the name, unit and meaning of every series and every outcome.

A *series* is recorded over time. An *outcome* is one number for each run. `census.py` computes both from the world.
"""

from typing import Literal, NamedTuple

from sim.world.tally import FLOWS


class Measure(NamedTuple):
    """What a measured number means."""

    label: str
    unit: str
    better: Literal["more", "less", "neither"]
    meaning: str


YES_OR_NO = "share of runs"  # the unit of an outcome that is yes or no in each run
ACTIVE_DAYS = 28  # members who came within so many days are active

SUPPLIERS = {
    "members": "other members", "host": "the host", "archive": "the archive", "cause": "the cause",
    "nobody": "nobody (the hope of a beginner)",
}  # fmt: skip
WISHES = {
    "information": "information", "belonging": "company", "goodwill": "giving help", "validation": "being noticed",
    "cause": "a cause", "access": "access to the makers", "deals": "deals",
}  # fmt: skip

SERIES: dict[str, Measure] = {
    "members": Measure("Members", "people", "more", "joined and not left, including dormant members"),
    "active": Measure("Active members", "people", "more", f"visited within {ACTIVE_DAYS} days"),
    "lurkers": Measure("Lurkers", "people", "neither", "active, with hardly a question or answer lately"),
    "askers": Measure("Askers", "people", "neither", "active, and lately asked more than they answered"),
    "helpers": Measure("Helpers", "people", "more", "active, and lately answered at least as much as they asked"),
    "champions": Measure(
        "Champions", "people", "more", "helpers who answered often lately and whose belonging is high"
    ),
    "dormant": Measure("Dormant members", "people", "less", "have not visited for long, but have not left"),
    "customers": Measure("Customers", "people", "more", "people who use the product"),
    "belonging": Measure("Belonging", "0 to 1", "more", "mean over active members"),
    "trust": Measure("Trust in the host", "0 to 1", "more", "mean over active members"),
    "interest": Measure("Interest", "relative", "more", "mean over active members"),
    "bonds": Measure("Bonds per active member", "bonds", "more", "contacts strong enough to be missed"),
    "fit": Measure("Product fit", "0 to 1", "more", "mean over facets"),
    "archive": Measure("Answered questions in the archive", "questions", "more", "answers that others can find"),
    "host_share": Measure("Host's share of replies", "share", "neither", "of recent replies, those by the host"),
    "identity": Measure("Identity with the group", "0 to 1", "more", "mean over active members"),
    "experience": Measure("Experience", "reward per visit", "more", "what visits gave less their costs, of late; mean"),
    **{f"given_by_{supplier}": Measure(f"Given by {words}", "reward per visit", "neither",
                                       f"what {words} gave on visits of late; mean over active members")
       for supplier, words in SUPPLIERS.items()},
    **{f"given_{motive}": Measure(f"Given for {words}", "reward per visit", "neither",
                                  f"how far visits of late met the wish for {words}; mean over active members")
       for motive, words in WISHES.items()},
}  # fmt: skip
FLOW_SERIES: dict[str, Measure] = {
    name: Measure(meaning[0].upper() + meaning[1:], "since the last record", "neither", meaning)
    for name, meaning in FLOWS.items()
    if name != "bonds"
} | {"new_bonds": Measure("New bonds", "since the last record", "neither", FLOWS["bonds"])}

_PARTS: dict[str, tuple[str, Literal["more", "less", "neither"], str]] = {
    "host_loss": ("Loss without the host", "less", "what goes if the host is silent from the host-off day on"),
    "member_loss": ("Loss without members' voices", "neither", "what goes if members neither answer nor talk"),
    "held_by_host": ("Held by the host", "neither", "Shapley value of its voice, beside that of members"),
    "held_by_members": ("Held by each other", "more", "Shapley value of members' voices, beside the host's"),
    "floor": ("Come for their own needs", "neither", "what is left if both are silent"),
    "interplay": ("Interplay", "neither", "the two losses minus the loss when both are silent: what only both hold"),
}
_COUNTED = {  # the three ways of counting
    "": ("", "active members at the end"),
    "_stayers": (", newcomers not counted", "those active on the host-off day who still are at the end"),
    "_replies": (", in replies", "replies between members since the host-off day"),
}
_HELPERS = "the fewest members who gave half the answers in the 90 days before the host-off day"
_PRODUCT = "what goes of active members if needs, releases and the host's posts end"
FORKED: dict[str, Measure] = {  # from the worlds that part on the host-off day, as shares of the size as it was
    **{name + ending: Measure(label + way, "share", better, f"{meaning}; share of {counted}")
       for ending, (way, counted) in _COUNTED.items() for name, (label, better, meaning) in _PARTS.items()},
    "helpers_loss": Measure("Loss without the top helpers", "share", "less", "what goes of active members with them"),
    "top_helpers": Measure("Top helpers", "people", "neither", _HELPERS),
    "product_loss": Measure("Loss without the product's reasons", "share", "neither", _PRODUCT),
}  # fmt: skip

TWIN: dict[str, Measure] = {  # from a world without a community, of the same people and draws
    "tickets_saved": Measure(
        "Tickets saved", "tickets", "more", "tickets of the same world without the company's places, minus those here"),
}  # fmt: skip

OUTCOMES: dict[str, Measure] = {
    "size": Measure("Size", "people", "more", "active members on the last day, with the host working"),
    **FORKED,
    "members": Measure("Members", "people", "more", "joined and not left, on the last day"),
    "joins": Measure("Joins", "joinings", "more", "during the run; those who leave and return count again"),
    "retention_90": Measure(
        "Retention at 90 days", "share", "more",
        "of memberships begun at least 90 days ago, those with a visit after day 90"),
    "newcomers_replied": Measure("Newcomers' first posts with a reply", "share", "more", "within seven days"),
    "answered": Measure(
        "Questions with a reply", "share", "more",
        "within seven days; a question asked again counts from that day"),
    "hours_to_answer": Measure("Time to first answer", "hours", "less", "mean over questions with a reply"),
    "help_rate": Measure(
        "Help given", "replies per active member and month", "more", "replies by members, mean over the run"),
    "peer_share": Measure("Replies by members", "share", "more", "of all replies, those by members"),
    "spirit": Measure("Visits because of each other", "share", "more", "of all visits, those caused by another member"),
    "reciprocity": Measure("Reciprocity", "share", "more", "of the links from helper to helped, those returned"),
    "core": Measure("Largest k-core of bonds", "k", "more", "the k of the innermost core of active members"),
    "top1": Measure("Share of the top 1 %", "share", "neither", "of all posts, those by the most active 1 %"),
    "gini": Measure("Gini of posts", "0 to 1", "neither", "inequality of posts among members who ever posted"),
    "lurker_share": Measure("Lurkers", "share", "neither", "of active members, on the last day"),
    "bonds": Measure("Bonds per active member", "bonds", "more", "on the last day"),
    "belonging": Measure("Belonging", "0 to 1", "more", "mean over active members on the last day"),
    "identity": Measure("Identity with the group", "0 to 1", "more", "mean over active members on the last day"),
    "trust": Measure("Trust in the host", "0 to 1", "more", "mean over active members on the last day"),
    **{f"booked_{supplier}": Measure(f"Booked to {words}", "share", "neither",
                                     f"of what active members were given on visits of late, the part given by {words}")
       for supplier, words in SUPPLIERS.items()},
    "fit": Measure("Product fit", "0 to 1", "more", "on the last day"),
    "days_to_fit": Measure("Days to fit", "days", "less", "first day with a fit of 0.7; the number of days if never"),
    "tickets": Measure("Support tickets", "tickets", "less", "questions to the support desk"),
    "deflected_gross": Measure("Tickets deflected, gross", "tickets", "more", "needs that the venue met instead"),
    "deflected_net": Measure(
        "Tickets deflected, net", "tickets", "more", "gross, minus the tickets for needs that arose from browsing"),
    **TWIN,
    "referrals": Measure("Referrals", "people", "more", "strangers whom a member's recommendation made customers"),
    "customers": Measure("Customers", "people", "more", "people who use the product on the last day"),
    "margin": Measure("Product margin", "money", "more", "money from all customers during the run"),
    "ad_revenue": Measure(
        "Revenue from ads", "money", "more", "during the run, including subscriptions against ads"),
    "host_hours": Measure("Host's hours", "hours", "less", "spent on members during the run, in all venues"),
    "hours_idle": Measure("Host's idle hours", "hours", "less", "paid, meant for members, and not used; all venues"),
    "hours_undone": Measure("Work left undone", "hours", "less", "what hosts meant to do and had no hours for"),
    "host_cost": Measure("Host's cost", "money", "less", "contracted hours, used or not, in all venues"),
    "venue_cost": Measure("Venue's cost", "money", "less", "opening and monthly cost of all venues"),
    "marketing_cost": Measure("Cost of marketing", "money", "less", "exposures at launch and later, for all venues"),
    "other_revenue": Measure("Fees and data", "money", "more", "from members for being inside, and for data on them"),
    "community_cost": Measure("Cost of the community", "money", "less", "hosts, venues, marketing, wrong advice"),
    "profit": Measure("Profit", "money", "more", "margin, ads, fees, data, minus tickets and the community's cost"),
    "member_hours": Measure("Members' hours", "hours", "neither", "time spent in the venue during the run"),
    "gave_up": Measure("Host gave up", YES_OR_NO, "less", "runs in which the host missed its hurdle for too long"),
    "everywhere": Measure("Active in any place", "people", "more", "on the last day, the company's places and others'"),
    "at_others": Measure("Active in others' places", "people", "neither", "owned by a landlord, members or a rival"),
    "places_each": Measure("Places for each", "places", "neither", "in which people are active, of those in any"),
    "home": Measure("Belonging somewhere", "0 to 1", "more", "where they belong most; mean over those in any place"),
    "isolated": Measure("Isolated", "share", "less", "of all people, with little company outside and no place either"),
    "stewards": Measure("Stewards", "people", "neither", "members who hold keys on the last day"),
    "duties_done": Measure("Duties done by members", "share", "more", "of those that the host handed to them"),
    "known": Measure("Known by name", "0 to 1", "more", "how well those of the host's people who have a name know a "
                     "member; mean over members on the last day"),
    "passed_on": Measure("Words passed on", "times", "more", "what guests said in person, passed on to friends"),
    "vouching_cost": Measure("Cost of wrong advice", "money", "less", "answers for which the host had vouched"),
    "criticisms": Measure("Criticism", "criticisms", "neither", "of the product, by members"),
    "constructive": Measure("Criticism with a proposal", "share", "more", "of all criticism; undefined without storms"),
    "defences": Measure("Defences", "visits", "more", "on which somebody stood up for the company in a storm"),
    "won_over": Measure("Critics won over", "people", "more", "who criticised first and became champions later"),
    "disclosures": Measure("Disclosures", "disclosures", "neither", "members spoke of what troubles them"),
    "graduated": Measure(
        "Became well", "people", "more", "troubled members who are well now, also if by themselves; in the run"),
    "mentors": Measure("Mentors", "people", "more", "active members who became well and stayed, on the last day"),
    "alive": Measure("Company alive", YES_OR_NO, "more", "runs in which a young company lasts to the end"),
    "broke": Measure("Company out of money", YES_OR_NO, "less", "runs in which its money is spent; ends the product"),
    "demoralised": Measure("Company without morale", YES_OR_NO, "less", "runs in which its team gives up"),
    "misheard": Measure(
        "Misheard", "share", "less", "of what the product team heard so far, the part about other uses than is needed"),
    "market_share": Measure(
        "Market share", "share", "more", "of those who use the product or its copy on the last day, ours"),
    "exits": Measure("Exits", "people", "neither", "members who left during the run; more where more had joined"),
    "exit_rate": Measure(
        "Exit rate", "exits per 100 active members and month", "less",
        "mean over the run; those who left because they had become well don't count"),
    "exits_life": Measure("Exits: life", "share of exits", "neither", "of all exits"),
    **{f"exits_{motive}": Measure(f"Exits for want of {words}", "share of exits", "neither", "of all exits")
       for motive, words in WISHES.items()},
    "exits_trouble": Measure("Exits: too much trouble", "share of exits", "neither", "of all exits"),
    "exits_unmet": Measure("Exits: unanswered questions", "share of exits", "neither", "of all exits"),
    "exits_ads": Measure("Exits: ads", "share of exits", "neither", "of all exits"),
    "exits_broadcast": Measure("Exits: too many messages", "share of exits", "neither", "of all exits"),
    "exits_product": Measure("Exits: left the product", "share of exits", "neither", "of all exits"),
    "exits_removed": Measure("Exits: removed by an experimenter", "share of exits", "neither", "of all exits"),
    "exits_shut": Measure("Exits: the place shut", "share of exits", "neither", "of all exits"),
    "exits_well": Measure("Exits: became well", "share of exits", "neither", "of all exits"),
}  # fmt: skip
HEADLINE = (
    "size", "held_by_members", "held_by_host", "floor", "retention_90", "answered", "newcomers_replied", "peer_share",
    "trust", "belonging", "deflected_net", "community_cost", "profit",
)  # fmt: skip


def bounds(name: str) -> tuple[float, float]:
    """Return the values between which an outcome lies by definition, so that no interval goes beyond them."""
    unit = OUTCOMES[name].unit
    if unit == "money" or name in ("deflected_net", "tickets_saved"):
        return float("-inf"), float("inf")
    if name in FORKED and unit == "share":  # silence may do good, and a floor may still grow
        return 0.0 if name.startswith("floor") else float("-inf"), 1.0 if "_loss" in name else float("inf")
    return 0.0, 1.0 if unit == "0 to 1" or unit.startswith("share") else float("inf")
