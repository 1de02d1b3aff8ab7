"""The network of bonds with the host and without, with every person at the same place in both panels."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from sim.show.looks import OFF, ON, PALE, Look
from sim.show.results import Results
from sim.show.style import Drawing, sheet
from sim.show.words import amount, plural

MOST = 260  # people drawn; more could not be read
Ids = NDArray[np.int64]
Points = NDArray[np.float64]


def bonds(results: Results) -> Drawing | None:
    """Draw the bonds between members at the end of one run, with the host and with the host silent."""
    table = results.table("bonds.parquet")
    if table.empty or not (table.arm == "base").any():
        return None
    table = once(table[(table.arm == "base") & (table.venue == results.venues[0])])
    hosts = [host for host in ("on", "off") if (table.host == host).any()]
    if not hosts:
        return None
    totals = {host: int((table.host == host).sum()) for host in hosts}
    shown, people = strongest(table)
    cut = f"The {len(people)} people with the strongest bonds" if len(people) == MOST else plural(len(people), "person")
    drawn = (
        f"{cut.replace('persons', 'people')} of one run on its last "
        "day, each at the same place in both panels. A line is a bond. A filled dot is a person with a bond."
    )
    page = sheet(results, bonds_finding(results, totals), drawn, widths=(1,) * len(hosts), plot=3.8, left=0.15,
                 right=0.15, gap=0.15, below=0.4)  # fmt: skip
    places = layout(shown, people)
    for axes, host in zip(page.axes, hosts, strict=True):
        _network(axes, shown[shown.host == host], places, people, ON if host == "on" else OFF)
        title = "host on" if host == "on" else f"host silent since day {results.host_off}"
        axes.set_title(f"{title}: {plural(totals[host], 'bond')}")
    return page.done(" ".join(f"Host {host}: {n} bonds." for host, n in totals.items()))


def bonds_finding(results: Results, totals: dict[str, int]) -> str:
    """Return how many bonds remain without the host. One run has no interval, and the finding says so."""
    if "off" not in totals or not totals.get("on"):
        return f"Members share {plural(totals.get('on', 0), 'bond')} on the last day of one run"
    share = amount(totals["off"] / totals["on"], "share")
    return f"In this one run, there are {share} as many bonds without the host as with it"


def once(table: pd.DataFrame) -> pd.DataFrame:
    """Return each bond once: both sides list it."""
    first, second = table[["person", "partner"]].min(axis=1), table[["person", "partner"]].max(axis=1)
    return table.assign(person=first, partner=second).drop_duplicates(["host", "person", "partner"])


def strongest(table: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return the bonds among those with the most of them, and who these are."""
    swapped = table.rename(columns={"person": "partner", "partner": "person"})
    ends = pd.concat([table, swapped])
    total = ends.groupby("person").strength.sum().sort_values(ascending=False, kind="stable")
    people = np.sort(total.index[:MOST].to_numpy(dtype=np.int64))
    return table[table.person.isin(people) & table.partner.isin(people)], people


def layout(table: pd.DataFrame, people: NDArray[np.int64]) -> Points:
    """Return a place for each person, near those with whom they share bonds, the same every time."""
    angle = np.arange(len(people)) * 2.399963  # a sunflower: even, and no draw needed
    places = np.sqrt(np.arange(len(people)) + 0.5)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    places /= max(np.sqrt(len(people)), 1)
    spring = 0.8 / np.sqrt(max(len(people), 1))
    left, right = np.searchsorted(people, table.person), np.searchsorted(people, table.partner)
    heats = np.linspace(0.12, 0.005, 90)
    places = relaxed(places, left, right, heats, spring=spring, inward=0.35, least=1e-6)
    centred = places - np.median(places, axis=0)
    radius = np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9
    usual = float(np.quantile(radius, 0.9))  # the farthest are pulled in: three stray pairs must not shrink all others
    return np.asarray(np.where(radius > usual, centred / radius * (usual + 0.25 * (radius - usual)), centred))


def relaxed(
    places: Points, left: Ids, right: Ids, heats: Points, *, spring: float, inward: float | Points, least: float,
    stiffness: float = 1.0, stretch: float = np.inf, pace: float = 1.0,
) -> Points:  # fmt: skip
    """Return places after rounds of springs and repulsion (Fruchterman and Reingold 1991), with a pull to the middle.

    A round moves nobody further than its heat. `least` keeps those at one place from infinite repulsion.
    """
    for heat in heats:
        gap = places[:, None, :] - places[None, :, :]
        force = (gap * (spring**2 / ((gap**2).sum(axis=2) + least))[:, :, None]).sum(axis=1) - inward * places
        along = places[left] - places[right]
        pull = stiffness * along * np.minimum(np.linalg.norm(along, axis=1) / spring, stretch)[:, None]
        np.add.at(force, left, -pull)
        np.add.at(force, right, pull)
        length = np.linalg.norm(force, axis=1, keepdims=True) + 1e-9
        places = places + force / length * np.minimum(pace * length, heat)
    return places


def _network(axes: Axes, bonds_here: pd.DataFrame, places: Points, people: NDArray[np.int64], look: Look) -> None:
    left, right = np.searchsorted(people, bonds_here.person), np.searchsorted(people, bonds_here.partner)
    widths = 0.4 + 1.2 * np.minimum(bonds_here.strength.to_numpy(dtype=float), 1)
    axes.add_collection(LineCollection(list(np.stack([places[left], places[right]], axis=1)), colors=look.colour,
                                       linewidths=widths, alpha=0.55))  # fmt: skip
    degree = np.bincount(np.concatenate([left, right]), minlength=len(people))
    alone = degree == 0
    axes.scatter(places[alone, 0], places[alone, 1], s=14, facecolor="white", edgecolor=PALE, linewidths=1, zorder=2)
    axes.scatter(places[~alone, 0], places[~alone, 1], s=10 + 9 * degree[~alone], color=look.colour, edgecolor="white",
                 linewidths=0.5, zorder=3)  # fmt: skip
    axes.set_aspect("equal", adjustable="datalim")
    axes.autoscale_view()
    axes.axis("off")
