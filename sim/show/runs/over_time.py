"""Pictures of a run over time: size and survival, roles, visits, answers, mood, money, venues."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.show.looks import BLACK, BLUE, GREEN, OFF, ON, ORANGE, PALE, SKY, VERMILLION, Look
from sim.show.panel import blank, label_ends, mark_day, over_days, ribbon, stack
from sim.show.results import Paths, Results, Spread, measure, spread
from sim.show.style import BOTH_BANDS, Drawing, sheet
from sim.show.verdicts import arm_label, said
from sim.show.words import amount, listed, with_interval

SMOOTH = 4  # records over which shares of a flow are taken: one record holds too few questions
NOBODY = "Nobody was active."
ROLES = {"lurkers": Look("#DCE9F3"), "askers": Look(SKY, hatch="//"), "helpers": Look(BLUE), "champions": Look(BLACK)}
VISITS = {
    "visits_peers": ("another member", Look(BLUE)),
    "visits_need": ("a need", Look(SKY, hatch="//")),
    "visits_host": ("the host", Look(VERMILLION, hatch="..")),
    "rest": ("habit", Look(PALE)),
}


def off_paths(results: Results, metric: str, arm: str = "base", venue: str | None = None) -> Paths:
    """Return a series without the host. It begins at the last record before, so that the lines meet."""
    off, on = results.paths(metric, arm, "off", venue), results.paths(metric, arm, "on", venue)
    if off.empty or on.empty:
        return off
    before = on.loc[:, on.columns < off.columns[0]].iloc[:, -1:]
    return pd.concat([before, off], axis=1).dropna()


def survival_finding(results: Results) -> str:
    """Return size and survival in one sentence."""
    size, kept = results.mean("size"), results.mean("survival_vs_on")
    opening = f"{amount(size.mean)} members are active after {results.days} days"
    if results.host_off is None:
        return f"{opening}. Survival without the host was not tried"
    if not math.isfinite(kept.mean):
        return f"{opening}. Survival without the host is undefined, because nobody was active"
    if kept.sure and kept.low <= 1 <= kept.high:
        return f"{opening}. Whether this changes with the host silent from day {results.host_off} is unclear"
    left = amount(kept.mean, "share")
    return f"{opening}. With the host silent from day {results.host_off}, there are {left} as many"


def roles(results: Results) -> Drawing | None:
    """Lurkers, askers, helpers and champions over time, as classified by what people did."""
    tables = {name: results.paths(name) for name in ROLES}
    if any(table.empty for table in tables.values()):
        return None
    ends = {name: spread(table.iloc[:, -1], least=0) for name, table in tables.items()}
    total = sum(end.mean for end in ends.values())
    drawn = (
        "Active members by role, mean over runs. A role describes what a person did in the last 60 days. "
        "It is not assigned."
    )
    page = sheet(results, roles_finding(ends, total), drawn, right=1.75)
    axes, layers = page.axes[0], pd.DataFrame({name: table.mean(axis=0) for name, table in tables.items()})
    if not layers.to_numpy().any():
        blank(axes, NOBODY)
        return page.done()
    middles = stack(axes, layers, list(ROLES.values()))
    over_days(axes, results)
    shares = [f"{name} {amount(end.mean / total, 'share')}" if total else name for name, end in ends.items()]
    label_ends(axes, [(y, text, BLACK) for y, text in zip(middles, shares, strict=True)])
    return page.done(" ".join(f"{measure(name).label}: {with_interval(end)}." for name, end in ends.items()))


def roles_finding(ends: dict[str, Spread], total: float) -> str:
    """Return which role is most common at the end, and how many members are helpers or champions."""
    if not total:
        return "Nobody is active on the last day"
    most = max(ends, key=lambda name: ends[name].mean)
    carry = ends["helpers"].mean + ends["champions"].mean
    return (f"On the last day, {amount(ends[most].mean / total, 'share')} of active members are {most}, and "
            f"{amount(carry / total, 'share')} are helpers or champions")  # fmt: skip


def visit_causes(results: Results) -> Drawing | None:
    """Draw what brought members in on a day: each other, a need, the host, or habit."""
    named = {name: results.paths(name).mean(axis=0) for name in VISITS if name != "rest"}
    all_visits = results.paths("visits").mean(axis=0)
    if all_visits.sum() == 0 or any(table.empty for table in named.values()):
        return None
    table = pd.DataFrame(named).assign(rest=lambda known: (all_visits - known.sum(axis=1)).clip(lower=0))
    shares = table.sum() / all_visits.sum()
    smooth = table.rolling(SMOOTH, min_periods=1).sum()
    smooth = smooth.div(smooth.sum(axis=1).replace(0, np.nan), axis=0).fillna(0)
    first, second = [(amount(shares[name], "share"), VISITS[str(name)][0]) for name in shares.nlargest(2).index]
    finding = f"{first[0]} of visits are caused by {first[1]}, and {second[0]} by {second[1]}"
    drawn = (
        "Visits by cause, as a share of all visits, mean over runs. Each point covers four records. The percentages "
        "cover the whole run."
    )
    page = sheet(results, finding, drawn, right=2.2)
    axes = page.axes[0]
    middles = stack(axes, smooth[list(VISITS)], [look for _, look in VISITS.values()])
    over_days(axes, results, "share")
    axes.set_ylim(0, 1)
    labels = [f"{label} {amount(shares[name], 'share')}" for name, (label, _) in VISITS.items()]
    label_ends(axes, [(y, text, BLACK) for y, text in zip(middles, labels, strict=True)])
    return page.done()


def answers(results: Results) -> Drawing | None:
    """Whether questions are answered, and by whom."""
    answered = share_of_flow(results, "questions_answered", ("questions_due",))
    members = share_of_flow(results, "answers", ("answers", "host_answers"))
    if answered.empty or members.empty:
        return None
    shares = [amount(results.mean(name).mean, "share") for name in ("answered", "peer_share")]
    finding = f"{shares[0]} of questions get a reply within a week, and members write {shares[1]} of all replies"
    drawn = (
        "The share of questions with a reply within seven days, and the share of replies that members wrote. Each "
        "point covers four records."
    )
    page = sheet(results, finding, drawn, bands=BOTH_BANDS, right=2.0)
    axes = page.axes[0]
    got = ribbon(axes, answered, Look(BLACK), top=1)
    by = ribbon(axes, members, Look(BLUE, (0, (4, 1.5))), top=1)
    over_days(axes, results, "share")
    axes.set_ylim(0, 1.02)
    label_ends(axes, [(got.mean, f"answered\n{amount(got.mean, 'share')}", BLACK),
                      (by.mean, f"written by members\n{amount(by.mean, 'share')}", BLUE)])  # fmt: skip
    return page.done()


def share_of_flow(results: Results, part: str, whole: Sequence[str], arm: str = "base") -> Paths:
    """Return a flow as a share of others, over several records because one holds too few."""
    above, below = results.paths(part, arm), [results.paths(name, arm) for name in whole]
    if above.empty or any(table.empty for table in below):
        return pd.DataFrame()
    total = sum(below[1:], below[0]).T.rolling(SMOOTH).sum()
    shares = (above.T.rolling(SMOOTH).sum() / total.where(total > 0)).T
    return shares.dropna(axis=1, how="all")


def mood(results: Results) -> Drawing | None:
    """Trust, belonging and product fit, with the host and without."""
    names = [name for name in ("trust", "belonging", "fit") if not results.paths(name).empty]
    if not names:
        return None
    drawn = (
        "Means over active members, from 0 to 1 (product fit: over the product's facets). Dashed: with the host "
        "silent. Each panel has its own scale."
    )
    page = sheet(results, mood_finding(results, names), drawn, widths=(1,) * len(names), gap=0.6, right=0.95,
                 bands=BOTH_BANDS, plot=2.7)  # fmt: skip
    for axes, name in zip(page.axes, names, strict=True):
        labels = [(ribbon(axes, results.paths(name), ON).mean, "host on", ON.colour)]
        off = off_paths(results, name)
        if len(off):
            labels.append((ribbon(axes, off, OFF).mean, "silent", OFF.colour))
        over_days(axes, results, "0 to 1")
        axes.set_title(measure(name).label)
        if results.paths(name).notna().any(axis=None):
            mark_day(axes, results.host_off)
        else:
            blank(axes, NOBODY)
    label_ends(page.axes[-1], labels)
    return page.done(" ".join(f"{measure(n).label}: {with_interval(results.mean(n), '0 to 1')}." for n in names))


def mood_finding(results: Results, names: Sequence[str]) -> str:
    """Return where each level went since the first quarter of the run, by its change within runs."""
    went: dict[str, list[str]] = {"rises": [], "falls": [], "unclear": [], "undefined": []}
    for name in names:
        paths = results.paths(name)
        change = spread(paths.iloc[:, -1] - paths.iloc[:, len(paths.columns) // 4])
        clear = change.sure and not change.low <= 0 <= change.high
        word = "unclear" if change.runs else "undefined"
        went[word if not clear else "rises" if change.mean > 0 else "falls"].append(said(name))
    parts = [f"{label} {word}" for word in ("rises", "falls") for label in went[word]]
    parts += [f"the change in {listed(went[word])} is {word}" for word in ("unclear", "undefined") if went[word]]
    return f"From the first quarter of the run to its end, {listed(parts)}"


def venues(results: Results) -> Drawing | None:
    """Active members of each venue, where there are several; an alternative may open one that the base lacks."""
    if len(results.venues) < 2:
        return None
    looks = (ON, OFF, Look(GREEN, (0, (1.2, 1.2))), Look(ORANGE, "-"))
    paths = {name: _first_arm_with(results, name) for name in results.venues}
    ends = {name: spread(table.iloc[:, -1]) for name, (_, table) in paths.items()}
    largest = max(ends, key=lambda name: ends[name].mean)
    finding = f"{largest} is the largest of {len(ends)} venues, with {amount(ends[largest].mean)} active members"
    finding = finding if ends[largest].mean else f"None of {len(ends)} venues has an active member on the last day"
    whose = " of the base, or of the first alternative that has the venue" if results.compares else ""
    drawn = f"Active members of each venue{whose}. A person may be in several."
    page = sheet(results, finding, drawn, bands=BOTH_BANDS, right=1.6)
    labels = []
    for i, (name, (arm, table)) in enumerate(paths.items()):
        look = looks[i % len(looks)]
        end = ribbon(page.axes[0], table, look)
        label = name if arm == "base" else f"{name} (in {arm_label(arm)})"
        labels.append((end.mean, f"{label}\n{amount(end.mean)}", look.colour))
    over_days(page.axes[0], results)
    label_ends(page.axes[0], labels)
    return page.done()


def _first_arm_with(results: Results, venue: str) -> tuple[str, Paths]:
    """Return the first arm that has a venue, and its active members there."""
    return next((arm, table) for arm in results.arms if not (table := results.paths("active", arm, venue=venue)).empty)
