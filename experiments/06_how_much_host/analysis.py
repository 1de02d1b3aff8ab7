"""Where more host stops helping, and where it crowds members out: tables and a picture from the two sweeps.

    PYTHONPATH=experiments python experiments/06_how_much_host/analysis.py FORUM_FOLDER HOBBYISTS_FOLDER [RESULT_FOLDER]

`make experiment-06` runs it. `README.md` says what is asked and how it is judged.
"""

import shutil
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure
from pairs import Floats, Gap, Read, gap, mean_of, mean_of_known

from sim.show.looks import BLUE, GREY, ORANGE, VERMILLION
from sim.show.style import SETTINGS

HERE = Path(__file__).parent
PLACES = ("support forum", "hobbyists' group")
HOSTS = {500.0: "does everything", 0.0: "never posts"}
ALL, RATE = "replies by members, a month", "replies per active member, a month"
OUTCOMES = {
    "size": "active members", "held_by_members": "held by members", "held_by_host": "held by the host", RATE: RATE,
    "answered": "questions with a reply", "retention_90": "retention at 90 days", "belonging": "belonging",
    "peer_share": "replies by members, share", "profit": "profit",
}  # fmt: skip
HELPS = ("active members", ALL, RATE, "held by members", "retention at 90 days")  # where a gain is help
FOOT = (
    "Solid: the host does everything. Dashed: it never posts. Dotted line: the lowest effort of the first host that no "
    "higher one clearly beats.\nShaded: clearly below what it was with less host. "
    "Band: 95 % interval of the difference from no host, over {over}."
)
CROWDED = {"in number": ALL, "in rate": RATE}


class Series(NamedTuple):
    """What a host brings at each effort, in one place: outcomes by effort and draw."""

    place: str
    host: str
    efforts: tuple[float, ...]  # hours a week
    outcomes: dict[str, Floats]
    over: str


def read(place: str, folder: Path) -> Iterator[Series]:
    """Yield the two hosts of a sweep."""
    found = Read.of(folder)
    points = found.sweep.points
    whole = {label: found.outcome("help_rate" if name == RATE else name) for name, label in OUTCOMES.items()}
    days = float(found.records["day"].max())
    whole[ALL] = found.series("answers", lambda table: table.sum(axis=1)) * 30.0 / days
    for seeding, host in HOSTS.items():
        rows = points.index[points["host.seeding"] == seeding].to_numpy()
        efforts = tuple(float(f"{hours * 7:.2g}") for hours in points["host.hours"][rows])
        yield Series(place, host, efforts, {name: values[rows] for name, values in whole.items()}, found.over)


def against_none(one: Series) -> Iterator[dict[str, Any]]:
    """Yield each outcome at each effort: its mean, and the difference from no host."""
    for name, values in one.outcomes.items():
        base = mean_of(values[0])
        for place, effort in enumerate(one.efforts):
            found = gap(values[0], values[place])
            relative = {f"relative_{end}": getattr(found, end) / base for end in ("difference", "low", "high") if base}
            yield {"place": one.place, "host": one.host, "outcome": name, "hours_a_week": effort,
                   "mean": mean_of(values[place]), **found._asdict(), **relative}  # fmt: skip


def steps(one: Series) -> Iterator[dict[str, Any]]:
    """Yield what each step to the next effort adds to the outcomes where more is help."""
    for name in HELPS:
        values = one.outcomes[name]
        for place, (less, more) in enumerate(zip(one.efforts, one.efforts[1:], strict=False)):
            yield {"place": one.place, "host": one.host, "outcome": name, "from_hours": less, "to_hours": more,
                   **gap(values[place], values[place + 1])._asdict()}  # fmt: skip


def stops(one: Series, name: str) -> float | None:
    """Return the first effort from which the next step's gain is not clearly above 0, if there is one."""
    found = [line["from_hours"] for line in steps(one) if line["outcome"] == name and not line["low"] > 0.0]
    return found[0] if found else None


def compared(one: Series, name: str) -> Iterator[tuple[float, float, Gap]]:
    """Yield all pairs of a lower and a higher effort, with intervals corrected for their number."""
    values, pairs = one.outcomes[name], list(combinations(range(len(one.efforts)), 2))
    for less, more in pairs:
        yield one.efforts[less], one.efforts[more], gap(values[less], values[more], len(pairs))


def enough(one: Series, name: str) -> float:
    """Return the lowest effort that no higher one clearly beats."""
    beaten = {less for less, _, found in compared(one, name) if found.low > 0.0}
    return min(effort for effort in one.efforts if effort not in beaten)


def crowding(one: Series, name: str) -> tuple[float | None, dict[str, Any]]:
    """Return the first effort that is clearly below a lower one, if any, and the deepest fall between two efforts."""
    found = list(compared(one, name))
    clear = [more for _, more, fall in found if fall.high < 0.0]
    less, more, deepest = min(found, key=lambda pair: pair[2].difference)
    base = mean_of(one.outcomes[name][one.efforts.index(less)])
    line = {"deepest_from_hours": less, "deepest_to_hours": more, **deepest._asdict(),
            "relative_difference": deepest.difference / base if base else np.nan}  # fmt: skip
    return (min(clear) if clear else None), line


def verdicts(one: Series) -> Iterator[dict[str, Any]]:
    """Yield where each outcome stops rising, and where members are crowded out."""
    for name in HELPS:
        yield {"place": one.place, "host": one.host, "outcome": name, "judged": "stops helping",
               "hours_a_week": stops(one, name), "enough_hours": enough(one, name)}  # fmt: skip
    for judged, name in CROWDED.items():
        first, line = crowding(one, name)
        yield {"place": one.place, "host": one.host, "outcome": name, "judged": f"crowds out {judged}",
               "hours_a_week": first, **line}  # fmt: skip


def finding(one: Series) -> str:
    """Return what a place's first host shows, in a sentence."""
    least = enough(one, "active members")
    helps = (
        "no effort has clearly more members than no host" if least == 0.0 else
        "the largest effort has clearly more members than all others" if least == one.efforts[-1] else
        f"beyond {least:g} hour{'s' * (least != 1)} a week more host adds no members for certain"
    )  # fmt: skip
    first = {judged: crowding(one, name)[0] for judged, name in CROWDED.items()}
    if first["in number"] is not None:
        crowds = f"fewer replies by members in all from {first['in number']:g} hours"
    elif first["in rate"] is not None:
        crowds = f"fewer replies by each member from {first['in rate']:g} hours, but not fewer in all"
    else:
        crowds = "members are not crowded out"
    return f"{one.place[0].upper()}{one.place[1:]}: {helps}; {crowds}."


def picture(found: list[Series]) -> Figure:
    """Draw a row for each place and a column for each outcome that the answer rests on."""
    columns = ("active members", ALL, RATE, "held by members")
    with rc_context(SETTINGS):
        figure = Figure((13.5, 7.6), facecolor="white")
        figure.text(0.012, 0.985, "\n".join(finding(one) for one in found if one.host == HOSTS[500.0]),
                    fontsize=13, weight="bold", va="top")  # fmt: skip
        figure.text(0.012, 0.015, FOOT.format(over=found[0].over), fontsize=9.5, color=GREY)
        grid = {"left": 0.05, "right": 0.99, "bottom": 0.135, "top": 0.85, "wspace": 0.22, "hspace": 0.42}
        axes = figure.subplots(len(PLACES), len(columns), squeeze=False, gridspec_kw=grid)
        for row, place in enumerate(PLACES):
            for column, name in enumerate(columns):
                panel(axes[row, column], [one for one in found if one.place == place], name)
                axes[row, column].set_title(f"{place}:\n{name}" if column == 0 else f"\n{name}", fontsize=9.5)
    return figure


def panel(axis: Any, hosts: list[Series], name: str) -> None:
    """Draw an outcome at each effort, for both hosts of a place."""
    for one, colour, dash in zip(hosts, (BLUE, ORANGE), ("-", "--"), strict=True):
        at, values = np.arange(len(one.efforts)), one.outcomes[name]
        base, found = mean_of(values[0]), [gap(values[0], effort) for effort in values]
        axis.plot(at, [base + each.difference for each in found], dash, marker="o", ms=4, color=colour)
        axis.fill_between(at, [base + each.low for each in found], [base + each.high for each in found],
                          color=colour, alpha=0.18, lw=0)  # fmt: skip
    first = hosts[0]
    if name in CROWDED.values() and (effort := crowding(first, name)[0]) is not None:
        axis.axvspan(first.efforts.index(effort) - 0.5, len(first.efforts) - 0.5, color=VERMILLION, alpha=0.12, lw=0)
    if name in HELPS:
        axis.axvline(first.efforts.index(enough(first, name)), color=BLUE, ls=":", lw=1.5)
    axis.set_xticks(range(len(first.efforts)), [f"{effort:g}" for effort in first.efforts])
    axis.set_xlabel("the host's hours a week")
    lowest = min(float(np.nanmin(mean_of_known(one.outcomes[name]))) for one in hosts)
    axis.set_ylim(bottom=min(0.0, 1.2 * lowest))


def main(folders: list[Path], result: Path) -> None:
    """Write the tables, the picture, and where they come from."""
    found = [one for place, folder in zip(PLACES, folders, strict=True) for one in read(place, folder)]
    result.mkdir(parents=True, exist_ok=True)
    for name, lines in (("efforts", against_none), ("steps", steps), ("verdicts", verdicts)):
        table = pd.DataFrame([line for one in found for line in lines(one)])
        table.to_csv(result / f"{name}.csv", index=False, float_format="%.6g")
    picture(found).savefig(result / "how_much_host.png", dpi=150)
    for folder, name in zip(folders, ("provenance", "provenance_hobbyists"), strict=True):
        shutil.copy(folder / "provenance.json", result / f"{name}.json")
    for one in found[::2]:
        print(finding(one))


if __name__ == "__main__":
    main([Path(sys.argv[1]), Path(sys.argv[2])], Path(sys.argv[3]) if len(sys.argv) > 3 else HERE / "result")
