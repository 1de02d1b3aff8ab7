"""The live page without a browser: its picture, and who is let in."""

import asyncio
from typing import Any

import numpy as np
import pytest

from sim.model import CommunityModel
from sim.show.live import picture
from sim.show.live.access import OwnPageOnly

NOBODY = np.empty(0, np.int64)
NO_BONDS = picture.Bonds(NOBODY, NOBODY, np.empty(0))


def crowd(n: int) -> picture.Bonds:
    """Return bonds in a ring of `n` people with the ids 0, 2, 4, ..., the weaker the later."""
    ids = 2 * np.arange(n)
    return picture.Bonds(ids, np.roll(ids, -1), np.linspace(1.0, 0.2, n))


def test_the_first_morning_is_drawn_with_nobody_in_it() -> None:
    days = CommunityModel(people=10, rng=1).datacollector.get_model_vars_dataframe()
    scene = picture.Scene(NOBODY, [], np.empty(0), NO_BONDS, 0)
    figure = picture.picture(scene, picture.Stage().place(NOBODY, NO_BONDS), picture.Story(days, 728, 364))
    assert [axes.get_title(loc="left").strip() for axes in figure.axes][:2] == ["0 active members", "Active members"]


def test_a_lived_year_is_drawn_with_both_lines_once_the_host_is_silent() -> None:
    model = CommunityModel(people=300, days=40, rng=1, host_silent_from=20)
    model.run_model()
    story = picture.Story(model.datacollector.get_model_vars_dataframe(), model.days, model.host_silent_from)
    figure = picture.picture(picture.Scene(NOBODY, [], np.empty(0), NO_BONDS, 0), np.empty((0, 2)), story)
    texts = [text.get_text() for text in figure.axes[1].texts]
    assert f"{model.active:.0f} without" in texts
    assert f"{model.active_host_on:.0f} with host" in texts


def test_all_are_drawn_where_they_are_few_and_the_bonded_first_where_they_are_many() -> None:
    few, many = np.arange(50), np.arange(5000)
    assert picture.sample(few, NO_BONDS).tolist() == few.tolist()
    drawn = picture.sample(many, crowd(30))
    assert len(drawn) == len(set(drawn.tolist())) == picture.MOST
    assert set(crowd(30).person.tolist()) <= set(drawn.tolist())
    assert drawn.tolist() == picture.sample(many, crowd(30)).tolist()


def test_many_bonds_leave_room_for_people_without_any() -> None:
    bonds = crowd(2000)
    drawn = picture.sample(np.arange(5000), bonds)
    strongest = set(bonds.person[: picture.MOST].tolist())
    assert len(set(drawn.tolist()) - strongest) > picture.MOST // 4


def test_people_stand_still_enough_to_be_followed() -> None:
    stage, people, bonds = picture.Stage(), 2 * np.arange(60), crowd(60)
    for _ in range(10):
        before = stage.place(people, bonds)
    moved = np.linalg.norm(stage.place(people, bonds) - before, axis=1)
    assert moved.max() < 0.1


def test_a_day_that_is_still_being_collected_is_not_drawn() -> None:
    pytest.importorskip("solara", reason="the extra `dashboard` is not installed")
    from sim.show.live import page

    model = CommunityModel(people=50, days=10, rng=1)
    model.step()
    days = len(page.story(model).days)
    name = next(iter(model.datacollector.model_vars))
    model.datacollector.model_vars[name].append(0)  # as another thread does, column by column, while the page is drawn
    assert len(page.story(model).days) == days


def test_roles_differ_in_colour_and_in_marker() -> None:
    assert len({role.colour for role in picture.ROLES}) == len({role.marker for role in picture.ROLES}) == 4


PORT = 8123
HERE = f"localhost:{PORT}"
KERNEL = "/jupyter/api/kernels/1/channels"


def answer(path: str, kind: str = "GET", port: int = PORT, **headers: str | list[str]) -> list[dict[str, Any]]:
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
    scope = {"path": path, "headers": pairs, "type": "websocket" if kind == "WEBSOCKET" else "http", "method": kind}
    asyncio.run(OwnPageOnly(behind, port)(scope, receive, send))
    return sent


def status(path: str, kind: str = "GET", **headers: Any) -> Any:
    """Return the HTTP status of an answer, or how a websocket was answered."""
    first = answer(path, kind, **headers)[0]
    return first.get("status", first["type"])


@pytest.mark.parametrize("host", [HERE, f"127.0.0.1:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"])
def test_the_page_is_served_under_the_names_of_this_machine(host: str) -> None:
    assert status("/", host=host) == 200
    assert status(KERNEL, "WEBSOCKET", host=host, origin=f"http://{host}") == "websocket.accept"


@pytest.mark.parametrize(
    "host",
    [[], "elsewhere.example", f"elsewhere.example:{PORT}", "localhost", "localhost:1",
     f"localhost.elsewhere.example:{PORT}", f"localhost:{PORT}.elsewhere.example",
     f"192.168.0.2:{PORT}", f"0.0.0.0:{PORT}", [HERE, "elsewhere.example"]],
)  # fmt: skip
def test_a_name_that_somebody_else_points_at_this_machine_is_refused(host: str | list[str]) -> None:
    assert status("/", host=host) == 403
    assert status("/static/assets/style.css", host=host) == 403
    assert status(KERNEL, "WEBSOCKET", host=host) == "websocket.close"


@pytest.mark.parametrize(
    "origin",
    ["http://elsewhere.example", f"http://elsewhere.example:{PORT}", "null", "", "http://localhost", "http://localhost:1",
     f"https://{HERE}", f"http://{HERE}.elsewhere.example", [f"http://{HERE}", "http://elsewhere.example"]],
)  # fmt: skip
def test_a_page_from_elsewhere_can_neither_open_a_websocket_nor_post(origin: str | list[str]) -> None:
    assert status(KERNEL, "WEBSOCKET", host=HERE, origin=origin) == "websocket.close"
    assert status("/_solara/api/close/1", "POST", host=HERE, origin=origin) == 403
    assert status("/", host=HERE, origin=origin) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_from_elsewhere_can_load_no_part_of_ours_as_an_image_or_a_script(site: str) -> None:
    assert status("/_solara/cdn/a-package@1.0.0/file.js", host=HERE, sec_fetch_site=site) == 403
    assert status("/_solara/cdn/a-package@1.0.0/file.js", host=HERE, sec_fetch_site="same-origin") == 200


def test_a_page_from_elsewhere_cannot_show_ours_in_a_frame() -> None:
    headers = dict(answer("/", host=HERE)[0]["headers"])
    assert headers[b"x-frame-options"] == b"DENY"
    assert headers[b"content-security-policy"] == b"frame-ancestors 'none'"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/resourcez", "GET"), ("/readyz", "GET"), ("/static/public/x", "GET"), ("/jupyter/api/kernels/1", "GET"),
     ("/_solara/api/evict/1", "POST"), ("/_solara/auth/login", "GET"), ("/anything", "GET"), ("/", "POST"),
     ("/static/assets/style.css", "DELETE")],
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
