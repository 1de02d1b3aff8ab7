"""The event log: who did what to whom, where, in which thread, and why.

It is off by default. Switched on, it takes memory in proportion to what happens. It never changes a result.
"""

from sim.world.compiled import rule
from sim.world.state import Rows

KINDS = (
    "join", "return", "visit", "ask", "talk", "seed", "ask_again", "answer", "host_answer", "thank", "like", "award",
    "bond", "greet", "ticket", "release", "refer", "invite", "adopt", "silence", "dormant", "exit", "churn",
    "broadcast", "exec_visit", "give_up", "disappoint", "upgrade",
    "reject", "praise", "criticise", "take_up",
    "defend", "delete", "disclose", "graduate", "hand_over",
)  # fmt: skip
(
    JOIN, RETURN, VISIT, ASK, TALKED, SEEDED, ASK_AGAIN, ANSWERED, HOST_ANSWERED, THANK, LIKE, AWARD,
    BONDED, GREET, TICKET, RELEASE, REFER, INVITE, ADOPT, SILENCE, SLEEP, EXIT, CHURN,
    BROADCAST, EXEC_VISIT, GIVE_UP, DISAPPOINT, UPGRADE,
    REJECT, PRAISE, CRITICISE, TAKE_UP,
    DEFEND, DELETE, DISCLOSE, GRADUATE, HAND_OVER,
) = range(len(KINDS))  # fmt: skip

# Why an event happened. One list for all kinds, so that a cause always means the same.
CAUSES = (
    "none", "market", "friends", "search", "invite", "need", "habit", "peers", "host", "life",
    "information", "belonging", "goodwill", "validation", "cause", "access", "deals",  # was missing
    "trouble", "ads", "unmet", "broadcast",  # was too much
    "product", "removed", "shut", "well", "rival", "budget", "closure", "reply", "rejection",
)  # fmt: skip
(
    NO_CAUSE, MARKET, FRIENDS, SEARCH, INVITED, NEED, HABIT, PEERS, BY_HOST, LIFE,
    NO_INFORMATION, NO_BELONGING, NO_GOODWILL, NO_VALIDATION, NO_MISSION, NO_ACCESS, NO_DEALS,
    BY_TROUBLE, BY_ADS, UNMET, BY_BROADCAST,
    PRODUCT, REMOVED, SHUT, WELL, RIVAL, BUDGET, CLOSURE, REPLY, TURNED_AWAY,
) = range(len(CAUSES))  # fmt: skip

EXIT_CAUSES = tuple(range(LIFE, WELL + 1))


@rule
def note(
    log: Rows, day: int, kind: int, actor: int, target: int = -1, venue: int = -1, thread: int = -1, cause: int = 0
) -> None:
    """Write one event into the log. The log's first row counts the events. A log of one row is switched off.

    The count may exceed the length of a full log. `World` makes room before each mechanism, and raises if too little.
    """
    if len(log) == 1:
        return
    log[0].thread += 1
    at = log[0].thread
    if at >= len(log):
        return
    event = log[at]
    event.day, event.kind, event.actor, event.target = day, kind, actor, target
    event.venue, event.thread, event.cause = venue, thread, cause
