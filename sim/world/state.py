"""The columns of the world: people, memberships, bonds, threads, answers.

A row is a person, a membership (person in a venue), and so on; its position is its permanent name. Traits are drawn
at birth and stay, so 32 bits are enough; what moves has 64, because `sim.plain` has to agree to the last bit.
"""

import ctypes
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = Any  # a structured array: neither NumPy's nor Numba's stubs can type its columns

WITHOUT_COMPILER = bool(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0")  # to measure coverage, and to debug

FACETS = 4  # kinds of use that the product has, and topics that people care about
BOND_SLOTS = 6  # closest contacts that a person keeps in one venue
NEVER = 29_000  # a day that does not come; 16 bits hold it, with any real day added
NOBODY = -1
HOST = -2  # stands where a person would, when the host acted

# people.customer
STRANGER, CUSTOMER, GONE = range(3)
# memberships.status
OUTSIDE, MEMBER, DORMANT, LEFT = range(4)
# threads.kind
QUESTION, TALK, SEED = range(3)

MOTIVES = ("information", "belonging", "goodwill", "validation", "cause", "access", "deals")

_trait, _level, _count, _few, _day, _code = np.float32, np.float64, np.int32, np.int16, np.int16, np.int8

PERSON = np.dtype(
    [(name, _trait) for name in MOTIVES]
    + [
        ("tempo", _trait),  # how often she comes, relative to others
        ("contribution", _trait),  # how much she gives when she is there, relative to others
        ("need_rate", _trait),  # needs per day at a fit of one half
        ("expertise", _trait),  # 0 to 1
        ("attention", _trait),  # minutes on a day that she visits
        ("ad_sensitivity", _trait),  # relative to others
        ("suited", _trait),  # how well the product suits her, in standard deviations
        ("passion", _level),  # for what is sold, relative to others; 64 bits, for its logarithm is taken
        ("comfort", _trait),  # how readily an acquaintance online becomes a tie
        ("hurdle", _trait),  # 0 to 1: how much it takes until she speaks in public
        ("facet", _code),  # the kind of use that she cares about
        ("taken_up", _code),  # the facet of the last proposal of hers that was carried out, or -1
        ("customer", _code),
        ("gone_cause", _code),
        ("adopted", _day),
        ("gone", _day),
        ("recruiter", _count),  # who brought her to the product
        ("spent", _level),  # money, so far
        ("trust", _level),  # in the host, 0 to 1
        ("grievance", _level),  # 0 and up
        ("elsewhere", _level),  # share of her needs met outside, or -1: as the setting says (see `treatment`)
        ("minutes_left", _level),  # of today's attention
        ("minutes_day", _day),
    ],
    align=True,
)

MEMBERSHIP = np.dtype(
    [
        ("status", _code),
        ("join_cause", _code),
        ("left_cause", _code),
        ("silent", np.bool_),  # reads, no longer posts
        ("subscriber", np.bool_),  # pays for meeting no ads
        ("greeted", np.bool_),
        ("need_open", np.bool_),  # came today with a need
        ("need_met", np.bool_),  # and had it met
        ("collected", np.bool_),  # found a reply waiting today
        ("joined", _day),
        ("left", _day),
        ("life_day", _day),  # when life takes her elsewhere
        ("invited", _day),
        ("referrer", _count),
        ("visits", _few),
        ("questions", _count),
        ("talks", _count),
        ("answers", _count),
        ("replies", _count),  # received
        ("thanks", _count),  # received
        ("awards", _few),  # received
        ("honours", _few),  # of these, those that others know of
        ("waiting", _few),  # replies not yet seen
        ("last_post", _day),
        ("open_thread", _count),  # her latest question, until it is answered or given up
        ("met", _few),  # threads that she has time for today
        ("seen", _few),  # threads that were new to her today
        ("friends", _few),  # latent ties who are members
        ("stamp", _day),  # day of the levels below that fade
        ("last_visit", _level),  # day and hour
        ("hour", _level),  # of today's visit, day and hour
        ("fit", _level),  # of the venue to her
        ("interest", _level),
        ("belonging", _level),
        ("contacts", _level),  # strength-weighted recent posts by those she is bonded with
        ("recognition", _level),
        ("ads", _level),  # slow stock of ads met
        ("disappointment", _level),
        ("asking", _level),  # recent questions, faded
        ("helping", _level),  # recent answers, faded
        ("beyond", _level),  # of these, those on other facets than her own
        ("lately", _level),  # posts of any kind in about the last month, faded
        # what an experimenter set for her alone (see `treatment`)
        ("ads_own", _level),  # factor on the venue's ad load
        ("mail_own", _level),  # share of the messages to all that reach her
        ("toll", _level),  # reward taken from each visit
        ("points_own", _level),  # her own lever of points, or -1: the venue's
        ("told", _level),  # monthly posts of the median member, as displayed to her, or -1: nothing is
        ("pay", _level),  # for what she gives, in rewards that matter as much as an award
        ("crowded", _level),  # what pay has taken from giving for its own sake
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
        ("first_post", np.bool_),
        ("considered", np.bool_),  # its author has thought about asking again
        ("superseded", np.bool_),  # and did
        ("muted", np.bool_),  # an experimenter lets nobody reply to it while it is fresh
        ("rejected", np.bool_),  # turned away: nobody replies to it
        ("induced", np.bool_),  # the need arose from browsing: no ticket would have been written without the venue
    ],
    align=True,
)

VOICE = np.dtype([("person", _count), ("day", _day), ("facet", _code), ("good", np.bool_)], align=True)

ANSWER = np.dtype([("time", _level), ("thread", _count), ("person", _count), ("score", _count)], align=True)

EVENT = np.dtype(
    [
        ("day", _day), ("kind", _code), ("cause", _code), ("venue", _code),
        ("actor", _count), ("target", _count), ("thread", _count),
    ],
    align=True,
)  # fmt: skip

# What holds for a venue today: its rules, what its host does today, and where its tables end.
NOW = np.dtype(
    [
        (name, _level)
        for name in (
            # rules
            "opens", "ad_load", "ad_price", "annoyance", "ad_free_price", "talk", "posting", "earning",
            "display", "points", "effort", "mission", "marketing", "launch", "goals", "peer_awards",
            "notices", "invites", "rejection", "cost",
            # the host today
            "tone", "promo", "reply_share", "joins_in", "hours_left", "hours_used", "awards_due", "broadcast",
            "executive", "onboarding", "listening", "host_on", "response",
            # stocks
            "fatigue", "exec_stock", "questions_yesterday", "joins_yesterday", "host_share", "pulse",
            "visitors_pulse", "answered_share", "award_rate", "judged", "newcomers_load", "heeding",
        )
    ]
    + [(name, np.int64) for name in (
        "members", "threads", "threads_before", "answers", "answers_before", "aged", "voices", "voices_before",
        "voices_reviewed",
    )],
    align=True,
)  # fmt: skip


def rows(n: int | tuple[int, ...], dtype: np.dtype[Any]) -> Rows:
    """Return `n` rows of zeros. In kernels a column reads as `table[i].name`, outside as `table["name"]`."""
    table = np.zeros(n, dtype)
    return table.view(np.recarray) if WITHOUT_COMPILER else table


def window(table: Rows, row: int) -> Any:
    """Return a window on one row: its columns by name, to read and to write."""
    return table.view(np.recarray)[row]


def grown(table: Rows, needed: int) -> Rows:
    """Return the table with room for `needed` rows: the same object where there is room, twice the size where not."""
    if needed <= len(table):
        return table
    larger = rows(max(needed, 2 * len(table)), table.dtype)
    larger[: len(table)] = table
    return larger


def new_memberships(n: int) -> Rows:
    """Return the memberships of `n` people in a venue that nobody has joined yet."""
    memberships = rows(n, MEMBERSHIP)
    for name in ("referrer", "open_thread"):
        memberships[name] = NOBODY
    for name in ("joined", "left", "life_day"):
        memberships[name] = NEVER
    for name in ("invited", "last_post"):
        memberships[name] = -NEVER
    for name in ("last_visit", "points_own", "told"):
        memberships[name] = -1.0
    for name in ("ads_own", "mail_own"):
        memberships[name] = 1.0
    return memberships


class Wall(ctypes.Structure):
    """A table of one row, read and written by name: `wall.tone`. Kernels get the same memory as `wall.table`.

    A C structure laid over the row: a name costs a fifth of what NumPy asks for it, and there are fifty a day.
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
