"""What the same money does on another calendar: tables and a picture from the two sweeps.

    PYTHONPATH=experiments python experiments/07_same_money_other_calendar/analysis.py FORUM_FOLDER HOBBYISTS_FOLDER

`make experiment-07` runs it; a third folder takes the result. `README.md` says what is asked and how it is judged.
"""

import shutil
import sys
import textwrap
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure
from pairs import Floats, Read, gap, mean_of

from sim.lab.settings.errors import WorkError
from sim.show.looks import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILLION
from sim.show.style import SETTINGS

HERE = Path(__file__).parent
PLACES = ("support forum", "hobbyists' group")
LOOKS = {"even": (BLACK, "-", "o"), "early": (BLUE, "-", "s"), "late": (VERMILLION, "-", "^"),
         "burst": (ORANGE, "--", "D"), "reactive": (GREEN, "-", "v"), "none": (GREY, ":", "P")}  # fmt: skip
CALENDARS = ("none", "even", "early", "late", "burst", "reactive")  # in the order of the table of points
EVEN, BUDGET, ENDS = "even", 2.86 * 40 * 728, 728.0
ALIKE = 0.01  # of the budget: how far apart the costs of two calendars may be
NOW, LATER, MEAN = (
    "active members when the money ends",
    "active members a year later",
    "active members, mean of all days",
)
REPLIES = "replies by members in the year after"
OUTCOMES = {
    "held_by_members": "held by members", "retention_90": "retention at 90 days", "answered": "questions with a reply",
    "belonging": "belonging a year later", "bonds": "bonds a year later", "core": "largest core a year later",
    "profit": "profit",
}  # fmt: skip
FOOT = (
    f"Every calendar but none costs EUR {BUDGET:,.0f} in two years, and nothing after. "
    "Difference from the even spread, with its 95 % interval over {over}."
)
AGAINST = ((EVEN, ("early", "late", "burst", "reactive", "none")), ("early", ("late", "burst")))


class Place(NamedTuple):
    """What each calendar brings in one place: outcomes by calendar and draw."""

    name: str
    outcomes: dict[str, Floats]
    days: Floats
    active: Floats  # by calendar, draw and day
    ledger: list[dict[str, Any]]
    over: str


def read(name: str, folder: Path) -> Place:
    """Return what a sweep says of a place. Raises `WorkError` if its calendars do not cost the same."""
    found = Read.of(folder)
    if len(found.sweep.points) != len(CALENDARS):
        raise WorkError(f"{folder} has {len(found.sweep.points)} points, and there are {len(CALENDARS)} calendars")
    days = np.unique(found.records["day"].to_numpy(float))
    active = np.stack([found.series("active", itemgetter(day)) for day in days], axis=2)
    outcomes = {label: found.outcome(outcome) for outcome, label in OUTCOMES.items()}
    outcomes |= {NOW: active[:, :, days == ENDS][:, :, 0], LATER: active[:, :, -1], MEAN: active.mean(axis=2)}
    outcomes[REPLIES] = found.series("answers", lambda table: table.loc[:, table.columns > ENDS].sum(axis=1))
    return Place(name, outcomes, days, active, ledger(name, found), found.over)


def ledger(place: str, found: Read) -> list[dict[str, Any]]:
    """Return what each calendar cost. Raises `WorkError` if one that has money spent another sum than the budget."""
    cost, idle = found.sweep.matrix("host_cost"), found.sweep.matrix("hours_idle")
    lines: list[dict[str, Any]] = [
        {"place": place, "calendar": calendar, "cost": float(cost[at].mean()), "least": float(cost[at].min()),
         "most": float(cost[at].max()), "idle_hours": float(idle[at].mean())}
        for at, calendar in enumerate(CALENDARS)
    ]  # fmt: skip
    for line in lines[1:]:
        if max(abs(line[end] - BUDGET) for end in ("least", "most")) > ALIKE * BUDGET:
            raise WorkError(
                f"{place}, {line['calendar']}: cost {line['least']:,.0f} to {line['most']:,.0f}, not {BUDGET:,.0f}"
            )
    return lines


def calendars(one: Place) -> Iterator[dict[str, Any]]:
    """Yield the mean of each outcome on each calendar."""
    for name, values in one.outcomes.items():
        for at, calendar in enumerate(CALENDARS):
            yield {"place": one.name, "calendar": calendar, "outcome": name, "mean": mean_of(values[at])}


def differences(one: Place) -> Iterator[dict[str, Any]]:
    """Yield how calendars differ from the even spread, and from early money."""
    for base, others in AGAINST:
        for name, values in one.outcomes.items():
            for other in others:
                first, second = (values[CALENDARS.index(calendar)] for calendar in (base, other))
                found, mean = gap(first, second), mean_of(first)
                relative = {
                    f"relative_{end}": getattr(found, end) / mean for end in ("difference", "low", "high") if mean
                }
                yield {"place": one.name, "calendar": other, "minus": base, "outcome": name, **found._asdict(),
                       **relative}  # fmt: skip


def told(lines: list[dict[str, Any]], place: str, outcome: str) -> dict[str, list[str]]:
    """Return the calendars that are clearly above and below the even spread."""
    found = [line for line in lines if (line["place"], line["outcome"], line["minus"]) == (place, outcome, EVEN)
             and line["calendar"] != "none"]  # fmt: skip
    return {"more": [line["calendar"] for line in found if line["low"] > 0.0],
            "fewer": [line["calendar"] for line in found if line["high"] < 0.0]}  # fmt: skip


def finding(lines: list[dict[str, Any]], place: str) -> str:
    """Return in a sentence which calendars leave more or fewer members than the even spread, and when."""
    parts = []
    for outcome, when in ((NOW, "when the money ends"), (LATER, "a year later")):
        seen = [f"{side} with {' and '.join(names)}" for side, names in told(lines, place, outcome).items() if names]
        parts.append(f"{when} {', '.join(seen) or 'no clear difference'}")
    return f"{place[0].upper()}{place[1:]}, active members: {'; '.join(parts)}"


def picture(found: list[Place], lines: list[dict[str, Any]]) -> Figure:
    """Draw for each place how many are active over time, and the differences from the even spread on two days."""
    with rc_context(SETTINGS):
        figure = Figure((12.5, 8.2), facecolor="white")
        text = "\n".join(textwrap.fill(finding(lines, one.name), 112) for one in found)
        figure.text(0.012, 0.988, text, fontsize=12.5, weight="bold", va="top")
        figure.text(0.012, 0.015, FOOT.format(over=found[0].over), fontsize=9.5, color=GREY)
        grid = {"left": 0.055, "right": 0.985, "bottom": 0.15, "top": 0.845, "wspace": 0.2, "hspace": 0.45,
                "width_ratios": (1.7, 1)}  # fmt: skip
        axes = figure.subplots(len(found), 2, squeeze=False, gridspec_kw=grid)
        for row, one in enumerate(found):
            over_time(axes[row, 0], one)
            dots(axes[row, 1], [line for line in lines if line["place"] == one.name and line["minus"] == EVEN])
        figure.legend(*axes[0, 0].get_legend_handles_labels(), ncols=len(LOOKS), frameon=False, loc="lower left",
                      bbox_to_anchor=(0.045, 0.035), title="calendar of the money", alignment="left")  # fmt: skip
    return figure


def over_time(axis: Any, one: Place) -> None:
    """Draw the active members on each calendar, week by week."""
    axis.axvspan(ENDS, one.days[-1], color=GREY, alpha=0.1, lw=0)
    for calendar, (colour, dash, _) in LOOKS.items():
        axis.plot(
            one.days, one.active[CALENDARS.index(calendar)].mean(axis=0), dash, color=colour, lw=1.8, label=calendar
        )
    axis.text(ENDS + 8, 0.94, "no more money", transform=axis.get_xaxis_transform(), color=GREY, fontsize=9.5)
    axis.set(title=f"{one.name}: active members", xlabel="day", ylim=(0, None), xlim=(0, one.days[-1]))


def dots(axis: Any, lines: list[dict[str, Any]]) -> None:
    """Draw the relative difference from the even spread when the money ends and a year later."""
    shown = ("early", "late", "burst", "reactive")
    for shift, outcome, face in ((0.16, NOW, None), (-0.16, LATER, "white")):
        for place, calendar in enumerate(reversed(shown)):
            [line] = [line for line in lines if line["calendar"] == calendar and line["outcome"] == outcome]
            colour, _, marker = LOOKS[calendar]
            middle, low, high = (100 * line.get(f"relative_{end}", np.nan) for end in ("difference", "low", "high"))
            axis.plot([low, high], [place + shift] * 2, color=colour, lw=1.6)
            axis.plot(middle, place + shift, marker, ms=7, color=colour, markerfacecolor=face or colour)
    axis.axvline(0.0, color=BLACK, lw=1)
    axis.set_yticks(range(len(shown)), reversed(shown))
    axis.grid(axis="x")
    axis.set(
        title="active members against an even spread, %", xlabel="filled: when the money ends; hollow: a year later"
    )


def main(folders: list[Path], result: Path) -> None:
    """Write the tables, the picture, and where they come from."""
    found = [read(name, folder) for name, folder in zip(PLACES, folders, strict=True)]
    lines = [line for one in found for line in differences(one)]
    result.mkdir(parents=True, exist_ok=True)
    means, spent = [line for one in found for line in calendars(one)], [line for one in found for line in one.ledger]
    for name, table in (("calendars", means), ("differences", lines), ("ledger", spent)):
        pd.DataFrame(table).to_csv(result / f"{name}.csv", index=False, float_format="%.8g")
    picture(found, lines).savefig(result / "calendars.png", dpi=150)
    for folder, name in zip(folders, ("provenance", "provenance_hobbyists"), strict=True):
        shutil.copy(folder / "provenance.json", result / f"{name}.json")
    for one in found:
        print(finding(lines, one.name))


if __name__ == "__main__":
    main([Path(sys.argv[1]), Path(sys.argv[2])], Path(sys.argv[3]) if len(sys.argv) > 3 else HERE / "result")
