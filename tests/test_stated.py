"""What settings state outright is never called a finding: by construction stands where a verdict would."""

from typing import Any

import pytest

from sim.cli import compose
from sim.lab.runs import headline, jobs, tables
from sim.lab.runs.replicate import run_replicate
from sim.lab.runs.stated import BY_CONSTRUCTION, SILENCE, changed, has_host, opens, stated
from sim.lab.settings import keys

BASE = dict(keys.flat(compose.request(["days=60", "people=60", "host_off=30"], compares=False).experiment.tree()))


def fixed(**levers: Any) -> set[str]:
    return set(stated(BASE, BASE | {name.replace("__", "."): value for name, value in levers.items()}))


@pytest.mark.parametrize("lever", [{"host__hours": 0.0}, {"host__starts": 60.0}, {"host__capacity": 0.0},
                                   {"host__schedule": "list", "host__schedule_list": [0.0]}])  # fmt: skip
def test_a_host_that_never_works_loses_nothing_by_its_silence_and_writes_no_reply(lever: dict[str, Any]) -> None:
    assert {
        "host_loss",
        "held_by_host",
        "interplay_stayers",
        "peer_share",
        "host_cost",
        "booked_host",
        "exits_broadcast",
    } <= fixed(**lever)
    assert not {"size", "answered", "retention_90", "profit", "trust"} & fixed(**lever)


def test_a_host_that_never_replies_leaves_the_replies_to_members_and_its_silence_is_still_a_question() -> None:
    assert fixed(host__replies=0.0, host__joins_in=0.0) == {"peer_share", "community_cost"}


def test_where_nothing_is_mailed_nobody_leaves_over_messages_by_construction() -> None:
    assert "exits_broadcast" in fixed(host__broadcasts=0.0)
    assert "exits_broadcast" not in fixed(venue__small_talk=0.0)


def test_a_venue_that_never_opens_states_everything_about_members_but_not_the_profit() -> None:
    found = fixed(venue__opens=3000.0)
    assert {"size", "members", "joins", "deflected_net"} <= found
    assert "profit" not in found
    assert not opens(BASE | {"venue.opens": 60.0})
    assert not opens(BASE | {"venue.opens": 59.5})  # in the course of the last day, so on the day after it


def test_what_the_base_states_is_no_finding_in_any_alternative() -> None:
    silent = BASE | {"host.hours": 0.0}
    assert not has_host(silent)
    assert "held_by_host" in stated(silent, BASE)


def test_a_contract_states_the_hosts_cost_unless_a_host_may_give_up() -> None:
    assert fixed(host__hours=1.5) == {"host_cost", "community_cost"}
    assert fixed(venue__ad_load=6.0) == {"community_cost"}  # cents of it follow the number of customers
    assert stated(BASE | {"host.hurdle": 1.0}, BASE | {"host.hurdle": 1.0, "host.hours": 1.5}) == {}


def test_a_change_on_a_later_day_states_what_the_host_holds_alone() -> None:
    gone = BASE | {"host.hours": 0.0}
    assert set(stated(BASE, gone, change_day=20, host_off=30)) - {"host_cost", "community_cost"} == set(SILENCE)
    assert "host_loss" not in stated(BASE, gone, change_day=40, host_off=30)


def test_only_settings_in_which_an_arm_differs_are_listed() -> None:
    assert changed(BASE, BASE | {"host.hours": 1.0, "title": "another"}) == {"host.hours": 1.0}


def test_tables_and_terminal_say_by_construction_where_a_verdict_would_stand() -> None:
    asked = ["people=60", "days=60", "replicates=2", "workers=1", "host_off=30", "alt.gone=host.hours=0"]
    job = jobs.job(compose.request(asked, compares=True), "")
    finished = [run_replicate(task) for task in job.tasks]
    words = {row["outcome"]: row["verdict"] for row in tables.contrasts(finished, job.stated)}
    assert words["held_by_host"] == words["peer_share"] == words["host_cost"] == BY_CONSTRUCTION
    assert BY_CONSTRUCTION not in (words["size"], words["profit"])
    assert "By construction, so no finding: a host that never works" in headline.text(job, finished)
