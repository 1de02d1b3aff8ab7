"""Every setting by its dotted name: its declared range, and the nearest known name to a wrong one.

No name is listed here. They come from the levers and from the mechanisms' parameter blocks.
"""

import difflib
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from sim.world.day import BLOCKS
from sim.world.levers import OWNERS, SCHEDULES, SEGMENTS, Host, Outside, Population, Product, Venue
from sim.world.parameters import Declared, declared

Tree = dict[str, Any]

LEVERS: dict[str, Any] = {
    "population": Population,
    "venue": Venue,
    "host": Host,
    "product": Product,
    "outside": Outside,
}
WORDS = {  # settings that are words or lists, which no declared number describes
    "policy": "decides what the host does [scheduled, responsive, or your own by --policy or --plugin]",
    "schedule": f"how the host's hours are spread over time [{', '.join(SCHEDULES)}]",
    "owner": f"whose place it is [{', '.join(OWNERS)}]",
    "moves_to": "name of the venue to which members are called when this one closes",
    "segment": f"who is treated in their own way [{', '.join(SEGMENTS)}]",
    "schedule_list": "with schedule=list: relative hours in equal parts of the run, such as [2,1,0.5]",
}


def defaults() -> Tree:
    """Return all levers and parameters at their declared values, as nested dictionaries."""
    tree: Tree = {group: plain(block()) for group, block in LEVERS.items()}
    return tree | {"venues": {}, "params": {name: plain(block()) for name, block in BLOCKS.items()}}


def plain(block: Any) -> Tree:
    """Return a block's values as bare numbers, words and lists, as YAML knows them."""
    return {
        name: list(value) if isinstance(value, tuple) else float(value) if isinstance(value, float) else value
        for name, value in block._asdict().items()
    }


@cache
def declarations() -> dict[str, Declared]:
    """Return the declaration of every number, by dotted name."""
    blocks = LEVERS | {f"params.{name}": block for name, block in BLOCKS.items()}
    return {f"{group}.{row.name}": row for group, block in blocks.items() for row in declared(group, block)}


@cache
def levels() -> frozenset[str]:
    """Return the dotted names of all settings in groups, numbers or not."""
    return frozenset(key for key, _ in flat(defaults()) if key != "venues")


def flat(tree: Tree, above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the leaves of nested dictionaries with their dotted names. An empty dictionary is a leaf."""
    for name, value in tree.items():
        key = f"{above}{name}"
        if isinstance(value, dict) and value:
            yield from flat(value, f"{key}.")
        else:
            yield key, value


def put(tree: Tree, key: str, value: Any) -> None:
    """Set the leaf with this dotted name, and create the branches above it."""
    *branches, leaf = key.split(".")
    for name in branches:
        tree = tree.setdefault(name, {})
    tree[leaf] = value


def within_place(key: str) -> str:
    """Return `venue.…` or `host.…` for a setting of a further venue (`venues.NAME.…`), other names unchanged."""
    parts = key.split(".", 2)
    return parts[2] if parts[0] == "venues" and len(parts) == 3 else key


def is_place(key: str) -> bool:
    """Tell whether this names a further venue as a whole."""
    return key.startswith("venues.") and key.count(".") == 1


def unknown(key: str, top: frozenset[str]) -> str | None:
    """Return what is wrong with a setting's name, or nothing. `top` holds the names that belong to no group."""
    name = within_place(key)
    front = key.removesuffix(name)  # `venues.NAME.` or nothing
    allowed = {level for level in levels() if level.startswith(("venue.", "host."))} if front else levels() | top
    if name in allowed or is_place(key) or key == "venues":
        return None
    inside = sorted(level for level in allowed if level.startswith(f"{name}."))
    if inside:
        return f"{key} is a group of settings; name one of them, such as {front}{inside[0]}"
    suggestion = nearest(name, allowed)
    if suggestion:
        return f"unknown setting {key}; did you mean {front}{suggestion}?"
    group, _, _ = name.rpartition(".")
    siblings = [level.removeprefix(f"{group}.") for level in sorted(allowed) if level.rpartition(".")[0] == group]
    listed = " ('barnraise help settings' lists them)"
    what = f"; {front}{group} has {', '.join(siblings)}" if group and siblings else listed
    return f"unknown setting {key}{what}"


def hint(name: str, known: Collection[str], otherwise: str = "") -> str:
    """Return the end of a message about an unknown name: the nearest known one, or something else if none is near."""
    suggestion = nearest(name, known)
    return f"; did you mean {suggestion}?" if suggestion else otherwise


def nearest(name: str, known: Collection[str]) -> str | None:
    """Return the known name that is most similar to `name`, or none if nothing is similar.

    The last part counts most: a similar one in the same group comes first, then the same one in another group, then (if
    there is no such group) a similar one anywhere.
    """
    group, _, leaf = name.rpartition(".")
    leaves: dict[str, list[str]] = {}
    for other in sorted(known):
        leaves.setdefault(other.rpartition(".")[2], []).append(other)
    own = [other.rpartition(".")[2] for other in known if other.rpartition(".")[0] == group]
    similar = difflib.get_close_matches(leaf, sorted(own), n=1, cutoff=0.65 if group else 0.7)
    if leaf in leaves and not (group and similar):
        similar = [leaf]
    if not similar and not (group and own):
        similar = difflib.get_close_matches(leaf, list(leaves), n=1, cutoff=0.7)
    return difflib.get_close_matches(name, leaves[similar[0]], n=1, cutoff=0.0)[0] if similar else None
