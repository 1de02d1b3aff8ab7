"""The command `report`: write figures and report of an existing result folder again."""

from collections.abc import Collection, Sequence
from pathlib import Path

from sim.lab.settings.errors import SettingsError
from sim.lab.settings.read_yaml import read_json, refuse_links


def run(arguments: Sequence[str]) -> int:
    """Write the report of an existing folder again."""
    if len(arguments) != 1:
        raise SettingsError("report takes one folder: barnraise report results/SCENARIO/RUN")
    folder = Path(arguments[0])
    if not (folder / "manifest.json").is_file():
        raise SettingsError(f"{folder} is not a result folder: it has no manifest.json")
    refuse_links(folder)
    refuse_changed(folder)
    render(folder)
    print(folder)
    return 0


def refuse_changed(folder: Path, may_lack: Collection[str] = ()) -> None:
    """Refuse a folder with tables other than those of the run: `manifest.json` lists their hashes."""
    from sim.lab.runs.result_folder import sha256

    listed = read_json(folder / "manifest.json")
    hashes = listed.get("outputs") if isinstance(listed, dict) else None
    known = {folder / Path(name).name: value for name, value in hashes.items()} if isinstance(hashes, dict) else {}
    looked_at = {path: value for path, value in known.items() if path.name not in may_lack or path.exists()}
    wrong = [path.name for path, value in looked_at.items() if not path.is_file() or sha256(path) != value]
    if wrong:
        raise SettingsError(f"{folder}: {', '.join(wrong)}: missing, damaged or changed since the run; run it again")


def render(folder: Path) -> None:
    """Write figures and report into a result folder. A table that only one command writes says which page it is."""
    import importlib

    pages = {"trial.yaml": "trials.page", "tornado.csv": "comparisons.tornado", "shocks.csv": "comparisons.passport"}
    found = next((page for name, page in pages.items() if (folder / name).is_file()), "report.page")
    importlib.import_module(f"sim.show.{found}").write_report(folder)
