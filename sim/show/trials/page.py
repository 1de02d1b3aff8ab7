"""The report of a trial: question, answer, how sure, figures, design, and the command that reproduces it."""

import math
from pathlib import Path
from typing import Any

from sim.lab.runs.headline import number, span
from sim.lab.runs.result_folder import write_text
from sim.lab.trials import summary
from sim.lab.trials.analysis import EVERYBODY, Effect
from sim.lab.trials.files import Calls
from sim.lab.trials.registry import OUTCOMES
from sim.show.report.figures import draw_all
from sim.show.report.page import environment, provenance
from sim.show.trials.figures import PLANS
from sim.show.trials.results import TrialResults
from sim.show.verdicts import arm_label
from sim.show.words import plural

HEADS = ["outcome", "arm", "comparison", "days", "mean", "against", "effect", "95 % interval", "relative",
         "detectable with 80 % power"]  # fmt: skip


def write_report(folder: Path) -> Path:
    """Draw the figures of a trial's folder and write its page. Returns the path of `report.html`."""
    results = TrialResults(folder)
    page = folder / "report.html"
    template = environment().get_template("trials/page.html.j2")
    write_text(page, template.render(**content(results), pictures=draw_all(PLANS, results)))
    return page


def content(results: TrialResults) -> dict[str, Any]:
    """Return everything that the page says, apart from the pictures."""
    return {
        "results": results,
        "trial": results.trial,
        "answer": summary.answer(results.trial, results.effects),
        "how_sure": how_sure(results),
        "design": design(results),
        "heads": HEADS,
        "rows": [row(effect) for effect in results.effects if effect.subgroup == EVERYBODY],
        "command": results.results.scenario.get("command", ""),
        "provenance": provenance(results.results),
    }


def how_sure(results: TrialResults) -> list[str]:
    """Return how the intervals are computed, and what they leave out."""
    seen = [
        f"Smallest effect detectable with 80 % power, {arm_label(effect.arm)}: "
        f"{summary.size(effect.detectable, effect)}."
        for effect in results.leading
        if math.isfinite(effect.detectable) and effect.reference
    ]
    within = "Within one world the arms meet, so what the treated do can reach the others. The twins (the same people "
    within += "in the same world with nobody treated) separate this spill-over from the effect."
    between = "Each arm has its own world, with the same people and the same random draws."
    return [
        "Analysis is by intention to treat: everybody counts in the arm to which they were assigned.",
        "People of one world share its random draws, so the seed is the cluster. Intervals are Student's t over seeds.",
        between if results.trial.between else within,
        *seen,
        summary.CAVEAT,
    ]


def design(results: TrialResults) -> list[tuple[str, str]]:
    """Return the design in plain words, a line a part."""
    trial = results.trial
    when = f"day {trial.start}" + (f" to {trial.until}, each person once" if trial.until else "")
    arms = []
    for name, arm in trial.arms.items():
        does = calls(arm.does) or "no treatment"
        lasting = f", for {arm.for_days} days" if arm.for_days else ""
        share = "" if trial.between else f" (share {arm.share:g})"
        arms.append((f"arm {arm_label(name)}", f"{does}{lasting}{share}"))
    counts = ", ".join(f"{arm_label(arm)} {count:,}" for arm, count in summary.enrolment(results.effects).items())
    return [
        ("who", calls(trial.who)),
        ("enrolled on", when),
        ("people", f"{counts}, over {plural(results.runs, 'seed')}"),
        *arms,
        ("world", f"{trial.profile or results.results.name}, {results.results.config.get('people', '?'):,} customers"),
    ]


def calls(named: Calls) -> str:
    """Return registered functions with their options as text."""
    return ", ".join(
        name.replace("_", " ") + (f" ({', '.join(f'{k} {v}' for k, v in options.items())})" if options else "")
        for name, options in named.items()
    )


def row(effect: Effect) -> list[str]:
    """Return an effect as the table shows it."""
    relative = f"{number(100 * effect.relative)} %" if math.isfinite(effect.relative) else ""
    return [
        OUTCOMES[effect.outcome].label, arm_label(effect.arm), summary.AGAINST[effect.comparison],
        f"{effect.start} to {effect.end}", number(effect.mean), number(effect.reference), number(effect.effect),
        span(effect.low, effect.high), relative, number(effect.detectable),
    ]  # fmt: skip
