"""Conversation: a reply has an addressee, who may reply to its author.

Claim
    People are tied to each other because they talk with each other. Being addressed invites an answer to that person,
    in one's own thread too. So ties are returned, and threads have turns.
Rule
    A member remembers the last reply addressed to them. On their next visit they return it with p = returns in talk,
    and returns x in_help in a thread about a question. What they write is addressed to the other, who may return it in
    turn. It costs minutes like any reply.
Source
    Among students who wrote each other private messages, 63.6 % of directed pairs also ran the other way over seven
    months: Panzarasa, Opsahl & Carley 2009 (abstract; the share from its data page). That is no chance per message.
    People reply to those who replied to them: Aragon, Gomez & Kaltenbrunner 2017 (abstract; a natural experiment).
    Against it: threading brought people back while reciprocity fell (Budak et al. 2017, abstract). `returns` is
    calibrated, `in_help` assumed. Off: `returns` at 0.
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

    returns: float = param(0.3, "probability", 0, 1, "calibrated", "a reply to talk is returned; 0: nobody converses")
    in_help: float = param(0.5, "share", 0, 2, "assumed", "where a question was answered, there is less left to say")


@rule
def p_return(kind: int, p: Parameters) -> float:
    """Return the probability that the addressee of a reply replies to its author on their next visit."""
    return min(1.0, p.returns * (p.in_help if kind == QUESTION else 1.0))
