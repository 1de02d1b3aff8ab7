"""R3: an award keeps newcomers.

Finding: newcomers to an encyclopaedia who were put on a page of honour, at random, were a fifth likelier to be active
in the next month, and the effect could still be seen after a year. Source: Gallus 2017; an abstract or summary was
read. Experiment: over nine months, half of those who wrote their second post within a month of the first get a public
award; whether they post within 30 days, and in the twelfth month, against the same people in the world without awards.
"""

from sim.lab.trials import Arm, Trial, measured, use
from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.pooling import change

ROW = Row(
    id="R3", title="An award keeps newcomers", source="Gallus 2017, Management Science 63(12)",
    read="abstract or summary", evidence="experiment", tier=1, profile="peer_production",
    targets=(
        Target("next_month", 0.20, low=0.08, high=0.32, unit="share"),
        Target("twelfth_month", None, low=0.0, unit="share"),
    ),
    stated="in part", pooling="together",
    ablate={"recognition.belonging": 0.0, "recognition.pull": 0.0, "worth.praise": 0.0},
    note="active: posted; against twins",
)  # fmt: skip
WINDOWS = ((0, 30), (330, 360))
TRIAL = Trial(
    name="award_newcomers",
    who=(use("newcomers", days=30), use("members_with_posts", at_least=2), use("never_awarded")),
    arms=(Arm("control"), Arm("award", (use("award", by="host"),))),
    outcomes=(measured("posted", *WINDOWS),), start=60, until=330,
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how many of the treated, and of their twins, posted in each window."""
    run = bench.trial(TRIAL, bench.settings(ROW.profile, people=6000, days=TRIAL.end), seed)
    return {
        f"{front}{first}": float(run.of(f"{front}posted_{first}_{end}", "award").sum())
        for front in ("", "twin_") for first, end in WINDOWS
    }  # fmt: skip


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the relative change in both months, over all seeds together."""
    return {"next_month": change(samples, "0", "twin_0"), "twelfth_month": change(samples, "330", "twin_330")}
