"""A day in the world, as a list: read `PlainWorld.step` first, then the file that each line comes from.

This is the same world as `sim.world`, in plain Python: every person is a `mesa.Agent`, and what people do is written as
ordinary functions of the world, a venue and a person. It calls the same rules as the compiled world, with the same
draws in the same order, and agrees with it exactly, day by day (`tests/test_plain.py`). It is the version to read
first, the reference for checking the compiled world, and the baseline for measuring its speed.

What there is stands in `state`; what happens, in a file for each part of the day. Hosts, the product team and the
accounts are written once for both worlds, in `sim/world/mechanisms/`, where all formulas and numbers stand.

In all files, `m` is a person's membership in a venue, `now` what holds in the venue today, `p` the numbers of a
mechanism, and `draw(2)` the person's chance today for purpose 2: a number from 0 to 1, the same in both worlds.
"""

from sim.plain.bonding import people_bond
from sim.plain.bringing_others import people_bring_others
from sim.plain.buying import customers_buy
from sim.plain.circles import people_find_company
from sim.plain.coming import people_come, visitors_meet_ads
from sim.plain.dealings import places_take
from sim.plain.guests import guests_are_met
from sim.plain.joining import people_join
from sim.plain.leaving import leave, people_leave
from sim.plain.places import places_change
from sim.plain.recognising import people_are_recognised
from sim.plain.replying import MIDDLING, enter_reply, hosts_reply, members_reply
from sim.plain.rivals import rivals_compete
from sim.plain.segments import segments_are_treated
from sim.plain.speaking import newcomers_are_judged, visitors_ask_and_post, visitors_speak_about_the_product
from sim.plain.startup import company_lives
from sim.plain.state import State
from sim.plain.stewards import keys_are_handed_over
from sim.plain.storms import people_weather_storms
from sim.plain.struggle import people_struggle
from sim.plain.taking_stock import visitors_take_stock
from sim.world import events
from sim.world.mechanisms import accounts, hosting, listening


class PlainWorld(State):
    """The world of `sim.world.world.World`, person by person."""

    def step(self) -> None:
        """Live one day."""
        company_lives(self)
        hosting.step(self)  # each host plans its day and does what it does first
        people_join(self)
        places_change(self)
        people_come(self)
        people_find_company(self)
        places_take(self)
        visitors_meet_ads(self)
        keys_are_handed_over(self)
        visitors_ask_and_post(self)
        newcomers_are_judged(self)
        members_reply(self)
        hosts_reply(self)
        segments_are_treated(self)
        people_are_recognised(self)
        people_bond(self)
        guests_are_met(self)
        visitors_speak_about_the_product(self)
        people_weather_storms(self)
        listening.step(self)  # what was said reaches the product team, which improves the product
        rivals_compete(self)
        people_bring_others(self)
        customers_buy(self)
        visitors_take_stock(self)
        people_leave(self)
        people_struggle(self)
        accounts.step(self)  # what the day cost and brought; a host whose venue never pays gives up
        self.day += 1

    def silence_members(self) -> None:
        """From now on, let nobody but hosts reply or talk. Members still come, read and ask."""
        for venue in self.venues:
            venue.now.hushed = 1.0

    # What an experimenter may do between two days, beside what `State` shows (`sim.world.treatment`).

    def put_reply(self, venue: int, at: int, by: int, time: float) -> None:
        """Append a middling reply to a thread, and let its author find it."""
        enter_reply(self, self.venues[venue], self.thread(venue, at), by, time, MIDDLING)

    def expel(self, venue: int, person: int) -> None:
        """End a membership from outside."""
        leave(self, self.venues[venue], self.people[person], events.REMOVED)
