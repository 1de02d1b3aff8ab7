"""The command `explore`: one page of a finished folder, to move through time, click people and compare seeds."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import report
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.read_yaml import refuse_links

if TYPE_CHECKING:
    from sim.show.explore.relive import Fixed
    from sim.show.results import Results

USAGE = "explore takes one folder of a run, a comparison or a sweep: barnraise explore results/SCENARIO/RUN"
PAGE = "explore.html"


def run(words: Sequence[str], replicate: int | None, output: str | None) -> int:
    """Write the page and print its path last."""
    if len(words) != 1:
        raise SettingsError(USAGE)
    folder = Path(words[0])
    is_sweep = (folder / "design.parquet").is_file()
    if not is_sweep and not (folder / "manifest.json").is_file():
        raise SettingsError(f"{folder} is no results folder; {USAGE}")
    refuse_links(folder)
    if is_sweep and replicate is not None:
        raise SettingsError("replicate= chooses whose people are drawn, and a sweep keeps no people: leave it out")
    path = Path(output).expanduser() if output else folder / PAGE
    if path.is_dir() or not path.parent.is_dir():
        raise SettingsError(f"--output {path} is no file in a folder that exists")
    print(written(points(folder) if is_sweep else people(folder, replicate or 0), path))
    return 0


def points(folder: Path) -> str:
    """Return the page of a sweep."""
    from sim.show.explore.points import Points

    return Points(folder).page()


def people(folder: Path, replicate: int) -> str:
    """Return the page of a run or a comparison, and tell how far its replicate has been lived again."""
    from tqdm import tqdm

    from sim.show.explore.folder import Explored

    report.refuse_changed(folder)
    explored = Explored(folder, replicate)
    with tqdm(unit=" days", file=sys.stderr, leave=False, disable=not sys.stderr.isatty()) as bar:

        def progress(what: str, days: int) -> None:
            bar.set_description(what, refresh=False)
            bar.update(days)

        text = explored.page(lambda: fixed(explored.results), progress)
    for note in explored.notes:
        print(f"barnraise: {note}", file=sys.stderr)
    return text


def fixed(results: "Results") -> "Fixed":
    """Return which parameters each arm sets by name, as the command line that made the folder had it."""
    from sim.cli import compose
    from sim.lab.runs.replicate import BASE

    typed = results.settings.get(BASE, {})
    texts = [f"{key}={value}" for key, value in typed.items()]
    texts += [] if "profile" in typed else [f"scenario={results.name}"]
    named = {arm: shlex.split(words) for arm, words in results.changes.items()}
    return compose.all_fixed(compose.sorted_out(texts), named)


def written(text: str, path: Path) -> Path:
    """Write the page as a whole, and return its path."""
    from sim.lab.runs.result_folder import write_text

    try:
        write_text(path, text)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror or error}") from None
    return path
