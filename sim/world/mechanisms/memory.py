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
from sim.world.state import Rows


class Parameters(NamedTuple):
    """How long feelings last: days until a level has fallen to 37 %."""

    interest: float = param(90.0, "days", 10, 2000, "assumed", "the habit of coming fades with absence; prototype")
    belonging: float = param(190.0, "days", 20, 1000, "calibrated", "prototypes met the survival rows with about 200")
    contacts: float = param(7, "days", 1, 60, "assumed", "contacts who posted this week count as active")
    recognition: float = param(120, "days", 10, 1000, "assumed", "an award's effect was seen at 3 to 12 months")
    ads: float = param(150, "days", 10, 1000, "assumed", "an ad load's effect built up over 21 months (Pandora)")
    disappointment: float = param(45, "days", 5, 500, "assumed", "how long an unanswered question hurts; not measured")
    grievance: float = param(180, "days", 5, 2000, "assumed", "a grievance outlasts the moment")
    crowding: float = param(180, "days", 10, 2000, "assumed", "giving for its own sake returns over half a year")
    month: float = param(30, "days", 7, 90, "assumed", "a definition: the last month's posts, as shown to a member")
    role: float = param(60, "days", 10, 365, "assumed", "a definition: the recent past that decides a role")


@rule
def faded(level: float, age: float, life: float) -> float:
    """Return what is left of a level after `age` days."""
    return level * math.exp(-age / life) if level != 0.0 else 0.0


def all_faded(levels: Any, stamps: Any, day: int, life: float) -> Any:
    """Return what is left today of levels as of the days `stamps`: `faded`, for columns."""
    return levels * np.exp((np.asarray(stamps, float) - day) / life)


@rule
def refresh(membership: Rows, day: int, memory: Parameters) -> None:
    """Bring a membership's levels up to today."""
    age = float(day - membership.stamp)
    if age <= 0.0:
        return
    membership.interest = faded(membership.interest, age, memory.interest)
    membership.belonging = faded(membership.belonging, age, memory.belonging)
    membership.identity = faded(membership.identity, age, memory.belonging)
    membership.contacts = faded(membership.contacts, age, memory.contacts)
    membership.recognition = faded(membership.recognition, age, memory.recognition)
    membership.ads = faded(membership.ads, age, memory.ads)
    membership.disappointment = faded(membership.disappointment, age, memory.disappointment)
    membership.asking = faded(membership.asking, age, memory.role)
    membership.helping = faded(membership.helping, age, memory.role)
    membership.lately = faded(membership.lately, age, memory.month)
    membership.crowded = faded(membership.crowded, age, memory.crowding)
    membership.beyond = faded(membership.beyond, age, memory.role)
    membership.stamp = day
