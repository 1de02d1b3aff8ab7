"""Sweep folders made up for tests, in the layout of docs/decisions/0006: any function of the factors, no world."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.lab.sweeps import store
from sim.lab.sweeps.design import Design, Factor, points_of
from sim.lab.sweeps.parts import is_mixed, word
from sim.world.measures import OUTCOMES

Outcome = Callable[..., Any]  # (points, noise) -> values: noise is one number a run


def make_sweep(
    folder: Path, points: pd.DataFrame, outcomes: Mapping[str, Outcome], *, replicates: int = 4, kind: str = "grid",
    factors: Sequence[Factor] = (), options: Mapping[str, Any] | None = None, parts: int = 3,
    missing: Iterable[int] = (), failed: Mapping[int, str] | None = None, shared: float = 0.0,
) -> Path:  # fmt: skip
    """Write a sweep under `folder` whose runs are `outcome(points, noise)`; `shared` of the noise is the seed's."""
    factors = factors or tuple(factor_of(name, points[name]) for name in points)
    design = Design(kind, tuple(factors), points, replicates, 1, dict(options or {}))
    folder = store.create(folder, {(): {}}, design).folder
    rows = runs(points, outcomes, replicates, shared)
    for run_id, error in (failed or {}).items():
        rows.loc[run_id, "error"] = error
        rows.loc[run_id, list(outcomes)] = np.nan
    rows = rows[~rows["run_id"].isin(list(missing))]
    write_parts(folder, rows, parts)
    return folder


def runs(points: pd.DataFrame, outcomes: Mapping[str, Outcome], replicates: int, shared: float) -> pd.DataFrame:
    """Return the rows of all runs."""
    chance, count = np.random.default_rng(7), len(points) * replicates
    seeds = chance.normal(size=replicates)
    repeated = points.loc[points.index.repeat(replicates)].reset_index(drop=True)
    number = np.tile(np.arange(replicates), len(points))
    rows = pd.DataFrame({"run_id": np.arange(count), "point": np.arange(count) // replicates, "replicate": number})
    rows["run_seed" if "seed" in points else "seed"] = 1000 + number
    rows = pd.concat([rows, repeated], axis=1)
    for name, outcome in outcomes.items():
        noise = np.sqrt(1 - shared) * chance.normal(size=count) + np.sqrt(shared) * seeds[number]
        rows[name] = np.asarray(outcome(repeated, noise), float)
    return rows.assign(error=pd.Series([None] * count, dtype="str"), seconds=chance.uniform(0.1, 0.2, count))


def write_parts(folder: Path, rows: pd.DataFrame, parts: int, first: int = 0) -> None:
    """Write the rows as parts, each unsorted, as workers finish."""
    mixed = [name for name in rows if name != "error" and rows[name].dtype == object and is_mixed(rows[name])]
    rows = rows.assign(**{name: rows[name].map(word) for name in mixed})
    shuffled = rows.sample(frac=1, random_state=3) if len(rows) < 10_000 else rows
    for part, places in enumerate(np.array_split(np.arange(len(rows)), parts)):
        shuffled.iloc[places].to_parquet(folder / "runs" / f"part-{first + part:05d}.parquet", index=False)


def factor_of(name: str, column: "pd.Series[Any]") -> Factor:
    """Return what a column of points varies."""
    if column.dtype.kind in "if":
        return Factor(name, float(column.min()), float(column.max()))
    return Factor(name, values=tuple(dict.fromkeys(column)))


def grid(**levels: Sequence[Any]) -> pd.DataFrame:
    """Return a full grid; `__` in a name stands for the dot."""
    mesh = pd.MultiIndex.from_product(levels.values()).to_frame(index=False)
    return points_of([name.replace("__", ".") for name in levels], mesh.to_numpy(object).tolist())


def community(points: pd.DataFrame, noise: Any) -> Any:
    """Return a size that falls with ads and rises with replies, up to a point."""
    ads, replies = (points.get(name, 0.0) for name in ("venue.ad_load", "host.replies"))
    return 430 - 22 * ads + 900 * replies * (1 - replies) + 18 * noise


def held(points: pd.DataFrame, noise: Any) -> Any:
    """Return a share held by each other that replies cost, since members come to lean on the host."""
    replies = points.get("host.replies", 0.0)
    return np.clip(0.62 - 0.5 * replies + 0.06 * noise, 0, None)


def money(points: pd.DataFrame, noise: Any) -> Any:
    """Return a profit."""
    return 310_000 + 9_000 * points.get("venue.ad_load", 0.0) + 20_000 * noise


COMMUNITY: dict[str, Outcome] = {"size": community, "held_by_members": held, "profit": money}
assert set(COMMUNITY) <= set(OUTCOMES)
