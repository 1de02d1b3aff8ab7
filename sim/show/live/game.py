"""Be the host: a group spends the hours of a week for a year, and is scored by what stands half a year after it stops.

The right-hand world has the same people and the same luck, and no host. Hours become levers: what an act takes is the
world's own number, and the demand for replies and greetings is the mean of the days so far.
"""

from typing import NamedTuple

from sim.lab.settings import config
from sim.lab.settings.config import Experiment
from sim.lab.settings.errors import SettingsError
from sim.show.live.frames import WEEK
from sim.show.live.session import SILENCE, Session
from sim.world import tally
from sim.world.mechanisms.hosting import Parameters as Desk

HOURS = 12.0  # that a group has to spend in a week
HOSTED, STANDS = 52 * WEEK, 26 * WEEK  # days with their host, and days without
MONTH = 30
UNPAID = ("hours", "overhead", "exec_visits", "promises", "listening", "promo", "broadcasts")  # a group decides on none
JOINS = (tally.JOINS_MARKET, tally.JOINS_FRIENDS, tally.JOINS_SEARCH, tally.JOINS_INVITE)


class Plan(NamedTuple):
    """How the hours of a week are spent."""

    replies: float = 0.0
    greetings: float = 0.0
    posts: float = 0.0
    awards: float = 0.0


class Game:
    """A session in which the left world's host is the group."""

    def __init__(self, made: Experiment) -> None:
        days = HOSTED + STANDS
        tree = made.tree() | {"days": days, "host_off": None}
        idle = tree["host"] | dict.fromkeys(UNPAID, 0.0) | {"policy": "scheduled", "schedule": "flat"}
        self.session = Session(config.experiment(tree | {"host": idle | {"tone": 1.0}}),
                               config.experiment(tree | {"host": idle}))  # fmt: skip
        self.spend(Plan(HOURS / 4, HOURS / 4, HOURS / 4, HOURS / 4))

    def spend(self, plan: Plan) -> None:
        """Set how the hours are spent from now on. Raises `SettingsError` if they are more than there are."""
        if min(plan) < 0.0 or sum(plan) > HOURS + 1e-6:
            raise SettingsError(f"{sum(plan):g} hours are more than the {HOURS:g} of a week")
        desk: Desk = self.session.sides["left"].world.parameters["hosting"]
        asked, joined = self._a_day(tally.QUESTIONS), self._a_day(*JOINS)
        levers = {
            "hours": sum(plan) / WEEK,
            "replies": share(plan.replies, WEEK * asked * desk.hours_per_reply),
            "onboarding": share(plan.greetings, WEEK * joined * desk.hours_per_greeting),
            "seeding": plan.posts / WEEK / desk.hours_per_seed,
            "awards": plan.awards / WEEK * MONTH / desk.hours_per_reply,
        }
        for name, value in levers.items():
            self.session.act("left", f"host.{name}", round(value, 4))

    def _a_day(self, *flows: int) -> float:
        """Return how many a day there were so far."""
        world = self.session.sides["left"].world
        return sum(float(world.venues[0].tally[flow]) for flow in flows) / max(1, world.day)

    def live(self, weeks: int) -> None:
        """Live on; on the day on which the year is over, the host stops."""
        for _ in range(weeks * WEEK):
            if self.session.day == HOSTED:
                self.session.act("left", SILENCE, 0.0)
            self.session.step()

    def score(self) -> dict[str, float]:
        """Return what stands: active members, those of the world without a host, and the difference."""
        left, right = (side.watch.now()["active"] for side in self.session.sides.values())
        return {"active": left, "without": right, "score": left - right, "over": float(self.session.is_over)}


def share(hours: float, needed: float) -> float:
    """Return the share of a demand that hours can meet: all of it where nothing is known of it yet."""
    return min(1.0, hours / needed) if needed > 0.0 else float(hours > 0.0)
