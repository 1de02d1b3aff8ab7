"""Population: people with mixed motives and unequal energy, some of whom know each other already.

Claim
    People differ far more in how much they give than in how often they come, and some lives are more settled than
    others. Buyers of one product are loosely tied before anybody builds a place for them, and in some populations the
    circles of those who know each other are more closed than in others.
Rule
    Motives: weight x Exp(1), normalised to shares. Tempo, need, attention, ad sensitivity, passion, competitiveness and
    restlessness: lognormal with mean 1, times the setting. How well the product suits a person: standard normal.
    Contribution: Pareto, capped, with mean 1. Latent ties: those who use the product in one way stand in rings of twice
    as many people as each has ties. The share `cliques` of ties goes to neighbours in the ring, the rest to anybody (at
    0 ties are random, at 1 circles are closed; between these is a small world: friends of friends are often friends).
Source
    Heavy tails of contribution: van Mierlo 2014, Ortega & Gonzalez-Barahona 2007, Wilkinson 2008 (abstracts). Rewired
    ring: Watts & Strogatz 1998. 5 to 30 % of those who earn a badge on Stack Overflow respond to it: Hoernle, Kehne,
    Procaccia & Gal 2022 (abstract). Retention rises with tenure because those at risk leave first: Fader & Hardie 2007
    (abstract); a lognormal hazard fits the cohort of subscribers in a note of theirs with a log sd of 1.3. "Buyers are
    a community with very loose ties": essay 003 and its debate.
Deviations
    Motives do not depend on expertise or age, and stay for life.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.world import levers
from sim.world.compiled import kernel, rule
from sim.world.draws import normal, stream, uniform
from sim.world.parameters import param
from sim.world.state import CUSTOMER, FACETS, MOTIVES, NEVER, NOBODY, PERSON, STRANGER, Column, Rows, rows


class Parameters(NamedTuple):
    """How much people differ."""

    tempo_spread: float = param(0.43, "log sd", 0, 2, "assumed", "prototypes met the survival rows with about 0.4")
    contribution_tail: float = param(0.89, "exponent", 0.5, 3, "calibrated", "smaller is more unequal; prototypes: 0.7")
    contribution_cap: float = param(300, "times the least", 10, 10_000, "calibrated", "nobody gives without limit")
    need_spread: float = param(1.2, "log sd", 0, 2, "calibrated", "many ask once, few ask often; prototypes: 0.6")
    attention_spread: float = param(0.5, "log sd", 0, 2, "assumed", "no source")
    ad_spread: float = param(0.9, "log sd", 0, 2, "assumed", "effect on all (A1) relative to volunteers (A4)")
    passion_spread: float = param(0.7, "log sd", 0, 2, "calibrated", "customers differ widely in what they spend")
    competitive_spread: float = param(
        1.5, "log sd", 0, 2, "assumed", "a minority responds to badges: Hoernle et al. 2022; size by hand"
    )
    restless_spread: float = param(
        1.0, "log sd", 0, 2, "calibrated", "subscribers fit 1.3 for all reasons; 0: all alike"
    )
    initial_trust: float = param(0.5, "share", 0, 1, "calibrated", "neither trust nor distrust in an unknown host")


@rule
def relative(z: float, spread: float) -> float:
    """Return a lognormal multiplier with mean 1 and log standard deviation `spread`, from a standard normal."""
    return math.exp(spread * z - 0.5 * spread * spread)


@rule
def pareto(u: float, tail: float, cap: float) -> float:
    """Return a Pareto draw capped at `cap` and divided by its mean, so that its mean is 1."""
    mean = 1.0 + (math.pow(cap, 1.0 - tail) - 1.0) / (1.0 - tail) if abs(tail - 1.0) > 1e-9 else 1.0 + math.log(cap)
    return min(cap, math.pow(1.0 - u, -1.0 / tail)) / mean


@kernel
def be_born(
    people: Rows, customers: int, weights: Column, need_rate: float, attention: float, key: np.uint64, p: Parameters
) -> None:
    """Draw everybody's traits. The first `customers` people already use the product."""
    today = stream(key, 0)
    for i in range(len(people)):
        person = people[i]
        shares = np.empty(len(weights))
        for k in range(len(weights)):
            shares[k] = -weights[k] * math.log(1.0 - uniform(today, i, k))
        shares /= max(shares.sum(), 1e-12)
        person.information, person.belonging, person.goodwill = shares[0], shares[1], shares[2]
        person.validation, person.cause, person.access, person.deals = shares[3], shares[4], shares[5], shares[6]
        person.tempo = relative(normal(uniform(today, i, 10), uniform(today, i, 11)), p.tempo_spread)
        person.contribution = pareto(uniform(today, i, 12), p.contribution_tail, p.contribution_cap)
        z = normal(uniform(today, i, 13), uniform(today, i, 14))
        person.need_rate = need_rate * relative(z, p.need_spread)
        z = normal(uniform(today, i, 15), uniform(today, i, 16))
        person.attention = attention * relative(z, p.attention_spread)
        z = normal(uniform(today, i, 17), uniform(today, i, 18))
        person.ad_sensitivity = relative(z, p.ad_spread)
        person.expertise = uniform(today, i, 19)
        person.comfort = 0.5 + uniform(today, i, 20)
        person.hurdle = uniform(today, i, 21)
        person.facet = int(uniform(today, i, 22) * FACETS)
        person.passion = relative(normal(uniform(today, i, 40), uniform(today, i, 41)), p.passion_spread)
        person.suited = normal(uniform(today, i, 42), uniform(today, i, 43))
        z = normal(uniform(today, i, 44), uniform(today, i, 45))
        person.competitive = relative(z, p.competitive_spread)
        z = normal(uniform(today, i, 46), uniform(today, i, 47))
        person.restless = relative(z, p.restless_spread)
        person.customer = CUSTOMER if i < customers else STRANGER
        person.adopted = 0 if i < customers else NEVER
        person.gone = NEVER
        person.recruiter = NOBODY
        person.trust = p.initial_trust
        person.elsewhere = -1.0
        person.taken_up = -1
        person.minutes_day = -1


def born(population: levers.Population, customers: int, key: np.uint64, p: Parameters) -> Rows:
    """Return the people: `customers` customers, and the strangers that the settings add."""
    people = rows(customers + round(customers * population.strangers), PERSON)
    weights = np.array([getattr(population, motive) for motive in MOTIVES], dtype=np.float64)
    be_born(people, customers, weights, population.need_rate, population.attention, key, p)
    return people


def acquainted(people: Rows, population: levers.Population, key: np.uint64) -> tuple[Column, Column]:
    """Return the latent ties: `start` (n + 1,) and `partner`, so that i knows `partner[start[i]:start[i + 1]]`."""
    one, other = tie_ends(people["facet"], population.latent_ties, population.cliques, key)
    ends = np.concatenate([one, other])
    order = np.argsort(ends, kind="stable")
    start = np.searchsorted(ends[order], np.arange(len(people) + 1)).astype(np.int32)
    return start, np.concatenate([other, one])[order].astype(np.int32)


def tie_ends(facet: Column, mean_ties: float, cliques: float, key: np.uint64) -> tuple[Column, Column]:
    """Return both ends of each latent tie: circles within each kind of use, the share 1 - `cliques` to anybody."""
    n = len(facet)
    ring = np.argsort(facet, kind="stable").astype(np.int64)
    size = int(np.ceil(2 * mean_ties)) + 1
    first = np.minimum(np.arange(n) // size, max(0, n // size - 1)) * size  # where each one's circle begins
    length = np.bincount(first, minlength=n)[first]
    one: list[Column] = []
    other: list[Column] = []
    for offset in range(1, int(np.ceil(mean_ties / 2)) + 1):
        exists, rewired, target = (draws_for_all(n, key, 3 * offset + k) for k in range(3))
        near = ring[first + (np.arange(n) - first + offset) % length]
        partner = np.where(rewired < 1.0 - cliques, ring[(target * n).astype(np.int64)], near)
        keep = (exists < mean_ties / 2 - (offset - 1)) & (partner != ring)
        one.append(ring[keep])
        other.append(partner[keep])
    empty = np.empty(0, np.int64)
    return np.concatenate([empty, *one]), np.concatenate([empty, *other])


@kernel
def draws_for_all(n: int, key: np.uint64, slot: int) -> Column:
    """Return one draw for each of `n` people, shape `(n,)`."""
    today = stream(key, 1)
    draws = np.empty(n)
    for i in range(n):
        draws[i] = uniform(today, i, slot)
    return draws
