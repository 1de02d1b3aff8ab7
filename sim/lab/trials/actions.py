"""Actions: what is done to the treated on a morning. The world's own rules decide how people respond.

To add an action, write a function with options as keyword arguments and mark it `@action`. If it can be undone, it
returns a function that does so. An arm with `for_days` calls that function once these days are over.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.lab.settings import keys
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.messages import is_number
from sim.lab.sweeps.point_run import put_number
from sim.lab.trials.registry import action
from sim.lab.trials.snapshot import POSTS, Chosen, Scene
from sim.world import treatment
from sim.world.state import CUSTOMER, HOST
from sim.world.world import Settings

Undo = Callable[[], None]
BY = ("host", "peer")
REFERRED = 7  # slot of the draw that picks the friend whom a person refers


@action
def award(scene: Scene, chosen: Chosen, *, by: str = "host", public: bool = True) -> None:
    """Give each person a formal award, in public or in private."""
    for person, giver in zip(chosen.persons.tolist(), _givers(scene, chosen, by), strict=True):
        treatment.award(scene.world, scene.index, person, giver, public)


@action
def thank(scene: Scene, chosen: Chosen) -> None:
    """Let a peer thank each person."""
    for person, giver in zip(chosen.persons.tolist(), _givers(scene, chosen, "peer"), strict=True):
        treatment.thank(scene.world, scene.index, person, giver)


@action
def like(scene: Scene, chosen: Chosen, *, sign: int = 1) -> None:
    """Like (1) or dislike (-1) the answer by which each person qualified, anonymously."""
    for row in chosen.subjects.tolist():
        treatment.like(scene.world, scene.index, row, sign=sign)


@action
def reply(scene: Scene, chosen: Chosen, *, by: str = "host") -> None:
    """Reply to the thread by which each person qualified, unless somebody has replied already."""
    for row, giver in zip(chosen.subjects.tolist(), _givers(scene, chosen, by), strict=True):
        if scene.venue.threads["answered"][row] < 0.0:
            treatment.reply(scene.world, scene.index, row, giver)


@action
def silence(scene: Scene, chosen: Chosen) -> None:
    """Prevent all replies to the thread by which each person qualified while it is fresh."""
    for row in chosen.subjects.tolist():
        treatment.mute(scene.world, scene.index, row)


@action
def invite(scene: Scene, chosen: Chosen, *, by: str = "host", to: str = "") -> None:
    """Invite each person to the venue, or to another one by its name, such as a host's own space."""
    names = [venue.name for venue in scene.world.venues]
    if to and to not in names:
        raise SettingsError(f"to={to} is not a venue of this world: use {' or '.join(names)}")
    venue = names.index(to) if to else scene.index
    for person, giver in zip(chosen.persons.tolist(), _givers(scene, chosen, by), strict=True):
        treatment.invite(scene.world, venue, person, giver)


@action
def refer(scene: Scene, chosen: Chosen) -> None:
    """Let each person invite one acquaintance who is no member, picked by a draw of the trial's own."""
    world, inside = scene.world, scene.is_member()
    for person, u in zip(chosen.persons.tolist(), scene.draws(chosen.persons, REFERRED).tolist(), strict=True):
        known = world.ties_partner[world.ties_start[person] : world.ties_start[person + 1]]
        known = known[~inside[known] & (world.people["customer"][known] == CUSTOMER)]
        if len(known):
            treatment.invite(world, scene.index, int(known[int(u * len(known))]), person)


@action
def remove(scene: Scene, chosen: Chosen) -> None:
    """Remove each person from the venue."""
    for person in chosen.persons[scene.is_member()[chosen.persons]].tolist():
        treatment.remove(scene.world, scene.index, person)


@action
def own_ads(scene: Scene, chosen: Chosen, *, factor: float) -> Undo:
    """Multiply the venue's ads for each person by `factor`."""
    return _hold(scene.memberships["ads_own"], chosen, factor)


@action
def mail(scene: Scene, chosen: Chosen, *, factor: float) -> Undo:
    """Let the share `factor` of the messages to all reach each person."""
    return _hold(scene.memberships["mail_own"], chosen, factor)


@action
def toll(scene: Scene, chosen: Chosen, *, amount: float) -> Undo:
    """Subtract `amount` from the reward of each visit."""
    return _hold(scene.memberships["toll"], chosen, amount)


@action
def pay(scene: Scene, chosen: Chosen, *, amount: float) -> Undo:
    """Pay each person for their contributions."""
    return _hold(scene.memberships["pay"], chosen, amount)


@action
def points(scene: Scene, chosen: Chosen, *, on: bool = True) -> Undo:
    """Count each person's contributions in points, or stop counting them, whatever the venue does for others."""
    return _hold(scene.memberships["points_own"], chosen, float(on))


@action
def tell_median(scene: Scene, chosen: Chosen, *, window: int = 30) -> Undo:
    """Show each person the median posts of those who posted in the last `window` days, per month."""
    written = scene.count(POSTS, window)
    written = written[scene.is_member() & (written > 0)]
    median = float(np.median(written)) * 30.0 / window if len(written) else 0.0
    return _hold(scene.memberships["told"], chosen, median)


@action
def substitute(scene: Scene, chosen: Chosen, *, share: float) -> Undo:
    """Give each person an outside place that meets this share of their needs."""
    return _hold(scene.people["elsewhere"], chosen, share)


@action
def lever(scene: Scene, chosen: Chosen, **levers: float) -> Undo:
    """Set levers of the whole world (`lever(**{"venue.ad_load": 3})`), for trials between worlds."""
    before = scene.world.settings
    scene.world.change(with_levers(before, scene.index, levers))
    return lambda: scene.world.change(before)


def with_levers(settings: Settings, venue: int, levers: Mapping[str, Any]) -> Settings:
    """Return settings with some levers changed, by their dotted names, or raise `SettingsError` with what is wrong."""
    for key, value in levers.items():
        group, _, name = key.partition(".")
        if line := keys.unknown(key, frozenset()):
            raise SettingsError(line)
        if group not in ("venue", "host", "product", "outside"):
            raise SettingsError(f"{key} is fixed before the first day, so a trial cannot change it")
        known = keys.declarations().get(key)  # nothing for words and lists
        if known is not None and not (is_number(value) and known.low <= value <= known.high):
            raise SettingsError(f"{name}={value} is out of range: {known.low:g} to {known.high:g}")
        place = f"venues.{settings.setups[venue].name}." if group in ("venue", "host") else ""
        settings = put_number(settings, place + key, value if known is None else float(value))
    return settings


def _hold(column: Any, chosen: Chosen, value: float) -> Undo:
    """Set a column for the chosen, and return a function that restores it."""
    before = column[chosen.persons].copy()
    column[chosen.persons] = value

    def undo() -> None:
        column[chosen.persons] = before

    return undo


def _givers(scene: Scene, chosen: Chosen, by: str) -> list[int]:
    """Return the person who acts on each: the host, or a random member who visited within the last week."""
    if by not in BY:
        raise SettingsError(f"by={by} is not possible: use {' or '.join(BY)}")
    around = np.flatnonzero(scene.is_member() & (scene.memberships["last_visit"] >= scene.day - 7.0))
    if by == "host" or len(around) < 2:
        return [HOST] * len(chosen.persons)
    picks = (scene.draws(chosen.persons, slot=2) * len(around)).astype(np.int64)
    own = around[picks] == chosen.persons
    picks[own] = (picks[own] + 1) % len(around)
    return [int(giver) for giver in around[picks]]
