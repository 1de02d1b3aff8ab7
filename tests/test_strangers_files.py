"""Files from a stranger: none runs code, writes where the command line did not say, or reads the environment."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fuzz
import pytest

from sim.cli import sweep_request
from sim.cli.main import main
from sim.lab.settings import folders, scenarios
from sim.lab.settings.errors import LONGEST, MOST_LINES, SettingsError, WorkError, printable
from sim.lab.settings.read_yaml import DEEPEST, LARGEST, read_json, read_yaml
from sim.world.mechanisms.hosting import POLICIES

SMALL = ["people=40", "days=20", "replicates=1", "workers=1", "record_every=20"]
HEADER = "# @package _global_\n"
DESIGN = "design: {kind: grid, factors: {venue.ad_load: [0, 4]}}\n"
SECRET = "a-value-of-the-environment"


@pytest.fixture(autouse=True)
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with a configuration of its own to put files in."""
    folder = tmp_path / "conf"
    shutil.copytree(folders.built_in(), folder)
    monkeypatch.setattr(folders, "built_in", lambda: folder)
    (tmp_path / "here").mkdir()
    mine = tmp_path / "experiments" / "01_mine"
    mine.mkdir(parents=True)
    (mine / "experiment.yaml").write_text("question: Is it so?\n")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("SECRET", SECRET)
    return folder


def put(conf: Path, kind: str, text: str) -> list[str]:
    """Write a file of a kind and return the command line that reads it."""
    if kind == "experiment":
        folder = Path("experiments/09_stranger")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "experiment.yaml").write_text(text)
        return ["experiment=09_stranger", "--dry-run"]
    (conf / kind).mkdir(exist_ok=True)
    (conf / kind / "stranger.yaml").write_text(text)
    return {
        "scenario": ["scenario=stranger", *SMALL],
        "trial": ["trial", "trial=stranger", *SMALL],
        "profile": ["trial", "trial=reply_to_newcomers", "trial.profile=stranger", "trial.scenario=null", *SMALL],
        "host": ["host=stranger", *SMALL],
        "design": ["design=stranger", "design.factors={venue.ad_load: [0, 4]}", "--dry-run"],
        "engine": ["design=grid", "design.factors={venue.ad_load: [0, 4]}", "engine=stranger", "--dry-run"],
    }[kind]


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str], lines: int = 1) -> str:
    """Return the one line with which a command line is refused, or several as one."""
    code = main(arguments)
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, ""), printed
    found = printed.err.splitlines()
    assert 1 <= len(found) <= lines, printed.err
    return "\n".join(line.removeprefix("barnraise: ") for line in found)


# No code


RUNS = "{_target_: subprocess.call, args: [touch, ran]}"


@pytest.mark.parametrize("flags", [[], ["-m"], ["-m", "hydra/sweeper=basic"]])
@pytest.mark.parametrize("key", ["sweeper", "launcher", "callbacks"])
def test_no_scenario_reaches_hydras_own_switches_not_even_in_a_multirun(
    conf: Path, capsys: pytest.CaptureFixture[str], flags: list[str], key: str
) -> None:
    arguments = put(conf, "scenario", f"{HEADER}hydra: {{{key}: {RUNS}}}\n")
    levels = ["venue.ad_load=0,4"] if flags else []
    assert "unknown setting hydra." in refusal([*flags, *arguments, *levels], capsys, lines=2)
    swept = [text for text in arguments if not text.startswith("scenario=")]
    if flags:
        assert "unknown setting hydra." in refusal([*flags, *swept, "scenario=support_forum,stranger"], capsys, lines=2)
    assert not Path("ran").exists()


@pytest.mark.parametrize("group", ["design", "engine"])
@pytest.mark.parametrize("flag", [[], ["-m"]])
def test_no_preset_reaches_hydras_own_switches(
    conf: Path, capsys: pytest.CaptureFixture[str], group: str, flag: list[str]
) -> None:
    text = f"# @package hydra\nsweeper: {RUNS}\n"
    assert f"{group} stranger: unknown option" in refusal([*flag, *put(conf, group, text)], capsys)
    kind = {"design": "grid", "engine": "loky"}[group]
    assert "instruction to Hydra" in refusal([*flag, *put(conf, group, f"# @package _global_\nkind: {kind}\n")], capsys)
    assert not Path("ran").exists()


@pytest.mark.parametrize("group", ["scenario", "design", "engine"])
@pytest.mark.parametrize("flag", [[], ["-m"]])
def test_an_experiment_chooses_files_by_name_alone_and_pulls_in_no_other(
    conf: Path, capsys: pytest.CaptureFixture[str], group: str, flag: list[str]
) -> None:
    put(conf, "experiment", "title: x\n")
    Path("experiments/09_stranger/evil.yaml").write_text(f"{HEADER}hydra: {{sweeper: {RUNS}}}\n")
    outside = "../../here/experiments/09_stranger/evil"
    text = f"{group}: {outside}\n" + (DESIGN if group != "design" else "")
    assert f"unknown {group} '{outside}'" in refusal([*flag, *put(conf, "experiment", text)], capsys)
    assert not Path("ran").exists()


@pytest.mark.parametrize(
    "engine", ["{kind: dask, address: 'tcp://192.0.2.1:8786'}", "{address: 'tcp://192.0.2.1:8786'}"]
)
def test_no_experiment_names_an_address_to_send_runs_to(
    conf: Path, capsys: pytest.CaptureFixture[str], engine: str
) -> None:
    arguments = put(conf, "experiment", f"{DESIGN}engine: {engine}\n")
    for flag in ([], ["-m"]):
        assert "engine.address belongs on the command line" in refusal([*flag, *arguments], capsys)
    preset = put(conf, "engine", "kind: dask\naddress: tcp://192.0.2.1:8786\n")
    assert "engine.address belongs on the command line" in refusal(preset, capsys)
    said = sweep_request.single([*put(conf, "experiment", DESIGN)[:1], "engine=dask", "engine.address=tcp://x:1"])
    assert said.engine.address == "tcp://x:1"  # where the command line says so, it counts


KINDS = ["scenario", "experiment", "trial", "profile", "host", "design", "engine"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tag", ["!!python/object/apply:os.mkdir [ran]", "!!python/name:os.system", "!mine x"])
def test_no_file_makes_objects_by_a_tag(conf: Path, capsys: pytest.CaptureFixture[str], kind: str, tag: str) -> None:
    assert "tags are not read" in refusal(put(conf, kind, f"{HEADER}title: {tag}\n"), capsys)
    assert not Path("ran").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_names_a_thing_to_be_made(conf: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    assert "_target_" in refusal(put(conf, kind, f"{HEADER}_target_: os.getcwd\n"), capsys, lines=7)


def test_no_results_folder_chooses_which_code_is_imported(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-m", "venue.ad_load=0,4", "engine=serial", *SMALL]) == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    Path("stranger_policy.py").write_text("open('ran', 'w')\n")
    text = (folder / "config.yaml").read_text().replace("plugins: []", "plugins: ['stranger_policy:Mine']", 1)
    (folder / "config.yaml").write_text(text)
    for command in ("resume", "verify"):
        assert "--policy stranger_policy:Mine" in refusal([command, str(folder)], capsys)
    for command in ("aggregate", "sensitivity"):
        main([command, str(folder)])
    assert not Path("ran").exists()


def test_a_sweep_with_a_policy_of_ones_own_goes_on_once_the_command_line_names_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "from sim.world.mechanisms.hosting import Scheduled\n\n\nclass Mine(Scheduled):\n    pass\n"
    Path("policy_of_mine.py").write_text(text)
    monkeypatch.syspath_prepend(Path.cwd())
    named = ["--policy", "policy_of_mine:Mine"]
    assert main(["-m", "venue.ad_load=0,4", "engine=serial", *SMALL, *named]) == 0
    folder = capsys.readouterr().out.splitlines()[-1]
    monkeypatch.delitem(POLICIES, named[1])  # as in a new process
    assert f"--policy {named[1]}" in refusal(["resume", folder], capsys)
    assert main(["resume", folder, "engine=serial", *named]) == 0
    assert main(["verify", folder, "sample=1", *named]) == 0
    monkeypatch.delitem(POLICIES, named[1])


# Nothing elsewhere


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ("results: /tmp/elsewhere", "results"),
        ("workers: 64", "workers"),
        ("vectors: /etc/passwd", "vectors=/etc/passwd"),
        ("vectors: ../set.csv", "vectors=../set.csv"),
    ],
)
@pytest.mark.parametrize("kind", ["scenario", "experiment", "trial"])
def test_a_file_says_what_the_world_is_and_not_where_things_go(
    conf: Path, capsys: pytest.CaptureFixture[str], kind: str, entry: str, key: str
) -> None:
    text = f"{HEADER}{entry}\n"
    if kind == "trial":
        text = (conf / "trial" / "reply_to_newcomers.yaml").read_text()
        text = text.replace("settings:\n", f"settings:\n  {entry}\n")
    assert f"{key} belongs on the command line" in refusal(put(conf, kind, text), capsys)


def test_a_profile_says_who_is_there_and_not_where_things_go(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for entry in ("results: x", "workers: 2", "vectors: plausible"):
        assert entry.split(":")[0] in refusal(put(conf, "profile", entry), capsys)


@pytest.mark.parametrize("entry", ["file: /etc/passwd", "file: ../points.csv", "top_of: results/x/y"])
def test_an_experiment_reads_no_table_and_no_folder_elsewhere(
    conf: Path, capsys: pytest.CaptureFixture[str], entry: str
) -> None:
    arguments = put(conf, "experiment", f"design: {{kind: csv, {entry}}}\n")
    assert f"design.{entry.split(':')[0]}" in (line := refusal(arguments, capsys))
    assert "belongs on the command line" in line


def test_a_file_can_name_the_vectors_that_come_along(conf: Path) -> None:
    put(conf, "scenario", f"{HEADER}vectors: declared\n")
    assert scenarios.read("stranger")["vectors"] == "declared"


@pytest.mark.parametrize("command", ["resume", "verify", "aggregate", "sensitivity", "report"])
def test_no_results_folder_leads_elsewhere_by_a_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main(SMALL if command == "report" else ["-m", "venue.ad_load=0,4", "engine=serial", *SMALL]) == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    (tmp_path / "mine").mkdir()
    shutil.rmtree(folder / "figures", ignore_errors=True)
    (folder / "figures").symlink_to(tmp_path / "mine")
    assert "figures is a link" in refusal([command, str(folder)], capsys)
    assert not any((tmp_path / "mine").iterdir())


def test_no_report_is_written_from_a_table_that_was_changed_or_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SMALL) == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    assert main(["report", str(folder)]) == 0
    page = (folder / "report.html").read_text()
    capsys.readouterr()
    for name in ("summary.csv", "outcomes.parquet", "ledger.csv"):
        before = (folder / name).read_bytes()
        (folder / name).write_bytes(before[:-40] + b"x" + before[-39:])
        assert f"{folder}: {name}: missing, damaged or changed" in refusal(["report", str(folder)], capsys)
        (folder / name).write_bytes(before)
    (folder / "series.parquet").unlink()  # as in the gallery, which keeps no large tables
    assert f"{folder}: series.parquet: missing" in refusal(["report", str(folder)], capsys)
    assert (folder / "report.html").read_text() == page


# Nothing of the environment


@pytest.mark.parametrize("text", ["${oc.env:SECRET}", "${oc.decode:${oc.env:SECRET}}", "${SECRET}", "$SECRET", "${"])
@pytest.mark.parametrize("kind", ["scenario", "experiment", "trial"])
def test_no_file_reads_the_environment(conf: Path, capsys: pytest.CaptureFixture[str], kind: str, text: str) -> None:
    content = f"{HEADER}title: '{text}'\n" + (DESIGN if kind == "experiment" else "")
    if kind == "trial":
        content += (conf / "trial" / "reply_to_newcomers.yaml").read_text().partition("\n")[2]
    main(put(conf, kind, content))
    printed = capsys.readouterr()
    texts = (".yaml", ".json", ".html", ".csv")
    found = [path.read_text() for path in Path("results").rglob("*") if path.suffix in texts]
    assert SECRET not in "".join([printed.out, printed.err, *found])


# Read as written, or refused


@pytest.mark.parametrize(
    "top",
    ["", "# @package host\n", "# @package _global_: x\n", "\ufeff# @package _global_\n", "#@package _global_ x\n",
     "title: x\n# @package _global_\n", "# a remark\n# @package _global_\n", "# @package _global_\n# @package host\n"],
)  # fmt: skip
def test_a_scenario_that_hydra_would_not_apply_is_refused(
    conf: Path, capsys: pytest.CaptureFixture[str], top: str
) -> None:
    line = refusal(put(conf, "scenario", f"{top}people: 77\n"), capsys)
    assert line.startswith("scenario stranger: the file has to begin with the line '# @package _global_'")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("people: 1\npeople: 2\n", "line 3: people stands twice"),
        ("host: {replies: 0, replies: 1}\n", "line 2: replies stands twice"),
        ("a: &a [*a]\n", "line 2: anchors"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "line 2: anchors"),
        (f"a: {'[' * 3000}{']' * 3000}\n", f"line 2: more than {DEEPEST} levels"),
        ("people: 1:30\n", "line 2: YAML reads 1:30 as another number"),
        ("people: 0100\n", "line 2: YAML reads 0100 as another number"),
        (f"people: {'9' * 400}\n", "line 2: 9999"),
        (f"people: {'9' * 5000}\n", "has more than 18 digits"),
        ('title: "\\e[2J"\n', "line 2: control characters are not read (\\x1b[2J)"),
        ("people: [\n", "line 3: this is not YAML"),
        (f"# {'x' * LARGEST}\n", "the file is larger than 1024 KiB"),
        ("? [a]\n: 1\n", "line 2: a key has to be a word"),
    ],
)
def test_what_yaml_passes_in_silence_or_cannot_bear_is_refused_with_its_line(
    conf: Path, capsys: pytest.CaptureFixture[str], kind: str, text: str, words: str
) -> None:
    begun = time.perf_counter()
    assert words in refusal(put(conf, kind, HEADER + text), capsys)
    assert time.perf_counter() - begun < 5.0


@pytest.mark.parametrize("kind", ["scenario", "experiment"])
@pytest.mark.parametrize("text", ["host.replies: 0", "params: {visit.base: 0.1}", "venues: {b.host: {replies: 0}}"])
def test_a_dotted_name_that_would_not_apply_is_refused(
    conf: Path, capsys: pytest.CaptureFixture[str], kind: str, text: str
) -> None:
    assert "indented below it" in refusal(put(conf, kind, f"{HEADER}{text}\n"), capsys)


def test_a_date_is_a_title_like_any_other(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(put(conf, "experiment", f"title: 2026-11-25\n{DESIGN}")) == 0
    (conf / "scenario" / "stranger.yaml").write_text(f"{HEADER}title: 2026-11-25\n")
    assert scenarios.read("stranger")["title"] == "2026-11-25"


@pytest.mark.parametrize("kind", ["scenario", "experiment", "trial"])
@pytest.mark.parametrize("content", [b"title: caf\xe9\n", b"title: [\n", b"\xff\xfe\x00", b"- 1\n"])
def test_one_broken_file_leaves_the_list_of_the_others(
    conf: Path, capsys: pytest.CaptureFixture[str], kind: str, content: bytes
) -> None:
    others = {"scenario": "support_forum", "experiment": "01_mine", "trial": "reply_to_newcomers"}
    put(conf, kind, "")
    path = conf / kind / "stranger.yaml"
    (Path("experiments/09_stranger/experiment.yaml") if kind == "experiment" else path).write_bytes(content)
    assert main([f"{kind}s"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    (about,) = [line for line in printed.out.splitlines() if "cannot be read" in line]
    assert "stranger" in about
    assert others[kind] in printed.out


def test_every_file_that_comes_along_is_read_by_the_safe_reader() -> None:
    folder = folders.built_in()
    for path in folder.rglob("*.yaml"):
        assert isinstance(read_yaml(path), dict), path


def test_a_device_or_a_folder_is_not_read() -> None:
    for path in (Path("/dev/zero"), Path("."), Path("nothing.yaml")):
        with pytest.raises(SettingsError):
            read_yaml(path)


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 60 + "]" * 60, '{"a": 1, "a": 2}', "{", "9" * 5000])
def test_json_is_read_within_limits_too(text: str) -> None:
    Path("x.json").write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_json(Path("x.json"))
    assert len(refused.value.lines) == 1


# What reaches the terminal


def test_every_refusal_is_printable_short_and_says_not_too_much() -> None:
    error = SettingsError(*(f"{number}\x1b[2J\r\n\u202e{'x' * 2_000_000}" for number in range(100)))
    assert len(error.lines) == MOST_LINES
    assert all(line.isprintable() and len(line) < LONGEST + 100 for line in error.lines)
    assert "and 81 more" in error.lines[-1]
    assert str(WorkError("a\nb\x07")) == "a\\nb\\x07"
    assert printable(printable(str(error))) == printable(str(error))


@pytest.mark.parametrize(
    "arguments",
    [
        ["title=\x1b[2J", "people=x"],
        ["people=\x1b[2J"],
        ["hos\x1b[2Jt=3"],
        ["\x1b[2J"],
        ["scenario=\x1b[2J"],
        ["compare", "alt.\x1b[2J=host.replies=0"],
        ["people=" + "9" * 5000],
        ["people=" + "x" * 2_000_000],
        ["people=" + "[" * 3000],
        ["venue.ad_load=" + "9" * 400],
        ["venue.ad_load=" + "1_" * 5000 + "1"],
        ["-m", "venue.ad_load=0," + "9" * 400],
        ["-m", "venue.ad_load=" + "[" * 3000],
        ["trial", "trial=reply_to_newcomers", "trial.replicates=" + "9" * 5000],
        ["trial", "trial=\x1b[2J\n"],
        ["experiment=\x1b[2J\n"],
        ["resume", "\x1b[2J\n"],
        ["report", "\x1b[2J\n"],
        ["validate", "\x1b[2J\n"],
        ["vectors=\x1b[2J\n"],
        ["vectors=" + "x" * 5000],
        ["--policy", "\x1b[2J\n:x"],
    ],
)  # fmt: skip
def test_a_command_line_of_nonsense_is_refused_in_short_printable_lines(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    lines = printed.err.split("\n")[:-1]
    assert 1 <= len(lines) <= 3
    assert all(line.isprintable() and len(line) < LONGEST + 100 for line in lines)


# The corpus


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fuzz.Home]:
    """Make a configuration, a finished sweep and a finished run, once for all files."""
    back = Path.cwd()
    made = fuzz.Home(tmp_path_factory.mktemp("home"))
    yield made
    made.changed.close()
    os.chdir(back)


BAD = sorted(path for path in fuzz.CORPUS.rglob("*") if path.is_file())


def corpus() -> list[Any]:
    """Return the corpus as parameters: every third file, and the others where there is time (`make slow`)."""
    return [
        pytest.param(path, id=str(path.relative_to(fuzz.CORPUS)), marks=[pytest.mark.slow] if place % 3 else [])
        for place, path in enumerate(BAD)
    ]


@pytest.mark.parametrize("path", corpus())
def test_every_file_of_the_corpus_is_refused_in_at_most_three_short_lines(
    home: fuzz.Home, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    monkeypatch.chdir(home.here)
    monkeypatch.setattr(folders, "built_in", lambda: home.folder / "conf")
    kind = path.parent.name
    for arguments in fuzz.commands(kind, path.suffix):
        with home.holding(kind, path.read_bytes(), path.suffix), fuzz.alarm(fuzz.SECONDS):
            code, _, err = fuzz.call(arguments)
        lines = err.split("\n")[:-1]
        assert code == 2, (arguments, err)
        assert 1 <= len(lines) <= 3, err
        assert all(line.isprintable() and len(line) <= fuzz.LONGEST for line in lines), err
    assert not (home.here / "ran").exists()


def test_the_corpus_has_files_of_every_kind() -> None:
    assert {path.parent.name for path in BAD} == set(fuzz.PLACES)
    assert len(BAD) > 300


# Nonsense that was accepted


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trial", "trial=award_top_contributors", "trial.arms.award.dose=nan"], "arms.award.dose"),
        (["trial", "trial=award_top_contributors", "trial.arms.award.share=inf"], "arms.award.share"),
        (["trial", "trial=award_top_contributors", "trial.arms.award.dose=true"], "arms.award.dose"),
        (["trial", "trial=award_top_contributors", "trial.who={top_contributors: {share: nan}}"], "share=nan"),
        (["trial", "trial=award_top_contributors", "trial.who={top_contributors: {window: 1.5}}"], "window=1.5"),
        (["trial", "trial=ad_load_dose", "trial.arms.half.does={lever: {venue.ad_load: [2]}}"], "ad_load=[2]"),
        (["design=grid", "design.factors={venue.ad_load: [0, 4]}", "engine.series=3"], "engine.series=3"),
        (["design=grid", "design.factors={venue.ad_load: [0, 4]}", "engine.series=1"], "engine.series=1"),
        (["design=lhs", "design.factors={venue.ad_load: [0, 4]}", "design.n=1e999"], "design.n"),
        (["replicates=auto", "precision.half_width=inf", "design=grid", "design.factors={venue.ad_load: [0, 4]}"],
         "precision.half_width=inf"),
    ],
)  # fmt: skip
def test_a_value_without_a_meaning_is_refused(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in refusal(arguments, capsys)
