"""A result folder, read once: what every figure and the report draw from."""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ValidationError

from sim.lab.runs.fork import AS_IT_WAS, FOUR
from sim.lab.runs.statistics import t_interval
from sim.lab.settings import keys
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.messages import plural
from sim.lab.settings.read_yaml import read_json, read_yaml
from sim.world.measures import FLOW_SERIES, OUTCOMES, SERIES, Measure

BASE = "base"
NEEDED = {  # columns of a folder's tables; `arm` of a comparison alone
    "outcomes.parquet": ("arm", "replicate", "outcome", "value"),
    "series.parquet": ("arm", "world", "replicate", "day", "venue", "metric", "value"),
    "summary.csv": ("metric", "mean", "low", "high", "replicates"),
    "outcomes.csv": ("arm", "outcome", "difference", "low", "high", "share_better", "detectable", "verdict"),
    "parameters.csv": ("group", "name", "value", "unit", "low", "high", "grade", "why", "changed"),
    "ledger.csv": ("event",),
    "people.parquet": ("arm", "replicate", "venue", "role", "questions", "talks", "answers"),
    "bonds.parquet": ("arm", "world", "venue", "person", "partner", "strength"),
}
Paths = pd.DataFrame  # a row a run, a column a day
Values = NDArray[np.float64]


class Spread(NamedTuple):
    """Mean over runs with its 95 % interval; the interval is NaN where one run is all there is."""

    mean: float
    low: float
    high: float
    runs: int

    @property
    def sure(self) -> bool:
        """Whether there is an interval."""
        return bool(np.isfinite(self.low) and np.isfinite(self.high))


def spread(values: ArrayLike, least: float = -np.inf, most: float = np.inf) -> Spread:
    """Return the mean of runs with a value, and its interval by Student's t as far as values can lie."""
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if not len(known):
        return Spread(np.nan, np.nan, np.nan, 0)
    low, high = np.clip(t_interval(known), least, most)
    return Spread(float(known.mean()), float(low), float(high), len(known))


class Results:
    """A result folder. Every table is read at first use; one that is missing is empty.

    `changes` has what each alternative changes, in the user's words. `arms` are the base and the `alternatives`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scenario = _checked(folder / "scenario.json", read_json, _Story)
        self.manifest = _checked(folder / "manifest.json", read_json, _Manifest)
        self.config = _checked(folder / "config.yaml", read_yaml, _Config)
        self.name = str(self.scenario.get("scenario", folder.name))
        self.compares = self.scenario.get("kind") == "compare"
        named: dict[str, str] = self.scenario.get("arms") or {}
        self.changes = {arm: words for arm, words in named.items() if arm != BASE}
        self.alternatives = list(self.changes)
        self.settings: dict[str, dict[str, Any]] = self.scenario.get("settings") or {}
        self.stated: dict[str, dict[str, str]] = self.scenario.get("stated") or {}
        self.presets: dict[str, dict[str, str]] = self.manifest.get("presets") or {}
        self.arms = [BASE, *self.alternatives]

    def change(self, arm: str) -> str:
        """Return what an alternative changes and, where it is not from the start, since when."""
        day, words = self.scenario.get("change_day"), self.changes[arm] or "nothing changed"
        return f"{words} from day {day}" if day is not None and self.changes[arm] else words

    def levers(self, arm: str) -> dict[str, Any]:
        """Return the settings of an arm by dotted name, as far as the folder has them."""
        own = {} if arm == BASE else self.settings.get(arm, {})
        return dict(keys.flat(self.config)) | own

    @cached_property
    def short_hash(self) -> str:
        """First letters of the data's identity: a hash of the hashes that the manifest lists."""
        listed = self.manifest.get("outputs") or self.config
        return hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()[:8]

    @cached_property
    def _series(self) -> dict[tuple[str, ...], pd.DataFrame]:
        table = self.table("series.parquet")
        by = ["arm", "world", "venue", "metric"]
        return {tuple(map(str, key)): group for key, group in table.groupby(by, observed=True, sort=False)}

    @cached_property
    def venues(self) -> list[str]:
        """Names of the venues, the main one first."""
        main = str(self.config.get("venue_name", "main"))
        found = dict.fromkeys(venue for _, _, venue, _ in self._series)
        return [main, *(venue for venue in found if venue != main)] if main in found or not found else list(found)

    def paths(self, metric: str, arm: str = BASE, world: str = AS_IT_WAS, venue: str | None = None) -> Paths:
        """Return a series as a table of runs by days; it is empty where nothing was recorded."""
        rows = self._series.get((arm, world, venue or self.venues[0], metric))
        return pd.DataFrame() if rows is None else rows.pivot(index="replicate", columns="day", values="value")

    def total(self, metrics: Sequence[str], arm: str = BASE, venue: str | None = None) -> Values:
        """Return the sum of some flows over the whole run, one number a run."""
        tables = [table for metric in metrics if not (table := self.paths(metric, arm, venue=venue)).empty]
        return np.asarray(sum(table.sum(axis=1).to_numpy() for table in tables), dtype=float)

    @cached_property
    def host_off(self) -> int | None:
        """The day on which worlds part from the one as it was, or None where none did."""
        days = self.paths("active", world=next(iter(FOUR))).columns
        return None if len(days) == 0 else int(self.scenario.get("host_off") or days[0])

    @cached_property
    def last_day(self) -> int:
        """The last recorded day."""
        days = self.paths("active").columns
        return int(days[-1]) if len(days) else 0

    @property
    def days(self) -> int:
        """Length of a run."""
        return int(self.config.get("days") or self.last_day)

    @cached_property
    def runs(self) -> int:
        """How many runs the base has."""
        return int(self.outcomes(BASE).index.size)

    @property
    def footer(self) -> str:
        """How many runs, of what."""
        partial = " (stopped early)" if self.manifest.get("partial") else ""
        return f"{plural(self.runs, 'run')}{partial} · scenario {self.name} · run {self.short_hash}"

    @cached_property
    def _outcomes(self) -> pd.DataFrame:
        return self.table("outcomes.parquet").pivot(index=["arm", "replicate"], columns="outcome", values="value")

    def outcomes(self, arm: str) -> pd.DataFrame:
        """Return an arm's outcomes: a row a run, a column an outcome."""
        of_arm = self._outcomes.index.get_level_values("arm") == arm
        return self._outcomes[of_arm].droplevel("arm")

    def outcome(self, name: str, arm: str = BASE) -> Values:
        """Return one outcome of an arm, one number a run, NaN where it has no meaning."""
        table = self.outcomes(arm)
        return table[name].to_numpy(dtype=float) if name in table else np.full(len(table), np.nan)

    def mean(self, name: str, arm: str = BASE) -> Spread:
        """Return an outcome's mean and interval as the summary has them."""
        table = self.summary
        row = table[(table.arm == arm) & (table.metric == name)]
        if row.empty:
            return spread(self.outcome(name, arm))
        first = row.iloc[0]
        return Spread(float(first["mean"]), float(first.low), float(first.high), int(first.replicates))

    @cached_property
    def summary(self) -> pd.DataFrame:
        """The summary, with the column `arm` also for a run."""
        table = self.table("summary.csv")
        table = table if "arm" in table else table.assign(arm=BASE)
        return table.reindex(columns=["arm", "metric", "mean", "low", "high", "replicates"])

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Differences from the base: a row an arm and an outcome, in that order of index."""
        table = self.table("outcomes.csv")
        return table.set_index(["arm", "outcome"]).sort_index() if "arm" in table else table

    def difference(self, name: str, arm: str) -> pd.Series | None:
        """Return one row of the differences, or None where there is no such row."""
        table = self.differences
        return table.xs((arm, name)) if (arm, name) in table.index else None  # type: ignore[return-value]

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Every declared number with its value in this run."""
        return self.table("parameters.csv")

    def parameter(self, group: str, name: str) -> float:
        """Return one number's value, NaN where it is not listed."""
        table = self.parameters
        found = table[(table.group == group) & (table.name == name)] if "group" in table else table
        return float(found.iloc[0]["value"]) if len(found) else np.nan

    def table(self, name: str) -> pd.DataFrame:
        """Read a table of the folder; one that is absent and not needed is empty."""
        return read_table(
            self.folder / name, NEEDED.get(name, ()), needed=name in ("outcomes.parquet", "series.parquet")
        )


def read_table(path: Path, columns: Sequence[str], needed: bool = True) -> pd.DataFrame:
    """Return a table of a result folder. One of another version, without some column, is refused in a line."""
    again = "the folder is of another version or kind; run it again"
    if not path.exists():
        if needed:
            raise SettingsError(f"{path} is missing: {again}")
        return pd.DataFrame()
    found = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    lacking = [name for name in columns if name not in found]
    if lacking:
        raise SettingsError(f"{path} has no column {', '.join(lacking)}: {again}")
    return found


def measure(name: str) -> Measure:
    """Return what a series or an outcome means; an unknown one is called by its name."""
    plain = Measure(name.replace("_", " ").capitalize(), "", "neither", "")
    return OUTCOMES.get(name) or SERIES.get(name) or FLOW_SERIES.get(name) or plain


class _Count(BaseModel):
    finished: int
    asked: int


class _Set(BaseModel):
    name: str
    count: int


class _Manifest(BaseModel):
    partial: bool
    replicates: _Count | None = None
    vectors: _Set | None = None
    presets: dict[str, dict[str, str]] = {}
    versions: dict[str, Any] | None = None
    source: dict[str, Any] | None = None


class _Story(BaseModel):
    question: str
    story: str
    claim: str
    command: str
    arms: dict[str, str] | None = None
    change_day: int | None = None
    host_off: int | None = None
    settings: dict[str, dict[str, Any]] = {}
    stated: dict[str, dict[str, str]] = {}


class _Config(BaseModel):
    venue_name: str = "main"
    people: int | None = None
    days: int | None = None
    host: dict[str, Any] | None = None
    venues: dict[str, dict[str, dict[str, Any]]] | None = None


def _checked(path: Path, read: Callable[[Path], Any], shape: type[BaseModel]) -> dict[str, Any]:
    """Return what a file of a result folder says, an empty one where there is none. It may come from a stranger."""
    if not path.exists():
        return {}
    tree = read(path)
    try:
        shape.model_validate(tree)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "no entries"
        raise SettingsError(f"{path} is not what a run writes ({where})") from None
    return dict(tree)
