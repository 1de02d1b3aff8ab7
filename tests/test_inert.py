"""Settings that are said to have no effect have none at all, and the same settings elsewhere have one."""

from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pytest

from sim.cli import trial
from sim.lab.runs.fork import live
from sim.lab.settings import config, keys
from sim.lab.settings.config import Experiment
from sim.lab.settings.errors import SettingsError
from sim.lab.settings.inert import lines, switched_off
from sim.lab.trials import batch
from sim.world.world import World

BUSY = {"population.need_rate": 0.06, "venue.launch": 2.0, "venue.marketing": 0.02, "params.join.reserve": -1.0,
        "params.answering.answer": 0.03, "params.asking.talk": 0.05, "host.hurdle": 5.0, "host.patience": 1.0,
        "venue.ad_free_price": 1.0, "venue.goals": 1.0, "venue.points": 1.0, "venue.streaks": 1.0,
        "venue.rejection": 0.3, "venue.rules_shown": 0.5, "venue.peer_awards": 1.0, "venue.exposure_price": 0.1,
        "host.promises": 2.0,
        "venue.price": 0.001, "venue.recording": 0.1, "host.agenda": 0.1, "host.disclosed": 0.5, "host.necessity": 0.5,
        "host.ratchet": 0.5, "outside.feed": 5.0, "outside.decline": 0.01,
        "host.exec_visits": 1.0,
        "host.handover": 0.5, "host.named": 0.5, "host.scripted": 0.5, "host.experts": 3.0, "host.beta": 0.5,
        "host.escalation": 0.5, "host.vouching": 0.5, "product.fault_day": 30.0, "host.deletes": 0.4,
        "host.answers_critics": 0.5, "host.reasons": 0.5, "venue.traces": 0.8, "population.troubled": 0.5,
        "venue.hostility": 0.05,
        "params.voicing.voice": 0.2,
        "product.runway": 1e8, "product.burn": 50.0, "product.survey": 200.0, "product.different": 0.6,
        "product.network": 0.5, "outside.copies": 10.0, "params.leaving.churn": 0.01,
        "host.onboarding": 0.5, "host.promo": 1.0, "params.recognition.p_honour": 0.05}  # fmt: skip
WORDS: dict[str, list[Any]] = {"schedule": ["late", "burst"], "policy": ["responsive", "scheduled"],
                               "schedule_list": [[2, 1], [0, 3]], "owner": ["landlord", "members"], "moves_to": [],
                               "segment": ["readers", "experts"]}  # fmt: skip
SWITCHES: list[dict[str, Any]] = [
    {"venue.opens": 119.5}, {"host.hours": 0}, {"host.hours": 0, "host.policy": "responsive"}, {"host.starts": 119.5},
    {"host.onboarding": 0}, {"host.promises": 0}, {"host.promo": 0}, {"host.hurdle": 0},
    {"host.patience": 2}, {"venue.ad_load": 0}, {"venue.ad_free_price": 0}, {"venue.rejection": 0},
    {"venue.rules_shown": 0}, {"venue.goals": 0}, {"venue.streaks": 0},
    {"venue.small_talk": 0}, {"venue.mission": 0}, {"venue.points": 0}, {"venue.peer_awards": 0}, {"product.fixes": 0},
    {"venue.price": 0}, {"venue.recording": 0}, {"host.agenda": 0}, {"host.disclosed": 0}, {"host.ratchet": 0},
    {"outside.feed": 0},
    {"product.runway": 0}, {"product.survey": 0}, {"product.different": 0}, {"outside.copies": 0},
    {"host.schedule": "late"},
    {"host.schedule": "late"}, {"host.handover": 0}, {"host.named": 0}, {"host.exec_visits": 0}, {"host.scripted": 0},
    {"host.experts": 0}, {"host.beta": 0}, {"host.escalation": 0}, {"host.vouching": 0},
    {"host.schedule": "late"}, {"host.deletes": 0}, {"host.answers_critics": 0}, {"population.troubled": 0},
    {"product.fault_day": 3650}, {"venue.rejection": 0, "venue.hostility": 0},
]  # fmt: skip


def made(changes: dict[str, Any]) -> Experiment:
    tree: dict[str, Any] = keys.defaults() | {
        "scenario": "x", "people": 150, "days": 120, "replicates": 1, "seed": 1, "host_off": 90, "record_every": 7,
        "log": True, "workers": 1, "results": "x", "venue_name": "main",
    }  # fmt: skip
    for name, value in (BUSY | changes).items():
        keys.put(tree, name, value)
    return config.experiment(tree)


def tables(changes: dict[str, Any], seed: int = 3) -> dict[str, Any]:
    """Return every number that a run gives."""
    asked = made(changes)
    lived = live(World(asked.settings(), seed), asked.host_off_day, keep=lambda _, one: one.series())
    return {
        "outcomes": lived.outcomes(), "ledger": lived.world.ledger(), "events": np.array(lived.world.events()).tolist(),
        "series": list(lived.kept.values()),
        "people": {name: column.tolist() for name, column in lived.world.people_table().items()},
        "bonds": {name: column.tolist() for name, column in lived.world.bonds_table().items()},
    }  # fmt: skip


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return repr(one) == repr(other)  # where NaN is NaN


def values_of(name: str) -> list[Any]:
    row = keys.declarations().get(name)
    return [row.low, row.high] if row is not None else WORDS[name.rpartition(".")[2]]


def is_refused(changes: dict[str, Any]) -> bool:
    """Tell whether settings are refused. Then nobody has to be told that they have no effect."""
    try:
        made(changes)
    except SettingsError:
        return True
    return False


def named_off(changes: dict[str, Any]) -> list[str]:
    """Return every setting that would be said to have no effect in the main venue."""
    off = list(switched_off(made(changes)))
    return [name for name in sorted(keys.levels())
            if any(fnmatchcase(name, one.pattern) and name != one.by[0] for one in off)]  # fmt: skip


@pytest.mark.parametrize("switch", SWITCHES, ids=str)
def test_what_is_said_to_have_no_effect_changes_no_number(switch: dict[str, Any]) -> None:
    """All of them are set to one end of their ranges at once, then to the other one."""
    names, usual = named_off(switch), tables(switch)
    assert names
    for end in (0, -1):
        changed = dict(switch)
        for name in names:
            values = values_of(name) if name not in switch else []
            if values and not is_refused(changed | {name: values[end]}):
                changed[name] = values[end]
        assert len(changed) > len(switch)
        assert same(tables(changed), usual), changed


@pytest.mark.slow
@pytest.mark.parametrize("switch", SWITCHES, ids=str)
def test_what_is_said_to_have_no_effect_has_none_by_itself(switch: dict[str, Any]) -> None:
    """One after the other, so that none can hide behind another one: many runs, and therefore slow."""
    usual = tables(switch)
    for name in named_off(switch):
        for value in values_of(name) if name not in switch else ():
            assert is_refused(switch | {name: value}) or same(tables(switch | {name: value}), usual), (name, value)


@pytest.mark.parametrize("name", [
    "host.replies", "host.hours", "host.cost_per_hour", "host.seeding", "host.patience", "host.hurdle",
    "venue.ad_price", "venue.annoyance", "venue.launch", "venue.talk",
    "venue.small_talk", "params.worth.purpose", "params.worth.annoy", "params.asking.talk",
    "params.worth.offered", "params.bonding.trust_broken", "params.bonding.identify",
    "host.reasons", "venue.traces", "params.storms.gagged", "product.fault",
    "params.struggle.peers", "params.struggle.unheard",
    "venue.monthly_cost", "product.release_days", "params.norms.half",
    "params.incentives.goal", "params.incentives.points", "params.recognition.p_honour", "params.exposure.upgrade",
    "host.disclosed", "host.necessity",
    "params.dealings.forgives", "params.dealings.data_price", "params.dealings.value",
    "params.circles.displaces", "params.circles.takes",
    "host.handover_days", "params.guests.passes", "params.stewards.helps", "params.guests.vouched",
    "params.guests.solves", "params.guests.first",
    "product.burn", "params.startup.lasts", "params.startup.polite", "params.rivals.novelty", "params.rivals.early",
    "product.network", "outside.better", "params.rivals.sense",
])  # fmt: skip
def test_the_same_settings_have_an_effect_where_nothing_switches_them_off(name: str) -> None:
    assert name not in named_off({})
    assert any(not same(tables({name: value}), tables({})) for value in values_of(name))


def test_a_policy_of_ones_own_may_work_without_hours() -> None:
    (none,) = lines(["host.replies"], [made({"host.hours": 0})])
    assert none == "host.replies has no effect: the host has no hours (host.hours=0)"
    own = made({"host.hours": 0})
    own = own.model_copy(update={"host": own.host._replace(policy="mine:Own")})
    assert not lines(["host.replies"], [own])
    assert not lines(["host.replies"], [made({"host.hours": 0})], varied=["host.replies", "host.policy"])
    assert lines(["host.policy"], [made({"host.hours": 0})])


def test_settings_with_one_reason_share_a_line() -> None:
    asked = made({"venue.opens": 800, "venues.lounge.host.starts": 500, "venues.lounge.venue.talk": 1})
    names = [f"venue.{name}" for name in ("launch", "talk", "ad_load", "points", "goals", "cost", "opens")]
    assert lines([*names, "venues.lounge.host.replies"], [asked]) == [
        "venue.launch, venue.talk, venue.ad_load, venue.points, venue.goals and 1 more have no effect: the venue never "
        "opens (venue.opens=800, days=120)",
        "venues.lounge.host.replies has no effect: the host never starts (venues.lounge.host.starts=500, days=120)",
    ]


def test_a_parameter_has_an_effect_while_one_venue_uses_it() -> None:
    assert lines(["params.norms.half"], [made({"venue.rejection": 0, "venues.lounge.venue.talk": 1})])
    assert not lines(["params.norms.half"], [made({"venue.rejection": 0, "venues.lounge.venue.rejection": 1})])


def test_what_has_an_effect_in_one_arm_or_at_one_point_is_not_named() -> None:
    without, usual = made({"host.hours": 0}), made({})
    assert not lines(["host.replies"], [without, usual])
    assert not lines(["host.replies"], [without], varied=["host.replies", "host.hours"])
    assert lines(["host.replies"], [without], varied=["host.replies", "venue.ad_load"])


def test_a_launch_after_the_opening_has_no_effect_and_one_before_it_has() -> None:
    usual = made({"venue.opens": 20})
    (line,) = lines(["venue.launch", "venue.talk"], [usual, made({"venue.opens": 20, "venue.launch": 0})], 21)
    assert line == "venue.launch has no effect: the venue opened on day 20, before change_day=21"
    assert not lines(["venue.launch"], [usual, usual], 20)
    for day, is_same in ((21, True), (20, False)):
        ends = []
        for launch in (0.0, 3.0):
            world = World(usual.settings(), 3).run(until=day)
            world.change(made({"venue.opens": 20, "venue.launch": launch, "venue.opening_cost": launch}).settings())
            ends.append(repr([world.run().outcomes(), world.series()]))
        assert (ends[0] == ends[1]) is is_same


def test_a_trial_says_so_unless_an_action_sets_levers() -> None:
    def notes(name: str) -> list[str]:
        asked, settled, special = trial.request(
            [f"trial={name}", "host.hours=0", "host.replies=1", "params.norms.half=9"]
        )
        return list(batch.job(settled, asked, "", special).notes)

    assert notes("reply_to_newcomers") == ["host.replies has no effect: the host has no hours (host.hours=0)"]
    assert notes("ad_load_dose") == []
