"""N3: many people who start a thread get no reply.

Finding: in 99 Usenet groups (40,931 messages) four in ten of those who started a thread got no reply. Source: Burke et
al. 2007; an abstract or summary was read. A description, not an effect. Experiment: an undisturbed community of people
with a common interest; of first posts that opened a thread at least seven days before the end, the share without a
reply by another member.
"""

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target

ROW = Row(
    id="N3", title="Four in ten thread-starters get no reply", source="Burke et al. 2007", read="abstract or summary",
    evidence="curve", tier=1, profile="social",
    targets=(Target("silent", 0.40, low=0.25, high=0.55, unit="share of first posts"),),
    stated="in part", pooling="seeds",
    ablate={"answering.answer": 0.0},
    note="the ablation leaves nobody who answers, so that everybody stays without a reply: a weak test",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the share of first posts without a reply."""
    return {"silent": 1.0 - event_log.first_posts(bench.baseline(ROW.profile, seed)).replied_share}
