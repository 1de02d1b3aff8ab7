"""Who may use the live page: browsers on this machine that show the page itself, and nobody else.

The server listens on this machine alone. That does not stop a web page from elsewhere: the visitor's own browser can
be made to send requests here, under our address (Solara checks no origin) or under a name that its owner points at this
machine (DNS rebinding). So each request has to name our address in `Host`, must not come from another page (`Origin`,
`Sec-Fetch-Site`), and gets only what the page itself needs. Plain ASGI: it needs no extra.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

NAMES = ("localhost", "127.0.0.1", "[::1]")
HTTP_PORT = 80  # browsers leave it out
# What the page loads. Solara also answers on /resourcez, /readyz, /static/public and others.
PAGE = "/"
FOLDERS = {
    "GET": ("/static/", "/jupyter/nbextensions/", "/_solara/cdn/"),
    "POST": ("/_solara/api/close/",),
    "WEBSOCKET": ("/jupyter/api/kernels/",),
}
CLOSED = ("/static/public",)
OWN_SITE = {"same-origin", "none"}  # none: typed in, or opened by this program
NOT_IN_A_FRAME = [
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
REFUSED = b"Refused: type the address of the live page into a browser on this machine.\n"
POLICY_VIOLATION = 1008  # a websocket's closing code


class OwnPageOnly:
    """An ASGI application that hands on to another what our own page on this machine asks for, and refuses the rest."""

    def __init__(self, app: App, port: int) -> None:
        self.app = app
        self.hosts = {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == HTTP_PORT else set())

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request or a websocket."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif status := self.refusal(scope):
            await refuse(scope, send, status)
        else:
            await self.app(scope, receive, unframed(send))

    def refusal(self, scope: Message) -> int:
        """Return the HTTP status that refuses a request, 0 for one that is allowed."""
        hosts, origins, sites = (values(scope, name) for name in (b"host", b"origin", b"sec-fetch-site"))
        if len(hosts) != 1 or not self.hosts.issuperset(hosts):
            return 403
        if not {f"http://{host}" for host in self.hosts}.issuperset(origins) or not OWN_SITE.issuperset(sites):
            return 403
        return 0 if is_of_the_page(scope) else 404


def values(scope: Message, header: bytes) -> list[str]:
    """Return all values of a header, in lower case."""
    return [value.decode("latin-1").lower() for name, value in scope["headers"] if name.lower() == header]


def is_of_the_page(scope: Message) -> bool:
    """Tell whether the page itself asks for this path in this way."""
    method = "WEBSOCKET" if scope["type"] == "websocket" else scope["method"].replace("HEAD", "GET")
    path = str(scope["path"])
    if path == PAGE:
        return bool(method == "GET")
    return path.startswith(FOLDERS.get(method, ())) and not path.startswith(CLOSED)


async def refuse(scope: Message, send: Send, status: int) -> None:
    """Refuse a request in one line, a websocket before it is open."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
        return
    text = (
        b"Not found.\n"
        if status == 404
        else b"Refused: type the address of the live page into a browser on this machine.\n"
    )
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def unframed(send: Send) -> Send:
    """Return a `send` that tells browsers not to show or load an answer within a page from elsewhere."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *NOT_IN_A_FRAME]}
        await send(message)

    return with_headers
