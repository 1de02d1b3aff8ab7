"""What a trial shows, in words and in lines for a terminal. Every sentence is made from the effects."""

import math
from collections.abc import Sequence

from sim.lab.runs.headline import aligned, number, span
from sim.lab.trials.analysis import EVERYBODY, Effect
from sim.lab.trials.files import TrialFile
from sim.lab.trials.registry import OUTCOMES
from sim.lab.trials.trial import column_of

CAVEAT = "Intervals (95 %) cover chance between seeds alone, not how wrong the assumed parameters may be."
AGAINST = {"control": "randomised", "net": "randomised, net of twins", "twin": "against her twin",
           "spill": "spill-over on the first arm", "slope": "change per unit of dose", "elasticity": "elasticity",
           "association": "not randomised: an association", "per_doer": "randomised, per doer"}  # fmt: skip
MOST = 10  # lines of a table on a terminal


def text(asked: TrialFile, found: Sequence[Effect], people: int, days: int) -> str:
    """Return question and answer in a few lines."""
    lines = [f"{asked.title}: {circumstances(asked, found, people, days)}", asked.question, ""]
    lines += [*(f"{sentence}." for sentence in answer(asked, found)), ""]
    return "\n".join([*lines, *table(asked, found), "", CAVEAT])


def circumstances(asked: TrialFile, found: Sequence[Effect], people: int, days: int) -> str:
    """Say what was run."""
    seeds = found[0].seeds if found else 0
    enrolled = sum(enrolment(found).values())
    where = "between worlds" if asked.between else "within one world"
    return (
        f"{seeds} seed{'' if seeds == 1 else 's'}, {enrolled:,} people enrolled, arms {where}, {people:,} customers, "
        f"at most {days} days"
    )


def enrolment(found: Sequence[Effect]) -> dict[str, int]:
    """Return the number of people enrolled by arm, over all seeds."""
    counts: dict[str, int] = {}
    for effect in found:
        if effect.comparison == "control" and effect.subgroup == EVERYBODY:
            counts[effect.arm] = effect.people
            counts["the first arm"] = effect.reference_people
    return counts


def answer(asked: TrialFile, found: Sequence[Effect]) -> list[str]:
    """Return a sentence an arm on the outcome that the question is about, and one on what was not randomised."""
    first = [effect for effect in found if effect.subgroup == EVERYBODY and column(effect) == asked.first_column()]
    told = [sentence(effect) for effect in first if effect.comparison in (best(asked), "elasticity")]
    told += [sentence(effect) for effect in first if effect.comparison == "spill" and is_seen(effect)]
    told += [per_doer(effect) for effect in first if effect.comparison == "per_doer"]
    return told + [naive(effect) for effect in first if effect.comparison == "association"]


def best(asked: TrialFile) -> str:
    """Return the randomised comparison that sees most: within a world what chance made of the arms is taken off."""
    return "control" if asked.between else "net"


def sentence(effect: Effect) -> str:
    """Say what one effect is: "award: posts on days 0 to 90 60 % higher (20 to 100 %)"."""
    what = f"{OUTCOMES[effect.outcome].label} on days {effect.start} to {effect.end}"
    if effect.comparison == "elasticity":
        return f"one per cent more dose moves {what} by {number(effect.effect)} % ({span(effect.low, effect.high)})"
    arm = effect.arm.replace("_", " ")
    opening = f"spill-over on {arm}" if effect.comparison == "spill" else arm
    if effect.low == effect.high == 0.0:
        return f"{opening}: {what} no different at all"
    if not is_seen(effect):
        seen = f", could have seen {size(effect.detectable, effect)}" if math.isfinite(effect.detectable) else ""
        return f"{opening}: no effect on {what} can be told ({interval(effect)}{seen})"
    direction = "higher" if effect.effect > 0.0 else "lower"
    return f"{opening}: {what} {size(abs(effect.effect), effect)} {direction} ({interval(effect)})"


def per_doer(effect: Effect) -> str:
    """Say what the treatment did per person whom it made do something."""
    direction = "higher" if effect.effect > 0.0 else "lower"
    what = f"{OUTCOMES[effect.outcome].label} on days {effect.start} to {effect.end}"
    return (
        f"per person whom it made do it ({effect.arm}): {what} {size(abs(effect.effect), effect)} {direction} "
        f"({interval(effect)})"
    )


def naive(effect: Effect) -> str:
    """Say what an onlooker would have found who compares doers with matched others."""
    difference = f"{size(abs(effect.effect), effect)} {'higher' if effect.effect > 0 else 'lower'}"
    what = f"{OUTCOMES[effect.outcome].label} on days {effect.start} to {effect.end}"
    return (
        f"beside it, not randomised ({effect.arm}): who did differs from matched others who did not, {what} "
        f"{difference} ({interval(effect)}); an association, and no effect"
    )


def interval(effect: Effect) -> str:
    """Return the interval in the words of `size`."""
    if not math.isfinite(effect.low):
        return "one seed: no interval"
    if is_relative(effect):
        return f"{percent(effect.relative_low)} to {percent(effect.relative_high)} %"
    factor = 100.0 if OUTCOMES[effect.outcome].yes_or_no else 1.0
    return span(effect.low * factor, effect.high * factor)


def size(value: float, effect: Effect) -> str:
    """Return a difference as a share of what it is compared with; in points where the outcome is a share itself."""
    if OUTCOMES[effect.outcome].yes_or_no:
        return f"{number(100.0 * value)} points"
    if is_relative(effect):
        return f"{percent(value / abs(effect.reference))} %"
    return number(value)


def is_relative(effect: Effect) -> bool:
    """Tell whether an effect is told as a share of what it is compared with."""
    return math.isfinite(effect.relative_low) and not OUTCOMES[effect.outcome].yes_or_no


def percent(share: float) -> str:
    """Return a share as a number of per cent, without the sign."""
    return number(100.0 * share)


def table(asked: TrialFile, found: Sequence[Effect]) -> list[str]:
    """Return a line a comparison of the outcome that the question is about, and of each window of it."""
    rows = [effect for effect in found if effect.subgroup == EVERYBODY and effect.outcome == outcome(asked)]
    if asked.between and not next(iter(asked.arms.values())).does:  # then the first arm is everybody's twin
        rows = [effect for effect in rows if effect.comparison != "twin"]
    rows.sort(key=lambda effect: column(effect) != asked.first_column())
    cells = [
        (effect.arm, f"days {effect.start} to {effect.end}", AGAINST[effect.comparison], number(effect.mean),
         number(effect.reference), number(effect.effect), span(effect.low, effect.high))
        for effect in rows[: max(MOST, len({(e.arm, e.comparison) for e in rows}))]
    ]  # fmt: skip
    return aligned([(OUTCOMES[outcome(asked)].label, "", "", "mean", "against", "effect", "95 % interval"), *cells])


def is_seen(effect: Effect) -> bool:
    """Tell whether the interval that is shown leaves 0 out; NaN is not evidence."""
    low, high = (effect.relative_low, effect.relative_high) if is_relative(effect) else (effect.low, effect.high)
    return low > 0.0 or high < 0.0


def column(effect: Effect) -> str:
    """Return the name of the column that an effect is on."""
    return column_of(effect.outcome, (effect.start, effect.end))


def outcome(asked: TrialFile) -> str:
    """Return the outcome that the question is about."""
    return next(one.name for one in asked.trial().outcomes if asked.first_column() in one.columns())
