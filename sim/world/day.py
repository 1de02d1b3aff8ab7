"""The day's order. Each line is one file beside this one; read them in this order.

To add a mechanism, write its file (docstring, `Parameters`, rules, kernel, `step`) and name it here. Nothing else has
to be told: its parameters appear at the door, in the table of `docs/model.md` and in the reports by themselves.
"""

from typing import Any

from sim.world import census
from sim.world.mechanisms import (
    accounts,
    advocacy,
    answering,
    asking,
    bonding,
    exposure,
    hosting,
    incentives,
    join,
    leaving,
    listening,
    memory,
    norms,
    population,
    recognition,
    spending,
    visit,
    voicing,
)

DAY = (
    hosting,  # each host reads its dashboard and spends today's effort
    join,  # people hear of a venue and join where exposure meets expected benefit
    visit,  # who turns up where, within the day's attention
    exposure,  # what a visitor meets: threads, ads
    asking,  # needs become questions and posts
    norms,  # what newcomers wrote is judged, and some of it turned away
    answering,  # peers, the host and the archive answer; silence disappoints
    recognition,  # thanks, likes, awards; earning, display and points
    bonding,  # ties, belonging and trust move
    voicing,  # praise, criticism and proposals
    listening,  # overheard talk and tickets reach the product
    advocacy,  # referrals, and how strangers become customers
    spending,  # customers buy, for whatever reason
    leaving,  # out of posting, the venue, the product
    accounts,  # the give/get ledger, and the host's review
)
BEFORE = (population, memory, incentives)  # who is born, how feelings fade, what moves giving: no line in the day
AFTER = (census,)  # what the measures say in the evening; it changes nothing


def name(mechanism: Any) -> str:
    """Return the last part of a mechanism's module name."""
    return str(mechanism.__name__.rsplit(".", 1)[-1])


BLOCKS: dict[str, Any] = {name(mechanism): mechanism.Parameters for mechanism in (*BEFORE, *DAY, *AFTER)}
