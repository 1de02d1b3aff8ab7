"""Questions are composed of presets: what each sets, in which order, for one run, for arms and for sweeps."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import compose
from sim.cli.main import main
from sim.lab.settings import folders, keys, presets, scenarios
from sim.lab.settings.config import Experiment, experiment
from sim.lab.settings.errors import SettingsError

EVERY = [(group, name) for group in presets.PACKAGES for name in folders.files(group)]
HOSTS = folders.files("host")
PAID = ("half_time", "full_time", "team_of_three")
TINY = ["people=150", "days=40", "replicates=2", "workers=1"]


def made(*settings: str) -> Experiment:
    return experiment(compose.composed(settings))


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    folders.forget()


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_every_preset_can_be_run_and_tells_its_story_its_source_and_its_guesses(group: str, name: str) -> None:
    found = presets.read(group, name)
    assert all(len(words) >= 7 for words in (found.title, found.story, found.source, found.guesses))
    assert made(f"{group}={name}").presets[group] == name


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_every_preset_sets_the_levers_that_its_file_says(group: str, name: str) -> None:
    composed = dict(keys.flat(compose.composed([f"{group}={name}", "scenario=support_forum"])))
    assert {key: composed[key] for key, _ in keys.flat(presets.read(group, name).levers)} == dict(
        keys.flat(presets.read(group, name).levers)
    )


@pytest.mark.parametrize("name", HOSTS)
def test_a_host_leaves_nothing_of_another_host(name: str) -> None:
    whole = [*keys.LEVERS["host"]._fields]
    free = {"policy", "schedule", "schedule_list", "starts", "capacity", "budget", "hurdle", "patience"}
    free |= {
        lever for lever in whole if not any(lever in presets.read("host", other).levers["host"] for other in HOSTS)
    }
    assert set(whole) - free <= set(presets.read("host", name).levers["host"])


def test_those_who_are_employed_differ_in_their_hours_and_hardly_in_their_duties() -> None:
    half, full, three = (made(f"host={name}").host for name in PAID)
    assert full.hours == pytest.approx(2 * half.hours, rel=0.01)
    assert three.hours == pytest.approx(3 * full.hours, rel=0.01)
    assert half._replace(hours=full.hours) == full


@pytest.mark.parametrize("name", scenarios.names())
def test_every_scenario_is_composed_of_presets_and_adds_little(name: str) -> None:
    assert set(scenarios.chosen(name)) == {"people", "product", "venue", "host"}
    levers = [key for key, _ in keys.flat(scenarios.read(name)) if "." in key]
    assert len([name for name in levers if not name.startswith("venues.")]) <= 8  # a further place has its own


def test_what_is_nearer_to_the_user_counts() -> None:
    assert made().host.hours == made("host=half_time").host.hours  # the scenario's preset
    assert made("host=full_time").host.hours == 5.71  # the user's
    assert made("host=full_time", "host.hours=1").host.hours == 1  # the user's value
    assert made("host.hours=1", "host=full_time").host.hours == 1  # in whatever order
    assert made("scenario=ad_ratchet", "venue=chat_workspace").venue.ad_load == 6  # the scenario's point
    assert made("scenario=ad_ratchet", "community=none").venue.opens == 3650


def test_a_scenario_that_keeps_a_lever_from_a_chosen_preset_says_so_in_a_line() -> None:
    (line,) = compose.request(["scenario=ad_ratchet", "venue=chat_workspace"], False).notes
    assert "venue=chat_workspace" in line
    assert "venue.ad_load=6" in line
    assert not compose.request(["scenario=ad_ratchet", "venue=forum"], False).notes  # as it is anyway
    assert not compose.request(["scenario=ad_ratchet", "venue=chat_workspace", "venue.ad_load=3"], False).notes


def test_people_takes_a_number_of_customers_and_a_kind_of_people() -> None:
    found = made("people=patients", "people=300")
    assert found.people == 300
    assert found.presets["people"] == "patients"
    assert found.population == made("people=patients").population


def test_a_profile_stands_in_place_of_a_scenario_and_takes_presets() -> None:
    social = made("profile=social")
    assert (social.scenario, social.days, social.presets) == ("social", 365, {})
    assert made("profile=social", "host=none").host.hours == 0
    with pytest.raises(SettingsError, match="in place of a scenario"):
        made("profile=social", "scenario=ad_ratchet")


def test_a_further_venue_takes_presets_too() -> None:
    place = made("venues.chat.venue=chat_workspace", "venues.chat.host=none", "venues.chat.venue.ad_load=2").venues[
        "chat"
    ]
    assert place.venue.effort == made("venue=chat_workspace").venue.effort
    assert (place.venue.ad_load, place.host.hours) == (2, 0)


def test_arms_choose_presets_and_scenarios_and_keep_what_the_base_was_given() -> None:
    asked = compose.request(
        ["venue=forum", "host.awards=1", "people=300", "alt.none=host=none", "alt.badges=scenario=badge_shop",
         "alt.nothing=community=none"], True)  # fmt: skip
    none, badges, nothing = (asked.alternatives[name] for name in ("none", "badges", "nothing"))
    assert (none.host.hours, none.host.awards) == (0, 1)  # the command line's value holds in every arm
    assert (badges.scenario, badges.venue.points, badges.people) == ("badge_shop", 1, 300)
    assert (nothing.venue.opens, nothing.host.hours) == (3650, 0)


def test_an_arm_may_have_other_people() -> None:
    asked = compose.request(["alt.a=people=patients", "people=300"], True)
    assert asked.alternatives["a"].population != asked.experiment.population
    assert asked.alternatives["a"].people == 300
    with pytest.raises(SettingsError, match="people is common to all arms"):
        compose.request(["alt.a=people=400"], True)


def test_several_choices_in_a_comparison_are_arms() -> None:
    asked = compose.request(["scenario=support_forum,badge_shop,ad_ratchet"], True)
    assert asked.experiment.scenario == "support_forum"
    assert {name: arm.scenario for name, arm in asked.alternatives.items()} == {
        "badge_shop": "badge_shop", "ad_ratchet": "ad_ratchet",
    }  # fmt: skip


def test_what_is_settled_at_birth_does_not_change_on_a_day() -> None:
    for choice in ("people=patients", "community=none", "scenario=badge_shop", "product=daily_tool"):
        with pytest.raises(SettingsError, match="settled before the first day"):
            compose.request(["change_day=100", f"alt.a={choice}"], True)
    assert compose.request(["change_day=100", "alt.a=host=none"], True).alternatives["a"].host.hours == 0


def test_a_sweep_crosses_presets_with_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-m", "host=none,half_time", "venue=forum,chat_workspace", "venue.talk=0,1", *TINY]) == 0
    table = pd.concat(map(pd.read_parquet, sorted(Path(capsys.readouterr().out.split()[-1]).glob("runs/*.parquet"))))
    assert len(table) == 2 * 2 * 2 * 2
    assert set(table["host"]) == {"none", "half_time"}
    assert (table.loc[table["host"] == "none", "host_cost"] == 0).all()
    assert (table.loc[table["host"] == "half_time", "host_cost"] > 0).all()


def test_nothing_is_composed_from_a_name_twice(tmp_path: Path) -> None:
    mine = tmp_path / "conf"
    (mine / "host").mkdir(parents=True)
    shutil.copy(HOSTS["half_time"], mine / "host" / "half_time.yaml")
    with pytest.raises(SettingsError, match="there is host=half_time already; give the file another name"):
        folders.add(mine)


def test_nor_is_a_set_of_vectors(tmp_path: Path) -> None:
    for conf in (tmp_path / "one", tmp_path / "two"):
        (conf / folders.VECTORS).mkdir(parents=True)
        (conf / folders.VECTORS / "mine.csv").write_text("vector,visit.base\n0,0.05\n")
    folders.add(tmp_path / "one")
    with pytest.raises(SettingsError, match="there is vector_sets=mine already"):
        folders.add(tmp_path / "two")


def test_a_folder_of_ones_own_holds_presets_and_scenarios(tmp_path: Path) -> None:
    mine = tmp_path / "my conf"  # with a space
    (mine / "host").mkdir(parents=True)
    (mine / "scenario").mkdir()
    (mine / "host" / "ten_hours.yaml").write_text("about: {title: Ten hours}\nhours: 1.43\nreplies: 1\n")
    (mine / "scenario" / "mine.yaml").write_text(
        "# @package _global_\ndefaults:\n  - override /host: ten_hours\n  - _self_\ntitle: Mine\n"
    )
    folders.add(mine)
    found = made("scenario=mine")
    assert (found.host.hours, found.presets, found.title) == (1.43, {"host": "ten_hours"}, "Mine")
    assert "ten_hours" in presets.listing()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("hours: 2", "host mine: the file has no words about itself"),
        ("about: {title: x, author: y}\nhours: 2", "about holds title, story, source, guesses"),
        ("about: {title: x}\nhour: 2", "unknown setting host.hour; did you mean host.hours?"),
        ("about: {title: x}\nhost: {hours: 2}", "unknown setting host.host.hours"),
        ("# @package venue\nabout: {title: x}\nhours: 2", "begin without an instruction to Hydra"),
    ],
)  # fmt: skip
def test_a_preset_sets_the_levers_of_its_group_and_nothing_else(tmp_path: Path, text: str, line: str) -> None:
    (tmp_path / "conf" / "host").mkdir(parents=True)
    (tmp_path / "conf" / "host" / "mine.yaml").write_text(text)
    folders.add(tmp_path / "conf")
    with pytest.raises(SettingsError, match=line.replace("?", r"\?")):
        presets.read("host", "mine")
