"""Who may use the live page: browsers on this machine that show the page itself and, if it is shared, the room.

The server listens on this machine alone, unless it is shared. That does not stop a web page from elsewhere: the
visitor's own browser can be made to send requests here, under our address or under a name that its owner points at
this machine (DNS rebinding). So each request has to name our address in `Host`, must not come from another page
(`Origin`, `Sec-Fetch-Site`), and gets only what the page itself needs. In a shared room, requests from other machines
also need the join code, which `/join/CODE` puts into a cookie, and get no results and no questions. Plain ASGI.
"""

import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

NAMES = ("localhost", "127.0.0.1", "[::1]")
LOOPBACK = ("127.0.0.1", "::1")
HTTP_PORT = 80  # browsers leave it out
OWN_SITE = {"same-origin", "none"}  # none: typed in, or opened by this program
CODE = "barnraise_code"  # the cookie's name
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for another
LENGTH, GUESSES = 8, 100  # of a code; wrong ones until nobody can join any more
TEACHER = "barnraise.teacher"  # the scope's entry that says who asks
# What a page loads: everybody's, and what only the teacher's does.
PARTS = {"GET": ("/assets/", "/menus"), "WEBSOCKET": ("/live",)}
TEACHERS = {"GET": ("/earlier", "/results/", "/invitation.svg"), "WEBSOCKET": ()}
NOT_IN_A_FRAME = [(b"x-frame-options", b"SAMEORIGIN"), (b"content-security-policy", b"frame-ancestors 'self'"),
                  (b"cross-origin-resource-policy", b"same-origin"), (b"referrer-policy", b"same-origin"),
                  (b"cache-control", b"no-store")]  # fmt: skip
TEXTS = {403: b"Refused: type the address of the live page into a browser on this machine, or scan the code again.\n",
         404: b"Not found.\n"}  # fmt: skip
POLICY_VIOLATION = 1008  # a websocket's closing code


def new_code() -> str:
    """Return a join code that nobody guesses in a lesson."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def is_teacher(scope: MutableMapping[str, Any]) -> bool:
    """Tell whether a request comes from this machine, as `OwnPageOnly` has found."""
    return bool(scope.get(TEACHER))


class OwnPageOnly:
    """An ASGI application that passes on the requests of our own page, and refuses all others."""

    def __init__(
        self, app: Callable[..., Awaitable[None]], port: int, shared: Iterable[str] = (), code: str = ""
    ) -> None:
        """`shared`: names under which other machines reach this one; `code`: what they need to join."""
        self.app, self.code, self.guesses = app, code, 0
        self.hosts = with_port(NAMES, port)
        self.shared = with_port(shared, port) if code else set()

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        """Answer a request or a websocket."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif status := self.refusal(scope):
            await refuse(scope, send, status)
        else:
            teaches = self.hosts.issuperset(values(scope, b"host"))
            await self.app({**scope, TEACHER: teaches}, receive, unframed(send))

    def refusal(self, scope: Message) -> int:
        """Return the HTTP status that refuses a request, 0 for one that is allowed."""
        hosts, origins, sites = (values(scope, name) for name in (b"host", b"origin", b"sec-fetch-site"))
        known = self.hosts | self.shared
        own = len(hosts) == 1 and known.issuperset(hosts) and OWN_SITE.issuperset(sites)
        if not own or not {f"http://{host}" for host in hosts}.issuperset(origins):
            return 403
        method = "WEBSOCKET" if scope["type"] == "websocket" else scope["method"].replace("HEAD", "GET")
        path, teaches = scope["path"], self.hosts.issuperset(hosts)
        if teaches and (scope.get("client") or LOOPBACK)[0] not in LOOPBACK:
            return 403  # our own name, said by another machine
        if not teaches and method == "GET" and path.startswith("/join/"):
            return 0 if self._knows(path.removeprefix("/join/")) else 403
        if not teaches and not path.startswith("/assets/") and not self._knows(cookie(scope)):
            return 403
        allowed = PARTS.get(method, ()) + (TEACHERS.get(method, ()) if teaches else ())
        return 0 if (method, path) == ("GET", "/") or path.startswith(allowed or ("\0",)) else 404

    def _knows(self, code: str) -> bool:
        """Tell whether this is the code. Too many wrong ones, and it is no longer."""
        if self.guesses >= GUESSES or not code:
            return False
        if secrets.compare_digest(code.encode(), self.code.encode()):
            return True
        self.guesses += 1
        return False


def with_port(names: Iterable[str], port: int) -> set[str]:
    """Return names as `Host` says them."""
    return {f"{name}:{port}" for name in names} | (set(names) if port == HTTP_PORT else set())


def cookie(scope: Message) -> str:
    """Return the join code that a browser sends along."""
    try:
        found = SimpleCookie("; ".join(values(scope, b"cookie"))).get(CODE)
    except CookieError:
        return ""
    return found.value if found else ""


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
