"""A9: annoying ads drive people out.

Finding: in a field experiment people who were shown annoying ads gave up sooner than those shown good ads or none, at a
cost that can exceed what such ads earn. Source: Goldstein et al. 2014 (abstract read; the sums of money were not
verified). An experiment. Experiment here: worlds with one past get ads that annoy a third as much as ordinary ones or
three times as much, at equal load; exits over a year, for whatever cause.
"""

from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.dose_response import course
from sim.world import tally

START, MONTHS = 90, 12
EXITS = range(tally.EXITS_LIFE, tally.EXITS_REMOVED)
ROW = Row(
    id="A9", title="Annoying ads drive people out", source="Goldstein et al. 2014", read="abstract or summary",
    evidence="experiment", tier=2, profile="media_ads",
    targets=(Target("more_exits", None, low=0.0, unit="exits per visit, annoying less innocuous"),),
    stated="nearly", pooling="seeds",
    ablate={"worth.annoy": 0.0, "worth.annoy_slow": 0.0},
    note="close to trivial: annoyance is a lever that multiplies an ad's weight, and weight drives exits",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how many more exits per visit there are with annoying ads."""
    mild, harsh = (
        course(bench, ROW.profile, seed, START, MONTHS, {"venue.annoyance": level}) for level in (1.0 / 3.0, 3.0)
    )
    rates = [sum(found.total(cause) for cause in EXITS) / found.total(tally.VISITS) for found in (mild, harsh)]
    return {"more_exits": rates[1] - rates[0]}
