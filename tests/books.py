"""The books of a world: what holds on every day of every run, as checks that a test can call."""

import numpy as np
import pytest
from worlds import flow, total

from sim.world import events, tally
from sim.world.measures import OUTCOMES, SERIES, bounds
from sim.world.mechanisms.exposure import MOST_THREADS
from sim.world.mechanisms.worth import TROUBLE
from sim.world.state import CUSTOMER, DORMANT, FACETS, GONE, HOST, LEFT, MEMBER, OUTSIDE, QUESTION, STRANGER
from sim.world.world import World

JOINS = ("joins_market", "joins_friends", "joins_search", "joins_invite")


def recounted_friends(world: World, inside: np.ndarray) -> np.ndarray:
    """Return how many latent ties of each person are inside, counted again."""
    owner = np.repeat(np.arange(len(world.people)), np.diff(world.ties_start))
    return np.bincount(owner, inside[world.ties_partner], minlength=len(world.people)).astype(int)


def check_members(world: World) -> None:
    """Assert that nobody is in two states, and that every count of members is a count of members."""
    assert set(np.unique(world.people["customer"])) <= {STRANGER, CUSTOMER, GONE}
    assert world.product.customers == (world.people["customer"] == CUSTOMER).sum()
    for venue in world.venues:
        m = venue.memberships
        status = np.bincount(m["status"], minlength=4)
        inside = (m["status"] == MEMBER) | (m["status"] == DORMANT)
        assert status.sum() == len(world.people)
        assert venue.now.members == status[MEMBER] + status[DORMANT] == inside.sum()
        assert np.array_equal(m["friends"], recounted_friends(world, inside))
        assert (world.people["customer"][inside] == CUSTOMER).all()
        assert (venue.alarm[m["status"] == MEMBER] <= world.day).all(), "who is awake is asked every day"
        assert (venue.alarm[(m["status"] == OUTSIDE) | (m["status"] == LEFT)] > 20_000).all()


def check_levels(world: World) -> None:
    """Assert that shares are shares, counts are not negative, and nothing is NaN."""
    assert ((world.people["trust"] >= 0) & (world.people["trust"] <= 1)).all()
    assert (world.people["minutes_left"] >= 0).all()
    assert ((world.product.fit >= 0) & (world.product.fit <= 1)).all()
    for venue in world.venues:
        m = venue.memberships
        assert ((m["belonging"] >= 0) & (m["belonging"] <= 1)).all()
        assert ((m["identity"] >= 0) & (m["identity"] <= 1)).all()
        assert (m["held"][:, :TROUBLE] >= 0).all(), "what was given, and the hope with which a member began"
        assert (m["held"][:, TROUBLE:] <= 0).all(), "what it cost"
        for name in m.dtype.names:
            assert not np.isnan(m[name].astype(float)).any(), name
        for name in ("waiting", "visits", "questions", "talks", "answers", "replies", "thanks", "awards", "interest",
                     "waiting_host", "contacts", "recognition", "ads", "disappointment", "asking", "helping", "seen",
                     "identity", "fatigue", "drawn", "lately", "beyond"):  # fmt: skip
            assert (m[name] >= 0).all(), name
        assert not m["need_open"].any(), "today's needs are dealt with today"
        assert (m["seen"] <= MOST_THREADS).all()
        assert (m["stamp"] <= world.day).all()
        bonds = venue.bonds[venue.bonds["strength"] > 0]
        assert (bonds["partner"] >= 0).all()


def check_books(world: World) -> None:
    """Assert that the counters say what the tables say."""
    for k, venue in enumerate(world.venues):
        m, threads = venue.memberships, venue.threads[: int(venue.now.threads)]
        answers = venue.answers[: int(venue.now.answers)]
        joins = sum(flow(world, name, k) for name in JOINS)
        exits = sum(flow(world, f"exits_{events.CAUSES[cause]}", k) for cause in events.EXIT_CAUSES)
        assert joins - exits == venue.now.members
        assert flow(world, "visits", k) == m["visits"].sum()
        returned = flow(world, "conversed", k)
        assert flow(world, "answers", k) + flow(world, "host_answers", k) == len(answers)
        assert len(answers) - returned == threads["replies"].sum() == (~returns(answers)).sum()
        assert flow(world, "answers", k) - returned == m["answers"].sum()
        assert flow(world, "answers", k) == (answers["person"] >= 0).sum()
        assert flow(world, "talks", k) + returned == m["talks"].sum()
        assert m["replies"].sum() == (answers["to"] >= 0).sum()
        assert flow(world, "questions", k) + flow(world, "asked_again", k) == m["questions"].sum()
        assert m["questions"].sum() == (threads["kind"] == QUESTION).sum()
        assert flow(world, "seeds", k) == (threads["author"] == HOST).sum()
        answered = threads[(threads["kind"] == QUESTION) & (threads["answered"] >= 0)]
        assert np.array_equal(venue.archive, np.bincount(answered["facet"], minlength=FACETS))
        due = flow(world, "questions_answered", k) + flow(world, "disappointments", k)
        assert flow(world, "questions_due", k) == due
        assert flow(world, "first_posts_replied", k) <= flow(world, "first_posts", k)
        assert flow(world, "first_posts", k) <= (m["questions"] + m["talks"] + m["answers"] > 0).sum()


ACTS = {"seeds": "seed", "replies": "reply", "greetings": "greeting", "awards": "reply", "broadcasts": "broadcast",
        "promises": "broadcast", "visits": "visit"}  # fmt: skip

MORE = ("experts", "beta", "escalation", "reasons", "letters", "stance")  # whose hours are counted without the acts


def check_undone(world: World) -> None:
    """Assert that the hours of what was left undone are those of the acts, kind by kind, and of listening."""
    p = world.parameters["hosting"]
    for k, venue in enumerate(world.venues):
        acts = sum(flow(world, f"undone_{of}", k) * getattr(p, f"hours_per_{each}") for of, each in ACTS.items())
        listening = venue.host.levers.listening * p.hours_of_listening * world.day
        host = venue.host.levers
        offers = np.inf if any(getattr(host, name) for name in MORE) else 0.0  # see the tests of these mechanisms
        assert acts - 1e-6 <= flow(world, "hours_undone", k) <= acts + listening + offers + 1e-6


def returns(answers: np.ndarray) -> np.ndarray:
    """Tell of each reply whether it returns an earlier one: by its addressee, to its author, in the same thread."""
    seen: set[tuple[int, int, int]] = set()
    found = np.zeros(len(answers), bool)
    for row, (thread, by, to) in enumerate(zip(answers["thread"], answers["person"], answers["to"], strict=True)):
        found[row] = (thread, to, by) in seen
        seen.add((thread, by, to))
    return found


def check_threads(world: World) -> None:
    """Assert that threads stand in order, and that nobody replies to themselves, to the future, or twice to one.

    In a conversation the author replies in their own thread, and everybody as often as they are addressed.
    """
    for venue in world.venues:
        threads, answers = venue.threads[: int(venue.now.threads)], venue.answers[: int(venue.now.answers)]
        assert (np.diff(threads["time"]) >= 0).all()
        assert (answers["person"] != answers["to"]).all()
        first = answers[~returns(answers)]
        assert (first["to"] == threads["author"][first["thread"]]).all(), "a thread's replies go to its author"
        assert (answers["time"] > threads["time"][answers["thread"]]).all()
        pairs = np.stack([first["thread"], first["person"]])
        assert len(np.unique(pairs, axis=1).T) == len(first)
        answered = threads["answered"] >= 0
        assert (threads["replies"][answered] > 0).all()
        assert (threads["replies"][~answered] == 0).all()
        assert len(np.unique(threads["key"])) == len(threads)


def check_attention(world: World, minutes_before: float) -> None:
    """Assert that nobody gives more minutes in a day than they have, over all venues together."""
    came = np.unique(np.concatenate([venue.visitors for venue in world.venues]))
    spent = total(world, "minutes") - minutes_before
    assert spent <= world.people["attention"][came].astype(float).sum() * (1 + 1e-9)
    gone = (world.people["attention"] - world.people["minutes_left"])[came].sum()
    in_feeds = gone - spent if world.settings.outside.feed > 0.0 else 0.0  # where members spend minutes elsewhere
    assert in_feeds >= -1e-6
    assert spent == pytest.approx(gone - in_feeds, abs=1e-6)


def check_hours(world: World, saved: list[float], before: list[float]) -> None:
    """Assert that no host works longer than its allowance and its capacity, and what it saved yesterday."""
    for venue, kept, worked in zip(world.venues, saved, before, strict=True):
        host = venue.host.levers
        paid, overhead, used = (
            flow(world, name, venue.index) for name in ("hours_paid", "hours_overhead", "host_hours")
        )
        assert paid - overhead - used >= -1e-6, "what is used was paid"
        most = 4.0 * host.hours if host.schedule == "burst" else 2.0 * host.hours
        today = flow(world, "host_hours", venue.index) - worked
        assert -1e-9 <= today <= min(host.capacity, most) + kept + 1e-9
        assert kept <= world.parameters["hosting"].hours_per_visit


SHARES = {
    "people": ("information", "belonging", "goodwill", "validation", "cause", "access", "deals", "expertise", "hurdle",
               "trust"),
    "memberships": ("belonging", "identity"),
    "walls": ("host_share", "answered_share", "talk", "posting", "earning", "display", "points", "reply_share",
              "joins_in", "onboarding", "listening", "tone"),
}  # fmt: skip
SIGNED = {
    "people": ("suited", "recruiter", "taken_up", "adopted", "gone", "elsewhere", "minutes_day"),
    "memberships": ("referrer", "open_thread", "invited", "last_post", "last_visit", "points_own", "told", "fit",
                    "addressed", "held", "thanked", "mailed"),
    "walls": ("response",), "threads": ("answered", "author", "answerer"), "answers": ("person", "score", "to"),
    "bonds": ("partner",),
}  # fmt: skip


def check_columns(world: World) -> None:
    """Assert that all columns of all tables are finite, shares where they are shares, and negative only by intent."""
    tables = [("people", world.people)]
    for venue in world.venues:
        tables += [
            ("memberships", venue.memberships), ("walls", venue.now.table), ("bonds", venue.bonds),
            ("threads", venue.threads[: int(venue.now.threads)]), ("answers", venue.answers[: int(venue.now.answers)]),
        ]  # fmt: skip
        assert np.isfinite(venue.tally).all()
        assert (venue.tally >= 0).all(), [n for n, x in zip(tally.NAMES, venue.tally, strict=True) if x < 0]
    for table, rows in tables:
        for name in rows.dtype.names:
            column = rows[name].astype(float)
            assert np.isfinite(column).all(), f"{table}.{name}"
            assert name in SIGNED.get(table, ()) or (column >= 0).all(), f"{table}.{name}"
            assert name not in SHARES.get(table, ()) or (column <= 1.0 + 1e-6).all(), f"{table}.{name}"


def check_bonds(world: World) -> None:
    """Assert that nobody is bonded with themselves, or twice with one contact."""
    for venue in world.venues:
        alive = venue.bonds["strength"] > 0
        person, slot = np.nonzero(alive)
        partner = venue.bonds["partner"][person, slot]
        assert (person != partner).all()
        assert len(np.unique(np.stack([person, partner]), axis=1).T) == len(person)


UNDEFINED = ("share", "0 to 1", "share of exits", "hours", "relative", "bonds",
             "exits per 100 active members and month", "replies per active member and month",
             "reward per visit")  # fmt: skip  # a mean of nothing has no value


OF_SOME_WORLDS = ("alive", "broke", "demoralised", "places_each")  # undefined without a runway, and without anybody


def check_results(world: World) -> None:
    """Assert that what is reported lies where it can lie, and is missing only where there is nothing to average."""
    for name, value in world.outcomes().items():
        low, high = bounds(name)
        may_be_undefined = OUTCOMES[name].unit in UNDEFINED or name in OF_SOME_WORLDS
        assert low <= value <= high or (np.isnan(value) and may_be_undefined), (name, value)
    table = world.series()
    for metric, value in zip(table["metric"], table["value"], strict=True):
        unit = SERIES[metric].unit if metric in SERIES else "a flow"
        may_be_negative = metric == "experience"  # visits can cost more than they give
        assert value >= 0 or may_be_negative or (np.isnan(value) and unit in UNDEFINED), (metric, value)
        assert np.isnan(value) or unit not in ("share", "0 to 1") or value <= 1, (metric, value)
    for line in world.ledger():
        assert np.isfinite([value for name, value in line.items() if name != "event"]).all(), line
    sheet = {line["event"]: line for line in world.ledger()}
    cost = sum(flow(world, name) for name in ("host_cost", "venue_cost", "marketing_cost", "vouching_cost"))
    assert sum(line["money_out"] for line in sheet.values()) == pytest.approx(cost)
    assert sum(line["host_hours"] for line in sheet.values()) == pytest.approx(flow(world, "hours_paid"))
