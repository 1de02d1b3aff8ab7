"""Write the parts of documents that come from code and results.

In `docs/model.md` these are the day, the columns, the parameters and the rules; in `docs/validation.md` it is the
scoreboard in the gallery.

    python docs/reference.py            # rewrite them
    python docs/reference.py --check    # exit code 1 where they are stale

A part begins with `<!-- code: NAME -->` and ends with `<!-- end -->`. The rest of a document is written by hand.
"""

import argparse
import inspect
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pandas as pd

from sim.lab.settings.keys import LEVERS
from sim.world import measures, state
from sim.world.day import BLOCKS, DAY
from sim.world.parameters import GRADES, Declared, declared

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "model.md"
DOCUMENTS = (DOCUMENT, ROOT / "docs" / "validation.md")
SCOREBOARD = ROOT / "results" / "gallery" / "validation"
PART = re.compile(r"(<!-- code: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
TABLES = {
    "PERSON": "A **person** (never removed; strangers are people, too)",
    "MEMBERSHIP": "A **membership** (a person in a venue; one row for every pair, joined or not)",
    "LIFE": "Of a **person**, what only some worlds need",
    "STANDING": "Of a **membership**, what only some worlds need",
    "BOND": "A **bond** (from a person to a contact, in a venue)",
    "THREAD": "A **thread**",
    "ANSWER": "A **reply**",
    "NOW": "The state of a **venue** today: rules, the host's work, stocks",
}


def sections(module: ModuleType) -> tuple[str, dict[str, str]]:
    """Split a mechanism's docstring into its title and its sections (Claim, Rule, Source, Deviations)."""
    title, _, rest = (inspect.getdoc(module) or "").partition("\n")
    found = re.findall(r"^(\w+)\n((?:    .*\n?|\n)+)", rest, re.MULTILINE)
    return title, {heading: dedent(text).strip() for heading, text in found}


def table(head: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def numbers(rows: Iterable[Declared]) -> str:
    """Return the table of declared numbers."""
    lines = [
        (f"`{row.name}`", f"{row.default:g}", row.unit, f"{row.low:g} to {row.high:g}", row.grade, row.why)
        for row in rows
    ]
    return table(("name", "default", "unit", "range", "grade", "why"), lines)


def schedule() -> str:
    """Return the day's order, as a numbered list of the mechanisms' titles."""
    return "\n".join(f"{place}. {sections(module)[0]}" for place, module in enumerate(DAY, start=1))


def columns() -> str:
    """Return every state variable by entity, with its remark in `sim/world/state.py`."""
    source = inspect.getsource(state)
    parts = []
    for name, heading in TABLES.items():
        block = re.search(rf"^{name} = np\.dtype\((.*?)\n(?:\)|\Z|\n)", source, re.DOTALL | re.MULTILINE)
        remarks = dict(re.findall(r'\("(\w+)", [\w.]+\),  # (.+)', block[1])) if block else {}
        names: tuple[str, ...] = getattr(state, name).names
        listed = (f"`{column}` ({remarks[column]})" if column in remarks else f"`{column}`" for column in names)
        parts.append(f"{heading}: {', '.join(listed)}.")
    return "\n\n".join(parts)


def levers() -> str:
    """Return a table for each group of levers."""
    return "\n\n".join(
        f"### `{group}`\n\n{block.__doc__}\n\n{numbers(declared(group, block))}" for group, block in LEVERS.items()
    )


def observed() -> str:
    """Return the tables of series and outcomes."""
    parts = []
    series = measures.SERIES | measures.FLOW_SERIES
    titles = {"Series, recorded over days": series, "Outcomes, one number a run and venue": measures.OUTCOMES}
    for heading, found in titles.items():
        rows = ((f"`{name}`", measure.label, measure.unit, measure.meaning) for name, measure in found.items())
        parts.append(f"**{heading}**\n\n{table(('name', 'label', 'unit', 'meaning'), rows)}")
    return "\n\n".join(parts)


def grades() -> str:
    """Return the number of parameters of each grade."""
    counted = Counter(row.grade for group, block in BLOCKS.items() for row in declared(group, block))
    return table(("grade", "parameters"), ((grade, str(counted[grade])) for grade in GRADES if counted[grade]))


def submodel(group: str, block: Any) -> str:
    """Return a mechanism's chapter: its file's text, and its parameters."""
    title, parts = sections(sys.modules[block.__module__])
    name, _, gist = title.partition(": ")
    texts = [f"### {name}", f"{gist[:1].upper()}{gist[1:]}"]
    for heading, text in parts.items():
        texts.append(f"**{heading}**\n\n```text\n{text}\n```" if heading == "Rule" else f"**{heading}.** {text}")
    if rows := declared(group, block):
        texts.append(f"**Parameters** (`params.{group}`): {block.__doc__}\n\n{numbers(rows)}")
    return "\n\n".join(texts)


def scoreboard() -> str:
    """Return the scoreboard of the gallery, one line for each row of the evidence."""
    rows = pd.read_csv(SCOREBOARD / "rows.csv", dtype=str, keep_default_na=False)
    targets = pd.read_csv(SCOREBOARD / "scoreboard.csv").dropna(subset="target")
    lines = []
    for row in rows.to_dict("records"):
        mine = targets[targets["row"] == row["row"]]
        figures = "; ".join(figure(target) for target in mine.to_dict("records"))
        stated = {"nearly": " (stated)", "True": " (stated)", "in part": " (in part stated)"}.get(row["stated"], "")
        shut = " (shut away)" if row.get("shut_away") == "True" else ""
        verdict = f"**{row['verdict']}**" if row["verdict"] == "credit" else row["verdict"]
        lines.append((row["row"] + shut, row["finding"], row["evidence"], verdict + stated, figures or "none"))
    return table(("row", "finding", "evidence", "verdict", "simulated, band, without its mechanism"), lines)


def figure(target: Mapping[Any, Any]) -> str:
    """Return a target in words: simulated, the band, and the figure without the row's mechanism."""
    low, high = (f"{target[side]:.3g}" if abs(target[side]) < float("inf") else "" for side in ("low", "high"))
    band = f"{low} to {high}" if low and high else f"above {low}" if low else f"below {high}"
    missed = "" if target["pass"] else ", missed"
    without = "" if pd.isna(target["ablated"]) else f"; without {target['ablated']:.3g}"
    return f"{target['target']} {target['simulated']:.3g} ({band}{without}){missed}"


PARTS: dict[str, Callable[[], str]] = {
    "scoreboard": scoreboard,
    "schedule": schedule,
    "columns": columns,
    "levers": levers,
    "observed": observed,
    "grades": grades,
    "submodels": lambda: "\n\n".join(submodel(group, block) for group, block in BLOCKS.items()),
}


def filled(text: str) -> str:
    """Return the document with every part written again."""
    return PART.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}\n{part[3]}", text)


def main(arguments: list[str] | None = None) -> int:
    """Rewrite the document, or check it."""
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python docs/reference.py", description=about)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 where the document is stale")
    check = parser.parse_args(arguments).check
    stale = [document for document in DOCUMENTS if (old := document.read_text("utf-8")) != filled(old)]
    for document in stale:
        if check:
            print(f"{document.name} is stale: run `make docs`", file=sys.stderr)
        else:
            document.write_text(filled(document.read_text("utf-8")), "utf-8")
            print(f"rewrote {document.name}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
