"""R12: pay raises what people give while it lasts, and lowers it afterwards.

Finding: on a question-and-answer platform those who gave paid talks wrote 9 to 41 % more free answers at first; those
who stopped giving talks ended below where they had been. Source: Management Science 2022, 10.1287/mnsc.2021.4048; an
abstract or summary was read. Experiment: half of those who answered five times or more in a quarter are paid for what
they give for two months; answers in that time, and from the second to the sixth month after it, against the same people
in the world without pay.
"""

from sim.lab.trials import Arm, Trial, measured, use
from sim.lab.validation import Bench, Row, Target
from sim.lab.validation.pooling import change

ROW = Row(
    id="R12", title="Pay, and what is left when it stops", source="Management Science 2022, 10.1287/mnsc.2021.4048",
    read="abstract or summary", evidence="quasi-experiment", tier=2, profile="peer_production",
    targets=(
        Target("while_paid", None, low=0.0, unit="share"),
        Target("afterwards", None, low=-1.0, high=0.0, unit="share"),
    ),
    stated="nearly", pooling="together",
    ablate={"incentives.pay": 0.0, "incentives.crowding": 0.0},
    note="both signs are put in by the rule; that crowding outlasts habit and belonging is not",
)  # fmt: skip
PAID, AFTER = (0, 60), (90, 210)
TRIAL = Trial(
    name="pay_then_stop",
    who=(use("answerers", at_least=5, window=90),),
    arms=(Arm("control"), Arm("paid", (use("pay", amount=1.0),), for_days=60)),
    outcomes=(measured("answers", PAID, AFTER),), start=365,
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the answers of the paid, and of their twins, while paid and afterwards."""
    run = bench.trial(TRIAL, bench.settings(ROW.profile, days=TRIAL.end), seed)
    return {
        f"{front}{name}": float(run.of(f"{front}answers_{first}_{end}", "paid").sum())
        for front in ("", "twin_") for name, (first, end) in (("while_paid", PAID), ("afterwards", AFTER))
    }  # fmt: skip


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the relative changes, over all seeds together."""
    return {name: change(samples, name, f"twin_{name}") for name in ("while_paid", "afterwards")}
