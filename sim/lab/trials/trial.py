"""What a trial is: who is enrolled and when, which arms there are, what each does, what is measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Window = tuple[int, int]  # days after enrolment: from the first on, before the second


@dataclass(frozen=True)
class Use:
    """A registered selector or action by name, with its options."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


def use(name: str, **options: Any) -> Use:
    """Return a registered function's name with its options: `use("award", by="peer")`."""
    return Use(name, options)


@dataclass(frozen=True)
class Arm:
    """One way to be treated. An arm that does nothing is a control."""

    name: str
    does: tuple[Use, ...] = ()
    share: float = 1.0  # relative to the other arms; of no account between worlds
    for_days: int | None = None  # then what was done is undone, as far as it can be; None is for good
    dose: float | None = None  # where arms differ in how much of one thing they get


@dataclass(frozen=True)
class Measured:
    """A registered outcome over some windows after enrolment."""

    name: str
    windows: tuple[Window, ...]

    def columns(self) -> tuple[str, ...]:
        """Return the names of its columns, one a window."""
        return tuple(column_of(self.name, window) for window in self.windows)


def measured(name: str, *windows: Window) -> Measured:
    """Return an outcome over windows: `measured("posts", (0, 30), (0, 90))`."""
    return Measured(name, windows)


def column_of(name: str, window: Window) -> str:
    """Return the name of an outcome over a window, such as `posts_0_90`."""
    return f"{name}_{window[0]}_{window[1]}"


@dataclass(frozen=True)
class Trial:
    """A randomised experiment inside the world.

    Parameters
    ----------
    who
        Selectors, all of which have to hold.
    arms
        The first is what the others are compared with, and may do nothing.
    start
        The first day on which people are enrolled, in the morning; until then every arm's world is one.
    until
        The last such day. None: nobody is enrolled after `start`. Nobody is enrolled twice.
    between
        Each arm in a world of its own, where everybody who qualifies is treated; else all arms within one world.
    venue
        The venue's number.
    """

    name: str
    who: tuple[Use, ...]
    arms: tuple[Arm, ...]
    outcomes: tuple[Measured, ...]
    start: int
    until: int | None = None
    between: bool = False
    venue: int = 0

    @property
    def last(self) -> int:
        """The last day of enrolment."""
        return self.start if self.until is None else self.until

    @property
    def control(self) -> Arm:
        """The arm that the others are compared with."""
        return self.arms[0]

    @property
    def end(self) -> int:
        """The morning on which everything has been measured."""
        return self.last + max(max(window) for outcome in self.outcomes for window in outcome.windows)

    def columns(self) -> tuple[str, ...]:
        """Return the names of all outcome columns."""
        return tuple(column for outcome in self.outcomes for column in outcome.columns())
