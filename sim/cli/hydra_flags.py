"""The flags that a Hydra user knows: each works, or is refused in a line that names what to use instead."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from sim.cli.front import COMPLETION, INFO, PROGRAM, Asked
from sim.lab.settings.errors import SettingsError, refuse_if_any

Function = TypeVar("Function", bound=Callable[..., Any])
REFUSED = {  # Hydra's flags, what takes their place, and whether they take a value
    ("--hydra-help",): ("use 'barnraise --help'; Hydra's grammar is explained on hydra.cc", False),
    ("--resolve",): ("leave it out: no setting refers to another, so there is nothing to resolve", False),
    ("--config-path", "-cp"): ("use --config-dir DIR: your folder is searched beside the one that comes along", True),
    ("--config-name", "-cn"): ("use scenario=NAME, a file scenario/NAME.yaml in the folder of --config-dir DIR", True),
    ("--experimental-rerun",): ("type the command in the folder's manifest.json again; a sweep has "
                                "'barnraise resume FOLDER' and 'barnraise verify FOLDER'", True),
    ("--shell-completion", "-sc"): ("use --completion bash, zsh or fish", False),
}  # fmt: skip
SHOWN = {
    ("--cfg", "-c"): ("use --cfg with the settings of a run: barnraise --cfg job SETTINGS", True),
    ("--package", "-p"): ("use it with --cfg job: barnraise --cfg job --package host", True),
    ("--info", "-i"): ("use it with the settings of a run: barnraise --info SETTINGS", True),
    ("--run", "-r"): ("leave it out: only 'barnraise SETTINGS' is one run", False),
    ("--multirun", "-m"): ("leave it out: only 'barnraise -m SETTINGS' sweeps", False),
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


def refusing(flags: dict[tuple[str, ...], tuple[str, bool]]) -> Callable[[Function], Function]:
    """Return what adds options that are refused."""

    def add(function: Function) -> Function:
        for names, (instead, takes_value) in flags.items():

            def refuse(_: click.Context, param: click.Parameter, value: Any, instead: str = instead) -> None:
                if value:
                    raise SettingsError(f"{param.opts[0]}: {instead}")

            name = names[0].strip("-").replace("-", "_")
            function = click.option(*names, f"no_{name}", hidden=True, is_flag=not takes_value, callback=refuse,
                                    expose_value=False)(function)  # fmt: skip
        return function

    return add


def refused(function: Function) -> Function:
    """Add Hydra's flags to a command that knows none of them."""
    return refusing(REFUSED | SHOWN)(function)


def shown(function: Function) -> Function:
    """Add Hydra's flags to the command that runs a world."""
    for option in (
        click.option("-i", "--info", type=click.Choice(INFO), metavar="[KIND]",
                     help=f"Print what the settings are composed of: {', '.join(INFO[:-1])}."),
        click.option("-p", "--package", metavar="GROUP", help="With --cfg, print this group only, such as host."),
        click.option("-c", "--cfg", type=click.Choice(["job", "hydra", "all"]), metavar="job",
                     help="Print all settings as YAML. Run nothing."),
        click.option("-r", "--run", is_flag=True, help="Run one world, which is the default."),
    ):  # fmt: skip
        function = option(function)
    return refusing(REFUSED)(function)


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
    if flags["info"] == "plugins":
        raise SettingsError("--info plugins: a run reads no plugins of Hydra's; --plugin MODULE names code of yours")


def show(asked: Asked, flags: dict[str, Any]) -> int:
    """Print what was composed (`--cfg`), or of what (`--info`)."""
    from sim.cli import composed

    if flags["cfg"]:
        print(composed.settings(asked.settings, flags["package"]), end="")
    if flags["info"]:
        print(composed.origin(asked.settings, flags["info"]), end="")
    return 0


def print_completion(context: click.Context, _: click.Parameter, shell: str | None) -> None:
    """Print the script that completes in a shell."""
    if shell and not context.resilient_parsing:
        from sim.cli import complete

        print(complete.script(shell, context.command, PROGRAM, COMPLETION))
        context.exit()


# Overrides


def is_hydras(text: str) -> bool:
    """Tell whether an override configures Hydra itself."""
    return text.strip().lstrip("+").startswith(("hydra.", "hydra/"))


def no_effect(texts: Sequence[str], on: str, more: str = "") -> None:
    """Refuse settings of Hydra itself, with what to use in their place."""
    keys = [text.strip().lstrip("+").partition("=")[0] for text in texts if is_hydras(text)]
    instead = {
        key: next((ours for name, ours in INSTEAD.items() if key.startswith(name)), "leave it out") for key in keys
    }
    refuse_if_any(f"{key} has no effect on {on}: {ours}{more}" for key, ours in instead.items())


def refuse_hydras(texts: Sequence[str]) -> None:
    """Refuse settings of Hydra itself in a sweep, where only Hydra's own sweeper reads them."""
    no_effect(texts, "this sweep", " (only hydra/sweeper=basic reads Hydra's own settings)")


def refuse_hydras_in_a_run(texts: Sequence[str]) -> None:
    """Refuse settings of Hydra itself where there is no sweep, and deletions."""
    refuse_deletions(texts)
    no_effect(texts, "a run")


def refuse_deletions(texts: Sequence[str]) -> None:
    """Refuse to remove a setting (`~key`): each has a value."""
    for text in texts:
        if text.startswith("~"):
            key = text[1:].partition("=")[0]
            instead = f"{key}=none" if key in ("host", "community") else f"{key}=VALUE"
            raise SettingsError(f"{text}: a setting cannot be removed; write {instead}")
