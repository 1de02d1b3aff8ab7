"""The Mesa door: the same life as the world's, and nothing that a user of Mesa would stumble over."""

import inspect
import warnings
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.batchrunner import batch_run

from sim.model.community import LEVERS, REPORTERS, CommunityModel, People, Person, run_number
from sim.world import census
from sim.world.levers import Host, Setup, Venue
from sim.world.measures import SERIES
from sim.world.parameters import values
from sim.world.world import Settings, World

SMALL: dict[str, Any] = {"people": 400, "days": 90}


def small(**changes: Any) -> CommunityModel:
    """Return a model that has lived to its horizon."""
    model = CommunityModel(**(SMALL | {"rng": 11} | changes))
    model.run_model()
    return model


def same_state(ours: World, theirs: World) -> bool:
    """Tell whether two worlds' people and memberships agree to the bit; the gaps between columns hold nothing."""
    pairs = [(ours.memberships, theirs.memberships), (ours.people, theirs.people)]
    return all(a[name].tobytes() == b[name].tobytes() for a, b in pairs for name in a.dtype.names)


@pytest.fixture(scope="module")
def lived() -> CommunityModel:
    return small(people=900, days=240, launch=0.5, need_rate=0.08, latent_ties=15)


# -- The same life --------------------------------------------------------------------------------------------------


def test_a_model_lives_exactly_as_the_world_of_its_seed() -> None:
    model, world = small(), World(Settings(**SMALL), 11).run()
    np.testing.assert_equal(model.world.series(), world.series())
    assert same_state(model.world, world)
    assert model.world.outcomes() == pytest.approx(world.outcomes(), nan_ok=True, rel=0, abs=0)


def test_a_lever_is_the_world_setting_that_it_names() -> None:
    model = small(host_replies=0.9, ad_load=4, latent_ties=1, product_fit=0.2)
    base = Settings()
    settings = Settings(
        **SMALL, population=base.population._replace(latent_ties=1.0), product=base.product._replace(fit=0.2),
        setups=(Setup("main", values(Venue, ad_load=4), values(Host, replies=0.9)),),
    )  # fmt: skip
    assert model.world.settings == settings
    np.testing.assert_equal(model.world.series(), World(settings, 11).run().series())


@pytest.mark.parametrize("name", ["host_replies", "talk", "points", "launch", "product_drift"])
def test_every_day_of_another_setting_differs_by_that_setting_alone(name: str) -> None:
    low, high = small(**{name: 0.0}), small(**{name: 0.1})
    assert np.array_equal(low.world.people["expertise"], high.world.people["expertise"])
    assert low.world.settings != high.world.settings


def test_levers_left_alone_stay_as_the_settings_say() -> None:
    settings = Settings(people=300, days=30, setups=(Setup("main", values(Venue, ad_load=7)), Setup("second")))
    model = CommunityModel(settings=settings, host_replies=1.0, rng=1)
    assert model.world.settings.setups[0].venue.ad_load == 7
    assert model.world.settings.setups[0].host.replies == 1.0
    assert model.world.settings.setups[1] == settings.setups[1]


def test_every_lever_of_the_constructor_is_declared_and_its_flat_name_is_clear() -> None:
    keywords = set(inspect.signature(CommunityModel).parameters)
    others = {"people", "days", "host_silent_from", "settings", "seed", "rng"}
    assert keywords - others <= set(LEVERS)
    assert not any(parameter.kind is inspect.Parameter.VAR_KEYWORD
                   for parameter in inspect.signature(CommunityModel).parameters.values())  # fmt: skip


@pytest.mark.parametrize(
    ("levers", "words"),
    [
        ({"host_replies": 1.5}, "host_replies=1.5 is out of range: 0 to 1 share"),
        ({"ad_load": -1}, "ad_load=-1 is out of range: 0 to 20 ads per visit"),
        ({"host_schedule": "sometimes"}, "host_schedule=sometimes is not a schedule: flat, taper"),
        ({"seed": 1, "rng": 1}, "give seed or rng, not both"),
    ],
)
def test_a_lever_that_cannot_be_is_refused_with_its_range(levers: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        CommunityModel(**levers)


# -- Seeds ----------------------------------------------------------------------------------------------------------


def test_seed_and_rng_are_two_names_for_one_number() -> None:
    assert small(rng=5).world.series() == small(rng=None, seed=5).world.series()


def test_no_seed_gives_another_life_each_time() -> None:
    assert run_number(None, None) != run_number(None, None)


@pytest.mark.parametrize("make", [np.random.SeedSequence, np.random.default_rng, np.int64])
def test_whatever_numpy_takes_for_a_seed_names_one_run(make: Any) -> None:
    assert run_number(None, make(3)) == run_number(None, make(3))


def test_the_constructor_warns_of_nothing_under_either_name() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CommunityModel(people=50, seed=1)
        CommunityModel(people=50, rng=1)


# -- Steps and what is collected ------------------------------------------------------------------------------------


def test_a_step_is_a_day_and_the_horizon_stops_the_run() -> None:
    model = CommunityModel(people=100, days=5, rng=1)
    assert (model.day, model.running) == (0, True)
    model.step()
    assert (model.day, model.steps) == (1, 1)
    model.run_model()
    assert (model.day, model.running) == (5, False)
    model.step()
    assert model.day == 5
    assert len(model.datacollector.get_model_vars_dataframe()) == 5


def test_the_collector_says_each_evening_what_the_census_says() -> None:
    model = small()
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == list(REPORTERS)
    assert frame.day.tolist() == list(range(1, 91))
    stocks = census.stocks(model.world, model.world.venues[0])
    assert {name: getattr(model, name) for name in SERIES} == pytest.approx(stocks, nan_ok=True, rel=0, abs=0)
    assert frame.iloc[-1][list(SERIES)].to_dict() == pytest.approx(stocks, nan_ok=True, rel=0, abs=0)


def test_collecting_every_day_changes_nothing_in_the_world() -> None:
    watched, left_alone = CommunityModel(**SMALL, rng=2), World(Settings(**SMALL), 2)
    for _ in range(60):
        watched.step()
        watched.agents.get("belonging")
    left_alone.run(until=60)
    assert same_state(watched.world, left_alone)


# -- Host off, change, fork -----------------------------------------------------------------------------------------


def test_a_host_silent_from_a_day_is_the_fork_that_the_host_off_test_makes() -> None:
    model, world = small(host_silent_from=40), World(Settings(**SMALL), 11)
    world.run(until=40)
    silent = world.fork()
    silent.silence_hosts()
    assert same_state(model.world, silent.run())
    assert model.active_host_on == census.stocks(world.run(), world.venues[0])["active"]


def test_while_the_host_works_there_is_no_twin_to_compare_with() -> None:
    assert np.isnan(small().datacollector.get_model_vars_dataframe().active_host_on).all()


def test_a_fork_goes_on_as_its_original_and_leaves_it_alone() -> None:
    model = CommunityModel(**SMALL, rng=3, host_silent_from=20)
    for _ in range(30):
        model.step()
    twin = model.fork()
    assert (twin.day, twin.steps, twin.running) == (30, 30, True)
    twin.run_model()
    assert model.day == 30
    model.run_model()
    ours, theirs = (each.datacollector.get_model_vars_dataframe() for each in (model, twin))
    assert ours.equals(theirs)


def test_a_change_holds_from_its_day_on_and_refuses_what_it_does_not_know() -> None:
    model = CommunityModel(**SMALL, rng=3)
    for _ in range(10):
        model.step()
    model.change(ad_load=20)
    assert model.world.venues[0].now.ad_load == 20
    with pytest.raises(ValueError, match="ad_loads is not a lever"):
        model.change(ad_loads=1)


# -- People as windows ----------------------------------------------------------------------------------------------


def test_agents_are_everybody_and_no_mesa_agent_is_made(lived: CommunityModel) -> None:
    assert len(lived.agents) == len(lived.world.people) == lived.agents.count()
    assert lived not in getattr(mesa.Agent, "_ids", {})
    assert lived.agents_by_type[Person].rows == lived.agents.rows


def test_a_window_and_a_column_say_the_same(lived: CommunityModel) -> None:
    for name in ("role", "contributions", "belonging", "trust", "visits", "expertise", "facet"):
        assert lived.agents.get(name) == [getattr(person, name) for person in lived.agents], name


def test_what_windows_say_agrees_with_the_end_state_and_the_census(lived: CommunityModel) -> None:
    table = lived.world.people_table()
    inside = lived.agents.where(lived.roles != census.NO_MEMBER)
    assert inside.get("role") == table["role"].tolist()
    assert inside.get("trust") == table["trust"].tolist()
    groups = lived.agents.groupby("role")
    assert len(groups["lurker"]) == lived.lurkers
    assert groups["lurker"].agg("trust", len) == lived.lurkers
    active = lived.agents.where((lived.roles >= census.LURKER) & (lived.roles <= census.CHAMPION))
    assert active.agg("belonging", np.mean) == pytest.approx(lived.belonging, rel=1e-12)


def test_a_person_shows_her_memberships_motives_and_ties(lived: CommunityModel) -> None:
    person = lived.agents.select(lambda one: one.role == "helper", at_most=1)[0]
    (membership,) = person.memberships
    assert (membership.venue, membership.role) == ("main", "helper")
    assert membership.answers == person.answers <= person.contributions
    assert membership.belonging == pytest.approx(person.belonging)
    assert sum(person.motives.values()) == pytest.approx(1.0, abs=1e-5)
    assert all(person.unique_id in lived.agents[other].acquaintances for other in person.acquaintances)
    stranger = lived.agents.select(lambda one: one.role == "outside", at_most=1)[0]
    assert stranger.memberships == ()


def test_bonds_of_windows_are_those_of_the_bonds_table(lived: CommunityModel) -> None:
    table = lived.world.bonds_table()
    assert len(table["person"]) > 0
    for person, partner, strength in zip(table["person"], table["partner"], table["strength"], strict=True):
        assert lived.agents[int(person)].bonds[int(partner)] == pytest.approx(strength, rel=1e-12)


def test_a_window_cannot_be_written_through_and_knows_no_other_names(lived: CommunityModel) -> None:
    person = lived.agents[0]
    with pytest.raises(AttributeError, match="window"):
        person.trust = 1.0
    with pytest.raises(AttributeError, match="nothing called wealth"):
        _ = person.wealth
    assert lived.agents[:3].pop() == lived.agents[2]
    assert lived.agents[5] in lived.agents
    assert len({lived.agents[5], lived.agents[5]}) == 1


def test_sets_of_people_behave_as_mesas_do(lived: CommunityModel) -> None:
    def answered(person: Person) -> bool:
        return bool(person.answers > 0)

    helpers = lived.agents.select(answered)
    assert len(helpers) == lived.agents.count(answered) > 5
    assert len(lived.agents.select(answered, at_most=5)) == 5
    assert len(lived.agents.select(at_most=0.5)) == len(lived.agents) // 2
    assert len(lived.agents.select(agent_type=mesa.Agent)) == 0
    by_answers = helpers.sort("answers").get("answers")
    assert by_answers == sorted(by_answers, reverse=True)
    assert sorted(helpers.shuffle().get("unique_id")) == helpers.get("unique_id")
    assert helpers.get(["unique_id", "role"])[0] == [helpers[0].unique_id, helpers[0].role]
    assert helpers.get("shoe_size", handle_missing="default", default_value=38) == [38] * len(helpers)
    assert helpers.map(answered) == [True] * len(helpers)
    assert helpers.agg("answers", [min, max]) == [by_answers[-1], by_answers[0]]
    assert isinstance(helpers.do(answered), People)


def test_mesas_agent_reporters_read_through_the_windows() -> None:
    model = CommunityModel(people=40, days=3, rng=1)
    model.datacollector = mesa.DataCollector({"active": "active"}, agent_reporters={"trust": "trust"})
    model.run_model()
    assert len(model.datacollector.get_agent_vars_dataframe()) == 3 * len(model.agents)


# -- batch_run --------------------------------------------------------------------------------------------------------


def batch(processes: int, days: int, seeds: list[int]) -> list[dict[str, Any]]:
    """Run a small design the way this Mesa wants it."""
    given: dict[str, Any] = {"people": 200, "days": days, "host_replies": [0.0, 1.0]}
    keywords: dict[str, Any] = {"rng": seeds}
    if "rng" not in inspect.signature(batch_run).parameters:
        given, keywords = given | keywords, {}
    keywords |= {"number_processes": processes, "max_steps": days, "display_progress": False}
    found = batch_run(CommunityModel, given, **keywords)
    return sorted(found, key=lambda row: (row["host_replies"], row.get("rng") or row.get("seed")))


def test_batch_run_stops_at_the_horizon_and_reports_its_last_day() -> None:
    found = batch(1, 30, [1, 2])
    assert [row["day"] for row in found] == [30] * 4
    alone = CommunityModel(people=200, days=30, host_replies=0.0, rng=1)
    alone.run_model()
    assert found[0]["active"] == alone.active


def test_batch_run_in_two_processes_finds_the_same() -> None:
    one, two = batch(1, 30, [1, 2]), batch(2, 30, [1, 2])
    kept = ("day", "active", "trust", "host_replies")
    assert [[row[name] for name in kept] for row in one] == [[row[name] for name in kept] for row in two]
