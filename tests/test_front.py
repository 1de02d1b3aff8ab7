"""The front: help, completion, dry runs, and what a user of Hydra types."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from click.shell_completion import ShellComplete

import sim
from sim.cli import compose
from sim.cli.commands import barnraise
from sim.cli.main import main
from sim.lab.settings import config, keys

ROOT = Path(sim.__file__).parent.parent
TINY = ["people=60", "days=40", "replicates=2", "workers=1", "venue.launch=2"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write results where they disturb nobody, and draw no figures."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.cli.report.render", lambda folder: None)


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], list[str]]:
    """Return exit code, lines on stdout and lines on stderr."""
    code = main(list(arguments))
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err.splitlines()


# Help


@pytest.mark.parametrize("name", barnraise.commands)
def test_every_command_has_help_with_its_options_and_an_example(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, err = outcome(capsys, name, "--help")
    assert (code, err) == (0, [])
    assert out[0].startswith(f"Usage: barnraise {name}")
    assert {"Options:", "Examples:"} <= set(out)
    for option in barnraise.commands[name].params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, option
    assert outcome(capsys, "help", name)[1] == out


def test_help_is_short_and_names_every_command_and_where_the_settings_are(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "--help")
    assert len(out) <= 60
    assert {line.split()[0] for line in out if line.startswith("  ") and line.strip()} >= set(barnraise.commands)
    assert "barnraise help settings" in " ".join(" ".join(out).split())


EXAMPLES = [
    line for found in barnraise.commands.values() for line in getattr(found, "examples", "").split("\n") if line
]


@pytest.mark.parametrize(
    "line", [line for line in EXAMPLES if "=" in line and not line.startswith(("resume", "verify"))]
)
def test_an_example_in_the_help_is_accepted(line: str) -> None:
    words = shlex.split(line)
    if words[0] in ("validate", "calibrate", "sensitivity", "intake", "explore"):
        barnraise.commands[words[0]].make_context(words[0], words[1:])
    elif "--cfg" in words:
        assert main(words) == 0
    else:
        assert main([*dict.fromkeys([*words, "--dry-run"])]) == 0


def test_a_list_of_scenarios_loads_neither_the_world_nor_pictures() -> None:
    code = "import sys; from sim.cli.main import main; main(['scenarios']); main(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert {"numba", "numpy", "matplotlib", "hydra", "pandas", "pydantic"}.isdisjoint(done.stdout.split())


# What a user of Hydra types


def test_cfg_job_prints_settings_that_give_the_same_run_when_they_are_read_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = outcome(capsys, "--cfg", "job", "scenario=ad_ratchet", "host.replies=0.25", "people=70")
    assert (code, err) == (0, [])
    read = yaml.safe_load("\n".join(out))
    asked = compose.request(["scenario=ad_ratchet", "host.replies=0.25", "people=70"], compares=False).experiment
    assert config.experiment(read) == asked
    _, part, _ = outcome(capsys, "-c", "job", "--package", "host", "scenario=ad_ratchet", "host.replies=0.25")
    assert part[0] == "# @package host"
    assert yaml.safe_load("\n".join(part)) == keys.plain(asked.host)


def test_a_reader_that_leaves_early_sees_no_traceback() -> None:
    command = f"{shlex.quote(sys.executable)} -m sim --cfg job scenario=ad_ratchet | head -n 1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False,
                          cwd=ROOT)  # fmt: skip
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 1)


def test_info_says_from_which_files_the_settings_come(capsys: pytest.CaptureFixture[str]) -> None:
    whole = "\n".join(outcome(capsys, "--info", "scenario=ad_ratchet")[1])
    for part in ("Folders that are searched", "scenario/ad_ratchet", "Settings\n"):
        assert part in whole
    assert outcome(capsys, "-i", "searchpath")[1] == ["Folders that are searched", f"  {ROOT / 'conf'}"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--cfg", "all"], "--cfg all: use --cfg job; a run does not read Hydra's own settings"),
        (["--cfg", "hydra"], "--cfg hydra: use --cfg job; a run does not read Hydra's own settings"),
        (["--cfg", "job", "-m", "venue.ad_load=0,1"], "--cfg and --info show the settings of one run; --dry-run shows "
         "a sweep"),
        (["-c", "job", "-p", "hots"], "--package hots: there is no group hots; did you mean host?"),
        (["-p", "host"], "--package belongs to --cfg: barnraise --cfg job --package host"),
        (["-r", "-m", "venue.ad_load=0,1"], "-r runs one world, and the rest is a sweep: leave out -r"),
        (["--resolve"], "--resolve: leave it out: no setting refers to another, so there is nothing to resolve"),
        (["--hydra-help"], "--hydra-help: use 'barnraise --help'; Hydra's grammar is explained on hydra.cc"),
        (["-cn", "mine"], "-cn: use scenario=NAME, a file scenario/NAME.yaml in the folder of --config-dir "
         "DIR"),
        (["compare", "-cp", "here"], "-cp: use --config-dir DIR: your folder is searched beside the one that "
         "comes along"),
        (["-sc", "install=bash"], "-sc: use --completion bash, zsh or fish"),
        (["--info", "plugins"], "invalid value for '-i' / '--info': 'plugins' is not one of 'all', 'config', "
         "'defaults', 'searchpath' ('barnraise run --help' shows how)"),
        (["~host.replies"], "~host.replies: a setting cannot be removed; write host.replies=VALUE"),
        (["-m", "~host", "venue.ad_load=0,1"], "~host: a setting cannot be removed; write host=none"),
        (["+host.repliez=1"], "unknown setting host.repliez; did you mean host.replies?"),
        (["hydra.run.dir=x"], "hydra.run.dir has no effect on a run: use results=FOLDER"),
        (["hydra.job.chdir=true"], "hydra.job.chdir has no effect on a run: a run never changes the working folder; "
         "use results=FOLDER"),
        (["hydra.verbose=true"], "hydra.verbose has no effect on a run: leave it out: a run writes no log, and "
         "manifest.json records it"),
        (["compare", "hydra/launcher=joblib", "alt.a=host=none"], "hydra/launcher has no effect on a run: use "
         "engine=loky, engine=serial or engine=dask"),
        (["-m", "hydra.sweep.dir=x", "venue.ad_load=0,1"], "hydra.sweep.dir has no effect on this sweep: use "
         "results=FOLDER (only hydra/sweeper=basic reads Hydra's own settings)"),
        (["-m", "hydra/sweeper=optuna", "venue.ad_load=0,1"], "In 'hydra/config': Could not find "
         "'hydra/sweeper/optuna'; use design=lhs, design=sobol and so on; barnraise -m hydra/sweeper=basic is Hydra's "
         "own"),
        (["trial", "trial=reply_to_newcomers", "-m"], "-m: leave it out: only 'barnraise -m SETTINGS' sweeps"),
        (["compare", "--cfg", "job"], "--cfg: it shows the settings of one run: barnraise --cfg job SETTINGS"),
        (["host.replies=0", "compare"], "the command comes first: barnraise compare ..."),
        (["-cd", "nowhere"], "--config-dir nowhere: there is no such folder"),
        (["scenarios", "x"], "got unexpected extra argument (x) ('barnraise scenarios --help' shows how)"),
        (["dashboard", "--port", "x"], "invalid value for '--port': 'x' is not a valid integer range "
         "('barnraise dashboard --help' shows how)"),
    ],
)  # fmt: skip
def test_what_does_not_work_is_refused_in_a_line_that_names_what_to_use_instead(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert outcome(capsys, *arguments) == (2, [], [f"barnraise: {line}"])


@pytest.mark.parametrize("arguments", [["-r"], ["--run"], ["run"], ["+host.replies=0", "++venue.ad_load=2"]])
def test_what_a_user_of_hydra_types_for_a_run_is_one(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = outcome(capsys, *arguments, *TINY)
    assert (code, err) == (0, [])
    assert (Path(out[-1]) / "manifest.json").is_file()


@pytest.fixture
def mine() -> Path:
    """Make a configuration folder of one's own with a scenario."""
    folder = Path("my_conf")
    (folder / "scenario").mkdir(parents=True)
    (folder / "scenario" / "quiet.yaml").write_text("# @package _global_\ntitle: Quiet\nhost: {replies: 0.0}\n")
    return folder


@pytest.mark.parametrize("place", ["first", "last"])
def test_a_scenario_in_a_folder_of_ones_own_is_run_and_the_folder_is_in_the_recorded_command(
    capsys: pytest.CaptureFixture[str], mine: Path, place: str
) -> None:
    named, rest = ["-cd", str(mine)], ["scenario=quiet", *TINY]
    code, out, err = outcome(capsys, *([*named, *rest] if place == "first" else [*rest, *named]))
    assert (code, err) == (0, [])
    assert out[0].startswith("Quiet: ")
    assert "-cd my_conf" in (Path(out[-1]) / "manifest.json").read_text()
    assert outcome(capsys, "scenario=quiet")[0] == 2  # the next command line knows nothing of it


def test_a_name_that_is_unknown_says_how_files_of_ones_own_are_found_until_they_are(
    capsys: pytest.CaptureFixture[str], mine: Path
) -> None:
    for arguments, lists in ((["scenario=quite"], "scenarios"), (["host=nobody"], "presets"),
                             (["trial", "trial=x"], "trials"), (["experiment=x"], "experiments")):  # fmt: skip
        assert outcome(capsys, *arguments)[2][0].endswith(f"('barnraise {lists}' lists them; -cd DIR finds your own)")
        assert outcome(capsys, "-cd", str(mine), *arguments)[2][0].endswith(f"('barnraise {lists}' lists them)")


# Dry runs


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["host.replies=0"], ["1 arm", "host.replies=0"]),
        (
            ["compare", "alt.quiet=host.replies=0", "replicates=8"],
            ["8 replicates of 2 arms", "quiet", "host.replies=0"],
        ),
        (["compare", "alt.badges=scenario=badge_shop"], ["badges", "venue.points="]),
        (["trial", "trial=reply_to_newcomers", "replicates=3"], ["3 replicates of", "reply"]),
        (["-m", "venue.ad_load=0,4"], ["2 points"]),
    ],
)
def test_a_dry_run_says_what_would_be_run_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    code, out, _ = outcome(capsys, *arguments, "--dry-run")
    text = "\n".join(out)
    assert code == 0
    assert all(word in text for word in [*words, "Estimated: about", "Nothing was run."]), text
    assert list(Path.cwd().iterdir()) == []


# Completion


@pytest.mark.parametrize(
    ("words", "begun", "found"),
    [
        ([], "compa", ["compare"]),
        ([], "host.repl", ["host.replies="]),
        ([], "scenario=ad_", ["scenario=ad_ratchet"]),
        ([], "par", ["params."]),
        (["compare"], "alt.a=host=ful", ["alt.a=host=full_time"]),
        (["trial"], "trial=reply", ["trial=reply_to_newcomers"]),
        (["run"], "experiment=02", ["experiment=02_growth_speed"]),
        (["validate"], "see", ["seeds="]),
        (["-m"], "host.sch", ["host.schedule=", "host.schedule_list="]),
        (["run"], "--dry", ["--dry-run"]),
    ],
)
def test_commands_options_settings_and_files_are_completed(words: list[str], begun: str, found: list[str]) -> None:
    made = ShellComplete(barnraise, {}, "barnraise", "_")
    assert [item.value for item in made.get_completions(words, begun)] == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("barnraise scenario = ad_r", "plain,ad_ratchet\n"),
        ("barnraise scenario =", "plain,ad_ratchet\n"),
        ("barnraise host.repl", "plain,host.replies=\n"),
    ],
)
def test_bash_which_splits_at_equals_signs_gets_what_it_can_put_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str, found: str
) -> None:
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split()) - 1))
    monkeypatch.setenv("_BARNRAISE_COMPLETE", "bash_complete")
    assert main([]) == 0
    assert capsys.readouterr().out.startswith(found)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_printed(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    code, out, err = outcome(capsys, "--completion", shell)
    assert (code, err) == (0, [])
    assert f"{shell}_complete" in "\n".join(out)
    if shell == "bash":
        done = subprocess.run(["bash", "-n"], input="\n".join(out), text=True, capture_output=True, check=False,
                              env=os.environ)  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
