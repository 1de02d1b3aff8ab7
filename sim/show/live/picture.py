"""The picture of the live page: the people as a network, and the headline series up to today.

It draws plain arrays and a table, so it needs neither Mesa nor a browser.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from sim.show.looks import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION
from sim.show.panel import label_ends
from sim.show.style import SETTINGS

Ids = NDArray[np.int64]
Points = NDArray[np.float64]

MOST = 200  # people drawn
PULL = np.array([0.62, 1.25])  # to the middle: weaker sideways, so that the crowd fills a wide panel
ROUNDS = 12  # of springs and repulsion in a picture, and five times as many in the first
STIFFNESS, STRETCH = 0.5, 4.0  # of a spring, and how far it pulls harder the longer it is, in lengths at rest
PACE = 0.1  # how far a force moves a person in a round
LEAST = 1e-4  # keeps those at one place from infinite repulsion


class Role(NamedTuple):
    """How one role is drawn: its colour, and a marker that a grey copy keeps."""

    name: str
    series: str
    colour: str
    marker: str


ROLES = (
    Role("lurker", "lurkers", SKY, "o"),
    Role("asker", "askers", ORANGE, "^"),
    Role("helper", "helpers", GREEN, "s"),
    Role("champion", "champions", VERMILLION, "D"),
)
LEVELS = (("belonging", "belonging", PURPLE, "-"), ("trust", "trust", BLUE, (0, (5, 1.5))),
          ("fit", "fit", GREEN, (0, (1.2, 1.2))))  # fmt: skip
REPLIES = (("answered_share", "of questions\nanswered", GREEN, "-"),
           ("host_share", "of replies\nby the host", VERMILLION, (0, (5, 1.5))))  # fmt: skip


class Bonds(NamedTuple):
    """Bonds between people, by their ids; columns of equal length."""

    person: Ids
    partner: Ids
    strength: Points


class Scene(NamedTuple):
    """The people of today: the sample's ids, roles and contributions, and how many active members there are."""

    people: Ids
    roles: Sequence[str]
    contributions: Points
    bonds: Bonds
    active: int


class Story(NamedTuple):
    """What has happened so far: a row per day, the horizon, and the day on which the host falls silent."""

    days: pd.DataFrame
    horizon: int
    silent_from: int | None


def sample(active: Ids, bonds: Bonds) -> Ids:
    """Return up to `MOST` active people: those with the strongest bonds, then others, always the same ones."""
    order = np.argsort(-bonds.strength, kind="stable")
    ends = np.stack([bonds.person[order], bonds.partner[order]], axis=1).ravel()
    bonded = list(dict.fromkeys(ends.tolist()))[: MOST * 2 // 3]
    others = np.setdiff1d(active, bonded)
    others = others[np.argsort(scattered(others), kind="stable")]
    return np.sort(np.concatenate([np.array(bonded, np.int64), others[: MOST - len(bonded)]]))


def scattered(ids: Ids) -> Points:
    """Return a number in [0, 1) for each id, evenly spread and the same every day (multiples of the golden ratio)."""
    return np.asarray(ids * 0.6180339887498949 % 1.0, float)


class Stage:
    """People's places. They are kept from picture to picture, and drift towards those of bonded people."""

    def __init__(self) -> None:
        self.places: dict[int, tuple[float, float]] = {}

    def place(self, people: Ids, bonds: Bonds) -> Points:
        """Return a place for each, shape `(n_people, 2)`."""
        if len(people) == 0:
            return np.empty((0, 2))
        left, right = np.searchsorted(people, bonds.person), np.searchsorted(people, bonds.partner)
        rounds = ROUNDS if any(person in self.places for person in people.tolist()) else 5 * ROUNDS
        points = relaxed(np.array([self._start(person) for person in people.tolist()]), left, right, rounds)
        self.places.update(zip(people.tolist(), map(tuple, points.tolist()), strict=True))
        return points

    def _start(self, person: int) -> tuple[float, float]:
        angle, radius = person * 2.399963, 0.3 + 0.7 * float(scattered(np.array([person * 7]))[0])
        return self.places.get(person, (radius * float(np.cos(angle)), radius * float(np.sin(angle))))


def relaxed(places: Points, left: Ids, right: Ids, rounds: int) -> Points:
    """Return places after rounds of springs and repulsion (Fruchterman and Reingold 1991), with a pull to the middle.

    Nobody moves further in a round than its heat, which falls.
    """
    spring = 1.0 / np.sqrt(len(places))
    for heat in np.linspace(0.06, 0.01, rounds):
        gap = places[:, None, :] - places[None, :, :]
        force = (gap * (spring**2 / ((gap**2).sum(axis=2) + LEAST))[:, :, None]).sum(axis=1) - PULL * places
        along = places[left] - places[right]
        pull = STIFFNESS * along * np.minimum(np.linalg.norm(along, axis=1) / spring, STRETCH)[:, None]
        np.add.at(force, left, -pull)
        np.add.at(force, right, pull)
        length = np.linalg.norm(force, axis=1, keepdims=True) + 1e-9
        places = places + force / length * np.minimum(PACE * length, heat)
    return places


def picture(scene: Scene, places: Points, story: Story) -> Figure:
    """Return the page's picture: the people and their number above; roles, feelings and replies below."""
    small = {"axes.labelsize": 9.5, "xtick.labelsize": 9, "ytick.labelsize": 9}
    with mpl.rc_context(SETTINGS | small):
        figure = Figure((10.2, 6.35), facecolor="white")
        above = figure.add_gridspec(1, 2, left=0.0, right=0.88, top=0.955, bottom=0.5, wspace=0.1, width_ratios=(1, 1))
        below = figure.add_gridspec(1, 3, left=0.04, right=0.88, top=0.38, bottom=0.075, wspace=0.9)
        draw_people(figure.add_subplot(above[0]), scene, places)
        draw_active(figure.add_subplot(above[1]), story)
        draw_roles(figure.add_subplot(below[0]), story)
        draw_shares(figure.add_subplot(below[1]), story, "Belonging, trust and product fit", LEVELS, percent=False)
        draw_shares(figure.add_subplot(below[2]), story, "Recent questions and replies", REPLIES, percent=True)
    return figure


def draw_people(axes: Axes, scene: Scene, places: Points) -> None:
    """Draw the sample as dots and their bonds as lines."""
    left, right = (np.searchsorted(scene.people, ends) for ends in (scene.bonds.person, scene.bonds.partner))
    lines, widths = np.stack([places[left], places[right]], axis=1), 0.7 + 1.8 * np.minimum(scene.bonds.strength, 1)
    axes.add_collection(LineCollection(list(lines), colors=GREY, linewidths=widths, alpha=0.8))
    for role in ROLES:
        those = np.array([name == role.name for name in scene.roles], bool)
        size = 12 + 9 * np.sqrt(scene.contributions[those])
        axes.scatter(places[those, 0], places[those, 1], s=np.minimum(size, 120), color=role.colour, marker=role.marker,
                     edgecolor="white", linewidths=0.6, zorder=2 + ROLES.index(role))  # fmt: skip
    shown = f"{len(scene.people)} of {scene.active}" if scene.active > len(scene.people) else f"{scene.active}"
    axes.set_title(f" {shown} active members")
    axes.set(xlim=(-1.6, 1.6), ylim=(-1.05, 1.15))
    axes.axis("off")
    swatches = [
        Line2D([], [], color=role.colour, marker=role.marker, linestyle="", markersize=8, label=role.name)
        for role in ROLES
    ]
    bond = Line2D([], [], color=GREY, linewidth=1.5, label="bond")
    axes.legend(handles=[*swatches, bond], loc="upper center", ncols=5, frameon=False, bbox_to_anchor=(0.5, 0.02),
                fontsize=9.5, columnspacing=1.0, handletextpad=0.3)  # fmt: skip
    axes.text(0.012, 0.985, "Larger dots wrote more. Bonds are drawn short.", transform=axes.transAxes, va="top",
              fontsize=9.5, color=GREY)  # fmt: skip


def draw_active(axes: Axes, story: Story) -> None:
    """Draw the active members and, once the host is silent, how many there would be with it."""
    days = story.days
    axes.plot(days.day, days.active, color=BLUE, linewidth=2.2)
    now = f"{last(days.active):.0f}"
    labels = [(last(days.active), now, BLUE)]
    if days.active_host_on.notna().any():
        axes.plot(days.day, days.active_host_on, color=BLACK, linewidth=1.4, linestyle=(0, (4, 2)))
        labels = [(last(days.active), f"{now} without", BLUE),
                  (last(days.active_host_on), f"{last(days.active_host_on):.0f} with host", BLACK)]  # fmt: skip
    finish(axes, story, "Active members", labels)
    if falls_silent(story):
        axes.annotate("host silent", (story.silent_from or 0, 0), xytext=(4, 4), textcoords="offset points", color=GREY,
                      fontsize=9.5)  # fmt: skip


def draw_roles(axes: Axes, story: Story) -> None:
    """Draw the active members by role, stacked."""
    days = story.days
    heights = [days[role.series] for role in reversed(ROLES)]
    axes.stackplot(days.day, heights, colors=[role.colour for role in reversed(ROLES)], alpha=0.9, linewidth=0)
    middle, labels = 0.0, []
    for role in reversed(ROLES):
        top = last(days[role.series])
        labels.append((middle + top / 2, f"{top:.0f} {role.name}{'' if top == 1 else 's'}", dark(role.colour)))
        middle += top
    finish(axes, story, "Active members by role", labels if middle > 0 else [])


def draw_shares(
    axes: Axes, story: Story, title: str, lines: Iterable[tuple[str, str, str, Any]], percent: bool
) -> None:
    """Draw shares from 0 to 1, each labelled at its end."""
    labels = []
    for name, text, colour, dash in lines:
        axes.plot(story.days.day, story.days[name], color=colour, linestyle=dash, linewidth=2.2)
        value = last(story.days[name])
        labels.append((value, f"{100 * value:.0f} % {text}" if percent else f"{value:.2f} {text}", dark(colour)))
    axes.set_ylim(0, 1)
    if percent:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    finish(axes, story, title, labels, least=1)


def finish(axes: Axes, story: Story, title: str, labels: Sequence[tuple[float, str, str]], least: float = 10) -> None:
    """Give a panel its title, its axes, the day on which the host fell silent, and labels at the lines' ends."""
    axes.set_title(title)
    axes.set_xlim(0, story.horizon)
    axes.set_ylim(0, max(least, axes.get_ylim()[1]))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.set_xlabel("day")
    if falls_silent(story):
        axes.axvline(story.silent_from or 0, color=GREY, linewidth=1, linestyle=(0, (2, 2)))
    label_ends(axes, labels, size=9)


def falls_silent(story: Story) -> bool:
    """Tell whether the host falls silent before the end."""
    return story.silent_from is not None and story.silent_from < story.horizon


def last(column: pd.Series) -> float:
    """Return today's value, NaN on the first morning."""
    return float(column.iloc[-1]) if len(column) else float("nan")


def dark(colour: str) -> str:
    """Return a colour dark enough to be read as text."""
    red, green, blue = (int(colour[k : k + 2], 16) * 0.72 for k in (1, 3, 5))
    return f"#{int(red):02X}{int(green):02X}{int(blue):02X}"
