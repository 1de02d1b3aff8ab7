"""The command `verify`: repeat a random sample of a sweep's runs, and compare."""

from collections.abc import Sequence


def run(words: Sequence[str], sample: int, seed: int | None) -> int:
    """Repeat a random sample of a sweep's runs, and print what differs."""
    from sim.cli import sweep_folder
    from sim.lab.sweeps.verify import verify

    folder = sweep_folder.alone("verify", words, "sample", "seed")
    found = verify(folder, sample, seed=seed)
    print("\n".join(found.lines()))
    print(folder)
    return 1 if found.differences else 0
