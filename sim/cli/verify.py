"""The command `verify`: repeat a random sample of a sweep's runs, and compare."""

from sim.lab.settings.errors import SettingsError


def run(arguments: list[str]) -> int:
    """Repeat a random sample of a sweep's runs, and print what differs."""
    from sim.cli import sweep_folder
    from sim.lab.sweeps.verify import verify

    folder, rest = sweep_folder.split(arguments, "verify")
    given = sweep_folder.values(rest, "verify", ("sample", "seed"))
    seed = whole("seed", given["seed"]) if "seed" in given else None
    found = verify(folder, whole("sample", given.get("sample", "20")), seed=seed)
    print("\n".join(found.lines()))
    print(folder)
    return 1 if found.differences else 0


def whole(name: str, text: str) -> int:
    """Return a whole number from the command line."""
    if not text.isdecimal():
        raise SettingsError(f"{name}={text} is not a whole number")
    return int(text)
