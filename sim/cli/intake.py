"""The command `intake`: ten questions, of which each can be skipped, become a scenario of one's own.

An answer is written into the scenario and stays, whatever preset is chosen later. What nobody answered stays with the
presets, and the file says what that is.
"""

import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from sim.lab.settings import folders, inert, keys, presets, read_yaml, scenarios
from sim.lab.settings.errors import SettingsError, refuse_if_any, said_of
from sim.lab.settings.messages import is_number, plural, shown

if TYPE_CHECKING:
    from sim.lab.settings.config import Experiment

USUAL = {"product": "business_software", "people": "customers_of_software", "venue": "forum", "host": "half_time"}
NUMBERS = {"customers": (1, 10_000_000, "customers"), "active": (0, 10_000_000, "people"), "ads": (0, 20, "a visit")}
ENDED = "the input ended before the last question, and nothing was written (answers=FILE takes them from a file)"
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


class Answers(NamedTuple):
    """What was answered: choices and numbers by question. What is not in it was skipped."""

    given: dict[str, Any]

    def preset(self, group: str) -> str:
        """Return the preset of a group, the usual one where nobody chose."""
        return str(self.given.get(group, USUAL[group]))

    def levels(self) -> dict[str, tuple[str, Any]]:
        """Return the settings that answers set, each with its question."""
        found: dict[str, tuple[str, Any]] = {}
        for name in (name for name in LEVELS if name in self.given):
            found |= {key: (name, value) for key, value in LEVELS[name][self.given[name]][1].items()}
        return found | ({"venue.ad_load": ("ads", float(self.given["ads"]))} if "ads" in self.given else {})


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
    if name in USUAL:
        return USUAL[name]
    return str(scenarios.top_defaults()["people"]) if name == "customers" else "as the place and its host have it"


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


def in_file(path: Path) -> Answers:
    """Return the answers of a file. One that is missing or empty was skipped."""
    if not path.is_file():
        raise SettingsError(f"answers={path}: there is no such file (--print-questions writes one to fill in)")
    tree = read_yaml.read_yaml(path, f"answers={path}") or {}
    with said_of(f"answers={path}"):
        if not isinstance(tree, dict):
            raise SettingsError("the file holds no answers (--print-questions writes one to fill in)")
        refuse_if_any(f"there is no question {name}{keys.hint(name, list(ASKS))}" for name in tree if name not in ASKS)
        given = {name: checked(name, value) for name, value in tree.items() if value is not None}
    return possible(Answers(given))


def in_terminal() -> Answers:
    """Ask one question after the other. Enter skips it, and what cannot be an answer is asked again."""
    print("Ten questions. Enter skips one: then the value in brackets is assumed.")
    given: dict[str, Any] = {}
    try:
        for name, question in ASKS.items():
            listed = [f"     {number} {word}: {about}" for number, (word, about) in enumerate(options(name).items(), 1)]
            print("\n".join(["", question, *listed]))
            while answer := input(f"   [{usual(name)}] ").strip():
                try:
                    given[name] = checked(name, answer)
                    possible(Answers(given))
                    break
                except SettingsError as error:
                    given.pop(name, None)
                    print(f"   {error}")
    except EOFError:
        print()
        raise SettingsError(ENDED) from None
    except KeyboardInterrupt:
        print()
        raise
    return Answers(given)


def possible(answers: Answers) -> Answers:
    """Return answers that go together."""
    customers = int(answers.given.get("customers", scenarios.top_defaults()["people"]))
    if answers.given.get("active", 0) > customers:
        raise SettingsError(f"active: {answers.given['active']:,} are more than the {customers:,} customers")
    return answers


def template() -> str:
    """Return a file of answers to fill in."""
    lines = ["# Answers for: barnraise intake answers=FILE. What stays empty is assumed."]
    for name, question in ASKS.items():
        words = [f"#   {word}: {about}" for word, about in options(name).items()]
        lines += ["", f"# {question.strip()}", *words, f"{name}: # [{usual(name)}]"]
    return "\n".join(lines)


def place_of(name: str, overwrites: bool) -> Path:
    """Return where the scenario goes: below the first folder of `--config-dir`, or else below `conf`."""
    parent = folders.own()[0] if folders.own() else Path("conf")
    path = parent / "scenario" / f"{name}.yaml"
    if path.exists() and not overwrites:
        raise SettingsError(f"{path} exists; take another name=NAME, or say --overwrite")
    taken = folders.files("scenario").get(name)
    if taken is not None and taken.resolve() != path.resolve():
        raise SettingsError(f"there is a scenario {name} already ({taken}); take another name=NAME")
    return path


def run(name: str, answers: str | None, overwrites: bool) -> int:
    """Ask, or read the answers, and write the scenario. Nothing is written before the last answer."""
    from sim.cli import compose
    from sim.lab.runs import sizing
    from sim.lab.runs.result_folder import write_text

    path = place_of(name, overwrites)
    found = in_terminal() if answers is None else in_file(Path(answers).expanduser())
    texts = [f"{group}={found.preset(group)}" for group in USUAL]
    texts += [f"people={found.given['customers']}"] if "customers" in found.given else []
    levels = found.levels()
    made = compose.request([*texts, *(f"{key}={value}" for key, (_, value) in levels.items())], False).experiment
    fitted = ""
    if found.given.get("active"):
        launch, reached = sizing.launch_for(made, found.given["active"])
        levels["venue.launch"] = ("active", launch)
        if abs(reached - found.given["active"]) > 0.1 * found.given["active"]:
            print(f"barnraise: active={found.given['active']}: {reached:.0f} is as near as this place comes, on day "
                  f"{sizing.NOW}; another host, other people or more customers may bring more", file=sys.stderr)  # fmt: skip
        fitted = f"fitted: with it {reached:.0f} are active on day {sizing.NOW}, which stands for today"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text_of(found, levels, made, fitted))
    for line in inert.lines(levels, [made]):
        print(f"barnraise: {line}", file=sys.stderr)
    is_known = folders.built_in() == path.parent.parent.resolve()
    option = "" if is_known else f"-cd {shlex.quote(str(path.parent.parent))} "
    print(f"{len(found.given)} of {len(ASKS)} values were answered, the others are assumed. Run it with:")
    print(f"  barnraise {option}scenario={name}\n  barnraise compare {option}scenario={name} alt.no_host=host=none")
    print(path)
    return 0


def text_of(found: Answers, levels: Mapping[str, tuple[str, Any]], made: "Experiment", fitted: str) -> str:
    """Return the scenario's file."""

    def how(name: str) -> str:
        return "answered" if name in found.given else "assumed"

    words = {name: title(name, found.preset(name)) for name in USUAL}
    told = [f"{TOLD[name]}: {options(name)[found.given[name]]}" for name in LEVELS if name in found.given]
    story = (f"Product: {words['product']}. Customers: {words['people']}. Place: {words['venue']}. Host: "
             f"{words['host']}." + (f" {'; '.join(told)}." if told else ""))  # fmt: skip
    about = {"title": f"{words['venue']}, with {words['host'][:1].lower()}{words['host'][1:]}", "story": story,
             "question": "Who holds this community together, and what would be left if its host fell silent?"}  # fmt: skip
    lines = [
        scenarios.HEADER,
        "# Written by barnraise intake. Behind each value stands whether it was answered or assumed.",
        "defaults:",
        *(f"  - override /{group}: {found.preset(group)} # {how(group)}" for group in ("people", "product")),
        *(f"  - override /{group}: {found.preset(group)} # {how(group)}" for group in ("venue", "host")),
        "  - _self_",
        "",
        yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=110),
        f"people: {made.people} # {how('customers')}",
    ]
    for group in ("venue", "host"):
        own = {key.partition(".")[2]: held for key, held in levels.items() if key.startswith(f"{group}.")}
        lines += [f"{group}:"] if own else []
        for key, (name, value) in own.items():
            lines.append(f"  {key}: {value} # answered: {name}={found.given[name]}{f'; {fitted}' * (name == 'active')}")
    lines += ["# active=0 was answered: the place is yet to open"] if found.given.get("active") == 0 else []
    return "\n".join([*lines, *assumed(found, levels, made), ""])


def assumed(found: Answers, levels: Mapping[str, Any], made: "Experiment") -> Iterator[str]:
    """Yield a comment for each value that nobody answered: it stays with the presets."""
    skipped = {name: list(dict.fromkeys(key for _, own in LEVELS[name].values() for key in own))
               for name in LEVELS if name not in found.given}  # fmt: skip
    skipped |= {name: [key] for name, key in (("ads", "venue.ad_load"), ("active", "venue.launch"))
                if key not in levels and not (name == "active" and found.given.get("active") == 0)}  # fmt: skip
    values = dict(keys.flat(made.tree()))
    left = [(name, key) for name, own in skipped.items() for key in own if key not in levels]
    if left:
        yield "# Assumed, and not set here, so that another venue= or host= brings its own:"
    for name, key in left:
        yield f"#   {key}: {shown(values[key])} (assumed: {name}; as {key.partition('.')[0]} and defaults have it)"
