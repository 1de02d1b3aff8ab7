"""Outcomes: what is measured. Each is a number per person, over a window of days after the person's enrolment.

To add an outcome, add a line to a table below, or write a function of the event log (`@outcome`) or of the world on a
morning (`@state_outcome`). A trial can then use its name.
"""

from typing import Any

import numpy as np

from sim.lab.trials.registry import outcome, state_outcome
from sim.lab.trials.snapshot import POSTS, Floats, History, Ints, Scene
from sim.lab.trials.trial import Window
from sim.world import events
from sim.world.state import CUSTOMER

MONTH = 30
# Numbers of events: name, label, kinds of events, and which of them count if not those that the person caused.
COUNTS: tuple[tuple[str, str, tuple[int, ...], dict[str, Any]], ...] = (
    ("posts", "posts", POSTS, {}),
    ("answers", "answers given", (events.ANSWERED,), {}),
    ("questions", "questions asked", (events.ASK, events.ASK_AGAIN), {}),  # a question asked again counts again
    ("talks", "social posts", (events.TALKED,), {}),  # including follow-ups
    ("visits", "visits", (events.VISIT,), {}),  # at most one a day
    ("thanks_received", "thanks received", (events.THANK,), {"role": "target"}),
    ("likes_received", "likes received", (events.LIKE,), {"role": "target"}),
    ("awards_received", "awards received", (events.AWARD,), {"role": "target"}),  # without those of the trial
    ("replies_received", "replies received", (events.ANSWERED, events.HOST_ANSWERED), {"role": "target"}),
    ("tickets", "support tickets", (events.TICKET,), {"anywhere": True}),
    ("referrals", "referrals", (events.REFER,), {"anywhere": True}),
)
# Whether the person did it at all: name, label and kinds of events.
SHARES = (
    ("posted", "posted", POSTS),
    ("posted_again", "posted again", POSTS),  # after the post that led to enrolment
    ("active", "active", (events.VISIT,)),
    ("joined", "joined", (events.JOIN,)),
    ("exits", "left", (events.EXIT,)),
)


def _of_events(name: str, label: str, method: str, kinds: tuple[int, ...], **which: Any) -> None:
    """Register an outcome that a method of the history works out from some kinds of events."""

    def measure(history: History, window: Window) -> Floats:
        found: Floats = getattr(history, method)(kinds, window, **which)
        return found

    measure.__name__ = name
    outcome(label, yes_or_no=method == "any")(measure)


for _name, _label, _kinds, _which in COUNTS:
    _of_events(_name, _label, "count", _kinds, **_which)
for _name, _label, _kinds in SHARES:
    _of_events(_name, _label, "any", _kinds)


@outcome("retained", yes_or_no=True)
def retained(history: History, window: Window) -> Floats:
    """Tell whether the person visited in the last 30 days of the window."""
    return history.any((events.VISIT,), (max(window[0], window[1] - MONTH), window[1]))


@state_outcome("still a member", yes_or_no=True)
def member(scene: Scene, persons: Ints) -> Floats:
    """Tell whether the person is a member, active or dormant."""
    return np.asarray(scene.is_member()[persons], np.float64)


@state_outcome("still a customer", yes_or_no=True)
def customer(scene: Scene, persons: Ints) -> Floats:
    """Tell whether the person uses the product."""
    return np.asarray(scene.people["customer"][persons] == CUSTOMER, np.float64)


@state_outcome("money spent", gained=True)
def spending(scene: Scene, persons: Ints) -> Floats:
    """Return the money spent so far."""
    return np.asarray(scene.people["spent"][persons], np.float64)
