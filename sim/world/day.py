"""The day's order: the first page to read. Every world lives each of its days in these steps.

Each step is a mechanism, one file in `mechanisms`: what it claims about people (Claim), the equation (Rule), where that
comes from (Source), what it leaves out (Deviations), its numbers and its code. Read them in this order.

To add a mechanism, write its file (docstring, `Parameters`, rules, kernel, `step`) and name it here. Nothing else lists
it: its parameters appear on the command line, in the tables of `docs/model.md` and in the reports by themselves.
"""

from typing import Any

from sim.world import census
from sim.world.mechanisms import (
    accounts,
    advocacy,
    answering,
    asking,
    bonding,
    circles,
    conversation,
    dealings,
    evening,
    exposure,
    guests,
    hosting,
    incentives,
    join,
    leaving,
    listening,
    memory,
    norms,
    places,
    population,
    quality,
    recognition,
    rivals,
    segments,
    spending,
    startup,
    stewards,
    storms,
    struggle,
    visit,
    voicing,
    worth,
)

DAY = (
    startup,  # the company lives on and asks its customers, or its product is gone
    hosting,  # each host reads its dashboard and plans today's work
    join,  # people hear of a venue, and some join
    places,  # landlords and companies act on places; who has moved finds some of their ties again
    visit,  # members come, by habit, need, peers or host; needs arise
    circles,  # people find company outside, or a feed, which takes from visitors' minutes
    dealings,  # places take money, data and minutes, and members judge whether that is fair
    exposure,  # visitors meet ads, which take from their minutes
    stewards,  # keys are handed to members, who do what is due before all else
    asking,  # visitors find what waited for them; needs become questions, and some talk
    norms,  # posts by newcomers are judged, and some turned away
    answering,  # visitors converse, read, and reply to some of it
    evening,  # the host replies; a week without a reply disappoints
    segments,  # one kind of members is treated in their own way
    recognition,  # members thank and like, and the host gives awards
    bonding,  # ties, belonging and trust move
    guests,  # what people with names do: those whom they know, and experts, executives and other offers
    voicing,  # members praise and criticise the product
    storms,  # a fault comes to light; hosts delete or answer criticism; visitors defend or lose trust
    listening,  # what was overheard reaches the product, and releases improve it
    rivals,  # a rival copies the product; its customers reconsider
    advocacy,  # members recommend and invite, and strangers become customers
    spending,  # customers buy
    worth,  # visitors take stock of what the visit gave, and who supplied it
    leaving,  # members fall silent, leave the venue, or leave the product
    struggle,  # people tell of what troubles them, meet hostility, and become well
    accounts,  # the day's costs and returns are settled, and hosts review them
)
BEFORE = (population, memory, incentives, conversation, quality)  # what other steps use, and no step of their own
AFTER = (census,)  # what is measured in the evening; it changes nothing


def name(mechanism: Any) -> str:
    """Return the last part of a mechanism's module name."""
    return str(mechanism.__name__.rsplit(".", 1)[-1])


BLOCKS: dict[str, Any] = {name(mechanism): mechanism.Parameters for mechanism in (*BEFORE, *DAY, *AFTER)}
