"""Conversation: a reply has an addressee, who may reply to its author.

Claim
    People are tied to each other because they talk with each other. Being addressed invites an answer to that person,
    in one's own thread too. So ties are returned, and threads have turns.
Rule
    A member remembers the last reply addressed to them. On their next visit they return it with p = returns in talk,
    and returns x in_help in a thread about a question. What they write is addressed to the other, who may return it in
    turn. It costs minutes like any reply.
Source
    In an online community of students more than half of all ties are returned, and most messages to a person are
    answered by that person or not at all: Panzarasa, Opsahl & Carley 2009 (recalled; computed by us from its data: see
    EVIDENCE S5). In help forums far fewer ties are returned: Zhang, Ackerman & Adamic 2007 (recalled).
Deviations
    One reply is remembered, the last; the host's replies are read and not returned. A turn adds nothing to what the
    thread tells its readers.
"""

from typing import NamedTuple

from sim.world.compiled import rule
from sim.world.parameters import param
from sim.world.state import QUESTION


class Parameters(NamedTuple):
    """How readily people answer those who address them."""

    returns: float = param(0.5, "probability", 0, 1, "assumed", "a reply to talk is returned; 0: nobody converses")
    in_help: float = param(0.5, "share", 0, 2, "assumed", "where a question was answered, there is less left to say")


@rule
def p_return(kind: int, p: Parameters) -> float:
    """Return the probability that the addressee of a reply replies to its author on their next visit."""
    return min(1.0, p.returns * (p.in_help if kind == QUESTION else 1.0))
