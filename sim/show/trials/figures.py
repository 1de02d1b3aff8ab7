"""Pictures of a trial: the effect over time, by activity, by dose, and beside an observer's association."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.lab.runs.headline import number
from sim.lab.trials import summary
from sim.lab.trials.analysis import DECILES, Effect
from sim.lab.trials.registry import OUTCOMES
from sim.show.looks import ARM_LOOKS, BLACK, BLUE, GREY, VERMILLION, Look
from sim.show.panel import blank, interval_dot, label_ends, plain_ticks, row_axis, ticks
from sim.show.report.figures import Plan
from sim.show.results import Spread
from sim.show.style import Drawing, sheet
from sim.show.trials.results import TrialResults
from sim.show.verdicts import arm_label
from sim.show.words import MINUS, PERCENT, POINTS, amount, capital, listed

INTERVALS = "Bars: 95 % intervals over seeds."
KINDS = (Look(VERMILLION, marker="^"), Look(BLUE, marker="s"), Look(GREY, marker="o"))
SPILL = Look(GREY, (0, (1.2, 1.2)), "o")
MOST = 1.0  # of the mean of those not treated; beyond it an arrow points
FEW_DOTS = 4  # arms that have room beside each other within a decile


def shown(effect: Effect) -> Spread:
    """Return an effect as the pictures show it: points of a share, else a share of what it is compared with."""
    if summary.is_relative(effect):
        return Spread(effect.relative, effect.relative_low, effect.relative_high, effect.seeds)
    return Spread(effect.effect, effect.low, effect.high, effect.seeds)


def told(effect: Effect) -> str:
    """Return an effect as a label: "+27 %", "+6.2 points"."""
    if summary.is_relative(effect):
        return amount(effect.relative, "share", signed=True).replace(POINTS, PERCENT)
    return amount(effect.effect, unit(effect), signed=True)


def unit(effect: Effect) -> str:
    """Return the unit of what `shown` returns."""
    return "share" if OUTCOMES[effect.outcome].yes_or_no or summary.is_relative(effect) else ""


def over_time(results: TrialResults) -> Drawing | None:
    """Draw how the effect develops."""
    series = {arm: horizons(results.of(results.best, arm)) for arm in results.arms}
    every = [effect for effects in series.values() for effect in effects]
    if not every:
        return None
    sliced = any(effect.start > min(one.start for one in every) for effect in every)
    control = next(iter(results.trial.arms))
    what = "Effect in each window (line: its length)" if sliced else "Effect from enrolment until each day"
    spill = [] if results.trial.between else horizons(results.of("spill"))
    grey = f" Grey: spill-over, {arm_label(control)} against its own twins." if spill else ""
    drawn = f"{what}. The line at 0 is {arm_label(control)}. {INTERVALS}{grey}"
    page = sheet(results, finding(results), drawn, right=2.1)
    axes, ends = page.axes[0], []
    lines = [*((arm_label(arm), effects, results.look(arm)) for arm, effects in series.items()),
             *([("spill-over", spill, SPILL)] if spill else [])]  # fmt: skip
    if not any(math.isfinite(effect.effect) for effect in every):
        blank(axes, "Too few people were enrolled.")
        return page.done()
    for place, (name, effects, look) in enumerate(lines):
        shift = (place - (len(lines) - 1) / 2) * 0.008 * max(effect.end for effect in every)
        _line(axes, effects, look, shift, sliced)
        ends.append((shown(effects[-1]).mean, f"{name} {told(effects[-1])}", look.colour))
    axes.axhline(0, color=BLACK, linewidth=1)
    axes.set_xlim(0, max(effect.end for effect in every) * 1.02)
    axes.set_xlabel("days since enrolment")
    outcome = OUTCOMES[results.outcome]
    scale = ": points" if outcome.yes_or_no else ": %" if summary.is_relative(every[0]) else ""
    axes.set_title(f"{outcome.label}{scale}, against {arm_label(control)}", fontsize=10.5)
    _signed_axis(axes, "points" if outcome.yes_or_no else unit(every[0]))
    label_ends(axes, ends)
    return page.done()


def _line(axes: Axes, effects: Sequence[Effect], look: Look, shift: float, sliced: bool) -> None:
    """Draw one arm over the windows: a dot in the middle of a window, or at the day until which it counts."""
    xs = [((effect.start + effect.end) / 2 if sliced else effect.end) + shift for effect in effects]
    means = [shown(effect).mean for effect in effects]
    axes.plot(xs, means, color=look.colour, linestyle=look.dash, linewidth=1, alpha=0.6)
    for x, effect in zip(xs, effects, strict=True):
        if sliced:
            axes.plot([effect.start, effect.end], [shown(effect).mean] * 2, color=look.colour, linewidth=3, alpha=0.35)
        interval_dot(axes, x, shown(effect), look)


def horizons(effects: Sequence[Effect]) -> list[Effect]:
    """Return windows that follow each other where there are three, else those that begin first."""
    chain: list[Effect] = []
    for effect in sorted(effects, key=lambda one: (one.end, one.start != 0)):
        if not chain or effect.start >= chain[-1].end:
            chain.append(effect)
    if len(chain) > 2:
        return chain
    first = min((effect.start for effect in effects), default=0)
    return [effect for effect in effects if effect.start == first]


def by_decile(results: TrialResults) -> Drawing | None:
    """Draw whom the treatment moves: the effect by activity before enrolment."""
    found = {arm: results.deciles(arm) for arm in results.arms}
    every = [effect for effects in found.values() for effect in effects.values()]
    every = [effect for effect in every if math.isfinite(effect.effect)]
    if len({effect.subgroup for effect in every}) < 2:
        return None
    control = arm_label(next(iter(results.trial.arms)))
    drawn = (
        "Tenths of the people enrolled, by posts (and then by visits) in the 90 days before. People of equal activity "
        f"are in one tenth. {INTERVALS} They are not corrected for the number of comparisons."
    )
    page = sheet(results, decile_finding(found), drawn, right=1.9)
    axes = page.axes[0]
    for place, (arm, effects) in enumerate(found.items()):
        look = results.look(arm)
        shift = (place - (len(found) - 1) / 2) * 0.8 / max(len(found), FEW_DOTS)
        for decile, effect in effects.items():
            if math.isfinite(effect.effect):
                interval_dot(axes, decile + shift, Spread(effect.effect, effect.low, effect.high, effect.seeds), look)
        axes.plot([], [], look.marker, color=look.colour, label=arm_label(arm), markersize=8)
    axes.axhline(0, color=BLACK, linewidth=1)
    axes.set_xlim(0.4, DECILES + 0.6)
    axes.set_xticks(range(1, DECILES + 1))
    axes.set_xlabel("tenth of activity before enrolment, 10 the busiest")
    per = "points" if OUTCOMES[results.outcome].yes_or_no else "a person"
    axes.set_title(f"{OUTCOMES[results.outcome].label}: {per}, against {control}", fontsize=10.5)
    _signed_axis(axes, "points" if OUTCOMES[results.outcome].yes_or_no else "")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    return page.done()


def decile_finding(found: dict[str, dict[int, Effect]]) -> str:
    """Say in which tenths the effect is clear."""
    seen = {arm: [tenth for tenth, effect in effects.items() if effect.low > 0.0 or effect.high < 0.0]
            for arm, effects in found.items()}  # fmt: skip
    tenths = max(len(effects) for effects in found.values())
    if len(found) > 2:
        counts = [f"{arm_label(arm)} {len(deciles) or 'none'}" for arm, deciles in seen.items()]
        return f"Tenths with a clear effect, of {tenths}: {listed(counts)}"
    clauses = []
    for arm, deciles in seen.items():
        few = f"tenth{'' if len(deciles) == 1 else 's'} {listed([str(decile) for decile in deciles])}"
        where = few if 0 < len(deciles) <= 3 else f"{len(deciles) or 'none'} of {tenths} tenths"
        clauses.append(f"{capital(arm_label(arm))}: the effect is clear in {where}")
    return ". ".join(clauses)


def by_dose(results: TrialResults) -> Drawing | None:
    """Draw activity relative to the first arm against the dose, a line a horizon."""
    doses = {name: arm.dose for name, arm in results.trial.arms.items() if arm.dose is not None}
    if len(doses) < 3:
        return None
    first = next(iter(results.trial.arms))
    windows = [(effect.start, effect.end) for effect in horizons(results.of(results.best, results.arms[0]))]
    slopes = {(effect.start, effect.end): effect for effect in results.of("elasticity")}
    drawn = (
        f"{OUTCOMES[results.outcome].label} relative to {arm_label(first)}, which is 100 %, by {results.trial.dose_of} "
        f"and by days since enrolment. {INTERVALS}"
    )
    page = sheet(results, dose_finding(results, slopes, windows), drawn, right=1.9)
    axes, ends = page.axes[0], []
    step = 0.02 * (max(doses.values()) - min(doses.values()))
    for place, window in enumerate(windows):
        look = ARM_LOOKS[place % len(ARM_LOOKS)]
        points = {doses[first]: Spread(1.0, math.nan, math.nan, results.runs)}
        for arm in results.arms:
            effect = next(one for one in results.of(results.best, arm) if (one.start, one.end) == window)
            points[doses[arm]] = Spread(
                1.0 + effect.relative, 1.0 + effect.relative_low, 1.0 + effect.relative_high, effect.seeds
            )
        shift = (place - (len(windows) - 1) / 2) * step
        xs = sorted(points)
        axes.plot([x + shift for x in xs], [points[x].mean for x in xs], color=look.colour, linestyle=look.dash)
        for x in xs:
            interval_dot(axes, x + shift, points[x], look)
        ends.append((points[xs[-1]].mean, f"days {window[0]} to {window[1]}", look.colour))
    axes.axhline(1.0, color=BLACK, linewidth=1)
    axes.set_xlabel(results.trial.dose_of)
    plain_ticks(axes.xaxis)
    plain_ticks(axes.yaxis, "share")
    label_ends(axes, ends)
    return page.done()


def dose_finding(
    results: TrialResults, slopes: dict[tuple[int, int], Effect], windows: Sequence[tuple[int, int]]
) -> str:
    """Say how the outcome responds to the dose at the first horizon and at the last."""
    label = OUTCOMES[results.outcome].label
    changes = [
        f"{signed(10 * slopes[window].effect)} on days {window[0]} to {window[1]}"
        f"{'' if summary.is_seen(slopes[window]) else ' (unclear)'}"
        for window in (windows[0], windows[-1])
        if window in slopes
    ]
    opening = f"10{PERCENT} more {results.trial.dose_of} changes {label} by"
    return f"{opening} {listed(changes)}" if changes else f"{label} by dose"


def beside_joiners(results: TrialResults) -> Drawing | None:
    """Draw the effect of treatment beside what a comparison of doers with matched others would have suggested."""
    did = results.trial.association or ""
    rows = [row for outcome in results.trial.outcomes if (row := _kinds(results, outcome, did))]
    if not rows:
        return None
    drawn = (
        "Each outcome over its longest window, in percent of the comparison group. Triangle: all who were treated "
        f"(randomised). Square: per person whom the treatment moved ({summary.did(did)}; randomised). Hollow: those "
        f"who did it against similar people who did not (an association). {INTERVALS} Arrows: beyond the axis."
    )
    page = sheet(results, joiners_finding(results, rows), drawn, left=1.9, right=0.5, plot=0.75 * len(rows) + 0.5)
    axes = page.axes[0]
    for y, row in enumerate(rows):
        for place, (effect, look) in enumerate(zip(row, KINDS, strict=True)):
            _kind(axes, y + 0.24 * (1 - place), in_shares(effect), look)
    row_axis(axes, [OUTCOMES[row[0].outcome].label for row in rows])
    axes.grid(visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.xaxis.set_major_formatter(ticks("share"))
    return page.done()


def _kinds(results: TrialResults, outcome: str, did: str) -> list[Effect]:
    """Return the effect on all, that per doer and the association over an outcome's longest window, if there are."""
    if not did or outcome == did.rsplit("_", 2)[0]:
        return []
    found = [results.of(results.best, results.arms[0], outcome), *(
        results.of(comparison, None, outcome) for comparison in ("per_doer", "association"))]  # fmt: skip
    last = [effects[-1] for effects in found if effects]
    return last if len(last) == len(KINDS) and all(effect.reference for effect in last) else []


def _kind(axes: Axes, y: float, value: Spread, look: Look) -> None:
    """Draw one mark; beyond the axis an arrow, without its interval."""
    if abs(value.mean) > MOST:
        edge, arrow = (MOST, ">") if value.mean > 0 else (-MOST, "<")
        axes.plot([edge], [y], arrow, color=look.colour, markersize=9)
        return
    low, high = np.clip([value.low, value.high], -MOST, MOST)
    interval_dot(axes, y, value._replace(low=low, high=high), look, flat=True)
    if look.marker == "o":
        axes.plot([value.mean], [y], "o", color=look.colour, markerfacecolor="white", markersize=8, zorder=6)


def joiners_finding(results: TrialResults, rows: Sequence[Sequence[Effect]]) -> str:
    """Say how far an association would have misled, on the outcome in question."""
    row = next((row for row in rows if row[0].outcome == results.outcome), rows[0])
    shares = [in_shares(effect) for effect in row]
    cells = [signed(100 * share.mean) for share in shares]
    unsure = " (unclear)" if shares[1].low <= 0.0 <= shares[1].high else ""
    label = capital(OUTCOMES[row[0].outcome].label)
    effects = f"{label}: treatment changes it by {cells[0]}, or {cells[1]} per person moved{unsure}"
    return f"{effects}. Doers differ from matched others by {cells[2]}"


def signed(percent: float) -> str:
    """Return percent with a sign."""
    return f"{'+' if percent > 0.0 else ''}{number(percent).replace('-', MINUS)}{PERCENT}"


def in_shares(effect: Effect) -> Spread:
    """Return an effect, points as well, in shares of what it is compared with: different outcomes have one scale."""
    whole = effect.reference
    return Spread(effect.effect / whole, effect.low / whole, effect.high / whole, effect.seeds)


def finding(results: TrialResults) -> str:
    """Return what the trial found, in one or two sentences."""
    found = results.leading
    seen = [effect for effect in found if summary.is_seen(effect)]
    if len(found) <= 2:
        return " ".join(summary.sentence(effect) for effect in found).rstrip(".").replace(" -", f" {MINUS}")
    if not seen:
        return f"None of {len(found)} arms has a clear effect on {summary.topic(found[0])}"
    rest = [arm_label(effect.arm) for effect in found if effect not in seen]
    moved = [f"{arm_label(effect.arm)} {told(effect)}" for effect in seen]
    unclear = f". The effect is unclear for {listed(rest)}" if rest else ""
    return f"{capital(summary.topic(found[0]))}: {listed(moved)}{unclear}"


def _signed_axis(axes: Axes, unit: str) -> None:
    plain_ticks(axes.yaxis, unit)
    if unit == "points":
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(round(100 * value, 6))))


PLANS = (
    Plan("over_time", over_time, "Whether the effect lasts, fades or grows."),
    Plan("by_dose", by_dose, "Whether a higher dose does more, and how long that takes to show."),
    Plan("by_decile", by_decile, "Whom the treatment moves: the busy or the quiet."),
    Plan(
        "joiners", beside_joiners, "What the treatment causes, and what a study without randomisation would have found."
    ),
)
