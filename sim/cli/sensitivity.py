"""The command `sensitivity`: which factors of a sweep matter."""

from collections.abc import Sequence

from sim.lab.settings.errors import SettingsError


def run(words: Sequence[str], metric: str, undefined: float | None) -> int:
    """Print which factors affect an outcome, as far as the design supports it."""
    from sim.cli import sweep_folder
    from sim.lab.settings import sweep_options
    from sim.lab.sweeps import sensitivity

    folder = sweep_folder.alone("sensitivity", words, "metric", "undefined")
    metrics = [name.strip() for name in metric.split(",") if name.strip()]
    unknown = [line for name in metrics if (line := sweep_options.unknown_metric(name))]
    if unknown:
        raise SettingsError(*unknown)
    found = sensitivity.sensitivity(folder, metrics or None, undefined=undefined)
    print(sensitivity.text(found))
    sweep_folder.draw(folder, metrics or None)
    print(folder)
    return 0
