"""M3: loyal communities are denser, and less closed into triangles.

Finding: over many communities of one site, those whose members are loyal have denser networks of interaction with less
triadic closure. Source: Hamilton et al. 2017 (and Zhang et al. 2017 on distinctive and dynamic communities, which keep
members better but leave newcomers behind: not measured here); abstracts were read. An association. Experiment: small
communities of all kinds for a year; who replied to whom makes a network. Density is its number of
ties per pair of those in it, closure the share of paths of two that are triangles, both less what a network of that
many people and ties has by its size (ranks are regressed on the ranks of both). Loyalty is the share of those who
posted in a month who post again in the next.
"""

from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.stats import rankdata

from sim.lab.observe import communities
from sim.lab.validation import Bench, Row, Target
from sim.world import events

EACH, DAYS = 5, 364
POSTS = (events.ASK, events.TALKED, events.ANSWERED)
NAMES = ("loyalty", "density", "closure", "people")

ROW = Row(
    id="M3", title="Loyal communities are denser and less closed", source="Hamilton et al. 2017, ICWSM; Zhang et al. "
    "2017, ICWSM", read="abstract or summary", evidence="association", tier=2, profile="social",
    targets=(
        Target("density", None, low=0.0, unit="partial rank correlation"),
        Target("closure", None, low=-1.0, high=0.0, unit="partial rank correlation"),
    ),
    stated="nothing", pooling="together",
    ablate={"bonding.gain": 0.0, "bonding.p_close": 0.0, "visit.reply": 0.0},
    note="small communities differ in size far more than in anything else, so size is held constant; here closed "
    "triangles go with strong bonds, and these hold people",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return loyalty, density, closure and size of each of a seed's communities."""
    found = {}
    for k in range(EACH):
        levers = communities.of_all_kinds(1000 * seed + k) | {"venue.launch": 3.0}
        world = bench.world(bench.settings(ROW.profile, people=600, days=DAYS, levers=levers), seed).run()
        log = world.events()
        values = (loyalty(log[np.isin(log["kind"], POSTS)]), *network(log[log["kind"] == events.ANSWERED]))
        found |= {f"{name}_{k}": value for name, value in zip(NAMES, values, strict=True)}
    return found


def loyalty(posts: np.ndarray) -> float:
    """Return the mean share of a month's authors who write again in the next."""
    month = posts["day"] // 28
    wrote = [set(posts["actor"][month == m].tolist()) for m in range(DAYS // 28)]
    again = [len(one & other) / len(one) for one, other in pairwise(wrote) if one]
    return float(np.mean(again)) if again else float("nan")


def network(replies: np.ndarray) -> tuple[float, float, float]:
    """Return density and closure of who replied to whom, and how many there are in it."""
    late = replies[replies["target"] >= 0]
    who, ends = np.unique(np.concatenate([late["actor"], late["target"]]), return_inverse=True)
    n = len(who)
    if n < 10:
        return float("nan"), float("nan"), float(n)
    one, other = ends[: len(late)], ends[len(late) :]
    tied = coo_array((np.ones(len(late)), (one, other)), shape=(n, n)).toarray()
    tied = ((tied + tied.T) > 0).astype(float)
    np.fill_diagonal(tied, 0.0)
    degree, triangles = tied.sum(0), np.trace(tied @ tied @ tied)
    paths = float((degree * (degree - 1.0)).sum())
    return float(degree.sum() / (n * (n - 1))), float(triangles / paths) if paths else float("nan"), float(n)


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return both rank correlations with loyalty, size held constant, with errors by resampling seeds."""
    table = np.array([[[sample[f"{name}_{k}"] for name in NAMES] for k in range(EACH)] for sample in samples])
    again = np.random.default_rng(0).integers(len(table), size=(200, len(table)))
    errors = np.nanstd([partial(table[rows].reshape(-1, len(NAMES))) for rows in again], axis=0)
    values = partial(table.reshape(-1, len(NAMES)))
    return {name: (value, float(error)) for name, value, error in zip(NAMES[1:3], values, errors, strict=True)}


def partial(table: np.ndarray) -> tuple[float, float]:
    """Return the rank correlations of density with loyalty and of closure with loyalty, given size and density."""
    known = table[np.isfinite(table).all(1)]
    if len(known) < 8:
        return float("nan"), float("nan")
    loyal, density, closure, people = (rankdata(column) for column in known.T)
    return correlation(density, loyal, [people]), correlation(closure, loyal, [people, density])


def correlation(x: np.ndarray, y: np.ndarray, given: list[np.ndarray]) -> float:
    """Return the correlation of what is left of two columns once others are held constant."""
    base = np.column_stack([np.ones(len(x)), *given])
    rest = [column - base @ np.linalg.lstsq(base, column, rcond=None)[0] for column in (x, y)]
    return float(np.corrcoef(rest[0], rest[1])[0, 1])
