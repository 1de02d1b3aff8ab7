"""Where files of settings are: the folder `conf` that comes along, and folders of the user's own (`--config-dir`).

A name means one file. Where a folder of one's own has a file with the name of one that comes along, it is refused:
results are quoted by these names, and `host=half_time` should mean the same host in every paper.
"""

from functools import cache
from pathlib import Path

import sim
from sim.lab.settings.errors import SettingsError, refuse_if_any

KINDS = (  # folders within a configuration folder, each with a file for every choice
    "scenario", "profile", "people", "product", "venue", "host", "community", "design", "engine", "trial",
)  # fmt: skip
VECTORS = "vector_sets"

_own: list[Path] = []  # in the order in which they were named


@cache
def built_in() -> Path:
    """Return the folder with `config.yaml`: inside the package once installed, beside it in a checkout."""
    package = Path(sim.__file__).parent
    for folder in (package / "conf", package.parent / "conf"):
        if (folder / "config.yaml").is_file():
            return folder.resolve()
    raise SettingsError(f"no conf/config.yaml beside or inside {package}; is the installation complete?")


def own() -> tuple[Path, ...]:
    """Return the folders that the user named."""
    return tuple(_own)


def add(path: Path) -> None:
    """Let the files of a folder be found, too. Raises `SettingsError` where it has nothing to find, or a name twice."""
    folder = path.expanduser().resolve()
    if not folder.is_dir():
        raise SettingsError(f"--config-dir {path}: there is no such folder")
    if folder in _own or folder == built_in():
        return
    kinds = [kind for kind in (*KINDS, VECTORS) if (folder / kind).is_dir()]
    has_experiments = any(folder.glob("experiments/[0-9]*/experiment.yaml"))
    if not kinds and not has_experiments:
        raise SettingsError(f"--config-dir {path}: the folder has none of {', '.join((*KINDS, VECTORS))}, experiments")
    if (folder / "config.yaml").is_file():
        raise SettingsError(f"{path}/config.yaml would not be read: make it a file in scenario/")
    refuse_if_any(
        f"{path}/{kind}/{known.name}: there is {kind}={name} already; give the file another name"
        for kind in kinds
        for name, known in files(kind).items()
        if (folder / kind / known.name).is_file()
    )
    _own.append(folder)


def forget() -> None:
    """Forget the user's folders."""
    _own.clear()


def state() -> tuple[tuple[Path, int, int], ...]:
    """Return all files of settings with their times and sizes, which differ once any of them is changed."""
    found = [path for folder in (built_in(), *_own) for path in sorted(folder.rglob("*.yaml"))]
    return tuple((path, about.st_mtime_ns, about.st_size) for path in found for about in [path.stat()])


def files(kind: str) -> dict[str, Path]:
    """Return the files of a kind by name: those that come along, then the user's own, each sorted."""
    found: dict[str, Path] = {}
    ending = "csv" if kind == VECTORS else "yaml"
    for folder in (built_in(), *_own):
        found |= {path.stem: path for path in sorted((folder / kind).glob(f"*.{ending}"))}
    return found
