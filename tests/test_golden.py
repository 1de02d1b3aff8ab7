"""Golden runs: the same settings and seed give the same tables as before a move or a rewrite.

Each entry of `golden.json` is a hash of the numbers that a run leaves behind, rounded to nine digits, because NumPy's
exponential may differ in the last bit from processor to processor. When results are meant to change, say so in
CHANGELOG.md and write the file again: `python tests/test_golden.py`.
"""

import hashlib
import json
import math
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sweep_tasks

from sim.cli import compose
from sim.cli import trial as trial_command
from sim.lab.runs import jobs
from sim.lab.runs.replicate import run_replicate
from sim.lab.sweeps import engine, store
from sim.lab.sweeps.executors import Serial
from sim.lab.trials.analysis import effects
from sim.lab.trials.run import run_trial
from sim.lab.validation import row_files
from sim.lab.validation.workbench import Bench

GOLDEN = Path(__file__).with_name("golden.json")
SCENARIOS = ("ad_ratchet", "already_exists", "badge_shop", "generation_good", "seed_then_taper", "support_forum")
ROWS = ("N1", "P2", "A3")


def digits(value: Any) -> str:
    """Write a number with nine significant digits; everything else as it is."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        return str(value)
    return "nan" if math.isnan(value) else f"{float(value):.9g}"


def hash_of(parts: Iterable[Any]) -> str:
    """Return twelve hex digits of columns, mappings and numbers, in their order."""
    digest = hashlib.sha256()
    for part in parts:
        named = part.items() if isinstance(part, dict) else [("", part)]
        for name, values in named:
            digest.update(f"{name}:{','.join(map(digits, np.ravel(values).tolist()))};".encode())
    return digest.hexdigest()[:12]


def of_run(*arguments: str, compares: bool = False) -> str:
    """Hash all arms of the first replicate: series, outcomes, people, ledger."""
    request = compose.request([*arguments, "replicates=1", "vectors=declared"], compares)
    arms = run_replicate(jobs.job(request, "").tasks[0]).arms
    parts: list[Any] = []
    for arm in arms.values():
        parts += [*arm.series.values(), arm.outcomes, arm.people, *arm.ledger, *arm.bonds.values()]
    return hash_of(parts)


def of_comparison() -> str:
    """Hash a comparison that parts on a day in the middle."""
    return of_run("days=400", "change_day=200", "alt.no_manager=host.replies=0 host.seeding=0", compares=True)


def of_trial() -> str:
    """Hash the enrolled and the effects of a small trial."""
    asked, made, _ = trial_command.request(["trial=reply_to_newcomers", "people=600", "days=480", "replicates=1"])
    trial = asked.trial()
    found = run_trial(trial, made.settings(), 5, keeps_log=False)
    return hash_of([found.rows, *(effect._asdict() for effect in effects(trial, [found], asked.association))])


def of_sweep() -> str:
    """Hash the runs of a small sweep."""
    base, design = sweep_tasks.tiny("days=60", "venue.launch=2"), sweep_tasks.design_of(3, 2)
    with tempfile.TemporaryDirectory() as folder:
        opened = store.create(Path(folder), base, design)
        engine.run_design(base, design, Serial(), opened)
        table = sweep_tasks.runs_of(opened.folder).drop(columns="seconds")
        return hash_of([{name: table[name].to_numpy() for name in table.columns}])


def of_row(row: str) -> str:
    """Hash what a row of the evidence measures on one seed."""
    measure = row_files.load(row_files.files()[row]).measure
    assert measure is not None
    return hash_of([measure(Bench({}), 11)])


CASES: dict[str, Callable[[], str]] = {
    **{f"{name}-{seed}": lambda name=name, seed=seed: of_run(f"scenario={name}", f"seed={seed}")  # type: ignore[misc]
       for name in SCENARIOS for seed in (1, 2)},
    "comparison": of_comparison,
    "trial": of_trial,
    "sweep": of_sweep,
    **{f"row-{row}": lambda row=row: of_row(row) for row in ROWS},  # type: ignore[misc]
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", CASES)
def test_a_golden_run_still_gives_the_same_tables(case: str) -> None:
    assert CASES[case]() == json.loads(GOLDEN.read_text())[case]


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps({case: make() for case, make in CASES.items()}, indent=1) + "\n")
