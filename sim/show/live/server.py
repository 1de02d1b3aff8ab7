"""The live page's server: a WebSocket for each tab, a session for each tab, and a room that may look on.

A closed tab's worlds are gone. What a browser asks for is checked here, whatever the page would let it do: somebody who
joined with the code may look, open stories and, if allowed, act in the teacher's session; nothing else.
"""

import asyncio
import contextlib
import gc
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from sim.lab.runs.jobs import Job
from sim.lab.settings.config import Experiment
from sim.lab.settings.errors import SettingsError
from sim.show.live import menus
from sim.show.live.access import CODE, is_teacher
from sim.show.live.game import Game, Plan
from sim.show.live.questions import Progress, Question, earlier
from sim.show.live.session import SILENCE, Session, fans

ASSETS = Path(__file__).with_name("assets")
PACE = 25.0  # pictures a second at most
PATIENCE = 5.0  # seconds until a browser that does not say what it has drawn gets the next picture anyway
BEHIND = 40  # messages that wait for a slow browser, before it gets the worlds as a whole instead
MOST_WATCHERS = 200
SERVED = {".html", ".png", ".csv", ".svg"}  # of a results folder
ALWAYS = {"drawn", "person"}  # what those who only look may ask for
ALLOWED = ALWAYS | {"lever", "let_go", "play", "step", "predict"}  # and if the teacher lets them act
Message = dict[str, Any]


class Lab(Protocol):
    """What composes worlds and questions: the command line, which knows Hydra."""

    results: Path

    def experiment(self, overrides: Sequence[str]) -> Experiment:
        """Return the experiment of overrides."""

    def question(self, arguments: Sequence[str]) -> Job:
        """Return the job of the arguments of `barnraise compare`, or of a run if there is no alternative."""


class Tab:
    """One browser's connection, with its own worlds unless it only looks on."""

    def __init__(self, socket: WebSocket, hub: "Hub", teaches: bool) -> None:
        self.socket, self.hub, self.teaches = socket, hub, teaches
        self.session: Session | None = None
        self.game: Game | None = None
        self.question: Question | None = None
        self.predictions: list[Message] = []
        self.lock = asyncio.Lock()  # who steps or changes the worlds
        self.playing, self.drawn = asyncio.Event(), asyncio.Event()
        self.pace, self.days = PACE, 1
        self.out: asyncio.Queue[Message] = asyncio.Queue()
        self.background: set[asyncio.Task[Any]] = set()

    async def live(self) -> None:
        """Serve the tab until it is closed, then let go of its worlds."""
        await self.socket.accept()
        tasks = [asyncio.create_task(work()) for work in (self.send_all, self.play)]
        self.tell({"is": "hello", "teaches": self.teaches, **self.hub.about(self.teaches)})
        if (shown := self.hub.shown_to(self)) and shown.session:
            self.tell(shown.opened())
            self.tell(shown.picture(whole=True))
        try:
            while True:
                await self.take(await self.socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            for task in (*tasks, *self.background):
                task.cancel()
            if self.question and self.question.is_running:
                self.question.cancel()
            self.session = self.game = None
            gc.collect()  # a world holds itself in circles

    async def take(self, text: str) -> None:
        """Do what a message asks for; what is wrong with it goes back in one line."""
        try:
            message = json.loads(text)
            what = str(message["do"])
            work = ACTIONS[what]
        except (ValueError, KeyError, TypeError):
            self.tell({"is": "error", "text": "a message that the server does not know"})
            return
        target = self if self.teaches else self.hub.shown
        if not self.teaches and what not in (ALLOWED if self.hub.allows else ALWAYS):
            self.tell({"is": "error", "text": "you are looking on: the teacher has not let the room act"})
            return
        if what == "drawn":
            self.drawn.set()
            return
        if target is None:
            self.tell({"is": "error", "text": "the teacher has not opened a world yet"})
            return
        try:
            await work(target, message, self)
        except SettingsError as error:
            self.tell({"is": "error", "text": "\n".join(error.lines)})
        except (KeyError, TypeError, ValueError) as error:
            self.tell({"is": "error", "text": f"{what}: {error}"})

    def tell(self, message: Message) -> None:
        """Send a message as soon as the browser takes it."""
        self.out.put_nowait(message)

    async def send_all(self) -> None:
        """Send what waits. A browser that is far behind gets the worlds as they are instead."""
        while True:
            message = await self.out.get()
            if message["is"] == "frame" and self.out.qsize() > BEHIND and (shown := self.hub.shown_to(self)):
                while not self.out.empty() and self.out._queue[0]["is"] == "frame":  # type: ignore[attr-defined]
                    self.out.get_nowait()
                message = shown.picture(whole=True)
            await self.socket.send_text(json.dumps(message, separators=(",", ":")))

    def publish(self, message: Message) -> None:
        """Tell this tab and, if it is the one that the room sees, everybody in the room."""
        for tab in (self, *(self.hub.watchers if self.hub.shown is self else ())):
            tab.tell(message)

    def picture(self, whole: bool = False) -> Message:
        """Return the worlds as the page draws them: what has changed, or everything."""
        assert self.session is not None
        frames = self.session.whole() if whole else self.session.frames()
        found: Message = {"is": "frame", "day": self.session.day, "over": self.session.is_over, **frames}
        return found | ({"game": self.game.score()} if self.game else {})

    async def play(self) -> None:
        """Live on and show it, as fast as wished and as the browser can draw."""
        clock = asyncio.get_running_loop().time
        while True:
            await self.playing.wait()
            begun = clock()
            self.drawn.clear()
            async with self.lock:
                if self.session is None or self.session.is_over:
                    self.playing.clear()
                    continue
                self.publish(await asyncio.to_thread(self.advance, self.days))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.drawn.wait(), PATIENCE)
            await asyncio.sleep(max(0.0, 1.0 / self.pace - (clock() - begun)))

    def advance(self, days: int) -> Message:
        """Live some days and return the picture; in a game, whole weeks pass with their own rules."""
        assert self.session is not None
        if self.game:
            self.game.live(days)
        else:
            self.session.step(days)
        return self.picture()

    def opened(self) -> Message:
        """Return what a page needs to know of the worlds beside their pictures."""
        assert self.session is not None
        made = self.session.made
        return {
            "is": "opened", "title": made.title or made.scenario, "question": made.question, "story": made.story,
            "people": made.people, "days": self.session.days, "seed": made.seed, "scenario": made.scenario,
            "levers": {side: self.session.levers(side) for side in ("left", "right")},
            "predictions": self.predictions, "game": self.game is not None, "playing": self.playing.is_set(),
            "timeline": [act._asdict() for act in self.session.timeline],
        }  # fmt: skip

    def in_background(self, work: Any) -> None:
        """Let something go on beside the messages, until the tab is closed."""
        task = asyncio.create_task(work)
        self.background.add(task)
        task.add_done_callback(self.background.discard)


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
    del tab.predictions[:-MOST_WATCHERS]
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
    tab.hub.questions = [tab.question]
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


ACTIONS: dict[str, Callable[[Tab, Message, Tab], Any]] = {
    "open": open_worlds, "play": play, "step": step, "lever": lever, "let_go": let_go, "person": person,
    "predict": predict, "fan": show_fan, "plan": plan, "ask": ask, "cancel": cancel, "allow": allow,
    "drawn": person,  # never called: `take` sees to it
}  # fmt: skip


class Hub:
    """All tabs: the teacher's, the one of them that the room sees, and those who look on."""

    def __init__(self, lab: Lab, invitation: str = "") -> None:
        """`invitation`: the address with which the room can join, or nothing where it cannot."""
        self.lab, self.invitation = lab, invitation
        self.shown: Tab | None = None
        self.watchers: set[Tab] = set()
        self.tabs: set[Tab] = set()
        self.questions: list[Question] = []
        self.allows = False

    def about(self, teaches: bool) -> Message:
        """Return what a page shows of the room."""
        return {"invitation": self.invitation if teaches else "", "allows": self.allows}

    def shown_to(self, tab: Tab) -> Tab | None:
        """Return the tab whose worlds somebody sees."""
        return tab if tab.teaches else self.shown

    def asks(self) -> bool:
        """Return whether a question is at work."""
        return any(question.is_running for question in self.questions)

    async def join(self, socket: WebSocket) -> None:
        """Serve a browser that has connected."""
        tab = Tab(socket, self, is_teacher(socket.scope))
        if not tab.teaches and len(self.watchers) >= MOST_WATCHERS:
            await socket.close(1013)
            return
        (self.tabs if tab.teaches else self.watchers).add(tab)
        try:
            await tab.live()
        finally:
            self.tabs.discard(tab)
            self.watchers.discard(tab)
            if self.shown is tab:
                self.shown = None


def application(lab: Lab, invitation: str = "") -> Starlette:
    """Return the server as an ASGI application, which `access.OwnPageOnly` has to stand in front of."""
    hub = Hub(lab, invitation)

    def page(_: Request) -> Response:
        return HTMLResponse((ASSETS / "page.html").read_text("utf-8"))

    def choices(_: Request) -> Response:
        return JSONResponse(menus.menus())

    def listed(_: Request) -> Response:
        return JSONResponse([one._asdict() for one in earlier(lab.results)])

    def join(request: Request) -> Response:
        answer = RedirectResponse("/")
        answer.set_cookie(CODE, request.path_params["code"], httponly=True, samesite="strict")
        return answer

    def result(request: Request) -> Response:
        path = (lab.results / request.path_params["path"]).resolve()
        inside = path.is_relative_to(lab.results.resolve()) and path.suffix in SERVED and path.is_file()
        return FileResponse(path) if inside else PlainTextResponse("Not found.\n", 404)

    def picture_of_invitation(_: Request) -> Response:
        import segno

        drawn = segno.make(invitation or "http://localhost").svg_inline(scale=6, dark="#000", light="#fff")
        return Response(drawn, media_type="image/svg+xml") if invitation else PlainTextResponse("Not found.\n", 404)

    return Starlette(routes=[
        Route("/", page), Route("/menus", choices), Route("/earlier", listed), Route("/join/{code}", join),
        Route("/invitation.svg", picture_of_invitation), Route("/results/{path:path}", result),
        Mount("/assets", StaticFiles(directory=ASSETS)), WebSocketRoute("/live", hub.join),
    ])  # fmt: skip
