"""The model for Mesa's users: the same life as the world's, and nothing that they would stumble over."""

import inspect
import warnings
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.batchrunner import batch_run

from sim.lab.settings import config
from sim.model import CommunityModel, keywords
from sim.model.agents import People, Person
from sim.model.community import REPORTERS
from sim.model.keywords import LEVERS, run_number
from sim.world import census
from sim.world.levers import Host, Population, Setup, Venue
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


WRONG_KEYWORDS: list[tuple[dict[str, Any], str]] = [
    ({"people": 0}, r"people=0 is out of range: 1 to 10000000"),
    ({"people": -5}, r"people=-5 is out of range: 1 to 10000000"),
    ({"people": "100"}, r"people=100 \(str\) is not a number: 1 to 10000000"),
    ({"people": 100.5}, r"people=100\.5 is not a whole number: 1 to 10000000"),
    ({"people": True}, r"people=True \(bool\) is not a number"),
    ({"people": float("nan")}, r"people=nan is out of range"),
    ({"people": float("inf")}, r"people=inf is out of range"),
    ({"people": [100]}, r"people=\[100\] \(list\) is not a number"),
    ({"people": 10**5000}, r"people=\(a number of thousands of digits\) is out of range"),
    ({"days": 0}, r"days=0 is out of range: 2 to 3650"),
    ({"days": 1}, r"days=1 is out of range: 2 to 3650"),
    ({"days": 3651}, r"days=3651 is out of range: 2 to 3650"),
    ({"days": np.bool_(True)}, r"days=True \(bool_?\) is not a number"),
    ({"host_silent_from": 0}, r"host_silent_from=0 is out of range: 1 to 729"),
    ({"host_silent_from": 30, "days": 30}, r"host_silent_from=30 is out of range: 1 to 29"),
    ({"host_silent_from": "auto"}, r"host_silent_from=auto \(str\) is not a number"),
    ({"host_replies": "0.5"}, r"host_replies=0\.5 \(str\) is not a number: 0 to 1 share"),
    ({"host_replies": True}, r"host_replies=True \(bool\) is not a number"),
    ({"host_replies": float("nan")}, r"host_replies=nan is out of range: 0 to 1 share"),
    ({"ad_load": np.float64("inf")}, r"ad_load=inf is out of range: 0 to 20 ads per visit"),
    ({"ad_load": "x\n" * 10_000}, r"^ad_load='x\\n[^\n]{1,40}' \(str\) is not a number: 0 to 20 ads per visit$"),
    ({"host_schedule": ["flat"]}, r"host_schedule=\['flat'\] is not a schedule: flat, taper"),
    ({"host_schedule": "list"}, r"host_schedule=list needs numbers, such as host_schedule_list=\(2, 1, 0\.5\)"),
    ({"host_schedule": "list", "host_schedule_list": ()}, r"host_schedule=list needs numbers"),
    ({"host_schedule_list": "2,1"}, r"host_schedule_list=2,1 is not a list of numbers"),
    ({"host_schedule_list": (1, -2)}, r"host_schedule_list\[1\]=-2 is out of range: 0 to 1000"),
    ({"settings": {}}, r"settings=\{\} \(dict\) is not sim\.world\.world\.Settings"),
    ({"settings": Settings(people=0)}, r"people=0 is out of range"),
    ({"settings": Settings(record_every=0)}, r"settings\.record_every=0 is out of range: 1 to 365"),
    ({"settings": Settings(setups=())}, r"settings\.setups=\(\) has no venue"),
    ({"settings": Settings(setups=(Setup("main", values(Venue, talk=2)),))},
     r"settings\.setups\[0\]\.venue\.talk=2\.0 is out of range: 0 to 1 share"),
    ({"settings": Settings(setups=(Setup("main", host=values(Host, policy="kind")),))},
     r"settings\.setups\[0\]\.host\.policy=kind is not a host policy: scheduled, responsive"),
    ({"settings": Settings(population=Population(*[0.0] * 7))}, "leaves nobody a motive"),
    ({"rng": -1}, r"rng=-1 is out of range: 0 to 9007199254740991"),
    ({"seed": 2**53}, r"seed=9007199254740992 is out of range"),
    ({"seed": 1.5}, r"seed=1\.5 is not a whole number"),
    ({"seed": True}, r"seed=True \(bool\) is not a number"),
    ({"seed": "seven"}, r"seed=seven \(str\) is no seed: give a whole number, a SeedSequence or"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "words"), WRONG_KEYWORDS, ids=[words[:30] for _, words in WRONG_KEYWORDS])
def test_a_keyword_that_the_command_line_would_refuse_is_refused_in_one_line(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words) as refusal:
        CommunityModel(**given)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("kind", [int, float, np.int16, np.int64, np.uint32, np.float32, np.float64])
def test_numpys_numbers_are_as_good_as_pythons(kind: Any) -> None:
    """`100.0` people are 100, as on the command line."""
    model = CommunityModel(people=kind(100), days=kind(5), host_silent_from=kind(3), ad_load=kind(4), rng=int(kind(7)))
    plain = CommunityModel(people=100, days=5, host_silent_from=3, ad_load=4, rng=7)
    assert model.world.settings == plain.world.settings
    assert {type(value) for value in (model.world.settings.people, model.days, model.host_silent_from)} == {int}
    model.run_model()
    assert model.day == 5


def test_the_ranges_of_whole_numbers_are_those_of_the_command_line() -> None:
    bounds = config.bounds()
    ranges = {"people": keywords.PEOPLE, "days": keywords.DAYS, "record_every": keywords.RECORD_EVERY}
    assert {name: f"{low} to {high}" for name, (low, high) in ranges.items()} == {name: bounds[name] for name in ranges}
    assert "{} to {}".format(*keywords.SEEDS) == bounds["seed"]


def test_every_number_of_the_constructor_is_refused_above_its_highest_and_taken_at_both_ends() -> None:
    numbers = {name: lever.declared for name, lever in LEVERS.items() if lever.declared is not None}
    for name in set(numbers) & set(inspect.signature(CommunityModel).parameters):
        for end in (numbers[name].low, numbers[name].high):
            CommunityModel(people=1, days=2, rng=1, **{name: end})
        with pytest.raises(ValueError, match=f"{name}=.* is out of range"):
            CommunityModel(people=1, days=2, rng=1, **{name: np.nextafter(numbers[name].high, np.inf)})


def test_a_list_of_hours_is_a_keyword_beside_its_schedule() -> None:
    model = small(host_schedule="list", host_schedule_list=[2, 1, np.float32(0.5)])
    assert model.world.settings.setups[0].host.schedule_list == (2.0, 1.0, 0.5)
    with pytest.raises(ValueError, match="host_schedule=list needs numbers"):
        small(days=20).change(host_schedule="list")
    with pytest.raises(ValueError, match="host_policy=kind is not a host policy"):
        small(days=20).change(host_policy="kind")


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


def test_a_person_shows_their_memberships_motives_and_ties(lived: CommunityModel) -> None:
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


def a_set_of_mesas(model: mesa.Model, n: int) -> Any:
    """Return Mesa's own set of `n` agents with a share and a kind, as what ours is compared with."""
    agents = mesa.Agent.create_agents(model, n)
    for k, agent in enumerate(agents):
        agent.share, agent.kind = k / n, ("even", "odd")[k % 2]
    return agents


NOT_OFFERED = {
    "add": (None,), "discard": (None,), "remove": (None,), "pop": (), "clear": (), "set": ("trust", 1.0),
    "__ior__": (None,), "__iand__": (None,), "__ixor__": (None,), "__isub__": (None,),
}  # fmt: skip
FROM_MESA_3_5 = {"to_list", "copy"}


def test_nothing_that_mesas_set_of_agents_offers_is_missing_in_silence(lived: CommunityModel) -> None:
    """Each public method and each operator is there: it works, or it says what to use instead."""
    agents, ours = a_set_of_mesas(mesa.Model(), 3), lived.agents
    operators = [
        "and",
        "or",
        "sub",
        "xor",
        "le",
        "lt",
        "ge",
        "gt",
        "eq",
        "reversed",
        "ior",
        "iand",
        "isub",
        "ixor",
        "contains",
        "getitem",
        "iter",
        "len",
    ]
    theirs = {name for name in dir(agents) if not name.startswith("_")} | {f"__{name}__" for name in operators}
    assert theirs >= {"agg", "do", "get", "groupby", "map", "select", "set", "shuffle", "shuffle_do", "sort", "random"}
    assert [name for name in sorted(theirs | FROM_MESA_3_5) if not hasattr(ours, name)] == []
    for name, arguments in NOT_OFFERED.items():
        with pytest.raises(NotImplementedError, match=r"is not offered: .* (return another set|in model\.world)$"):
            getattr(ours, name)(*arguments)
    with pytest.raises(NotImplementedError, match=r"^\|= is not offered"):
        ours |= lived.agents


def test_groups_are_mesas_groups(lived: CommunityModel) -> None:
    agents, ours = a_set_of_mesas(mesa.Model(), 10), lived.agents
    theirs, groups = agents.groupby("kind"), ours.groupby("role")
    assert isinstance(groups, type(theirs))
    assert [name for name in dir(theirs) if not name.startswith("_") and not hasattr(groups, name)] == []
    assert groups.count() == {role: ours.get("role").count(role) for role in set(ours.get("role"))}
    assert len(groups) == len(dict(groups)) == len(groups.groups)
    means = groups.agg("trust", np.mean)
    assert means == {role: np.mean(people.get("trust")) for role, people in groups}
    assert groups.map(len) == groups.count() == groups.map("count")
    assert groups.do("shuffle") is groups
    lists = ours.groupby(lambda person: person.facet, result_type="list")
    assert all(isinstance(group, list) for _, group in lists)
    assert lists.agg("trust", max) == ours.groupby("facet").agg("trust", max)
    with pytest.raises(ValueError, match="result_type='dict' is neither 'agentset' nor 'list'"):
        ours.groupby("facet", result_type="dict")


def test_sets_combine_as_mesas_do(lived: CommunityModel) -> None:
    """Union, intersection, difference and the comparisons, on ours and on Mesa's with the same members."""
    agents, ours = a_set_of_mesas(mesa.Model(), 12), People(lived, range(12))

    ids = agents.get("unique_id")

    def place(one: Any) -> int:
        return int(ids.index(one.unique_id) if isinstance(one, mesa.Agent) else one.unique_id)

    for operator in ("__and__", "__or__", "__sub__", "__xor__"):
        found = [
            getattr(people.select(lambda one: place(one) < 8), operator)(people.select(lambda one: place(one) % 3 == 0))
            for people in (agents, ours)
        ]
        assert isinstance(found[1], People)
        assert [place(one) for one in found[0]] == [place(one) for one in found[1]], operator
    half = People(lived, [5, 4, 3])
    assert half < ours > half <= ours
    assert half == People(lived, [3, 4, 5]) != ours
    assert half.isdisjoint(People(lived, [0])) > half.isdisjoint(ours)
    assert (half.index(lived.agents[4]), [place(one) for one in reversed(half)]) == (1, [3, 4, 5])
    with pytest.raises(TypeError, match="of the same model only"):
        _ = half | People(CommunityModel(people=10, days=2, rng=1), [1])


def test_calling_people_in_an_order_of_chance_leaves_the_set_in_its_order(lived: CommunityModel) -> None:
    called: list[int] = []
    some = People(lived, range(50))
    assert some.shuffle_do(lambda person: called.append(person.unique_id)) is some
    assert sorted(called) == some.get("unique_id") == list(range(50))
    assert called != list(range(50))
    assert some.to_list() == list(some.copy()) == some[:]
    with pytest.raises(AttributeError, match=r"people have no step\(\) of their own: model\.step\(\) lets"):
        some.do("step")
    with pytest.raises(ValueError, match="handle_missing='ignore' is neither 'error' nor 'default'"):
        some.get("trust", handle_missing="ignore")


def test_agents_can_neither_be_registered_with_a_community_nor_taken_from_it() -> None:
    model = CommunityModel(people=10, days=2, rng=1)
    with pytest.raises(NotImplementedError, match="register_agent is not offered: the world decides who there is"):
        mesa.Agent(model)
    with pytest.raises(NotImplementedError, match="remove_all_agents is not offered"):
        model.remove_all_agents()
    with pytest.raises(NotImplementedError, match=r"reset_rng is not offered: .* another run is Community"):
        model.reset_rng(3)


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


def test_mesas_own_page_shows_the_model() -> None:
    """`SolaraViz` and its plots find what they look for: steps, a data collector, parameters by name."""
    solara = pytest.importorskip("solara", reason="the extra `solara` is not installed")
    solara.settings.main.check_hooks = "off"  # Solara would warn of the way Mesa 3.3 has written its page
    from mesa.visualization import SolaraViz, make_plot_component

    model = CommunityModel(people=60, days=30, rng=1)
    page = SolaraViz(model, components=[make_plot_component("active")], model_params={"people": 60, "days": 30})
    box, rendering = solara.render(page, handle_error=False)
    try:
        model.step()
        assert model.day == 1
        assert box.children
    finally:
        rendering.close()
