"""Compare a straight line, a broken line and a step, and say whether there is a cliff and where.

    python experiments/05_hidden_fragility/analysis.py PLACES_FOLDER TALK_FOLDER [RESULT_FOLDER]

Reads the finished sweeps of `experiment.yaml` and `talk.yaml`. Writes `shapes.csv` (a row for each relation),
`answers.csv` (a row for each figure that a prediction is about), `talk.csv` (the curves) and `cliff.png`. README.md
defines the words.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.lab.sweeps import parts
from sim.lab.sweeps.sweep_folder import Sweep
from sim.show.looks import BLACK, BLUE, GREEN, GREY, VERMILLION
from sim.show.style import SETTINGS, sheet

SILENCE, LATELY = 548, 28  # day of the silence, days over which replies are counted
BETTER, SURE = 0.9, 0.8  # of the straight line's error; share of samples in which another shape is so much better
STEEP, TALL, WINDOW = 0.5, 0.15, 0.1  # share of the whole change, its size, and the part of the range in which it falls
SAMPLES, FOLDS, FEWEST = 500, 10, 2  # bootstrap samples, parts for cross-validation, points beyond a break
SHAPES = ("constant", "line", "broken", "step")
LEFT = {"left": "Left when the host stops", "held_by_members": "Held by members", "floor": "Left in silence"}
Numbers = NDArray[np.float64]


class Points(NamedTuple):
    """A sweep: each point's settings, and measures by name, shape `(points, replicates)`."""

    settings: pd.DataFrame
    measures: Mapping[str, Numbers]

    def mean(self, name: str) -> Numbers:
        """Return a measure's mean over replicates."""
        return np.asarray(np.nanmean(self.measures[name], axis=1))


class Shape(NamedTuple):
    """A relation: the cross-validated error of each shape, what a cliff is judged by, and where the break is."""

    errors: Mapping[str, float]
    surely_better: float  # share of samples in which a broken line or a step is at least a tenth better than a line
    best: str  # of the broken line and the step
    place: float
    low: float
    high: float
    fall: float  # largest change of the best curve within a tenth of the range
    share: float  # of its whole change

    def verdict(self) -> str:
        """Return whether it is a cliff, a bend or neither, as README.md has it."""
        if self.surely_better < SURE or self.errors[self.best] > BETTER * self.errors["line"]:
            return "no bend"
        return "cliff" if self.share >= STEEP and self.fall >= TALL else "bend"


def read(folder: Path) -> Points:
    """Return a sweep's points with what they look like on the day before the silence, and what is left after it."""
    sweep = Sweep(folder)
    runs = sweep.frame(["run_id", "error", "host_loss", "held_by_members", "floor", "spirit", "size"])
    columns = ["run_id", "day", "world", "active", "answers", "host_answers"]
    series = pd.concat([pd.read_parquet(path, columns=columns) for path in parts.parts_of(folder, "series")])
    series = series[(series["world"] == "as_it_was") & (series["day"] <= SILENCE) & (series["day"] % 7 == 0)]
    series = series.drop_duplicates(["run_id", "day"]).sort_values("day")
    last = series["day"].max()
    lately = series[series["day"] > last - LATELY].groupby("run_id")[["answers", "host_answers"]].sum()
    runs["active"] = runs["run_id"].map(series[series["day"] == last].set_index("run_id")["active"])
    runs["replies"] = runs["run_id"].map(lately.sum(axis=1) / LATELY)
    runs["left"] = 1.0 - runs["host_loss"]
    names = ("active", "replies", "left", "held_by_members", "floor", "spirit", "size")
    tables = {name: runs.pivot(index="point", columns="replicate", values=name) for name in names}
    settings = sweep.points.loc[tables["active"].index].reset_index(drop=True)
    return Points(settings, {name: table.to_numpy(float) for name, table in tables.items()})


# Shapes


def basis(shape: str, x: Numbers, at: float) -> Numbers:
    """Return the columns that a shape is a sum of; `at` is where it breaks."""
    columns = {"constant": [], "line": [x], "broken": [x, np.maximum(x - at, 0.0)], "step": [(x > at).astype(float)]}
    return np.stack([np.ones_like(x), *columns[shape]], axis=1)


def breaks(shape: str, x: Numbers) -> Numbers:
    """Return where a shape may break: between two neighbours, with enough points on either side."""
    ordered = np.unique(x)
    middle = (ordered[1:] + ordered[:-1]) / 2
    return middle[FEWEST - 1 : len(middle) - FEWEST + 1] if shape in ("broken", "step") else np.array([np.nan])


def fitted(shape: str, x: Numbers, ys: Numbers, new: Numbers) -> tuple[Numbers, Numbers]:
    """Return the least-squares curve of each column of `ys` at new places, and where it breaks."""
    found, least, where = np.zeros((len(new), ys.shape[1])), np.full(ys.shape[1], np.inf), np.full(ys.shape[1], np.nan)
    for at in breaks(shape, x):
        q, r = np.linalg.qr(basis(shape, x, at))
        parts_of = q.T @ ys
        error = -(parts_of**2).sum(axis=0)  # beside the sum of squares, which is the same for all breaks
        better = error < least - 1e-12
        found[:, better] = basis(shape, new, at) @ np.linalg.solve(r, parts_of[:, better])
        least, where = np.where(better, error, least), np.where(better, at, where)
    return found, where


def errors_of(x: Numbers, ys: Numbers) -> dict[str, Numbers]:
    """Return each shape's cross-validated root mean square error, for each column of `ys`."""
    folds = min(FOLDS, len(x)) if len(x) > 2 * FOLDS else len(x)
    fold = np.random.default_rng(1).permutation(len(x)) % folds
    found = {}
    for shape in SHAPES:
        missed = np.zeros(ys.shape)
        for own in range(folds):
            out = fold == own
            missed[out] = ys[out] - fitted(shape, x[~out], ys[~out], x[out])[0]
        found[shape] = np.sqrt(np.mean(missed**2, axis=0))
    return found


def samples_of(values: Numbers) -> Numbers:
    """Return the points' means in bootstrap samples of replicates, the same samples for every measure."""
    count = values.shape[1]
    chance = np.random.default_rng(1).integers(0, count, (SAMPLES, count))
    times = np.stack([np.bincount(row, minlength=count) for row in chance], axis=1).astype(float)
    good = np.isfinite(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = (np.where(good, values, 0.0) @ times) / (good @ times)
    return np.where(np.isfinite(means), means, np.nanmean(values, axis=1)[:, None])


def shape_of(x: Numbers, values: Numbers) -> Shape:
    """Return the shape of the relation between a column of places and a measure by point and replicate."""
    ys = np.column_stack([np.nanmean(values, axis=1), samples_of(values)])
    errors = errors_of(x, ys)
    best = min(("broken", "step"), key=lambda shape: float(errors[shape][0]))
    other = np.minimum(errors["broken"], errors["step"])
    steps = np.linspace(x.min(), x.max(), 201)
    curve, where = fitted(best, x, ys, steps)
    width, whole = int(WINDOW * 200), float(np.ptp(curve[:, 0]))
    fall = float(np.abs(curve[width:, 0] - curve[:-width, 0]).max())
    low, high = interval(where[1:])
    return Shape(
        {shape: float(error[0]) for shape, error in errors.items()},
        float(np.mean(other[1:] <= BETTER * errors["line"][1:])),
        best, float(where[0]), low, high, fall, fall / whole if whole > 0.0 else 0.0,
    )  # fmt: skip


# Answers


def interval(samples: Numbers) -> tuple[float, float]:
    """Return the middle 95 % of samples."""
    low, high = np.nanquantile(samples, (0.025, 0.975))
    return float(low), float(high)


def relations(places: Points, talk: Points) -> dict[tuple[str, str], tuple[Numbers, Numbers]]:
    """Return what is asked about, by the names of both sides: x, and a measure by point and replicate."""
    size, replies = np.log10(np.maximum(places.mean("active"), 1.0)), np.log10(places.mean("replies") + 0.1)
    looks = {"active members (log10)": size, "replies a day (log10)": replies}
    found = {(name, left): (x, places.measures[left]) for name, x in looks.items() for left in LEFT}
    chance = talk.settings["venue.talk"].to_numpy(float)
    return found | {("venue.talk", left): (chance, talk.measures[left]) for left in (*LEFT, "spirit")}


def spread_at_equal_size(size: Numbers, left: Numbers) -> Numbers:
    """Return how far apart the 10th and 90th percentile of `left` (columns) are among places of about one size."""
    near = np.abs(size[:, None] - size[None, :]) <= 0.05 * np.ptp(size)
    groups = [row for row in near if row.sum() >= 5]
    if not groups:
        return np.full(left.shape[1], np.nan)
    each = [np.subtract(*np.quantile(left[row], (0.9, 0.1), axis=0)) for row in groups]
    return np.asarray(np.median(each, axis=0))


def effects(places: Points, ys: Numbers) -> dict[str, Numbers]:
    """Return what a lever changes, all others held: hours from a half to eight a day, talk from none to all."""
    x = places.settings.copy()
    for name in ("venue.launch", "venue.marketing", "host.hours"):
        x[name] = np.log(x[name])
    design = np.column_stack([np.ones(len(x)), x.to_numpy(float)])
    weights = dict(zip(x.columns, np.linalg.lstsq(design, ys, rcond=None)[0][1:], strict=True))
    return {"hours": weights["host.hours"] * np.log(16), "talk": weights["venue.talk"]}


def answers(places: Points, talk: Points) -> pd.DataFrame:
    """Return a row for each figure that a prediction is about."""
    both = {name: np.column_stack([places.mean(name), samples_of(values)]) for name, values in places.measures.items()}
    along = {name: np.column_stack([talk.mean(name), samples_of(values)]) for name, values in talk.measures.items()}
    chance = talk.settings["venue.talk"].to_numpy(float)
    none, tenth, whole = (int(np.argmin(np.abs(chance - level))) for level in (0.0, 0.1, 1.0))
    size = np.log10(np.maximum(both["active"][:, 0], 1.0))
    errors = errors_of(size, both["left"])
    found = {
        "variance of what is left that size explains": 1 - (errors["line"] / errors["constant"]) ** 2,
        "spread of what is left at equal size": spread_at_equal_size(size, both["left"]),
        "active members, talk 1 over talk 0.1": along["active"][whole] / along["active"][tenth],
        "left, talk 1 minus talk 0": along["left"][whole] - along["left"][none],
    }
    for name in ("left", "active", "spirit"):
        changed = effects(places, both[name])
        found |= {f"{name}: hours from 0.5 to 8": changed["hours"], f"{name}: talk from 0 to 1": changed["talk"]}
    rows = [(name, values[0], *interval(values[1:])) for name, values in found.items()]
    return pd.DataFrame(rows, columns=["figure", "value", "low", "high"])


# Writing


def draw(places: Points, talk: Points, shapes: Mapping[tuple[str, str], Shape], footer: "Footer", path: Path) -> None:
    """Draw size and what is left along the chance to talk, and what is left against size."""
    import matplotlib as mpl
    import matplotlib.ticker

    with mpl.rc_context(SETTINGS):
        chance, held = talk.settings["venue.talk"].to_numpy(float), shapes["venue.talk", "left"]
        looks = shapes["active members (log10)", "left"]
        said = {"no bend": "no bend", "bend": f"a bend at {held.place:.2f}", "cliff": f"a cliff at {held.place:.2f}"}
        along = {"no bend": "none", "bend": "a bend", "cliff": "a cliff"}[looks.verdict()]
        finding = (
            f"What is left without the host has {said[held.verdict()]} along the chance to talk, and {along} along size"
        )
        drawn = ("Left: places that differ only in the share of threads that members may answer. Right: places that "
                 "differ in six levers, on the day before their host stops.")  # fmt: skip
        page = sheet(footer, finding, drawn, widths=(1.25, 1), wide=10, left=0.6, right=0.3, gap=0.9, plot=3.8,
                     bands="Bands: 95 % interval over vectors of behaviour. Grey: where the curve breaks.")  # fmt: skip
        curves, dots = page.axes
        most = talk.mean("active").max()
        lines = (("active", "Active members (% of the most)", BLACK, "-", 100 / most),
                 ("left", "Left when the host stops (%)", VERMILLION, "--", 100),
                 ("held_by_members", "Held by members (%)", BLUE, "-.", 100),
                 ("floor", "Left in silence (%)", GREEN, ":", 100))  # fmt: skip
        for name, words, colour, dash, times in lines:
            low, high = np.nanquantile(times * samples_of(talk.measures[name]), (0.025, 0.975), axis=1)
            curves.fill_between(chance, low, high, color=colour, alpha=0.14, lw=0)
            curves.plot(chance, times * talk.mean(name), color=colour, ls=dash, lw=2, label=words)
        if held.verdict() != "no bend":
            curves.axvspan(held.low, held.high, ymax=0.8, color=GREY, alpha=0.15, lw=0)
            curves.axvline(held.place, ymax=0.8, color=GREY, lw=1)
        curves.set(xlabel="threads that members may answer (share)", ylim=(0, 135), yticks=range(0, 101, 20))
        curves.legend(loc="upper left", ncols=2, frameon=False, fontsize=9, columnspacing=1.0, handlelength=2.2)
        size = np.log10(np.maximum(places.mean("active"), 1.0))
        steps = np.linspace(size.min(), size.max(), 50)
        line = fitted("line", size, places.mean("left")[:, None], steps)[0][:, 0]
        shown = dots.scatter(10**size, 100 * places.mean("left"), c=places.settings["venue.talk"], cmap="cividis", s=42,
                             edgecolor="white", lw=0.6, vmin=0, vmax=1)  # fmt: skip
        dots.plot(10**steps, 100 * line, color=GREY, lw=1.2)
        bar = page.figure.colorbar(shown, ax=dots, pad=0.02)
        bar.set_label("threads that members may answer")
        dots.set(xscale="log", xlabel="active members before", ylim=(0, 105))
        dots.xaxis.set_major_locator(mpl.ticker.LogLocator(subs=(1, 2, 3, 5)))
        dots.xaxis.set_major_formatter("{x:,.0f}")
        dots.xaxis.set_minor_formatter(mpl.ticker.NullFormatter())
        dots.set_title("Left when the host stops (%)")
        page.figure.savefig(path)


class Footer(NamedTuple):
    """What the foot of the picture says."""

    runs: int
    footer: str


def main(arguments: Sequence[str], reads: Callable[[Path], Points] = read) -> None:
    """Analyse the folders of both stages and write what was found into a result folder."""
    first, second = Path(arguments[0]), Path(arguments[1])
    result = Path(arguments[2]) if len(arguments) > 2 else Path(__file__).parent / "result"
    result.mkdir(parents=True, exist_ok=True)
    places, talk = reads(first), reads(second)
    shapes = {names: shape_of(*pair) for names, pair in relations(places, talk).items()}
    rows = [{"x": x, "y": y, "verdict": one.verdict(), **{f"error_{name}": error for name, error in one.errors.items()},
             **{name: value for name, value in one._asdict().items() if name != "errors"}}
            for (x, y), one in shapes.items()]  # fmt: skip
    pd.DataFrame(rows).to_csv(result / "shapes.csv", index=False, float_format="%.4g")
    answers(places, talk).to_csv(result / "answers.csv", index=False, float_format="%.4g")
    curves = pd.DataFrame({name: talk.mean(name) for name in talk.measures})
    pd.concat([talk.settings, curves], axis=1).to_csv(result / "talk.csv", index=False, float_format="%.4g")
    counts = [int(np.isfinite(points.measures["size"]).sum()) for points in (places, talk)]
    words = f"{counts[1]:,} runs on the left, {counts[0]:,} on the right; sweeps {second.name} and {first.name}"
    draw(places, talk, shapes, Footer(sum(counts), words), result / "cliff.png")


if __name__ == "__main__":
    main(sys.argv[1:])
