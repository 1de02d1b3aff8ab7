"""What a trial shows, in sentences and in lines for a terminal. Every sentence is computed from the effects."""

import math
from collections.abc import Sequence

from sim.lab.runs.headline import CURRENCY, aligned, number, span
from sim.lab.settings.messages import plural
from sim.lab.trials.analysis import EVERYBODY, Effect
from sim.lab.trials.files import TrialFile
from sim.lab.trials.registry import OUTCOMES
from sim.lab.trials.trial import column_of

CAVEAT = (
    "The 95 % intervals cover chance between seeds only. They do not cover how wrong the assumed parameters may be."
)
AGAINST = {"control": "randomised", "net": "randomised, net of twins", "twin": "against own twin",
           "spill": "spill-over on the first arm", "slope": "change per unit of dose", "elasticity": "elasticity",
           "association": "not randomised (an association)", "per_doer": "randomised, per person moved"}  # fmt: skip
MOST = 10  # lines of a table on a terminal
VERBS = ("posted", "joined", "left")  # outcomes that complete "the share who ..."; the others take "were"


def text(asked: TrialFile, found: Sequence[Effect], people: int, days: int) -> str:
    """Return question and answer in a few lines."""
    lines = [f"{asked.title}: {circumstances(asked, found, people, days)}", asked.question, ""]
    lines += [*answer(asked, found), ""]
    return "\n".join([*lines, *table(asked, found), "", CAVEAT])


def circumstances(asked: TrialFile, found: Sequence[Effect], people: int, days: int) -> str:
    """Say what was run."""
    seeds = found[0].seeds if found else 0
    enrolled = sum(enrolment(found).values())
    where = "between worlds" if asked.between else "within one world"
    return (
        f"{plural(seeds, 'seed')}, {enrolled:,} people enrolled, arms {where}, {people:,} customers, "
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
    """Return one sentence for each arm on the outcome in question, and one on what was not randomised."""
    first = [effect for effect in found if effect.subgroup == EVERYBODY and column(effect) == asked.first_column()]
    told = [sentence(one) + power(one) for one in first if one.comparison in (best(asked), "elasticity")]
    told += [sentence(effect) for effect in first if effect.comparison == "spill" and is_seen(effect)]
    told += [per_doer(effect) for effect in first if effect.comparison == "per_doer"]
    return told + [naive(effect) for effect in first if effect.comparison == "association"]


def best(asked: TrialFile) -> str:
    """Return the most precise randomised comparison: within a world, chance differences between arms are removed."""
    return "control" if asked.between else "net"


def subject(effect: Effect) -> str:
    """Return the outcome and its window as the subject of a sentence, with its verb."""
    label, window = OUTCOMES[effect.outcome].label, f"on days {effect.start} to {effect.end}"
    if not OUTCOMES[effect.outcome].yes_or_no:
        return f"{label} {window} {'is' if label.startswith('money') else 'are'}"
    who = "who" if label.split()[0] in VERBS else "who were"
    return f"the share {who} {label} {window} is"


def topic(effect: Effect) -> str:
    """Return the outcome and its window as the object of a sentence."""
    return subject(effect).rsplit(" ", 1)[0]


def sentence(effect: Effect) -> str:
    """Say what one effect is: "Award: posts on days 0 to 90 are 60 % higher (95 % interval 20 to 100 %)."."""
    if effect.comparison == "elasticity":
        between = f"95 % interval {span(effect.low, effect.high)} %"
        if not is_seen(effect):
            return f"The effect of the dose on {topic(effect)} is unclear (for a dose that is 1 % higher: {between})."
        return f"A dose that is 1 % higher changes {topic(effect)} by {number(effect.effect)} % ({between})."
    arm = effect.arm.replace("_", " ")
    opening = f"Spill-over on {arm}" if effect.comparison == "spill" else arm[:1].upper() + arm[1:]
    if math.isnan(effect.effect):
        return f"{opening}: the effect on {topic(effect)} is undefined, because too few people were enrolled."
    if effect.low == effect.high == 0.0:
        return f"{opening}: there is no difference at all in {topic(effect)}."
    if not is_seen(effect):
        return f"{opening}: the effect on {topic(effect)} is unclear ({interval(effect)})."
    return f"{opening}: {subject(effect)} {change(effect)}."


def power(effect: Effect) -> str:
    """Say how large an unclear effect would have to be to be detected."""
    known = effect.comparison != "elasticity" and math.isfinite(effect.detectable) and effect.detectable > 0.0
    if not known or is_seen(effect):
        return ""
    return f" The smallest effect detectable with 80 % power is {size(effect.detectable, effect)}."


def change(effect: Effect) -> str:
    """Return how far an effect moves its outcome, and how sure that is."""
    return f"{size(abs(effect.effect), effect)} {'higher' if effect.effect > 0.0 else 'lower'} ({interval(effect)})"


def per_doer(effect: Effect) -> str:
    """Say what the treatment did per person whom it moved to do something."""
    unclear = f"the effect on {topic(effect)} is unclear ({interval(effect)})"
    found = f"{subject(effect)} {change(effect)}" if is_seen(effect) else unclear
    return f"For each person whom the treatment moved ({did(effect.arm)}), {found}."


def did(column: str) -> str:
    """Return a column as words: "joined on days 0 to 30"."""
    name, start, end = column.rsplit("_", 2)
    return f"{OUTCOMES[name].label} on days {start} to {end}"


def naive(effect: Effect) -> str:
    """Say what an observer would have found by comparing doers with matched others."""
    return (
        f"Not randomised ({did(effect.arm)}): among those who did it, {subject(effect)} {change(effect)} than among "
        "matched others who did not. This is an association, not an effect."
    )


def interval(effect: Effect) -> str:
    """Return the interval in the unit of `size`."""
    if not math.isfinite(effect.low):
        return "one seed, no interval"
    if is_relative(effect):
        return f"95 % interval {number(100.0 * effect.relative_low)} to {number(100.0 * effect.relative_high)} %"
    if OUTCOMES[effect.outcome].yes_or_no:
        return f"95 % interval {span(100.0 * effect.low, 100.0 * effect.high)} points"
    return f"95 % interval {span(effect.low, effect.high)}"


def size(value: float, effect: Effect) -> str:
    """Return a difference in percent of what it is compared with, or in points where the outcome is a share."""
    if OUTCOMES[effect.outcome].yes_or_no:
        return f"{number(100.0 * value)} points"
    if is_relative(effect):
        return f"{number(100.0 * (value / abs(effect.reference)))} %"
    return number(value)


def is_relative(effect: Effect) -> bool:
    """Tell whether an effect is given in percent of what it is compared with."""
    return math.isfinite(effect.relative_low) and not OUTCOMES[effect.outcome].yes_or_no


def table(asked: TrialFile, found: Sequence[Effect]) -> list[str]:
    """Return one line for each comparison and window of the outcome in question."""
    rows = [effect for effect in found if effect.subgroup == EVERYBODY and effect.outcome == outcome(asked)]
    if asked.between and not next(iter(asked.arms.values())).does:  # then the first arm is everybody's twin
        rows = [effect for effect in rows if effect.comparison != "twin"]
    rows.sort(key=lambda effect: column(effect) != asked.first_column())
    cells = [
        (effect.arm, f"days {effect.start} to {effect.end}", AGAINST[effect.comparison], number(effect.mean),
         number(effect.reference), number(effect.effect), span(effect.low, effect.high))
        for effect in rows[: max(MOST, len({(e.arm, e.comparison) for e in rows}))]
    ]  # fmt: skip
    label = OUTCOMES[outcome(asked)].label
    label += f" ({CURRENCY})" if label.startswith("money") else ""
    return aligned([(label, "", "", "mean", "against", "effect", "95 % interval"), *cells])


def is_seen(effect: Effect) -> bool:
    """Tell whether the interval shown excludes 0; NaN is not evidence."""
    low, high = (effect.relative_low, effect.relative_high) if is_relative(effect) else (effect.low, effect.high)
    return low > 0.0 or high < 0.0


def column(effect: Effect) -> str:
    """Return the name of the column that an effect is on."""
    return column_of(effect.outcome, (effect.start, effect.end))


def outcome(asked: TrialFile) -> str:
    """Return the outcome that the question is about."""
    return next(name for name, window in asked.trial().measured() if column_of(name, window) == asked.first_column())
