"""The command `dashboard`: open the live page, if what it needs is installed."""

import importlib.util

from sim.lab.settings.errors import SettingsError


def run(arguments: list[str]) -> int:
    """Open the live page."""
    from sim.lab.settings.help_text import DASHBOARD

    if importlib.util.find_spec("solara") is None:
        raise SettingsError(f"the dashboard needs an extra: {DASHBOARD}")
    from sim.show.live.page import serve

    return serve(arguments)
