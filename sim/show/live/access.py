"""Who may use the live page: browsers on this machine that show the page itself, and nobody else.

The server listens on this machine alone. That does not stop a web page from elsewhere: the visitor's own browser can
be made to send requests here, under our address (Solara checks no origin) or under a name that its owner points at this
machine (DNS rebinding). So each request has to name our address in `Host`, must not come from another page (`Origin`,
`Sec-Fetch-Site`), and gets only what the page itself needs. Plain ASGI: it needs no extra.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

NAMES = ("localhost", "127.0.0.1", "[::1]")
HTTP_PORT = 80  # browsers leave it out
OWN_SITE = {"same-origin", "none"}  # none: typed in, or opened by this program
# What the page loads, beside "/". Solara would also answer on /resourcez, /readyz, /static/public and others.
PARTS = {
    "GET": ("/static/assets/", "/jupyter/nbextensions/", "/_solara/cdn/"),
    "POST": ("/_solara/api/close/",),
    "WEBSOCKET": ("/jupyter/api/kernels/",),
}
NOT_IN_A_FRAME = [(b"x-frame-options", b"DENY"), (b"content-security-policy", b"frame-ancestors 'none'"),
                  (b"cross-origin-resource-policy", b"same-origin")]  # fmt: skip
TEXTS = {403: b"Refused: type the address of the live page into a browser on this machine.\n", 404: b"Not found.\n"}
POLICY_VIOLATION = 1008  # a websocket's closing code


class OwnPageOnly:
    """An ASGI application that passes on the requests of our own page on this machine, and refuses all others."""

    def __init__(self, app: Callable[..., Awaitable[None]], port: int) -> None:
        self.app = app
        self.hosts = {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == HTTP_PORT else set())

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
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
        own = len(hosts) == 1 and self.hosts.issuperset(hosts) and OWN_SITE.issuperset(sites)
        if not own or not {f"http://{host}" for host in self.hosts}.issuperset(origins):
            return 403
        method = "WEBSOCKET" if scope["type"] == "websocket" else scope["method"].replace("HEAD", "GET")
        is_page = (method, scope["path"]) == ("GET", "/")
        return 0 if is_page or scope["path"].startswith(PARTS.get(method, ())) else 404


def values(scope: Message, header: bytes) -> list[str]:
    """Return all values of a header, in lower case."""
    return [value.decode("latin-1").lower() for name, value in scope["headers"] if name.lower() == header]


async def refuse(scope: Message, send: Send, status: int) -> None:
    """Refuse a request in one line, and a websocket before it is open."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
        return
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": TEXTS[status]})


def unframed(send: Send) -> Send:
    """Return a `send` that tells browsers not to show or load an answer within a page from elsewhere."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *NOT_IN_A_FRAME]}
        await send(message)

    return with_headers
