"""The command `intake`: ten questions, of which each can be skipped, become a scenario that runs."""

import builtins
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

from sim.cli import compose, intake
from sim.cli.main import main
from sim.lab.settings import folders

FILE = Path("conf/scenario/mine.yaml")


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write where it disturbs nobody."""
    monkeypatch.chdir(tmp_path)


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], list[str]]:
    """Return exit code, lines on stdout and lines on stderr."""
    code = main(list(arguments))
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err.splitlines()


def typed(monkeypatch: pytest.MonkeyPatch, lines: Iterable[str | type[BaseException]]) -> None:
    """Let a user type these lines, or end the input or the program."""
    left = iter(lines)

    def answer(_: str) -> str:
        line = next(left, EOFError)
        if isinstance(line, str):
            return line
        raise line

    monkeypatch.setattr(builtins, "input", answer)


def written(capsys: pytest.CaptureFixture[str], **answers: object) -> str:
    """Return the scenario that answers in a file become."""
    Path("answers.yaml").write_text(yaml.safe_dump(answers), encoding="utf-8")
    code, out, _ = outcome(capsys, "intake", "answers=answers.yaml", "name=mine", "--overwrite")
    assert (code, out[-1]) == (0, str(FILE))
    return FILE.read_text(encoding="utf-8")


def test_who_skips_every_question_gets_the_usual_presets_and_is_told_that_all_of_it_is_assumed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, [""] * len(intake.ASKS))
    code, out, err = outcome(capsys, "intake", "name=mine")
    assert (code, err) == (0, [])
    assert f"0 of {len(intake.ASKS)} values were answered" in " ".join(out)
    text = FILE.read_text(encoding="utf-8")
    assert "answered:" not in text
    assert "override /host: half_time # assumed" in text
    assert "#   host.onboarding: 0.5 (assumed" in text
    code, out, err = outcome(capsys, "-cd", "conf", "scenario=mine", "--dry-run")
    assert (code, err, out[-1]) == (0, [], "Nothing was run.")


@pytest.mark.parametrize("place", range(9))
def test_whatever_is_answered_the_scenario_loads_and_says_of_each_value_where_it_is_from(
    capsys: pytest.CaptureFixture[str], place: int
) -> None:
    words = {name: list(intake.options(name)) for name in intake.ASKS if name not in intake.NUMBERS}
    answers = {name: options[place % len(options)] for name, options in words.items()}
    text = written(capsys, **answers, customers=500, ads=place)
    assert outcome(capsys, "-cd", "conf", "scenario=mine", "--dry-run")[0] == 0
    chosen = [line for line in text.splitlines() if "override /" in line]
    values = [line for line in text.partition("\npeople: ")[2].splitlines() if line.startswith("  ")]
    assert len(values) > 5
    assert all("# answered" in line for line in [*chosen, *values])
    folders.add(Path("conf"))
    try:
        made = compose.request(["scenario=mine"], compares=False).experiment
    finally:
        folders.forget()
    assert (made.people, made.venue.ad_load) == (500, place)
    assert made.presets["host"] == answers["host"]
    for name in intake.LEVELS:
        for key, value in intake.LEVELS[name][str(answers[name])][1].items():
            group, _, lever = key.partition(".")
            assert getattr(getattr(made, group), lever) == value


def test_what_was_not_answered_follows_a_preset_that_is_chosen_later(capsys: pytest.CaptureFixture[str]) -> None:
    written(capsys, host="volunteer", answering="members")
    folders.add(Path("conf"))
    try:
        made = compose.request(["scenario=mine", "host=full_time"], compares=False).experiment
    finally:
        folders.forget()
    assert (made.host.hours, made.host.onboarding, made.host.replies) == (5.71, 0.5, 0.0)


def test_the_launch_is_fitted_so_that_as_many_are_active_as_there_are_now(capsys: pytest.CaptureFixture[str]) -> None:
    text = written(capsys, customers=600, active=60)
    (line,) = [line for line in text.splitlines() if "launch:" in line]
    reached = float(line.partition("with it ")[2].split()[0])
    assert reached == pytest.approx(60, rel=0.25)
    assert "answered: active=60" in line


def test_a_file_of_answers_can_be_printed_and_is_one_in_which_all_is_skipped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = outcome(capsys, "intake", "--print-questions")
    assert (code, err) == (0, [])
    tree = yaml.safe_load("\n".join(out))
    assert tree == dict.fromkeys(intake.ASKS)
    for word in ("half_time", "deleted_with_reasons", "collective"):
        assert any(word in line for line in out)


def test_a_choice_may_be_a_number_and_a_wrong_answer_is_asked_for_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    skipped = [""] * len(intake.ASKS)
    typed(monkeypatch, ["daily_tool", "", "2", "nobody_at_all", "volunteer", "many", "400", "500", "", *skipped])
    code, out, _ = outcome(capsys, "intake", "name=mine")
    assert code == 0
    assert any("host: nobody_at_all is none of" in line for line in out)
    assert any("customers: many is not a number" in line for line in out)
    assert any("active: 500 are more than the 400 customers" in line for line in out)
    text = FILE.read_text(encoding="utf-8")
    assert "override /venue: company_blog # answered" in text
    assert "people: 400 # answered" in text


@pytest.mark.parametrize(
    ("end", "code", "line"),
    [
        (EOFError, 2, f"barnraise: {intake.ENDED}"),
        (KeyboardInterrupt, 130, "barnraise: stopped, nothing was written"),
    ],
)  # fmt: skip
def test_who_breaks_off_leaves_nothing_behind_and_reads_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    end: type[BaseException], code: int, line: str,
) -> None:  # fmt: skip
    typed(monkeypatch, ["business_software", "", end])
    found, _, err = outcome(capsys, "intake", "name=mine")
    assert (found, err) == (code, [line])
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("hosts: none", "there is no question hosts; did you mean host?"),
        ("host: nobody", "host: nobody is none of agency_campaign, "),
        ("criticism: delete", "criticism: delete is none of ignored, passed_on, answered, deleted, "),
        ("customers: 0", "customers: 0 is out of range: a whole number, 1 to 10,000,000 customers"),
        ("customers: 2.5", "customers: 2.5 is out of range: a whole number, 1 to 10,000,000 customers"),
        ("ads: lots", "ads: lots is not a number"),
        ("{customers: 10, active: 11}", "active: 11 are more than the 10 customers"),
        ("- 1", "the file holds no answers (--print-questions writes one to fill in)"),
    ],
)
def test_a_mistake_in_a_file_of_answers_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], text: str, line: str
) -> None:
    Path("answers.yaml").write_text(text, encoding="utf-8")
    code, out, (found,) = outcome(capsys, "intake", "answers=answers.yaml")
    assert (code, out) == (2, [])
    assert line in found
    assert not Path("conf").exists()


def test_a_scenario_that_is_there_is_not_replaced_unless_one_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    written(capsys, ads=1)
    line = f"barnraise: {FILE} exists; take another name=NAME, or say --overwrite"
    assert outcome(capsys, "intake", "answers=answers.yaml", "name=mine") == (2, [], [line])
    code, _, (line,) = outcome(capsys, "intake", "answers=answers.yaml", "name=support_forum")
    assert code == 2
    assert line.startswith("barnraise: there is a scenario support_forum already")
    code, _, (line,) = outcome(capsys, "intake", "answers=answers.yaml", "name=My place")
    assert (code, line) == (2, "barnraise: name=My place is not a name of lower-case letters, digits and _")


def test_an_answer_that_can_have_no_effect_is_said_to_have_none(capsys: pytest.CaptureFixture[str]) -> None:
    Path("answers.yaml").write_text("{host: none, newcomers: everybody}", encoding="utf-8")
    code, _, (line,) = outcome(capsys, "intake", "answers=answers.yaml")
    assert code == 0
    assert line == "barnraise: host.onboarding has no effect: the host has no hours (host.hours=0)"
