"""Write `results/gallery/scenarios.csv`: for each scenario its contrast, its interval, and whether the essays hold.

    python docs/scenarios.py                         # all scenarios, 8 pairs each
    python docs/scenarios.py --replicates 24 lego_fans
    python docs/scenarios.py --check                 # exit code 1 where a line of the table is missing or too many

The contrast of a scenario is its first alternative against the scenario as it is, in the outcome that its file names,
with Student's 95 % interval over pairs of runs that share their seed. Where an alternative has no community at all,
the company's profit is compared as well. The verdict compares the contrast with what the essays predict: `more` and
`less` hold if the interval lies on that side of zero, and fail if it lies on the other. `same` holds if the interval
lies within a tenth of the scenario's own level, and fails if it lies outside of that. All else is `unclear`. With
`--replicates` or a choice of scenarios the table is printed and not written.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sim.cli import compose
from sim.lab.runs import jobs
from sim.lab.runs.parallel import processes, run_all
from sim.lab.runs.statistics import contrast, estimate
from sim.lab.settings import scenarios
from sim.lab.settings.errors import SettingsError
from sim.world.measures import OUTCOMES

TABLE = Path(__file__).parents[1] / "results" / "gallery" / "scenarios.csv"
REPLICATES, SAME = 8, 0.1


class Line(NamedTuple):
    """One line of the table."""

    scenario: str
    asks: str
    question: str
    outcome: str
    alternative: str
    settings: str
    base: float
    difference: float
    low: float
    high: float
    replicates: int
    expected: str
    verdict: str


def verdict(expects: str, base: float, low: float, high: float) -> str:
    """Return what an interval of a difference says about what was expected of it."""
    if expects == "same":
        margin = SAME * abs(base)
        return (
            "holds" if -margin <= low and high <= margin else "fails" if low > margin or high < -margin else "unclear"
        )
    above, below = low > 0.0, high < 0.0
    if not (above or below):
        return "unclear"
    return "holds" if above == (expects == "more") else "fails"


def lines_of(name: str, replicates: int) -> list[Line]:
    """Run a scenario with all its alternatives, and return a line for each of them."""
    about = scenarios.about(name)
    if about is None:
        raise SettingsError(f"scenario {name}: its file has no words about it")
    alternatives = [f"alt.{key}={value}" for key, value in about.alternatives.items()]
    asked = compose.request([f"scenario={name}", f"replicates={replicates}", *alternatives], True)
    job = jobs.job(asked, "")
    runs = run_all(job.tasks, processes("auto", replicates), (), lambda _: None).finished
    found = []
    for at, (key, value) in enumerate(about.alternatives.items()):
        outcomes = [about.outcome] + ["profit"] * ("community=none" in value and about.outcome != "profit")
        for outcome in outcomes:
            base, other = ([run.arms[arm].outcomes[outcome] for run in runs] for arm in ("base", key))
            pair, level = contrast(base, other, OUTCOMES[outcome].better), estimate(base).mean
            is_judged = at == 0 and outcome == about.outcome
            says = verdict(about.expects, level, pair.low, pair.high) if is_judged else ""
            row = (pair.difference, pair.low, pair.high, replicates, about.expects if is_judged else "", says)
            found.append(Line(name, about.asks, scenarios.read(name)["question"], outcome, key, value, level, *row))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the scenarios and write the table."""
    parser = argparse.ArgumentParser(prog="python docs/scenarios.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="SCENARIO")
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args(arguments)
    known = [name for name in scenarios.names() if scenarios.about(name) is not None]
    if asked.check:
        with TABLE.open(encoding="utf-8") as table:
            written = {row["scenario"] for row in csv.DictReader(table)}
        return int(written != set(known))
    found: list[Line] = []
    for name in asked.names or known:
        found += lines_of(name, asked.replicates)
        print(
            "  ".join(cell if isinstance(cell, str) else f"{cell:.4g}" for cell in (name, *found[-1][3:])), flush=True
        )
    if not asked.names and asked.replicates == REPLICATES:
        with TABLE.open("w", encoding="utf-8", newline="") as table:
            writer = csv.writer(table)
            writer.writerow(Line._fields)
            writer.writerows([f"{cell:.6g}" if isinstance(cell, float) else cell for cell in line] for line in found)
        print(TABLE.relative_to(TABLE.parents[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
