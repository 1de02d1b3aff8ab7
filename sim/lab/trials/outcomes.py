"""Outcomes: what is measured. Each is a number per person, over a window of days after the person's enrolment.

To add an outcome, write a function of the event log (`@outcome`) or of the world on a morning (`@state_outcome`). A
trial can then use the function's name.
"""

import numpy as np

from sim.lab.trials.registry import outcome, state_outcome
from sim.lab.trials.snapshot import POSTS, Floats, History, Ints, Scene
from sim.lab.trials.trial import Window
from sim.world import events
from sim.world.state import CUSTOMER

MONTH = 30


@outcome("posts")
def posts(history: History, window: Window) -> Floats:
    """Return the number of questions, social posts and answers."""
    return history.count(POSTS, window)


@outcome("posted", yes_or_no=True)
def posted(history: History, window: Window) -> Floats:
    """Tell whether the person posted at all."""
    return history.any(POSTS, window)


@outcome("posted again", yes_or_no=True)
def posted_again(history: History, window: Window) -> Floats:
    """Tell whether the person posted again after the post that led to enrolment."""
    return history.any(POSTS, window)


@outcome("answers given")
def answers(history: History, window: Window) -> Floats:
    """Return the number of answers given."""
    return history.count((events.ANSWERED,), window)


@outcome("questions asked")
def questions(history: History, window: Window) -> Floats:
    """Return the number of questions asked. A question asked again counts again."""
    return history.count((events.ASK, events.ASK_AGAIN), window)


@outcome("social posts")
def talks(history: History, window: Window) -> Floats:
    """Return the number of social posts, including follow-ups."""
    return history.count((events.TALKED,), window)


@outcome("visits")
def visits(history: History, window: Window) -> Floats:
    """Return the number of visits, at most one a day."""
    return history.count((events.VISIT,), window)


@outcome("active", yes_or_no=True)
def active(history: History, window: Window) -> Floats:
    """Tell whether the person visited at all."""
    return history.any((events.VISIT,), window)


@outcome("retained", yes_or_no=True)
def retained(history: History, window: Window) -> Floats:
    """Tell whether the person visited in the last 30 days of the window."""
    return history.any((events.VISIT,), (max(window[0], window[1] - MONTH), window[1]))


@outcome("joined", yes_or_no=True)
def joined(history: History, window: Window) -> Floats:
    """Tell whether the person joined the venue."""
    return history.any((events.JOIN,), window)


@outcome("left", yes_or_no=True)
def exits(history: History, window: Window) -> Floats:
    """Tell whether the person left the venue."""
    return history.any((events.EXIT,), window)


@outcome("thanks received")
def thanks_received(history: History, window: Window) -> Floats:
    """Return the number of thanks received."""
    return history.count((events.THANK,), window, role="target")


@outcome("likes received")
def likes_received(history: History, window: Window) -> Floats:
    """Return the number of likes received."""
    return history.count((events.LIKE,), window, role="target")


@outcome("awards received")
def awards_received(history: History, window: Window) -> Floats:
    """Return the number of awards received, without those of the trial."""
    return history.count((events.AWARD,), window, role="target")


@outcome("replies received")
def replies_received(history: History, window: Window) -> Floats:
    """Return the number of replies received, from members and the host."""
    return history.count((events.ANSWERED, events.HOST_ANSWERED), window, role="target")


@outcome("support tickets")
def tickets(history: History, window: Window) -> Floats:
    """Return the number of questions to the support desk."""
    return history.count((events.TICKET,), window, anywhere=True)


@outcome("referrals")
def referrals(history: History, window: Window) -> Floats:
    """Return the number of strangers referred to the product."""
    return history.count((events.REFER,), window, anywhere=True)


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
