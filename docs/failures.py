"""Write the published findings that the world gets wrong into the table that reports read.

    python docs/failures.py results/gallery/validation    # as `make validate` does

`sim/lab/validation/levers.csv` is written by hand: for each row of `experiments/validation`, the levers whose effect
the finding is about (`any`: it is about communities in general), and in a sentence each what was found and what this
world gives instead. `failures.csv` beside it holds the rows that the scoreboard of a folder does not reproduce.
"""

import csv
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from sim.lab.runs.result_folder import write_csv
from sim.lab.validation.failures import ANY, lines_of

ROOT = Path(__file__).parents[1]
WRONG = ("miss", "wrong sign", "not expressible")  # "no credit" is met, though not by the mechanism in question


def rebuilt(scoreboard: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the lines of `failures.csv` from those of a scoreboard's table of rows."""
    hand = {line["row"]: line for line in lines_of("levers.csv")}
    found = []
    for line in scoreboard:
        if line["verdict"] in WRONG:
            own = hand.get(line["row"], {"finding": "", "here": "", "levers": ANY})
            found.append({"row": line["row"], "verdict": line["verdict"], "finding": own["finding"] or line["finding"],
                          "here": own["here"] or "Here it does not come out.", "levers": own["levers"]})  # fmt: skip
    return found


def main(folder: Path) -> None:
    """Write `failures.csv` from the scoreboard of a folder."""
    with (folder / "rows.csv").open(encoding="utf-8", newline="") as file:
        lines = rebuilt(csv.DictReader(file))
    write_csv(ROOT / "sim" / "lab" / "validation" / "failures.csv", lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
