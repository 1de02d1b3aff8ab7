"""Presets: files of `conf/people/`, `product/`, `venue/`, `host/` and `community/`, from which a question is composed.

Each is a group of Hydra's configuration: `host=half_time` sets the host's levers, whatever the scenario. The words
about it (`about:`) say who this is, where its figures come from and which of them are guesses; they are no setting.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sim.lab.settings import folders, keys
from sim.lab.settings.errors import SettingsError, printable
from sim.lab.settings.keys import Tree
from sim.lab.settings.messages import is_number
from sim.lab.settings.settings_file import file_of, settings_in

PACKAGES = {"people": "population", "product": "product", "venue": "venue", "host": "host", "community": ""}
HEADERS = {"people": "# @package population", "community": "# @package _global_"}  # others: as Hydra has it anyway
ABOUT, WORDS = "about", ("title", "story", "source", "guesses")
WITHIN_PLACE = ("venue", "host")  # presets that a further venue takes, too: venues.NAME.host=half_time


class Preset(NamedTuple):
    """A preset: its words, and the levers that it sets, in a tree of settings."""

    title: str
    story: str
    source: str
    guesses: str
    levers: Tree


def is_choice(key: str, value: Any) -> bool:
    """Tell whether a setting chooses a preset. `people=2000` is the number of customers, `people=patients` a choice."""
    is_word = value is not None and not isinstance(value, dict)
    return key in PACKAGES and is_word and not (key == "people" and is_number(value))


def read(group: str, name: str) -> Preset:
    """Return a preset. Raises `SettingsError` if there is none, or it sets more than its group's levers."""
    path = file_of(group, name, folders.files(group), "presets")
    what = f"{group} {name}"
    tree = settings_in(path, what, lambda key, value: _wrong(group, key, value), HEADERS.get(group))
    if ABOUT not in tree:
        raise SettingsError(f"{what}: the file has no words about itself: write about: with {', '.join(WORDS)}")
    about = tree.pop(ABOUT)
    title, story, source, guesses = (" ".join(str(about.get(word, "")).split()) for word in WORDS)
    levers = {PACKAGES[group]: tree} if PACKAGES[group] else tree
    return Preset(title, story, source, guesses, levers)


def _wrong(group: str, key: str, value: Any) -> Iterator[str]:
    """Yield what is wrong with an entry of a preset's file."""
    if key == ABOUT:
        if not isinstance(value, dict) or set(value) - set(WORDS) or not value.get("title"):
            yield f"{ABOUT} holds {', '.join(WORDS)}, at least a title"
        return
    front = f"{PACKAGES[group]}." if PACKAGES[group] else ""
    for leaf, _ in keys.flat({f"{front}{key}": value}):
        if line := keys.unknown(leaf, frozenset()):
            yield line


def without_words(tree: Tree) -> Tree:
    """Return a composed tree without the words of its presets."""
    levers = {group: {name: value for name, value in tree[group].items() if name != ABOUT} for group in keys.LEVERS}
    return {name: levers.get(name, value) for name, value in tree.items() if name != ABOUT}


def overruled(chosen: Mapping[str, str], usual: Mapping[str, str], settings: Tree, whose: str) -> Iterator[str]:
    """Yield a line for each preset with levers that a scenario sets otherwise: its own values stay, as its point."""
    own = dict(keys.flat(settings))
    for group, name in chosen.items():
        if group == "community" or usual.get(group) == name:
            continue
        levers = keys.flat(read(group, name).levers)
        kept = [f"{key}={own[key]} (instead of {value})" for key, value in levers if own.get(key, value) != value]
        if kept:
            yield f"{group}={name}: {whose} keeps its own {', '.join(kept)}; set it yourself to change that"


def listing() -> str:
    """Return all presets with title and the first sentence of their story."""
    parts: list[str] = []
    for group in PACKAGES:
        parts.append(f"{group}=")
        for name in folders.files(group):
            try:
                found = read(group, name)
                first, dot, _ = found.story.partition(". ")
                words = f"{found.title}. {first}{'.' if dot else ''}"
            except SettingsError as error:
                words = f"cannot be read: {error.lines[0]}"
            parts.append(f"  {printable(name):<22} {words}")
    example = "barnraise venue=forum host=half_time    barnraise compare alt.none=host=none    (docs/presets.md)"
    return "\n".join([*parts, "", f"Compose a question with: {example}"])
