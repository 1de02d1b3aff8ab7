"""A person's story, with causes: what brought them, who answered, what they gave, and what holds them now."""

from typing import Any, NamedTuple

import numpy as np

from sim.show.live.frames import SUPPLIERS, Watch
from sim.show.runs.people import CLAUSES, EXITS, JOINS
from sim.world import census, events
from sim.world.measures import WISHES
from sim.world.mechanisms.memory import all_faded
from sim.world.state import HOST, MOTIVES

LATEST = 12  # events that are told one by one
HOLDERS = {"members": "other members", "host": "the host", "archive": "the archive", "cause": "the cause",
           "nobody": "first hopes"}  # fmt: skip
ROLES = {"outside": "has not joined", "inactive": "has not come for four weeks", "dormant": "has gone quiet",
         "left": "has left", "lurker": "reads", "asker": "mostly asks", "helper": "helps",
         "champion": "is a champion: helps often, and feels at home"}  # fmt: skip
WAYS_IN = {"market": "joins_market", "friends": "joins_friends", "search": "joins_search", "invite": "joins_invite"}
SENTENCES = {  # of an event that the person caused, and of one that they received
    events.ASK: ("asked a question", ""), events.TALKED: ("started a conversation", ""),
    events.ANSWERED: ("replied to {}", "got a reply from {}"), events.HOST_ANSWERED: ("", "got a reply from {}"),
    events.THANK: ("thanked {}", "was thanked by {}"), events.AWARD: ("gave an award to {}", "got an award from {}"),
    events.BONDED: ("became close to {}", "became close to {}"), events.GREET: ("", "was greeted by {}"),
    events.SLEEP: ("stopped coming", ""), events.RETURN: ("came back", ""), events.JOIN: ("joined", ""),
    events.EXIT: ("left", ""), events.TICKET: ("wrote to the support desk", ""),
    events.DISAPPOINT: ("waited a week for an answer in vain", ""), events.REJECT: ("was turned away", ""),
    events.REFER: ("recommended the product to {}", "had the product recommended by {}"),
    events.INVITE: ("invited {}", "was invited by {}"), events.CRITICISE: ("criticised the product in public", ""),
    events.DELETE: ("", "had a critical post deleted by {}"), events.DEFEND: ("defended the company", ""),
    events.CHURN: ("stopped using the product", ""), events.ADOPT: ("began to use the product", ""),
}  # fmt: skip


class Story(NamedTuple):
    """What the page shows of a person."""

    person: int
    title: str
    sentences: list[str]
    wants: dict[str, float]  # what they look for, as shares
    holds: dict[str, float]  # what visits of late gave them, by who gave it
    ties: list[int]  # people they would miss
    latest: list[str]  # events, the newest first

    def _repr_markdown_(self) -> str:
        """Return the story as a notebook shows it."""
        parts = [f"**{self.title}**", " ".join(self.sentences)]
        for head, shares in (("Looks for", self.wants), ("Held by", self.holds)):
            total = sum(value for value in shares.values() if value > 0)
            told = [f"{name} {100 * value / total:.0f} %" for name, value in shares.items() if value > 0]
            parts += [f"{head}: {', '.join(told)}."] if told else []
        parts += [f"Would miss: {', '.join(f'person {tie}' for tie in self.ties)}."] if self.ties else []
        return "\n\n".join([*parts, "\n".join(f"- {one}" for one in self.latest)])


def story(watch: Watch, person: int, log: Any = None) -> Story:
    """Return the story of a person so far. Raises `ValueError` if there is no such person.

    `log`: the events to look through, if fewer than all are known to have all of theirs.
    """
    world = watch.world
    if not 0 <= person < len(world.people):
        raise ValueError(f"there is no person {person}: they are numbered from 0 to {len(world.people) - 1}")
    venue = world.venues[0]
    role = census.ROLES[int(census.roles(venue.memberships[person : person + 1], world.day, world.parameters["memory"],
                                         world.parameters["census"])[0])]  # fmt: skip
    log = watch.events() if log is None else log
    own = log[((log["actor"] == person) | (log["target"] == person)) & (log["venue"] <= 0)]
    motives = {WISHES[name]: float(world.people[name][person]) for name in MOTIVES}
    wants = {name: share for name, share in sorted(motives.items(), key=lambda pair: -pair[1]) if share >= 0.05}
    ties = contacts(watch, person)
    sentences = [] if role == "outside" else [*came(own, person), *answered(own, person), *gave(own, person)]
    sentences += held(watch, person, role, ties) if role != "outside" else still_outside(own, person)
    holds = supplied(watch, person) if role in ("lurker", "asker", "helper", "champion") else {}
    latest = [line for event in own[::-1][: 4 * LATEST] if (line := told(event, person))][:LATEST]
    return Story(person, f"Person {person} {ROLES[role]}", sentences, wants, holds, ties, latest)


def name_of(person: int) -> str:
    """Return what a person is called."""
    return "the host" if person == HOST else f"person {person}"


def told(event: Any, person: int) -> str:
    """Return an event as a line, or nothing if it is not told."""
    acted, received = SENTENCES.get(int(event["kind"]), ("", ""))
    is_actor = int(event["actor"]) == person
    words, other = (acted, event["target"]) if is_actor else (received, event["actor"])
    return f"Day {int(event['day']) + 1}: {words.format(name_of(int(other)))}" if words else ""


def came(own: Any, person: int) -> list[str]:
    """Say what brought them."""
    joins = own[(own["kind"] == events.JOIN) & (own["actor"] == person)]
    if not len(joins):
        return []
    cause = events.CAUSES[int(joins[0]["cause"])]
    how = CLAUSES[JOINS[WAYS_IN[cause]]] if cause in WAYS_IN else "by themselves"
    return [f"Joined on day {int(joins[0]['day']) + 1} {how}."]


def answered(own: Any, person: int) -> list[str]:
    """Say whether their first question got a reply, from whom and when."""
    asked = own[(own["kind"] == events.ASK) & (own["actor"] == person)]
    if not len(asked):
        return ["Has never asked anything."]
    first = asked[0]
    is_reply = np.isin(own["kind"], (events.ANSWERED, events.HOST_ANSWERED)) & (own["target"] == person)
    replies = own[is_reply & (own["thread"] == first["thread"])]
    count = "their only question" if len(asked) == 1 else f"the first of {len(asked)} questions"
    start = f"Asked {count} on day {int(first['day']) + 1}; "
    if not len(replies):
        return [start + "nobody has replied to it."]
    wait = int(replies[0]["day"] - first["day"])
    when = "on the same day" if wait == 0 else "a day later" if wait == 1 else f"{wait} days later"
    return [f"{start}{name_of(int(replies[0]['actor']))} replied {when}."]


def gave(own: Any, person: int) -> list[str]:
    """Say what they gave, and what they got for it."""
    given = own[(own["kind"] == events.ANSWERED) & (own["actor"] == person)]
    if not len(given):
        return ["Has not replied to anybody."]
    helped = len(np.unique(given["target"]))
    thanked = int((np.isin(own["kind"], (events.THANK, events.LIKE)) & (own["target"] == person)).sum())
    awards = int(((own["kind"] == events.AWARD) & (own["target"] == person)).sum())
    honour = f", and got {counted(awards, 'award')}" if awards else ""
    whom = "one person" if helped == 1 else f"{helped} people"
    return [
        f"Replied {counted(len(given), 'time')} to {whom}; was thanked or liked {counted(thanked, 'time')}{honour}."
    ]


def counted(number: int, word: str) -> str:
    """Return a number with its noun."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def held(watch: Watch, person: int, role: str, ties: list[int]) -> list[str]:
    """Say what holds them now, or why they went."""
    membership = watch.world.venues[0].memberships[person]
    if role == "left":
        cause = events.CAUSES[int(membership["left_cause"])]
        label = EXITS.get(f"exits_{cause}", "")
        why = CLAUSES.get(label, "because the place was closed" if cause == "shut" else "")
        return [f"Left on day {int(membership['left']) + 1} {why}".rstrip() + "."]
    if role in ("dormant", "inactive"):
        away = watch.world.day - int(membership["last_visit"])
        return [f"Last came {counted(max(0, away), 'day')} ago. Close contacts: {len(ties)}."]
    parts = supplied(watch, person)
    most = max(parts, key=lambda name: parts[name]) if parts else ""
    if not parts or parts[most] <= 0:
        return ["Visits of late have given them next to nothing."]
    share = parts[most] / sum(parts.values())
    return [f"What visits give them comes mostly from {most} ({100 * share:.0f} %). They would miss {len(ties)} "
            f"{'person' if len(ties) == 1 else 'people'}."]  # fmt: skip


def still_outside(own: Any, person: int) -> list[str]:
    """Say why somebody has not joined, as far as it is known."""
    invited = own[(own["kind"] == events.INVITE) & (own["target"] == person)]
    if len(invited):
        return [f"Was invited by {name_of(int(invited[-1]['actor']))} on day {int(invited[-1]['day']) + 1}, and has "
                "not joined."]  # fmt: skip
    return ["Has not joined. Nothing is known of an invitation."]


def supplied(watch: Watch, person: int) -> dict[str, float]:
    """Return what visits of late gave them, by who gave it; nothing that took something away."""
    given = census.given(watch.world.venues[0].memberships["held"][person])
    return {HOLDERS[name]: max(0.0, float(given[f"given_by_{name}"])) for name in SUPPLIERS}


def contacts(watch: Watch, person: int) -> list[int]:
    """Return the people whom they would miss, the closest first."""
    world, bonds = watch.world, watch.world.venues[0].bonds[person]
    strength = all_faded(bonds["strength"], bonds["stamp"], world.day, world.parameters["bonding"].life)
    order = np.argsort(-strength, kind="stable")
    close = order[strength[order] >= world.parameters["census"].bond]
    return [int(other) for other in bonds["partner"][close] if other >= 0]
