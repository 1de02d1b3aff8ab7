"""The live page's server: its addresses, and what each gives."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from sim.show.live import menus
from sim.show.live.access import CODE
from sim.show.live.actions import ACTIONS
from sim.show.live.questions import earlier
from sim.show.live.tabs import Hub, Lab

ASSETS = Path(__file__).with_name("assets")
SERVED = {".html", ".png", ".csv", ".svg"}  # of a results folder


def application(lab: Lab, invitation: str = "") -> Starlette:
    """Return the server as an ASGI application, which `access.OwnPageOnly` has to stand in front of."""
    hub = Hub(lab, ACTIONS, invitation)

    def page(_: Request) -> Response:
        return HTMLResponse((ASSETS / "page.html").read_text("utf-8"))

    def choices(_: Request) -> Response:
        return JSONResponse(menus.menus())

    def listed(_: Request) -> Response:
        return JSONResponse([one._asdict() for one in earlier(lab.results)])

    def join(request: Request) -> Response:
        answer = RedirectResponse("/")
        answer.set_cookie(CODE, request.path_params["code"], httponly=True, samesite="lax")
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
