"""Settings that can have no effect in an experiment, because another one switches off what they belong to.

Each rule follows from the code of the world, and `tests/test_inert.py` runs it: with and without such a setting all
tables are the same. A setting that might have an effect on anything is not named. The rules do not hold where a trial's
action sets levers in the middle of a run.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from sim.lab.settings import keys
from sim.lab.settings.config import Experiment
from sim.world.mechanisms.spending import QUARTER

SHOWN = 5  # settings named in a line
VENUE, HOST = "venue never opens", "host never starts"
BY_THE_LEVERS = ("scheduled", "responsive")  # policies that do nothing else
AT_ZERO = {  # what a lever at 0 switches off: in its venue, and parameters where it is at 0 in all venues
    "host.hours": ("the host has no hours", "host.*"),
    "host.onboarding": ("nobody is greeted", "params.hosting.hours_per_greeting"),
    "host.promises": ("nothing is announced", "params.bonding.trust_broken"),
    "host.promo": ("the host offers nothing", "params.worth.offered"),
    "host.hurdle": ("no review can fail", "host.patience"),
    "venue.ad_load": ("there are no ads", "venue.ad_price venue.annoyance venue.ad_free_price "
        "params.worth.annoy params.worth.annoy_slow "
        "params.exposure.minutes_per_ad params.exposure.newcomer "
        "params.exposure.blindness params.exposure.upgrade params.exposure.price_effect"),
    "venue.ad_free_price": ("it is not on sale", "params.exposure.upgrade params.exposure.price_effect"),
    "venue.rejection": ("nothing is turned away", "venue.rules_shown params.norms.precedents params.norms.half "
        "params.norms.strain params.norms.heeds params.norms.apprentice"),
    "venue.rules_shown": ("no rules are shown", "params.norms.heeds"),
    "venue.goals": ("there are no ranks", "params.incentives.goal params.incentives.rank_wear"),
    "venue.streaks": ("streaks are not counted", "params.incentives.streak"),
    "venue.small_talk": ("no conversation is opened", "params.asking.talk params.asking.introductions "
        "params.asking.introduction_days"),
    "venue.mission": ("the venue stands for nothing", "params.worth.purpose params.bonding.identify"),
    "venue.points": ("there are no points", "params.incentives.points"),
    "venue.peer_awards": ("members give no awards", "params.recognition.p_honour params.recognition.fame"),
    "venue.call": ("nobody can be called", "venue.moves_to"),
    "host.stance": ("no stance is taken", "params.places.*"),
    "venue.price": ("being inside is free", "params.dealings.value params.dealings.steep params.dealings.cares "
        "params.dealings.outside params.dealings.commits params.dealings.committed"),
    "venue.recording": ("nothing is recorded", "params.dealings.data_price params.dealings.trust_data "
        "params.dealings.of_data"),
    "host.agenda": ("the host asks for nothing", "host.disclosed host.necessity params.dealings.minutes_per_ask "
        "params.dealings.trust_asked params.dealings.forgives params.dealings.detects params.dealings.trust_hidden"),
    "host.disclosed": ("the host tells of no agenda", "host.necessity params.dealings.trust_asked "
        "params.dealings.forgives"),
    "host.ratchet": ("no growth is demanded", "params.dealings.of_ads params.dealings.most_raised"),
    "outside.feed": ("there is no feed", "params.circles.displaces params.circles.seeks params.circles.taste "
        "params.circles.takes"),
    "host.handover": ("no keys are handed over", "host.handover_from host.handover_days params.stewards.*"),
    "host.named": ("nobody of the host has a name", "host.turnover params.guests.meets params.guests.knows "
        "params.guests.forgets params.guests.company params.guests.breaks params.guests.fame params.guests.passes "
        "params.guests.heard"),
    "host.exec_visits": ("no executive comes", "host.scripted params.guests.hollow params.guests.seen_through "
        "params.guests.fame"),
    "host.scripted": ("nothing is scripted", "params.guests.hollow params.guests.seen_through"),
    "host.experts": ("no expert comes", "params.guests.hours_per_expert params.guests.taught params.guests.meet"),
    "host.beta": ("nothing is shown early", "params.guests.hours_of_beta params.guests.first"),
    "host.escalation": ("nobody else answers", "params.guests.hours_per_escalation params.guests.solves"),
    "host.vouching": ("the host vouches for nothing", "params.guests.vouched params.guests.let_down "
        "params.guests.damage"),
    "host.deletes": ("nothing is deleted", "host.reasons venue.traces params.storms.wronged params.storms.gagged "
        "params.storms.witnessed params.storms.explained params.storms.goes_on"),
    "host.answers_critics": ("no critic is answered", "params.storms.eased params.storms.respected params.storms.host"),
    "population.troubled": ("nobody is troubled", "params.struggle.opens params.struggle.wary "
        "params.struggle.supported params.struggle.closer params.struggle.unheard params.struggle.jarred "
        "params.struggle.exposed params.struggle.setback params.struggle.head_start params.struggle.alone "
        "params.struggle.product params.struggle.peers params.struggle.joint params.struggle.moves_on"),
    "product.fixes": ("releases improve nothing", "product.release_days params.listening.improve "
        "params.listening.enough"),
    "product.runway": ("the company needs no money", "product.burn params.startup.lasts params.startup.heals "
        "params.startup.growth params.startup.fits params.startup.memory"),
    "product.survey": ("no customer is asked", "params.startup.polite"),
    "product.different": ("nothing is new about the product", "params.rivals.novelty params.rivals.wears "
        "params.rivals.strange params.rivals.early params.rivals.learning"),
    "outside.copies": ("nobody copies the product", "outside.better product.network params.rivals.pull "
        "params.rivals.sense"),
}  # fmt: skip


class Off(NamedTuple):
    """A pattern of settings without effect, the reason, and the settings on which that hangs, the switch first."""

    pattern: str
    why: str
    by: tuple[str, ...] = ()


def lines(
    names: Iterable[str], within: Sequence[Experiment], change_day: int | None = None, varied: Collection[str] = ()
) -> list[str]:
    """Return a line for each reason why some of `names` have no effect in any of some experiments.

    With a day of change these are what holds before it and, last, what holds after it. `varied` are the factors of a
    sweep: what one of them switches off here has an effect elsewhere.
    """
    found: dict[str, list[str]] = {}
    off = [[one for one in switched_off(made) if not set(one.by) & set(varied)] for made in within]
    late = [] if change_day is None else list(opened_before(within[-1], change_day))
    for name in dict.fromkeys(names):
        whys = [[one.why for one in some if fnmatchcase(name, one.pattern) and name != one.by[0]] for some in off]
        if why := whys[-1] if all(whys) else [one.why for one in late if name == one.pattern]:
            found.setdefault(why[0], []).append(name)
    return [f"{listed(some)} no effect: {why}" for why, some in found.items()]


def listed(names: Sequence[str]) -> str:
    """Return names, or the first of many, with their verb."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more} {'has' if len(names) == 1 else 'have'}"


def opened_before(made: Experiment, change_day: int) -> Iterator[Off]:
    """Yield what has no effect from a day of change on, because the venue opened earlier."""
    for above, venue in {"": made.venue, **{f"venues.{name}.": one.venue for name, one in made.venues.items()}}.items():
        if (day := math.ceil(venue.opens)) < change_day:
            why = f"the venue opened on day {day}, before change_day={change_day}"
            yield from (Off(f"{above}venue.{name}", why) for name in ("launch", "opening_cost"))


def switched_off(made: Experiment) -> Iterator[Off]:
    """Yield what has no effect in an experiment."""
    level = dict(keys.flat(made.tree()))
    places = ["", *(f"venues.{name}." for name in made.venues)]
    for switch, (why, patterns) in AT_ZERO.items():
        all_of_it = [name for above in places if (name := above + switch) in level]
        by = [name for name in all_of_it if level[name] == 0]
        policies = [f"{one.rpartition('.')[0]}.policy" for one in by if switch.startswith("host.")]
        if policies and switch != "host.hurdle":
            by = [one for one, policy in zip(by, policies, strict=True) if level[policy] in BY_THE_LEVERS]
        for pattern in patterns.split():
            if not pattern.startswith("params."):
                for one in by:
                    place = one.removesuffix(switch)
                    yield Off(place + pattern, f"{why} ({one}=0)", (one, f"{place}host.policy"))
            elif by == all_of_it:
                yield Off(pattern, f"{why} ({', '.join(f'{one}=0' for one in by)})", (*by, *policies))
    yield from never_happens(places, level)
    for above in places:
        yield from out_of_time(f"{above}venue.opens", f"{above}host.", level)


def never_happens(places: Sequence[str], level: keys.Tree) -> Iterator[Off]:
    """Yield what hangs on two switches, or on a day that never comes."""
    rebuffs = [name for above in places for switch in ("venue.rejection", "venue.hostility")
               if (name := above + switch) in level]  # fmt: skip
    if not any(level[name] for name in rebuffs):
        yield Off("params.norms.*", f"nobody is rebuffed ({', '.join(f'{one}=0' for one in rebuffs)})", tuple(rebuffs))
    day, days = level["product.fault_day"], level["days"]
    if comes_too_late(day, days):
        why = f"the fault never comes to light (product.fault_day={day:g}, days={days})"
        yield Off("product.fault", why, ("product.fault_day", "days"))


def comes_too_late(first: float, days: int) -> bool:
    """Tell whether what begins on a day, or in the course of it, begins after the last day of a run."""
    return math.ceil(first) >= days


def out_of_time(opens: str, host: str, level: keys.Tree) -> Iterator[Off]:
    """Yield what comes too late in the run, or needs a schedule of another kind."""
    days, starts, patience = level["days"], f"{host}starts", f"{host}patience"
    for pattern, first, who in ((f"{opens[:-5]}*", opens, VENUE), (f"{host}*", starts, HOST)):
        if comes_too_late(level[first], days):
            yield Off(pattern, f"the {who} ({first}={level[first]:g}, days={days})", (first, "days"))
    reviews = max(0, days - math.ceil(level[starts])) // QUARTER
    if reviews < level[patience]:
        why = f"{reviews} reviews are too few to give up ({patience}={level[patience]:g}, days={days})"
        yield Off(f"{host}hurdle", why, (patience, starts, "days"))
    if level[f"{host}schedule"] != "list" and level[f"{host}policy"] in BY_THE_LEVERS:
        why = f"it needs schedule=list ({host}schedule={level[f'{host}schedule']})"
        yield Off(f"{host}schedule_list", why, (f"{host}schedule", f"{host}policy"))
