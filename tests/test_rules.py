"""The rules on paper: each where nothing acts (null), at its ends (limit), and the way that it leans (direction).

A direction table names an argument or a parameter and whether the rule rises or falls with it, all else equal. The
levels stand inside the ranges, and none of the tests needs a default to have a particular value.
"""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.world import events
from sim.world.draws import happens
from sim.world.mechanisms import (
    accounts,
    advocacy,
    answering,
    asking,
    bonding,
    circles,
    conversation,
    dealings,
    exposure,
    guests,
    incentives,
    join,
    leaving,
    listening,
    memory,
    norms,
    places,
    population,
    quality,
    recognition,
    rivals,
    segments,
    spending,
    startup,
    stewards,
    storms,
    struggle,
    visit,
    voicing,
    worth,
)
from sim.world.parameters import values
from sim.world.state import BOND, MEMBERSHIP, QUESTION, SEED, TALK, rows

MECHANISMS = (accounts, advocacy, answering, asking, bonding, circles, conversation, dealings, exposure, guests,
              incentives, join, leaving, listening, memory, norms, places, population, quality, recognition, rivals,
              segments, spending, startup, stewards, storms, struggle, visit, voicing, worth)  # fmt: skip
P = {mechanism.__name__.rsplit(".", 1)[1]: values(mechanism.Parameters) for mechanism in MECHANISMS}
MIDPOINTS = (np.arange(100_000) + 0.5) / 100_000  # a draw's distribution without its chance

# Typical arguments: in the middle, where every term of a rule acts.
USUAL = {
    join.by_friends: {"friends": 2, "closed": 0.5, "news": 0.5, "days": 7.0, "notices": 1.0},
    join.by_word: {"benefit": 0.1},
    join.benefit_of: {
        "information": 0.4, "belonging": 0.2, "cause": 0.1, "access": 0.1, "deals": 0.1, "passion": 1.5,
         "log_fit": 0.2, "posts": 3.0, "visitors": 20.0, "promo": 0.5, "peer": 0.5, "mission": 0.5,
    },
    visit.habit: {"tempo": 1.0, "interest": 1.0},
    visit.pull_of_peers: {"contacts": 2.0},
    visit.pull_of_message: {"fatigue": 3.0},
    visit.p_brought: {"interest": 1.0},
    exposure.ad_weight: {"ad_sensitivity": 1.0, "tenure": 5.0, "annoyance": 1.0},
    exposure.noticed: {"stock": 20.0},
    exposure.hazard_of_upgrade: {"ad_load": 3.0, "weight": 1.0, "price": 5.0},
    asking.p_reserved: {"social": 0.4, "drawn": 1.0},
    asking.p_found: {"answers_on_facet": 20.0},
    asking.p_talk: {"contribution": 1.0, "belonging": 0.3, "social": 0.4, "company": 0.2,
                    "boost": 1.0, "tenure": 10.0, "small_talk": 1.0, "effort": 1.0},
    answering.p_answer: {
        "contribution": 1.0, "belonging": 0.3, "replies": 1, "appeal": 1.0, "match": 1.0, "bond": 0.5, "boost": 1.0,
    },
    answering.wanted: {"kind": QUESTION, "open_questions": 2},
    conversation.p_return: {"kind": QUESTION},
    quality.quality_of: {"u": 0.5, "v": 0.3, "knows": 0.5, "posts": 2.0},
    quality.is_clear: {"quality": 0.5},
    bonding.identified: {"identity": 0.2, "mission": 0.5, "posts_a_day": 3.0, "rival": 0.5, "posts": 5.0},
    worth.credence: {"trust": 0.3},
    worth.patience_with: {"trust": 0.6},
    worth.browsing: {"filled": 0.5, "visits": 5.0},
    worth.reading: {"answered": True, "same_facet": True, "quality": 1.0},
    worth.reading_host: {"same_facet": True, "tone": 0.5},
    worth.from_mission: {"mission": 0.5, "visitors": 3.0, "posts": 5.0},
    worth.from_makers: {"executives": 1.0, "tone": 0.5, "response": 0.5},
    worth.from_offers: {"promo": 0.5, "messages": 0.5},
    worth.nuisance: {"messages": 5.0, "scale": 11.0},
    answering.leaves_to_host: {"kind": QUESTION, "host_share": 0.5},
    incentives.pull_of_points: {"points": 0.5},
    recognition.drive: {"recognition": 1.0, "helping": 10.0, "award_rate": 0.02},
    recognition.pull_of_example: {"recognition": 0.5, "display": 0.5, "award_rate": 0.02},
    recognition.p_likes: {"seen": 5, "earning": 0.5, "score": 1, "mood": 1.0},
    recognition.p_honours: {"ease": 0.5, "helping": 10.0, "honours": 1, "display": 0.5},
    recognition.earned: {"lately": 2.0},
    recognition.grateful: {"since": 10.0, "life": 30.0},
    incentives.pull_of_readers: {"visitors": 10.0, "wish": 1.0},
    incentives.pull_of_median: {"told": 3.0, "own": 1.0},
    incentives.pull_of_goal: {"answers": 8.0, "goals": 1.0},
    incentives.pull_of_pay: {"pay": 1.0, "crowded": 0.3},
    recognition.worth: {"display": 0.5, "awards_before": 2},
    leaving.hold: {"belonging": 0.4, "identity": 0.3, "contacts": 2.0},
    leaving.p_churn: {"fit": 0.6, "suited": 0.5, "referred": True, "belonging": 0.3, "rival": 0.5, "grievance": 0.5,
                      "days": 28.0},
    leaving.p_lost: {"copy": 0.5, "rival": 1.0, "grievance": 0.5},
    startup.traction: {"growth": 0.01, "fit": 0.5},
    startup.morale_after: {"morale": 0.5, "moving": 0.5},
    startup.p_tells: {"fit": 0.5},
    rivals.pull_of: {"lead": 0.1},
    rivals.wish_to_try: {"different": 0.5, "days": 100.0, "share": 0.3},
    rivals.unfamiliar: {"different": 0.5},
    advocacy.p_refer: {"belonging": 0.5, "trust": 0.5, "grievance": 0.5},
    advocacy.p_invite: {"belonging": 0.5, "grievance": 0.5, "invites": 1.0},
    advocacy.p_convince: {"suited": 0.5},
    advocacy.p_adopt: {"share": 0.5, "days": 30.0},
    listening.improvement: {"fit": 0.5, "heard": 5.0},
    spending.purchase: {
        "margin": 0.3, "days": 7.0, "passion": 1.5, "belonging": 0.4, "visited": True,
    },
    bonding.gain_by_reply: {"by_host": True, "first": True, "kind": QUESTION, "tone": 0.5, "host_share": 0.3},
    norms.p_rejected: {"rejection": 0.2, "shown": 0.5, "judged": 100.0, "load": 0.5},
    norms.p_discouraged: {"belonging": 0.3},
    voicing.p_good: {"fit": 0.5, "trust": 0.5, "angry": 0.5},
    voicing.p_voiced: {"contribution": 1.0, "heeding": 0.5, "angry": 0.5, "good": False},
    voicing.p_fixed: {"beyond": 3.0},
    dealings.p_pays: {"gives": 2.0, "passion": 1.5, "outside": 0.3, "price": 4.0},
    dealings.committed: {"interest": 1.0},
    dealings.lost_openly: {"agenda": 1.0, "disclosed": 0.5, "necessity": 0.3},
    dealings.felt: {"agenda": 1.0, "disclosed": 0.5, "necessity": 0.3, "recording": 0.5, "more_ads": 1.0},
    dealings.lost_unfairly: {"grasped": 2.0, "gives": 1.0},
    dealings.raised: {"load": 3.0, "revenue": 90.0, "before": 100.0, "growth": 0.1},
    circles.own_draw: {"u": 0.7},
    circles.company_found: {"institutions": 0.5, "own": 1.2, "minutes": 60.0},
    circles.time_for_feed: {"taste": 1.0, "company": 0.3},
    circles.attention_left: {"attention": 40.0, "minutes": 30.0},
    stewards.holds_keys: {"helping": 3.0, "belonging": 0.4},
    stewards.burdened: {"strain": 1.0},
    stewards.by_owning: {"handed": 0.5, "posts": 5.0},
    stewards.from_owning: {"handed": 0.5, "posts": 5.0},
    guests.room_for: {"known": 20.0, "hours": 4.0},
    guests.from_names: {"known": 0.5, "named": 0.5, "tone": 0.5},
    guests.from_experts: {"visits": 1.0},
    guests.from_beta: {"beta": 0.5, "passion": 1.5},
    guests.weight_of_words: {"experts": 1.0, "executives": 1.0, "scripted": 0.5},
    guests.p_passes_on: {"words": 1.0, "named": 0.5, "trust": 0.5},
    storms.share_lost: {"storm": 0.5, "shielded": 0.2, "belonging": 0.3},
    storms.held_down: {"trust": 0.5, "scar": 0.3},
    storms.swollen: {"storm": 0.3, "criticisms": 4.0, "visitors": 20.0},
    storms.p_defend: {"storm": 0.5, "belonging": 0.5, "trust": 0.5},
    storms.shield: {"defenders": 2.0, "answered": 0.5, "tone": 0.7},
    storms.p_suggest: {"belonging": 0.3, "trust": 0.5},
    storms.harm_of_deletion: {"is_explained": True},
    struggle.p_disclose: {"belonging": 0.3, "hostile": 0.05, "disappointment": 0.5},
    struggle.jarring: {"ads": 1.0},
    struggle.by_oneself: {"fit": 0.5},
    struggle.with_others: {"company": 0.7, "fit": 0.5},
}  # fmt: skip
WITHOUT_NUMBERS = {
    incentives.felt: {"pull": 2.0, "weight": 1.0},
    visit.need_hazard: {"need_rate": 0.02, "fit": 0.5},
    rivals.fit_of_copy: {"fit": 0.5, "drift": 0.001, "lag": 30.0, "better": 0.2},
    advocacy.prefers_copy: {"u": 0.4, "copy": 1.0},
    memory.faded: {"level": 1.0, "age": 10.0, "life": 50.0},
    stewards.is_handed: {"u": 0.5, "share": 0.8, "handed": 0.5},
    struggle.hostility_met: {"hostility": 0.1, "safety": 0.4},
    struggle.met_by: {"replies": 1.0, "contacts": 0.5},
    storms.known_for: {"heeding": 0.3, "critics": 4.0, "answered": 2.0, "noticed": 1.0},
}


def name_of(rule: Any) -> str:
    """Return mechanism and rule by name."""
    function = getattr(rule, "py_func", rule)
    return f"{function.__module__.rsplit('.', 1)[1]}.{function.__name__}"


def at(rule: Any, numbers: dict | None = None, **changes: Any) -> float:
    """Return what a rule says at its usual arguments, some changed, under parameters of which some are changed."""
    if rule in WITHOUT_NUMBERS:
        return rule(*(WITHOUT_NUMBERS[rule] | changes).values())
    p = P[name_of(rule).split(".")[0]]._replace(**(numbers or {}))
    return rule(*(USUAL[rule] | changes).values(), p)


# -- Direction: all else equal ---------------------------------------------------------------------------------------

RISES, FALLS = 1, -1
ARGUMENTS = [
    (join.by_friends, RISES, {"friends": (0, 1, 5), "days": (1, 7), "closed": (0, 0.5, 1), "news": (0, 1, 3),
                             "notices": (0, 1, 3)}),
    (join.by_word, RISES, {"benefit": (0, 0.1, 0.5, 1)}),
    (join.benefit_of, RISES, {"log_fit": (-1, 0, 1), "posts": (0, 2, 20), "visitors": (0, 5, 50), "promo": (0, 0.5, 1),
                              "peer": (0, 0.5, 1), "mission": (0, 0.5, 1), "information": (0, 0.5), "deals": (0, 0.5),
                              "passion": (0.3, 1, 3),
                              "belonging": (0, 0.5), "cause": (0, 0.5), "access": (0, 0.5)}),
    (visit.habit, RISES, {"tempo": (0.3, 1, 3), "interest": (0, 0.5, 2)}),
    (visit.pull_of_peers, RISES, {"contacts": (0, 1, 4)}),
    (visit.p_brought, RISES, {"interest": (0, 0.5, 2, 9)}),
    (visit.pull_of_message, FALLS, {"fatigue": (0, 2, 8, 20)}),
    (visit.need_hazard, RISES, {"need_rate": (0.01, 0.1)}),
    (visit.need_hazard, FALLS, {"fit": (0, 0.5, 1)}),
    (exposure.ad_weight, RISES, {"ad_sensitivity": (0.5, 1, 2), "annoyance": (0, 1, 3)}),
    (exposure.ad_weight, FALLS, {"tenure": (5, 365)}),
    (exposure.hazard_of_upgrade, RISES, {"ad_load": (0, 1, 10), "weight": (0.5, 1, 2)}),
    (exposure.noticed, FALLS, {"stock": (0, 10, 100)}),
    (exposure.hazard_of_upgrade, FALLS, {"price": (1, 5, 50)}),
    (asking.p_reserved, FALLS, {"social": (0, 0.5, 1), "drawn": (0, 1, 3)}),
    (asking.p_found, RISES, {"answers_on_facet": (0, 10, 100)}),
    (asking.p_talk, RISES, {"contribution": (0, 1, 5), "belonging": (0, 0.5, 1),
                            "social": (0, 0.5, 1), "company": (0, 0.5, 1), "boost": (0.5, 1, 2)}),
    (asking.p_talk, FALLS, {"tenure": (0, 10, 100)}),
    (answering.p_answer, RISES, {"contribution": (0, 1, 5), "belonging": (0, 0.5, 1), "appeal": (0.2, 1, 5),
                                 "match": (0, 1, 3), "bond": (0, 0.5, 2), "boost": (0.5, 1, 2)}),
    (answering.p_answer, FALLS, {"replies": (0, 1, 2, 10)}),
    (answering.wanted, RISES, {"open_questions": (0, 1, 9)}),
    (quality.quality_of, RISES, {"knows": (0, 0.5, 1), "posts": (0, 5, 50)}),
    (quality.is_clear, RISES, {"quality": (0.1, 0.9)}),
    (bonding.identified, RISES, {"identity": (0, 0.5, 0.9), "mission": (0, 0.5, 1), "posts_a_day": (0, 3, 30),
                                 "rival": (0, 1), "posts": (0, 5, 50)}),
    (worth.credence, RISES, {"trust": (0, 0.2, 0.5)}),
    (worth.patience_with, FALLS, {"trust": (0, 0.5, 1)}),
    (worth.browsing, RISES, {"filled": (0, 0.5, 1)}),
    (worth.browsing, FALLS, {"visits": (0, 10, 100)}),
    (worth.reading, RISES, {"answered": (False, True), "same_facet": (False, True), "quality": (0.1, 1, 2)}),
    (worth.reading_host, RISES, {"same_facet": (False, True), "tone": (0, 0.5, 1)}),
    (worth.from_mission, RISES, {"mission": (0, 0.5, 1), "visitors": (0, 3, 30), "posts": (0, 10, 99)}),
    (worth.from_makers, RISES, {"executives": (0, 1, 3), "tone": (0, 0.5, 1), "response": (0, 0.5, 1)}),
    (worth.from_offers, RISES, {"promo": (0, 0.5, 1), "messages": (0, 0.5, 1)}),
    (worth.nuisance, RISES, {"messages": (0, 5, 20)}),
    (worth.nuisance, FALLS, {"scale": (1, 11, 60)}),
    (answering.leaves_to_host, FALLS, {"host_share": (0, 0.5, 1)}),
    (incentives.felt, RISES, {"pull": (0.5, 1, 2), "weight": (0, 1, 5)}),
    (incentives.pull_of_points, RISES, {"points": (0, 0.5, 1)}),
    (recognition.drive, RISES, {"recognition": (0, 1, 2), "helping": (5, 50, 500)}),
    (recognition.drive, FALLS, {"award_rate": (0, 0.02, 0.5)}),
    (recognition.pull_of_example, RISES, {"display": (0, 0.5, 1), "award_rate": (0, 0.005, 0.02)}),
    (recognition.pull_of_example, FALLS, {"recognition": (0, 1, 2), "award_rate": (0.04, 0.2, 1)}),
    (recognition.earned, RISES, {"lately": (0, 1, 10)}),
    (recognition.grateful, FALLS, {"since": (0, 10, 100)}),
    (incentives.pull_of_readers, RISES, {"visitors": (0, 10, 100)}),
    (recognition.p_likes, RISES, {"seen": (0, 1, 10), "earning": (0, 0.5, 1), "score": (0, 1, 9)}),
    (recognition.p_likes, FALLS, {"score": (-4, -1, 0)}),
    (recognition.p_honours, RISES, {"ease": (0, 0.5, 1), "helping": (0, 5, 50), "honours": (0, 1, 9),
                                    "display": (0, 0.5, 1)}),
    (incentives.pull_of_median, RISES, {"told": (0, 1, 10)}),
    (incentives.pull_of_median, FALLS, {"own": (0, 1, 3, 10)}),
    (incentives.pull_of_goal, RISES, {"answers": (6.5, 8, 9.5), "goals": (0, 0.5, 1)}),
    (incentives.pull_of_pay, RISES, {"pay": (0, 1, 2)}),
    (incentives.pull_of_pay, FALLS, {"crowded": (0, 0.5, 1)}),
    (recognition.worth, RISES, {"display": (0, 0.5, 1)}),
    (recognition.worth, FALLS, {"awards_before": (0, 1, 10)}),
    (leaving.hold, FALLS, {"belonging": (0, 0.5, 1), "identity": (0, 0.5, 1), "contacts": (0, 1, 5)}),
    (leaving.p_churn, RISES, {"rival": (0, 1, 5), "days": (1, 28), "grievance": (0, 1, 3)}),
    (leaving.p_churn, FALLS, {"fit": (0, 0.5, 1), "suited": (-2, 0, 2), "referred": (False, True),
                              "belonging": (0, 0.5, 1)}),
    (leaving.p_lost, RISES, {"copy": (0, 0.5, 1)}),
    (leaving.p_lost, FALLS, {"rival": (1, 2, 5), "grievance": (0, 1, 3)}),
    (startup.traction, RISES, {"growth": (0, 0.01, 0.02), "fit": (0.5, 0.9)}),
    (startup.morale_after, RISES, {"morale": (0.1, 0.5, 0.9), "moving": (0, 0.5, 1)}),
    (startup.p_tells, FALLS, {"fit": (0, 0.5, 1)}),
    (rivals.fit_of_copy, RISES, {"fit": (0, 0.5, 1), "better": (0, 0.5, 1)}),
    (rivals.fit_of_copy, FALLS, {"drift": (0, 0.001, 0.1), "lag": (0, 30, 365)}),
    (rivals.pull_of, RISES, {"lead": (-1, 0, 1)}),
    (rivals.wish_to_try, RISES, {"share": (0, 0.5, 1)}),
    (rivals.wish_to_try, FALLS, {"days": (0, 100, 1000)}),
    (rivals.unfamiliar, RISES, {"different": (0, 0.5, 1)}),
    (advocacy.prefers_copy, RISES, {"copy": (0.1, 1)}),
    (advocacy.p_refer, RISES, {"belonging": (0, 0.5, 1), "trust": (0, 0.5, 1)}),
    (advocacy.p_refer, FALLS, {"grievance": (0, 1, 3)}),
    (advocacy.p_invite, RISES, {"belonging": (0, 0.5, 1), "invites": (0, 0.5, 1, 3)}),
    (advocacy.p_invite, FALLS, {"grievance": (0, 1, 3)}),
    (advocacy.p_convince, RISES, {"suited": (-2, 0, 2)}),
    (advocacy.p_adopt, RISES, {"share": (0, 0.5, 1), "days": (1, 365)}),
    (spending.purchase, RISES, {"margin": (0, 1), "days": (1, 7), "passion": (0.1, 1, 5), "belonging": (0, 0.5, 1),
                                "visited": (False, True)}),
    (bonding.gain_by_reply, RISES, {"tone": (0, 0.5, 1), "first": (False, True)}),
    (bonding.gain_by_reply, FALLS, {"host_share": (0, 0.3, 0.6)}),
    (norms.p_rejected, RISES, {"rejection": (0, 0.1, 0.3), "judged": (0, 50, 500), "load": (0, 0.5, 2)}),
    (norms.p_rejected, FALLS, {"shown": (0, 0.5, 1)}),
    (norms.p_discouraged, FALLS, {"belonging": (0, 0.5, 1)}),
    (voicing.p_good, RISES, {"fit": (0, 0.5, 1), "trust": (0, 0.5, 1)}),
    (voicing.p_good, FALLS, {"angry": (0, 0.3, 0.9)}),
    (voicing.p_voiced, RISES, {"contribution": (0, 1, 5), "angry": (0, 0.3, 0.9)}),
    (voicing.p_fixed, FALLS, {"beyond": (0, 5, 50)}),
    (storms.share_lost, RISES, {"storm": (0, 0.3, 1)}),
    (storms.share_lost, FALLS, {"shielded": (0, 0.5, 1), "belonging": (0, 0.5, 1)}),
    (storms.held_down, RISES, {"trust": (0, 0.5, 1)}),
    (storms.held_down, FALLS, {"scar": (0, 0.3, 1)}),
    (storms.swollen, RISES, {"storm": (0.1, 0.4), "criticisms": (3, 5, 8)}),
    (storms.swollen, FALLS, {"visitors": (10, 20, 40)}),
    (storms.p_defend, RISES, {"storm": (0, 0.5, 1), "belonging": (0, 0.5, 1), "trust": (0, 0.5, 1)}),
    (storms.shield, RISES, {"defenders": (0, 2, 20), "answered": (0, 0.5, 1), "tone": (0, 0.5, 1)}),
    (storms.p_suggest, RISES, {"belonging": (0, 0.5, 1), "trust": (0, 0.5, 1)}),
    (storms.harm_of_deletion, FALLS, {"is_explained": (False, True)}),
    (storms.known_for, RISES, {"answered": (0, 2, 4)}),
    (storms.known_for, FALLS, {"noticed": (0, 1, 4)}),
    (struggle.hostility_met, RISES, {"hostility": (0, 0.1, 1)}),
    (struggle.hostility_met, FALLS, {"safety": (0, 0.5, 1)}),
    (struggle.p_disclose, RISES, {"belonging": (0, 0.5, 1)}),
    (struggle.p_disclose, FALLS, {"hostile": (0, 0.05, 0.5), "disappointment": (0, 1, 3)}),
    (struggle.met_by, RISES, {"replies": (0, 1, 3), "contacts": (0, 1, 3)}),
    (struggle.jarring, RISES, {"ads": (0, 1, 5)}),
    (struggle.by_oneself, RISES, {"fit": (0, 0.5, 1)}),
    (struggle.with_others, RISES, {"company": (0, 0.5, 2), "fit": (0, 0.5, 1)}),
    (listening.improvement, RISES, {"heard": (0, 5, 50), "fit": (0.2, 0.5, 0.9)}),
    (memory.faded, RISES, {"level": (0.1, 1), "life": (10, 100)}),
    (memory.faded, FALLS, {"age": (0, 10, 100)}),
    (dealings.p_pays, RISES, {"gives": (0, 1, 3), "passion": (0.3, 1, 3)}),
    (dealings.p_pays, FALLS, {"price": (1, 5, 50), "outside": (0, 0.5, 1)}),
    (dealings.committed, RISES, {"interest": (0, 1, 4)}),
    (dealings.lost_openly, RISES, {"agenda": (0, 1, 5), "disclosed": (0, 0.5, 1)}),
    (dealings.lost_openly, FALLS, {"necessity": (0, 0.5, 1)}),
    (dealings.felt, RISES, {"agenda": (0, 1, 5), "disclosed": (0, 0.5, 1), "recording": (0, 0.5, 1)}),
    (dealings.felt, RISES, {"more_ads": (0, 1, 5)}),
    (dealings.felt, FALLS, {"necessity": (0, 0.5, 1)}),
    (dealings.lost_unfairly, RISES, {"grasped": (0.6, 1, 4)}),
    (dealings.lost_unfairly, FALLS, {"gives": (0, 1, 3)}),
    (dealings.raised, RISES, {"load": (0, 1, 6), "before": (90, 100, 120), "growth": (0, 0.1, 0.3)}),
    (dealings.raised, FALLS, {"revenue": (80, 90, 109)}),
    (circles.own_draw, RISES, {"u": (0, 0.5, 1)}),
    (circles.company_found, RISES, {"institutions": (0, 0.4, 0.8), "own": (0, 0.5, 1.5)}),
    (circles.company_found, FALLS, {"minutes": (0, 60, 300)}),
    (circles.time_for_feed, RISES, {"taste": (0.3, 1, 3)}),
    (circles.time_for_feed, FALLS, {"company": (0, 0.5, 1)}),
    (circles.attention_left, RISES, {"attention": (20, 40, 60)}),
    (circles.attention_left, FALLS, {"minutes": (0, 30, 90)}),
    (stewards.holds_keys, RISES, {"helping": (0.0, 9.0), "belonging": (0.0, 0.9)}),
    (stewards.is_handed, RISES, {"handed": (0.1, 0.9), "u": (0.1, 0.7), "share": (0.4, 0.8)}),
    (stewards.burdened, RISES, {"strain": (0, 1, 9)}),
    (stewards.by_owning, RISES, {"handed": (0, 0.5, 1), "posts": (0, 5, 50)}),
    (stewards.from_owning, RISES, {"handed": (0, 0.5, 1), "posts": (0, 5, 50)}),
    (guests.room_for, FALLS, {"known": (0, 20, 40)}),
    (guests.room_for, RISES, {"hours": (2, 4, 8)}),
    (guests.from_names, RISES, {"known": (0, 0.5, 1), "named": (0, 0.5, 1), "tone": (0, 0.5, 1)}),
    (guests.from_experts, RISES, {"visits": (0, 1, 9)}),
    (guests.from_beta, RISES, {"beta": (0, 0.5, 1), "passion": (0.1, 1, 9)}),
    (guests.weight_of_words, RISES, {"experts": (0, 1, 2), "executives": (0, 1, 2)}),
    (guests.weight_of_words, FALLS, {"scripted": (0, 0.5, 1)}),
    (guests.p_passes_on, RISES, {"words": (0, 1, 5), "named": (0, 0.5, 1), "trust": (0, 0.5, 1)}),
]  # fmt: skip
NUMBERS = [
    (join.by_friends, RISES, {"friends": (0, 0.01, 0.1), "closure": (0, 1, 3), "contagion": (0, 1, 5)}),
    (join.by_word, RISES, {"persuades": (-2, 0, 1, 3)}),
    (advocacy.p_invite, RISES, {"invite": (0, 0.1, 1)}),
    (visit.habit, RISES, {"base": (0, 0.1, 1)}),
    (visit.pull_of_message, RISES, {"reminder": (0, 0.5, 1), "fatigue_scale": (1, 10, 60)}),
    (asking.p_reserved, RISES, {"p_silent_help": (0, 0.5, 1), "p_silent_bond": (0, 0.5, 1)}),
    (asking.p_reserved, FALLS, {"drawn_out": (0, 0.5, 1)}),
    (asking.p_found, FALLS, {"archive_scale": (1, 50, 500)}),
    (answering.p_answer, RISES, {"one_reply": (0, 0.5, 1), "answer": (0, 0.1, 1)}),
    (answering.wanted, FALLS, {"demand": (0, 1, 9)}),
    (conversation.p_return, RISES, {"returns": (0, 0.5, 1), "in_help": (0, 0.5, 1)}),
    (worth.credence, FALLS, {"heed": (0, 0.5, 2)}),
    (answering.leaves_to_host, FALLS, {"crowding": (0, 0.5, 1)}),
    (recognition.p_likes, RISES, {"p_like": (0, 0.1, 1), "herding": (0, 0.5, 1)}),
    (recognition.p_honours, RISES, {"p_honour": (0, 0.001, 0.1), "fame": (-1, 0, 1)}),
    (incentives.pull_of_median, RISES, {"below": (-1, 0, 2)}),
    (incentives.pull_of_goal, RISES, {"goal": (-1, 0, 1)}),
    (incentives.pull_of_pay, RISES, {"pay": (-1, 0, 1)}),
    (incentives.pull_of_pay, FALLS, {"crowding": (0, 1, 2)}),
    (recognition.drive, RISES, {"pull": (0, 1, 2)}),
    (recognition.drive, FALLS, {"dilution": (0, 10, 100), "experience": (1, 30, 300)}),
    (recognition.pull_of_example, RISES, {"example": (-1, 0, 1)}),
    (recognition.earned, FALLS, {"deserved": (0, 1, 10)}),
    (recognition.grateful, RISES, {"gratitude": (-1, 0, 1)}),
    (leaving.hold, FALLS, {"hold_belonging": (0, 1, 5), "hold_identity": (0, 1, 5), "hold_contacts": (0, 1, 3)}),
    (bonding.gain_by_reply, FALLS, {"autonomy": (0, 0.1, 0.3)}),
    (norms.p_rejected, RISES, {"precedents": (0, 1, 3), "strain": (0, 1, 3)}),
    (norms.p_rejected, FALLS, {"heeds": (-1, 0, 1)}),
    (voicing.p_voiced, RISES, {"voice": (0, 0.1, 1), "encourage": (-1, 0, 1)}),
    (voicing.p_voiced, RISES, {"louder": (0, 1, 9)}),
    (voicing.p_good, FALLS, {"by_anger": (0, 1, 9)}),
    (voicing.p_voiced, FALLS, {"scrutiny": (0, 0.3, 1)}),
    (leaving.p_lost, FALLS, {"grudge": (0, 0.5, 2)}),
    (startup.traction, FALLS, {"growth": (0.02, 0.1, 1)}),
    (startup.morale_after, RISES, {"lasts": (30, 300, 3000)}),
    (startup.morale_after, FALLS, {"heals": (30, 300, 3000)}),
    (startup.p_tells, FALLS, {"polite": (0, 0.5, 1)}),
    (rivals.pull_of, RISES, {"pull": (0, 1, 5), "sense": (0, 2, 8)}),
    (rivals.wish_to_try, RISES, {"novelty": (0, 1, 3), "wears": (30, 300, 3000)}),
    (rivals.wish_to_try, FALLS, {"strange": (0, 1, 3)}),
    (rivals.unfamiliar, RISES, {"early": (0, 1, 5)}),
    (leaving.p_churn, RISES, {"churn": (0, 0.001, 0.01)}),
    (storms.share_lost, RISES, {"breach": (0, 0.1, 0.5)}),
    (storms.share_lost, FALLS, {"buffer": (-1, 0, 1)}),
    (storms.held_down, FALLS, {"holds": (0, 0.1, 1)}),
    (storms.swollen, RISES, {"calms": (1, 10, 100), "feeds": (0, 1, 3)}),
    (storms.swollen, FALLS, {"usual": (0, 0.05, 0.15)}),
    (storms.p_defend, RISES, {"defends": (0, 0.5, 1)}),
    (storms.shield, RISES, {"peers": (-1, 0, 1), "host": (-1, 0, 1)}),
    (storms.shield, FALLS, {"few": (1, 3, 30)}),
    (storms.p_suggest, RISES, {"suggests": (0, 0.5, 1)}),
    (storms.harm_of_deletion, FALLS, {"explained": (-1, 0, 1)}),
    (struggle.p_disclose, RISES, {"opens": (0, 0.3, 1)}),
    (struggle.p_disclose, FALLS, {"wary": (0, 5, 50)}),
    (struggle.jarring, RISES, {"jarred": (0, 0.3, 2)}),
    (struggle.by_oneself, RISES, {"alone": (0, 0.001, 0.1), "product": (0, 0.001, 0.1)}),
    (struggle.by_oneself, FALLS, {"joint": (0, 0.5, 1)}),
    (struggle.with_others, RISES, {"peers": (0, 0.02, 0.5)}),
    (spending.purchase, RISES, {"lift": (-1, 0, 1), "reminder": (-0.5, 0, 0.5)}),
    (advocacy.p_adopt, RISES, {"innovation": (0, 0.1), "imitation": (0, 0.5)}),
    (dealings.p_pays, RISES, {"value": (0, 1, 9), "cares": (-1, 0, 1)}),
    (dealings.p_pays, FALLS, {"outside": (0, 0.5, 1)}),
    (dealings.committed, RISES, {"commits": (0, 0.1, 1), "committed": (2, 6, 20)}),
    (dealings.lost_openly, RISES, {"trust_asked": (0, 0.01, 0.2)}),
    (dealings.lost_openly, FALLS, {"forgives": (0, 1, 2)}),
    (dealings.felt, RISES, {"detects": (0, 0.1, 0.5), "of_data": (0, 1, 5), "of_ads": (0, 0.2, 1)}),
    (dealings.felt, FALLS, {"forgives": (0, 1, 2)}),
    (dealings.lost_unfairly, RISES, {"trust_unfair": (0, 0.02, 0.5)}),
    (dealings.lost_unfairly, FALLS, {"fair": (0, 0.5, 1)}),
    (dealings.raised, RISES, {"most_raised": (0, 0.1, 0.2)}),
    (circles.own_draw, RISES, {"spread": (0, 0.5, 1)}),
    (circles.company_found, FALLS, {"displaces": (-0.2, 0, 0.5)}),
    (circles.time_for_feed, RISES, {"seeks": (-1, 0, 2)}),
    (circles.attention_left, FALLS, {"takes": (0, 0.3, 1)}),
    (stewards.holds_keys, FALLS, {"helps": (1, 9), "belongs": (0.1, 0.9)}),
    (stewards.burdened, RISES, {"burden": (0, 0.1, 1)}),
    (stewards.by_owning, RISES, {"owning": (0, 0.1, 1)}),
    (stewards.from_owning, RISES, {"shared": (0, 0.3, 5)}),
    (guests.room_for, RISES, {"knows": (6, 20, 99)}),
    (guests.from_names, RISES, {"company": (0, 0.3, 5)}),
    (guests.from_experts, RISES, {"taught": (0, 0.2, 5)}),
    (guests.from_beta, RISES, {"first": (0, 0.5, 5)}),
    (guests.weight_of_words, RISES, {"fame": (0, 1, 2)}),
    (guests.weight_of_words, FALLS, {"hollow": (0, 0.5, 1)}),
    (guests.p_passes_on, RISES, {"passes": (0, 0.1, 2)}),
]  # fmt: skip


def one_a_row(table: list, where: str) -> list:
    """Return a test case for each line of a table of directions."""
    return [
        pytest.param(rule, sense, name, levels, id=f"{name_of(rule)} {where} {name}")
        for rule, sense, changes in table
        for name, levels in changes.items()
    ]


def steps(found: list[float]) -> np.ndarray:
    """Return how much is gained from each level to the next."""
    return np.diff(np.array(found, dtype=float))


@pytest.mark.parametrize(("rule", "sense", "name", "levels"), one_a_row(ARGUMENTS, "by"))
def test_a_rule_leans_the_way_that_its_claim_says(rule: Any, sense: int, name: str, levels: tuple) -> None:
    assert (steps([at(rule, **{name: level}) for level in levels]) * sense > 0).all()


@pytest.mark.parametrize(("rule", "sense", "name", "levels"), one_a_row(NUMBERS, "by the number"))
def test_a_parameter_leans_the_way_that_its_claim_says(rule: Any, sense: int, name: str, levels: tuple) -> None:
    assert (steps([at(rule, {name: level}) for level in levels]) * sense > 0).all()


def test_every_argument_of_the_usual_rules_is_named_in_the_order_of_the_rule() -> None:
    """Otherwise the tables above would turn the wrong screw."""
    for rule, usual in (USUAL | WITHOUT_NUMBERS).items():
        code = getattr(rule, "py_func", rule).__code__
        names = code.co_varnames[: code.co_argcount]
        assert tuple(usual) == tuple(name for name in names if name != "p"), name_of(rule)


# -- Joining ---------------------------------------------------------------------------------------------------------


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 50))
def test_something_happens_with_the_probability_of_its_hazard(u: float, hazard: float) -> None:
    assert happens(u, hazard) == (u < 1.0 - math.exp(-hazard))


@pytest.mark.parametrize("hazard", [0.01, 0.1, 0.5, 1.0, 3.0])
def test_over_all_draws_a_hazard_comes_true_in_one_less_its_exponential_of_cases(hazard: float) -> None:
    """Limit: the share of 100,000 evenly spaced draws, off by one of them at most."""
    assert np.mean([happens(u, hazard) for u in MIDPOINTS]) == pytest.approx(-math.expm1(-hazard), abs=2e-5)


def test_what_has_no_hazard_never_happens() -> None:
    assert not happens(0.0, 0.0)


def test_nobody_is_made_aware_by_nothing() -> None:
    assert at(join.by_friends, friends=0, news=0.0) == 0.0 == at(join.by_friends, notices=0.0)


def test_friends_who_know_each_other_count_up_to_one_plus_closure_times_as_much() -> None:
    apart, close = (at(join.by_friends, closed=closed, news=0.0) for closed in (0.0, 1.0))
    assert close == pytest.approx(apart * (1 + P["join"].closure))


def test_news_is_worth_nothing_where_nothing_spreads_and_each_further_joining_counts_less() -> None:
    assert at(join.by_friends, {"contagion": 0.0}) == at(join.by_friends, news=0.0)
    gains = steps([at(join.by_friends, news=float(k)) for k in range(10)])
    assert (np.diff(gains) < 0).all()


def test_a_word_that_persuades_by_nothing_is_one_exposure_among_others() -> None:
    assert at(join.by_word, {"persuades": 0.0}) == pytest.approx(USUAL[join.by_word]["benefit"])


def test_each_further_friend_counts_less() -> None:
    gains = steps([at(join.by_friends, friends=k) for k in range(10)])
    assert (np.diff(gains) < 0).all()


def test_with_nothing_to_expect_the_reserve_alone_decides() -> None:
    """Limit: the logistic of the reserve."""
    nothing = dict.fromkeys(USUAL[join.benefit_of], 0.0) | {"passion": 1.0}
    assert at(join.benefit_of, **nothing) == pytest.approx(1 / (1 + math.exp(-P["join"].reserve)))


@pytest.mark.parametrize("u", [0.0, 0.3, 0.6, 0.999])
def test_the_cause_of_joining_is_drawn_in_proportion_to_the_exposures(u: float) -> None:
    causes = (events.MARKET, events.FRIENDS, events.SEARCH, events.INVITED)
    for k, cause in enumerate(causes):
        assert join.cause_of_joining(u, *(float(k == j) for j in range(4))) == cause
    found = [join.cause_of_joining(x, 1.0, 2.0, 3.0, 4.0) for x in MIDPOINTS[::10]]
    assert [found.count(cause) for cause in causes] == [1000, 2000, 3000, 4000]


# -- Needs and visits ------------------------------------------------------------------------------------------------


def test_a_perfect_product_leaves_no_needs() -> None:
    assert visit.need_hazard(0.5, 1.0) == 0.0
    assert visit.next_need(0, 0.5, 0.5, 1.0) >= 20_000


def test_at_a_fit_of_one_half_the_rate_is_the_persons_own() -> None:
    assert visit.need_hazard(0.03, 0.5) == pytest.approx(0.03)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_days_until_the_next_event_are_geometric(rate: float) -> None:
    """Limit: the whole days of an exponential wait, T = 1 + floor(E / rate), so P(T > k) = exp(-rate k).

    Taken over 100,000 midpoints instead of draws, a share is off by 1 / 100,000 at most, and so is the mean over its
    steps: 1 / (1 - exp(-rate)) to 0.1 %.
    """
    for draw in (visit.days_until, join.days_of_life):
        days = np.array([draw(u, rate) for u in MIDPOINTS])
        assert days.min() == 1
        for k in (1, 2, 5, 20):
            assert (days > k).mean() == pytest.approx(math.exp(-rate * k), abs=2e-5)
        assert days.mean() == pytest.approx(1 / (1 - math.exp(-rate)), rel=1e-3)


def test_nobody_comes_by_a_pull_that_is_not_there() -> None:
    assert at(visit.habit, interest=0.0) == 0.0
    assert at(visit.pull_of_peers, contacts=0.0) == 0.0
    assert at(visit.pull_of_message, {"reminder": 0.0}) == 0.0


def test_a_first_message_reminds_in_full_and_one_at_the_scale_of_fatigue_by_a_factor_of_e_less() -> None:
    p = P["visit"]
    assert at(visit.pull_of_message, fatigue=0.0) == p.reminder
    assert at(visit.pull_of_message, fatigue=p.fatigue_scale) == pytest.approx(p.reminder / math.e)


def test_the_total_pull_of_messages_has_an_optimum_inside() -> None:
    """Fact, Zhang et al. 2017: too few and too many messages both bring less. F exp(-(F/s)^2) peaks at s / sqrt 2."""
    total = [f * at(visit.pull_of_message, fatigue=f) for f in np.linspace(0, 40, 4001)]
    assert np.linspace(0, 40, 4001)[int(np.argmax(total))] == pytest.approx(
        P["visit"].fatigue_scale / math.sqrt(2), abs=0.01
    )


# -- Meeting, asking, answering --------------------------------------------------------------------------------------


def test_an_ad_weighs_on_a_newcomer_and_on_an_old_hand_alike_where_newcomers_feel_no_more() -> None:
    assert at(exposure.ad_weight, {"newcomer": 0.0}, tenure=0.0) == at(
        exposure.ad_weight, {"newcomer": 0.0}, tenure=999.0
    )


@pytest.mark.parametrize(("social", "share"), [(0.0, "p_silent_help"), (1.0, "p_silent_bond")])
def test_who_came_for_help_or_for_people_only_is_silent_at_the_measured_rate(social: float, share: str) -> None:
    """Limits; over uniform hurdles a share p_reserved never speaks, by the definition of the hurdle."""
    silent = getattr(P["asking"], share)
    assert at(asking.p_reserved, social=social, drawn=0.0) == pytest.approx(silent)
    speaking = [asking.speaks(hurdle, social, 0.0, False, P["asking"]) for hurdle in MIDPOINTS[::10]]
    assert 1 - np.mean(speaking) == pytest.approx(silent, abs=1e-3)


def test_who_has_fallen_silent_does_not_speak() -> None:
    assert not asking.speaks(1.0, 1.0, 9.0, True, P["asking"])


def test_nothing_is_found_in_an_empty_archive_and_at_most_the_share_that_is_findable_in_a_full_one() -> None:
    assert at(asking.p_found, answers_on_facet=0.0) == 0.0
    assert at(asking.p_found, answers_on_facet=1e9) == P["asking"].find


@pytest.mark.parametrize("nothing", ["contribution", "social", "boost"])
def test_once_introduced_nobody_talks_without_energy_or_company_in_mind(nothing: str) -> None:
    assert at(asking.p_talk, **{"tenure": 1e6, nothing: 0.0}) == 0.0


def test_newcomers_introduce_themselves_however_little_they_give_otherwise() -> None:
    assert at(asking.p_talk, contribution=0.0, tenure=0.0) > 0.0


def test_nobody_introduces_themselves_where_nothing_moves_anybody_to_write() -> None:
    assert at(asking.p_talk, tenure=0.0, boost=0.0) == 0.0


def test_every_need_comes_where_nobody_weighs_what_the_place_is_worth() -> None:
    """Null: at `relies` 0, what a member expects of a place does not matter."""
    for interest in (0.0, 0.1, 9.0):
        assert visit.p_brought(interest, P["visit"]._replace(relies=0.0)) == 1.0


def test_a_dead_place_gets_no_questions_and_a_precious_one_gets_almost_all() -> None:
    assert at(visit.p_brought, interest=0.0) == 0.0
    assert at(visit.p_brought, interest=P["visit"].relies) == 0.5
    assert at(visit.p_brought, interest=1e9) > 0.999


@pytest.mark.parametrize("nothing", ["contribution", "appeal", "match", "boost"])
def test_nobody_answers_without_energy_appeal_or_knowledge(nothing: str) -> None:
    assert at(answering.p_answer, **{nothing: 0.0}) == 0.0


def test_each_reply_that_is_there_leaves_the_same_share_of_willingness() -> None:
    """Limit: -ln(1 - p) is the willingness, and falls as one_reply^replies."""
    willing = [-math.log1p(-at(answering.p_answer, replies=k)) for k in range(6)]
    assert np.allclose(np.array(willing[1:]) / willing[:-1], P["answering"].one_reply)


def test_a_hosts_replies_crowd_out_help_and_leave_talk_alone() -> None:
    """Fact, Homburg et al. 2015: an interior optimum for functional threads, no relation for social ones."""
    for kind in (TALK, SEED):
        assert at(answering.leaves_to_host, kind=kind, host_share=1.0) == 1.0
    assert at(answering.leaves_to_host, kind=QUESTION, host_share=1.0) == 1.0 - P["answering"].crowding
    assert at(answering.leaves_to_host, kind=QUESTION, host_share=0.0) == 1.0


def test_who_knows_nothing_answers_no_questions_and_talks_all_the_same() -> None:
    assert answering.match_to(QUESTION, 0.0, 0.5, 0.5, P["answering"]) == 0.0
    assert answering.match_to(TALK, 0.0, 0.5, 0.5, P["answering"]) > 0.0


@pytest.mark.parametrize(("points", "number"), [(0.0, 5.0), (1.0, 0.0)])
def test_points_do_nothing_where_there_are_none_or_where_nobody_minds_them(points: float, number: float) -> None:
    assert at(incentives.pull_of_points, {"points": number}, points=points) == 1.0


def test_points_may_repel_but_not_below_silence() -> None:
    assert at(incentives.pull_of_points, {"points": -1.0}, points=1.0) == 0.0
    assert incentives.felt(0.5, 9.0) == 0.0


def test_what_one_does_not_care_about_moves_nothing_and_the_average_person_feels_all_of_it() -> None:
    assert (incentives.felt(5.0, 0.0), incentives.felt(5.0, 1.0)) == (1.0, 5.0)


# -- Recognition -----------------------------------------------------------------------------------------------------


def test_a_hosts_reply_to_talk_costs_no_autonomy() -> None:
    """Fact, Homburg et al. 2015: no relation in social threads."""
    assert at(bonding.gain_by_reply, {"host_in_talk": 0.0}, kind=TALK) == 0.0
    alike = [at(bonding.gain_by_reply, {"host_in_talk": 1.0}, kind=TALK, host_share=share) for share in (0.0, 1.0)]
    assert alike[0] == alike[1] > 0.0


def test_nobody_is_moved_by_awards_that_they_do_not_hold_or_did_nothing_for_lately() -> None:
    assert at(recognition.drive, recognition=0.0) == at(recognition.drive, helping=0.0) == 1.0


def test_no_pile_of_awards_multiplies_by_more_than_the_exponential_of_their_pull() -> None:
    """Fact, Restivo & van de Rijt 2012: about 1.6 for top contributors, of whom one award is left at 1 - 1 / e."""
    assert at(recognition.drive, recognition=99.0, helping=1e9, award_rate=0.0) == pytest.approx(
        math.exp(P["recognition"].pull)
    )


@pytest.mark.parametrize("changes", [{"display": 0.0}, {"award_rate": 0.0}, {"recognition": 1e9}])
def test_an_example_is_set_only_where_awards_are_given_and_shown_to_those_without(changes: dict) -> None:
    assert at(recognition.pull_of_example, **changes) == 1.0


def test_an_award_is_worth_half_where_dilution_says_and_praise_for_nothing_is_worth_nothing() -> None:
    p = P["recognition"]
    assert recognition.common(1.0 / p.dilution, p) == 1.0
    assert at(recognition.earned, lately=0.0) == 0.0
    assert at(recognition.earned, {"deserved": 0.0}, lately=0.0) == 1.0


def test_the_usual_number_of_readers_moves_nobody_nor_does_any_number_those_who_do_not_mind() -> None:
    assert at(incentives.pull_of_readers, visitors=incentives.USUAL) == 1.0
    assert at(incentives.pull_of_readers, wish=0.0) == at(incentives.pull_of_readers, {"readers": 0.0}) == 1.0
    assert at(incentives.pull_of_readers, {"readers": 3.0}, visitors=0.0) == 0.0


def test_without_gratitude_or_thanks_everybody_thanks_as_readily() -> None:
    assert at(recognition.grateful, {"gratitude": 0.0}, since=0.0) == at(recognition.grateful, since=1e9) == 1.0


def test_thanks_and_likes_need_a_button() -> None:
    assert at(recognition.p_likes, earning=0.0) == 0.0
    assert at(recognition.p_likes, seen=0) == 0.0


def test_an_unscored_reply_is_liked_as_often_as_its_readers_like_and_a_scored_one_more_by_each_doubling() -> None:
    p = P["recognition"]
    assert [recognition.herd(score, p) for score in (0, 1, 3)] == pytest.approx([1, 1 + p.herding, 1 + 2 * p.herding])


def test_who_gives_as_much_as_the_median_is_not_moved_by_it_and_below_is_pulled_the_harder() -> None:
    assert at(incentives.pull_of_median, told=3.0, own=3.0) == 1.0
    up, down = at(incentives.pull_of_median, told=3.0, own=1.0), at(incentives.pull_of_median, told=1.0, own=3.0)
    assert up > 1.0 / down > 1.0


def test_a_rank_draws_most_those_close_to_it_and_the_next_rank_draws_less() -> None:
    p = P["incentives"]
    close = incentives.FIRST_RANK * (1.0 - 1e-9)
    assert at(incentives.pull_of_goal, answers=0.0) == 1.0
    first = at(incentives.pull_of_goal, answers=close)
    assert first == pytest.approx(math.exp(p.goal))
    assert at(incentives.pull_of_goal, answers=close * incentives.RANK_STEP) == pytest.approx(
        math.exp(p.goal * p.rank_wear)
    )
    assert at(incentives.pull_of_goal, answers=incentives.FIRST_RANK) == 1.0, "behind it nothing is put in"


def test_a_streak_pulls_the_more_the_longer_it_is_and_only_until_today_has_a_post_or_it_is_broken() -> None:
    table, p, pulls = rows(1, MEMBERSHIP), P["incentives"], []
    for day in range(1, 9):
        incentives.note_post(table[0], day)
        incentives.note_post(table[0], day)
        pulls.append(incentives.at_stake(table[0], 1.0, 1.0, day + 1, p))
    assert (table["streak"][0], pulls[6]) == (8, pytest.approx(math.exp(p.streak / 2.0)))
    assert (np.diff([1.0, *pulls]) > 0).all()
    assert [incentives.at_stake(table[0], 1.0, 1.0, day, p) for day in (8, 10)] == [1.0, 1.0]
    assert incentives.at_stake(table[0], 0.0, 1.0, 9, p) == 1.0, "where days are not counted"
    incentives.note_post(table[0], 10)
    assert table["streak"][0] == 1


def test_pay_leaves_behind_what_it_crowded_out() -> None:
    table = rows(1, MEMBERSHIP)
    incentives.note_gift(table[0], 3, P["incentives"])
    assert (table["crowded"][0], table["lately"][0], table["last_post"][0]) == (0.0, 1.0, 3)
    table["pay"] = 1.0
    for _ in range(1000):
        incentives.note_gift(table[0], 3, P["incentives"])
    assert table["crowded"][0] == pytest.approx(1.0), "never more than all"
    assert at(incentives.pull_of_pay, pay=0.0, crowded=1.0) == pytest.approx(math.exp(-P["incentives"].crowding))


def test_the_first_award_that_all_can_see_is_worth_one_and_the_next_ones_ever_less() -> None:
    assert at(recognition.worth, display=1.0, awards_before=0) == 1.0
    assert at(recognition.worth, display=0.0, awards_before=0) == P["recognition"].private
    assert (np.diff([at(recognition.worth, awards_before=k) for k in range(9)]) < 0).all()


# -- Ties and memory -------------------------------------------------------------------------------------------------


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_grows_towards_one_stays_below_it(level: float, gain: float) -> None:
    assert level - 1e-15 <= bonding.grown_towards_one(level, gain) <= 1.0 + 1e-15
    assert bonding.grown_towards_one(level, 0.0) == level


@pytest.mark.parametrize("life", [7.0, 60.0, 200.0])
def test_half_is_faded_after_a_life_times_log_two(life: float) -> None:
    assert memory.faded(1.0, life * math.log(2.0), life) == pytest.approx(0.5)
    assert memory.faded(0.7, 0.0, life) == 0.7


def test_fading_in_two_steps_is_fading_in_one() -> None:
    assert memory.faded(memory.faded(1.0, 3.0, 50.0), 11.0, 50.0) == pytest.approx(memory.faded(1.0, 14.0, 50.0))


def test_refreshing_fades_each_level_by_its_own_life_once_a_day() -> None:
    table = rows(1, MEMBERSHIP)
    p = P["memory"]
    lives = {"interest": p.interest, "belonging": p.belonging, "identity": p.belonging, "contacts": p.contacts,
             "recognition": p.lasting, "ads": p.lasting, "crowded": p.lasting, "disappointment": p.disappointment,
             "asking": memory.ROLE, "helping": memory.ROLE, "lately": memory.MONTH}  # fmt: skip
    for level in lives:
        table[level] = 1.0
    memory.refresh(table[0], 30, P["memory"])
    memory.refresh(table[0], 30, P["memory"])
    for level, life in lives.items():
        assert table[level][0] == pytest.approx(math.exp(-30 / life)), level
    assert table["stamp"][0] == 30


def bonds_of(*gains: float) -> np.ndarray:
    """Return the bonds of person 0 with persons 1, 2, ... after one reply each, in that order."""
    bonds = rows((20, 3), BOND)
    for other, gain in enumerate(gains, start=1):
        bonding.strengthen(bonds, 0, other, gain, 0, 100.0)
    return bonds


def test_a_bond_adds_what_is_left_of_it_and_what_is_new() -> None:
    bonds = bonds_of(0.5)
    assert not bonding.strengthen(bonds, 0, 1, 0.25, 100, 100.0)
    assert bonding.strength_of(bonds, 0, 1, 100, 100.0) == pytest.approx(0.5 / math.e + 0.25)
    assert bonding.strength_of(bonds, 0, 1, 200, 100.0) == pytest.approx((0.5 / math.e + 0.25) / math.e)


def test_people_keep_their_strongest_bonds() -> None:
    bonds = bonds_of(0.5, 0.2, 0.4)
    assert not bonding.strengthen(bonds, 0, 9, 0.1, 0, 100.0)
    assert bonding.strengthen(bonds, 0, 10, 0.3, 0, 100.0)
    assert [bonding.strength_of(bonds, 0, other, 0, 100.0) for other in (1, 2, 3, 9, 10)] == [0.5, 0.0, 0.4, 0.0, 0.3]
    assert bonding.closest(bonds, 0, -1, 0, 100.0) == 1
    assert bonding.closest(bonds, 0, 1, 0, 100.0) == 3


def test_who_has_no_bonds_has_no_closest_contact_and_no_gain_makes_no_bond() -> None:
    bonds = bonds_of()
    assert bonding.closest(bonds, 0, -1, 0, 100.0) == -1
    assert not bonding.strengthen(bonds, 0, 1, 0.0, 0, 100.0)
    assert bonding.strength_of(bonds, 0, 1, 0, 100.0) == 0.0


# -- Leaving, the product, others ------------------------------------------------------------------------------------


def test_without_belonging_or_company_nothing_holds() -> None:
    assert at(leaving.hold, belonging=0.0, identity=0.0, contacts=0.0) == 1.0


def test_the_base_rate_of_churn_holds_at_half_a_fit_and_a_rival_of_pull_one_doubles_it() -> None:
    """Limits: 1 - exp(-rate x days), and twice the hazard."""
    ordinary = {"fit": 0.5, "suited": 0.0, "referred": False, "belonging": 0.0, "grievance": 0.0}
    usual, rival = (at(leaving.p_churn, **ordinary, rival=pull) for pull in (0.0, 1.0))
    assert -math.log1p(-usual) == pytest.approx(P["leaving"].churn * 28)
    assert math.log1p(-rival) == pytest.approx(2 * math.log1p(-usual))


def test_where_nobody_uses_the_product_innovation_alone_brings_people() -> None:
    """Limit: over a year, 1 - exp(-p) of Bass."""
    assert at(advocacy.p_adopt, share=0.0, days=365.0) == pytest.approx(-math.expm1(-P["advocacy"].innovation))


@pytest.mark.parametrize("nothing", ["belonging", "trust"])
def test_nobody_recommends_without_belonging_and_trust(nothing: str) -> None:
    assert at(advocacy.p_refer, **{nothing: 0.0}) == 0.0


def test_a_release_that_heard_nothing_improves_nothing_and_none_makes_a_product_perfect() -> None:
    assert at(listening.improvement, heard=0.0) == 0.5
    assert at(listening.improvement, heard=1e9) == pytest.approx(0.5 + P["listening"].improve * 0.5)
    assert at(listening.improvement, fit=1.0) == 1.0


def test_a_running_mean_of_a_constant_is_the_constant_and_gets_there_by_its_life() -> None:
    """Limit: after n days the rest is (1 - 1 / life)^n."""
    mean = 0.0
    for _ in range(14):
        mean = accounts.running(mean, 1.0, 14.0)
    assert mean == pytest.approx(1 - (1 - 1 / 14) ** 14)
    assert accounts.running(0.3, 0.3, 14.0) == 0.3


# -- Birth -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", [0.5, 0.7, 1.0, 1.5, 3.0])
def test_contribution_has_mean_one_whatever_its_tail(tail: float) -> None:
    """Limit: a Pareto draw capped at c has mean 1 + (c^(1 - a) - 1) / (1 - a), by which it is divided.

    By midpoints of (0, 1), with the mass beyond the cap resolved to 1 / 100,000 of it.
    """
    found = np.array([population.pareto(u, tail, 300.0) for u in MIDPOINTS])
    assert found.mean() == pytest.approx(1.0, abs=2e-3)
    assert found.max() / found.min() <= 300.0 + 1e-6


def test_multipliers_have_mean_one_whatever_their_spread() -> None:
    """Limit: E exp(s z - s^2 / 2) = 1, by Gauss and Hermite's rule, which is exact here to rounding."""
    z, weight = np.polynomial.hermite_e.hermegauss(60)
    for spread in (0.0, 0.4, 1.0, 2.0):
        mean = sum(w * population.relative(x, spread) for x, w in zip(z, weight, strict=True)) / weight.sum()
        assert mean == pytest.approx(1.0, abs=1e-6)


def test_where_people_do_not_differ_everybody_is_the_mean() -> None:
    assert population.relative(1.7, 0.0) == 1.0
