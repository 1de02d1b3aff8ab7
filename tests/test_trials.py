"""Trials: who is enrolled, with which probability, and what is measured."""

from typing import Any

import numpy as np
import pytest

from sim.lab.settings.errors import SettingsError
from sim.lab.trials import Arm, Trial, TrialRun, Use, measured, run_trial, use
from sim.lab.trials.actions import refer
from sim.lab.trials.run import chosen_by, divided
from sim.lab.trials.snapshot import Chosen, Scene, key_of
from sim.world import events
from sim.world.state import HOST, QUESTION, TALK
from sim.world.world import World
from tests import worlds

OUTCOMES = (measured("posts", (0, 30), (0, 60)), measured("visits", (0, 60)), measured("customer", (0, 60)))
NOTHING = (Arm("control"), Arm("nothing"))
AWARD = (Arm("control"), Arm("award", (use("award"),)))


def trial(*who: Use, arms: tuple[Arm, ...] = AWARD, name: str = "a", start: int = 90, **choices: Any) -> Trial:
    """Return a trial of the members, unless other people are named."""
    return Trial(name, who or (use("members"),), arms, choices.pop("outcomes", OUTCOMES), start, **choices)


def run(asked: Trial, seed: int = 1, people: int = 400, **choices: Any) -> TrialRun:
    """Run a trial in a small and busy world."""
    return run_trial(asked, worlds.settings(people=people, days=240, **choices), seed)


@pytest.mark.parametrize("between", [False, True])
def test_a_trial_that_does_nothing_has_no_effect_at_all(between: bool) -> None:
    newcomers = run(trial(use("newcomers"), arms=NOTHING, between=between, until=150))
    assert newcomers.enrolled() > 5
    for column in trial().columns():
        np.testing.assert_array_equal(newcomers.of(column), newcomers.of(f"twin_{column}"))


def test_a_levers_neutral_setting_leaves_its_world_as_the_twin() -> None:
    arms = (Arm("control"), Arm("same", (use("own_ads", factor=1.0), use("lever", **{"venue.ad_load": 1.0}))))
    same = run(trial(arms=arms, between=True))
    np.testing.assert_array_equal(same.of("visits_0_60"), same.of("twin_visits_0_60"))


def test_a_treatment_shows_in_the_treated_and_not_in_the_twin() -> None:
    awarded, idle = run(trial()), run(trial(arms=NOTHING))
    assert (awarded.of("posts_0_60", "award") != awarded.of("twin_posts_0_60", "award")).any()
    np.testing.assert_array_equal(awarded.of("twin_posts_0_60"), idle.of("twin_posts_0_60"))


def test_a_person_who_is_asked_to_refer_invites_an_acquaintance_who_is_no_member() -> None:
    world = World(worlds.settings(people=600, days=150, log=True), 1).run(60)
    scene = Scene(world, 0, key_of("refer", 1))
    inside = np.flatnonzero(scene.is_member())
    refer(scene, Chosen(inside, np.full(len(inside), -1)))
    invited = np.flatnonzero(scene.memberships["invited"] == scene.day)
    assert len(invited) > 0
    assert not scene.is_member()[invited].any()
    for person in invited:
        by = scene.memberships["referrer"][person]
        assert person in world.ties_partner[world.ties_start[by] : world.ties_start[by + 1]]


def test_an_invitation_can_be_to_another_venue() -> None:
    setups = (worlds.setup("main"), worlds.setup("lab", **{"venue.launch": 0, "venue.marketing": 0}))
    asked = trial(
        use("members"), arms=(Arm("control"), Arm("asked", (use("invite", to="lab"),))),
        outcomes=(measured("visits", (0, 60)),),
    )  # fmt: skip
    made = worlds.settings(people=600, days=240, setups=setups, numbers={"join.reserve": 2.0})
    assert run_trial(asked, made, 1).enrolled() > 0
    with pytest.raises(SettingsError, match="not a venue of this world: use main or lab"):
        run_trial(trial(arms=(Arm("a"), Arm("b", (use("invite", to="labs"),)))), made, 1)


def test_enrolment_and_arms_do_not_know_what_is_measured() -> None:
    one, other = run(trial()), run(trial(outcomes=(measured("answers", (0, 20)),)))
    for column in ("person", "day", "arm"):
        np.testing.assert_array_equal(one.of(column), other.of(column))


def test_running_a_trial_moves_no_draw_of_the_world() -> None:
    settings = worlds.settings(people=200, days=120, log=True)
    run_trial(trial(arms=NOTHING, start=40), settings, seed=3)
    logs = run_trial(trial(arms=NOTHING, start=40), settings, seed=3, keeps_log=True).logs
    alone = World(settings, 3)
    for _ in range(100):
        alone.step()
    np.testing.assert_array_equal(logs["trial"], alone.events())


def test_arms_have_their_shares_to_within_one_person() -> None:
    arms = (Arm("control", share=0.5), Arm("one", share=0.3), Arm("other", share=0.2))
    counted = run(trial(arms=arms))
    for name, share in (("control", 0.5), ("one", 0.3), ("other", 0.2)):
        assert abs(counted.enrolled(name) - share * counted.enrolled()) <= 1.0


def test_single_enrolments_fall_into_arms_by_their_shares() -> None:
    arms = (Arm("control", share=0.7), Arm("treated", share=0.3))
    runs = [run(trial(use("first_posters"), arms=arms, start=30, until=150), seed) for seed in range(4)]
    treated = sum(one.enrolled("treated") for one in runs)
    everybody = sum(one.enrolled() for one in runs)
    assert everybody > 50
    assert abs(treated / everybody - 0.3) < 4 * np.sqrt(0.21 / everybody)


def test_randomised_arms_are_alike_before_the_treatment() -> None:
    gaps = [run(trial(outcomes=(measured("visits", (0, 1)),)), seed) for seed in range(12)]
    before = np.array(
        [one.of("visits_before", "award").mean() - one.of("visits_before", "control").mean() for one in gaps]
    )
    assert abs(before.mean()) < 3.5 * before.std(ddof=1) / np.sqrt(len(before))
    assert before.std() > 0.0


def test_names_of_trials_draw_arms_of_their_own() -> None:
    one, other = run(trial()), run(trial(name="b"))
    np.testing.assert_array_equal(one.of("person"), other.of("person"))
    assert 0.3 < (one.of("arm") == other.of("arm")).mean() < 0.7


def test_people_who_qualify_again_are_not_enrolled_again() -> None:
    answered = run(trial(use("new_replies"), arms=NOTHING, until=150))
    assert len(np.unique(answered.of("day"))) > 3
    assert len(np.unique(answered.of("person"))) == answered.enrolled()


def test_a_twin_is_measured_over_the_same_days_as_its_original() -> None:
    settings = worlds.settings(people=200, days=120, log=True)
    found = run_trial(trial(use("newcomers"), arms=NOTHING, start=30, until=60), settings, seed=2, keeps_log=True)
    log, row = found.logs["twin"], 3
    person, day = int(found.of("person")[row]), int(found.of("day")[row])
    own = log[(log["actor"] == person) & (log["kind"] == events.VISIT) & (log["day"] >= day) & (log["day"] < day + 60)]
    assert found.of("twin_visits_0_60")[row] == len(own)


def test_what_lasts_is_undone_when_its_days_are_over() -> None:
    columns = ("ads_own", "mail_own", "toll", "points_own", "told", "pay")
    does = (
        use("own_ads", factor=3.0), use("mail", factor=0.0), use("toll", amount=0.5), use("points"),
        use("tell_median"), use("pay", amount=1.0), use("substitute", share=0.9),
    )  # fmt: skip
    for days, changed in ((10, False), (None, True)):
        asked = trial(arms=(Arm("control"), Arm("all", does, for_days=days)))
        world = worlds.small_world(until=90, people=200, days=240, log=True)
        (side,) = divided(asked, world, key_of("a", 1))
        for day in range(90, 102):
            side.morning(asked, world, day)
            world.step()
            side.world.step()
        for column in columns:
            fresh = worlds.small_world(until=0, people=200).memberships[0][column]
            assert (side.world.memberships[0][column] != fresh).any() == changed, column
        assert (side.world.people["elsewhere"] != -1.0).any() == changed


class TestSelectors:
    """Each selector picks the people that its name says, in a world whose past is written by hand."""

    @pytest.fixture
    def scene(self) -> Scene:
        """Return a world of eight on day 100: 0 to 5 are members, 6 is a customer outside, 7 left the product."""
        levers: dict[str, Any] = {"population.strangers": 0.0}
        world = World(worlds.settings(8, 200, log=True, **levers), 1)
        world.day = 100
        m = world.memberships[0]
        m["status"][:6], m["joined"][:6] = 1, [10, 20, 30, 40, 95, 99]
        world.people["customer"][7] = 2
        for person, day, posts in ((0, 98, 5), (1, 97, 3), (2, 40, 2), (3, 99, 1), (4, 96, 4)):
            m["answers"][person] = posts
            for _ in range(posts):
                world.day = day
                world.note(events.ANSWERED, person, 5, 0)
        log = world.log[1 : 1 + int(world.log["thread"][0])]
        log[:] = log[np.argsort(log["day"], kind="stable")]
        world.day = 100
        return Scene(world, 0, key_of("a", 1))

    @pytest.mark.parametrize(
        ("who", "expected"),
        [
            (use("everyone"), [0, 1, 2, 3, 4, 5, 6]),
            (use("members"), [0, 1, 2, 3, 4, 5]),
            (use("customers_outside"), [6]),
            (use("members_with_posts", at_least=2), [0, 1, 2, 4]),
            (use("tenure", low=60, high=80), [2, 3]),
            (use("top_contributors", share=0.25, window=30), [0]),
            (use("top_contributors", share=0.25, window=30, skip=0.25), [4]),
            (use("activity_quantile", low=0.0, high=0.4, window=90), [2, 3]),
            (use("newcomers", days=7), [0, 1, 3, 4]),
        ],
    )
    def test_a_selector_picks_the_people_that_its_name_says(self, scene: Scene, who: Use, expected: list[int]) -> None:
        assert chosen_by(scene, who).persons.tolist() == expected

    def test_a_first_post_and_a_new_reply_are_those_of_yesterday(self, scene: Scene) -> None:
        venue = scene.venue
        for author, kind, time, first in ((1, TALK, 97.5, True), (HOST, QUESTION, 99.1, False), (3, TALK, 99.2, False),
                                          (4, QUESTION, 99.5, True)):  # fmt: skip
            at = int(venue.now.threads)
            venue.threads[at]["author"], venue.threads[at]["kind"] = author, kind
            venue.threads[at]["time"], venue.threads[at]["first_post"] = time, first
            venue.now.threads = at + 1
        for person, time in ((0, 98.0), (2, 99.3), (HOST, 99.4), (2, 99.6)):
            at = int(venue.now.answers)
            venue.answers[at]["person"], venue.answers[at]["time"] = person, time
            venue.now.answers = at + 1
        assert [column.tolist() for column in chosen_by(scene, use("first_posters"))] == [[4], [3]]
        assert [column.tolist() for column in chosen_by(scene, use("new_replies"))] == [[2], [3]]


def test_a_world_in_which_nobody_qualifies_has_the_same_columns_and_no_rows() -> None:
    some, nobody = run(trial()), run(trial(use("members"), use("customers_outside")))
    assert nobody.enrolled() == 0
    assert [(name, column.dtype) for name, column in some.rows.items()] == [
        (name, column.dtype) for name, column in nobody.rows.items()
    ]
    assert np.isnan(nobody.effect("posts", (0, 30), "award"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (trial(use("newcomer")), "did you mean newcomers"),
        (trial(use("newcomers", day=3)), "takes days, not day"),
        (trial(arms=(Arm("a"), Arm("b", (use("own_ads"),)))), "takes factor, and needs factor"),
        (trial(arms=(Arm("a"), Arm("b", (use("lever", **{"venue.ad_load": 2.0}),)))), "between worlds"),
        (trial(outcomes=(measured("post", (0, 30)),)), "did you mean posts"),
        (trial(outcomes=(measured("posts", (0, 300)),)), "but days=240: use days="),
        (trial(outcomes=(measured("posts", (30, 30)),)), "cannot be measured"),
    ],
)
def test_a_trial_that_cannot_be_run_is_refused_in_words(wrong: Trial, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        run(wrong)
