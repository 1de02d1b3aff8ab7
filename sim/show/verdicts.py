"""What became of outcomes in the arms of a comparison, in sentences that are computed from the tables."""

import math
from collections.abc import Sequence

from sim.show.results import BASE, Results, measure
from sim.show.words import MOST_CLAUSES

CANT_TELL = "can't tell"  # in the tables; a reader sees "unclear"
SAME = "no difference"
SAID = {
    "size": "the number of active members", "host_loss": "the loss without the host",
    "held_by_members": "the share held by each other", "held_by_host": "the share held by the host",
    "floor": "the share who would come for their own needs", "answered": "the share of questions answered",
    "newcomers_replied": "the share of newcomers' first posts answered", "peer_share": "members' share of replies",
    "deflected_net": "the net number of tickets deflected", "host_cost": "the host's cost",
    "tickets_saved": "the number of tickets saved", "community_cost": "the cost of the community",
}  # fmt: skip
LONGEST = 15  # letters of an arm's name in a figure


def arm_label(arm: str) -> str:
    """Return an arm's name as a reader would say it."""
    return "base" if arm == BASE else arm.replace("_", " ")


def tag(arm: str) -> str:
    """Return an arm's name as a figure has room for it."""
    label = arm_label(arm)
    return label if len(label) <= LONGEST else f"{label[:7].rstrip()}…{label[-6:].lstrip()}"


def said(name: str) -> str:
    """Return what an outcome is called within a sentence."""
    return SAID.get(name) or measure(name).label[:1].lower() + measure(name).label[1:]


def relative(results: Results, name: str, arm: str) -> float:
    """Return a difference as a share of the base's mean, NaN where the base is 0 or unknown."""
    row, base = results.difference(name, arm), results.mean(name).mean
    return float(row.difference) / abs(base) if row is not None and base else math.nan


def ends_of(ranked: Sequence[str]) -> str:
    """Return a ranking in words; of a long one the two ends."""
    return ", ".join(ranked) if len(ranked) <= MOST_CLAUSES + 1 else f"{ranked[0]} to {ranked[-1]}"
