"""What a browser can ask for: each action with its checks. What is wrong is a `SettingsError`, in one line.

An action gets the tab whose worlds are meant, the message, and the tab that asked (somebody of the room, perhaps).
"""

import asyncio
import contextlib
from pathlib import Path

from sim.lab.settings.errors import SettingsError
from sim.show.live.game import Game, Plan
from sim.show.live.questions import Progress, Question
from sim.show.live.session import SILENCE, Session, fans
from sim.show.live.tabs import Actions, Message, Tab

MOST_PREDICTIONS = 200


def opened(tab: Tab) -> Session:
    """Return a tab's session."""
    if tab.session is None:
        raise SettingsError("open a world first")
    return tab.session


def number(message: Message, name: str, low: float, high: float, otherwise: float | None = None) -> float:
    """Return a number of a message within its range."""
    value = message.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise SettingsError(f"{name}={value} is not a number from {low:g} to {high:g}")
    return float(value)


def texts(message: Message, name: str) -> list[str]:
    """Return a list of settings of a message."""
    found = message.get(name, [])
    if not isinstance(found, list) or len(found) > 100 or not all(isinstance(one, str) for one in found):
        raise SettingsError(f"{name} is not a list of settings")
    return found


async def open_worlds(tab: Tab, message: Message, _: Tab) -> None:
    """Open two worlds, the right one with further settings if it differs from the first day on; or a game."""
    tab.playing.clear()
    async with tab.lock:
        base, right = texts(message, "settings"), texts(message, "right")
        made = await asyncio.to_thread(tab.hub.lab.experiment, base)
        other = await asyncio.to_thread(tab.hub.lab.experiment, [*base, *right]) if right else None
        tab.session = tab.game = None
        if message.get("game"):
            tab.game = await asyncio.to_thread(Game, made)
            tab.session = tab.game.session
        else:
            tab.session = await asyncio.to_thread(Session, made, other)
        tab.predictions = []
        tab.hub.shown = tab
        tab.publish(tab.opened())
        tab.publish(tab.picture() | {"whole": True})


async def play(tab: Tab, message: Message, _: Tab) -> None:
    """Play or pause, at a pace."""
    opened(tab)
    tab.pace = number(message, "pace", 0.2, 60, tab.pace)
    tab.days = int(number(message, "days", 1, 60, tab.days))
    (tab.playing.set if message.get("on", True) else tab.playing.clear)()
    tab.publish({"is": "playing", "on": tab.playing.is_set()})


async def step(tab: Tab, message: Message, _: Tab) -> None:
    """Live some days and stop."""
    opened(tab)
    tab.playing.clear()
    async with tab.lock:
        days = int(number(message, "days", 1, 366, 1))
        tab.publish(await asyncio.to_thread(tab.advance, days))
    tab.publish({"is": "playing", "on": False})


async def lever(tab: Tab, message: Message, _: Tab) -> None:
    """Move a lever in the running worlds."""
    session = opened(tab)
    side, key = str(message.get("side", "both")), str(message["key"])
    async with tab.lock:
        session.act(side, key, number(message, "value", -1e9, 1e9))
    tab.publish({"is": "acted", "day": session.day, "side": side, "key": key, "value": message["value"]})


async def let_go(tab: Tab, message: Message, _: Tab) -> None:
    """Silence the host in one of the worlds, and see what stands."""
    session = opened(tab)
    side = str(message.get("side", "right"))
    async with tab.lock:
        session.act(side, SILENCE, 0.0)
    tab.publish({"is": "acted", "day": session.day, "side": side, "key": SILENCE, "value": 0.0})


async def person(tab: Tab, message: Message, asker: Tab) -> None:
    """Tell a person's story to whoever asked."""
    session = opened(tab)
    side = str(message.get("side", "left"))
    if side not in session.sides:
        raise SettingsError(f"side={side} is not left or right")
    async with tab.lock:
        found = session.story(side, int(number(message, "id", 0, session.made.people * 10)))
    asker.tell({"is": "person", "side": side, "day": session.day, **found._asdict()})


async def predict(tab: Tab, message: Message, _: Tab) -> None:
    """Keep a prediction: how many active members there will be in each world on a day."""
    session = opened(tab)
    found = {
        "text": str(message.get("text", ""))[:200], "day": int(number(message, "day", 0, session.days, session.days)),
        "left": number(message, "left", 0, 1e7), "right": number(message, "right", 0, 1e7), "made": session.day,
    }  # fmt: skip
    tab.predictions.append(found)
    del tab.predictions[:-MOST_PREDICTIONS]
    tab.publish({"is": "predictions", "all": tab.predictions})


async def show_fan(tab: Tab, message: Message, _: Tab) -> None:
    """Live through what was done with other seeds, in the background, and show the fan as it fills."""
    session, measure = opened(tab), str(message.get("measure", "active"))

    async def work() -> None:
        filling = fans(session, measure)
        try:
            while tab.session is session and (found := await asyncio.to_thread(next, filling, None)):
                tab.publish({"is": "fan", "measure": measure, **found._asdict()})
        except SettingsError as error:
            tab.tell({"is": "error", "text": "\n".join(error.lines)})
        tab.publish({"is": "fan_full"})

    tab.in_background(work())


async def plan(tab: Tab, message: Message, _: Tab) -> None:
    """Set how the group of a game spends its hours from now on."""
    if tab.game is None:
        raise SettingsError("open a game first")
    async with tab.lock:
        tab.game.spend(Plan(*(number(message, name, 0, 168, 0) for name in Plan._fields)))
    tab.publish({"is": "planned", "day": tab.game.session.day})


async def ask(tab: Tab, message: Message, _: Tab) -> None:
    """Ask a question: run a comparison in the background, and show the rough answer as it narrows."""
    if tab.hub.asks():
        raise SettingsError("another question is still at work: wait for it or cancel it")
    loop = asyncio.get_running_loop()
    job = await asyncio.to_thread(tab.hub.lab.question, texts(message, "arguments"))

    def told(progress: Progress) -> None:
        loop.call_soon_threadsafe(tab.tell, answer(progress, tab.hub.lab.results))

    tab.question = Question(job, told)
    tab.hub.question = tab.question
    tab.question.start()
    tab.tell(answer(tab.question.last, tab.hub.lab.results) | {"command": job.command, "notes": list(job.notes)})


def answer(progress: Progress, results: Path) -> Message:
    """Return a question's progress as a message; the folder's name is the one that the page can open."""
    found = progress._asdict()
    with contextlib.suppress(ValueError):
        found["folder"] = str(Path(progress.folder).relative_to(results)) if progress.folder else ""
    return {"is": "asked", **found}


async def cancel(tab: Tab, _: Message, asker: Tab) -> None:
    """Stop a question after the runs that are finished."""
    if tab.question is None or not tab.question.is_running:
        raise SettingsError("there is no question at work")
    tab.question.cancel()
    asker.tell({"is": "cancelling"})


async def allow(tab: Tab, message: Message, _: Tab) -> None:
    """Let the room act, or no more."""
    tab.hub.allows = bool(message.get("on"))
    for one in (tab, *tab.hub.watchers):
        one.tell({"is": "allowed", "on": tab.hub.allows})


ACTIONS: Actions = {
    "open": open_worlds, "play": play, "step": step, "lever": lever, "let_go": let_go, "person": person,
    "predict": predict, "fan": show_fan, "plan": plan, "ask": ask, "cancel": cancel, "allow": allow,
}  # fmt: skip
