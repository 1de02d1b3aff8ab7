"""A page about a row: the finding, the experiment, the figures, and whether anything was or may be fitted to it."""

from sim.lab.validation import frozen
from sim.lab.validation.row_files import Entry
from sim.lab.validation.scoreboard import Board
from sim.lab.validation.scoring import Judged, Simulated

FATES = {True: "shut away: nothing is fitted to it", False: "fitted: the calibration may use it"}


def page(entry: Entry, made: Board) -> str:
    """Return the page. Its figures are those of the scoreboard."""
    row, lines = entry.row, frozen.read().get(entry.row.id, [])
    (one,) = (one for one in made.scored if one.row.id == row.id)
    first = (
        f"{lines[0].date}, sha256 {lines[0].sha256[:12]} ({lines[0].why or 'before its first run'})" if lines else ""
    )
    facts = {
        "source": row.source, "read": row.read, "evidence": f"{row.evidence}, tier {row.tier}, profile {row.profile}",
        "without": ", ".join(f"{name}={value:g}" for name, value in row.ablate.items()) or "no mechanism to switch off",
        "stated": f"{row.stated} by a rule of the world", "pooling": row.pooling,
        "fate": FATES[row.id in frozen.shut_away()], "frozen": first or "not yet",
        "changed": made.changed.get(row.id) or "nothing after a look", "note": row.note or "none",
        "verdict": f"{one.verdict} ({one.seeds} seeds, {made.vector})",
    }  # fmt: skip
    figures = [f"  {words(judged)}" for judged in one.judged] or [f"  {one.error or row.missing}"]
    return "\n".join([
        f"{row.id}: {row.title}", "", entry.about.strip(), "", *(f"{name:<9} {text}" for name, text in facts.items()),
        "figures", *figures,
    ])  # fmt: skip


def words(judged: Judged) -> str:
    """Return a target in words: the band, the figure, and the figure without the mechanism."""
    target = judged.target
    published = "a sign" if target.target is None else f"published {target.target:g}"
    found = [f"here {figure(judged.simulated)}", f"without the mechanism {figure(judged.ablated)}"]
    return f"{target.name} ({target.unit}): {published}, band {target.low:g} to {target.high:g}; " + ", ".join(
        [*found, "met" if judged.passed else "missed"]
    )


def figure(found: Simulated) -> str:
    """Return a simulated figure with its interval, and in what share of the seeds it lies in the band."""
    if found.mean != found.mean:
        return "not defined"
    share = "" if found.right != found.right else f", in {100 * found.right:.0f} % of seeds"
    return f"{found.mean:.3g} ({found.low:.3g} to {found.high:.3g}{share})"
