"""The commands: what they print, and the exit codes that scripts rely on."""

import contextlib
import io
import math
import multiprocessing
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import main as command_line
from sim.cli import report
from sim.lab.runs import demands, parallel
from sim.lab.runs.replicate import Replicate, Task, run_replicate
from sim.lab.settings import keys, scenarios
from sim.world.mechanisms.hosting import POLICIES, Scheduled

SMALL = ["people=100", "days=60", "replicates=2", "workers=1", "venue.launch=2"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write results where they disturb nobody, and draw no figures."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "render", lambda folder: None)


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], list[str]]:
    """Return exit code, lines on stdout and lines on stderr."""
    code = command_line.main(list(arguments))
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err.splitlines()


def test_a_run_prints_the_headline_and_the_folder_last(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(capsys, *SMALL)
    assert (code, err) == (0, [])
    assert out[0].startswith("The support forum: 2 runs of 60 days, 100 customers")
    assert any(line.startswith("Held by each other") for line in out)
    assert (Path(out[-1]) / "manifest.json").is_file()
    assert Path(out[-1]).parent == Path("results/support_forum")


@pytest.mark.parametrize(
    "name", ["résultats", "a=b", "x(1)", "it's", "2026", "true", "two words", "back\\slash\\", "#1;&!"]
)
def test_a_folder_may_have_any_name_that_the_shell_hands_over(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, err = outcome(capsys, *SMALL, f"results={name}")
    assert (code, err) == (0, [])
    assert Path(out[-1]).parent == Path(name) / "support_forum"


def test_a_tilde_is_the_home_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    _, out, _ = outcome(capsys, *SMALL, "results=~/x")
    assert Path(out[-1]).parent == tmp_path / "home" / "x" / "support_forum"


def test_an_experiment_can_be_found_whatever_letters_its_name_has(capsys: pytest.CaptureFixture[str]) -> None:
    Path("experiments/02_é").mkdir(parents=True)
    file = "title: T\nquestion: Is it found?\npeople: 50\ndesign: {kind: grid, factors: {venue.ad_load: [0, 1]}}\n"
    for name in ("experiment", "more"):
        Path(f"experiments/02_é/{name}.yaml").write_text(file, encoding="utf-8")
    for arguments in (["experiment=02_é"], ["experiment=02_é/more"], ["-m", "experiment=02_é/more"]):
        code, out, err = outcome(capsys, *arguments, "replicates=2", "--dry-run")
        assert (code, err) == (0, [])
        assert "4 runs, 2 points x 2 replicates" in out[0]


def test_a_comparison_without_a_change_shows_no_difference(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "compare", "alt.same=", *SMALL)
    rows = [line for line in out if "verdict" not in line and re.search(r" {2}\S", line)]
    assert code == 0
    assert rows
    assert all(line.endswith("no difference") for line in rows)


def test_the_command_in_the_folder_can_be_typed_again(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "compare", "alt.quiet=host.replies=0 host.seeding=0", *SMALL)
    story = (Path(out[-1]) / "scenario.json").read_text()
    assert "barnraise compare alt.quiet='host.replies=0 host.seeding=0' people=100" in story


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["host.repliez=0"], "barnraise: unknown setting host.repliez; did you mean host.replies?"),
        (["venue.ad_load=-1"], "barnraise: venue.ad_load=-1 is out of range: 0 to 20 ads per visit"),
        (["host.replies=é"], "barnraise: host.replies=é is not a number; its range is 0 to 1 share"),
        (["compare", "alt.a=host.replies=(1"], "barnraise: alt.a: host.replies=(1 is not a number; its range is 0 to 1 "
         "share"),
        (["comapre"], "barnraise: unknown command comapre; did you mean compare?"),
        (["ad_ratchet"], "barnraise: ad_ratchet is a scenario; did you mean scenario=ad_ratchet?"),
        (["host.replies=0.1", "+host.replies=0.9"], "barnraise: host.replies is given twice: 0.1 and 0.9"),
        (["-m", "host.replies=0.1", "host.replies=0,1"], "barnraise: host.replies is given twice: 0.1 and 0,1"),
        (["compare", "alt.a=host.replies=0 host.replies=1"], "barnraise: alt.a: host.replies is given twice: 0 and 1"),
        (["validate", "N1", "seeds=1", "seeds=2"], "barnraise: seeds is given twice: 1 and 2"),
        (["calibrate", "budget=5", "budget=6"], "barnraise: budget is given twice: 5 and 6"),
        (["validate", "workers=0"], "barnraise: workers=0 is out of range: 1 to 1024"),
        (["calibrate", "seeds=0"], "barnraise: seeds=0 is out of range: 1 to 1000"),
        (["people=0"], "barnraise: people=0 is out of range: 1 to 10000000"),
        (["replicates=0"], "barnraise: replicates=0 is out of range: 1 to 100000"),
        (["workers=0"], "barnraise: workers=0 is out of range: 1 to 1024, or auto"),
        (["--workers", "3"], "barnraise: unknown option --workers; a setting is written workers=VALUE"),
        (["--wokers", "3"], "barnraise: unknown option --wokers ('barnraise run --help' lists them)"),
        (["compare", "--dry-rum"], "barnraise: unknown option --dry-rum; did you mean --dry-run?"),
        (["report"], "barnraise: report takes one folder: barnraise report results/SCENARIO/RUN"),
        (["report", "nowhere"], "barnraise: nowhere is not a result folder: it has no manifest.json"),
        (["--policy", "os:system"], "barnraise: --policy os:system: this is not a class with a method "
         "effort(dashboard) (docs/policies.md shows one)"),
        (["host.policy=os:system"], "barnraise: host.policy=os:system is not a host policy: responsive, scheduled "
         "(a class of your own is named on the command line: --policy or --plugin; docs/policies.md)"),
    ],
)  # fmt: skip
def test_what_a_user_can_put_right_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert outcome(capsys, *arguments) == (2, [], [line])


@pytest.mark.parametrize("word", ["results=a\nb", "title=\x1b[31m", "title=\udcff", "da\x00ys", "alt.a=x\x07"])
@pytest.mark.parametrize("command", [[], ["compare"], ["report"], ["validate"], ["-m"]])
def test_an_argument_with_control_characters_is_refused_in_one_printable_line(
    capsys: pytest.CaptureFixture[str], command: list[str], word: str
) -> None:
    code, out, (line,) = outcome(capsys, *command, word)
    assert (code, out) == (2, [])
    assert line.isprintable()
    assert line.endswith(": leave out control characters, and write it in UTF-8")


def test_an_alternative_may_stand_on_several_lines(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = outcome(capsys, "compare", "alt.a=host.replies=0\n\thost.seeding=0", *SMALL)
    assert (code, err) == (0, [])


@pytest.mark.parametrize("workers", [1, 2])
def test_a_policy_that_fails_in_a_run_is_one_line_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    code = (
        "from sim.world.mechanisms.hosting import Scheduled\n"
        "class Late(Scheduled):\n"
        "    def effort(self, dashboard):\n"
        "        return super().effort(dashboard)._replace(hours=1 / (9 - dashboard.day))\n"
    )
    (tmp_path / "late_policy.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(POLICIES, "late_policy:Late", Scheduled)  # which is taken away again at the end
    assert outcome(capsys, "--policy", "late_policy:Late", *SMALL[:3], f"workers={workers}") == (1, [], [
        "barnraise: --policy late_policy:Late failed on day 9: ZeroDivisionError: division by zero "
        "(late_policy.py, line 4)"
    ])  # fmt: skip


def test_an_error_in_a_run_is_one_line_and_exit_code_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(task: Task) -> Replicate:
        raise ValueError("no\nluck")

    monkeypatch.setattr(parallel, "run_replicate", raising)
    code, out, (line,) = outcome(capsys, *SMALL)
    assert (code, out) == (1, [])
    assert re.fullmatch(r"barnraise: replicate 0 \(seed \d+\) failed: ValueError: no luck \(\S+, line \d+\)", line)


def test_an_unwritable_folder_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    Path("occupied").touch()
    code, out, (line,) = outcome(capsys, *SMALL, "results=occupied")
    assert (code, out) == (2, [])
    assert line.startswith("barnraise: results=occupied cannot be written to: ")


def test_an_interrupted_run_keeps_and_says_what_was_finished(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopping(task: Task) -> Replicate:
        if task.replicate == 1:
            raise KeyboardInterrupt
        return run_replicate(task)

    monkeypatch.setattr(parallel, "run_replicate", stopping)
    code, out, err = outcome(capsys, *SMALL)
    assert code == 130
    assert err == ["barnraise: interrupted; 1 of 2 replicates are kept"]
    assert (Path(out[-1]) / "series.parquet").is_file()


def test_scenarios_lists_all_with_their_questions(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "scenarios")
    assert code == 0
    listed = [line.split()[0] for line in out if re.match(r"[a-z]\w+ ", line)]
    assert listed[0] == scenarios.default()
    assert sorted(listed) == sorted(scenarios.names())
    assert sum(line.startswith("  ") and line.endswith("?") for line in out) == len(listed)


def test_help_settings_names_every_lever_with_its_range(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "help", "settings")
    text = "\n".join(out)
    for word in ("people", "replicates", "host_off", "--policy"):
        assert word in text
    for group, block in keys.LEVERS.items():
        assert f"\n{group}.\n" in text
        for name in block._fields:
            assert re.search(rf"^  {name} .*default", text, re.MULTILINE), name
    assert "ads per visit" in text


def test_help_params_names_every_number_behind_the_mechanisms(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "--help", "params")
    named = {line.split()[0] for line in out if line.startswith("  ")}
    assert {key.rsplit(".", 1)[1] for key in keys.declarations() if key.startswith("params.")} <= named


@pytest.mark.parametrize("name", ["live", "dashboard"])
def test_without_its_extra_the_live_page_says_how_to_get_it(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert outcome(capsys, name) == (
        2, [], ["barnraise: the live page needs an extra (starlette, uvicorn, websockets, segno is not installed): "
                "pip install 'barnraise[live]', or in a checkout: pip install -c constraints.txt -e '.[live]'"],
    )  # fmt: skip


def test_as_a_program_it_refuses_without_a_traceback() -> None:
    done = subprocess.run([sys.executable, "-m", "sim", "host.repliez=0"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "barnraise: unknown setting host.repliez; did you mean host.replies?\n"


def test_a_worker_that_imports_the_command_line_loads_nothing_with_it() -> None:
    code = "import sys, sim.__main__; print(*sys.modules)"  # their main module
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"sim.cli.compose", "numpy", "hydra"}.isdisjoint(done.stdout.split())


@pytest.fixture
def small_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that this machine has 2 GB of memory."""
    monkeypatch.setattr(demands, "limit", lambda: 2e9)


@pytest.mark.usefixtures("small_machine")
@pytest.mark.parametrize(
    ("arguments", "also"),
    [
        (["people=2000000", "workers=1"], ""),
        (["people=900000", "replicates=2", "workers=2", "days=30"], " or workers=1"),
        (["people=900000", "replicates=12", "workers=1", "days=30", "host_off=off"], " or fewer replicates"),
        (["compare", "alt.a=host.replies=0", "people=2000000", "workers=1"], ""),
        (["trial", "trial=reply_to_newcomers", "people=800000", "workers=2"], " or workers=1"),
        (["-m", "people=10,800000", "workers=2"], " or workers=1"),
    ],
)
def test_what_the_machine_has_no_memory_for_is_refused_in_one_line_before_the_work(
    capsys: pytest.CaptureFixture[str], arguments: list[str], also: str
) -> None:
    code, out, (line,) = outcome(capsys, *arguments)
    assert (code, out) == (2, [])
    words = (r"barnraise: people=(\d+) needs about [\d.]+ GB of memory with workers=\d+, and this machine has 2.0 GB; "
             rf"try people=(\d+){also}")  # fmt: skip
    found = re.fullmatch(words, line)
    assert found is not None, line
    assert 0 < int(found[2]) < int(found[1])


def test_where_nothing_says_how_much_memory_there_is_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> int:
        raise ValueError(name)

    monkeypatch.setattr("os.sysconf", unknown)
    monkeypatch.setattr(demands, "LIMITS", ("nowhere",))
    assert demands.limit() == math.inf


def test_a_containers_limit_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("memory.max").write_text("1000000\n")
    Path("none").write_text("max\n")
    monkeypatch.setattr(demands, "LIMITS", ("none", "memory.max"))
    assert demands.limit() == 1e6


def test_a_long_run_says_how_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demands, "limit", lambda: math.inf)
    monkeypatch.setattr(demands, "LONG", 0.0001)
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        command_line.main([*SMALL])
    assert said.getvalue() == "barnraise: this takes about 5 s or more with workers=1\n"


def said_by(arguments: list[str]) -> tuple[int, str]:
    """Run a command and return exit code and stderr. A worker process imports this."""
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        return command_line.main(arguments), said.getvalue()


@pytest.mark.parametrize(
    "arguments",
    [
        [*SMALL[:3], "workers=2"],
        ["-m", *SMALL[:3], "workers=2", "venue.ad_load=0,1"],
        ["validate", "N1", "seeds=2", "workers=2"],
    ],
    ids=["run", "sweep", "validate"],
)
def test_a_worker_of_a_pool_which_can_start_no_processes_does_the_work_itself(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        code, said = pool.apply(said_by, (arguments,))
    assert (code, said) == (0, "barnraise: a worker process cannot start others, so everything runs in this one\n")
