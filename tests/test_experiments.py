"""The analyses of experiments: draws are paired, help ends where nothing beats it, and the same money is the same."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pairs
import pytest

from sim import __main__ as command_line
from sim.lab.settings.errors import WorkError

ROOT = Path(__file__).parents[1]


def analysis(name: str) -> ModuleType:
    """Import the analysis of an experiment."""
    spec = spec_from_file_location(f"analysis_{name[:2]}", ROOT / "experiments" / name / "analysis.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


EFFORT, CALENDAR = analysis("06_how_much_host"), analysis("07_same_money_other_calendar")


def read(vectors: int, replicates: int, **outcomes: Any) -> pairs.Read:
    """Return a sweep as far as `Read` looks at it."""
    design = SimpleNamespace(options={"vectors": [{}] * vectors})
    sweep = SimpleNamespace(design=design, replicates=replicates, matrix=outcomes.__getitem__)
    return pairs.Read(sweep)  # type: ignore[arg-type]


def test_a_draw_is_a_vector_over_its_seeds_or_a_seed_where_behaviour_is_as_declared() -> None:
    values = np.array([[1.0, 10.0, 3.0, 30.0]])
    assert read(2, 4).draws(values).tolist() == [[2.0, 20.0]]
    assert read(1, 4).draws(values).tolist() == values.tolist()


def test_a_difference_is_paired_and_more_looks_widen_its_interval() -> None:
    base, rise = np.array([10.0, 50.0, 90.0, np.nan]), np.array([1.0, 2.0, 3.0, 4.0])
    one, many = pairs.gap(base, base + rise), pairs.gap(base, base + rise, looks=36)
    assert (one.difference, one.draws, one.share_up) == (2.0, 3, 1.0)
    assert many.low < one.low < 2.0 < one.high < many.high


def a_host(*means: float) -> Any:
    """Return a host whose efforts bring these means in every outcome, with little chance between 16 draws."""
    chance = np.random.default_rng(1).normal(0, 0.1, (len(means), 16))
    names = [*EFFORT.OUTCOMES.values(), EFFORT.ALL]
    values = np.array(means)[:, None] + chance
    return EFFORT.Series("a place", "a host", (0.0, 1.0, 2.0, 4.0), dict.fromkeys(names, values), "16 seeds")


def test_help_ends_at_the_lowest_effort_that_none_beats() -> None:
    assert EFFORT.stops(a_host(10, 12, 15, 15), "active members") == 2.0
    assert EFFORT.enough(a_host(10, 12, 15, 15), "active members") == 2.0
    assert EFFORT.stops(a_host(10, 10, 15, 15), "active members") == 0.0
    assert EFFORT.enough(a_host(10, 10, 15, 15), "active members") == 2.0


def test_members_are_crowded_out_from_the_first_effort_below_a_lower_one() -> None:
    first, deepest = EFFORT.crowding(a_host(10, 12, 11, 8), EFFORT.ALL)
    assert (first, deepest["deepest_from_hours"], deepest["deepest_to_hours"]) == (2.0, 1.0, 4.0)
    assert EFFORT.crowding(a_host(10, 12, 12, 12), EFFORT.ALL)[0] is None


def test_calendars_that_do_not_cost_the_same_are_not_compared() -> None:
    cost = np.repeat([0.0, *[CALENDAR.BUDGET] * 5], 2).reshape(6, 2)
    assert len(CALENDAR.ledger("a place", read(1, 2, host_cost=cost, hours_idle=cost * 0))) == 6
    cost[3, 1] *= 0.97
    with pytest.raises(WorkError, match="late"):
        CALENDAR.ledger("a place", read(1, 2, host_cost=cost, hours_idle=cost * 0))


@pytest.mark.parametrize("name", ["06_how_much_host", "07_same_money_other_calendar"])
def test_both_places_can_be_run_and_the_prediction_comes_before(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)  # a table of points stands below it
    for stage in (name, f"{name}/hobbyists"):
        assert command_line.main([f"experiment={stage}", "--dry-run"]) == 0
        assert capsys.readouterr().out.startswith(f"{stage.replace('/', '__')}, design=")
    words = (ROOT / "experiments" / name / "README.md").read_text(encoding="utf-8")
    heads = ("Question", "Prediction", "Design", "Result", "What would overturn it")
    assert [words.index(f"\n## {head}") for head in heads] == sorted(words.index(f"\n## {head}") for head in heads)
