"""The question that was asked, in words, from the settings in which the arms differ."""

import re
from collections.abc import Callable
from typing import Any

from sim.lab.runs.stated import Flat, has_host, opens
from sim.lab.settings import keys
from sim.lab.settings.keys import within_place
from sim.show.results import BASE, Results
from sim.show.verdicts import arm_label
from sim.show.words import amount, listed, plural

MOST_ARMS, MOST_SETTINGS = 4, 2  # in one question
PHRASES = {  # {new} and {old} are the two values
    "host.hours": "the host had {new} instead of {old} hours a day",
    "host.starts": "the host started on day {new} instead of day {old}",
    "host.replies": "the host tried to answer {new} instead of {old} of the open questions",
    "host.seeding": "the host wrote {new} instead of {old} posts a day",
    "host.awards": "the host gave {new} instead of {old} awards a month",
    "host.broadcasts": "the host sent {new} instead of {old} messages to all a month",
    "host.schedule": "the host's hours were spread by schedule “{new}” instead of “{old}”",
    "venue.ad_load": "members met {new} instead of {old} ads on each visit",
    "venue.opens": "the venue opened on day {new} instead of day {old}",
    "venue.earning": "thanking were {new} instead of {old} as easy as with a button",
    "venue.mission": "the venue's purpose were {new} instead of {old} clear",
    "venue.small_talk": "social posts were {new} instead of {old} as welcome as elsewhere",
    "venue.points": "answers earned points at a strength of {new} instead of {old}",
}
PRESETS = {
    ("community", "none"): "there were no community at all", ("community", "open"): "there were a community",
    ("host", "none"): "the host were gone", ("host", "volunteer"): "a volunteer were the host",
    ("host", "half_time"): "the host worked half time", ("host", "full_time"): "the host worked full time",
    ("host", "team_of_three"): "a team of three were the host",
    ("host", "agency_campaign"): "an agency ran a campaign as the host",
    ("host", "silent_sponsor"): "the host paid and kept silent",
}  # fmt: skip
JOB = {"replicates", "seed", "results", "workers", "log", "vectors", "record_every", "scenario"}  # not about the world


def question(results: Results) -> str:
    """Return the question: what if, for a comparison; the scenario's own for a plain run of a scenario."""
    own = {name: value for name, value in results.settings.get(BASE, {}).items() if name not in JOB}
    chosen = f"with {listed([f'{name}={value}' for name, value in own.items()])}"
    if results.compares:
        shown = results.alternatives[:MOST_ARMS]
        asked = [f"{clause(results, arm)} ({arm_label(arm)}: {results.change(arm)})" for arm in shown]
        rest = len(results.alternatives) - len(shown)
        asked += [f"one of {plural(rest, 'further alternative')} came true"] if rest else []
        base = f"“{title(results)}” {chosen if own else 'as it is'}"
        return f"What if {listed(asked, 'or')}, compared with {base}?"
    if own or not results.scenario.get("question"):
        return f"What becomes of “{title(results)}” {chosen if own else 'with its settings'}?"
    return str(results.scenario["question"])


def title(results: Results) -> str:
    """Return what the scenario calls itself."""
    return str(results.scenario.get("title") or results.name)


def clause(results: Results, arm: str) -> str:
    """Return what is different in an arm, as the clause after "what if"."""
    if scenario := re.search(r"\bscenario=(\w+)", results.changes[arm]):
        return f"it were the scenario “{scenario[1].replace('_', ' ')}”"
    own, base = results.presets.get(arm, {}), results.presets.get(BASE, {})
    chosen = [(group, name) for group, name in own.items() if name != base.get(group)]
    base_levers, levers = results.levers(BASE), results.levers(arm)
    if gone(opens, base_levers, levers):
        return PRESETS["community", "none"]
    if chosen:
        usual = {(group, name): f"the {group} were “{name.replace('_', ' ')}”" for group, name in chosen}
        return listed([(usual | PRESETS)[preset] for preset in chosen[:MOST_SETTINGS]])
    settings = results.settings.get(arm, {})
    if gone(has_host, base_levers, levers) and all(key.startswith("host.") for key in settings):
        return PRESETS["host", "none"]
    known = results.config.get("venues") or {}
    new = {key.split(".")[1] for key in settings if key.startswith("venues.")} - set(known)
    if new:
        return f"there were also a venue {listed([f'“{name}”' for name in sorted(new)])}"
    said = [_setting(results, key, value) for key, value in list(settings.items())[:MOST_SETTINGS]]
    rest = len(settings) - len(said)
    said += [f"{plural(rest, 'more setting')} changed"] if rest else []
    return listed(said) if said else f"“{arm_label(arm)}” came true"


def gone(there: Callable[[Flat], bool], base: Flat, arm: Flat) -> bool:
    """Tell whether something that the base has is missing in an arm."""
    return "venue.opens" in base and there(base) and not there(arm)


def _setting(results: Results, key: str, value: Any) -> str:
    """Return how a setting differs, in words where there are some, else by its name and unit."""
    before = results.levers(BASE).get(key)
    known = keys.declarations().get(within_place(key))
    unit = "share" if known is not None and known.unit == "share" else ""
    new, old = (_value(number, unit) for number in (value, before))
    if within_place(key) in PHRASES and before is not None and value is not None:
        place = f" in “{key.split('.')[1]}”" if key.startswith("venues.") else ""
        return PHRASES[within_place(key)].format(new=new, old=old) + place
    group, _, name = within_place(key).partition(".")
    words = name.replace("_", " ").replace(".", " ")
    owner = "the parameter " if group == "params" else f"the {group}'s "
    per = f" {known.unit}" if known is not None and known.unit not in ("share", "day", "times", "pull") else ""
    return f"{owner}{words} were {new} instead of {old}{per}"


def _value(value: Any, unit: str) -> str:
    if value is None:
        return "none"
    return amount(float(value), unit) if isinstance(value, (int, float)) else str(value)
