"""Pictures of a run over time: size and survival, roles, visits, answers, mood, money, venues."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.lab.runs.headline import CURRENCY, over
from sim.show.looks import BLACK, BLUE, GREEN, OFF, ON, ORANGE, PALE, SKY, VERMILLION, Look
from sim.show.panel import blank, interval_dot, label_ends, mark_day, over_days, ribbon, run_dots, stack, value_axis
from sim.show.results import Paths, Results, Spread, measure, spread
from sim.show.style import BOTH_BANDS, Drawing, Sheet, sheet
from sim.show.verdicts import arm_label, said
from sim.show.words import amount, capital, listed, with_interval

SMOOTH = 4  # records over which shares of a flow are taken: one record holds too few questions
NOBODY = "Nobody was active."
SURVIVAL = {"survival": (0, OFF), "survival_vs_on": (1, Look(BLACK, "-", "s"))}
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


def size_and_survival(results: Results) -> Drawing | None:
    """Size and host-off survival, side by side: a large community may still depend on its host."""
    on = results.paths("active")
    if on.empty:
        return None
    off = off_paths(results, "active")
    drawn = "Active members (with a visit in the last 28 days) by day" + (
        ", with the host and with the host silent. Right: the share that is left at the end, one dot for each run."
        if len(off) else "."
    )  # fmt: skip
    page = sheet(results, survival_finding(results), drawn, widths=(1.9, 1) if len(off) else (1,), bands=BOTH_BANDS,
                 gap=1.85, right=0.2 if len(off) else 1.6)  # fmt: skip
    left = page.axes[0]
    end = ribbon(left, on, ON)
    labels = [(end.mean, f"host on\n{amount(end.mean)}", ON.colour)]
    if len(off):
        end = ribbon(left, off, OFF)
        labels.append((end.mean, f"host silent\n{amount(end.mean)}", OFF.colour))
        _survival_dots(page, results)
    over_days(left, results)
    mark_day(left, results.host_off, f"host silent from day {results.host_off}")
    label_ends(left, labels)
    return page.done(f"Size: {with_interval(results.mean('size'))} people.")


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


def _survival_dots(page: Sheet, results: Results) -> None:
    right = page.axes[1]
    right.set_title("Host-off survival", pad=8)
    known = {name: value for name in SURVIVAL if math.isfinite((value := results.mean(name)).mean)}
    if not known:
        blank(right, "Undefined: nobody was active.")
        return
    for name, value in known.items():
        x, look = SURVIVAL[name]
        run_dots(right, x, list(results.outcome(name)), look, 0.3)
        interval_dot(right, x, value, look)
        right.annotate(amount(value.mean, "share"), (x, value.mean), xytext=(15, 0), textcoords="offset points",
                       va="center", weight="bold")  # fmt: skip
    right.axhline(1, color="#5A5A5A", linewidth=1, linestyle=(0, (2, 2)))
    right.set_xlim(-0.35, 1.75)
    right.set_xticks([0.15, 1.2], ["of the day\nbefore", "of the twin\nwith host"])
    value_axis(right, "share")
    right.set_ylim(0, max(1.08, right.get_ylim()[1]))


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


def money(results: Results) -> Drawing | None:
    """Draw what the host has cost so far, and what can be booked against it."""
    ticket = results.parameter("product", "ticket_cost")
    flows = {"host's cost": (results.paths("host_cost"), Look(VERMILLION)),
             "from ads": (results.paths("ad_revenue"), Look(ORANGE, (0, (1.2, 1.2)))),
             "tickets avoided": (results.paths("tickets_avoided") * ticket, Look(GREEN, (0, (4, 1.5))))}  # fmt: skip
    flows = {name: (table, look) for name, (table, look) in flows.items() if table.notna().any(axis=None)}
    if "host's cost" not in flows:
        return None
    sums = {name: table.cumsum(axis=1) for name, (table, _) in flows.items()}
    drawn = (
        f"Money since day 0 in {CURRENCY}, cumulative: what the host spent, what ads brought in, and support tickets "
        "that the venue made unnecessary. What members buy because of the venue is not included."
    )
    page = sheet(results, money_finding(sums, results.days), drawn, bands=BOTH_BANDS, right=2.0, left=0.95)
    axes = page.axes[0]
    ends = [(name, ribbon(axes, sums[name], look), look.colour) for name, (_, look) in flows.items()]
    over_days(axes, results)
    label_ends(axes, [(end.mean, f"{name}\n{amount(end.mean)}", colour) for name, end, colour in ends])
    return page.done()


def money_finding(sums: dict[str, Paths], days: int) -> str:
    """Return whether what can be booked covers the host's cost."""
    last = {name: table.iloc[:, -1] for name, table in sums.items()}
    cost = last.pop("host's cost")
    gain = sum(last.values()) if last else cost * 0
    gap = spread(gain - cost)
    spent, earned = (amount(spread(money).mean, "money") for money in (cost, gain))
    told = f"{capital(over(days))}, the host costs {spent}. Ads and avoided tickets bring in {earned}"
    if gap.mean == 0 or (gap.sure and gap.low <= 0 <= gap.high):
        return f"{told}, which is {'the same' if not (gain - cost).any() else 'not clearly more or less'}"
    return f"{told}, {amount(abs(gap.mean), 'money')} {'more' if gap.mean > 0 else 'less'} than that"


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
