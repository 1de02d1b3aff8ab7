"""The command `sensitivity`: which factors of a sweep matter."""

import math

from sim.lab.settings.errors import SettingsError


def run(arguments: list[str]) -> int:
    """Print which factors affect an outcome, as far as the design supports it."""
    from sim.cli import sweep_folder
    from sim.lab.settings import sweep_options
    from sim.lab.sweeps import sensitivity

    folder, rest = sweep_folder.split(arguments, "sensitivity")
    given = sweep_folder.values(rest, "sensitivity", ("metric", "undefined"))
    metrics = [name.strip() for name in given.get("metric", "").split(",") if name.strip()]
    unknown = [line for name in metrics if (line := sweep_options.unknown_metric(name))]
    if unknown:
        raise SettingsError(*unknown)
    undefined = number("undefined", given["undefined"]) if "undefined" in given else None
    found = sensitivity.sensitivity(folder, metrics or None, undefined=undefined)
    print(sensitivity.text(found))
    sweep_folder.draw(folder, metrics or None)
    print(folder)
    return 0


def number(name: str, text: str) -> float:
    """Return a number from the command line."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise SettingsError(f"{name}={text[:40]} is not a number")
    return found
