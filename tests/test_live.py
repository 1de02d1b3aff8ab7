"""The live page without a browser: frames, stories, sessions, the game, the server's messages, and who is let in."""

import asyncio
import gc
import json
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import differences, small_world

from sim.cli.live import CommandLine
from sim.lab.settings.errors import SettingsError
from sim.show.live import game, session
from sim.show.live.access import GUESSES, OwnPageOnly, new_code
from sim.show.live.frames import ACT_WORDS, SUPPLIERS, Watch
from sim.show.live.menus import menus
from sim.show.live.session import SILENCE, Session, fans, relived
from sim.show.live.story import story
from sim.world import census, events, tally
from sim.world.world import World

LAB = CommandLine("results")
SMALL = ("people=200", "days=90", "record_every=30")


@pytest.fixture(scope="module")
def made() -> Any:
    return LAB.experiment(SMALL)


@pytest.fixture(scope="module")
def lived(made: Any) -> Session:
    """Return a session whose right-hand host fell silent on day 40."""
    found = Session(made)
    found.step(40)
    found.frames()
    found.act("right", SILENCE, 0.0)
    found.step(50)
    found.frames()
    return found


# What is seen


def test_who_reads_along_changes_nothing() -> None:
    """Null: a world that is watched lives to the bit as one that is not."""
    alone = small_world(log=True, until=60)
    watched = World(alone.settings, 1)
    watch = Watch(watched)
    for _ in range(60):
        watched.step()
        watch.look()
    watched.record()
    found = [name for name in differences(alone, watched) if not name.startswith("log")]
    assert found == []
    assert watch.events().tolist() == [
        row for row in alone.events().tolist() if row[1] not in (events.VISIT, events.SILENCE)
    ]


def test_frames_add_up_to_the_world() -> None:
    world = small_world(log=True, until=1)
    watch, roles, ties = Watch(world), {}, set()
    for _ in range(80):
        world.step()
        frame = json.loads(json.dumps(watch.look()))
        rows = np.array(frame["people"], int).reshape(-1, 4)
        roles |= {person: role for person, role, _, _ in rows.tolist()}
        ties -= set(map(tuple, np.array(frame["gone"], int).reshape(-1, 2).tolist()))
        ties |= set(map(tuple, np.array(frame["new"], int).reshape(-1, 2).tolist()))
    venue = world.venues[0]
    today = census.roles(venue.memberships, world.day, world.parameters["memory"], world.parameters["census"])
    assert roles == {person: role for person, role in enumerate(today.tolist()) if person in roles}
    assert set(np.flatnonzero(today).tolist()) <= set(roles)
    person, partner, _ = census.bond_pairs(world, venue)
    assert ties == {(min(pair), max(pair)) for pair in zip(person.tolist(), partner.tolist(), strict=True)} != set()
    assert frame["now"]["active"] == census.active(world)
    whole = watch.whole()
    assert {row[0]: row[1] for row in np.array(whole["people"]).reshape(-1, 4).tolist()} == roles
    assert len(roles) == len(world.people)  # those who have not joined are drawn, too


def test_a_picture_made_late_needs_no_earlier_frame() -> None:
    world = small_world(log=True, until=60)
    watch = Watch(world)
    watch.look()
    world.step()
    acted = watch.look()
    frame = watch.whole(acted)
    assert len(frame["people"]) == 4 * len(world.people) > len(acted["people"])
    assert (frame["acts"], frame["here"], frame["whole"]) == (acted["acts"], acted["here"], True)


def test_the_widget_shows_everybody_and_a_story_can_be_read_in_a_notebook() -> None:
    notebook = pytest.importorskip("sim.show.live.notebook", reason="the extra `notebook` is not installed")
    place = notebook.Place(small_world(log=True))
    place.step(60)
    assert len(place.frame["people"]) == 4 * len(place.watch.world.people)
    member = int(np.flatnonzero(place.watch.world.venues[0].memberships["joined"] >= 0)[0])
    assert place.story(member)._repr_markdown_().startswith(f"**Person {member} ")
    assert " %" in place.story(member)._repr_markdown_()


def test_acts_are_named_by_the_code_that_a_frame_gives_them() -> None:
    world = small_world(log=True, until=40)
    watch = Watch(world)
    watch.look()
    world.step()
    kinds = {ACT_WORDS[code] for code in watch.look()["acts"][::3]}
    assert kinds <= set(ACT_WORDS)
    assert kinds & {"reply", "question", "post", "thanks"}


def test_of_a_large_world_a_sample_is_shown_and_always_the_same(made: Any) -> None:
    tree = made.tree() | {"people": 5000, "days": 3, "log": True, "host_off": None}
    worlds = [World(session.config.experiment(tree).settings(), 1) for _ in range(2)]
    one, two = (Watch(world).shown.tolist() for world in worlds)
    assert one == two == sorted(set(one))
    assert len(one) == 3000


# Two worlds on one clock


def test_the_right_world_is_the_left_one_until_something_is_done(made: Any) -> None:
    both = Session(made)
    both.step(45)
    left, right = (side.world for side in both.sides.values())
    assert differences(left, right) == []
    both.act("right", "venue.ad_load", 9.0)
    both.step(30)
    assert differences(left, right) != []
    assert left.venues[0].levers.ad_load != right.venues[0].levers.ad_load == 9.0


def test_letting_go_silences_one_host_only(lived: Session) -> None:
    left, right = (side.world.venues[0] for side in lived.sides.values())
    assert right.host.silent
    assert not left.host.silent
    assert lived.timeline == [session.Act(40, "right", SILENCE, 0.0)]


def test_living_through_a_timeline_again_gives_the_same_run(lived: Session) -> None:
    seed = session.seed_of(lived.made.seed, 0)
    for name, side in lived.sides.items():
        again = relived(lived.made, seed, lived.timeline, name, "active")
        one = session.Side(lived.made, seed)
        for day in range(lived.days - lived.days % session.WEEK):
            for act in lived.timeline:
                if act.day == day and act.side == name:
                    one.act(act.key, act.value)
            one.world.step()
        assert again[-1] == census.active(one.world)
        assert side.world.day == lived.days


def test_the_session_has_the_first_seed_of_the_command_on_declared_parameters(made: Any) -> None:
    alone = World(made.settings(), session.seed_of(made.seed, 0)).run(30)
    both = Session(made)
    both.step(30)
    assert both.sides["left"].watch.now()["active"] == census.active(alone)


def test_a_fan_fills_seed_by_seed_and_holds_its_own_middle(lived: Session) -> None:
    found = list(fans(lived, seeds=3))
    assert [one.seeds for one in found] == [1, 2, 3]
    low, middle, high = np.array(found[-1].bands["left"])
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert found[-1].bands["left"][1][:6] == found[-1].bands["right"][1][:6]  # before the host fell silent
    with pytest.raises(SettingsError, match="replies has no fan"):
        next(fans(lived, "replies"))


@pytest.mark.parametrize(
    ("side", "key", "value", "why"),
    [("middle", "host.replies", 0.5, "side=middle is not left, right or both"),
     ("left", "population.goodwill", 0.5, "population.goodwill is no lever of the live page"),
     ("left", "host.replies", 7.0, "host.replies=7")],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    made: Any, side: str, key: str, value: float, why: str
) -> None:
    both = Session(made)
    with pytest.raises(SettingsError, match=why):
        both.act(side, key, value)
    assert both.timeline == []
    assert both.sides["left"].tree["host"]["replies"] == made.host.replies


def test_worlds_that_differ_from_the_first_day_on_need_the_same_people(made: Any) -> None:
    other = LAB.experiment([*SMALL, "host=none"])
    both = Session(made, other)
    assert both.sides["right"].world.venues[0].host.levers.hours == 0
    with pytest.raises(SettingsError, match="the same people and days"):
        Session(made, LAB.experiment([*SMALL[:1], "days=100"]))
    with pytest.raises(SettingsError, match="more than the live page can move"):
        Session(LAB.experiment(["people=30000", "days=10"]))


# Stories


def test_a_story_agrees_with_the_world(lived: Session) -> None:
    watch = lived.sides["left"].watch
    m = watch.world.venues[0].memberships
    helper = int(np.argmax(m["answers"]))
    told = story(watch, helper)
    replies = m["answers"][helper]
    assert any(f"Replied {replies} time" in sentence for sentence in told.sentences)
    assert any(sentence.startswith(f"Joined on day {m['joined'][helper] + 1} ") for sentence in told.sentences)
    assert sum(told.wants.values()) <= 1.001
    left = np.flatnonzero(m["status"] == 3)
    for person in left[:5].tolist():
        assert any(sentence.startswith("Left on day") for sentence in story(watch, person).sentences)


def test_everybody_has_a_story_and_a_stranger_s_is_short(lived: Session) -> None:
    watch = lived.sides["right"].watch
    for person in range(0, len(watch.world.people), 7):
        told = story(watch, person)
        assert told.title.startswith(f"Person {person} ")
        assert told.sentences
    with pytest.raises(ValueError, match="there is no person -1"):
        story(watch, -1)


# Be the host


def test_a_plan_of_more_hours_than_the_week_has_is_refused(made: Any) -> None:
    group = game.Game(made)
    with pytest.raises(SettingsError, match="more than the 12 of a week"):
        group.spend(game.Plan(10, 10, 0, 0))


def test_the_game_ends_half_a_year_after_the_host_and_scores_against_no_host(made: Any) -> None:
    group = game.Game(made)
    assert group.session.sides["right"].world.venues[0].host.levers.hours == 0
    for _ in range(13):
        group.spend(game.Plan(replies=6, posts=3, greetings=1, awards=2))
        group.live(4)
    assert group.session.day == game.HOSTED
    assert not group.session.sides["left"].world.venues[0].host.silent
    spent = group.session.sides["left"].world.venues[0].tally
    assert spent[tally.HOURS_PAID] == pytest.approx(12 * 52, rel=0.02)
    group.live(26)
    found = group.score()
    assert group.session.sides["left"].world.venues[0].host.silent
    assert found["over"] == 1.0
    assert found["score"] == found["active"] - found["without"]


def test_a_group_that_does_nothing_scores_nothing(made: Any) -> None:
    """Null: without hours the left world is the right one."""
    group = game.Game(made)
    group.session.sides["left"] = session.Side(group.session.made_right, session.seed_of(made.seed, 0))
    group.spend(game.Plan())
    group.live(78)
    assert group.score()["score"] == 0.0


# The server's messages


class Browser:
    """A browser's end of the connection, without a browser."""

    def __init__(self, teaches: bool = True) -> None:
        self.scope = {"barnraise.teacher": teaches}
        self.sent: list[dict[str, Any]] = []
        self.waiting: asyncio.Queue[str] = asyncio.Queue()

    async def accept(self) -> None: ...

    async def close(self, code: int) -> None:
        self.sent.append({"is": "closed", "code": code})

    async def send_text(self, text: str) -> None:
        self.sent.append(json.loads(text))
        if self.sent[-1]["is"] == "frame":
            await self.says("drawn")

    async def receive_text(self) -> str:
        return await self.waiting.get()

    async def says(self, what: str, **more: Any) -> None:
        await self.waiting.put(json.dumps({"do": what, **more}))

    async def until(self, found: Callable[[dict[str, Any]], Any], since: int = 0) -> dict[str, Any]:
        """Wait for a message."""
        for _ in range(600):
            if hits := [message for message in self.sent[since:] if found(message)]:
                return hits[0]
            await asyncio.sleep(0.05)
        raise AssertionError(f"waited in vain, got {[message['is'] for message in self.sent][-10:]}")

    async def gets(self, kind: str, since: int = 0) -> dict[str, Any]:
        return await self.until(lambda message: message["is"] == kind, since)


def with_server(talk: Callable[..., Any], results: str = "results", browsers: int = 1) -> Any:
    """Let browsers talk to a server: the first teaches, the others look on."""
    for needed in ("starlette", "uvicorn", "websockets"):
        pytest.importorskip(needed, reason="the extra `live` is not installed")
    from sim.show.live.actions import ACTIONS
    from sim.show.live.tabs import Hub

    async def all_of_it() -> Any:
        hub = Hub(CommandLine(results), ACTIONS, "http://192.0.2.7/join/abc")
        those = [Browser(teaches=k == 0) for k in range(browsers)]
        joined = [asyncio.create_task(hub.join(one)) for one in those]
        try:
            return await talk(hub, *those)
        finally:
            for task in joined:
                task.cancel()
            await asyncio.gather(*joined, return_exceptions=True)

    return asyncio.run(all_of_it())


def test_a_tab_opens_plays_acts_and_tells_a_story() -> None:
    async def talk(hub: Any, browser: Browser) -> None:
        await browser.says("open", settings=list(SMALL))
        opened = await browser.gets("opened")
        assert opened["people"] == 200
        await browser.says("play", on=True, pace=60, days=3)
        await browser.until(lambda message: message["is"] == "frame" and message["day"] >= 30)
        await browser.says("lever", side="right", key="venue.ad_load", value=8)
        assert (await browser.gets("acted"))["key"] == "venue.ad_load"
        await browser.says("let_go", side="right")
        await browser.until(lambda message: message["is"] == "frame" and message["over"])
        last = [one for one in browser.sent if one["is"] == "frame"][-1]
        assert last["day"] == 90
        assert last["right"]["now"]["host"] == 0 != last["left"]["now"]["host"]
        assert last["right"]["now"]["ads"] == 8
        await browser.says("person", side="left", id=3)
        assert (await browser.gets("person"))["title"].startswith("Person 3 ")
        await browser.says("predict", left=12, right=9, day=80, text="habit")
        assert (await browser.gets("predictions"))["all"][0]["text"] == "habit"

    with_server(talk)


@pytest.mark.parametrize(
    ("message", "why"),
    [({"do": "play"}, "open a world first"), ({"do": "dance"}, "does not know"), ({}, "does not know"),
     ({"do": "open", "settings": ["host.replise=1"]}, "did you mean host.replies"),
     ({"do": "open", "settings": "people=3"}, "not a list of settings"),
     ({"do": "ask", "arguments": ["results=/tmp"]}, "those of the live page"),
     ({"do": "cancel"}, "no question at work"), ({"do": "plan", "replies": 1}, "open a game first")],
)  # fmt: skip
def test_what_a_browser_cannot_ask_for_is_refused_in_one_line(message: dict[str, Any], why: str) -> None:
    async def talk(hub: Any, browser: Browser) -> None:
        await browser.waiting.put(json.dumps(message))
        assert why in (await browser.gets("error"))["text"]

    with_server(talk)


def test_the_room_looks_on_and_acts_only_if_it_is_allowed() -> None:
    async def talk(hub: Any, teacher: Browser, pupil: Browser) -> None:
        await teacher.says("open", settings=list(SMALL))
        assert (await teacher.gets("hello"))["invitation"]
        await pupil.gets("opened")
        assert (await pupil.gets("hello"))["invitation"] == ""
        await pupil.says("lever", side="right", key="venue.ad_load", value=8)
        assert "has not let the room act" in (await pupil.gets("error"))["text"]
        await teacher.says("allow", on=True)
        await pupil.gets("allowed")
        await pupil.says("predict", left=1, right=2)
        assert (await teacher.gets("predictions"))["all"][0]["right"] == 2
        since = len(pupil.sent)
        await pupil.says("ask", arguments=["people=50"])
        assert (await pupil.gets("error", since))["text"] == "only the teacher can do this"  # whatever is allowed

    with_server(talk, browsers=2)


def test_somebody_who_joins_late_sees_the_worlds_as_they_are() -> None:
    async def talk(hub: Any, teacher: Browser) -> None:
        await teacher.says("open", settings=list(SMALL))
        await teacher.gets("opened")
        await teacher.says("step", days=60)
        await teacher.until(lambda message: message["is"] == "frame" and message["day"] == 60)
        pupil = Browser(teaches=False)
        task = asyncio.create_task(hub.join(pupil))
        frame = await pupil.gets("frame")
        task.cancel()
        assert frame["day"] == 60
        assert len(frame["left"]["people"]) > 0

    with_server(talk)


def test_a_browser_that_is_far_behind_gets_the_worlds_as_they_are_and_everything_else() -> None:
    async def talk(hub: Any, browser: Browser) -> None:
        from sim.show.live.tabs import BEHIND

        await browser.says("open", settings=list(SMALL))
        frame = await browser.gets("frame")
        since, [tab] = len(browser.sent), hub.tabs
        for day in range(BEHIND + 5):  # without a pause: nothing can be sent in between
            tab.tell(frame | {"left": {"whole": False}, "day": -day})
        tab.tell({"is": "told"})
        tab.tell(frame | {"left": {"whole": False}, "day": 7})
        await browser.until(lambda message: message.get("day") == 7)
        now, told, after = browser.sent[since:]
        assert (now["is"], now["day"], bool(now["left"]["whole"])) == ("frame", 0, True)
        assert (told["is"], after["left"]["whole"]) == ("told", False)

    with_server(talk)


def test_tabs_share_no_world_and_a_closed_tab_s_world_is_gone() -> None:
    async def talk(hub: Any, first: Browser) -> Any:
        await first.says("open", settings=list(SMALL))
        await first.gets("opened")
        second = Browser()
        task = asyncio.create_task(hub.join(second))
        await second.says("open", settings=list(SMALL))
        await second.gets("opened")
        one, two = (next(tab for tab in hub.tabs if tab.socket is browser) for browser in (first, second))
        assert one.session is not two.session
        assert one.session.sides["left"].world is not two.session.sides["left"].world
        world = weakref.ref(two.session.sides["left"].world)
        await second.says("step", days=5)
        await second.until(lambda message: message["is"] == "frame" and message["day"] == 5)
        assert one.session.day == 0
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        del two
        gc.collect()
        assert world() is None

    with_server(talk)


def test_a_question_narrows_and_leaves_the_folder_of_the_command(tmp_path: Path) -> None:
    asked = ["people=100", "days=60", "host_off=off", "replicates=4", "alt.none=host=none"]

    async def talk(hub: Any, browser: Browser) -> None:
        await browser.says("ask", arguments=asked)
        done = await browser.until(lambda message: message["is"] == "asked" and message["state"] == "done")
        told = [message for message in browser.sent if message["is"] == "asked"]
        assert [message["finished"] for message in told][:1] == [0]
        assert told[0]["command"] == "barnraise compare people=100 days=60 host_off=off replicates=4 alt.none=host=none"
        assert {row["arm"] for row in done["rows"]} == {"base", "none"}
        assert (tmp_path / done["folder"] / "report.html").is_file()

    with_server(talk, str(tmp_path))
    from sim.show.live.questions import earlier

    (found,) = earlier(tmp_path)
    assert found.has_report
    assert found.command.startswith("barnraise compare people=100")


def test_a_cancelled_question_keeps_what_was_finished(tmp_path: Path) -> None:
    asked = ["people=300", "days=365", "replicates=40", "alt.none=host=none"]

    async def talk(hub: Any, browser: Browser) -> Any:
        await browser.says("ask", arguments=asked)
        await browser.until(lambda message: message["is"] == "asked" and message["finished"] >= 2)
        await browser.says("ask", arguments=asked)
        assert "another question" in (await browser.gets("error"))["text"]
        await browser.says("cancel")
        return await browser.until(lambda message: message["is"] == "asked" and message["state"] == "cancelled")

    done = with_server(talk, str(tmp_path))
    assert 2 <= done["finished"] < 40
    assert (tmp_path / done["folder"] / "report.html").is_file()


def test_menus_offer_every_scenario_and_preset() -> None:
    from sim.lab.settings import folders, presets, scenarios

    offered = menus()
    assert [one["name"] for one in offered["scenarios"]] == scenarios.names()
    assert {group: [one["name"] for one in ones] for group, ones in offered["presets"].items()} == {
        group: list(folders.files(group)) for group in presets.PACKAGES
    }
    assert offered["suppliers"] == SUPPLIERS
    json.dumps(offered)


def test_the_picture_s_words_for_roles_are_those_of_the_census() -> None:
    text = (Path(session.__file__).with_name("assets") / "stage.js").read_text()
    assert json.dumps(list(census.ROLES)) in text


# Who is let in

PORT = 8123
HERE = f"localhost:{PORT}"
LIVE = "/live"


ROOM = "192.0.2.7"
CODE = "abcdefgh"


def answer(path: str, kind: str = "GET", port: int = PORT, client: str = "127.0.0.1", shared: bool = False,
           guard: Any = None, **headers: str | list[str]) -> list[dict[str, Any]]:  # fmt: skip
    """Return what the live page's server sends to a request; the application behind it sends a page or opens."""

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the page"})

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    sent: list[dict[str, Any]] = []
    pairs = [
        (name.replace("_", "-").encode(), value.encode())
        for name, given in headers.items()
        for value in ([given] if isinstance(given, str) else given)
    ]
    scope = {"path": path, "headers": pairs, "type": "websocket" if kind == "WEBSOCKET" else "http", "method": kind,
             "client": (client, 40000)}  # fmt: skip
    guard = guard or OwnPageOnly(behind, port, *([[ROOM], CODE] if shared else []))
    guard.app = behind
    asyncio.run(guard(scope, receive, send))
    return sent


def status(path: str, kind: str = "GET", **headers: Any) -> Any:
    """Return the HTTP status of an answer, or how a websocket was answered."""
    first = answer(path, kind, **headers)[0]
    return first.get("status", first["type"])


@pytest.mark.parametrize("host", [HERE, f"127.0.0.1:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"])
def test_the_page_is_served_under_the_names_of_this_machine(host: str) -> None:
    assert status("/", host=host) == 200
    assert status(LIVE, "WEBSOCKET", host=host, origin=f"http://{host}") == "websocket.accept"


@pytest.mark.parametrize(
    "host",
    [[], "elsewhere.example", f"elsewhere.example:{PORT}", "localhost", "localhost:1",
     f"localhost.elsewhere.example:{PORT}", f"localhost:{PORT}.elsewhere.example",
     f"192.168.0.2:{PORT}", f"0.0.0.0:{PORT}", [HERE, "elsewhere.example"]],
)  # fmt: skip
def test_a_name_that_somebody_else_points_at_this_machine_is_refused(host: str | list[str]) -> None:
    assert status("/", host=host) == 403
    assert status("/assets/page.css", host=host) == 403
    assert status(LIVE, "WEBSOCKET", host=host) == "websocket.close"


@pytest.mark.parametrize(
    "origin",
    ["http://elsewhere.example", f"http://elsewhere.example:{PORT}", "null", "", "http://localhost", "http://localhost:1",
     f"https://{HERE}", f"http://{HERE}.elsewhere.example", [f"http://{HERE}", "http://elsewhere.example"]],
)  # fmt: skip
def test_a_page_from_elsewhere_can_neither_open_a_websocket_nor_post(origin: str | list[str]) -> None:
    assert status(LIVE, "WEBSOCKET", host=HERE, origin=origin) == "websocket.close"
    assert status("/", host=HERE, origin=origin) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_from_elsewhere_can_load_no_part_of_ours_as_an_image_or_a_script(site: str) -> None:
    assert status("/assets/page.js", host=HERE, sec_fetch_site=site) == 403
    assert status("/assets/page.js", host=HERE, sec_fetch_site="same-origin") == 200


def test_a_page_from_elsewhere_cannot_show_ours_in_a_frame() -> None:
    headers = dict(answer("/", host=HERE)[0]["headers"])
    assert headers[b"x-frame-options"] == b"SAMEORIGIN"
    assert headers[b"content-security-policy"] == b"frame-ancestors 'self'"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/anything", "GET"), ("/", "POST"), ("/live", "GET"), ("/join/x", "POST"),
     ("/assets/page.css", "DELETE")],
)  # fmt: skip
def test_what_the_page_does_not_need_is_closed(path: str, kind: str) -> None:
    assert status(path, kind, host=HERE) == 404


def test_what_starts_and_ends_the_server_passes() -> None:
    async def behind(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "lifespan.startup.complete"})

    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    sent: list[str] = []
    asyncio.run(OwnPageOnly(behind, PORT)({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete"]


def test_browsers_leave_out_the_port_of_http() -> None:
    assert answer("/", port=80, host="localhost", origin="http://localhost")[0]["status"] == 200


def test_a_room_needs_the_code_and_gets_no_results() -> None:
    there = {"host": f"{ROOM}:{PORT}", "client": "192.0.2.9", "shared": True}
    assert status("/", **there) == 403
    assert status(f"/join/{CODE}", **there) == 200
    assert status("/join/abcdefgj", **there) == 403
    known = there | {"cookie": f"barnraise_code={CODE}"}
    assert status("/", **known) == status("/menus", **known) == 200
    assert status("/live", "WEBSOCKET", **known, origin=f"http://{ROOM}:{PORT}") == "websocket.accept"
    assert status("/live", "WEBSOCKET", **known, origin="http://elsewhere.example") == "websocket.close"
    assert status("/results/a/b/report.html", **known) == status("/earlier", **known) == 404
    assert status("/", **(known | {"shared": False})) == 403
    assert status("/results/a/b/report.html", host=HERE, shared=True) == 200


def test_another_machine_cannot_say_that_it_is_this_one() -> None:
    assert status("/", host=HERE, client="192.0.2.9", shared=True) == 403


def test_too_many_wrong_codes_close_the_room() -> None:
    guard = OwnPageOnly(None, PORT, [ROOM], CODE)  # type: ignore[arg-type]
    there = {"host": f"{ROOM}:{PORT}", "client": "192.0.2.9", "guard": guard}
    for _ in range(GUESSES):
        assert status("/join/wrong", **there) == 403
    assert status(f"/join/{CODE}", **there) == 403


def test_codes_differ_and_have_no_letters_that_are_mistaken_for_others() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) & set("0o1li")
