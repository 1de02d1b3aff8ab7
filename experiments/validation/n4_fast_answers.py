"""N4: a large site that rewards answers has nearly every question answered.

Finding: on Stack Overflow in 2010 more than 92 % of the questions on expert topics were answered, the first answer came
after 11 minutes in the median, and its makers credit their daily involvement. Source: Mamykina et al. 2011, CHI; an
abstract or summary was read. A description, not an effect. Experiment: the help profile with many more people who need
help more often, points for answers and full display; the share of questions with a reply within seven days. Minutes
are below the resolution of a day with one visit, so the time is not scored.
"""

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target
from sim.world.state import QUESTION

ROW = Row(
    id="N4", title="A large site that rewards answers answers nearly all", source="Mamykina et al. 2011, CHI",
    read="abstract or summary", evidence="curve", tier=1, profile="expert_help",
    targets=(Target("answered", 0.92, low=0.85, high=0.98, unit="share of questions"),),
    stated="in part", pooling="seeds",
    ablate={"incentives.points": 0.0, "recognition.pull": 0.0, "recognition.example": 0.0},
    note="The ablation takes away what points and recognition do; size alone may be enough, and then the row earns no "
    "credit.",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the share of questions with a reply within seven days, once the place is half a year old."""
    settings = bench.settings(ROW.profile, days=365, levers={
        "population.need_rate": 0.02, "population.validation": 0.16, "venue.launch": 1.0, "venue.points": 1.0,
        "venue.display": 1.0, "host.hours": 8.0, "host.replies": 0.0, "host.awards": 4.0,
    })  # fmt: skip
    found = event_log.threads(bench.world(settings, seed).run())
    late = (found.kind == QUESTION) & (found.time >= 180.0)
    return {"answered": event_log.share(found.answered[late] - found.time[late] <= event_log.SILENCE)}
