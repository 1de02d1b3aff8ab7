"""Pair places that look alike, and count how many pairs each sign tells apart, week by week.

    python experiments/04_audience_or_community/analysis.py SWEEP_FOLDER [RESULT_FOLDER]

Reads a finished sweep of `experiment.yaml`. Writes `signs.csv` (a row for each sign, week and set of pairs),
`answers.csv` (a row for each figure that a prediction is about) and `look_alikes.png`. README.md defines the words.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from sim.lab.sweeps import parts
from sim.lab.sweeps.sweep_folder import Sweep
from sim.show.looks import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILLION
from sim.show.style import SETTINGS, sheet

MARGIN = 0.1  # by which members or the host must hold more than the other
ALIKE = np.log(1.2)  # largest difference of active members and of posts a week, as a log ratio
FEWEST = 20  # active members: smaller places are nobody's question
WINDOW, EVERY, SILENCE = 4, 2, 548  # weeks that a sign is read over, weeks between two looks, day of the silence
TELLS, SAMPLES = 0.8, 1000  # share from which one can tell, bootstrap samples
POSTS = ("questions", "talks", "seeds", "answers", "host_answers")
FLOWS = (*POSTS, "answers_core", "visits", "visits_host", "thanks")
OUTCOMES = ("held_by_members", "held_by_host", "host_loss", "size")
SIGNS = {"replies": "Members' share of replies", "contacts": "Contacts' share of replies",
         "unannounced": "Visits without an announcement"}  # fmt: skip
COUNTS = ("active", "posts", "thanks", "growth")
TOGETHER = {"together": "The three together", "counts": "Size, posts, likes and growth together"}
Numbers = NDArray[np.float64]
Signs = Mapping[str, Numbers]


class Places(NamedTuple):
    """All runs: outcomes by name, shape `(runs,)`, and signs by name, shape `(runs, weeks)`."""

    replicate: NDArray[np.int64]
    outcomes: Mapping[str, Numbers]
    weeks: NDArray[np.int64]
    signs: Signs


class Pairs(NamedTuple):
    """Look-alikes of a week: the runs held by members, those held by a host, and how many of the latter there are."""

    members: NDArray[np.int64]
    host: NDArray[np.int64]
    candidates: int


def read(folder: Path) -> Places:
    """Return the runs of a sweep's folder with the signs of each week before the silence."""
    sweep = Sweep(folder)
    runs = sweep.frame(["run_id", "error", "venue.talk", *OUTCOMES])
    runs = runs[runs["error"].isna()].reset_index(drop=True)
    columns = ["run_id", "day", "world", "active", *FLOWS]
    tables = [pd.read_parquet(path, columns=columns) for path in parts.parts_of(folder, "series")]
    series = pd.concat(tables, ignore_index=True)
    series = series[(series["world"] == "as_it_was") & (series["day"] <= SILENCE) & (series["day"] % 7 == 0)]
    series = series.drop_duplicates(["run_id", "day"])
    wide = {name: series.pivot(index="run_id", columns="day", values=name).loc[runs["run_id"]] for name in columns[3:]}
    days = wide["active"].columns.to_numpy()
    outcomes = {name: runs[name].to_numpy(float) for name in ("venue.talk", *OUTCOMES)}
    signs = signs_of({name: table.to_numpy(float) for name, table in wide.items()})
    return Places(runs["replicate"].to_numpy(np.int64), outcomes, (days / 7).astype(np.int64), signs)


def signs_of(series: Mapping[str, Numbers]) -> Signs:
    """Return what can be seen in each week, from flows of the weeks before; NaN where there is nothing to divide by."""
    lately = {name: np.full(series[name].shape, np.nan) for name in FLOWS}
    for name, flow in lately.items():
        summed = np.cumsum(series[name], axis=1)
        flow[:, WINDOW:] = summed[:, WINDOW:] - summed[:, :-WINDOW]
    posts = sum(lately[name] for name in POSTS)
    before = np.full(series["active"].shape, np.nan)
    before[:, WINDOW:] = series["active"][:, :-WINDOW]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "replies": lately["answers"] / (lately["answers"] + lately["host_answers"]),
            "contacts": lately["answers_core"] / lately["answers"],
            "unannounced": 1.0 - lately["visits_host"] / lately["visits"],
            "active": np.log(series["active"]),
            "posts": np.log(posts),
            "thanks": lately["thanks"] / posts,
            "growth": np.log(series["active"] / before),
        }
    return {name: np.where(np.isfinite(value), value, np.nan) for name, value in found.items()}


def pairs_of(places: Places, week: int, open_only: bool) -> Pairs:
    """Return the look-alikes of a week: one to one within each replicate, as many and as near as possible.

    With `open_only` both places let members answer at least half of the threads.
    """
    more = places.outcomes["held_by_members"] - places.outcomes["held_by_host"]
    active, posts = places.signs["active"][:, week], places.signs["posts"][:, week]
    seen = np.isfinite(active) & np.isfinite(posts) & (active >= np.log(FEWEST))
    seen &= (places.outcomes["venue.talk"] >= 0.5) | (not open_only)
    found: list[tuple[int, int]] = []
    for replicate in np.unique(places.replicate):
        here = seen & (places.replicate == replicate)
        ours, theirs = np.flatnonzero(here & (more >= MARGIN)), np.flatnonzero(here & (more <= -MARGIN))
        gaps = [np.abs(sign[ours][:, None] - sign[theirs][None, :]) for sign in (active, posts)]
        gap = np.maximum(*gaps)
        rows, columns = linear_sum_assignment(np.where(gap <= ALIKE, gap, 100.0))
        kept = gap[rows, columns] <= ALIKE
        found += zip(ours[rows[kept]].tolist(), theirs[columns[kept]].tolist(), strict=True)
    members, host = np.array(found, np.int64).reshape(-1, 2).T
    return Pairs(members, host, int((seen & (more <= -MARGIN)).sum()))


def points_right(differences: Numbers) -> Numbers:
    """Return 1 where a sign points to the members' place, 0 where to the host's, 0.5 where it says nothing."""
    return np.where(np.isnan(differences) | (differences == 0.0), 0.5, (differences > 0.0).astype(float))


def combined(differences: Numbers, group: NDArray[np.int64]) -> Numbers:
    """Return a score of several signs (columns), its weights learned on all replicates but the pair's own."""
    known = np.nan_to_num(differences)
    scale = np.sqrt(np.mean(known**2, axis=0)) if len(known) else np.zeros(known.shape[1])
    scaled = known / np.where(scale > 0.0, scale, 1.0)
    score = np.zeros(len(scaled))
    for own in np.unique(group):
        others = scaled[group != own]
        ridge = np.eye(scaled.shape[1]) * max(1.0, 0.01 * len(others))
        score[group == own] = scaled[group == own] @ np.linalg.solve(others.T @ others + ridge, others.sum(axis=0))
    return score


def differences_of(places: Places, pairs: Pairs, week: int) -> dict[str, Numbers]:
    """Return for each sign, alone and together, the members' place minus the host's."""
    alone = {name: sign[pairs.members, week] - sign[pairs.host, week] for name, sign in places.signs.items()}
    group = places.replicate[pairs.members]
    found = {name: alone[name] for name in SIGNS}
    for name, parts_of in (("together", tuple(SIGNS)), ("counts", COUNTS)):
        found[name] = combined(np.stack([alone[part] for part in parts_of], axis=1), group)
    return found


class Bootstrap:
    """Samples of replicates, and so of vectors, drawn once: the same for every figure."""

    def __init__(self, replicates: NDArray[np.int64]) -> None:
        self.names = np.unique(replicates)
        chance = np.random.default_rng(1).integers(0, len(self.names), (SAMPLES, len(self.names)))
        self.times = np.stack([np.bincount(row, minlength=len(self.names)) for row in chance]).astype(float)

    def means(self, values: Numbers, group: NDArray[np.int64]) -> Numbers:
        """Return the mean of pairs' values in each sample; NaN where it holds no pair."""
        place, good = np.searchsorted(self.names, group), np.isfinite(values)
        total = np.bincount(place[good], values[good], minlength=len(self.names))
        count = np.bincount(place[good], minlength=len(self.names))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((self.times @ total) / (self.times @ count))


def interval(samples: Numbers) -> tuple[float, float]:
    """Return the middle 95 % of samples; weeks that are never reached count as infinite."""
    good = samples[~np.isnan(samples)]
    if not len(good):
        return np.nan, np.nan
    low, high = np.quantile(good, (0.025, 0.975), method="nearest")
    return float(low), float(high)


def first_week(weeks: NDArray[np.int64], told: Numbers) -> float:
    """Return the first week from which the share told apart stays high enough, or infinity."""
    high = told >= TELLS
    since = np.logical_and.accumulate(high[::-1])[::-1]
    return float(weeks[np.argmax(since)]) if since.any() else np.inf


def analyse(places: Places) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of signs and of answers."""
    boot, rows, answers = Bootstrap(places.replicate), [], []
    looks = list(range(WINDOW + 1, len(places.weeks), EVERY))  # weeks 6, 8, ... 78
    for which in ("all", "open"):
        shares: dict[str, list[Numbers]] = {name: [] for name in (*SIGNS, *TOGETHER)}
        means: dict[str, list[float]] = {name: [] for name in shares}
        for week in looks:
            pairs = pairs_of(places, week, which == "open")
            group = places.replicate[pairs.members]
            for name, difference in differences_of(places, pairs, week).items():
                told = points_right(difference)
                samples = boot.means(told, group)
                shares[name].append(samples)
                means[name].append(float(told.mean()) if len(told) else np.nan)
                gap = float(np.nanmedian(difference)) if np.isfinite(difference).any() else np.nan
                rows.append({"pairs": which, "week": int(places.weeks[week]), "sign": name, "number": len(told),
                             "told_apart": means[name][-1], **ends(samples), "median_gap": gap})  # fmt: skip
        weeks = places.weeks[looks]
        for name, each in shares.items():
            reached = np.array([first_week(weeks, one) for one in np.array(each).T])
            answers.append({"pairs": which, "figure": f"first week: {name}",
                            "value": first_week(weeks, np.array(means[name])), **ends(reached)})  # fmt: skip
        answers += [{"pairs": which, **row} for row in last_look(places, pairs, boot)]
    return pd.DataFrame(rows), pd.DataFrame(answers)


def last_look(places: Places, pairs: Pairs, boot: Bootstrap) -> list[dict[str, Any]]:
    """Return how many pairs there are in the last week, and what goes in each half of them when the host stops."""
    group, lost = places.replicate[pairs.members], places.outcomes["host_loss"]
    found = {
        "host_loss: held by members": lost[pairs.members], "host_loss: held by host": lost[pairs.host],
        "host_loss: host's minus members'": lost[pairs.host] - lost[pairs.members],
    }  # fmt: skip
    rows = [{"figure": name, "value": float(np.nanmean(values)) if len(values) else np.nan,
             **ends(boot.means(values, group))} for name, values in found.items()]  # fmt: skip
    share = len(pairs.host) / pairs.candidates if pairs.candidates else np.nan
    counted = {"places held by their host": pairs.candidates, "of these with a look-alike": share}
    return [*rows, *({"figure": name, "value": value} for name, value in counted.items())]


def ends(samples: Numbers) -> dict[str, float]:
    """Return an interval as two columns."""
    return dict(zip(("low", "high"), interval(samples), strict=True))


class Footer(NamedTuple):
    """What the foot of the picture says."""

    runs: int
    footer: str


def draw(signs: pd.DataFrame, answers: pd.DataFrame, footer: Footer, path: Path) -> None:
    """Draw what is lost at equal size, and how many pairs each sign tells apart as weeks go by."""
    import matplotlib as mpl

    with mpl.rc_context(SETTINGS):
        every, said = signs[signs["pairs"] == "all"], answers[answers["pairs"] == "all"].set_index("figure")
        last = every[every["week"] == every["week"].max()].set_index("sign")
        told = {name: f"{100 * share:.0f} %" for name, share in last["told_apart"].items()}
        finding = (f"Of places of equal size and activity, who replies tells {told['replies']} of pairs apart, "
                   f"counts tell {told['counts']}")  # fmt: skip
        drawn = (
            "Pairs of places with the same number of active members and posts, one held by its members, one by its "
            "host. Left: active members lost when the host stops. Right: pairs told apart, by week."
        )
        page = sheet(footer, finding, drawn, widths=(1, 2.6), wide=10, right=2.5, left=0.75, gap=0.8, plot=3.8,
                     bands="Bars and bands: 95 % interval over vectors of behaviour.")  # fmt: skip
        bars, lines = page.axes
        for place, (name, colour) in enumerate((("held by members", BLUE), ("held by host", VERMILLION))):
            row = said.loc[f"host_loss: {name}"]
            height = 100 * row["value"]
            spread = [[max(0.0, height - 100 * row["low"])], [max(0.0, 100 * row["high"] - height)]]
            bars.bar(place, height, 0.6, color=colour, yerr=spread, capsize=5)
            bars.text(place + 0.04, height, f" {height:.0f} %", va="bottom", fontsize=11, weight="bold")
            bars.set_xticks((0, 1))
        bars.set_xticklabels(("held by\nmembers", "held by\nits host"))
        bars.set_title("Lost without host (%)")
        looks = {"together": (BLACK, "-"), "replies": (BLUE, "-"), "unannounced": (GREEN, "--"),
                 "contacts": (PURPLE, "-."), "counts": (ORANGE, ":")}  # fmt: skip
        labels = []
        for name, (colour, dash) in looks.items():
            one = every[every["sign"] == name].dropna(subset=["told_apart"])
            if one.empty:
                continue
            if name in TOGETHER:
                lines.fill_between(one["week"], 100 * one["low"], 100 * one["high"], color=colour, alpha=0.14, lw=0)
            lines.plot(one["week"], 100 * one["told_apart"], color=colour, ls=dash, lw=2)
            labels.append((100 * one["told_apart"].iloc[-1], {**SIGNS, **TOGETHER}[name], colour))
        at = -np.inf
        for height, words, colour in sorted(labels):
            at = max(height, at + 6.5)
            text = words.replace(", likes ", ", likes\n").replace(" without an", " without\nan")
            lines.annotate(text, (every["week"].max() + 1.5, at), color=colour, va="center", annotation_clip=False)
            at += 5.0 * text.count("\n")
        lines.axhline(50, color=GREY, lw=1)
        lines.set(ylim=(30, 102), xlabel="week", xlim=(every["week"].min() - 1, every["week"].max() + 1))
        lines.text(every["week"].min() - 0.5, 49.3, "guessing", color=GREY, va="top")
        lines.set_title("Pairs told apart (%)")
        page.figure.savefig(path)


def main(arguments: Sequence[str], reads: Callable[[Path], Places] = read) -> None:
    """Analyse a sweep's folder and write what was found into a result folder."""
    folder = Path(arguments[0])
    result = Path(arguments[1]) if len(arguments) > 1 else Path(__file__).parent / "result"
    result.mkdir(parents=True, exist_ok=True)
    places = reads(folder)
    signs, answers = analyse(places)
    signs.to_csv(result / "signs.csv", index=False, float_format="%.4g")
    answers.to_csv(result / "answers.csv", index=False, float_format="%.4g")
    pairs = int(signs[(signs["pairs"] == "all")].iloc[-1]["number"])
    footer = Footer(len(places.replicate), f"{pairs} pairs in the last week, from {len(places.replicate):,} runs; "
                    f"sweep {folder.name}")  # fmt: skip
    draw(signs, answers, footer, result / "look_alikes.png")


if __name__ == "__main__":
    main(sys.argv[1:])
