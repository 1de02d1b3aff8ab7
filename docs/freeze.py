"""Freeze rows of the evidence: write the hashes of their files into `experiments/validation/frozen.csv`.

    python docs/freeze.py             # every row that has no line yet
    python docs/freeze.py L1 L2       # these
    python docs/freeze.py L1 --why "..." --changed "the upper end of the band"

A row is frozen before its first full run. If its file has changed since its last line, `--why` has to say for what
reason, and `--changed` says what. The scoreboard shows both, and a row that was shut away counts as fitted from then
on. That is not so with `--before-look`, for a mistake that was found before anybody saw the row's figures.
"""

import argparse
import datetime
import sys
from collections.abc import Sequence
from pathlib import Path

from sim.lab.runs.result_folder import write_csv
from sim.lab.validation import frozen, row_files
from sim.lab.validation.frozen import Line


def added(rows: Sequence[str], known: dict[str, list[Line]], asked: argparse.Namespace, today: str) -> list[Line]:
    """Return the new lines. Raises `ValueError` if a row is unknown, or has changed and nothing says why."""
    files, found = row_files.files(), []
    for row in rows:
        if row not in files:
            raise ValueError(f"unknown row {row}")
        lines, sha256 = known.get(row, []), frozen.digest(files[row])
        if lines and lines[-1].sha256 == sha256:
            continue
        if lines and not asked.why:
            raise ValueError(f"{row} has changed since {lines[-1].date}: say why (--why)")
        changed = (asked.changed or "its file") if lines and not asked.before_look else ""
        found.append(Line(row, files[row].name, sha256, today, changed, asked.why))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Add the lines and say what was added."""
    parser = argparse.ArgumentParser(prog="python docs/freeze.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help="otherwise every row that has no line yet")
    parser.add_argument("--why", default="", help="the reason; needed if a row's file has changed")
    parser.add_argument("--changed", default="", help="what was changed after a look")
    parser.add_argument("--before-look", action="store_true", help="nobody had seen the row's figures")
    asked = parser.parse_args(arguments)
    known = frozen.read()
    rows = [row.upper() for row in asked.rows] or [row for row in row_files.files() if row not in known]
    try:
        new = added(rows, known, asked, datetime.date.today().isoformat())
    except ValueError as error:
        print(f"freeze: {error}", file=sys.stderr)
        return 2
    table = Path("experiments") / "validation" / frozen.NAME
    write_csv(table, [line._asdict() for line in [*(line for lines in known.values() for line in lines), *new]])
    print("\n".join(f"{line.row} {line.sha256[:12]} {line.changed or 'frozen'}" for line in new) or "nothing to freeze")
    return 0


if __name__ == "__main__":
    sys.exit(main())
