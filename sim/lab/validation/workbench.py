"""The test bench that a row's `measure` is given: settings, worlds and trials, all under one behavioural vector.

Rows that use the same undisturbed world share it. Each process keeps the last few of these worlds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sim.lab.settings import config, keys, profiles
from sim.lab.settings.errors import refuse_if_any
from sim.lab.trials import Trial, TrialRun, run_trial
from sim.world.world import Settings, World

KEPT = 6  # finished worlds that a process keeps: one per profile, and one with another horizon


@dataclass(frozen=True)
class Bench:
    """Makes worlds. It is small enough to be sent to a worker. The worlds that it makes stay in the process."""

    # The behavioural vector: values that differ from the declared defaults, by dotted name (`bonding.replied`).
    parameters: Mapping[str, float] = field(default_factory=dict)

    def changed(self, parameters: Mapping[str, float]) -> "Bench":
        """Return a bench with other values of some parameters."""
        return Bench({**self.parameters, **parameters})

    def settings(
        self, profile: str, people: int | None = None, days: int | None = None,
        levers: Mapping[str, Any] | None = None,
    ) -> Settings:  # fmt: skip
        """Return the settings of a profile under the behavioural vector, with the event log on.

        Size, horizon and `levers` (by dotted name, such as `venue.ad_load`) are the profile's where they are not given.
        Raises `SettingsError` with a line for each unknown name, each value out of its range, and each lever that is a
        parameter of behaviour. Parameters of behaviour are the same for every row.
        """
        levers = levers or {}
        wrong = "is behaviour, not environment: all rows share one vector"
        refuse_if_any(f"{key} {wrong}" for key in levers if key.startswith("params."))
        tree = profiles.tree(profile)
        size = {"people": people, "days": days}
        changes = {key: value for key, value in size.items() if value is not None} | dict(levers)
        changes |= {f"params.{name}": float(value) for name, value in self.parameters.items()}
        for key, value in changes.items():
            keys.put(tree, key, value)
        return config.experiment(tree).settings()

    def world(self, settings: Settings, seed: int) -> World:
        """Return a new world, on the morning of its first day."""
        return World(settings, seed)

    def baseline(self, profile: str, seed: int, days: int | None = None) -> World:
        """Return a profile's undisturbed world at its horizon. Rows share it, so read or fork it, but never step it."""
        settings = self.settings(profile, days=days)
        day, world = _finished(tuple(sorted(self.parameters.items())), profile, settings.days, seed)
        if world.day != day:
            _finished.cache_clear()
            raise RuntimeError(f"the shared world of profile {profile} was stepped: fork it first")
        return world

    def trial(self, trial: Trial, settings: Settings, seed: int) -> TrialRun:
        """Run a trial on one seed and return the outcomes of everybody enrolled (`sim.lab.trials`)."""
        return run_trial(trial, settings, seed)


@lru_cache(KEPT)
def _finished(parameters: tuple[tuple[str, float], ...], profile: str, days: int, seed: int) -> tuple[int, World]:
    """Return the last day of an undisturbed world, and this world."""
    bench = Bench(dict(parameters))
    world = bench.world(bench.settings(profile, days=days), seed).run()
    return world.day, world
