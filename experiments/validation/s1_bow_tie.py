"""S1: most people in a help network only ask.

Finding: in the network of who was answered by whom in a Java forum the core, in which everybody reaches everybody,
holds 12.3 % of the people; 54.9 % only asked somebody of the core, 13.0 % only answered. Source: Zhang, Ackerman &
Adamic 2007, WWW; recalled, not seen in print. A description, not an effect. Experiment: an undisturbed run of the help
profile; largest strong component of the network from asker to answerer, and what leads into it and out of it.
"""

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target

ROW = Row(
    id="S1", title="Most people in a network of help only ask", source="Zhang, Ackerman & Adamic 2007, WWW",
    read="recalled", evidence="curve", tier=1, profile="expert_help",
    targets=(
        Target("core", 0.123, low=0.05, high=0.20, unit="share of people"),
        Target("askers_to_answerers", None, low=2.0, unit="ratio"),
    ),
    ablate={"population.contribution_tail": 3.0, "population.contribution_cap": 10.0},
    note="Replies to social posts are no edges. The ablation makes people alike in how much they answer.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the core's share, and how many only ask for one who only answers."""
    found = event_log.bow_tie(*event_log.help_edges(bench.baseline(ROW.profile, seed)))
    return {
        "core": found.core,
        "askers_to_answerers": found.leads_in / found.leads_out if found.leads_out > 0.0 else float("inf"),
    }  # fmt: skip
