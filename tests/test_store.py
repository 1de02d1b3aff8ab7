"""The folder of a sweep: what is there stays, what is damaged is named, and nothing is mixed that does not belong."""

import errno
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import sweep_tasks
import yaml

from sim.lab.settings.errors import SettingsError, WorkError
from sim.lab.settings.keys import defaults
from sim.lab.sweeps import engine, parts, point_run, store
from sim.lab.sweeps.aggregate import aggregate
from sim.lab.sweeps.design import Base, Design, Factor, points_of
from sim.lab.sweeps.executors import Serial
from sim.lab.sweeps.point_run import Result
from sim.lab.sweeps.store import Shard, Store
from sim.lab.sweeps.sweep_folder import Sweep
from sim.lab.sweeps.verify import verify
from sim.world.measures import OUTCOMES

BASE: Base = {(): defaults()}
MIXED = Design(
    "csv",
    (Factor("scenario", group=True), Factor("people"), Factor("venue.ad_load"), Factor("host_off")),
    points_of(("scenario", "people", "venue.ad_load", "host_off"), [("a", 20, 0.1, None), ("b", 30, 1 / 3, 7)]),
    replicates=2,
    seed=5,
    options={"n": 2},
)
TWO: Base = {("a",): defaults(), ("b",): defaults()}


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """Return the folder of a sweep of quick runs, in two parts."""
    base, design = sweep_tasks.tiny(), sweep_tasks.design_of()
    opened = store.create(tmp_path, base, design)
    for run_ids in (np.arange(10), np.arange(24)):
        engine.run_design(base, design, Serial(sweep_tasks.quick), opened, run_ids=run_ids)
    assert len(parts.parts_of(opened.folder, "runs")) == 2
    return opened.folder


def some_results(count: int) -> list[Result]:
    return [
        Result(run_id, tuple(float(run_id + k) for k in range(len(OUTCOMES))), None, 0.1) for run_id in range(count)
    ]


# Designs


def test_a_design_survives_the_way_through_a_file_with_every_number_and_word_as_it_was(tmp_path: Path) -> None:
    opened = store.reopen(store.create(tmp_path, TWO, MIXED).folder)
    pd.testing.assert_frame_equal(opened.design.points, MIXED.points)
    assert opened.design.take(np.arange(4)) == MIXED.take(np.arange(4))
    assert opened.design.factors == MIXED.factors
    read = Design.of_tree(json.loads(json.dumps(MIXED.tree())), MIXED.points)
    assert opened.design.hash(opened.base) == MIXED.hash(TWO) == read.hash(TWO)


def test_a_runs_number_says_its_point_and_replicate_and_the_seed_is_that_of_the_replicate() -> None:
    rows = sweep_tasks.design_of(points=3, replicates=2).take(np.arange(6))
    assert [(row.run_id, row.point, row.replicate) for row in rows] == [
        (0, 0, 0), (1, 0, 1), (2, 1, 0), (3, 1, 1), (4, 2, 0), (5, 2, 1),
    ]  # fmt: skip
    assert len({row.seed for row in rows}) == 2
    assert [row.seed for row in rows[:2]] == [row.seed for row in rows[4:]]


def test_the_hash_changes_with_whatever_changes_a_number_and_with_nothing_else() -> None:
    design = sweep_tasks.design_of()
    tree = sweep_tasks.tiny()[()]
    known = design.hash({(): tree})
    assert design.hash({(): tree | {"results": "elsewhere", "workers": 7, "title": "Another"}}) == known
    assert design.hash({(): tree | {"days": 13}}) != known
    assert sweep_tasks.design_of(replicates=5).hash({(): tree}) != known
    assert sweep_tasks.design_of(points=7).hash({(): tree}) != known


# Parts


def test_runs_are_read_sorted_and_each_once(finished: Path) -> None:
    (finished / "runs" / "part-0-again.parquet").write_bytes(parts.parts_of(finished, "runs")[1].read_bytes())
    runs = sweep_tasks.runs_of(finished)
    assert runs["run_id"].tolist() == list(range(24))
    assert list(runs.columns[:6]) == ["run_id", "point", "replicate", "seed", "venue.ad_load", "host.replies"]
    assert list(runs.columns[6:]) == [*OUTCOMES, "error", "seconds"]


@pytest.mark.parametrize("level", ["auto", "30", "null", '"30"', "1e3", "", 30, 0.1, None, True, [2, 1], ["a", 1.5]])
def test_every_level_of_a_mixed_column_comes_back_as_it_was(level: object) -> None:
    text = parts.word(level)
    assert (type(parts.level(text)), parts.level(text)) == (type(level), level)


def test_levels_are_written_alike_in_all_tables(tmp_path: Path) -> None:
    points = points_of(("host_off", "venue.ad_load"), [(level, 1.0) for level in ("auto", 30, "off", None)])
    design = Design("csv", (Factor("host_off"), Factor("venue.ad_load")), points, replicates=2, seed=1)
    opened = store.create(tmp_path, BASE, design)
    outcomes = (0.0,) * len(OUTCOMES)
    opened.pending = [Result(run_id, outcomes, "no luck" if run_id % 2 else None, 0.1) for run_id in range(8)]
    opened.flush()
    aggregate(opened.folder)
    tables = [pd.read_parquet(path) for path in (opened.folder / "design.parquet", opened.folder / "runs.parquet")]
    tables += [pd.read_csv(opened.folder / name, keep_default_na=False) for name in ("summary.csv", "failures.csv")]
    tables += [pq.read_table(part).to_pandas() for part in parts.parts_of(opened.folder, "runs")]
    assert [list(dict.fromkeys(table["host_off"])) for table in tables] == 5 * [["auto", "30", "off", "null"]]


def test_what_an_interrupted_write_left_is_no_part_and_is_cleaned_when_the_work_goes_on(finished: Path) -> None:
    stray = finished / "runs" / ".part-x.parquet.1.unfinished"
    stray.write_bytes(b"half a p")
    assert len(sweep_tasks.runs_of(finished)) == 24
    sweep_tasks.resumed(finished, Serial(sweep_tasks.quick))
    assert not stray.exists()


def test_a_damaged_part_is_named_and_not_overwritten(finished: Path) -> None:
    part = parts.parts_of(finished, "runs")[1]
    content = part.read_bytes()
    for broken in (content[:-100], content[:300] + bytes(50) + content[350:], b""):
        part.write_bytes(broken)
        with pytest.raises(WorkError, match=rf"{part.name} is damaged \(.*\); delete it, then resume"):
            sweep_tasks.resumed(finished, Serial(sweep_tasks.quick))
        assert part.read_bytes() == broken


def test_the_runs_of_a_damaged_part_are_run_again_once_it_is_deleted(finished: Path) -> None:
    whole = sweep_tasks.runs_of(finished).drop(columns="seconds")
    parts.parts_of(finished, "runs")[1].unlink()
    assert sweep_tasks.resumed(finished, Serial(sweep_tasks.quick)).finished == 14
    pd.testing.assert_frame_equal(sweep_tasks.runs_of(finished).drop(columns="seconds"), whole)


def test_no_flipped_bit_anywhere_in_a_part_goes_unseen(finished: Path) -> None:
    part = parts.parts_of(finished, "runs")[1]
    content = part.read_bytes()
    readers = (
        sweep_tasks.runs_of,
        aggregate,
        Sweep,
        lambda folder: sweep_tasks.resumed(folder, Serial(sweep_tasks.quick)),
    )
    for place in range(0, len(content), 293):  # a prime, so that each reader and each bit has its turn
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        part.write_bytes(flipped)
        reader = readers[place % len(readers)]
        with pytest.raises(WorkError, match=rf"{part.name} is damaged"):
            reader(finished).parts if reader is Sweep else reader(finished)
    assert not (finished / "runs.parquet").exists()


def test_a_part_whose_directory_was_changed_is_refused_by_its_name(finished: Path) -> None:
    part = parts.parts_of(finished, "runs")[1]
    other = parts.parts_of(finished, "runs")[0]
    part.write_bytes(other.read_bytes())
    for reader in (sweep_tasks.runs_of, aggregate):
        with pytest.raises(WorkError, match=r"is damaged \(its checksum is wrong\)"):
            reader(finished)


def test_runs_that_the_design_does_not_have_are_refused_wherever_parts_are_read(finished: Path) -> None:
    strange = [result._replace(run_id=result.run_id + 23) for result in some_results(2)]
    table = parts.run_table(sweep_tasks.design_of(points=9), strange)
    (finished / "runs" / "part-strange.parquet").write_bytes(parts.packed(table))
    for reader in (sweep_tasks.runs_of, aggregate):
        with pytest.raises(WorkError, match="it holds runs that the design does not have"):
            reader(finished)


def test_a_part_of_another_sweep_is_refused(finished: Path) -> None:
    table = pq.read_table(parts.parts_of(finished, "runs")[0]).drop_columns(["size"])
    pq.write_table(table, finished / "runs" / "part-strange.parquet")
    with pytest.raises(WorkError, match="its columns are not those of this sweep"):
        sweep_tasks.resumed(finished, Serial(sweep_tasks.quick))


def test_a_full_disk_stops_the_sweep_in_one_line_and_keeps_what_was_written(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.parts_of(finished, "runs")[1].unlink()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(parts.os, "fsync", full)
        with pytest.raises(WorkError, match="cannot be written: No space left on device; what was written before is"):
            sweep_tasks.resumed(finished, Serial(sweep_tasks.quick))
    assert [path.name for path in (finished / "runs").iterdir()] == [parts.parts_of(finished, "runs")[0].name]
    assert len(sweep_tasks.runs_of(finished)) == 10
    assert sweep_tasks.resumed(finished, Serial(sweep_tasks.quick)).finished == 14


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("where", ["Path.open", "os.fsync", "Path.replace"])
def test_wherever_a_sweep_cannot_write_it_stops_in_one_line(
    finished: Path, monkeypatch: pytest.MonkeyPatch, number: int, where: str
) -> None:
    parts.parts_of(finished, "runs")[1].unlink()
    opened = Path.open

    def refused(path: object, *how: str, **more: str) -> object:
        if where == "Path.open" and (not how or how[0].startswith("r")):
            return opened(path, *how, **more)  # type: ignore[arg-type]
        raise OSError(number, os.strerror(number))

    kind, _, name = where.partition(".")
    with monkeypatch.context() as patch:
        patch.setattr(Path if kind == "Path" else os, name, refused)
        with pytest.raises(WorkError, match=f"cannot be written: {os.strerror(number)}; what was written before is"):
            sweep_tasks.resumed(finished, Serial(sweep_tasks.quick))
    assert len(sweep_tasks.runs_of(finished)) == 10
    assert sweep_tasks.resumed(finished, Serial(sweep_tasks.quick)).finished == 14


# Files that were changed


@pytest.mark.parametrize("name", ["config.yaml", "provenance.json"])
@pytest.mark.parametrize("content", ["{}", "[]", "", "3", "null", '{"hash": 1, "code": []}', "{", "\xff", "[" * 3000])
def test_a_file_of_a_sweep_that_holds_something_else_is_refused_in_one_line(
    finished: Path, name: str, content: str
) -> None:
    (finished / name).write_text(content, encoding="latin-1")
    readers = (
        store.reopen,
        sweep_tasks.runs_of,
        aggregate,
        verify,
        lambda folder: sweep_tasks.resumed(folder, Serial()),
    )
    for reader in readers:
        with pytest.raises(SettingsError) as refused:
            reader(finished)
        assert len(refused.value.lines) == 1
        assert str(refused.value).startswith(str(finished))
        assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("key", ["hash", "code", "versions", "source", "sessions"])
def test_a_record_that_lacks_something_is_refused_in_one_line(finished: Path, key: str) -> None:
    known = json.loads((finished / "provenance.json").read_text())
    for changed in ({k: v for k, v in known.items() if k != key}, known | {key: 7}):
        (finished / "provenance.json").write_text(json.dumps(changed))
        with pytest.raises(SettingsError, match=rf"provenance.json was changed: {key} cannot be read; restore the"):
            sweep_tasks.resumed(finished, Serial(sweep_tasks.quick))


@pytest.mark.parametrize("key", ["plugins", "series", "design", "base"])
def test_a_configuration_that_lacks_something_is_refused_in_one_line(finished: Path, key: str) -> None:
    known = yaml.safe_load((finished / "config.yaml").read_text())
    for changed in ({k: v for k, v in known.items() if k != key}, known | {key: 7}):
        (finished / "config.yaml").write_text(yaml.safe_dump(changed))
        with pytest.raises(SettingsError) as refused:
            aggregate(finished)
        assert len(refused.value.lines) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("options", {"n": "x"}),
        ("kind", []),
        ("kind", "x"),
        ("options", 3),
        ("options", {"metrics": 5}),
        ("factors", [[]]),
    ],
)
def test_a_design_that_was_changed_where_no_number_hangs_on_it_is_refused_in_one_line(
    finished: Path, key: str, value: object
) -> None:
    known = yaml.safe_load((finished / "config.yaml").read_text())
    known["design"][key] = value
    (finished / "config.yaml").write_text(yaml.safe_dump(known))
    with pytest.raises(SettingsError, match=str(finished)):
        aggregate(finished)


# Refusals


def test_a_folder_that_cannot_be_written_is_refused_before_the_first_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot be written to"):
        store.create(tmp_path / "file", BASE, sweep_tasks.design_of())


@pytest.mark.parametrize("what", ["design", "base"])
def test_a_design_or_base_that_was_changed_is_refused(finished: Path, what: str) -> None:
    content = yaml.safe_load((finished / "config.yaml").read_text())
    if what == "design":
        content["design"]["replicates"] = 5
    else:
        content["base"][0]["tree"]["days"] = 13
    (finished / "config.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(SettingsError, match="design or settings were changed since"):
        sweep_tasks.resumed(finished, Serial(sweep_tasks.quick))


def test_code_that_was_changed_is_refused(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_run, "CODE", point_run.CODE | {"world": "another"})
    with pytest.raises(SettingsError, match=r"started by other code \(world [0-9a-f]{12}, now another\)"):
        sweep_tasks.resumed(finished, Serial(sweep_tasks.quick))


def test_another_design_does_not_enter_a_store(tmp_path: Path) -> None:
    opened = store.create(tmp_path, BASE, sweep_tasks.design_of())
    with pytest.raises(SettingsError, match="another design"):
        engine.run_design(BASE, sweep_tasks.design_of(points=9), Serial(), opened)


def test_what_is_no_sweep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"is not the folder of a sweep: it has no config\.yaml"):
        store.reopen(tmp_path)


def test_two_processes_do_not_work_on_one_folder_unless_they_are_different_shards(finished: Path) -> None:
    opened: Store = store.reopen(finished)
    with store.working(opened, None), pytest.raises(SettingsError, match="another process is working"):
        sweep_tasks.resumed(finished, Serial(sweep_tasks.quick))
    with store.working(opened, Shard(1, 2)):
        with pytest.raises(SettingsError, match="another process is working"):
            sweep_tasks.resumed(finished, Serial(sweep_tasks.quick), shard=Shard(1, 2))
        assert sweep_tasks.resumed(finished, Serial(sweep_tasks.quick), shard=Shard(2, 2)).missing == 0


@pytest.mark.parametrize("text", ["0/4", "5/4", "3", "a/b", "-1/4", "1/0"])
def test_a_shard_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is not a shard: the third of 64 is written 3/64"):
        Shard.read(text)


def test_the_third_of_64_shards_has_the_runs_that_leave_2() -> None:
    run_ids = np.arange(200)
    assert run_ids[Shard.read("3/64").owns(run_ids)].tolist() == [2, 66, 130, 194]


# Provenance


def test_the_folder_says_how_it_came_about(finished: Path) -> None:
    known = json.loads((finished / "provenance.json").read_text())
    assert known["hash"] == finished.name
    assert set(known) >= {"code", "runs", "seed", "seed_scheme", "created", "versions", "source"}
    assert [(session["finished"], session["state"]) for session in known["sessions"]] == [
        (10, "finished"),
        (14, "finished"),
    ]
