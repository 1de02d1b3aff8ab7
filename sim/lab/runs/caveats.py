"""What has to be said beside a result, on the terminal and in the report alike, because nobody would look for it."""

from collections.abc import Mapping, Sequence
from typing import Any

Tree = Mapping[str, Any]  # an experiment as `config.yaml` holds it


def venues(names: Sequence[str]) -> str:
    """Say whose outcomes are shown, where there are several venues (the main one first); else nothing."""
    if len(names) < 2:
        return ""
    main, *others = names
    return (
        f"Venue {main}; also: {', '.join(others)}. People and answers are the main venue's, money and tickets are the "
        "company's."
    )


def venue_names(tree: Tree) -> list[str]:
    """Return the names of an experiment's venues, the main one first."""
    return [str(tree.get("venue_name", "main")), *(tree.get("venues") or {})]


def idle_hosts(tree: Tree) -> list[str]:
    """Return a line for each host that starts too late to be told from none."""
    hosts = {"": tree.get("host") or {}}
    hosts |= {f" of {name}": place.get("host") or {} for name, place in (tree.get("venues") or {}).items()}
    days, silent = int(tree.get("days", 0)), tree.get("host_off")
    lines = [_idle(whose, float(host.get("starts", 0.0)), days, silent) for whose, host in hosts.items()]
    return [line for line in lines if line]


def _idle(whose: str, starts: float, days: int, silent: int | None) -> str:
    opening = f"The host{whose} starts on day {starts:g},"
    if days and starts >= days:
        nothing = ", so host-off says nothing" if silent is not None else ""
        return f"{opening} after the last of {days} days: it never works here{nothing}."
    if silent is not None and starts >= silent:
        return f"{opening} not before host-off on day {silent}: what survives then is what grew without it."
    return ""


def growing(arms: Sequence[str], compares: bool) -> str:
    """Say what a host-off survival above 1 is, given the arms that have one; nothing if none has."""
    if not arms:
        return ""
    whose = f" ({', '.join(arms)})" if compares else ""
    return f"Host-off survival against before is above 100 %{whose}: it was still growing."
