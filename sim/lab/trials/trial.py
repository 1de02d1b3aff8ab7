"""A trial: who is enrolled and when, the arms, what each arm does, and what is measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Window = tuple[int, int]  # days after enrolment: from the first, and before the second


@dataclass(frozen=True)
class Use:
    """A registered selector or action by name, with its options."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


def use(name: str, **options: Any) -> Use:
    """Return the use of a registered function with options: `use("award", by="peer")`."""
    return Use(name, options)


@dataclass(frozen=True)
class Arm:
    """An arm: a group of people and how they are treated. An arm that does nothing is a control."""

    name: str
    does: tuple[Use, ...] = ()
    share: float = 1.0  # relative to the other arms. Between worlds it has no effect
    for_days: int | None = None  # after which actions are undone if possible. None: never
    dose: float | None = None  # for arms that differ in the amount of one thing


@dataclass(frozen=True)
class Measured:
    """A registered outcome over some windows after enrolment."""

    name: str
    windows: tuple[Window, ...]


def measured(name: str, *windows: Window) -> Measured:
    """Return an outcome over windows: `measured("posts", (0, 30), (0, 90))`."""
    return Measured(name, windows)


def column_of(name: str, window: Window) -> str:
    """Return the name of an outcome over a window, such as `posts_0_90`."""
    return f"{name}_{window[0]}_{window[1]}"


@dataclass(frozen=True)
class Trial:
    """A randomised experiment inside the world. People are enrolled in the morning, and nobody is enrolled twice.

    Until the first day of enrolment all arms share one world. Then they go on in it or, `between` worlds, each arm has
    a world of its own, where everybody who qualifies is treated.
    """

    name: str
    who: tuple[Use, ...]  # selectors. A person has to qualify under all of them
    arms: tuple[Arm, ...]  # the others are compared with the first, which may do nothing
    outcomes: tuple[Measured, ...]
    start: int  # the first day of enrolment
    until: int | None = None  # the last day of enrolment. None: `start` is the only one
    between: bool = False
    venue: int = 0  # by number

    @property
    def last(self) -> int:
        """The last day of enrolment."""
        return self.start if self.until is None else self.until

    @property
    def end(self) -> int:
        """The morning on which everything has been measured."""
        return self.last + max(max(window) for _, window in self.measured())

    def measured(self) -> list[tuple[str, Window]]:
        """Return each outcome's name with each of its windows."""
        return [(outcome.name, window) for outcome in self.outcomes for window in outcome.windows]

    def columns(self) -> tuple[str, ...]:
        """Return the names of all outcome columns."""
        return tuple(column_of(name, window) for name, window in self.measured())
