"""The report: one self-contained page, for a finance director in a minute and an expert in an hour.

Pictures are inside the page, nothing is loaded from elsewhere, and no script runs.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from sim.lab.runs import caveats
from sim.lab.runs.headline import CURRENCY, over, unit_word, verdict_word
from sim.lab.runs.result_folder import write_text
from sim.show.report import answer
from sim.show.report.figures import Picture, draw_all, plans
from sim.show.results import BASE, Results, measure
from sim.show.runs.people import ledger
from sim.show.verdicts import arm_label
from sim.show.words import amount, plural, span
from sim.world.measures import HEADLINE, OUTCOMES
from sim.world.parameters import GRADES

GRADE_WORDS = {
    "experiment": "a randomised study measured it",
    "association": "a study measured it without randomisation",
    "calibrated": "fitted to published findings (docs/validation.md), from a hand-set start",
    "assumed": "no study has measured it",
    "setting": "a lever or a circumstance, set by the user",
}
LEDGER_HEADS = {
    "number": "times", "member_hours": "members give, hours", "needs_met": "members get, needs met",
    "host_hours": "host gives, hours", "money_out": f"host gives, {CURRENCY}", "money_in": f"host gets, {CURRENCY}",
}  # fmt: skip


class Table(NamedTuple):
    """A table as the page shows it: the rows worth a look first, the others folded."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    folded: list[list[str]]


def write_report(folder: Path) -> Path:
    """Draw the figures of a run's or a comparison's folder and write its page. Returns the path of `report.html`."""
    results = Results(folder)
    page = folder / "report.html"
    write_text(page, rendered(results, draw_all(plans(results), results)))
    return page


def rendered(results: Results, pictures: Sequence[Picture]) -> str:
    """Return the page as text."""
    template = environment().get_template("report/page.html.j2")
    names = {picture.name for picture in pictures}
    names |= {"venues"} if len(results.venues) < 2 else set()
    missing = ", ".join(plan.name.replace("_", " ") for plan in plans(results) if plan.name not in names)
    return template.render(**content(results), pictures=pictures, missing=missing if pictures else "")


def content(results: Results) -> dict[str, Any]:
    """Return everything that the page says, apart from the pictures."""
    return {
        "results": results,
        "scenario": results.scenario,
        "title": results.scenario.get("title") or results.name,
        "venues": caveats.venues(results.venues),
        "period": over(results.days),
        "answer": answer.answer(results),
        "bad_news": answer.bad_news(results),
        "verdicts": [answer.verdicts(results, arm) for arm in results.alternatives] if results.compares else [],
        "how_sure": answer.how_sure(results),
        "limits": answer.limits(results),
        "cards": cards(results),
        "outcomes": outcome_tables(results),
        "ledgers": ledger_tables(results),
        "grades": grades(results),
        "parameters": parameter_rows(results),
        "provenance": provenance(results),
    }


def environment() -> Environment:
    """Return where templates come from, with everything escaped."""
    loader = PackageLoader("sim.show", "")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def cards(results: Results) -> list[tuple[str, str, str]]:
    """Return label, number and interval of what stands on top: always size and survival side by side."""
    made = []
    for name in ("size", "survival", "answered", "host_cost"):
        value, unit = results.mean(name), measure(name).unit
        interval = f"95 % interval {span(value.low, value.high, unit)}" if value.sure else "no interval"
        if math.isfinite(value.mean):
            label = measure(name).label + (f", {over(results.days)}" if unit == "money" else "")
            made.append((label, amount(value.mean, unit), interval))
    return made


def outcome_tables(results: Results) -> list[Table]:
    """Return the outcomes: one table for a run, or one for each alternative. The headline is not folded."""
    rest = [name for name in OUTCOMES if name not in HEADLINE]
    if not results.compares:
        heads = ["outcome", "mean", "95 % interval", "unit", "meaning"]
        return [Table("", heads, *([_outcome_row(results, name) for name in names] for names in (HEADLINE, rest)))]
    heads = ["outcome", "base", "difference", "95 % interval", "better in", "detectable with 80 % power", "verdict"]
    tables = []
    for arm in results.alternatives:
        rows = [[_difference_row(results, name, arm) for name in names] for names in (HEADLINE, rest)]
        tables.append(Table(f"{arm_label(arm)} against base", heads, *rows))
    return tables


def _outcome_row(results: Results, name: str) -> list[str]:
    value, what = results.mean(name), measure(name)
    interval = span(value.low, value.high, what.unit) if value.sure else "no interval"
    unit = unit_word(what.unit, results.days)
    return [what.label, amount(value.mean, what.unit), interval, unit, what.meaning]


def _difference_row(results: Results, name: str, arm: str) -> list[str]:
    row, unit = results.difference(name, arm), measure(name).unit
    label = measure(name).label + (f" ({unit})" if unit in ("hours", "days") else "")
    base = amount(results.mean(name).mean, unit)
    if row is None or not math.isfinite(row.difference):
        return [label, base, "undefined", "", "", "", ""]
    interval = span(row.low, row.high, unit, True) if math.isfinite(row.low) else "no interval"
    share = f"{amount(row.share_better, 'share')} of pairs" if math.isfinite(row.share_better) else ""
    seen = amount(row.detectable, unit, True).replace("+", "") if math.isfinite(row.detectable) else ""
    word = verdict_word(row.verdict)
    return [label, base, amount(row.difference, unit, True), interval, share, seen, word]


def ledger_tables(results: Results) -> list[Table]:
    """Return what both sides give and get in each arm, with totals."""
    tables = []
    for arm in results.arms:
        sheet = ledger(results, arm)
        if sheet.empty:
            continue
        columns = [name for name in LEDGER_HEADS if name in sheet]
        rows = [[str(row.event), *(_cell(row[name]) for name in columns)] for _, row in sheet.iterrows()]
        rows.append(["total", *("" if name == "number" else _cell(sheet[name].sum()) for name in columns)])
        title = "" if arm == BASE and not results.compares else arm_label(arm)
        tables.append(Table(title, ["event", *(LEDGER_HEADS[name] for name in columns)], rows, []))
    return tables


def _cell(value: float) -> str:
    return amount(float(value)) if value else ""


def grades(results: Results) -> list[tuple[str, int, str]]:
    """Return how many parameters have each grade, and what the grade means."""
    table = results.parameters
    counts = table["grade"].value_counts() if "grade" in table else pd.Series(dtype=int)
    return [(grade, int(counts.get(grade, 0)), GRADE_WORDS[grade]) for grade in GRADES]


def parameter_rows(results: Results) -> list[dict[str, Any]]:
    """Return every parameter with its range, grade and reason, changed ones first, then the assumed ones."""
    table = results.parameters
    if table.empty:
        return []
    order = {"assumed": 0, "association": 1, "experiment": 2, "calibrated": 3, "setting": 4}
    changed = table["changed"].astype(str).str.lower() == "true"
    units = table["unit"].str.replace("money", CURRENCY)
    table = table.assign(changed=changed, unit=units, rank=table["grade"].map(order)).sort_values(
        ["changed", "rank", "group", "name"], ascending=[False, True, True, True], kind="stable")  # fmt: skip
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def provenance(results: Results) -> list[tuple[str, str]]:
    """Return how the result was made, as far as the manifest says."""
    manifest, source = results.manifest, results.manifest.get("source") or {}
    commit = str(source.get("commit") or "not a checkout")[:12] + (" with changes" if source.get("dirty") else "")
    versions = ", ".join(f"{name} {version}" for name, version in (manifest.get("versions") or {}).items())
    vectors = manifest.get("vectors")
    count = manifest.get("replicates") or {"finished": results.runs, "asked": results.runs}
    facts = [
        ("scenario", results.name),
        ("runs", f"{count['finished']} of {count['asked']} requested"),
        ("seed", str(manifest.get("seed", "unknown"))),
        ("people, days", f"{results.config.get('people', '?')}, {results.config.get('days', '?')}"),
        ("behaviour", f"{vectors['name']}: {plural(vectors['count'], 'vector')}" if vectors else "unknown"),
        ("created", str(manifest.get("created", "unknown"))),
        ("commit", commit),
        ("versions", versions or "unknown"),
        ("data", f"{results.short_hash} (hash of the hashes in manifest.json)"),
    ]
    return [(name, value) for name, value in facts if value != "unknown"]
