"""Census: what is measured in a world today. It reads, and changes nothing.

Claim
    Roles are read off what people did lately, never assigned. Where a role begins is a definition. Those who doubt it
    can change it and see how much the figures depend on it.
Rule
    Among those who came within `ACTIVE_DAYS`: a lurker has fewer than `spoke` faded posts; the others are askers or
    helpers, by what they did more; a champion is a helper with `champion_answers` faded answers and
    `champion_belonging`.
Source
    Definitions of this project. The number of members of a place depends on them: essay 003 and its debate.
Deviations
    None: nothing here acts on people.
"""

from typing import NamedTuple

import numpy as np

from sim.world import tally
from sim.world.compiled import kernel, rule
from sim.world.interfaces import CompiledVenue, CompiledWorld
from sim.world.measures import ACTIVE_DAYS
from sim.world.mechanisms import worth
from sim.world.mechanisms.memory import ROLE, all_faded, faded, kept
from sim.world.mechanisms.memory import Parameters as Memory
from sim.world.mechanisms.spending import DAYS_PER_MONTH
from sim.world.parameters import param
from sim.world.state import (
    BOND_SLOTS,
    CUSTOMER,
    DORMANT,
    FACETS,
    LEFT,
    MEMBER,
    MOTIVES,
    NEVER,
    OUTSIDE,
    PARTS,
    Column,
    Rows,
)

FIT_REACHED = 0.7
ROLES = ("outside", "lurker", "asker", "helper", "champion", "inactive", "dormant", "left")
NO_MEMBER, LURKER, ASKER, HELPER, CHAMPION, INACTIVE, ASLEEP, HAS_LEFT = range(len(ROLES))

MEANS = 5  # belonging, trust, interest, bonds and identity
GIVEN = (
    {  # parts of experience by supplier, and by motive
        f"given_by_{name}": [k for k, (_, by) in enumerate(worth.CELLS) if by == supplier] or [worth.CREDIT]
        for supplier, name in enumerate(worth.SUPPLIERS)
    }
    | {f"given_{motive}": [*range(*worth.FIRST_CELL[k : k + 2])] for k, motive in enumerate(MOTIVES)}
)


class Parameters(NamedTuple):
    """Where a role begins: definitions, not claims."""

    spoke: float = param(0.25, "faded posts", 0, 5, "setting", "a definition: with fewer recent posts, a lurker")
    champion_answers: float = param(4, "faded answers", 0, 100, "setting", "a definition: recent answers of a champion")
    champion_belonging: float = param(0.3, "share", 0, 1, "setting", "a definition: belonging of a champion")
    bond: float = param(0.2, "strength", 0, 5, "setting", "a definition: a bond that would be missed")


@rule
def role_of(status: int, away: float, asking: float, helping: float, belonging: float, p: Parameters) -> int:
    """Return a member's role, from what they did lately. `away` is the number of days since their last visit."""
    if status == OUTSIDE:
        return NO_MEMBER
    if status == LEFT:
        return HAS_LEFT
    if status == DORMANT:
        return ASLEEP
    if away > ACTIVE_DAYS:
        return INACTIVE
    if asking + helping < p.spoke:
        return LURKER
    if asking > helping:
        return ASKER
    return CHAMPION if helping >= p.champion_answers and belonging >= p.champion_belonging else HELPER


@rule
def role_today(membership: Rows, day: int, memory: Memory, p: Parameters) -> int:
    """Return a person's role in a venue today."""
    away, age = day - membership.last_visit, float(day - membership.stamp)
    asking, helping, belonging = 0.0, 0.0, 0.0
    if membership.status == MEMBER and away <= ACTIVE_DAYS:  # for all others, their acts make no difference
        asking, helping = faded(membership.asking, age, ROLE), faded(membership.helping, age, ROLE)
        if helping >= p.champion_answers:  # nor does belonging for those who help less
            belonging = faded(membership.belonging, age, memory.belonging)
    return role_of(membership.status, away, asking, helping, belonging, p)


@kernel
def roles(memberships: Rows, day: int, memory: Memory, p: Parameters) -> Column:
    """Return everybody's role in a venue, shape `(n_people,)`."""
    found = np.empty(len(memberships), np.int8)
    for i in range(len(memberships)):
        found[i] = role_today(memberships[i], day, memory, p)
    return found


@kernel
def survey(people: Rows, memberships: Rows, bonds: Rows, alarm: Column, day: int, memory: Memory, p: Parameters,
           life: float) -> Column:  # fmt: skip
    """Return how many are in each role, and means of active members by `MEANS` and `PARTS`, one after the other."""
    sums = np.zeros(len(ROLES) + MEANS + PARTS)
    number, mean = sums[: len(ROLES)], sums[len(ROLES) :]
    for i in range(len(memberships)):
        if alarm[i] == NEVER:
            continue  # outside
        m = memberships[i]
        role = role_today(m, day, memory, p)
        number[role] += 1.0
        if role < LURKER or role > CHAMPION:
            continue
        age = float(day - m.stamp)
        home = kept(age, memory.belonging)
        mean[0] += m.belonging * home
        mean[1] += people[i].trust
        mean[2] += faded(m.interest, age, memory.interest)
        for slot in range(BOND_SLOTS):
            bond = bonds[i, slot]
            held = bond.strength > 0.0 and bond.strength >= p.bond  # it only fades
            mean[3] += held and faded(bond.strength, float(day - bond.stamp), life) >= p.bond
        mean[4] += m.identity * home
        for part in range(PARTS):
            mean[MEANS + part] += m.held[part]
    active = number[LURKER : CHAMPION + 1].sum()
    for k in range(len(mean)):
        mean[k] = mean[k] / active if active > 0.0 else np.nan
    return sums


def given(held: Column) -> dict[str, Column]:
    """Return what each supplier gave, and how far each motive was met, from experience by its parts (last axis)."""
    found = {name: held[..., parts[0]] for name, parts in GIVEN.items()}
    for name, parts in GIVEN.items():
        for part in parts[1:]:  # a call of NumPy's sum would cost more than they do
            found[name] = found[name] + held[..., part]
    return found


def stocks(world: CompiledWorld, venue: CompiledVenue) -> dict[str, float]:
    """Return the stocks of a venue today, by their names in `measures.SERIES`."""
    memory, day = world.parameters["memory"], world.day
    definitions, life = world.parameters["census"], world.parameters["bonding"].life
    found = survey(world.people, venue.memberships, venue.bonds, venue.alarm, day, memory, definitions, life)
    count, held = found[: len(ROLES)].tolist(), found[-PARTS:]
    belonging, trust, interest, bonds, identity = found[len(ROLES) : -PARTS].tolist()
    return {
        "members": float(venue.now.members), "active": sum(count[LURKER : CHAMPION + 1]), "lurkers": count[LURKER],
        "askers": count[ASKER], "helpers": count[HELPER], "champions": count[CHAMPION],
        "dormant": count[ASLEEP] + count[INACTIVE], "customers": float(world.product.customers),
        "belonging": belonging, "trust": trust, "interest": interest, "bonds": bonds,
        "fit": world.product.mean_fit, "archive": float(venue.archive.sum()),
        "host_share": float(venue.now.host_share),
        "identity": identity, "experience": float(held.sum()),
    } | {name: float(part) for name, part in given(held).items()}  # fmt: skip


def active(world: CompiledWorld) -> float:
    """Return the active members of the main venue today."""
    return float(stocks(world, world.venues[0])["active"])


def gini(values: Column) -> float:
    """Return the Gini coefficient of non-negative values, NaN where there is nothing to share."""
    x = np.sort(values.astype(np.float64))
    n = len(x)
    if n == 0 or x.sum() == 0:
        return float("nan")
    return float((2.0 * np.arange(1, n + 1) - n - 1).dot(x) / (n * x.sum()))


def top_share(values: Column, share: float) -> float:
    """Return the part of the whole that the top `share` of people hold. At least one person counts as the top."""
    x = np.sort(values)[::-1]
    if len(x) == 0 or x.sum() == 0:
        return float("nan")
    return float(x[: max(1, round(share * len(x)))].sum() / x.sum())


def reciprocity(venue: CompiledVenue) -> float:
    """Return the share of edges (from who replied to whom they addressed) that are returned, among members."""
    answers = venue.answers[: int(venue.now.answers)]
    authors = answers["to"]
    helpers = answers["person"]
    peers = (helpers >= 0) & (authors >= 0)
    n = len(venue.memberships)
    edges = np.unique(helpers[peers].astype(np.int64) * n + authors[peers])
    if len(edges) == 0:
        return float("nan")
    return float(np.isin(edges % n * n + edges // n, edges).mean())


def bond_pairs(world: CompiledWorld, venue: CompiledVenue) -> tuple[Column, Column, Column]:
    """Return the bonds between active members that would be missed: person, partner, strength today."""
    strength = all_faded(venue.bonds["strength"], venue.bonds["stamp"], world.day, world.parameters["bonding"].life)
    definitions = world.parameters["census"]
    role = roles(venue.memberships, world.day, world.parameters["memory"], definitions)
    active = (role >= LURKER) & (role <= CHAMPION)
    person, slot = np.nonzero(strength >= definitions.bond)
    partner = venue.bonds["partner"][person, slot]
    keep = active[person] & active[partner]
    return person[keep], partner[keep], strength[person[keep], slot[keep]]


def innermost_core(person: Column, partner: Column) -> float:
    """Return the k of the innermost k-core: remove those with fewer than k contacts until nobody is left."""
    pairs = np.unique(np.sort(np.stack([person, partner], axis=1), axis=1), axis=0)
    ends = np.concatenate([pairs, pairs[:, ::-1]]) if len(pairs) else np.empty((0, 2), np.int64)
    k = 0
    while len(ends):
        ids, degree = np.unique(ends[:, 0], return_counts=True)
        weak = ids[degree <= k]
        if len(weak) == 0:
            k += 1
            continue
        ends = ends[~np.isin(ends, weak).any(axis=1)]
    return float(k)


def ratio(part: float, whole: float) -> float:
    """Return part / whole, NaN where the whole is 0."""
    return float(part / whole) if whole else float("nan")


def outcomes(world: CompiledWorld) -> dict[str, float]:
    """Return one number for each outcome, by its name in `measures.OUTCOMES` (those of a fork are computed elsewhere).

    People and answers are those of the main venue. Tickets, referrals, hours and money are those of all venues.
    """
    venue = world.venues[0]
    flow = dict(zip(tally.NAMES, map(float, venue.tally), strict=True))
    everywhere = dict(zip(tally.NAMES, map(float, np.sum([v.tally for v in world.venues], axis=0)), strict=True))
    now = stocks(world, venue)
    found = _of_people(world, venue, now) | _of_flows(world, flow) | _of_company(world, everywhere)
    return found | _of_exits(flow) | _of_places(world) | _of_startup(world) | _of_rivals(world)


def _of_places(world: CompiledWorld) -> dict[str, float]:
    """Return what becomes of people over all places, the company's own and others'."""
    memory, p = world.parameters["memory"], world.parameters["census"]
    role = np.array([roles(venue.memberships, world.day, memory, p) for venue in world.venues])
    active = (role >= LURKER) & (role <= CHAMPION)
    others = np.array([venue.levers.owner != "company" for venue in world.venues])
    somewhere = active.any(axis=0)
    home = np.zeros(len(somewhere))
    for venue, here in zip(world.venues, active, strict=True):
        belonging = all_faded(venue.memberships["belonging"], venue.memberships["stamp"], world.day, memory.belonging)
        home = np.where(here, np.maximum(home, belonging), home)
    people = float(somewhere.sum())
    return {
        "everywhere": people, "at_others": float(active[others].any(axis=0).sum()),
        "places_each": ratio(float(active.sum()), people), "home": ratio(float(home[somewhere].sum()), people),
    }  # fmt: skip


def _of_startup(world: CompiledWorld) -> dict[str, float]:
    """Return how a young company did, and how far what its product team heard is from what customers lacked."""
    product, people, needs = world.product, world.people, world.settings.product.runway <= 0.0
    until = np.where(people["customer"] == CUSTOMER, world.day, np.minimum(people["gone"], world.day))
    days = np.maximum(0, until - np.minimum(people["adopted"], world.day))
    weight = np.bincount(people["facet"], people["need_rate"] * days, FACETS)
    true = weight * (product.lacked + 1.0 - product.fit)
    said = np.add(product.acted_on, product.heard)
    whole = true.sum() * said.sum()
    far = 0.5 * np.abs(true / true.sum() - said / said.sum()).sum() if whole > 0.0 else float("nan")
    fate = {"alive": not (product.broke or product.demoralised), "broke": product.broke,
            "demoralised": product.demoralised}  # fmt: skip
    return {name: float("nan") if needs else float(is_so) for name, is_so in fate.items()} | {"misheard": float(far)}


def _of_rivals(world: CompiledWorld) -> dict[str, float]:
    """Return our part of those who use the product or its copy."""
    ours = float(world.product.customers) if world.product.on_market else 0.0
    rival = world.settings.outside.copies > 0.0
    return {"market_share": ratio(ours, ours + world.product.at_rival) if rival else float("nan")}


def _of_people(world: CompiledWorld, venue: CompiledVenue, now: dict[str, float]) -> dict[str, float]:
    m = venue.memberships
    posts = m["questions"] + m["talks"] + m["answers"]
    joined = m["joined"]
    old = joined <= world.day - 90
    ever = joined <= world.day
    person, partner, _ = bond_pairs(world, venue)
    return {
        "size": now["active"], "members": now["members"],
        "retention_90": ratio(float((m["last_visit"][old] >= joined[old] + 90.0).sum()), float(old.sum())),
        "core": innermost_core(person, partner), "reciprocity": reciprocity(venue),
        "top1": top_share(posts[ever], 0.01), "gini": gini(posts[ever & (posts > 0)]),
        "lurker_share": ratio(now["lurkers"], now["active"]),
        "bonds": now["bonds"], "belonging": now["belonging"], "identity": now["identity"],
        "trust": now["trust"], "fit": now["fit"],
        "days_to_fit": float(world.day if world.fit_reached is None else world.fit_reached),
        "customers": now["customers"], "gave_up": float(venue.host.gave_up <= world.day),
    } | _booked(now)  # fmt: skip


def _booked(now: dict[str, float]) -> dict[str, float]:
    """Return each supplier's share of all that active members were given."""
    given = {supplier: now[f"given_by_{supplier}"] for supplier in worth.SUPPLIERS}
    return {f"booked_{supplier}": ratio(given[supplier], sum(given.values())) for supplier in worth.SUPPLIERS}


def _of_flows(world: CompiledWorld, flow: dict[str, float]) -> dict[str, float]:
    replies = flow["answers"] + flow["host_answers"]
    hours = flow["minutes"] / 60  # reading, writing and ads
    return {
        "joins": sum(flow[f"joins_{cause}"] for cause in ("market", "friends", "search", "invite")),
        "newcomers_replied": ratio(flow["first_posts_replied"], flow["first_posts_due"]),
        "answered": ratio(flow["questions_answered"], flow["questions_due"]),
        "hours_to_answer": ratio(flow["hours_to_answer"], flow["questions_answered"]),
        "help_rate": ratio(DAYS_PER_MONTH * flow["answers"], flow["days_active"]),
        "peer_share": ratio(flow["answers"], replies), "spirit": ratio(flow["visits_peers"], flow["visits"]),
        "member_hours": hours,
    }  # fmt: skip


def _of_company(world: CompiledWorld, flow: dict[str, float]) -> dict[str, float]:
    idle = flow["hours_paid"] - flow["hours_overhead"] - flow["host_hours"]
    community = flow["host_cost"] + flow["venue_cost"] + flow["marketing_cost"]
    spent = flow["tickets"] * world.settings.product.ticket_cost + community
    from_ads = flow["ad_revenue"] + flow["subscriptions"]
    return {
        "tickets": flow["tickets"], "deflected_gross": flow["tickets_avoided"],
        "deflected_net": flow["tickets_avoided"] - flow["tickets_induced"], "referrals": flow["referrals"],
        "margin": flow["margin"], "ad_revenue": from_ads, "host_hours": flow["host_hours"],
        "hours_idle": max(0.0, idle), "hours_undone": flow["hours_undone"], "host_cost": flow["host_cost"],
        "venue_cost": flow["venue_cost"], "marketing_cost": flow["marketing_cost"], "community_cost": community,
        "profit": flow["margin"] + from_ads - spent,
    }  # fmt: skip


def _of_exits(flow: dict[str, float]) -> dict[str, float]:
    causes = [name for name in tally.NAMES if name.startswith("exits_")]
    exits = sum(flow[name] for name in causes)
    rate = ratio(100.0 * DAYS_PER_MONTH * exits, flow["days_active"])
    return {"exits": exits, "exit_rate": rate} | {name: ratio(flow[name], exits) for name in causes}
