"""Warnings that the terminal and the report show beside a result, because nobody would look for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.lab.runs.stated import BY_CONSTRUCTION
from sim.lab.settings.inert import comes_too_late

Tree = Mapping[str, Any]  # an experiment as `config.yaml` holds it


def venues(names: Sequence[str]) -> str:
    """Say which venue the outcomes are from if there are several (the main one first)."""
    if len(names) < 2:
        return ""
    main, *others = names
    return (
        f"There are {len(names)} venues: {main} (the main one) and {', '.join(others)}. Outcomes about people and "
        "replies are the main venue's. Money and tickets are the whole company's."
    )


def idle_hosts(tree: Tree) -> list[str]:
    """Return a line for each host that starts too late to have any effect before it falls silent."""
    hosts = {"": tree.get("host") or {}}
    hosts |= {f" of {name}": place.get("host") or {} for name, place in (tree.get("venues") or {}).items()}
    days, silent = int(tree.get("days", 0)), tree.get("host_off")
    lines = [_idle(whose, float(host.get("starts", 0.0)), days, silent) for whose, host in hosts.items()]
    return [line for line in lines if line]


def _idle(whose: str, starts: float, days: int, silent: int | None) -> str:
    opening = f"The host{whose} starts on day {starts:g},"
    if days and comes_too_late(starts, days):
        nothing = " and that it holds nobody is no finding" if silent is not None else ""
        return f"{opening} but the run has only {days} days. It never works here{nothing}."
    if silent is not None and starts >= silent:
        return f"{opening} but is silenced from day {silent}. What is left is what grew without it."
    return ""


def by_construction(stated: Mapping[str, Mapping[str, str]]) -> str:
    """Explain the verdict "by construction" with the reasons that these arms have; return nothing where none has."""
    reasons = dict.fromkeys(reason for of_arm in stated.values() for reason in of_arm.values())
    return f"{BY_CONSTRUCTION.capitalize()}, so no finding: {'; '.join(reasons)}." if reasons else ""
