"""L3: more than half of all new groups fall silent within three months; those with active founders less often.

Finding: of 472,231 new groups on Facebook 57 % had died by the end of three months: nothing new was posted. Founders
with more friends, with more experience of groups, and who were more active in the first week had groups that survived
more often; those who were the only ones in charge, or had brought everybody in themselves, less often. Source: Kraut &
Fiore 2014; an abstract was read; a description and associations. Experiment: somebody chosen at random, of those who
would speak, is the first member of a group and invites all their friends; nobody else runs or announces it. A group
has died if nobody posts in the last of the three months; that is regressed on the founder's posts in the first week.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from sim.lab.observe import event_log
from sim.lab.validation import Bench, Row, Target, pooled
from sim.world import events, treatment
from sim.world.compiled import plainly
from sim.world.draws import stream, uniform
from sim.world.mechanisms import join
from sim.world.mechanisms.asking import sociality, speaks
from sim.world.world import World

ROW = Row(
    id="L3", title="Most new groups die young, less often if their founder is active",
    source="Kraut & Fiore 2014, CSCW", read="abstract or summary", evidence="association", tier=1, profile="social",
    targets=(
        Target("died", 0.57, low=0.40, high=0.75, unit="share of groups"),
        Target("founder", None, low=0.0, unit="log odds of survival per log post of the founder's first week"),
    ),
    stated="nothing", pooling="together",
    ablate={"answering.talk_back": 0.0, "conversation.returns": 0.0, "worth.heard": 0.0, "visit.peers": 0.0},
    note="When a group counts as dead was not read; here it is a month without a post. Ablated is what a founder's "
    "posts do to others. What is left is that active founders go on posting themselves, which the finding does not "
    "tell apart either. Twenty friends are the most that people have here; who is asked decides, where a founder on "
    "Facebook could add others unasked. Experience and control are not expressed.",
)  # fmt: skip
GROUPS, PEOPLE, DAYS, WEEK, MONTH = 30, 400, 91, 7, 30
ALONE = {
    "population.latent_ties": 20.0, "venue.launch": 0.0, "venue.marketing": 0.0,
    "host.hours": 0.0, "host.capacity": 0.0, "host.seeding": 0.0, "host.replies": 0.0,
}  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return for each group whether it lives, and the founder's posts in the first week."""
    settings = bench.settings(ROW.profile, people=PEOPLE, days=DAYS, levers=ALONE)
    found = {}
    for k in range(GROUPS):
        world = bench.world(settings, seed * GROUPS + k)
        founder = begin(world)
        posts = event_log.posts(world.run())
        active = np.sum((posts.person == founder) & (posts.day < WEEK))
        found |= {f"alive_{k}": float((posts.day >= DAYS - MONTH).any()), f"active_{k}": float(active)}
    return found


def begin(world: World) -> int:
    """Let the first person who would speak found the group, on its first morning, and invite all their friends."""
    asking, rules, venue, key = world.parameters["asking"], plainly(join), world.venues[0], world.keys["join"]
    people = world.people
    founder = next(
        i for i in range(len(people))
        if speaks(people["hurdle"][i], sociality(*(people[name][i] for name in MOTIVES)), 0.0, False, asking)
    )  # fmt: skip
    always, today = (np.uint64(stream(key, day)) for day in (-1, 0))
    suits = rules.log_fit(uniform(always, founder, 2), uniform(always, founder, 3), world.parameters["join"])
    rules.become_member(
        world.membership(0, founder), 0, events.NO_CAUSE, uniform(today, founder, 4), suits,
        world.person(founder).restless, world.parameters["join"], world.parameters["worth"],
    )  # fmt: skip
    venue.alarm[founder] = 0
    join.tell_friends(founder, 1, venue.memberships, world.ties_start, world.ties_partner)
    venue.now.members += 1
    world.note(events.JOIN, founder, venue=0)
    for friend in world.ties_partner[world.ties_start[founder] : world.ties_start[founder + 1]]:
        treatment.invite(world, 0, int(friend), by=founder)
    return founder


MOTIVES = ("belonging", "goodwill", "validation", "cause")


def combine(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the share that died, and the slope of a logistic regression of survival, over all groups of all seeds."""
    return {
        "died": pooled(samples, lambda some: 1.0 - float(column(some, "alive").mean())),
        "founder": pooled(samples, slope),
    }


def column(samples: Sequence[dict[str, float]], name: str) -> NDArray[np.float64]:
    """Return a figure of all groups."""
    return np.array([sample[f"{name}_{k}"] for sample in samples for k in range(GROUPS)])


def slope(samples: Sequence[dict[str, float]]) -> float:
    """Return the slope of a logistic regression of survival on the founder's posts; NaN if all groups are alike."""
    alive, active = column(samples, "alive"), np.log1p(column(samples, "active"))
    if min(len(np.unique(alive)), len(np.unique(active))) < 2:
        return float("nan")
    sign, terms = 2.0 * alive - 1.0, np.stack([np.ones(len(active)), active], axis=1)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = sign * (terms @ weights)
        return float(np.logaddexp(0.0, -z).sum()), -(terms * (sign * expit(-z))[:, None]).sum(axis=0)

    return float(minimize(loss, np.zeros(2), jac=True, method="BFGS").x[1])
