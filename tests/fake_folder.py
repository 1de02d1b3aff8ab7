"""Result folders made up for tests: the lab's layout with invented numbers, so that figures need no world.

The numbers are smooth curves with noise that all arms share, as in a real comparison; they mean nothing.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from sim.lab.runs.stated import BY_CONSTRUCTION
from sim.lab.settings import keys
from sim.world import levers
from sim.world.measures import FLOW_SERIES, FORKED, OUTCOMES, SERIES
from sim.world.parameters import declared

DAYS, EVERY = 730, 14
WORLDS = {"as_it_was": 0.0, "host_silent": 1 / 420, "members_silent": 1 / 320, "both_silent": 1 / 180}  # fade a day
FORKED_OF_SIX = ("helpers_loss", "top_helpers", "product_loss")
LEVEL = {
    "members": 820, "active": 430, "lurkers": 300, "askers": 60, "helpers": 45, "champions": 12, "dormant": 240,
    "customers": 1900, "belonging": 0.42, "trust": 0.61, "interest": 1.1, "bonds": 1.7, "fit": 0.58, "archive": 2100,
    "host_share": 0.34,
}  # fmt: skip
FLOW = {
    "joins_market": 6, "joins_friends": 5, "joins_search": 4, "joins_invite": 0.6, "returns": 1, "exits_life": 2.1,
    "exits_information": 1.9, "exits_belonging": 1.1,
    "exits_goodwill": 0.1, "exits_validation": 0.2, "exits_trouble": 0.1,
    "exits_unmet": 1.2, "exits_ads": 0.5, "exits_broadcast": 0.3, "exits_product": 0.2,
    "visits": 520, "visits_peers": 190, "visits_host": 120, "visits_need": 140, "minutes": 5200, "ads": 520,
    "ad_revenue": 5.2, "questions": 60, "talks": 38, "seeds": 3.5, "answers": 88, "host_answers": 46,
    "questions_due": 58, "questions_answered": 51, "host_hours": 18, "host_cost": 720, "tickets": 61,
    "tickets_avoided": 44, "margin": 3900, "new_bonds": 14, "referrals": 0.8, "hours_paid": 24, "venue_cost": 40,
}  # fmt: skip
OUTCOME = {
    "size": 430, "host_loss": 0.25, "held_by_members": 0.3, "held_by_host": 0.2, "floor": 0.5, "retention_90": 0.31,
    "answered": 0.88, "trust": 0.61, "belonging": 0.42, "newcomers_replied": 0.74, "peer_share": 0.66,
    "deflected_net": 3900, "host_cost": 75000,
    "profit": 310000, "top1": 0.24, "gini": 0.71, "exits": 760, "margin": 405000, "ad_revenue": 540, "tickets": 6300,
    "community_cost": 80000, "venue_cost": 4000, "marketing_cost": 1000, "exit_rate": 6.1, "hours_idle": 40,
    "hours_undone": 90,
}  # fmt: skip
LEDGER = (
    ("question asked in the venue", 6200, 980, 0, 0, 0, 0),
    ("reply by a member", 9100, 1510, 5100, 0, 0, 0),
    ("reply by the host", 4700, 0, 2600, 790, 0, 31600),
    ("old answer found", 3900, 330, 3900, 0, 31200, 0),
    ("post by the host", 365, 210, 0, 365, 0, 14600),
    ("award by the host", 48, 0, 0, 12, 0, 480),
    ("message to all members", 48, 120, 0, 96, 0, 3840),
    ("ad shown", 54000, 75, 0, 0, 540, 0),
    ("problem heard", 510, 0, 0, 40, 0, 1600),
)  # fmt: skip
CAUSES = ("life moved on", "visits gave too little", "unanswered questions", "ads", "too many messages", "product left")
ROLES = ("lurker", "asker", "helper", "champion", "dormant", "left", "outside")


def make_run(folder: Path, *, replicates: int = 8, host_off: int | None = 550, **options: Any) -> Path:
    """Write the folder of a run."""
    return _make(folder, {"base": 1.0}, replicates, host_off, **options)


def make_compare(
    folder: Path, arms: Mapping[str, float] | None = None, *, replicates: int = 8, host_off: int | None = 550,
    **options: Any,
) -> Path:  # fmt: skip
    """Write the folder of a comparison. An arm's number is its strength: 1 is the base itself."""
    arms = {"no_manager": 0.7, "ads": 0.96} if arms is None else arms
    return _make(folder, {"base": 1.0, **arms}, replicates, host_off, **options)


def _make(
    folder: Path, arms: Mapping[str, float], replicates: int, host_off: int | None, *,
    venues: Sequence[str] = ("forum",), bonds: bool = True, change_day: int | None = None, partial: bool = False,
    stated: Sequence[str] = (),
) -> Path:  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    _words(folder, arms, replicates, host_off, change_day, partial, venues, stated)
    _series(arms, replicates, host_off, venues).to_parquet(folder / "series.parquet")
    outcomes = _outcomes(arms, replicates, host_off)
    outcomes.to_parquet(folder / "outcomes.parquet")
    summary = _summary(outcomes)
    (summary if len(arms) > 1 else summary.drop(columns="arm")).to_csv(folder / "summary.csv", index=False)
    if len(arms) > 1:
        differences = _differences(outcomes)
        differences.loc[differences.arm.isin(stated) & (differences.outcome == "peer_share"), "verdict"] = (
            BY_CONSTRUCTION
        )
        differences.to_csv(folder / "outcomes.csv", index=False)
    _people(arms, replicates, venues[0]).to_parquet(folder / "people.parquet")
    if bonds:
        _bonds(arms, host_off, venues[0]).to_parquet(folder / "bonds.parquet")
    _ledger(arms).to_csv(folder / "ledger.csv", index=False)
    _parameters().to_csv(folder / "parameters.csv", index=False)
    return folder


def _words(
    folder: Path, arms: Mapping[str, float], replicates: int, host_off: int | None, change_day: int | None,
    partial: bool, venues: Sequence[str], stated: Sequence[str],
) -> None:  # fmt: skip
    compare = len(arms) > 1
    scenario = {
        "kind": "compare" if compare else "run",
        "scenario": "support_forum",
        "title": "A support forum",
        "story": "A software company opens a forum in which customers answer customers.",
        "question": "Who answers, and does it still work when the company stops?",
        "claim": "A community that answers its own questions outlives its manager.",
        "command": "barnraise compare scenario=support_forum" if compare else "barnraise scenario=support_forum",
        "arms": {name: "" if name == "base" else f"host.replies={strength}" for name, strength in arms.items()},
        "change_day": change_day,
        "host_off": host_off,
        "settings": {name: {"host.replies": strength} for name, strength in arms.items() if name != "base"},
        "stated": {name: {"peer_share": "a host that never replies leaves all replies to members"} for name in stated},
    }
    manifest = {
        "versions": {"barnraise": "0.1.0", "python": "3.11"}, "source": {"commit": "0123abcd4567", "dirty": False},
        "seed": 1, "partial": partial, "why_partial": "interrupted" if partial else None,
        "replicates": {"asked": 2 * replicates if partial else replicates, "finished": replicates},
        "outputs": {"series.parquet": "made up"},
    }  # fmt: skip
    config = {"scenario": "support_forum", "people": 2000, "days": DAYS, "replicates": replicates, "seed": 1}
    config |= {name: block for name, block in keys.defaults().items() if name != "params"} | {"venue_name": venues[0]}
    (folder / "scenario.json").write_text(json.dumps(scenario, indent=1))
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


def _series(arms: Mapping[str, float], replicates: int, host_off: int | None, venues: Sequence[str]) -> pd.DataFrame:
    days = np.arange(0, DAYS + 1, EVERY)
    frames = []
    for arm, strength in arms.items():
        for replicate in range(replicates):
            for position, venue in enumerate(venues):
                draw = np.random.default_rng([replicate, position])  # the same for every arm: pairs share their draws
                own = {"arm": arm, "replicate": replicate, "venue": venue}
                frames += [_paths(draw, days, strength / (1 + position), world, host_off, {**own, "world": world})
                           for world in WORLDS]  # fmt: skip
    return pd.concat([frame for frame in frames if frame is not None], ignore_index=True)


def _paths(
    draw: np.random.Generator, days: np.ndarray, strength: float, world: str, host_off: int | None, keys: dict[str, Any]
) -> pd.DataFrame | None:
    luck = draw.normal(1, 0.08)
    if WORLDS[world] and host_off is None:
        return None
    rise = 1 - np.exp(-days / 160)
    fade = np.exp(-np.clip(days - (host_off or 0), 0, None) * WORLDS[world] / strength)
    kept = (days >= (host_off or 0)) | (WORLDS[world] == 0)
    metrics, values = (*SERIES, *FLOW_SERIES), []
    for metric in metrics:
        level = LEVEL.get(metric, FLOW.get(metric, 0.3))
        shape = rise if level > 1 else 0.6 + 0.4 * rise
        value = level * luck * shape * (1 if metric == "customers" else strength * fade)
        if metric.startswith("host_") and WORLDS[world]:
            value = value * 0
        value = value * (1 + 0.05 * draw.normal(size=len(days)))
        values.append(value[kept])
    columns = {"day": np.tile(days[kept], len(metrics)), "metric": np.repeat(metrics, kept.sum())}
    return pd.DataFrame({**keys, **columns, "value": np.concatenate(values)})  # one frame: thousands take half a minute


def _outcomes(arms: Mapping[str, float], replicates: int, host_off: int | None) -> pd.DataFrame:
    rows = []
    for arm, strength in arms.items():
        for replicate in range(replicates):
            draw = np.random.default_rng([replicate, 99])
            for name in OUTCOMES:
                moved = 1 + (strength - 1) * (
                    0.6 if name in ("size", "held_by_members", "answered", "host_cost") else 0.05
                )
                value = OUTCOME.get(name, 0.4) * moved * draw.normal(1, 0.06)
                if arm != "base" and strength != 1:
                    value *= np.random.default_rng([replicate, len(arm)]).normal(1, 0.02)
                missing = name in FORKED and (host_off is None or name in FORKED_OF_SIX)
                rows.append((arm, replicate, name, np.nan if missing else value))
    return pd.DataFrame(rows, columns=["arm", "replicate", "outcome", "value"])


def _interval(values: np.ndarray) -> tuple[float, float]:
    half = 2.3 * values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return values.mean() - half, values.mean() + half


def _summary(outcomes: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (arm, name), group in outcomes.groupby(["arm", "outcome"], sort=False):
        values = group.value.dropna().to_numpy()
        low, high = _interval(values) if len(values) else (np.nan, np.nan)
        rows.append((arm, name, values.mean() if len(values) else np.nan, low, high, len(values)))
    return pd.DataFrame(rows, columns=["arm", "metric", "mean", "low", "high", "replicates"])


def _differences(outcomes: pd.DataFrame) -> pd.DataFrame:
    wide = outcomes.pivot(index="replicate", columns=["outcome", "arm"], values="value")
    rows = []
    for arm in [name for name in outcomes.arm.unique() if name != "base"]:
        for name in OUTCOMES:
            gap = (wide[name][arm] - wide[name]["base"]).dropna().to_numpy()
            if not len(gap):
                rows.append((name, arm, np.nan, np.nan, np.nan, np.nan, np.nan, "can't tell"))
                continue
            low, high = _interval(gap)
            better = OUTCOMES[name].better
            sign = 1 if gap.mean() > 0 else -1
            words = ("higher", "lower") if better == "neither" else ("better", "worse")
            verdict = words[0 if (sign > 0) == (better != "less") else 1] if low * high > 0 else "can't tell"
            verdict = "no difference" if not gap.any() else verdict
            share = float(np.mean(gap * (-1 if better == "less" else 1) > 0))
            rows.append((name, arm, gap.mean(), low, high, share, (high - low) * 0.7, verdict))
    columns = ["outcome", "arm", "difference", "low", "high", "share_better", "detectable", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _people(arms: Mapping[str, float], replicates: int, venue: str) -> pd.DataFrame:
    frames = []
    for arm in arms:
        for replicate in range(replicates):
            draw = np.random.default_rng([replicate, 7])
            n = 600
            posts = np.floor(draw.pareto(0.9, n) * draw.uniform(0, 1.2, n)).clip(0, 900)
            frames.append(pd.DataFrame({
                "arm": arm, "replicate": replicate, "person": np.arange(n), "venue": venue,
                "role": draw.choice(ROLES, n, p=[0.35, 0.07, 0.05, 0.02, 0.2, 0.21, 0.1]),
                "questions": (posts * 0.4).astype(int), "talks": (posts * 0.2).astype(int),
                "answers": (posts * 0.4).astype(int), "belonging": draw.uniform(0, 1, n),
                "joined": draw.integers(0, DAYS, n), "left_cause": draw.choice(CAUSES, n),
            }))  # fmt: skip
    people = pd.concat(frames, ignore_index=True)
    people.loc[people.role == "outside", ["questions", "talks", "answers"]] = 0
    return people


def _bonds(arms: Mapping[str, float], host_off: int | None, venue: str) -> pd.DataFrame:
    frames = []
    for arm in arms:
        draw = np.random.default_rng(5)
        person, partner = draw.integers(0, 240, 520), (draw.pareto(1.2, 520) * 20).astype(int) % 240
        strength = draw.uniform(0.05, 1, 520)
        for world, floor in (("as_it_was", 0.0), ("host_silent", 0.45)):
            if world == "as_it_was" or host_off is not None:
                kept = (strength > floor) & (person != partner)
                frames.append(pd.DataFrame({
                    "arm": arm, "replicate": 0, "world": world, "venue": venue, "person": person[kept],
                    "partner": partner[kept], "strength": strength[kept],
                }))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def _ledger(arms: Mapping[str, float]) -> pd.DataFrame:
    columns = ["event", "number", "member_hours", "needs_met", "host_hours", "money_in", "money_out"]
    frames = []
    for arm, strength in arms.items():
        frame = pd.DataFrame(LEDGER, columns=columns)
        frame[columns[1:]] = frame[columns[1:]] * strength
        frames.append(frame.assign(arm=arm)[["arm", *columns]])
    return pd.concat(frames, ignore_index=True)


def _parameters() -> pd.DataFrame:
    blocks = (levers.Population, levers.Venue, levers.Host, levers.Product, levers.Outside)
    rows = [row for block in blocks for row in declared(block.__name__.lower(), block)]
    frame = pd.DataFrame(rows).rename(columns={"default": "value"})
    frame["changed"] = frame.name == "replies"
    invented = {"group": "asking", "name": "p_ask", "value": 0.74, "unit": "probability", "low": 0, "high": 1,
                "grade": "assumed", "why": "most open needs are asked; no source", "changed": False}  # fmt: skip
    return pd.concat([frame, pd.DataFrame([invented])], ignore_index=True)
