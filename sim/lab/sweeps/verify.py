"""Does a sweep's folder say what this program says? A random sample of its runs is run again and compared exactly."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.lab.runs import manifest
from sim.lab.settings.errors import SettingsError
from sim.lab.sweeps import point_run, provenance, store
from sim.lab.sweeps.engine import open_folder, plan_for
from sim.lab.sweeps.executors import Executor, Queue, Serial
from sim.world.measures import OUTCOMES


class Difference(NamedTuple):
    """A number that came out otherwise."""

    run_id: int
    metric: str
    before: float
    now: float


class Verified(NamedTuple):
    """What running a sample again has shown."""

    checked: int
    of: int  # runs without an error in the folder
    differences: list[Difference]
    changed: list[str]  # versions and code: what was, what is

    def lines(self) -> list[str]:
        """Return what there is to say."""
        runs = len({difference.run_id for difference in self.differences})
        said = [f"{self.checked} of {self.of} runs run again: " + (f"{runs} differ" if runs else "all the same")]
        said += [f"  run {d.run_id}: {d.metric} was {d.before!r}, is {d.now!r}" for d in self.differences[:10]]
        return said + [f"since then: {change}" for change in self.changed]


def verify(folder: Path, sample: int = 20, executor: Executor | None = None, seed: int | None = None) -> Verified:
    """Run a random sample again.

    Parameters
    ----------
    sample
        How many runs, at most. Those that failed are left out.
    seed
        Of the choice of the sample; another one each time if there is none.

    Raises
    ------
    SettingsError
        If there is no such sweep, or no run in it that could be run again.
    WorkError
        If a part is damaged.
    """
    executor = executor or Serial()
    opened = open_folder(folder)
    kept = store.runs(folder)
    good = kept[kept["error"].isna()].set_index("run_id")
    if good.empty:
        raise SettingsError(f"{folder}: there is no run to verify; {len(kept)} failed")
    chosen = np.random.default_rng(seed).permutation(good.index.to_numpy(np.int64))[:sample]
    queue = Queue(opened.design, np.sort(chosen), executor.workers)
    differences: list[Difference] = []
    for results in executor.results(plan_for(opened.base, opened.design, opened), queue):
        for result in results:
            before = good.loc[result.run_id, list(OUTCOMES)].to_numpy(np.float64)
            now = np.array(result.outcomes or (np.nan,) * len(OUTCOMES))
            other = ~((before == now) | (np.isnan(before) & np.isnan(now)))
            pairs = zip(
                np.array(list(OUTCOMES))[other].tolist(), before[other].tolist(), now[other].tolist(), strict=True
            )
            differences += [Difference(result.run_id, *pair) for pair in pairs]
    return Verified(len(chosen), len(good), sorted(differences), changes(folder))


def changes(folder: Path) -> list[str]:
    """Return what is not as it was when the sweep was begun: versions and code."""
    known = provenance.read(folder)
    before = known["versions"] | {f"code of the {name}": digest for name, digest in known["code"].items()}
    now = manifest.versions() | {f"code of the {name}": digest for name, digest in point_run.CODE.items()}
    names = [name for name in before | now if before.get(name) != now.get(name)]
    return [f"{name} {before.get(name, 'absent')} -> {now.get(name, 'absent')}" for name in names]
