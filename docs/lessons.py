"""Check the keys of the lessons in `docs/teach/`, or measure them afresh.

    python docs/lessons.py            # run all commands with another seed; exit code 1 where a key does not hold
    python docs/lessons.py 3 5        # these lessons only
    python docs/lessons.py --write    # measure the keys, and write them into keys.csv and into the lessons

The commands are those of the lessons' pages, run without pictures and reports. `docs/teach/keys.csv` has a line for
each number of a key. By hand are its lesson, its command (the first of the lesson is 1), the arm and the outcome, the
arm that is taken off (`against`, empty for a level), and the words. Measured are

- `low` and `high`: the 10th and the 90th percentile over single runs, or over pairs of runs that share their seed;
- `mean_low` and `mean_high`: the 95 % confidence interval of the mean (Student's t).

Keys are measured in 44 runs of seed 1, so that each of the 22 plausible vectors has two. All are rounded outwards, to
what the lesson shows. The check makes 22 runs of seed 2, and not the class's eight: these have the first eight vectors,
and one in which a place hardly comes to life would count for an eighth. A key holds if the new mean lies between `low`
and `high` and, for a difference whose interval excludes 0, on the same side of 0.
"""

import argparse
import csv
import math
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from reference import table

from sim.cli import compose
from sim.lab.runs import jobs
from sim.lab.runs.headline import CURRENCY
from sim.lab.runs.parallel import processes, run_all
from sim.lab.runs.statistics import Estimate, estimate
from sim.world.measures import OUTCOMES

FOLDER = Path(__file__).parent / "teach"
TABLE = FOLDER / "keys.csv"
LESSONS = {int(path.name[0]): path for path in sorted(FOLDER.glob("[0-9]_*.md"))}
PART = re.compile(r"(<!-- keys -->\n).*?(<!-- end -->)", re.DOTALL)
REPLICATES, SEED = 44, 1
CHECKED, OTHER_SEED = 22, 2
DIGITS = {"share": 2, "people": 0, "money": -2, "tickets": 0}  # of what is shown and kept, by unit; otherwise 2
HEAD = ("key", "command", "what", "single runs", "mean, 95 % interval")

Values = Mapping[str, Mapping[str, Sequence[float]]]  # by arm and outcome, one for each run


class Key(NamedTuple):
    """A number of a lesson's key, as a range."""

    id: str
    lesson: int
    command: int
    arm: str
    against: str
    outcome: str
    what: str
    low: float
    high: float
    mean_low: float
    mean_high: float
    replicates: int
    seed: int

    def of(self, values: Values) -> Estimate:
        """Return the mean over runs, or over pairs of runs, with interval and percentiles."""
        level = values[self.arm][self.outcome]
        if not self.against:
            return estimate(level)
        return estimate([a - b for a, b in zip(level, values[self.against][self.outcome], strict=True)])

    def measured(self, values: Values, seed: int) -> "Key":
        """Return the key with new ranges."""
        new, digits = self.of(values), digits_of(self.outcome)
        return self._replace(
            low=outwards(new.p10, digits, math.floor), high=outwards(new.p90, digits, math.ceil),
            mean_low=outwards(new.low, digits, math.floor), mean_high=outwards(new.high, digits, math.ceil),
            replicates=new.runs, seed=seed,
        )  # fmt: skip

    def holds(self, mean: float) -> bool:
        """Tell whether a new mean agrees with the key."""
        is_clear = self.against and (self.mean_low > 0 or self.mean_high < 0)
        same_side = not is_clear or (mean > 0) == (self.mean_low > 0)
        return self.low <= round(mean, digits_of(self.outcome)) <= self.high and same_side


def digits_of(outcome: str) -> int:
    """Return how many decimals of an outcome a key keeps; below 0 it is rounded to tens or hundreds."""
    return DIGITS.get(OUTCOMES[outcome].unit, 2)


def outwards(value: float, digits: int, rounding: Callable[[float], int]) -> float:
    """Return the end of a range, rounded so that the range does not get narrower."""
    return float(rounding(round(value * 10**digits, 6)) / 10**digits)


def shown(low: float, high: float, key: Key) -> str:
    """Return a range as a lesson shows it: shares in percent, their differences in points, money with its currency."""
    unit, sign = OUTCOMES[key.outcome].unit, "+" if key.against else ""
    if unit == "share":
        return f"{100 * low:{sign}.0f} to {100 * high:{sign}.0f} {'points' if key.against else '%'}"
    decimals = max(0, digits_of(key.outcome))
    text = f"{low:{sign},.{decimals}f} to {high:{sign},.{decimals}f}"
    return f"{CURRENCY} {text}" if unit == "money" else text


READ: dict[type, Callable[[str], Any]] = {  # a new key has no numbers yet
    str: str, int: lambda text: int(text or 0), float: lambda text: float(text or "nan"),
}  # fmt: skip


def keys() -> list[Key]:
    """Read the table of keys."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Key(**{name: READ[kind](row[name]) for name, kind in Key.__annotations__.items()}) for row in rows]


@cache
def commands(lesson: int) -> list[str]:
    """Return the commands that a lesson shows, in order, without the program's name."""
    blocks = re.findall(r"^```bash\n(.*?)^```", LESSONS[lesson].read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line.removeprefix("barnraise ") for line in lines if line.startswith("barnraise ")]


def values_of(command: str, **changed: int) -> Values:
    """Run a command with some settings changed, and return its outcomes by arm, one for each run."""
    words = [word for word in shlex.split(command, comments=True) if word.partition("=")[0] not in changed]
    compares = words[0] == "compare"
    asked = compose.request([*words[compares:], *(f"{name}={value}" for name, value in changed.items())], compares)
    job = jobs.job(asked, "")
    runs = run_all(job.tasks, processes(asked.experiment.workers, len(job.tasks)), (), lambda _: None).finished
    return {arm: {name: [run.arms[arm].outcomes[name] for run in runs] for name in OUTCOMES} for arm in runs[0].arms}


def filled(text: str, rows: Iterable[Key]) -> str:
    """Return a lesson with its table of keys written again."""
    lines = [
        (key.id, str(key.command), key.what, shown(key.low, key.high, key), shown(key.mean_low, key.mean_high, key))
        for key in rows
    ]
    return PART.sub(lambda part: f"{part[1]}{table(HEAD, lines)}\n{part[2]}", text)


def write(rows: Sequence[Key]) -> None:
    """Write the keys into their table and into the lessons."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Key._fields)
        writer.writerows([f"{cell:.10g}" if isinstance(cell, float) else cell for cell in row] for row in rows)
    for lesson, path in LESSONS.items():
        text = path.read_text(encoding="utf-8")
        path.write_text(filled(text, (key for key in rows if key.lesson == lesson)), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the keys or measure them."""
    parser = argparse.ArgumentParser(prog="python docs/lessons.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("lessons", nargs="*", type=int, choices=[[], *LESSONS], metavar="LESSON")
    parser.add_argument("--write", action="store_true", help="measure the keys and write them down")
    parser.add_argument("--seed", type=int, help=f"otherwise {SEED} to write and {OTHER_SEED} to check")
    asked = parser.parse_args(arguments)
    seed = asked.seed or (SEED if asked.write else OTHER_SEED)
    changed = {"seed": seed, "replicates": REPLICATES if asked.write else CHECKED}
    found, failed = keys(), 0
    for lesson in asked.lessons or LESSONS:
        for number, command in enumerate(commands(lesson), start=1):
            print(f"barnraise {command}", flush=True)
            values = values_of(command, **changed)
            for at, key in enumerate(found):
                if (key.lesson, key.command) != (lesson, number):
                    continue
                if asked.write:
                    found[at] = key.measured(values, seed)
                mean = key.of(values).mean
                holds = found[at].holds(mean)
                failed += not holds
                said = f"{mean:.4g} in {shown(found[at].low, found[at].high, key)}"
                print(f"  {'holds' if holds else 'FAILS'} {key.id} {key.what}: {said}", flush=True)
    if asked.write:
        write(found)
    print(f"{failed} keys fail" if failed else "All keys hold.")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
