"""What is measured, in one place: name, unit and meaning of every series and every outcome.

A *series* is recorded over days, an *outcome* is one number a run. `census.py` computes them from the world.
"""

from typing import Literal, NamedTuple

from sim.world.tally import FLOWS


class Measure(NamedTuple):
    """What a number means."""

    label: str
    unit: str
    better: Literal["more", "less", "neither"]
    meaning: str


YES_OR_NO = "share of runs"  # the unit of an outcome that a run has or has not
ACTIVE_DAYS = 28  # who came within so many days is active

SERIES: dict[str, Measure] = {
    "members": Measure("Members", "people", "more", "joined and not left, dormant ones included"),
    "active": Measure("Active members", "people", "more", f"visited within {ACTIVE_DAYS} days"),
    "lurkers": Measure("Lurkers", "people", "neither", "active, without a post in recent memory"),
    "askers": Measure("Askers", "people", "neither", "active, ask more than they answer"),
    "helpers": Measure("Helpers", "people", "more", "active, answer at least as much as they ask"),
    "champions": Measure("Champions", "people", "more", "helpers whose answers are frequent and who belong"),
    "dormant": Measure("Dormant members", "people", "less", "have not come for long, have not left"),
    "customers": Measure("Customers", "people", "more", "people who use the product"),
    "belonging": Measure("Belonging", "0 to 1", "more", "mean over active members"),
    "trust": Measure("Trust in the host", "0 to 1", "more", "mean over active members"),
    "interest": Measure("Interest", "relative", "more", "mean over active members"),
    "bonds": Measure("Bonds per active member", "bonds", "more", "contacts strong enough to be missed"),
    "fit": Measure("Product fit", "0 to 1", "more", "mean over facets"),
    "archive": Measure("Answered questions in the archive", "questions", "more", "findable by search"),
    "host_share": Measure("Host's share of replies", "share", "neither", "recent replies that came from the host"),
}
FLOW_SERIES: dict[str, Measure] = {
    name: Measure(meaning[0].upper() + meaning[1:], "since the last record", "neither", meaning)
    for name, meaning in FLOWS.items()
    if name != "bonds"
} | {"new_bonds": Measure("New bonds", "since the last record", "neither", FLOWS["bonds"])}

OUTCOMES: dict[str, Measure] = {
    "size": Measure("Size", "people", "more", "active members on the last day, host on"),
    "survival": Measure(
        "Host-off survival, against before", "share", "more",
        "active members at the end with the host silent since the host-off day, against the day before it"),
    "survival_vs_on": Measure(
        "Host-off survival, against host on", "share", "more",
        "active members at the end with the host silent, against the same run with the host on"),
    "members": Measure("Members", "people", "more", "joined and not left, on the last day"),
    "joins": Measure("Joins", "joinings", "more", "during the run; who leaves and comes back counts again"),
    "retention_90": Measure(
        "Retention at 90 days", "share", "more",
        "of memberships begun 90 days ago or earlier, those visited after their day 90"),
    "newcomers_replied": Measure("Newcomers' first posts with a reply", "share", "more", "within seven days"),
    "answered": Measure(
        "Questions with a reply", "share", "more",
        "within seven days; a question asked again counts from then"),
    "hours_to_answer": Measure("Time to first answer", "hours", "less", "mean over questions with a reply"),
    "peer_share": Measure("Replies by members", "share", "more", "of all replies, those not by the host"),
    "spirit": Measure("Visits because of each other", "share", "more", "visits whose cause was another member"),
    "reciprocity": Measure("Reciprocity", "share", "more", "help edges that are returned"),
    "core": Measure("Largest k-core of bonds", "k", "more", "the k of the innermost core of active members"),
    "top1": Measure("Share of the top 1 %", "share", "neither", "posts written by the most active 1 % of members"),
    "gini": Measure("Gini of posts", "0 to 1", "neither", "inequality of posts among members who ever posted"),
    "lurker_share": Measure("Lurkers", "share", "neither", "active members without a recent post"),
    "bonds": Measure("Bonds per active member", "bonds", "more", "on the last day"),
    "belonging": Measure("Belonging", "0 to 1", "more", "mean over active members on the last day"),
    "trust": Measure("Trust in the host", "0 to 1", "more", "mean over active members on the last day"),
    "fit": Measure("Product fit", "0 to 1", "more", "on the last day"),
    "days_to_fit": Measure("Days to fit", "days", "less", "first day with a fit of 0.7; the horizon where never"),
    "tickets": Measure("Support tickets", "tickets", "less", "questions to the support desk"),
    "deflected_gross": Measure("Tickets deflected, gross", "tickets", "more", "needs that the venue met instead"),
    "deflected_net": Measure(
        "Tickets deflected, net", "tickets", "more", "gross, less the tickets over needs that browsing induced"),
    "referrals": Measure("Referrals", "people", "more", "strangers who became customers on a member's word"),
    "customers": Measure("Customers", "people", "more", "people who use the product on the last day"),
    "margin": Measure("Product margin", "money", "more", "money from all customers during the run"),
    "ad_revenue": Measure(
        "Revenue from ads", "money", "more", "during the run, with what members pay for meeting none"),
    "host_hours": Measure("Host's hours", "hours", "less", "worked during the run, in all venues"),
    "host_cost": Measure("Host's cost", "money", "less", "spent during the run, in all venues"),
    "profit": Measure("Profit", "money", "more", "margin and ads, less tickets and hosts' cost, over all venues"),
    "member_hours": Measure("Members' hours", "hours", "neither", "spent in the venue during the run"),
    "gave_up": Measure("Host gave up", YES_OR_NO, "less", "runs in which the host ended below its hurdle for too long"),
    "exits": Measure("Exits", "people", "less", "members who left during the run"),
    "exits_life": Measure("Exits: life", "share of exits", "neither", "of all exits"),
    "exits_dull": Measure("Exits: too little in it", "share of exits", "neither", "of all exits"),
    "exits_unmet": Measure("Exits: unanswered", "share of exits", "neither", "of all exits"),
    "exits_ads": Measure("Exits: ads", "share of exits", "neither", "of all exits"),
    "exits_broadcast": Measure("Exits: too many messages", "share of exits", "neither", "of all exits"),
    "exits_product": Measure("Exits: left the product", "share of exits", "neither", "of all exits"),
    "exits_removed": Measure("Exits: taken out by an experimenter", "share of exits", "neither", "of all exits"),
}  # fmt: skip
HEADLINE = (
    "size", "survival", "survival_vs_on", "retention_90", "answered", "newcomers_replied", "peer_share", "trust",
    "belonging", "deflected_net", "host_cost", "profit",
)  # fmt: skip


def bounds(name: str) -> tuple[float, float]:
    """Return between which values an outcome lies by its nature: an interval has no business outside."""
    unit = OUTCOMES[name].unit
    if unit == "money" or name == "deflected_net":
        return float("-inf"), float("inf")
    is_part = unit == "0 to 1" or (unit.startswith("share") and not name.startswith("survival"))
    return 0.0, 1.0 if is_part else float("inf")
