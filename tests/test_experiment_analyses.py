"""What the analyses of experiments say of made-up places whose truth is known."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

EXPERIMENTS = Path(__file__).parents[1] / "experiments"
CHANCE = np.random.default_rng(7)


def analysis_of(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, EXPERIMENTS / name / "analysis.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_cliff_a_bend_and_a_straight_line_are_told_apart_and_found() -> None:
    fragility, x = analysis_of("05_hidden_fragility"), np.linspace(0.0, 1.0, 21)
    noise = CHANCE.normal(0.0, 0.02, (21, 8)) + CHANCE.normal(0.0, 0.1, (1, 8))
    truths = {"no bend": 0.5 * x, "bend": np.minimum(x, 0.4), "cliff": 0.5 * (x > 0.42)}
    found = {name: fragility.shape_of(x, y[:, None] + noise) for name, y in truths.items()}
    assert {name: one.verdict() for name, one in found.items()} == {name: name for name in truths}
    assert abs(found["bend"].place - 0.4) < 0.06
    assert 0.4 <= found["cliff"].low <= found["cliff"].high <= 0.45


def places_of(audience: Any, runs: int = 40) -> Any:
    """Two replicates of places, all of one size; who holds them shows in who replies, and nowhere else."""
    held = np.where(np.arange(runs) % 2 == 0, 0.3, -0.3)
    signs = {name: CHANCE.normal(0.0, 0.01, (runs, 8)) for name in (*audience.SIGNS, *audience.COUNTS)}
    signs["active"] += 4.0
    signs["replies"] += held[:, None]
    outcomes = {"held_by_members": 0.3 + held, "held_by_host": np.full(runs, 0.3), "host_loss": 0.5 - held,
                "size": np.full(runs, 50.0), "venue.talk": np.full(runs, 0.2)}  # fmt: skip
    return audience.Places(np.repeat([0, 1], runs // 2), outcomes, np.arange(1, 9), signs)


def test_look_alikes_are_paired_one_to_one_within_a_replicate() -> None:
    audience = analysis_of("04_audience_or_community")
    places = places_of(audience)
    pairs = audience.pairs_of(places, 7, open_only=False)
    assert len(set(pairs.members)) == len(set(pairs.host)) == pairs.candidates == 20
    np.testing.assert_array_equal(places.replicate[pairs.members], places.replicate[pairs.host])
    places.signs["active"][1] += 1.0  # no longer like any other
    assert 1 not in audience.pairs_of(places, 7, open_only=False).host
    assert len(audience.pairs_of(places, 7, open_only=True).host) == 0


def test_the_sign_that_shows_who_holds_a_place_tells_all_pairs_apart_and_counts_tell_none() -> None:
    audience = analysis_of("04_audience_or_community")
    signs, answers = audience.analyse(places_of(audience, 200))
    last = signs[(signs["pairs"] == "all") & (signs["week"] == 8)].set_index("sign")["told_apart"]
    assert last["replies"] == last["together"] == 1.0
    assert 0.3 < last["counts"] < 0.7
    gap = answers[answers["figure"] == "host_loss: host's minus members'"].iloc[0]
    assert gap["value"] == 0.6
