"""The command `explore`: one page of a finished folder, to move through time, click people and compare seeds."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sim.cli import report
from sim.lab.settings.errors import SettingsError, said_of
from sim.lab.settings.read_yaml import refuse_links

if TYPE_CHECKING:
    from sim.show.explore.relive import Fixed
    from sim.show.results import Results

USAGE = "explore takes one folder of a run, a comparison or a sweep: barnraise explore results/SCENARIO/RUN"
PAGE = "explore.html"


def run(words: Sequence[str], plugins: Sequence[str], replicate: int | None, output: str | None) -> int:
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
    print(written(points(folder) if is_sweep else people(folder, replicate or 0, plugins), path))
    return 0


def points(folder: Path) -> str:
    """Return the page of a sweep."""
    from sim.show.explore.points import Points

    return Points(folder).page()


def people(folder: Path, replicate: int, plugins: Sequence[str]) -> str:
    """Return the page of a run or a comparison. Where its large tables were not kept, it is run again for them."""
    from sim.show.explore import relive

    report.refuse_changed(folder, may_lack=relive.LARGE)
    if all((folder / name).is_file() for name in relive.LARGE):
        return page(folder, replicate)
    with TemporaryDirectory() as place:
        return page(run_again(folder, Path(place), plugins), replicate)


def run_again(folder: Path, place: Path, plugins: Sequence[str]) -> Path:
    """Run all replicates of a folder again, into a place, and return the new folder. Its numbers must be the same."""
    from sim.lab.runs import execute, jobs
    from sim.show.explore import relive
    from sim.show.results import Results

    results = Results(folder)
    relive.refuse_other_kinds(results)
    print(f"barnraise: {folder} lacks its large tables, which git does not keep: it is run again", file=sys.stderr)
    with said_of(f"{folder}: this version cannot run its settings"):
        job = jobs.job(relive.request(results, fixed(results), place), results.scenario.get("command", ""))
    made = execute.perform(job, plugins, shows_progress=True).folder
    relive.refuse_other_means(results, Results(made))
    return made


def page(folder: Path, replicate: int) -> str:
    """Return the page of a folder with all its tables, and tell how far its replicate has been lived again."""
    from sim.lab.runs import progress
    from sim.show.explore.folder import Explored

    explored = Explored(folder, replicate)
    with progress.bar(unit=" days", leave=False) as bar:

        def advance(what: str, days: int) -> None:
            bar.set_description(what, refresh=False)
            bar.update(days)

        text = explored.page(lambda: fixed(explored.results), advance)
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
