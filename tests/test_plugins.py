"""Code of one's own: only the command line names it, and then it works in every process and every kind of run."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.cli import sweep_folder
from sim.cli.main import main
from sim.lab.settings import plugins
from sim.lab.trials import registry
from sim.world.mechanisms.hosting import POLICIES

ROOT = Path(sim.__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
TINY = ["people=80", "days=40", "replicates=2", "venue.launch=2"]
NAMED = ["--plugin", "my_rules"]


@pytest.fixture(autouse=True)
def in_a_folder_with_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put down what the document shows, draw no figures, and forget the plugin afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sweep_folder, "draw", lambda *_: None)
    monkeypatch.setattr("sim.cli.report.render", lambda folder: None)
    monkeypatch.setattr(sys, "path", [*sys.path])
    module = next(text for text in re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL) if "@selector" in text)
    Path("my_rules.py").write_text(module)
    Path("my_conf/trial").mkdir(parents=True)
    (trial,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
    Path("my_conf/trial/mine.yaml").write_text(trial)
    yield
    forget()


def forget() -> None:
    """Take away what the example registers, as in a new process."""
    sys.modules.pop("my_rules", None)
    plugins.LOADED.discard("my_rules")
    POLICIES.pop("my_rules:Careful", None)
    for register, name in ((registry.SELECTORS, "grumblers"), (registry.ACTIONS, "forgive"),
                           (registry.OUTCOMES, "follow_ups")):  # fmt: skip
        register.entries.pop(name, None)
        register.files.pop(name, None)


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], list[str]]:
    """Return exit code, lines on stdout and lines on stderr."""
    code = main(list(arguments))
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err.splitlines()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_documents_trial_runs_with_a_selector_an_action_and_an_outcome_of_ones_own(
    capsys: pytest.CaptureFixture[str], workers: str
) -> None:
    small = ["people=400", "replicates=2", f"workers={workers}"]
    code, out, err = outcome(capsys, "-cd", "my_conf", *NAMED, "trial", "trial=mine", *small)
    assert (code, err) == (0, [])
    effects = pd.read_csv(Path(out[-1]) / "effects.csv")
    assert {"visits", "follow_ups"} <= set(effects["outcome"])
    assert "-cd my_conf --plugin my_rules trial" in (Path(out[-1]) / "manifest.json").read_text()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_policy_of_ones_own_can_differ_between_arms(capsys: pytest.CaptureFixture[str], workers: str) -> None:
    arm = "alt.careful=host.policy=my_rules:Careful"
    code, out, err = outcome(capsys, "compare", *NAMED, arm, *TINY, f"workers={workers}")
    assert (code, err) == (0, [])
    assert (Path(out[-1]) / "manifest.json").is_file()


@pytest.mark.parametrize("engine", ["engine=serial", "engine.workers=2"])
def test_a_policy_of_ones_own_can_be_a_factor_and_the_sweep_goes_on_once_it_is_named_again(
    capsys: pytest.CaptureFixture[str], engine: str
) -> None:
    policies = "host.policy=scheduled,responsive,my_rules:Careful"
    code, out, err = outcome(capsys, "-m", *NAMED, policies, *TINY, engine, "engine.shard=1/2")
    assert (code, err) == (0, [])
    folder = out[-1]
    forget()
    for command in ("resume", "verify"):
        line = f"barnraise: {folder} was run with code of yours: name it again with --plugin my_rules"
        assert outcome(capsys, command, folder) == (2, [], [line])
    assert "my_rules" not in sys.modules
    code, out, err = outcome(capsys, "resume", folder, *NAMED, "engine=serial")
    assert (code, err, out[-1]) == (0, [], folder)
    assert len(pd.read_parquet(Path(folder, "runs.parquet"))) == 6
    assert outcome(capsys, "verify", folder, *NAMED, "sample=2")[0] == 0


def test_policy_is_the_short_form(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = outcome(capsys, "--policy", "my_rules:Careful", *TINY, "workers=1")
    assert (code, err) == (0, [])
    code, _, err = outcome(capsys, "--policy", "my_rules:Careful", "--policy", "my_rules:Other", *TINY)
    assert (code, err) == (2, ["barnraise: --policy is given twice: my_rules:Careful and my_rules:Other"])


BROKEN = "from sim.lab.settings.policies import policy\n@policy\nclass Bad:\n    pass\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--plugin", "nowhere"], "--plugin nowhere: No module named 'nowhere'"),
        (["--plugin", "math"], "--plugin math registers no selector, action, outcome or host policy (docs/policies.md "
         "shows one)"),
        (["--plugin", "broken_rules"], "host policy broken_rules:Bad: this is not a class with a method "
         "effort(dashboard) (docs/policies.md shows one)"),
        (["scenarios", *NAMED], "unknown option --plugin ('barnraise scenarios --help' lists them)"),
        ([*NAMED, "scenarios"], "scenarios runs no worlds with code of yours: leave out --plugin"),
        (["host.policy=my_rules:Careful"], "host.policy=my_rules:Careful is not a host policy: responsive, scheduled "
         "(a class of your own is named on the command line: --policy or --plugin; docs/policies.md)"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], line: str) -> None:
    Path("broken_rules.py").write_text(BROKEN)
    assert outcome(capsys, *arguments) == (2, [], [f"barnraise: {line}"])


@pytest.mark.parametrize(
    ("kind", "text", "arguments"),
    [
        ("scenario", "# @package _global_\ntitle: T\nplugin: my_rules\n", ["scenario=stranger"]),
        ("scenario", "# @package _global_\ntitle: T\nplugins: [my_rules]\n", ["scenario=stranger"]),
        ("scenario", "# @package _global_\ntitle: T\nhost: {policy: 'my_rules:Careful'}\n", ["scenario=stranger"]),
        ("trial", None, ["trial", "trial=mine"]),
    ],
)
def test_no_file_of_settings_can_have_a_module_imported(
    capsys: pytest.CaptureFixture[str], kind: str, text: str | None, arguments: list[str]
) -> None:
    Path(f"my_conf/{kind}").mkdir(exist_ok=True)
    if text is not None:
        Path(f"my_conf/{kind}/stranger.yaml").write_text(text)
    code, out, (line,) = outcome(capsys, "-cd", "my_conf", *arguments, *TINY)
    assert (code, out) == (2, [])
    assert "plugin" in line
    assert "my_rules" not in sys.modules


def test_the_documents_script_runs_as_it_stands() -> None:
    text = (ROOT / "docs" / "trials.md").read_text(encoding="utf-8")
    (script,) = [part for part in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "import my_rules" in part]
    Path("script.py").write_text(script)
    done = subprocess.run([sys.executable, "script.py"], capture_output=True, text=True, check=False,
                          env={"PYTHONPATH": str(ROOT), "PATH": ""})  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert float(done.stdout) == pytest.approx(float(done.stdout))
