"""What is done to the treated, on a morning. Whether and how the world answers is the world's affair.

To add one, write a function with options as keyword arguments and mark it `@action`. What can be undone returns a
function that undoes it; an arm with `for_days` calls it when they are over.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.lab.settings import keys
from sim.lab.settings.errors import SettingsError
from sim.lab.trials.registry import action
from sim.lab.trials.snapshot import POSTS, Chosen, Scene
from sim.world import treatment
from sim.world.levers import Setup
from sim.world.state import CUSTOMER, HOST
from sim.world.world import Settings

Undo = Callable[[], None]
BY = ("host", "peer")
REFERRED = 7  # slot of the draw by which somebody who is asked to refer chooses a friend


@action
def award(scene: Scene, chosen: Chosen, *, by: str = "host", public: bool = True) -> None:
    """Honour each formally, before all or in private."""
    for person, giver in zip(chosen.persons.tolist(), _givers(scene, chosen, by), strict=True):
        treatment.award(scene.world, scene.index, person, giver, public)


@action
def thank(scene: Scene, chosen: Chosen) -> None:
    """Let a peer thank each."""
    for person, giver in zip(chosen.persons.tolist(), _givers(scene, chosen, "peer"), strict=True):
        treatment.thank(scene.world, scene.index, person, giver)


@action
def like(scene: Scene, chosen: Chosen, *, sign: int = 1) -> None:
    """Like (1) or dislike (-1) the answer by which each qualified, in nobody's name."""
    for row in chosen.subjects.tolist():
        treatment.like(scene.world, scene.index, row, sign=sign)


@action
def reply(scene: Scene, chosen: Chosen, *, by: str = "host") -> None:
    """Reply to the thread by which each qualified, where nobody has replied yet."""
    for row, giver in zip(chosen.subjects.tolist(), _givers(scene, chosen, by), strict=True):
        if scene.venue.threads["answered"][row] < 0.0:
            treatment.reply(scene.world, scene.index, row, giver)


@action
def silence(scene: Scene, chosen: Chosen) -> None:
    """Let nobody reply to the thread by which each qualified while it is fresh."""
    for row in chosen.subjects.tolist():
        treatment.mute(scene.world, scene.index, row)


@action
def invite(scene: Scene, chosen: Chosen, *, by: str = "host", to: str = "") -> None:
    """Invite each to the venue, or to another one: a host's own space, by its name."""
    venue = _venue_named(scene, to) if to else scene.index
    for person, giver in zip(chosen.persons.tolist(), _givers(scene, chosen, by), strict=True):
        treatment.invite(scene.world, venue, person, giver)


@action
def refer(scene: Scene, chosen: Chosen) -> None:
    """Let each invite one of those whom she knows and who are outside, by a draw of the trial's own."""
    world, inside = scene.world, scene.is_member()
    for person, u in zip(chosen.persons.tolist(), scene.draws(chosen.persons, REFERRED).tolist(), strict=True):
        known = world.ties_partner[world.ties_start[person] : world.ties_start[person + 1]]
        known = known[~inside[known] & (world.people["customer"][known] == CUSTOMER)]
        if len(known):
            treatment.invite(world, scene.index, int(known[int(u * len(known))]), person)


@action
def remove(scene: Scene, chosen: Chosen) -> None:
    """Take each out of the venue."""
    for person in chosen.persons[scene.is_member()[chosen.persons]].tolist():
        treatment.remove(scene.world, scene.index, person)


@action
def own_ads(scene: Scene, chosen: Chosen, *, factor: float) -> Undo:
    """Show each so many times the venue's ads."""
    return _hold(scene.memberships["ads_own"], chosen, factor)


@action
def mail(scene: Scene, chosen: Chosen, *, factor: float) -> Undo:
    """Let this share of the messages to all reach each."""
    return _hold(scene.memberships["mail_own"], chosen, factor)


@action
def toll(scene: Scene, chosen: Chosen, *, amount: float) -> Undo:
    """Make each visit cost so much of its reward."""
    return _hold(scene.memberships["toll"], chosen, amount)


@action
def pay(scene: Scene, chosen: Chosen, *, amount: float) -> Undo:
    """Pay each for what she gives."""
    return _hold(scene.memberships["pay"], chosen, amount)


@action
def points(scene: Scene, chosen: Chosen, *, on: bool = True) -> Undo:
    """Count what each gives, or count nothing, whatever the venue does for others."""
    return _hold(scene.memberships["points_own"], chosen, float(on))


@action
def tell_median(scene: Scene, chosen: Chosen, *, window: int = 30) -> Undo:
    """Display to each how much the median member who posted wrote in the last `window` days, as a month's posts."""
    written = scene.count(POSTS, window)
    written = written[scene.is_member() & (written > 0)]
    median = float(np.median(written)) * 30.0 / window if len(written) else 0.0
    return _hold(scene.memberships["told"], chosen, median)


@action
def substitute(scene: Scene, chosen: Chosen, *, share: float) -> Undo:
    """Give each an outside place where this share of her needs is met."""
    return _hold(scene.people["elsewhere"], chosen, share)


@action
def lever(scene: Scene, chosen: Chosen, **levers: float) -> Undo:
    """Set levers of the whole world (`lever(**{"venue.ad_load": 3})`): for trials between worlds."""
    before = scene.world.settings
    scene.world.change(with_levers(before, scene.index, levers))
    return lambda: scene.world.change(before)


def with_levers(settings: Settings, venue: int, levers: Mapping[str, Any]) -> Settings:
    """Return settings with some levers changed, by their dotted names.

    Raises
    ------
    SettingsError
        If there is no such lever, or it is out of its range.
    """
    for key, value in levers.items():
        group, _, name = key.partition(".")
        if line := keys.unknown(key, frozenset()):
            raise SettingsError(line)
        if group in ("venue", "host"):
            setup = settings.setups[venue]
            setup = Setup(**(setup._asdict() | {group: _checked(getattr(setup, group), name, value)}))
            settings = settings._replace(setups=(*settings.setups[:venue], setup, *settings.setups[venue + 1 :]))
        elif group in ("product", "outside"):
            settings = settings._replace(**{group: _checked(getattr(settings, group), name, value)})
        else:
            raise SettingsError(f"{key} is settled before the first day, and no lever of a trial")
    return settings


def _checked(block: Any, name: str, value: Any) -> Any:
    """Return a block of levers with one changed, within its declared range."""
    default = type(block)._field_defaults[name]
    low, high = getattr(default, "low", None), getattr(default, "high", None)
    if low is not None and high is not None and not low <= value <= high:
        raise SettingsError(f"{name}={value} is out of range: {low:g} to {high:g}")
    return block._replace(**{name: float(value) if isinstance(default, float) else value})


def _hold(column: Any, chosen: Chosen, value: float) -> Undo:
    """Set a column for the chosen, and return what puts it back as it was."""
    before = column[chosen.persons].copy()
    column[chosen.persons] = value

    def undo() -> None:
        column[chosen.persons] = before

    return undo


def _venue_named(scene: Scene, name: str) -> int:
    """Return a venue by its name."""
    names = [venue.name for venue in scene.world.venues]
    if name not in names:
        raise SettingsError(f"to={name} is no venue here: {' or '.join(names)}")
    return names.index(name)


def _givers(scene: Scene, chosen: Chosen, by: str) -> list[int]:
    """Return who acts on each: the host, or a member drawn from those who came within a week."""
    if by not in BY:
        raise SettingsError(f"by={by} is not possible: {' or '.join(BY)}")
    if by == "host":
        return [HOST] * len(chosen.persons)
    around = np.flatnonzero(scene.is_member() & (scene.memberships["last_visit"] >= scene.day - 7.0))
    if len(around) < 2:
        return [HOST] * len(chosen.persons)
    picks = (scene.draws(chosen.persons, slot=2) * len(around)).astype(np.int64)
    own = around[picks] == chosen.persons
    picks[own] = (picks[own] + 1) % len(around)
    return [int(giver) for giver in around[picks]]
