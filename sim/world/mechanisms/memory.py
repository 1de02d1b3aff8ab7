"""Memory: belonging, recognition, past ads and disappointments fade.

Claim
    What a venue did to a person wears off, each thing at its own pace, whether or not the person comes. So people need
    no attention while they are away: their levels are brought up to date when they are next read.
Rule
    level(t) = level(s) exp(-(t - s) / life).
Source
    The form is assumed: one number for each cause, and fading that needs no visit. That ads build up over many months
    is measured (Huang, Reiley & Riabov 2018, summary read), and so is that an award lasts for months (Gallus 2017,
    abstract read).
Deviations
    Bad moments may well be remembered for longer than good ones. Here the lives differ by cause, not by sign.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from sim.world.compiled import rule
from sim.world.parameters import param
from sim.world.state import DORMANT, MEMBER, Rows

# Definitions: the last month's posts, as shown to a member, and the recent past that decides a role.
MONTH, ROLE = 30.0, 60.0


class Parameters(NamedTuple):
    """How long feelings last: days until a level has fallen to 37 %."""

    interest: float = param(90.0, "days", 10, 2000, "assumed", "the habit of coming fades with absence; prototype")
    belonging: float = param(190.0, "days", 20, 1000, "assumed", "prototypes met the survival rows with about 200")
    contacts: float = param(7, "days", 1, 60, "assumed", "contacts who posted this week count as active")
    lasting: float = param(
        150, "days", 10, 2000, "assumed", "awards, ads, grievances, pay: months; an ad load's effect grew for 21 months"
    )
    disappointment: float = param(45, "days", 5, 500, "assumed", "how long an unanswered question hurts; not measured")


@rule
def kept(age: float, life: float) -> float:
    """Return the share of a level that is left after `age` days."""
    return math.exp(-age / life)


@rule
def faded(level: float, age: float, life: float) -> float:
    """Return what is left of a level after `age` days."""
    return level * kept(age, life) if level != 0.0 else 0.0


def all_faded(levels: Any, stamps: Any, day: int, life: float) -> Any:
    """Return what is left today of levels as of the days `stamps`: `faded`, for columns."""
    return levels * np.exp((np.asarray(stamps, float) - day) / life)


@rule
def is_inside(membership: Rows) -> bool:
    """Tell whether somebody is a member, awake or dormant."""
    return bool(membership.status == MEMBER or membership.status == DORMANT)


@rule
def refresh(membership: Rows, day: int, memory: Parameters) -> None:
    """Bring a membership's levels up to today. Levels of one life share an exponential, the dearest part of it."""
    age = float(day - membership.stamp)
    if age <= 0.0:
        return
    membership.interest = faded(membership.interest, age, memory.interest)
    membership.contacts = faded(membership.contacts, age, memory.contacts)
    membership.disappointment = faded(membership.disappointment, age, memory.disappointment)
    membership.lately = faded(membership.lately, age, MONTH)
    if membership.belonging != 0.0 or membership.identity != 0.0:
        left = kept(age, memory.belonging)
        membership.belonging, membership.identity = membership.belonging * left, membership.identity * left
    if membership.recognition != 0.0 or membership.ads != 0.0 or membership.crowded != 0.0:
        left = kept(age, memory.lasting)
        membership.recognition, membership.ads = membership.recognition * left, membership.ads * left
        membership.crowded *= left
    if membership.asking != 0.0 or membership.helping != 0.0:
        left = kept(age, ROLE)
        membership.asking, membership.helping = membership.asking * left, membership.helping * left
        membership.beyond *= left
    membership.stamp = day
