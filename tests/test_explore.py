"""The page of a finished folder: what is in it, that its people are those of the run, and what it refuses."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.cli.main import main
from sim.lab.runs.result_folder import sha256
from sim.lab.settings import config
from sim.lab.settings.read_yaml import read_yaml
from sim.show.explore import page
from sim.show.explore.folder import MOST_ARMS
from sim.show.live.frames import Watch
from sim.world.world import World

SMALL = ("people=150", "workers=1", "replicates=2")
ARMS = ("alt.quiet=host.replies=0", "alt.none=host=none", "alt.ads=venue.ad_load=6", "alt.talk=venue.talk=0")


def made(parent: Path, *words: str, days: int = 60) -> Path:
    """Return the folder that a command makes."""
    assert main([*words, *SMALL, f"days={days}", f"results={parent}"]) == 0
    return next(path.parent for name in ("manifest.json", "provenance.json") for path in parent.glob(f"*/*/{name}"))


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a comparison with five arms."""
    return made(tmp_path_factory.mktemp("comparison"), "compare", *ARMS)


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a comparison whose arms part on a day between two pictures."""
    return made(tmp_path_factory.mktemp("forked"), "compare", ARMS[0], "change_day=20", "host_off=41", days=300)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a sweep."""
    return made(tmp_path_factory.mktemp("sweep"), "-m", "venue.ad_load=0,4", "host=none,half_time", "engine=serial")


def explored(folder: Path, *words: str) -> tuple[str, dict[str, Any]]:
    """Return the text of a folder's page, and the content in it."""
    assert main(["explore", str(folder), *words]) == 0
    text = (folder / "explore.html").read_text(encoding="utf-8")
    return text, page.unpacked(text)


@pytest.fixture(scope="module")
def seen(comparison: Path) -> dict[str, Any]:
    """Return the content of the comparison's page."""
    return explored(comparison)[1]


def frames_of(lives: list[dict[str, Any]], k: int) -> list[dict[str, Any]]:
    """Return all frames of a life, as the page joins them."""
    life = lives[k]
    before = frames_of(lives, life["past"])[: life["shared"]] if life["past"] is not None else []
    return [*before, *life["frames"]]


def active_at_the_end(folder: Path, arm: str, world: str, replicate: int) -> float:
    """Return how many members were active on the last day, as the folder's series has it."""
    table = pd.read_parquet(folder / "series.parquet")
    rows = table[(table.metric == "active") & (table.arm == arm) & (table.world == world) & (table.venue == "main")]
    return float(rows[rows.replicate == replicate].sort_values("day")["value"].iloc[-1])


@pytest.mark.parametrize(("name", "replicate"), [("comparison", 0), ("comparison", 1), ("forked", 0)])
def test_the_last_picture_of_each_life_has_as_many_active_members_as_the_folder(
    name: str, replicate: int, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(name)
    _, content = explored(folder, f"replicate={replicate}")
    lives = content["lives"]
    assert {life["world"] for life in lives} == {"as_it_was", "host_silent"}
    for k, life in enumerate(lives):
        last = frames_of(lives, k)[-1]
        assert last["day"] == content["days"]
        assert last["now"]["active"] == active_at_the_end(folder, life["arm"], life["world"], replicate)


def test_a_page_is_one_small_file_that_asks_nothing_of_the_network(comparison: Path, sweep: Path) -> None:
    for folder in (comparison, sweep):
        text, _ = explored(folder)
        assert len(text) < page.LARGEST
        assert not re.search(r"https?://|wss?://|\bfetch\(|XMLHttpRequest|@import|url\(", text)
        assert re.findall(r"(?:src|href)=[\"']([^\"']*)", text) == ["data:,"]
        assert not re.search(r"^(?:import|export) ", text, re.MULTILINE)


def test_the_page_has_four_arms_and_every_seed_and_says_what_it_leaves_out(
    comparison: Path, seen: dict[str, Any]
) -> None:
    arms = [arm["name"] for arm in seen["arms"]]
    assert arms == ["base", "quiet", "none", "ads"]
    assert len(arms) == MOST_ARMS
    assert seen["notes"] == ["Only the first 4 arms are shown, not talk."]
    assert seen["lines"]["seeds"] == [0, 1]
    curve = next(one for one in seen["lines"]["curves"] if (one["arm"], one["world"]) == ("ads", "as_it_was"))
    assert curve["of"]["active"]["seeds"][1][-1] == active_at_the_end(comparison, "ads", "as_it_was", 1)
    assert len(curve["of"]["active"]["days"]) == len(curve["of"]["active"]["mean"])


def test_everybody_who_has_joined_has_a_story_in_each_arm(comparison: Path, seen: dict[str, Any]) -> None:
    people = pd.read_parquet(comparison / "people.parquet")
    for life in seen["lives"]:
        if life["world"] == "as_it_was":
            told = life["stories"][-1]
            known = people[(people.arm == life["arm"]) & (people.replicate == 0) & (people.venue == "main")]
            assert told["day"] == seen["days"]
            assert sorted(map(int, told["of"])) == sorted(known["person"])
            assert all(title.startswith(f"Person {person} ") for person, (title, *_) in told["of"].items())


def test_arms_that_part_on_a_day_share_the_pictures_until_then(forked: Path) -> None:
    _, content = explored(forked)
    base, quiet = (
        next(k for k, life in enumerate(content["lives"]) if life["arm"] == arm) for arm in ("base", "quiet")
    )
    shared = content["lives"][quiet]["shared"]
    whole, own = frames_of(content["lives"], base), content["lives"][quiet]["frames"]
    assert content["lives"][quiet]["past"] == base
    assert whole[shared - 1]["day"] <= 20 < own[0]["day"]
    assert [frame["day"] for frame in whole[shared:]] == [frame["day"] for frame in own]


def test_people_are_refused_and_lines_kept_if_the_run_comes_out_otherwise_now(
    comparison: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(comparison, folder)
    path = folder / "outcomes.parquet"
    table = pd.read_parquet(path)
    table.loc[table.outcome == "size", "value"] += 1
    table.to_parquet(path)
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    listed["outputs"] |= {path.name: sha256(path)}
    (folder / "manifest.json").write_text(json.dumps(listed), encoding="utf-8")
    _, content = explored(folder)
    assert content["lives"] == []
    assert content["lines"]["curves"]
    assert "The people are not shown: the program has changed since the run (base: Size was " in content["notes"][-1]
    assert content["notes"][-1] in capsys.readouterr().err


def test_people_are_refused_and_lines_kept_if_this_version_does_not_know_a_setting(
    comparison: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "older"
    shutil.copytree(comparison, folder)
    path = folder / "config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("ad_load:", "ad_lode:"), encoding="utf-8")
    _, content = explored(folder)
    assert content["lives"] == []
    assert "this version cannot run the folder's settings (unknown setting venue.ad_lode" in content["notes"][-1]


def test_a_sweep_has_its_points_with_all_factors_outcomes_and_runs(sweep: Path) -> None:
    _, content = explored(sweep)
    assert content["kind"] == "sweep"
    assert {one["name"]: one["values"] for one in content["factors"]} == {
        "venue.ad_load": [0, 0, 4, 4], "host": ["none", "half_time"] * 2
    }  # fmt: skip
    size = content["outcomes"][0]
    runs = pd.concat(map(pd.read_parquet, (sweep / "runs").glob("*.parquet"))).sort_values("run_id")
    assert size["name"] == "size"
    assert [value for values in size["runs"] for value in values] == runs["size"].tolist()
    assert size["mean"] == pytest.approx(runs.groupby("point")["size"].mean().tolist(), rel=1e-3)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the one line with which the command refuses."""
    capsys.readouterr()
    assert main(["explore", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    return line


def test_what_cannot_be_explored_is_refused_in_one_line(
    comparison: Path, sweep: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "explore takes one folder" in refused(capsys)
    assert "is no results folder" in refused(capsys, str(tmp_path))
    assert "replicate=7 is not in" in (line := refused(capsys, str(comparison), "replicate=7"))
    assert line.endswith("0 to 1 are finished")
    assert "a sweep keeps no people" in refused(capsys, str(sweep), "replicate=0")
    assert "--output" in refused(capsys, str(comparison), "--output", str(tmp_path / "nowhere" / "page.html"))


@pytest.mark.parametrize("kind", ["trial", "tornado", "passport"])
def test_a_folder_of_another_kind_is_refused_with_what_can_be_explored(
    kind: str, comparison: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / kind
    shutil.copytree(comparison, folder)
    told = json.loads((folder / "scenario.json").read_text(encoding="utf-8")) | {"kind": kind}
    (folder / "scenario.json").write_text(json.dumps(told), encoding="utf-8")
    line = refused(capsys, str(folder))
    assert line.endswith(f"is the folder of a {kind}: explore shows a run, a comparison or a sweep")


def test_changed_tables_and_links_are_refused(
    comparison: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(comparison, folder)
    (folder / "summary.csv").write_text("metric\n", encoding="utf-8")
    assert "summary.csv: missing, damaged or changed since the run" in refused(capsys, str(folder))
    (folder / "explore.html").unlink(missing_ok=True)
    (folder / "explore.html").symlink_to(tmp_path / "elsewhere.html")
    assert "explore.html is a link" in refused(capsys, str(folder))


def without_large_tables(folder: Path, parent: Path) -> Path:
    """Return a copy of a folder as git would keep it."""
    copy = parent / "kept"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.parquet", "explore.html"))
    return copy


def test_a_folder_as_git_keeps_it_is_run_again_and_has_the_same_page(
    comparison: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = explored(without_large_tables(comparison, tmp_path))[1]
    assert "lacks its large tables, which git does not keep: it is run again" in capsys.readouterr().err
    assert content == explored(comparison)[1]


def test_a_folder_as_git_keeps_it_is_refused_if_it_comes_out_otherwise(
    comparison: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = without_large_tables(comparison, tmp_path)
    config_file = folder / "config.yaml"
    text = config_file.read_text(encoding="utf-8")
    config_file.write_text(text.replace("seed: 1\n", "seed: 2\n"), encoding="utf-8")
    assert main(["explore", str(folder)]) == 2
    assert "the program has changed since the run; run it again: barnraise compare" in capsys.readouterr().err
    older = read_yaml(config_file)
    del older["params"]["startup"]
    config_file.write_text(json.dumps(older), encoding="utf-8")
    assert main(["explore", str(folder)]) == 2
    assert "this version cannot run its settings: params.startup is missing" in capsys.readouterr().err


def test_a_title_from_a_stranger_is_text_and_no_markup(comparison: Path, tmp_path: Path) -> None:
    folder = tmp_path / "strange"
    shutil.copytree(comparison, folder)
    told = json.loads((folder / "scenario.json").read_text(encoding="utf-8"))
    told |= {"title": "</title><script>alert(1)</script> {{data}}", "question": "</script><b>"}
    (folder / "scenario.json").write_text(json.dumps(told), encoding="utf-8")
    text, content = explored(folder)
    assert text.count("<script") == 2
    assert content["title"] == told["title"]


def test_days_that_are_passed_by_are_in_the_next_frame(comparison: Path) -> None:
    settings = config.experiment(read_yaml(comparison / "config.yaml")).settings()._replace(log=True)
    daily, weekly = (Watch(World(settings, 5)) for _ in range(2))
    for watch in (daily, weekly):
        watch.look()
    for day in range(1, 29):
        for watch in (daily, weekly):
            watch.world.step()
        one = daily.look()
        if day % 7:
            weekly.pass_by()
        else:
            assert weekly.look()["now"] == one["now"]
    assert len(daily.events()) == len(weekly.events())
    assert (daily.looks == weekly.looks).all()
    assert (daily.ties == weekly.ties).all()
