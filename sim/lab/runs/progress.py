"""A progress bar on a terminal. Where stderr is a file or a log, a line a minute says the same."""

import math
import sys
import time
from typing import Any

from tqdm import tqdm

EVERY = 60.0  # seconds between two lines; what takes less prints none
LINE = "barnraise: {desc}: {n_fmt} of {total_fmt} done in {elapsed}, about {remaining} left"


def bar(**how: Any) -> "tqdm[Any]":
    """Return a bar, or what prints lines. `how` are the arguments of tqdm."""
    return tqdm(**how) if sys.stderr.isatty() else Lines(bar_format=LINE, delay=math.inf, **how)


class Lines(tqdm):  # type: ignore[type-arg]
    """A bar that prints a whole line, at most one in `EVERY` seconds. An endless delay silences its own pictures."""

    said = 0.0  # when the last line was printed, or the work began

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Print a line, if the last one is old enough."""
        now = time.monotonic()
        self.said = self.said or now
        if now - self.said >= EVERY:
            self.said = now
            print(msg or str(self), file=self.fp, flush=True)

    def update(self, n: float | None = 1) -> bool | None:
        """Count what was done."""
        done: bool | None = super().update(n)
        if not self.disable:
            self.display()
        return done
