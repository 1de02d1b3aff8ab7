"""The tables of the world: people, memberships, bonds, threads, answers.

A row is a person, a membership (a person in a venue), and so on. Its position is its permanent identity. Traits are
drawn at birth and stay, so 32 bits are enough. What changes has 64, because `sim.plain` has to agree to the last bit.
"""

import ctypes
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.world.levers import Venue

Rows = Any  # a structured array, whose columns neither NumPy's nor Numba's stubs can type

WITHOUT_COMPILER = bool(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0")  # to measure coverage, and to debug

FACETS = 4  # kinds of use that the product has, and topics that people care about
BOND_SLOTS = 6  # closest contacts that a person keeps in one venue
NEVER = 29_000  # a day that does not come; 16 bits hold it, even with any real day added
NOBODY = -1
HOST = -2  # stands in the place of a person where the host acted

# people.customer
STRANGER, CUSTOMER, GONE = range(3)
# memberships.status
OUTSIDE, MEMBER, DORMANT, LEFT = range(4)
# threads.kind
QUESTION, TALK, SEED = range(3)

CELLS = 11  # motives and suppliers on a visitor's plate (`mechanisms/worth.py` names them)
PARTS = CELLS + 5  # of a member's experience: the cells, the credit of a beginner, and four costs

MOTIVES = ("information", "belonging", "goodwill", "validation", "cause", "access", "deals")

_trait, _level, _count, _few, _day, _code = np.float32, np.float64, np.int32, np.int16, np.int16, np.int8

# The columns of a row stand in the order in which they are read: what days without a visit need comes first, so that
# it shares a line of the processor's cache. Most rows are touched for that alone.
PERSON = np.dtype(
    [
        ("customer", _code),
        ("facet", _code),  # the kind of use that the person cares about
        ("taken_up", _code),  # the facet of their last proposal that was carried out, or -1
        ("gone_cause", _code),
        ("adopted", _day),
        ("gone", _day),
        ("recruiter", _count),  # whose recommendation brought the person to the product, or -1
        ("tempo", _trait),  # how often the person comes, relative to others
        ("need_rate", _trait),  # needs per day at a fit of one half
        ("suited", _trait),  # how well the product suits the person, in standard deviations
        ("passion", _level),  # for the product, relative to others; 64 bits, because its logarithm is taken
        ("spent", _level),  # money so far
        ("trust", _level),  # in the host, 0 to 1
        ("grievance", _level),  # 0 and up
        ("minutes_day", _day),
        ("attention", _trait),  # minutes on a day with a visit
        ("minutes_left", _level),  # what remains of today's attention
        ("elsewhere", _level),  # share of needs met outside, or -1 for the setting's (see `treatment`)
    ]
    + [(name, _trait) for name in MOTIVES]
    + [
        ("contribution", _trait),  # how much the person gives on a visit, relative to others
        ("expertise", _trait),  # 0 to 1
        ("ad_sensitivity", _trait),  # relative to others
        ("restless", _trait),  # how often life interrupts the person, relative to others
        ("comfort", _trait),  # how readily an acquaintance online becomes a tie
        ("hurdle", _trait),  # 0 to 1: the person speaks in public only if it exceeds a threshold (see `asking`)
        ("competitive", _trait),  # how much goals, points and comparison move the person, relative to others
    ],
    align=True,
)

MEMBERSHIP = np.dtype(
    [
        ("status", _code),
        ("join_cause", _code),
        ("left_cause", _code),
        ("silent", np.bool_),  # reads and no longer posts
        ("subscriber", np.bool_),  # pays to see no ads
        ("need_open", np.bool_),  # came today with a need
        ("need_met", np.bool_),  # had the need met today
        ("joined", _day),
        ("left", _day),
        ("invited", _day),
        ("friends", _few),  # latent ties who are members
        ("life_day", _day),  # when life takes the member elsewhere
        ("stamp", _day),  # day to which the fading levels below refer
        ("waiting", _few),  # replies by members not yet seen
        ("waiting_host", _few),  # replies by the host not yet seen
        ("news", _level),  # of friends, those who joined of late, faded: what there is to talk about
        ("interest", _level),
        ("contacts", _level),  # recent posts by bonded members, weighted by strength
        ("mail_own", _level),  # share of the messages to all that reach the member: see `treatment`
        ("last_visit", _level),  # day and hour
        ("hour", _level),  # of today's visit, day and hour
        ("belonging", _level),  # attachment to people in the place, 0 to 1
        ("asking", _level),  # recent questions, faded
        ("helping", _level),  # recent answers, faded
        ("identity", _level),  # attachment to the place as a group, 0 to 1
        ("lately", _level),  # posts of any kind in about the last month, faded
        ("disappointment", _level),
        ("fatigue", _level),  # recent messages to all, faded, as of `mailed`
        ("recognition", _level),  # by awards
        ("ads", _level),  # slow stock of ads met
        ("crowded", _level),  # what pay has taken from giving for its own sake
        ("mailed", _day),  # day of the last message to all
        ("last_post", _day),
        ("streak", _few),  # days in a row with a post, up to that one
        ("thanked", _day),  # last
        ("visits", _few),
        ("seen", _few),  # threads that they read on their last visit
        ("collected", _few),  # replies by members found today
        ("collected_host", _few),  # replies by the host found today
        ("awards", _few),  # received
        ("honours", _few),  # of these, the public ones
        ("referrer", _count),
        ("addressed", _count),  # the row of the last reply to them that they have not returned, or -1
        ("open_thread", _count),  # the member's latest question, until it is answered or given up
        ("questions", _count),
        ("talks", _count),
        ("answers", _count),
        ("replies", _count),  # received
        ("thanks", _count),  # received
        ("fit", _level),  # how well the venue suits the member
        ("held", _level, (PARTS,)),  # what visits gave and cost: see `worth`
        ("praise_peers", _level),  # acknowledged by peers since the last visit, in awards' worth
        ("praise_host", _level),  # acknowledged by the host since the last visit
        ("drawn", _level),  # how much they were written to directly, in greetings' worth
        ("beyond", _level),  # of recent answers, those on other facets than the member's own
        # what an experimenter set for this member alone (see `treatment`), beside `mail_own`
        ("ads_own", _level),  # factor on the venue's ad load
        ("toll", _level),  # reward taken from each visit
        ("points_own", _level),  # the member's own points lever, or -1 for the venue's
        ("told", _level),  # the median member's monthly posts, as shown to this member, or -1 for none shown
        ("pay", _level),  # for each contribution, in units of an award's worth
    ],
    align=True,
)

# What only some worlds need of a person, and of a membership. The tables are apart, so that the columns above stay
# close together in memory: a world in which none of it happens never reads them.
LIFE = np.dtype(
    [
        ("company", _level),  # found outside all venues, 0 to 1 (`circles`)
        ("feed", _level),  # time for a feed of strangers' posts, relative to others
        ("progress", _level),  # on the way to being well, 0 to 1 (`struggle`)
        ("scar", _level),  # memory of a breach of trust, 0 and up (`storms`)
        ("troubled", np.bool_),
        ("well", np.bool_),  # was troubled, and is no longer
        ("hit", np.bool_),  # by the product's fault
    ],
    align=True,
)
STANDING = np.dtype(
    [
        ("known", _level),  # by those of the host's people who have a name, 0 to 1 (`guests`)
        ("opened_up", _level),  # 1 from when the member told of their trouble until the next visit (`struggle`)
        ("grasped", _level),  # how much the member is asked for more than they get (`dealings`)
        ("steward", np.bool_),  # holds keys
        ("was_critic", np.bool_),  # criticised before they were a champion
        ("won", np.bool_),  # and then became one
        ("pays", np.bool_),  # for being inside
        ("barred", np.bool_),  # by the price
    ],
    align=True,
)

BOND = np.dtype([("strength", _level), ("partner", _count), ("stamp", _day)], align=True)

THREAD = np.dtype(
    [
        ("key", np.uint64),
        ("time", _level),  # day and hour
        ("answered", _level),  # time of the first reply by another, or -1
        ("appeal", _level),
        ("author", _count),
        ("answerer", _count),  # of the first reply
        ("replies", _count),
        ("kind", _code),
        ("facet", _code),
        ("quality", _level),  # of the best reply; 1 is middling
        ("first_post", np.bool_),
        ("considered", np.bool_),  # its author has considered asking again
        ("superseded", np.bool_),  # its author asked again
        ("muted", np.bool_),  # an experimenter lets nobody reply to it while it is fresh
        ("rejected", np.bool_),  # turned away, so nobody replies to it
        ("induced", np.bool_),  # the need arose from browsing: without the venue there would be no ticket
    ],
    align=True,
)

VOICE = np.dtype(
    [("person", _count), ("day", _day), ("facet", _code), ("good", np.bool_), ("deleted", np.bool_)], align=True
)

ANSWER = np.dtype(
    [("time", _level), ("quality", _level), ("thread", _count), ("person", _count), ("to", _count), ("score", _count)],
    align=True,
)

EVENT = np.dtype(
    [
        ("day", _day), ("kind", _code), ("cause", _code), ("venue", _code),
        ("actor", _count), ("target", _count), ("thread", _count),
    ],
    align=True,
)  # fmt: skip

# The current state of a venue: its rules, what its host does today, and where its tables end.
NOW = np.dtype(
    [
        (name, _level)
        for name in (
            *(name for name, default in Venue._field_defaults.items() if isinstance(default, float)),
            # the host today
            "tone", "promo", "reply_share", "joins_in", "hours_left", "hours_used", "awards_due", "broadcast",
            "executive", "onboarding", "listening", "host_on", "response",
            # stocks
            "exec_stock", "questions_yesterday", "talks_yesterday", "joins_yesterday", "host_share", "pulse",
            "visitors_pulse", "answered_share", "award_rate", "judged", "newcomers_load", "heeding",
            # places, keys, guests, storms, money
            "shut", "added_ads", "handed", "strain", "expert_stock", "storm", "shielded", "raised_ads",
            "hushed",  # 1 where an experimenter keeps members from replying and talking; they may still ask
        )
    ]
    + [(name, np.int64) for name in (
        "members", "threads", "threads_before", "answers", "answers_before", "aged", "voices", "voices_before",
        "voices_reviewed",
    )],
    align=True,
)  # fmt: skip


def rows(n: int | tuple[int, ...], dtype: np.dtype[Any]) -> Rows:
    """Return `n` rows of zeros. Kernels write a column as `table[i].name`, other code as `table["name"]`."""
    table = np.zeros(n, dtype)
    return table.view(np.recarray) if WITHOUT_COMPILER else table


def window(table: Rows, row: int) -> Any:
    """Return a view of one row, whose columns can be read and written by name."""
    return table.view(np.recarray)[row]


def grown(table: Rows, needed: int) -> Rows:
    """Return the table with room for `needed` rows: the same object if there is room, else one of twice the size."""
    if needed <= len(table):
        return table
    larger = rows(max(needed, 2 * len(table)), table.dtype)
    larger[: len(table)] = table
    return larger


def new_memberships(n: int) -> Rows:
    """Return the memberships of `n` people in a venue that nobody has joined yet."""
    memberships = rows(n, MEMBERSHIP)
    for name in ("referrer", "open_thread", "addressed"):
        memberships[name] = NOBODY
    for name in ("joined", "left", "life_day"):
        memberships[name] = NEVER
    for name in ("invited", "last_post", "mailed", "thanked"):
        memberships[name] = -NEVER
    for name in ("last_visit", "points_own", "told"):
        memberships[name] = -1.0
    for name in ("ads_own", "mail_own"):
        memberships[name] = 1.0
    return memberships


class Wall(ctypes.Structure):
    """A table of one row, read and written by name: `wall.tone`. Kernels use the same memory as `wall.table`.

    It is a C structure over the row. Access by name takes a fifth of NumPy's time, and there are fifty of them a day.
    """

    _fields_ = [(name, ctypes.c_int64 if NOW[name].kind == "i" else ctypes.c_double) for name in NOW.names or ()]
    table: Rows

    @classmethod
    def over(cls, table: Rows) -> "Wall":
        """Return the wall that shares its memory with a table of one row."""
        wall = cls.from_buffer(table)
        wall.table = table
        return wall

    def __deepcopy__(self, memo: dict[int, Any]) -> "Wall":
        return Wall.over(self.table.copy())


Column = NDArray[Any]
