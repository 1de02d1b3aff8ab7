"""The report: two pages for a finance director, then an appendix for an expert; one self-contained file.

Pictures are inside the page, nothing is loaded from elsewhere, and no script runs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from sim.lab.runs import caveats
from sim.lab.runs.headline import CURRENCY, over
from sim.lab.runs.result_folder import write_text
from sim.show.report import answer, tables, worth
from sim.show.report.figures import Picture, draw_all, plans
from sim.show.report.question import question, title
from sim.show.results import Results
from sim.show.words import plural
from sim.world.parameters import GRADES

GRADE_WORDS = {
    "experiment": "a randomised study measured it",
    "association": "a study measured it without randomisation",
    "calibrated": "fitted to published findings (docs/validation.md), from a hand-set start",
    "assumed": "no study has measured it",
    "setting": "a lever or a circumstance, set by the user",
}


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
        "title": title(results),
        "question": question(results),
        "notes": answer.notes(results),
        "money": f"{CURRENCY}, {over(results.days)}",
        "answer": answer.answer(results),
        "tiles": tables.tiles(results),
        "headline": tables.headline(results),
        "by_construction": caveats.by_construction({arm: results.stated.get(arm, {}) for arm in answer.shown(results)}),
        "ledger": tables.ledger(results),
        "unpaid": "" if worth.nothing(results) else worth.NOTHING,
        "wrong": tables.wrong(results),
        "how_sure": answer.how_sure(results),
        "limits": answer.limits(results),
        "outcomes": list(tables.outcomes(results)),
        "events": list(tables.events(results)),
        "grades": grades(results),
        "parameters": parameter_rows(results),
        "provenance": provenance(results),
    }


def environment() -> Environment:
    """Return where templates come from, with everything escaped."""
    loader = PackageLoader("sim.show", "")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


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
