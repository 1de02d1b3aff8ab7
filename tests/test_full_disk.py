"""A full disk and a folder that nobody may write in: what was finished is kept, and one line says so."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main as command_line
from sim.lab.runs import result_folder
from sim.lab.validation import evaluate

RUN = ["people=60", "days=40", "replicates=2", "workers=1", "venue.launch=2", "host_off=30"]
COMPARE = ["compare", "alt.a=host.replies=0", *RUN, "vectors=declared"]
TRIAL = [
    "trial", "trial=award_top_contributors", "people=300", "days=200", "replicates=2", "workers=1", "venue.launch=2",
    "params.join.reserve=-1", "trial.start=60", "trial.who.top_contributors={share: 1.0, window: 60}",
    "trial.outcomes={posts: [[0,30],[0,90]], retained: [[0,90]]}", "trial.primary=posts_0_90",
]  # fmt: skip
Outcome = tuple[int, list[str], list[str]]
real_whole = result_folder.whole


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def outcome(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a command and return exit code, lines on stdout and lines on stderr."""

    def run(*arguments: str) -> Outcome:
        code = command_line.main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err.splitlines()

    return run


def failing_at(name: str, code: int) -> Any:
    """Return a way to write in which one file breaks off in the middle."""

    @contextmanager
    def whole(path: Path) -> Iterator[Path]:
        with real_whole(path) as part:
            yield part
            if path.name == name:
                raise OSError(code, os.strerror(code))

    return whole


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize(
    ("arguments", "name", "kept"),
    [
        (RUN, "series.parquet", {"summary.csv", "ledger.csv", "parameters.csv", "outcomes.parquet"}),
        (RUN, "manifest.json", {"summary.csv", "series.parquet", "people.parquet", "config.yaml"}),
        (COMPARE, "people.parquet", {"summary.csv", "outcomes.csv"}),
        (TRIAL, "enrolled.parquet", {"effects.csv"}),
        (TRIAL, "trial.yaml", {"effects.csv", "enrolled.parquet"}),
    ],
)
def test_a_folder_that_cannot_be_completed_keeps_its_complete_files_and_the_headline_is_printed(
    outcome: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch,
    arguments: list[str], name: str, kept: set[str], code: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(result_folder, "whole", failing_at(name, code))
    exit_code, out, (line,) = outcome(*arguments)
    (folder,) = Path("results").glob("*/*_incomplete")
    assert exit_code == 1
    assert len(out) > 3
    assert line.startswith(f"barnraise: {os.strerror(code)}: {folder} is incomplete and has no report; it contains ")
    files = {path.name for path in folder.iterdir()}
    assert kept <= files
    assert name not in files
    assert not any(file.endswith(".part") for file in files)


def test_where_not_even_the_first_file_fits_the_line_says_that_nothing_was_kept(
    outcome: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_folder, "whole", failing_at("summary.csv", errno.ENOSPC))
    code, _, err = outcome(*RUN)
    assert (code, err) == (1, [
        "barnraise: results/support_forum cannot be written to: No space left on device; nothing could be kept"
    ])  # fmt: skip
    assert list(Path("results/support_forum").iterdir()) == []


def test_where_the_disk_can_only_be_read_from_now_on_the_headline_is_printed_and_one_line_says_so(
    outcome: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_folder, "whole", failing_at("series.parquet", errno.EROFS))
    monkeypatch.setattr(Path, "rename", full)
    code, out, err = outcome(*RUN)
    assert (code, err) == (1, [
        "barnraise: results/support_forum cannot be written to: Read-only file system; nothing could be kept"
    ])  # fmt: skip
    assert len(out) > 3


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("writer", ["matplotlib.figure.Figure.savefig", "sim.show.report.page.write_text"])
def test_without_room_for_the_report_the_run_is_kept_and_the_report_can_be_written_later(
    outcome: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(writer, full)
        code, out, err = outcome(*RUN)
        folder = Path(out[-1])
        assert (code, err) == (1, [
            "barnraise: the report is missing (No space left on device); write it with: "
            f"barnraise report {folder}"
        ])  # fmt: skip
        assert (folder / "manifest.json").is_file()
        assert outcome("report", str(folder)) == (1, [], ["barnraise: No space left on device"])
    assert outcome("report", str(folder)) == (0, [str(folder)], [])


def test_a_report_that_cannot_be_written_again_leaves_the_old_one(
    outcome: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out, _ = outcome(*RUN)
    report = Path(out[-1]) / "report.html"
    old = report.read_bytes()
    monkeypatch.setattr(result_folder, "whole", failing_at("report.html", errno.ENOSPC))
    assert outcome("report", out[-1])[0] == 1
    assert report.read_bytes() == old


def test_a_full_disk_keeps_the_measurements_and_the_old_scoreboard(
    outcome: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["validate", "N1", "seeds=2", "workers=1"]
    with monkeypatch.context() as patched:
        patched.setattr("sim.lab.validation.scoreboard.whole", failing_at("scoreboard.csv", errno.ENOSPC))
        code, out, (line,) = outcome(*asked)
        assert code == 2
        assert any("N1" in words for words in out)
        assert line.endswith("cannot be written to: No space left on device")
    monkeypatch.setattr(evaluate, "measure_unit", full)  # everything was measured and kept
    code, out, err = outcome(*asked)
    assert (code, err) == (0, [])
    assert Path(out[-1]).is_file()
