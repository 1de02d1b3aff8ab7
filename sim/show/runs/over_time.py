"""Pictures of a run over time: visits and venues."""

import numpy as np
import pandas as pd

from sim.show.looks import BLACK, BLUE, GREEN, OFF, ON, ORANGE, PALE, SKY, VERMILLION, Look
from sim.show.panel import label_ends, over_days, ribbon, stack
from sim.show.results import Paths, Results, spread
from sim.show.style import BOTH_BANDS, Drawing, sheet
from sim.show.verdicts import arm_label
from sim.show.words import amount

SMOOTH = 4  # records over which shares of a flow are taken: one record holds too few questions
VISITS = {
    "visits_peers": ("another member", Look(BLUE)),
    "visits_need": ("a need", Look(SKY, hatch="//")),
    "visits_host": ("the host", Look(VERMILLION, hatch="..")),
    "rest": ("habit", Look(PALE)),
}


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
