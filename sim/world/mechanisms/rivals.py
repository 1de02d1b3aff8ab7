"""Rivals: another company copies the product, and newness attracts people and puts them off.

Claim
    A copy has what the original had some time ago, so it is always behind, unless it adds what the original lacks.
    Where a product is worth more because others use it, whoever copies it must win over its users as well. What is new
    makes people curious for a while; what is unfamiliar costs effort.
Rule
    From day `copies` on the rival's fit, by facet, is f' = g + better (1 - g), where g is ours of `copies` days ago,
    less the drift since. Its pull is R = pull exp(sense (f' - f + network (their users - ours) / people)). It adds to
    `rival` in churn (see `leaving`); of those who churn, R / (1 + rival + R + grudge G) go over. Strangers who adopt
    take the copy with R / (1 + R), and all users spread the word. The rival's customers churn by the same rule, with no
    recruiter and no belonging; the pull back is pull exp(-sense (...) - G).
    A product that departs by d from what is known is tried more often by exp(novelty sqrt(d) exp(-day / wears) -
    strange d^2 (1 - share of users)). New customers' churn is raised by early d^2 in their first `learning` days.
Source
    Concave novelty against convex unfamiliarity is the form that essay 001's claim about 20 % takes. With both above 0,
    a best d between the ends is put in for the first try; where it lies, and whether users or money follow, is not.
    That much convention with some novelty does best: Uzzi et al. 2013 (abstract; an association, in science). Choice in
    proportion to exp(value) is logit, a convention of the field. All sizes are assumed; novelty and strangeness are
    equal, so that neither is favoured. Off: copies and d at 0.
Deviations
    One rival stands for all. It never stumbles, has no community, and takes no effort or skill; d does not make a
    product harder to copy. Its price is ours. Those who came back have no memory of the rival.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events
from sim.world.compiled import kernel, rule
from sim.world.draws import stream, uniform
from sim.world.interfaces import AnyWorld, CompiledWorld
from sim.world.mechanisms.advocacy import become_customer
from sim.world.mechanisms.leaving import MONTH, p_churn
from sim.world.mechanisms.leaving import Parameters as Leaving
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.memory import faded
from sim.world.parameters import param
from sim.world.state import FACETS, GONE, NEVER, NOBODY, Column, Rows


class Parameters(NamedTuple):
    """How strongly people compare products, and what newness does to them."""

    pull: float = param(1.0, "share of churn", 0, 10, "assumed", "of a copy as good as the original: churn doubles")
    sense: float = param(4.0, "log per value", 0, 10, "assumed", "half more fit is seven times as attractive")
    novelty: float = param(1.0, "log", 0, 5, "assumed", "wish to try what is wholly new, while it is")
    wears: float = param(365, "days", 7, 3650, "assumed", "how long a product on the market is news")
    strange: float = param(1.0, "log", 0, 5, "assumed", "reluctance to try what is wholly new and used by nobody")
    early: float = param(1.0, "share of churn", 0, 10, "assumed", "new customers of a wholly new product leave more")
    learning: float = param(90, "days", 1, 730, "assumed", "until a product is familiar to whoever uses it")


@rule
def fit_of_copy(fit: float, drift: float, lag: float, better: float) -> float:
    """Return the fit of a copy, given the original's fit so many days ago: needs have moved on since."""
    copied = fit * math.pow(1.0 - drift, lag)
    return copied + better * (1.0 - copied)


@rule
def pull_of(lead: float, p: Parameters) -> float:
    """Return the pull of a product whose value exceeds that of one's own by `lead`."""
    return p.pull * math.exp(p.sense * lead)


@rule
def wish_to_try(different: float, days: float, share: float, p: Parameters) -> float:
    """Return by what factor a product that departs from the known is tried, after so many days and with such use."""
    news = p.novelty * math.sqrt(different) * math.exp(-days / p.wears)
    return math.exp(news - p.strange * different * different * (1.0 - share))


@rule
def unfamiliar(different: float, p: Parameters) -> float:
    """Return what a departure from the known adds to new customers' churn."""
    return p.early * different * different


@kernel
def reconsider(
    people: Rows, copied: Column, lead: Column, day: int, log: Rows, key: np.uint64, p: Parameters, leaving: Leaving,
    memory: Memory,
) -> tuple[int, int]:  # fmt: skip
    """Review one in 28 of the rival's customers. Return how many come to us, and how many leave both."""
    today = stream(key, day)
    won, lost = 0, 0
    for i in range((-day) % MONTH, len(people), MONTH):
        person = people[i]
        if person.customer != GONE or person.gone_cause != events.RIVAL:
            continue
        person.grievance = faded(person.grievance, float(MONTH), memory.lasting)
        back = pull_of(-lead[person.facet], p) * math.exp(-person.grievance)
        chance = p_churn(copied[person.facet], person.suited, False, 0.0, back, 0.0, float(MONTH), leaving)
        if uniform(today, i, 0) >= chance:
            continue
        if uniform(today, i, 1) * (1.0 + back) < back:
            become_customer(person, day, NOBODY)
            person.gone = NEVER
            events.note(log, day, events.ADOPT, i, NOBODY, -1, -1, events.RIVAL)
            won += 1
        else:
            person.gone_cause = events.PRODUCT
            lost += 1
    return won, lost


def compete(world: AnyWorld, p: Parameters) -> tuple[Column, Column] | None:
    """Set what rival and novelty do today. Return the copy's fit and its lead in value by facet, if there is one."""
    product, levers, outside = world.product, world.settings.product, world.settings.outside
    people = len(world.people)
    product.copy[:] = 0.0
    product.tried = wish_to_try(levers.different, float(world.day), product.customers / people, p)
    product.unfamiliar = unfamiliar(levers.different, p)
    lag = math.ceil(outside.copies)
    if lag == 0 or not product.on_market:
        product.past.clear()
        return None
    product.past.append(tuple(product.fit.tolist()))
    if len(product.past) <= lag:
        return None
    fit, ahead = product.past.pop(0), levers.network * (product.at_rival - product.customers) / people
    copied = np.array([fit_of_copy(one, levers.drift, float(lag), outside.better) for one in fit])
    lead = copied - product.fit + ahead
    for facet in range(FACETS):
        product.copy[facet] = pull_of(float(lead[facet]), p)
    return copied, lead


def is_on(world: AnyWorld) -> bool:
    """Tell whether anything competes or is new, or did until yesterday."""
    product, settings = world.product, world.settings
    return bool(settings.outside.copies or settings.product.different or product.past or product.tried != 1.0)


def settle(world: AnyWorld, won: int, lost: int) -> None:
    """Count those who came to us from the rival, and those who left both."""
    world.product.customers += won
    world.product.at_rival -= won + lost


def step(world: CompiledWorld) -> None:
    """Let a rival copy the product, and its customers reconsider."""
    if not is_on(world):
        return
    p, numbers = world.parameters["rivals"], world.parameters
    if (offer := compete(world, p)) is not None:
        copied, lead = offer
        won, lost = reconsider(
            world.people, copied, lead, world.day, world.log, world.keys["rivals"], p, numbers["leaving"],
            numbers["memory"],
        )  # fmt: skip
        settle(world, won, lost)
