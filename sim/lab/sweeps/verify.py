"""Check that a sweep's folder holds what this program computes: repeat a random sample of its runs, and compare."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.lab.runs import manifest
from sim.lab.settings.errors import SettingsError
from sim.lab.sweeps import point_run, provenance
from sim.lab.sweeps.engine import open_folder, plan_for
from sim.lab.sweeps.executors import Queue, Serial
from sim.lab.sweeps.sweep_folder import Sweep
from sim.world.measures import OUTCOMES


class Difference(NamedTuple):
    """A number that came out differently."""

    run_id: int
    metric: str
    before: float
    now: float


class Verified(NamedTuple):
    """The result of repeating a sample."""

    checked: int
    of: int  # runs without an error in the folder
    differences: list[Difference]
    changed: list[str]  # versions and code: what was, what is

    def lines(self) -> list[str]:
        """Return what to print."""
        runs = len({difference.run_id for difference in self.differences})
        said = [f"{self.checked} of {self.of} runs repeated: " + (f"{runs} differ" if runs else "all the same")]
        said += [f"  run {d.run_id}: {d.metric} was {d.before!r}, is {d.now!r}" for d in self.differences[:10]]
        return said + [f"changed since: {change}" for change in self.changed]


def verify(folder: Path, sample: int = 20, seed: int | None = None) -> Verified:
    """Repeat a random sample of the runs that did not fail. Without a seed it differs each time."""
    executor, opened = Serial(), open_folder(folder)
    kept = Sweep(folder).frame(["run_id", "error", *OUTCOMES])
    good = kept[kept["error"].isna()].set_index("run_id")
    if good.empty:
        raise SettingsError(f"{folder}: there is no run to verify ({len(kept)} failed)")
    chosen = np.random.default_rng(seed).permutation(good.index.to_numpy(np.int64))[:sample]
    queue = Queue(opened.design, np.sort(chosen), executor.workers)
    differences: list[Difference] = []
    for results in executor.results(plan_for(opened.base, opened.design, opened), queue):
        for result in results:
            before = good.loc[result.run_id, list(OUTCOMES)].to_numpy(np.float64)
            now = np.array(result.outcomes or (np.nan,) * len(OUTCOMES))
            both = zip(OUTCOMES, before.tolist(), now.tolist(), strict=True)
            differences += [Difference(result.run_id, *pair) for pair in both
                            if not np.array_equal(pair[1], pair[2], equal_nan=True)]  # fmt: skip
    return Verified(len(chosen), len(good), sorted(differences), changes(folder))


def changes(folder: Path) -> list[str]:
    """Return the versions and code that have changed since the sweep was started."""
    known = provenance.read(folder)
    before, now = (
        versions | {f"code of the {name}": digest for name, digest in code.items()}
        for versions, code in ((known["versions"], known["code"]), (manifest.versions(), point_run.CODE))
    )
    names = [name for name in before | now if before.get(name) != now.get(name)]
    return [f"{name} {before.get(name, 'absent')} -> {now.get(name, 'absent')}" for name in names]
