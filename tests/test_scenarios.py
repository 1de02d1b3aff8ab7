"""Every scenario has a story, a question and a contrast that can be run, and the table of contrasts covers them all."""

import csv
from pathlib import Path

import pytest

from sim.cli import compose
from sim.lab.settings import inert, keys, listing, scenarios
from sim.world.measures import OUTCOMES

NAMES = scenarios.names()
TABLE = Path(__file__).parents[1] / "results" / "gallery" / "scenarios.csv"


def test_there_is_one_for_each_system_of_the_essays() -> None:
    assert len(NAMES) == 25


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_says_who_asks_what_the_essays_predict_and_what_is_worth_trying(name: str) -> None:
    about = scenarios.about(name)
    assert about is not None
    assert about.asks
    assert about.predicts.endswith(".")
    assert about.outcome in OUTCOMES
    assert about.expects in scenarios.EXPECTS
    assert set(about.levers) <= keys.levels()
    words = scenarios.read(name)
    assert all(words[word] for word in ("title", "story", "question", "claim"))
    assert words["question"].endswith("?")


@pytest.mark.parametrize("name", NAMES)
def test_the_alternatives_of_a_scenario_can_be_run_and_nothing_in_them_is_without_effect(name: str) -> None:
    about = scenarios.about(name)
    assert about is not None
    arms = [f"alt.{key}={value}" for key, value in about.alternatives.items()]
    asked = compose.request([f"scenario={name}", *arms], True)
    assert list(asked.alternatives) == list(about.alternatives)
    own = [key for key, _ in keys.flat({k: v for k, v in scenarios.read(name).items() if k in keys.LEVERS})]
    everything = [asked.experiment, *asked.alternatives.values()]
    assert inert.lines(own, everything) == []


def test_the_list_has_every_scenario_under_who_asks() -> None:
    text = listing.scenarios()
    assert all(f"\n{name} " in text for name in NAMES)
    assert "Asked by " in text
    assert listing.YOUR_OWN not in text


def test_in_three_scenarios_or_more_the_company_earns_more_without_a_community() -> None:
    with TABLE.open(encoding="utf-8") as table:
        lines = [row for row in csv.DictReader(table) if "community=none" in row["settings"]]
    better = {row["scenario"] for row in lines if row["outcome"] == "profit" and float(row["low"]) > 0}
    assert len(better) >= 3


def test_the_table_of_contrasts_has_every_scenario_once_with_a_verdict() -> None:
    with TABLE.open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    judged = [row["scenario"] for row in rows if row["verdict"]]
    assert sorted(judged) == sorted(NAMES)
    assert {row["verdict"] for row in rows} <= {"holds", "fails", "unclear", ""}
