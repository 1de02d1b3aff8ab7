"""A picture of why members leave, arm by arm."""

import numpy as np

from sim.lab.runs.statistics import CONFIDENCE, contrast, holm
from sim.show.comparisons.arms import dots_by_arm
from sim.show.results import BASE, Results, Values, spread
from sim.show.runs.people import CLAUSES, EXITS
from sim.show.style import Drawing
from sim.show.verdicts import arm_label, together
from sim.show.words import amount, listed

MONTH = 30


def exits(results: Results) -> Drawing | None:
    """Why members left, arm by arm: a rate, because an arm with more members has more of them to lose."""
    rates = {arm: exit_rates(results, arm) for arm in results.arms}
    causes = [name for name in EXITS if all(name in by_cause for by_cause in rates.values())]
    if not causes:
        return None
    drawn = "Exits per 100 members a month, by the cause recorded at the exit: mean with its 95 % interval. "
    drawn += "Members are all who have joined and not left."
    missing = [arm_label(arm) for arm, by_cause in rates.items() if not np.isfinite([*by_cause.values()]).any()]
    drawn += f" Not shown: {listed(missing)}, where nobody joined." if missing else ""
    table = {arm: {EXITS[name]: spread(rates[arm][name], least=0) for name in causes} for arm in results.arms}
    return dots_by_arm(results, exits_finding(results, rates, causes), drawn, [EXITS[c] for c in causes[::-1]], table)


def exit_rates(results: Results, arm: str) -> dict[str, Values]:
    """Return exits by cause per 100 members a month, one number for each run; undefined where nobody joined."""
    members = results.paths("members", arm)
    if members.empty:
        return {}
    months = members.mean(axis=1).to_numpy() * results.days / MONTH
    months = np.where(months > 0, months, np.nan)
    return {name: 100 * results.total([name], arm) / months for name in EXITS if not results.paths(name, arm).empty}


def exits_finding(results: Results, rates: dict[str, dict[str, Values]], causes: list[str]) -> str:
    """Return for each arm the cause whose rate moved most, corrected for the number of comparisons (Holm)."""
    looks = [(arm, name) for arm in results.alternatives for name in causes]
    gaps = {(arm, name): contrast(rates[BASE][name], rates[arm][name], "neither") for arm, name in looks}
    clear = holm([gap.p for gap in gaps.values()]) <= 1 - CONFIDENCE
    told = {key for key, ok in zip(looks, clear, strict=True) if ok}
    findings = {}
    for arm in results.alternatives:
        seen = {name: gaps[arm, name].difference for name in causes if (arm, name) in told}
        if seen:
            most = max(seen, key=lambda name: abs(seen[name]))
            how = "more" if seen[most] > 0 else "fewer"
            found = f"{amount(abs(seen[most]))} {how} in 100 members leave each month {CLAUSES[EXITS[most]]}"
        elif all(gaps[arm, name].identical for name in causes):
            found = "the same exit rates as the base"
        else:
            found = "the effects on exit rates are unclear"
        findings[arm] = found
    return together(findings)
