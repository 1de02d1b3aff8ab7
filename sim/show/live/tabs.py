"""The tabs of the live page: each has a session of its own, unless it looks on at the teacher's.

A closed tab's worlds are gone. What a browser asks for is checked here, whatever the page would let it do: somebody who
joined with the code may look, open stories and, if allowed, act in the teacher's session; nothing else.
"""

import asyncio
import contextlib
import gc
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from sim.lab.runs.jobs import Job
from sim.lab.settings.config import Experiment
from sim.lab.settings.errors import SettingsError
from sim.show.live.access import is_teacher
from sim.show.live.game import Game
from sim.show.live.questions import Question
from sim.show.live.session import SIDES, Session

PACE = 25.0  # pictures a second at most
PATIENCE = 5.0  # seconds until a browser that does not say what it has drawn gets the next picture anyway
BEHIND = 40  # messages that wait for a slow browser, before it gets the worlds as a whole instead
MOST_WATCHERS = 200
DRAWN = "drawn"  # says a browser of each picture
ALWAYS = {"person"}  # what those who only look may ask for
ALLOWED = ALWAYS | {"lever", "let_go", "play", "step", "predict"}  # and if the teacher lets them act
Message = dict[str, Any]
Actions = Mapping[str, Callable[..., Awaitable[None]]]


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
        self.out: deque[Message] = deque()
        self.news = asyncio.Event()  # whether something waits in `out`
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
            if self.question:
                self.question.cancel()  # what is finished is kept
            self.session = self.game = None
            gc.collect()  # a world holds itself in circles

    async def take(self, text: str) -> None:
        """Do what a message asks for; what is wrong with it goes back in one line."""
        try:
            message = json.loads(text)
            what = str(message["do"])
            if what == DRAWN:
                self.drawn.set()
                return
            work = self.hub.actions[what]
        except (ValueError, KeyError, TypeError):
            self.tell({"is": "error", "text": "a message that the server does not know"})
            return
        target = self if self.teaches else self.hub.shown
        if not self.teaches and what not in ALLOWED:
            self.tell({"is": "error", "text": "only the teacher can do this"})
            return
        if not self.teaches and not self.hub.allows and what not in ALWAYS:
            self.tell({"is": "error", "text": "you are looking on: the teacher has not let the room act"})
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
        self.out.append(message)
        self.news.set()

    async def send_all(self) -> None:
        """Send what waits. A browser that is far behind gets the worlds as they are instead."""
        while True:
            await self.news.wait()
            self.news.clear()
            while self.out:
                message = self.out.popleft()
                if message["is"] == "frame" and len(self.out) > BEHIND and (shown := self.hub.shown_to(self)):
                    while self.out and self.out[0]["is"] == "frame":
                        self.out.popleft()
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
            "levers": {side: self.session.levers(side) for side in SIDES},
            "predictions": self.predictions, "game": self.game is not None, "playing": self.playing.is_set(),
            "timeline": [act._asdict() for act in self.session.timeline],
        }  # fmt: skip

    def in_background(self, work: Any) -> None:
        """Let something go on beside the messages, until the tab is closed."""
        task = asyncio.create_task(work)
        self.background.add(task)
        task.add_done_callback(self.background.discard)


class Hub:
    """All tabs: the teacher's, the one of them that the room sees, and those who look on."""

    def __init__(self, lab: Lab, actions: Actions, invitation: str = "") -> None:
        """`invitation`: the address with which the room can join, or nothing where it cannot."""
        self.lab, self.actions, self.invitation = lab, actions, invitation
        self.shown: Tab | None = None
        self.watchers: set[Tab] = set()
        self.tabs: set[Tab] = set()
        self.question: Question | None = None  # the last one: one is asked at a time
        self.allows = False

    def about(self, teaches: bool) -> Message:
        """Return what a page shows of the room."""
        return {"invitation": self.invitation if teaches else "", "allows": self.allows}

    def shown_to(self, tab: Tab) -> Tab | None:
        """Return the tab whose worlds somebody sees."""
        return tab if tab.teaches else self.shown

    def asks(self) -> bool:
        """Return whether a question is at work."""
        return self.question is not None and self.question.is_running

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
