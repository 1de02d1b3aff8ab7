"""The command `intake`: ten questions, of which each can be skipped, become a scenario of one's own.

An answer is written into the scenario and stays, whatever preset is chosen later. What nobody answered stays with the
presets, and the file says what that is.
"""

import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sim.lab.settings import folders, inert, keys, presets, read_yaml, scenarios
from sim.lab.settings.errors import SettingsError, refuse_if_any, said_of
from sim.lab.settings.messages import is_number, plural, shown

if TYPE_CHECKING:
    from sim.lab.settings.config import Experiment

USUAL = {"product": "business_software", "people": "customers_of_software", "venue": "forum", "host": "half_time"}
NUMBERS = {"customers": (1, 10_000_000, "customers"), "active": (0, 10_000_000, "people"), "ads": (0, 20, "a visit")}
ENDED = "the input ended before the last question, and nothing was written (answers=FILE takes them from a file)"
Given = dict[str, Any]  # answers by question; what is not there was skipped
Levels = Mapping[str, float | str]
LEVELS: dict[str, dict[str, tuple[str, Levels]]] = {  # what each answer in words sets
    "newcomers": {
        "nobody": ("nobody greets them", {"host.onboarding": 0.0}),
        "some": ("the host greets some of them in person", {"host.onboarding": 0.3}),
        "everybody": ("the host greets nearly everybody", {"host.onboarding": 0.9}),
        "judged": ("their first posts are judged by rules that they are shown",
                   {"host.onboarding": 0.0, "venue.rejection": 0.3, "venue.rules_shown": 0.5}),
    },
    "answering": {
        "members": ("members alone", {"host.replies": 0.0, "host.joins_in": 0.0}),
        "both": ("members first, and the host some of what stays open", {"host.replies": 0.4, "host.joins_in": 0.1}),
        "host": ("the host, nearly everything", {"host.replies": 0.9, "host.joins_in": 0.4}),
    },
    "criticism": {
        "ignored": ("nobody takes it up",
                    {"host.listening": 0.0, "host.answers_critics": 0.0, "host.deletes": 0.0}),
        "passed_on": ("it is passed on to the product team, in silence",
                      {"host.listening": 0.5, "host.answers_critics": 0.0, "host.deletes": 0.0}),
        "answered": ("it is answered in public and passed on",
                     {"host.listening": 0.5, "host.answers_critics": 0.7, "host.deletes": 0.0}),
        "deleted": ("much of it is deleted without a reason",
                    {"host.listening": 0.0, "host.deletes": 0.5, "host.reasons": 0.0}),
        "deleted_with_reasons": ("much of it is deleted, and the reason is given",
                                 {"host.listening": 0.2, "host.deletes": 0.5, "host.reasons": 1.0}),
    },
    "whose": {
        "possession": ("“our community” belongs to the company", {"venue.owner": "company", "host.tone": 0.2}),
        "collective": ("“our community” includes the company, one voice among others",
                       {"venue.owner": "company", "host.tone": 1.0, "host.handover": 0.3}),
        "members": ("the members'; the company is a guest", {"venue.owner": "members", "host.tone": 1.0}),
        "landlord": ("a platform's, which sets the rules", {"venue.owner": "landlord"}),
    },
}  # fmt: skip
TOLD = {"newcomers": "Newcomers", "answering": "who answers", "criticism": "criticism", "whose": "whose place it is"}
ASKS = {
    "product": "1. What is the product?",
    "people": "   And who are its customers?",
    "venue": "2. What kind of place is it?",
    "host": "3. Who looks after it, and for how many hours?",
    "customers": "4. How many customers are there?",
    "active": "5. How many are active in the place now (came within four weeks; 0: it is yet to open)?",
    "ads": "6. How many ads or notices does a member meet on a visit?",
    "newcomers": "7. How are newcomers greeted?",
    "answering": "8. Who answers questions?",
    "criticism": "9. How is criticism handled?",
    "whose": "10. Whose place is it? (When they say “our community”: a possession, or all of us?)",
}


def options(name: str) -> dict[str, str]:
    """Return the words that a question can be answered with, each explained; none where the answer is a number."""
    if name in LEVELS:
        return {word: about for word, (about, _) in LEVELS[name].items()}
    return {word: title(name, word) for word in folders.files(name)} if name in USUAL else {}


def title(group: str, name: str) -> str:
    """Return a preset's title, of a host with its hours."""
    found = presets.read(group, name)
    if group != "host":
        return found.title
    return f"{found.title} ({plural(round(7 * found.levers['host'].get('hours', 0)), 'hour')} a week)"


def usual(name: str) -> str:
    """Return what holds if a question is skipped."""
    if name == "customers":
        return str(scenarios.top_defaults()["people"])
    return USUAL.get(name, "as the place and its host have it")


def checked(name: str, answer: Any) -> Any:
    """Return an answer as it counts, or say what would be one. A choice may be given by its number in the list."""
    words = list(options(name))
    if name in NUMBERS:
        low, high, unit = NUMBERS[name]
        try:
            number = answer if is_number(answer) else float(str(answer).replace(",", ""))
        except ValueError:
            raise SettingsError(f"{name}: {shown(answer)} is not a number") from None
        if not low <= number <= high or (name != "ads" and number != int(number)):
            kind = "" if name == "ads" else "a whole number, "
            raise SettingsError(f"{name}: {shown(answer)} is out of range: {kind}{low} to {high:,} {unit}")
        return number if name == "ads" else int(number)
    text = str(answer).strip()
    if text.isdecimal() and 1 <= int(text) <= len(words):
        return words[int(text) - 1]
    if text not in words:
        raise SettingsError(f"{name}: {shown(answer)} is none of {', '.join(words)}{keys.hint(text, words)}")
    return text


def possible(given: Mapping[str, Any]) -> None:
    """Refuse answers that do not go together."""
    customers = int(given.get("customers", scenarios.top_defaults()["people"]))
    if given.get("active", 0) > customers:
        raise SettingsError(f"active: {given['active']:,} are more than the {customers:,} customers")


def in_file(path: Path) -> Given:
    """Return the answers of a file. One that is missing or empty was skipped."""
    how, what = "(--print-questions writes one to fill in)", f"answers={path}"
    if not path.is_file():
        raise SettingsError(f"{what}: there is no such file {how}")
    tree = read_yaml.read_yaml(path, what) or {}
    with said_of(what):
        if not isinstance(tree, dict):
            raise SettingsError(f"the file holds no answers {how}")
        refuse_if_any(f"there is no question {name}{keys.hint(name, list(ASKS))}" for name in tree if name not in ASKS)
        given = {name: checked(name, value) for name, value in tree.items() if value is not None}
        possible(given)
    return given


def in_terminal() -> Given:
    """Ask one question after the other. Enter skips it, and what cannot be an answer is asked again."""
    print("Ten questions. Enter skips one: then the value in brackets is assumed.")
    given: Given = {}
    try:
        for name, question in ASKS.items():
            listed = [f"     {number} {word}: {about}" for number, (word, about) in enumerate(options(name).items(), 1)]
            print("\n".join(["", question, *listed]))
            while answer := input(f"   [{usual(name)}] ").strip():
                try:
                    found = given | {name: checked(name, answer)}
                    possible(found)
                except SettingsError as error:
                    print(f"   {error}")
                else:
                    given = found
                    break
    except (EOFError, KeyboardInterrupt) as ended:
        print()
        if isinstance(ended, EOFError):
            raise SettingsError(ENDED) from None
        raise
    return given


def template() -> str:
    """Return a file of answers to fill in."""
    lines = ["# Answers for: barnraise intake answers=FILE. What stays empty is assumed."]
    for name, question in ASKS.items():
        words = [f"#   {word}: {about}" for word, about in options(name).items()]
        lines += ["", f"# {question.strip()}", *words, f"{name}: # [{usual(name)}]"]
    return "\n".join(lines)


def place_of(name: str, overwrites: bool) -> Path:
    """Return where the scenario goes: below the first folder of `--config-dir`, or else below `conf`."""
    path = next(iter(folders.own()), Path("conf")) / "scenario" / f"{name}.yaml"
    if path.exists() and not overwrites:
        raise SettingsError(f"{path} exists; take another name=NAME, or say --overwrite")
    taken = folders.files("scenario").get(name)
    if taken is not None and taken.resolve() != path.resolve():
        raise SettingsError(f"there is a scenario {name} already ({taken}); take another name=NAME")
    return path


def levels_of(given: Given) -> dict[str, tuple[str, float | str]]:
    """Return the settings that answers set, each with its question."""
    said = [(name, LEVELS[name][given[name]][1]) for name in LEVELS if name in given]
    said += [("ads", {"venue.ad_load": float(given["ads"])})] if "ads" in given else []
    return {key: (name, value) for name, own in said for key, value in own.items()}


def run(name: str, answers: str | None, overwrites: bool) -> int:
    """Ask, or read the answers, and write the scenario. Nothing is written before the last answer."""
    from sim.cli import compose
    from sim.lab.runs import sizing
    from sim.lab.runs.result_folder import write_text

    path = place_of(name, overwrites)
    given = in_terminal() if answers is None else in_file(Path(answers))
    levels, fitted = levels_of(given), ""
    texts = [f"{group}={given.get(group, usual(group))}" for group in USUAL]
    texts += [f"people={given.get('customers', usual('customers'))}"]
    made = compose.request([*texts, *(f"{key}={value}" for key, (_, value) in levels.items())], False).experiment
    if active := given.get("active"):
        launch, reached = sizing.launch_for(made, active)
        levels["venue.launch"] = ("active", launch)
        fitted = f"; fitted: with it {reached:.0f} are active on day {sizing.NOW}, which stands for today"
        if abs(reached - active) > 0.1 * active:
            print(f"barnraise: active={active}: {reached:.0f} on day {sizing.NOW} is as near as this place comes; "
                  "other people, another host or more customers would bring others", file=sys.stderr)  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text_of(given, levels, made, fitted))
    for line in inert.lines(levels, [made]):
        print(f"barnraise: {line}", file=sys.stderr)
    own = "" if folders.built_in() == path.parent.parent.resolve() else f"-cd {shlex.quote(str(path.parent.parent))} "
    print(f"{len(given)} of {len(ASKS)} values were answered, the others are assumed. Run it with:")
    print(f"  barnraise {own}scenario={name}\n  barnraise {own}compare scenario={name} alt.no_host=host=none\n{path}")
    return 0


def text_of(given: Given, levels: Mapping[str, tuple[str, Any]], made: "Experiment", fitted: str) -> str:
    """Return the scenario's file."""
    chosen = {group: given.get(group, usual(group)) for group in USUAL}
    how = {name: "answered" if name in given else "assumed" for name in ASKS}
    product, people, venue, host = (title(group, name) for group, name in chosen.items())
    told = [f" {TOLD[name]}: {options(name)[given[name]]}." for name in LEVELS if name in given]
    words = {
        "title": f"{venue}, with {host[:1].lower()}{host[1:]}",
        "story": f"Product: {product}. Customers: {people}. Place: {venue}. Host: {host}.{''.join(told)}",
        "question": "Who holds this community together, and what would be left if its host fell silent?",
    }
    lines = [
        scenarios.HEADER,
        "# Written by barnraise intake. Behind each value stands whether it was answered or assumed.",
        "defaults:",
        *(f"  - override /{group}: {chosen[group]} # {how[group]}" for group in ("people", "product", "venue", "host")),
        "  - _self_",
        "",
        yaml.safe_dump(words, sort_keys=False, allow_unicode=True, width=110),
        f"people: {made.people} # {how['customers']}",
    ]
    for group in ("venue", "host"):
        own = [(key.partition(".")[2], *held) for key, held in levels.items() if key.startswith(f"{group}.")]
        lines += [f"{group}:"] if own else []
        lines += [f"  {key}: {value} # answered: {name}={shown(given[name])}{fitted * (name == 'active')}"
                  for key, name, value in own]  # fmt: skip
    lines += ["# active=0 was answered: the place is yet to open"] if given.get("active") == 0 else []
    return "\n".join([*lines, *assumed(given, made), ""])


def assumed(given: Given, made: "Experiment") -> Iterator[str]:
    """Yield a comment for each value that nobody answered: it stays with the presets."""
    every = {name: [key for _, own in words.values() for key in own] for name, words in LEVELS.items()}
    every |= {"ads": ["venue.ad_load"], "active": ["venue.launch"]}
    left = [(key, name) for name, own in every.items() if name not in given for key in dict.fromkeys(own)]
    values = dict(keys.flat(made.tree()))
    if left:
        yield "# Assumed, and not set here, so that another venue= or host= brings its own:"
    yield from (f"#   {key}: {shown(values[key])} (assumed, as venue and host have it: {name})" for key, name in left)
