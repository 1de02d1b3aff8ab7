"""Settings: what is refused, in which words, and what a run is made of when nothing is."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.cli import compose
from sim.lab.settings import config, folders, keys, plugins, policies, scenarios, sweep_options
from sim.lab.settings.errors import SettingsError
from sim.world.levers import Host, Outside, Venue
from sim.world.mechanisms.hosting import POLICIES, Scheduled
from sim.world.parameters import Param


def experiment(*overrides: str) -> config.Experiment:
    return compose.request(overrides, compares=False).experiment


def refusal(*arguments: str, compares: bool = False) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        compose.request(arguments, compares)
    assert all("\n" not in line and "+" not in line for line in refused.value.lines)
    return refused.value.lines


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("host.repliez=0", "unknown setting host.repliez; did you mean host.replies?"),
        ("hosts.replies=0", "unknown setting hosts.replies; did you mean host.replies?"),
        ("replies=0", "unknown setting replies; did you mean host.replies?"),
        ("replicate=3", "unknown setting replicate; did you mean replicates?"),
        ("+host.repliez=0", "unknown setting host.repliez; did you mean host.replies?"),
        ("params.vizit.base=1", "unknown setting params.vizit.base; did you mean params.visit.base?"),
        ("venues.b.venue.tak=1", "unknown setting venues.b.venue.tak; did you mean venues.b.venue.talk?"),
        ("venue.ad_load=-1", "venue.ad_load=-1 is out of range: 0 to 20 ads per visit"),
        ("venues.b.venue.ad_load=21", "venues.b.venue.ad_load=21 is out of range: 0 to 20 ads per visit"),
        ("params.asking.p_ask=2", "params.asking.p_ask=2 is out of range: 0 to 1 probability"),
        ("venue.ad_load=many", "venue.ad_load=many is not a number; its range is 0 to 20 ads per visit"),
        ("venue.ad_load=nan", "venue.ad_load=nan is not a number; its range is 0 to 20 ads per visit"),
        ("venue.ad_load=true", "venue.ad_load=true is not a number; its range is 0 to 20 ads per visit"),
        ("venue.ad_load=null", "venue.ad_load=null is not a number; its range is 0 to 20 ads per visit"),
        ("host.replies='0'", "host.replies=0 is not a number; its range is 0 to 1 share"),
        ("people=0", "people=0 is out of range: 1 to 10000000"),
        ("people=1.5", "people=1.5 is not a whole number; its range is 1 to 10000000"),
        ("days=0", "days=0 is out of range: 2 to 3650"),
        ("replicates=0", "replicates=0 is out of range: 1 to 100000"),
        ("host_off=730", "host_off=730 is out of range: 1 to 729 (days=730), auto or off"),
        ("host_off=never", "host_off=never is not a day, auto or off"),
        ("workers=0", "workers=0 is out of range: 1 to 1024, or auto"),
        ("log=1", "log=1 is not true or false"),
        ("host.policy=os:system", "host.policy=os:system is not a host policy: responsive, scheduled (a class of your "
         "own is named on the command line: --policy or --plugin; docs/policies.md)"),
        ("host.schedule=tapper", "host.schedule=tapper is not a schedule: flat, taper, burst, late, list; "
         "did you mean taper?"),
        ("host.schedule=list", "host.schedule=list needs numbers, such as host.schedule_list=[2,1,0.5]"),
        ("host.schedule_list=[a]", "host.schedule_list: a is not a number"),
        ("host.schedule_list=[2, 1, x]", "host.schedule_list: x is not a number"),
        ("host.schedule_list=2", "host.schedule_list=2 is not a list of numbers"),
        ("host.reply=0", "unknown setting host.reply; did you mean host.replies?"),
        ("host.ad_load=0", "unknown setting host.ad_load; did you mean venue.ad_load?"),
        ("host={}", "host is a group of settings; name one of them, such as host.agenda"),
        ("host=half_tim", "unknown host 'half_tim'; did you mean half_time? "
         "('barnraise presets' lists them; -cd DIR finds your own)"),
        ("people=patiens", "unknown people 'patiens'; did you mean patients? "
         "('barnraise presets' lists them; -cd DIR finds your own)"),
        ("host.replies=0,1",
         "host.replies=0,1 holds several values, and a run takes one (a list is written [1,2,3]; -m sweeps)"),
        ("host.replies", "cannot read 'host.replies': a setting is written key=value, such as host.replies=0"),
        ("=3", "cannot read '=3': a setting is written key=value, such as host.replies=0"),
        ("~host", "cannot read '~host': a setting is written key=value, such as host.replies=0"),
        ("scenario=support_form", "unknown scenario 'support_form'; did you mean support_forum? "
         "('barnraise scenarios' lists them; -cd DIR finds your own)"),
        ("venues.main.venue.talk=1", "venues.main is the main venue: its settings are venue. and host."),
        ("change_day=3", "alternatives (alt.NAME=...) and change_day belong to 'barnraise compare'"),
        ("hydra.run.dir=elsewhere", "unknown setting hydra.run.dir ('barnraise help settings' lists them)"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_in_one_line_that_says_what_would_be_right(override: str, line: str) -> None:
    assert refusal(override) == (line,)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert len(refusal("people=0", "venue.ad_load=99", "params.hosting.hours_per_seed=99")) == 3


def test_a_name_that_resembles_nothing_shows_what_its_group_has() -> None:
    (line,) = refusal("product.colour=3")
    assert line.startswith("unknown setting product.colour; product has burn, different, drift")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["alt.ads=venue.ad_laod=6"], "alt.ads: unknown setting venue.ad_laod; did you mean venue.ad_load?"),
        (["alt.ads=venue.ad_load=60"], "alt.ads: venue.ad_load=60 is out of range: 0 to 20 ads per visit"),
        (["alt.few=people=3"], "alt.few: people is common to all arms; set it beside the alternatives"),
        (["alt.x=", "change_day=548"], "change_day=548 is out of range: a day from 1 to 547 (before host_off=548)"),
        (["alt.x=", "change_day=730", "host_off=off"],
         "change_day=730 is out of range: a day from 1 to 729 (days=730)"),
        (["alt.x=population.deals=1", "change_day=9"],
         "alt.x: population.deals is settled before the first day; leave out change_day"),
        (["alt.x=venues.lounge.venue.talk=0", "change_day=9"],
         "alt.x: venues.lounge.venue.talk is settled before the first day; leave out change_day"),
        (["alt.base="], "alt.base=: write alt.NAME='key=value ...', each NAME once and none of them base"),
        (["alt.x=", "alt.x="], "alt.x=: write alt.NAME='key=value ...', each NAME once and none of them base"),
        ([], "compare needs an alternative, such as alt.no_manager='host=none'"),
    ],
)  # fmt: skip
def test_a_wrong_alternative_is_refused_by_name(arguments: list[str], line: str) -> None:
    assert refusal(*arguments, compares=True) == (line,)


def test_wrong_alternatives_are_all_named() -> None:
    assert len(refusal("alt.a=host.replies=9", "alt.b=venue.tlk=0", compares=True)) == 2


def test_every_declared_number_is_accepted_at_its_bounds_and_refused_beyond() -> None:
    for name, block in keys.LEVERS.items():
        model = config.model_of(block)
        for field, default in block._field_defaults.items():
            if not isinstance(default, Param):
                continue
            for bound, beyond in ((default.low, -1.0), (default.high, 1.0)):
                assert getattr(model.model_validate({field: bound}), field) == bound
                with pytest.raises(ValueError, match="equal"):
                    model.model_validate({field: bound + beyond * max(1.0, abs(bound))})
        assert name in keys.defaults()


def test_the_world_gets_bare_numbers_and_the_declared_defaults() -> None:
    settings = experiment("scenario=support_forum").settings()
    blocks = [settings.population, settings.product, settings.outside, *settings.parameters.values()]
    blocks += [part for setup in settings.setups for part in (setup.venue, setup.host)]
    assert all(type(value) in {float, str, tuple} for block in blocks for value in block)
    assert settings.outside == Outside()  # which no preset sets
    assert settings.setups[0].host.hurdle == float(Host().hurdle)


def test_the_command_line_outdoes_the_scenario_and_the_scenario_the_declaration() -> None:
    declared, listed = Venue().ad_load, experiment("scenario=ad_ratchet").venue.ad_load
    assert listed == 6.0 != declared
    assert experiment("scenario=ad_ratchet", "venue.ad_load=2").venue.ad_load == 2.0
    assert experiment("venue.ad_load=2", "scenario=ad_ratchet").venue.ad_load == 2.0


def test_a_further_venue_has_the_declared_defaults_where_it_says_nothing() -> None:
    setups = experiment("venues.lounge.venue.talk=0.5", "venue.ad_load=3").settings().setups
    assert [setup.name for setup in setups] == ["main", "lounge"]
    assert setups[1].venue == Venue()._replace(talk=0.5)
    assert setups[1].host == Host()


def test_a_million_can_be_written_as_1e6() -> None:
    assert experiment("people=1e6").people == 1_000_000


@pytest.fixture(scope="module")
def tree() -> keys.Tree:
    return compose.composed([])


@given(days=st.integers(2, 3650))
def test_by_default_the_host_falls_silent_within_the_run(tree: keys.Tree, days: int) -> None:
    day = config.experiment(tree | {"days": days}).host_off_day
    assert day is not None
    assert 1 <= day < days


def test_host_off_is_three_quarters_of_the_days_or_a_day_or_never() -> None:
    assert experiment().host_off_day == 548
    assert experiment("host_off=100").host_off_day == 100
    assert experiment("host_off=off").host_off_day is None
    assert experiment("host_off=null").host_off_day is None


@pytest.mark.parametrize("name", scenarios.names())
def test_a_resolved_configuration_describes_the_same_experiment(name: str) -> None:
    made = experiment(f"scenario={name}", "venues.lounge.host.replies=0")
    again = config.experiment(made.tree())
    assert again.settings() == made.settings()
    assert again.host_off_day == made.host_off_day


def test_there_are_twenty_five_scenarios_and_the_default_comes_first() -> None:
    assert scenarios.names()[0] == "support_forum"
    assert set(scenarios.names()) == {
        "ad_ratchet", "already_exists", "badge_shop", "barn_raising", "clone_20pct", "clone_the_community",
        "collaborators", "congregation", "criticism_storm", "elks_lodge", "eternal_september", "facebook_group",
        "fortnite_squad", "generation_good", "give_get_seesaw", "handing_over", "lego_fans", "multitudes",
        "occasional_executive", "peloton_class", "rented_then_owned", "seed_then_taper", "support_forum",
        "tempest_recovery", "ttpmf_clock",
    }  # fmt: skip


@pytest.mark.parametrize("name", scenarios.names())
def test_a_scenario_tells_its_story_asks_one_question_and_says_whose_claim_it_is(name: str) -> None:
    told = scenarios.read(name)
    assert 3 <= told["story"].count(". ") + 1 <= 6
    assert told["question"].endswith("?")
    assert "(" in told["claim"]
    said = [word for word in ("emergent", "mixed", "assumed") if word in told["claim"]]
    assert len(said) == 1  # a tautology must not look like a finding


def scenario_folder(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let `conf/` be a copy that has one more scenario, `stranger`."""
    shutil.copytree(folders.built_in(), folder, dirs_exist_ok=True)
    (folder / "scenario" / "stranger.yaml").write_text(f"# @package _global_\n{text}\n")
    monkeypatch.setattr(folders, "built_in", lambda: folder)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("host: {policy: 'os:system'}", "host.policy=os:system is not a host policy"),
        ("hydra: {run: {dir: /tmp}}", "scenario stranger: unknown setting hydra.run.dir"),
        (
            "defaults: [/config]",
            "scenario stranger: defaults is a list of '- override /host: half_time' and the like, "
            "with '- _self_' at its end",
        ),
        ("defaults: [{override /design: grid}, _self_]", "scenario stranger: defaults is a list of"),
        ("defaults: [{override /host: ../../x}, _self_]", "scenario stranger: unknown host '../../x'"),
        ("host: {_target_: os.system}", "scenario stranger: unknown setting host._target_"),
        ("host: {repliez: 0}", "scenario stranger: unknown setting host.repliez; did you mean host.replies?"),
        (
            "people: !!python/object/apply:os.getpid []",
            "scenario stranger: line 2: tags are not read (tag:yaml.org,2002:python/object/apply:os.getpid)",
        ),
        ("people: [", "scenario stranger: line 3: this is not YAML (did not find expected node content)"),
        ("just words", "scenario stranger: the file holds no settings"),
        ("people: ${oc.env:HOME}", "people=${oc.env:HOME} is not a whole number"),
    ],
)
def test_a_strangers_scenario_file_can_set_settings_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: str
) -> None:
    scenario_folder(tmp_path, monkeypatch, text)
    (found,) = refusal("scenario=stranger")
    assert found.startswith(line)


def test_a_value_that_looks_like_an_interpolation_stays_as_it_is() -> None:
    assert experiment("title='${oc.env:HOME}'").title == "${oc.env:HOME}"


def test_the_configuration_is_found_inside_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "sim"
    (package / "conf").mkdir(parents=True)
    (package / "conf" / "config.yaml").touch()
    monkeypatch.setattr(sim, "__file__", str(package / "__init__.py"))
    assert folders.built_in.__wrapped__() == (package / "conf").resolve()


POLICY = """
from sim.world.mechanisms.hosting import Scheduled

class Idle(Scheduled):
    def effort(self, dashboard):
        return super().effort(dashboard)._replace(hours=0.0)

class Nothing:
    pass
"""


def test_a_policy_of_ones_own_is_loaded_where_the_command_line_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_policy.py").write_text(POLICY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(POLICIES, "own_policy:Idle", Scheduled)  # which is taken away again at the end
    plugins.load(["own_policy:Idle"])
    assert experiment("days=40", "host.policy='own_policy:Idle'").host.policy == "own_policy:Idle"
    assert POLICIES["own_policy:Idle"].__name__ == "Idle"


@pytest.mark.parametrize("text", ["nowhere:Idle", "own_policy:Missing", "own_policy:Nothing", "own_policy", ":Idle"])
def test_what_is_no_policy_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "own_policy.py").write_text(POLICY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SettingsError, match="--policy"):
        policies.register(text)


BROKEN = """
from sim.world.mechanisms.hosting import Scheduled

class Raises(Scheduled):
    def effort(self, dashboard):
        return 1 / 0

class Minus(Scheduled):
    def effort(self, dashboard):
        return super().effort(dashboard)._replace(hours=-5)

class Many(Scheduled):
    def effort(self, dashboard):
        return super().effort(dashboard)._replace(replies=None)

class Idle(Scheduled):
    def effort(self, dashboard):
        return None

class Bare:
    def effort(self, dashboard):
        return None
"""


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Raises", " failed on day 0: ZeroDivisionError: division by zero (broken_policy.py, line 6)"),
        ("Minus", ": effort on day 0: hours=-5 is out of range: 0 to 10000 hours per day"),
        ("Many", ": effort on day 0: replies=None is not a number"),
        ("Idle", ": effort on day 0: None is not a sim.world.mechanisms.hosting.Effort (docs/policies.md shows one)"),
        ("Bare", " cannot be created for a host: TypeError: object.__init__() takes exactly one argument "
         "(the instance to initialize)"),
    ],
)  # fmt: skip
def test_a_policy_is_tried_before_the_first_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, line: str
) -> None:
    (tmp_path / "broken_policy.py").write_text(BROKEN)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SettingsError) as refused:
        policies.register(f"broken_policy:{name}")
    assert refused.value.lines == (f"--policy broken_policy:{name}{line}",)


def test_the_example_of_a_policy_of_ones_own_can_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parents[1] / "docs" / "policies.md").read_text(encoding="utf-8")
    (tmp_path / "mypolicy.py").write_text(text.split("```python\n")[1].split("```")[0])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(POLICIES, "mypolicy:Mine", Scheduled)  # which is taken away again at the end
    assert policies.register("mypolicy:Mine") in POLICIES


def test_a_venue_that_the_base_has_can_change_on_the_day_of_change() -> None:
    asked = compose.request(
        ["venues.lounge.venue.talk=0.5", "alt.quiet=venues.lounge.venue.talk=0", "change_day=9"], compares=True
    )
    assert asked.experiment.venues["lounge"].venue.talk == 0.5
    assert asked.alternatives["quiet"].venues["lounge"].venue.talk == 0.0


@pytest.mark.parametrize("number", [0, -3, 1025])
def test_a_sweep_cannot_have_fewer_processes_than_one_nor_take_none_for_those_of_the_run(number: int) -> None:
    with pytest.raises(SettingsError, match=f"engine.workers={number} is not possible"):
        sweep_options.read("engine", {"workers": number})
