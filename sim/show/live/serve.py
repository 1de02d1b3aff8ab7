"""Serve the live page: on this machine alone, or opened to the room."""

import contextlib
import os
import socket
import sys
import threading
import time
import webbrowser

import uvicorn

from sim.lab.settings.errors import SettingsError
from sim.show.live.access import OwnPageOnly, new_code
from sim.show.live.server import application
from sim.show.live.tabs import Lab

LARGEST_MESSAGE = 64 * 1024  # bytes that a browser may send at once
EXPOSES = (
    "Shared with the room: everybody who has the code sees the worlds that you open and the stories of the simulated "
    "people in them. They act only if you let them. They see no results folder and ask no questions. The connection is "
    "not encrypted."
)
NOWHERE = ("192.0.2.1", 9)  # an address for documentation: nothing is sent, the system only chooses a way out


def serve(lab: Lab, wanted: int = 0, opens_browser: bool = True, shares: bool = False) -> int:
    """Serve the page until Ctrl-C, and return the exit code. Port 0 is any free one."""
    host = "0.0.0.0" if shares else "127.0.0.1"
    port = free_port(host, wanted)
    address, code = (own_address(), new_code()) if shares else ("", "")
    invitation = f"http://{address}:{port}/join/{code}" if shares else ""
    app = OwnPageOnly(application(lab, invitation), port, [address] if shares else (), code)
    config = uvicorn.Config(app, host=host, port=port, log_level="error", proxy_headers=False, server_header=False,
                            timeout_graceful_shutdown=1, ws_max_size=LARGEST_MESSAGE)  # fmt: skip
    server = uvicorn.Server(config)
    told = (server, f"http://localhost:{port}", opens_browser, invitation)
    threading.Thread(target=announce, args=told, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0


def free_port(host: str, wanted: int = 0) -> int:
    """Return the wanted port, or any free one for 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, wanted))
        except (OSError, OverflowError):
            raise SettingsError(f"port {wanted} cannot be used. Leave out --port to take any free one") from None
        return int(probe.getsockname()[1])


def own_address() -> str:
    """Return the address under which other machines of the network reach this one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(NOWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            raise SettingsError("--share needs a network, and this machine is in none") from None


def announce(server: uvicorn.Server, url: str, opens: bool, invitation: str) -> None:
    """Print the page's address as soon as it is served, with how to join if it is shared, and open it if wanted."""
    while not server.started:
        time.sleep(0.05)
    print(f"The live page: {url} (Ctrl-C ends it)", flush=True)
    if invitation:
        import segno

        print(f"To join: {invitation}\n{EXPOSES}", flush=True)
        if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
            segno.make(invitation).terminal(compact=True)
    if opens:
        webbrowser.open(url)
