"""Measures of what only some worlds have: several places, keys and names, storms, struggle, a young company, rivals.

The outcomes of every world stand in `census`. These are undefined, or 0, where nothing of the kind happens.
"""

import numpy as np

from sim.world import tally
from sim.world.census import CHAMPION, LURKER, ratio, roles
from sim.world.interfaces import CompiledVenue, CompiledWorld
from sim.world.levers import COMPANY
from sim.world.measures import ACTIVE_DAYS
from sim.world.mechanisms import circles
from sim.world.mechanisms.memory import all_faded
from sim.world.mechanisms.voicing import is_stormy
from sim.world.state import CUSTOMER, DORMANT, FACETS, MEMBER, Column


def outcomes(world: CompiledWorld) -> dict[str, float]:
    """Return one number for each of these outcomes, by its name in `measures.OUTCOMES`."""
    venue = world.venues[0]
    flow = dict(zip(tally.NAMES, map(float, venue.tally), strict=True))
    found = _of_places(world) | _of_circles(world) | _of_keys_and_names(world, venue, flow)
    found |= _of_storms(world, flow) | _of_struggle(world, venue, flow)
    return found | _of_startup(world) | _of_rivals(world)


def _of_places(world: CompiledWorld) -> dict[str, float]:
    """Return what becomes of people over all places, the company's own and others'."""
    memory, p = world.parameters["memory"], world.parameters["census"]
    role = np.array([roles(venue.memberships, world.day, memory, p) for venue in world.venues])
    active = (role >= LURKER) & (role <= CHAMPION)
    others = np.array([venue.levers.owner != COMPANY for venue in world.venues])
    somewhere = active.any(axis=0)
    home = np.zeros(active.shape[1])
    for venue, here in zip(world.venues, active, strict=True):
        belonging = all_faded(venue.memberships["belonging"], venue.memberships["stamp"], world.day, memory.belonging)
        home = np.where(here, np.maximum(home, belonging), home)
    people = float(somewhere.sum())
    return {
        "everywhere": people, "at_others": float(active[others].any(axis=0).sum()),
        "places_each": ratio(float(active.sum()), people), "home": ratio(float(home[somewhere].sum()), people),
    }  # fmt: skip


def company_in_all(world: CompiledWorld) -> Column:
    """Return the company that people find outside all venues, plus their belonging where they belong most."""
    life = world.parameters["memory"].belonging
    belonging = [all_faded(venue.memberships["belonging"], venue.memberships["stamp"], world.day, life)
                 * (venue.memberships["status"] == MEMBER) for venue in world.venues]  # fmt: skip
    return np.asarray(world.lives["company"] + np.max(belonging, axis=0))


def _of_circles(world: CompiledWorld) -> dict[str, float]:
    """Return how many people are isolated: undefined where nobody's company outside is followed."""
    lonely = company_in_all(world) < world.parameters["circles"].isolated
    return {"isolated": float(lonely.mean()) if circles.is_on(world) else float("nan")}


def _of_keys_and_names(world: CompiledWorld, venue: CompiledVenue, flow: dict[str, float]) -> dict[str, float]:
    """Return who holds keys and what they do, and how many members those with a name know."""
    standings, status = venue.standings, venue.memberships["status"]
    inside = (status == MEMBER) | (status == DORMANT)
    return {
        "stewards": float((standings["steward"] & (status == MEMBER)).sum()),
        "duties_done": ratio(flow["duties_done"], flow["duties"]),
        "known": ratio(float(standings["known"][inside].sum()), float(inside.sum())),
        "passed_on": flow["passed_on"],
    }  # fmt: skip


def _of_storms(world: CompiledWorld, flow: dict[str, float]) -> dict[str, float]:
    """Return what became of criticism."""
    proposals = flow["suggestions"] if is_stormy(world) else float("nan")  # nobody counts them otherwise
    constructive = ratio(proposals, flow["criticisms"])
    return {"constructive": constructive} | {name: flow[name] for name in ("criticisms", "defences", "won_over")}


def _of_struggle(world: CompiledWorld, venue: CompiledVenue, flow: dict[str, float]) -> dict[str, float]:
    """Return what became of those who live with trouble."""
    m = venue.memberships
    active = (m["status"] == MEMBER) & (world.day - m["last_visit"] <= ACTIVE_DAYS)
    stayed = float((world.lives["well"] & active).sum())
    return {"mentors": stayed} | {name: flow[name] for name in ("disclosures", "graduated")}


def _of_startup(world: CompiledWorld) -> dict[str, float]:
    """Return how a young company did, and how far what its product team heard is from what customers lacked."""
    product, people, needs = world.product, world.people, world.settings.product.runway <= 0.0
    until = np.where(people["customer"] == CUSTOMER, world.day, np.minimum(people["gone"], world.day))
    days = np.maximum(0, until - np.minimum(people["adopted"], world.day))
    weight = np.bincount(people["facet"], people["need_rate"] * days, FACETS)
    true = weight * (product.lacked + 1.0 - product.fit)
    said = np.add(product.acted_on, product.heard)
    whole = true.sum() * said.sum()
    far = 0.5 * np.abs(true / true.sum() - said / said.sum()).sum() if whole > 0.0 else float("nan")
    fate = {"alive": not (product.broke or product.demoralised), "broke": product.broke,
            "demoralised": product.demoralised}  # fmt: skip
    return {name: float("nan") if needs else float(is_so) for name, is_so in fate.items()} | {"misheard": float(far)}


def _of_rivals(world: CompiledWorld) -> dict[str, float]:
    """Return our part of those who use the product or its copy."""
    ours = float(world.product.customers) if world.product.on_market else 0.0
    rival = world.settings.outside.copies > 0.0
    return {"market_share": ratio(ours, ours + world.product.at_rival) if rival else float("nan")}
