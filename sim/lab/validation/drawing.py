"""Which findings are shut away: a third, drawn by a hash of their ids with a word that was committed before the draw.

Rows that are shut away are written and frozen like the others. Nothing is fitted to them, and they are run once, after
the calibration has ended. So their score says what the world predicts, and the score of the others what it can be
fitted to.
"""

import hashlib
from collections.abc import Iterable

WORD = "crossbeam"  # committed before it was tried out


def drawn(ids: Iterable[str], number: int, word: str = WORD) -> frozenset[str]:
    """Return the `number` ids whose hashes with the word are least."""
    return frozenset(sorted(ids, key=lambda row: hashlib.sha256(f"{word} {row}".encode()).digest())[:number])
