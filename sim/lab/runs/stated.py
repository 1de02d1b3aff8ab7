"""What the settings of a comparison state outright, so that no run has to find it out.

A host that never works takes nothing away when it falls silent: "the host holds nobody" is then an identity, and no
finding. The report, the terminal and the counts of verdicts say "by construction" of such a difference.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sim.lab.settings import keys
from sim.lab.settings.inert import comes_too_late
from sim.world.measures import FORKED, TWIN

BY_CONSTRUCTION = "by construction"  # where a verdict would stand
Flat = Mapping[str, Any]  # settings by dotted name
Reasons = dict[str, str]  # why, by outcome

UNOPENED = ("size", "members", "joins", "exits", *FORKED, "peer_share", "bonds", "core", "member_hours")
UNEARNED = ("deflected_gross", "deflected_net", *TWIN, "ad_revenue")  # by any venue
SILENCE = tuple(name for name in FORKED if name.startswith(("host_loss", "held_by_host", "interplay")))
ACTS = ("seeding", "replies", "joins_in", "awards", "broadcasts", "promo", "listening", "promises", "exec_visits",
        "onboarding")  # fmt: skip
CONTRACT = ("hours", "capacity", "cost_per_hour", "starts", "schedule", "schedule_list")
PRICED = {  # the levers that an outcome is computed from
    "host_cost": {f"host.{name}" for name in CONTRACT},
    "venue_cost": {"venue.opening_cost", "venue.monthly_cost", "venue.opens"},
    "marketing_cost": {"venue.exposure_price", "venue.launch", "venue.marketing", "venue.opens"},
}


def changed(base: Flat, arm: Flat) -> dict[str, Any]:
    """Return the settings in which an arm differs from the base, with the arm's values; None is a setting it lacks."""
    names = [name for name in dict.fromkeys([*arm, *base]) if "." in name]  # not the story, nor what all arms share
    return {name: arm.get(name) for name in names if arm.get(name) != base.get(name)}


def opens(settings: Flat) -> bool:
    """Tell whether the main venue opens within the run."""
    return not comes_too_late(settings["venue.opens"], settings["days"])


def has_host(settings: Flat) -> bool:
    """Tell whether the main venue's host ever does anything for members."""
    host = {name.removeprefix("host."): value for name, value in settings.items() if name.startswith("host.")}
    plans = host["policy"] != "scheduled" or any(host[act] for act in ACTS)
    idle = host["schedule"] == "list" and not any(host["schedule_list"])
    paid = min(host["hours"], host["capacity"], host["budget"]) > 0 and host.get("overhead", 0) < 1
    return bool(plans and paid and not idle and not comes_too_late(host["starts"], settings["days"]))


def stated(base: Flat, arm: Flat, change_day: int | None = None, host_off: int | None = None) -> Reasons:
    """Return the outcomes whose difference between two arms holds by construction, each with the reason."""
    found = _levels(base)
    late = change_day is not None and change_day > 0
    if not late:
        found |= _levels(arm)
    elif host_off is not None and change_day <= host_off and not has_host(arm):  # type: ignore[operator]
        found |= dict.fromkeys(SILENCE, "its host works no more when it falls silent")
    return found | dict(_prices(base, arm))


def _levels(settings: Flat) -> Reasons:
    """Return the outcomes that one arm's settings fix."""
    alone = not any(name.startswith("venues.") for name in settings)
    if not opens(settings):
        return dict.fromkeys(UNOPENED + UNEARNED * alone, "a venue that never opens has no members")
    found: Reasons = {}
    if settings["venue.ad_load"] == 0:
        found["exits_ads"] = "there are no ads"
    if not has_host(settings):
        found |= dict.fromkeys(SILENCE, "a host that never works takes nothing away by falling silent")
        found["booked_host"] = "a host that never works gives nothing"
    planned = settings["host.policy"] == "scheduled"
    if not has_host(settings) or (planned and not settings["host.broadcasts"]):
        found["exits_broadcast"] = "there are no messages"
    if not has_host(settings) or (planned and not (settings["host.replies"] or settings["host.joins_in"])):
        found["peer_share"] = "a host that never replies leaves all replies to members"
    return found


def _prices(base: Flat, arm: Flat) -> Iterator[tuple[str, str]]:
    """Yield the costs that follow from contracts and prices, be they the same in two arms or not.

    What is spent on announcing a venue hangs on the number of customers as well, which is a matter of cents.
    """
    moved = {keys.within_place(name) for name in changed(base, arm)}
    gives_up = any(settings["host.hurdle"] > 0 for settings in (base, arm))
    priced = [name for name, levers in PRICED.items() if moved & levers and not (gives_up and name == "host_cost")]
    steady = bool(moved) and not gives_up and base["host.policy"] == arm["host.policy"] == "scheduled"
    for name in [*priced, *(["community_cost"] if priced or steady else [])]:
        yield name, "the settings state the cost"
