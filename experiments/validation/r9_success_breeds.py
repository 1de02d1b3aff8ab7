"""R9: success breeds success.

Finding: in four experiments a first success given at random raised the chance of any further one: pledges 39 to 70 %,
ratings 77 to 90 %, awards 31 to 40 %, signatures 52 to 66 % (risk ratios 1.79, 1.17, 1.29, 1.27), and ever less for
larger gifts. Source: van de Rijt et al. 2014; an abstract or summary was read. Experiment: half of those who answered
in a quarter and were never awarded get a first award; whether anybody thanks or honours them within five months,
against the same people in the world without it.
"""

from sim.lab.trials import Arm, Trial, measured, use
from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.pooling import ratio

ROW = Row(
    id="R9", title="Success breeds success", source="van de Rijt et al. 2014, PNAS", read="abstract or summary",
    evidence="experiment", tier=1, profile="peer_production",
    targets=(Target("again", 1.38, low=1.1, high=1.9, unit="risk ratio", null=1.0),),
    stated="in part", pooling="together",
    ablate={"recognition.fame": 0.0, "recognition.pull": 0.0, "recognition.belonging": 0.0, "worth.praise": 0.0},
    note="further success is a thank or an award; that larger gifts bring ever less is not measured; against twins",
)  # fmt: skip
WINDOW = (0, 150)
TRIAL = Trial(
    name="first_success",
    who=(use("answerers", at_least=1, window=90), use("never_awarded")),
    arms=(Arm("control"), Arm("award", (use("award", by="peer"),))),
    outcomes=(measured("awards_received", WINDOW), measured("thanks_received", WINDOW)), start=365,
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return how many of the treated, and of their twins, were acknowledged again."""
    run = bench.trial(TRIAL, bench.settings(ROW.profile, days=TRIAL.end), seed)
    found = {}
    for front in ("", "twin_"):
        successes = run.of(f"{front}awards_received_0_150", "award") + run.of(f"{front}thanks_received_0_150", "award")
        found[f"{front}again"] = float((successes > 0).sum())
    return found


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the risk ratio over all seeds together."""
    return {"again": ratio(samples, "again", "twin_again")}
