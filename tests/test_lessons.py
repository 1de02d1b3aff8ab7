"""Every command of a lesson runs, every key is a range from the table, and a lesson says where a claim fails."""

import re
import shlex
from pathlib import Path

import lessons
import pandas as pd
import pytest

from sim.cli.main import main
from sim.world.measures import OUTCOMES

KEYS = lessons.keys()
COMMANDS = [(lesson, command) for lesson in lessons.LESSONS for command in lessons.commands(lesson)]
TEXTS = {lesson: path.read_text(encoding="utf-8") for lesson, path in lessons.LESSONS.items()}
SECTIONS = [
    "Purpose", "Materials and time", "Predict", "Run", "Worksheet", "Key", "Explain", "Misconceptions", "Evidence",
    "Where this world is wrong",
]  # fmt: skip
TEACH = lessons.FOLDER / "README.md"


def test_there_are_six_lessons_and_the_index_leads_to_each() -> None:
    assert list(lessons.LESSONS) == [1, 2, 3, 4, 5, 6]
    linked = re.findall(r"^\| \[\d\. .+?\]\((\d_\w+\.md)\)", TEACH.read_text(encoding="utf-8"), re.MULTILINE)
    assert linked == [path.name for path in lessons.LESSONS.values()]


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_a_lesson_has_all_its_parts_in_order(lesson: int) -> None:
    assert re.findall(r"^## (.+)$", TEXTS[lesson], re.MULTILINE) == SECTIONS
    explained = TEXTS[lesson].partition("\n## Explain\n")[2].partition("\n## ")[0]
    assert all(f"**{part}" in explained for part in ("What the essay", "What this world says", "Why neither settles"))
    assert TEXTS[lesson].partition("\n## Evidence\n")[2].startswith("\n**For")


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_a_lesson_takes_fifty_minutes_and_predicts_before_it_runs(lesson: int) -> None:
    plan = re.findall(r"^\| (\d+) to (\d+) \| ([\w ]+) \|", TEXTS[lesson], re.MULTILINE)
    starts, ends = [int(row[0]) for row in plan], [int(row[1]) for row in plan]
    assert starts == [0, *ends[:-1]]
    assert ends[-1] == 50
    assert [row[2] for row in plan][:4] == ["predict", "run", "be surprised", "explain"]


def test_claims_fail_in_lessons_and_these_are_claims_that_fail_in_the_table_of_scenarios() -> None:
    failing = [lesson for lesson, text in TEXTS.items() if re.search(r"\*\*.*claim fails", text)]
    assert failing == [3, 4, 6]
    table = pd.read_csv(lessons.FOLDER.parents[1] / "results" / "gallery" / "scenarios.csv")
    failed = set(table.loc[table["verdict"] == "fails", "scenario"])
    assert failed == {"already_exists", "badge_shop", "clone_20pct", "collaborators"}
    assert all(any(name in TEXTS[lesson] for name in failed) for lesson in failing)


# Keys


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_the_key_in_a_lesson_is_that_of_the_table(lesson: int) -> None:
    own = [key for key in KEYS if key.lesson == lesson]
    assert lessons.filled(TEXTS[lesson], own) == TEXTS[lesson], "run `python docs/lessons.py --write`"
    assert all(f"\n| {key.id} | {key.command} | {key.what} |" in TEXTS[lesson] for key in own)


def test_a_key_is_a_range_over_seeds_with_the_interval_of_its_mean() -> None:
    assert len({key.id for key in KEYS}) == len(KEYS)
    assert {(key.replicates, key.seed) for key in KEYS} == {(lessons.REPLICATES, lessons.SEED)}
    assert lessons.SEED != lessons.OTHER_SEED
    assert [key.id for key in KEYS if not key.low <= key.high or not key.mean_low < key.mean_high] == []


def test_every_command_has_a_key_and_every_key_a_command() -> None:
    numbered = {(lesson, n + 1) for lesson in lessons.LESSONS for n in range(len(lessons.commands(lesson)))}
    assert {(key.lesson, key.command) for key in KEYS} == numbered
    assert {key.outcome for key in KEYS} <= set(OUTCOMES)


@pytest.mark.parametrize(
    ("mean", "clear", "unclear"),
    [(12, True, True), (30, True, True), (31, False, False), (-3, False, True), (0, False, True), (-6, False, False)],
)
def test_a_key_fails_outside_its_range_and_a_clear_difference_on_the_other_side_of_0(
    mean: float, clear: bool, unclear: bool
) -> None:
    key = KEYS[0]._replace(against="base", outcome="size", low=-5.0, high=30.0, mean_low=2.0, mean_high=20.0)
    assert key.holds(mean) == clear
    assert key._replace(mean_low=-2.0).holds(mean) == unclear


def test_a_range_is_rounded_outwards_and_measured_over_pairs() -> None:
    key = KEYS[0]._replace(arm="other", against="base", outcome="answered")
    runs = {"base": {"answered": [0.5, 0.5, 0.5]}, "other": {"answered": [0.503, 0.603, 0.797]}}
    new = key.measured(runs, seed=7)
    assert (new.low, new.high, new.replicates, new.seed) == (0.02, 0.26, 3, 7)
    assert lessons.shown(new.low, new.high, new) == "+2 to +26 points"


# Commands


def small(command: str) -> dict[str, int]:
    """Return settings that make a command cheap: few people, few days, two runs in this process."""
    return {"people": 100, "days": 60, "replicates": 2, "workers": 1} | (
        {"change_day": 30} if "change_day=" in command else {}
    )


@pytest.mark.parametrize(("lesson", "command"), COMMANDS, ids=lambda value: str(value).partition(" alt.")[0])
def test_a_command_of_a_lesson_runs_and_has_what_its_keys_are_about(lesson: int, command: str) -> None:
    values = lessons.values_of(command, **small(command))
    own = [key for key in KEYS if key.lesson == lesson and lessons.commands(lesson)[key.command - 1] == command]
    assert all(len(values[key.arm][key.outcome]) == 2 for key in own)
    assert all(key.against in {"", *values} for key in own)


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "command"), COMMANDS, ids=lambda value: str(value).partition(" alt.")[0])
def test_typed_as_it_stands_a_command_gives_the_numbers_that_the_keys_are_made_of(
    lesson: int, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cheap = small(command)
    typed = [word for word in shlex.split(command) if word.partition("=")[0] not in cheap]
    assert main([*typed, *(f"{name}={value}" for name, value in cheap.items()), f"results={tmp_path}"]) == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    table = pd.read_parquet(folder / "outcomes.parquet").set_index(["arm", "outcome"])["value"]
    values = lessons.values_of(command, **small(command))
    for key in (key for key in KEYS if key.lesson == lesson and lessons.commands(lesson)[key.command - 1] == command):
        assert list(table.loc[[(key.arm, key.outcome)]]) == pytest.approx(values[key.arm][key.outcome], nan_ok=True)


@pytest.mark.slow
def test_all_keys_hold_with_another_seed(capsys: pytest.CaptureFixture[str]) -> None:
    assert lessons.main([]) == 0, capsys.readouterr().out
