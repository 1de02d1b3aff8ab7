"""The options `design.`, `engine.` and `precision.`: how a sweep is laid out, where it runs, when it has enough runs.

They say nothing about the world: two sweeps that differ only in the engine have the same results.
"""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError

from sim.lab.settings import keys
from sim.lab.settings.config import Closed, Whole
from sim.lab.settings.errors import SettingsError, refuse_if_any
from sim.lab.settings.keys import Tree
from sim.lab.settings.messages import shown
from sim.world.measures import OUTCOMES

Kind = Literal["grid", "lhs", "sobol", "saltelli", "morris", "one_at_a_time", "csv"]
KINDS: tuple[Kind, ...] = get_args(Kind)
YesNo = Annotated[bool, Field(strict=True)]
MOST = 100_000_000  # runs; beyond that the table of points alone fills a machine


class DesignOptions(Closed):
    """How the points of a sweep are chosen."""

    kind: Kind = Field(description="how points are chosen")
    factors: dict[str, Any] | Literal["assumed"] = Field({}, description="setting: [low, high], or a list of levels")
    n: Whole = Field(
        64, ge=1, le=MOST, description="points (lhs, sobol), base sample (saltelli), trajectories (morris)"
    )
    seed: Whole = Field(1, ge=0, le=2**31 - 1, description="seed of the sampler")
    levels: Whole = Field(4, ge=2, le=100, description="number of values that a factor takes (morris)")
    second_order: YesNo = Field(
        False, description="estimate second-order indices too, with twice the points (saltelli)"
    )
    file: str | None = Field(None, description="table of points, one column for each factor (csv)")
    metrics: tuple[str, ...] = Field(
        (), description="outcomes that the question is about; all if empty. Only what is asked for makes runs split"
    )
    span: Annotated[float, Field(gt=1)] | None = Field(
        None, description="factors=assumed: default / span to default * span"
    )
    top: Whole = Field(8, ge=1, description="with top_of: number of factors")
    top_of: str | None = Field(None, description="folder of a finished morris sweep, whose strongest factors are used")


class EngineOptions(Closed):
    """Where the runs of a sweep are done. It changes no result."""

    kind: Literal["serial", "loky", "dask"] = Field(
        "loky", description="this process, several processes, or a Dask cluster"
    )
    workers: Annotated[Whole, Field(ge=1, le=1024)] | Literal["auto"] | None = Field(
        None, description="number of processes; workers= if not set"
    )
    shard: str | None = Field(None, description="k/n: the k-th of n parts of the sweep, for batch systems")
    address: str | None = Field(None, description="of a Dask scheduler, such as tcp://node:8786; else a local cluster")
    series: YesNo = Field(False, description="also keep the series of every run")


class Precision(Closed):
    """With replicates=auto: runs are added until the mean of a metric is this precise at every point."""

    metric: str = Field("size", description="outcome")
    half_width: float = Field(gt=0, description="half-width of the 95 % confidence interval, in the metric's unit")
    cap: Whole = Field(200, ge=2, le=100_000, description="largest number of replicates")
    batch: Whole = Field(8, ge=2, le=10_000, description="number of replicates added at a time")


GROUPS: dict[str, type[Closed]] = {"design": DesignOptions, "engine": EngineOptions, "precision": Precision}
WORDS = {"integer": "a whole number", "string": "text", "boolean": "true or false", "dictionary": "a mapping"}
NAMES = frozenset(f"{group}.{name}" for group, model in GROUPS.items() for name in model.model_fields)


def read(group: str, tree: Tree) -> Any:
    """Check the options of a group. Raises `SettingsError` with a line for each thing that is wrong."""
    refuse_if_any(unknown_option(f"{group}.{name}") for name in tree)
    try:
        made = GROUPS[group].model_validate(tree)
    except ValidationError as error:
        raise SettingsError(*(_line(group, dict(detail)) for detail in error.errors())) from None
    named = getattr(made, "metrics", ()) or ([made.metric] if isinstance(made, Precision) else ())
    refuse_if_any(map(unknown_metric, named))
    return made


def unknown_option(key: str) -> str | None:
    """Return what is wrong with an option's name, or nothing."""
    if key in NAMES:
        return None
    group = key.partition(".")[0]
    has = f"; {group}. has {', '.join(GROUPS[group].model_fields)}"
    return f"unknown option {key}{keys.hint(key, NAMES, has)}"


def unknown_metric(name: str) -> str | None:
    """Return what is wrong with an outcome's name, or nothing."""
    hint = keys.hint(name, OUTCOMES, f"; {', '.join(OUTCOMES)}")
    return None if name in OUTCOMES else f"unknown metric {name}{hint}"


def _line(group: str, detail: Tree) -> str:
    key = ".".join([group, *(str(part) for part in detail["loc"] if not str(part).startswith(("literal", "dict")))][:2])
    if detail["type"] == "missing":
        return f"{key} is missing: {GROUPS[group].model_fields[key.split('.')[1]].description}"
    allowed = detail["msg"].removeprefix("Input should be ").removeprefix("a valid ")
    return f"{key}={shown(detail['input'])} is not possible; it should be {WORDS.get(allowed, allowed)}"
