"""The flags that a Hydra user knows: each works, or is refused in a line that names what to use instead."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from sim.cli.front import COMPLETION, INFO, PROGRAM, Asked
from sim.lab.settings.errors import SettingsError

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
