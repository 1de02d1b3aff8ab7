"""Try a row of the evidence before it is frozen: does it run, and does it give figures? Their values are not printed.

    python docs/try_row.py L1              # on two seeds, with its mechanism and without
    python docs/try_row.py L1 --seeds 1

A row is frozen before anybody has seen its figures, so that neither its design nor its bands can be bent to them. The
seeds are other ones than those of the scoreboard.
"""

import argparse
import math
import sys
from collections.abc import Sequence

from sim.lab.runs.replicate import seed_of
from sim.lab.validation import Bench, evaluate, row_files, scoring
from sim.lab.validation.evaluate import Item

FIRST = 9000  # number of the first seed: the scoreboard's begin at 0


def tried(name: str, seeds: int) -> list[str]:
    """Return a line for each variant: how long a seed takes, and which figures are not defined, or what went wrong."""
    (entry,) = row_files.entries([name])
    if entry.row.missing:
        return [f"{entry.row.id}: not expressible"]
    lines = []
    for variant, changes in (("full", {}), ("ablated", entry.row.ablate)):
        numbers = range(FIRST, FIRST + seeds)
        taken = [
            evaluate.measure_item(
                Item(entry.row.id, variant, number), entry, Bench(dict(changes)), seed_of(evaluate.ROOT, number)
            )
            for number in numbers
        ]
        wrong = [one.error for one in taken if one.error]
        found = {} if wrong else scoring.simulate(entry.row, [one.sample for one in taken], entry.combine)
        lacking = [target for target, figure in found.items() if math.isnan(figure.mean)]
        said = wrong[0] if wrong else f"not defined: {', '.join(lacking)}" if lacking else "all targets have a figure"
        lines.append(f"{entry.row.id} {variant}: {sum(one.seconds for one in taken) / seeds:.1f} s a seed; {said}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Try rows; the exit code is 0 whatever they give."""
    parser = argparse.ArgumentParser(prog="python docs/try_row.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rows", nargs="+", metavar="ROW")
    parser.add_argument("--seeds", type=int, default=2)
    asked = parser.parse_args(arguments)
    for name in asked.rows:
        print("\n".join(tried(name, asked.seeds)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
