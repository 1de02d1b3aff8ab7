"""What Click does not bring along: a run without a command, options written as `key=value`, mistakes in one line.

Click reads commands and options, writes their help and completes them in a shell. Settings stay in Hydra's grammar:
to Click they are words.
"""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
from click.shell_completion import CompletionItem, shell_complete

from sim.cli import hydra_flags
from sim.lab.settings.errors import SettingsError

Function = TypeVar("Function", bound=Callable[..., Any])
PROGRAM, COMPLETION = "barnraise", "_BARNRAISE_COMPLETE"
PLUGINS, POLICY = "barnraise.plugins", "barnraise.policy"
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


class Asked(NamedTuple):
    """What a command line asks for, beside the command: settings, the code that it names, and itself for the record."""

    settings: list[str]
    plugins: tuple[str, ...]
    command: str
    is_dry: bool = False


def run(group: click.Group, arguments: list[str]) -> int:
    """Run the command that the arguments name and return its exit code. Click's complaints become a `SettingsError`."""
    if instruction := os.environ.get(COMPLETION):
        from sim.cli import complete  # noqa: F401 - which registers how Bash is told

        return shell_complete(group, {}, PROGRAM, COMPLETION, instruction)
    hydra_flags.refuse_flags(arguments)
    try:
        with group.make_context(PROGRAM, list(arguments), obj=arguments) as context:
            return int(group.invoke(context) or 0)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.UsageError as error:
        raise SettingsError(line_of(error)) from None


def line_of(error: click.UsageError) -> str:
    """Return one line that says what is wrong and where help is."""
    path = PROGRAM if error.ctx is None else error.ctx.command_path
    if not isinstance(error, click.NoSuchOption):
        words, param = error.format_message().rstrip(".").replace("\n", " "), getattr(error, "param", None)
        words = words.replace("'--", "'") if isinstance(param, Value) else words
        return f"{words[:1].lower()}{words[1:]} ('{path} --help' shows how)"
    name = error.option_name
    if instead := hydra_flags.of_a_run(name):
        return instead
    from sim.lab.settings.config import TOP

    if (word := name.lstrip("-").replace("-", "_")) in TOP:
        return f"unknown option {name}; a setting is written {word}=VALUE"
    near = sorted(error.possibilities or ())
    hint = f"; did you mean {near[0]}?" if near else f" ('{path} --help' lists them)"
    return f"unknown option {name}{hint}"


def asked(settings: Sequence[str] = (), is_dry: bool = False) -> Asked:
    """Return what the command line of the running command asks for."""
    from sim.lab.runs.jobs import quoted

    context = click.get_current_context()
    policy = context.meta.get(POLICY)
    chosen = [f"host.policy='{policy}'"] if policy else []
    command = f"{PROGRAM} {quoted(context.find_root().obj)}".rstrip()
    return Asked([*chosen, *settings], tuple(context.meta.get(PLUGINS, ())), command, is_dry)


class Front(click.Group):
    """The commands, in sections. Words that begin with no command are settings of a run."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read `--help TOPIC` as `help TOPIC`."""
        if len(args) > 1 and args[0] in ctx.help_option_names:
            args = ["help", *args[1:]]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Return the command that is named, or `run`."""
        if args[0] in self.commands:
            return args[0], self.commands[args[0]], args[1:]
        if not ctx.resilient_parsing:
            refuse_word(args[0], self.commands)
        return "run", self.commands["run"], args

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by who needs them."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, found in self.commands.items():
            sections.setdefault(getattr(found, "section", ""), []).append((name, found.get_short_help_str(200)))
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete commands, and settings where no command begins so."""
        return super().shell_complete(ctx, incomplete) or settings_that_begin(ctx, None, incomplete)


class Command(click.Command):
    """A command with a section in the list, examples, and options that may be written `key=value` (see `Value`)."""

    def __init__(self, *args: Any, section: str, examples: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section, self.examples = section, examples

    def values(self) -> list[str]:
        """Return the names of the options that are written `key=value`."""
        return [str(param.name) for param in self.params if isinstance(param, Value)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read `sample=20` as `--sample=20`, and `--info` without a kind as all of it."""
        words = [f"--{word}" if word.partition("=")[0] in self.values() else word for word in args]
        for place in reversed([at for at, word in enumerate(words) if word in ("-i", "--info")]):
            if not "".join(words[place + 1 : place + 2]).replace("-", "").isalpha():  # the next is no kind
                words.insert(place + 1, "all")
        return super().parse_args(ctx, words)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, unless code is named that it would not use."""
        if ctx.meta.get(PLUGINS) and "plugin" not in [param.name for param in self.params]:
            raise SettingsError(f"{self.name} runs no worlds with code of yours: leave out --plugin")
        return super().invoke(ctx)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        with formatter.section("Examples"):
            formatter.write("".join(f"  {PROGRAM} {line}\n" for line in self.examples.strip().splitlines()))


class Value(click.Option):
    """An option that is written like a setting, `sample=20`."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Return how it is written, and what it does."""
        return f"{self.name}={self.metavar}", self.help or ""


def settings_that_begin(_: click.Context, __: click.Parameter | None, incomplete: str) -> list[CompletionItem]:
    """Return the settings that begin so, or the words that a setting can take."""
    from sim.cli import complete

    return [] if incomplete.startswith("-") else [CompletionItem(word) for word in complete.settings(incomplete)]


def options_that_begin(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the options `key=value` that begin so, or let the shell look for a file."""
    assert isinstance(context.command, Command)
    found = [CompletionItem(f"{name}=") for name in context.command.values() if f"{name}=".startswith(incomplete)]
    return found if incomplete and found else [CompletionItem(incomplete, type="file")]


def once(_: click.Context, param: click.Parameter, values: Sequence[Any]) -> Any:
    """Return the value of an option, if it has one. Two different ones are refused."""
    if len(different := list(dict.fromkeys(values))) > 1:
        name = param.name if isinstance(param, Value) else param.opts[0]
        raise SettingsError(f"{name} is given twice: {different[0]} and {different[1]}")
    return different[0] if different else None


def words(text: str) -> tuple[str, ...]:
    """Return the words between commas."""
    return tuple(filter(None, map(str.strip, text.split(","))))


def whole(name: str, least: int, most: int, word: str | None = None) -> Callable[[str], int | str]:
    """Return what reads an option's whole number within a range, or a word in its place."""

    def read(text: str) -> int | str:
        if text == word:
            return text
        if not text.isdecimal() or not least <= int(text) <= most:
            raise SettingsError(f"{name}={text} is out of range: {least} to {most}")
        return int(text)

    return read


def finite(name: str, above: float = -math.inf) -> Callable[[str], float]:
    """Return what reads an option's number."""

    def read(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            raise SettingsError(f"{name}={text[:40]} is not a number")
        if not found > above:
            raise SettingsError(f"{name}={text[:40]} is out of range: more than {above:g}")
        return found

    return read


def add_folder(context: click.Context, _: click.Parameter, values: Sequence[str]) -> None:
    """Let the files of the user's own folders be found."""
    from sim.lab.settings import folders

    for value in values:
        if not (context.resilient_parsing and not Path(value).is_dir()):
            folders.add(Path(value))


def plug_in(context: click.Context, _: click.Parameter, values: Sequence[str]) -> None:
    """Import the code that the command line names, once it is run."""
    if context.resilient_parsing or not values:
        return
    from sim.lab.settings import plugins
    from sim.lab.trials import registry
    from sim.world.mechanisms.hosting import POLICIES

    named = context.meta.setdefault(PLUGINS, [])
    for value in values:
        is_known = not plugins.not_loaded([value])
        registers = (POLICIES, *(part.entries for part in (registry.SELECTORS, registry.ACTIONS, registry.OUTCOMES)))
        before = [dict(part) for part in registers]
        plugins.load([value])
        if not is_known and before == list(registers):
            raise SettingsError(f"--plugin {value} registers no selector, action, outcome or host policy "
                                "(docs/policies.md shows one)")  # fmt: skip
        named += [value] if value not in named else []


def choose_policy(context: click.Context, param: click.Parameter, values: Sequence[str]) -> None:
    """Import a host policy and choose it."""
    value = once(context, param, values)
    if value is not None and not context.resilient_parsing:
        from sim.lab.settings import policies

        policies.register(value)
        context.meta.setdefault(PLUGINS, []).append(value)
        context.meta[POLICY] = value


common = click.option(  # of every command, on either side of its name
    "-cd", "--config-dir", multiple=True, metavar="DIR", callback=add_folder, expose_value=False,
    help="Find scenarios, presets, trials and experiments in a folder of your own, too.",
)  # fmt: skip


plugin = click.option(  # of all commands that run worlds, on either side of their names
    "--plugin", multiple=True, metavar="MODULE", callback=plug_in, expose_value=False,
    help="Import selectors, actions, outcomes and host policies of your own (docs/policies.md).",
)  # fmt: skip
policy = click.option(
    "--policy", multiple=True, metavar="MODULE:CLASS", callback=choose_policy, expose_value=False,
    help="Use a host policy of your own (docs/policies.md).",
)  # fmt: skip


def refuse_word(word: str, commands: Mapping[str, Any]) -> None:
    """Refuse a word that is neither a setting nor an option, and suggest what was probably meant."""
    if not word or any(sign in word for sign in "=.-~+"):
        return
    from sim.lab.settings import keys, scenarios

    if word in commands:
        raise SettingsError(f"the command comes first: {PROGRAM} {word} ...")
    if word in scenarios.names():
        raise SettingsError(f"{word} is a scenario; did you mean scenario={word}?")
    suggestion = keys.nearest(word, list(commands))
    hint = f"; did you mean {suggestion}?" if suggestion else f" ({', '.join(commands)}; settings are key=value)"
    raise SettingsError(f"unknown command {word}{hint}")


def print_completion(context: click.Context, _: click.Parameter, shell: str | None) -> None:
    """Print the script that completes in a shell."""
    if shell and not context.resilient_parsing:
        from sim.cli import complete  # noqa: F401 - which registers how Bash is told

        context.exit(shell_complete(context.command, {}, PROGRAM, COMPLETION, f"{shell}_source"))


def only_rows(context: click.Context, _: click.Parameter, rows: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rows of the evidence. One with an equals sign is an option that the command does not have."""
    assert isinstance(context.command, Command)
    for name, equals, _rest in (row.partition("=") for row in rows):
        if equals:
            takes = ", ".join(context.command.values())
            raise SettingsError(f"{context.command.name} does not know {name}: rows, and {takes} as key=value")
    return rows


def one_folder(context: click.Context, _: click.Parameter, words: tuple[str, ...]) -> Path:
    """Return the folder of a sweep, of a command that takes nothing else but its options."""
    from sim.cli import sweep_folder

    assert isinstance(context.command, Command)
    folder, rest = sweep_folder.split(str(context.command.name), words)
    if rest:
        takes = ", ".join(f"{name}=" for name in context.command.values()) or "a folder"
        raise SettingsError(f"{context.command.name} takes only {takes}, not {rest[0]}")
    return folder
