"""The live page: Mesa's SolaraViz around a `CommunityModel`, for a class to predict, run and explain.

It needs the extra `dashboard`: without it, the import of this module raises `ImportError`.
"""

import contextlib
import os
import socket
import threading
import time
import webbrowser
from typing import Any

import numpy as np
import pandas as pd
import solara
import solara.settings
import uvicorn

solara.settings.main.check_hooks = "off"  # Solara would warn of the way Mesa 3.3 has written its page, at its import

from mesa.visualization import SolaraViz  # noqa: E402
from mesa.visualization.user_param import Slider  # noqa: E402
from mesa.visualization.utils import force_update, update_counter  # noqa: E402

from sim.lab.settings.errors import SettingsError  # noqa: E402
from sim.model.community import LEVERS, CommunityModel  # noqa: E402
from sim.show.live import picture  # noqa: E402
from sim.show.live.access import OwnPageOnly  # noqa: E402
from sim.world import census  # noqa: E402
from sim.world.levers import SCHEDULES  # noqa: E402

WEEK = 7
START: dict[str, Any] = {"people": 2000, "days": 104 * WEEK, "host_silent_from": 52 * WEEK, "rng": 1}
TITLE = "Barnraise: what remains when the host stops?"
EXPLANATION = (
    "A host opens a venue for the customers of a product, and one day falls silent. Press <b>▶</b> and watch whether "
    "the blue line leaves the dashed line: the same people and random draws with their host still at work. This is one "
    "run, and another random seed may differ as much as another setting. Move a slider, predict, press <b>Reset</b>."
)
# Solara's side panel is made for a few wide inputs; this makes room for the picture and shows the sliders' values.
STYLE = """
.v-navigation-drawer { min-width: 0 !important; width: 332px !important; }
.v-navigation-drawer__content > div { padding: 2px !important; }
.v-navigation-drawer .v-card { margin: 0 !important; padding: 0 !important; width: 100%; box-shadow: none !important; }
.v-navigation-drawer .v-card__title { padding: 6px 10px 2px !important; font-size: 15px; }
.v-navigation-drawer .v-card__text { padding: 0 10px 2px !important; }
.v-navigation-drawer .v-input { margin: 0 !important; padding: 0 !important; }
.v-navigation-drawer .v-input--checkbox, .v-navigation-drawer .v-messages { display: none; }
.v-navigation-drawer .v-input__slider .v-label { font-size: 13px; flex: 0 0 140px; margin: 0; line-height: 15px; }
.v-navigation-drawer .v-input__slider .v-input__slot { margin: 0; min-height: 38px; }
.v-navigation-drawer .v-slider { margin-left: 4px !important; margin-right: 22px !important; }
.v-slider__thumb-container::after { content: attr(aria-valuenow); position: absolute; bottom: 8px; left: -20px;
  width: 40px; text-align: center; font-size: 11px; }
.v-navigation-drawer .v-card__text .v-sheet { row-gap: 3px !important; }
.solara-autorouter-content > .v-sheet { row-gap: 0 !important; }
.v-navigation-drawer .v-select { margin: 14px 0 4px !important; font-size: 13px; }
.explanation { margin: 0 !important; font-size: 15px; }
.status { font-size: 16px; font-weight: 600; }
"""


def slider(name: str, label: str, high: float | None = None, step: float = 0.05) -> Slider:
    """Return a slider for a lever, with the range and the default of its declaration."""
    declared = LEVERS[name].declared
    if declared is None:
        raise ValueError(f"{name} is not a number")
    top = declared.high if high is None else high
    return Slider(label, value=float(declared), min=declared.low, max=top, step=step, dtype=float)


LEVERS_SHOWN: dict[str, Any] = {
    "host_silent_from": Slider("Host silent from day", START["host_silent_from"], WEEK, 103 * WEEK, WEEK, dtype=int),
    "host_replies": slider("host_replies", "Questions the host answers (share)"),
    "host_seeding": slider("host_seeding", "Host's posts a day", high=5, step=0.25),
    "host_awards": slider("host_awards", "Host's awards a month", high=20, step=1),
    "host_tone": slider("host_tone", "Host's tone: 0 megaphone, 1 peer"),
    "host_schedule": {"type": "Select", "label": "Host's schedule", "value": "flat",
                      "values": [word for word in SCHEDULES if word != "list"]},
    "ad_load": slider("ad_load", "Ads per visit", high=10, step=0.5),
    "talk": slider("talk", "Threads open to answers (share)"),
    "points": slider("points", "Points for answers (strength)"),
    "latent_ties": slider("latent_ties", "Ties before the venue opens", step=1),
    "product_fit": slider("product_fit", "Product fit at the start"),
    "people": Slider("Customers", START["people"], 500, 10_000, 500, dtype=int),
    "rng": Slider("Random seed", START["rng"], 1, 50, 1, dtype=int),
    "days": START["days"],
}  # fmt: skip


def scene(model: CommunityModel) -> picture.Scene:
    """Return the people that the page draws today."""
    person, partner, strength = census.bond_pairs(model.world, model.world.venues[0])
    bonds = picture.Bonds(person.astype(np.int64), partner.astype(np.int64), strength)
    active = np.flatnonzero((model.roles >= census.LURKER) & (model.roles <= census.CHAMPION))
    people = picture.sample(active, bonds)
    shown = np.isin(bonds.person, people) & np.isin(bonds.partner, people) & (bonds.person < bonds.partner)
    windows = model.agents.where(np.isin(np.arange(len(model.agents)), people))
    drawn = picture.Bonds(bonds.person[shown], bonds.partner[shown], bonds.strength[shown])
    return picture.Scene(people, windows.get("role"), np.array(windows.get("contributions"), float), drawn, len(active))


def story(model: CommunityModel) -> picture.Story:
    """Return what has happened so far, in whole days: Mesa's thread goes on collecting, column by column, meanwhile."""
    columns = {name: list(values) for name, values in model.datacollector.model_vars.items()}
    whole = min(map(len, columns.values()))
    days = pd.DataFrame({name: values[:whole] for name, values in columns.items()})
    return picture.Story(days, model.days, model.host_silent_from)


def status(model: CommunityModel) -> str:
    """Return the state of today in one line."""
    silent = model.hosted is not None
    host = f"host silent for {model.day - (model.host_silent_from or 0)} days" if silent else "host at work"
    today = f"Day {model.day} of {model.days}, {host}: {model.active:.0f} active members"
    if not silent or not model.active_host_on:
        return today
    return f"{today} instead of {model.active_host_on:.0f} ({100 * model.active / model.active_host_on:.0f} %)"


@solara.component
def Page() -> None:  # noqa: N802 (a component, and the name that Solara looks for)
    """Lay out the page: Mesa's controls and sliders at the side, the picture in the middle."""
    model = solara.use_reactive(solara.use_memo(lambda: CommunityModel(**START), []))
    solara.Style(STYLE)
    solara.Title("Barnraise")
    SolaraViz(model, components=[], model_params=LEVERS_SHOWN, play_interval=20, render_interval=WEEK, name=TITLE)
    LivePicture(model.value)


@solara.component
def LivePicture(model: CommunityModel) -> None:  # noqa: N802
    """Draw the model as it is now, again after each of Mesa's steps."""
    update_counter.get()
    stage = solara.use_memo(picture.Stage, [model])

    def draw() -> Any:
        today = scene(model)
        return picture.picture(today, stage.place(today.people, today.bonds), story(model))

    def let_go() -> None:
        model.silence_host()
        force_update()

    now = [model, model.day, model.hosted is None]
    with solara.Column(gap="4px", style={"padding": "6px 14px"}):
        solara.HTML("p", EXPLANATION, classes=["explanation"])
        with solara.Row(justify="space-between", style={"align-items": "center"}):
            solara.Text(status(model), classes=["status"])
            solara.Button("Silence the host now", on_click=let_go, disabled=model.hosted is not None, outlined=True,
                          color="primary")  # fmt: skip
        solara.FigureMatplotlib(solara.use_memo(draw, now), dependencies=now, format="png", dpi=150,
                                pil_kwargs={"compress_level": 1})  # fmt: skip


def serve(wanted: int = 0, opens_browser: bool = True) -> int:
    """Serve the page on this machine until Ctrl-C, and return the exit code. Port 0 is any free one."""
    port = free_port(wanted)
    config = uvicorn.Config(OwnPageOnly(application(), port), host="127.0.0.1", port=port, log_level="error",
                            proxy_headers=False, server_header=False, timeout_graceful_shutdown=1)  # fmt: skip
    server = uvicorn.Server(config)
    told = (server, f"http://localhost:{port}", opens_browser)
    threading.Thread(target=announce, args=told, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0


def free_port(wanted: int = 0) -> int:
    """Return the wanted port, or any free one for 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except (OSError, OverflowError):
            raise SettingsError(f"port {wanted} cannot be used. Leave out --port to take any free one") from None
        return int(probe.getsockname()[1])


def application() -> Any:
    """Return Solara's server with our page as its only app. It sends no usage data to anybody."""
    os.environ["SOLARA_APP"] = f"{__name__}:Page"  # read once, when the server is imported
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"
    from solara.server import settings
    from solara.server.starlette import app

    settings.telemetry.mixpanel_enable = False
    settings.theme.show_banner = False
    return app


def announce(server: uvicorn.Server, url: str, opens: bool) -> None:
    """Print the page's address as soon as it is served, and open it if wanted."""
    while not server.started:
        time.sleep(0.05)
    print(f"The live page: {url} (Ctrl-C ends it)", flush=True)
    if opens:
        webbrowser.open(url)
