"""One trial on one seed: burn in a world, fork it, enrol, treat, and measure everybody and their twins."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.lab.settings.errors import SettingsError
from sim.lab.trials.actions import with_levers
from sim.lab.trials.registry import ACTIONS, OUTCOMES, SELECTORS, refuse_options
from sim.lab.trials.snapshot import POSTS, Chosen, Floats, History, Ints, Scene, draws, key_of
from sim.lab.trials.trial import Arm, Trial, Use, Window, column_of
from sim.world import events
from sim.world.state import NOBODY
from sim.world.world import Settings, World

Columns = dict[str, NDArray[Any]]
BEFORE: Window = (-90, 0)  # days before enrolment in which prior activity is counted


class TrialRun(NamedTuple):
    """A trial on one seed.

    `rows` has a row per person enrolled (between worlds: per person and arm). Its columns are `person`, `day` of
    enrolment, `arm` (a number), `tenure` in days (-1: never a member), `posts_before`, `visits_before` and
    `tickets_before` (over 90 days). For each outcome and window there is a column such as `posts_0_90`, and one for the
    twin, `twin_posts_0_90`. `logs` are the event logs by world, if kept.
    """

    seed: int
    arms: tuple[str, ...]
    rows: Columns
    seconds: float
    logs: dict[str, NDArray[Any]]

    def of(self, column: str, arm: str | None = None) -> Floats:
        """Return a column, for all arms or for one."""
        values: Floats = self.rows[column]
        return values if arm is None else values[self.rows["arm"] == self.arms.index(arm)]

    def mean(self, outcome: str, window: Window, arm: str, twin: bool = False) -> float:
        """Return an outcome's mean over the people of an arm, or over their twins. NaN without people."""
        values = self.of(("twin_" if twin else "") + column_of(outcome, window), arm)
        return float(values.mean()) if len(values) else float("nan")

    def effect(self, outcome: str, window: Window, arm: str, against: str = "control") -> float:
        """Return an arm's mean minus that of the first arm (`control`), of its own twins (`twin`) or of another arm."""
        if against == "twin":
            return self.mean(outcome, window, arm) - self.mean(outcome, window, arm, twin=True)
        other = self.arms[0] if against == "control" else against
        return self.mean(outcome, window, arm) - self.mean(outcome, window, other)

    def relative(self, outcome: str, window: Window, arm: str, against: str = "control") -> float:
        """Return the effect as a share of the mean that it is compared with. NaN if that is 0."""
        effect = self.effect(outcome, window, arm, against)
        base = self.mean(outcome, window, arm) - effect
        return effect / base if base else float("nan")

    def enrolled(self, arm: str | None = None) -> int:
        """Return the number of people enrolled."""
        return len(self.of("person", arm))


def run_trial(trial: Trial, settings: Settings, seed: int, keeps_log: bool = False) -> TrialRun:
    """Run a trial on one seed, or raise `SettingsError` with what is wrong with it.

    One world runs until `trial.start`. Then each arm's world (or the common world of all arms) and the twin world, in
    which nobody is treated, run in step until everything has been measured.
    """
    begun = time.perf_counter()
    check(trial, settings)
    twin = World(settings._replace(log=True), seed)
    for _ in range(trial.start):
        twin.step()
    sides = divided(trial, twin, key_of(trial.name, seed))
    for day in range(trial.start, trial.end):
        for side in sides:
            side.morning(trial, twin, day)
        for world in {id(world): world for world in (twin, *(side.world for side in sides))}.values():
            world.step()
    parts = [side.measure(trial, twin) for side in sides]
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    logs = {"twin": np.array(twin.events())} if keeps_log else {}
    logs |= {side.name: np.array(side.world.events()) for side in sides} if keeps_log else {}
    return TrialRun(seed, tuple(arm.name for arm in trial.arms), rows, time.perf_counter() - begun, logs)


def check(trial: Trial, settings: Settings) -> None:
    """Refuse a trial that cannot be run. Raises `SettingsError` with a line that says why."""
    check_names(trial)
    for use in (use for arm in trial.arms for use in arm.does if use.name == "lever"):
        with_levers(settings, trial.venue, use.options)
    if len({arm.name for arm in trial.arms}) < len(trial.arms) or not trial.arms:
        raise SettingsError(f"trial {trial.name} needs arms with different names")
    if not 0 <= trial.start <= trial.last:
        raise SettingsError(
            f"trial {trial.name} ends enrolment (day {trial.last}) before it starts (day {trial.start})"
        )
    if trial.end > settings.days:
        raise SettingsError(
            f"trial {trial.name} measures until day {trial.end}, but days={settings.days}: use days={trial.end} or more"
        )


def check_names(trial: Trial) -> None:
    """Refuse unregistered functions, options that they do not take, and windows that cannot be measured."""
    for use in trial.who:
        refuse_options("selector", use.name, SELECTORS[use.name], use.options)
    for use in (use for arm in trial.arms for use in arm.does):
        refuse_options("action", use.name, ACTIONS[use.name], use.options)
        if use.name == "lever" and not trial.between:
            raise SettingsError("lever changes the whole world, so the trial has to be between worlds: between=true")
    for outcome in trial.outcomes:
        now = OUTCOMES[outcome.name].now is not None
        for first, end in outcome.windows:
            if first >= end or (now and first < 0):
                raise SettingsError(f"{outcome.name} from day {first} to day {end} after enrolment cannot be measured")


class Side:
    """A world with the people enrolled in it, in one arm or several."""

    def __init__(self, name: str, world: World, venue: int, arms: Sequence[tuple[int, Arm]], key: np.uint64) -> None:
        self.name, self.world, self.venue, self.arms, self.key = name, world, venue, tuple(arms), key
        self.enrolled = np.zeros(len(world.people), np.bool_)
        self.parts: list[Columns] = []
        self.own_work: list[tuple[int, int]] = []
        self.to_undo: dict[int, list[Callable[[], None]]] = defaultdict(list)
        self.is_set = False

    def morning(self, trial: Trial, twin: World, day: int) -> None:
        """Measure what is due, undo treatments that are over, then enrol and treat."""
        self.read(trial, twin, day)
        for undo in self.to_undo.pop(day, []):
            undo()
        if day > trial.last:
            return
        scene = Scene(self.world, self.venue, self.key)
        chosen = self.qualified(trial, scene)
        if not len(chosen.persons):
            return
        arm = self.assigned(chosen.persons, day)
        self.enrol(scene, chosen, arm)
        self.read(trial, twin, day, only_new=True)
        written = len(self.world.events())
        for number, one in self.arms:
            self.treat(one, scene, Chosen(chosen.persons[arm == number], chosen.subjects[arm == number]), day)
        self.own_work.append((written, len(self.world.events())))

    def qualified(self, trial: Trial, scene: Scene) -> Chosen:
        """Return the people who qualify today, by the past alone, and are not enrolled yet."""
        persons, subjects = chosen_by(scene, trial.who[0])
        kept = ~self.enrolled[persons]
        for use in trial.who[1:]:
            kept &= np.isin(persons, chosen_by(scene, use).persons)
        return Chosen(persons[kept], subjects[kept])

    def assigned(self, persons: Ints, day: int) -> Ints:
        """Return each person's arm by systematic sampling, in the order of the persons' draws.

        The arms' shares are met to within one person a day, and each person's probabilities are the shares.
        """
        order = np.argsort(draws(self.key, persons, slot=0), kind="stable")
        place = np.empty(len(persons))
        place[order] = np.arange(len(persons))
        place = (place + draws(self.key, np.array([NOBODY]), slot=0, day=day)) / len(persons)
        ends = np.cumsum([arm.share for _, arm in self.arms])
        found = np.searchsorted(ends / ends[-1], place, side="right")
        return np.array([number for number, _ in self.arms])[np.minimum(found, len(self.arms) - 1)]

    def enrol(self, scene: Scene, chosen: Chosen, arm: Ints) -> None:
        """Record who was enrolled, and when."""
        persons = chosen.persons
        self.enrolled[persons] = True
        tenure = scene.day - scene.memberships["joined"][persons].astype(np.int64)
        days = np.full(len(persons), scene.day)
        part = {"person": persons, "day": days, "arm": arm, "tenure": np.maximum(tenure, -1)}
        if "spent" in scene.people.dtype.names:
            part["spent_before"] = scene.people["spent"][persons].astype(np.float64)
        self.parts.append(part)

    def enrol_nobody(self, trial: Trial) -> None:
        """Record an enrolment without people, for a world in which nobody qualified."""
        nobody = np.empty(0, np.int64)
        self.enrol(Scene(self.world, self.venue, self.key), Chosen(nobody, nobody), nobody)
        for column in trial.columns():
            for front in ("", "twin_"):
                self.parts[0] |= {f"{front}{column}:{end}": np.empty(0) for end in (0, 1)}

    def treat(self, arm: Arm, scene: Scene, chosen: Chosen, day: int) -> None:
        """Apply an arm's actions to its people."""
        if not len(chosen.persons):
            return
        for use in arm.does:
            if use.name == "lever" and self.is_set:
                continue  # once a world
            self.is_set |= use.name == "lever"
            undo = ACTIONS[use.name](scene, chosen, **use.options)
            if arm.for_days is not None and undo is not None:
                self.to_undo[day + arm.for_days].append(undo)

    def read(self, trial: Trial, twin: World, day: int, only_new: bool = False) -> None:
        """Read state outcomes whose windows begin or end this morning, in this world and in the twin's.

        On the morning of enrolment they are read after enrolment and before the treatment.
        """
        for name, window in trial.measured():
            metric = OUTCOMES[name]
            if metric.now is None:
                continue
            for end in (0, 1) if metric.gained else (1,):
                parts = [part for part in self.parts if part["day"][0] + window[end] == day]
                parts = [part for part in parts if (part["day"][0] == day) == only_new]
                for part in parts:
                    column = f"{column_of(name, window)}:{end}"
                    for front, world in (("", self.world), ("twin_", twin)):
                        scene = Scene(world, self.venue, self.key)
                        part[f"{front}{column}"] = metric.now(scene, part["person"])

    def measure(self, trial: Trial, twin: World) -> Columns:
        """Return the rows of everybody enrolled here."""
        self.read(trial, twin, trial.end)
        rows = self.collected(trial)
        for front, world, own_work in (("", self.world, self.own_work), ("twin_", twin, [])):
            history = History(Scene(world, self.venue, self.key), rows["person"], rows["day"], own_work)
            if not front:
                rows["posts_before"] = history.count(POSTS, BEFORE)
                rows["visits_before"] = history.count((events.VISIT,), BEFORE)
                rows["tickets_before"] = history.count((events.TICKET,), BEFORE, anywhere=True)
            for name, window in trial.measured():
                rows[f"{front}{column_of(name, window)}"] = value(rows, history, name, window, front)
        return {name: column for name, column in rows.items() if ":" not in name}

    def collected(self, trial: Trial) -> Columns:
        """Return the enrolments of all days in one table, sorted by person."""
        if not self.parts:
            self.enrol_nobody(trial)
        rows = {name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}
        order = np.argsort(rows["person"], kind="stable")
        return {name: column[order] for name, column in rows.items()}


def value(rows: Columns, history: History, name: str, window: Window, front: str) -> Floats:
    """Return an outcome over a window for everybody enrolled, shape `(n_enrolled,)`."""
    metric = OUTCOMES[name]
    if metric.over is not None:
        return np.asarray(metric.over(history, window), np.float64)
    read = f"{front}{column_of(name, window)}"
    return np.asarray(rows[f"{read}:1"] - (rows[f"{read}:0"] if metric.gained else 0.0), np.float64)


def chosen_by(scene: Scene, use: Use) -> Chosen:
    """Return the people whom a selector picks, and the subject by which each qualified."""
    found = SELECTORS[use.name](scene, **use.options)
    persons, subjects = found if isinstance(found, tuple) else (found, np.full(len(found), -1))
    return Chosen(np.asarray(persons, np.int64), np.asarray(subjects, np.int64))


def divided(trial: Trial, twin: World, key: np.uint64) -> list[Side]:
    """Return the worlds of a trial: one with all arms, or one per arm. An arm that does nothing shares the twin's."""
    arms = list(enumerate(trial.arms))
    if not trial.between:
        return [Side("trial", twin.fork(), trial.venue, arms, key)]
    return [Side(arm.name, twin.fork() if arm.does else twin, trial.venue, [(n, arm)], key) for n, arm in arms]
