"""The live page's picture, drawn without a browser."""

import numpy as np

from sim.model import CommunityModel
from sim.show.live import picture

NOBODY = np.empty(0, np.int64)
NO_BONDS = picture.Bonds(NOBODY, NOBODY, np.empty(0))


def crowd(n: int) -> picture.Bonds:
    """Return bonds in a ring of `n` people with the ids 0, 2, 4, ..., the weaker the later."""
    ids = 2 * np.arange(n)
    return picture.Bonds(ids, np.roll(ids, -1), np.linspace(1.0, 0.2, n))


def test_the_first_morning_is_drawn_with_nobody_in_it() -> None:
    days = CommunityModel(people=10, rng=1).datacollector.get_model_vars_dataframe()
    scene = picture.Scene(NOBODY, [], np.empty(0), NO_BONDS, 0)
    figure = picture.picture(scene, picture.Stage().place(NOBODY, NO_BONDS), picture.Story(days, 728, 364))
    assert [axes.get_title(loc="left").strip() for axes in figure.axes][:2] == ["0 active members", "Active members"]


def test_a_lived_year_is_drawn_with_both_lines_once_the_host_is_silent() -> None:
    model = CommunityModel(people=300, days=40, rng=1, host_silent_from=20)
    model.run_model()
    story = picture.Story(model.datacollector.get_model_vars_dataframe(), model.days, model.host_silent_from)
    figure = picture.picture(picture.Scene(NOBODY, [], np.empty(0), NO_BONDS, 0), np.empty((0, 2)), story)
    texts = [text.get_text() for text in figure.axes[1].texts]
    assert f"{model.active:.0f} without" in texts
    assert f"{model.active_host_on:.0f} with host" in texts


def test_all_are_drawn_where_they_are_few_and_the_bonded_first_where_they_are_many() -> None:
    few, many = np.arange(50), np.arange(5000)
    assert picture.sample(few, NO_BONDS).tolist() == few.tolist()
    drawn = picture.sample(many, crowd(30))
    assert len(drawn) == len(set(drawn.tolist())) == picture.MOST
    assert set(crowd(30).person.tolist()) <= set(drawn.tolist())
    assert drawn.tolist() == picture.sample(many, crowd(30)).tolist()


def test_many_bonds_leave_room_for_people_without_any() -> None:
    bonds = crowd(2000)
    drawn = picture.sample(np.arange(5000), bonds)
    strongest = set(bonds.person[: picture.MOST].tolist())
    assert len(set(drawn.tolist()) - strongest) > picture.MOST // 4


def test_people_stand_still_enough_to_be_followed() -> None:
    stage, people, bonds = picture.Stage(), 2 * np.arange(60), crowd(60)
    for _ in range(10):
        before = stage.place(people, bonds)
    moved = np.linalg.norm(stage.place(people, bonds) - before, axis=1)
    assert moved.max() < 0.1


def test_roles_differ_in_colour_and_in_marker() -> None:
    assert len({role.colour for role in picture.ROLES}) == len({role.marker for role in picture.ROLES}) == 4
