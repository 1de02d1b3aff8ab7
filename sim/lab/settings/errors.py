"""What a user reads instead of a traceback. Every refusal passes through here on its way to a terminal."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")

# Exit codes of the command line; 0 is success.
BROKEN = 1
REFUSED = 2
STOPPED = 130  # what shells expect after Ctrl-C

LONGEST = 800  # characters of a line; the longest list of names that a message holds is shorter
MOST_LINES = 20


class WorkError(Exception):
    """Something outside the program broke a run: one line that says what."""

    def __init__(self, line: str) -> None:
        super().__init__(printable(line))


class PolicyError(WorkError):
    """A host policy from outside the package raised an error, or returned an impossible effort."""


class SettingsError(Exception):
    """Settings that cannot be run: one line for each thing that is wrong."""

    def __init__(self, *lines: str) -> None:
        kept = tuple(dict.fromkeys(map(printable, lines)))
        if len(kept) > MOST_LINES:
            kept = (*kept[: MOST_LINES - 1], f"and {len(kept) - MOST_LINES + 1} more")
        super().__init__(*kept)
        self.lines = kept

    def __str__(self) -> str:
        """Return all lines."""
        return "\n".join(self.lines)


def refuse_if_any(lines: Iterable[str | None]) -> None:
    """Raise `SettingsError` with those of the lines that say something, if any does."""
    if wrong := [line for line in lines if line]:
        raise SettingsError(*wrong)


def of_each(make: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
    """Return what is made of each item. Raises one `SettingsError` with the lines of all that are refused."""
    made: list[Made] = []
    wrong: list[str] = []
    for item in items:
        try:
            made.append(make(item))
        except SettingsError as error:
            wrong += error.lines
    refuse_if_any(wrong)
    return made


@contextmanager
def said_of(what: str) -> Iterator[None]:
    """Let each line of a `SettingsError` begin with what it is about."""
    try:
        yield
    except SettingsError as error:
        raise SettingsError(*(f"{what}: {line}" for line in error.lines)) from None


def printable(text: str) -> str:
    """Return text for one line of a terminal: control characters escaped, and the middle cut out where it is long."""
    if len(text) > LONGEST:
        half = (LONGEST - 3) // 2
        text = f"{text[:half]} … {text[-half:]}"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)
