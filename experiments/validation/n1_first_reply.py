"""N1: a reply to the first post brings the newcomer back.

Finding: of newcomers to six newsgroups, 56 % of those whose first post was replied to posted again, of the others 44 %.
Source: Joyce & Kraut 2006; an abstract or summary was read. An association there: nobody randomised who was replied to,
and good posts get replies. Experiment, randomised: first posts without a reply by the next morning are replied to by a
member, or nobody may reply for a week; posting again within 60 days.
"""

import math

from sim.lab.trials import Arm, Trial, measured, use
from sim.lab.validation import Bench, Row, Target

ROW = Row(
    id="N1", title="A reply brings newcomers back", source="Joyce & Kraut 2006, JCMC 11(3)", read="abstract or summary",
    evidence="association", tier=1, profile="social",
    targets=(
        Target("gain", 0.12, low=0.06, high=0.18, unit="share"),
        Target("log_odds", 0.48, low=0.25, high=0.75, unit="log odds"),
    ),
    stated="in part", pooling="seeds",
    ablate={"bonding.first_reply": 0.0, "bonding.replied": 0.0, "worth.spoken": 0.0,
            "conversation.returns": 0.0, "visit.reply": 0.0},
    note="The source compared posts that happened to get a reply; here chance decides, among those that had none by "
    "the next morning. Ablated is what a reply gives: belonging, worth of the visit, the visit itself and the "
    "chance to return it. What is left is disappointment over silence and ties to who replied.",
)  # fmt: skip
WINDOW = (0, 60)
TRIAL = Trial(
    name="reply_or_silence", who=(use("first_posters", unanswered=True),),
    arms=(Arm("silence", (use("silence"),)), Arm("reply", (use("reply", by="peer"),))),
    outcomes=(measured("posted_again", WINDOW),), start=20, until=240,
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the gain in the share that post again, and its log odds; half a person is added to each cell."""
    found = bench.trial(TRIAL, bench.settings(ROW.profile, people=4000), seed)
    odds = []
    for arm in ("silence", "reply"):
        n, again = found.enrolled(arm), found.of("posted_again_0_60", arm).sum()
        odds.append(math.log((again + 0.5) / (n - again + 0.5)))
    return {"gain": found.effect("posted_again", WINDOW, "reply"), "log_odds": odds[1] - odds[0]}
