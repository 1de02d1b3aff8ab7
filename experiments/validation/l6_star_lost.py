"""L6: those who are tied to a star give a little less after losing it, and for good.

Finding: after 112 eminent scientists had died suddenly, the quality-adjusted output of those who had published with
them was 5 to 8 % lower, lastingly; it was closeness in topic that mattered, less so closeness in place or in social
ties. Source: Azoulay, Graff Zivin & Wang 2010; an abstract was read; a natural experiment. Experiment: after a year one
of those 1 % of the members who replied most is taken out for good; contributions of members who had a bond with them,
over the three years that follow, against the same people where the star has stayed. The same change of contributors
without such a bond, who had given about as much, is taken off. Further stars are lost in copies of the same world.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target, pooled
from sim.world import census, events, treatment
from sim.world.state import DORMANT, MEMBER, NEVER
from sim.world.world import World

ROW = Row(
    id="L6", title="Losing a star costs those tied to it a little, for good",
    source="Azoulay, Graff Zivin & Wang 2010, QJE", read="abstract or summary", evidence="quasi-experiment", tier=1,
    profile="peer_production",
    targets=(
        Target("three_years", -0.065, low=-0.12, high=-0.03, unit="share of contributions"),
        Target("third_year", None, low=-1.0, high=0.0, unit="share of contributions"),
    ),
    stated="nothing", pooling="together",
    ablate={"visit.peers": 0.0, "worth.company": 0.0, "leaving.hold_contacts": 0.0, "answering.bond": 0.0},
    note="Contributions are counted, not weighed by quality, and are acts of an hour, not papers of a year. A bond "
    "here is from replies, so it is closeness in topic and between people at once. Where a place gets quieter as a "
    "whole, both groups feel it, and it is taken off. Stars are chosen by chance among the top 1 % (about five), "
    "three to a world.",
)  # fmt: skip
YEAR, YEARS, STARS, SHARE, MATCHES = 365, 3, 3, 0.01, 3
START = YEAR


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return contributions of the tied and of those matched to them, without their star and with it, by year."""
    settings = bench.settings(ROW.profile, days=START + YEARS * YEAR)
    world = bench.world(settings, seed).run(until=START)
    given, inside = contributions(world, 0), np.isin(world.memberships[0]["status"], (MEMBER, DORMANT))
    top = most_helpful(world, inside)
    found = dict.fromkeys((f"{who}_{when}_{k}" for who in WHO for when in WHEN for k in range(YEARS)), 0.0)
    courses = []
    for star in np.random.default_rng(seed).choice(top, size=min(STARS, len(top)), replace=False).tolist():
        tied = tied_to(world, star)
        others = np.setdiff1d(np.flatnonzero(inside & (given > 0)), [*tied, star])
        tied = tied[given[tied] > 0]
        courses.append((tied, matched(given, tied, others), without(world.fork(), star)))
    as_it_was = lived(world)
    for tied, alike, course in courses:
        for when, years in zip(WHEN, (course, as_it_was), strict=True):
            for k, counts in enumerate(years):
                found[f"tied_{when}_{k}"] += float(counts[tied].sum())
                found[f"matched_{when}_{k}"] += float(counts[alike].sum()) / MATCHES
    return found


WHO, WHEN = ("tied", "matched"), ("without", "with")


def most_helpful(world: World, inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the 1 % of the members who have replied most."""
    replies = event_log.posts(world, kinds=(events.ANSWERED,)).counts(len(world.people))
    members = np.flatnonzero(inside)
    order = np.argsort(-replies[members], kind="stable")
    return members[order][: max(1, round(SHARE * len(members)))]


def tied_to(world: World, star: int) -> NDArray[np.int64]:
    """Return who has a bond with the star, or of whom the star has one."""
    person, partner, _ = census.bond_pairs(world, world.venues[0])
    return np.union1d(person[partner == star], partner[person == star])


def matched(given: NDArray[np.int64], tied: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for each of the tied, the three others who have given most nearly as much; others may serve often."""
    gaps = np.abs(given[others][None, :] - given[tied][:, None])
    return others[np.argsort(gaps, axis=1, kind="stable")[:, :MATCHES]].ravel()


def without(world: World, star: int) -> list[NDArray[np.int64]]:
    """Return everybody's contributions in each year after the star is taken out for good."""
    treatment.remove(world, 0, star)
    world.membership(0, star).left = NEVER  # those who have just left may not join (see `join.may_join`)
    return lived(world)


def lived(world: World) -> list[NDArray[np.int64]]:
    """Live to the end and return everybody's contributions in each of the three years."""
    world.run()
    return [contributions(world, START + k * YEAR) for k in range(YEARS)]


def contributions(world: World, start: int) -> NDArray[np.int64]:
    """Return everybody's number of posts in the year from day `start`."""
    posts = event_log.posts(world)
    within = (posts.day >= start) & (posts.day < start + YEAR)
    return np.bincount(posts.person[within], minlength=len(world.people))


def combine(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the change of the tied over and above that of the matched, in all years and in the last."""

    def change(some: Sequence[dict[str, float]], years: Sequence[int]) -> float:
        sums = {
            (who, when): sum(one[f"{who}_{when}_{k}"] for one in some for k in years) for who in WHO for when in WHEN
        }
        if min(sums.values()) <= 0.0:
            return float("nan")
        own, alike = (sums[who, "without"] / sums[who, "with"] for who in WHO)
        return own / alike - 1.0

    return {
        "three_years": pooled(samples, lambda some: change(some, range(YEARS))),
        "third_year": pooled(samples, lambda some: change(some, (YEARS - 1,))),
    }
