"""What became of outcomes in the arms of a comparison, in sentences that are computed from the tables."""

import math
from collections.abc import Mapping, Sequence

from sim.lab.runs.stated import BY_CONSTRUCTION
from sim.show.results import BASE, Results, measure
from sim.show.words import MOST_CLAUSES, PERCENT, POINTS, amount, capital, listed, span

CANT_TELL = "can't tell"  # in the tables; a reader sees "unclear"
SAME = "no difference"
NO_VALUE = "no value"
QUIET = (SAME, CANT_TELL, NO_VALUE, BY_CONSTRUCTION)
SAID = {
    "size": "the number of active members", "survival": "host-off survival",
    "survival_vs_on": "host-off survival against the twin with a host", "answered": "the share of questions answered",
    "newcomers_replied": "the share of newcomers' first posts answered", "peer_share": "members' share of replies",
    "deflected_net": "the net number of tickets deflected", "host_cost": "the host's cost",
    "community_cost": "the cost of the community",
}  # fmt: skip
LONGEST = 15  # letters of an arm's name in a figure


def arm_label(arm: str) -> str:
    """Return an arm's name as a reader would say it."""
    return "base" if arm == BASE else arm.replace("_", " ")


def tag(arm: str) -> str:
    """Return an arm's name as a figure has room for it."""
    label = arm_label(arm)
    return label if len(label) <= LONGEST else f"{label[:7].rstrip()}…{label[-6:].lstrip()}"


def said(name: str) -> str:
    """Return what an outcome is called within a sentence."""
    return SAID.get(name) or measure(name).label[:1].lower() + measure(name).label[1:]


def relative(results: Results, name: str, arm: str) -> float:
    """Return a difference as a share of the base's mean, NaN where the base is 0 or unknown."""
    row, base = results.difference(name, arm), results.mean(name).mean
    return float(row.difference) / abs(base) if row is not None and base else math.nan


def moved(results: Results, name: str, arm: str, label: str) -> str:
    """Return how an outcome clearly differs in an arm: "size is 18 % lower"."""
    row = results.difference(name, arm)
    assert row is not None  # the caller asked `verdict` first
    direction, size = "higher" if row.difference > 0 else "lower", abs(row.difference)
    if measure(name).unit.startswith("share"):
        return f"{label} is {amount(size, 'share').removesuffix(PERCENT)}{POINTS} {direction}"
    share = relative(results, name, arm)
    how_much = amount(abs(share), "share") if math.isfinite(share) else amount(size, measure(name).unit)
    return f"{label} is {how_much} {direction}"


def verdict(results: Results, name: str, arm: str) -> str:
    """Return the tables' verdict on an outcome in an arm, "no value" where it is undefined."""
    row = results.difference(name, arm)
    return NO_VALUE if row is None or not math.isfinite(row.difference) else str(row.verdict)


def unclear(results: Results, arm: str, outcomes: Mapping[str, str]) -> str:
    """Say that effects are unclear; of a single one, between which values it may lie."""
    opening = f"the effect on {listed(list(outcomes.values()))} is unclear"
    row = results.difference(next(iter(outcomes)), arm)
    if len(outcomes) > 1 or row is None or not math.isfinite(row.low):
        return opening
    after = ", before correction for many comparisons" if row.low * row.high > 0 else ""
    return f"{opening} ({span(row.low, row.high, measure(next(iter(outcomes))).unit, True)}{after})"


def arm_moved(results: Results, arm: str, outcomes: Mapping[str, str]) -> str:
    """Return what became of some outcomes (label by name): clear differences first, then what is unclear."""
    found = {name: verdict(results, name, arm) for name in outcomes}
    clauses = [moved(results, name, arm, outcomes[name]) for name, word in found.items() if word not in QUIET]
    by_word = {word: {name: outcomes[name] for name in found if found[name] == word} for word in QUIET}
    if by_word[SAME]:
        clauses.append(f"there is no difference in {listed(list(by_word[SAME].values()), 'or')}")
    if by_word[CANT_TELL]:
        clauses.append(unclear(results, arm, by_word[CANT_TELL]))
    if by_word[NO_VALUE]:
        verb = "is" if len(by_word[NO_VALUE]) == 1 else "are"
        clauses.append(f"{listed(list(by_word[NO_VALUE].values()))} {verb} undefined")
    if by_word[BY_CONSTRUCTION]:
        clauses.append(f"the settings themselves state {listed(list(by_word[BY_CONSTRUCTION].values()))}")
    return ", and ".join([", ".join(clauses[:-1]), clauses[-1]] if len(clauses) > 1 else clauses)


def together(findings: Mapping[str, str]) -> str:
    """Return what is found of each arm, in one sentence for all arms of which the same is found."""
    arms: dict[str, list[str]] = {}
    for arm, found in findings.items():
        arms.setdefault(found, []).append(arm_label(arm))
    sentences = [f"{capital(listed(names))}: {found}" for found, names in arms.items()]
    rest = len(sentences) - MOST_CLAUSES
    return ". ".join(sentences[:MOST_CLAUSES] + ([f"The figure shows {rest} more"] if rest > 0 else []))


def ends_of(ranked: Sequence[str]) -> str:
    """Return a ranking in words; of a long one the two ends."""
    return ", ".join(ranked) if len(ranked) <= MOST_CLAUSES + 1 else f"{ranked[0]} to {ranked[-1]}"


def arms_moved(results: Results, outcomes: Mapping[str, str]) -> str:
    """Return a finding over the arms: each in words where they are few, counted where they are many."""
    arms = results.alternatives
    if len(arms) <= 2:
        return together({arm: arm_moved(results, arm, outcomes) for arm in arms})
    clear = {label: sum(verdict(results, name, arm) not in QUIET for arm in arms) for name, label in outcomes.items()}
    counts = [f"{label} in {count} of {len(arms)}" for label, count in clear.items()]
    return f"Alternatives that clearly differ from the base: {listed(counts)}"
