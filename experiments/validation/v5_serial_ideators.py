"""V5: people whose idea was carried out propose more of the same, unless they comment widely.

Finding: on Dell's IdeaStorm those who proposed again and again were likelier to land an idea; after that their ideas
became less diverse and they were unlikely to repeat the success, those who commented on diverse ideas less so. Source:
Bayus 2013 (with Dell's own count of over 500 ideas carried out by 2014); an abstract or summary was read; an
association. Experiment: a company that listens, whose product lags behind, with a release a fortnight; of people with
two or more proposals before and after their first success, the share of successive proposals about unlike things,
before less after; and that difference of those with few answers on other subjects less that of those with many.
"""

from collections.abc import Sequence

import numpy as np

from sim.lab.validation import Bench, Row, Target, pooled
from sim.world import events

ROW = Row(
    id="V5", title="After a success, ideas become more alike; less so for people who comment widely",
    source="Bayus 2013, Management Science", read="abstract or summary", evidence="association", tier=2, profile="firm",
    targets=(
        Target("falls", None, low=0.0, unit="share of successive proposals"),
        Target("less_for_wide", None, low=0.0, unit="share"),
    ),
    stated="nearly", pooling="together",
    ablate={"voicing.fixation": 0.0},
    note="Both are close to their rule: fixation on what was taken up, and its weakening by answers on other subjects, "
    "are put in. A subject is one of four facets. All seeds together: a world has few people with several successes.",
)  # fmt: skip
WIDE = 10  # answers on other subjects
ACTING = {"host.listening": 1.0, "product.release_days": 14.0, "product.fixes": 4.0, "product.drift": 0.02,
          "product.fit": 0.1, "venue.launch": 1.0}  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return sums over people with few and with many answers elsewhere: how many, and the loss of diversity."""
    world = bench.world(bench.settings(ROW.profile, people=8000, levers=ACTING), seed).run()
    venue = world.venues[0]
    voices = venue.voices[: int(venue.now.voices)]
    ideas = voices[~voices["good"]]
    log = world.events()
    first: dict[int, int] = {}
    for event in log[log["kind"] == events.TAKE_UP]:
        first.setdefault(int(event["target"]), int(event["day"]))
    given = log[log["kind"] == events.ANSWERED]
    facet = venue.threads["facet"][given["thread"]]
    beyond = np.bincount(given["actor"][facet != world.people["facet"][given["actor"]]], minlength=len(world.people))
    found = dict.fromkeys(("people_0", "people_1", "loss_0", "loss_1"), 0.0)
    for person, day in first.items():
        own = ideas[ideas["person"] == person]
        before, after = (np.diff(own["facet"][part]) != 0 for part in (own["day"] <= day, own["day"] > day))
        if len(before) and len(after):
            wide = int(beyond[person] > WIDE)
            found[f"people_{wide}"] += 1.0
            found[f"loss_{wide}"] += float(before.mean() - after.mean())
    return found


def combine(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the mean loss of diversity, and by how much it is smaller where comments are wide."""
    return {
        "falls": pooled(samples, lambda some: mean(some, "0", "1")),
        "less_for_wide": pooled(samples, lambda some: mean(some, "0") - mean(some, "1")),
    }


def mean(samples: Sequence[dict[str, float]], *groups: str) -> float:
    """Return the mean loss of diversity over the people of some groups."""
    loss, people = (sum(s[f"{what}_{group}"] for s in samples for group in groups) for what in ("loss", "people"))
    return loss / people if people else float("nan")
