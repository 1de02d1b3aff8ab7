"""The command `dashboard`: open the live page, if what it needs is installed."""

import importlib.util

from sim.lab.settings.errors import SettingsError

EXTRA = "pip install 'barnraise[dashboard]', or in a checkout: pip install -c constraints.txt -e '.[dashboard]'"


def run(port: int, opens_browser: bool) -> int:
    """Open the live page."""
    if importlib.util.find_spec("solara") is None:
        raise SettingsError(f"the dashboard needs an extra: {EXTRA}")
    from sim.show.live.page import serve

    return serve(port, opens_browser)
