"""The model for Mesa's users: `CommunityModel` is a `mesa.Model` around a `World`.

People live in arrays, so that a day costs microseconds; `model.agents` shows them as Mesa's agents (see `agents`). For
the same world with a true `mesa.Agent` a person, read `sim.plain`.
"""

import copy
from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np

from sim.model.agents import People, Person, refused
from sim.model.keywords import LEVERS, base_of, run_number, whole, with_levers
from sim.world import census
from sim.world.measures import SERIES
from sim.world.state import Column
from sim.world.world import Settings, World

__all__ = ["LEVERS", "REPORTERS", "CommunityModel", "People", "Person", "run_number"]
REPORTERS = ("day", *SERIES, "answered_share", "active_host_on")
ANOTHER_RUN = "a run's chance follows from its number: another run is CommunityModel(rng=...)"
BY_ITSELF = "the world decides who there is, and model.agents shows everybody"


class CommunityModel(mesa.Model):
    """A community that lives day by day; one step is one day.

    The usual levers are keywords; `None` leaves a lever as `settings` say. Ranges are those of `sim.world.levers`.

    Parameters
    ----------
    people, days
        Customers before any venue exists (1 to 10,000,000), and the horizon (2 to 3650): on that day `running` turns
        false.
    host_silent_from
        The day from which no host does anything (1 to days - 1). From then on a twin lives along whose hosts stay, and
        `active_host_on` is its number of active members: what would have been stands beside what is.
    settings
        All the rest: further venues, the rules' numbers, the length between records.
    seed, rng
        The run's number (0 to 2**53 - 1), or a generator or seed sequence of NumPy's to draw it from, under either of
        Mesa's names: `CommunityModel(rng=7)` lives as `World(Settings(), 7)` does.

    Raises
    ------
    ValueError
        If a keyword is of a wrong kind or out of its range, if values do not go together, or if both `seed` and `rng`
        are given. The message names the keyword, the value and what it may be.

    Notes
    -----
    The data collector has a row a day, written in the evening: its first row is day 1. `mesa.batch_run` stops at the
    horizon, so give it `max_steps=days` at least; with fewer, Mesa 3.3 runs one day more than it is told.
    Seeds go into `parameters={"rng": [1, 2, 3]}` on Mesa 3.3 and into `batch_run(rng=[1, 2, 3])` from 3.5 on.

    Examples
    --------
    >>> model = CommunityModel(people=300, days=60, host_replies=0.8, rng=7)
    >>> model.run_model()
    >>> model.day, model.running
    (60, False)
    >>> frame = model.datacollector.get_model_vars_dataframe()
    >>> len(frame), bool(frame.active.iloc[-1] == model.active)
    (60, True)
    >>> talkers = model.agents.select(lambda person: person.contributions > 0)
    >>> len(talkers) == model.agents.count(lambda person: person.contributions > 0)
    True
    """

    # The headline series, as the census reads them off every evening.
    members = active = lurkers = askers = helpers = champions = dormant = customers = float("nan")
    belonging = trust = interest = bonds = fit = archive = host_share = float("nan")

    register_agent = refused("register_agent", BY_ITSELF)
    deregister_agent = refused("deregister_agent", BY_ITSELF)
    remove_all_agents = refused("remove_all_agents", BY_ITSELF)
    reset_rng, reset_randomizer = refused("reset_rng", ANOTHER_RUN), refused("reset_randomizer", ANOTHER_RUN)

    def __init__(
        self, people: int | None = None, days: int | None = None, *,
        host_replies: float | None = None, host_seeding: float | None = None, host_awards: float | None = None,
        host_broadcasts: float | None = None, host_promo: float | None = None, host_listening: float | None = None,
        host_promises: float | None = None, host_exec_visits: float | None = None, host_onboarding: float | None = None,
        host_tone: float | None = None, host_hours: float | None = None, host_schedule: str | None = None,
        host_schedule_list: Sequence[float] | None = None, host_starts: float | None = None,
        ad_load: float | None = None, talk: float | None = None, posting: float | None = None,
        earning: float | None = None, display: float | None = None, points: float | None = None,
        mission: float | None = None, marketing: float | None = None, launch: float | None = None,
        latent_ties: float | None = None, strangers: float | None = None, need_rate: float | None = None,
        product_fit: float | None = None, product_drift: float | None = None, product_fixes: float | None = None,
        host_silent_from: int | None = None, settings: Settings | None = None, seed: Any = None, rng: Any = None,
    ) -> None:  # fmt: skip
        given = {name: value for name, value in locals().items() if name in LEVERS and value is not None}
        number = run_number(seed, rng)
        chosen = with_levers(base_of(settings, people, days), given)
        if host_silent_from is not None:
            host_silent_from = whole("host_silent_from", host_silent_from, 1, chosen.days - 1)
        super().__init__(rng=number)
        self.seed_number, self.host_silent_from = number, host_silent_from
        self.datacollector = mesa.DataCollector(model_reporters={name: name for name in REPORTERS})
        self.hosted: World | None = None
        self.world = World(chosen, number)
        self._roles: tuple[int, Column] = (-1, np.empty(0))  # read off once a day, on demand
        self._read()

    @property
    def day(self) -> int:
        """Days lived."""
        return self.world.day

    @property
    def days(self) -> int:
        """The horizon."""
        return self.world.settings.days

    @property
    def answered_share(self) -> float:
        """Share of the recent questions that got a reply."""
        return float(self.world.venues[0].now.answered_share)

    @property
    def active_host_on(self) -> float:
        """Active members of the twin whose host stayed; NaN while the host is at work here, too."""
        return census.active(self.hosted) if self.hosted else float("nan")

    @property
    def roles(self) -> Column:
        """Everybody's role in the main venue, as an index of `census.ROLES`, shape `(n_people,)`."""
        if self._roles[0] != self.day:
            memory, definitions = (self.world.parameters[name] for name in ("memory", "census"))
            found = census.roles(self.world.venues[0].memberships, self.day, memory, definitions)
            self._roles = (self.day, found)
        return self._roles[1]

    @property
    def agents(self) -> People:
        """Everybody, strangers included, by row: a new set each time, so what is done in place is not kept here."""
        return People(self, range(len(self.world.people)))

    @property
    def agent_types(self) -> list[type]:
        """The one kind of agent there is."""
        return [Person]

    @property
    def agents_by_type(self) -> dict[type, People]:
        """Everybody, under the one kind of agent there is."""
        return {Person: self.agents}

    def step(self) -> None:
        """Live one day; after the horizon, nothing happens any more."""
        if not self.running:
            return
        if self.day == self.host_silent_from:
            self.silence_host()
        self.world.step()
        if self.hosted:
            self.hosted.step()
        self._read()
        self.datacollector.collect(self)

    def silence_host(self) -> None:
        """Let no host do anything from now on, and let a twin go along in which the hosts stay."""
        if self.hosted is None:
            self.hosted, self.host_silent_from = self.world.fork(), self.day
            self.world.silence_hosts()

    def change(self, **levers: Any) -> None:
        """Go on under other levers, named and checked as in the constructor. People and their past stay."""
        for world in (self.world, self.hosted):
            if world:
                world.change(with_levers(world.settings, levers))

    def fork(self) -> "CommunityModel":
        """Return a twin: the same state, and the same draws from here on."""
        twin = type(self).__new__(type(self))
        mesa.Model.__init__(twin, rng=self.seed_number)
        twin.running = False
        for _ in range(self.steps):
            twin.step()  # nothing but Mesa's clock moves, as nothing is running
        twin.seed_number, twin.host_silent_from = self.seed_number, self.host_silent_from
        twin.world, twin.hosted = self.world.fork(), self.hosted.fork() if self.hosted else None
        twin.random, twin.rng, twin.datacollector = copy.deepcopy((self.random, self.rng, self.datacollector))
        twin._roles = (-1, np.empty(0))
        twin._read()
        return twin

    def _read(self) -> None:
        """Read the census off the world."""
        for name, value in census.stocks(self.world, self.world.venues[0]).items():
            setattr(self, name, float(value))
        self.running = self.day < self.days
        if not self.running:
            self.world.record()
