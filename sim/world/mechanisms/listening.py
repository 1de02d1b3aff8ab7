"""Listening: overheard questions and tickets reach the product team, and releases change fit.

Claim
    People who talk to each other say what is wrong with the product. This helps only where somebody listens and acts.
    Trust grows on acts, not on announcements.
Rule
    Heard on a facet: listening x (questions + criticisms of the day) + desk x tickets / facets. What was deleted is not
    heard (`storms`).
    At each release the `fixes` facets heard of most improve: fit += improve (1 - exp(-heard / enough)) (1 - fit). Fit
    falls daily by the product's drift. A release that acted on anything is visible for a week (`response`) in each
    venue that is listened to on its day, and keeps as many promises as it improved facets. Whoever was the first there
    since the last release to criticise such a facet sees their idea carried out.
Source
    No causal estimate of feedback on product quality was found (row V5 of the scoreboard), so the form is assumed:
    concave, with few ideas taken up. Visible responses raise the volume and tone of feedback: Proserpio & Zervas 2017
    (abstract); here they raise trust.
Deviations
    Those who talk are taken as a fair sample of users. A loud minority is not modelled yet. A venue is credited with
    what was heard elsewhere, too: nobody keeps count of who said what.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import events, tally
from sim.world.interfaces import AnyVenue, AnyWorld
from sim.world.mechanisms import storms
from sim.world.parameters import param
from sim.world.state import FACETS, HOST, NOBODY, Column

WEEK = 7  # how long a release that responds to members is news to them


class Parameters(NamedTuple):
    """What a product team makes of what it hears."""

    improve: float = param(0.15, "share", 0, 1, "assumed", "part of the missing fit that a well-informed release adds")
    enough: float = param(10, "questions", 1, 1000, "assumed", "questions until a problem is understood")
    desk: float = param(0.05, "share", 0, 1, "assumed", "share of tickets that the support desk passes on")


class ProductState:
    """The product today: its fit and what was heard, per facet, how many use it, its company, and a rival's copy."""

    def __init__(self, fit: float, customers: int) -> None:
        self.fit: Column = np.full(FACETS, fit)
        self.heard = [0.0] * FACETS
        self.customers = customers
        self.acted_on = [0.0] * FACETS  # what was heard before the last release of a facet
        self.lacked: Column = np.zeros(FACETS)  # what was missing from full fit, summed over releases that acted
        # the company (`startup`)
        self.on_market, self.broke, self.demoralised = True, False, False
        self.morale, self.growth, self.burnt = 1.0, 0.0, 0.0
        self.customers_before = customers  # yesterday
        # the rival (`rivals`), and what is unfamiliar about the product
        self.past: list[tuple[float, ...]] = []  # fit on each day that the rival has not copied yet
        self.copy: Column = np.zeros(FACETS)  # the pull of the copy on our customers, by facet
        self.at_rival = 0
        self.tried, self.unfamiliar = 1.0, 0.0  # factor on the wish to try, and what is added to early churn

    @property
    def mean_fit(self) -> float:
        """Mean fit over all facets."""
        one, two, three, four = self.fit.tolist()
        return float(one + two + three + four) / FACETS


def improvement(fit: float, heard: float, p: Parameters) -> float:
    """Return the fit of a facet after a release that improved it."""
    return fit + p.improve * (1.0 - math.exp(-heard / p.enough)) * (1.0 - fit)


def hear(world: AnyWorld, venue: AnyVenue, p: Parameters) -> None:
    """Add to what the product team knows."""
    heard, listening = world.product.heard, venue.now.listening
    by_desk = p.desk * venue.flows_today(tally.TICKETS) / FACETS
    for facet, asked in enumerate(venue.questions_today()):
        heard[facet] += by_desk + listening * asked
        if asked:
            venue.tally[tally.HEARD] += listening * asked
    for facet, said in enumerate(venue.criticism_today()):
        heard[facet] += listening * said
    venue.now.response = max(0.0, venue.now.response - 1.0 / WEEK)


def release(world: AnyWorld, p: Parameters) -> None:
    """Improve what was heard of most, and let the venues that were listened to notice."""
    product = world.product
    lacked = 1.0 - product.fit
    order = sorted(range(FACETS), key=lambda facet: (-product.heard[facet], facet))
    acted: list[int] = []
    for facet in order[: int(world.settings.product.fixes)]:
        if product.heard[facet] > 0.0:
            product.fit[facet] = improvement(float(product.fit[facet]), product.heard[facet], p)
            product.acted_on[facet] += product.heard[facet]
            product.heard[facet] = 0.0
            acted.append(facet)
    product.lacked += lacked if acted else 0.0
    for venue in world.venues:
        if acted and venue.now.listening > 0.0:
            venue.now.response = 1.0
            venue.host.promised = max(0, venue.host.promised - len(acted))
            venue.tally[tally.RELEASES] += 1
            world.note(events.RELEASE, HOST, venue=venue.index, cause=events.BY_HOST)
            take_up(world, venue, acted)
        venue.now.voices_reviewed = venue.now.voices


def take_up(world: AnyWorld, venue: AnyVenue, facets: list[int]) -> None:
    """Let those who first proposed what was improved see their idea carried out."""
    for facet in facets:
        storms.ease(world, venue, facet)
        person = venue.proposer(facet)
        if person == NOBODY:
            continue
        world.person(person).taken_up = facet
        venue.tally[tally.TAKEN_UP] += 1
        world.note(events.TAKE_UP, HOST, person, venue.index, cause=events.BY_HOST)


def step(world: AnyWorld) -> None:
    """Let the product drift, hear what was said, and release when it is time."""
    p, settings = world.parameters["listening"], world.settings.product
    world.product.fit *= 1.0 - settings.drift
    for venue in world.venues:
        hear(world, venue, p)
    if world.product.on_market and (world.day + 1) % int(settings.release_days) == 0:
        release(world, p)
