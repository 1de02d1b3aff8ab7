"""Pictures of what differs from the base: on every outcome, over time, in money; and what is unclear."""

from sim.show.comparisons.arms import look
from sim.show.looks import BLACK
from sim.show.panel import label_ends, mark_day, over_days, ribbon
from sim.show.results import Paths, Results, spread
from sim.show.style import BOTH_BANDS, ONE_BAND, Drawing, sheet
from sim.show.verdicts import QUIET, tag, together, verdict
from sim.show.words import amount


def difference_in_time(results: Results) -> Drawing | None:
    """When the difference in size begins to show."""
    base = results.paths("active")
    gaps = {arm: (results.paths("active", arm) - base).dropna(axis=1, how="all") for arm in results.alternatives}
    if not gaps or base.empty:
        return None
    finding = together({arm: shows_from(gap, verdict(results, "size", arm)) for arm, gap in gaps.items()})
    drawn = (
        "Active members minus those of the base, run by run with the same people and draws, so that chance "
        "common to both cancels out."
    )
    page = sheet(results, finding, drawn, right=2.0, bands=BOTH_BANDS if len(gaps) <= 2 else ONE_BAND)
    axes, labels = page.axes[0], []
    for arm, gap in gaps.items():
        end = ribbon(axes, gap, look(results, arm), spread_too=len(gaps) <= 2)
        labels.append((end.mean, f"{tag(arm)} {amount(end.mean, signed=True)}", look(results, arm).colour))
    axes.axhline(0, color=BLACK, linewidth=1)
    over_days(axes, results, low=None)
    mark_day(axes, results.scenario.get("change_day"), "change")
    label_ends(axes, labels)
    return page.done()


def shows_from(gap: Paths, at_the_end: str) -> str:
    """Return from which day a difference stays clear of zero until the end, if the verdict there agrees."""
    if not gap.to_numpy().any():
        return "exactly the same size as the base on every day"
    points = [spread(gap[day]) for day in gap.columns]
    clear = [point.sure and point.low * point.high > 0 for point in points]
    if not points[-1].sure:
        return "the effect on size is unclear, with one pair of runs"
    if at_the_end in QUIET or not clear[-1]:
        return "the effect on size at the end is unclear"
    first = len(clear) - next((i for i, ok in enumerate(reversed(clear)) if not ok), len(clear))
    return f"{'larger' if points[-1].mean > 0 else 'smaller'} than the base from day {gap.columns[first]} on"
