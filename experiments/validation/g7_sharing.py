"""G7: notices of members' actions bring their friends. Personal invitations bring more, and more per message.

Finding: in a trial of sharing features (9,687 users of an application, 1.4 million friends), automatic notices raised
the adoption by peers by 246 %, and personal invitations on top of them added another 98 %; an invitation did more than
a notice. Source: Aral & Walker 2011, an abstract was read. Experiment: a social place that has neither for half a
year; then three twins of that world, with nothing, with notices, and with notices and invitations. Of those who had a
friend inside at that moment and had never joined, how many join within the next 90 days. A visit counts as one
notice, however many friends see it, which favours notices.
"""

import numpy as np

from sim.lab.validation import Bench, Row, Target
from sim.world import events
from sim.world.state import OUTSIDE
from sim.world.world import Settings

START, LENGTH = 180, 90

ROW = Row(
    id="G7", title="Notices bring friends, personal invitations bring more", source="Aral & Walker 2011, Management "
    "Science", read="abstract or summary", evidence="experiment", tier=1, profile="social",
    targets=(
        Target("passive", 2.46, low=1.2, high=4.0, unit="relative to nothing"),
        Target("personal", 0.98, low=0.3, high=1.8, unit="relative to notices"),
        Target("a_message", None, low=1.0, unit="joins per invitation / per notice", null=1.0),
    ),
    stated="in part", pooling="seeds",
    ablate={"join.friends": 0.0, "join.contagion": 0.0, "join.persuades": 0.0, "advocacy.chooses": 0.0},
    note="worlds are compared, not users in one world; so that joiners bring more joiners is part of the effect",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return what each feature adds, in one seed's triplets."""
    settings = bench.settings(ROW.profile, days=START + LENGTH)
    world = bench.world(sharing(settings, 0.0, 0.0), seed).run(START)
    near = (world.memberships[0]["friends"] > 0) & (world.memberships[0]["status"] == OUTSIDE)
    peers, by_notice, by_word = [], 0.0, 0.0
    for notices, invites in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)):
        twin = world.fork()
        twin.change(sharing(settings, notices, invites))
        log = twin.run().events()[len(world.events()) :]
        joins = log[log["kind"] == events.JOIN]
        peers.append(float(near[np.unique(joins["actor"])].sum()))
        messages = [np.sum(log["kind"] == kind) for kind in (events.VISIT, events.INVITE)]
        if not invites and notices:
            by_notice = np.sum(joins["cause"] == events.FRIENDS) / max(messages[0], 1)
        if invites:
            by_word = np.sum(joins["cause"] == events.INVITED) / max(messages[1], 1)
    nothing, passive, both = peers
    return {
        "passive": passive / max(nothing, 1.0) - 1.0, "personal": both / max(passive, 1.0) - 1.0,
        "a_message": float(by_word / by_notice) if by_notice > 0.0 else float("nan"),
    }  # fmt: skip


def sharing(settings: Settings, notices: float, invites: float) -> Settings:
    """Return the settings with some sharing features."""
    main = settings.setups[0]
    return settings._replace(setups=(main._replace(venue=main.venue._replace(notices=notices, invites=invites)),))
