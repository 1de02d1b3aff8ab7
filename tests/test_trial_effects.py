"""From trials to effects: comparisons, uncertainty and wording, and the command with its folder."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim import __main__ as command_line
from sim.cli import trial as trial_command
from sim.lab.settings import folders
from sim.lab.settings.errors import SettingsError
from sim.lab.trials import Arm, Trial, TrialRun, measured, use
from sim.lab.trials.analysis import BEFORE, EVERYBODY, Effect, Pooled, deciles, effects, matched
from sim.lab.trials.files import read
from sim.lab.trials.run import check
from sim.show.trials import page as trial_report

WINDOW = (0, 30)
WITHIN = Trial("a", (use("members"),), (Arm("control"), Arm("treated")), (measured("posts", WINDOW),), start=10)
SMALL = ["people=300", "days=200", "replicates=2", "workers=1", "venue.launch=2", "params.join.reserve=-1",
         "trial.start=60", "trial.who.top_contributors={share: 1.0, window: 60}"]  # fmt: skip
SHORT = ["trial.outcomes={posts: [[0,30],[0,90]], retained: [[0,90]]}", "trial.primary=posts_0_90"]


def made_up(
    seed: int,
    effect: float,
    spread: float = 1.0,
    people: int = 40,
    arms: int = 2,
    luck: float = 1.0,
    spill: float = 0.0,
) -> TrialRun:
    """Return a trial of invented people: a seed's chance is common to all, and each person has a similar twin."""
    chance = np.random.default_rng(seed)
    arm = np.arange(people) % arms
    before = chance.poisson(3.0, people).astype(float)
    twin = before + luck * chance.normal() + spread * chance.normal(size=people)
    own = twin + spill + effect * arm + 0.2 * chance.normal(size=people) * (effect != 0.0)
    rows = {"person": np.arange(people), "day": np.full(people, 10), "arm": arm, "tenure": np.full(people, 5)}
    rows |= {name: np.zeros(people) for name in BEFORE if name != "tenure"} | {"posts_before": before}
    return TrialRun(
        seed, ("control", "treated", "more")[:arms], rows | {"posts_0_30": own, "twin_posts_0_30": twin}, 0, {}
    )


def one(found: list[Effect], comparison: str, subgroup: str = EVERYBODY) -> Effect:
    """Return the only effect of a comparison."""
    (effect,) = (effect for effect in found if (effect.comparison, effect.subgroup) == (comparison, subgroup))
    return effect


def test_an_effect_is_found_and_its_interval_is_over_seeds() -> None:
    found = effects(WITHIN, [made_up(seed, effect=2.0) for seed in range(30)])
    for comparison in ("control", "twin", "net"):
        effect = one(found, comparison)
        assert effect.low < 2.0 < effect.high
        assert effect.low > 0.0
        assert effect.seeds == 30
    assert one(found, "control").people == 600


def test_twins_remove_chance_differences_between_the_arms() -> None:
    found = effects(WITHIN, [made_up(seed, effect=2.0) for seed in range(30)])
    width = {comparison: one(found, comparison).high - one(found, comparison).low for comparison in ("control", "net")}
    assert width["net"] < 0.5 * width["control"]


def test_equal_seeds_give_the_mean_of_their_effects_and_its_t_interval() -> None:
    runs = [made_up(seed, effect=1.0) for seed in range(8)]
    single = np.array([run.effect("posts", WINDOW, "treated") for run in runs])
    half = 2.364624 * single.std(ddof=1) / np.sqrt(8)
    effect = one(effects(WITHIN, runs), "control")
    assert effect.effect == pytest.approx(single.mean())
    assert effect.low == pytest.approx(single.mean() - half, rel=1e-5)


def test_where_nothing_is_done_the_interval_holds_0_in_95_of_100_trials() -> None:
    trials = [[made_up(1000 * trial + seed, 0.0, people=30 + seed % 7) for seed in range(12)] for trial in range(200)]
    found = [one(effects(WITHIN, runs), "control") for runs in trials]
    covered = np.mean([effect.low <= 0.0 <= effect.high for effect in found])
    assert 0.91 < covered < 0.985
    assert all(one(effects(WITHIN, runs), "twin").effect == 0.0 for runs in trials[:3])


def test_spill_over_on_the_untreated_is_separated_from_the_effect() -> None:
    found = effects(WITHIN, [made_up(seed, effect=2.0, spill=0.5) for seed in range(30)])
    assert one(found, "spill").effect == pytest.approx(0.5, abs=0.05)
    assert one(found, "twin").effect == pytest.approx(2.5, abs=0.1)
    assert one(found, "net").effect == pytest.approx(2.0, abs=0.1)


def test_where_nobody_qualified_no_effect_is_reported() -> None:
    empty = [made_up(seed, effect=2.0) for seed in range(3)]
    empty = [run._replace(rows={name: column[:0] for name, column in run.rows.items()}) for run in empty]
    effect = one(effects(WITHIN, empty), "control")
    assert effect.people == 0
    assert np.isnan([effect.effect, effect.low, effect.high]).all()


def test_one_seed_has_an_effect_and_no_interval() -> None:
    effect = one(effects(WITHIN, [made_up(1, effect=2.0)]), "control")
    assert np.isfinite(effect.effect)
    assert np.isnan([effect.low, effect.high, effect.p, effect.detectable]).all()


def test_an_effect_detectable_with_80_percent_power_is_detected_in_80_percent_of_trials() -> None:
    sizes = [
        one(effects(WITHIN, [made_up(900 * t + s, 0.0) for s in range(10)]), "control").detectable for t in range(40)
    ]
    true = float(np.mean(sizes))
    seen = [
        one(effects(WITHIN, [made_up(700 * t + s + 9, true) for s in range(10)]), "control").p <= 0.05
        for t in range(200)
    ]
    assert 0.68 < np.mean(seen) < 0.9


def test_the_effect_on_the_busiest_is_separated_from_that_on_the_quiet() -> None:
    runs = [made_up(seed, effect=0.0, people=200) for seed in range(30)]
    for run in runs:
        run.rows["posts_0_30"] += 3.0 * (run.rows["arm"] == 1) * (run.rows["posts_before"] >= 6)
    found = effects(WITHIN, runs)
    assert one(found, "net", "decile 10").effect == pytest.approx(3.0, abs=0.3)
    assert one(found, "net", "decile 2").effect == pytest.approx(0.0, abs=0.01)


def test_people_who_did_as_much_are_in_the_same_tenth() -> None:
    found = deciles(np.array([0.0] * 12 + [1.0] * 4 + [5.0] * 4), np.zeros(20))
    assert [len(set(found[part])) for part in (slice(0, 12), slice(12, 16), slice(16, 20))] == [1, 1, 1]
    assert found[0] < found[12] < found[16]


def test_yes_or_no_has_odds_and_a_risk_ratio() -> None:
    runs = [made_up(seed, effect=1.5) for seed in range(30)]
    for run in runs:
        run.rows["retained_0_30"] = (run.rows.pop("posts_0_30") > 3.0).astype(float)
        run.rows["twin_retained_0_30"] = (run.rows.pop("twin_posts_0_30") > 3.0).astype(float)
    trial = Trial("a", WITHIN.who, WITHIN.arms, (measured("retained", WINDOW),), 10)
    effect = one(effects(trial, runs), "control")
    a, b = effect.mean, effect.reference
    assert effect.risk_ratio == pytest.approx(a / b)
    assert effect.log_odds == pytest.approx(np.log(a / (1 - a) / (b / (1 - b))))
    assert effect.risk_ratio_low < effect.risk_ratio < effect.risk_ratio_high
    assert effect.log_odds_low < effect.log_odds < effect.log_odds_high


def test_doses_have_a_slope_and_an_elasticity() -> None:
    arms = tuple(Arm(name, dose=dose) for name, dose in (("middle", 2.0), ("low", 1.0), ("high", 4.0)))
    trial = Trial("a", WITHIN.who, arms, WITHIN.outcomes, 10, between=True)
    runs = [made_up(seed, effect=0.0, arms=3, people=30) for seed in range(10)]
    for run in runs:
        dose = np.array([2.0, 1.0, 4.0])[run.rows["arm"]]
        run.rows["posts_0_30"] = 10.0 * dose**-0.5
    found = [effect for effect in effects(trial, runs) if effect.comparison == "elasticity"]
    assert found[0].effect == pytest.approx(-0.5)


def test_doers_are_matched_with_people_like_them_who_did_not() -> None:
    runs = [made_up(seed, effect=0.0, people=200) for seed in range(10)]
    for run in runs:
        run.rows["joined_0_30"] = (run.rows["posts_before"] + run.rows["arm"] > 4).astype(float)
    pooled = Pooled(runs)
    doers, others = matched(pooled, "joined_0_30")
    assert (pooled.rows["joined_0_30"][doers] == 1).all()
    assert (pooled.rows["joined_0_30"][others] == 0).all()
    assert (pooled.rows["arm"][others] == 0).all()
    np.testing.assert_array_equal(pooled.seed[doers], pooled.seed[others])
    gap = np.abs(pooled.rows["posts_before"][doers] - pooled.rows["posts_before"][others])
    assert gap.mean() < np.abs(pooled.rows["posts_before"][doers] - pooled.rows["posts_before"].mean()).mean()


def test_an_effect_per_doer_is_that_on_all_over_the_share_that_it_made_do_it() -> None:
    runs = [made_up(seed, effect=0.0, people=200) for seed in range(10)]
    for run in runs:
        treated = run.rows["arm"] == 1
        joins = treated & (np.arange(200) % 5 == 1)
        run.rows.update({"joined_0_30": joins.astype(float), "twin_joined_0_30": np.zeros(200)})
        run.rows["posts_0_30"] += 4.0 * joins
    found = effects(WITHIN, runs, association="joined_0_30")
    share = float(np.mean([run.mean("joined", WINDOW, "treated") for run in runs]))
    assert one(found, "net").effect == pytest.approx(4.0 * share)
    assert one(found, "per_doer").effect == pytest.approx(4.0)


@pytest.mark.parametrize("name", folders.files("trial"))
def test_every_trial_of_the_project_can_be_run_in_its_settings(name: str) -> None:
    asked = read(name)
    _, made, _ = trial_command.request([f"trial={name}"])
    check(asked.trial(), made.settings())
    assert made.replicates >= 30
    assert made.host_off is None


class TestCommand:
    """What `barnraise trial` prints, writes and refuses."""

    @pytest.fixture(autouse=True)
    def in_an_empty_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Write results where they disturb nobody, and draw no figures."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sim.cli.report.render", lambda folder: None)

    def test_a_trial_writes_its_folder_and_prints_it_last(self, capsys: pytest.CaptureFixture[str]) -> None:
        code = command_line.main(["trial", "trial=award_top_contributors", *SMALL, *SHORT, "log=true"])
        lines = capsys.readouterr().out.splitlines()
        folder = Path(lines[-1])
        assert code == 0
        assert lines[0].startswith("An award for those who give most: 2 seeds")
        with (folder / "effects.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert {row["comparison"] for row in rows} == {"control", "net", "spill", "twin"}
        enrolled = pq.read_table(folder / "enrolled.parquet").to_pandas()
        assert set(enrolled["arm"]) == {"control", "award"}
        assert {"posts_0_90", "twin_posts_0_90", "retained_0_90"} <= set(enrolled)
        assert set(pq.read_table(folder / "events.parquet").to_pandas()["world"]) == {"trial", "twin"}
        manifest = json.loads((folder / "manifest.json").read_text())
        assert manifest["kind"] == "trial"
        assert set(manifest["outputs"]) >= {"effects.csv", "enrolled.parquet", "trial.yaml"}

    def test_its_page_and_pictures_say_what_was_found(self, capsys: pytest.CaptureFixture[str]) -> None:
        command_line.main(["trial", "trial=award_top_contributors", *SMALL, *SHORT])
        folder = Path(capsys.readouterr().out.splitlines()[-1])
        page = trial_report.write_report(folder).read_text()
        assert "An award for those who give most" in page
        assert "barnraise trial trial=award_top_contributors" in page
        assert page.count("<img") == len(list((folder / "figures").glob("*.png"))) >= 1

    def test_the_same_line_gives_the_same_table(self, capsys: pytest.CaptureFixture[str]) -> None:
        tables = []
        for workers in ("workers=1", "workers=2"):
            command_line.main(["trial", "trial=award_top_contributors", *SMALL[:3], *SMALL[4:], *SHORT, workers])
            tables.append((Path(capsys.readouterr().out.splitlines()[-1]) / "effects.csv").read_bytes())
        assert tables[0] == tables[1]

    @pytest.mark.parametrize(
        ("arguments", "line"),
        [
            (["trial=award_top"], "unknown trial 'award_top'; did you mean award_top_contributors?"),
            ([], "trial takes a name"),
            (["trial=ad_load_dose", "trial.stat=3"], "unknown entry stat; did you mean start?"),
            (["trial=ad_load_dose", "trial.who.member=null"], "unknown selector member; did you mean members?"),
            (["trial=ad_load_dose", "venue.ad_lod=3"], "unknown setting venue.ad_lod; did you mean venue.ad_load?"),
            (["trial=ad_load_dose", "days=100"], "but days=100: use days=810 or more"),
            (["trial=ad_load_dose", "trial.arms.half.does.lever={venue.ad_load: 200}"], "out of range"),
        ],
    )
    def test_what_a_user_can_put_right_is_one_line_and_exit_code_2(
        self, capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
    ) -> None:
        assert command_line.main(["trial", *arguments]) == 2
        (said,) = capsys.readouterr().err.splitlines()
        assert line in said

    def test_the_list_has_every_trial_with_its_question(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert command_line.main(["trials"]) == 0
        printed = capsys.readouterr().out
        assert all(name in printed and read(name).title in printed for name in folders.files("trial"))


def test_a_file_that_names_no_window_of_its_own_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="did you mean posts_0_90"):
        read("award_top_contributors", {"primary": "post_0_90"})
    (tmp_path / "trial").mkdir()
    (tmp_path / "trial" / "mine.yaml").write_text("title: mine\nwhom: {}\n")
    monkeypatch.setattr(folders, "built_in", lambda: tmp_path)
    with pytest.raises(SettingsError, match="unknown entry whom; did you mean who"):
        read("mine")
