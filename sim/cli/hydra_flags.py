"""The flags that a Hydra user knows: each works, or is refused in a line that names what to use instead."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from sim.lab.settings.errors import SettingsError, refuse_if_any

Function = TypeVar("Function", bound=Callable[..., Any])
INFO = ("all", "config", "defaults", "searchpath")
FOLDERS = "use --config-dir DIR: your folder is searched beside the one that comes along"
SCENARIO = "use scenario=NAME, a file scenario/NAME.yaml in the folder of --config-dir DIR"
SHELL = "use --completion bash, zsh or fish"
FLAGS = {  # that no command has
    "--hydra-help": "use 'barnraise --help'; Hydra's grammar is explained on hydra.cc",
    "--resolve": "leave it out: no setting refers to another, so there is nothing to resolve",
    "--config-path": FOLDERS, "-cp": FOLDERS, "--config-name": SCENARIO, "-cn": SCENARIO,
    "--experimental-rerun": "type the command in the folder's manifest.json again; a sweep has 'barnraise resume "
                            "FOLDER' and 'barnraise verify FOLDER'",
    "--shell-completion": SHELL, "-sc": SHELL,
}  # fmt: skip
OF_A_RUN = {  # that only a run has: the first letter of each stands for it
    "--cfg": "it shows the settings of one run: barnraise --cfg job SETTINGS",
    "--package": "it belongs to --cfg: barnraise --cfg job --package host",
    "--info": "it shows where the settings of a run come from: barnraise --info SETTINGS",
    "--run": "leave it out: only 'barnraise SETTINGS' is one run",
    "--multirun": "leave it out: only 'barnraise -m SETTINGS' sweeps",
}
FOLDER, LOG = "use results=FOLDER", "leave it out: a run writes no log, and manifest.json records it"
INSTEAD = {  # Hydra's own settings: the first that fits counts
    "hydra.sweep.subdir": f"all runs of a sweep are in one folder; {FOLDER}",
    "hydra.job.chdir": f"a run never changes the working folder; {FOLDER}",
    "hydra.job.name": f"a folder is named after the scenario; {FOLDER}",
    "hydra.searchpath": "use --config-dir DIR",
    "hydra.verbose": LOG,
    "hydra.mode": "use -m for a sweep",
    "hydra.output_subdir": FOLDER,
    "hydra.sweep": FOLDER,
    "hydra.run": FOLDER,
    "hydra/launcher": "use engine=loky, engine=serial or engine=dask",
    "hydra.launcher": "use engine.workers=, engine=loky, engine=serial or engine=dask",
    "hydra/job_logging": LOG,
    "hydra/hydra_logging": LOG,
    "hydra/sweeper": "use design=lhs, design=sobol and so on; barnraise -m hydra/sweeper=basic is Hydra's own",
}


def refuse_flags(arguments: Sequence[str]) -> None:
    """Refuse the flags of Hydra's that no command has."""
    for flag in (word.partition("=")[0] for word in arguments):
        if flag in FLAGS:
            raise SettingsError(f"{flag}: {FLAGS[flag]}")


def of_a_run(option: str) -> str | None:
    """Return what to use instead of an option that only a run has, if it is one."""
    return next((f"{option}: {words}" for flag, words in OF_A_RUN.items() if option in (flag, flag[1:3])), None)


def shown(function: Function) -> Function:
    """Add Hydra's flags to the command that runs a world."""
    for option in (
        click.option("-i", "--info", type=click.Choice(INFO), metavar="[KIND]",
                     help=f"Print what the settings are composed of: {', '.join(INFO)}."),
        click.option("-p", "--package", metavar="GROUP", help="With --cfg, print this group only, such as host."),
        click.option("-c", "--cfg", type=click.Choice(["job", "hydra", "all"]), metavar="job",
                     help="Print all settings as YAML. Run nothing."),
        click.option("-r", "--run", is_flag=True, help="Run one world, which is the default."),
    ):  # fmt: skip
        function = option(function)
    return function


def refuse_together(is_sweep: bool, is_dry: bool, **flags: Any) -> None:
    """Refuse flags that contradict each other."""
    if flags["run"] and is_sweep:
        raise SettingsError("-r runs one world, and the rest is a sweep: leave out -r")
    if flags["package"] and not flags["cfg"]:
        raise SettingsError("--package belongs to --cfg: barnraise --cfg job --package host")
    if (flags["cfg"] or flags["info"]) and (is_sweep or is_dry):
        raise SettingsError("--cfg and --info show the settings of one run; --dry-run shows a sweep")
    if flags["cfg"] in ("hydra", "all"):
        raise SettingsError(f"--cfg {flags['cfg']}: use --cfg job; a run does not read Hydra's own settings")


def show(settings: Sequence[str], flags: dict[str, Any]) -> int:
    """Print what was composed (`--cfg`), or of what (`--info`)."""
    from sim.cli import composed

    if flags["cfg"]:
        print(composed.settings(settings, flags["package"]), end="")
    if flags["info"]:
        print(composed.origin(settings, flags["info"]), end="")
    return 0


# Overrides


def is_hydras(text: str) -> bool:
    """Tell whether an override configures Hydra itself."""
    return text.strip().lstrip("+").startswith(("hydra.", "hydra/"))


def advice(line: str) -> str:
    """Return what to use instead of the plugin of Hydra's that a line says is missing."""
    return next((f"; {ours}" for name, ours in INSTEAD.items() if f"'{name}/" in line), "")


def refuse_hydras(texts: Sequence[str], on: str, more: str = "") -> None:
    """Refuse settings of Hydra itself, with what to use in their place, and deletions."""
    refuse_deletions(texts)
    keys = [text.strip().lstrip("+").partition("=")[0] for text in texts if is_hydras(text)]
    instead = {
        key: next((ours for name, ours in INSTEAD.items() if key.startswith(name)), "leave it out") for key in keys
    }
    refuse_if_any(f"{key} has no effect on {on}: {ours}{more}" for key, ours in instead.items())


def refuse_deletions(texts: Sequence[str]) -> None:
    """Refuse to remove a setting (`~key`): each has a value."""
    for text in texts:
        if text.startswith("~"):
            key = text[1:].partition("=")[0]
            instead = f"{key}=none" if key in ("host", "community") else f"{key}=VALUE"
            raise SettingsError(f"{text}: a setting cannot be removed; write {instead}")
