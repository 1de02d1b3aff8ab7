"""How what people feel fades: belonging, recognition, the ads of the past, a disappointment.

Claim
    What a venue did to a person wears off, each thing at its own pace, whether or not she comes. So nobody needs to be
    looked at while she is away: her levels are brought up to date when somebody next reads them.
Rule
    level(t) = level(s) exp(-(t - s) / life).
Source
    The form is assumed: one number a cause, and fading needs no visit. That ads build up over many months is measured
    (Huang, Reiley & Riabov 2018, summary read); that an award lasts for months too (Gallus 2017, abstract read).
Deviations
    Memory of a bad moment may well be longer than of a good one; here the lives differ by cause, not by sign.
"""

import math
from typing import NamedTuple

from sim.world.compiled import rule
from sim.world.parameters import param
from sim.world.state import Rows


class Parameters(NamedTuple):
    """How long things last: days until a level is down to 37 %."""

    belonging: float = param(190.0, "days", 20, 1000, "calibrated", "prototypes met the survival rows with about 200")
    contacts: float = param(7, "days", 1, 60, "assumed", "who posted this week counts as around")
    recognition: float = param(120, "days", 10, 1000, "assumed", "an award's effect was seen at 3 to 12 months")
    ads: float = param(150, "days", 10, 1000, "assumed", "an ad load's effect built up over 21 months (Pandora)")
    disappointment: float = param(45, "days", 5, 500, "assumed", "nobody measured how long silence is resented")
    grievance: float = param(180, "days", 5, 2000, "assumed", "a grudge against the product outlasts the moment")
    crowding: float = param(180, "days", 10, 2000, "assumed", "giving for its own sake comes back over half a year")
    month: float = param(30, "days", 7, 90, "assumed", "a definition: posts of the last month, as a member sees them")
    role: float = param(60, "days", 10, 365, "assumed", "memory over which a role is read off; a definition")


@rule
def faded(level: float, age: float, life: float) -> float:
    """Return what is left of a level after `age` days."""
    return level * math.exp(-age / life) if level != 0.0 else 0.0


@rule
def refresh(membership: Rows, day: int, memory: Parameters) -> None:
    """Bring a membership's levels up to today."""
    age = float(day - membership.stamp)
    if age <= 0.0:
        return
    membership.belonging = faded(membership.belonging, age, memory.belonging)
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
